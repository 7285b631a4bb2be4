# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

import hashlib
import importlib
import pathlib
import sys
import types
from typing import Any

DOCUMENTATION = r"""
---
short_description: Receive events from ITCare when actions end and resources change.
description:
  - An ansible-rulebook event source plugin that looks at the ITCare API at regular intervals. It reports actions that
    end and resources that appear, are gone or change their status.
  - With a cursor, it goes on after a restart where it stopped. Each event has an id that is the same if the event
    comes a second time.
  - The guide "Events" of this collection describes the events, and what is guaranteed.
options:
  interval:
    description:
      - Seconds between two looks at the platform.
    type: float
    default: 30
  events:
    description:
      - Which events to report.
      - action_ended is an action that has ended, with the status SUCCESS, ERROR or FAILED. action_began is an action
        that has begun.
      - resource_appeared is a resource that is listed for the first time, resource_gone one that does not exist any
        more, and resource_status one whose status has changed.
    type: list
    elements: str
    choices:
      - action_ended
      - action_began
      - resource_appeared
      - resource_gone
      - resource_status
    default:
      - action_ended
      - resource_appeared
      - resource_gone
      - resource_status
  services:
    description:
      - Only events of these services, each given as a name or an id. The platform is asked for these services only.
    type: list
    elements: str
  names:
    description:
      - Only events of resources with these names. Upper and lower case are the same, * and ? are wildcards, and a
        leading ! excludes a name.
    type: list
    elements: str
  types:
    description:
      - Only events of resources of these types, such as LINUX or POSTGRESQL, or of these categories, such as
        INSTANCES. Spelled like names.
    type: list
    elements: str
  processes:
    description:
      - Only events of actions with these processes, spelled like names. The platform does not document what they are
        called, so use wildcards, such as *snapshot*. Does not affect events of resources; if only these are asked for,
        it is an error.
    type: list
    elements: str
  statuses:
    description:
      - Only events with these statuses, which are those of actions (SUCCESS, ERROR) and of resources (ACTIVE,
        INACTIVE). ERROR and FAILED each mean both. A resource that is gone has the status REMOVED.
    type: list
    elements: str
  cursor:
    description:
      - File in which the source remembers what it has reported. It is created with the mode 0600, and beside it a
        lock file with the suffix .lock. Each source needs a file of its own.
      - Without it, nothing is remembered, and a restart begins anew.
    type: path
  since:
    description:
      - Where there is no cursor yet, actions that ended at this time or later are reported, too. A time with its
        zone, such as 2026-11-20T09:32:02Z, or an age, such as 90m, 12h or 2d.
      - By default a source without a cursor reports what happens from its first look on. Resources are always
        compared with that first look; if only their events are asked for, this option is an error.
    type: str
  feedback:
    description:
      - Whether an event counts as reported only when ansible-rulebook has confirmed it. Needs a rulebook that runs
        with persistence, see its documentation.
    type: bool
    default: false
  api_url:
    description:
      - Base address of the ITCare API.
      - Falls back to the environment variable ITCARE_API_URL.
    type: str
    default: https://api.cegedim.cloud/itcare
  token_url:
    description:
      - Address that issues tokens (OAuth 2.0, client credentials).
      - Falls back to the environment variable ITCARE_TOKEN_URL.
    type: str
    default: https://accounts.cegedim.cloud/auth/realms/cloud/protocol/openid-connect/token
  client_id:
    description:
      - The API account. Required unless access_token is given.
      - Falls back to the environment variable ITCARE_CLIENT_ID.
    type: str
  client_secret:
    description:
      - The secret of the API account. Required unless access_token is given.
      - Falls back to the environment variable ITCARE_CLIENT_SECRET.
    type: str
  client_authentication:
    description:
      - How the client secret is sent to the token address. basic uses the Authorization header, post the form.
      - Use post when a secret with special characters such as + or % is refused, since token servers disagree on how
        these are encoded in the header.
      - Falls back to the environment variable ITCARE_CLIENT_AUTHENTICATION.
    type: str
    choices:
      - basic
      - post
    default: basic
  scope:
    description:
      - Scope to request. ITCare does not require one.
      - Falls back to the environment variable ITCARE_SCOPE.
    type: str
  access_token:
    description:
      - A ready-made token. It is used as it is, instead of client_id and client_secret, and cannot be renewed.
      - Falls back to the environment variable ITCARE_ACCESS_TOKEN.
    type: str
  token_store:
    description:
      - Whether to keep the token for later runs and for modules, in a file that only this user can read, in the user's
        runtime directory.
      - Falls back to the environment variable ITCARE_TOKEN_STORE.
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the certificate authorities to trust, in PEM format, instead of the default ones.
      - Falls back to the environment variable ITCARE_CA_PATH.
    type: path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave this enabled; use ca_path for a private certificate authority.
      - Falls back to the environment variable ITCARE_VALIDATE_CERTS.
    type: bool
    default: true
  proxy:
    description:
      - Address of an HTTP proxy, such as http://proxy.example.com:3128. By default, the standard environment variables
        apply (HTTPS_PROXY, NO_PROXY).
      - Falls back to the environment variable ITCARE_PROXY.
    type: str
  connect_timeout:
    description:
      - Seconds to wait for a connection.
      - Falls back to the environment variable ITCARE_CONNECT_TIMEOUT.
    type: float
    default: 10
  read_timeout:
    description:
      - Seconds to wait for a response.
      - Falls back to the environment variable ITCARE_READ_TIMEOUT.
    type: float
    default: 60
  retry_timeout:
    description:
      - Seconds to keep retrying when the platform is temporarily unavailable (connection errors, HTTP 429, 500, 502,
        503, 504, and responses that cannot be read).
      - If the platform returns HTTP 429, the time starts again with each response to a request of the same process, so
        that requests that wait for one another are not abandoned.
      - A host that has never responded gets five seconds, since its address is probably wrong.
      - Afterwards the source tries again by itself, so the default is shorter than that of modules.
      - Falls back to the environment variable ITCARE_RETRY_TIMEOUT.
    type: float
    default: 20
  parallel_requests:
    description:
      - Maximum number of simultaneous requests of a process, from 1 to 100.
      - If the platform allows fewer (HTTP 429), the number is halved, and increases again as requests succeed.
      - Falls back to the environment variable ITCARE_PARALLEL_REQUESTS.
    type: int
    default: 20
"""

EXAMPLES = r"""
- cegedim.cloud.itcare_actions:
    cursor: /var/lib/eda/itcare.json

- name: Failed actions on the machines of one service
  cegedim.cloud.itcare_actions:
    services: CLOUD NAME - APP
    events: action_ended
    statuses: ERROR
    types: INSTANCES
    interval: 15
    cursor: /var/lib/eda/itcare_app.json
    since: 1h
"""


def _source():
    """The module plugin_utils/event_source.py of this very collection.

    ansible-rulebook runs this file by its path, without Ansible's collection loader: ``ansible_collections`` cannot be
    imported there, or is that of another installation. So the plugins are a package of their own here, with a name
    that is made from their path.
    """
    plugins = pathlib.Path(__file__).resolve().parents[4] / "plugins"
    name = "cegedim_cloud_%s" % hashlib.sha256(str(plugins).encode()).hexdigest()[:12]
    if name not in sys.modules:
        package = types.ModuleType(name)
        package.__path__ = [str(plugins)]
        sys.modules[name] = package
    return importlib.import_module(name + ".plugin_utils.event_source")


async def main(queue: Any, args: dict[str, Any]) -> None:
    """Put events on ``queue`` until cancelled; see DOCUMENTATION for ``args``."""
    await _source().main(queue, args)

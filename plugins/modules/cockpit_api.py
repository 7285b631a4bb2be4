#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: cockpit_api
short_description: Send any request to the API of a Cockpit ITSM portal
version_added: 1.0.0
description:
  - Sends one authenticated request to a path below C(/api/) of a Cockpit ITSM portal.
  - The portal itself documents its endpoints and their fields. This collection knows none of them but the dashboard, so
    there are no modules for tickets or assets.
  - It is not idempotent. Every O(method) but V(GET) and V(HEAD) is sent at every run and reported as a change. Look
    first with V(GET).
  - Reads are sent again when the portal is not available for a moment. Anything else is sent again only where it is
    certain that nothing happened; after a lost answer the task fails and says that the request may have taken effect.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  method:
    description:
      - Method of the request.
    type: str
    choices:
      - GET
      - HEAD
      - POST
      - PUT
      - PATCH
      - DELETE
    default: GET
  path:
    description:
      - Path below O(url), beginning with V(/api/). Special characters in its parts have to be encoded (C(urlencode)).
      - Parameters do not belong here, but in O(query).
    type: str
    required: true
  query:
    description:
      - Parameters, as names and values. The name of a list is repeated for each of its items, booleans are sent as
        V(true) and V(false), and what is null is left out.
    type: dict
  body:
    description:
      - Body, sent as JSON. A text that holds a JSON object or list is taken as that.
      - If it holds a secret, set C(no_log=true) on the task, since its arguments are logged as they are.
    type: raw
  status_code:
    description:
      - The statuses that are no failure. By default all from 200 to 299, and for V(HEAD) V(404) too.
    type: list
    elements: int
extends_documentation_fragment:
  - cegedim.cloud.cockpit_auth
  - cegedim.cloud.attributes.cockpit
attributes:
  check_mode:
    support: full
    details: Only V(GET) and V(HEAD) are sent. What else would be sent is in RV(request).
  diff_mode:
    support: none
notes:
  - In what it returns, values whose key names a password are replaced by C(********).
seealso:
  - module: cegedim.cloud.cockpit_dashboard_info
"""

EXAMPLES = r"""
# The paths and fields of these two are variables, since every portal documents its own.
- name: Look for the change
  cegedim.cloud.cockpit_api:
    path: "{{ changes_path }}"
    query:
      title: Upgrade of the billing database
  register: found

- name: Open it
  cegedim.cloud.cockpit_api:
    method: POST
    path: "{{ changes_path }}"
    body:
      title: Upgrade of the billing database
  register: opened
  when: not found.data
"""

RETURN = r"""
status:
  description: HTTP status of the answer.
  returned: when a request was sent
  type: int
  sample: 200
data:
  description: The answer. Null where it is empty.
  returned: when a request was sent
  type: raw
request:
  description: What would be sent.
  returned: in check mode, other than V(GET) and V(HEAD)
  type: dict
  sample:
    method: POST
    path: /api/changes
    query: {}
    body:
      title: Upgrade of the billing database
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import any_request, arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.addresses import check_path
from ansible_collections.cegedim.cloud.plugins.module_utils.cockpit import Cockpit, connect
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.redaction import masked

SPEC = dict(argument_spec=arguments.spec("cockpit_auth", **any_request.OPTIONS), supports_check_mode=True)


def run(client, params, check):
    """Send the request, or in check mode say what would be sent; an Outcome."""
    check_path(params["path"], Cockpit.example)
    if not params["path"].startswith("/api/"):
        raise InvalidInput("path: %s is not below /api/" % params["path"])
    request = any_request.asked(params)
    changes = request["method"] not in any_request.READS
    if changes and check:
        return Outcome(True, {"request": masked(request)})
    send = any_request.write if changes else any_request.read
    response = send(client, request, params["status_code"])
    return Outcome(changes, {"status": response.status, "data": client.shown(response.data)})


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

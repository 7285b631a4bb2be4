#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_postgresql_restore
short_description: Restore a PostgreSQL of ITCare into another
version_added: 1.0.0
description:
  - Replaces the content of a PostgreSQL with that of another one at a time in the past, from its backup.
  - This is an action and not a state. Each run restores again.
  - The task first waits for an action in progress on the PostgreSQL to restore into. If that is a restore, from a run
    that was interrupted or started by someone else, the task restores again after it, since the platform does not show
    the source and the time of the other one.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  name:
    description:
      - Name of the PostgreSQL to restore into. Its content is lost. Required unless O(id) is given.
    type: str
    aliases:
      - destination
  id:
    description:
      - Identifier of the PostgreSQL to restore into.
    type: int
  service:
    description:
      - Service of the PostgreSQL to restore into, as a name or an id, if several have the same name.
    type: str
    aliases:
      - service_id
  source:
    description:
      - The PostgreSQL to take the content from, as a name or an id. It must be backed up.
      - A source with two numbers, one of which belongs to another PostgreSQL, is refused, since it is not known which
        number a restore takes.
    type: str
    required: true
    aliases:
      - source_id
  source_service:
    description:
      - Service of the source, as a name or an id, if several have the same name.
    type: str
    aliases:
      - source_service_id
  timestamp:
    description:
      - The time in the past, with its zone, such as V(2026-11-20T09:32:02+01:00) or V(2026-11-20T08:32:02Z).
      - At most 14 days ago for a source in production, and 7 days elsewhere.
    type: str
    required: true
  stop:
    description:
      - Whether to stop right V(BEFORE) that time, or right V(AFTER) it, that is, including what happened at that time.
    type: str
    required: true
    choices:
      - BEFORE
      - AFTER
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - Source and destination must be different, active, and of the same version, 12 or later. All of this is checked
    before anything is sent, also in check mode.
  - The platform shows nothing by which a finished restore could be recognized, so the module relies on the action. If
    no action appears within 30 seconds, the task fails and says that the restore may have run.
seealso:
  - module: cegedim.cloud.itcare_postgresql
  - module: cegedim.cloud.itcare_postgresql_info
"""

EXAMPLES = r"""
- name: Restore the content of billingpg, as it was at nine yesterday, into another one
  cegedim.cloud.itcare_postgresql_restore:
    name: billingcopy
    source: billingpg
    timestamp: "{{ '%Y-%m-%d' | strftime(now().timestamp() - 86400) }}T09:00:00+01:00"
    stop: BEFORE

- name: Only check whether a restore of an hour ago would be possible
  cegedim.cloud.itcare_postgresql_restore:
    name: billingcopy
    source: billingpg
    timestamp: "{{ '%Y-%m-%dT%H:%M:%SZ' | strftime(now(utc=true).timestamp() - 3600, utc=true) }}"
    stop: AFTER
  check_mode: true
"""

RETURN = r"""
postgresql:
  description: The PostgreSQL that was restored into, with keys in snake_case.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billingcopy
    status: ACTIVE
    version: '15'
address:
  description:
    - The path at which the PostgreSQL to restore into was read, below O(api_url), ready for
      M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when that PostgreSQL exists and the module knows which number its path takes
  type: str
  sample: /databases/postgresql/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent.
  returned: success
  type: list
  elements: str
  sample: [restore]
diff:
  description: What the step changes, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task started or found in progress, in their last state.
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import converge
from ansible_collections.cegedim.cloud.plugins.module_utils.moments import moment_of
from ansible_collections.cegedim.cloud.plugins.module_utils.products.postgresql_restore import RESTORE

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        "protection",
        name=dict(type="str", aliases=["destination"]),
        id=dict(type="int"),
        service=dict(type="str", aliases=["service_id"]),
        source=dict(type="str", required=True, aliases=["source_id"]),
        source_service=dict(type="str", aliases=["source_service_id"]),
        timestamp=dict(type="str", required=True),
        stop=dict(type="str", required=True, choices=["BEFORE", "AFTER"]),
    ),
    required_one_of=[("name", "id")],
    supports_check_mode=True,
)


def run(client, params, check):
    """Restore the source into the destination; an Outcome."""
    moment_of("timestamp", params["timestamp"])
    asked = {name: params[name] for name in ("source", "source_service", "timestamp", "stop")}
    return converge(client, RESTORE, {**params, "restore": asked}, check)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

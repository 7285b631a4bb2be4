#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_instance_snapshot
short_description: Manage the snapshot of an ITCare instance
version_added: 1.0.0
description:
  - Takes a snapshot of a virtual instance, returns the instance to it, and removes it.
  - The platform keeps one snapshot of an instance at a time, and for three days.
  - If an action is already in progress on the instance, from an earlier run or started by someone else, the module
    waits for it before it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  instance:
    description:
      - The instance, as a name or an id.
    type: str
    required: true
  service:
    description:
      - The service to which the instance belongs, as a name or an id. If several instances have the same name, it
        determines which one is meant.
    type: str
    aliases:
      - service_id
  state:
    description:
      - V(present) takes a snapshot if there is none.
      - V(recovered) returns the instance to its snapshot; everything written since then is lost. A snapshot that was
        recovered before is not recovered a second time, unless O(force=true). If neither the snapshot nor the actions
        since then tell whether it was recovered, the task fails.
      - V(absent) removes the snapshot. The instance stays as it is.
    type: str
    choices:
      - present
      - recovered
      - absent
    default: present
  description:
    description:
      - Description of the snapshot, at most 100 characters.
      - If the instance has a snapshot with another description, the task fails and names it, whatever the O(state). A
        description therefore ensures that nobody else's snapshot is recovered or removed. Without one, any snapshot is
        accepted.
    type: str
  change_reference:
    description:
      - Reference to a change in an external change management system, at most 10 characters. It is kept with a new
        snapshot; the other states send none.
    type: str
  force:
    description:
      - With O(state=recovered), recover the snapshot even if it was recovered before. The task then acts in every run.
    type: bool
    default: false
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
  - Running a task a second time changes nothing, except with O(state=recovered) and O(force=true).
  - A response in which the snapshot cannot be recognized is an error, and nothing is sent.
  - With O(state=absent), an instance that does not exist has no snapshot, and nothing is changed.
seealso:
  - module: cegedim.cloud.itcare_instance
"""

EXAMPLES = r"""
- name: Take a snapshot before the release
  cegedim.cloud.itcare_instance_snapshot:
    instance: PEBBILL01
    description: Before release 4.2
    change_reference: RFC_123

- name: Return the instance to that snapshot, and to no other
  cegedim.cloud.itcare_instance_snapshot:
    instance: PEBBILL01
    description: Before release 4.2
    state: recovered

- name: Remove the snapshot, whichever it is
  cegedim.cloud.itcare_instance_snapshot:
    instance: PEBBILL01
    service: billing
    state: absent

- name: Take a new snapshot of an instance given by its id, and do not wait for it
  cegedim.cloud.itcare_instance_snapshot:
    instance: 500000002
    wait: false
"""

RETURN = r"""
snapshot:
  description:
    - The snapshot as the platform shows it after the task, with keys in snake_case, and in check mode as it is now.
      Null if there is none.
  returned: success
  type: dict
  sample:
    id: 1234-snap-42
    description: Before release 4.2
    change_reference: RFC_123
    created_at: "2026-03-02T08:00:00.000Z"
    created_by: api-billing
    expires_at: "2026-03-05T08:00:00.000Z"
    label: Snapshot of PEBBILL01
    snapshot_size: 1
address:
  description:
    - The path at which the instance was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the instance exists and the module knows which number its path takes
  type: str
  sample: /compute/instances/1234
steps:
  description:
    - The names of the steps that were sent, or in check mode would be sent, namely C(create_snapshot),
      C(recover_snapshot) or C(delete_snapshot).
  returned: success
  type: list
  elements: str
  sample: [create_snapshot]
diff:
  description: For each step what it changes, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task started or found in progress, in their last state.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1333
      status: SUCCESS
      process: CREATE_SNAPSHOT
      resource_name: PEBBILL01
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import converge
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.references import is_id
from ansible_collections.cegedim.cloud.plugins.module_utils.products.snapshots import SNAPSHOT
from ansible_collections.cegedim.cloud.plugins.module_utils.run import run_options

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        "protection",
        "change",
        instance=dict(type="str", required=True),
        service=dict(type="str", aliases=["service_id"]),
        state=dict(type="str", choices=["present", "recovered", "absent"], default="present"),
        description=dict(type="str"),
        force=dict(type="bool", default=False),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Bring the snapshot of the instance to the wanted state; an Outcome."""
    if params["force"] and params["state"] != "recovered":
        raise InvalidInput("force requires state=recovered")
    asked = ("state", "description", "change_reference", "force")
    wanted = dict(
        run_options(params),
        service=params["service"],
        snapshot={name: params[name] for name in asked if params[name] is not None},
    )
    wanted["id" if is_id(params["instance"]) else "name"] = params["instance"]
    outcome = converge(client, SNAPSHOT, wanted, check)
    outcome.result["snapshot"] = (outcome.result.pop("instance") or {}).get("snapshot")
    return outcome


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

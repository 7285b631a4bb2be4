#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_instance
short_description: Manage virtual instances of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops, restarts, resets and deletes virtual instances.
  - If an action is already in progress on the instance, from an earlier run or started by someone else, the module
    waits for it before it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  state:
    description:
      - V(present) creates the instance if it does not exist, and applies the options. It neither starts nor stops it.
      - V(started) and V(stopped) do the same, and start or stop it.
      - V(restarted) stops and starts the instance, V(reset) switches it off and on again without a clean shutdown,
        which may lose data. Both act in every run.
      - V(absent) stops the instance if it is running, and deletes it. This cannot be undone; see O(protection_tag).
    type: str
    choices:
      - present
      - started
      - stopped
      - restarted
      - reset
      - absent
    default: present
  availability_zone:
    description:
      - Availability zone, such as V(EB-A). Fixed at creation; by default the platform chooses.
    type: str
  product_code:
    description:
      - Code of the product. Fixed at creation.
    type: str
  sizing:
    description:
      - CPUs and memory, such as V(2cpu4gb). Required at creation.
      - Another size resizes the instance.
    type: str
    aliases:
      - resource_id
  volumes:
    description:
      - Disks, instead of those of the platform's default profile. Used at creation only; the platform does not show
        them again and cannot change them.
    type: list
    elements: dict
    suboptions:
      id:
        description: Identifier of the disk in the platform's profile.
        type: str
      size_gb:
        description: Size in GB.
        type: int
      description:
        description: Description.
        type: str
      order:
        description: Position.
        type: int
      min:
        description: Smallest size in GB.
        type: int
      max:
        description: Largest size in GB.
        type: int
      system:
        description: Whether it is the system disk.
        type: bool
      mandatory:
        description: Whether the platform requires it.
        type: bool
      editable:
        description: Whether its size may be chosen (V(1)) or not (V(0)).
        type: int
      excl_from_snap:
        description: Whether it is excluded from snapshots (V(1)) or not (V(0)).
        type: int
  properties:
    description:
      - Properties of the platform. Used at creation only; the platform does not show them again. Their values do not
        appear in diffs.
    type: list
    elements: dict
    suboptions:
      key:
        description: Name of the property.
        type: str
        required: true
      value:
        description: Value of the property.
        type: str
      default_value:
        description: Default value.
        type: str
      description:
        description: Description.
        type: str
      displayed:
        description: Whether it is shown.
        type: bool
      editable:
        description: Whether it may be changed.
        type: bool
      mandatory:
        description: Whether it is required.
        type: bool
  authentication_domain:
    description:
      - Authentication domain, such as V(CGDM-EMEA). Fixed at creation.
    type: str
    aliases:
      - authentication_domain_id
  storage_pool:
    description:
      - Storage pool. Used at creation only; the platform does not show it again.
    type: str
  specific_request:
    description:
      - A request in free text to an administrator, which may delay the delivery by a day. Used at creation only.
    type: str
  backup_off_site_enabled:
    description:
      - Whether backups are copied to another region. Used at creation only; the platform does not show it again.
    type: bool
  reset_comment:
    description:
      - Comment that the monitoring shows for a reset. Without O(state=reset), a warning says that it has no effect.
    type: str
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.identity
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.fixed
  - cegedim.cloud.dry_run
  - cegedim.cloud.tags
  - cegedim.cloud.change
  - cegedim.cloud.placement
  - cegedim.cloud.platform
  - cegedim.cloud.management
  - cegedim.cloud.patch_party
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - A creation needs O(name), O(service), O(region) or O(network), O(platform) and O(sizing).
  - Disks, network, name, authentication domain and on-call supervision of an existing instance cannot be changed in
    ITCare.
  - Running a task a second time changes nothing, except with O(state=restarted) and O(state=reset).
  - Before a creation or a change, also in check mode, the module looks up places, products, sizes, backup policies and
    authentication domains. A value that the platform does not list is refused, and the message names those that it
    does.
seealso:
  - module: cegedim.cloud.itcare_instance_info
  - module: cegedim.cloud.itcare_instance_snapshot
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a Debian instance in the service billing
  cegedim.cloud.itcare_instance:
    name: PEB4WEB01
    service: billing
    region: EB
    platform: deb12
    sizing: 2cpu4gb
    tags:
      application: billing
      tier: web

- name: Give it more memory, and see before what would happen
  cegedim.cloud.itcare_instance:
    name: PEB4WEB01
    sizing: 2cpu8gb
  check_mode: true
  diff: true

- name: Keep it out of the patch parties
  cegedim.cloud.itcare_instance:
    name: PEB4WEB01
    patch_party:
      excluded: true
      exclusion_reason: Patched by the application team

- name: Stop it, with a reference to a change
  cegedim.cloud.itcare_instance:
    name: PEB4WEB01
    state: stopped
    change_reference: RFC_123

- name: Begin a deletion, and do not wait for its end
  cegedim.cloud.itcare_instance:
    name: PEB4WEB01
    state: absent
    wait: false
"""

RETURN = r"""
instance:
  description:
    - The instance as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: PEB4WEB01
    status: ACTIVE
    service_name: billing
    cpu: 2
    ram: 4
    ip_address: 10.59.13.29
address:
  description:
    - The path at which the instance was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the instance exists and the module knows which number its path takes
  type: str
  sample: /compute/instances/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [stop, delete]
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
      process: create
      resource_name: PEB4WEB01
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.instances import INSTANCE

SPEC = arguments.converging(
    "machine",
    "change",
    state=dict(
        type="str",
        choices=["present", "started", "stopped", "restarted", "reset", "absent"],
        default="present",
    ),
    availability_zone=dict(type="str"),
    product_code=dict(type="str"),
    sizing=dict(type="str", aliases=["resource_id"]),
    volumes=dict(
        type="list",
        elements="dict",
        options=dict(
            id=dict(type="str"),
            size_gb=dict(type="int"),
            description=dict(type="str"),
            order=dict(type="int"),
            min=dict(type="int"),
            max=dict(type="int"),
            system=dict(type="bool"),
            mandatory=dict(type="bool"),
            editable=dict(type="int"),
            excl_from_snap=dict(type="int"),
        ),
    ),
    properties=dict(
        type="list",
        elements="dict",
        options=dict(
            key=dict(type="str", required=True, no_log=False),
            value=dict(type="str", no_log=True),
            default_value=dict(type="str", no_log=True),
            description=dict(type="str"),
            displayed=dict(type="bool"),
            editable=dict(type="bool"),
            mandatory=dict(type="bool"),
        ),
    ),
    authentication_domain=dict(type="str", aliases=["authentication_domain_id"]),
    storage_pool=dict(type="str"),
    specific_request=dict(type="str"),
    backup_off_site_enabled=dict(type="bool"),
    reset_comment=dict(type="str"),
)

run = managing(INSTANCE)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

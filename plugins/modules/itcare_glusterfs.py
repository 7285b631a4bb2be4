#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_glusterfs
short_description: Manage GlusterFS of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops and deletes managed GlusterFS, and its volumes.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  user_name:
    description:
      - Name of the first volume and of its user, with 1 to 32 lowercase letters, digits, dashes and underscores.
        Required at creation, and used only then.
    type: str
  volumes:
    description:
      - Volumes that must be there, or must not. Volumes that are not named here stay as they are.
      - A creation makes the volume O(user_name) with O(disk_size); the other ones are added to it.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the volume, and of its user.
        type: str
        required: true
      disk_size:
        description:
          - Size in GB. Required to add the volume. A larger one resizes it; a smaller one is refused.
        type: int
      password:
        description:
          - Password of the user of the volume. Required to add the volume, and used only then. It is not compared.
        type: str
        aliases:
          - user_pass
      state:
        description:
          - V(absent) deletes the volume with its data. This cannot be undone; see O(protection_tag).
        type: str
        choices:
          - present
          - absent
        default: present
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.identity
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.fixed
  - cegedim.cloud.dry_run
  - cegedim.cloud.tags
  - cegedim.cloud.placement
  - cegedim.cloud.platform
  - cegedim.cloud.management
  - cegedim.cloud.patch_party
  - cegedim.cloud.power
  - cegedim.cloud.farm
  - cegedim.cloud.change
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - A creation needs O(name), O(service), O(network), O(platform), O(sizing), O(disk_size), O(admin_password) and
    O(user_name).
  - A new name has 5 to 60 lowercase letters, digits, dashes and underscores, O(disk_size) is 10 to 1024, and
    O(admin_password) has 12 to 20 characters.
  - O(disk_size) is the size of the first volume. Later, its size is changed in O(volumes).
  - The platform lists volumes without their names; a name is the end of the mounting point.
  - Alerting, backup and replication cannot be changed after creation. O(platform) is used at creation only.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled), O(on_call_supervision) and
    O(volumes) are ignored; a warning names them.
  - A patch group cannot be set in O(patch_party), because there are two nodes; the platform distributes them among the
    groups.
  - Before a creation or a change, also in check mode, the module looks up places, products, versions, sizes, networks
    and backup policies. A value that the platform does not list is refused, and the message names those that it does.
  - Changes are made while it is running, that is before a stop or after a start.
seealso:
  - module: cegedim.cloud.itcare_glusterfs_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a GlusterFS in the service billing, with two volumes
  cegedim.cloud.itcare_glusterfs:
    name: billing_docs
    service: billing
    region: EB
    network: EB_1126_BACK3
    platform: glusterfs102
    sizing: 2cpu4gb
    user_name: invoices
    disk_size: 100
    admin_password: "{{ vault_billing_docs_password }}"
    volumes:
      - name: letters
        disk_size: 20
        password: "{{ vault_letters_password }}"
    tags:
      application: billing

- name: Give one volume more space, and delete another one
  cegedim.cloud.itcare_glusterfs:
    name: billing_docs
    volumes:
      - name: invoices
        disk_size: 200
      - name: letters
        state: absent

- name: Stop it
  cegedim.cloud.itcare_glusterfs:
    name: billing_docs
    state: stopped

- name: Delete it
  cegedim.cloud.itcare_glusterfs:
    name: billing_docs
    state: absent
"""

RETURN = r"""
glusterfs:
  description:
    - The GlusterFS as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billing_docs
    status: ACTIVE
    service_name: billing
    version: '10.2'
    sizing: 2cpu4gb
    virtual_ip: 10.62.0.50
    volumes:
      - name: invoices
        disk_size: 100
address:
  description:
    - The path at which the GlusterFS was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the GlusterFS exists and the module knows which number its path takes
  type: str
  sample: /storage/glusterfs/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [add_volume, resize_volume]
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
      resource_name: billing_docs
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.glusterfs import GLUSTERFS

SPEC = arguments.converging(
    "farm",
    "change",
    user_name=dict(type="str"),
    volumes=dict(
        type="list",
        elements="dict",
        options=dict(
            name=dict(type="str", required=True),
            disk_size=dict(type="int"),
            password=dict(type="str", no_log=True, aliases=["user_pass"]),
            state=dict(type="str", choices=["present", "absent"], default="present"),
        ),
    ),
)

run = managing(GLUSTERFS)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ovc_disk
short_description: Manage disks of OpenvCloud
version_added: 1.0.0
description:
  - Creates a disk of an account or of a machine, makes it larger, and deletes it.
  - A disk is found by O(id), by its O(machine) and O(name), or by its account and O(name) where only one has that name.
  - No call that attaches an existing disk to a machine, or only detaches it, is documented. A disk is created with its
    machine, and it can be detached to be deleted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  account:
    description:
      - The account that owns the disk, by name or id. Needed with O(name), unless O(cloudspace) is given.
    type: str
  cloudspace:
    description:
      - A cloudspace, by name or id. It stands for its account and its location, and is needed with O(machine).
    type: str
  name:
    description:
      - The name of the disk. It cannot be changed.
    type: str
  id:
    description:
      - The id of a disk that exists.
    type: int
  state:
    description:
      - V(present) creates the disk where there is none, or makes it larger. V(absent) deletes it.
    type: str
    choices:
      - present
      - absent
    default: present
  machine:
    description:
      - The machine that has the disk, by name or id. Machines have 25 disks at most.
      - O(name) then means a disk of this machine only, so that several machines can have disks of the same name. With
        another machine, it means another disk, which is created empty. A disk is never moved.
      - A disk in the bin is of no machine.
    type: str
    aliases:
      - machine_id
  location:
    description:
      - The location of a disk without a machine, by its code, name or id. By default it is that of O(cloudspace).
    type: str
  size:
    description:
      - The size in GB. It can only grow. The size of a disk that a machine uses may take effect when that has been
        stopped and started, which a warning then says.
    type: int
  type:
    description:
      - The type of the disk, such as V(D) for data and V(T) for temporary, and V(D) by default. It cannot be changed.
    type: str
  description:
    description:
      - Description of a new disk. By default it is its name.
    type: str
  ssd_size:
    description:
      - The part of a new disk that is on SSD, in GB.
    type: int
  iops:
    description:
      - The limit of I/O operations in a second. It cannot be changed.
    type: int
  detach:
    description:
      - Whether V(absent) in O(state) also deletes a disk that a machine uses, by detaching it first.
    type: bool
    default: false
  permanently:
    description:
      - Whether V(absent) in O(state) deletes for good, what is in the bin included.
    type: bool
    default: false
extends_documentation_fragment:
  - cegedim.cloud.ovc_auth
  - cegedim.cloud.ovc_order
  - cegedim.cloud.attributes.ovc
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
seealso:
  - module: cegedim.cloud.ovc_cloudspace
  - module: cegedim.cloud.ovc_machine
  - module: cegedim.cloud.ovc_port_forward
  - module: cegedim.cloud.ovc_info
"""

EXAMPLES = r"""
- name: Add a disk to a machine
  cegedim.cloud.ovc_disk:
    cloudspace: shop
    machine: db01
    name: archive
    size: 200

- name: Make it larger
  cegedim.cloud.ovc_disk:
    cloudspace: shop
    name: archive
    size: 400

- name: Delete it for good, although the machine uses it
  cegedim.cloud.ovc_disk:
    cloudspace: shop
    name: archive
    state: absent
    detach: true
    permanently: true
"""

RETURN = r"""
disk:
  description:
    - The disk as the platform shows it, with keys in snake_case. Null where there is none.
    - In check mode it is what it would be, as far as that is known.
  returned: success
  type: dict
  sample:
    id: 142
    name: archive
    size_max: 200
    type: D
    status: ASSIGNED
steps:
  description: The names of the orders that were sent, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [resize]
diff:
  description: What each of these orders changes.
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.openvcloud import connect
from ansible_collections.cegedim.cloud.plugins.module_utils.ovc.disk import run

SPEC = dict(
    argument_spec=arguments.spec(
        "ovc_auth",
        "ovc_order",
        account=dict(type="str"),
        cloudspace=dict(type="str"),
        name=dict(type="str"),
        id=dict(type="int"),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        machine=dict(type="str", aliases=["machine_id"]),
        location=dict(type="str"),
        size=dict(type="int"),
        type=dict(type="str"),
        description=dict(type="str"),
        ssd_size=dict(type="int"),
        iops=dict(type="int"),
        detach=dict(type="bool", default=False),
        permanently=dict(type="bool", default=False),
    ),
    required_one_of=[("name", "id")],
    supports_check_mode=True,
)


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ovc_machine
short_description: Manage machines of OpenvCloud
version_added: 1.0.0
description:
  - Creates a machine in a cloudspace, changes its name, description and size, adds data disks, starts, stops, restarts,
    resets, pauses and resumes it, and deletes it.
  - A machine is found by O(cloudspace) and O(name), or by O(id).
  - A deleted machine goes to the bin unless O(permanently) is set. There its name stays reserved, although no list
    shows it.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  account:
    description:
      - The account that owns the cloudspace, by name or id. Needed only where several cloudspaces have the same name,
        and only with O(cloudspace).
    type: str
  cloudspace:
    description:
      - The cloudspace of the machine, by name or id. Needed unless O(id) is given.
    type: str
  name:
    description:
      - The name of the machine. With O(id), the machine gets this name. V(absent) in O(state) refuses an O(id) that has
        another one.
    type: str
  id:
    description:
      - The id of a machine that exists.
    type: int
  state:
    description:
      - V(present) creates the machine where there is none, and applies the options. It leaves alone whether an existing
        one runs.
      - V(started), V(stopped) and V(paused) bring it to this status, too. A paused machine is resumed to be started.
      - V(restarted) and V(reset) do so at every run. V(reset) is a hard restart. A machine that does not run is
        started.
      - V(absent) deletes it.
    type: str
    choices:
      - present
      - started
      - stopped
      - paused
      - restarted
      - reset
      - absent
    default: present
  force:
    description:
      - Whether V(stopped) in O(state) stops the machine without asking its system.
    type: bool
    default: false
  permanently:
    description:
      - Whether V(absent) in O(state) deletes for good, so that the name can be used again.
    type: bool
    default: false
  in_bin:
    description:
      - Whether the machine with this O(id) is in the bin, to be deleted with O(permanently). Nothing reads what is in
        the bin, so the order is sent at every run. It is no change where the platform answers that there is no such
        machine.
    type: bool
    default: false
  description:
    description:
      - Description of the machine.
    type: str
  image:
    description:
      - The image, by name or id. A creation needs it, and it cannot be changed.
    type: str
    aliases:
      - image_id
  disk_size:
    description:
      - The size of the boot disk in GB. A creation needs it. To make the disk larger, use M(cegedim.cloud.ovc_disk).
    type: int
    aliases:
      - disksize
  size:
    description:
      - The size, by name or id. A creation needs it, or O(vcpus) and O(memory).
    type: str
    aliases:
      - size_id
  vcpus:
    description:
      - The number of virtual CPUs, together with O(memory).
    type: int
  memory:
    description:
      - The memory in MB, together with O(vcpus).
    type: int
  data_disks:
    description:
      - The sizes of the data disks in GB. Of an existing machine, missing ones are added. Others stay, and one that has
        grown counts as what it was.
    type: list
    elements: int
    aliases:
      - datadisks
  userdata:
    description:
      - Data for cloud-init, as text or as an object. Used by a creation only, since the platform never shows it.
      - If it holds a secret, set C(no_log=true) on the task, since its arguments are logged as they are.
    type: raw
  boot_disk:
    description:
      - The id of a disk, such as one with a rescue system, to start from where this task starts the machine.
      - Only a machine that is stopped can be started from it. With one that is paused or new, and with
        O(state=restarted) one that runs, the task fails. With O(state=started) and one that runs, a warning says that
        nothing shows from which disk it has started.
    type: int
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
  - module: cegedim.cloud.ovc_port_forward
  - module: cegedim.cloud.ovc_disk
  - module: cegedim.cloud.ovc_info
"""

EXAMPLES = r"""
- name: A machine that runs
  cegedim.cloud.ovc_machine:
    cloudspace: shop
    name: web01
    image: Ubuntu 22.04 x64
    size: medium
    disk_size: 20
    state: started

- name: Give it more, by numbers
  cegedim.cloud.ovc_machine:
    cloudspace: shop
    name: web01
    vcpus: 4
    memory: 8192

- name: Delete it, and free its name
  cegedim.cloud.ovc_machine:
    cloudspace: shop
    name: web01
    state: absent
    permanently: true
"""

RETURN = r"""
machine:
  description:
    - The machine as the platform shows it, with keys in snake_case and without the passwords of its accounts. Null
      where there is none.
    - In check mode it is what it would be, as far as that is known.
  returned: success
  type: dict
  sample:
    id: 103
    name: web01
    status: RUNNING
    vcpus: 2
    memory: 4096
    interfaces:
      - ip_address: 192.168.103.250
steps:
  description: The names of the orders that were sent, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [create]
diff:
  description: What each of these orders changes.
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.openvcloud import connect
from ansible_collections.cegedim.cloud.plugins.module_utils.ovc.machine import run

SPEC = dict(
    argument_spec=arguments.spec(
        "ovc_auth",
        "ovc_order",
        account=dict(type="str"),
        cloudspace=dict(type="str"),
        name=dict(type="str"),
        id=dict(type="int"),
        state=dict(
            type="str",
            choices=["present", "started", "stopped", "paused", "restarted", "reset", "absent"],
            default="present",
        ),
        force=dict(type="bool", default=False),
        permanently=dict(type="bool", default=False),
        in_bin=dict(type="bool", default=False),
        description=dict(type="str"),
        image=dict(type="str", aliases=["image_id"]),
        disk_size=dict(type="int", aliases=["disksize"]),
        size=dict(type="str", aliases=["size_id"]),
        vcpus=dict(type="int"),
        memory=dict(type="int"),
        data_disks=dict(type="list", elements="int", aliases=["datadisks"]),
        userdata=dict(type="raw"),
        boot_disk=dict(type="int"),
    ),
    required_one_of=[("name", "id")],
    required_together=[("vcpus", "memory")],
    mutually_exclusive=[("size", "vcpus")],
    supports_check_mode=True,
)


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

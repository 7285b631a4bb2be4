#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ovc_cloudspace
short_description: Manage cloudspaces of OpenvCloud
version_added: 1.0.0
description:
  - Creates a cloudspace, changes its name and its limits, enables and disables it, deletes it, and restores it from the
    bin.
  - A cloudspace is found by O(account) and O(name), or by O(id). A deleted one keeps its name as long as it is in the
    bin.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  account:
    description:
      - The account that owns the cloudspace, by name or id. Needed unless O(id) is given.
    type: str
  name:
    description:
      - The name of the cloudspace. With O(id), the cloudspace gets this name. V(absent) in O(state) refuses an O(id)
        that has another one.
    type: str
  id:
    description:
      - The id of a cloudspace that exists.
    type: int
  state:
    description:
      - V(present) creates the cloudspace where there is none, waits until it is deployed, and applies the options.
      - V(enabled) and V(disabled) do so, too, and enable or disable it. The platform stops the machines of a disabled
        cloudspace.
      - V(absent) deletes it. It is refused as long as the cloudspace has machines.
    type: str
    choices:
      - present
      - enabled
      - disabled
      - absent
    default: present
  permanently:
    description:
      - Whether V(absent) in O(state) deletes for good, what is in the bin included. Otherwise the cloudspace goes to
        the bin, where its name stays reserved.
    type: bool
    default: false
  restore:
    description:
      - Whether to restore a cloudspace of this name from the bin. Otherwise finding one there is an error, since its
        name cannot be used again.
    type: bool
    default: false
  reason:
    description:
      - The reason that the platform is given for enabling, disabling or restoring.
    type: str
    default: requested with Ansible
  location:
    description:
      - The location, by its code, name or id. A creation needs it, and it cannot be changed.
    type: str
  access:
    description:
      - The user who gets full access to a new cloudspace, such as V(name@itsyouonline).
      - By default it is the user of the login.
    type: str
  max_memory:
    description:
      - The most memory of all machines, in GB. V(-1) is no limit.
    type: int
    aliases:
      - max_memory_capacity
  max_disk:
    description:
      - The most disk space, in GB. V(-1) is no limit.
    type: int
    aliases:
      - max_vdisk_capacity
  max_cpus:
    description:
      - The most virtual CPUs. V(-1) is no limit.
    type: int
    aliases:
      - max_cpu_capacity
  max_transfer:
    description:
      - The most network transfer, in GB. V(-1) is no limit.
    type: int
    aliases:
      - max_network_peer_transfer
  max_public_ips:
    description:
      - The most public IP addresses. V(-1) is no limit.
    type: int
    aliases:
      - max_num_public_ip
  allowed_sizes:
    description:
      - The sizes that machines may have, by name or id.
    type: list
    elements: str
    aliases:
      - allowed_vm_sizes
  external_network:
    description:
      - The external network, by name or id. It cannot be changed.
    type: str
    aliases:
      - external_network_id
  private_network:
    description:
      - The private network in CIDR notation, such as V(192.168.103.0/24). It cannot be changed.
    type: str
    aliases:
      - privatenetwork
  type:
    description:
      - The type of the gateway. It cannot be changed.
    type: str
    choices:
      - vgw
      - routeros
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
  - module: cegedim.cloud.ovc_machine
  - module: cegedim.cloud.ovc_port_forward
  - module: cegedim.cloud.ovc_disk
  - module: cegedim.cloud.ovc_info
"""

EXAMPLES = r"""
- name: A cloudspace with a limit
  cegedim.cloud.ovc_cloudspace:
    account: acme
    name: shop
    location: ch-gen-dc01
    max_cpus: 16
    max_memory: 64

- name: Take it out of service
  cegedim.cloud.ovc_cloudspace:
    account: acme
    name: shop
    state: disabled
    reason: moving to another site

- name: Delete it, and free its name
  cegedim.cloud.ovc_cloudspace:
    account: acme
    name: shop
    state: absent
    permanently: true
"""

RETURN = r"""
cloudspace:
  description:
    - The cloudspace as the platform shows it, with keys in snake_case and without its secret. Null where there is none.
    - In check mode it is what it would be, as far as that is known.
  returned: success
  type: dict
  sample:
    id: 101
    name: shop
    account_id: 12
    status: DEPLOYED
    location: ch-gen-dc01
    publicipaddress: 203.0.113.10
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
from ansible_collections.cegedim.cloud.plugins.module_utils.ovc.cloudspace import run

SPEC = dict(
    argument_spec=arguments.spec(
        "ovc_auth",
        "ovc_order",
        account=dict(type="str"),
        name=dict(type="str"),
        id=dict(type="int"),
        state=dict(type="str", choices=["present", "enabled", "disabled", "absent"], default="present"),
        permanently=dict(type="bool", default=False),
        restore=dict(type="bool", default=False),
        reason=dict(type="str", default="requested with Ansible"),
        location=dict(type="str"),
        access=dict(type="str"),
        max_memory=dict(type="int", aliases=["max_memory_capacity"]),
        max_disk=dict(type="int", aliases=["max_vdisk_capacity"]),
        max_cpus=dict(type="int", aliases=["max_cpu_capacity"]),
        max_transfer=dict(type="int", aliases=["max_network_peer_transfer"]),
        max_public_ips=dict(type="int", aliases=["max_num_public_ip"]),
        allowed_sizes=dict(type="list", elements="str", aliases=["allowed_vm_sizes"]),
        external_network=dict(type="str", aliases=["external_network_id"]),
        private_network=dict(type="str", aliases=["privatenetwork"]),
        type=dict(type="str", choices=["vgw", "routeros"]),
    ),
    required_one_of=[("name", "id")],
    supports_check_mode=True,
)


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

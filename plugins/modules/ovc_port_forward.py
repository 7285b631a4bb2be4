#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ovc_port_forward
short_description: Manage port forwards of OpenvCloud
version_added: 1.0.0
description:
  - Creates a port forward of a cloudspace, has it lead to another machine or port, and deletes it.
  - A port forward is found by O(cloudspace), O(public_ip), O(public_port) and O(protocol). The id that the platform
    shows is a place in a list, which changes, so it is neither used nor returned.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  account:
    description:
      - The account that owns the cloudspace, by name or id. Needed only where several cloudspaces have the same name.
    type: str
  cloudspace:
    description:
      - The cloudspace, by name or id.
    type: str
    required: true
  public_ip:
    description:
      - The public address. By default it is that of the cloudspace.
    type: str
  public_port:
    description:
      - The port of the public address.
    type: int
    required: true
  protocol:
    description:
      - The protocol.
    type: str
    choices:
      - tcp
      - udp
    default: tcp
  machine:
    description:
      - The machine that the port forward leads to, by name or id. Needed unless O(state) is V(absent).
    type: str
    aliases:
      - machine_id
  local_port:
    description:
      - The port of the machine. Needed unless O(state) is V(absent).
    type: int
  state:
    description:
      - V(present) creates the port forward, or has it lead to O(machine) and O(local_port). V(absent) deletes it. If
        O(machine) or O(local_port) is given and it leads elsewhere, that is an error.
      - The machine needs an address. One that has just started is given some seconds to get it.
    type: str
    choices:
      - present
      - absent
    default: present
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
  - module: cegedim.cloud.ovc_disk
  - module: cegedim.cloud.ovc_info
"""

EXAMPLES = r"""
- name: Reach a machine by SSH
  cegedim.cloud.ovc_port_forward:
    cloudspace: shop
    public_port: 2201
    machine: web01
    local_port: 22

- name: Close it again
  cegedim.cloud.ovc_port_forward:
    cloudspace: shop
    public_port: 2201
    state: absent
"""

RETURN = r"""
port_forward:
  description:
    - The port forward as the platform shows it, with keys in snake_case, ports as numbers, and without the id. Null
      where there is none.
    - In check mode it is what it would be, as far as that is known.
  returned: success
  type: dict
  sample:
    public_ip: 203.0.113.10
    public_port: 2201
    protocol: tcp
    local_ip: 192.168.103.250
    local_port: 22
    machine_id: 103
steps:
  description: The names of the orders that were sent, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [update]
diff:
  description: What each of these orders changes.
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.openvcloud import connect
from ansible_collections.cegedim.cloud.plugins.module_utils.ovc.forward import run

SPEC = dict(
    argument_spec=arguments.spec(
        "ovc_auth",
        "ovc_order",
        account=dict(type="str"),
        cloudspace=dict(type="str", required=True),
        public_ip=dict(type="str"),
        public_port=dict(type="int", required=True),
        protocol=dict(type="str", choices=["tcp", "udp"], default="tcp"),
        machine=dict(type="str", aliases=["machine_id"]),
        local_port=dict(type="int"),
        state=dict(type="str", choices=["present", "absent"], default="present"),
    ),
    supports_check_mode=True,
)


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

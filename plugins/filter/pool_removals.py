# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: pool_removals
short_description: Find what takes machines out of their pools
version_added: 1.0.0
description:
  - Finds the load balancers of whose pools machines are members, and gives what takes them out, ready for
    M(cegedim.cloud.itcare_batch).
  - A machine is recognized by its number and its name, since several machines may have the same name.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: machines
options:
  _input:
    description:
      - Load balancers, as M(cegedim.cloud.itcare_loadbalancer_info) returns them with V(members) in C(gather).
    type: list
    elements: dict
    required: true
  machines:
    description:
      - The machines, as M(cegedim.cloud.itcare_instance_info) returns them with V(details) in C(gather), since a pool
        may show either of the two numbers of a machine.
    type: list
    elements: dict
    required: true
seealso:
  - module: cegedim.cloud.itcare_loadbalancer_member
"""

EXAMPLES = r"""
- name: Take a machine out of all pools
  cegedim.cloud.itcare_batch:
    resources: >-
      {{ query('cegedim.cloud.itcare', 'loadbalancers', gather='members')
         | cegedim.cloud.pool_removals(machines) | map(attribute='resource') }}
    defaults:
      drain: 30
  vars:
    machines: "{{ query('cegedim.cloud.itcare', 'instances', names='PEBBILL01', gather='details') }}"
"""

RETURN = r"""
_value:
  description:
    - One entry for each load balancer, with the C(names) of the machines that leave it, and as C(resource) what takes
      them out, as O(cegedim.cloud.itcare_batch#module:resources).
  type: list
  elements: dict
"""


from ansible_collections.cegedim.cloud.plugins.plugin_utils.pool_members import find, name_of, reference


def pool_removals(loadbalancers, machines):
    """``[{names, resource}, ...]``; see DOCUMENTATION."""
    machines, found = list(machines), []
    for loadbalancer in loadbalancers:
        pool = loadbalancer.get("pool") or ()
        leaving = [(row, machine) for row, machine in ((row, find(row, machines)) for row in pool) if machine]
        if leaving:
            members = dict.fromkeys(reference(row, pool) for row, _machine in leaving)
            options = {
                "loadbalancer": name_of(loadbalancer, loadbalancers),
                "state": "absent",
                "members": [{"resource": one} for one in members],
            }
            names = list(dict.fromkeys(machine["name"] for _row, machine in leaving))
            found.append({"names": names, "resource": {"module": "itcare_loadbalancer_member", "options": options}})
    return found


class FilterModule:
    """The filter pool_removals."""

    def filters(self):
        return {"pool_removals": pool_removals}

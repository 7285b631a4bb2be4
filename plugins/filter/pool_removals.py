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
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: names
options:
  _input:
    description:
      - Load balancers, as M(cegedim.cloud.itcare_loadbalancer_info) returns them with V(members) in C(gather).
    type: list
    elements: dict
    required: true
  names:
    description:
      - The names of the machines.
    type: list
    elements: str
    required: true
seealso:
  - module: cegedim.cloud.itcare_loadbalancer_member
"""

EXAMPLES = r"""
- name: Take a machine out of all pools
  cegedim.cloud.itcare_batch:
    resources: >-
      {{ query('cegedim.cloud.itcare', 'loadbalancers', gather='members')
         | cegedim.cloud.pool_removals(['PEBBILL01']) }}
    defaults:
      drain: 30
"""

RETURN = r"""
_value:
  description: One item for each load balancer, as O(cegedim.cloud.itcare_batch#module:resources).
  type: list
  elements: dict
"""


def pool_removals(loadbalancers, names):
    """The items (list of dict) of a batch; see DOCUMENTATION."""
    leaving = {name.casefold() for name in names}
    found = []
    for loadbalancer in loadbalancers:
        shown = [str(member.get("name") or "") for member in loadbalancer.get("pool") or []]
        members = [{"resource": name} for name in dict.fromkeys(shown) if name.casefold() in leaving]
        if members:
            options = {"loadbalancer": loadbalancer["name"], "state": "absent", "members": members}
            found.append({"module": "itcare_loadbalancer_member", "options": options})
    return found


class FilterModule:
    """The filter pool_removals."""

    def filters(self):
        return {"pool_removals": pool_removals}

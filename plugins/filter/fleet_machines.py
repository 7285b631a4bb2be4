# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_machines
short_description: Show the machines of a fleet in short
version_added: 1.0.0
description:
  - Takes from each machine what a later play needs, such as its address.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  _input:
    description:
      - Machines, as M(cegedim.cloud.itcare_instance) or M(cegedim.cloud.itcare_instance_info) with V(details) in
        C(gather) return them.
    type: list
    elements: dict
    required: true
seealso:
  - module: cegedim.cloud.itcare_instance_info
"""

EXAMPLES = r"""
- name: Show the addresses of the machines of billing
  ansible.builtin.debug:
    msg: "{{ query('cegedim.cloud.itcare', 'instances', services=['billing']) | cegedim.cloud.fleet_machines }}"
"""

RETURN = r"""
_value:
  description: The machines. In check mode, a machine that would be created has neither id nor address.
  type: list
  elements: dict
  contains:
    name:
      description: Name.
      type: str
    id:
      description: Identifier, or null.
      type: int
    address:
      description: IP address. Empty if it is not known.
      type: str
    availability_zone:
      description: Availability zone, or null.
      type: str
    patch_group:
      description: Patch group, or null.
      type: int
"""


def fleet_machines(instances):
    """The machines (list of dict) in short; see DOCUMENTATION."""
    return [
        {
            "name": row.get("name"),
            "id": row.get("id"),
            "address": row.get("ip_address") or _within(row.get("network"), "ip_address") or "",
            "availability_zone": _zone(row),
            "patch_group": _group(row),
        }
        for row in instances
        if row
    ]


def _zone(row):
    zone = row.get("availability_zone")
    return (_within(zone, "id") if isinstance(zone, dict) else zone) or row.get("label_availability_zone")


def _group(row):
    group = _within(row.get("patch_party"), "patch_group")
    return int(group) if str(group).isdigit() and int(group) else None


def _within(value, key):
    return value.get(key) if isinstance(value, dict) else None


class FilterModule:
    """The filter fleet_machines."""

    def filters(self):
        return {"fleet_machines": fleet_machines}

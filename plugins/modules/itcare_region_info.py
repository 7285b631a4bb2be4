#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_region_info
short_description: List the regions of ITCare with their areas and availability zones
version_added: 1.0.0
description:
  - Lists the regions with their areas, and the areas with their availability zones.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  availability_zone:
    description:
      - One availability zone, such as V(EB-A). Case makes no difference. If it does not exist, or not in O(region) and
        O(area), the task fails and names those that do.
    type: str
    aliases:
      - az
  platform:
    description:
      - Only regions and areas that offer this platform, such as V(deb12); see M(cegedim.cloud.itcare_product_info).
    type: str
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.places
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_product_info
  - module: cegedim.cloud.itcare_network_info
"""

EXAMPLES = r"""
- name: List regions, areas and zones
  cegedim.cloud.itcare_region_info:
  register: found

- name: Show all zones
  ansible.builtin.debug:
    msg: "{{ areas | map(attribute='availability_zones') | flatten | map(attribute='id') }}"
  vars:
    areas: "{{ found.regions | map(attribute='areas') | flatten }}"

- name: See in which areas of a region Debian 12 can be created
  cegedim.cloud.itcare_region_info:
    region: EB
    platform: deb12
"""

RETURN = r"""
regions:
  description:
    - The regions that match, with the platform's fields in snake_case. Their areas and zones are those that match, too.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: What other modules take as C(region).
      type: str
      returned: always
    areas:
      description: Its areas.
      type: list
      elements: dict
      returned: always
      contains:
        id:
          description: What other modules take as C(area).
          type: str
          returned: always
        regulation:
          description: Regulation, V(STANDARD) or V(HDS).
          type: str
          returned: always
        default_area:
          description: Whether it is used where no area is given.
          type: bool
          returned: always
        availability_zones:
          description: Its availability zones.
          type: list
          elements: dict
          returned: always
          contains:
            id:
              description: What other modules take as C(availability_zone).
              type: str
              returned: always
            datacenter_id:
              description: The data centre.
              type: str
              returned: always
  sample:
    - id: EB
      location: Boulogne-Billancourt
      data_center: EB4
      areas:
        - id: EB-EMEA
          regulation: STANDARD
          default_area: true
          availability_zones:
            - id: EB-A
              datacenter_id: EB4
              default_zone: true
              routable: true
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import places
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        **places.OPTIONS,
        availability_zone=places.AVAILABILITY_ZONE,
        platform=dict(type="str"),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the regions; an Outcome. Nothing is written, with or without ``check``."""
    # Which regions offer a platform is told by their listing only.
    regions = places.read_places(client, params, by_id=params["platform"] is None)
    return Outcome(False, {"regions": [to_result(region) for region in regions]})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

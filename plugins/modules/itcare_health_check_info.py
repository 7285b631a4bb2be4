#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_health_check_info
short_description: List the health checks that load balancers of ITCare can use
version_added: 1.0.0
description:
  - Lists the health checks that load balancers can use, area by area.
  - Each area costs one request; they are sent in parallel. Use O(region) and O(area) to ask for fewer.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
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
  - module: cegedim.cloud.itcare_loadbalancer
"""

EXAMPLES = r"""
- name: List the health checks of an area
  cegedim.cloud.itcare_health_check_info:
    area: EB-EMEA
"""

RETURN = r"""
health_checks:
  description: The health checks that match, with the platform's fields in snake_case, once for each area.
  returned: success
  type: list
  elements: dict
  contains:
    listed_in:
      description: The region and the area in which it is listed.
      type: dict
      returned: always
      sample:
        region: EB
        area: EB-EMEA
  sample:
    - id: 52
      name: http-root
      description: GET / answers 200
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import places

SPEC = places.spec_in_areas(clouds=dict(type="list", elements="int"))

run = places.run_in_areas("health_checks", "/healthchecks", "clouds")


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_certificate_info
short_description: List the certificates that load balancers of ITCare can use
version_added: 1.0.0
description:
  - Lists the certificates for a domain that load balancers can use, area by area.
  - Each area costs one request; they are sent in parallel. Use O(region) and O(area) to ask for fewer.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  domain:
    description:
      - A DNS domain, by its name; the platform lists certificates only for a domain.
    type: str
    required: true
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
  - module: cegedim.cloud.itcare_domain_info
  - module: cegedim.cloud.itcare_ssl_profile_info
"""

EXAMPLES = r"""
- name: List the certificates for a domain in an area
  cegedim.cloud.itcare_certificate_info:
    domain: acme.example
    area: EB-EMEA
"""

RETURN = r"""
certificates:
  description: The certificates for the domain, with the platform's fields in snake_case, once for each area.
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
    - id: 61
      certificate_name: star-acme-example
      common_name: '*.acme.example'
      expiration_date: '2031-12-31T00:00:00.000Z'
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import places

# What names a row, for the lookup plugin.
NAMED_BY = ("id", "certificate_name")

SPEC = places.spec_in_areas(domain=dict(type="str", required=True))

run = places.run_in_areas("certificates", "/certificates", "domain")


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

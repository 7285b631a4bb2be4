#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_ssl_profile_info
short_description: List the SSL profiles that load balancers of ITCare can use
version_added: 1.0.0
description:
  - Lists the SSL profiles that load balancers can use, area by area.
  - Each area costs one request; they are sent in parallel. Use O(region) and O(area) to ask for fewer.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  certificate:
    description:
      - Only the profiles of this certificate, by its name; see M(cegedim.cloud.itcare_certificate_info).
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
  - module: cegedim.cloud.itcare_certificate_info
  - module: cegedim.cloud.itcare_loadbalancer
"""

EXAMPLES = r"""
- name: List the SSL profiles of a certificate in an area
  cegedim.cloud.itcare_ssl_profile_info:
    certificate: star-acme-example
    area: EB-EMEA
"""

RETURN = r"""
ssl_profiles:
  description:
    - The SSL profiles that match, with the platform's fields in snake_case, once for each area. C(certificat), in the
      platform's spelling, is the name of the certificate.
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
    - id: 71
      name: clientssl-acme-example
      certificat: star-acme-example
      server_name: acme.example
      sni_default: false
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import places

SPEC = places.spec_in_areas(certificate=dict(type="str"))

run = places.run_in_areas("ssl_profiles", "/ssl-profiles", "certificate")


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

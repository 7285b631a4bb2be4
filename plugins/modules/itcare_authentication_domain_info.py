#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_authentication_domain_info
short_description: List the authentication domains within a network of ITCare
version_added: 1.0.0
description:
  - Lists the authentication domains that machines in a network can join.
  - They are read in O(availability_zone), or else in each zone of the network's area. Each zone costs one request; they
    are sent in parallel.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  network:
    description:
      - The network, as an id or a name (technical id or short description, such as V(EB_1125_DMZ8)).
    type: str
    required: true
    aliases:
      - network_id
  availability_zone:
    description:
      - One availability zone, such as V(EB-A). Case makes no difference. If it does not exist, the task fails and names
        those that do.
    type: str
    aliases:
      - az
  platform:
    description:
      - Only domains for machines of this platform, such as V(windows2022); see M(cegedim.cloud.itcare_product_info).
    type: str
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_instance
  - module: cegedim.cloud.itcare_network_info
"""

EXAMPLES = r"""
- name: List the authentication domains for a machine of that image in that network
  cegedim.cloud.itcare_authentication_domain_info:
    network: EB_1125_DMZ8
    availability_zone: EB-A
    platform: windows2022
"""

RETURN = r"""
authentication_domains:
  description: The authentication domains that match, with the platform's fields in snake_case, once for each zone.
  returned: success
  type: list
  elements: dict
  contains:
    listed_in:
      description: The region, the area and the availability zone in which it is listed.
      type: dict
      returned: always
      sample:
        region: EB
        area: EB-EMEA
        availability_zone: EB-A
  sample:
    - id: CGDM-EMEA
      description: Default domain
      is_default: true
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import NotFound
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters, places
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.references import find_network

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        network=dict(type="str", required=True, aliases=["network_id"]),
        availability_zone=places.AVAILABILITY_ZONE,
        platform=dict(type="str"),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the authentication domains; an Outcome. Nothing is written, with or without ``check``."""
    filters.query_of(params, ("network", "availability_zone"))
    query = filters.query_of(params, ("platform",))
    zones = places.zones_in(places.read_places(client, {"availability_zone": params["availability_zone"]}))
    network = find_network(client, params["network"])
    if params["availability_zone"] is None:
        zones = _zones_of(network, zones, params["network"])
    below = "/networks/%s/authentication-domains" % network["id"]
    return Outcome(False, {"authentication_domains": places.listed_in(client, zones, below, query)})


def _zones_of(network, zones, name):
    """The zones of the network's own area, or all of them where it shows none. Raises NotFound."""
    region, area = network.get("region"), network.get("area")
    found = [zone for zone in zones if region in (None, zone["region"]) and area in (None, zone["area"])]
    if not found:
        raise NotFound(
            "network: %s is in area %s of region %s, which is not among what is listed; name the availability_zone"
            % (name, area, region)
        )
    return found


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

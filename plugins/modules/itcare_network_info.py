#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_network_info
short_description: List the networks of ITCare
version_added: 1.0.0
description:
  - Lists all networks, those that can be reached from areas or availability zones, or those for load balancers.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  listing:
    description:
      - Which networks to list. V(all) are those of all regions or of O(region).
      - V(area) are those that can be reached from each area, V(availability_zone) those that can be reached from each
        availability zone, and V(load_balancers) those for load balancers in each area. Each area or zone costs one
        request; they are sent in parallel. Use O(region), O(area) and O(availability_zone) to ask for fewer.
      - V(load_balancers_of_network) are those for load balancers that go with O(network).
      - By default V(load_balancers_of_network) with O(network), V(availability_zone) with O(availability_zone), V(area)
        with O(area), and V(all) with none of them.
    type: str
    choices:
      - all
      - area
      - availability_zone
      - load_balancers
      - load_balancers_of_network
  availability_zone:
    description:
      - One availability zone, such as V(EB-A). Case makes no difference. If it does not exist, or not in O(region) and
        O(area), the task fails and names those that do.
      - Only with O(listing=availability_zone).
    type: str
    aliases:
      - az
  network:
    description:
      - A network, as an id or a name (technical id or short description, such as V(EB_1125_DMZ8)).
      - Required for O(listing=load_balancers_of_network), and only with it.
    type: str
    aliases:
      - network_id
  service:
    description:
      - Only networks that machines of this service are in, nodes of its products among them. The service is an id or a
        name.
      - If a machine is listed without its network, this costs up to two requests for it; they are sent in parallel.
      - Only with O(listing=all).
    type: str
    aliases:
      - service_id
  names:
    description:
      - Names of networks, or parts of them. A leading C(!) excludes.
      - Only with O(listing=all).
    type: list
    elements: str
    aliases:
      - filters
  network_scope:
    description:
      - Only networks of this scope, such as V(frontend), V(backend), V(interco) or V(internet). Networks for load
        balancers have V(private) instead of V(frontend) and V(backend).
    type: str
  environment:
    description:
      - Only networks of this environment, V(production) or V(non_production).
      - Not with O(listing=area), for which the platform has no such filter.
    type: str
  public_ip:
    description:
      - Whether the addresses of the networks are public.
      - Only with O(listing=all).
    type: bool
  only_non_full:
    description:
      - Only networks that have free addresses.
      - Not with O(listing=all).
    type: bool
  only_load_balancer:
    description:
      - Only networks for load balancers.
      - Only with O(listing=area) or O(listing=availability_zone).
    type: bool
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
  sort:
    description:
      - The property to sort by, optionally followed by V(,asc) or V(,desc), such as V(short_description) or
        V(ip_free_number,desc).
      - Only with O(listing=all).
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
notes:
  - An option that has no effect on the listing is refused, such as O(area) with O(listing=all) or with O(network).
seealso:
  - module: cegedim.cloud.itcare_region_info
  - module: cegedim.cloud.itcare_authentication_domain_info
"""

EXAMPLES = r"""
- name: List all networks with public addresses
  cegedim.cloud.itcare_network_info:
    public_ip: true

- name: Find a network with free addresses for a machine in production
  cegedim.cloud.itcare_network_info:
    availability_zone: EB-A
    network_scope: frontend
    environment: production
    only_non_full: true
  register: found

- name: Show the networks
  ansible.builtin.debug:
    msg: "{{ found.networks | map(attribute='short_description') }}"

- name: List the networks that can be reached from each area of a region
  cegedim.cloud.itcare_network_info:
    listing: area
    region: EB

- name: List the networks that the machines of a service are in
  cegedim.cloud.itcare_network_info:
    service: billing

- name: List the networks for load balancers of an area
  cegedim.cloud.itcare_network_info:
    listing: load_balancers
    area: EB-EMEA

- name: List the networks for load balancers in front of machines in this network
  cegedim.cloud.itcare_network_info:
    network: EB_1125_DMZ8
"""

RETURN = r"""
networks:
  description:
    - The networks that match, with the platform's fields in snake_case. A network that can be reached from several
      areas or zones is listed once for each.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: What other modules take as C(network).
      type: int
      returned: always
    short_description:
      description: Its name, which other modules also take as C(network).
      type: str
      returned: always
    listed_in:
      description: The region and the area in which it is listed, and for zones the availability zone.
      type: dict
      returned: with O(listing=area), O(listing=availability_zone) or O(listing=load_balancers)
      sample:
        region: EB
        area: EB-EMEA
        availability_zone: EB-A
  sample:
    - id: 1125
      short_description: EB_1125_DMZ8
      technical_id: vlan-1125
      region: EB
      area: EB-EMEA
      scope: frontend
      environment: production
      cidr: 10.59.0.0/16
      gateway: 10.59.0.1
      mask: 255.255.0.0
      ip_free_number: 60000
      is_ip_range_public: false
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.networks import FILTERS, read_networks
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import places
from ansible_collections.cegedim.cloud.plugins.module_utils.telling import Outcome

# What names a row, for the lookup plugin.
NAMED_BY = ("id", "short_description", "network_short_description", "technical_id")

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        listing=dict(type="str", choices=sorted(FILTERS)),
        **places.OPTIONS,
        availability_zone=places.AVAILABILITY_ZONE,
        network=dict(type="str", aliases=["network_id"]),
        service=dict(type="str", aliases=["service_id"]),
        names=dict(type="list", elements="str", aliases=["filters"]),
        network_scope=dict(type="str"),  # `scope` is an option of the login
        environment=dict(type="str"),
        public_ip=dict(type="bool"),
        only_non_full=dict(type="bool"),
        only_load_balancer=dict(type="bool"),
        clouds=dict(type="list", elements="int"),
        sort=dict(type="str"),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the networks; an Outcome. Nothing is written, with or without ``check``."""
    return Outcome(False, {"networks": read_networks(client, params)})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

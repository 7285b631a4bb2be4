#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_topology_info
short_description: List regions, areas and zones of ITCare, and what is on offer there
version_added: 0.1.0
description:
  - Lists the regions with their areas, and the areas with their availability zones.
  - On request, lists what is on offer there - networks, health checks, certificates, SSL profiles, authentication
    domains, DNS domains and backup policies.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  region:
    description:
      - One region, such as V(EB). Case does not matter, here and for O(area) and O(availability_zone). One that does
        not exist is an error that names those that do.
    type: str
  area:
    description:
      - One area, such as V(EB-EMEA).
    type: str
  availability_zone:
    description:
      - One availability zone, such as V(EB-A).
    type: str
    aliases:
      - az
  platform:
    description:
      - Only regions and areas that offer this platform, such as V(deb12); see M(cegedim.cloud.itcare_product_info).
      - It narrows the authentication domains, too.
    type: str
  gather:
    description:
      - What else to read. All stand under a key of the same name - in each area, in each availability zone, or beside
        the regions. What is read in each area or zone costs one request for each; they are sent in parallel. Use
        O(region), O(area) and O(availability_zone) to ask for less.
      - In each area - V(area_networks) are the networks that can be reached from it, V(loadbalancers_networks) those
        for load balancers, V(healthchecks) the health checks for load balancers, V(certificates) the certificates for
        O(domain), V(ssl_profiles) the SSL profiles, of all certificates or of O(certificate).
      - In each availability zone - V(availability_zone_networks) are the networks that can be reached from it,
        V(authentication_domains) the authentication domains within O(network_id), in O(availability_zone), or else in
        the zones of the network's area.
      - Beside the regions - V(networks) are all networks of the regions, narrowed by O(region), while the platform has
        no filter for O(area) there. V(domains) are the DNS domains, V(backup_policies) the backup policies that
        O(service_id) can use, and V(network_loadbalancers_networks) the networks for load balancers that go with
        O(network_id).
    type: list
    elements: str
    default: []
    choices:
      - area_networks
      - authentication_domains
      - availability_zone_networks
      - backup_policies
      - certificates
      - domains
      - healthchecks
      - loadbalancers_networks
      - network_loadbalancers_networks
      - networks
      - ssl_profiles
  network_scope:
    description:
      - Only networks of this scope, such as V(frontend), V(backend), V(interco) or V(internet). Networks for load
        balancers have V(private) instead of V(frontend) and V(backend).
      - Only with V(area_networks), V(availability_zone_networks), V(loadbalancers_networks),
        V(network_loadbalancers_networks) or V(networks) in O(gather).
    type: str
  environment:
    description:
      - Only networks of this environment, V(production) or V(non_production).
      - Only with V(availability_zone_networks), V(loadbalancers_networks), V(network_loadbalancers_networks) or
        V(networks) in O(gather). The platform has no such filter for V(area_networks).
    type: str
  only_non_full:
    description:
      - Only networks that have free addresses.
      - Only with V(area_networks), V(availability_zone_networks), V(loadbalancers_networks) or
        V(network_loadbalancers_networks) in O(gather).
    type: bool
  only_load_balancer:
    description:
      - Only networks for load balancers.
      - Only with V(area_networks) or V(availability_zone_networks) in O(gather).
    type: bool
  filters:
    description:
      - Names of networks, or parts of them. A leading C(!) excludes.
      - Only with V(networks) in O(gather).
    type: list
    elements: str
  public_ip:
    description:
      - Whether the addresses of the networks are public.
      - Only with V(networks) in O(gather).
    type: bool
  sort:
    description:
      - The property to sort V(networks) by, and maybe V(,asc) or V(,desc), such as V(short_description) or
        V(ip_free_number,desc).
      - Only with V(networks) in O(gather).
    type: str
  network_id:
    description:
      - A network, as an id or a name (technical id or short description, such as V(EB_1125_DMZ8)).
      - Needed for V(authentication_domains) and V(network_loadbalancers_networks) in O(gather), and only with them.
    type: str
    aliases:
      - network
  domain:
    description:
      - A DNS domain, by its name.
      - Needed for V(certificates) in O(gather), since the platform lists certificates only for a domain; narrows
        V(domains). Only with them.
    type: str
  with_sni:
    description:
      - Whether the domains are the default for SNI.
      - Only with V(domains) in O(gather).
    type: bool
  certificate:
    description:
      - A certificate, by its name. Narrows V(ssl_profiles) in O(gather), and only with them.
    type: str
  service_id:
    description:
      - A service, as a name or an id.
      - Needed for V(backup_policies) in O(gather), and only with them.
    type: str
    aliases:
      - service
  policy_type:
    description:
      - The type of the backup policies, such as V(SERVER). The product tells it, see
        RV(cegedim.cloud.itcare_product_info#module:products[].backup_policy_type).
      - Needed for V(backup_policies) in O(gather), and only with them.
    type: str
  backup_replicated:
    description:
      - Whether the backups are copied to a second site.
      - Only with V(backup_policies) in O(gather).
    type: bool
  clouds:
    description:
      - Identifiers of clouds. They narrow networks, health checks and domains.
      - Only with V(area_networks), V(availability_zone_networks), V(domains), V(healthchecks),
        V(loadbalancers_networks), V(network_loadbalancers_networks) or V(networks) in O(gather).
    type: list
    elements: int
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
notes:
  - A filter that fits none of what O(gather) asks for is refused, so that none is without effect. Where O(gather) asks
    for several things, a filter narrows those that it fits.
seealso:
  - module: cegedim.cloud.itcare_product_info
"""

EXAMPLES = r"""
- name: List regions, areas and zones
  cegedim.cloud.itcare_topology_info:
  register: topology

- name: Show all zones
  ansible.builtin.debug:
    msg: "{{ areas | map(attribute='availability_zones') | flatten | map(attribute='id') }}"
  vars:
    areas: "{{ topology.regions | map(attribute='areas') | flatten }}"

- name: Find a network with free addresses for a machine in production
  cegedim.cloud.itcare_topology_info:
    availability_zone: EB-A
    network_scope: frontend
    environment: production
    only_non_full: true
    gather: availability_zone_networks
  register: eb_a

- name: Show the networks
  ansible.builtin.debug:
    msg: "{{ zone.availability_zone_networks | map(attribute='short_description') }}"
  vars:
    zone: "{{ eb_a.regions[0].areas[0].availability_zones[0] }}"

- name: Look up what a load balancer over HTTPS needs
  cegedim.cloud.itcare_topology_info:
    region: EB
    area: EB-EMEA
    domain: acme.example
    gather:
      - loadbalancers_networks
      - healthchecks
      - certificates
      - ssl_profiles

- name: List the authentication domains for a machine of that image in that network
  cegedim.cloud.itcare_topology_info:
    availability_zone: EB-A
    network: EB_1125_DMZ8
    platform: windows2022
    gather: authentication_domains

- name: List all networks with public addresses, and all DNS domains
  cegedim.cloud.itcare_topology_info:
    public_ip: true
    gather:
      - networks
      - domains

- name: List the backup policies for machines of the service billing in a zone
  cegedim.cloud.itcare_topology_info:
    availability_zone: EB-A
    service: billing
    policy_type: SERVER
    gather: backup_policies
"""

RETURN = r"""
regions:
  description:
    - The regions that fit, with the platform's fields in snake_case. Their areas and zones are those that fit, too.
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
            availability_zone_networks:
              description: The networks that can be reached from it, as in RV(networks).
              type: list
              elements: dict
              returned: with V(availability_zone_networks) in O(gather)
            authentication_domains:
              description: The authentication domains within the network.
              type: list
              elements: dict
              returned: with V(authentication_domains) in O(gather), in the zones that it is read in
              sample:
                - id: CGDM-EMEA
                  description: Default domain
                  is_default: true
        area_networks:
          description: The networks that can be reached from it, as in RV(networks).
          type: list
          elements: dict
          returned: with V(area_networks) in O(gather)
        loadbalancers_networks:
          description: The networks for load balancers, as in RV(networks).
          type: list
          elements: dict
          returned: with V(loadbalancers_networks) in O(gather)
        healthchecks:
          description: The health checks for load balancers.
          type: list
          elements: dict
          returned: with V(healthchecks) in O(gather)
          sample:
            - id: 52
              name: http-root
              description: GET / answers 200
        certificates:
          description: The certificates for the domain.
          type: list
          elements: dict
          returned: with V(certificates) in O(gather)
          sample:
            - id: 61
              certificate_name: star-acme-example
              common_name: '*.acme.example'
              expiration_date: '2031-12-31T00:00:00.000Z'
        ssl_profiles:
          description: The SSL profiles. C(certificat), in the platform's spelling, is the name of the certificate.
          type: list
          elements: dict
          returned: with V(ssl_profiles) in O(gather)
          sample:
            - id: 71
              name: clientssl-acme-example
              certificat: star-acme-example
              server_name: acme.example
              sni_default: false
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
networks:
  description: All networks that fit.
  returned: with V(networks) in O(gather)
  type: list
  elements: dict
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
network_loadbalancers_networks:
  description: The networks for load balancers that go with the network, as in RV(networks).
  returned: with V(network_loadbalancers_networks) in O(gather)
  type: list
  elements: dict
domains:
  description: The DNS domains that fit.
  returned: with V(domains) in O(gather)
  type: list
  elements: dict
  sample:
    - id: 31
      name: acme.example
      is_public: false
      is_managed_by_cegedim: true
      sni_default: false
backup_policies:
  description:
    - The backup policies that the service can use. The platform lists them under keys whose meaning it does not
      document; C(listed_under) is the key.
  returned: with V(backup_policies) in O(gather)
  type: list
  elements: dict
  sample:
    - id: 901
      policy_id: SERVER_28D
      label: Daily, kept 28 days
      type: SERVER
      default: true
      replication: true
      duration_in_hours: 672
      available_in_az: [EB-A, EB-B]
      listed_under: acme-retail
"""

from urllib.parse import quote

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.client import in_parallel
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput, NotFound, UnexpectedAnswer
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products import filters
from ansible_collections.cegedim.cloud.plugins.module_utils.products.references import find_network
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result

REGIONS = "/topology/regions"
AREA = REGIONS + "/{region}/areas/{area}"
ZONE = AREA + "/availability-zones/{zone}"

NARROWING = ("region", "area", "availability_zone", "platform")
FILTERS = dict(
    network_scope=dict(type="str"),  # `scope` is an option of the login
    environment=dict(type="str"),
    only_non_full=dict(type="bool"),
    only_load_balancer=dict(type="bool"),
    filters=dict(type="list", elements="str"),
    public_ip=dict(type="bool"),
    sort=dict(type="str"),
    network_id=dict(type="str", aliases=["network"]),
    domain=dict(type="str"),
    with_sni=dict(type="bool"),
    certificate=dict(type="str"),
    service_id=dict(type="str", aliases=["service"]),
    policy_type=dict(type="str"),
    backup_replicated=dict(type="bool"),
    clouds=dict(type="list", elements="int"),
)

# A choice of gather: where it is read, and the filters that are sent as they are.
IN_AREAS = dict(
    area_networks=(AREA + "/networks", ("network_scope", "only_non_full", "only_load_balancer", "clouds")),
    certificates=(AREA + "/certificates", ("domain",)),
    healthchecks=(AREA + "/healthchecks", ("clouds",)),
    loadbalancers_networks=(
        AREA + "/loadbalancers-networks",
        ("network_scope", "environment", "only_non_full", "clouds"),
    ),
    ssl_profiles=(AREA + "/ssl-profiles", ("certificate",)),
)
IN_ZONES = dict(
    authentication_domains=(ZONE + "/networks/{network}/authentication-domains", ("platform",)),
    availability_zone_networks=(
        ZONE + "/networks",
        ("network_scope", "environment", "only_non_full", "only_load_balancer", "clouds"),
    ),
)

# What a choice cannot do without, and the filters that fit it.
NEEDED = dict(
    authentication_domains=("network_id",),
    backup_policies=("service_id", "policy_type"),
    certificates=("domain",),
    network_loadbalancers_networks=("network_id",),
)
FITTING = dict(
    {choice: options for choice, (_path, options) in {**IN_AREAS, **IN_ZONES}.items()},
    authentication_domains=("network_id",),
    backup_policies=("service_id", "policy_type", "backup_replicated"),
    domains=("domain", "with_sni", "clouds"),
    network_loadbalancers_networks=("network_id", "network_scope", "environment", "only_non_full", "clouds"),
    networks=("filters", "public_ip", "network_scope", "environment", "clouds", "sort"),
)

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        region=dict(type="str"),
        area=dict(type="str"),
        availability_zone=dict(type="str", aliases=["az"]),
        platform=dict(type="str"),
        gather=dict(type="list", elements="str", default=[], choices=sorted(FITTING)),
        **FILTERS,
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the topology; an Outcome. Nothing is written, with or without ``check``."""
    choices = sorted(set(params["gather"]))
    _check(params, choices)
    regions = [to_result(region) for region in _narrowed(_regions(client, params["platform"]), params)]
    network = find_network(client, params["network_id"]) if params["network_id"] is not None else {}
    result = {"regions": regions}
    reads = [
        *_reads_in_areas(regions, params, choices),
        *_reads_in_zones(regions, params, choices, network),
        *((result, choice, BESIDE[choice]) for choice in choices if choice in BESIDE),
    ]
    values = in_parallel(lambda one: one[2](client, params, regions, network), reads)
    for (place, choice, _read), value in zip(reads, values):
        place[choice] = value
    return Outcome(False, result)


def _check(params, choices):
    """Refuse, with InvalidInput, what lacks something or would be without effect."""
    for choice in choices:
        for option in NEEDED.get(choice, ()):
            if params[option] is None:
                raise InvalidInput("%s: needed for %s in gather" % (option, choice))
    for option in FILTERS:
        fitting = sorted(choice for choice, options in FITTING.items() if option in options)
        if params[option] is not None and not set(fitting) & set(choices):
            raise InvalidInput("%s: has an effect only with %s in gather" % (option, " or ".join(fitting)))
    given = {option: params[option] for option in (*NARROWING, *FILTERS) if option != "sort"}
    filters.query_of(given, given)
    if params["sort"] is not None:
        filters.sort_order(params["sort"])


def _regions(client, platform):
    """All regions with their areas, of which all have their zones.

    The listing shows both; the answer for one region leaves them out unless asked for them, so the listing may do so,
    too. Then they are asked for; and where a platform is asked for, since their own listing has a filter for it.
    """
    regions = client.get(REGIONS, {"platformId": platform}) or []

    def areas_of(region):
        areas = region.get("areas") or []
        if platform is not None or not all(area.get("availabilityZones") for area in areas or [{}]):
            path = "%s/%s/areas" % (REGIONS, _quoted(region["id"]))
            areas = client.get(path, {"platformId": platform, "withAvailabilityZones": True}) or []
        return [{**area, "availabilityZones": _with_ids(area.get("availabilityZones"))} for area in _with_ids(areas)]

    return [{**region, "areas": areas} for region, areas in zip(regions, in_parallel(areas_of, regions))]


def _with_ids(places):
    """The areas or zones, which are addressed by their ids. Raises UnexpectedAnswer where one has none."""
    for place in places or ():
        if place.get("id") in (None, ""):
            raise UnexpectedAnswer("GET %s: an area or a zone is shown without an id" % REGIONS)
    return places or []


def _narrowed(regions, params):
    """The regions, areas and zones that ``params`` name, and what they lie in. Raises NotFound."""
    regions = _named("region", params["region"], regions)
    if params["area"] is not None:
        areas = _named("area", params["area"], [area for region in regions for area in region["areas"]])
        regions = _with(regions, "areas", areas)
    if params["availability_zone"] is not None:
        inside = [zone for region in regions for area in region["areas"] for zone in area["availabilityZones"]]
        zones = _named("availability_zone", params["availability_zone"], inside)
        kept = [{**region, "areas": _with(region["areas"], "availabilityZones", zones)} for region in regions]
        regions = [region for region in kept if region["areas"]]
    return regions


def _named(option, wanted, rows):
    if wanted is None:
        return rows
    found = [row for row in rows if str(row["id"]).lower() == wanted.lower()]
    if not found:
        known = ", ".join(str(row["id"]) for row in rows) or "none"
        raise NotFound("%s: there is no %s (or this account does not see it); there is %s" % (option, wanted, known))
    return found


def _with(places, key, wanted):
    """The places that have some of what is wanted below ``key``, with only that below it."""
    kept = [{**place, key: [one for one in place[key] if one in wanted]} for place in places]
    return [place for place in kept if place[key]]


def _reads_in_areas(regions, params, choices):
    """What to read in each area: ``[(area, choice, function of (client, params, regions, network))]``."""
    return [
        (area, choice, _listing(IN_AREAS[choice], params, region=region["id"], area=area["id"]))
        for region, area in _areas(regions)
        for choice in choices
        if choice in IN_AREAS
    ]


def _reads_in_zones(regions, params, choices, network):
    """The same for each zone. A network is asked for in the zone that was named, or in those of its own area."""

    def fits(choice, region, area):
        return (
            choice != "authentication_domains"
            or params["availability_zone"] is not None
            or (network.get("region") in (None, region["id"]) and network.get("area") in (None, area["id"]))
        )

    reads = []
    for region, area in _areas(regions):
        fitting = [choice for choice in choices if choice in IN_ZONES and fits(choice, region, area)]
        for zone in area["availability_zones"]:
            place = dict(region=region["id"], area=area["id"], zone=zone["id"], network=network.get("id"))
            reads += [(zone, choice, _listing(IN_ZONES[choice], params, **place)) for choice in fitting]
    if "authentication_domains" in choices and not any(choice == "authentication_domains" for _z, choice, _r in reads):
        raise NotFound(
            "network_id: %s is in area %s of region %s, which is not among what is listed; name the availability_zone"
            % (params["network_id"], network.get("area"), network.get("region"))
        )
    return reads


def _areas(regions):
    return [(region, area) for region in regions for area in region["areas"]]


def _listing(kind, params, **place):
    path, options = kind
    path = path.format(**{name: _quoted(value) for name, value in place.items()})
    return lambda client, *_others: _rows(client, path, _query(params, options))


def _query(params, options):
    query = filters.query_of(params, options)
    if "networkScope" in query:
        query["scope"] = query.pop("networkScope")
    return query


def _rows(client, path, query):
    return [to_result(row) for row in client.get(path, query) or []]


def _networks(client, params, regions, network):
    query = filters.query_of(params, ("filters", "public_ip", "clouds"))
    query["scopes"], query["environments"] = params["network_scope"], params["environment"]
    if any(params[option] is not None for option in ("region", "area", "availability_zone")):
        query["regions"] = [region["id"] for region in regions]
    if params["sort"] is not None:
        query["sort"] = filters.sort_order(params["sort"])
    return [to_result(row) for row in client.pages("/networking/networks", query)]


def _network_loadbalancers_networks(client, params, regions, network):
    query = _query(params, ("network_scope", "environment", "only_non_full", "clouds"))
    return _rows(client, "/networking/networks/%s/loadbalancers-networks" % network["id"], query)


def _domains(client, params, regions, network):
    query = filters.query_of(params, ("clouds",))
    return _rows(client, "/networking/domains", {"name": params["domain"], "withSNI": params["with_sni"], **query})


def _backup_policies(client, params, regions, network):
    query = filters.query_of(params, ("policy_type", "backup_replicated"))
    query["serviceId"] = filters.service_ids(client, "service_id", [params["service_id"]])[0]
    if params["availability_zone"] is not None:
        query["availabilityZone"] = regions[0]["areas"][0]["availability_zones"][0]["id"]
    groups = client.get("/compute/backup-policies", query) or {}
    return [{**to_result(row), "listed_under": group} for group, rows in groups.items() for row in rows or ()]


BESIDE = dict(
    backup_policies=_backup_policies,
    domains=_domains,
    network_loadbalancers_networks=_network_loadbalancers_networks,
    networks=_networks,
)


def _quoted(value):
    return quote(str(value), safe="")


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

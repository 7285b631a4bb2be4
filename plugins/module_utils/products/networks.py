# SPDX-License-Identifier: GPL-3.0-or-later
"""The listings of networks, and what narrows each (the API reference, Topology and Networking)."""

from __future__ import annotations

from ..answers import rows_of
from ..errors import InvalidInput
from ..identity import confirm_generic, of_row
from ..parallel import in_parallel
from ..resource import REMOVED, to_result
from .shared import filters, places
from .shared.references import NETWORKS, Shown, find_network

# What the listing of a service's machines leaves out by itself.
EVERY_MACHINE = ("withManagedNodes", "withApplicationServers", "withOracleDbs", "withMongoNodeJs")
# What narrows each listing, as a filter of the platform.
FILTERS = dict(
    all=("names", "network_scope", "environment", "public_ip", "clouds", "sort"),
    area=("network_scope", "only_non_full", "only_load_balancer", "clouds"),
    availability_zone=("network_scope", "environment", "only_non_full", "only_load_balancer", "clouds"),
    load_balancers=("network_scope", "environment", "only_non_full", "clouds"),
    load_balancers_of_network=("network_scope", "environment", "only_non_full", "clouds"),
)
# What says where to look, for each listing.
WHERE = dict(
    all=("region", "service"),
    area=("region", "area"),
    availability_zone=("region", "area", "availability_zone"),
    load_balancers=("region", "area"),
    load_balancers_of_network=("network",),
)
# What the listing of all networks calls the filters; the others have "scope" and "environment".
SPELLINGS_OF_ALL = {"names": "filters", "networkScope": "scopes", "environment": "environments"}


def read_networks(client, params):
    """The networks (list of dict) that the options of itcare_network_info ask for. Raises InvalidInput, NotFound."""
    listing = params["listing"] or _by_default(params)
    _check(params, listing)
    return READERS[listing](client, params)


def _by_default(params):
    if params["network"] is not None:
        return "load_balancers_of_network"
    return next((place for place in ("availability_zone", "area") if params[place] is not None), "all")


def _check(params, listing):
    """Refuse, with InvalidInput, what would be without effect, lacks something, or cannot be sent."""
    effective = {name: (*WHERE[name], *FILTERS[name]) for name in FILTERS}
    options = sorted({option for its in effective.values() for option in its})
    for option in options:
        if params[option] is not None and option not in effective[listing]:
            fitting = " or ".join("listing=%s" % name for name in effective if option in effective[name])
            raise InvalidInput("%s: has no effect with listing=%s, only with %s" % (option, listing, fitting))
    if listing == "load_balancers_of_network" and params["network"] is None:
        raise InvalidInput("network: required with listing=load_balancers_of_network")
    filters.query_of(params, [option for option in options if option != "sort"])


def _all(client, params):
    query = _query(params, "all", **SPELLINGS_OF_ALL)
    if params["sort"] is not None:
        query["sort"] = filters.sort_order(params["sort"])
    if params["region"] is not None:
        query["regions"] = [region["id"] for region in places.read_places(client, params)]
    rows = client.pages(NETWORKS, query)
    if params["service"] is not None:
        used = _networks_of(client, params["service"])
        rows = [row for row in rows if any(_is_one(row, network) for network in used)]
    return [to_result(row) for row in rows]


def _networks_of(client, service):
    """The networks (list of dict) that machines of a service show. Raises NotFound, UnexpectedAnswer."""
    path = "/compute/services/%s/instances" % filters.service_ids(client, "service", [service])[0]
    machines = client.get(path, {name: True for name in EVERY_MACHINE}) or []
    shown = in_parallel(lambda row: _shown_by(client, row), [row for row in machines if row.get("status") != REMOVED])
    return [network for networks in shown for network in networks]


def _shown_by(client, row):
    if row.get("network"):
        return [row["network"]]
    path = confirm_generic(client, of_row(row)).path("/compute/resources/{number}/networks")
    return rows_of("GET %s" % path, client.find(path))


def _is_one(row, shown):
    """Whether a machine shows this network. It may not show its id, and the id counts where it does."""
    keys = ("id",) if shown.get("id") else ("technicalId", "shortDescription", "networkShortDescription")
    return any(shown.get(key) and Shown(*map(row.get, keys)) == shown[key] for key in keys)


def _area(client, params):
    return places.listed_in_areas(client, params, "/networks", _query(params, "area"))


def _availability_zone(client, params):
    zones = places.zones_in(places.read_places(client, params))
    return places.listed_in(client, zones, "/networks", _query(params, "availability_zone"))


def _load_balancers(client, params):
    return places.listed_in_areas(client, params, "/loadbalancers-networks", _query(params, "load_balancers"))


def _load_balancers_of_network(client, params):
    path = "%s/%s/loadbalancers-networks" % (NETWORKS, find_network(client, params["network"])["id"])
    return places.rows_at(client, path, _query(params, "load_balancers_of_network"))


READERS = dict(
    all=_all,
    area=_area,
    availability_zone=_availability_zone,
    load_balancers=_load_balancers,
    load_balancers_of_network=_load_balancers_of_network,
)


def _query(params, listing, **spellings):
    """The filters of a listing, as it calls them."""
    spellings = {"networkScope": "scope", **spellings}
    query = filters.query_of(params, [option for option in FILTERS[listing] if option != "sort"])
    return {spellings.get(name, name): value for name, value in query.items()}

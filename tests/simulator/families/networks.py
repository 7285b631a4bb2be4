# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and domains."""

from __future__ import annotations

from .. import build, pages
from ..call import Call, Refusal, operation


def networks_for(call: Call, area: dict, for_load_balancers: bool) -> list[dict]:
    """The networks of an area, by scope, environment and free addresses."""
    query = call.query
    return [
        build.public(network)
        for network in call.state.networks.values()
        if network["area"] == area["id"]
        and network["_load_balancers"] == for_load_balancers
        and _in_scope(network, query.get("scope"))
        and query.get("environment", network["environment"]).lower() == network["environment"]
        and (not query.get("onlyNonFull") or network["ipFreeNumber"] > 0)
        and _in_clouds(call, network)
    ]


def _in_scope(network: dict, scope: str | None) -> bool:
    """private stands for frontend and backend."""
    scopes = ("frontend", "backend") if scope == "private" else (scope,)
    return scope is None or network["scope"] in scopes


def _in_clouds(call: Call, network: dict) -> bool:
    """Networks are shared by the organisation's clouds; a cloud that is not the organisation's sees none."""
    clouds = call.query.get("clouds")
    return not clouds or any(cloud in call.state.clouds for cloud in clouds)


@operation("list_networks")
def list_networks(call: Call):
    query = call.query
    name, region = pages.by_list(query.get("filters"), "substring"), pages.by_list(query.get("regions"))
    environments = {_environment(value) for value in query.get("environments", [])}
    rows = [
        build.public(network)
        for network in call.state.networks.values()
        if name(network["shortDescription"])
        and region(network["region"])
        and query.get("publicIp", network["isIpRangePublic"]) == network["isIpRangePublic"]
        and (not environments or network["environment"] in environments)
        and (not query.get("scopes") or any(_in_scope(network, scope) for scope in query["scopes"]))
        and _in_clouds(call, network)
    ]
    return call.page(rows, "Network")


def _environment(value: str) -> str:
    """A network is for production or not, whatever the service's environment is called."""
    return "production" if value.upper() in ("PRODUCTION", "PROD") else "non_production"


@operation("list_network_loadbalancers_networks")
def list_network_loadbalancers_networks(call: Call):
    network = call.state.networks.get(call.path["id"])
    if network is None:
        raise Refusal(404)
    return networks_for(call, call.state.area(network["region"], network["area"]), for_load_balancers=True)


@operation("list_domains")
def list_domains(call: Call):
    query = call.query
    return [
        domain
        for domain in call.state.domains
        if query.get("name", "").lower() in domain["name"]
        and query.get("withSNI", domain["sniDefault"]) == domain["sniDefault"]
    ]


@operation("get_domain")
def get_domain(call: Call):
    found = next((domain for domain in call.state.domains if domain["id"] == call.path["domainId"]), None)
    if found is None:
        raise Refusal(404)
    return found

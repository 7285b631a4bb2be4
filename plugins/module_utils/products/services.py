# SPDX-License-Identifier: GPL-3.0-or-later
"""Services as they are listed, and what can be read of each (the API reference, Services)."""

from __future__ import annotations

from dataclasses import replace

from ..errors import InvalidInput, refuse
from ..listing import FILTERS, Listing, many, one
from .shared import filters
from .shared.tags import read_tags

ANY = {"names": "names", "statuses": "statuses"}
# By choice of gather: the options of `contents` that narrow it, and what the platform calls them there.
CONTENTS = dict(
    actions_in_progress={"categories": "category"},
    application_servers={**ANY, "backup": "backup", "recovery": "drp"},
    brokers={**ANY, "versions": "versions", "sizings": "sizes"},
    hardwares=ANY,
    instances={
        **ANY,
        "families": "families",
        "backup": "backup",
        "recovery": "drp",
        "managed_nodes": "withManagedNodes",
        "application_servers": "withApplicationServers",
        "oracle_databases": "withOracleDbs",
        "mongo_nodejs": "withMongoNodeJs",
    },
    kubernetes={**ANY, "versions": "versions"},
    loadbalancers={**ANY, "member_count": "nodes"},
    managed_databases=ANY,
    network_clusters=ANY,
    resources={**ANY, "categories": "categories"},
    storage={**ANY, "sizings": "sizes", "node_count": "nodeCount", "virtual_ip": "vip"},
)
# Parameters that take one value only.
SINGLE = (("actions_in_progress", "categories"), ("storage", "sizings"))


def _path(name):
    return "/compute/services/{address}/" + name.replace("_", "-")


def _stats(client, seen):
    """The categories are keys in the answer, and stay as the platform spells them."""
    return client.find(seen.path(_path("stats"))) or {}


SERVICES = Listing(
    key="services",
    path="/compute/services",
    filters=FILTERS,
    gathered=dict(
        {name: (name, many(_path(name))) for name in (*CONTENTS, "history", "patch_policies")},
        relations=("relations", one(_path("relations"))),
        relations_stats=("relations_stats", one("/compute/services/{address}/relations/stats")),
        stats=("stats", _stats),
        tags=("tags", read_tags),
    ),
    without=("services",),
    has_one_number=True,
)
CONTENTS_OPTIONS = dict(
    names=dict(type="list", elements="str"),
    statuses=dict(type="list", elements="str"),
    categories=dict(type="list", elements="str"),
    families=dict(type="list", elements="str"),
    versions=dict(type="list", elements="str"),
    sizings=dict(type="list", elements="str", aliases=["sizes"]),
    backup=dict(type="bool"),
    recovery=dict(type="bool", aliases=["drp"]),
    node_count=dict(type="int"),
    member_count=dict(type="int", aliases=["nodes"]),
    virtual_ip=dict(type="str", aliases=["vip"]),
    managed_nodes=dict(type="bool", aliases=["with_managed_nodes"]),
    application_servers=dict(type="bool", aliases=["with_application_servers"]),
    oracle_databases=dict(type="bool", aliases=["with_oracle_dbs"]),
    mongo_nodejs=dict(type="bool", aliases=["with_mongo_node_js"]),
)


def read_services(client, params):
    """The Outcome of itcare_service_info for its options (dict). Nothing is written. Raises InvalidInput."""
    narrowed = {name: (name, many(_path(name), **query)) for name, query in _queries(params).items()}
    return replace(SERVICES, gathered={**SERVICES.gathered, **narrowed}).read(client, params)


def _queries(params):
    """The query (dict) of each choice of gather that is narrowed. Raises InvalidInput for what narrows nothing."""
    queries = {}
    for choice, option in (("history", "history"), ("patch_policies", "patch_history")):
        if params[option] is not None and choice not in params["gather"]:
            raise InvalidInput("%s: gather does not ask for %s" % (option, choice))
    if params["history"] is not None:
        queries["history"] = filters.query_of(params["history"], ("actions", "statuses", "names"))
    if params["patch_history"] is not None:
        queries["patch_policies"] = {"withHistory": params["patch_history"]}
    if params["contents"] is None:
        return queries
    # An alias that was given is there, too.
    given = {name: params["contents"][name] for name in CONTENTS_OPTIONS if params["contents"][name] is not None}
    asked = [choice for choice in params["gather"] if choice in CONTENTS]
    if not asked:
        choices = ", ".join(sorted(CONTENTS))
        raise InvalidInput("contents: gather has none of the choices that it narrows: %s" % choices)
    refuse(*(_why_not(choice, name, value) for choice in asked for name, value in given.items()))
    filters.query_of(given, given)  # refuses what the platform would understand otherwise
    for choice in asked:
        queries[choice] = {CONTENTS[choice][name]: value for name, value in given.items()}
    return queries


def _why_not(choice, name, value):
    """Why an option of ``contents`` cannot narrow that choice of gather, in a sentence; or None."""
    if name not in CONTENTS[choice]:
        return "contents: %s does not narrow %s; ask for that in a task of its own" % (name, choice)
    if (choice, name) in SINGLE and len(value) > 1:
        return "contents: %s takes one value for %s" % (name, choice)
    return None

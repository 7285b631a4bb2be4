# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources of any kind, as they are listed, and what can be read of each (the API reference, Resources)."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from ..answers import rows_of
from ..errors import InvalidInput
from ..identity import of_row, page
from ..listing import FILTERS, OF_EVERY_RESOURCE, Listing, many, nodes, one
from ..parallel import in_parallel
from ..resource import to_result
from ..telling import Outcome
from .shared import filters
from .shared.tags import to_dict


def _urls(client, seen):
    """ "Gets URLs", says the reference, and shows one object (choices.rst): either is taken."""
    path = seen.path("/compute/resources/{number}/urls")
    return [to_result(row) for row in rows_of("GET %s" % path, client.find(path))]


def _own_details(client, seen):
    """What the page in a resource's own part of the API shows (dict); nothing where there is none.

    ``path`` is said to be where to find "the resource for more details operations", and its example is the path of the
    listing. One that ends in a number is taken for the page itself (choices.rst).
    """
    path = re.sub(r"/\d+$", "", str(seen.get("path") or "").rstrip("/"))
    if not re.match(r"/\w", path):
        return {}
    found, _others = page(client, path, of_row(seen.record))
    return to_result(found.record) or {}


def _operations(path, suffix="", query=None):
    """A reader of operations of a resource, or with ``suffix`` of its nodes; ``query`` are further parameters."""
    kind = (query or {}).get("type", "available") + suffix
    more = {**(query or {}), **({"type": kind} if query or suffix else {})}
    return lambda client, seen: many(path, resourceId=seen.number, **more)(client, seen)


NODE_OPERATIONS = "/compute/resources/operations"


RESOURCES = Listing(
    key="resources",
    path="/compute/resources",
    filters=dict(
        FILTERS,
        ids=dict(type="list", elements="int"),
        types=dict(type="list", elements="str"),
        families=dict(type="list", elements="str"),
        versions=dict(type="list", elements="str"),
    ),
    gathered=dict(
        OF_EVERY_RESOURCE,
        farm_networks=("farm_networks", many("/compute/resources/{number}/farm-networks")),
        networks=("networks", one("/compute/resources/{number}/networks")),
        node_operations=("node_operations", _operations(NODE_OPERATIONS, "-nodes")),
        nodes=("nodes", nodes),
        own_details=(None, _own_details),
        urls=("urls", _urls),
    ),
)

HISTORY = ("history_actions", "history_statuses")
# The options and the query parameters of the two listings of operations.
TYPES = ("available", "in-progress", "list-available-actions", "list-actions-in-progress")
OF_NODES = dict(operations_type="type", operations_nodes="node")
OPERATIONS = dict(OF_NODES, operations_urls="url", operations_members="id")


def read_resources(client, params):
    """The Outcome of itcare_resource_info for its options (dict). Nothing is written."""
    history = many("/compute/resources/{number}/history", **_history_query(params))
    gathered = dict(RESOURCES.gathered, history=("history", history), **_operations_asked(params))
    listing = replace(RESOURCES, gathered=gathered)
    given = [name for name in RESOURCES.arguments() if params[name] is not None and name != "gather"]
    lists = params["taken"] is None or bool(given or params["gather"])
    rows = listing.read(client, params).result["resources"] if lists else []
    result = {"resources": [_with_tags_as_keys(row) for row in rows]}
    if params["taken"] is not None:
        names = list(dict.fromkeys(params["taken"]))
        found = in_parallel(lambda name: _is_taken(client, name, params["taken_type"]), names)
        result["taken"] = dict(zip(names, found))
    return Outcome(False, result)


def _history_query(params):
    given = [name for name in HISTORY if params[name] is not None]
    if given and "history" not in params["gather"]:
        raise InvalidInput("%s: gather does not ask for history" % given[0])
    query = filters.query_of(params, given)
    return {key.replace("history", "").lower(): value for key, value in query.items()}


def _operations_asked(params):
    """The readers of ``gathered`` for operations, as the options want them. Raises InvalidInput."""
    given = [name for name in OPERATIONS if params[name] is not None]
    asked = {choice for choice in ("operations", "node_operations") if choice in params["gather"]}
    for name in given:
        if not asked & ({"operations", "node_operations"} if name in OF_NODES else {"operations"}):
            raise InvalidInput("%s: gather does not ask for operations" % name)
        filters.check_items(name, params[name] if isinstance(params[name], list) else [params[name]])
    if "node_operations" in asked and params["operations_type"] in TYPES[2:]:
        raise InvalidInput("operations_type: %s cannot be used with node_operations" % params["operations_type"])
    query = {OPERATIONS[name]: params[name] for name in given}
    of_nodes = {key: value for key, value in query.items() if key in OF_NODES.values()}
    return {
        "operations": ("operations", _operations("/operations", query=query)),
        "node_operations": ("node_operations", _operations(NODE_OPERATIONS, "-nodes", of_nodes)),
    }


def _is_taken(client, name, resource_type):
    """Whether a resource has that name. Raises ApiError, InvalidInput.

    For one that does not exist, only 400 is documented beside 200, and the general table says 404 (choices.rst).
    """
    if not name.strip():
        raise InvalidInput("taken: a name is empty")
    path = "/compute/resources/%s" % quote(name, safe="")
    response = client.call("HEAD", path, {"type": resource_type})
    if response.status in (400, 404):
        return False
    client.checked("HEAD", path, response)
    return True


def _with_tags_as_keys(row):
    """A listing has tags as the API's list; what was gathered is as the options have them, already."""
    return {**row, "tags": to_dict(row["tags"])} if isinstance(row.get("tags"), list) else row

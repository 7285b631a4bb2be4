# SPDX-License-Identifier: GPL-3.0-or-later
"""The products of the platform and their support (the API reference, Platform)."""

from __future__ import annotations

from urllib.parse import quote

from ..errors import InvalidInput
from ..listing import gather
from ..parallel import in_parallel
from ..resource import to_result
from ..seen import Seen
from .shared import filters

PATH = "/compute/platform/products"
SUPPORT = "/compute/platform/support-policy"

# A choice of gather, which is the parameter that asks for it, and the key of the answer.
DETAILS = dict(properties="properties", sizings="resources", storage="storage")


def read_products(client, params):
    """The result (dict) of itcare_product_info for its options (dict). Raises InvalidInput."""
    queries = {PATH: filters.query_of(params, ("type", "clouds"))}
    if params["id"] is not None:
        filters.check_items("id", [params["id"]])
    if "support_policies" in params["gather"]:
        queries[SUPPORT] = filters.query_of(params, ("platform",))
    elif params["platform"] is not None:
        raise InvalidInput("platform: it narrows the support policies, and gather does not ask for support_policies")
    found = dict(zip(queries, in_parallel(lambda path: client.get(path, queries[path]) or [], queries)))
    products = _wanted(found[PATH], params["id"])
    readers = _readers(params["gather"], filters.query_of(params, ("clouds",)))
    result = {"products": gather(client, [Seen(row) for row in products], readers, list(readers))}
    if SUPPORT in found:
        result["support_policies"] = [to_result(row) for row in found[SUPPORT]]
    return result


def _wanted(rows, wanted):
    if wanted is None:
        return rows
    by_id, by_code = ([row for row in rows if str(row.get(key)).lower() == wanted.lower()] for key in ("id", "code"))
    return by_id or by_code


def _readers(choices, clouds):
    """What to read of each product, for gather(): all the details come in one answer."""
    readers = {}
    asked = [name for name in DETAILS if name in choices]
    if asked:
        query = {**{name: True for name in asked}, **clouds}
        readers["details"] = (None, lambda client, seen: _details(client, seen.record, query, asked))
    if "regions" in choices:
        readers["regions"] = (
            "regions",
            lambda client, seen: [to_result(row) for row in _find(client, seen.record, "/regions", clouds) or []],
        )
    return readers


def _details(client, product, query, asked):
    found = to_result(_find(client, product, "", query) or {})
    return {
        "enforced_auth_domain": found.get("enforced_auth_domain"),
        **{name: found.get(DETAILS[name]) for name in asked},
    }


def _find(client, product, below, query):
    """What is at the path of a product. Its ``{id}`` is described as a platform, with codes as examples."""
    for key in dict.fromkeys(product.get(name) for name in ("id", "code")):
        found = client.find("%s/%s%s" % (PATH, quote(str(key), safe=""), below), query) if key else None
        if found:
            return found
    return None

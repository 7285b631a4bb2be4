# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there, inside a scope, and not described: told of, or removed where itcare_estate has created it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..module_utils.errors import CloudError, Protected
from ..module_utils.identity import is_clear
from ..module_utils.parallel import in_parallel
from ..module_utils.products.shared.tags import OWNER
from ..module_utils.protection import refuse_protected
from ..module_utils.reference import Once
from . import estate
from .estate_kinds import SYSTEM

NOT_CREATED = "it does not have the tag %s=%s, so this estate has neither created nor adopted it"


@dataclass
class Undescribed:
    """``rows`` (list of dict) for the result, and those of them that are ``removable``."""

    rows: list
    removable: list = field(default_factory=list)


def refusals(params):
    """What is wrong with the options of the task (list of str)."""
    scope, name = params["prune_scope"], params["name"]
    found = []
    if scope is not None and not any(scope.values()):
        found.append("prune_scope: it is empty; give at least one of %s" % ", ".join(sorted(scope)))
    if scope is not None and params["prune"] == "never":
        found.append("prune_scope says where to prune, and prune is never")
    if name is not None and not is_clear(name):
        found.append("name: %r is empty, or has a comma, a leading ! or blanks around it" % name)
    return found


def undescribed(client, params, items):
    """What is in the scope of the task and is none of its items (an Undescribed). Raises CloudError."""
    scope = params["prune_scope"]
    found, everything, _query = estate.in_scope(Once(client), scope)
    found = [one for one in found if not _is_described(one, items)]
    in_parallel(lambda one: estate.see(client, one, everything), found)
    found = [one for one in found if one.kind is not None and estate.has_tags(one, scope)]
    rows = in_parallel(lambda one: _row(client, one, params), found)
    rows = sorted(rows, key=lambda row: [str(row[key]) for key in ("service", "kind", "name", "id")])
    return Undescribed(rows, [row for row in rows if row["owned"] and not row["reason"]])


def _is_described(one, items):
    """Whether an item turned out to be this resource, or may be it, since it failed or does not say."""
    mine = [item for item in items if item.kind and item.kind.name == one.kind.name]
    if str(one.row.get("id")) in [item.number for item in mine]:
        return True
    names = [str(item.name).casefold() for item in mine if item.number is None]
    return str(one.row.get("name")).casefold() in names


def _row(client, one, params):
    tags = (one.seen and one.seen.get("tags")) or {}
    is_owned = params["name"] is not None and tags.get(OWNER) == params["name"]
    return {
        "kind": one.kind.name,
        "name": one.row.get("name"),
        "service": one.row.get("serviceName"),
        "id": one.row.get("id"),
        "module": SYSTEM + one.kind.name,
        "owned": is_owned,
        "reason": _why_not(client, one, params, is_owned),
    }


def _why_not(client, one, params, is_owned):
    """Why it is not removed, or None."""
    if one.reason:
        return one.reason
    if not is_owned:
        return NOT_CREATED % (OWNER, params["name"]) if params["name"] else "the task gives no name"
    try:
        refuse_protected(client, params["protection_tag"], one.seen, "its removal")
    except Protected as problem:
        return str(problem)
    except CloudError as problem:
        return str(problem)
    return None

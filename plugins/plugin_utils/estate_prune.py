# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there, inside a scope, and not described: told of, or removed where itcare_estate has created it.

Of what is described, parts may be there that nobody has described, and that a task leaves alone, such as a URL or an
extension. They are told of only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..module_utils.errors import CloudError, Protected
from ..module_utils.identity import confirm_generic, is_clear, numbers
from ..module_utils.parallel import in_parallel
from ..module_utils.products.shared.tags import OWNER
from ..module_utils.protection import refuse_protected
from ..module_utils.reference import Once
from . import estate
from .estate_description import IDENTITY, References, describe, problems
from .estate_kinds import SYSTEM
from .estate_parts import PARTS
from .fast_lane import name_of

OF_A_PART = "it is a part of a resource that is described, and only whole resources are removed"
EXACT = ("members", "tags")  # no other ones are left alone
WHICH = ("name", "database")  # what tells the rows of an option apart
NOT_CREATED = "it does not have the tag %s=%s, so this estate has neither created nor adopted it"


@dataclass
class Undescribed:
    """``rows`` (list of dict) for the result, those of them that are ``removable``, and ``warnings`` (list of str)."""

    rows: list
    removable: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


def refusals(params):
    """What is wrong with the options of the task (list of str)."""
    scope, name = params["prune_scope"], params["name"]
    found = []
    if scope is not None and not any(scope.values()):
        found.append("prune_scope: it is empty; give at least one of %s" % ", ".join(sorted(scope)))
    if scope is not None and params["prune"] == "never":
        found.append("prune_scope says where to prune, and prune is never")
    if params["prune"] == "remove" and not params["resources"]:
        found.append(
            "resources is empty and prune is remove: all that the estate owns in prune_scope would be removed. If that "
            "is meant, give each resource with state=absent"
        )
    if name is not None and not is_clear(name):
        found.append("name: %r is empty, or has a comma, a leading ! or blanks around it" % name)
    return found


def undescribed(client, params, items):
    """What is in the scope of the task and is none of its items (an Undescribed). Raises CloudError."""
    scope = params["prune_scope"]
    found, everything, query = estate.in_scope(Once(client), scope)
    whole = {id(one): _item_of(one, items) for one in found}  # what a listing shows may be found as several kinds
    found = [one for one in found if whole[id(one)] or not _may_be_described(one, items)]
    in_parallel(lambda one: estate.see(client, one, everything), found)
    found = [one for one in found if one.kind is not None and estate.fits(one, scope, query)]
    strange = [one for one in found if not whole[id(one)]]
    rows = in_parallel(lambda one: _row(client, one, params), strange)
    known = [(one, whole[id(one)]) for one in found if whole[id(one)] and one.seen]
    rows += [row for some in in_parallel(lambda one: _parts(client, *one, items), known) for row in some]
    rows = sorted(rows, key=lambda row: [str(row.get(key)) for key in ("service", "kind", "name", "part", "id")])
    warnings = ["prune_scope: %s" % one for one in estate.nothing_in(scope, found)]
    return Undescribed(rows, [row for row in rows if row["owned"] and not row["reason"]], warnings)


def is_described(row, items):
    """Whether the whole resource of a row of an Undescribed has turned out to be that of an item."""
    return "part" not in row and bool(_with_number(row["kind"], row["id"], items))


def _with_number(kind, number, items):
    """The items (list) that turned out to be the resource of that kind and id."""
    return [item for item in items if item.kind and item.kind.name == kind and item.number == str(number)]


def _item_of(one, items):
    """The item that turned out to be this resource, or None."""
    return next(iter(_with_number(one.kind.name, one.row.get("id"), items)), None)


def _may_be_described(one, items):
    """Whether an item may be this resource, since it failed or does not say."""
    mine = [item for item in items if item.kind and item.kind.name == one.kind.name and item.number is None]
    names = [str(item.name).casefold() for item in mine]
    ids = [str(item.options.params["id"]) for item in mine]
    return str(one.row.get("name")).casefold() in names or any(number in ids for number in numbers(one.row))


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


# Parts of what is described


def _parts(client, one, item, items):
    """Rows for the parts of a resource (a Found) that its item does not describe, and neither do others."""
    if item.is_removal:
        return []
    try:
        seen = one.seen if one.seen.number is not None else confirm_generic(client, one.seen)
        rows = [row for parts in PARTS for row in _of_own_module(client, parts, one, seen, items)]
    except CloudError as problem:
        rows = [_part(one, "its parts", one.kind.name, str(problem))]
    return rows + _of_options(one, item)


def _of_own_module(client, parts, one, seen, items):
    if parts.of not in (None, one.kind.name):
        return
    name = str(one.row.get("name"))
    there = parts.items(parts.read(client, seen), {"loadbalancer": name, "resource": name, "service": None})
    for options in there:
        if str(options.get("name", name)).casefold() == name.casefold():  # the URL with which a load balancer is made
            continue
        if not any(_is_meant(item, parts.module, options) for item in items):
            yield _part(one, options["name"], parts.module[len(SYSTEM) :])


def _is_meant(item, module, options):
    """Whether an item is about the part with these options; what it leaves out may be anything."""
    given = item.options.params
    return name_of(item.module) == module and all(
        given.get(key) is None or str(given[key]).casefold() == str(options[key]).casefold()
        for key in ("name", "type", "value")
        if key in options
    )


def _of_options(one, item):
    """Rows for what an option shows beyond what the item gives, where the task would leave it alone."""
    given = {name: value for name, value in item.options.params.items() if value is not None and name not in EXACT}
    identity = {name: given[name] for name in IDENTITY if name in given}
    try:
        shown = describe(one.kind, one.seen, References({}, {}), identity).options
    except CloudError:
        return []
    return [
        _part(one, "%s: %s" % (name, which), one.kind.name)
        for name, value in shown.items()
        if name in given and isinstance(value, (list, dict))
        for which in _surplus(value, given[name])
        if not problems(one.kind, one.seen, {**identity, name: given[name]})
    ]


def _surplus(shown, given):
    """What is shown and not given (list of str): keys of a dict, or rows of a list by what tells them apart."""
    if isinstance(shown, dict):
        return [str(key) for key in shown if key not in given]
    return [_which(row) for row in shown if _which(row) not in map(_which, given)]


def _which(row):
    if not isinstance(row, dict):
        return str(row)
    return " of ".join(str(row[key]) for key in WHICH if row.get(key) is not None)


def _part(one, part, kind, reason=OF_A_PART):
    return {
        "kind": kind,
        "name": one.row.get("name"),
        "service": one.row.get("serviceName"),
        "id": one.row.get("id"),
        "part": part,
        "module": SYSTEM + kind,
        "owned": False,
        "reason": reason,
    }

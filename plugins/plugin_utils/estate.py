# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an estate: each listing once, then the page of each resource and what its options ask for, in parallel.

A listing may be sparse or old, so the page decides. Tags come from the listing of all resources where that shows them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from ..module_utils import actions
from ..module_utils.errors import ApiError, CloudError
from ..module_utils.identity import (
    RESOURCES,
    SERVICES,
    are_same,
    confirm_generic,
    in_words,
    is_clear,
    listed,
    named,
    numbers,
    of_row,
    page,
)
from ..module_utils.parallel import in_parallel
from ..module_utils.products.kubernetes.clusters import K8S_CLUSTER
from ..module_utils.products.shared import filters
from ..module_utils.products.shared.references import NETWORKS
from ..module_utils.products.shared.tags import as_text, read_tags, to_dict
from ..module_utils.reference import Once
from ..module_utils.resource import PREPARATION, REMOVED
from . import estate_parts
from .estate_description import Description, References, describe
from .estate_kinds import chosen

NAMES = {
    "service": ("name",),
    "network": ("shortDescription", "networkShortDescription", "technicalId"),
    "cluster": ("name",),
}
URL = "URL"  # the type of the URLs of load balancers among all resources
NEITHER = "it is not listed where its kind is"
NO_ENVIRONMENT = "the platform does not show its environment, and %s is asked for"


@dataclass
class Found:
    """What was found of one resource: its Kind, the row of its listing, and what was ``seen`` of it (a Seen).

    ``reason``: why it cannot be described, or None.
    """

    kind: object
    row: dict
    seen: object = None
    reason: str = None
    description: Description = None


def read(client, params):
    """The result (dict) of itcare_estate_info, and warnings (list of str). Raises CloudError."""
    count = _counted(client)
    once = Once(client)
    found, everything, scope = in_scope(once, params)
    busy = actions.in_progress(client, [{}]) if found else []
    references = References(_rows_of_references(once, found), NAMES)
    in_parallel(lambda one: see(client, one, everything), found)
    found = [one for one in found if one.kind is not None and fits(one, params, scope)]
    in_parallel(lambda one: _describe(one, found, references), found)
    described = [one for one in found if one.description]
    parts = in_parallel(lambda one: _parts(client, one, everything), described)
    items = sorted(
        [_shown(one.description) for one in described] + [item for rows, _none in parts for item in rows], key=_order
    )
    left_out = [row for _rows, rows in parts for row in rows]
    left_out += [_left_out(one.kind.name, one.row, one.reason) for one in found if one.reason]
    left_out += [
        {**_left_out(one.kind.name, one.row, why), "option": option}
        for one in described
        for option, why in one.description.reasons.items()
    ]
    if not params["kinds"]:
        left_out += _without_a_module(everything, found, params, scope)
    result = {"estate": items, "not_expressed": sorted(left_out, key=_order), "requests": count()}
    return result, [*_under_way(busy, described), *_not_found(params, found)]


# What is asked for


def in_scope(client, params):
    """What is listed and asked for (list of Found); all resources, see ``_Listings.of_all``; the query for listings."""
    _refuse_empty(params)
    scope = _scope(client, params)
    listings = _Listings(client, scope)
    found = [one for several in in_parallel(listings.of_kind, chosen(params["kinds"])) for one in several]
    return [one for one in found if _is_in_scope(one.row, params, scope)], listings.of_all(), scope


def _refuse_empty(params):
    """Refuse, with InvalidInput, what would select everything, or nothing, where a template has made it empty."""
    for option in ("services", "environments", "kinds", "names"):
        if params[option] is not None:
            filters.check_items(option, params[option])
    if params["tags"] == {}:
        filters.check_items("tags", ())


def _scope(client, params):
    """The query (dict) that every listing knows."""
    if params["services"] is None:
        return {}
    return {"services": filters.service_ids(client, "services", params["services"])}


def _is_in_scope(row, params, scope):
    """Whether a row has one of the names that are asked for, and of the services and environments as far as it shows
    these."""
    if "services" in scope and row.get("serviceId") is not None:
        if str(row["serviceId"]) not in map(str, scope["services"]):
            return False
    if params["environments"] is not None and row.get("environment") is not None:
        if not _is_one_of(row["environment"], params["environments"]):
            return False
    return params["names"] is None or _is_one_of(row.get("name"), params["names"])


def _is_one_of(shown, wanted):
    return str(shown).casefold() in [one.casefold() for one in wanted]


def _has_tags(one, params):
    """Whether what was seen of a resource (a Found) has the tags that are asked for."""
    if not params["tags"] or one.reason:
        return True
    tags = one.seen.get("tags") or {}
    wanted = as_text(params["tags"])
    return all(
        value in (tags.get(key) if isinstance(tags.get(key), list) else [tags.get(key)])
        for key, value in wanted.items()
    )


def fits(one, params, scope):
    """Whether what was seen of a resource (a Found) has all that is asked for; its row may have been sparse or old."""
    shown = {key: value for key, value in ((one.seen and one.seen.record) or {}).items() if value is not None}
    record = {**one.row, **shown}
    if not (_has_tags(one, params) and _is_in_scope(record, params, scope)):
        return False
    if params["environments"] is not None and record.get("environment") is None:
        one.reason = one.reason or NO_ENVIRONMENT % " or ".join(params["environments"])
    return True


def _not_found(params, found):
    there = [str(one.row.get("name")).casefold() for one in found]
    names = ["names: nothing is called %s" % name for name in params["names"] or () if name.casefold() not in there]
    return names + nothing_in(params, found)


def nothing_in(params, found):
    """A warning (list of str) for each environment that is asked for and that nothing which was ``found`` is in."""
    records = [{**one.row, **(one.seen.record if one.seen else {})} for one in found]
    there = [str(record.get("environment")).casefold() for record in records]
    return [
        "environments: nothing that is asked for is in %s" % wanted
        for wanted in params["environments"] or ()
        if wanted.casefold() not in there
    ]


# Listings


class _Listings:
    """Every listing once. ``scope`` is the query that narrows them all."""

    def __init__(self, client, scope):
        self._client, self._scope = client, scope

    def of_kind(self, kind):
        """What is listed of a Kind (list of Found); of a listing of several kinds, what may be of this one."""
        resource = kind.resource
        rows = {}
        for row, said in listed(self if resource.by_service else self._client, resource):
            if said in (None, kind.name) and row.get("status") != REMOVED:
                rows.setdefault(str(row.get("id")), Found(kind, row))
        return list(rows.values())

    def of_all(self):
        """The rows of the listing of all resources, in a dict from each number to those that show it."""
        index, rows = {}, self.pages(RESOURCES)
        if not any(row.get("tags") for row in rows):  # a listing may leave out all tags
            rows = [{**row, "tags": None} for row in rows]
        for row in rows:
            for number in numbers(row):
                index.setdefault(number, []).append(row)
        return index

    def pages(self, path, query=None):
        """As ``Client.pages``, narrowed. A listing that is read for several kinds is read once."""
        return self._client.pages(path, {**(query or {}), **self._scope})


def _rows_of_references(client, found):
    """What options may refer to by name: ``{option: rows}``, None where this account may not list it."""
    options = [option for option in NAMES if any(option in _options(one) for one in found)]
    paths = {"service": SERVICES, "network": NETWORKS, "cluster": K8S_CLUSTER.path}

    def rows(option):
        try:
            return client.pages(paths[option])
        except ApiError:
            return None

    return dict(zip(options, in_parallel(rows, options)))


def _options(one):
    return [field.name for field in one.kind.resource.fields]


# One resource


def see(client, one, everything):
    """Read the page of what was found (a Found), and all that its options ask for; ``kind`` becomes None where it is of
    another one."""
    try:
        found, others = page(client, one.kind.resource.path, of_row(one.row))
        if not found:
            one.reason = others and "its numbers lead to another resource: %s" % "; ".join(others) or NEITHER
            if not others and one.kind.resource.listed:  # the row did not say its kind, and it is another one
                one.kind = None
            return
        if found.get("parentResourceType"):  # a node, which belongs to what it is a node of
            one.kind = None
        elif found.status == PREPARATION:
            one.reason = "it is in %s" % PREPARATION
        else:
            one.seen = _completed(client, one.kind.resource, found, _tags(everything, found.record))
    except CloudError as problem:
        one.reason = str(problem)


def _completed(client, resource, seen, tags):
    """``seen`` with what stands beside its page. ``tags`` are those that a listing showed, or None."""
    keys = {}
    for option, reader in resource.also_read.items():
        keys.setdefault(reader, option)
    options = [field.name for field in resource.fields]  # what only a part asks for is read for that part
    keys = {reader: option for reader, option in keys.items() if option in options}
    if tags is not None:
        keys.pop(read_tags, None)
        seen = seen.with_values(tags=tags)
    if keys and seen.number is None:
        seen = confirm_generic(client, seen)
    values = in_parallel(lambda reader: reader(client, seen), keys)
    seen = seen.with_values(**dict(zip(keys.values(), values)))
    hidden = [one for one in resource.fields if one.elsewhere and _is_unclear(one, seen.record)]
    readers = list(dict.fromkeys(one.elsewhere for one in hidden))
    records = dict(zip(readers, in_parallel(lambda look: look(client, resource, seen), readers)))
    found = {one.name: [one.shown(record) for record in records[one.elsewhere]] for one in hidden}
    known = {name: [value for value in values if value is not None] for name, values in found.items()}
    return replace(seen, elsewhere={name: values for name, values in known.items() if values})


def _is_unclear(one, record):
    return one.is_unsure(one.shown(record), record)


def _tags(everything, record):
    """The tags (dict) that the listing of all resources shows of a resource, or None where it does not tell."""
    alike = [row for number in numbers(record) for row in everything.get(number, ()) if are_same(row, record)]
    rows = {id(row): row for row in alike}.values()
    shown = [row["tags"] for row in rows if isinstance(row.get("tags"), list)]
    return to_dict(shown[0]) if len(rows) == 1 and shown else None


def _describe(one, found, references):
    if one.reason:
        return
    try:
        identity, reasons = _identity(one, found, references)
        one.description = describe(one.kind, one.seen, references, identity)
        one.description.by_id.update(reasons)
        one.description.about = _about(one.kind.name, one.seen.record, one.description.options.get("service"))
    except CloudError as problem:
        one.reason = str(problem)


def _identity(one, found, references):
    """The options (dict) that find the resource: its name and service, or its id where these are those of others, too;
    and why there is an id (dict)."""
    record, fields = one.seen.record, {field.name: field for field in one.kind.resource.fields}
    service, name = fields["service"], fields["name"].shown(record)
    shown = service.shown(record)
    spelled, reason = references.spelled("service", shown.spellings) if shown else (None, None)
    reasons = {"service": reason} if reason else {}
    name = str(name.spellings[0]) if name else ""
    rows = [other.row for other in found if other.kind is one.kind]
    alike = [row for row in named(name, rows) if not shown or service.shown(row) == shown]
    identity = {}
    if len(alike) != 1 or not is_clear(name):
        identity["id"] = record["id"]
        reasons["id"] = (
            "its name is not the only one in its service" if is_clear(name) else "its name cannot be looked for"
        )
    if is_clear(name):
        identity["name"] = name
    if spelled is not None:
        identity["service"] = spelled
    return identity, reasons


# Parts


def _parts(client, one, everything):
    """The items (list of dict) for the parts of a resource, and rows for what of them cannot be expressed."""
    try:
        seen = one.seen if one.seen.number is not None else confirm_generic(client, one.seen)
    except CloudError as problem:
        return [], [_left_out("itcare_dns_alias", one.row, str(problem))]
    items, left_out = [], []
    for parts in estate_parts.PARTS:
        if parts.of in (None, one.kind.name):
            made, lost = _parts_of(client, parts, seen, one.description, everything)
            items += made
            left_out += [_left_out(parts.module, one.row, why) for why in lost]
    return items, left_out


def _parts_of(client, parts, seen, description, everything):
    items, lost = [], []
    try:
        rows = parts.read(client, seen)
        for options in parts.items(rows, _whose(description, seen, everything)):
            reasons = estate_parts.problems(parts, client, seen, rows, options)
            if reasons:
                lost.append("%s: %s" % (options.get("name", "its members"), "; ".join(reasons)))
                continue
            about = {**description.about, "part": options.get("name")}
            items.append(_shown(Description(about, parts.module, options)))
    except CloudError as problem:
        lost.append(str(problem))
    return items, lost


def _whose(description, seen, everything):
    """The options by which modules for parts find the resource."""
    options = description.options
    found = str(options.get("id") or options["name"])
    rows = [row for row in _each_once(everything) if row.get("status") != REMOVED]
    service = options.get("service")
    inside = [row for row in named(options.get("name", ""), rows) if service in (None, *_services(row))]
    resource = options.get("name") if len(inside) == 1 and "id" not in options else seen.record["id"]
    return {"loadbalancer": found, "resource": str(resource), "service": service}


def _services(row):
    return [str(row[key]) for key in ("serviceId", "serviceKey", "serviceName") if row.get(key)]


def _each_once(index):
    return {id(row): row for rows in index.values() for row in rows}.values()


# What a result shows


def _about(kind, record, service):
    return {
        "kind": kind,
        "name": record.get("name"),
        "service": service or record.get("serviceName"),
        "environment": record.get("environment"),
        "id": record.get("id"),
    }


def _shown(description):
    return {
        **description.about,
        "module": description.module,
        "options": description.options,
        "creation": description.creation,
        "by_id": description.by_id,
        "not_shown": description.not_shown,
    }


def _left_out(kind, row, reason):
    return {
        "kind": kind,
        "name": row.get("name"),
        "service": row.get("serviceName"),
        "id": row.get("id"),
        "reason": reason,
    }


def _order(item):
    words = [item.get(key) for key in ("service", "kind", "name", "module", "part", "option", "id")]
    return [str(word or "") for word in words]


def _without_a_module(everything, found, params, scope):
    """Rows for what no module of this collection brings to a state. Nodes and URLs belong to what they are of."""
    known = [one.row for one in found] + [one.seen.record for one in found if one.seen]
    taken = {number for row in known for number in numbers(row)}
    rows = [row for row in _each_once(everything) if row.get("status") != REMOVED and _is_in_scope(row, params, scope)]
    if params["environments"] is not None:
        rows = [row for row in rows if row.get("environment") is not None]
    return [
        _left_out(str(row.get("resourceType") or row.get("type") or "resource"), row, "no module brings it to a state")
        for row in rows
        if not row.get("parentResourceType") and _type(row) != URL and not taken & set(numbers(row))
    ]


def _type(row):
    return row.get("resourceType") or row.get("type")


def _under_way(busy, described):
    """Warnings about what may be described while it changes."""
    names = {str(action.get("resourceName")).casefold() for action in busy if action.get("resourceName")}
    return [
        "%s is described as it is now, and an action on it is in progress" % in_words(one.row)
        for one in described
        if str(one.row.get("name")).casefold() in names
    ]


def _counted(client):
    """Count the requests of a client from now on; a function that gives their number."""
    numbers_given, send = itertools.count(1), client.request
    last = [0]

    def request(*words, **how):
        last[0] = max(last[0], next(numbers_given))
        return send(*words, **how)

    client.request = request
    return lambda: last[0]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory reads of ITCare: listings, several at once; a request for each host only where it is asked for.

An estate is plain JSON, as the API answers it::

    {"hosts": {"instances": [row, ...]},                                    # listings whose rows are hosts
     "products": {"databases": [{"product": row, "nodes": [row, ...]}]},    # managed products and their nodes
     "dns_aliases": {"<id>": ["name", ...]},                                # None where they were not asked for
     "notes": ["...", ...]}                                                 # what a user should know of it

Each machine is in it once. Each row, of products too, has its own "tags": [{"tagKey": ..., "tagValue": ...}, ...].

Several listings show the same resource. They are joined by number, name and service: two of these alone may be those of
another resource, since a resource has two numbers, and names are not unique.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from ..module_utils import paging
from ..module_utils.client import in_parallel
from ..module_utils.errors import ApiError, InvalidInput, PartialListing, UnexpectedAnswer
from ..module_utils.identity import are_same, confirm_generic, in_words, is_clear, numbers, of_row, page
from ..module_utils.products.shared import filters
from ..module_utils.resource import REMOVED
from ..module_utils.sharing import Sharing
from .inventory_reading import Reader

RESOURCES = "/compute/resources"
IDS_AT_ONCE = 100  # in one address, whose length every server limits
FEW = 1000  # resources whose tags are asked for by their ids, where the listing of all resources may be far longer
FEW_NODES = 20  # that are asked for their products, instead of all products for their nodes
MOST_SHOWN = 5  # of many resources in a sentence

OF_ALL = ("names", "environments", "statuses", "monitoring_status", "monitoring_on_call_status", "backup_status")
OF_ALL += ("recovery_status", "included_in_patch_party", "clouds")
OF_KINDS = ("types", "families")
OF_MACHINES = ("availability_zones", "ip", "vlan")
OF_RESOURCES = ("names", "types", "families", "environments", "statuses", "clouds")  # of the listing that has the tags
FILTERS = (*OF_ALL, *OF_KINDS, *OF_MACHINES)
OF_SERVICES = ("services", "environments", "clouds")  # which the nodes of a product have in common with it
EMPTY = (None, "", [], {})
MISSING, BARE, CONTRADICTS = "missing", "bare", "contradicts"  # why tags are not known
WHY = {
    MISSING: "does not list %s",
    BARE: "lists no field for tags for %s",
    CONTRADICTS: "shows another resource under the number of %s",
}
OF_TAG_ROWS = ("id", "name", "serviceId", "serviceName", "tags")  # what is kept

# resource type: path of its listing, and the filters that it knows beside services and tags
MACHINES = {
    "instances": ("/compute/instances", FILTERS),
    "application_servers": ("/compute/application-servers", FILTERS),
}
PRODUCTS = {
    "databases": ("/databases", OF_ALL + OF_KINDS),
    "message_brokers": ("/message-brokers", OF_ALL + OF_KINDS),
    "kubernetes": ("/compute/containers/kubernetes", OF_ALL),
    "glusterfs": ("/storage/glusterfs", OF_ALL),
}


@dataclass
class Wanted:
    """What to read. ``params`` has the filters; ``tags_of_each``: a request for each resource whose tags no listing
    shows; ``tolerant``: go on where a part cannot be read, and say so."""

    params: dict
    resource_types: list
    tags: bool = True
    tags_of_each: bool = False
    dns_aliases: bool = False
    details: bool = False
    page_size: int = 1000
    tolerant: bool = False


def read(client, wanted):
    """The estate, and why it is not complete (list of CloudError, empty where it is).

    Raises CloudError; where ``wanted`` is tolerant, only if no machine can be read.
    """
    listings, of_tags = _listings(client, wanted)
    reader = _Reader(client, wanted.page_size, wanted.tolerant)
    tags_at_once = wanted.tags and _is_about_as_long(wanted)
    found = reader.listings([*listings.values(), *([of_tags] if tags_at_once else [])])
    tag_rows = found.pop() if tags_at_once else None
    if all(rows is None for rows in found):
        raise reader.problems[0]
    present = {kind: _present(rows or []) for kind, rows in zip(listings, found)}
    products = [(kind, row) for kind in PRODUCTS if kind in present for row in present[kind]]
    nodes = reader.each(products, lambda one: _nodes(client, *one))
    estate = {
        "hosts": {kind: present[kind] for kind in MACHINES if kind in present},
        "products": {kind: [] for kind in PRODUCTS if kind in present},
        "dns_aliases": None,
        "notes": [],
    }
    for (kind, row), rows in zip(products, nodes):
        estate["products"][kind].append({"product": row, "nodes": _present(rows or [])})
    _keep_machines_once(reader, estate)
    if _find_products_of_nodes(client, reader, wanted, listings, estate):
        _keep_machines_once(reader, estate)
    if wanted.details:
        _read_details(client, reader, estate)
    if wanted.tags:
        _read_tags(client, reader, wanted, estate, of_tags, tag_rows or [] if tags_at_once else None)
    else:
        _strip_tags(estate)
    if wanted.dns_aliases:
        estate["dns_aliases"] = _dns_aliases(client, reader, estate)
    _drop_gone(estate)
    return estate, reader.problems


def _present(rows):
    return [row for row in rows if row.get("status") != REMOVED]


class _Reader(Reader):
    """Reads listings, too, page by page."""

    def __init__(self, client, page_size, tolerant):
        super().__init__(tolerant)
        self._client, self._size = client, page_size

    def listings(self, wanted):
        """The rows (list) of several listings, or None for one that cannot be read at all."""

        def read_one(listing):
            def lost(problem):
                listing.is_damaged = True
                self.note(listing.explain(problem))

            try:
                return paging.read_all(
                    lambda path, query: self._client.get(path, query, listing.sharing),
                    listing.path,
                    listing.query,
                    listing.size or self._size,
                    listing.keep,
                    lost if self._tolerant else None,
                )
            except ApiError as problem:
                raise listing.explain(problem) from problem

        return in_parallel(read_one, wanted)


@dataclass
class _Listing:
    """One paged listing. ``keep(row)`` is what stays of a row, ``sharing`` as for answers.checked; ``hint`` is what
    helps where it is not allowed."""

    path: str
    query: dict
    keep: object = None
    sharing: object = None
    size: int = None
    hint: str = ""
    is_damaged: bool = False  # some of it could not be read

    def explain(self, problem):
        """``problem`` with the hint, where it is that the account may not read it."""
        if not self.hint or not isinstance(problem, ApiError) or problem.status != 403:
            return problem
        return ApiError("%s; %s" % (problem, self.hint), 403, "GET", self.path, problem.error_code)


def _listings(client, wanted):
    """The listings to read, by resource type, and that of all tags. Raises InvalidInput, NotFound, Ambiguous."""
    params = wanted.params
    shared = {}
    if params.get("services") is not None:
        shared["services"] = filters.service_ids(client, "services", params["services"])
    if params.get("tags") is not None:
        shared["tags"] = filters.tag_pairs(params["tags"])
    listings, sharing = {}, Sharing()
    for kind in dict.fromkeys(wanted.resource_types):
        path, known = {**MACHINES, **PRODUCTS}[kind]
        unknown = [name for name in FILTERS if params.get(name) is not None and name not in known]
        if unknown:
            raise InvalidInput("%s: the listing of %s cannot be filtered by it" % (", ".join(unknown), kind))
        query = {**filters.query_of(params, known), **shared}
        listings[kind] = _Listing(path, query, sharing=sharing)
    return listings, _listing_of_tags({**filters.query_of(params, OF_RESOURCES), **shared})


def _listing_of_tags(query, size=None):
    hint = "set read_tags: false to do without tags"
    return _Listing(RESOURCES, query, _tags_only, size=size, hint=hint)


def _tags_only(row):
    kept = {key: row[key] for key in OF_TAG_ROWS if key in row}
    if "internalResourceId" in row and row["internalResourceId"] != row["id"]:
        kept["internalResourceId"] = row["internalResourceId"]
    if isinstance(kept.get("serviceName"), str):
        kept["serviceName"] = sys.intern(kept["serviceName"])  # in memory once for all of its resources
    return kept


def _is_about_as_long(wanted):
    """Whether the listing of all resources has not many more rows than the machines that are wanted."""
    given = [name for name, value in wanted.params.items() if value is not None]
    if {"services", "names", "tags"} & set(given):
        return True
    return "instances" in wanted.resource_types and all(name in OF_RESOURCES for name in given)


# One machine is one host


def _keep_machines_once(reader, estate):
    """What several listings show is a host once: as a node of a product, else as an application server.

    Its fields are those of the row that shows more of it, and what only the other row shows.
    """
    lists = list(_machine_lists(estate))
    if len(lists) == 1 and len({row["id"] for row in lists[0][1]}) == len(lists[0][1]):
        return
    kept = {}
    for kind, rows in lists:
        left = []
        for row in rows:
            candidates = [one for number in _both_numbers(row) for one in kept.get(number, ())]
            known = next((known for _kind, known in candidates if are_same(known, row)), None)
            if known is None:
                left.append(row)
                _note_clash(reader, kind, row, candidates)
                known = row
            elif known is not row:
                joined = _joined(known, row)
                known.clear()
                known.update(joined)
            for number in _both_numbers(known):
                if not any(known is one for _kind, one in kept.get(number, ())):
                    kept.setdefault(number, []).append((kind, known))
        rows[:] = left


def _note_clash(reader, kind, row, candidates):
    for known_as, known in candidates:
        if _key(known["id"]) == _key(row["id"]):
            reader.note(
                UnexpectedAnswer(
                    "one id is that of two machines: %s among the %s, and %s among the %s"
                    % (in_words(known), known_as, in_words(row), kind)
                )
            )
            return


def _find_products_of_nodes(client, reader, wanted, listings, estate):
    """Add the products whose nodes a filter has left among the machines, while it has left out the products themselves:
    a host is the same with a filter and without. Whether there are any (bool).

    Where there are few such nodes, each is asked for its product; otherwise all products are asked for their nodes.
    """
    kinds = list(estate["products"])
    rows = [row for several in estate["hosts"].values() for row in several if row.get("parentResourceType")]
    narrowing = [name for name in (*FILTERS, "tags") if name not in OF_SERVICES]
    is_narrow = any(wanted.params.get(name) is not None for name in narrowing)
    if not kinds or not rows or not is_narrow:
        return False
    parents = None
    if len(rows) <= FEW_NODES:
        links = reader.each(rows, lambda row: _parent(client, row))
        if None not in links:
            parents = {_key(link["parentId"]) for link in links if link.get("parentId") is not None}
    queries = [{key: listings[kind].query[key] for key in OF_SERVICES if key in listings[kind].query} for kind in kinds]
    found = reader.listings([_Listing(PRODUCTS[kind][0], query) for kind, query in zip(kinds, queries)])
    known = {_key(one["product"]["id"]) for several in estate["products"].values() for one in several}
    products = [
        (kind, row)
        for kind, several in zip(kinds, found)
        for row in _present(several or [])
        if _key(row["id"]) not in known and (parents is None or parents.intersection(_both_numbers(row)))
    ]
    chosen = {}
    for row in rows:
        for number in _both_numbers(row):
            chosen.setdefault(number, []).append(row)

    def is_chosen(node):
        return any(are_same(node, row) for number in _both_numbers(node) for row in chosen.get(number, ()))

    for (kind, row), nodes in zip(products, reader.each(products, lambda one: _nodes(client, *one))):
        own = [node for node in _present(nodes or []) if is_chosen(node)]
        if own:
            estate["products"][kind].append({"product": row, "nodes": own})
    return bool(products)


def _parent(client, row):
    """What a machine is a node of, as the API links it; empty for nothing, None where the machine is unknown there."""
    try:
        return client.find(_confirmed(client, row, "parent")) or {}
    except UnexpectedAnswer:
        return None


def _machine_lists(estate):
    """All lists of machines, each with what it is, in the order of what a machine is in the first place."""
    for products in estate["products"].values():
        for one in sorted(products, key=lambda one: _order(one["product"]["id"])):
            yield "nodes of %s" % one["product"].get("name"), one["nodes"]
    for kind in ("application_servers", "instances"):
        if kind in estate["hosts"]:
            yield kind.replace("_", " "), estate["hosts"][kind]


def _machines(estate):
    return [row for _kind, rows in _machine_lists(estate) for row in rows]


def _key(number):
    """A number of a resource as text, which it may be in one listing and not in another."""
    return str(int(number)) if isinstance(number, float) else str(number)


def _order(number):
    """What numbers are sorted by, whether they are text or not."""
    return len(_key(number)), _key(number)


def _joined(one, other):
    richer, poorer = sorted((one, other), key=lambda row: -sum(value not in EMPTY for value in row.values()))
    joined = {**richer, **{key: value for key, value in poorer.items() if richer.get(key) in EMPTY}}
    if _key(one["id"]) != _key(other["id"]):  # one shows as its id what is the other number in the other row
        both = next((row for row in (one, other) if len(_both_numbers(row)) == 2), joined)
        joined.update(id=both["id"], internalResourceId=both.get("internalResourceId"))
    return joined


def _strip_tags(estate):
    for row in _machines(estate):
        row.pop("tags", None)
    for products in estate["products"].values():
        for one in products:
            one["product"].pop("tags", None)


def _drop_gone(estate):
    for _kind, rows in _machine_lists(estate):
        rows[:] = _present(rows)


# What is read of each


def _nodes(client, kind, product):
    """The nodes of a product; none where it has gone since it was listed."""
    path = PRODUCTS[kind][0]
    return _unless_gone(client, product, lambda: _read_nodes(client, kind, product), path, None) or []


def _read_nodes(client, kind, product):
    return client.get(_confirmed(client, product, "nodes"), {"type": product.get("category") or kind.upper()})


def _unless_gone(client, row, read_it, path, product):
    """``read_it()``, or None where the resource of a row has gone meanwhile, which its status tells afterwards.

    ``path`` and ``product`` as for _has_gone.
    """
    try:
        return read_it()
    except (ApiError, UnexpectedAnswer) as problem:
        if getattr(problem, "status", 404) != 404 or not _has_gone(client, row, path, product):
            raise _naming(row, problem) from problem
        row["status"] = REMOVED
        return None


def _naming(row, problem):
    """``problem`` with the name of the resource whose part could not be read."""
    if not isinstance(problem, ApiError):
        return problem
    return ApiError("%s: %s" % (in_words(row), problem), **problem.details)


def _has_gone(client, row, path, product):
    """Whether no page and no listing shows the resource of a row any more, that which had the row least of all.

    ``path`` is that listing, or the kind of the ``product`` of which it is a node. What is still listed there is no
    less of a machine because ``/compute/resources`` does not know it.
    """
    if product is not None:
        listed = [] if product.get("status") == REMOVED else _nodes(client, path, product)
    else:
        listed = client.pages(path, _narrow(row))
    listed += [found for found in (client.find("%s/%s" % (RESOURCES, number)) for number in numbers(row)) if found]
    return not any(are_same(one, row) for one in _present(listed))


def _narrow(row):
    """A filter (dict) that leaves the row of a listing and few others."""
    if is_clear(str(row.get("name") or "")):
        return {"names": [row["name"]]}
    return {"services": [row["serviceId"]]} if row.get("serviceId") else {}


def _origins(estate):
    """Where each row was listed: ``path`` and ``product`` of _has_gone (tuple), by the id() of the row."""
    known = {}
    for kind, products in estate["products"].items():
        for one in products:
            known[id(one["product"])] = PRODUCTS[kind][0], None
            known.update((id(row), (kind, one["product"])) for row in one["nodes"])
    for kind, rows in estate["hosts"].items():
        known.update((id(row), (MACHINES[kind][0], None)) for row in rows)
    return known


def _confirmed(client, row, part):
    """The path of a part of a listed resource, with the number that a read has confirmed: a part does not show whose
    it is. Where both numbers of a resource are the same, they need no confirmation."""
    seen = of_row(row)
    number = confirm_generic(client, seen).number if seen.number is None else seen.number
    return "%s/%s/%s" % (RESOURCES, number, part)


def _read_details(client, reader, estate):
    """Each machine's own page instead of its row, which may be sparse or old; one request each, in parallel.

    ``source`` says so in each. Raises UnexpectedAnswer where a listed machine has no page; tolerant: its row stays.
    """
    rows, origins = _machines(estate), _origins(estate)

    def of_one(row):
        return _unless_gone(client, row, lambda: _details(client, row, *origins[id(row)]), *origins[id(row)])

    for row, found in zip(rows, reader.each(rows, of_one)):
        row.update(found or {}, source="details" if found else "listing")


def _details(client, row, path, product):
    instances = MACHINES["instances"][0]
    found, others = page(client, instances, of_row(row))
    if found:
        return found.record
    if product is not None or path != instances:
        # Only the page of an instance is documented: others may have just the one that all resources have.
        found, others = page(client, RESOURCES, of_row(row))
        if found:
            return {key: value for key, value in found.record.items() if value not in EMPTY}
    raise UnexpectedAnswer(
        "%s is listed, and its own page cannot be read%s" % (in_words(row), ": " + "; ".join(others) if others else "")
    )


def _dns_aliases(client, reader, estate):
    rows, origins = _machines(estate), _origins(estate)

    def of_one(row):
        return _unless_gone(client, row, lambda: client.find(_confirmed(client, row, "dns-aliases")), *origins[id(row)])

    return {
        _key(row["id"]): [record["fqdn"] for record in records if record.get("fqdn")]
        for row, records in zip(rows, reader.each(rows, of_one))
        if records
    }


# Tags


def _read_tags(client, reader, wanted, estate, listing, rows):
    """Put its tags into each row of the estate, machines and products.

    They come from the listing of all resources (``rows``, None where it has not been read), and what that lacks is
    asked for by id, a hundred at a time; where resources are few, the other way round. A resource that neither shows
    with its tags is not one without tags: it is an error, unless each may be asked for its own.
    """
    products = [one["product"] for several in estate["products"].values() for one in several]
    nodes = [row for several in estate["products"].values() for one in several for row in one["nodes"]]
    machines = [row for several in estate["hosts"].values() for row in several]
    index = _Index(rows or ())
    unknown = index.tell([*machines, *products, *nodes])
    are_nodes = {id(row) for row in nodes}
    sources = [0, 1] if rows is not None else [0, 1, "listing"] if len(unknown) <= FEW else ["listing", 0, 1]
    for source in sources:
        if source != "listing":  # the ids, and then the other numbers, since either may be what `ids` takes
            ids = [number for row, _why in unknown for number in _both_numbers(row)[source : source + 1]]
            asked = [ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE)]
            asked = [_listing_of_tags({"ids": chunk}, IDS_AT_ONCE) for chunk in asked]
        else:
            asked = [listing] if any(id(row) not in are_nodes for row, _why in unknown) else []
        if not listing.is_damaged:  # nothing more is asked of a platform that fails
            for found in reader.listings(asked):
                index.add(found or ())
            unknown = index.tell([row for row, _why in unknown])
    origins = _origins(estate) if unknown else {}
    if wanted.tags_of_each:
        _read_own_tags(client, reader, [row for row, _why in unknown], origins)
        return
    below = [row for row, why in unknown if id(row) in are_nodes and why == MISSING]
    unknown = [(row, why) for row, why in unknown if not (id(row) in are_nodes and why == MISSING)]
    unknown = _without_gone(client, reader, unknown, origins)
    if below:
        estate["notes"].append(
            "The platform does not list the tags of nodes, so %d nodes have those of their product: %s. Set gather: "
            "tags to read their own, one request for each." % (len(below), _some(below))
        )
    for row in below:
        row["tags"] = []
    if unknown:
        for row, _why in unknown:
            row["tags"] = []
        reader.note(PartialListing(_unknown_in_words(unknown, len(machines) + len(products) + len(nodes))))


def _without_gone(client, reader, unknown, origins):
    """Those of ``unknown`` that are still there; few enough to be asked for may have gone since they were listed."""
    missing = [row for row, why in unknown if why == MISSING]
    if len(missing) > IDS_AT_ONCE:
        return unknown
    for row, has_gone in zip(missing, reader.each(missing, lambda row: _has_gone(client, row, *origins[id(row)]))):
        if has_gone:
            row.update(status=REMOVED, tags=[])
    return [(row, why) for row, why in unknown if row.get("status") != REMOVED]


def _read_own_tags(client, reader, rows, origins):
    def of_one(row):
        return _unless_gone(client, row, lambda: client.get(_confirmed(client, row, "tags")), *origins[id(row)])

    for row, tags in zip(rows, reader.each(rows, of_one)):
        row["tags"] = tags or []


def _unknown_in_words(unknown, total):
    reasons = {}
    for row, why in unknown:
        reasons.setdefault(why, []).append(row)
    return (
        "the tags of %d of %d resources are not known: GET %s %s. Set gather: tags to read them one by one (one "
        "request for each), or read_tags: false to do without tags"
        % (
            len(unknown),
            total,
            RESOURCES,
            ", ".join(WHY[why] % _some(rows) for why, rows in reasons.items()),
        )
    )


def _some(rows):
    shown = ", ".join(in_words(row) for row in rows[:MOST_SHOWN])
    return shown + (" and %d more" % (len(rows) - MOST_SHOWN) if len(rows) > MOST_SHOWN else "")


class _Index:
    """Rows of the listing of all resources, by their numbers."""

    def __init__(self, rows):
        self._rows = {}
        self.add(rows)

    def add(self, rows):
        """Newer rows come first."""
        for row in rows:
            for number in _both_numbers(row):
                self._rows[number] = (row, *self._rows.get(number, ()))

    def tell(self, rows):
        """Put its tags into each row; those of which they are not known, each with why (list of tuples)."""
        unknown = []
        for row in rows:
            tags = self._tags_of(row)
            if isinstance(tags, list):
                row["tags"] = tags
            elif not isinstance(row.get("tags"), list):  # it may show them itself
                unknown.append((row, tags))
        return unknown

    def _tags_of(self, row):
        """Its tags (list), or why they are not known."""
        why = MISSING
        for number in _both_numbers(row):
            for found in self._rows.get(number, ()):
                if are_same(found, row):
                    if isinstance(found.get("tags"), list):
                        return found["tags"]
                    why = BARE
                elif why == MISSING and _key(found["id"]) == _key(row["id"]):
                    why = CONTRADICTS
        return why


def _both_numbers(row):
    number, other = row["id"], row.get("internalResourceId")
    return (_key(number),) if other is None or other == number else (_key(number), _key(other))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory reads of ITCare: listings, several at once; a request for each host only where it is asked for.

An estate is plain JSON, as the API answers it::

    {"hosts": {"instances": [row, ...]},                                    # listings whose rows are hosts
     "products": {"databases": [{"product": row, "nodes": [row, ...]}]},    # managed products and their nodes
     "tags": {"<id>": [{"tagKey": ..., "tagValue": ...}]},                  # of those resources that have any
     "dns_aliases": {"<id>": ["name", ...]}}                                # None where they were not asked for
"""

from __future__ import annotations

from dataclasses import dataclass

from ..module_utils.client import in_parallel
from ..module_utils.errors import InvalidInput, ItcareError, PartialListing, UnexpectedAnswer
from ..module_utils.identity import confirm_generic, in_words, numbers, of_row, page
from ..module_utils.products.shared import filters
from ..module_utils.resource import REMOVED

RESOURCES = "/compute/resources"
IDS_AT_ONCE = 100  # in one address, whose length every server limits

OF_ALL = ("names", "environments", "statuses", "monitoring_status", "monitoring_on_call_status", "backup_status")
OF_ALL += ("recovery_status", "included_in_patch_party", "clouds")
OF_KINDS = ("types", "families")
OF_MACHINES = ("availability_zones", "ip", "vlan")
OF_RESOURCES = ("names", "types", "families", "environments", "statuses", "clouds")  # of the listing that has the tags
FILTERS = (*OF_ALL, *OF_KINDS, *OF_MACHINES)

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
    """What to read. ``params`` has the filters; ``tolerant``: go on where a part cannot be read, and say so."""

    params: dict
    resource_types: list
    tags: bool = True
    dns_aliases: bool = False
    details: bool = False
    page_size: int = 1000
    tolerant: bool = False


def read(client, wanted):
    """The estate, and what could not be read of it (list of str, empty where it is complete).

    Raises ItcareError; where ``wanted`` is tolerant, only if nothing can be read.
    """
    listings = _listings(client, wanted)
    reader = _Reader(client, wanted.page_size, wanted.tolerant)
    found = dict(zip(listings, reader.listings(list(listings.values()))))
    tag_rows = found.pop("tags", [])
    present = {kind: [row for row in rows if row.get("status") != REMOVED] for kind, rows in found.items()}
    products = [(kind, row) for kind in PRODUCTS if kind in present for row in present[kind]]
    nodes = reader.each(products, lambda one: _nodes(client, *one))
    estate = {
        "hosts": {kind: present[kind] for kind in MACHINES if kind in present},
        "products": {kind: [] for kind in PRODUCTS if kind in present},
        "tags": {},
        "dns_aliases": None,
    }
    for (kind, row), rows in zip(products, nodes):
        rows = [node for node in rows or [] if node.get("status") != REMOVED]
        estate["products"][kind].append({"product": row, "nodes": rows})
    _keep_nodes_once(estate)
    if wanted.details:
        _read_details(client, reader, estate)
    if wanted.tags:
        listed = [row for rows in present.values() for row in rows]
        estate["tags"] = _tags(client, reader, tag_rows, listed)
    if wanted.dns_aliases:
        estate["dns_aliases"] = _dns_aliases(client, reader, estate)
    return estate, reader.problems


def _read_details(client, reader, estate):
    """Each machine's own page instead of its row, which may be sparse or old; one request each, in parallel.

    ``source`` says so in each. Raises UnexpectedAnswer where a listed machine has no page; tolerant: its row stays.
    """
    lists = [*estate["hosts"].values(), *(one["nodes"] for rows in estate["products"].values() for one in rows)]
    places = [(rows, index) for rows in lists for index in range(len(rows))]
    pages = reader.each(places, lambda place: _details(client, place[0][place[1]]))
    for (rows, index), found in zip(places, pages):
        rows[index] = {**rows[index], **(found or {}), "source": "details" if found else "listing"}


def _details(client, row):
    found, others = page(client, MACHINES["instances"][0], of_row(row))
    if not found:
        raise UnexpectedAnswer(
            "%s is listed, and its own page cannot be read%s"
            % (in_words(row), ": " + "; ".join(others) if others else "")
        )
    return found.record


def _keep_nodes_once(estate):
    """Some listings of machines have the nodes of products, too: these are hosts as nodes only."""
    nodes = [node for products in estate["products"].values() for one in products for node in one["nodes"]]
    known = {(node["id"], node.get("name")) for node in nodes}
    for kind, rows in estate["hosts"].items() if known else ():
        estate["hosts"][kind] = [row for row in rows if (row["id"], row.get("name")) not in known]


@dataclass
class _Listing:
    """One paged listing. ``keep(row)`` is what stays of a row."""

    path: str
    query: dict
    keep: object = None


class _Reader:
    """Reads as many at a time as there are connections, and notes what cannot be read where that is allowed."""

    def __init__(self, client, page_size, tolerant):
        self.problems = []
        self._client, self._size, self._tolerant = client, page_size, tolerant

    def listings(self, wanted):
        """The rows of several listings, complete, none twice: all first pages at once, then all further pages at once.

        Rows that do not add up to the totals that the API names are read again (the estate may have changed meanwhile).
        """
        firsts = in_parallel(lambda listing: self._page(listing, 0), wanted)
        further = [
            (index, number) for index, first in enumerate(firsts) for number in range(1, first.get("totalPages", 1))
        ]
        pages = self.each(
            further, lambda one: self._page(wanted[one[0]], one[1], firsts[one[0]].get("size"))["content"]
        )
        results = []
        for index, (listing, first) in enumerate(zip(wanted, firsts)):
            own = [page for (at, _number), page in zip(further, pages) if at == index]
            rows = {row["id"]: row for page in [first["content"], *own] for row in page or ()}
            total = first.get("totalElements", len(rows))
            results.append(list(rows.values()) if len(rows) == total else self._again(listing, rows, None in own))
        return results

    def each(self, items, function):
        """``[function(item), ...]``; tolerant: None where it raises, which is noted."""

        def tolerated(item):
            try:
                return function(item)
            except ItcareError as problem:
                if not self._tolerant:
                    raise
                self.problems.append(str(problem))
                return None

        return in_parallel(tolerated, items)

    def _page(self, listing, number, size=None):
        page = self._client.get(listing.path, {**listing.query, "page": number, "size": size or self._size})
        if isinstance(page, list):
            page = {"content": page}
        if not isinstance(page, dict) or not isinstance(page.get("content"), list):
            page = {"content": self._client.pages(listing.path, listing.query, self._size)}  # raises what is wrong
        if listing.keep:
            page["content"] = [listing.keep(row) for row in page["content"]]
        return page

    def _again(self, listing, rows, known):
        """The rows of a listing whose first reading did not add up; ``known``: it is noted why."""
        if not known:
            try:
                again = self._client.pages(listing.path, listing.query, self._size)
                return [listing.keep(row) for row in again] if listing.keep else again
            except PartialListing as problem:
                if not self._tolerant:
                    raise
                self.problems.append(str(problem))
        return list(rows.values())


def _listings(client, wanted):
    """The listings to read, by resource type, and that of the tags. Raises InvalidInput, NotFound, Ambiguous."""
    params = wanted.params
    shared = {}
    if params.get("services") is not None:
        shared["services"] = filters.service_ids(client, "services", params["services"])
    if params.get("tags") is not None:
        shared["tags"] = filters.tag_pairs(params["tags"])
    listings = {}
    for kind in dict.fromkeys(wanted.resource_types):
        path, known = {**MACHINES, **PRODUCTS}[kind]
        unknown = [name for name in FILTERS if params.get(name) is not None and name not in known]
        if unknown:
            raise InvalidInput("%s: the listing of %s cannot be filtered by it" % (", ".join(unknown), kind))
        listings[kind] = _Listing(path, {**filters.query_of(params, known), **shared})
    if wanted.tags:
        listings["tags"] = _Listing(RESOURCES, {**filters.query_of(params, OF_RESOURCES), **shared}, _tags_only)
    return listings


def _tags_only(row):
    return {key: row[key] for key in ("id", "name", "serviceId", "tags") if key in row}


def _tags(client, reader, rows, listed):
    """The tags by id. What is listed elsewhere and not among ``rows`` is asked for, a hundred ids at a time.

    A number may be that of another resource elsewhere, and rows may leave tags out, which does not say that there are
    none: such tags are read one by one.
    """
    found = {row["id"]: row for row in rows}
    missing = [] if reader.problems else [row["id"] for row in listed if row["id"] not in found]
    chunks = [missing[start : start + IDS_AT_ONCE] for start in range(0, len(missing), IDS_AT_ONCE)]
    for more in reader.listings([_Listing(RESOURCES, {"ids": chunk}, _tags_only) for chunk in chunks]):
        found.update((row["id"], row) for row in more)
    unsure = [row for row in listed if row["id"] in found and not _shows_tags_of(found[row["id"]], row)]
    tags = {str(number): row["tags"] for number, row in found.items() if row.get("tags")}
    read = reader.each(unsure, lambda row: client.get(_confirmed(client, row, "tags")))
    tags.update((str(row["id"]), own or ()) for row, own in zip(unsure, read))
    return {number: own for number, own in tags.items() if own}


def _shows_tags_of(found, row):
    return "tags" in found and all(found.get(key) == row.get(key) for key in ("name", "serviceId"))


def _nodes(client, kind, product):
    return client.get(_confirmed(client, product, "nodes"), {"type": product.get("category") or kind.upper()})


def _confirmed(client, row, part):
    """The path of a part of a listed resource; where that shows two numbers, with the one that a read has confirmed."""
    number = confirm_generic(client, of_row(row)).number if len(numbers(row)) > 1 else row["id"]
    return "%s/%s/%s" % (RESOURCES, number, part)


def _dns_aliases(client, reader, estate):
    rows = [row for rows in estate["hosts"].values() for row in rows]
    rows += [node for products in estate["products"].values() for one in products for node in one["nodes"]]
    found = reader.each(rows, lambda row: client.find(_confirmed(client, row, "dns-aliases")) or [])
    return {
        str(row["id"]): [record["fqdn"] for record in records if record.get("fqdn")]
        for row, records in zip(rows, found)
        if records
    }

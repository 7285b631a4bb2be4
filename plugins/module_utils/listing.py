# SPDX-License-Identifier: GPL-3.0-or-later
"""What info modules do: list what fits the filters, and read more of each row where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable

from .answers import rows_of
from .errors import UnexpectedAnswer
from .identity import RESOURCES, SERVICES, confirm_generic, find, in_words, of_kind, of_row, read_page
from .parallel import in_parallel
from .products.shared import filters
from .products.shared.placement import read_nodes
from .products.shared.tags import read_tags
from .resource import Resource, to_result
from .seen import Seen
from .sharing import Sharing
from .telling import Outcome

DETAILS = "details"  # the choice of `gather` that reads each resource's own page

# Filters that all listings of resources have, and those of what is monitored, backed up and patched.
FILTERS = dict(
    names=dict(type="list", elements="str", aliases=["name"]),
    environments=dict(type="list", elements="str"),
    statuses=dict(type="list", elements="str"),
    clouds=dict(type="list", elements="int"),
)
MANAGEMENT_FILTERS = dict(
    monitoring_status=dict(type="bool"),
    monitoring_on_call_status=dict(type="bool"),
    backup_status=dict(type="bool"),
    recovery_status=dict(type="bool"),
    included_in_patch_party=dict(type="bool"),
)
# Those that the listings below a service have.
OF_SERVICE = {name: FILTERS[name] for name in ("names", "statuses")}
# Filters that need more than a new spelling before they are sent.
LOOKED_UP = dict(
    services=dict(type="list", elements="str", aliases=["service"]),
    tags=dict(type="dict"),
    sort=dict(type="str"),
)


@dataclass(frozen=True)
class Listing:
    """A kind of resource as an info module lists it.

    ``key`` is where the result has the rows; ``path`` the listing and ``own_path`` the path below which one has its own
    page (default: the same). ``filters`` are the options (name: argument spec) that become query parameters of the same
    name in camelCase. ``gathered`` maps a choice of ``gather`` to the key of the result and a function of (client,
    seen). ``kind_of(row)`` is for a listing that has other kinds, too: the kind that a row says to be, or None, where
    ``key`` is this kind. ``without`` names the filters of LOOKED_UP that the listing does not have.
    ``has_one_number``: a service has an id only, a resource has two numbers (see identity.py). ``of_service``: there is
    no listing but one below each service, of this name; then there is no ``path`` either, and without ``services`` all
    are read.
    """

    key: str
    path: str
    filters: dict
    own_path: str = ""
    of_service: str = ""
    gathered: dict = field(default_factory=dict)
    kind_of: Callable = None
    without: tuple = ()
    has_one_number: bool = False

    def arguments(self):
        """The options (name: argument spec) of the module."""
        return dict(
            id=dict(type="int"),
            gather=dict(type="list", elements="str", default=[], choices=sorted((*self.gathered, *self._details()))),
            **self.filters,
            **{name: option for name, option in LOOKED_UP.items() if name not in self.without},
        )

    def exclusive(self):
        """For ``mutually_exclusive``: an id is one resource, and a filter is many."""
        return [("id", name) for name in self.arguments() if name not in ("id", "gather")]

    def run(self, client, params, check):
        """For the ``run`` of a module: the rows, with or without ``check``; an Outcome."""
        return self.read(client, params)

    def read(self, client, params):
        """The rows that ``params`` ask for; an Outcome. Nothing is written.

        Each says by ``source`` whether it is the row of a listing or the resource's own page.
        """
        found = self._found(client, params)
        if params["gather"]:
            found = in_parallel(lambda seen: self._located(client, seen, params["gather"]), found)
        sources = [DETAILS if seen.is_whole else "listing" for seen in found]
        rows = gather(client, found, self.gathered, [one for one in params["gather"] if one != DETAILS])
        for row, source in zip(rows, sources) if not self.has_one_number else ():
            row["source"] = source
        return Outcome(False, {self.key: rows})

    def _found(self, client, params):
        if params["id"] is not None:
            seen = self._with_id(client, params["id"])
            return [seen] if seen else []
        query = filters.query_of(params, self.filters)
        if params.get("tags") is not None:
            query["tags"] = filters.tag_pairs(params["tags"])
        if params.get("sort") is not None:
            query["sort"] = filters.sort_order(params["sort"])
        if params.get("services") is not None:
            query["services"] = filters.service_ids(client, "services", params["services"])
        if self.of_service:
            rows = self._of_services(client, query)
        else:
            rows = client.pages(self.path, query, keep=Sharing().keep)
        if not self.kind_of:
            return [self._seen(row) for row in rows]
        found = in_parallel(lambda row: of_kind(client, self._resource(), row, self.kind_of(row)), rows)
        # A row may show what the page does not, such as tags.
        return [replace(seen, record={**row, **seen.record}) for row, seen in zip(rows, found) if seen]

    def _of_services(self, client, query):
        ids = query.pop("services", None)
        if ids is None:
            ids = [row["id"] for row in client.pages(SERVICES)]
        paths = ["%s/%s/%s" % (SERVICES, number, self.of_service) for number in ids]
        return [row for rows in in_parallel(lambda path: client.get(path, query) or [], paths) for row in rows]

    def _with_id(self, client, number):
        if not self.has_one_number:
            return find(client, self._resource(), {"id": number})
        record = client.find("%s/%s" % (self.path, number))
        if record is not None and str(record.get("id")) != str(number):
            raise UnexpectedAnswer("GET %s/%s shows another one: %s" % (self.path, number, in_words(record)))
        return self._seen(record) if record else None

    def _seen(self, row):
        return Seen(row, row["id"], row["id"]) if self.has_one_number else of_row(row)

    def _located(self, client, seen, choices):
        """``seen`` with the numbers that the paths of what is gathered take, and its own page where that is asked for.

        Where both of its numbers are the same, they are known.
        """
        if not choices or self.has_one_number:
            return seen
        if DETAILS in choices or seen.address is None:
            found = seen if seen.is_whole else read_page(client, self._resource(), seen)
            if not found.is_whole:
                raise UnexpectedAnswer(
                    "%s is listed, and has no page below %s" % (in_words(seen.record), self._resource().path)
                )
            # A row may show what the page does not, such as tags.
            seen = replace(found, record={**seen.record, **found.record})
        return seen if seen.number is not None else confirm_generic(client, seen)

    def _resource(self):
        return Resource(kind=self.key, path=self.own_path or self.path, fields=(), listed=self._listed)

    def _listed(self, client, name):
        rows = client.pages(RESOURCES if self.of_service else self.path, {"names": [name]})
        return [(row, self.kind_of(row) if self.kind_of else self.key) for row in rows]

    def _details(self):
        return () if self.has_one_number else (DETAILS,)


def gather(client, found, readers, choices):
    """What was found (list of Seen) as a result shows it, with what ``choices`` ask for, read in parallel.

    ``readers`` maps a choice to the key of the result and a function of (client, seen); with the key None the value, a
    dict, is merged into the row. Without a choice the list is used up: two copies of a large one need twice the memory.
    """
    if not choices:
        found.reverse()
        return [to_result(found.pop().record) for _number in range(len(found))]
    shown = [to_result(seen.record) for seen in found]
    wanted = [(index, choice) for index in range(len(found)) for choice in dict.fromkeys(choices)]
    values = in_parallel(lambda one: readers[one[1]][1](client, found[one[0]]), wanted)
    for (index, choice), value in zip(wanted, values):
        key = readers[choice][0]
        shown[index].update(value or {} if key is None else {key: value})
    return shown


def one(path, **query):
    """A reader of the object at ``path`` (see Seen.path), or None; a list where there are several."""

    def read(client, seen):
        where = seen.path(path)
        rows = rows_of("GET %s" % where, client.find(where, query))
        return to_result(rows[0]) if len(rows) == 1 else [to_result(row) for row in rows] or None

    return read


def many(path, **query):
    """A reader of the list at ``path`` (see Seen.path)."""
    return lambda client, seen: [to_result(row) for row in client.find(seen.path(path), query) or []]


def nodes(client, seen):
    """The machines of any resource."""
    return [to_result(row) for row in read_nodes(client, seen)]


def _loadbalancers(client, seen):
    # The query parameter `type` is required, and its only example is the name of a category (choices.rst).
    return many("/compute/resources/{number}/loadbalancers", type=seen.get("category") or "INSTANCES")(client, seen)


def _operations(client, seen):
    return many("/operations", resourceId=seen.number)(client, seen)


# What can be read of every resource (the API reference, Resources).
OF_EVERY_RESOURCE = dict(
    backup_policies=("backup_policies", one("/compute/resources/{number}/backup-policies")),
    dns_aliases=("dns_aliases", many("/compute/resources/{number}/dns-aliases")),
    history=("history", many("/compute/resources/{number}/history")),
    loadbalancers=("loadbalancers", _loadbalancers),
    operations=("operations", _operations),
    parent=("parent", one("/compute/resources/{number}/parent")),
    patch_policy=("patch_policy", one("/compute/resources/{number}/patch-policy")),
    tags=("tags", read_tags),
)

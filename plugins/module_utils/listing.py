# SPDX-License-Identifier: GPL-3.0-or-later
"""What info modules do: list what fits the filters, and read more of each row where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from .client import in_parallel
from .lifecycle import Outcome
from .products import filters
from .products.tags import read_tags
from .resource import to_result

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
# Filters that need more than a new spelling before they are sent.
LOOKED_UP = dict(
    services=dict(type="list", elements="str", aliases=["service"]),
    tags=dict(type="dict"),
    sort=dict(type="str"),
)


@dataclass(frozen=True)
class Listing:
    """A kind of resource as an info module lists it.

    ``key`` is where the result has the rows; ``path`` the listing and ``detail`` the path of one, with ``{id}``.
    ``filters`` are the options (name: argument spec) that become query parameters of the same name in camelCase.
    ``gathered`` maps a choice of ``gather`` to the key of the result and a function of (client, record); with the key
    None the value, a dict, is merged into the row. ``fits(row)`` says which rows are of this kind, where the listing
    has others. ``without`` names the filters of LOOKED_UP that the listing does not have.
    """

    key: str
    path: str
    detail: str
    filters: dict
    gathered: dict = field(default_factory=dict)
    fits: Callable = None
    without: tuple = ()

    def arguments(self):
        """The options (name: argument spec) of the module."""
        return dict(
            id=dict(type="int"),
            gather=dict(type="list", elements="str", default=[], choices=sorted(self.gathered)),
            **self.filters,
            **{name: option for name, option in LOOKED_UP.items() if name not in self.without},
        )

    def exclusive(self):
        """For ``mutually_exclusive``: an id is one resource, and a filter is many."""
        return [("id", name) for name in self.arguments() if name not in ("id", "gather")]

    def read(self, client, params):
        """The rows that ``params`` ask for; an Outcome. Nothing is written."""
        records = self._found(client, params)
        return Outcome(False, {self.key: gather(client, records, self.gathered, params["gather"])})

    def _found(self, client, params):
        if params["id"] is not None:
            record = client.find(self.detail.format(id=params["id"]))
            return [record] if record else []
        query = filters.query_of(params, self.filters)
        if params["tags"] is not None:
            query["tags"] = filters.tag_pairs(params["tags"])
        if params["sort"] is not None:
            query["sort"] = filters.sort_order(params["sort"])
        if params.get("services") is not None:
            query["services"] = filters.service_ids(client, "services", params["services"])
        rows = client.pages(self.path, query)
        return [row for row in rows if self.fits(row)] if self.fits else rows


def gather(client, records, readers, choices):
    """The records (list of dict) as a result shows them, with what ``choices`` ask for, read in parallel."""
    shown = [to_result(record) for record in records]
    wanted = [(index, choice) for index in range(len(records)) for choice in dict.fromkeys(choices)]
    values = in_parallel(lambda one: readers[one[1]][1](client, records[one[0]]), wanted)
    for (index, choice), value in zip(wanted, values):
        key = readers[choice][0]
        shown[index].update(value or {} if key is None else {key: value})
    return shown


def one(path, **query):
    """A reader of the object at ``path`` (with ``{id}``), or None where there is none."""
    return lambda client, record: to_result(client.find(path.format(id=record["id"]), query))


def many(path, **query):
    """A reader of the list at ``path`` (with ``{id}``)."""
    return lambda client, record: [to_result(row) for row in client.find(path.format(id=record["id"]), query) or []]


def _loadbalancers(client, record):
    # The query parameter `type` is required, and its only example is the name of a category (Doubts).
    return many("/compute/resources/{id}/loadbalancers", type=record.get("category") or "INSTANCES")(client, record)


def _operations(client, record):
    return many("/operations", resourceId=record["id"])(client, record)


# What can be read of every resource (the API reference, Resources).
OF_EVERY_RESOURCE = dict(
    backup_policies=("backup_policies", one("/compute/resources/{id}/backup-policies")),
    dns_aliases=("dns_aliases", many("/compute/resources/{id}/dns-aliases")),
    history=("history", many("/compute/resources/{id}/history")),
    loadbalancers=("loadbalancers", _loadbalancers),
    operations=("operations", _operations),
    parent=("parent", one("/compute/resources/{id}/parent")),
    patch_policy=("patch_policy", one("/compute/resources/{id}/patch-policy")),
    tags=("tags", read_tags),
)

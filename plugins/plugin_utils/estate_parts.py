# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of resources that have modules of their own, as items of an estate: members and URLs of load balancers,
DNS aliases.

What has an option among those of its resource, such as the extensions of a database, is described there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from ..module_utils.asking import Ask
from ..module_utils.errors import CloudError
from ..module_utils.products.dns_aliases import DNS_ALIAS, read_aliases
from ..module_utils.products.loadbalancers.loadbalancer import LOADBALANCER, POOL
from ..module_utils.products.loadbalancers.pool import read_pool
from ..module_utils.products.loadbalancers.urls import URL, read_urls
from ..module_utils.resource import REMOVED, Part, is_true


@dataclass(frozen=True)
class Parts:
    """A module for parts of a resource: of the kind ``of``, or of any kind.

    ``read(client, seen)`` reads what the Part ``part`` wants to know, and ``items(rows, whose)`` gives the options
    (list of dict) of an item for each; ``whose`` are those that name the resource. ``wanted(options)`` is what the
    module would hand to the plan.
    """

    module: str
    part: Part
    read: Callable
    items: Callable
    wanted: Callable
    of: str = None


def _urls(rows, whose):
    for row in sorted((row for row in rows if row.get("name") and row.get("status") != REMOVED), key=_name):
        yield {
            "loadbalancer": whose["loadbalancer"],
            "name": str(row["name"]),
            "monitoring_enabled": is_true(row.get("monitoringEnabled")),
            "on_call_supervision": is_true(row.get("monitoringOnCallEnabled")),
        }


def _pool(rows, whose):
    members = [_member(row, rows) for row in rows if row.get("resourceId")]
    members.sort(key=lambda one: (one["resource"], one.get("port") or 0))
    yield {"loadbalancer": whose["loadbalancer"], "members": members, "mode": "replace"}


def _member(row, rows):
    alike = {one.get("resourceId") for one in rows if _name(one) == _name(row)}
    named = row.get("name") and len(alike) == 1 and not str(row["name"]).isdecimal()
    shown = {"port": row.get("port"), "state": row.get("state") and str(row["state"]).casefold()}
    return {
        "resource": str(row["name"] if named else row["resourceId"]),
        **{key: value for key, value in shown.items() if value is not None},
    }


def _aliases(rows, whose):
    for row in sorted(rows, key=lambda row: (str(row["fqdn"]), str(row.get("type")), str(row.get("value")))):
        shown = {"type": row.get("type"), "value": row.get("value")}
        yield {
            **{key: whose[key] for key in ("resource", "service")},
            "name": str(row["fqdn"]),
            **{key: str(value) for key, value in shown.items() if value},
        }


def _name(row):
    return str(row.get("name")).casefold()


PARTS = (
    Parts(
        "itcare_loadbalancer_member",
        POOL,
        read_pool,
        _pool,
        lambda options: {"pool": {"state": "present", "drain": 0, **options}},
        of=LOADBALANCER.kind,
    ),
    Parts(
        "itcare_loadbalancer_url",
        URL,
        read_urls,
        _urls,
        lambda options: {"url": {**options, "state": "present"}},
        of=LOADBALANCER.kind,
    ),
    Parts(
        "itcare_dns_alias",
        DNS_ALIAS,
        read_aliases,
        _aliases,
        lambda options: {"alias": {**options, "state": "present"}},
    ),
)


def problems(parts, client, seen, rows, options):
    """Why a task with these options would not leave the part alone, without a word (list of str)."""
    part, ask = parts.part, Ask(client)
    there = seen.with_values(**{part.key: rows})
    wanted = {"id": seen.record["id"], **parts.wanted(options)}
    try:
        wrong = part.valid(wanted) if part.valid else None
        wanted = part.resolve(ask, there, wanted) if part.resolve else wanted
        steps = part.plan(wanted, there)
    except CloudError as problem:
        return [str(problem)]
    return [*([wrong] if wrong else []), *("it would be changed: %s" % step.name for step in steps), *ask.warnings]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Load balancers as they are listed, and what can be read of each (the API reference, Load balancers)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from ...errors import InvalidInput
from ...listing import FILTERS, OF_EVERY_RESOURCE, Listing, many
from ...moments import in_query, moment_of
from ...resource import to_result
from .names import PATH, hosts_of

LOOKUPS = ("internal_whitelist", "protocols")
EVENTS = ("events_from", "events_to", "events_type", "events_criteria", "events_size")


def _stats(client, seen):
    """As they are: their keys are not documented, and may be names of members."""
    return client.find(seen.path(PATH + "/{address}/stats")) or []


def _ssl_profiles(client, seen):
    path = seen.path(PATH + "/{address}/ssl-profiles")
    answers = [(host, client.find(path, {"url": host})) for host in hosts_of(seen.record)]
    return [{**(to_result(answer) or {}), "url": host} for host, answer in answers]


LOADBALANCERS = Listing(
    key="loadbalancers",
    path=PATH,
    filters=dict(
        FILTERS,
        urls=dict(type="list", elements="str"),
        botdefense=dict(type="bool", aliases=["bot_defense"]),
        monitoring_status=dict(type="bool"),
        monitoring_on_call_status=dict(type="bool"),
        i_rules=dict(type="list", elements="str", aliases=["irules"]),
        default_persistence=dict(type="list", elements="str"),
        fallback_persistence=dict(type="list", elements="str"),
        load_balancing_mode=dict(type="list", elements="str"),
        protocols=dict(type="list", elements="str"),
        vlan=dict(type="list", elements="str"),
    ),
    gathered=dict(
        {choice: reader for choice, reader in OF_EVERY_RESOURCE.items() if choice != "loadbalancers"},
        events=("events", None),  # see read_loadbalancers()
        members=("pool", many(PATH + "/{address}/members")),
        ssl_profiles=("ssl_profiles", _ssl_profiles),
        stats=("stats", _stats),
        urls=("urls", many(PATH + "/{address}/urls")),
    ),
)


def read_loadbalancers(client, params):
    """The Outcome of itcare_loadbalancer_info for its options (dict). Nothing is written. Raises InvalidInput."""
    events = ("events", many(PATH + "/{address}/events", **_events_query(params)))
    outcome = replace(LOADBALANCERS, gathered=dict(LOADBALANCERS.gathered, events=events)).read(client, params)
    for lookup in params["lookups"]:
        rows = client.find("%s/%s" % (PATH, lookup.replace("_", "-"))) or []
        outcome.result[lookup] = [to_result(row) if isinstance(row, dict) else row for row in rows]
    return outcome


def _events_query(params):
    given = [name for name in EVENTS if params[name] is not None]
    if given and "events" not in params["gather"]:
        raise InvalidInput("%s: gather does not ask for events" % given[0])
    begin, end = (moment_of(name, params[name]) if name in given else None for name in EVENTS[:2])
    end = end or datetime.now(timezone.utc)
    begin = begin or end - timedelta(days=1)
    if begin > end:
        raise InvalidInput("events_from: %s is after the end, %s" % (in_query(begin), in_query(end)))
    if params["events_size"] is not None and params["events_size"] < 0:
        raise InvalidInput("events_size: %d is negative" % params["events_size"])
    return {
        "from": in_query(begin),
        "to": in_query(end),
        "type": params["events_type"],
        "criteria": params["events_criteria"],
        "size": params["events_size"],
    }

# SPDX-License-Identifier: GPL-3.0-or-later
"""Restoring one PostgreSQL into another (the API reference, PostgreSQL, L15783-15804, and the how-to, L2164-2184)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from .. import actions
from ..errors import InvalidInput, NotFound
from ..finding import find
from ..lifecycle import Outcome, converge, wanted_of
from ..moments import moment_of, to_api
from ..plan import Step, called
from ..resource import ACTIVE, Field, Resource, to_result
from .management import is_production
from .placement import SERVICE
from .postgresql import PATH, search
from .references import is_id, is_shown, shows

FROM_VERSION = 12
DAYS_IN_PRODUCTION, DAYS_ELSEWHERE = 14, 7


def restore(client, params, check):
    """Restore ``source`` into the PostgreSQL that ``params`` name; an Outcome.

    A restore that is under way already, from a run that was interrupted, is waited for instead of a second one.
    """
    moment_of("timestamp", params["timestamp"])
    source = _source(client, params)
    under_way = [one for one in _under_way(client, params) if "restore" in str(one.get("process")).casefold()]
    if under_way:
        return _adopted(client, params, check, under_way)
    options = {"source": source, "stop": params["stop"], "timestamp": params["timestamp"]}
    return converge(client, RESTORED, {**params, "restore": options}, check)


def _source(client, params):
    key = "id" if is_id(params["source"]) else "name"
    wanted = {
        key: int(params["source"]) if key == "id" else params["source"],
        "service_id": params["source_service_id"],
    }
    source = find(client, RESTORED, wanted_of(RESTORED, wanted))
    if source is None:
        raise NotFound("source: there is no PostgreSQL called %s (or this account does not see it)" % params["source"])
    # A listing may leave out whether it is backed up.
    return {**source, **(client.find("%s/%s" % (PATH, source["id"])) or {})}


def _under_way(client, params):
    record = find(client, RESTORED, wanted_of(RESTORED, params))
    return actions.in_progress(client, record.get("name"), record["id"]) if record else []


def _adopted(client, params, check, under_way):
    what = " and ".join(actions.describe(one) for one in under_way)
    if check or not params["wait"]:
        warning = "%s under way: no second restore is begun" % what
    else:
        clock = actions.Clock(params["wait_timeout"])
        under_way = actions.follow(client, under_way, clock, params["wait_interval"])
        actions.check(under_way)
        warning = "%s was under way and has ended now: no second restore was begun" % what
    record = find(client, RESTORED, wanted_of(RESTORED, params))
    result = {"postgresql": to_result(record), "diff": [], "steps": [], "actions": actions.to_results(under_way)}
    return Outcome(False, result, [warning])


def plan_restore(record, wanted):
    """For Resource.plan: the one step. Raises NotFound without a destination, InvalidInput for what is not possible."""
    if record is None:
        raise NotFound("there is no PostgreSQL called %s to restore into" % wanted.get("name", wanted.get("id")))
    given = wanted["restore"]
    source = given["source"]
    moment = moment_of("timestamp", given["timestamp"])
    _check(source, record, moment, datetime.now(timezone.utc))
    text = to_api(moment)
    return [
        Step(
            "restore",
            "PATCH",
            PATH + "/{id}",
            {
                "operation": "restore",
                "options": {"sourceId": source["id"], "stop": given["stop"], "timestamp": text},
            },
            before={"content": "its own"},
            after={"content": "of %s, %s %s" % (called(source), given["stop"].lower(), text)},
            repeatable=False,
        )
    ]


def _check(source, destination, moment, now):
    if source["id"] == destination["id"]:
        raise InvalidInput("source: %s cannot be restored into itself" % called(source))
    for what, record in (("source", source), ("destination", destination)):
        if record.get("status") != ACTIVE:
            raise InvalidInput("%s: %s must be ACTIVE, and it is %s" % (what, called(record), record.get("status")))
    versions = [str(record.get("version")) for record in (source, destination)]
    if versions[0] != versions[1]:
        raise InvalidInput("source and destination must have the same version, and they have %s and %s" % (*versions,))
    if versions[0].split(".")[0].isdigit() and int(versions[0].split(".")[0]) < FROM_VERSION:
        raise InvalidInput("a restore needs version %d or later, and it is %s" % (FROM_VERSION, versions[0]))
    if source.get("backupStatus") is False:
        raise InvalidInput("source: %s is not backed up" % called(source))
    days = DAYS_IN_PRODUCTION if is_production(source.get("environment")) else DAYS_ELSEWHERE
    oldest = now - timedelta(days=days)
    if not oldest <= moment <= now:
        raise InvalidInput(
            "timestamp: %s is not within the last %d days (%s), that is between %s and %s"
            % (to_api(moment), days, source.get("environment"), to_api(oldest), to_api(now))
        )


RESTORED = Resource(
    kind="postgresql",
    path=PATH,
    search=search,
    fields=(
        Field("name", read=shows("name"), same=is_shown),
        SERVICE,
        Field("restore", created_as=None, read=None),
    ),
    plan=plan_restore,
)

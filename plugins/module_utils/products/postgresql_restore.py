# SPDX-License-Identifier: GPL-3.0-or-later
"""Restoring one PostgreSQL into another (the API reference, PostgreSQL, operation restore, and the how-to)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..errors import InvalidInput
from ..identity import called, find, in_words, meant_by, numbers, other_number, read_page
from ..moments import moment_of, to_api
from ..plan import Step, operation_body
from ..resource import ACTIVE, Operation, Part, is_false
from .postgresql import PATH, POSTGRESQL
from .shared.management import is_production
from .shared.references import is_id

RESTORING = Operation("restore", repeatable=False, destroys=True)
FROM_VERSION = 12
DAYS_IN_PRODUCTION, DAYS_ELSEWHERE = 14, 7


def resolve(ask, seen, wanted):
    """For Part.resolve: both databases have to be there; the source's own page is left in ``seen.facts``."""
    asked = wanted["restore"]
    if not seen:
        given = wanted.get("name", wanted.get("id"))
        ask.missing("there is no PostgreSQL called %s to restore into" % given, given, _meant(ask, given))
    if "source" not in seen.facts:
        seen.facts["source"] = _source(ask, asked)
    return wanted


def _meant(ask, given):
    """For Ask.missing: the databases that may have been meant."""
    return lambda: meant_by(ask.client, POSTGRESQL, given)


def _source(ask, asked):
    """The source as it is at its own page, or None where it does not exist yet. Raises NotFound."""
    by_id = is_id(asked["source"])
    wanted = {"id": int(asked["source"])} if by_id else {"name": asked["source"]}
    if asked.get("source_service"):
        wanted["service"] = asked["source_service"]
    source = find(ask.client, POSTGRESQL, wanted)
    if source and not source.is_whole:
        source = read_page(ask.client, POSTGRESQL, source)
    if not source:
        ask.missing(
            "source: there is no PostgreSQL called %s (or this account does not see it)" % asked["source"],
            asked["source"],
            _meant(ask, asked["source"]),
        )
        return None
    _refuse_unclear_number(ask, source)
    return source.record


def _refuse_unclear_number(ask, source):
    """Which number of a database ``sourceId`` takes is not written: its other one must be nobody else's."""
    for number in set(numbers(source.record)) - {str(source.address)}:
        other = ask.client.find("%s/%s" % (PATH, number))
        if other:
            raise InvalidInput(
                "source: %s has two numbers, and one of them is that of %s; which one a restore takes is not known, so "
                "it is not sent" % (in_words(source.record), in_words(other))
            )


def plan_restore(wanted, seen):
    """For Part.plan: the one step. Raises InvalidInput for what is not possible."""
    given, source = wanted["restore"], seen.facts["source"]
    moment = moment_of("timestamp", given["timestamp"])
    text = to_api(moment)

    def body(number):
        return operation_body(RESTORING.name, {"sourceId": number, "stop": given["stop"], "timestamp": text})

    is_unclear = bool(source) and len(numbers(source)) > 1
    if seen and source:
        _check(source, seen.record, moment, datetime.now(timezone.utc))
    return [
        Step(
            RESTORING,
            "PATCH",
            PATH + "/{address}",
            body(int(source["id"]) if source else None),
            otherwise=((PATH + "/{address}", body(int(other_number(source)))),) if is_unclear else (),
            before={"content": "its own"},
            after={"content": "of %s, %s %s" % (_called(source, given), given["stop"].lower(), text)},
        )
    ]


def _called(source, given):
    return called(source) if source else given["source"]


def _check(source, destination, moment, now):
    if str(source["id"]) == str(destination["id"]):
        raise InvalidInput("source: %s cannot be restored into itself" % called(source))
    for what, record in (("source", source), ("destination", destination)):
        if record.get("status") != ACTIVE:
            raise InvalidInput("%s: %s must be ACTIVE, and it is %s" % (what, called(record), record.get("status")))
    versions = [str(record.get("version")) for record in (source, destination)]
    if versions[0] != versions[1]:
        raise InvalidInput("source and destination must have the same version, and they have %s and %s" % (*versions,))
    if versions[0].split(".")[0].isdigit() and int(versions[0].split(".")[0]) < FROM_VERSION:
        raise InvalidInput("a restore needs version %d or later, and it is %s" % (FROM_VERSION, versions[0]))
    if is_false(source.get("backupStatus")):
        raise InvalidInput("source: %s is not backed up" % called(source))
    days = DAYS_IN_PRODUCTION if is_production(source.get("environment")) else DAYS_ELSEWHERE
    oldest = now - timedelta(days=days)
    if not oldest <= moment <= now:
        raise InvalidInput(
            "timestamp: %s is not within the last %d days (%s), that is between %s and %s"
            % (to_api(moment), days, source.get("environment"), to_api(oldest), to_api(now))
        )


RESTORE = Part(
    of=POSTGRESQL,
    key="restore",
    read=None,
    plan=plan_restore,
    resolve=resolve,
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""What has changed between a state (see event_cursor.py) and what the platform shows now, as events. Pure: no request.

An action is known by its id, never by its time: ends may be equal, may come late or out of order, and the clocks of the
platform and of this machine may differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from fnmatch import fnmatchcase

from ..module_utils.errors import InvalidInput
from ..module_utils.moments import moment_of
from .event_options import ACTION_BEGAN, ACTION_ENDED, APPEARED, GONE, OF_ACTIONS, STATUS

IN_PROGRESS, SUCCESS, FAILURES, REMOVED = "IN_PROGRESS", "SUCCESS", ("ERROR", "FAILED"), "REMOVED"
MISSED_LOOKS = 20  # after which an action that the platform does not show any more is not asked for again
KEPT_DAYS = 30  # in which an action that has ended may vanish from the list and come back without being told again
RESOURCE_FIELDS = ("id", "name", "status", "resourceType", "type", "category", "environment")
RESOURCE_FIELDS += ("serviceId", "serviceName")

_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


@dataclass
class Change:
    """A change of the state: ``updates`` as Cursor.apply takes them; the event (dict), or None where it is no news."""

    updates: list
    event: dict = None


@dataclass
class Shown:
    """What the platform shows: actions by id; resources by id, or None where they were not read; the ids of resources
    that are confirmed to be gone; the service (dict) of actions where it is known from the question."""

    actions: dict = field(default_factory=dict)
    resources: dict = None
    gone: list = field(default_factory=list)
    services: dict = field(default_factory=dict)


# Actions


def has_ended(row):
    """Whether an action has ended. A status that is not documented counts as an end where it shows when."""
    status = row.get("status")
    if status in (None, IN_PROGRESS):
        return False
    return status == SUCCESS or status in FAILURES or row.get("completedAt") is not None


def news_of_actions(state, rows):
    """The ids in ``rows`` (actions by id) that begin or end now: two lists, each in the order in which it happened."""
    began = [key for key in rows if key not in state["told"] and key not in state["open"]]
    ended = [key for key in rows if key not in state["told"] and has_ended(rows[key])]
    return (
        sorted(began, key=lambda key: (moment(rows[key].get("submittedAt")) or _LONG_AGO, *_order(key))),
        sorted(ended, key=lambda key: (moment(rows[key].get("completedAt")) or _LONG_AGO, *_order(key))),
    )


def of_actions(state, shown, located):
    """The Changes that the shown actions make. ``located`` has what is known of their resources, by the action's id."""
    began, ended = news_of_actions(state, shown.actions)
    since = moment(state["since"])

    def is_news(key, name):
        if state["has_actions"]:
            return True
        happened = moment(shown.actions[key].get(name))
        return bool(since and happened and happened >= since)

    for key in began:
        row, about = shown.actions[key], located.get(key) or {}
        event = _of_action(ACTION_BEGAN, key, row, about) if is_news(key, "submittedAt") else None
        yield Change([["open", key, {"about": about, "missed": 0}]], event)
    for key in ended:
        row = shown.actions[key]
        about = located.get(key) or {}
        if not about.get("resource"):  # it may have gone with this very action
            about = state["open"].get(key, {}).get("about") or about
        event = _of_action(ACTION_ENDED, key, row, about) if is_news(key, "completedAt") else None
        yield Change([["told", key, _today()], ["open", key, None]], event)


def kept_actions(state, rows):
    """The updates that leave the state with the actions that still matter: those that are listed, and what vanished a
    while ago; and the ids that are given up although their end was never seen."""
    today = _today()
    updates = [["told", key, today] for key in rows if state["told"].get(key, today) != today]
    updates += [
        ["told", key, None] for key, day in state["told"].items() if key not in rows and abs(today - day) > KEPT_DAYS
    ]
    lost = []
    for key, known in state["open"].items():
        missed = 0 if key in rows else known["missed"] + 1
        if missed > MISSED_LOOKS:
            lost.append(key)
            updates.append(["open", key, None])
        elif missed != known["missed"]:
            updates.append(["open", key, {**known, "missed": missed}])
    return updates, lost


def newest(state, rows):
    """The latest end (text) of an action that was ever seen, or None."""
    ends = [row.get("completedAt") for row in rows.values()] + [state["newest"]]
    return max(ends, key=lambda text: moment(text) or _LONG_AGO) if any(map(moment, ends)) else None


def _of_action(kind, key, row, about):
    resource = about.get("resource") or {}
    return {
        "id": "action-%s-%s" % (key, kind.rpartition("_")[2]),
        "kind": kind,
        "status": row.get("status") if kind == ACTION_ENDED else IN_PROGRESS,
        "resource": {
            "id": resource.get("id"),
            "name": row.get("resourceName") or resource.get("name"),
            "resource_type": row.get("resourceType") or resource.get("resourceType"),
            "type": resource.get("type"),
            "category": resource.get("category"),
            "environment": resource.get("environment"),
        },
        "service": about.get("service") or {"id": None, "name": None},
        "action": {
            "id": row.get("id"),
            "process": row.get("process"),
            "message": row.get("message"),
            "submitted_at": row.get("submittedAt"),
            "submitted_by": row.get("submittedBy"),
            "completed_at": row.get("completedAt") if kind == ACTION_ENDED else None,
        },
    }


def about(row, resources, service=None):
    """What is known of an action's resource: ``{"resource": ..., "service": {"id", "name"}}``.

    An action shows its resource's name only, and names are not unique: only what fits alone is taken. ``resources`` are
    those of that name; ``service`` is the service (dict) if the action was listed below one.
    """
    if service:
        resources = [one for one in resources if str(one.get("serviceId")) == str(service["id"])]
    if len(resources) > 1:
        alike = [one for one in resources if one.get("resourceType") == row.get("resourceType")]
        resources = alike or resources
    services = {(one.get("serviceId"), one.get("serviceName")) for one in resources}
    if not service and len(services) == 1:
        service = dict(zip(("id", "name"), services.pop()))
    return {"resource": resources[0] if len(resources) == 1 else None, "service": service}


# Resources


def kept(row):
    """What stays of the row of a resource."""
    return {name: row[name] for name in RESOURCE_FIELDS if row.get(name) is not None}


def missing(state, resources):
    """The ids of resources that were listed before and are not now."""
    return [key for key in state["resources"] if key not in resources]


def of_resources(state, shown):
    """The Changes that the shown resources make."""
    for key, row in shown.resources.items():
        known = state["resources"].get(key)
        if known is None:
            event = _of_resource(APPEARED, key, row, state) if state["has_resources"] else None
        elif row.get("status") is None:
            row, event = {**row, "status": known.get("status")}, None
        elif known.get("status") not in (None, row["status"]):
            event = _of_resource(STATUS, key, row, state, known["status"])
        else:
            event = None
        if row != known:
            yield Change([["resources", key, row]], event)
    for key in shown.gone:
        known = state["resources"][key]
        yield Change(
            [["resources", key, None]],
            _of_resource(GONE, key, {**known, "status": REMOVED}, state, known.get("status")),
        )


def _of_resource(kind, key, row, state, previous=None):
    # The number of the look makes the id unique if the same change comes again; it is the same after a crash.
    return {
        "id": "resource-%s-%s-%s-%d" % (key, kind.rpartition("_")[2], row.get("status"), state["look"]),
        "kind": kind,
        "status": row.get("status"),
        "previous_status": previous,
        "resource": {
            "id": row.get("id"),
            "name": row.get("name"),
            "resource_type": row.get("resourceType"),
            "type": row.get("type"),
            "category": row.get("category"),
            "environment": row.get("environment"),
        },
        "service": {"id": row.get("serviceId"), "name": row.get("serviceName")},
    }


# What is asked for


def is_wanted(event, options):
    """Whether an event is one that the options ask for."""
    resource = event["resource"]
    if event["kind"] not in options.events:
        return False
    if options.statuses and not _has_status(event["status"], options.statuses):
        return False
    if not _fits(options.names, resource["name"]):
        return False
    if not _fits(options.types, resource["resource_type"], resource["type"], resource["category"]):
        return False
    return event["kind"] not in OF_ACTIONS or _fits(options.processes, event["action"]["process"])


def _has_status(status, wanted):
    wanted = [one.upper() for one in wanted]
    if status in FAILURES:  # FAILED is in one example of the documentation only: either of them means both
        return any(one in FAILURES for one in wanted)
    return str(status).upper() in wanted


def _fits(patterns, *texts):
    """Whether one of ``texts`` is among ``patterns``, which ignore case and know ``*``, ``?`` and a leading ``!`` for
    what must not be among them."""
    patterns = [one.casefold().replace("[", "[[]") for one in patterns]
    texts = [str(text or "").casefold() for text in texts]

    def has(pattern):
        return any(fnmatchcase(text, pattern) for text in texts)

    if any(has(one[1:]) for one in patterns if one.startswith("!")):
        return False
    chosen = [one for one in patterns if not one.startswith("!")]
    return not chosen or any(map(has, chosen))


def moment(text):
    """A time of an answer, as a datetime, or None where it is none."""
    try:
        return moment_of("time", str(text))
    except InvalidInput:
        return None


def _today():
    return datetime.now(timezone.utc).toordinal()


def _order(key):
    return len(key), key

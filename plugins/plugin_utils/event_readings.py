# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event source asks the platform in one look. Everything raises CloudError, and then the look never was."""

from __future__ import annotations

import re

from ..module_utils import paging
from ..module_utils.client import PAGE_SIZE, in_parallel
from ..module_utils.errors import ApiError, UnexpectedAnswer
from ..module_utils.products.shared.references import find_service
from . import event_changes
from .event_options import OF_ACTIONS, OF_RESOURCES

ACTIONS, RESOURCES = "/actions", "/compute/resources"
NAMES_AT_ONCE = 50  # in one address, whose length every server limits
DENIED = (400, 403, 404, 405, 422, 501)  # a refusal that will not pass

_NO_FILTER = re.compile(r"^!|,|^\s|\s$")  # in a name: the API's filters would read it as something else


def services(client, options):
    """The services (list of dict with ``id`` and ``name``) of the options, or None where they name none."""
    if not options.services:
        return None
    found = in_parallel(lambda one: find_service(client, one), options.services)
    return [{"id": one["id"], "name": one.get("name")} for one in found]


def shown(client, options, state, chosen):
    """What the platform shows now, as event_changes.Shown. ``chosen`` are the services, or None for all."""
    result = event_changes.Shown()
    if options.wants(*OF_ACTIONS):
        _read_actions(client, state, chosen, result)
    if options.wants(*OF_RESOURCES):
        query = {"services": [one["id"] for one in chosen]} if chosen else None
        rows = [row for row in client.pages(RESOURCES, query) if row.get("status") != event_changes.REMOVED]
        result.resources = {_key(row): event_changes.kept(row) for row in rows}
        absent = event_changes.missing(state, result.resources)
        has_gone = in_parallel(lambda key: _has_gone(client, state["resources"][key], chosen), absent)
        result.gone = [key for key, gone in zip(absent, has_gone) if gone]
    return result


def located(client, state, seen, denied):
    """What is known of the resources of those actions that are news, by the action's id; see event_changes.about.

    The rows of ``seen`` are completed from the actions' own pages where they do not show a name. ``denied(problem)`` is
    called where the account may not read resources: then nothing is known.
    """
    began, ended = event_changes.news_of_actions(state, seen.actions)
    keys = list(dict.fromkeys([*began, *ended]))
    if not state["has_actions"] and not state["since"]:  # what has ended before is no news
        keys = [key for key in began if key not in ended]
    bare = [key for key in keys if not seen.actions[key].get("resourceName")]
    for key, row in zip(bare, in_parallel(lambda key: _action(client, key), bare)):
        seen.actions[key] = {**seen.actions[key], **(row or {})}
    known = {}
    for row in [*(seen.resources or {}).values(), *state["resources"].values()]:
        known.setdefault(str(row.get("name")).casefold(), {}).setdefault(_key(row), row)
    names = dict.fromkeys(str(seen.actions[key].get("resourceName") or "") for key in keys)
    if seen.resources is None:  # otherwise all of them are known
        try:
            _look_up(client, [name for name in names if name], known)
        except ApiError as problem:
            if problem.status not in DENIED:
                raise
            denied(problem)
    return {
        key: event_changes.about(row, list(known.get(str(row.get("resourceName")).casefold(), {}).values()), service)
        for key, row, service in ((key, seen.actions[key], seen.services.get(key)) for key in keys)
    }


def _read_actions(client, state, chosen, result):
    queries = [{"serviceId": one["id"]} for one in chosen] if chosen else [None]
    for service, rows in zip(chosen or [None], in_parallel(lambda query: _all_actions(client, query), queries)):
        for row in rows:
            result.actions[_key(row)] = row
            if service:
                result.services[_key(row)] = service
    # The platform may list only the latest actions, or may lose one: what was under way is asked for by its id.
    asked = [key for key in state["open"] if key not in result.actions]
    asked += [key for key, row in result.actions.items() if row.get("status") is None and key not in state["told"]]
    for key, row in zip(asked, in_parallel(lambda key: _action(client, key), asked)):
        if row:
            result.actions[key] = {**result.actions.get(key, {}), **row}


def _all_actions(client, query):
    try:
        rows = client.get(ACTIONS, query)
    except UnexpectedAnswer:
        rows = _pages_of_actions(client, query)
        if rows is None:
            raise
    return [row for row in rows if isinstance(row, dict) and row.get("id") is not None]


def _pages_of_actions(client, query):
    """The actions where a platform lists them with pages, which is not documented; None where it does not."""

    def get(path, query):
        return client.checked("GET", path, client.call("GET", path, query)).data

    data = get(ACTIONS, query)
    if not isinstance(data, dict) or "content" not in data:
        return None
    return paging.read_all(get, ACTIONS, query, PAGE_SIZE)


def _action(client, key):
    """The page of one action, or None where it cannot be read: one of many must not stop the others."""
    try:
        row = client.find("%s/%s" % (ACTIONS, key))
    except (ApiError, UnexpectedAnswer):
        return None
    return row if row and _key(row) == key else None


def _has_gone(client, known, chosen):
    """Whether a resource that is not listed any more has gone: a listing may be wrong for a moment."""
    try:
        found = client.find("%s/%s" % (RESOURCES, known["id"]))
    except (ApiError, UnexpectedAnswer) as problem:
        # Where a page cannot be read by this account, nothing but the listing tells; otherwise the next look will.
        return isinstance(problem, ApiError) and problem.status in DENIED
    if found is None or found.get("status") == event_changes.REMOVED or found.get("name") != known.get("name"):
        return True
    left = chosen and found.get("serviceId") is not None
    return bool(left and str(found["serviceId"]) not in [str(one["id"]) for one in chosen])


def _look_up(client, names, known):
    """Add to ``known`` (name: {id: row}) the resources of those names."""
    names = [name for name in names if not _NO_FILTER.search(name)]
    chunks = [names[start : start + NAMES_AT_ONCE] for start in range(0, len(names), NAMES_AT_ONCE)]
    for rows in in_parallel(lambda chunk: client.pages(RESOURCES, {"names": chunk}), chunks):
        for row in rows:
            if row.get("status") != event_changes.REMOVED:
                known.setdefault(str(row.get("name")).casefold(), {})[_key(row)] = event_changes.kept(row)


def _key(row):
    """The id of a row as text, which it may be in one answer and not in another."""
    number = row["id"]
    return str(int(number)) if isinstance(number, float) else str(number)

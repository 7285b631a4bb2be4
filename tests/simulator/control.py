# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's own interface over HTTP, for tests in other processes: `/_simulator/...`, JSON, no authentication."""

from __future__ import annotations

import json
import urllib.parse

from . import colleague, seed
from .answer import Answer
from .exercised import report

PREFIX = "/_simulator/"


def answer(world, method: str, path: str, query: str, raw: bytes) -> Answer:
    """The answer to a request below the prefix; 400 with `{"error": text}` for what cannot be done."""
    parameters = dict(urllib.parse.parse_qsl(query))
    handler = _ROUTES.get((method, path.split("/")[0]))
    if handler is None:
        return Answer(404, {"error": "unknown"})
    try:
        body = json.loads(raw) if raw else {}
        with world.lock:
            return Answer(200, handler(world, path, parameters, body))
    except (ValueError, TypeError, KeyError, IndexError) as error:
        return Answer(400, {"error": f"{type(error).__name__}: {error}"})


def _journal(world, path, parameters, body):
    wanted = {name: _value(value) for name, value in parameters.items()}
    after = wanted.pop("after", 0)
    return [entry for entry in world.journal.entries(**wanted) if entry["n"] > after]


def _value(text: str) -> object:
    """Query values as the journal's JSON values: true, 200, null; anything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _clear_journal(world, path, parameters, body):
    world.journal.clear()
    return {}


def _violations(world, path, parameters, body):
    return [entry for entry in world.journal.entries() if entry["violation"]]


def _coverage(world, path, parameters, body):
    return report(world.exercised.seen)


def _faults(world, path, parameters, body):
    return world.faults.list()


def _add_fault(world, path, parameters, body):
    for description in body if isinstance(body, list) else [body]:
        world.faults.add(description)
    return world.faults.list()


def _clear_faults(world, path, parameters, body):
    world.faults.clear()
    return {}


def _settings(world, path, parameters, body):
    return world.settings if isinstance(world.settings, dict) else vars(world.settings)


def _change_settings(world, path, parameters, body):
    world.configure(body)
    return _settings(world, path, parameters, body)


def _calm(world, path, parameters, body):
    world.calm()
    return _settings(world, path, parameters, body)


def _reset(world, path, parameters, body):
    world.reset()
    return {}


def _revoke_tokens(world, path, parameters, body):
    world.tokens.revoke()
    return {}


def _state(world, path, parameters, body):
    """`state/instances`, `state/resources`, `state/services`, `state/actions`: records as they are kept."""
    state = world.settled()
    tables = {
        "instances": lambda: [record for record in state.resources.values() if record["_kind"] == "instance"],
        "resources": lambda: list(state.resources.values()),
        "services": lambda: list(state.services.values()),
        "actions": lambda: [action.tracked() for action in state.actions.all()],
    }
    return tables[path.split("/", 1)[1]]()


def _add_instances(world, path, parameters, body):
    """`{"count": N, ...}`, a record or a list of records; the fields are those of build.instance."""
    if isinstance(body, list):
        return [_add_instances(world, path, parameters, one) for one in body]
    if "count" in body:
        seed.add_instances(world.settled(), **body)
        return {"count": body["count"]}
    return seed.add_instance(world.settled(), **body)


def _remove_instances(world, path, parameters, body):
    """`[name or id, ...]`: machines that are gone at once, without a trace; what there is not is none."""
    state = world.settled()
    machines = [record for record in state.resources.values() if record["_kind"] == "instance"]
    gone = [record for record in machines if {record["id"], record["name"]} & set(body)]
    for record in gone:
        state.drop(record)
    return {"count": len(gone)}


def _colleague(world, path, parameters, body):
    """`{"method", "path", "body", "seconds"}`: someone else's documented call."""
    return colleague.perform(world, **body)


def _numbers(world, path, parameters, body):
    """`numbers/NAME`: the id, the internalResourceId and the path of a resource under the present settings."""
    state, name = world.settled(), urllib.parse.unquote(path.split("/", 1)[1])
    number, internal = state.numbers_of(name)
    return {"id": number, "internalResourceId": internal, "path": state.address_of(name)}


_ROUTES = {
    ("GET", "journal"): _journal,
    ("DELETE", "journal"): _clear_journal,
    ("GET", "violations"): _violations,
    ("GET", "coverage"): _coverage,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "settings"): _settings,
    ("PATCH", "settings"): _change_settings,
    ("POST", "calm"): _calm,
    ("POST", "reset"): _reset,
    ("POST", "revoke-tokens"): _revoke_tokens,
    ("GET", "state"): _state,
    ("GET", "numbers"): _numbers,
    ("POST", "colleague"): _colleague,
    ("POST", "instances"): _add_instances,
    ("DELETE", "instances"): _remove_instances,
}

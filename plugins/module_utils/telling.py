# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling: what the user gets to see of a run."""

from __future__ import annotations

from .outcome import Outcome
from .resource import to_result


def outcome(run, check):
    """The Outcome of what was planned or sent.

    The result holds the record under the resource's kind, ``address`` (the path at which it was read), ``diff``,
    ``steps`` (names), ``actions`` and, where something is left, ``still_to_do``.
    """
    steps = run.steps if check else run.told
    record = run.seen.record
    if check and record is None and steps and not run.part:
        record = _as_given(run, steps[0].after)
    result = {
        run.resource.kind: _in_our_words(run, record),
        "diff": [_diff(run, step) for step in steps],
        "steps": [step.name for step in steps],
        "actions": [to_result(one) for one in run.actions],
    }
    if run.seen.address is not None:
        result["address"] = "%s/%s" % (run.resource.path, run.seen.address)
    if run.still_to_do:
        result["still_to_do"] = run.still_to_do
    return Outcome(bool(steps), result, run.ask.warnings)


def _in_our_words(run, record):
    """A record as a result shows it, and our words for what the API calls otherwise, ready to be given to a task.

    Of several spellings it is the first, which a task takes; what an empty record shows, too, is a default.
    """
    shown = to_result(record)
    for one in run.resource.fields if record and not run.part else ():
        value = one.shown(record) if one.name not in shown and not one.secret else None
        if value is not None and value != one.shown({}):
            shown[one.name] = getattr(value, "spellings", [value])[0]
    return shown


def _diff(run, step):
    name = run.wanted.get("name") or run.first.get("name") or run.wanted["id"]
    header = "%s (%s)" % (name, step.name)
    return {"before_header": header, "after_header": header, "before": step.before, "after": _as_given(run, step.after)}


def _as_given(run, after):
    """The values of a plan, those that the task gives by name and the platform wants by number as the task has them."""
    return {key: _word(run.options.get(key), value) for key, value in after.items()}


def _word(given, value):
    is_looked_up = isinstance(given, str) and str(value).isdecimal() and not given.isdecimal()
    return given if is_looked_up else value

# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeing effects: done is what the platform shows, never what an answer said."""

from __future__ import annotations

from . import actions, reading
from .clock import until
from .errors import EffectMissing
from .identity import LeadsElsewhere
from .processes import concerns, meaning, means
from .resource import ACTIVE, INACTIVE

_LEADS_TO = {"stop": INACTIVE, "start": ACTIVE}


def wait_for_effects(run, steps, is_patient=False):
    """Read the resource until the effect of ``steps`` can be seen. Raises EffectMissing when it never is.

    ``is_patient``: no action could be followed, so the effect may come as late as the task's own deadline, unless an
    action turns out to have failed.
    """
    steps = [step for step in steps if step.done or step.removes]

    def seen():
        try:
            reading.read(run)
        except LeadsElsewhere:  # what is being removed may be listed longer than its page exists
            if not all(step.removes for step in steps):
                raise
            return False
        return not _missing(run, steps)

    what = "%s to show %s" % (run.called, " and ".join(step.name for step in steps))
    if not steps or (is_patient and until(seen, run.clock.late(), what)):
        return
    if is_patient:
        actions.check(_failures(run, steps))
    clock = run.clock if is_patient else run.clock.settling()
    while not until(seen, clock, what):
        missing = _missing(run, steps)
        if not is_patient and run.seen and all(step.operation.may_stay_hidden for step in missing):
            run.ask.warn(
                *("%s: the platform reports success, and does not show the effect" % one.name for one in missing)
            )
            return
        if not (run.seen.in_preparation and run.clock.left > 0):
            raise EffectMissing(
                "the platform reports success, yet after %d s %s does not show it: %s"
                % (clock.seconds, run.called, "; ".join(_expectation(step) for step in missing))
            )
        clock = run.clock.settling()  # the platform is still at it, and shows so


def _failures(run, steps):
    """The actions (list of dict) that the steps may have started, and that failed before they were looked for."""
    rows = actions.of_all_statuses(run.client, reading.abouts(run))
    names = [step.name for step in _missing(run, steps)]
    return [
        row
        for row in rows
        if row.get("status") in actions.FAILURES
        and actions.is_recent(row)
        and any(means(row.get("process"), name) is not False for name in names)
    ]


def see_effects(run, before, drafted, ended):
    """Look until the effects of actions that others began can be seen, as far as they concern this task.

    ``before`` is what was seen while they ran, ``drafted`` the plan of that time. An effect may be visible late; one
    that the action never meant is not waited for.
    """
    succeeded = [one for one in ended if one.get("status") == actions.SUCCESS]
    expected = [see for one in succeeded for see in [_expected(run, before, drafted, one)] if see]
    if not expected or all(see() for see in expected):
        return

    def seen():
        reading.look(run)
        return run.under_way or all(see() for see in expected)

    until(seen, run.clock.late(), "the effect of %s" % " and ".join(actions.describe(one) for one in succeeded))


def _expected(run, before, drafted, action):
    """A function that says whether the effect of an action can be seen; None where it does not concern this task."""
    process = action.get("process")
    mine = [step for step in drafted if not step.operation.at_once and (step.done or step.removes)]
    same = [step for step in mine if means(process, step.name)]
    if same:
        return lambda: all(step.is_done(run.seen) or _is_moved(run, before, step) for step in same)
    said = meaning(process)
    if said is None:  # it may have done anything
        is_of_interest = mine or not drafted
        return (lambda: _has_changed(before, run.seen)) if is_of_interest else None
    verb, parts = said
    if not parts and verb in (*_LEADS_TO, "create", "delete") and _is_of_another(run, before, action):
        return None
    if not parts and verb in _LEADS_TO:
        return lambda: not run.seen or run.seen.status == _LEADS_TO[verb]
    if not parts and verb in ("create", "delete"):
        return lambda: bool(run.seen) == (verb == "create") and not run.seen.in_preparation
    if any(concerns(said, option) for option in run.wanted):
        return lambda: _has_changed(before, run.seen)
    return None


def _is_of_another(run, before, action):
    """Whether an action is on another resource, such as one that a part of this one is about."""
    shown, own = action.get("resourceName"), before.get("name") or run.wanted.get("name")
    return bool(run.part and shown and own) and str(shown).casefold() != str(own).casefold()


def _is_moved(run, before, step):
    """Whether what a step changes has become something else, which was wanted by somebody else.

    Of what must not be repeated only its own effect counts.
    """
    if not step.operation.repeatable or not before or not run.seen:
        return False
    if run.part:
        return before.get(run.part.key) != run.seen.get(run.part.key)
    changed = [one for one in run.resource.fields if one.name in step.before and one.name in run.wanted]
    return any(str(one.shown(before.record)) != str(one.shown(run.seen.record)) for one in changed)


def _has_changed(before, now):
    if before.record is None or now.record is None:
        return before.record is not now.record
    return any(key in now.record and now.record[key] != value for key, value in before.record.items())


def _missing(run, steps):
    return [step for step in steps if not step.is_done(run.seen)]


def _expectation(step):
    wanted = ", ".join("%s=%s" % pair for pair in step.after.items()) or "removed"
    return "%s should lead to %s" % (step.name, wanted)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The orders of a task: planned first, then sent one by one, each once, and watched until they show.

A plan is a list of Step. In check mode it is what the result says; nothing is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from ..clock import Clock, until
from ..errors import ActionFailed, ActionLost, ApiError, CloudError, MissingReference, OutcomeUnknown, WaitTimeout
from ..outcome import Outcome
from .names import GONE, at, is_moving, shown

ID = object()  # in parameters: the id of what an earlier step may have to create


@dataclass(frozen=True)
class Step:
    """One order.

    ``call`` is such as machines/start, with ``parameters``, or None where there is only something to wait for, which no
    result tells of. ``before`` and ``after`` are its share of the diff.
    ``done(record)`` says whether a record (dict, or None where there is none) shows that it is done; None where nothing
    would. ``proves``: it shows so only because of this order, and so tells what became of it when its answer was lost.
    ``later`` is the warning where the platform answers that it takes effect later. ``unless(record)``: the step is not
    sent, nor told of, where a record shows so soon enough (``patience``, in seconds).
    """

    name: str
    call: str = None
    parameters: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    done: Callable = None
    proves: bool = True
    later: str = None
    unless: Callable = None
    patience: float = 0


def reaches(*statuses):
    """A ``done``: the record has one of these statuses. Raises ActionFailed where it is ERROR."""

    def done(record):
        status = at(record, "status") if record else None
        if status == "ERROR" and "ERROR" not in statuses:
            raise ActionFailed("%s (%s) is in the status ERROR" % (at(record, "name"), at(record, "id")))
        return status in statuses

    return done


def is_gone(record):
    """A ``done``: it is in the bin, or not there at all."""
    return record is None or at(record, "status") in GONE and not is_moving(at(record, "status"))


def is_destroyed(record):
    """A ``done``: it is not in the bin either."""
    return record is None or at(record, "status") == "DESTROYED"


class Orders:
    """What a task has to send and to wait for; ``params`` hold the options of the group ``ovc_order``."""

    def __init__(self, client, params):
        self.client = client
        self.clock = Clock(params["wait_timeout"])
        self.asynchronous = params["asynchronous"]
        self.warnings = []
        self.taken_on = None  # the name of the step that the platform has taken on, and that is waited for

    def settled(self, record, read):
        """``record``, or what ``read()`` gives when it is no longer in a status that changes by itself."""
        if record is None or not is_moving(at(record, "status")):
            return record
        what = "%s (%s), which is %s" % (at(record, "name"), at(record, "id"), at(record, "status"))
        seen = self._seen(read, lambda one: one is None or not is_moving(at(one, "status")), self.clock, what)
        if seen is None:
            raise WaitTimeout("%s: this has not changed within %.0f s" % (what, self.clock.seconds))
        return seen[0]

    def send(self, step, record, look):
        """Send one step, and wait for it; the record afterwards. ``look(record, answer)`` reads it, where ``answer`` is
        what the order answered (None if that was lost)."""
        what = "%s of %s" % (step.name, (at(record, "name") if record else None) or step.after.get("name") or "it")
        if step.call is None:
            return self._wait(step, lambda: look(record, None), what)
        actor, _slash, method = step.call.partition("/")
        parameters = {name: at(record, "id") if value is ID else value for name, value in step.parameters.items()}
        if self.asynchronous:
            parameters["_async"] = True
        try:
            answer = self.client.order(actor, method, **parameters)
            self.taken_on = step.name
            if self.asynchronous:
                answer = self.client.result(answer, self.clock, what)
        except ActionFailed:
            self.taken_on = None
            raise
        except (OutcomeUnknown, ActionLost) as lost:
            return self._after_a_lost_answer(step, lambda: look(record, None), lost)
        except ApiError as error:
            if error.status != 404 or step.done is None or not step.done(seen := look(record, None)):
                raise
            return seen  # somebody else has deleted it meanwhile
        if answer is False and step.later:
            self.warnings.append(step.later)
            return look(record, answer)
        return self._wait(step, lambda: look(record, answer), what)

    def _wait(self, step, look, what):
        if step.done is None:
            return look()
        seen = self._seen(look, step.done, self.clock, what)
        if seen is None:
            text = "%s: the platform took the order on, and has not shown within %.0f s that it is done"
            raise WaitTimeout(text % (what, self.clock.seconds))
        return seen[0]

    def _after_a_lost_answer(self, step, look, lost):
        seen = self._seen(look, step.done, self.clock.late(), step.name) if step.done and step.proves else None
        if seen is None:
            text = (
                "%s. The order %s may have run all the same, and nothing was sent again: look first, and run the task "
                "again if it has not"
            )
            raise OutcomeUnknown(text % (lost, step.name), **lost.details) from lost
        return seen[0]

    def _seen(self, look, done, clock, what):
        """``[record]`` as soon as it is done, or None when the time is over."""

        def once():
            record = look()
            return [record] if done(record) else None

        return until(once, clock, what)


def carry_out(orders, kind, check, record, steps, look):
    """Send the ``steps``, or in check mode do not; the Outcome, whose result has the record under its ``kind``."""
    told = [step for step in steps if step.call and step.unless is None]
    if check:
        for step in told:
            record = None if step.after == {} else {**(record or {}), **step.after}
    else:
        record = _sent(orders, record, steps, look)
    result = {kind: shown(record), "diff": [_diff(step, record) for step in told], "steps": [one.name for one in told]}
    return Outcome(bool(told), result, orders.warnings)


def _sent(orders, record, steps, look):
    sent = []
    for step in steps:
        try:
            if step.unless is not None:
                clock = orders.clock.within(step.patience)
                if until(lambda step=step, record=record: step.unless(look(record, None)), clock, step.name):
                    continue
            orders.taken_on = None
            record = orders.send(step, record, look)
        except CloudError as error:
            done = sent + [orders.taken_on] if orders.taken_on else sent
            if done:
                error.details.update(changed=True, steps=done)
            raise
        if step.call:
            sent.append(step.name)
    return record


def _diff(step, record):
    header = "%s (%s)" % (step.before.get("name") or step.after.get("name") or at(record or {}, "name"), step.name)
    return {"before_header": header, "after_header": header, "before": step.before, "after": step.after}


def or_missing(check, params, kind, run):
    """The Outcome of ``run()``, where what it refers to may not exist.

    For ``absent`` nothing is left to do then. In check mode an earlier task may be about to create it.
    """
    try:
        return run()
    except MissingReference as missing:
        if params["state"] == "absent":
            return Outcome(
                False, {kind: None, "diff": [], "steps": []}, ["%s; so there is nothing to delete" % missing]
            )
        if not check:
            raise
        words = "%s; in check mode it is taken for something that an earlier task creates" % missing
        return Outcome(True, {kind: None, "diff": [], "steps": []}, [words])

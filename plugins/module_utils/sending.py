# SPDX-License-Identifier: GPL-3.0-or-later
"""Sending: one step after the other, each followed to its end. Nothing is repeated before a look at what is there."""

from __future__ import annotations

from dataclasses import replace

from . import actions, reading
from .clock import until
from .deciding import ADOPTIONS, decide
from .effects import wait_for_effects
from .errors import ActionLost, ApiError, CloudError, EffectMissing, OutcomeUnknown
from .processes import means


class Refused(Exception):
    """The platform refused an order with 4xx: nothing has happened because of it."""

    def __init__(self, error):
        super().__init__(str(error))
        self.error = error


def send(run):
    """Send the steps; each waits for its action, and for its effect where the next needs it.

    A refused step is planned anew, from what is there then. Raises CloudError with ``changed`` and ``steps_sent``
    where something was sent before.
    """
    try:
        _send_all(run)
    except CloudError as error:
        sent = [step.name for step in run.sent if not step.late]
        if sent:
            error.details.setdefault("changed", True)
            error.details.setdefault("steps_sent", sent)
        raise


def validate(run):
    """Check mode: with ``server_dry_run``, let the platform validate the steps that it can validate."""
    for index, step in enumerate(run.steps):
        # What refers to something that does not exist yet would be refused for that.
        gated = any(earlier.operation.gates for earlier in run.steps[:index])
        if not step.operation.dry_run or run.ask.has_missing or gated:
            run.ask.warn("%s of %s was not validated by the platform" % (step.name, run.called))
            continue
        run.client.send(step.method, run.seen.path(step.path), step.body, dry_run=True)


def _send_all(run):
    unseen, steps, refusals = [], _as_told(run.steps), 0
    while steps:
        step, told = steps.pop(0)
        if run.sent and run.sent[-1].operation.gates and unseen:
            _see(run, unseen)
        if step.pause:
            until(lambda: False, run.clock.within(step.pause), "%s of %s" % (step.name, run.called))
        if step.pause or step.late:
            run.sent.append(step)
            if step is told:
                run.told.append(step)
            steps[:0] = [(one, told) for one in (step.late(run.seen) if step.late else ())]
            continue
        reading.confirm_path(run, step.path)
        before = run.seen
        try:
            has_ended = _perform(run, step)
        except Refused as refused:
            refusals += 1
            under_way = actions.in_progress(run.client, reading.abouts(run))
            if not run.waits and (under_way or refused.error.status == 409):
                run.ask.warn("%s of %s: %s" % (step.name, run.called, refused.error))
                return _leave(run, [(step, told), *steps])
            steps = _as_told(_plan_anew(run, step, refused.error, refusals, under_way, unseen))
            continue
        if step is told:
            run.told.append(step)
        if not (step.operation.at_once and run.seen is not before and step.is_done(run.seen)):
            unseen.append(step)
        if not has_ended and steps:
            return _leave(run, steps)
        if not has_ended:
            return None
    if unseen:
        _see(run, unseen)
        if not run.seen and not run.sent[-1].removes:
            raise EffectMissing(
                "%s of %s was done, and %s cannot be found any more: somebody has removed or renamed it meanwhile"
                % (run.sent[-1].name, run.called, run.called)
            )
    return None


def _as_told(steps):
    """Pairs of a step and the one of the plan that it belongs to, which the user gets to see."""
    return [(step, step) for step in steps]


def _see(run, unseen):
    wait_for_effects(run, unseen, is_patient=any(step in run.unfollowed for step in unseen))
    unseen.clear()


def _leave(run, steps):
    run.still_to_do = list(dict.fromkeys(told.name for _step, told in steps))


def _plan_anew(run, step, error, refusals, under_way, unseen):
    """The steps that are left after a refusal. Raises the refusal where nothing has changed that explains it."""
    if under_way:
        run.follow(under_way)
    # A step without an action that shows may have been under way until its effect is there.
    was_busy = any(one in run.unfollowed for one in unseen)
    if unseen:
        _see(run, unseen)  # what this task itself has changed explains no refusal
    before = run.seen.record
    if error.status == 409 and not (under_way or step.operation.repeatable):
        # It may have taken effect all the same, and show it late.
        until(lambda: _trace(run, step), run.clock.late(), "a trace of %s of %s" % (step.name, run.called))
    decide(run)
    if not run.steps:
        run.ask.warn("%s of %s was refused, and its effect is there: %s" % (step.name, run.called, error))
        return []
    # What was in the way of a conflict may have ended before the look.
    may_have_ended = error.status == 409 and refusals == 1
    has_moved = under_way or was_busy or may_have_ended or run.seen.record != before
    if refusals > ADOPTIONS or (run.steps[0].request == step.request and not has_moved):
        raise error
    return list(run.steps)


# One step


def _perform(run, step):
    """Send one step and wait for its actions; False when it goes on because ``wait`` is false. Raises Refused."""
    known = _known_actions(run) if step.done is None and not step.removes else None
    try:
        answer = _order(run, step)
    except OutcomeUnknown as unknown:
        answer = _after_lost_answer(run, step, unknown, known, again=step.operation.repeatable and known is None)
    except ApiError as error:
        raise Refused(error) from error
    run.sent.append(step)
    started = actions.of_answer(answer)
    if not started and step.operation.at_once:
        shown = step.operation.at_once(run.seen.record, answer) if run.seen else None
        run.seen = replace(run.seen, record=shown) if shown else run.seen
        return True
    started = started or _find_actions(run, step, known)
    if not started:
        run.unfollowed.append(step)
        return run.waits or step.is_done(run.seen)
    if not run.waits:
        run.actions.extend(started)
        return all(actions.has_ended(one) for one in started)
    try:
        actions.check(run.follow(started))
    except ActionLost:  # then the effect decides, as far as it can be seen
        reading.read(run)
        if not step.is_done(run.seen):
            raise
    return True


def _order(run, step):
    """Send one step; the answer."""

    def sent(body, path=step.path):
        return run.client.send(step.method, run.seen.path(path), body)

    try:
        answer = sent(step.body)
    except ApiError as refusal:
        answer = _order_otherwise(step, sent, refusal)
    return step.answered(run.client, answer, sent) if step.answered else answer


def _order_otherwise(step, sent, refusal):
    """Send one step in its other forms; the answer. A refused order has done nothing, so they may be tried."""
    for path, body in step.otherwise if refusal.status in (400, 404) else ():
        try:
            return sent(body, path)
        except ApiError as another:
            if another.status not in (400, 404):
                break
    if step.if_refused:
        refusal.args = ("%s. %s" % (refusal, step.if_refused),)
    raise refusal


def _known_actions(run):
    """The ids of all actions on the resource: what an order whose effect cannot be seen has started is none of them."""
    return {str(one["id"]) for one in actions.of_all_statuses(run.client, reading.abouts(run))}


def _find_actions(run, step, known):
    """The actions (list of dict) of an order that was answered without any.

    Where the effect of the order cannot be seen, its action is looked for until it shows. Raises OutcomeUnknown.
    """
    if known is None:
        return _of_step(actions.in_progress(run.client, reading.abouts(run)), step)
    what = "an action for %s of %s" % (step.name, run.called)
    return until(lambda: _new_actions(run, step, known), run.clock.within(actions.VISIBLE_WITHIN), what) or _raise(
        OutcomeUnknown(
            "the platform accepted %s of %s, but shows no action for it, so its outcome is not known. "
            "Look at the resource before the task is run again" % (step.name, run.called)
        )
    )


def _new_actions(run, step, known):
    rows = actions.of_all_statuses(run.client, reading.abouts(run))
    return _of_step([row for row in rows if str(row["id"]) not in known], step)


def _of_step(rows, step):
    """Those that a step may have started; others are somebody else's."""
    return [row for row in rows if means(row.get("process"), step.name) is not False]


def _after_lost_answer(run, step, unknown, known, again):
    """Look whether ``step`` took effect; the answer to go on with. ``again``: if not, it may be sent once more.

    What must not be repeated is looked for longer, since its effect may be visible late.
    """

    def trace():
        return _trace(run, step) if known is None else _new_actions(run, step, known)

    what = "a trace of %s of %s" % (step.name, run.called)
    found = until(trace, run.clock.within(1) if again else run.clock.late(), what)
    if found:
        run.ask.warn("%s of %s: the answer was lost, but it took effect" % (step.name, run.called))
        return found if isinstance(found, list) else None
    if again:
        try:
            return _order(run, step)
        except (OutcomeUnknown, ApiError) as problem:  # a refusal may mean that the first one took effect
            return _after_lost_answer(run, step, problem, known, again=False)
    raise OutcomeUnknown(
        "%s. %s of %s may have taken effect or not, and no trace of it is visible. Nothing was sent again; run the "
        "task again in a while: it looks first" % (unknown, step.name, run.called)
    ) from unknown


def _trace(run, step):
    """The actions under way that ``step`` may have started, else whether its effect is there."""
    under_way = _of_step(actions.in_progress(run.client, reading.abouts(run)), step)
    reading.read(run)
    return under_way or step.is_done(run.seen)


def _raise(error):
    raise error

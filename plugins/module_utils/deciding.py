# SPDX-License-Identifier: GPL-3.0-or-later
"""Deciding: wait for what is under way, plan, and refuse before anything is sent.

Nothing has to be done only where two facts say so: what is shown, and that nothing is under way that could undo it.

A module that runs by itself compiles each file that it imports, so what only some tasks need is imported where they
need it.
"""

from __future__ import annotations

from . import actions, reading
from .clock import until
from .errors import FixedDifference, InvalidInput, NotFound, UnexpectedAnswer, Unfinished, refuse
from .identity import meant_by
from .plan import (
    DESTRUCTIVE_STATES,
    changed_options,
    contradictions,
    creation,
    fixed_differences,
    plan,
    refusals,
    resting,
    unshown,
)
from .processes import means
from .redaction import in_short
from .resource import PREPARATION

ADOPTIONS = 5  # times that somebody else's action may come between a look and its plan
UNFINISHED_SECONDS = 60  # how long something may stay in PREPARATION although nothing is under way


def decide(run):
    """Plan from what is there when nothing is under way any more: ``run.steps``. Raises where the plan is refused."""
    reading.look(run)
    is_wreck = False  # its creation will not finish any more, and the task removes it
    is_late = None  # whether an earlier run may have done a step whose effect does not show yet
    for _dummy in range(ADOPTIONS):
        if run.under_way:
            if not run.waits:
                return _leave_alone(run)
            run.hold()
            _wait_for_others(run)
            continue
        if _is_unfinished(run) and not is_wreck:
            if not run.waits and _may_be_under_way(run):
                return _leave_alone(run)
            run.hold()
            is_wreck = not _is_finished_in_time(run)
            continue
        run.steps = _draft(run)
        if not run.steps:
            return None
        if is_late is None:
            is_late = _may_show_late(run)
            if is_late and not run.waits:
                return _leave_alone(run, "the effect of an earlier run may be")
            if is_late:
                run.hold()
                _look_until_it_changes(run)
                continue
        if reading.confirm(run) and (is_wreck or not _is_unfinished(run)):
            break
    # Where somebody is busy with it again and again, what is there now counts.
    run.steps = _final_plan(run)
    return None


# What is under way


def _leave_alone(run, otherwise="its creation or removal may be"):
    steps = _draft_quietly(run)
    what = " and ".join(actions.describe(one) for one in run.under_way) or otherwise
    left = "nothing was sent" if steps else "what is shown now may be about to change"
    run.ask.warn("%s under way on %s and wait is false: %s" % (what, run.called, left))
    run.actions.extend(run.under_way)
    run.still_to_do, run.steps = [step.name for step in steps], []


def _wait_for_others(run):
    """Wait for the actions under way, whoever began them, and see what they lead to.

    Their failure is not this task's failure: only what is there afterwards counts.
    """
    from .effects import see_effects

    before, drafted = run.seen, _draft_quietly(run)
    if not before or (run.resource.is_new and run.resource.is_new(before.record)):
        run.is_new = True
    ended = run.follow(run.under_way)
    reading.look(run)
    see_effects(run, before, drafted, ended)


def _is_unfinished(run):
    return run.seen.is_unreadable or run.seen.in_preparation or _part_status(run) == PREPARATION


def _may_be_under_way(run):
    """Whether what is unfinished may only be on its way, although no action shows: a platform may list an action late,
    or show late what it has led to."""
    if run.part:
        return False
    last = actions.last_ended(run.client, actions.abouts(run.seen.record, run.wanted))
    is_late = bool(last) and last["status"] == actions.SUCCESS and actions.is_recent(last)
    if run.seen.is_unreadable:
        return is_late
    return run.wanted.get("state") != "absent" and (last is None or is_late)


def _may_show_late(run):
    """Whether a step that must not be repeated is planned, and the last action on the resource was a success of that
    very step, a moment ago: a platform may show its effect late.

    Not of a part, such as a URL: several of them are often created one after the other, by a task for each.
    """
    if run.part:
        return False
    orders = [step for step in run.steps if step.done and run.seen]
    once = [step for step in orders if not (step.operation.repeatable or step.operation.at_once)]
    if not once:
        return False
    last = actions.last_ended(run.client, reading.abouts(run))
    if not last or last["status"] != actions.SUCCESS or not actions.is_recent(last):
        return False
    mine = [str(one["id"]) for one in run.actions]  # this run has seen their effects
    return str(last["id"]) not in mine and any(means(last.get("process"), step.name) is not False for step in once)


def _look_until_it_changes(run):
    before = run.seen.record

    def has_changed():
        reading.look(run)
        return run.under_way or run.seen.record != before

    until(has_changed, run.clock.late(), "the effect of an earlier run on %s" % run.called)


def _part_status(run):
    return run.part.status(run.wanted, run.seen) if run.part and run.part.status and run.seen else None


def _is_finished_in_time(run):
    """Wait a while for what is in PREPARATION, or is listed and has no page, although nothing is under way.

    False if it stays so, and the task removes it. Raises Unfinished, with what the last action said.
    """

    def finished():
        reading.look(run)
        return run.under_way or not _is_unfinished(run)

    clock = run.clock.within(UNFINISHED_SECONDS if run.waits else 0)
    if until(finished, clock, "%s to be finished" % run.called):
        return True
    if run.seen.is_unreadable:
        raise UnexpectedAnswer(
            "%s is listed, and its page below %s answers 404 under each of its numbers. Nothing was sent"
            % (run.called, run.resource.path)
        )
    if _removes_what_is_unfinished(run):
        return False
    is_part = _is_part_unfinished(run)
    of_part = is_part and run.part.also_about and run.part.also_about(run.wanted, run.seen)
    last = actions.last_ended(run.client, of_part or actions.abouts(run.seen.record, run.wanted))
    said = "no action on it is known"
    if last:
        said = "the last one, %s, ended in %s: %s" % (
            actions.describe(last),
            last["status"],
            in_short(last.get("message")) or "no message",
        )
    raise Unfinished(
        "%s is in PREPARATION, and no action is in progress that would finish it; %s. Nothing was sent. Remove it with "
        "state=absent, or have it repaired by the platform"
        % ("the %s of %s" % (run.part.key, run.called) if is_part else run.called, said),
        actions=actions.to_results([last] if last else []),
    )


def _removes_what_is_unfinished(run):
    if run.part:
        steps = _draft(run) if _is_part_unfinished(run) else []
        return bool(steps) and all(step.method == "DELETE" for step in steps)
    return run.wanted.get("state") == "absent"


def _is_part_unfinished(run):
    return _part_status(run) == PREPARATION and not run.seen.in_preparation


# The plan


def _draft(run):
    """The steps as far as they are known without looking up what a creation needs."""
    if run.part:
        run.wanted = _resolved(run)
        return run.part.plan(run.wanted, run.seen)
    if not run.seen:
        return [] if run.wanted.get("state") == "absent" else [creation(run.resource, run.seen, run.wanted)]
    run.wanted = _resolved(run)
    _read_facts(run)
    _refuse_differences(run)
    sentences = refusals(run.resource, run.seen, run.wanted)
    if sentences:
        _refuse(sentences + _refuted(run, run.wanted)[0], lambda: None)
    return plan(run.resource, run.seen, run.wanted)


def _draft_quietly(run):
    """The draft; nothing where it is refused, since what is under way may yet change that."""
    wanted, warnings = dict(run.wanted), list(run.ask.warnings)
    try:
        steps = _draft(run)
    except (FixedDifference, InvalidInput, NotFound):
        steps = []
    run.wanted, run.ask.warnings = wanted, warnings
    return steps


def _final_plan(run):
    """The steps that will be sent, after everything that can be refused was."""
    if run.part:
        run.wanted = _resolved(run)
        _refuse_another(run)
        steps = run.part.plan(run.wanted, run.seen)
    elif not run.seen and run.wanted.get("state") != "absent":
        run.met = None  # what it was before is gone
        steps = _plan_of_creation(run)
    else:
        steps = _plan_of_change(run)
    for step in steps if run.seen else []:
        reading.confirm_path(run, step.path)
    _refuse_protected(run, steps)
    return steps


def _plan_of_creation(run):
    resource, wanted = run.resource, run.wanted
    if "id" in wanted:
        raise NotFound("no %s has the id %s; a new one gets its id from the platform" % (resource.kind, wanted["id"]))
    missing = [" or ".join(names) for names in resource.needs() if not any(name in wanted for name in names)]
    if missing:
        from .neighbours import then  # only a refusal needs it

        refusal = "no %s is named %s" % (resource.kind, wanted["name"])
        asked = meant_by(run.client, resource, wanted)
        raise InvalidInput(then(refusal, asked, ", and ", "to create it these are missing: %s" % ", ".join(missing)))
    wanted = _resolved(run)
    refuted, spelled = _refuted(run, wanted)
    wanted = {**wanted, **spelled}
    sentences = refusals(resource, run.seen, wanted) + refuted
    return _refuse(sentences, lambda: plan(resource, run.seen, wanted))


def _plan_of_change(run):
    if not run.seen:
        return []
    run.wanted = _resolved(run)
    resource, seen, wanted = run.resource, run.seen, run.wanted
    _read_facts(run)
    _refuse_differences(run)
    sentences = []
    if wanted.get("state") != "absent":
        refuted, spelled = _refuted(run, wanted)
        wanted = {**wanted, **spelled}
        sentences = refusals(resource, seen, wanted) + refuted
    return _refuse(sentences, lambda: plan(resource, seen, wanted))


def _resolved(run):
    """What is wanted, with names looked up."""
    target = run.part or run.resource
    return target.resolve(run.ask, run.seen, run.wanted) if target.resolve else run.wanted


def _read_facts(run):
    if run.seen and run.wanted.get("state") != "absent":
        reading.read_facts(run, changed_options(run.resource, run.seen, run.wanted))


def _refuted(run, wanted):
    """What the platform's catalogue says against the plan (list of str), and the options that it spells otherwise."""
    changed = changed_options(run.resource, run.seen, wanted)
    if not run.resource.offers or not changed:
        return [], {}
    from . import preflight

    found = preflight.look(run.client.reference, run.resource.offers(), wanted, run.seen.record, changed)
    run.ask.warn(*found.warnings)
    return found.refusals, found.spelled


def _refuse(sentences, make_plan):
    """What ``make_plan`` returns. Raises InvalidInput with all that speaks against it, its own refusal too."""
    steps = None
    try:
        steps = make_plan()
    except InvalidInput as error:
        sentences = [*sentences, str(error)]
    refuse(*sentences)
    return steps


def _refuse_differences(run):
    """Refuse what contradicts the record: always before what cannot be undone, else as the user chose."""
    resource, seen, wanted = run.resource, run.seen, run.wanted
    if wanted.get("state") in DESTRUCTIVE_STATES:
        _refuse_another(run)
    if wanted.get("state") == "absent":
        _warn_of_unshown(run, [one.name for one in resource.fields if one.identifies])
        return
    sentences = fixed_differences(resource, seen, wanted)
    if sentences and run.options.get("on_fixed_difference") != "warn":
        raise FixedDifference("%s: %s" % (run.called, "; ".join(sentences)))
    run.ask.warn(*("%s: %s" % (run.called, sentence) for sentence in sentences))
    _warn_of_unshown(run, [one.name for one in resource.fields])
    asleep = resting(resource, seen, wanted)
    run.ask.warn(asleep and "%s is %s: left as it is until it runs: %s" % (run.called, seen.status, ", ".join(asleep)))


def _warn_of_unshown(run, names):
    looked_for = names if run.seen.is_whole else run.resource.also_read
    hidden = [one for one in unshown(run.resource, run.seen, run.wanted) if one in names and one in looked_for]
    run.ask.warn(
        hidden and "%s: not compared, since the platform does not show it: %s" % (run.called, ", ".join(hidden))
    )


def _refuse_another(run):
    if run.seen:
        sentences = contradictions(run.resource, run.seen, run.wanted)
        if sentences:
            raise FixedDifference("%s is not the one requested: %s" % (run.called, "; ".join(sentences)))


def _refuse_protected(run, steps):
    """Refuse what cannot be undone where the resource has the tag that protects it."""
    key = run.options.get("protection_tag")
    doomed = [step.name for step in steps if step.operation.destroys]
    if key and doomed and run.seen:
        from .protection import refuse_protected

        refuse_protected(run.client, key, run.seen, " and ".join(doomed))

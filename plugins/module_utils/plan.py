# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide, then do: the decision. A pure plan from what is there to what is wanted; nothing is sent here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable

from .identity import called
from .resource import ACTIVE, INACTIVE, PREPARATION, Operation

CREATE = Operation("create", repeatable=False, dry_run=True, gates=True)
DELETE = Operation("delete")
DESTRUCTIVE_STATES = ("absent", "stopped", "restarted", "reset")


@dataclass(frozen=True)
class Step:
    """One request of a plan, for an Operation.

    ``path`` may hold ``{address}`` and ``{number}`` (see Seen). ``before`` and ``after`` are its share of the diff.
    ``done(record)`` says whether its effect is there; None: it cannot be seen. That of a DELETE is there, too, once the
    record is gone.
    ``late(seen)`` gives the steps that are known only when their turn comes, because they depend on what the platform
    makes of the step before; such a step sends nothing of its own, and they are shown as one. A step with ``pause``
    sends nothing either: it lets that many seconds pass.
    ``answered(client, answer, send)`` gives the actions (list of dict) that an answer tells, where it tells them in a
    form of its own, such as one row for each resource. It may ``send(body)`` again what was refused for its number.
    ``otherwise`` are other forms of the same request, ``(path, body)`` each, with the other numbers of the resources
    that it names: which of two numbers counts is not documented, so they are sent where the platform refuses the first.
    No other resource may have any of these numbers. ``if_refused`` is what the user has to know where the platform
    refuses all of them.
    """

    operation: Operation
    method: str
    path: str
    body: object = None
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    done: Callable = None
    late: Callable = None
    pause: float = 0
    otherwise: tuple = ()
    if_refused: str = ""
    answered: Callable = None

    @property
    def name(self):
        return self.operation.name

    def is_done(self, seen):
        """Whether the effect of this step can be seen."""
        if seen.record is None:
            return self.removes
        if seen.is_unreadable:  # its row does not show what its page and what lies below it do
            return False
        return self.done is not None and self.done(seen.record)

    @property
    def removes(self):
        """Whether its effect is there once the record is gone."""
        return self.method == "DELETE"

    @property
    def request(self):
        return self.method, self.path, self.body


def operation_body(name, options=None):
    """The body (dict) of a PATCH that asks for the operation ``name``; without ``options``, it has none."""
    return {"operation": name, **({"options": options} if options else {})}


def operation_step(path, operation, options=None, **about):
    """A Step that asks what is at ``path`` for an Operation; ``about`` are further arguments of Step."""
    return Step(operation, "PATCH", path, operation_body(operation.name, options), **about)


def plan(resource, seen, wanted):
    """The steps (list of Step) from what was ``seen`` to ``wanted`` (the options that were given).

    Pure: sends nothing. Raises InvalidInput for what cannot be asked of this resource in its present state.
    """
    state = wanted.get("state", "present")
    if state == "absent":
        return _removal(resource, seen, wanted) if seen else []
    if not seen:
        steps = [creation(resource, seen, wanted), *_changes(resource, seen, wanted)]
        return steps + ([_power(resource, "stop", wanted)] if state == "stopped" else [])
    before, after = _power_steps(resource, seen, wanted, state)
    return [*before, *_changes(resource, seen, wanted), *after]


# What speaks against it


def contradictions(resource, seen, wanted):
    """Where the task names another resource than the one that was seen: sentences that name both values."""
    given = [one for one in resource.fields if one.identifies and one.name in wanted]
    return [
        "%s: it is %s, not %s" % (one.name, seen.shows(one), wanted[one.name])
        for one in given
        if seen.shows(one) is not None and seen.differs(one, wanted[one.name])
    ]


def fixed_differences(resource, seen, wanted):
    """What differs and cannot be changed in place: sentences that name both values.

    What a stop switches off is not judged while the resource is stopped.
    """
    judged = [one for one in _given(resource, wanted) if not (one.while_active and seen.status == INACTIVE)]
    return [sentence for one in judged for sentence in [_why_not(one, seen, wanted)] if sentence]


def unshown(resource, seen, wanted):
    """The options (list of str) that are fixed, and that no answer shows clearly: whether they differ is not known."""
    return [
        one.name
        for one in _given(resource, wanted)
        if one.read is not None and not one.changed_by and not one.steps and not _is_clear(one, seen, wanted)
    ]


def _is_clear(one, seen, wanted):
    return seen.shows(one) is not None and not getattr(wanted[one.name], "is_unclear", False)


def resting(resource, seen, wanted):
    """The options (list of str) that differ and do not count, because the resource is stopped and stays so."""
    return [
        one.name
        for one in _given(resource, wanted)
        if _rests(one, seen, wanted) and seen.differs(one, wanted[one.name])
    ]


def refusals(resource, seen, wanted):
    """Why changes that are possible must not be made now: sentences."""
    sentences = []
    operations = {}
    for one in _changing(resource, seen, wanted):
        if one.refuse:
            sentences.append(one.refuse(wanted, seen))
        if one.changed_by:
            operations[one.changed_by] = resource.operation(one.changed_by)
    sentences += [one.refuse(wanted, seen) for one in operations.values() if one.refuse]
    reset = [resource.operation("reset")] if wanted.get("state") == "reset" else []
    sentences += [_wrong_status(resource, one, seen, wanted) for one in (*operations.values(), *reset)]
    return [sentence for sentence in sentences if sentence]


def _wrong_status(resource, operation, seen, wanted):
    """Why an operation is not possible in the status that the resource will have (a sentence), or None."""
    is_started_before = resource.changed_running and wanted.get("state") == "started"
    status = ACTIVE if is_started_before else seen.status
    if not seen or operation.needs in (None, status):
        return None
    text = "%s is %s, and %s requires it to be %s; use state=%s"
    state = {ACTIVE: "started", INACTIVE: "stopped"}[operation.needs]
    return text % (called(seen.record), status, operation.name, operation.needs, state)


def changed_options(resource, seen, wanted):
    """The options (list of str) that the plan changes; of a creation, all that were given."""
    if not seen:
        return [one.name for one in _given(resource, wanted)]
    changing = _changing(resource, seen, wanted)
    return [one.name for one in changing if one.read is None or seen.differs(one, wanted[one.name])]


def _given(resource, wanted):
    return [one for one in resource.fields if one.name in wanted]


def _why_not(one, seen, wanted):
    if one.stuck:
        return one.stuck(wanted, seen)
    shown = seen.shows(one)
    if shown is None or one.changed_by or one.steps or not seen.differs(one, wanted[one.name]):
        return None
    return "%s is fixed at creation: it is %s, not %s" % (one.name, shown, wanted[one.name])


# The steps


def creation(resource, seen, wanted):
    """The Step that creates the resource."""
    given = [one for one in _given(resource, wanted) if one.body_name]
    body = {one.body_name: one.to_api(wanted[one.name]) for one in given}
    other = seen.facts.get("otherwise", {})
    other = {one.body_name: one.to_api(other[one.name]) for one in given if one.name in other}
    after = {one.name: wanted[one.name] for one in given if not one.secret}
    path = resource.created_at(wanted, seen) if resource.created_at else resource.path
    return Step(
        CREATE,
        "POST",
        path,
        body,
        after=after,
        otherwise=((path, {**body, **other}),) if other else (),
        done=lambda record: _is_ready(resource, record, wanted),
    )


def _is_ready(resource, record, wanted):
    return record.get("status") != PREPARATION and (not resource.ready or resource.ready(wanted, record))


def _removal(resource, seen, wanted):
    operation = resource.operation("delete") or DELETE
    delete = Step(
        replace(operation, destroys=True),
        "DELETE",
        resource.path + "/{address}",
        _also(operation, wanted) or None,
        before={key: seen.record[key] for key in ("id", "name", "status") if key in seen.record},
        done=lambda record: False,
    )
    is_possible = operation.needs in (None, seen.status) or seen.in_preparation
    return [delete] if is_possible else [_power(resource, "stop", wanted, seen), delete]


def _power_steps(resource, seen, wanted, state):
    """Steps before and after the other changes: a machine is changed while it is stopped, a farm while it runs."""
    start, stop = ["start"] if seen.status != ACTIVE else [], ["stop"] if seen.status != INACTIVE else []
    before, after = {
        "started": ([], start),
        "stopped": (stop, []),
        "restarted": (stop, ["start"]),
        "reset": ([], ["reset"]),
    }.get(state, ([], []))
    if resource.changed_running and state in ("started", "stopped"):
        before, after = after, before
    return [[_power(resource, name, wanted, seen) for name in names] for names in (before, after)]


def _power(resource, name, wanted, seen=None):
    leads_to = {"stop": INACTIVE, "start": ACTIVE}.get(name)
    status = seen.status if seen else ACTIVE
    if name == "start":
        status = INACTIVE
    return _operation(
        resource,
        replace(resource.operation(name), gates=bool(leads_to)),
        {},
        wanted,
        before={"status": status},
        after={"status": leads_to or "%s, after a reset" % status},
        done=leads_to and (lambda record: record.get("status") == leads_to),
    )


def _changing(resource, seen, wanted):
    """The fields that differ and will be changed; of a creation, those that its body does not hold, or not all of."""
    for one in _given(resource, wanted):
        if not seen:
            if one.steps or not one.body_name:
                yield one
        elif not _rests(one, seen, wanted):
            differs = one.changed_by and seen.differs(one, wanted[one.name]) and not _why_not(one, seen, wanted)
            if differs or _has_own_steps(one, seen):
                yield one


def _changes(resource, seen, wanted):
    """In the order of the fields: one step for each operation of which one differs, and the steps of those with own."""
    steps, updates = [], {}
    for one in _changing(resource, seen, wanted):
        if _has_own_steps(one, seen):
            steps.append(one.steps(wanted, seen))
        elif one.changed_by and (seen or one.differs(wanted[one.name], {})):
            if one.changed_by not in updates:
                steps.append(one.changed_by)
            updates.setdefault(one.changed_by, []).append(one)
    made = [each if isinstance(each, list) else _update(resource, each, updates[each], seen, wanted) for each in steps]
    return [step for several in made for step in several]


def _has_own_steps(one, seen):
    return bool(one.steps) and not (seen and one.changed_by)


def _rests(one, seen, wanted):
    """Whether a field does not count while the resource is stopped, and stays so."""
    stays = wanted.get("state") not in ("started", "restarted")
    return one.while_active and seen.status == INACTIVE and stays


def _update(resource, name, changed, seen, wanted):
    """The one step (in a list) of the operation ``name`` for the fields ``changed``."""
    operation = resource.operation(name)
    record = seen.record or {}
    options = {}
    for one in resource.fields:  # an operation wants all its options: those not asked for stay as they are
        value = wanted.get(one.name, _as_sent(one.shown(record)) if record else None)
        if one.changed_by != name or not one.option_name or value is None:
            continue
        if one.name in wanted or one.read is not None:
            options[one.option_name] = one.to_api(value)

    def done(record):
        return all(_is_reached(one, wanted[one.name], record) for one in changed)

    # What only something else shows, such as its nodes, is not read again after the step.
    is_hidden = any(one.name in seen.elsewhere for one in changed)
    return [
        _operation(
            resource,
            operation,
            options,
            wanted,
            before={one.name: seen.shows(one) if seen else one.shown(record) for one in changed if not one.secret},
            after={one.name: wanted[one.name] for one in changed if not one.secret},
            done=None if is_hidden else done,
        )
    ]


def _as_sent(shown):
    """A value that stays as it is shown: a boolean, which some servers write as text, is sent as one."""
    text = shown.strip().casefold() if isinstance(shown, str) else None
    return text == "true" if text in ("true", "false") else shown


def _is_reached(one, wanted, record):
    return not one.differs(wanted, record) or bool(one.unsure and one.unsure(wanted, record))


def _operation(resource, operation, options, wanted, before, after, done):
    options = {**options, **_also(operation, wanted)}
    if operation.tidy:
        options = operation.tidy(options)
    path = resource.path + "/{address}"
    return operation_step(path, operation, options, before=before, after=after, done=done)


def _also(operation, wanted):
    """The options (dict) that the user gave and that are sent along."""
    return {name: wanted[option] for option, name in operation.also if option in wanted}

# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide, then do: the decision. A pure plan from what is there to what is wanted; nothing is sent here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from .errors import InvalidInput
from .resource import ACTIVE, INACTIVE, PREPARATION


@dataclass(frozen=True)
class Step:
    """One request of a plan.

    ``path`` may hold ``{id}``, which a creation brings. ``before`` and ``after`` are its share of the diff.
    ``done(record)`` says whether its effect is there (record None: there is no such resource); None: it cannot be seen.
    ``gates``: the next step needs this one's effect. ``repeatable``: see Operation.
    ``late(record)`` gives the steps that are known only when their turn comes, because they depend on what the platform
    makes of the step before; such a step sends nothing of its own, and they are shown as one. A step with ``pause``
    sends nothing either: it lets that many seconds pass. ``shown(record, answer)`` is the record as the answer to this
    request shows it, or None; where that has the effect already, it is not read again.
    """

    name: str
    method: str
    path: str
    body: object = None
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    done: Callable = None
    shown: Callable = None
    gates: bool = False
    repeatable: bool = True
    dry_run: bool = False
    late: Callable = None
    pause: float = 0
    part_of: str = ""


def plan(resource, current, wanted):
    """The steps (list of Step) from ``current`` (a record, or None) to ``wanted`` (the options that were given).

    Pure: sends nothing. Raises InvalidInput for what cannot be asked of this resource in its present state.
    """
    state = wanted.get("state", "present")
    if state == "absent":
        return [] if current is None else _removal(resource, current, wanted)
    if current is None:
        steps = [_creation(resource, wanted), *_changes(resource, {}, wanted, created=True)]
        return steps + ([_power(resource, "stop", wanted)] if state == "stopped" else [])
    before, after = _power_steps(resource, current, wanted, state)
    return [*before, *_changes(resource, current, wanted), *after]


def fixed_differences(resource, current, wanted):
    """What differs and cannot be changed in place: sentences that name both values."""
    sentences = [_why_not(one, current, wanted) for one in resource.fields if one.name in wanted]
    return [sentence for sentence in sentences if sentence]


def _why_not(one, current, wanted):
    if one.stuck:
        return one.stuck(wanted, current)
    shown = one.shown(current)
    if shown is None or one.changed_by or one.steps or not one.differs(wanted[one.name], current):
        return None
    return "%s is fixed at creation: it is %s, not %s" % (one.name, shown, wanted[one.name])


def _creation(resource, wanted):
    given = [one for one in resource.fields if one.name in wanted and one.body_name]
    body = {one.body_name: one.to_api(wanted[one.name]) for one in given}
    after = {one.name: wanted[one.name] for one in given if not one.secret}
    return Step(
        "create",
        "POST",
        resource.created_at(wanted) if resource.created_at else resource.path,
        body,
        after=after,
        done=lambda record: record is not None and _is_ready(resource, record, wanted),
        gates=True,
        repeatable=False,
        dry_run=resource.create_dry_run,
    )


def _is_ready(resource, record, wanted):
    return record.get("status") != PREPARATION and (not resource.ready or resource.ready(record, wanted))


def _removal(resource, current, wanted):
    steps = []
    if resource.delete_needs and current.get("status") != resource.delete_needs:
        steps.append(_power(resource, "stop", wanted, current))
    body = {name: wanted[option] for option, name in resource.delete_also if option in wanted}
    steps.append(
        Step(
            "delete",
            "DELETE",
            resource.path + "/{id}",
            body or None,
            before={key: current[key] for key in ("id", "name", "status") if key in current},
            done=lambda record: record is None,
        )
    )
    return steps


def _power_steps(resource, current, wanted, state):
    """Steps before and after the other changes: a machine is changed while it is stopped, a farm while it runs."""
    status = current.get("status")
    if state == "reset" and status != ACTIVE:
        raise InvalidInput(
            "%s is %s, and only an ACTIVE %s can be reset; use state=started" % (called(current), status, resource.kind)
        )
    start, stop = ["start"] if status != ACTIVE else [], ["stop"] if status != INACTIVE else []
    before, after = {
        "started": ([], start),
        "stopped": (stop, []),
        "restarted": (stop, ["start"]),
        "reset": ([], ["reset"]),
    }.get(state, ([], []))
    if resource.changed_running and state in ("started", "stopped"):
        before, after = after, before
    return [[_power(resource, name, wanted, current) for name in names] for names in (before, after)]


def _power(resource, name, wanted, current=None):
    leads_to = {"stop": INACTIVE, "start": ACTIVE}.get(name)
    status = current.get("status") if current else ACTIVE
    if name == "start":
        status = INACTIVE
    return _operation_step(
        resource,
        resource.operation(name),
        {},
        wanted,
        before={"status": status},
        after={"status": leads_to or "%s, after a reset" % status},
        done=leads_to and (lambda record: record is not None and record.get("status") == leads_to),
        gates=bool(leads_to),
    )


def _changes(resource, current, wanted, created=False):
    """In the order of the fields: one step for each operation of which one differs, and the steps of those with own."""
    steps, updates = [], {}
    for one in resource.fields:
        if one.name not in wanted or (created and one.body_name) or _rests(one, current, wanted):
            continue
        if one.steps:
            steps.append(one.steps(one, current, wanted))
        elif one.changed_by and one.differs(wanted[one.name], current) and not _why_not(one, current, wanted):
            if one.allowed:
                one.allowed(wanted[one.name], current)
            if one.changed_by not in updates:
                steps.append(one.changed_by)
            updates.setdefault(one.changed_by, []).append(one)
    made = [
        each if isinstance(each, list) else _update(resource, each, updates[each], current, wanted) for each in steps
    ]
    return [step for several in made for step in several]


def _rests(one, current, wanted):
    """Whether a field does not count while the resource is stopped, and stays so."""
    stays = wanted.get("state") not in ("started", "restarted")
    return one.while_active and current.get("status") == INACTIVE and stays


def _update(resource, name, changed, current, wanted):
    """The one step (in a list) of the operation ``name`` for the fields ``changed``."""
    operation = resource.operation(name)
    if operation.check:
        operation.check(wanted, current)
    options = {}
    for one in resource.fields:  # an operation wants all its options: those not asked for stay as they are
        value = wanted.get(one.name, one.shown(current) if current else None)
        if one.changed_by != name or not one.option_name or value is None:
            continue
        if one.name in wanted or one.read is not None:
            options[one.option_name] = one.to_api(value)
    return [
        _operation_step(
            resource,
            operation,
            options,
            wanted,
            before={one.name: one.shown(current) for one in changed if not one.secret},
            after={one.name: wanted[one.name] for one in changed if not one.secret},
            done=_all_same(changed, wanted),
            gates=operation.gates,
        )
    ]


def _all_same(fields, wanted):
    return lambda record: record is not None and not any(one.differs(wanted[one.name], record) for one in fields)


def _operation_step(resource, operation, options, wanted, before, after, done, gates=False):
    options = {**options, **{name: wanted[option] for option, name in operation.also if option in wanted}}
    if operation.tidy:
        options = operation.tidy(options)
    if operation.body:
        body = operation.body(options)
    else:
        body = {"operation": operation.name, **({"options": options} if options else {})}
    return Step(
        operation.name,
        "PATCH",
        operation.path or resource.path + "/{id}",
        body,
        before,
        after,
        done=done,
        gates=gates,
        repeatable=operation.repeatable,
        dry_run=operation.dry_run,
    )


def called(record):
    """A resource in a sentence: its name and id, as far as it has them."""
    name, number = record.get("name"), record.get("id")
    return str(name or number) if not (name and number) else "%s (id %s)" % (name, number)

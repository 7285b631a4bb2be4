# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a resource: what the API says of it (values), one pure plan, and one way to carry the plan out.

``plan()`` decides and sends nothing. ``converge()`` finds the resource, waits for whatever is under way on it, plans,
and sends the steps, or in check mode does not: check mode, diff and run are the same list of steps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Callable

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict, snake_dict_to_camel_dict

from . import actions
from .errors import (
    Ambiguous,
    ApiError,
    EffectMissing,
    FixedDifference,
    InvalidInput,
    ItcareError,
    NotFound,
    OutcomeUnknown,
)

ACTIVE, INACTIVE, PREPARATION, REMOVED = "ACTIVE", "INACTIVE", "PREPARATION", "REMOVED"
SETTLE_SECONDS = 60  # an effect may be visible only a while after the action's success
LOST_SECONDS = 20  # that long is looked for the effect of a write that must not be repeated
_NO_NAME = re.compile(r"^!|,|^\s|\s$")  # in the API's filters a comma separates and ! excludes
ADOPTIONS = 5  # times that somebody else's action may come between the plan and its sending


# What the API says: values, one small file per family in products/


def _same(wanted, shown):
    """Equal, where an answer may leave out what is false or empty, and may show a number as text."""
    if isinstance(wanted, bool):
        return bool(shown) == wanted
    if isinstance(wanted, str) and shown is None:
        return wanted == ""
    return wanted == shown or (shown is not None and str(wanted) == str(shown))


def camel(name):
    """The API's spelling of an option: ``backup_enabled`` -> ``backupEnabled``."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def to_api(value):
    """An option's value in the API's spelling, without what was not given."""
    if isinstance(value, dict):
        return snake_dict_to_camel_dict({key: to_api(item) for key, item in value.items() if item is not None})
    if isinstance(value, list):
        return [to_api(item) for item in value]
    return value


@dataclass(frozen=True)
class Field:
    """One option of a resource.

    ``created_as`` is its name in the creation body (default: the camel-cased name; None: not in that body).
    ``read`` gives the value shown by a record, in the user's terms: a key of the record, a function of the record, or
    True for the key of that spelling; None says that it is never given back: sent, and never compared.
    ``same(wanted, shown)`` says when nothing is to do. ``changed_by`` names the operation that changes it in place and
    ``as_option`` its name among that operation's options; without ``changed_by`` it is fixed at creation.
    ``valid(value)`` and ``allowed(value, record)`` raise InvalidInput, before anything is sent.
    ``required`` is what a creation needs; ``secret`` stays out of diffs and results.
    """

    name: str
    created_as: str = ""
    read: object = True
    same: Callable = _same
    changed_by: str = None
    as_option: str = None
    valid: Callable = None
    allowed: Callable = None
    to_api: Callable = to_api
    required: bool = False
    secret: bool = False
    steps: Callable = None

    def shown(self, record):
        """The value that ``record`` shows, in the user's terms; None where it shows none."""
        if self.read is None:
            return None
        if callable(self.read):
            return self.read(record)
        return record.get(camel(self.name) if self.read is True else self.read)

    def differs(self, value, record):
        """Whether ``record`` shows another value than the wanted one. What is never shown never differs."""
        if self.read is None:
            return False
        return not self.same(value, self.shown(record))

    @property
    def body_name(self):
        return camel(self.name) if self.created_as == "" else self.created_as


@dataclass(frozen=True)
class Operation:
    """One change in place. The default request is ``PATCH {path}/{id}`` with ``{operation, options}``.

    ``also`` are options sent along when the user gave them: ``((option, name in the request), ...)``.
    ``check(wanted, record)`` raises InvalidInput; ``tidy(options)`` leaves out what does not go together.
    ``repeatable``: sending it twice does no more than sending it once. ``dry_run``: the platform may be asked to
    validate it; only for what can be taken back, since a method that ignores the header acts for real.
    """

    name: str
    also: tuple = ()
    check: Callable = None
    tidy: Callable = None
    repeatable: bool = True
    dry_run: bool = False
    path: str = None
    body: Callable = None


@dataclass(frozen=True)
class Resource:
    """A kind of resource: its name, its path, how it is listed, its fields and operations.

    ``listed_at`` is a path and the query that goes with it. ``delete_needs`` is the status that a deletion asks for.
    ``unique_name``: a name is taken in the whole platform, not only in its service.
    ``prepare(client, wanted)`` returns the ``wanted`` of a creation with names looked up; it may raise.
    ``also_read`` maps an option to a function of (client, record): what is read only when that option is given.
    ``plan(record, wanted)`` returns the steps of what is no resource of its own, record None where there is none.
    ``read(client, record)`` returns the record as it is now, or None (default: ``GET {path}/{id}``).
    ``settles_first``: what is under way can undo what is there, so it is waited for even where nothing is to do.
    """

    kind: str
    path: str
    fields: tuple
    operations: tuple = ()
    listed_at: tuple = None
    delete_needs: str = None
    delete_also: tuple = ()
    create_dry_run: bool = False
    unique_name: bool = False
    prepare: Callable = None
    also_read: dict = field(default_factory=dict)
    plan: Callable = None
    read: Callable = None
    settles_first: bool = False

    def operation(self, name):
        return next((operation for operation in self.operations if operation.name == name), None)


# What is to do: a plan


@dataclass(frozen=True)
class Step:
    """One request of a plan.

    ``path`` may hold ``{id}``, which a creation brings. ``before`` and ``after`` are its share of the diff.
    ``done(record)`` says whether its effect is there (record None: there is no such resource); None: it cannot be seen.
    ``gates``: the next step needs this one's effect. ``repeatable``: see Operation.
    """

    name: str
    method: str
    path: str
    body: object = None
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    done: Callable = None
    gates: bool = False
    repeatable: bool = True
    dry_run: bool = False


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
    sentences = []
    for one in resource.fields:
        shown = one.shown(current) if one.name in wanted else None
        if shown is None or one.changed_by or one.steps or not one.differs(wanted[one.name], current):
            continue
        sentences.append("%s is fixed at creation: it is %s, not %s" % (one.name, shown, wanted[one.name]))
    return sentences


def _creation(resource, wanted):
    given = [one for one in resource.fields if one.name in wanted and one.body_name]
    body = {one.body_name: one.to_api(wanted[one.name]) for one in given}
    after = {one.name: wanted[one.name] for one in given if not one.secret}
    return Step(
        "create",
        "POST",
        resource.path,
        body,
        after=after,
        done=lambda record: record is not None and record.get("status") != PREPARATION,
        gates=True,
        repeatable=False,
        dry_run=resource.create_dry_run,
    )


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
    """Steps before and after the other changes: a machine is changed while it is stopped anyway."""
    status = current.get("status")
    stop, start = _power(resource, "stop", wanted, current), _power(resource, "start", wanted, current)
    if state == "started" and status != ACTIVE:
        return [], [start]
    if state == "stopped" and status != INACTIVE:
        return [stop], []
    if state == "restarted":
        return ([stop], [start]) if status != INACTIVE else ([], [start])
    if state == "reset":
        if status != ACTIVE:
            raise InvalidInput(
                "%s is %s, and only an ACTIVE %s can be reset; use state=started"
                % (_called(current), status, resource.kind)
            )
        return [], [_power(resource, "reset", wanted, current)]
    return [], []


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
    """One step for each operation of which a field differs, and the steps of fields that have their own."""
    steps, updates = [], {}
    for one in resource.fields:
        if one.name not in wanted or (created and one.body_name):
            continue
        if one.steps:
            steps.extend(one.steps(one, current, wanted))
        elif one.changed_by and (created or one.differs(wanted[one.name], current)):
            if one.allowed:
                one.allowed(wanted[one.name], current)
            updates.setdefault(one.changed_by, []).append(one)
    for name, changed in updates.items():
        operation = resource.operation(name)
        if operation.check:
            operation.check(wanted, current)
        options = {}
        for one in resource.fields:  # an operation wants all its options: those not asked for stay as they are
            value = wanted.get(one.name, one.shown(current) if current else None)
            if one.changed_by == name and value is not None and (one.name in wanted or one.read is not None):
                options[one.as_option or camel(one.name)] = one.to_api(value)
        steps.append(
            _operation_step(
                resource,
                operation,
                options,
                wanted,
                before={one.name: one.shown(current) for one in changed if not one.secret},
                after={one.name: wanted[one.name] for one in changed if not one.secret},
                done=_all_same(changed, wanted),
            )
        )
    return steps


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
        done,
        gates,
        operation.repeatable,
        operation.dry_run,
    )


# What happens


@dataclass
class Outcome:
    """What a module's ``run()`` returns: the result without Ansible's own keys, and warnings."""

    changed: bool
    result: dict
    warnings: list = field(default_factory=list)


def converge(client, resource, params, check):
    """Bring one resource to the state that ``params`` (the module's options) ask for; an Outcome.

    The result holds the record under ``resource.kind``, ``diff``, ``steps`` (names), ``actions`` and, where ``wait`` is
    false, ``still_to_do``. With ``check`` no write is sent, unless ``server_dry_run`` asks the platform to validate.
    """
    run = Run(client, resource, params)
    run.find()
    run.make_plan()
    if check:
        run.validate_at_platform()
    else:
        run.carry_out()
    return run.outcome(check)


class Run:
    """One resource on its way from found to converged: what converge() knows while it goes on."""

    def __init__(self, client, resource, params):
        self.client = client
        self.resource = resource
        self.params = params
        self.wanted = wanted_of(resource, params)
        self.clock = actions.Clock(params["wait_timeout"])
        self.current = None
        self.first = None  # what was found before anything was sent
        self.steps = []
        self.sent = []
        self.actions = []
        self.still_to_do = []
        self.warnings = []

    # reading

    def find(self):
        """Look for the resource, by id or by name; ``current`` is its record or None."""
        self.current = find(self.client, self.resource, self.wanted)
        self._read_more(is_whole="id" in self.wanted)

    def read(self):
        """Read the resource again: by id once it has one."""
        if self.current is None or self.current.get("id") is None:
            return self.find()
        if self.resource.read:
            record = self.resource.read(self.client, self.current)
        else:
            record = self.client.find("%s/%s" % (self.resource.path, self.current["id"]))
        if record is None or record.get("status") == REMOVED:
            self.current = None
        else:
            self.current = record
            self._read_more(is_whole=True)

    def _read_more(self, is_whole):
        if self.current is None:
            return
        asked = [one for one in self.resource.fields if one.name in self.wanted and one.read and not one.steps]
        if not is_whole and any(one.shown(self.current) is None for one in asked):
            # A listing may leave out what the resource itself shows.
            self.current.update(self.client.find("%s/%s" % (self.resource.path, self.current["id"])) or {})
        for option, read in self.resource.also_read.items():
            if option in self.wanted:
                self.current[option] = read(self.client, self.current)

    # deciding

    def _refuse_fixed_differences(self):
        if self.current is None or self.wanted.get("state") == "absent":
            return
        sentences = fixed_differences(self.resource, self.current, self.wanted)
        if sentences and self.params.get("on_fixed_difference") != "warn":
            raise FixedDifference("%s: %s" % (_called(self.current), "; ".join(sentences)))
        self._warn("%s: %s" % (_called(self.current), sentence) for sentence in sentences)

    def make_plan(self):
        """Plan; where there is something to do, first wait for what is under way on the resource, and plan again."""
        for _dummy in range(ADOPTIONS):
            self.first = self.current
            refusal = None
            try:
                self._plan_once()
            except (FixedDifference, InvalidInput) as error:
                if not self.resource.settles_first:
                    raise
                refusal, self.steps = error, []
            settling = self.current is not None and (
                self.current.get("status") == PREPARATION or self.resource.settles_first
            )
            if not (self.steps or settling) or not self.adopt():
                break
            self.read()
        if refusal:
            raise refusal

    def _plan_once(self):
        self._refuse_fixed_differences()
        if self.resource.plan:
            self.steps = self.resource.plan(self.current, self.wanted)
            return
        wanted = self.wanted
        if self.current is None and wanted.get("state") != "absent":
            self._refuse_incomplete()
            wanted = self.resource.prepare(self.client, wanted) if self.resource.prepare else wanted
        self.steps = plan(self.resource, self.current, wanted)

    def adopt(self):
        """Wait for the actions under way on the resource; whether there were any that have ended now."""
        about = self.current or {}
        under_way = actions.in_progress(self.client, about.get("name") or self.wanted.get("name"), about.get("id"))
        if not under_way:
            return False
        if not self.params["wait"]:
            self.actions.extend(under_way)
            what = " and ".join(actions.describe(one) for one in under_way)
            self._warn(["%s under way on %s and wait is false: nothing was sent" % (what, self._called())])
            self.still_to_do, self.steps = [step.name for step in self.steps], []
            return False
        # How an action of somebody else ended is no failure of this task: what is there now is what counts.
        self.actions.extend(actions.follow(self.client, under_way, self.clock, self.params["wait_interval"]))
        return True

    def _refuse_incomplete(self):
        if "id" in self.wanted:
            raise NotFound(
                "no %s has the id %s; a new one gets its id from the platform" % (self.resource.kind, self.wanted["id"])
            )
        missing = [one.name for one in self.resource.fields if one.required and one.name not in self.wanted]
        if missing:
            raise InvalidInput(
                "no %s is named %s, and to create it these are missing: %s"
                % (self.resource.kind, self.wanted["name"], ", ".join(missing))
            )

    # acting

    def validate_at_platform(self):
        """Check mode: with ``server_dry_run``, let the platform validate the steps that it can validate."""
        if not self.params.get("server_dry_run"):
            return
        for index, step in enumerate(self.steps):
            if not step.dry_run or any(earlier.gates for earlier in self.steps[:index]):
                self._warn(["%s of %s was not validated by the platform" % (step.name, self._called())])
                continue
            self.client.send(step.method, self._path(step), step.body, dry_run=True)

    def carry_out(self):
        """Send the steps one by one; each waits for its action, and for its effect where the next needs it."""
        try:
            unseen, steps, conflicts = [], list(self.steps), 0
            while steps:
                step = steps.pop(0)
                if self.sent and self.sent[-1].gates:
                    self._wait_for_effect(unseen)
                    unseen = []
                try:
                    ended = self._perform(step)
                except ApiError as error:
                    conflicts += 1
                    if error.status != 409 or conflicts > ADOPTIONS or not self.adopt():
                        raise
                    # Somebody else's action came between the plan and this step.
                    self.read()
                    if self.sent:
                        steps.insert(0, step)
                    else:
                        self.make_plan()
                        steps = list(self.steps)
                    continue
                unseen.append(step)
                if not ended:
                    self.still_to_do = [step.name for step in steps]
                    return
            if self.sent:
                self._wait_for_effect(unseen)
        except ItcareError as error:
            if self.sent:
                error.details.setdefault("changed", True)
                error.details.setdefault("steps_sent", [step.name for step in self.sent])
            raise

    def _perform(self, step):
        """Send one step and wait for its actions; False when it goes on because ``wait`` is false."""
        try:
            answer = self.client.send(step.method, self._path(step), step.body)
        except OutcomeUnknown as unknown:
            answer = self._after_lost_answer(step, unknown, again=step.repeatable and step.done is not None)
        self.sent.append(step)
        started = actions.of_answer(answer)
        if not started:
            return True
        if not self.params["wait"]:
            self.actions.extend(started)
            return all(actions.has_ended(one) for one in started)
        position = len(self.actions)
        self.actions.extend(started)
        self.actions[position:] = actions.follow(self.client, started, self.clock, self.params["wait_interval"])
        actions.check(self.actions[position:])
        return True

    def _after_lost_answer(self, step, unknown, again):
        """Look whether ``step`` took effect; the answer to go on with. ``again``: if not, it may be sent once more.

        What must not be repeated is looked for longer, since its effect may be visible late.
        """
        clock = actions.Clock(max(0, min(self.clock.left, 1 if again else LOST_SECONDS)))
        pause = 0.25
        while True:
            about = self.current or {}
            name = about.get("name") or self.wanted.get("name")
            under_way = actions.in_progress(self.client, name, about.get("id"))
            self.read()
            if under_way or (step.done and step.done(self.current)):
                self._warn(["%s of %s: the answer was lost, but it took effect" % (step.name, self._called())])
                return under_way
            if clock.left <= 0:
                break
            clock.sleep(pause)
            pause *= 2
        if again:
            try:
                return self.client.send(step.method, self._path(step), step.body)
            except (OutcomeUnknown, ApiError) as problem:  # a refusal may mean that the first one took effect
                if problem.details.get("status") == 409:
                    raise
                return self._after_lost_answer(step, problem, again=False)
        raise OutcomeUnknown(
            "%s. %s of %s may have taken effect or not, and no trace of it is visible. Nothing was sent again; run the "
            "task again in a while: it looks first" % (unknown, step.name, self._called())
        ) from unknown

    def _wait_for_effect(self, steps):
        """Read the resource until the effect of ``steps`` can be seen. Raises EffectMissing when it never is."""
        clock = actions.Clock(max(0, min(self.clock.left, SETTLE_SECONDS)))
        pause = 0.25
        while True:
            self.read()
            missing = [step for step in steps if step.done and not step.done(self.current)]
            if not missing:
                return
            if self.current and self.current.get("status") == PREPARATION and self.clock.left > 0:
                clock = actions.Clock(SETTLE_SECONDS)  # the platform is still at it, and shows so
            if clock.left <= 0:
                raise EffectMissing(
                    "the platform reports success, yet after %d s %s does not show it: %s"
                    % (clock.seconds, self._called(), "; ".join(_expectation(step) for step in missing))
                )
            clock.sleep(pause)
            pause = min(2 * pause, 5)

    # telling

    def outcome(self, check):
        """The Outcome of what was planned or sent."""
        steps = self.steps if check else self.sent
        record = self.current
        if check and record is None and steps:
            record = dict(steps[0].after)
        result = {
            self.resource.kind: to_result(record),
            "diff": [self._diff(step) for step in steps],
            "steps": [step.name for step in steps],
            "actions": [to_result(one) for one in self.actions],
        }
        if self.still_to_do:
            result["still_to_do"] = self.still_to_do
        return Outcome(bool(steps), result, self.warnings)

    def _warn(self, sentences):
        self.warnings.extend(sentence for sentence in sentences if sentence not in self.warnings)

    def _diff(self, step):
        name = self.wanted.get("name") or (self.first or {}).get("name") or self.wanted["id"]
        header = "%s (%s)" % (name, step.name)
        return {"before_header": header, "after_header": header, "before": step.before, "after": step.after}

    def _path(self, step):
        return step.path.format(id=(self.current or {}).get("id"))

    def _called(self):
        return _called(self.current or self.first or self.wanted)


def find(client, resource, wanted):
    """The record of the resource that ``wanted`` names by id or by name, or None.

    Raises Ambiguous where several bear the name, and FixedDifference where the name is taken in another service.
    """
    if "id" in wanted:
        record = client.find("%s/%s" % (resource.path, wanted["id"]))
        return None if record is None or record.get("status") == REMOVED else record
    name = wanted["name"]
    path, query = resource.listed_at or (resource.path, {})
    rows = [row for row in client.pages(path, {**query, "names": [name]}) if row.get("status") != REMOVED]
    # The API may compare without case, or by a part of the name; an exact match is always meant first.
    matches = [row for row in rows if row.get("name") == name]
    matches = matches or [row for row in rows if str(row.get("name")).casefold() == name.casefold()]
    service = next((one for one in resource.fields if one.name == "service_id"), None)
    if service and "service_id" in wanted:
        inside = [row for row in matches if not service.differs(wanted["service_id"], row)]
        if matches and not inside and resource.unique_name and wanted.get("state") != "absent":
            raise FixedDifference(
                "%s: service_id is fixed at creation: it is %s, not %s"
                % (name, service.shown(matches[0]), wanted["service_id"])
            )
        matches = inside
    if len(matches) > 1:
        raise Ambiguous(
            "%d resources of kind %s are named %s: %s; give id, or narrow with service"
            % (len(matches), resource.kind, name, "; ".join(_with_service(row) for row in matches))
        )
    return matches[0] if matches else None


def wanted_of(resource, params):
    """The options of ``params`` that were given, validated by their fields. Raises InvalidInput."""
    wanted = {key: value for key, value in params.items() if value is not None}
    if not wanted.get("name") and "id" not in wanted:
        raise InvalidInput("give name or id")
    if _NO_NAME.search(wanted.get("name", "")):
        raise InvalidInput("name: %r has a comma, a leading ! or blanks around it" % wanted["name"])
    for one in resource.fields:
        if one.valid and one.name in wanted:
            one.valid(wanted[one.name])
    return wanted


def to_result(record):
    """A record with snake_case keys; the keys of ``tags`` are the user's and stay as they are."""
    if record is None:
        return None
    record = {key: value for key, value in record.items() if not key.startswith("_")}
    return camel_dict_to_snake_dict(record, ignore_list=("tags",))


def _expectation(step):
    wanted = ", ".join("%s=%s" % pair for pair in step.after.items()) or "removed"
    return "%s should lead to %s" % (step.name, wanted)


def _called(record):
    name, number = record.get("name"), record.get("id")
    return str(name or number) if not (name and number) else "%s (id %s)" % (name, number)


def _with_service(row):
    return "id %s in service %s (%s)" % (row.get("id"), row.get("serviceName"), row.get("serviceId"))

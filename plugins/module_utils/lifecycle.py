# SPDX-License-Identifier: GPL-3.0-or-later
"""Find a resource, wait for whatever is under way on it, plan, and send the steps, or in check mode do not.

Check mode, diff and run are the same list of steps, the plan's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from . import actions
from .errors import (
    ApiError,
    EffectMissing,
    FixedDifference,
    InvalidInput,
    ItcareError,
    NotFound,
    OutcomeUnknown,
)
from .finding import find, is_clear
from .plan import called, fixed_differences, plan
from .resource import PREPARATION, REMOVED, to_result

LOST_SECONDS = 20  # that long is looked for the effect of a write that must not be repeated
FIRST_PAUSE = 0.25  # seconds between two looks for an effect, doubled each time
ADOPTIONS = 5  # times that somebody else's action may come between the plan and its sending


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
        self.id = None  # stays when a read does not show the resource for a moment
        self.is_whole = False  # whether the record is the resource itself, or a row of a listing
        self.current = None
        self.first = None  # what was found before anything was sent
        self.steps = []
        self.sent = []
        self.actions = []
        self.still_to_do = []
        self.warnings = []

    # reading

    @property
    def current(self):
        """The record (dict) as it was read last; None where there is no such resource."""
        return self._current

    @current.setter
    def current(self, record):
        self._current = record
        self.id = (record or {}).get("id", self.id)

    def find(self):
        """Look for the resource, by id or by name; ``current`` is its record or None."""
        self.current = find(self.client, self.resource, self.wanted)
        self.is_whole = "id" in self.wanted
        self._read_more()

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
            self.current, self.is_whole = record, True
            self._read_more()

    def _read_more(self):
        if self.current is None:
            return
        own = [one for one in self.resource.fields if one.name not in self.resource.also_read]
        asked = [one for one in own if one.name in self.wanted and one.read]
        if any(one.shown(self.current) is None for one in asked):
            self._read_whole()
        for option, read in self.resource.also_read.items():
            if option in self.wanted:
                self.current[option] = read(self.client, self.current)
        for one in asked:
            value = self.wanted[one.name]
            if one.lookup and one.differs(value, self.current):
                self.wanted[one.name] = one.lookup(self.client, value)

    def _read_whole(self):
        """Read the resource itself: a listing may leave out what it shows."""
        if not self.is_whole:
            whole = self.client.find("%s/%s" % (self.resource.path, self.current["id"])) or {}
            read_elsewhere = self.resource.also_read
            self.current.update((key, value) for key, value in whole.items() if key not in read_elsewhere)
            self.is_whole = True

    def _read_facts(self):
        """What a change needs to know, where there will be one."""
        if self.current is None or self.wanted.get("state") == "absent":
            return
        given = [one for one in self.resource.fields if one.name in self.wanted]
        differing = [one for one in given if one.differs(self.wanted[one.name], self.current)]
        if differing:
            self._read_whole()
        for one in differing:
            if one.name in self.resource.facts:
                self.current["_" + one.name] = self.resource.facts[one.name](self.client, self.current)

    # deciding

    def _refuse_fixed_differences(self):
        if self.current is None or self.wanted.get("state") == "absent":
            return
        sentences = fixed_differences(self.resource, self.current, self.wanted)
        if sentences and self.params.get("on_fixed_difference") != "warn":
            raise FixedDifference("%s: %s" % (called(self.current), "; ".join(sentences)))
        self._warn("%s: %s" % (called(self.current), sentence) for sentence in sentences)

    def make_plan(self):
        """Plan; where there is something to do, first wait for what is under way on the resource, and plan again."""
        for _dummy in range(ADOPTIONS):
            refusal = self._plan_or_refuse()
            unfinished = self.steps or (self.current or {}).get("status") == PREPARATION
            if not (unfinished or (self.current and self.resource.settles_first)):
                break
            adopted = self.adopt()
            if adopted:
                self._read_adopted()
                continue
            if adopted is None and unfinished and self._has_moved_on():
                refusal = self._plan_or_refuse()
            break
        else:  # somebody is busy with it again and again: what is there now counts, not what was before the last wait
            refusal = self._plan_or_refuse()
        if refusal:
            raise refusal

    def _plan_or_refuse(self):
        """Plan; the refusal instead, where what is under way might yet change it."""
        self.first = self.current
        try:
            self._plan_once()
        except (FixedDifference, InvalidInput) as error:
            if not self.resource.settles_first:
                raise
            self.steps = []
            return error
        return None

    def _has_moved_on(self):
        """Read again, now that nothing is under way: what was so at the first look may have ended before the second.

        Whether the record has changed; where it has not, the plan stands.
        """
        self.read()
        if self._may_appear():
            self._read_until(lambda: self.current is not None, LOST_SECONDS)
        before, now = self.first, self.current
        if before is None or now is None:
            moved = before is not now
        else:
            moved = any(key in now and now[key] != value for key, value in before.items())
        if moved and before is None:
            self.wanted["_new"] = True
        return moved

    def _may_appear(self):
        """Whether it is to be created, and an earlier run may have done so: its effect may be visible late."""
        if not self.steps or self.current or self.resource.plan or self.resource.under_way:
            return False
        return actions.is_awaited(self.client, self.wanted["name"])

    def _read_until(self, seen, seconds):
        """Read, and go on reading until ``seen()``, for so many seconds at most."""
        clock = actions.Clock(max(0, min(self.clock.left, seconds)))
        pause = FIRST_PAUSE
        self.read()
        while not seen() and clock.left > 0:
            clock.sleep(pause)
            pause *= 2
            self.read()

    def _plan_once(self):
        if self.resource.resolve:
            self.wanted = self.resource.resolve(self.client, self.current, self.wanted)
        self._read_facts()
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
        """Wait for the actions under way on the resource: True when they have ended, False when ``wait`` is false and
        they are left to themselves, None where there are none.
        """
        under_way = self._under_way()
        if not under_way:
            return None
        if not self.params["wait"]:
            self.actions.extend(under_way)
            what = " and ".join(actions.describe(one) for one in under_way)
            self._warn(["%s under way on %s and wait is false: nothing was sent" % (what, self._called())])
            self.still_to_do, self.steps = [step.name for step in self.steps], []
            return False
        # How an action of somebody else ended is no failure of this task: what is there now is what counts.
        self.actions.extend(actions.follow(self.client, under_way, self.clock, self.params["wait_interval"]))
        return True

    def _read_adopted(self):
        """Read again. If what was under way is what is planned, its effect may be visible late, and is looked for."""
        if self.first is None or (self.resource.is_new and self.resource.is_new(self.first)):
            self.wanted["_new"] = True
        visible = [step for step in self.steps if step.done]
        step = next((step for step in visible if not step.repeatable), visible[0] if visible else None)
        succeeded = any(one.get("status") == actions.SUCCESS for one in self.actions)
        self._read_until(
            lambda: not (step and succeeded) or step.done(self.current),
            1 if step is None or step.repeatable else LOST_SECONDS,
        )

    def _under_way(self):
        if self.resource.under_way:
            return self.resource.under_way(self.client, self.current, self.wanted)
        about = self.current or self.wanted
        return actions.in_progress(self.client, about.get("name"), about.get("id"))

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
                if step.pause:
                    self.clock.sleep(step.pause)
                    self.sent.append(step)
                    continue
                if step.late:
                    self.sent.append(step)
                    steps[:0] = [replace(one, part_of=step.name) for one in step.late(self.current)]
                    continue
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
                if not (step.shown and step.done(self.current)):
                    unseen.append(step)
                if not ended:
                    self.still_to_do = list(dict.fromkeys(step.part_of or step.name for step in steps))
                    return
            if unseen:
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
            self.current = (step.shown and self.current and step.shown(self.current, answer)) or self.current
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
        pause = FIRST_PAUSE
        while True:
            under_way = self._under_way()
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
        clock = actions.Clock(max(0, min(self.clock.left, actions.SETTLE_SECONDS)))
        pause = FIRST_PAUSE
        while True:
            self.read()
            missing = [step for step in steps if step.done and not step.done(self.current)]
            if not missing:
                return
            if self.current and self.current.get("status") == PREPARATION and self.clock.left > 0:
                clock = actions.Clock(actions.SETTLE_SECONDS)  # the platform is still at it, and shows so
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
        steps = self.steps if check else [step for step in self.sent if not step.part_of]
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
        return step.path.format(id=self.id)

    def _called(self):
        return called(self.current or self.first or self.wanted)


def wanted_of(resource, params):
    """The options of ``params`` that were given, validated by their fields. Raises InvalidInput."""
    wanted = {key: value for key, value in params.items() if value is not None}
    if not wanted.get("name") and "id" not in wanted:
        raise InvalidInput("give name or id")
    if "name" in wanted and not is_clear(wanted["name"]):
        raise InvalidInput("name: %r has a comma, a leading ! or blanks around it" % wanted["name"])
    for one in resource.fields:
        if one.valid and one.name in wanted:
            one.valid(wanted[one.name])
    return wanted


def _expectation(step):
    wanted = ", ".join("%s=%s" % pair for pair in step.after.items()) or "removed"
    return "%s should lead to %s" % (step.name, wanted)

# SPDX-License-Identifier: GPL-3.0-or-later
"""One cell: a task, what somebody else does, and before which request of the task. Then the task again, and again."""

from __future__ import annotations

import collections
import json
import random
import re
import urllib.parse
from dataclasses import dataclass, field, replace

from ansible_collections.cegedim.cloud.plugins.module_utils.spelling import SNAKE
from ansible_collections.cegedim.cloud.tests.reliability.matrix import cells
from ansible_collections.cegedim.cloud.tests.reliability.matrix.faults import Fault
from ansible_collections.cegedim.cloud.tests.reliability.races import deeds
from ansible_collections.cegedim.cloud.tests.simulator import colleague, contract
from ansible_collections.cegedim.cloud.tests.simulator.companions.server import Call
from ansible_collections.cegedim.cloud.tests.simulator.state import KINDS
from ansible_collections.cegedim.cloud.tests.unit.plugins import test_every_reading
from ansible_collections.cegedim.cloud.tests.unit.plugins.companions import scenarios

ANY_REQUEST = Fault(lambda platform, request, serve: serve(), at="but_token")
# Why a task may not go on once somebody has taken its resource away, renamed it or added another one.
NO_MORE = re.compile(
    r"is named|are named|no \w|not found|exist|is gone|not there|missing|fixed at creation|has the|name of several",
    re.I,
)
# What stops a task once somebody has stopped its resource, made it larger, or added the same nodes.
NOT_SO = re.compile(r"INACTIVE|only grows|not shrink|smaller|scale_down is false")


class Nothing(BaseException):
    """There is nothing to do for somebody else: the cell ends here."""


@dataclass
class Known:
    """The task without anybody else: its Baseline, its requests, and whether it makes something new."""

    baseline: cells.Baseline
    sent: list = field(default_factory=list)
    creates: bool = False

    def positions(self):
        """The numbers of the requests before which somebody else acts: of equal ones the first two and the last."""
        return self.baseline.positions(ANY_REQUEST)


def known(platform, work):
    """The Known of a work, without a trace of it in this process."""

    def measured():
        before = len(platform.state.resources)
        found = Known(cells.baseline(platform, work), list(platform.sent))
        found.creates = len(platform.state.resources) > before
        return found

    found = cells.in_child(measured)
    assert isinstance(found, Known), "\n".join(found.troubles)
    return found


def strings_in(value):
    """All texts in options, as a set."""
    if isinstance(value, dict):
        return set().union(*map(strings_in, value.values()), map(str, value)) if value else set()
    if isinstance(value, list):
        return set().union(*map(strings_in, value)) if value else set()
    return {value} if isinstance(value, str) else set()


@dataclass
class Scene:
    """What somebody else finds, and what it was like before and after the deed (``{id: text}``)."""

    platform: object
    work: object
    known: Known
    position: int
    deed: deeds.Deed
    start: dict = None
    before: dict = None
    after: dict = None
    has_seen: bool = False
    record: dict = None

    def __post_init__(self):
        self.strings = strings_in(self.work.options)
        if not self.companion:
            self.start = self.platform.everything()
            self.meant = set()
            self.look()

    # For a deed

    @property
    def companion(self):
        return self.platform.companion

    @property
    def state(self):
        return self.platform.state

    @property
    def creates(self):
        return self.known.creates

    @property
    def name(self):
        """The name of what the task is about."""
        scenario, step = self.work.scenario, self.work.step
        if scenario:
            return step.of or scenario.name
        for action in self.state.actions.all():
            if action.id in (self.work.options.get("ids") or ()):
                return action.resource_name
        return next((one for one in sorted(self.strings) if self.state.named(one)), None)

    def existing(self):
        """The record that the task is about, where anybody can see it."""
        if self.record is None or self.record["_state"] != "live":
            raise deeds.NotNow
        return self.record

    def family(self):
        """The record and what belongs to it."""
        return [self.existing(), *self.state.nodes(self.existing()["id"])]

    def others(self):
        """Other resources that the task names."""
        mine = {one["id"] for one in self.family()} if self.record else set()
        found = [one for name in sorted(self.strings) for one in self.state.named(name)]
        return [one for one in found if one["id"] not in mine and one["_state"] == "live"]

    def address(self):
        """The path of the record: its name may be another one's, too."""
        record = self.existing()
        if record["_kind"] == "url":
            return "%s/%d/urls/%d" % (KINDS["url"].path, record["_parent"], record["id"])
        kind = "instance" if record["_kind"] == "application_server" else record["_kind"]
        return "%s/%d" % (KINDS[kind].path, record["id"])

    def order(self, method, path, body, seconds):
        """An order of somebody else."""
        try:
            colleague.perform(self.platform.world, method, path, body, seconds)
        except (ValueError, KeyError):
            raise deeds.NotNow from None

    def repeat(self, seconds):
        """Give the order that the task is about to give."""
        sent = next((one for one in self.known.sent[self.position :] if one.order), None)
        if sent is None:
            raise deeds.NotNow
        parts = urllib.parse.urlsplit(sent.url)
        if self.companion:
            operation, words = self.companion._route(sent.method, parts.path)
            raw = sent.body.encode() if isinstance(sent.body, str) else sent.body
            query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
            operation.handler(self.companion, Call(operation, words, query, sent.headers, raw))
            return
        path = parts.path.removeprefix(contract.BASE) + ("?" + parts.query if parts.query else "")
        self.order(sent.method, path, json.loads(sent.body) if sent.body else None, seconds)

    # The deed

    def strike(self, platform, _request, serve):
        """For a Fault: somebody else acts, and then the platform does."""
        if not self.companion:
            self.before = platform.everything()
            self.look()
            self.record = self._find()
            number = self.record and re.compile(rb"\b%d\b" % self.record["id"])
            self.has_seen = bool(number) and any(number.search(one.shown or b"") for one in platform.sent)
        try:
            self.deed.do(self)
        except deeds.NotNow:
            raise Nothing from None
        platform.struck = True
        if not self.companion:
            self.after = platform.everything()
        return serve()

    def _find(self):
        service = self.work.scenario and self.work.scenario.service
        found = self.state.named(self.name) if self.name else []
        return next((one for one in found if service in (None, one["serviceId"])), None)

    # What became of it

    @property
    def is_stopped(self):
        return self.deed.do in (deeds.stop, deeds.begin_stop)

    @property
    def is_stripped(self):
        return self.deed.do is deeds.strip

    def look(self):
        """Note what the task may touch: what is there of its name now, and what belongs to that."""
        for record in list(self.state.resources.values()):
            if self._is_meant(record):
                self.meant.add(record["id"])

    def _is_meant(self, record):
        if record.get("_parent") in self.meant:
            return True
        if self.work.scenario:
            return self.work.scenario.means(self.platform, record)
        awaited = self.work.options.get("ids") or ()
        if any(action.resource_id == record["id"] for action in self.state.actions.all() if action.id in awaited):
            return True
        while record["name"] not in self.strings:
            record = self.state.resources.get(record.get("_parent") or record.get("_cluster"))
            if record is None:
                return False
        return True

    def touched(self, is_first):
        """What was touched and must not have been, as sentences."""
        now = self.platform.everything()
        theirs = self.after.keys() - self.before.keys()
        # What somebody else has put in the place of what the task had seen is another resource. Another task may take
        # it for what is meant, unless there are two.
        # URLs and patch policies are found below their load balancer or service, anew just before the order, and what
        # an estate has just created by its name, which is all that its action shows.
        is_part = self.work.module in ("itcare_loadbalancer_url", "itcare_patch_policy", "itcare_estate")
        is_free = self.deed.shares or not (self.has_seen or self.deed.is_twin)
        is_free = is_free or (is_part and all(map(self._was_shown, theirs)))
        if not is_first:
            is_free = not self.deed.is_twin or self.record["id"] not in now
        new = {
            number
            for number in now.keys() - self.after.keys()
            if number in self.state.resources and self._is_meant(self.state.resources[number])
        }
        allowed = self.meant | new | (theirs if is_free else set())
        return [
            "touched: %s: %s" % (number, test_every_reading.difference(one.get(number), other.get(number)))
            for one, other in ((self.start, self.before), (self.after, now))
            for number in sorted(one.keys() | other.keys())
            if one.get(number) != other.get(number) and number not in allowed
        ]

    def _was_shown(self, number):
        """Whether the task read this number between the deed and its next order."""
        for one in self.platform.sent[self.position :]:
            if one.order:
                return False
            if one.method == "GET" and re.search(rb"\b%d\b" % number, one.shown or b""):
                return True
        return False

    def written_under_another_name(self):
        """Orders to a resource after its page had shown that it is called otherwise by now."""
        # A load balancer is also found by its URLs.
        if self.deed.do is not deeds.rename or self.record is None or self.record["_kind"] == "loadbalancer":
            return []
        page = re.compile(r"/%d$" % self.record["id"])
        has_shown, troubles = False, []
        for one in self.platform.sent[self.position :]:
            if one.order and has_shown and re.search(r"/%d\b" % self.record["id"], one.path):
                troubles.append("it was renamed, the task could see it, and yet: %s" % one)
            has_shown = has_shown or (one.method == "GET" and one.status == 200 and bool(page.search(one.path)))
        return troubles

    def tells(self, result):
        """Whether a result tells what has become of the resource, as far as the task could see it."""
        if self.companion:
            has_looked = any(not (one.order or one.is_token) for one in self.platform.sent[self.position :])
            return not has_looked or deeds.are_told(self.companion, result)
        if self.work.step.shows is None:  # what it removed is gone, and another one is none of its business
            return self.deed.another and self.record["id"] not in self.state.resources
        record = self._find()
        if record is None or not self._could_see():
            return not self._could_see()
        shown = [one for one in result.values() if isinstance(one, dict) and one.get("id") == record["id"]]
        return all(
            one[snake] == record[key]
            for one in shown
            for key in self.work.step.shows
            for snake in [SNAKE[key]]
            if snake in one and key != "tags"
        )

    @property
    def makes_another_disk(self):
        """Whether somebody else asked for the same disk after the task's last look at the listing.

        OpenvCloud then makes two of one name; the second run asks which one is meant.
        """
        if self.work.module != "ovc_disk" or not self.deed.shares:
            return False
        after = self.platform.sent[self.position :]
        order = next((number for number, one in enumerate(after) if one.order), None)
        return order is not None and not any(
            one.path.rpartition("/")[0] == after[order].path.rpartition("/")[0] for one in after[:order]
        )

    def _could_see(self):
        """Whether the task read the resource, or a listing of it, after the deed."""
        looks = [one for one in self.platform.sent[self.position :] if one.method == "GET"]
        number = re.compile(r"/%d$" % self.record["id"] if self.record else "$^")
        listed = [one for one in looks if "names=" in one.url and "/actions" not in one.path]
        return bool(listed) or any(number.search(one.path) for one in looks)

    def several(self):
        """Of what there are two by now: ``(kind, name, place)``."""
        if self.companion:
            rows = [
                (index, deeds.name_of(row), deeds.place_of(self.companion, table, row))
                for index, table in enumerate(deeds.rows_of(self.companion))
                for row in table.values()
                if deeds.is_there(row) and not str(deeds.name_of(row)).startswith(("Boot disk", "Data disk"))
            ]
        else:
            rows = [
                (one["_kind"], one["name"], one["serviceId"])
                for one in self.state.resources.values()
                if one["_state"] in ("live", "hidden") and "_parent" not in one
            ]
        return [one for one, count in collections.Counter(rows).items() if count > 1]


# Fields of a step's effect, and whether a task asks for what somebody else may have changed of it.
ASKED = {
    "tags": lambda scene, options: False,  # see _missing_tags
    "status": lambda scene, options: options.get("state", "present") != "present",
    # What a stop switches off, or leaves as it is until the resource runs.
    "monitoringEnabled": lambda scene, options: not scene.is_stopped,
    "_volumes": lambda scene, options: "volumes" in options and not (scene.is_stopped or scene.is_stripped),
    "_members": lambda scene, options: "members" in options and not scene.is_stripped,
    "_dns": lambda scene, options: not scene.is_stripped,
}


@dataclass
class Outcome(cells.Outcome):
    """What became of a cell."""

    wrong_writes: int = 0


def each(platform, work, found, wanted):
    """``(name, position, Outcome)`` of each cell in ``wanted``. The platform stays as it is."""
    for name, position in wanted:
        outcome = cells.in_child(lambda: tried(platform, work, found, name, position))  # noqa: B023
        yield name, position, outcome if isinstance(outcome, Outcome) else Outcome(True, troubles=outcome.troubles)


def tried(platform, work, found, name, position):
    """Run one cell; its Outcome."""
    table = deeds.OF_COMPANIONS if platform.companion else deeds.DEEDS
    work = replace(work, options=work.given(platform))  # as they are before anybody has done anything
    outcome, scene = Outcome(), Scene(platform, work, found, position, table[name])
    platform.orders.clear()
    platform.inject(Fault(scene.strike), position)
    random.seed("%s %s %d" % (work.id, name, position))
    try:
        first = cells.attempt(platform, work, outcome, "first")
    except Nothing:
        return outcome
    outcome.struck = platform.struck
    outcome.requests = [str(one) for one in platform.sent]
    if not outcome.struck or first is None:
        return outcome
    outcome.succeeded, outcome.message = not first.get("failed"), str(first.get("msg", ""))
    _judge_first(scene, first, cells.effects(platform), outcome)
    platform.pass_time(60)
    platform.calm()
    if not work.raw:
        _converges(scene, outcome)
    _judge_all(scene, outcome)
    return outcome


def _judge_first(scene, first, effects, outcome):
    work = scene.work
    if not scene.companion:
        wrong = scene.touched(is_first=True) + scene.written_under_another_name()
        outcome.wrong_writes += len(wrong)
        outcome.troubles += wrong
    if not scene.deed.undoes and not work.again:
        for key, count in effects.items():
            if key in scene.known.baseline.orders and count > scene.known.baseline.orders[key]:
                outcome.duplicates += 1
                outcome.troubles.append("%s %s %s took effect %d times" % (*key, count))
    if work.step and outcome.succeeded and not first.get("still_to_do"):
        problem = _what_is_missing(scene)
        if problem and not scene.tells(first):
            outcome.troubles.append("a success that tells something else than it could see: %s" % problem)


def _judge_all(scene, outcome):
    twice = [] if scene.makes_another_disk else scene.several()
    outcome.duplicates += len(twice)
    outcome.troubles += ["there are two of %s %s in %s" % one for one in twice]
    if not scene.companion and not outcome.wrong_writes:
        wrong = scene.touched(is_first=False)
        outcome.wrong_writes += len(wrong)
        outcome.troubles += wrong
    if scene.platform.strangers:
        outcome.leaks += 1
        outcome.troubles.append("a request went elsewhere: %s" % scene.platform.strangers)
    outcome.troubles += scene.platform.broken_rules()


def _what_is_missing(scene):
    """What of a step's effect is not there (a sentence), as far as its task has asked for it."""
    work, options = scene.work, scene.work.options
    step = work.step
    if scene.companion:
        state = options.get("state", "present")
        if (scene.deed.removes and state == "absent") or (scene.deed.do is deeds.halt and state == "present"):
            return None
        try:
            scenarios.Watched(scene.companion, work.scenario, step).holds()
        except AssertionError as problem:
            return str(problem).partition("\n")[0]
        return None
    if step.shows:
        left_out = [key for key, is_asked in ASKED.items() if key in step.shows and not is_asked(scene, options)]
        step = replace(step, shows={key: value for key, value in step.shows.items() if key not in left_out})
    try:
        test_every_reading.holds(scene.platform, work.scenario, step)
    except AssertionError as problem:
        is_gone = scene.platform.record(step.of or work.scenario.name, work.scenario.service) is None
        if is_gone and options.get("state") == "absent":  # so is the part of it that was to be removed
            return None
        return str(problem).partition("\n")[0]
    except TypeError:  # a member of a pool is gone
        return None
    if step.shows is not None and options.get("tags") and "tags" in work.step.shows:
        return _missing_tags(scene, options)
    return None


def _missing_tags(scene, options):
    """Of the tags only those that the task names are its business."""
    record = scene.platform.record(scene.name, scene.work.scenario.service)
    if record is None:
        return None if options.get("state") == "absent" else "%s is not there" % scene.name
    shown = {one["tagKey"]: one["tagValue"] for one in record["tags"]}
    if options.get("state") == "absent":
        return next((one for one in options["tags"] if one in shown), None)
    if options.get("tags_mode") == "replace" and shown != options["tags"]:
        return "the tags are %s" % shown
    return next((one for one, value in options["tags"].items() if shown.get(one) != value), None)


def _converges(scene, outcome):
    """Without anybody else a second run reaches the state, and a third one changes nothing."""
    platform, work = scene.platform, scene.work
    second = cells.attempt(platform, work, outcome, "second")
    if second is None:
        return
    platform.pass_time(60)
    if second.get("failed"):
        may_fail = scene.deed.removes or scene.deed.another or scene.makes_another_disk
        if not (may_fail and NO_MORE.search(second["msg"]) or NOT_SO.search(second["msg"])):
            outcome.troubles.append("the second run failed: %s" % second["msg"])
        return
    if work.step:
        problem = _what_is_missing(scene)
        if problem and not scene.deed.is_twin:
            outcome.troubles.append("after the second run: %s" % problem)
    orders = len(platform.orders)
    third = cells.attempt(platform, work, outcome, "third")
    if third is None or work.again:
        return
    if third.get("failed") or third.get("changed") or len(platform.orders) > orders:
        told = third.get("msg") or third.get("steps") or "it changed something"
        outcome.troubles.append("the third run still had something to do: %s" % told)

# SPDX-License-Identifier: GPL-3.0-or-later
"""One description of an estate, brought about in one task: itcare_estate.

First everything is read and checked, as in a batch. Then each resource decides in check mode, on one snapshot of what
is there; that is the whole plan. Only what has something to do runs after that, each looking again, in turns: what a
later turn has may need what an earlier one has made. What fails leaves the others going.
"""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..module_utils import entry
from ..module_utils.arguments import GROUPS
from ..module_utils.clock import Clock
from ..module_utils.errors import CloudError, refuse
from ..module_utils.identity import find
from ..module_utils.products.shared.tags import OWNER
from ..module_utils.run import wanted_of
from ..modules import itcare_estate
from . import batch, estate_prune
from .estate_kinds import kinds
from .estate_snapshot import Snapshot
from .fast_lane import aliases_that_differ, name_of, read_options
from .kinds import turn
from .only_here import OnlyHere

AT_ONCE = 250  # items that decide on one snapshot, which is forgotten after that
DECIDING_AT_ONCE = 32  # threads; they mostly wait for the platform, and for each other's Python
CREATE, CHANGE, REMOVE = "create", "change", "remove"
DONE = {CREATE: "created", CHANGE: "changed", REMOVE: "removed"}
SENDER = "itcare_estate"
# Options of the task that are also those of each resource.
SHARED = (*GROUPS["auth"], *GROUPS["wait"], *GROUPS["protection"])
TOO_LATE = "nothing was sent, since the wait_timeout of the task (%g s) is over; run it again to go on"
CHANGED = "%s %s (id %s): it was not pruned, since it is not as it was when the plan was made"
UNTAGGED = "%s: it was created, and may lack the tag %s=%s; see the option name"
WAITS = "wait is false: itcare_estate waits for all of its resources; itcare_batch need not"


class Estate(OnlyHere):
    """The action plugin of itcare_estate."""

    def _answer(self, given, check):
        return run_estate(given, check, self._not_here())


@dataclass
class Item(batch.Item):
    """One resource of an estate, or a part of one.

    ``creation`` are options (dict) for the case that it does not exist, and ``created`` all options (dict) then.
    ``plan`` is what is to be done (CREATE, CHANGE, REMOVE or None), ``is_open`` whether something has to be waited for
    first, ``is_missing`` whether it does not exist.
    ``view`` is how it sees the Snapshot, ``twin`` an earlier item that is the same. ``found`` is the id (str)
    of the whole resource by the plan, and ``needs`` are the names (set of str, in lower case) of what does not exist
    yet and other items create.
    """

    creation: dict = field(default_factory=dict)
    created: dict = field(default_factory=dict)
    plan: str = None
    is_open: bool = False
    is_missing: bool = False
    view: object = None
    twin: object = None
    found: str = None
    needs: set = field(default_factory=set)

    @property
    def kind(self):
        """The Kind of a whole resource, else None."""
        return kinds().get(name_of(self.module)[len("itcare_") :])

    @property
    def is_removal(self):
        return self.options.params.get("state") == "absent"

    @property
    def is_failed(self):
        return bool(self.result and self.result.get("failed"))

    @property
    def number(self):
        """The id of the whole resource that it turned out to be, as text, or None."""
        record = self.kind and (self.result or {}).get(self.kind.name)
        return str(record["id"]) if record and record.get("id") is not None else self.found

    def shown(self):
        """The item as the result of the task shows it: at length only where there is something to tell."""
        row = super().shown()
        if self.is_failed:
            return {**row, "plan": self.plan, "missing": self.is_missing}
        return {**row, "plan": self.plan} if self.plan else row

    def forget(self):
        """Keep of the result of an item with nothing to do only which resource it is."""
        record = self.kind and self.result.get(self.kind.name)
        self.result = {self.kind.name: {key: record.get(key) for key in ("id", "name")}} if record else {}


def run_estate(given, check, not_here=()):
    """The result (dict) of itcare_estate for what its task has ``given`` it. Raises nothing that an item raises.

    ``not_here`` are reasons (list of str) for which it must not run at all.
    """
    task = read_options(itcare_estate, given)
    refusals = [*not_here, *task.refusals[:1]]
    if not refusals and not task.params["wait"]:
        refusals = [WAITS]
    if refusals:
        return batch.answer(task, [], {"failed": True, "msg": "; ".join(refusals)})
    items = read_items(task.params, given)
    batch.share_secrets(task, items)
    try:
        refuse(*(sentence for item in items for sentence in item.refusals))
        refuse(*batch.unused(task.params["defaults"], items), *estate_prune.refusals(task.params))
        refuse(*batch.conflicts(items), *_differing_creations(items))
        refuse(*_of_other_estates(items, task.params["name"]))
        own = [] if task.params["prune"] == "never" else [task.params]
        connect = batch.connections([*(item.options.params for item in items), *own], SENDER)
        whole = Whole(items, task.params, check, connect)
        whole.run()
    except CloudError as error:
        return batch.answer(task, items, {**error.details, "failed": True, "msg": str(error)})
    return batch.answer(task, items, whole.told())


# Reading


def read_items(params, given):
    """All items (list of Item), each with what speaks against it. ``given`` is what the task itself has given."""
    defaults = {**{name: params[name] for name in SHARED if name in given}, **(params["defaults"] or {})}
    return [_read_item(position, row, defaults) for position, row in enumerate(params["resources"], 1)]


def _read_item(position, row, defaults):
    creation = {name: value for name, value in (row["creation"] or {}).items() if value is not None and value != ""}
    item = Item(position)
    item.creation = creation
    batch.read_item(item, {**row, "name": None}, defaults, instead=creation)
    if not item.module:
        return item
    both = read_options(item.module, {**item.given, **creation})
    item.created = both.params
    item.options.secrets |= both.secrets
    spec = item.module.SPEC["argument_spec"]
    twice = batch.same_options(spec, creation, row["options"] or {})
    sentences = ["%s is among the options and under creation" % name for name in twice]
    sentences += aliases_that_differ(spec, creation)
    sentences += both.refusals if not item.options.refusals else []
    if creation and not item.kind:
        sentences.append("it is a part of a resource, and has no options under creation")
    if item.options.params.get("wait") is False:
        sentences.append(WAITS)
    item.refusals += [batch.refusal(item, sentence) for sentence in sentences]
    return item


def _of_other_estates(items, name):
    """Sentences for items whose own tags would give them to another estate."""
    sentences = []
    for item in items if name else ():
        for options in [item.options.params, item.created] if item.kind else ():
            tags = options.get("tags") or {}
            if str(tags.get(OWNER, name)) != name:
                sentence = "its tag %s is %s, and the name of this estate is %s" % (OWNER, tags[OWNER], name)
                sentences.append(batch.refusal(item, sentence))
                break
    return sentences


def _differing_creations(items):
    """Sentences for items that mean the same resource, and would create it in different ways."""
    sentences, known = [], {}
    for item in items:
        other = known.setdefault(repr((name_of(item.module), sorted(item.options.params.items()))), item)
        if other.creation != item.creation:
            sentences.append(
                "items %d and %d are both %s and have different options under creation"
                % (other.position, item.position, item.called)
            )
    return sentences


# The whole


class Whole:
    """All items of one task, from what was read to what is told.

    ``params`` are the task's own options, ``connect(params, sender)`` gives the client for an item.
    """

    def __init__(self, items, params, check, connect):
        self.items, self.params, self.check = items, params, check
        self.clock = Clock(params["wait_timeout"])
        self.connect = connect
        self.doomed, self.unmanaged, self.warnings = [], [], []
        self.is_held = False

    def run(self):
        """Decide, then do. Raises CloudError where nothing is sent at all."""
        self.decide()
        found = self._undescribed()
        self.warnings += found.warnings
        if self.params["on_refusal"] == "stop" and not self.check:
            for group in turns(self.items):  # what had to wait may be refused, too
                self._do(group, check=True)
            if any(item.is_failed for item in self.items):
                self._hold()
        for group in [] if self.is_held else turns(self.items):
            self._do(group, self.check)
        for item in self.items:
            if item.twin and item.twin.is_failed:
                item.result = item.twin.result
        # An item that had to wait may say only now which resource it is.
        self.unmanaged = [row for row in found.rows if not estate_prune.is_described(row, self.items)]
        removable = [row for row in found.removable if row in self.unmanaged]
        if self.params["prune"] == "remove" and removable:
            self._prune(removable)

    # Deciding

    def decide(self):
        """Each item's plan. Raises InvalidInput where two of them turn out to be the same resource."""
        planned = _created(self.items)
        gate = batch.Gate(self.items, is_open=True)
        _mark_twins(self.items)
        ordered = sorted(self.items, key=lambda item: str(item.name).casefold())  # parts beside what they belong to
        with ThreadPoolExecutor(DECIDING_AT_ONCE) as pool:
            for start in range(0, len(ordered), AT_ONCE):
                wave = ordered[start : start + AT_ONCE]
                snapshots = self._snapshots(wave)
                list(pool.map(lambda item: _decide(item, gate, planned, self.params["name"]), wave))
                _look_again(wave, snapshots)
        refuse(*gate.refusals())

    def _snapshots(self, items):
        """A Snapshot for each account; each of the items sees one."""
        names, found = _names_by_module(items), {}
        for item in items:
            client = self.connect(item.options.params, SENDER)
            snapshot = found.setdefault(id(client), Snapshot(client, names))
            item.view = snapshot.of(name_of(item.module), _names_of(item))
        return list(found.values())

    def _hold(self):
        self.is_held = True
        for item in self.items:
            if not item.is_failed:
                item.result, item.plan = {**(item.result or {}), "changed": False, "diff": []}, None

    # Doing

    def _do(self, group, check):
        """Run what has something to do of one turn, all of it at the same time. With ``check`` that is known, but for
        what had to wait.
        """
        lost = [one for one in self.items if one.is_failed and one.is_missing]
        for item in group:
            needed = [one for one in lost if str(one.name).casefold() in item.needs]
            if needed:
                item.result = {"failed": True, "msg": "it needs %s, which could not be created" % needed[0].called}
        to_do = [item for item in group if not item.is_failed and (item.is_open or (item.plan and not check))]
        groups = batch.chains(to_do)
        if groups:
            gate = batch.Gate(self.items, is_open=True)
            with ThreadPoolExecutor(min(len(groups), batch.MOST_THREADS)) as pool:
                list(pool.map(lambda chain: [self._do_one(item, gate, check) for item in chain], groups))

    def _do_one(self, item, gate, check):
        if self.clock.left <= 0:
            item.result = {"failed": True, "msg": TOO_LATE % self.clock.seconds}
            return
        item.options.params["wait_timeout"] = min(item.options.params["wait_timeout"], self.clock.left)
        planned = item.plan
        batch.run_item(item, check, gate, self._connect_knowing_the_plan if check else self.connect)
        item.plan = planned if item.is_failed else _plan_of(item)
        if self.params["name"] and item.is_failed and "create" in (item.result.get("steps_sent") or ()):
            self.warnings.append(UNTAGGED % (item.called, OWNER, self.params["name"]))

    def _connect_knowing_the_plan(self, params, sender):
        """A client for which, in check mode, what the estate creates is there soon."""
        client = copy.copy(self.connect(params, sender))
        client.planned = _created(item for item in self.items if not item.is_failed)
        return client

    # What is not described

    def _undescribed(self):
        if self.params["prune"] == "never":
            return estate_prune.Undescribed([])
        return estate_prune.undescribed(self.connect(self.params, SENDER), self.params, self.items)

    def _prune(self, planned):
        """Remove what was planned to be removed, as far as it still is to be."""
        if any(item.is_failed for item in self.items):
            self.warnings.append("nothing was pruned, since other resources failed")
            return
        removable, problem = planned, None
        if not self.check:
            try:
                removable = self._undescribed().removable
            except CloudError as error:
                problem = "not removed, since it could not be read again: %s" % error
        for row in planned:
            if row not in removable:
                self.warnings.append(CHANGED % (row["module"], row["name"], row["id"]))
        self.doomed = [self._doom(row) for row in planned if row in removable]
        if problem:
            for item in self.doomed:
                item.result = {"failed": True, "msg": problem}
        for group in turns(self.doomed):
            self._do(group, self.check)

    def _doom(self, row):
        """The Item that removes what a row of the undescribed is about."""
        item = Item(len(self.items) + 1, is_open=True)
        options = {"id": row["id"], "name": row["name"], "state": "absent"}
        defaults = {name: self.params[name] for name in SHARED}
        batch.read_item(item, {"module": row["module"], "name": None, "options": options}, defaults)
        if item.refusals:
            item.result = {"failed": True, "msg": "; ".join(item.refusals)}
        return item

    # Telling

    def told(self):
        """The result (dict) of the task."""
        items = [*self.items, *self.doomed]
        failed = [item for item in items if item.is_failed]
        does = [item for item in items if item.plan and not item.is_failed]
        count = {plan: sum(item.plan == plan for item in does) for plan in DONE}
        summary = {**count, "unchanged": len(items) - len(does) - len(failed), "failed": len(failed)}
        result = {
            "changed": any(item.result.get("changed") for item in items),
            "summary": summary,
            "msg": in_words(summary, self.check),
            "results": [item.shown() for item in items],
            "diff": [step for item in items for step in item.result.get("diff", [])],
        }
        if self.params["prune"] != "never":
            result["unmanaged"] = self.unmanaged
        warnings = list(dict.fromkeys([*self.warnings, *(one for item in items for one in item.warnings)]))
        if warnings:
            result["warnings"] = warnings
        if failed:
            result["failed"] = True
            held = "nothing was sent, since " if self.is_held else ""
            reasons = batch.in_words([(item, item.result["msg"]) for item in failed])
            others = "" if held or len(failed) == len(items) else ". Of the others: " + in_words(summary, self.check)
            result["msg"] = "%s%d of %d resources failed: %s%s" % (held, len(failed), len(items), reasons, others)
        return result


def in_words(summary, check):
    """``to create 3, to change 2, to remove 0``, or ``created 3, changed 2, removed 0``."""
    words = ("to " + plan if check else DONE[plan] for plan in DONE)
    return ", ".join("%s %d" % (word, summary[plan]) for word, plan in zip(words, DONE))


def turns(items):
    """The items by turns (list of list): what is built first comes first, and what is removed comes last and in reverse
    order. A name that moves from one resource to another is removed from the one before the other one gets it."""
    given = {_named_part(item) for item in items if not item.is_removal}
    found = {}
    for item in items:
        number = turn(name_of(item.module))
        moves = item.is_removal and _named_part(item) in given - {None}
        key = (0, number, not moves) if moves or not item.is_removal else (1, -number, True)
        found.setdefault(key, []).append(item)
    return [found[key] for key in sorted(found)]


def _named_part(item):
    """The module and the name of a part that has one of its own, such as a URL or an alias; or None."""
    name = None if item.kind else item.options.params.get("name")
    return (name_of(item.module), str(name).casefold()) if name else None


# One item


def _decide(item, gate, planned, owner):
    """Its plan, in check mode, by what its view shows: ``item.plan``, or ``item.is_open``."""
    if item.twin:
        item.result = {"changed": False, "steps": []}
        return gate.arrive(item)

    def held(about, is_decided):
        gate.arrive(item, about)
        if not is_decided:
            raise _Undecided
        return 0

    def run(client, params, check):
        view = item.view.behind(held, planned)
        _complete(item, view, owner)
        return item.module.run(view, {**item.options.params, "on_missing_in_check_mode": "fail"}, True)

    try:
        item.result, warnings = entry.answer(
            run, item.options.params, True, name_of(item.module), lambda params, sender: item.view
        )
        item.warnings = ["%s: %s" % (item.called, one) for one in [*warnings, *item.options.warnings]]
        item.plan = _plan_of(item)
        if not item.plan and not item.is_failed:
            item.forget()
    except _Undecided:
        item.is_open = True
    except Exception as problem:  # a bug: the others are told with it
        item.result = batch.unexpected(problem)
    finally:
        item.found, item.needs = item.number, item.view.needed
        gate.arrive(item)
    return None


def _look_again(items, snapshots):
    """What has begun since the snapshots may be about to change what has nothing to do. What was read is forgotten."""
    rows = {snapshot: snapshot.under_way_now() for snapshot in snapshots}
    for item in items:
        if not (item.plan or item.is_failed or item.twin):
            item.is_open = item.is_open or any(map(item.view.may_be_about, rows[item.view.snapshot]))
        item.view = None


class _Undecided(Exception):
    """Something is under way, and has to be waited for."""


def _complete(item, view, owner):
    """Give what does not exist yet the options that only a creation needs, and the tag of the estate."""
    if not item.kind or item.is_removal:
        return
    wanted = wanted_of(item.kind.resource, item.options.params)
    item.is_missing = not find(view, item.kind.resource, wanted)
    if not item.is_missing or not (item.creation or owner):
        return
    task = read_options(item.module, {**item.given, **item.creation})
    refuse(*task.refusals)
    item.options.params.update(task.params)
    if owner:
        item.options.params["tags"] = {**(task.params["tags"] or {}), OWNER: owner}


def _created(items):
    """The names (frozenset of str, in lower case) of the resources that are to be there."""
    return frozenset(str(item.name).casefold() for item in items if item.kind and item.name and not item.is_removal)


def _plan_of(item):
    if item.is_failed or not item.result.get("changed"):
        return None
    if item.is_removal:
        return REMOVE
    steps = item.result.get("steps") or []
    return CREATE if item.kind and "create" in steps else CHANGE


def _names_of(item):
    """The names by which the module of an item looks for something."""
    params = item.options.params
    options = ("name",) if item.kind else (*batch.identifying(item.module.SPEC["argument_spec"]), "resources")
    found = [params.get(option) for option in options]
    return [str(name) for one in found if one for name in (one if isinstance(one, list) else [one])]


def _names_by_module(items):
    names = {}
    for item in items:
        names.setdefault(name_of(item.module), set()).update(_names_of(item))
    return names


def _mark_twins(items):
    """The same item a second time changes nothing."""
    known = {}
    for item in items:
        key = repr((name_of(item.module), sorted(item.options.params.items()), sorted(item.creation.items())))
        item.twin = known.get(key)
        known.setdefault(key, item)

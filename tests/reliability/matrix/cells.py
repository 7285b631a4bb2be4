# SPDX-License-Identifier: GPL-3.0-or-later
"""One cell: a task, a fault, the number of the request that it strikes. Then the task again, and again."""

from __future__ import annotations

import collections
import gc
import json
import os
import pickle
import random
import signal
import traceback
from dataclasses import dataclass, field

from ansible_collections.cegedim.cloud.plugins.module_utils import limiter
from ansible_collections.cegedim.cloud.tests.reliability import leaks
from ansible_collections.cegedim.cloud.tests.reliability.matrix.faults import FAULTS

SECONDS = 60  # of processor time at most for a cell
VOLATILE = ("invocation", "warnings", "requests", "seconds")
TOLD = ("warnings", "not_expressed")
TOLD_OF_ITEMS = ("not_shown", "by_id")
NOTHING_IS_AN_ANSWER = ("gopaas_item_info", "itcare_api")
TELLTALES = ("Traceback", "NoneType", " object at 0x", "KeyError", "TypeError", "urllib3", "HTTPConnectionPool")


@dataclass
class Baseline:
    """The task without any fault: its requests, what it ordered, and its result."""

    kinds: list = field(default_factory=list)  # of each request: token, order or read
    names: list = field(default_factory=list)
    orders: collections.Counter = field(default_factory=collections.Counter)
    result: dict = None

    def positions(self, fault):
        """The numbers of the requests that a fault may strike: of equal ones the first two and the last."""
        seen = collections.defaultdict(list)
        for number, kind in enumerate(self.kinds):
            if fault.at == "any" or (fault.at == "order") == (kind == "order") and kind != "token":
                seen[self.names[number]].append(number)
        return sorted({number for found in seen.values() for number in (*found[:2], found[-1])})


@dataclass
class Outcome:
    """What became of a cell. ``troubles`` (list of str) is empty where all is well."""

    struck: bool = False
    succeeded: bool = False
    message: str = ""
    troubles: list = field(default_factory=list)
    duplicates: int = 0
    leaks: int = 0
    tracebacks: int = 0
    requests: list = field(default_factory=list)


def baseline(platform, work):
    """The Baseline of a work; the platform is then as the next work needs it."""
    one_request_at_a_time()
    platform.sent.clear()
    platform.orders.clear()
    random.seed(1)
    result = work.run(platform)
    assert not result.get("failed"), result["msg"]
    kinds = ["token" if one.is_token else "order" if one.order else "read" for one in platform.sent]
    names = ["%s %s" % (one.method, one.url) for one in platform.sent]
    found = Baseline(kinds, names, effects(platform), result)
    platform.pass_time(60)
    assert not platform.broken_rules()
    return found


def one_request_at_a_time():
    """Let the requests of a task have the same order each time, from the first one on."""
    limiter.forget()
    limiter.limiter_of("nowhere", 1)


def rehearsed(platform, work):
    """The Baseline of a work, without a trace of it in this process."""
    found = in_child(lambda: baseline(platform, work))
    assert isinstance(found, Baseline), "\n".join(found.troubles)
    return found


def in_child(function):
    """What ``function()`` answers, in a process of its own; an Outcome with troubles where it answers nothing."""
    inside, outside = os.pipe()
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            told = function()
        except BaseException:
            told = Outcome(True, troubles=["the cell itself broke:\n" + traceback.format_exc()])
        with os.fdopen(outside, "wb") as file:
            pickle.dump(told, file)
        os._exit(0)
    os.close(outside)
    with os.fdopen(inside, "rb") as file:
        told = file.read()
    os.waitpid(child, 0)
    return pickle.loads(told) if told else Outcome(True, troubles=["no end within %d s" % SECONDS])


def each(platform, work, found, wanted):
    """``(fault, position, Outcome)`` of each cell in ``wanted``. The platform stays as it is."""
    gc.collect()
    gc.freeze()
    for fault, position in wanted:
        yield fault, position, in_child(lambda: tried(platform, work, found, fault, position))  # noqa: B023


def all_cells(found):
    """``(fault, position)`` of all cells of a Baseline."""
    return [(name, position) for name, fault in FAULTS.items() for position in found.positions(fault)]


def tried(platform, work, found, name, position):
    """Run one cell; its Outcome."""
    fault, outcome = FAULTS[name], Outcome()
    watched = work.watch(platform)
    platform.orders.clear()
    platform.strangers.clear()
    platform.inject(fault, position)
    random.seed("%s %s %d" % (work.id, name, position))
    first = attempt(platform, work, outcome, "first")
    outcome.struck = platform.struck
    outcome.requests = [str(one) for one in platform.sent]
    if not outcome.struck or first is None:
        return outcome
    outcome.succeeded = not first.get("failed")
    outcome.message = str(first.get("msg", ""))
    after_first = effects(platform)
    if outcome.succeeded:
        _is_true(work, watched, fault, found, first, outcome)
    platform.calm()
    if not work.raw:
        _converges(platform, work, watched, fault, outcome)
    _nothing_twice(work, fault, found, after_first, effects(platform), outcome)
    if watched:
        try:
            watched.untouched()
        except AssertionError as problem:
            outcome.troubles.append(str(problem))
    if platform.strangers:
        outcome.leaks += 1
        outcome.troubles.append("a request went elsewhere: %s" % platform.strangers)
    outcome.troubles += [one for one in platform.broken_rules() if not _is_of_area(one, outcome, position)]
    return outcome


def _is_of_area(broken_rule, outcome, position):
    """An area is said to be required and to have a default: where it cannot be looked up, none is sent."""
    return "body: area missing" in broken_rule and "/areas ->" in outcome.requests[position]


def attempt(platform, work, outcome, which):
    """The result of the task, and troubles where it is none, or says too much or too little."""
    one_request_at_a_time()
    try:
        result = work.run(platform)
        text = json.dumps(result, default=str, ensure_ascii=False)
    except Exception:
        outcome.tracebacks += 1
        outcome.troubles.append("the %s run ended in a traceback:\n%s" % (which, traceback.format_exc()))
        return None
    if result.get("failed"):
        message = result.get("msg")
        if not isinstance(message, str) or len(message.split()) < 3:
            outcome.troubles.append("the %s run failed without a clear message: %r" % (which, message))
        elif any(word in message for word in TELLTALES):
            outcome.tracebacks += 1
            outcome.troubles.append("the %s run failed in a programmer's words: %s" % (which, message))
    found = leaks.in_text(text, work.secrets(platform))
    outcome.leaks += len(found)
    outcome.troubles += ["the result of the %s run has a secret: %s" % (which, one) for one in found]
    return result


def _is_true(work, watched, fault, found, result, outcome):
    """A success has brought about what it says."""
    if work.reads:
        # What could not be read may be left out where the result says so.
        is_told = any(one not in _told(found.result) for one in _told(result))
        lost = [key for key in found.result if key not in VOLATILE and result.get(key) != found.result[key]]
        is_answer = work.as_is or (fault is FAULTS["empty-body"] and work.module in NOTHING_IS_AN_ANSWER)
        if lost and not (fault.lies or is_answer or is_told) and not work.module.startswith("itcare_action"):
            outcome.troubles.append("a success that differs from that without a fault: %s" % ", ".join(lost))
    if watched and not (result.get("still_to_do") or fault.lies or fault.removes):
        _holds(watched, outcome, "after a success")


def _told(result):
    """What a result says is missing, of all of it and of each item."""
    found = [one for key in TOLD for one in result.get(key) or ()]
    items = result.get("estate") or ()
    return found + [(item["name"], one) for item in items for key in TOLD_OF_ITEMS for one in item.get(key) or ()]


def _holds(watched, outcome, when):
    try:
        watched.holds()
    except AssertionError as problem:
        outcome.troubles.append("%s: %s" % (when, str(problem).partition("\n")[0]))


def _converges(platform, work, watched, fault, outcome):
    """Without a fault a second run reaches the state, and a third one changes nothing."""
    second = attempt(platform, work, outcome, "second")
    if second is None:
        return
    platform.pass_time(60)
    if second.get("failed"):
        # What was left or taken away has to be told to the user, who decides.
        if not (fault.removes or "PREPARATION" in second["msg"]):
            outcome.troubles.append("the second run failed: %s" % second["msg"])
        return
    if watched and not fault.removes:
        _holds(watched, outcome, "after the second run")
    orders = len(platform.orders)
    third = attempt(platform, work, outcome, "third")
    if third is None or work.again:
        return
    if third.get("failed") or third.get("changed") or len(platform.orders) > orders:
        told = third.get("msg") or third.get("steps") or "it changed something"
        outcome.troubles.append("the third run still had something to do: %s" % told)


def effects(platform):
    """How often each order took effect, by its key."""
    return collections.Counter(order.key for order in platform.orders if order.took_effect)


def _nothing_twice(work, fault, found, after_first, after_all, outcome):
    """No run did more than one without a fault, and all of them together only where each is meant to."""
    counts = after_first if work.again or fault.removes else after_all
    for key, count in counts.items():
        if key in found.orders and count > found.orders[key]:
            outcome.duplicates += count - found.orders[key]
            outcome.troubles.append("%s %s %s took effect %d times" % (*key, count))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that may go wrong with one request, by name."""

from __future__ import annotations

import functools
import math
import re
import time
from dataclasses import dataclass
from typing import Callable

from ansible_collections.cegedim.cloud.plugins.module_utils import answers as answers_of
from ansible_collections.cegedim.cloud.tests.reliability.matrix.wire import Reply, broken
from ansible_collections.cegedim.cloud.tests.simulator import colleague, contract

HTML = b"<html><head><title>Gateway</title></head><body><h1>Something is wrong</h1></body></html>"
AS_HTML = {"Content-Type": "text/html"}
READ_TIMEOUT = 60  # seconds, the default of the option
OFTEN_ABSURD = ["-1", "1e99", "99999999999999999999", "soon", "\u0663", "Fri, 31 Dec 9999 23:59:59 GMT", "1, 2", ""]
LATE = {"gopaas": {"late": 8}, "ovc": {"power_seconds": 8, "deploy_seconds": 8, "task_seconds": 8}}
NO_ADDRESS = ["http://[::1", "http://elsewhere.example:port/", "//", "javascript:alert(1)", "https://a:b@%/"]


@dataclass(frozen=True)
class Fault:
    """``strike(platform, request, serve)`` answers a Reply or raises; ``serve()`` lets the platform act.

    ``at``: any request, an ``order`` (a write on which the platform acts) or a request ``but_token``. ``lasts``: all
    later requests but those for a token meet the same. ``lies``: the answer says what is not so, in a way that the
    documentation gives a meaning, so that no client can tell. ``fails``: the platform gives up the order, so that it
    may be given again. ``removes``: somebody removes the thing, so that it may be made again.
    """

    strike: Callable
    at: str = "any"
    lasts: bool = False
    lies: bool = False
    fails: bool = False
    removes: bool = False


def answers(status, raw=b"", **headers):
    """An answer instead of what was asked for."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return _once(lambda platform, request, serve: Reply(status, raw, headers))


def afterwards(status, raw=b"", **headers):
    """The same, although the platform has acted."""

    def strike(platform, request, serve):
        serve()
        return answers(status, raw, **headers)(platform, request, serve)

    return _once(strike)


def breaks(problem, acts=False, seconds=0):
    """The connection breaks, before or after the platform has acted; it takes so many seconds."""

    def strike(platform, request, serve):
        if acts:
            serve()
        platform.pass_time(seconds)
        raise broken(problem, request.url)

    return _once(strike)


def changes(change):
    """The answer arrives as ``change(reply)`` makes it."""

    def strike(platform, request, serve):
        reply = serve()
        if not reply.raw:
            return reply
        platform.struck = True
        return change(reply)

    return strike


def empties(platform, request, serve):
    """The body is not there, where that is not a documented answer."""
    if platform.companion and re.search("/api/(oauth2/)?list/", request.path):
        return serve()  # how GoPaaS answers a list without rows is not documented
    if request.method == "GET" and answers_of.may_be_empty(request.path.removeprefix(contract.BASE)):
        return serve()
    return changes(emptied)(platform, request, serve)


def action_that(change, *more, task=None):
    """The action of an order goes another way: ``change(platform, action)``.

    ``task(tasks, id)``: so does the task of an order of OpenvCloud, whose order has run nevertheless.
    """

    def strike(platform, request, serve):
        if platform.companion:
            return of_companion(platform, serve) if task else serve()
        known = len(platform.state.actions.all())
        for each in more:
            each(platform)
        reply = serve()
        for action in platform.state.actions.all()[known:]:
            platform.struck = True
            change(platform, action)
        return reply

    def of_companion(platform, serve):
        tasks = getattr(platform.companion, "tasks", {})
        known = set(tasks)
        reply = serve()
        for number in set(tasks) - known:
            platform.struck = True
            task(tasks, number)
        return reply

    return strike


def settings(companions, **values):
    """The platform shows late what it does from now on. ``companions`` are the settings of theirs for that, by name."""

    def strike(platform, request, serve):
        if platform.companion:
            late = companions.get(platform.companion.name, {})
            platform.companion.configure(late)
            platform.struck = bool(late)
        else:
            platform.settings.change(values)
            platform.struck = True
        return serve()

    return strike


def _once(strike):
    @functools.wraps(strike)
    def struck(platform, request, serve):
        platform.struck = True
        return strike(platform, request, serve)

    return struck


def absurd(values, make):
    """Each strike takes the next of ``values``, by the number of the request."""
    return _once(lambda platform, request, serve: make(values[platform.at % len(values)])(platform, request, serve))


def _ends_badly(platform, action):
    action.failure = "The platform gave up"


def _ends_failed(platform, action):
    action.failure = "The platform gave up"
    platform.rewritten[b'"status":"ERROR"'] = b'"status":"FAILED"'


def _never_ends(platform, action):
    action.ends = action.due = math.inf


def _vanishes(platform, action):
    log = platform.state.actions
    log._all.pop(action.id)
    log._by_resource[action.resource_id].remove(action)


def _vanishes_undone(platform, action):
    _vanishes(platform, action)
    action.failure = "It was never done"
    action.due = time.time()


def _leaves_a_remnant(platform):
    platform.settings.change({"failed_creation": "remnant"})


def busy(platform, request, serve):
    """A colleague has just begun to do something with the thing."""
    record = platform.meant()
    if record is not None and not platform.state.actions.busy(record["id"]):
        platform.struck = True
        platform.state.actions.submit(record, "UPDATE_MONITORING", "A colleague's", lambda: None, seconds=5)
    return serve()


def removed(platform, request, serve):
    """A colleague has just begun to remove it, where the platform lets them."""
    if platform.companion:
        platform.struck = platform.vanish() or platform.struck
        return serve()
    record = platform.meant()
    if record is not None:
        try:
            colleague.perform(platform.world, "DELETE", platform.state.address_of(record["name"]), None, 2)
            platform.struck = True
        except (ValueError, KeyError):
            pass
    return serve()


def revoked(platform, request, serve):
    """All tokens have just expired."""
    (platform.companion or platform.world).tokens.revoke()
    platform.struck = True
    return serve()


def halved(reply):
    return Reply(reply.status, reply.raw[: len(reply.raw) // 2], reply.headers)


def cut_short(reply):
    return Reply(reply.status, reply.raw[: len(reply.raw) // 2], reply.headers, announced=len(reply.raw))


def emptied(reply):
    return Reply(reply.status, b"", reply.headers)


def mislabelled(reply):
    return Reply(reply.status, reply.raw, {**reply.headers, "Content-Type": "text/html"})


FAULTS = {
    "401-once": Fault(answers(401), at="but_token"),
    "401-ever": Fault(answers(401), at="but_token", lasts=True),
    "token-expired": Fault(revoked, at="but_token"),
    "403": Fault(answers(403)),
    "403-ever": Fault(answers(403), lasts=True),
    "404": Fault(answers(404), lies=True),
    "409": Fault(answers(409)),
    "409-ever": Fault(answers(409), at="but_token", lasts=True),
    "422": Fault(answers(422)),
    "429": Fault(answers(429)),
    "429-retry-after": Fault(answers(429, Retry_After="2")),
    "429-absurd": Fault(absurd(OFTEN_ABSURD, lambda value: answers(429, Retry_After=value))),
    "429-ever": Fault(answers(429, Retry_After="7"), lasts=True),
    "500": Fault(answers(500)),
    "500-after": Fault(afterwards(500), at="order"),
    "500-ever": Fault(answers(500), lasts=True),
    "502-html": Fault(answers(502, HTML, **AS_HTML)),
    "502-html-after": Fault(afterwards(502, HTML, **AS_HTML), at="order"),
    "200-html": Fault(answers(200, HTML, **AS_HTML)),
    "200-html-after": Fault(afterwards(200, HTML, **AS_HTML), at="order"),
    "200-html-ever": Fault(answers(200, HTML, **AS_HTML), lasts=True),
    "503": Fault(answers(503)),
    "503-retry-after": Fault(answers(503, Retry_After="3")),
    "503-absurd": Fault(absurd(OFTEN_ABSURD, lambda value: answers(503, Retry_After=value))),
    "503-after": Fault(afterwards(503), at="order"),
    "504": Fault(answers(504)),
    "504-after": Fault(afterwards(504), at="order"),
    "refused": Fault(breaks("refused")),
    "refused-ever": Fault(breaks("refused"), lasts=True),
    "unreachable": Fault(breaks("unreachable", seconds=10)),
    "reset": Fault(breaks("reset")),
    "reset-after": Fault(breaks("reset", acts=True), at="order"),
    "reset-ever": Fault(breaks("reset"), lasts=True),
    "timeout": Fault(breaks("silent", seconds=READ_TIMEOUT)),
    "timeout-after": Fault(breaks("silent", acts=True, seconds=READ_TIMEOUT), at="order"),
    "truncated-json": Fault(changes(halved)),
    "short-body": Fault(changes(cut_short)),
    "wrong-content-type": Fault(changes(mislabelled)),
    "empty-body": Fault(empties),
    "redirect-elsewhere": Fault(answers(302, Location="https://elsewhere.example/itcare/")),
    "redirect-307-elsewhere": Fault(answers(307, Location="//elsewhere.example/")),
    "redirect-malformed": Fault(absurd(NO_ADDRESS, lambda value: answers(302, Location=value))),
    "action-error": Fault(action_that(_ends_badly), at="order", fails=True),
    "action-failed": Fault(action_that(_ends_failed), at="order", fails=True),
    "action-endless": Fault(
        action_that(_never_ends, task=lambda tasks, one: tasks[one].update(never=True)), at="order"
    ),
    "action-vanished": Fault(action_that(_vanishes, task=lambda tasks, one: tasks.pop(one)), at="order"),
    "action-vanished-undone": Fault(action_that(_vanishes_undone), at="order", fails=True),
    "visible-late": Fault(settings(LATE, late_visibility=8.0, late_action=3.0, removal_lags=8.0), at="order"),
    "remnant": Fault(action_that(_ends_badly, _leaves_a_remnant), at="order", fails=True),
    "colleague-busy": Fault(busy, at="but_token"),
    "colleague-removes": Fault(removed, at="but_token", removes=True),
}

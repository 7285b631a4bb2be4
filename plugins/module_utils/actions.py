# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow 202 actions, one or many, to their end: one loop, one deadline (the API reference, Actions)."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone

from .client import in_parallel
from .errors import ActionFailed, InvalidInput, TimedOut, UnexpectedAnswer, Unreachable, WaitTimeout
from .moments import moment_of
from .resource import to_result
from .transport import RETRIED_STATUSES

IN_PROGRESS = "IN_PROGRESS"
SUCCESS = "SUCCESS"
FAILURES = ("ERROR", "FAILED")  # FAILED stands in one example only, for refused rows (Doubts, "Action status")
SHORTEST_PAUSE = 0.25  # seconds
SHARE_OF_ELAPSED = 0.05  # a look comes at most so much later than it could have
SETTLE_SECONDS = 60  # an effect may be visible only a while after the action's success
REMOVAL = re.compile("delet|remov|decom|destr|terminat|unprov", re.I)  # the names of processes are not documented
VISIBLE_WITHIN = 30  # seconds in which a new action may still be unknown to GET /actions/{id}


class Clock:
    """A deadline, ``seconds`` from now."""

    def __init__(self, seconds):
        self.seconds = seconds
        self._start = time.monotonic()

    @property
    def elapsed(self):
        return time.monotonic() - self._start

    @property
    def left(self):
        return self.seconds - self.elapsed

    @property
    def end(self):
        """The deadline, as ``time.monotonic()`` will tell it."""
        return self._start + self.seconds

    def sleep(self, seconds):
        """Sleep, but not past the deadline."""
        time.sleep(max(0, min(seconds, self.left)))


def of_answer(answer):
    """The actions (list of dict) in the answer of a write: one, several, or none."""
    rows = answer if isinstance(answer, list) else [answer]
    return [row for row in rows if isinstance(row, dict) and "id" in row and "tagKey" not in row]


def in_progress(client, name=None, resource_id=None, service_id=None):
    """The actions under way on a resource (list of dict), by its id or, before it has one, by its name."""
    query = {"resourceId": resource_id, "serviceId": service_id}
    if resource_id is None:
        query["resourceName"] = name
    return _listed(client, IN_PROGRESS, name, query)


def is_awaited(client, name):
    """Whether something named so may be about to be visible: the last action on it succeeded a moment ago, and was no
    removal (as far as its name tells)."""
    rows = _listed(client, SUCCESS, name, {"resourceName": name})
    ended = [(moment, str(row.get("process"))) for row in rows for moment in [_ended_at(row)] if moment]
    if not ended:
        return False
    moment, process = max(ended)
    is_recent = abs((datetime.now(timezone.utc) - moment).total_seconds()) < SETTLE_SECONDS
    return is_recent and not REMOVAL.search(process)


def _listed(client, status, name, query):
    rows = client.get("/actions", {**query, "statuses": [status]})
    if not isinstance(rows, list):
        raise UnexpectedAnswer("GET /actions answered no list")
    return [row for row in rows if row.get("status") == status and _is_about(row, name)]


def _ended_at(action):
    """When it ended, as a datetime, or None where that is not told."""
    try:
        return moment_of("completedAt", str(action.get("completedAt")))
    except InvalidInput:
        return None


def follow(client, actions, clock, interval):
    """Wait until every action has ended; their last states (list of dict) in the same order.

    ``actions`` are answers of writes or ``{"id": ...}``; ``clock`` is the deadline of all; ``interval`` the longest
    pause between two looks at one action, in seconds: looks are close together at first and then 5 % of the time
    elapsed. Does not raise for an action that ended badly (see ``check``). Raises WaitTimeout with the states so far.
    """
    states = list(actions)
    start = Clock(clock.left)
    asked = 0
    open_ones = [index for index, state in enumerate(states) if not has_ended(state)]
    while open_ones:
        if clock.left <= 0:
            raise WaitTimeout(_still_running(states, open_ones, clock), actions=to_results(states))
        start.sleep(max(asked, SHORTEST_PAUSE, min(interval, SHARE_OF_ELAPSED * start.elapsed)))
        looks = in_parallel(lambda index: _look(client, states[index], start), open_ones)
        for index, (state, _dummy) in zip(open_ones, looks):
            states[index] = state
        asked = max(looked[1] for looked in looks)
        open_ones = [index for index in open_ones if not has_ended(states[index])]
    return states


def check(states):
    """Raise ActionFailed, naming each that did, when any of ``states`` has ended without success."""
    failed = [state for state in states if has_ended(state) and state["status"] != SUCCESS]
    if failed:
        texts = ["%s: %s" % (describe(state), state.get("message") or "no message") for state in failed]
        raise ActionFailed("; ".join(texts), actions=to_results(states))


def to_results(states):
    """Actions as a result shows them: with keys in snake_case."""
    return [to_result(state) for state in states]


def has_ended(state):
    """Whether an action has ended. Raises UnexpectedAnswer for a status that is not documented."""
    status = state.get("status")
    if status in (None, IN_PROGRESS):  # a refused or batched row may be only {"id": 202}
        return False
    if status == SUCCESS or status in FAILURES:
        return True
    raise UnexpectedAnswer("%s has the unknown status %s" % (describe(state), status))


def describe(state):
    """One action in a few words: ``action 1333 (resize of PWEB01)``."""
    process, name = state.get("process"), state.get("resourceName")
    about = " of ".join(str(word) for word in (process, name) if word)
    return "action %s%s" % (state.get("id"), " (%s)" % about if about else "")


def _look(client, state, start):
    """The state now, and the seconds that the platform asks to wait before the next look."""
    path = "/actions/%s" % state["id"]
    # The platform may come back before the deadline does; the action does not depend on us.
    try:
        response = client.call("GET", path, until=start.end)
    except (TimedOut, Unreachable):
        if start.left > 0:
            return state, 0
        raise
    if (response.status in RETRIED_STATUSES or response.status >= 500) and start.left > 0:
        return state, response.retry_after
    if response.status == 404 and start.elapsed < VISIBLE_WITHIN:
        return state, response.retry_after
    data = client.checked("GET", path, response).data
    if not isinstance(data, dict):
        raise UnexpectedAnswer("GET %s answered no action" % path)
    return {**state, **data}, response.retry_after


def _is_about(row, name):
    about = row.get("resourceName")
    return not name or not about or about.casefold() == name.casefold()


def _still_running(states, open_ones, clock):
    ids = [states[index]["id"] for index in open_ones]
    return (
        "%s still in progress after %g s. The platform goes on with it: run the same task again to go on waiting, or "
        "wait with cegedim.cloud.itcare_action and ids: %s"
        % (" and ".join(describe(states[index]) for index in open_ones), clock.seconds, ids)
    )

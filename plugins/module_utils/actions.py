# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow 202 actions, one or many, to their end: one loop, one deadline (the API reference, Actions)."""

from __future__ import annotations

import contextlib
import functools
import threading
from datetime import datetime, timezone

from . import progress
from .client import in_parallel
from .clock import SETTLE_SECONDS, Clock
from .errors import (
    ActionFailed,
    ActionLost,
    ApiError,
    InvalidInput,
    TimedOut,
    UnexpectedAnswer,
    Unreachable,
    WaitTimeout,
)
from .identity import numbers
from .moments import moment_of
from .processes import is_removal
from .redaction import in_short
from .resource import to_result
from .transport import RETRIED_STATUSES

PATH = "/actions"
IN_PROGRESS = "IN_PROGRESS"
SUCCESS = "SUCCESS"
UNKNOWN_RESOURCE = (400, 404)  # which of them says so, or an empty list, is not documented (choices.rst)
FAILURES = ("ERROR", "FAILED")  # FAILED stands in one example only, for refused rows (choices.rst)
SHORTEST_PAUSE = 0.25  # seconds
CROWD = 40  # actions; while more are followed in this process, the looks at each are further apart
SHARE_OF_ELAPSED = 0.05  # a look comes at most so much later than it could have
VISIBLE_WITHIN = 30  # seconds in which an action may be unknown to GET /actions/{id}, since it is new or for no reason
RUN_AGAIN = "the order may have run. Run the task again: it looks first"
_NAMES = {"name", "tagKey"}
_OF_A_RESOURCE = {"resourceId", "resourceName"}
_OURS = ("must_show", "called")  # keys of an about that are not part of its query
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


def of_answer(answer):
    """The actions (list of dict) in the answer of a write: one, several, or none.

    An action has an id and no name of its own; what has one is a resource, a member or the like.
    """
    rows = answer if isinstance(answer, list) else [answer]
    return [row for row in rows if isinstance(row, dict) and _is_id(row.get("id")) and not _NAMES & set(row)]


def _is_id(value):
    return type(value) in (int, str) and value != ""


# Which actions there are


def in_progress(client, abouts, unknown=None):
    """The actions under way (list of dict) on any of ``abouts``, each once; see ``abouts``.

    Those about what is not known to be there, and of which the platform does not know either, are added to ``unknown``
    (list): they have told nothing.
    """
    return _of_all(client, abouts, IN_PROGRESS, unknown)


def of_all_statuses(client, abouts):
    """All actions (list of dict) that the platform still knows on any of ``abouts``, each once."""
    return _of_all(client, abouts)


def _of_all(client, abouts, status=None, unknown=None):
    found = in_parallel(lambda about: _listed_or_refusal(client, about, status), abouts)
    refusals = [one for one in found if isinstance(one, ApiError)]
    refused = [about for about, one in zip(abouts, found) if one in refusals]
    rows = [row for one in found if one not in refusals for row in one]
    if unknown is not None:
        unknown += [about for about in refused if "called" not in about]
    there = [about for about in abouts if "called" in about]
    if there and all(about in refused for about in there):
        # It may show only that of its two numbers which does not count here. Its name has to.
        names = dict.fromkeys(about["called"] for about in there if about["called"])
        if not names:
            raise refusals[0]
        rows += [row for name in names for row in _listed(client, {"resourceName": name}, status)]
    return each_once(rows)


def abouts(record, wanted):
    """Whose actions to ask for, as queries with the name that they must show.

    A resource is asked for under each of its numbers, since it is not documented which one counts here; where there are
    two, the other one may be another resource's, so an action must not show another name. What is not there yet is
    asked for by its name, and may be refused: then there is no action on it. What is there is ``called`` so.
    """
    if record is None:
        return [{"resourceName": wanted["name"]} if "name" in wanted else {"resourceId": wanted["id"]}]
    both = numbers(record)
    name = record.get("name") if len(both) > 1 else None
    return [{"resourceId": number, "must_show": name, "called": record.get("name")} for number in both]


def is_awaited(client, name):
    """Whether something of that name may be about to be visible: the last action on it succeeded a moment ago, and was
    no removal (as far as its name tells)."""
    last = _last(_of_all(client, [{"resourceName": name}], SUCCESS))
    return bool(last) and is_recent(last) and not is_removal(last.get("process"))


def is_recent(action):
    """Whether it ended a moment ago, as far as the platform's clock and ours agree."""
    ended = ended_at(action)
    return bool(ended) and abs((datetime.now(timezone.utc) - ended).total_seconds()) < SETTLE_SECONDS


def last_ended(client, abouts):
    """The action (dict) that ended last, or None."""
    return _last(of_all_statuses(client, abouts))


def _listed_or_refusal(client, about, status):
    try:
        return _listed(client, about, status)
    except ApiError as problem:
        if problem.status not in UNKNOWN_RESOURCE or not _OF_A_RESOURCE & set(about):
            raise
        return problem


def _listed(client, about, status):
    query = {key: value for key, value in about.items() if key not in _OURS}
    if status:
        query["statuses"] = [status]
    rows = client.get(PATH, query)
    if not isinstance(rows, list):
        raise UnexpectedAnswer("GET /actions did not return a list")
    name = about.get("must_show") or about.get("resourceName")
    return [
        row
        for row in rows
        if isinstance(row, dict) and row.get("id") is not None and _is_about(row, name)
        # One that does not say its status is asked for by its id.
        if status is None or row.get("status") in (None, status)
    ]


def each_once(rows):
    """Actions (list of dict) without those that were there before."""
    return list({str(row["id"]): row for row in rows}.values())


def _is_about(row, names):
    """Whether an action shows that name, or one of these; what shows none may be about it."""
    about = row.get("resourceName")
    names = names if isinstance(names, (list, tuple)) else [names]
    return not about or any(not one or str(about).casefold() == str(one).casefold() for one in names)


def _last(rows):
    """The row that ended last: by its time, and where that is not told by its number."""
    ended = [row for row in rows if row.get("status") not in (None, IN_PROGRESS)]
    return max(ended, key=lambda row: (ended_at(row) or _LONG_AGO, len(str(row["id"])), str(row["id"])), default=None)


def ended_at(action):
    """When it ended, as a datetime, or None where that is not told."""
    return moment(action.get("completedAt"))


def moment(text):
    """A time of an answer, as a datetime, or None where it is none."""
    try:
        return moment_of("time", str(text))
    except InvalidInput:
        return None


# To their end


def follow(client, actions, clock, interval):
    """Wait until every action has ended; their last states (list of dict) in the same order.

    ``actions`` are answers of writes or ``{"id": ...}``; ``clock`` is the deadline of all; ``interval`` the longest
    pause between two looks at one action, in seconds: looks are close together at first and then 5 % of the time
    elapsed, and further apart while this process follows many actions. Does not raise for an action that ended badly
    (see ``check``). Raises WaitTimeout with the states so far, and ActionLost where one can no longer be read. No
    refusal of a look is ever one of the order.
    """
    started = list(actions)
    try:
        return _to_their_end(client, started, clock, interval)
    finally:
        _tell_ended(started)


def _to_their_end(client, started, clock, interval):
    states = list(started)
    start = Clock(clock.left)
    asked = 0
    troubled = {}  # since when an action cannot be read
    unread = []  # those whose last look told nothing
    open_ones = [index for index, state in enumerate(states) if not has_ended(state)]
    while open_ones:
        if clock.left <= 0:
            raise WaitTimeout(_still_running(states, open_ones, clock), actions=to_results(states))
        for index in open_ones:
            words = functools.partial(_in_words, states[index], index in unread)
            progress.waiting(progress.ACTIONS, str(states[index]["id"]), words)
        with _followed.together_with(len(open_ones)) as crowd:
            shortest = SHORTEST_PAUSE * max(1, crowd / CROWD)
            start.sleep(max(asked, shortest, min(interval, SHARE_OF_ELAPSED * start.elapsed)))
        looks = in_parallel(lambda index: _look(client, states[index], start, troubled), open_ones)
        unread = [index for index, looked in zip(open_ones, looks) if looked[0] is states[index]]
        for index, (state, _dummy) in zip(open_ones, looks):
            states[index] = state
        asked = max(looked[1] for looked in looks)
        _tell_ended(states[index] for index in open_ones if has_ended(states[index]))
        open_ones = [index for index in open_ones if not has_ended(states[index])]
    return states


class _Followed:
    """How many actions the threads of this process follow."""

    def __init__(self):
        self._count = 0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def together_with(self, more):
        """Count so many more for a while; gives how many that are in all."""
        with self._lock:
            self._count += more
            crowd = self._count
        try:
            yield crowd
        finally:
            with self._lock:
                self._count -= more


_followed = _Followed()


def check(states):
    """Raise ActionFailed, naming each that did, when any of ``states`` has ended without success."""
    failed = [state for state in states if has_ended(state) and state["status"] != SUCCESS]
    if failed:
        texts = ["%s: %s" % (describe(state), in_short(state.get("message")) or "no message") for state in failed]
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


def _tell_ended(states):
    for state in states:
        progress.done(progress.ACTIONS, str(state["id"]))


def _in_words(state, is_unread):
    return describe(state), "it could not be read at the last look" if is_unread else state.get("message")


def _look(client, state, start, troubled):
    """The state now, and the seconds that the platform asks to wait before the next look."""
    path = "%s/%s" % (PATH, state["id"])
    # The platform may come back before the deadline does; the action does not depend on us.
    try:
        response = client.read(path, until=start.end)
    except (TimedOut, Unreachable):
        if start.left > 0:
            return state, 0
        raise
    except UnexpectedAnswer as problem:
        if _is_patient(state, start, troubled):
            return state, 0
        raise ActionLost("%s; %s" % (problem, RUN_AGAIN), actions=to_results([state])) from problem
    if (response.status in RETRIED_STATUSES or response.status >= 500) and start.left > 0:
        return state, response.retry_after
    if not response.ok:
        # A new action may not be known yet, and some servers answer a look with a conflict while the action runs.
        if response.status not in (401, 403) and _is_patient(state, start, troubled):
            return state, response.retry_after
        raise ActionLost(
            "%s cannot be read (GET %s: %d); %s" % (describe(state), path, response.status, RUN_AGAIN),
            actions=to_results([state]),
        )
    troubled.pop(state["id"], None)
    data = response.data
    if not isinstance(data, dict) or str(data.get("id", state["id"])) != str(state["id"]):
        raise ActionLost("GET %s answered something other than %s; %s" % (path, describe(state), RUN_AGAIN))
    return {**state, **{key: value for key, value in data.items() if value is not None}}, response.retry_after


def _is_patient(state, start, troubled):
    """Whether an action that cannot be read may be asked for again; ``troubled`` is since when, by id."""
    since = troubled.setdefault(state["id"], start.elapsed)
    return start.elapsed - since < VISIBLE_WITHIN and start.left > 0


def _still_running(states, open_ones, clock):
    ids = [states[index]["id"] for index in open_ones]
    return (
        "%s still in progress after %g s. The platform continues: run the same task again to continue waiting, or "
        "wait with cegedim.cloud.itcare_action and ids: %s"
        % (" and ".join(describe(states[index]) for index in open_ones), clock.seconds, ids)
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source: it looks at the platform again and again, and hands over what has changed as events.

The order is what nothing gets lost by: an event is put on the queue, ansible-rulebook takes it, the cursor notes it. A
look that failed in any part never was: the next one finds the same news.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time

from ..module_utils import client as clients
from ..module_utils.errors import (
    Ambiguous,
    CloudError,
    InvalidInput,
    LoginFailed,
    MissingLibrary,
    NotFound,
    TlsFailed,
)
from . import event_changes, event_options, event_readings
from .event_cursor import Cursor

PATIENCE = 300  # seconds after which a refusal (of the login, or of the request itself) ends the source
LONGEST_PAUSE = 60  # seconds between two tries while the platform is not available; or the interval, if that is longer
FOR_GOOD = (InvalidInput, MissingLibrary, NotFound, Ambiguous)
GAP = 50  # actions in a list none of which is known: too many to be all new

logger = logging.getLogger("cegedim.cloud.itcare_actions")


async def main(queue, args):
    """Put events on ``queue`` until cancelled. Raises CloudError for what no further try can change."""
    options = event_options.parse(args)
    client = clients.from_params(options.connection, "itcare_actions")
    platform = client.address
    scope = [options.connection["client_id"], *sorted(options.services)]
    cursor = Cursor(options.cursor)
    try:
        cursor.open(platform, scope, options.since.isoformat() if options.since else None)
        await _Source(client, options, cursor, queue, args.get(event_options.FEEDBACK_QUEUE)).run()
    finally:
        cursor.close()


class _Source:
    def __init__(self, client, options, cursor, queue, feedback):
        self._client, self._options, self._cursor = client, options, cursor
        self._queue, self._feedback = queue, feedback
        self._services = None
        self._is_prepared = False
        self._is_told_of_denial = False

    async def run(self):
        trouble = _Trouble(self._options.interval)
        while True:
            try:
                seen, found = await asyncio.to_thread(self._look)
            except CloudError as problem:
                await asyncio.sleep(trouble.pause_after(problem))
                continue
            trouble.over()
            await self._tell(seen, found)
            await asyncio.sleep(self._options.interval)

    def _look(self):
        """One look at the platform, in a thread: what it shows, and what is known of the resources of new actions."""
        if not self._is_prepared:
            self._services = event_readings.services(self._client, self._options)
            self._is_prepared = True
        state = self._cursor.state
        seen = event_readings.shown(self._client, self._options, state, self._services)
        return seen, event_readings.located(self._client, state, seen, self._note_denial)

    async def _tell(self, seen, found):
        """Hand over what is new, and bring the state up to date."""
        state, cursor, options = self._cursor.state, self._cursor, self._options
        reads = dict(has_actions=options.wants(*event_options.OF_ACTIONS), has_resources=seen.resources is not None)
        self._warn_of_gap(state, seen)
        changes = list(event_changes.of_actions(state, seen, found)) if reads["has_actions"] else []
        changes += event_changes.of_resources(state, seen) if reads["has_resources"] else []
        if state["look"] == 0 and any(change.event for change in changes):
            cursor.save()  # what is noted stands behind a state
        for change in changes:
            if change.event and event_changes.is_wanted(change.event, options):
                await self._hand_over(change)
            else:
                cursor.apply(change.updates)
        updates, lost = event_changes.kept_actions(state, seen.actions) if reads["has_actions"] else ([], [])
        cursor.apply(updates)
        for key in lost:
            logger.warning("action %s was under way and is not shown any more: how it ended is unknown", key)
        is_first = any(is_read and not state[name] for name, is_read in reads.items())
        if changes or updates or is_first:
            state.update({name: state[name] or is_read for name, is_read in reads.items()})
            state["newest"] = event_changes.newest(state, seen.actions)
            state["look"] += 1
            cursor.save()

    async def _hand_over(self, change):
        event = _without_secrets(change.event, self._client.transport.redact)
        await self._queue.put(event)
        if self._feedback is not None:
            await self._feedback.get()
            self._cursor.note(change.updates)
            return
        # ansible-rulebook's queue holds one event, behind the source's filters. Until that one has been taken, it would
        # be lost with the process.
        behind = getattr(self._queue, "queue", self._queue)
        if not isinstance(behind, asyncio.Queue) or behind.maxsize <= 0:
            self._cursor.note(change.updates)
            return
        pause = 0
        try:
            while not behind.empty():
                await asyncio.sleep(pause)
                pause = min(pause + 0.001, 0.05)
        finally:
            if behind.empty():
                self._cursor.note(change.updates)

    def _warn_of_gap(self, state, seen):
        if not state["has_actions"] or len(seen.actions) < GAP or not state["told"]:
            return
        if not any(key in state["told"] or key in state["open"] for key in seen.actions):
            logger.warning(
                "none of the %d actions that the platform lists was there the last time; if it lists the latest ones "
                "only, some may have been missed: look more often (interval), or at fewer services",
                len(seen.actions),
            )

    def _note_denial(self, problem):
        if not self._is_told_of_denial:
            logger.warning("events of actions come without the id and service of their resource: %s", problem)
        self._is_told_of_denial = True


class _Trouble:
    """How long to wait after a failed look, and which failures end the source."""

    def __init__(self, interval):
        self._interval = interval
        self._pause, self._refused_since, self._has_worked = min(interval, 1), None, False

    def over(self):
        """A look has succeeded."""
        self._pause, self._refused_since, self._has_worked = min(self._interval, 1), None, True

    def pause_after(self, problem):
        """Seconds to wait before the next try. Raises ``problem`` where it will not pass."""
        if isinstance(problem, FOR_GOOD) or (not self._has_worked and _is_final_at_first(problem)):
            raise problem
        if _is_refusal(problem):
            now = time.monotonic()
            self._refused_since = now if self._refused_since is None else self._refused_since
            if now - self._refused_since > PATIENCE:
                raise problem
        else:
            self._refused_since = None
        pause, self._pause = self._pause, min(2 * self._pause, max(LONGEST_PAUSE, self._interval))
        logger.warning("the platform could not be read, next try in %g s: %s", pause, problem)
        return pause


def _is_refusal(problem):
    """Whether it is a definite no, which a platform in trouble may say for a while, too."""
    status = problem.details.get("status")
    if status is not None:
        return 400 <= status < 500 and status not in (408, 429)
    return isinstance(problem, (LoginFailed, TlsFailed))


def _is_final_at_first(problem):
    """Whether it is a mistake in the options, if it comes before anything has worked.

    A login that the token server refuses is one; a token that the API refuses may be fine.
    """
    return isinstance(problem, TlsFailed) or (isinstance(problem, LoginFailed) and "status" in problem.details)


def _without_secrets(event, redact):
    text = json.dumps(event)
    return event if redact(text) == text else _each_without(event, redact)  # each by itself takes long


def _each_without(value, redact):
    if isinstance(value, dict):
        return {key: _each_without(item, redact) for key, item in value.items()}
    return redact(value) if isinstance(value, str) else value

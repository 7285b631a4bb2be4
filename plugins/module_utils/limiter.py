# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests may be in flight: one line for each origin in a process, served in order of arrival.

The platform refuses requests (429) when too many are in flight, and tells nobody how many it allows. So the slots halve
when it refuses, soon grow back to just below the level that it refused, and from there only now and then. A request
that was refused keeps its number: it stands at the head of the line again, so nobody starves while others are served.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time

REGROWTH = 3  # answers for each slot that grows back, below the level that was refused last
PROBING = 20  # answers for each slot from that level on; twice as many after each probe that was refused
RAREST_PROBING = 160
LOOK_AGAIN = 5  # seconds after which a waiting request looks for itself, if nothing has woken it

_limiters = {}


def limiter_of(origin, ceiling):
    """The limiter of this process for ``origin`` (text); ``ceiling`` is the most in flight, and the last one counts."""
    found = _limiters.get(origin)
    if found is None:
        found = _limiters.setdefault(origin, Limiter(ceiling))  # one step, so all threads get the same one
    if found.ceiling != ceiling:
        found.limit(ceiling)
    return found


def highest_ceiling(default):
    """The highest ceiling of this process's limiters, or ``default`` where there is none yet."""
    return max((one.ceiling for one in list(_limiters.values())), default=default)


def forget():
    """Begin anew, as a forked process does: the parent's requests are not its own, and a lock may be held for ever."""
    _limiters.clear()


os.register_at_fork(after_in_child=forget)


class Limiter:
    """Slots for the requests in flight, and the line of those that wait for one. Threads share it.

    ``number()``, then ``enter()``, and after each answer or failure ``leave()``. ``slots`` is how many may be in flight
    now, ``progressed`` when (``time.monotonic()``) something last got an answer other than "come back later".
    """

    def __init__(self, ceiling):
        self.ceiling = self.slots = ceiling
        self.progressed = float("-inf")
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._line = []
        self._in_flight = 0
        self._cuts = 0
        self._refused_at = ceiling + 1
        self._probing = PROBING
        self._answers = 0
        self._paused_until = float("-inf")

    def number(self):
        """A place in the order of arrival, for all tries of one request."""
        return next(self._numbers)

    def enter(self, number, until=None):
        """Wait for a slot. Returns a mark for ``refused()``.

        Whoever has waited until ``until`` (``time.monotonic()``) goes ahead without one: its one try may be its last.
        """
        with self._lock:
            if not self._line and self._has_room():
                self._in_flight += 1
                return self._cuts
            place = _Place()
            heapq.heappush(self._line, (number, place))
            self._call()
        while place.mark is None:
            left = LOOK_AGAIN if until is None else until - time.monotonic()
            pause = self._paused_until - time.monotonic()
            if left <= 0:
                self._go_ahead(number, place)
            elif pause > 0:
                time.sleep(pause if until is None else min(pause, left))
            else:
                place.called.wait(min(left, LOOK_AGAIN))
            with self._lock:
                self._call()
        return place.mark

    def leave(self):
        """Give the slot back."""
        with self._lock:
            self._in_flight -= 1
            if self._line:
                self._call()

    def answered(self):
        """A request got its answer: time begins anew for those that were refused, and slots grow back."""
        with self._lock:
            self.progressed = time.monotonic()
            if self.slots >= self.ceiling:
                return
            self._answers += 1
            if self._answers >= (REGROWTH if self.slots + 1 < self._refused_at else self._probing):
                self._answers = 0
                self.slots += 1
                self._call()

    def refused(self, mark):
        """The platform refused (429) the request that entered with ``mark``; call it before ``leave()``.

        What was sent before the last cut says nothing about the slots that are left since.
        """
        with self._lock:
            if mark == self._cuts:
                self._cuts += 1
                self._answers = 0
                if self.slots >= self._refused_at:
                    self._probing = min(2 * self._probing, RAREST_PROBING)
                self._refused_at = self.slots
                self.slots = max(1, self.slots // 2)

    def pause(self, seconds):
        """Let no request in for that long."""
        with self._lock:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def limit(self, ceiling):
        """Change the ceiling."""
        with self._lock:
            self.slots = ceiling if self.slots >= self.ceiling else min(self.slots, ceiling)
            self.ceiling = ceiling
            self._call()

    def _has_room(self):
        return self._in_flight < self.slots and time.monotonic() >= self._paused_until

    def _call(self):
        while self._line and self._has_room():
            _number, place = heapq.heappop(self._line)
            self._admit(place)

    def _admit(self, place):
        self._in_flight += 1
        place.mark = self._cuts
        place.called.set()

    def _go_ahead(self, number, place):
        with self._lock:
            if place.mark is None:
                self._line.remove((number, place))
                heapq.heapify(self._line)
                self._admit(place)


class _Place:
    """One request that waits: ``mark`` is None until it is its turn."""

    __slots__ = ("called", "mark")

    def __init__(self):
        self.called = threading.Event()
        self.mark = None

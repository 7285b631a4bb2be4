# SPDX-License-Identifier: GPL-3.0-or-later
"""Deadlines, and the one way to look again and again until something is seen."""

from __future__ import annotations

import time

from . import progress

FIRST_PAUSE = 0.25  # seconds between the first two looks
LONGEST_PAUSE = 5
LATE_SECONDS = 20
SETTLE_SECONDS = 60


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

    def within(self, seconds):
        """A clock of so many seconds that does not go past this one's deadline."""
        return Clock(max(0, min(seconds, self.left)))

    def late(self):
        """A clock for an effect that may be visible late, where nothing says that it will be."""
        return self.within(LATE_SECONDS)

    def settling(self):
        """A clock for an effect whose action has succeeded."""
        return self.within(SETTLE_SECONDS)


def until(look, clock, what=None):
    """Call ``look()`` until it returns something true, with pauses that double; the last value that it returned.

    It is called once more when the time of ``clock`` is over, and at least once. ``what`` is being waited for, in a few
    words.
    """
    pause, key = FIRST_PAUSE, object()
    try:
        while True:
            is_last = clock.left <= 0
            seen = look()
            if seen or is_last:
                return seen
            if what:
                progress.waiting(progress.EFFECTS, key, lambda: (what, None))
            clock.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
    finally:
        progress.done(progress.EFFECTS, key)

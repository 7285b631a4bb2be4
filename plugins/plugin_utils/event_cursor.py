# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event source remembers over a restart: a file, and a lock that keeps a second source away from it.

The first line is the state after the last complete look at the platform. Each further line is an event that was handed
over since, as the change that it makes to the state. So an event costs one short write, and after a crash at any moment
at most one event has been handed over without a line: it comes once more, under the same id.

A state is plain JSON::

    {"format": 1, "platform": "https://...", "scope": [...],   # whose state it is
     "look": 7,                                     # how many looks have changed it
     "since": "2026-..." or null,                   # the first look tells what ended from then on
     "newest": "2026-..." or null,                  # the latest end of an action that was seen
     "has_actions": true, "has_resources": true,    # whether there was a first look
     "told": {"1333": 20783},                       # actions that have ended; the day they were last listed
     "open": {"1334": {...}},                       # actions under way, with what is known of their resources
     "resources": {"500000001": {...}}}             # resources as they were listed last
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile

from ..module_utils.errors import InvalidInput

FORMAT = 1
SECTIONS = ("told", "open", "resources")


class CursorFailed(Exception):
    """The cursor cannot be written, so that what was handed over could not be remembered."""


class Cursor:
    """The state, and its file. ``path`` None: the state lasts as long as the process."""

    def __init__(self, path=None):
        self.path = os.path.realpath(path) if path else None
        self.state = None
        self._lines = None
        self._lock = None

    def open(self, platform, scope, since=None):
        """Take the lock and read the file, if there is one. ``since`` (text or None) counts only if there is none.

        Raises InvalidInput where another source has the lock, or where the file is not a cursor of this ``platform``.
        """
        self._take_lock()
        stored, lines = self._stored()
        if stored is None:
            self.state = dict(
                format=FORMAT,
                platform=platform,
                scope=scope,
                look=0,
                since=since,
                newest=None,
                has_actions=False,
                has_resources=False,
                **{section: {} for section in SECTIONS},
            )
            return
        if stored["platform"] != platform:
            raise InvalidInput(
                "cursor: %s is the cursor of %s, and this source reads %s; give each platform a file of its own"
                % (self.path, stored["platform"], platform)
            )
        self.state = stored
        for line in lines:
            self.apply(line)
        if stored["scope"] != scope:  # what the new scope shows for the first time is no news
            self.state.update(scope=scope, has_actions=False, has_resources=False, since=self.state["newest"])
            self.state["resources"] = {}
        self.save()

    def apply(self, updates):
        """Change the state by ``updates``: list of (section, key, value), where None removes."""
        for section, key, value in updates:
            if value is None:
                self.state[section].pop(key, None)
            else:
                self.state[section][key] = value

    def note(self, updates):
        """The same, and remember it: an event has been handed over. Raises CursorFailed."""
        self.apply(updates)
        if self.path:
            with self._failing():
                if self._lines is None:
                    raise OSError("it was never written")
                self._write(self._lines, (json.dumps(updates) + "\n").encode())

    def save(self):
        """Write the whole state, atomically. Raises CursorFailed."""
        if not self.path:
            return
        with self._failing():
            directory, name = os.path.split(self.path)
            descriptor, temporary = tempfile.mkstemp(dir=directory, prefix="." + name)  # mkstemp creates it 0600
            try:
                self._write(descriptor, (json.dumps(self.state) + "\n").encode())
                os.fsync(descriptor)
                os.replace(temporary, self.path)
            except BaseException:
                os.close(descriptor)
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise
            self._close_lines()
            self._lines = descriptor  # further lines go behind the state

    def close(self):
        """Give the lock back."""
        self._close_lines()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self):
        if not self.path:
            return
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            self._lock = os.open(self.path + ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as problem:
            raise InvalidInput("cursor: %s cannot be used: %s" % (self.path, problem.strerror)) from problem
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.close()
            raise InvalidInput(
                "cursor: another source uses %s; each source needs a file of its own" % self.path
            ) from None

    def _stored(self):
        """The state in the file, or None, and its further lines."""
        if not self.path:
            return None, []
        try:
            with open(self.path, "rb") as file:
                content = file.read()
        except FileNotFoundError:
            return None, []
        except OSError as problem:
            raise InvalidInput("cursor: %s cannot be read: %s" % (self.path, problem.strerror)) from problem
        # What has no line end was being written when the process ended.
        lines = content.split(b"\n")[:-1]
        if not content:
            return None, []
        try:
            state, *lines = [json.loads(line) for line in lines]
            if not _is_state(state) or not all(_are_updates(line) for line in lines):
                raise ValueError
        except (ValueError, RecursionError):
            raise InvalidInput(
                "cursor: %s is not a cursor of this collection, or it is damaged. Remove it to begin anew; since tells "
                "from when on" % self.path
            ) from None
        return state, lines

    @contextlib.contextmanager
    def _failing(self):
        try:
            yield
        except OSError as problem:
            raise CursorFailed("the cursor %s cannot be written: %s" % (self.path, problem)) from problem

    @staticmethod
    def _write(descriptor, content):
        while content:
            content = content[os.write(descriptor, content) :]

    def _close_lines(self):
        if self._lines is not None:
            os.close(self._lines)
            self._lines = None


def _is_state(state):
    return (
        isinstance(state, dict)
        and state.get("format") == FORMAT
        and {"platform", "scope", "look", "since", "newest", "has_actions", "has_resources"} <= set(state)
        and all(isinstance(state.get(section), dict) for section in SECTIONS)
        and all(isinstance(day, int) for day in state["told"].values())
        and all(isinstance(known, dict) and {"about", "missed"} <= set(known) for known in state["open"].values())
        and all(isinstance(row, dict) and "id" in row for row in state["resources"].values())
    )


def _are_updates(line):
    return isinstance(line, list) and all(
        isinstance(one, list) and len(one) == 3 and one[0] in SECTIONS and isinstance(one[1], str) for one in line
    )

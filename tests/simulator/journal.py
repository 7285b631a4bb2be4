# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: every request the simulator saw, without its secrets."""

from __future__ import annotations

import re
import threading

_SECRET = re.compile(r"pass|secret|token|credential|authori[sz]ation$|^authkey$", re.IGNORECASE)
HIDDEN = "***"


class Journal:
    """Entries are plain dictionaries: n, time (s since the epoch), method, path (below the base), operation,
    query, body, headers, authorized, status (None: no answer was sent), write, dry_run, applied, violation,
    token (a token request), connection."""

    def __init__(self):
        self._entries: list[dict] = []
        self._lock = threading.Lock()
        self._n = 0

    def add(self, **entry) -> dict:
        """Notes a request; the entry may still be completed by whoever answers it."""
        with self._lock:
            self._n += 1
            entry = {"n": self._n, **entry}
            self._entries.append(entry)
            return entry

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def entries(self, **wanted) -> list[dict]:
        """The entries whose fields equal the given ones; path is a regular expression that must match wholly."""
        path = wanted.pop("path", None)
        pattern = None if path is None else re.compile(path)
        with self._lock:
            entries = list(self._entries)
        return [
            entry
            for entry in entries
            if all(entry.get(name) == value for name, value in wanted.items())
            and (pattern is None or pattern.fullmatch(entry["path"]))
        ]


def without_secrets(value: object) -> object:
    """A copy of JSON data in which everything named like a secret is hidden."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if _SECRET.search(str(name)) and item is not None else without_secrets(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value

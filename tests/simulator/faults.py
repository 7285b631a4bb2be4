# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: a queue of what shall go wrong, and for which requests."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

from . import mutate
from .contract import Operation

# kind: what it does.
KINDS = {
    "status": "answers status/headers/body/content_type instead of acting",
    "error_before": "like status (default 503, empty body), named after when it strikes: nothing took effect",
    "error_after": "the same after the effect was applied",
    "reset_before": "resets the connection; nothing took effect",
    "reset_after": "resets the connection after the effect was applied",
    "truncate": "announces the whole answer, sends half of it and closes; the effect was applied",
    "truncate_json": "sends half of the answer's JSON with a correct length; the effect was applied",
    "slow": "waits the given seconds before answering",
    "hang": "waits the given seconds (default 3600) and then closes without an answer; nothing took effect",
    "redirect": "answers status (default 302) and the given location; nothing took effect",
    "fail_action": "the action that the request starts ends in ERROR with the given message",
    "stale_page": "before answering, a resource joins at the front (change: insert), or leaves there (remove), or"
    " leaves there while another joins at the end (swap)",
    "duplicate_row": "the page's last row is its first one again",
    "mutate": "changes the answer's JSON: drop: a path, set: {path, value} (mutate.py); the effect was applied",
    "short_page": "the page lacks a row, its totals do not",
}
OF_PAGES = ("stale_page", "duplicate_row", "short_page")
_MATCHERS = ("method", "path", "operation", "token")


@dataclass(eq=False)
class Fault:
    """One queued fault. times: how often it strikes (-1 for ever); after: matching requests it lets pass first."""

    kind: str
    match: dict = field(default_factory=dict)
    times: int = 1
    after: int = 0
    status: int | None = None
    headers: dict = field(default_factory=dict)
    body: str = ""
    content_type: str = "text/html"
    seconds: float | None = None
    location: str = ""
    message: str = "The operation failed"
    change: str = "insert"
    drop: str = ""
    set: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind}: one of {', '.join(KINDS)}")
        unknown = [name for name in self.match if name not in _MATCHERS]
        if unknown:
            raise ValueError(f"a fault cannot match by {', '.join(sorted(unknown))}")
        mutate.check(self.kind, self.drop, self.set)
        re.compile(self.match.get("path", ""))

    def concerns(self, method: str, path: str, operation: Operation | None, token: bool) -> bool:
        """Whether a request is one this fault is meant for.

        Token requests only with match.token, faults of pages only pages, failing actions only writes.
        """
        wanted = self.match
        if self.kind in OF_PAGES and not (operation and operation.paged):
            return False
        if self.kind == "fail_action" and not (operation and operation.writes):
            return False
        return (
            bool(wanted.get("token")) == token
            and wanted.get("method", method).upper() == method
            and wanted.get("operation") in (None, operation and operation.id)
            and re.search(wanted.get("path", ""), path) is not None
        )


class Faults:
    """The queue. The first fault that concerns a request and is due strikes; one per request."""

    def __init__(self):
        self._queue: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, description: dict) -> Fault:
        """Queues a fault described as `{kind, match: {method, path, operation, token}, times, after, ...}`."""
        try:
            fault = Fault(**description)
        except TypeError as error:
            raise ValueError(f"not a fault: {error}") from None
        with self._lock:
            self._queue.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._queue.clear()

    def list(self) -> list[dict]:
        """The faults still waiting, as dictionaries."""
        with self._lock:
            return [vars(fault).copy() for fault in self._queue]

    def strike(self, method: str, path: str, operation: Operation | None, token: bool) -> Fault | None:
        """The fault for this request, if any; counts it."""
        with self._lock:
            for fault in self._queue:
                if not fault.concerns(method, path, operation, token):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times > 0:
                    fault.times -= 1
                    if fault.times == 0:
                        self._queue.remove(fault)
                return fault
        return None

    def give_back(self, fault: Fault) -> None:
        """Queues a fault again that found nothing to do."""
        with self._lock:
            if fault not in self._queue:
                self._queue.insert(0, fault)
            if fault.times >= 0:
                fault.times += 1

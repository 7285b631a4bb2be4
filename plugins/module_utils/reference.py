# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that ask for the same only once; above all for reference data: what resources refer to, and the catalogue.

Code asks for such data through ``client.reference``. For a single task that is the client itself. The items of a batch
share a ``Reference``, so that a hundred new machines look up their service, network, platform and size once.
"""

from __future__ import annotations

import functools
import re
import threading
from concurrent.futures import Future

# What no module of the collection changes, but for the comments and tags of services, which no reference is about.
PATHS = re.compile(
    r"/(topology|compute/platform|compute/backup-policies|compute/services|networking/(networks|domains))\b"
)


class Once:
    """A client that reads each path only once, however many threads ask for it. It only reads."""

    def __init__(self, client):
        self._client = client
        self._answers = {}
        self._lock = threading.Lock()

    @property
    def reference(self):
        """As ``Client.reference``."""
        return self

    def get(self, path, query=None):
        """As ``Client.get``."""
        return self._read("get", path, query)

    def find(self, path, query=None):
        """As ``Client.find``."""
        return self._read("find", path, query)

    def exists(self, path, query=None):
        """As ``Client.exists``."""
        return self._read("exists", path, query)

    def pages(self, path, query=None):
        """As ``Client.pages``."""
        return self._read("pages", path, query)

    def _read(self, how, path, query):
        read = functools.partial(getattr(self._client, how), path, query)
        key = how, path, repr(sorted((query or {}).items()))
        with self._lock:
            is_first = key not in self._answers
            answer = self._answers.setdefault(key, Future())
        if not is_first:
            return self._shared(answer, read)
        try:
            answer.set_result(read())
        except BaseException as problem:
            self._failed(key)
            answer.set_exception(problem)
            raise
        return answer.result()

    def _shared(self, answer, read):
        """What another thread has asked for: its failure, too."""
        return answer.result()

    def _failed(self, key):
        """A failure is remembered as any other answer."""


class Reference(Once):
    """A client for reference data that remembers answers for all tasks of a batch.

    A failure is not remembered: each of those who waited for the answer asks for itself. The state of a resource, such
    as the versions to which it can be upgraded, is always read anew.
    """

    def _read(self, how, path, query):
        return super()._read(how, path, query) if PATHS.match(path) else getattr(self._client, how)(path, query)

    def _shared(self, answer, read):
        return read() if answer.exception() else answer.result()

    def _failed(self, key):
        with self._lock:
            del self._answers[key]

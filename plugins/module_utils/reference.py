# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference data: what resources refer to and what the catalogue lists, asked for once by many tasks in a process.

Code asks for it through ``client.reference``. For a single task that is the client itself. The items of a batch share a
``Reference``, so that a hundred new machines look up their service, network, platform and size once.
"""

from __future__ import annotations

import re
import threading
from concurrent.futures import Future

# What no module of the collection changes, but for the comments and tags of services, which no reference is about.
PATHS = re.compile(
    r"/(topology|compute/platform|compute/backup-policies|compute/services|networking/(networks|domains))\b"
)


class Reference:
    """A client for reference data that remembers answers, however many threads ask. It only reads.

    A failure is not remembered: each of those who waited for the answer asks for itself. The state of a resource, such
    as the versions to which it can be upgraded, is always read anew.
    """

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
        read = getattr(self._client, how)
        if not PATHS.match(path):
            return read(path, query)
        key = how, path, repr(sorted((query or {}).items()))
        with self._lock:
            is_first = key not in self._answers
            answer = self._answers.setdefault(key, Future())
        if is_first:
            try:
                answer.set_result(read(path, query))
            except BaseException:
                with self._lock:
                    del self._answers[key]
                answer.set_result(None)
                answer.has_failed = True
                raise
        value = answer.result()
        return read(path, query) if hasattr(answer, "has_failed") else value

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which documented operations were exercised."""

from __future__ import annotations

import os

from . import contract

VARIABLE = "ITCARE_SIMULATOR_COVERAGE"


class Exercised:
    """The operations one simulator saw; also appended, each once, to the file that the environment names."""

    def __init__(self):
        self.seen: set[str] = set()
        self._file = os.environ.get(VARIABLE)

    def note(self, operation_id: str) -> None:
        if operation_id in self.seen:
            return
        self.seen.add(operation_id)
        if self._file:
            # O_APPEND writes of one line do not mix, so that many test processes can share the file.
            descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, f"{operation_id}\n".encode())
            finally:
                os.close(descriptor)


def report(seen: set[str]) -> dict:
    """How many of the documented operations are among those seen, and which are missing."""
    documented = contract.load().operations
    return {
        "documented": len(documented),
        "exercised": len(seen & documented.keys()),
        "missing": sorted(documented.keys() - seen),
    }

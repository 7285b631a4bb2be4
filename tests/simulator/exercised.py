# SPDX-License-Identifier: GPL-3.0-or-later
"""Which documented operations were exercised with success, by which client, and which operations of PATCH.

The modules and plugins of the collection name themselves in the User-Agent: ``ansible-collection-... (itcare_tag)``.
"""

from __future__ import annotations

import os
import re

from . import contract

VARIABLE = "ITCARE_SIMULATOR_COVERAGE"
UNNAMED = "-"
# These reach whatever path they are given, or are no module: they prove nothing about the typed modules.
UNTYPED = (UNNAMED, "itcare_api")


class Exercised:
    """What one simulator saw, as texts "sender operation_id" or "sender operation_id:operation of PATCH".

    Each is also appended once, as a line, to the file that the environment names.
    """

    def __init__(self):
        self.seen: set[str] = set()
        self._file = os.environ.get(VARIABLE)

    def note(self, operation: contract.Operation, body: object, user_agent: str | None) -> None:
        named = re.search(r"\((\w+)\)$", user_agent or "")
        sender = named.group(1) if named else UNNAMED
        change = body.get("operation") if isinstance(body, dict) else None
        what = f"{operation.id}:{change}" if change in operation.options else operation.id
        word = f"{sender} {what}"
        if word in self.seen:
            return
        self.seen.add(word)
        if self._file:
            # O_APPEND writes of one line do not mix, so that many test processes can share the file.
            descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, f"{word}\n".encode())
            finally:
                os.close(descriptor)


def report(seen: set[str]) -> dict:
    """How many of the documented operations, and of the operations of PATCH, are among those seen; which are missing.

    ``typed`` counts what typed modules and the inventory have reached; each operation of PATCH is "id:name".
    """
    operations = contract.load().operations
    changes = {f"{one.id}:{name}" for one in operations.values() for name in one.options}
    everything = {what for _sender, _blank, what in (word.partition(" ") for word in seen)}
    by_typed = {what for sender, _blank, what in (word.partition(" ") for word in seen) if sender not in UNTYPED}
    return {
        "documented": len(operations),
        "exercised": _count(operations, _ids(everything)),
        "missing": sorted(operations.keys() - _ids(everything)),
        "typed": _count(operations, _ids(by_typed)),
        "typed_missing": sorted(operations.keys() - _ids(by_typed)),
        "patch_operations": len(changes),
        "patch_typed": _count(changes, by_typed),
        "patch_missing": sorted(changes - by_typed),
    }


def _ids(words: set[str]) -> set[str]:
    return {word.partition(":")[0] for word in words}


def _count(wanted, found: set[str]) -> int:
    return len(found.intersection(wanted))

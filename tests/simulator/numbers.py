# SPDX-License-Identifier: GPL-3.0-or-later
"""The second number of a record, its internalResourceId: the documentation does not say what it has to do with the id.

It is worked out from the id whenever it is shown or asked for, so that the setting `numbers` can change at any time.
"""

from __future__ import annotations

from collections.abc import Iterator

# Larger than any id, and of the same length.
_DISTANCE = 300_000_000


class Numbers:
    """The ids, and which of them are neighbours.

    With overlapping numbers the records of a kind (nodes of clusters are a kind of their own) form pairs in the order
    of their creation, and each shows the id of the other. A record without a neighbour yet shows an id that is kept
    for the next record of its kind.
    """

    def __init__(self, ids: Iterator[int]):
        self._ids = ids
        self._neighbours: dict[int, int] = {}
        self._single: dict[tuple, dict[int, None]] = {}
        self._kept: dict[tuple, list[int]] = {}

    def next_id(self, group: tuple) -> int:
        kept = self._kept.get(group)
        return kept.pop(0) if kept else next(self._ids)

    def add(self, record: dict) -> None:
        if record["id"] not in self._neighbours:
            self._single.setdefault(_group(record), {})[record["id"]] = None

    def drop(self, record: dict) -> None:
        self._single.get(_group(record), {}).pop(record["id"], None)

    def other(self, resource_id: int, mode: str) -> int:
        """The internalResourceId of the record with this id."""
        if mode == "same":
            return resource_id
        if mode == "overlapping":
            self._pair()
            return self._neighbours.get(resource_id, resource_id + _DISTANCE)
        return resource_id + _DISTANCE

    def owner(self, number: object, mode: str) -> int | None:
        """The id of the record with this internalResourceId, or what it would be."""
        if mode == "same" or not isinstance(number, int):
            return number
        if mode == "overlapping":
            self._pair()
            return self._neighbours.get(number, number - _DISTANCE)
        return number - _DISTANCE

    def _pair(self) -> None:
        if not self._single:
            return
        for group, single in self._single.items():
            ids = list(single)
            if len(ids) % 2:
                ids.append(next(self._ids))
                self._kept.setdefault(group, []).append(ids[-1])
            for one, other in zip(ids[::2], ids[1::2]):
                self._neighbours[one], self._neighbours[other] = other, one
        self._single = {}


def _group(record: dict) -> tuple:
    return record["_kind"], "_parent" in record

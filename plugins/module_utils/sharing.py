# SPDX-License-Identifier: GPL-3.0-or-later
"""Long listings in little memory: most of their rows is said again and again."""

from __future__ import annotations

import marshal

_CONTAINERS = frozenset((dict, list))


class Sharing:
    """One object for what many rows (dict) have alike. Threads may share it."""

    def __init__(self):
        self._values, self._fitting = {}, set()

    def keep(self, row):
        """``row``, in which each text and each object or list is the one that was seen first of those that are equal."""
        for key, item in row.items():
            kind = type(item)
            if kind is str:
                row[key] = self._values.setdefault(item, item)
            elif kind in _CONTAINERS and item:
                row[key] = self._values.setdefault(marshal.dumps(item, 2), item)
        return row

    def fitting(self, containers, scalars):
        """A function of a row, which does the same, and says whether the row fits.

        ``containers`` (dict) has a function for each key with an object or a list, which says the same of that: once
        for all that are equal. ``scalars`` are keys that have neither.
        """
        first, known, dumps = self._values.setdefault, self._fitting, marshal.dumps

        def fits(row):
            if not isinstance(row, dict):
                return False
            for key, item in row.items():
                kind = type(item)
                if kind is str:
                    row[key] = first(item, item)
                elif kind in _CONTAINERS:
                    if item:
                        item = row[key] = first(dumps(item, 2), item)
                    fits_it = containers.get(key)
                    if fits_it is None:
                        if key in scalars:
                            return False
                    elif (fits_it, id(item)) not in known:
                        if not fits_it(item):
                            return False
                        if item:  # it is kept, so that no other object gets its id()
                            known.add((fits_it, id(item)))
            for key in containers:
                item = row.get(key)
                if item is not None and type(item) not in _CONTAINERS:
                    return False
            return True

        return fits

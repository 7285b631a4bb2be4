# SPDX-License-Identifier: GPL-3.0-or-later
"""Long listings in little memory: most of their rows is said again and again."""

from __future__ import annotations

import marshal

ENOUGH_ROWS = 100  # to tell by
_CONTAINERS = frozenset((dict, list))


class Unlike:
    """Counts what is new under each key of many rows, to tell which keys show something else in most rows: to look for
    what is equal costs more there than it saves. Threads may share it."""

    def __init__(self):
        self._new, self._rows = {}, 0

    def is_new(self, key):
        """Note that a row shows under ``key`` what none did before."""
        self._new[key] = self._new.get(key, 0) + 1

    def keys(self, more_rows):
        """The keys (set) to leave alone in so many more rows, and in all that follow."""
        counts = self._new.copy()  # another thread may add a key meanwhile
        found = {key for key, times in counts.items() if 2 * times > self._rows >= ENOUGH_ROWS}
        for key in found:
            self._new[key] += more_rows
        self._rows += more_rows
        return found


class Sharing:
    """One object for what many rows (dict) have alike. Threads may share it."""

    def __init__(self):
        self._values, self._fitting, self._unlike = {}, set(), Unlike()

    def keep(self, row):
        """``row``, in which each text, object and list is the one that was seen first of those that are equal."""
        for key, item in row.items():
            kind = type(item)
            if kind is str:
                row[key] = self._values.setdefault(item, item)
            elif kind in _CONTAINERS and item:
                row[key] = self._values.setdefault(marshal.dumps(item, 2), item)
        return row

    def fitting(self, containers, scalars, count):
        """A function of a row, for so many rows, which does the same, and says whether the row fits.

        ``containers`` (dict) has a function for each key with an object or a list, which says the same of that: once
        for all that are equal. ``scalars`` are keys that have neither.
        """
        first, known, dumps = self._values.setdefault, self._fitting, marshal.dumps
        unlike, is_new = self._unlike.keys(count), self._unlike.is_new

        def fits(row):
            if not isinstance(row, dict):
                return False
            for key, item in row.items():
                kind = type(item)
                if kind is str:
                    row[key] = first(item, item)
                elif kind in _CONTAINERS:
                    fits_it = containers.get(key)
                    if fits_it is None and key in scalars:
                        return False
                    if item and key not in unlike:
                        one = row[key] = first(dumps(item, 2), item)
                        if one is item:
                            is_new(key)
                        # It is kept, so that no other object gets its id().
                        if fits_it is None or (fits_it, id(one)) in known:
                            continue
                        if not fits_it(one):
                            return False
                        known.add((fits_it, id(one)))
                    elif fits_it is not None and not fits_it(item):
                        return False
            for key in containers:
                item = row.get(key)
                if item is not None and type(item) not in _CONTAINERS:
                    return False
            return True

        return fits

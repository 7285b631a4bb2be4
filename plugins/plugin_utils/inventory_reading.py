# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an estate in many requests, of which some may fail: all of it or, where that is allowed, what there is."""

from __future__ import annotations

from ..module_utils.errors import CloudError
from ..module_utils.parallel import in_parallel


class Reader:
    """Reads as many things at a time as there are connections, and notes what cannot be read where that is allowed.

    ``problems`` (list of CloudError) is why what was read is not complete.
    """

    def __init__(self, tolerant):
        self.problems = []
        self._tolerant = tolerant

    def each(self, items, function):
        """``[function(item), ...]``; tolerant: None where it raises, which is noted."""

        def tolerated(item):
            try:
                return function(item)
            except CloudError as problem:
                self.note(problem)
                return None

        return in_parallel(tolerated, items)

    def note(self, problem):
        """Raise what is wrong, or keep it where that is allowed."""
        if not self._tolerant:
            raise problem
        self.problems.append(problem)

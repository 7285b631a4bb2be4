# SPDX-License-Identifier: GPL-3.0-or-later
"""Several requests at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from .limiter import highest_ceiling
from .transport import CONNECTIONS


def in_parallel(function, items):
    """``[function(item), ...]`` in the order of ``items``, as many at a time as ``parallel_requests`` allows; the first
    error is raised.

    The first one runs in the caller's own thread: mostly there are two, and a thread takes as long to start as a plan
    takes to make.
    """
    items = list(items)
    ceiling = highest_ceiling(CONNECTIONS)
    if len(items) < 2 or ceiling < 2:
        return [function(item) for item in items]
    first, *others = items
    with ThreadPoolExecutor(max_workers=min(ceiling - 1, len(others))) as pool:
        answers = pool.map(function, others)
        return [function(first), *answers]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Several requests at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from .limiter import highest_ceiling
from .transport import CONNECTIONS


def in_parallel(function, items):
    """``[function(item), ...]`` in the order of ``items``, as many at a time as ``parallel_requests`` allows; the first
    error is raised."""
    items = list(items)
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(max_workers=min(highest_ceiling(CONNECTIONS), len(items))) as pool:
        return list(pool.map(function, items))

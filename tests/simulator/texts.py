# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers as text, as a real client reads some of them (setting numbers_as_text)."""

from __future__ import annotations

_COUNTS = frozenset(
    {
        "brokerCount",
        "brokersCount",
        "coresCount",
        "cpu",
        "cpuCount",
        "diskSize",
        "free",
        "instanceCount",
        "memberCount",
        "nodeCount",
        "ram",
        "ramCount",
        "sizeGb",
        "sizeOf",
        "snapshotSize",
        "totalSizeDisks",
        "totalSizeFileSystems",
        "vcpus",
    }
)
_DECIMALS = frozenset({"storage"})


def numbers_as_text(value: object) -> object:
    """A copy of JSON data in which sizes and counts are text; ids and places in a page stay numbers."""
    if isinstance(value, dict):
        return {name: _text(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(item) for item in value]
    return value


def _text(name: str, value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        if name in _COUNTS:
            return str(value)
        if name in _DECIMALS:
            return f"{value}.0"
        return value
    return numbers_as_text(value)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in another form: numbers and booleans as text, categories in other words, no codes of platforms."""

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
_IDS = frozenset({"cloudId", "id", "internalResourceId", "networkId", "parentId", "port", "resourceId", "serviceId"})


def rewritten(value: object, settings: object) -> object:
    """A copy of JSON data as the settings numbers_as_text, ids_as_text, booleans_as_text, categories and
    platform_shown have it."""
    if settings.numbers_as_text:
        value = numbers_as_text(value)
    if settings.ids_as_text:
        value = _each(value, lambda name, item: str(item) if name in _IDS and _is_number(item) else item)
    if settings.booleans_as_text:
        value = _each(value, lambda _name, item: str(item).lower() if isinstance(item, bool) else item)
    if settings.categories == "words":
        value = _each(value, lambda name, item: _in_words(item) if name == "category" and item else item)
    if settings.platform_shown == "label":
        value = _each(value, lambda name, item: None if name in ("imageCode", "productCode") else item)
    return value


def _each(value: object, change: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {key: _each(item, change, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_each(item, change, name) for item in value]
    return change(name, value)


def _is_number(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)


def _in_words(category: str) -> str:
    return category.removesuffix("S").replace("_", " ").capitalize()


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""Spring pages, and the filters that lists have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable

# The statuses of the list filters are compared as sent; everything a user may spell freely is not.
MAX_INT = 2**31 - 1


class BadPage(ValueError):
    """page, size or sort cannot be used."""


def page(rows: list[dict], query: dict, sortable: Iterable[str], default_size: int, max_size: int) -> dict:
    """The documented wrapper around one page of rows: page counts from 0, sort is 'property(,asc|desc)'.

    The answered `content` holds the rows themselves, still to be turned into their views.
    """
    number, size = _number(query, "page", 0, 0), min(_number(query, "size", default_size, 1), max_size)
    rows, order = _sorted(rows, query.get("sort"), query.get("direction"), sortable)
    total, start = len(rows), number * size
    content = rows[start : start + size]
    pages = -(-total // size)
    return {
        "content": content,
        "empty": not content,
        "first": number == 0,
        "last": number >= pages - 1,
        "number": number,
        "numberOfElements": len(content),
        "pageable": {
            "offset": start,
            "pageNumber": number,
            "pageSize": size,
            "paged": True,
            "sort": order,
            "unpaged": False,
        },
        "size": size,
        "sort": order,
        "totalElements": total,
        "totalPages": pages,
    }


def _number(query: dict, name: str, default: int, least: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or not least <= int(text) <= MAX_INT:
        raise BadPage(f"{name} must be a number from {least} on")
    return int(text)


def _sorted(
    rows: list[dict], sort: str | None, direction: str | None, sortable: Iterable[str]
) -> tuple[list[dict], list[dict]]:
    if not sort:
        return rows, []
    name, *rest = sort.split(",")
    descending = (rest or [direction or "asc"])[0].lower()
    if name not in sortable or len(rest) > 1 or descending not in ("asc", "desc"):
        raise BadPage("sort must be property(,asc|desc) of one property of the rows")
    rows = sorted(rows, key=lambda row: (row.get(name) is not None, _key(row.get(name))), reverse=descending == "desc")
    order = {
        "ascending": descending == "asc",
        "direction": descending.upper(),
        "ignoreCase": False,
        "nullHandling": "NATIVE",
        "property": name,
    }
    return rows, [order]


def _key(value: object) -> tuple:
    return (0, value) if isinstance(value, (int, float)) else (1, str(value))


def by_list(values: list[str] | None, mode: str = "ignore_case") -> Callable[[object], bool]:
    """A test for a comma list: `a,b` selects, `!c` excludes. mode: exact, ignore_case or substring."""
    if not values:
        return lambda value: True
    excluded = [_fold(value[1:], mode) for value in values if str(value).startswith("!")]
    selected = [_fold(value, mode) for value in values if not str(value).startswith("!")]
    if mode == "substring":

        def hit(value: str, texts: list) -> bool:
            return any(text in value for text in texts)

    else:
        excluded, selected = frozenset(excluded), frozenset(selected)

        def hit(value: str, texts: frozenset) -> bool:
            return value in texts

    def test(value: object) -> bool:
        value = _fold(value, mode)
        return not hit(value, excluded) and (not selected or hit(value, selected))

    return test


def by_tags(values: list[str] | None) -> Callable[[list[dict]], bool]:
    """A test for `key:value` pairs, all of which must be on the resource; a bare key asks for the key only."""
    wanted = [value.partition(":")[::2] for value in values or []]

    def test(tags: list[dict]) -> bool:
        return all(
            any(t["tagKey"] == key and (not value or t["tagValue"] == value) for t in tags) for key, value in wanted
        )

    return test


def _fold(value: object, mode: str) -> object:
    text = "" if value is None else str(value)
    return text if mode == "exact" else text.lower()

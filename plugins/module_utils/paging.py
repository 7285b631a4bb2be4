# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings with pages, read completely (the API reference, Paging)."""

from __future__ import annotations

import json

from .answers import page_of
from .errors import PartialListing, UnexpectedAnswer
from .parallel import in_parallel

PAGE_SIZE = 200
TRIES = 3  # of a listing whose totals do not fit its rows: the estate may change meanwhile
MOST_PAGES = 100000


def read_all(get, path, query, size):
    """All rows of a paged listing (list), complete, in the order of the pages, none twice.

    ``get(path, query)`` reads one page. The first one tells how many there are; the others are read in parallel. Where
    it does not tell, they are read one after the other until the last. A plain list is taken as it is.
    Raises PartialListing when the rows do not add up to the total that the API itself names, and UnexpectedAnswer.
    """
    counted = "nothing"
    for _dummy in range(TRIES):
        rows, total = _read_once(get, path, dict(query or {}), size)
        if total is None or len(rows) == total:
            return rows
        counted = "%d rows, and the API says %d" % (len(rows), total)
    raise PartialListing("%s could not be read completely: %s" % (path, counted))


def read_sole(get, path, query, size):
    """The same for a listing that answers a page and documents no parameter for another one: what it answers without
    one, where that is everything, else all pages.
    """
    page = get(path, query)
    if isinstance(page, list):
        return unique([page])
    rows, total = unique([page_of("GET %s" % path, page)["content"]]), page.get("totalElements")
    is_all = len(rows) == total if total is not None else _said(page) is True
    return rows if is_all else read_all(get, path, query, size)


def _read_once(get, path, query, size):
    """The rows, and the total that the API names or None."""
    where = "GET %s" % path
    first = get(path, {**query, "page": 0, "size": size})
    if isinstance(first, list):
        return unique([first]), None
    page_of(where, first)
    total, count = first.get("totalElements"), first.get("totalPages")
    # A server may cap the size; its own number is the one that its pages are cut by.
    size = first.get("size") or size

    def read(number):
        page = get(path, {**query, "page": number, "size": size})
        return {"content": page} if isinstance(page, list) else page_of(where, page)

    if count is None:
        return _read_on(where, read, first, size), total
    if count > min(MOST_PAGES, max(1, count if total is None else total)):
        raise UnexpectedAnswer("%s says that it has %s rows in %d pages" % (where, total, count))
    return unique([first["content"], *(page["content"] for page in in_parallel(read, range(1, count)))]), total


def _read_on(where, read, page, size):
    """The rows of a listing that does not say how many pages it has: page after page until the last one."""
    pages = [page["content"]]
    while not _is_last(page, size):
        page = read(len(pages))
        known = len(unique(pages))
        pages.append(page["content"])
        if len(unique(pages)) == known:  # a server that does not know `page` answers the same again
            if _said(page) is False or (page["content"] and _said(page) is None):
                raise PartialListing(
                    "%s could not be read completely: page %d brings nothing new" % (where, len(pages))
                )
            break
    return unique(pages)


def _is_last(page, size):
    said = _said(page)
    return len(page["content"]) < size if said is None else said


def _said(page):
    """Whether it is the last page, as it says itself; None where it does not."""
    return {"true": True, "false": False}.get(str(page.get("last")).strip().lower())


def unique(pages):
    """The rows (list) of several pages (lists), each once: those that share an ``id``, or are wholly alike, are one."""
    rows = {}
    for page in pages:
        for row in page:
            number = row.get("id") if isinstance(row, dict) else None
            known = isinstance(number, (int, str)) and not isinstance(number, bool)
            rows.setdefault(number if known else (json.dumps(row, sort_keys=True),), row)
    return list(rows.values())

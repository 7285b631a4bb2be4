# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings with pages, read completely (the API reference, Paging), also while the estate changes.

When a row leaves between the reading of two pages, the first row of the second page moves to the page that was read
already, and neither shows it; another row that joins meanwhile hides it from the total. So neighbouring pages overlap:
page 1 of 995 rows begins with the last five rows of page 0 of 1000 rows. Where two pages have a row in common, they
show whatever was listed all the time between their ends, however much has come and gone. Where they have none, the
listing is read again, with more overlap.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from .answers import page_of
from .errors import ApiError, CloudError, PartialListing, UnexpectedAnswer
from .parallel import in_parallel

PAGE_SIZE = 200
OVERLAP = 200  # one row in so many is read twice
TRIES = 3  # of a listing that does not add up
MOST_PAGES = 100000
MOST_EXTENSIONS = 10  # of a listing that grows while it is read


def read_all(get, path, query, size, keep=None, lost=None):
    """All rows of a paged listing (list), in the order of the pages, none twice.

    What is listed all the time is in it, even if other rows come and go between two pages. ``get(path, query)`` reads
    one page. The first one tells how many there are; the others are read in parallel. Where it does not tell, they are
    read one after the other until the last; a short first page is the last only where it says so, since the server may
    give fewer rows at a time than it is asked for. A plain list is taken as it is. ``keep(row)`` is what stays of a
    row.

    Raises PartialListing where the rows do not add up to the total that the API itself names, or where the pages never
    meet; UnexpectedAnswer; and what ``get`` raises. With ``lost`` none of these: it is called with each such error, and
    the result is what could be read, or None where that is nothing.
    """
    reader = _Reader(get, path, query, size, keep, lost)
    rows, missing = None, ""
    for number in range(TRIES):
        try:
            pages = reader.read(number)
        except CloudError as problem:
            if _is_refused(problem) and number == TRIES - 1:
                break  # it cannot be sorted
            return _given_up(problem, lost, rows)
        rows = unique(pages)
        if None in pages:
            return rows  # an error has been told of
        missing = reader.missing(pages, rows)
        if not missing:
            return rows
    return _given_up(PartialListing("%s could not be read completely: %s" % (path, missing)), lost, rows)


def read_sole(get, path, query, size):
    """The same for a listing that answers a page and documents no parameter for another one: what it answers without
    one, where that is everything, else all pages.
    """
    data = get(path, query)
    if isinstance(data, list):
        return list(_by_key(data).values())
    rows, total = list(_by_key(page_of("GET %s" % path, data)["content"]).values()), data.get("totalElements")
    is_all = len(rows) == total if total is not None else _said(data) is True
    return rows if is_all else read_all(get, path, query, size)


def _said(data):
    """Whether this is the last page, as it says itself; None where it does not."""
    return {"true": True, "false": False}.get(str(data.get("last")).strip().lower())


def _is_refused(problem):
    return isinstance(problem, ApiError) and problem.details.get("status") in (400, 422)


def _given_up(problem, lost, rows):
    if lost is None:
        raise problem
    lost(problem)
    return rows


@dataclass
class _Page:
    """The rows (dict by what tells one from another) of a listing from ``start`` to ``start + size``.

    ``count``: how many the page shows, those that it shows twice included; ``total``: how many the listing has, as the
    page says; ``end``: the same as far as it limits the pages; ``said``: whether it is the last page, as it says. The
    last three are None where it does not say.
    """

    rows: dict
    count: int
    start: int
    size: int
    total: int = None
    end: int = None
    said: bool = None
    is_as_asked: bool = True

    @property
    def is_last(self):
        if self.end is not None:
            return self.start + self.size >= self.end
        return self.count < self.size if self.said is None else self.said


class _Reader:
    """Reads a listing, and knows afterwards whether something is missing."""

    def __init__(self, get, path, query, size, keep, lost):
        self._get, self._path, self._query, self._size, self._keep = get, path, dict(query or {}), size, keep
        self._lost = lost
        self._overlaps, self._seen = True, None

    def read(self, tries):
        """The pages (list of _Page, None for one that is lost) of one reading, after so many ``tries``."""
        if tries == TRIES - 1:
            self._query.setdefault("sort", "id")  # perhaps there is no order unless it is asked for
        first = self._page(0, self._size)
        overlap = min(max(1, first.size // OVERLAP) * 10**tries, (first.size - 1) // 2)
        self._overlaps = self._overlaps and overlap > 0
        pages = [first]
        for _extension in range(MOST_EXTENSIONS if first.end is not None else MOST_PAGES):
            last = pages[-1]
            if last is None or last.is_last:
                break
            windows = self._windows(last, first.size, overlap)
            more = in_parallel(lambda window: self._page_or_lost(*window), windows)
            is_stuck = last.end is None and more[0] is not None and len(unique(pages)) == len(unique([*pages, *more]))
            pages += more
            if is_stuck:  # a server that does not know `page` answers the same again
                if not more[0].is_last and not self._has_no_pages(first, more[0]):
                    pages.append(self._incomplete("page %d brings nothing new" % len(pages)))
                break
        return pages

    def _has_no_pages(self, first, other):
        """Whether a server that tells nothing of its pages answers all there is, whatever page is asked for."""
        return other.said is None and other.rows.keys() == first.rows.keys() and first.count < self._size

    def missing(self, pages, rows):
        """In words what is missing of these pages, or None where they are complete."""
        totals = [page.total for page in pages if page.total is not None]
        if totals and len(rows) < min(totals):
            return "%d rows, and the API says %d" % (len(rows), min(totals))
        if len(pages) == 1:
            return None
        if self._overlaps:
            if all(not one.rows.keys().isdisjoint(other.rows) for one, other in zip(pages, pages[1:])):
                return None if pages[-1].is_last or pages[-1].end is None else "it grows faster than it can be read"
            # Where a server cuts pages as it likes, they never meet.
            self._overlaps = all(page.is_as_asked for page in pages)
        before, self._seen = self._seen, {key for page in pages for key in page.rows}
        return None if not self._overlaps and before == self._seen else "it changes faster than it can be read"

    def _windows(self, last, size, overlap):
        """The pages (number and size of each) that follow ``last``, as far as it knows; at least one."""
        end, windows = last.start + last.size, []
        while not windows or end < (last.end or 0):
            window = _next_window(end, size, overlap) if self._overlaps else None
            self._overlaps = window is not None
            windows.append(window or (end // size, size))
            end = (windows[-1][0] + 1) * windows[-1][1]
        return windows

    def _page_or_lost(self, number, size):
        try:
            return self._page(number, size)
        except CloudError as problem:
            return _given_up(problem, self._lost, None)

    def _incomplete(self, why):
        return _given_up(PartialListing("%s could not be read completely: %s" % (self._path, why)), self._lost, None)

    def _page(self, number, size):
        where = "GET %s" % self._path
        data = self._get(self._path, {**self._query, "page": number, "size": size})
        if isinstance(data, list):
            return _Page(self._by_key(data), len(data), number * size, size, end=0 if number == 0 else None)
        page_of(where, data)
        rows, total, count = data["content"], data.get("totalElements"), data.get("totalPages")
        if count is not None and count > min(MOST_PAGES, max(1, count if total is None else total)):
            raise UnexpectedAnswer("%s says that it has %s rows in %d pages" % (where, total, count))
        said = _said(data)
        own = data.get("size") or size
        if number == 0:
            # A server may cap the size; its own number is the one that its pages are cut by.
            is_all = said is True or (said is None and (count == 1 or (total is not None and total <= len(rows))))
            size = own if data.get("size") or is_all else len(rows) or size
        end = total if said is None else None
        if count is not None:
            end = count * size if total is None else min(total, count * size)
        return _Page(self._by_key(rows), len(rows), number * size, size, total, end, said, is_as_asked=own == size)

    def _by_key(self, rows):
        for index, row in enumerate(rows) if self._keep else ():
            rows[index] = self._keep(row)  # in place: what is not kept leaves memory row by row
        return _by_key(rows)


def _next_window(end, size, overlap):
    """The number and size of the page, of ``size`` at most, that begins ``overlap`` rows or more before ``end`` and
    reaches as far as possible behind it; less overlap where no page does, and None where no page reaches over ``end``.
    """
    for least in (overlap, 1):
        best = None
        for one in range(size, least, -1):
            if best and best[0] >= end - least + one:
                break  # no smaller page reaches as far
            if end % one >= least:
                best = max(best or (0,), (end - end % one + one, end // one, one))
        if best:
            return best[1:]
    return None


def unique(pages):
    """The rows (list) of several pages (None is skipped), each once."""
    rows = {}
    for page in pages:
        if page is not None:
            for key, row in page.rows.items():
                rows.setdefault(key, row)
    return list(rows.values())


def _by_key(rows):
    """The rows (dict) by what tells them apart: those that share an ``id`` are one, unless their names or services
    differ, and so are those that are wholly alike.
    """
    found = {}
    for row in rows:
        key = row.get("id") if isinstance(row, dict) else None
        if type(key) not in (int, str):
            key = (json.dumps(row, sort_keys=True),)
        elif key in found and _owner(found[key]) != _owner(row):
            key = (key, *_owner(row))
        found.setdefault(key, row)
    return found


def _owner(row):
    return str(row.get("name")), str(row.get("serviceId"))

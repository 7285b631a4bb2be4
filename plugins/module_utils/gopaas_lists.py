# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of GoPaaS: what is asked goes in headers, and so does the number of the page.

Neither the first page's number nor the shape of an answer is documented. So the list is read once without a number,
which tells both, and pages are read until one is empty or repeated. A page that is not full proves nothing: the server
may give fewer rows than asked.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from .errors import ApiError, InvalidInput, PartialListing, UnexpectedAnswer
from .gopaas import check_text, header, is_message, part

OPERATORS = ("contain", "equal")  # those in the documentation
CONDITIONS = dict(
    type="list",
    elements="dict",
    options=dict(
        field=dict(type="str", required=True),
        operator=dict(type="str", choices=list(OPERATORS), default="contain"),
        value=dict(type="str", required=True),
    ),
)
PAGE_SIZE = 100
NO_SUCH_PAGE = 404
USUAL_NAMES = ("rows", "data", "items", "list", "results", "records")  # of several lists, the first of these


@dataclass(frozen=True)
class Page:
    """One answer: its ``rows`` (list), and what else it has (``rest``: dict, or None for a bare list)."""

    rows: list
    rest: object = None


@dataclass
class Listing:
    """A list as it was read: ``rows``, what the first answer has besides them (dict or None), and warnings."""

    rows: list
    rest: object
    warnings: list = field(default_factory=list)


def search_headers(search, text):
    """The headers of a search: conditions (list of dict, see CONDITIONS), and a text in any column. Both may be None.

    Raises InvalidInput for what they cannot say.
    """
    headers = {}
    if search:
        headers["advancedSearch"] = header("search", "AND|".join(map(_condition, search)))
    if text is not None:
        headers["textSearch"] = header("text_search", text)
    return headers


def _condition(one):
    for name in ("field", "value"):
        if "|" in one[name]:
            text = "search: the %s %r holds |, which separates the parts of a condition, and cannot be sent"
            raise InvalidInput(text % (name, one[name]))
        check_text("search: the %s" % name, one[name])
    if not one["field"].strip():
        raise InvalidInput("search: a condition has an empty field")
    return "%s|%s|%s|" % (one["field"], one["operator"], one["value"])


def read_list(client, view, headers, page_size, most_pages):
    """The Listing of a view, read to its end.

    Raises ApiError, UnexpectedAnswer for an answer in which the rows cannot be found, and PartialListing for more than
    ``most_pages`` pages.
    """
    path = _path(view)

    def ask(number=None):
        return _ask(client, path, headers, page_size, number)

    first = ask()
    if not first.rows:
        return Listing([], first.rest)
    number, pages = _beginning(first.rows, ask)
    seen = {_print(rows) for rows in pages}
    repeated = None
    while pages[-1] and number is not None:
        if len(pages) >= most_pages:
            text = "the view %s has more than %d pages of %d rows; raise max_pages or page_size, or narrow the search"
            raise PartialListing(text % (view, most_pages, page_size))
        number += 1
        rows = _rows_or_nothing(ask, number, (NO_SUCH_PAGE,))
        if not rows or _print(rows) in seen:
            repeated = rows
            break
        pages.append(rows)
        seen.add(_print(rows))
    rows = [row for page in pages for row in page]
    if len(rows) < len(first.rows):  # pages are not followed there at all
        rows = first.rows
    return Listing(rows, first.rest, _doubts(view, rows, repeated))


def read_page(client, view, headers, page_size, number):
    """The Listing of one page, by the number that GoPaaS counts it with."""
    page = _ask(client, _path(view), headers, page_size, number)
    return Listing(page.rows, page.rest)


def _path(view):
    return "/list/%s/" % part("view", view)


def _ask(client, path, headers, page_size, number):
    numbered = {} if number is None else {"page": str(number)}
    data = client.get(path, {**headers, "rowPerPage": str(page_size), **numbered})
    if is_message(data):
        words = client.words(data["msg"])
        raise UnexpectedAnswer("GET %s answered a message instead of a list: %s" % (path, words))
    return page_of(data, path)


def _beginning(first, ask):
    """The number of the last page read so far (None: there are no more), and the rows of those pages.

    ``first`` are the rows that came without a number.
    """
    one = _rows_or_nothing(ask, 1, (NO_SUCH_PAGE,))
    if one and _begin_alike(first, one):
        return 1, [one]
    zero = _rows_or_nothing(ask, 0, (400, NO_SUCH_PAGE))
    if not zero or zero == one:
        return (1, [one]) if one else (None, [first])
    return (1, [zero, one]) if one else (None, [zero])


def _begin_alike(some, others):
    least = min(len(some), len(others))
    return some[:least] == others[:least]


def _rows_or_nothing(ask, number, statuses):
    """The rows of a page, or an empty list where one of these ``statuses`` says that there is no such page."""
    try:
        return ask(number).rows
    except ApiError as refused:
        if refused.status in statuses:
            return []
        raise


def _doubts(view, rows, repeated):
    """Warnings about rows that are the same as others: pages may have shifted meanwhile, or end too early."""
    prints = [_print(row) for row in rows]
    doubles = len(prints) - len(set(prints))
    if not doubles:
        return []
    if repeated and len({_print(row) for row in repeated}) < len(repeated):
        return [
            "view %s: its rows cannot be told apart, and so neither can its pages: rows may be missing. Add a column "
            "such as cle to the view" % view
        ]
    return [
        "view %s: %d rows came more than once: it changed while it was read, or they look the same" % (view, doubles)
    ]


def _print(value):
    return json.dumps(value, sort_keys=True)


def page_of(data, path):
    """The Page in an answer: a list, or an object with one list in it. Raises UnexpectedAnswer."""
    if data is None or data == {}:
        return Page([])
    if isinstance(data, list):
        return Page(data)
    if not isinstance(data, dict):
        raise UnexpectedAnswer("GET %s answered neither a list nor an object" % path)
    inside = _inside(data)
    lists = _lists(data)
    if len(lists) > 1:
        usual = [name for name in USUAL_NAMES if name in lists]
        if not usual:
            text = "GET %s answered several lists (%s), and which one has the rows is not known"
            raise UnexpectedAnswer(text % (path, ", ".join(sorted(lists))))
        lists = usual[:1]
    if lists:
        return Page(data[lists[0]], {name: value for name, value in data.items() if name != lists[0]})
    if _is_numbered(data):
        return Page(list(data.values()))
    if inside is not None:
        page = page_of(data[inside], path)
        return Page(page.rows, {name: value for name, value in data.items() if name != inside})
    if any(isinstance(value, dict) for name, value in data.items() if not _is_of_columns(name)):
        raise UnexpectedAnswer("GET %s answered an object in which no list can be found" % path)
    # How a list without rows looks is not documented. An object without a list is taken for one only if it counts none.
    if not any(str(value).strip() == "0" for value in data.values()):
        text = "GET %s answered an object without a list (%s), and nothing in it says that there are no rows"
        raise UnexpectedAnswer(text % (path, ", ".join(sorted(data))))
    return Page([], data)


def _lists(data):
    return [name for name, value in data.items() if isinstance(value, list) and not _is_of_columns(name)]


def _inside(data):
    """The name of the one object in which a list lies, or None."""
    names = [
        name
        for name, value in data.items()
        if isinstance(value, dict) and not _is_of_columns(name) and (_lists(value) or _is_numbered(value))
    ]
    return names[0] if len(names) == 1 else None


def _is_numbered(data):
    """Whether an object is a list with holes, as PHP writes it: ``{"12": {...}, "15": {...}}``."""
    return bool(data) and all(str(name).isdigit() and isinstance(value, dict) for name, value in data.items())


def _is_of_columns(name):
    return re.match(r"colu?m", name, re.I) is not None

# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an answer is what the API documents (shapes.py), looked at once, where it enters.

Scalars are text, numbers, booleans or null in any mixture, as real answers show them; only objects and lists have to be
where the documentation has them. What is not documented, a path or a field, may be anything.
"""

from __future__ import annotations

import functools
import re

from .errors import UnexpectedAnswer
from .shapes import ANSWERS, SCHEMAS, SOLE_PAGES

_CONTAINERS = frozenset((dict, list))
_IDS = frozenset((int, str, float))
_NUMBER = re.compile(r"[0-9]{1,15}")
_ID = re.compile(r"[0-9]+")
NUMBERED = ("Service", "LoadBalancerUrl")  # beside the resources: paths and bodies name them by their numbers
TOTALS = ("totalPages", "totalElements", "size", "number", "numberOfElements")

# Reads that may answer nothing (204, an empty body, {}, [], an empty page) where the reference shows an object.
EMPTY_IS_NORMAL = {
    "/compute/instances/{id}/snapshots": "mostly there is none; clients saw an object, a list, a page and nothing",
    "/compute/instances/{id}/storage": "nothing is known of a machine without an agent, or of one that is being built",
    "/compute/instances/{id}/networks": "a machine that is being built has none yet, and one may have several",
    "/compute/resources/{id}/networks": "not every resource has a network, and one may have several",
    "/compute/resources/{id}/parent": "most resources are no node of another",
    "/compute/resources/{id}/urls": "described as URLs, shown as one object; only load balancers have any",
    "/compute/resources/{id}/patch-policy": "not every resource is patched",
    "/compute/resources/{id}/backup-policies": "not every resource is backed up",
    "/compute/containers/kubernetes/{id}/metrics": "not measured yet",
    "/compute/resources/metrics": "an account may see no resource",
    "/compute/services/{id}/relations": "a service may need none, and none may need it",
    "/compute/services/{id}/relations/stats": "the same",
    "/compute/platform/products/{id}": "it answers what the query asks for, and a product may have none of that",
    "/networking/loadbalancers/{id}/ssl-profiles": "a host may have none",
}

# Those of them where the object may also come in a list, or in a page.
IN_SEVERAL_FORMS = frozenset(
    (
        "/compute/instances/{id}/snapshots",
        "/compute/instances/{id}/networks",
        "/compute/resources/{id}/networks",
        "/compute/resources/{id}/urls",
    )
)


def is_documented(path):
    """Whether ``GET path`` is documented at all."""
    return _answer("GET", path) is not None


def is_paged(path):
    """Whether ``GET path`` is documented as a listing with pages."""
    answer = _answer("GET", path)
    return answer is not None and answer[1].startswith("Page[")


def is_sole_page(path):
    """Whether ``GET path`` is documented to answer a page, without a parameter for another one."""
    return path in SOLE_PAGES


def may_be_empty(path):
    """Whether nothing is a normal answer to ``GET path``."""
    answer = _answer("GET", path)
    return answer is not None and answer[0] in EMPTY_IS_NORMAL


def is_empty(data):
    """Whether JSON says 'nothing' under any reading."""
    return data is None or data in ({}, []) or (isinstance(data, dict) and data.get("content") == [])


def nothing(path, data):
    """A sentence where ``GET path`` answered nothing although something is documented; otherwise None."""
    answer = _answer("GET", path)
    if answer is None or answer[0] in EMPTY_IS_NORMAL:
        return None
    shape = answer[1]
    if data is None or (data == {} and shape[0] not in "[{"):
        what = "a page" if shape.startswith("Page[") else "a list" if shape[0] == "[" else "an object"
        return "GET %s answered nothing where %s is documented" % (path, what)
    return None


def checked(method, path, data, sharing=None):
    """``data``, the JSON of a successful answer, when it is of the documented shape.

    A list that comes as its only page is unwrapped, and the totals of a page are numbers afterwards, or missing. With
    ``sharing`` (a Sharing) the rows of a page share what they have alike.
    Raises UnexpectedAnswer, which names the method, the path and the field.
    """
    answer = _answer(method, path)
    if answer is None:
        return data
    template, shape = answer
    where = "%s %s" % (method, path)
    if method == "GET" and template in EMPTY_IS_NORMAL and (is_empty(data) or template in IN_SEVERAL_FORMS):
        rows_of(where, data, shape)
        return data
    if shape.startswith("Page["):
        rows = data if isinstance(data, list) else page_of(where, data)["content"]
        _check_rows(where, rows, shape[5:-1], "content" if rows is not data else "", sharing)
        return data
    if shape.startswith("["):
        rows = data if isinstance(data, list) else _only_page(where, data)
        _check_rows(where, rows, shape[1:-1], "content" if rows is not data else "")
        return rows
    if not _fits(shape)(data):
        raise _mismatch(where, shape, data)
    if method == "GET" and template.endswith("}"):  # what was asked for by a number or a name has to show which it is
        _check_ids(where, [data], shape, None)
    return data


def told_by_write(method, path, data):
    """What the answer of a write tells: ``data``, or the mere ids of its actions where it is not as documented.

    The write has been done, so a strange answer is not raised: whoever sent it looks for the effect.
    """
    try:
        return checked(method, path, data) if isinstance(data, (dict, list)) else None
    except UnexpectedAnswer:
        answer = _answer(method, path)
        if answer[1] not in ("Action", "[Action]"):
            return None
        rows = data if isinstance(data, list) else [data]
        return [{"id": row["id"]} for row in rows if isinstance(row, dict) and type(row.get("id")) in (int, str)]


def rows_of(where, data, shape="{}"):
    """The objects (list of dict) in an answer that is nothing, one object, a list, or a page with all there is.

    Raises UnexpectedAnswer; ``where`` is what it names first, such as ``GET /path``.
    """
    if is_empty(data):
        return []
    if isinstance(data, dict):
        rows = _only_page(where, data) if "content" in data else [data]
    else:
        rows = data if isinstance(data, list) else [data]
    for index, row in enumerate(rows):
        if not _fits(shape)(row):
            raise _mismatch(where, shape, row, "[%d]" % index if isinstance(data, list) else "")
    return rows


def page_of(where, data):
    """``data``, a page (dict) whose ``content`` is a list and whose totals are numbers or missing.

    Raises UnexpectedAnswer.
    """
    if not isinstance(data, dict) or not isinstance(data.get("content"), list):
        has = "it is %s" % _kind(data) if not isinstance(data, dict) else "content is %s" % _kind(data.get("content"))
        raise _unexpected(where, "%s, so it is neither a page nor a list" % has)
    for name in TOTALS:
        if name in data:
            number = _number(data[name])
            if number is None:
                del data[name]
            elif number < 0:
                raise _unexpected(where, "%s is %s, not a number of pages or rows" % (name, _kind(data[name])))
            else:
                data[name] = number
    return data


def _number(value):
    """A total as an int, None where it is null, -1 where it is none."""
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (bool, dict, list)) or not _NUMBER.fullmatch(str(value).strip()):
        return -1
    return int(value)


def _only_page(where, data):
    """The rows in a page that is said to be all there is. Raises UnexpectedAnswer where it is not, or where ``data`` is
    no page."""
    if not isinstance(data, dict) or "content" not in data:
        raise _unexpected(where, "it is %s, not a list" % _kind(data))
    rows = page_of(where, data)["content"]
    total = data.get("totalElements", len(rows))
    if data.get("totalPages", 1) > 1 or total != len(rows) or str(data.get("last")).lower() == "false":
        raise _unexpected(where, "it is a page of %d rows of %d, where a list has all" % (len(rows), total))
    return rows


def _check_rows(where, rows, shape, name, sharing=None):
    fits = _fits_sharing(shape, sharing, len(rows)) if sharing and shape in SCHEMAS else _fits(shape)
    for index, row in enumerate(rows):
        if not fits(row):
            raise _mismatch(where, shape, row, "%s[%d]" % (name, index))
    _check_ids(where, rows, shape, name)


def _check_ids(where, rows, shape, name):
    """``name`` is where the rows are, None for an answer that is not a list."""
    fields = _fields(shape)[1] if shape in SCHEMAS else ()
    if "id" not in fields:
        return
    is_numbered = "internalResourceId" in fields or shape in NUMBERED
    for index, row in enumerate(rows):
        shown = row.get("id")
        if isinstance(shown, int) and not isinstance(shown, bool) and shown >= 0:
            continue
        place = "it" if name is None else "%s[%d]" % (name, index)
        if type(shown) not in _IDS or shown == "":
            raise _unexpected(where, "%s has no id" % place)
        if is_numbered and not _ID.fullmatch(str(shown)):
            raise _unexpected(where, "%s has the id %r, which is not a whole number" % (place, str(shown)[:100]))


def _unexpected(where, what):
    return UnexpectedAnswer("%s answered something other than documented: %s" % (where, what))


def _mismatch(where, shape, value, name=""):
    place, words = _difference(shape, value, name)
    return _unexpected(where, "%s is %s" % (place.lstrip(".") or "it", words))


def _difference(shape, value, name):
    """Where and how ``value`` is not of that shape: (place, words), or None."""
    below = ()
    if shape == ".":
        wrong = type(value) in _CONTAINERS and "a single value"
    elif shape[0] == "[":
        wrong = not isinstance(value, list) and "a list"
        below = [] if wrong else [(shape[1:-1], item, "%s[%d]" % (name, at)) for at, item in enumerate(value)]
    else:
        wrong = not isinstance(value, dict) and "an object"
        below = [] if wrong else _below(shape, value, name)
    if wrong:
        return name, "%s, not %s" % (_kind(value), wrong)
    return next((found for found in (_difference(*one) for one in below) if found), None)


def _below(shape, value, name):
    if shape[0] == "{":
        return [
            (shape[1:-1], item, _at(name, key)) for key, item in value.items() if item is not None and shape != "{}"
        ]
    containers, scalars = _fields(shape)
    known = {**containers, **dict.fromkeys(scalars, ".")}
    return [(known[key], value[key], _at(name, key)) for key in value if key in known and value[key] is not None]


def _at(name, key):
    return "%s.%s" % (name, key[:100])


# The same as _difference(), as quick as can be: it runs for every row of every listing, and a machine's row has some 60
# fields and a dozen objects. So types are asked for first, and names only of those few values that are containers.


@functools.cache
def _fits(shape):
    """A function of a value: whether it is of that shape."""
    return _predicate(shape, {})


def _fits_sharing(shape, sharing, count):
    containers, scalars = _fields(shape)
    return sharing.fitting({key: _fits(inner) for key, inner in containers.items()}, scalars, count)


def _predicate(shape, made):
    """The same; ``made`` are those that exist already, since a service shows services."""
    if shape == ".":
        return lambda value: type(value) not in _CONTAINERS
    if shape == "{}":
        return lambda value: isinstance(value, dict)
    if shape[0] == "[":
        return _fits_list(_predicate(shape[1:-1], made))
    if shape[0] == "{":
        return _fits_map(_predicate(shape[1:-1], made))
    if shape in made:
        return made[shape]
    containers, scalars = _fields(shape)
    if not containers:
        return made.setdefault(shape, _fits_flat(scalars))
    fitting = {}
    made[shape] = _fits_object(fitting, scalars)
    fitting.update((key, _predicate(inner, made)) for key, inner in containers.items())
    return made[shape]


def _fits_list(fits):
    def all_fit(value):
        if not isinstance(value, list):
            return False
        for item in value:  # all() takes longer
            if not fits(item):
                return False
        return True

    return all_fit


def _fits_map(fits):
    return lambda value: isinstance(value, dict) and all(item is None or fits(item) for item in value.values())


def _fits_flat(scalars):
    has_no_container = _CONTAINERS.isdisjoint

    def fits(value):
        return isinstance(value, dict) and (
            has_no_container(map(type, value.values()))
            or not any(type(item) in _CONTAINERS and key in scalars for key, item in value.items())
        )

    return fits


def _fits_object(fitting, scalars):
    is_container = _CONTAINERS.__contains__

    def fits(value):
        if not isinstance(value, dict):
            return False
        others = sum(map(is_container, map(type, value.values())))
        for key, fit in fitting.items():
            item = value.get(key)
            if item is not None:
                if type(item) not in _CONTAINERS or not fit(item):
                    return False
                others -= 1
        return not others or not any(type(item) in _CONTAINERS and key in scalars for key, item in value.items())

    return fits


@functools.cache
def _fields(name):
    """The fields of a schema: those with a shape (dict), and the names of the scalars (set)."""
    containers, scalars = {}, set()
    for word in SCHEMAS[name].split():
        field, _colon, shape = word.partition(":")
        if word[0] == "+":
            more, plain = _fields(word[1:])
            containers.update(more)
            scalars.update(plain)
        elif shape:
            containers[field] = shape
            scalars.discard(field)
        else:
            scalars.add(field)
            containers.pop(field, None)
    return containers, scalars


def _answer(method, path):
    """The documented answer to a request as (path template, shape), or None."""
    node = _tree()
    for segment in path.split("/"):
        node = node.get(segment) or (node.get("{}") if segment else None)
        if node is None:
            return None
    return node.get(method + " ")


@functools.cache
def _tree():
    tree = {}
    for name, shape in ANSWERS.items():
        method, path = name.split(" ")
        node = tree
        for segment in path.split("/"):
            node = node.setdefault("{}" if segment[:1] == "{" else segment, {})
        node[method + " "] = (path, shape)
    return tree


def _kind(value):
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "text", bool: "a boolean"}
    return names.get(type(value), "a number")

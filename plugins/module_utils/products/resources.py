# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources of any kind, many at a time (the API reference, Resources)."""

from __future__ import annotations

from ..client import in_parallel
from ..errors import Ambiguous, InvalidInput, NotFound
from ..finding import is_clear, named
from ..resource import REMOVED
from .references import SHOWN_SERVICE, Shown, is_id

PATH = "/compute/resources"
ASKED_AT_ONCE = 100  # names or ids in one address, whose length every server limits
KINDS = ("resourceType", "type", "technology", "category", "family")


def find_resources(client, wanted, service_id=None, resource_type=None):
    """The records (list of dict) of resources given by name or id, in the same order, each once.

    ``service_id`` (a name or an id) and ``resource_type`` narrow names. One request serves a hundred names, and one a
    hundred ids. An id that the listing does not show is taken as it is, ``{"id": ..., "name": None}``: services have
    tags, too. Raises InvalidInput, NotFound, Ambiguous; each names all that it is about.
    """
    check_names(wanted)
    ids = [one for one in wanted if is_id(one)]
    names = [one for one in wanted if not is_id(one)]
    queries = [*_queries("ids", ids), *_queries("names", names)]
    found = in_parallel(lambda query: client.pages(PATH, query), queries)
    rows = [row for page in found for row in page if row.get("status") != REMOVED]
    by_id = {str(row["id"]): row for row in rows}
    fitting = [row for row in by_id.values() if _fits(row, service_id, resource_type)]
    matches = {name: named(name, fitting) for name in names}
    _refuse_unclear(matches)
    records = {}
    for one in wanted:
        record = matches[one][0] if one in matches else by_id.get(str(int(one)), {"id": int(one), "name": None})
        records.setdefault(record["id"], record)
    return list(records.values())


def check_names(wanted):
    """Refuse, with InvalidInput, what the API's filters would read as something else: a comma, a leading ``!``."""
    if not wanted:
        raise InvalidInput("resources: the list is empty")
    for one in wanted:
        if not is_clear(one):
            raise InvalidInput("resources: %r is empty, or has a comma, a leading ! or blanks around it" % one)


def _queries(parameter, values):
    return [{parameter: values[start : start + ASKED_AT_ONCE]} for start in range(0, len(values), ASKED_AT_ONCE)]


def _fits(row, service_id, resource_type):
    return (service_id is None or SHOWN_SERVICE(row) == service_id) and (
        resource_type is None or Shown(*(row.get(key) for key in KINDS)) == resource_type
    )


def _refuse_unclear(matches):
    unknown = [name for name, rows in matches.items() if not rows]
    if unknown:
        raise NotFound(
            "there is no resource named %s (or this account does not see it, or it is not of that service or type)"
            % ", ".join(unknown)
        )
    several = {name: rows for name, rows in matches.items() if len(rows) > 1}
    if several:
        raise Ambiguous(
            "%s; give the id, or narrow with service or resource_type"
            % "; ".join(
                "%d resources are named %s: %s" % (len(rows), name, ", ".join(_in_words(row) for row in rows))
                for name, rows in several.items()
            )
        )


def _in_words(row):
    return "id %s, %s in service %s" % (row["id"], row.get("resourceType") or row.get("type"), SHOWN_SERVICE(row))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the filters of all listings have in common: their spelling, and what a comma-separated list cannot hold."""

from __future__ import annotations

import re

from ...client import in_parallel
from ...errors import InvalidInput
from ...resource import camel
from .references import find_service, is_id
from .tag_values import as_text

SPELLINGS = {"availability_zones": "az"}  # what the API calls otherwise than we do


def query_of(params, options):
    """The query (dict) for those of ``options`` that ``params`` gives. Raises InvalidInput."""
    query = {}
    for option in options:
        value = params.get(option)
        if value is None:
            continue
        check_items(option, value if isinstance(value, list) else [value])
        query[SPELLINGS.get(option) or camel(option)] = value
    return query


def not_narrowed(params, choice, options):
    """A warning (list of str) where ``gather`` asks for that ``choice`` and ``options`` that narrow the rest do not
    narrow it."""
    given = ["%s=%s" % (name, params[name]) for name in options if params[name] is not None]
    if choice not in params["gather"] or not given:
        return []
    return ["gather: %s is not narrowed by %s" % (choice, " and ".join(given))]


def check_items(option, items):
    """Refuse, with InvalidInput, what the API would read as something else: as several values, or as no filter."""
    if not items:
        raise InvalidInput("%s: an empty list would select everything; leave the option out for that" % option)
    for item in items:
        if not str(item).strip() or "," in str(item):
            raise InvalidInput("%s: %r is empty or has a comma, and a comma separates values" % (option, item))


def service_ids(client, option, wanted):
    """The ids of services given by name or id, each once; only names are looked up. Raises NotFound."""
    check_items(option, wanted)
    ids = in_parallel(lambda one: int(one) if is_id(one) else find_service(client, one)["id"], wanted)
    return list(dict.fromkeys(ids))


def tag_pairs(tags):
    """``{key: value}`` as the API's ``key:value``. Raises InvalidInput."""
    pairs = []
    for key, value in as_text(tags).items():
        if ":" in key:
            raise InvalidInput("tags: the key %r has a colon, which separates key and value in this filter" % key)
        pairs.append("%s:%s" % (key, value))
    check_items("tags", pairs)
    return pairs


def sort_order(text):
    """``property`` or ``property,asc|desc``; a property may be given in snake_case. Raises InvalidInput."""
    match = re.fullmatch(r"([A-Za-z]\w*)((?:,(?:asc|desc))?)", text)
    if not match:
        raise InvalidInput("sort: %r is not of the form property, property,asc or property,desc" % text)
    return camel(match[1]) + match[2]

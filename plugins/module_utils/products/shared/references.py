# SPDX-License-Identifier: GPL-3.0-or-later
"""What other things a resource refers to: by id or by name (the API reference, Services, Networks, Topology)."""

from __future__ import annotations

import re
import unicodedata

from ...errors import Ambiguous, ApiError, NotFound, PartialListing, TimedOut, UnexpectedAnswer

SERVICES, NETWORKS = "/compute/services", "/networking/networks"
PRODUCT_NAMES = ("code", "platform", "id", "label")


class Shown:
    """A value that an answer shows in several spellings, such as a service's id and name; any of them may be wanted."""

    def __init__(self, *spellings):
        self.spellings = spellings

    def __eq__(self, wanted):
        if isinstance(wanted, Shown):
            return any(self == one for one in wanted.spellings if one is not None)
        return _folded(wanted) in [_folded(one) for one in self.spellings if one is not None]

    def __hash__(self):
        return hash(self.spellings)

    def __str__(self):
        first, last = self.spellings[0], self.spellings[-1]
        return "%s (%s)" % (last, first) if is_id(first) and last != first else str(first)


class Unexplained(Shown):
    """A wanted name whose other names are not known."""

    is_unclear = True


class Label(Shown):
    """A value that an answer shows only in words for people: whether an Unexplained name means it cannot be told."""

    def __eq__(self, wanted):
        return isinstance(wanted, Unexplained) or super().__eq__(wanted)

    __hash__ = Shown.__hash__


def shows(*paths):
    """A reader for Field: the values at ``paths`` (``"network.id"``) as one Shown, or None where there is none."""

    def read(record):
        found = [value for path in paths for value in _listed(_at(record, path))]
        values = [value for value in found if value not in (None, "") and not isinstance(value, dict)]
        return Shown(*dict.fromkeys(values)) if values else None

    return read


def is_shown(wanted, shown):
    """For Field.same: whether the wanted spelling is among those shown."""
    return shown is None or shown == wanted


SHOWN_SERVICE = shows("serviceId", "serviceKey", "serviceName")
SHOWN_NETWORK = shows(
    "network.id", "network.technicalId", "network.networkShortDescription", "network.shortDescription"
)


def find_service(client, wanted):
    """The service (dict with ``id``, ``name``, ``environment``) of that id or name.

    Raises NotFound (which suggests names that are near), Ambiguous, UnexpectedAnswer.
    """
    client = client.reference
    if is_id(wanted):
        return _service_by_id(client, wanted)
    rows = client.pages(SERVICES, {"names": [wanted]})
    if not _matching(rows, wanted, ("name", "key")):
        # That filter may split a name at a comma, take ! for 'not', or not know an accent in its other form.
        rows = _all_services(client)
    return _the_only("service", wanted, rows, ("name", "key"))


def _service_by_id(client, wanted):
    path = "%s/%s" % (SERVICES, wanted)
    service = client.find(path)
    if service is None:
        raise NotFound("there is no service with the id %s (or this account does not see it)" % wanted)
    if not isinstance(service, dict) or str(service.get("id")) != str(int(wanted)):
        shown = service if isinstance(service, dict) else {}
        raise UnexpectedAnswer(
            "%s does not show the service %s, it shows %s (id %s)"
            % (path, wanted, shown.get("name") or "no name", shown.get("id") or "unknown")
        )
    return _with_number(service)


def _all_services(client):
    try:
        return client.pages(SERVICES)
    except (ApiError, PartialListing, TimedOut, UnexpectedAnswer):  # the name is not found either way
        return []


def find_network(client, wanted, region=None):
    """The network (dict) of that id, technical id or short description.

    Raises NotFound (which suggests names that are near), Ambiguous, UnexpectedAnswer.
    """
    rows = client.reference.pages(NETWORKS, {"regions": [region] if region else None})
    return _the_only("network", wanted, rows, ("id", "technicalId", "shortDescription", "networkShortDescription"))


def is_id(value):
    """Whether the user gave an id (a number, maybe as text) and no name."""
    return str(value).isdecimal()


def same_version(wanted, shown):
    """Whether two versions are equal in as many parts as both have.

    ``15`` is the same as ``15.4``, and ``v1.31.5`` as ``1.31``, which says less; ``15.4`` is not the same as ``15.6``.
    Words around a version, such as those of ``Redis 7.2``, do not count.
    """
    one, other = (re.split(r"[.\-+]", _only_version(text)) for text in (wanted, shown))
    common = min(len(one), len(other))
    return one[:common] == other[:common]


def _only_version(text):
    text = str(text).casefold()
    found = re.search(r"(?:^|[\s_(])v?(\d[\w.+\-]*)", text)
    return found[1] if found else text.lstrip("v")


def products_called(name, products):
    """Those of the products that go by this name. Which of their names a platform goes by: choices.rst."""
    return [row for row in products if name and Shown(*map(row.get, PRODUCT_NAMES)) == name]


def _matching(rows, wanted, keys):
    return [row for row in rows if isinstance(row, dict) and Shown(*(row.get(key) for key in keys)) == wanted]


def _the_only(kind, wanted, rows, keys):
    matches = _matching(rows, wanted, keys)
    if not matches:
        from ...neighbours import named, question  # only a refusal needs it

        raise NotFound(
            "there is no %s called %s (or this account does not see it)%s"
            % (kind, wanted, question(wanted, named(rows, *keys)))
        )
    if len(matches) > 1:
        ids = ", ".join("id %s (%s)" % (row.get("id"), row.get("environment")) for row in matches)
        raise Ambiguous("%d %ss are called %s: %s; give the id" % (len(matches), kind, wanted, ids))
    if not is_id(matches[0].get("id")):
        raise UnexpectedAnswer("the %s %s is listed without its id" % (kind, wanted))
    return _with_number(matches[0])


def _with_number(row):
    """``row`` with its id as the number that bodies take; an answer may show it as text."""
    return {**row, "id": int(row["id"])}


def _folded(value):
    """Text in a form to compare: without regard to case, and to how an accent is encoded."""
    text = str(value)
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold()


def _listed(value):
    return value if isinstance(value, list) else [value]


def _at(record, path):
    for key in path.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record

# SPDX-License-Identifier: GPL-3.0-or-later
"""What other things a resource refers to: by id or by name (the API reference, Services, Networks, Topology)."""

from __future__ import annotations

from ..errors import Ambiguous, NotFound


class Shown:
    """A value that an answer shows in several spellings, such as a service's id and name; any of them may be wanted."""

    def __init__(self, *spellings):
        self.spellings = spellings

    def __eq__(self, wanted):
        return str(wanted).casefold() in [str(spelling).casefold() for spelling in self.spellings]

    def __hash__(self):
        return hash(self.spellings)

    def __str__(self):
        first, last = self.spellings[0], self.spellings[-1]
        return "%s (%s)" % (last, first) if is_id(first) and last != first else str(first)


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
    """The service (dict with ``id``, ``name``, ``environment``) of that id or name. Raises NotFound, Ambiguous."""
    if is_id(wanted):
        service = client.find("/compute/services/%s" % wanted)
        if service is None:
            raise NotFound("there is no service with the id %s (or this account does not see it)" % wanted)
        return service
    rows = client.pages("/compute/services", {"names": [wanted]})
    return _the_only("service", wanted, rows, ("name", "key"))


def find_network(client, wanted, region=None):
    """The network (dict) of that id, technical id or short description. Raises NotFound, Ambiguous."""
    rows = client.pages("/networking/networks", {"regions": [region] if region else None})
    return _the_only("network", wanted, rows, ("id", "technicalId", "shortDescription", "networkShortDescription"))


def is_id(value):
    """Whether the user gave an id (a number, maybe as text) and no name."""
    return str(value).isdigit()


def _the_only(kind, wanted, rows, keys):
    matches = [row for row in rows if Shown(*(row.get(key) for key in keys)) == wanted]
    if not matches:
        raise NotFound("there is no %s called %s (or this account does not see it)" % (kind, wanted))
    if len(matches) > 1:
        ids = ", ".join("id %s (%s)" % (row.get("id"), row.get("environment")) for row in matches)
        raise Ambiguous("%d %ss are called %s: %s; give the id" % (len(matches), kind, wanted, ids))
    return matches[0]


def _listed(value):
    return value if isinstance(value, list) else [value]


def _at(record, path):
    for key in path.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record

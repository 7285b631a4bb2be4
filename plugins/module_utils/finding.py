# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is meant: the record that a name or an id stands for."""

from __future__ import annotations

import re

from .errors import Ambiguous, FixedDifference
from .plan import called
from .resource import REMOVED

_NO_NAME = re.compile(r"^!|,|^\s|\s$")


def find(client, resource, wanted):
    """The record of the resource that ``wanted`` names by id or by name, or None.

    Raises Ambiguous where several bear the name, and FixedDifference where the name is taken in another service, or
    where what is to be removed by its id is of another one.
    """
    service = next((one for one in resource.fields if one.name == "service_id" and one.name in wanted), None)
    if "id" in wanted:
        record = client.find("%s/%s" % (resource.path, wanted["id"]))
        if record is None or record.get("status") == REMOVED:
            return None
        if wanted.get("state") == "absent" and service and not _inside(client, service, wanted["service_id"], [record]):
            raise _elsewhere(service, wanted, record)
        return record
    name = wanted["name"]
    search = resource.search or (lambda client, name: client.pages(resource.path, {"names": [name]}))
    rows = [row for row in search(client, name) if row.get("status") != REMOVED]
    matches = (resource.named or named)(name, rows)
    if service:
        inside = _inside(client, service, wanted["service_id"], matches)
        if matches and not inside and resource.unique_name and wanted.get("state") != "absent":
            raise _elsewhere(service, wanted, matches[0])
        matches = inside
    if len(matches) > 1:
        raise Ambiguous(
            "%d resources of kind %s are named %s: %s; give id, or narrow with service"
            % (len(matches), resource.kind, name, "; ".join(_with_service(row) for row in matches))
        )
    return matches[0] if matches else None


def _elsewhere(service, wanted, record):
    return FixedDifference(
        "%s: service_id is fixed at creation: it is %s, not %s"
        % (wanted.get("name") or called(record), service.shown(record), wanted["service_id"])
    )


def _inside(client, service, wanted, rows):
    """The rows in the wanted service; its name is looked up only where no row shows it."""
    inside = [row for row in rows if not service.differs(wanted, row)]
    if inside or not rows or not service.lookup:
        return inside
    wanted = service.lookup(client, wanted)
    return [row for row in rows if not service.differs(wanted, row)]


def named(name, rows):
    """The rows of that name. The API may compare without case, or by a part of it; an exact match is meant first."""
    exact = [row for row in rows if row.get("name") == name]
    return exact or [row for row in rows if str(row.get("name")).casefold() == name.casefold()]


def is_clear(name):
    """Whether a name can be looked for: in the API's filters a comma separates and a leading ``!`` excludes."""
    return bool(name) and not _NO_NAME.search(name)


def _with_service(row):
    return "id %s in service %s (%s)" % (row.get("id"), row.get("serviceName"), row.get("serviceId"))

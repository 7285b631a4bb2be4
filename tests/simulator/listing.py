# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that all listings of resources share."""

from __future__ import annotations

from . import pages
from .call import Call

# query parameter: the record's field it compares with
_LISTS = {
    "services": "serviceId",
    "types": "type",
    "families": "family",
    "environments": "environment",
    "statuses": "status",
    "ids": "id",
    "versions": "version",
    "topologies": "topology",
    "ip": "ipAddress",
    "az": "labelAvailabilityZone",
    "regions": "labelRegion",
    "virtualIps": "virtualIp",
    "clouds": "cloudId",
    "categories": "category",
    "sizes": "_sizing",
}
_SWITCHES = {
    "monitoringStatus": "monitoringEnabled",
    "monitoringOnCallStatus": "monitoringOnCallEnabled",
    "backupStatus": "backupStatus",
    "recoveryStatus": "replicationStatus",
    "botdefense": "botDefenseEnabled",
    "backup": "backupStatus",
    "drp": "replicationStatus",
}


def filtered(call: Call, *kinds: str, service_id: int | None = None, nodes: bool = False) -> list[dict]:
    """The records of these kinds that pass every filter of the query; of one service when its id is given.

    nodes: those of managed products, too.
    """
    query = call.query
    names, mode = query.get("names"), call.settings.names_filter
    known = names if names and mode != "substring" and not any(name.startswith("!") for name in names) else None
    found = call.state.live(*kinds, nodes=nodes, names=known)
    rows = [row for row in found if service_id is None or row["serviceId"] == service_id]
    if names:
        test = pages.by_list(names, mode)
        rows = [row for row in rows if test(row["name"])]
    for parameter, field in _LISTS.items():
        if query.get(parameter):
            test = pages.by_list(_texts(query[parameter]))
            rows = [row for row in rows if test(row.get(field))]
    for parameter, field in _SWITCHES.items():
        if parameter in query:
            rows = [row for row in rows if bool(row.get(field)) is query[parameter]]
    if query.get("tags"):
        test = pages.by_tags(query["tags"])
        rows = [row for row in rows if test(row["tags"])]
    if query.get("vlan"):
        test = pages.by_list(query["vlan"])
        rows = [row for row in rows if "network" in row and test(row["network"]["shortDescription"])]
    if "includedInPatchParty" in query:
        rows = [row for row in rows if row["patchParty"]["excluded"] is not query["includedInPatchParty"]]
    return rows


def _texts(value: object) -> list[str]:
    """A filter's values; some families type theirs as one text."""
    return [str(item) for item in value] if isinstance(value, list) else str(value).split(",")

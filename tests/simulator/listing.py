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


def filtered(call: Call, *kinds: str, service_id: int | None = None) -> list[dict]:
    """The records of these kinds that pass every filter of the query; of one service when its id is given."""
    query = call.query
    tests = [(pages.by_list(_texts(query[name])), field) for name, field in _LISTS.items() if query.get(name)]
    if query.get("names"):
        tests.append((pages.by_list(query["names"], call.settings.names_filter), "name"))
    switches = [(query[name], field) for name, field in _SWITCHES.items() if name in query]
    tags, vlan = pages.by_tags(query.get("tags")), pages.by_list(query.get("vlan"))
    included = query.get("includedInPatchParty")
    return [
        record
        for record in call.state.live(*kinds)
        if (service_id is None or record["serviceId"] == service_id)
        and all(test(record.get(field)) for test, field in tests)
        and all(bool(record.get(field)) is wanted for wanted, field in switches)
        and (not query.get("tags") or tags(record["tags"]))
        and (not query.get("vlan") or vlan(record["network"]["shortDescription"]))
        and (included is None or record["patchParty"]["excluded"] is not included)
    ]


def _texts(value: object) -> list[str]:
    """A filter's values; some families type theirs as one text."""
    return [str(item) for item in value] if isinstance(value, list) else str(value).split(",")

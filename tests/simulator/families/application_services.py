# SPDX-License-Identifier: GPL-3.0-or-later
"""OverDrive and Matomo."""

from __future__ import annotations

from .. import clusters, rules
from ..call import Call, operation
from ..listing import filtered
from ..state import ACTIVE, COMPUTED, INACTIVE
from .actions import available

SIZES = ("XS", "S", "M", "L", "XL")


def _listing(kind: str) -> None:
    @operation(f"list_{kind}")
    def list_of(call: Call):
        return call.page(filtered(call, kind), "ApplicationService")


for _kind in ("overdrive", "matomo"):
    _listing(_kind)


@operation("create_overdrive")
def create_overdrive(call: Call):
    body = call.body
    return clusters.create(
        call,
        "overdrive",
        count=1,
        prefix=f"OVD{body['name']}",
        sizing="sizing",
        password="password",
        url=body["driveSiteUri"],
    )


@operation("create_matomo")
def create_matomo(call: Call):
    """Site name and URL are flagged Required and may be left empty: dummy values then."""
    body = call.body
    return clusters.create(
        call,
        "matomo",
        count=1,
        prefix=f"MAT{body['name']}",
        sizing="sizing",
        password="password",
        url=body["defaultWebUri"] or "https://dummy.acme.example",
    )


def _extend(call: Call, record: dict):
    """Only upwards and only while started."""
    wanted = call.options.get("sizing")
    call.require(wanted in SIZES, "Unknown sizing for this product")
    call.require(record["status"] == ACTIVE, f"extend needs status ACTIVE, it is {record['status']}")
    call.require(SIZES.index(wanted) > SIZES.index(record["_sizing"]), "The sizing only grows")
    return rules.resize_cluster(call, record, wanted)


_switches = {"start": clusters.start, "stop": clusters.stop}
clusters.register("overdrive", operations=_switches)
# Matomo is deleted only when stopped.
clusters.register("matomo", operations={**_switches, "extend": _extend}, delete_status=INACTIVE)


def _application_service(state, record: dict) -> dict:
    running = [state.accepted(action) for action in state.actions.of(record["id"]) if action.status == "IN_PROGRESS"]
    return {"actionsInProgress": running, "availableActions": available(state, record)}


for _kind in ("overdrive", "matomo"):
    COMPUTED[_kind] = _application_service

# SPDX-License-Identifier: GPL-3.0-or-later
"""Small read-only families: changes, hardwares, network clusters."""

from __future__ import annotations

from ..call import Call, operation
from ..contract import moment_of


@operation("list_changes")
def list_changes(call: Call):
    """Changes that overlap the time from start to end."""
    query = call.query
    start, end = (moment_of(query[name]) if name in query else None for name in ("start", "end"))
    return [
        change
        for change in call.state.changes
        if (
            not query.get("environments")
            or change["environment"] in query["environments"]
            or "ALL" in query["environments"]
        )
        and (start is None or moment_of(change["endAt"]) >= start)
        and (end is None or moment_of(change["startAt"]) <= end)
    ]


@operation("get_hardware")
def get_hardware(call: Call):
    return call.state.view(call.resource("hardware"))


@operation("get_network_cluster")
def get_network_cluster(call: Call):
    return call.state.view(call.resource("network_cluster"))


@operation("list_network_cluster_nodes")
def list_network_cluster_nodes(call: Call):
    return call.views(call.state.nodes(call.resource("network_cluster")["id"]), part=True)


@operation("list_network_cluster_networks")
def list_network_cluster_networks(call: Call):
    return [node["network"] for node in call.state.nodes(call.resource("network_cluster")["id"])]

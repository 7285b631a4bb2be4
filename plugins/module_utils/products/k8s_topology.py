# SPDX-License-Identifier: GPL-3.0-or-later
"""The topology of a Kubernetes cluster (the API reference, Kubernetes): from STANDARD to HA, and never back."""

from __future__ import annotations

from ..errors import InvalidInput

HA = "HA"


def shown_topology(record):
    """STANDARD, HA, or what else the answer says; how it is spelled is not written (Doubts)."""
    said = str(record.get("topology") or "").upper().replace("_", " ")
    if not said:
        return None
    return HA if said in (HA, "HIGH AVAILABILITY") else said


def same_topology(wanted, shown):
    """For Field.same: whatever is not HA is STANDARD, since the one operation there is leads to HA."""
    return (shown == HA) == (wanted == HA)


def becomes_ha(wanted, record):
    """Whether this task makes the cluster highly available."""
    return wanted.get("topology") == HA and shown_topology(record) != HA


def no_way_back(wanted, record):
    """For Field.stuck: from HA there is no way back."""
    if shown_topology(record) != HA or wanted["topology"] == HA:
        return None
    return "topology: it is %s, and there is no way back to %s" % (HA, wanted["topology"])


def check_enable_ha(wanted, record):
    """For Operation.check: the cluster itself says whether it can be highly available."""
    if record.get("supportsHAMode") is False:
        raise InvalidInput("topology: this cluster does not support HA")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The topology of a Kubernetes cluster (the API reference, Kubernetes): from STANDARD to HA, and never back."""

from __future__ import annotations

from ...resource import is_false

HA = "HA"


def shown_topology(record):
    """STANDARD, HA, or what else the answer says; how it is spelled is not written (choices.rst)."""
    said = str(record.get("topology") or "").upper().replace("_", " ")
    if not said:
        return None
    return HA if said in (HA, "HIGH AVAILABILITY") else said


def same_topology(wanted, shown):
    """For Field.same: anything but HA is STANDARD, since the only operation leads to HA."""
    return (shown == HA) == (wanted == HA)


def becomes_ha(wanted, seen):
    """Whether this task makes the cluster highly available."""
    return wanted.get("topology") == HA and shown_topology(seen.record or {}) != HA


def no_way_back(wanted, seen):
    """For Field.stuck: HA cannot be changed back."""
    if shown_topology(seen.record) != HA or wanted["topology"] == HA:
        return None
    return "topology: it is %s, and cannot be changed back to %s" % (HA, wanted["topology"])


def ha_refused(wanted, seen):
    """For Operation.refuse: the cluster itself says whether it can be highly available."""
    return "topology: this cluster does not support HA" if is_false(seen.get("supportsHAMode")) else None

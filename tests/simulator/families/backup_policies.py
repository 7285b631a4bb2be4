# SPDX-License-Identifier: GPL-3.0-or-later
"""Backup policies."""

from __future__ import annotations

from ..call import Call, Refusal, operation


@operation("list_backup_policies")
def list_backup_policies(call: Call):
    """A map of lists whose keys are not explained: here the cloud's name."""
    query, state = call.query, call.state
    service = state.services.get(query["serviceId"])
    if service is None:
        raise Refusal(404)
    found = [
        policy
        for policy in state.backup_policies.values()
        if policy["type"] == query["policyType"]
        and query.get("availabilityZone", policy["availableInAZ"][0]) in policy["availableInAZ"]
        and query.get("backupReplicated", policy["replication"]) == policy["replication"]
    ]
    return {service["cloud"]: found}


@operation("get_backup_policy")
def get_backup_policy(call: Call):
    policy = call.state.backup_policies.get(call.path["id"])
    if policy is None:
        raise Refusal(404)
    return policy

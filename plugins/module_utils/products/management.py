# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitoring, backup, replication, patch party, comment: what every product has (Common creation fields).

The words are those of the creation bodies. Each product says in its own file how its operations spell them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..errors import InvalidInput
from ..resource import Field, Operation

CHANGE_REFERENCE = ("change_reference", "changeReference")
CHANGE_REFERENCE_LENGTH = 10  # where a field list exists; the maximum in PATCH options is not said (Doubts)

# Which of them goes without saying where, and which reason a production resource owes when it is off.
REASONS = {
    "backup_enabled": "no_backup_prod_reason",
    "monitoring_enabled": "no_monitoring_prod_reason",
    "replication_enabled": "no_replication_prod_reason",
}


def is_production(environment):
    """Whether an environment's name means production. Names differ by place (Doubts): PRODUCTION, production, PROD."""
    return str(environment).upper() in ("PRODUCTION", "PROD")


def check_reasons(wanted, environment):
    """Refuse to create a production resource that is not under backup, monitoring or replication and says not why."""
    for option, reason in REASONS.items():
        if wanted.get(option) is False and is_production(environment):
            _need(wanted, reason, option, environment)


def reason_in_production(option):
    """For Operation.check: switching ``option`` off in production needs its reason (API reference, L3937, L3955)."""

    def check(wanted, record):
        if wanted.get(option) is False and is_production(record.get("environment")):
            _need(wanted, REASONS[option], option, record.get("environment"))

    return check


def reason_only_when_off(options):
    """For Operation.tidy: a reason for switching something off goes with switching it off, and with nothing else."""
    if options.get("state"):
        options.pop("deactivationReason", None)
    return options


def valid_change_reference(value):
    """At most 10 characters (API reference, L3725)."""
    if len(value) > CHANGE_REFERENCE_LENGTH:
        raise InvalidInput(
            "change_reference: %r has %d characters, and %d are allowed" % (value, len(value), CHANGE_REFERENCE_LENGTH)
        )


def valid_sizing(value):
    """A size such as ``2cpu4gb``; which sizes a product has is told by GET /compute/platform/products/{id}."""
    if not re.fullmatch(r"[1-9]\d*cpu[1-9]\d*gb", value):
        raise InvalidInput("sizing: %r is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb" % value)


def shown_sizing(record):
    """The size that a record shows by ``cpu`` and ``ram``. RAM is in GB (products.md); some answers may say MB."""
    cpu, ram = record.get("cpu"), record.get("ram")
    if not cpu or not ram:
        return None
    return "%dcpu%dgb" % (cpu, ram // 1024 if ram >= 1024 else ram)


def shown_patch_party(record):
    """``{excluded, exclusion_reason, patch_group}`` as shown; an answer without any means: included, no preference."""
    shown = record.get("patchParty") or {}
    group = str(shown.get("patchGroup") or "")
    return {
        "excluded": bool(shown.get("excluded")),
        "exclusion_reason": shown.get("exclusionReason"),
        "patch_group": int(group) if group.isdigit() else None,
    }


def same_patch_party(wanted, shown):
    """Only what was given counts; a reason counts only while excluded, a group only while included."""
    if wanted["excluded"] != shown["excluded"]:
        return False
    key = "exclusion_reason" if wanted["excluded"] else "patch_group"
    return wanted.get(key) is None or wanted[key] == shown[key]


def patch_party_to_api(wanted):
    """The options of ``update_patch_party``: an exclusion takes a reason, an inclusion a group."""
    if wanted["excluded"]:
        return {"excluded": True, "exclusionReason": wanted["exclusion_reason"]}
    group = {"patchGroup": wanted["patch_group"]} if wanted.get("patch_group") else {}
    return {"excluded": False, **group}


def farm_patch_party_to_api(wanted):
    """The same for what is made of nodes, where a group is text (Doubts, "patchGroup")."""
    options = patch_party_to_api(wanted)
    return {**options, "patchGroup": str(options["patchGroup"])} if "patchGroup" in options else options


def check_patch_group(wanted, record):
    """For Operation.check: a farm of several nodes has its groups assigned (API reference, L4968; products.md)."""
    to_be = wanted.get("instance_count") or (2 if wanted.get("topology") == "HA" else 1)
    count = record.get("nodeCount") or record.get("instanceCount") or to_be
    party = wanted["patch_party"]
    if count > 1 and not party["excluded"] and party.get("patch_group"):
        raise InvalidInput(
            "patch_party: a patch_group is for a single node, and there are %d; leave it out, and the platform spreads "
            "the nodes over the groups" % count
        )


def check_on_call(wanted, record):
    """For Operation.check: 24/7 monitoring comes only together with monitoring (products.md, Management options)."""
    monitored = wanted.get("monitoring_enabled", record.get("monitoringEnabled"))
    if wanted.get("on_call_supervision") and not monitored:
        raise InvalidInput("on_call_supervision: true needs monitoring_enabled=true, and it is false")


def check_on_call_of_new(wanted, environment):
    """The same for a creation, where monitoring goes without saying in production and with a backup (L3183)."""
    default = is_production(environment) or wanted.get("backup_enabled", False)
    check_on_call(wanted, {"monitoringEnabled": default})


def on_call_goes_with_monitoring(options):
    """For Operation.tidy: where monitoring is switched off, the on-call supervision is, too."""
    return options if options.get("state", True) else {**options, "on_call": False}


def _need(wanted, reason, option, environment):
    if not wanted.get(reason):
        raise InvalidInput("%s: a reason is needed for %s=false in %s" % (reason, option, environment))


PATCH_PARTY = Field(
    "patch_party",
    created_as=None,
    read=shown_patch_party,
    same=same_patch_party,
    to_api=patch_party_to_api,
    changed_by="update_patch_party",
    as_option="patchParty",
)
FARM_PATCH_PARTY = replace(PATCH_PARTY, to_api=farm_patch_party_to_api)
COMMENT = Field("comment", created_as=None, changed_by="comment", as_option="description")
COMMENT_OPERATION = Operation("comment", path="/compute/resources/{id}/comments", body=dict)

# Of everything that is made of nodes: monitoring changes in place, backup and replication do not.
FARM_MANAGEMENT = (
    # Stopping a farm switches its monitoring off (products.md, Management options).
    Field("monitoring_enabled", changed_by="update_monitoring", as_option="state", while_active=True),
    Field(
        "on_call_supervision",
        read="monitoringOnCallEnabled",
        changed_by="update_monitoring",
        as_option="on_call",
        while_active=True,
    ),
    Field("monitoring_alerting"),
    Field("no_monitoring_prod_reason", read=None),
    Field("backup_enabled", read="backupStatus"),
    Field("no_backup_prod_reason", read=None),
    Field("server_backup_policy_id", read=None),
    Field("db_backup_policy_id", read=None),
    Field("replication_enabled", read="replicationStatus"),
    Field("no_replication_prod_reason", read=None),
    FARM_PATCH_PARTY,
    COMMENT,
    Field("change_reference", created_as=None, read=None, valid=valid_change_reference),
)
FARM_OPERATIONS = (
    Operation("update_monitoring", check=check_on_call, tidy=on_call_goes_with_monitoring, gates=True, dry_run=True),
    Operation("update_patch_party", check=check_patch_group, dry_run=True),
    COMMENT_OPERATION,
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitoring, backup, replication, patch party, comment: what every product has (Common creation fields).

The words are those of the creation bodies. Each product says in its own file how its operations spell them.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from ...errors import InvalidInput, refuse
from ...plan import Step
from ...resource import Field, Operation, is_true, unread
from ...seen import Seen
from .references import Shown, is_id, is_shown

CHANGE_REFERENCE = ("change_reference", "changeReference")
NO_GROUP = 0  # as the user writes it: no preference
CHANGE_REFERENCE_LENGTH = 10  # where a field list exists; the maximum in PATCH options is not said (choices.rst)

# What is on by default in production, and the reason that switching it off needs there.
REASONS = {
    "backup_enabled": "no_backup_prod_reason",
    "monitoring_enabled": "no_monitoring_prod_reason",
    "replication_enabled": "no_replication_prod_reason",
}


def is_production(environment):
    """Whether an environment's name means production. Names differ by place: PRODUCTION, production, PROD."""
    return str(environment).upper() in ("PRODUCTION", "PROD")


def check_reasons(wanted, environment):
    """Refuse to create a production resource that is not under backup, monitoring or replication without a reason."""
    for option, reason in REASONS.items():
        if wanted.get(option) is False and is_production(environment):
            refuse(_lacks(wanted, reason, option, environment))


def reason_in_production(option):
    """For Operation.refuse: disabling ``option`` in production requires a reason (update_backup and the like)."""

    def refuse(wanted, seen):
        if wanted.get(option) is False and is_production(seen.get("environment")):
            return _lacks(wanted, REASONS[option], option, seen.get("environment"))
        return None

    return refuse


def reason_only_when_off(options):
    """For Operation.tidy: a reason for switching something off goes with switching it off, and with nothing else."""
    if options.get("state"):
        options.pop("deactivationReason", None)
    return options


def valid_change_reference(value):
    """For Field.valid: at most 10 characters (the field list of changeReference)."""
    if len(value) <= CHANGE_REFERENCE_LENGTH:
        return None
    return "change_reference: %r has %d characters, and %d are allowed" % (value, len(value), CHANGE_REFERENCE_LENGTH)


def valid_sizing(value):
    """For Field.valid: a size such as ``2cpu4gb``; its page in the catalogue lists those that a product has."""
    if re.fullmatch(r"[1-9]\d*cpu[1-9]\d*gb", value):
        return None
    return "sizing: %r is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb" % value


def shown_sizing(record):
    """The size that a record shows by ``cpu`` and ``ram``, numbers or text. RAM is in GB, maybe in MB (choices.rst)."""
    cpu, ram = number(record.get("cpu")), number(record.get("ram"))
    if not cpu or not ram:
        return None
    return "%dcpu%dgb" % (cpu, ram // 1024 if ram >= 1024 else ram)


def plain_sizing(text):
    """``2cpu4gb`` for a text that says so in any spelling, such as ``2 vCPU / 4 GB``; None for any other text."""
    found = re.fullmatch(r"(\d+)\s*v?cpus?\W*(\d+)\s*g[bo](?:\s*ram)?", str(text or "").strip().casefold())
    return found and "%dcpu%dgb" % (int(found[1]), int(found[2]))


def number(value):
    """A number that an answer may show as text, or None."""
    try:
        shown = None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
    return shown if shown is not None and math.isfinite(shown) else None


# Backup policies

POLICIES = "/compute/backup-policies"
POLICY_NAMES = ("policyId", "name", "label")  # an applied policy shows these


def shown_policies(policy_type):
    """For Field.read: the names of the policies of that type that a record shows, which has no numbers of them."""

    def read(record):
        rows = (record.get("backupPolicyDetails") or {}).get("policies") or []
        fitting = [row for row in rows if str(row.get("type") or policy_type).casefold() == policy_type.casefold()]
        names = [row.get(key) for row in fitting for key in POLICY_NAMES]
        return Shown(*dict.fromkeys(name for name in names if name)) if any(names) else None

    return read


def policy_spellings(client, wanted):
    """For Field.lookup: all the names of a policy that is given by its number in the catalogue."""
    policy = client.find("%s/%s" % (POLICIES, wanted)) if is_id(wanted) else None
    return Shown(*(policy.get(key) for key in ("id", *POLICY_NAMES) if policy.get(key))) if policy else wanted


BACKUP_POLICIES = tuple(
    Field(name, created_as=created_as, read=shown_policies(policy_type), same=is_shown, lookup=policy_spellings)
    for name, created_as, policy_type in (
        ("server_backup_policy", "serverBackupPolicyId", "SERVER"),
        ("database_backup_policy", "dbBackupPolicyId", "DATABASE"),
    )
)


# Patch party


def valid_patch_party(wanted, option="patch_party"):
    """For Field.valid: an exclusion has a reason and no group, an inclusion has no reason."""
    if wanted["excluded"] and not str(wanted.get("exclusion_reason") or "").strip():
        return "%s: an exclusion needs exclusion_reason" % option
    if wanted["excluded"] and wanted.get("patch_group"):
        return "%s: patch_group=%s requires excluded=false" % (option, wanted["patch_group"])
    if not wanted["excluded"] and wanted.get("exclusion_reason"):
        return "%s: exclusion_reason requires excluded=true" % option
    return None


def shown_patch_party(record):
    """``{excluded, exclusion_reason, patch_group}`` as shown; an answer without any means: included, no preference."""
    shown = record.get("patchParty") or {}
    group = str(shown.get("patchGroup") or "")
    return {
        "excluded": is_true(shown.get("excluded")),
        "exclusion_reason": shown.get("exclusionReason"),
        "patch_group": int(group) if group.isdigit() else NO_GROUP,
    }


def same_patch_party(wanted, shown):
    """Only what was given counts; a reason counts only while excluded, a group only while included."""
    if wanted["excluded"] != shown["excluded"]:
        return False
    key = "exclusion_reason" if wanted["excluded"] else "patch_group"
    return wanted.get(key) is None or wanted[key] == shown[key]


def kept_patch_party(shown, record):
    """For Field.kept: a reason only of what is excluded, a group only of what is included."""
    if not shown["excluded"]:
        return {key: shown[key] for key in ("excluded", "patch_group")}
    if not shown["exclusion_reason"]:
        raise InvalidInput("it is excluded without a reason, and a task gives one")
    return {key: shown[key] for key in ("excluded", "exclusion_reason")}


def patch_party_to_api(wanted):
    """The options of ``update_patch_party``: an exclusion takes a reason, an inclusion a group, or none."""
    if wanted["excluded"]:
        return {"excluded": True, "exclusionReason": wanted["exclusion_reason"]}
    group = {"patchGroup": wanted["patch_group"]} if wanted.get("patch_group") else {}
    return {"excluded": False, **group}


def farm_patch_party_to_api(wanted):
    """The same for what is made of nodes, where a group is text (choices.rst)."""
    options = patch_party_to_api(wanted)
    return {**options, "patchGroup": str(options["patchGroup"])} if "patchGroup" in options else options


def patch_group_of_several(wanted, seen):
    """For Operation.refuse: patchGroup is only for farms with one member (update_patch_party)."""
    count, party = planned_nodes(wanted, seen), wanted.get("patch_party") or {}
    if count < 2 or party.get("excluded") or not party.get("patch_group"):
        return None
    return (
        "patch_party: a patch_group is for a single node, and there are %d; leave it out, and the platform spreads "
        "the nodes over the groups" % count
    )


def planned_nodes(wanted, seen):
    """How many nodes a farm has when the task is done, as far as that is known; else 1."""
    counts = [row["count"] for row in wanted.get("nodes") or () if "count" in row]
    if counts:
        return sum(counts)
    if wanted.get("node_count"):
        return wanted["node_count"]
    shown = number(shown_nodes(seen)) or 1
    return max(2, shown) if wanted.get("topology") == "HA" or wanted.get("always_on") else shown


def shown_nodes(record):
    """The number of nodes that a record (or a Seen) shows, under whichever name; None where it shows none."""
    return record.get("nodeCount") or record.get("instanceCount") or record.get("brokerCount")


# Monitoring


def monitoring_of(wanted, seen):
    """Whether the resource is monitored when the task is done."""
    return wanted.get("monitoring_enabled", is_true(seen.get("monitoringEnabled")))


def on_call_needs_monitoring(wanted, seen):
    """For Operation.refuse: 24/7 monitoring comes only together with monitoring (see ITCare's management options)."""
    if wanted.get("on_call_supervision") and not monitoring_of(wanted, seen):
        return "on_call_supervision: true needs monitoring_enabled=true, and it is false"
    return None


def alerting_needs_monitoring(wanted, seen):
    """For Operation.refuse: without monitoring there is nothing to alert about."""
    if wanted.get("monitoring_alerting") and not monitoring_of(wanted, seen):
        return "monitoring_alerting: true needs monitoring_enabled=true, and it is false"
    return None


def check_monitoring_of_new(wanted, environment):
    """The same for a creation, where monitoring is on by default in production and with a backup."""
    default = is_production(environment) or wanted.get("backup_enabled", False)
    new = Seen({"monitoringEnabled": default})
    refuse(on_call_needs_monitoring(wanted, new) or alerting_needs_monitoring(wanted, new))


def no_alerting_without_monitoring(options):
    """For Operation.tidy: where monitoring is switched off, its alerts are, too."""
    return options if options.get("state", True) else {**options, "alerting": False}


def on_call_goes_with_monitoring(options):
    """For Operation.tidy: where monitoring is switched off, the on-call supervision is, too."""
    return options if options.get("state", True) else {**options, "on_call": False}


def contradictory(wanted):
    """For Resource.valid: options of management that contradict each other, whatever the resource shows."""
    if wanted.get("monitoring_enabled") is False:
        return on_call_needs_monitoring(wanted, Seen()) or alerting_needs_monitoring(wanted, Seen())
    return None


def same_text(wanted, shown):
    """For Field.same: blanks and ends of lines around a text, which YAML easily adds and a platform may cut, do not
    count; nor does whether an empty one is shown."""
    return wanted.strip() == str(shown or "").strip()


def comment_steps(wanted, seen):
    """For Field.steps: the comment has a path of its own."""
    if not COMMENT.differs(wanted["comment"], seen.record or {}):
        return []
    return [
        Step(
            Operation("comment", at_once=unread),
            "PATCH",
            "/compute/resources/{number}/comments",
            {"description": wanted["comment"]},
            before={"comment": seen.get("comment")},
            after={"comment": wanted["comment"]},
            done=lambda record: not COMMENT.differs(wanted["comment"], record),
        )
    ]


def _lacks(wanted, reason, option, environment):
    if str(wanted.get(reason) or "").strip():
        return None
    return "%s: a reason is needed for %s=false in %s" % (reason, option, environment)


PATCH_PARTY = Field(
    "patch_party",
    created_as=None,
    read=shown_patch_party,
    valid=valid_patch_party,
    same=same_patch_party,
    to_api=patch_party_to_api,
    changed_by="update_patch_party",
    as_option="patchParty",
    kept=kept_patch_party,
)
FARM_PATCH_PARTY = replace(PATCH_PARTY, to_api=farm_patch_party_to_api)
CHANGE = Field("change_reference", created_as=None, read=None, valid=valid_change_reference)
COMMENT = Field(
    "comment",
    created_as=None,
    same=same_text,
    steps=comment_steps,
    kept=lambda shown, record: str(shown or ""),
)


# Of everything that is made of nodes: monitoring changes in place, backup and replication do not.
FARM_MANAGEMENT = (
    # Stopping a farm switches its monitoring off (see ITCare's management options).
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
    *BACKUP_POLICIES,
    Field("replication_enabled", read="replicationStatus"),
    Field("no_replication_prod_reason", read=None),
    FARM_PATCH_PARTY,
    COMMENT,
)
FARM_OPERATIONS = (
    Operation(
        "update_monitoring",
        refuse=on_call_needs_monitoring,
        tidy=on_call_goes_with_monitoring,
        gates=True,
        dry_run=True,
    ),
    Operation("update_patch_party", refuse=patch_group_of_several, dry_run=True),
)

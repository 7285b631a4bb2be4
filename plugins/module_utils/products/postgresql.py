# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL as ITCare documents it (the API reference, PostgreSQL).

The list of its creation fields is lost: what is needed comes from the prose (L15472-15489), and so do the bounds.
"""

from __future__ import annotations

import re

from ..errors import ApiError, refuse
from ..plan import Step
from ..resource import ACTIVE, Field, Operation, Resource
from . import placement
from .management import (
    CHANGE_REFERENCE,
    FARM_MANAGEMENT,
    FARM_OPERATIONS,
    contradictory,
    number,
    shown_sizing,
    valid_sizing,
)
from .offers import POSTGRESQL_OFFERS
from .references import is_shown, shows
from .tags import TAGS, read_tags

PATH = "/databases/postgresql"
ITSELF = PATH + "/{address}"
STANDALONE, HA = "STANDALONE", "HA"
HA_FROM_VERSION = 12  # L15814
TLS_FROM_VERSION = 13  # L24487
DISK_SIZES = (40, 1024)  # GB, L15474; a product table says 10 to 2048 (Doubts)
LAGS = (1, 10240)  # MB, L15481
HA_LAGS = (1, 500)  # of enable_ha, L15810
PASSWORD_LENGTH = 12
PASSWORD_KINDS = {
    "a lowercase letter": r"[a-z]",
    "an uppercase letter": r"[A-Z]",
    "a digit": r"[0-9]",
    "a special character": r"[^A-Za-z0-9]",
}
NEEDED_FOR_HA = ("az", "node_prefix", "tls")


def is_postgresql(row):
    """Whether a row of the managed databases is a PostgreSQL.

    By which word it says so is not written; nor are the words that the listing's own filter knows, so the rows are
    sorted out here: a filter that finds nothing would have a second one created.
    """
    said = [row.get(key) for key in ("path", "type", "technology", "family", "resourceType", "productName")]
    said = [str(word).casefold() for word in said if word]
    return not said or any("postgres" in word for word in said)


def search(client, name):
    """For Resource.search: PostgreSQL has no listing of its own."""
    return [row for row in client.pages("/databases", {"names": [name]}) if is_postgresql(row)]


def prepare(ask, seen, wanted):
    """For Resource.prepare: the rules for a new one, then ids for names."""
    name, version, is_ha = wanted["name"], wanted["postgre_version"], wanted["topology"] == HA
    is_named = re.fullmatch(r"[a-z0-9]{5,60}", name) and name != "cluster"
    missing = [option for option in NEEDED_FOR_HA if option not in wanted] if is_ha else []
    refuse(
        not is_named and "name: %r is not of 5 to 60 lowercase letters and digits, or it is the word cluster" % name,
        missing and "topology: HA needs %s, too" % ", ".join(missing),
        is_ha and _too_old("topology: HA", HA_FROM_VERSION, version),
        wanted.get("tls") and _too_old("tls", TLS_FROM_VERSION, version),
    )
    return placement.prepare(ask, seen, wanted)


def read_zones(client, seen):
    """For Resource.also_read: the zones of the nodes, since the farm itself shows none."""
    zones = [ZONE(node) for node in client.get(seen.path(ITSELF + "/nodes"))]
    return sorted({str(zone) for zone in zones if zone})


ZONE = shows("availabilityZone.id", "labelAvailabilityZone")


def shown_topology(record):
    """STANDALONE, HA, or what else the answer says; how HA is spelled is not written (Doubts)."""
    said = str(record.get("topology") or "").upper()
    if not said:
        return None
    return next((one for one, word in ((STANDALONE, "STANDALONE"), (HA, "HA"), (HA, "HIGH")) if word in said), said)


def shown_node_sizing(record):
    """The size of a node: as text, or by its CPUs and memory."""
    return record.get("nodeSizing") or record.get("sizing") or shown_sizing(record)


def disk_is_fixed(wanted, seen):
    """For Field.stuck: whether ``storage`` (GB) is of one node or of all of them is not written."""
    total = number(seen.get("storage"))
    nodes = number(seen.get("nodeCount")) or number(seen.get("instanceCount")) or 1
    if not total or wanted["disk_size"] in (total, total / nodes):
        return None
    return "disk_size is fixed at creation: it is %s, not %s" % (seen.get("storage"), wanted["disk_size"])


def same_version(wanted, shown):
    """``15`` is the same as ``15`` and as ``15.4``; ``15.4`` is not the same as ``15.6``."""
    wanted, shown = str(wanted).split("."), str(shown).split(".")
    return shown[: len(wanted)] == wanted


def no_way_back(wanted, seen):
    """For Field.stuck: from HA there is no way back to STANDALONE."""
    shown = shown_topology(seen.record)
    if shown in (None, wanted["topology"]) or wanted["topology"] == HA:
        return None
    return "topology: it is %s, and there is no way back to %s" % (shown, wanted["topology"])


def lag_only_with_ha(wanted, seen):
    """For Field.stuck: the lag changes only together with the topology."""
    shown = seen.get("allowedReplicationLag")
    if shown is None or number(shown) == wanted["allowed_replication_lag"]:
        return None
    if wanted.get("topology") == HA and shown_topology(seen.record) == STANDALONE:
        return None
    return "allowed_replication_lag changes only when topology becomes HA: it is %s, not %s" % (
        shown,
        wanted["allowed_replication_lag"],
    )


def no_downgrade(wanted, seen):
    """For Field.stuck: a version can only be raised."""
    shown = seen.get("version")
    if not shown or major(shown) is None or major(wanted["postgre_version"]) >= major(shown):
        return None
    return "postgre_version cannot go down: it is %s, not %s" % (shown, wanted["postgre_version"])


def ha_refused(wanted, seen):
    """For Operation.refuse: the version and the lag that a conversion asks for (L15806-15814)."""
    lag = wanted.get("allowed_replication_lag", number(seen.get("allowedReplicationLag")))
    if lag is None or not HA_LAGS[0] <= lag <= HA_LAGS[1]:
        return "allowed_replication_lag: to enable HA it must be %d to %d, and it is %s" % (
            *HA_LAGS,
            seen.get("allowedReplicationLag") if lag is None else "%g" % lag,
        )
    return _too_old("topology: HA", HA_FROM_VERSION, wanted.get("postgre_version") or seen.get("version"))


def read_versions(client, seen):
    """For Resource.facts: the versions that it can be upgraded to; integers, although the upgrade wants text."""
    return [str(version) for version in client.get(seen.path(ITSELF + "/versions"))]


def upgrade_refused(wanted, seen):
    """For Field.refuse: an upgrade goes only to a version that the platform offers for this farm."""
    offered = seen.facts.get("postgre_version", [])
    if not seen or str(wanted["postgre_version"]) in offered:
        return None
    return "postgre_version: %s can be upgraded to %s, and not to %s" % (
        seen.get("version"),
        ", ".join(offered) or "no other version",
        wanted["postgre_version"],
    )


def within(option, bounds, unit):
    """For Field.valid: the value is within ``bounds``."""

    def valid(value):
        if bounds[0] <= value <= bounds[1]:
            return None
        return "%s: %s is not within %d to %d %s" % (option, value, *bounds, unit)

    return valid


def valid_password(value):
    """For Field.valid: 12 characters of all four kinds (L15475); the message never says what was given."""
    missing = [kind for kind, pattern in PASSWORD_KINDS.items() if not re.search(pattern, value)]
    if len(value) < PASSWORD_LENGTH:
        missing.insert(0, "%d characters" % PASSWORD_LENGTH)
    if not missing:
        return None
    return "adm_password: it needs at least %s, and lacks %s" % (_PASSWORD_RULE, ", ".join(missing))


_PASSWORD_RULE = "%d characters, %s" % (PASSWORD_LENGTH, ", ".join(PASSWORD_KINDS))


def valid_node_prefix(value):
    """For Field.valid: 5 to 12 uppercase characters (L15485)."""
    if re.fullmatch(r"[A-Z0-9]{5,12}", value):
        return None
    return "node_prefix: %r is not of 5 to 12 uppercase letters and digits" % value


def valid_version(value):
    """For Field.valid: it begins with a number."""
    return "postgre_version: %r is not a version such as 16" % str(value) if major(value) is None else None


# Extensions: a set of (database, name). They can be installed and not removed.


def read_databases(client, seen):
    """For Resource.also_read: the databases (list of dict) with the extensions that are installed in each.

    None where it is stopped and cannot tell: whether it can is not written.
    """
    try:
        return client.get(seen.path(ITSELF + "/databases"))
    except ApiError:
        if seen.status == ACTIVE:
            raise
        return None


def read_extensions(client, seen):
    """For Resource.facts: name -> whether installing it restarts the server, for all that the platform offers."""
    rows = client.get(seen.path(ITSELF + "/extensions"))
    return {str(row.get("name")): bool(row.get("requiresRestarting")) for row in rows}


def shown_extensions(record):
    """What is installed: ``{database: [extension, ...]}``; None where it is not known."""
    databases = record.get("extensions")
    if databases is None:
        return None
    return {
        str(database.get("name")): [str(extension.get("name")) for extension in database.get("extensions") or []]
        for database in databases
    }


def same_extensions(wanted, shown):
    """Whether everything wanted is installed; what else is installed stays."""
    return shown is not None and all(one["name"] in shown.get(one["database"], []) for one in wanted)


def missing_extensions(wanted, seen):
    """``{database: [extension, ...]}`` of what is not installed."""
    shown = shown_extensions(seen.record or {}) or {}
    missing = {}
    for one in wanted["extensions"]:
        if one["name"] not in shown.get(one["database"], []) + missing.get(one["database"], []):
            missing.setdefault(one["database"], []).append(one["name"])
    return missing


def extensions_refused(wanted, seen):
    """For Field.refuse: a database that is not there, and what the platform does not offer."""
    missing, databases = missing_extensions(wanted, seen), shown_extensions(seen.record or {})
    if not missing or databases is None:  # what a new one will have is not known before it is there
        return None
    unknown = [database for database in missing if database not in databases]
    if unknown:
        return "extensions: there is no database %s, only %s" % (" or ".join(unknown), ", ".join(databases) or "none")
    # What another version will offer is not known before it runs.
    keeps_version = same_version(wanted.get("postgre_version", seen.get("version")), seen.get("version"))
    if seen.status != ACTIVE or not keeps_version:
        return None
    offered = seen.facts.get("extensions") or {}
    names = [name for names in missing.values() for name in names if name not in offered]
    if not names:
        return None
    return "extensions: %s cannot be installed; the platform offers %s" % (
        ", ".join(names),
        ", ".join(sorted(offered)) or "none for this version",
    )


def extension_steps(wanted, seen):
    """For Field.steps: one installation for each database that lacks any.

    What one that was stopped has is known only when it runs.
    """
    if seen and shown_extensions(seen.record) is None:
        asked = missing_extensions(wanted, seen)
        before, after = {"extensions": None}, {"extensions": asked}
        return [Step("install_extensions", "PATCH", ITSELF, None, before, after, late=_late_installations(wanted))]
    return [_installation(database, names, seen) for database, names in missing_extensions(wanted, seen).items()]


def _late_installations(wanted):
    def installations(seen):
        refuse(extensions_refused(wanted, seen))
        return extension_steps(wanted, seen)

    return installations


def _installation(database, names, seen):
    offered = seen.facts.get("extensions") or {}
    shown = shown_extensions(seen.record or {}) or {}
    told = [name + (" (restarts the server)" if offered.get(name) else "") for name in names]
    return Step(
        "install_extension",
        "PATCH",
        ITSELF,
        {
            "operation": "install_extension",
            "options": {"dbname": database, "extensions_list": [{"name": name} for name in names]},
        },
        before={"extensions": {database: shown.get(database, [])}},
        after={"extensions": {database: shown.get(database, []) + told}},
        done=lambda record: set(names) <= set((shown_extensions(record) or {}).get(database, [])),
        gates=True,
    )


def _too_old(what, first, version):
    if version is None or major(version) is None or major(version) >= first:
        return None
    return "%s needs version %d or later, and it is %s" % (what, first, version)


def major(version):
    """The number that a version begins with, or None."""
    found = re.match(r"\d+", str(version))
    return int(found[0]) if found else None


POSTGRESQL = Resource(
    kind="postgresql",
    path=PATH,
    search=search,
    changed_running=True,
    create_dry_run=True,
    valid=contradictory,
    prepare=prepare,
    offers=POSTGRESQL_OFFERS,
    also_read={"az": read_zones, "extensions": read_databases, "tags": read_tags},
    facts={"postgre_version": read_versions, "extensions": read_extensions},
    fields=(
        Field("name", read=shows("name"), same=is_shown, identifies=True, required=True),
        *placement.FARM_PLACEMENT,
        Field("az", read=shows("az"), same=is_shown),
        Field(
            "node_sizing",
            read=shown_node_sizing,
            valid=valid_sizing,
            changed_by="resize",
            as_option="sizing",
            required=True,
        ),
        Field(
            "postgre_version",
            read="version",
            same=same_version,
            valid=valid_version,
            changed_by="upgrade",
            as_option="targetVersion",
            stuck=no_downgrade,
            refuse=upgrade_refused,
            required=True,
        ),
        Field(
            "topology",
            read=shown_topology,
            changed_by="enable_ha",
            as_option=None,
            stuck=no_way_back,
            required=True,
        ),
        Field(
            "allowed_replication_lag",
            valid=within("allowed_replication_lag", LAGS, "MB"),
            changed_by="enable_ha",
            as_option="replicationLag",
            stuck=lag_only_with_ha,
            required=True,
        ),
        Field(
            "disk_size",
            read="storage",
            stuck=disk_is_fixed,
            valid=within("disk_size", DISK_SIZES, "GB"),
            required=True,
        ),
        Field("adm_password", read=None, valid=valid_password, required=True, secret=True),
        Field("trigram", read=shows("trigram"), same=is_shown, required=True),
        Field("node_prefix", read=None, valid=valid_node_prefix),
        Field("prefix", read=None),
        Field("tls", read="tlsEnabled"),
        Field(
            "extensions",
            created_as=None,
            read=shown_extensions,
            same=same_extensions,
            refuse=extensions_refused,
            steps=extension_steps,
            while_active=True,
        ),
        *FARM_MANAGEMENT,
        TAGS,
    ),
    operations=(
        Operation("start"),
        Operation("stop"),
        Operation("resize", gates=True),
        Operation("upgrade", also=(CHANGE_REFERENCE,), gates=True),
        Operation("enable_ha", also=(CHANGE_REFERENCE,), refuse=ha_refused, gates=True),
        *FARM_OPERATIONS,
    ),
)

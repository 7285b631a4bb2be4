# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL as ITCare documents it (the API reference, PostgreSQL).

The list of its creation fields is lost: what is needed comes from the prose (L15472-15489), and so do the bounds.
"""

from __future__ import annotations

import re

from ..errors import ApiError, InvalidInput
from ..plan import Step
from ..resource import ACTIVE, Field, Operation, Resource
from . import placement
from .management import CHANGE_REFERENCE, FARM_MANAGEMENT, FARM_OPERATIONS, shown_sizing, valid_sizing
from .references import is_shown, shows
from .tags import TAGS, read_tags

PATH = "/databases/postgresql"
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


def prepare(client, wanted):
    """For Resource.prepare: the rules for a new one, then ids for names."""
    if not re.fullmatch(r"[a-z0-9]{5,60}", wanted["name"]) or wanted["name"] == "cluster":
        raise InvalidInput(
            "name: %r is not of 5 to 60 lowercase letters and digits, or it is the word cluster" % wanted["name"]
        )
    if wanted["topology"] == HA:
        missing = [option for option in NEEDED_FOR_HA if option not in wanted]
        if missing:
            raise InvalidInput("topology: HA needs %s, too" % ", ".join(missing))
        _check_version("topology: HA", HA_FROM_VERSION, wanted["postgre_version"])
    if wanted.get("tls"):
        _check_version("tls", TLS_FROM_VERSION, wanted["postgre_version"])
    return placement.prepare(client, wanted)


def read_zones(client, record):
    """For Resource.also_read: the zones of the nodes, since the farm itself shows none."""
    zones = [ZONE(node) for node in client.find("%s/%s/nodes" % (PATH, record["id"])) or []]
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


def disk_is_fixed(wanted, record):
    """For Field.stuck: whether ``storage`` (GB) is of one node or of all of them is not written."""
    total, nodes = record.get("storage"), record.get("nodeCount") or record.get("instanceCount") or 1
    if not total or wanted["disk_size"] in (total, total / nodes):
        return None
    return "disk_size is fixed at creation: it is %s, not %s" % (total, wanted["disk_size"])


def same_version(wanted, shown):
    """``15`` is the same as ``15`` and as ``15.4``; ``15.4`` is not the same as ``15.6``."""
    wanted, shown = str(wanted).split("."), str(shown).split(".")
    return shown[: len(wanted)] == wanted


def no_way_back(wanted, record):
    """For Field.stuck: from HA there is no way back to STANDALONE."""
    shown = shown_topology(record)
    if shown in (None, wanted["topology"]) or wanted["topology"] == HA:
        return None
    return "topology: it is %s, and there is no way back to %s" % (shown, wanted["topology"])


def lag_only_with_ha(wanted, record):
    """For Field.stuck: the lag changes only together with the topology."""
    shown = record.get("allowedReplicationLag")
    if shown in (None, wanted["allowed_replication_lag"]):
        return None
    if wanted.get("topology") == HA and shown_topology(record) == STANDALONE:
        return None
    return "allowed_replication_lag changes only when topology becomes HA: it is %s, not %s" % (
        shown,
        wanted["allowed_replication_lag"],
    )


def no_downgrade(wanted, record):
    """For Field.stuck: a version can only be raised."""
    shown = record.get("version")
    if not shown or _major(wanted["postgre_version"]) >= _major(shown):
        return None
    return "postgre_version cannot go down: it is %s, not %s" % (shown, wanted["postgre_version"])


def check_enable_ha(wanted, record):
    """For Operation.check: the version and the lag that a conversion asks for (L15806-15814)."""
    _check_version("topology: HA", HA_FROM_VERSION, wanted.get("postgre_version") or record.get("version"))
    lag = wanted.get("allowed_replication_lag", record.get("allowedReplicationLag"))
    if lag is None or not HA_LAGS[0] <= lag <= HA_LAGS[1]:
        raise InvalidInput("allowed_replication_lag: to enable HA it must be %d to %d, and it is %s" % (*HA_LAGS, lag))


def read_versions(client, record):
    """For Resource.facts: the versions that it can be upgraded to; integers, although the upgrade wants text."""
    return [str(version) for version in client.get("%s/%s/versions" % (PATH, record["id"])) or []]


def check_upgrade(value, record):
    """For Field.allowed: an upgrade goes only to a version that the platform offers for this farm."""
    offered = record["_postgre_version"]
    if str(value) not in offered:
        raise InvalidInput(
            "postgre_version: %s can be upgraded to %s, and not to %s"
            % (record.get("version"), ", ".join(offered) or "no other version", value)
        )


def within(option, bounds, unit):
    """For Field.valid: the value is within ``bounds``."""

    def valid(value):
        if not bounds[0] <= value <= bounds[1]:
            raise InvalidInput("%s: %s is not within %d to %d %s" % (option, value, *bounds, unit))

    return valid


def valid_password(value):
    """At least 12 characters of all four kinds (L15475); the message never says what was given."""
    missing = [kind for kind, pattern in PASSWORD_KINDS.items() if not re.search(pattern, value)]
    if len(value) < PASSWORD_LENGTH:
        missing.insert(0, "%d characters" % PASSWORD_LENGTH)
    if missing:
        raise InvalidInput("adm_password: it needs at least %s, and lacks %s" % (_PASSWORD_RULE, ", ".join(missing)))


_PASSWORD_RULE = "%d characters, %s" % (PASSWORD_LENGTH, ", ".join(PASSWORD_KINDS))


def valid_node_prefix(value):
    """5 to 12 uppercase characters (L15485)."""
    if not re.fullmatch(r"[A-Z0-9]{5,12}", value):
        raise InvalidInput("node_prefix: %r is not of 5 to 12 uppercase letters and digits" % value)


# Extensions: a set of (database, name). They can be installed and not removed.


def read_databases(client, record):
    """For Resource.also_read: the databases (list of dict) with the extensions that are installed in each."""
    try:
        return client.find("%s/%s/databases" % (PATH, record["id"])) or []
    except ApiError:
        if record.get("status") == ACTIVE:
            raise
        return []  # whether a stopped one can tell is not written


def read_extensions(client, record):
    """For Resource.facts: name -> whether installing it restarts the server, for all that the platform offers."""
    rows = client.get("%s/%s/extensions" % (PATH, record["id"])) or []
    return {row["name"]: bool(row.get("requiresRestarting")) for row in rows}


def shown_extensions(record):
    """What is installed: ``{database: [extension, ...]}``."""
    return {
        database["name"]: [extension["name"] for extension in database.get("extensions") or []]
        for database in record.get("extensions") or []
    }


def same_extensions(wanted, shown):
    """Whether everything wanted is installed; what else is installed stays."""
    return all(one["name"] in shown.get(one["database"], []) for one in wanted)


def extension_steps(field, record, wanted):
    """For Field.steps: one installation for each database that lacks any."""
    shown = field.shown(record)
    missing = {}
    for one in wanted["extensions"]:
        if one["name"] not in shown.get(one["database"], []) + missing.get(one["database"], []):
            missing.setdefault(one["database"], []).append(one["name"])
    # What a new one will have is not known before it is there, nor what another version offers.
    if record.get("status") == ACTIVE and same_version(
        wanted.get("postgre_version", record.get("version")), record.get("version")
    ):
        _check_extensions(missing, shown, record.get("_extensions") or {})
    return [_installation(database, names, shown, record) for database, names in missing.items()]


def _check_extensions(missing, databases, offered):
    for database, names in missing.items():
        if database not in databases:
            raise InvalidInput(
                "extensions: there is no database %s, only %s" % (database, ", ".join(databases) or "none")
            )
        unknown = [name for name in names if name not in offered]
        if unknown:
            raise InvalidInput(
                "extensions: %s cannot be installed; the platform offers %s"
                % (", ".join(unknown), ", ".join(sorted(offered)) or "none for this version")
            )


def _installation(database, names, shown, record):
    offered = record.get("_extensions") or {}
    told = [name + (" (restarts the server)" if offered.get(name) else "") for name in names]
    return Step(
        "install_extension",
        "PATCH",
        PATH + "/{id}",
        {
            "operation": "install_extension",
            "options": {"dbname": database, "extensions_list": [{"name": name} for name in names]},
        },
        before={"extensions": {database: shown.get(database, [])}},
        after={"extensions": {database: shown.get(database, []) + told}},
        done=lambda record: record is not None and set(names) <= set(shown_extensions(record).get(database, [])),
        gates=True,
    )


def _check_version(what, first, version):
    if version is not None and _major(version) < first:
        raise InvalidInput("%s needs version %d or later, and it is %s" % (what, first, version))


def _major(version):
    found = re.match(r"\d+", str(version))
    if not found:
        raise InvalidInput("postgre_version: %r is no version such as 16" % str(version))
    return int(found[0])


POSTGRESQL = Resource(
    kind="postgresql",
    path=PATH,
    search=search,
    changed_running=True,
    create_dry_run=True,
    prepare=prepare,
    also_read={"az": read_zones, "extensions": read_databases, "tags": read_tags},
    facts={"postgre_version": read_versions, "extensions": read_extensions},
    fields=(
        Field("name", read=shows("name"), same=is_shown, required=True),
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
            valid=_major,
            changed_by="upgrade",
            as_option="targetVersion",
            stuck=no_downgrade,
            allowed=check_upgrade,
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
        Operation("enable_ha", also=(CHANGE_REFERENCE,), check=check_enable_ha, gates=True),
        *FARM_OPERATIONS,
    ),
)

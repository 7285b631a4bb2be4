# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields and the operations of a PostgreSQL (the API reference, PostgreSQL): what high availability requires, and
what cannot be undone.
"""

from __future__ import annotations

import re

from ..resource import Field, Operation
from .postgresql_extensions import ITSELF, read_extensions
from .shared.farm import in_words, version
from .shared.management import CHANGE_REFERENCE, number
from .shared.references import is_shown, shows
from .shared.rules import PREFIX_5_12, within

STANDALONE, HA = "STANDALONE", "HA"
HA_FROM_VERSION = 12
TLS_FROM_VERSION = 13
HA_LAGS = (1, 500)  # MB, for a conversion; a creation takes up to 10240 (choices.rst)
NEEDED_FOR_HA = ("availability_zone", "node_prefix", "tls")


def check_new(wanted):
    """For farm(): what is wrong with a new one."""
    is_ha = wanted["topology"] == HA
    missing = [option for option in NEEDED_FOR_HA if option not in wanted] if is_ha else []
    return (
        missing and "topology: HA needs %s, too" % ", ".join(missing),
        is_ha and _too_old("topology: HA", HA_FROM_VERSION, wanted["version"]),
        wanted.get("tls") and _too_old("tls", TLS_FROM_VERSION, wanted["version"]),
    )


# How an answer spells HA is not written (choices.rst).
shown_topology = in_words("topology", {STANDALONE: ("STANDALONE",), HA: ("HA", "HIGH")})


def no_way_back(wanted, seen):
    """For Field.stuck: HA cannot be changed back to STANDALONE."""
    shown = shown_topology(seen.record)
    if shown in (None, wanted["topology"]) or wanted["topology"] == HA:
        return None
    return "topology: it is %s, and cannot be changed back to %s" % (shown, wanted["topology"])


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
    if not shown or major(shown) is None or major(wanted["version"]) >= major(shown):
        return None
    return "version cannot go down: it is %s, not %s" % (shown, wanted["version"])


def ha_refused(wanted, seen):
    """For Operation.refuse: the version and the lag that a conversion to HA requires (enable_ha)."""
    lag = wanted.get("allowed_replication_lag", number(seen.get("allowedReplicationLag")))
    if lag is None or not HA_LAGS[0] <= lag <= HA_LAGS[1]:
        return "allowed_replication_lag: to enable HA it must be %d to %d, and it is %s" % (
            *HA_LAGS,
            seen.get("allowedReplicationLag") if lag is None else "%g" % lag,
        )
    return _too_old("topology: HA", HA_FROM_VERSION, wanted.get("version") or seen.get("version"))


def read_versions(client, seen):
    """For Resource.facts: the versions that it can be upgraded to; integers, although the upgrade wants text."""
    return [str(version) for version in client.get(seen.path(ITSELF + "/versions"))]


def upgrade_refused(wanted, seen):
    """For Field.refuse: an upgrade goes only to a version that the platform offers for this farm."""
    offered = seen.facts.get("version", [])
    if not seen or str(wanted["version"]) in offered:
        return None
    return "version: %s can be upgraded to %s, and not to %s" % (
        seen.get("version"),
        ", ".join(offered) or "no other version",
        wanted["version"],
    )


def valid_version(value):
    """For Field.valid: it begins with a number."""
    return "version: %r is not a version such as 16" % str(value) if major(value) is None else None


def _too_old(what, first, version):
    if version is None or major(version) is None or major(version) >= first:
        return None
    return "%s needs version %d or later, and it is %s" % (what, first, version)


def major(version):
    """The number that a version begins with, or None."""
    found = re.match(r"\d+", str(version))
    return int(found[0]) if found else None


FACTS = {"version": read_versions, "extensions": read_extensions}
FIELDS = (
    version(
        "postgreVersion",
        valid=valid_version,
        changed_by="upgrade",
        as_option="targetVersion",
        stuck=no_downgrade,
        refuse=upgrade_refused,
    ),
    Field("topology", read=shown_topology, changed_by="enable_ha", as_option=None, stuck=no_way_back, required=True),
    Field(
        "allowed_replication_lag",
        valid=within("allowed_replication_lag", 1, 10240, "MB"),
        changed_by="enable_ha",
        as_option="replicationLag",
        stuck=lag_only_with_ha,
        required=True,
    ),
    Field("trigram", read=shows("trigram"), same=is_shown, required=True),
    Field("node_prefix", read=None, valid=PREFIX_5_12),
    Field("prefix", read=None),
    Field("tls", read="tlsEnabled"),
)
OPERATIONS = (
    Operation("upgrade", also=(CHANGE_REFERENCE,), gates=True),
    Operation("enable_ha", also=(CHANGE_REFERENCE,), refuse=ha_refused, gates=True),
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of Kubernetes and the way from one to another (the API reference, Kubernetes).

A version is a product of its own, and an upgrade goes to the next one only: a way of several is a step for each.
"""

from __future__ import annotations

import re

from ..errors import InvalidInput, UnexpectedAnswer
from ..plan import Step
from .k8s_offer import ITSELF, read_products


def valid_version(value):
    """``1.31``, ``1.31.5``, maybe with a v before."""
    if not re.fullmatch(r"v?\d+\.\d+(\.\d+)?", value):
        raise InvalidInput("version: %r is no version such as 1.31 or v1.31.5" % value)


def shown_version(record):
    """The version, as far as the answer shows one."""
    return record.get("version") or record.get("productVersion") or record.get("versionDetailed")


def same_version(wanted, shown):
    """For Field.same: equal in as many parts as both have."""
    return _compare(wanted, shown) == 0


def no_downgrade(wanted, record):
    """For Field.stuck: there is no way back to an earlier version."""
    shown = shown_version(record)
    if not _parts(shown) or _compare(wanted["version"], shown) >= 0:
        return None
    return "version cannot go down: it is %s, not %s" % (shown, wanted["version"])


# What is offered


def read_version_facts(client, record):
    """For Resource.facts: the versions that the platform offers."""
    return _versions(read_products(client))


def with_version_facts(wanted, products, fitting):
    """The same for a new cluster: ``wanted`` with what is offered, and the version that ``fitting`` products bring.

    Raises InvalidInput where that is not one.
    """
    brought = _versions(fitting)
    if len(brought) != 1:
        raise InvalidInput(
            "version: what a new cluster has with platform %s is not known (%s); name the platform by the code of its "
            "version, or leave version out" % (wanted["platform"], " or ".join(brought) or "there is no such product")
        )
    return {**wanted, "_from_version": brought[0], "_versions": _versions(products)}


def _versions(products):
    versions = {str(row["version"]) for row in products if _parts(row.get("version"))}
    return sorted(versions, key=lambda version: (_parts(version), version))


# The way


def version_steps(field, record, wanted):
    """For Field.steps: one upgrade for each version on the way; the platform goes to the next version only."""
    current = shown_version(record) if record else wanted["_from_version"]
    if not _parts(current):
        raise UnexpectedAnswer("the cluster shows no version, so it cannot be upgraded")
    if _compare(wanted["version"], current) < 0:
        if record:
            return []
        raise InvalidInput("version: platform %s brings %s, not %s" % (wanted["platform"], current, wanted["version"]))
    if same_version(wanted["version"], current):
        return []
    way = _way(current, wanted["version"], record.get("_version") if record else wanted["_versions"])
    if len(way) > 1 and not wanted.get("intermediate_upgrades"):
        raise InvalidInput(
            "version: from %s only the next version can be upgraded to, which is %s; with intermediate_upgrades=true "
            "the task goes through %s" % (current, way[0], ", ".join(way))
        )
    return [_upgrade(before, after) for before, after in zip([current, *way], way)]


def _way(current, wanted, offered):
    """The versions from ``current`` to ``wanted``, the last of each minor one. Raises InvalidInput if there is none."""
    newer = [version for version in offered or [] if _compare(version, current) > 0]
    fitting = [version for version in newer if same_version(wanted, version)]
    if not fitting:
        raise InvalidInput(
            "version: %s is not offered; from %s there is %s" % (wanted, current, ", ".join(newer) or "nothing newer")
        )
    target = fitting[-1]
    last = {_minor(version): version for version in newer if _compare(version, target) < 0}
    return [*(last[minor] for minor in last if minor not in (_minor(current), _minor(target))), target]


def _upgrade(before, after):
    return Step(
        "upgrade",
        "PATCH",
        ITSELF,
        {"operation": "upgrade", "options": {"version": after}},
        before={"version": before},
        after={"version": after},
        done=lambda record: record is not None and same_version(after, shown_version(record)),
        gates=True,
    )


def _parts(version):
    """The numbers of a version: ``v1.31.5`` -> ``(1, 31, 5)``; empty where there are none."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", str(version or ""))
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _minor(version):
    return _parts(version)[:2]


def _compare(one, other):
    """-1, 0 or 1, by as many parts as both have; what has none is less than what has any."""
    one, other = _parts(one), _parts(other)
    common = min(len(one), len(other)) or None
    return (one[:common] > other[:common]) - (one[:common] < other[:common])

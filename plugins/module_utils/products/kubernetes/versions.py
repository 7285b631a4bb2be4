# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of Kubernetes and the way from one to another (the API reference, Kubernetes).

A version is a product of its own, and an upgrade goes to the next one only: a way of several is a step for each.
"""

from __future__ import annotations

import re

from ...errors import ApiError, InvalidInput, UnexpectedAnswer
from ...plan import operation_step
from ...resource import Operation
from .offer import ITSELF, read_products


def valid_version(value):
    """For Field.valid: ``1.31``, ``1.31.5``, maybe with a v before."""
    if re.fullmatch(r"v?\d+\.\d+(\.\d+)?", value):
        return None
    return "version: %r is not a version such as 1.31 or v1.31.5" % value


def shown_version(record):
    """The version, as far as the answer shows one."""
    return record.get("version") or record.get("productVersion") or record.get("versionDetailed")


def same_version(wanted, shown):
    """For Field.same: equal in as many parts as both have."""
    return _compare(wanted, shown) == 0


def no_downgrade(wanted, seen):
    """For Field.stuck: a version cannot be lowered."""
    shown = shown_version(seen.record)
    if not _parts(shown) or _compare(wanted["version"], shown) >= 0:
        return None
    return "version cannot go down: it is %s, not %s" % (shown, wanted["version"])


# What is offered


def read_version_facts(client, seen):
    """For Resource.facts: the versions that the platform offers; none where this account may not see them."""
    try:
        return _versions(read_products(client))
    except ApiError as error:
        if error.status != 403:
            raise
        return []


def version_facts_of_new(wanted, products, fitting):
    """The facts of a new cluster: what is offered, and the version that ``fitting`` products bring.

    Raises InvalidInput where that is not one.
    """
    brought = _versions(fitting)
    if len(brought) != 1:
        raise InvalidInput(
            "version: what a new cluster has with platform %s is not known (%s); name the platform by the code of its "
            "version, or leave version out" % (wanted["platform"], " or ".join(brought) or "no product has this name")
        )
    return {"version_of_new": brought[0], "version": _versions(products)}


def _versions(products):
    versions = {str(row["version"]) for row in products if _parts(row.get("version"))}
    return sorted(versions, key=lambda version: (_parts(version), version))


# The way


def version_refused(wanted, seen):
    """For Field.refuse: a version that is not offered, and a way of several steps that was not asked for."""
    current = _current(seen)
    if not seen and _compare(wanted["version"], current) < 0:
        return "version: platform %s brings %s, not %s" % (wanted["platform"], current, wanted["version"])
    if not _parts(current) or _compare(wanted["version"], current) <= 0:
        return None
    offered = seen.facts.get("version")
    if not offered:  # then it is for the platform to tell
        return None
    newer = [version for version in offered if _compare(version, current) > 0]
    if not any(same_version(wanted["version"], version) for version in newer):
        return "version: %s is not offered; from %s there is %s" % (
            wanted["version"],
            current,
            ", ".join(newer) or "nothing newer",
        )
    way = _way(current, wanted["version"], newer)
    if len(way) > 1 and not wanted.get("intermediate_upgrades"):
        return (
            "version: from %s only the next version can be upgraded to, which is %s; with intermediate_upgrades=true "
            "the task goes through %s" % (current, way[0], ", ".join(way))
        )
    return None


def version_steps(wanted, seen):
    """For Field.steps: one upgrade for each version on the way; the platform goes to the next version only."""
    current = _current(seen)
    if not _parts(current):
        raise UnexpectedAnswer("the cluster shows no version, so it cannot be upgraded")
    if _compare(wanted["version"], current) <= 0:
        return []
    offered = seen.facts.get("version")
    way = _way(current, wanted["version"], offered) if offered else [wanted["version"]]
    return [_upgrade(before, after) for before, after in zip([current, *way], way)]


def _current(seen):
    return shown_version(seen.record) if seen else seen.facts.get("version_of_new")


def _way(current, wanted, offered):
    """The versions from ``current`` to ``wanted``, the last of each minor one; empty where it is not offered."""
    newer = [version for version in offered if _compare(version, current) > 0]
    fitting = [version for version in newer if same_version(wanted, version)]
    if not fitting:
        return []
    target = fitting[-1]
    last = {_minor(version): version for version in newer if _compare(version, target) < 0}
    return [*(last[minor] for minor in last if minor not in (_minor(current), _minor(target))), target]


def _upgrade(before, after):
    return operation_step(
        ITSELF,
        Operation("upgrade", gates=True),
        {"version": after},
        before={"version": before},
        after={"version": after},
        done=lambda record: same_version(after, shown_version(record)),
    )


def _parts(version):
    """The numbers of a version: ``v1.31.5``, ``Kubernetes 1.31.5`` -> ``(1, 31, 5)``; empty where there are none."""
    found = re.search(r"(?:^|[\s_(])v?(\d+(?:\.\d+)*)", str(version or ""))
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _minor(version):
    return _parts(version)[:2]


def _compare(one, other):
    """-1, 0 or 1, by as many parts as both have; what has none is less than what has any."""
    one, other = _parts(one), _parts(other)
    common = min(len(one), len(other)) or None
    return (one[:common] > other[:common]) - (one[:common] < other[:common])

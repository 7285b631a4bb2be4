# SPDX-License-Identifier: GPL-3.0-or-later
"""The volumes of a GlusterFS (the API reference, GlusterFS): what is added, grown and deleted one by one.

A volume is added with a user and no name, grown with both, and deleted by its name; the example has the same word for
both, so a volume is called like its user. The list of volumes shows no name, and its mounting points end with it
(choices.rst).
"""

from __future__ import annotations

import math
import re

from ..errors import ApiError, refuse
from ..plan import Step, operation_step
from ..resource import ACTIVE, Field, Operation
from .shared.management import number
from .shared.rules import matching

ITSELF = "/storage/glusterfs/{address}"
ADD = Operation("add_volume", gates=True, repeatable=False)
RESIZE = Operation("resize_volume", gates=True)
DELETE = Operation("delete_volume", gates=True, destroys=True)
ABSENT = "absent"
LARGEST_GB = 4096  # a larger number is not of GB: the unit of sizeOf is not written


def read_volumes(client, seen):
    """For Resource.also_read: the volumes (list of dict), each with its ``name`` and its ``diskSize`` in GB.

    None where it is stopped and cannot tell: whether it can is not written.
    """
    try:
        rows = client.get(seen.path(ITSELF + "/volumes"))
    except ApiError:
        if seen.status == ACTIVE:
            raise
        return None
    return [{**row, "name": _name_of(row), "diskSize": _gigabytes(row)} for row in rows]


def _name_of(row):
    return re.split(r"[/:\\]", str(row.get("mountingPoint") or "").rstrip("/"))[-1] or None


def _gigabytes(row):
    size = number(row.get("sizeOf"))
    while size and size > LARGEST_GB:
        size /= 1024
    return size and math.ceil(size)


def shown_volumes(record):
    """``{name: GB}``; None where it is not known."""
    rows = record.get("volumes")
    return None if rows is None else {row["name"]: row["diskSize"] for row in rows if row["name"]}


def valid_volume_name(option):
    """For Field.valid: the name of a volume, and of its user."""
    return matching(option, r"[a-z0-9_\-]{1,32}", "1 to 32 lowercase letters, digits, dashes and underscores")


def valid_volumes(wanted):
    """For Field.valid: each is named once, by a name that a volume can have, and has a size at all."""
    names = [one["name"] for one in wanted]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return "volumes: %s is named more than once" % ", ".join(twice)
    empty = [one["name"] for one in wanted if one.get("disk_size") is not None and one["disk_size"] < 1]
    if empty:
        return "volumes: %s needs a disk_size of 1 GB or more" % ", ".join(empty)
    return next(filter(None, (valid_volume_name("volumes")(name) for name in names)), None)


def check_first_volume(wanted):
    """For farm(): what is wrong with the volume that a creation makes."""
    first = [one for one in wanted.get("volumes", ()) if one["name"] == wanted["user_name"]]
    return [
        "volumes: %s is the first volume, which a creation makes with disk_size=%s" % (one["name"], wanted["disk_size"])
        for one in first
        if one["state"] == ABSENT or one.get("disk_size") not in (None, wanted["disk_size"])
    ]


def _sorted_out(wanted, shown):
    """The wanted volumes (lists of dict) that are not there, that have another size, and that should not be there."""
    there = [one for one in wanted if one["name"] in shown]
    return (
        [one for one in wanted if one["name"] not in shown and one["state"] != ABSENT],
        [one for one in there if one["state"] != ABSENT and not _has_size(one, shown[one["name"]])],
        [one for one in there if one["state"] == ABSENT],
    )


def _has_size(one, shown):
    return None in (one.get("disk_size"), shown) or one["disk_size"] == shown


def _known(wanted, seen):
    """``{name: GB}`` of what is there; a new GlusterFS will have its first volume. None where it is not known."""
    return shown_volumes(seen.record) if seen else {wanted.get("user_name"): None}


def cannot_shrink(wanted, seen):
    """For Field.stuck: a volume in use is only ever made larger. What a smaller size does is not written."""
    shown = _known(wanted, seen) or {}
    smaller = [
        "%s has %s GB, not %s" % (one["name"], shown[one["name"]], one["disk_size"])
        for one in _sorted_out(wanted["volumes"], shown)[1]
        if one["disk_size"] < shown[one["name"]]
    ]
    return smaller and "volumes cannot shrink: " + ", ".join(smaller)


def volumes_refused(wanted, seen):
    """For Field.refuse: what a new volume needs."""
    shown = _known(wanted, seen)
    new = _sorted_out(wanted["volumes"], shown)[0] if shown is not None else []
    needy = [one["name"] for one in new if not one.get("disk_size") or not one.get("password")]
    return needy and "volumes: %s is not there, and to add it disk_size and password are needed" % ", ".join(needy)


def volume_steps(wanted, seen):
    """For Field.steps: one request for each volume that is added, grown or deleted, in this order.

    What one that was stopped has is known only when it runs.
    """
    shown = _known(wanted, seen)
    if shown is None:
        after = {"volumes": [one["name"] for one in wanted["volumes"]]}
        volumes = Operation("volumes", destroys=any(one["state"] == ABSENT for one in wanted["volumes"]))
        return [Step(volumes, "PATCH", ITSELF, None, {"volumes": None}, after, late=_late_steps(wanted))]
    new, other, surplus = _sorted_out(wanted["volumes"], shown)
    return [
        *(_addition(one) for one in new),
        *(_growth(one, shown[one["name"]]) for one in other if one["disk_size"] > shown[one["name"]]),
        *(_removal(one["name"], shown[one["name"]]) for one in surplus),
    ]


def _late_steps(wanted):
    def steps(seen):
        refuse(cannot_shrink(wanted, seen), volumes_refused(wanted, seen))
        return volume_steps(wanted, seen)

    return steps


def _addition(one):
    options = {"diskSize": str(one["disk_size"]), "userName": one["name"], "userPass": one["password"]}
    return _step(ADD, options, one["name"], None, one["disk_size"])


def _growth(one, size):
    options = {"name": one["name"], "diskSize": str(one["disk_size"]), "userName": one["name"]}
    return _step(RESIZE, options, one["name"], size, one["disk_size"])


def _removal(name, size):
    return _step(DELETE, {"name": name}, name, size or "a volume", None)


def _step(operation, options, name, before, after):
    wanted = [{"name": name, "disk_size": after, "state": "present" if after else ABSENT}]
    return operation_step(
        ITSELF,
        operation,
        options,
        before={"volumes": {name: before}},
        after={"volumes": {name: after}},
        done=lambda record: same_volumes(wanted, shown_volumes(record)),
    )


def same_volumes(wanted, shown):
    """Whether all that is wanted is there, in its size, and what is not wanted is not; other volumes stay."""
    return shown is not None and not any(_sorted_out(wanted, shown))


def _kept(shown, record):
    """For Field.kept: a row for each volume, without a size that is not shown."""
    if shown is None:
        return None
    return [{"name": name, **({"disk_size": shown[name]} if shown[name] else {})} for name in sorted(shown)]


VOLUMES = Field(
    "volumes",
    created_as=None,
    read=shown_volumes,
    same=same_volumes,
    valid=valid_volumes,
    stuck=cannot_shrink,
    refuse=volumes_refused,
    steps=volume_steps,
    while_active=True,
    kept=_kept,
)

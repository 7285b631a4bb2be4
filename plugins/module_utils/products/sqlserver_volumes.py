# SPDX-License-Identifier: GPL-3.0-or-later
"""The volumes of a SQL Server (the API reference, SQL Server): they are chosen at creation, and no operation changes
them. Only the file systems of its nodes show them.
"""

from __future__ import annotations

import re
from collections import Counter

from ..resource import Field
from .shared.management import number
from .shared.placement import nodes_of

DRIVES = {"C": "disk0", "D": "disk1", "E": "disk2", "F": "disk3", "G": "disk4", "H": "disk5"}
SYSTEM = "disk0"
BOUNDS = {SYSTEM: (1, 70)}  # GB
OTHER_BOUNDS = (10, 4096)
LARGEST = OTHER_BOUNDS[1]


def valid_volumes(rows):
    """For Field.valid: each disk once, at most one more than the usual five, and sizes within their bounds."""
    twice = [disk for disk, count in Counter(row["id"] for row in rows).items() if count > 1]
    if twice:
        return "volumes: %s is given twice" % twice[0]
    strange = [row["id"] for row in rows if not re.fullmatch(r"disk\d+", row["id"])]
    if strange:
        return "volumes: %s is not the id of a disk, such as %s" % (", ".join(strange), SYSTEM)
    if len(rows) > len(DRIVES):
        return "volumes: there are at most %d, and %d are given" % (len(DRIVES), len(rows))
    for row in rows:
        smallest, largest = BOUNDS.get(row["id"], OTHER_BOUNDS)
        if not smallest <= row["size_gb"] <= largest:
            return "volumes: %s has %d to %d GB, not %d" % (row["id"], smallest, largest, row["size_gb"])
    return None


def shown_volumes(record):
    """``{disk: GB}`` of the file systems with a drive letter that a node shows; None where it shows none."""
    rows = (record.get("storageInformation") or {}).get("fileSystems") or []
    letters = {_letter(row): _gigabytes(row.get("sizeOf")) for row in rows if isinstance(row, dict)}
    return {DRIVES[letter]: size for letter, size in letters.items() if letter in DRIVES and size} or None


def _letter(row):
    found = re.match(r"([A-Z]):?[\\/]*$", str(row.get("mountingPoint") or "").upper())
    return found and found[1]


def _gigabytes(size):
    """A size in GB, of which no disk has more than the largest: what is more is in MB, in KB or in bytes."""
    size = number(size)
    while size and size > LARGEST:
        size /= 1024
    return size


def other_sizes(wanted, seen):
    """For Field.stuck: disks that are shown with another size. A file system is a little smaller than its disk."""
    nodes = seen.elsewhere.get("volumes") or [{}]
    sentences = [
        "%s is %d GB, not %d" % (row["id"], round(nodes[0][row["id"]]), row["size_gb"])
        for row in wanted["volumes"]
        if row["id"] in nodes[0] and abs(nodes[0][row["id"]] - row["size_gb"]) > max(1, row["size_gb"] / 20)
    ]
    return "volumes are fixed at creation: " + ", ".join(sentences) if sentences else None


def _kept(shown, record):
    """For Field.kept: a row for each disk, as large as its file system."""
    return shown and [{"id": disk, "size_gb": round(shown[disk])} for disk in sorted(shown)]


VOLUMES = Field("volumes", read=shown_volumes, elsewhere=nodes_of, valid=valid_volumes, stuck=other_sizes, kept=_kept)

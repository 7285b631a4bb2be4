# SPDX-License-Identifier: GPL-3.0-or-later
"""GlusterFS as ITCare documents it (the API reference, GlusterFS).

The user and the disk of a creation make its first volume. The list of its fields and its example spell that user
differently; the list counts (choices.rst).
"""

from __future__ import annotations

from ..resource import Field, Operation
from .glusterfs_volumes import VOLUMES, check_first_volume, read_volumes, valid_volume_name
from .shared.farm import farm
from .shared.management import CHANGE, CHANGE_REFERENCE
from .shared.rules import PASSWORD_12_20, matching, within

GLUSTERFS = farm(
    "glusterfs",
    "/storage/glusterfs",
    "GLUSTERFS",
    name=matching("name", r"[a-z0-9_\-]{5,60}", "5 to 60 lowercase letters, digits, dashes and underscores"),
    password=PASSWORD_12_20,
    disk=within("disk_size", 10, 1024, "GB"),
    needs=("platform",),
    lacks=("availability_zone",),
    check_new=check_first_volume,
    also_read={"volumes": read_volumes},
    fields=(
        Field("user_name", created_as="user_name", read=None, valid=valid_volume_name("user_name"), required=True),
        VOLUMES,
        CHANGE,
    ),
    operations=(
        Operation("start", also=(CHANGE_REFERENCE,)),
        Operation("stop", also=(CHANGE_REFERENCE,)),  # the example of its text sends start (choices.rst)
    ),
)

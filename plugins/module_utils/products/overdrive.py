# SPDX-License-Identifier: GPL-3.0-or-later
"""OverDrive as ITCare documents it (the API reference, OverDrive)."""

from __future__ import annotations

from ..resource import Field
from .shared.application_service import application_service, size

OVERDRIVE = application_service(
    "overdrive",
    "/storage/overdrive",
    "OVERDRIVE",
    sizing=size(),
    fields=(Field("drive_site_uri", read=None, required=True),),
)

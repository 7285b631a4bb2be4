# SPDX-License-Identifier: GPL-3.0-or-later
"""Matomo as ITCare documents it (the API reference and the how-to, Matomo)."""

from __future__ import annotations

from ..resource import ACTIVE, INACTIVE, Field, Operation
from .shared.application_service import SIZES, application_service, size


def no_smaller(wanted, seen):
    """For Field.stuck: it is only ever extended."""
    shown = str(seen.get("sizing") or "").upper()
    if shown not in SIZES or SIZES.index(wanted["sizing"]) >= SIZES.index(shown):
        return None
    return "sizing cannot go down: it is %s, not %s" % (shown, wanted["sizing"])


MATOMO = application_service(
    "matomo",
    "/analytics/matomo",
    "MATOMO",
    sizing=size(changed_by="extend", stuck=no_smaller),
    # Flagged Required, and said to get a dummy value where they are empty (choices.rst): an empty one is sent.
    defaults={"default_web_site_name": "", "default_web_uri": ""},
    fields=(
        Field("default_web_site_name", read=None),
        Field("default_web_uri", read=None),
    ),
    operations=(Operation("extend", needs=ACTIVE, gates=True), Operation("delete", needs=INACTIVE)),
)

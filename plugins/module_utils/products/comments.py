# SPDX-License-Identifier: GPL-3.0-or-later
"""The comment of anything that has one: a resource of any kind, or a service (the API reference, Resource tags, DNS
aliases, comments)."""

from __future__ import annotations

from ..resource import Part
from .shared.management import comment_steps
from .shared.resources import ANY_RESOURCE, ANY_SERVICE, unknown


def resolve(ask, seen, wanted):
    """For Part.resolve: there has to be something that gets the comment."""
    if not seen:
        ask.missing(unknown([str(wanted.get("name") or wanted["id"])]), wanted.get("id", ""))
    return wanted


COMMENT, SERVICE_COMMENT = (
    Part(of=one, key="comment", read=None, plan=comment_steps, resolve=resolve) for one in (ANY_RESOURCE, ANY_SERVICE)
)

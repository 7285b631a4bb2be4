# SPDX-License-Identifier: GPL-3.0-or-later
"""The comment of anything that has one: a resource of any kind, or a service (the API reference, Resource tags, DNS
aliases, comments)."""

from __future__ import annotations

from ..resource import Part
from .shared.management import comment_steps
from .shared.resources import ANY_RESOURCE, ANY_SERVICE, miss, refuse_shared_number, refuse_unread_service


def resolve(ask, seen, wanted):
    """For Part.resolve: there has to be something that gets the comment."""
    if not seen:
        miss(ask, wanted)
    return wanted


def resolve_service(ask, seen, wanted):
    """For Part.resolve: there has to be a service, and it alone may have its number."""
    refuse_unread_service(seen, wanted)
    if comment_steps(wanted, seen):
        refuse_shared_number(ask, seen, "comment")
    return wanted


COMMENT = Part(of=ANY_RESOURCE, key="comment", read=None, plan=comment_steps, resolve=resolve)
SERVICE_COMMENT = Part(of=ANY_SERVICE, key="comment", read=None, plan=comment_steps, resolve=resolve_service)

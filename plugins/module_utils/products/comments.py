# SPDX-License-Identifier: GPL-3.0-or-later
"""The comment of anything that has one: a resource of any kind, or a service (the API reference, Resource tags, DNS
aliases, comments)."""

from __future__ import annotations

from ..errors import InvalidInput
from ..identity import RESOURCES, called, others_with
from ..resource import Part
from .shared.management import comment_steps
from .shared.resources import ANY_RESOURCE, ANY_SERVICE, miss, refuse_unread_service


def resolve(ask, seen, wanted):
    """For Part.resolve: there has to be something that gets the comment."""
    if not seen:
        miss(ask, wanted)
    return wanted


def resolve_service(ask, seen, wanted):
    """For Part.resolve: the comments of services and of resources have the same path, so no resource may have the
    number of the service.
    """
    refuse_unread_service(seen, wanted)
    if comment_steps(wanted, seen) and "others" not in seen.facts:
        seen.facts["others"] = others_with(ask.client, RESOURCES, seen.record, seen.record["id"])
    if seen.facts.get("others"):
        raise InvalidInput(
            "comment: the id of the service %s is also that of %s, and comments of both have the same path, so whose "
            "comment would change is not known; nothing was sent"
            % (called(seen.record), " and ".join(seen.facts["others"]))
        )
    return wanted


COMMENT = Part(of=ANY_RESOURCE, key="comment", read=None, plan=comment_steps, resolve=resolve)
SERVICE_COMMENT = Part(of=ANY_SERVICE, key="comment", read=None, plan=comment_steps, resolve=resolve_service)

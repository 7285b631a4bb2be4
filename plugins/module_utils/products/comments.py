# SPDX-License-Identifier: GPL-3.0-or-later
"""The comment of anything that has one: a resource of any kind, or a service (the API reference, Resource tags, DNS
aliases, comments)."""

from __future__ import annotations

from ..identity import RESOURCES
from ..plan import Step
from ..resource import Part
from .shared.resources import ANY_RESOURCE, ANY_SERVICE, unknown

PATH = RESOURCES + "/{number}/comments"  # of services, too


def resolve(ask, seen, wanted):
    """For Part.resolve: there has to be something that gets the comment."""
    if not seen:
        ask.missing(unknown([str(wanted.get("name") or wanted["id"])]), wanted.get("id", ""))
    return wanted


def plan_comment(wanted, seen):
    """For Part.plan: the step (in a list) to ``wanted["comment"]``, or none. An empty one removes the comment."""
    text, current = wanted["comment"], shown(seen.record)
    if current == text:
        return []
    step = Step(
        "comment",
        "PATCH",
        PATH,
        {"description": text},
        before={"comment": current},
        after={"comment": text},
        done=lambda record: shown(record) == text,
        at_once=True,
    )
    return [step]


def shown(record):
    """The comment that a record shows, as text."""
    return str((record or {}).get("comment") or "")


COMMENT, SERVICE_COMMENT = (
    Part(of=one, key="comment", read=None, plan=plan_comment, resolve=resolve) for one in (ANY_RESOURCE, ANY_SERVICE)
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform says about the options of a SQL Server."""

from __future__ import annotations

from urllib.parse import quote

from ..errors import ApiError, TimedOut, UnexpectedAnswer
from ..preflight import CannotTell, Offer
from .shared.offers import FARM_OFFERS

PATH = "/databases/sqlserver"


def listener_is_free(client, wanted, record):
    """For Offer.rule: a new listener has a name that no other has; what a HEAD looks at is lost (choices.rst)."""
    name = wanted["listener_name"]
    try:
        is_taken = not record and client.exists("%s/%s" % (PATH, quote(name, safe="")))
    except (ApiError, TimedOut, UnexpectedAnswer) as problem:
        raise CannotTell(str(problem)) from problem
    return "listener_name: a SQL Server has the name %s already" % name if is_taken else None


SQLSERVER_OFFERS = (*FARM_OFFERS("SQLSERVER"), Offer("listener_name", rule=listener_is_free))

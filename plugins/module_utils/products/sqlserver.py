# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL Server as ITCare documents it (the API reference, SQL Server). Its volumes are in sqlserver_volumes.py, what only
some have in sqlserver_options.py.
"""

from __future__ import annotations

from dataclasses import replace

from ..resource import Field, Operation
from .shared.farm import AUTHENTICATION_DOMAIN, AVAILABILITY_ZONE, NODE_PREFIX, PASSWORD, farm, matching, strong
from .shared.management import CHANGE, CHANGE_REFERENCE
from .sqlserver_options import OPTIONS, check_new
from .sqlserver_volumes import VOLUMES


def offers():
    """For Resource.offers."""
    from .sqlserver_offers import SQLSERVER_OFFERS  # only a change needs them

    return SQLSERVER_OFFERS


SQLSERVER = farm(
    "sqlserver",
    "/databases/sqlserver",
    "SQLSERVER",
    # The prose has lowercase letters, and its example capitals (choices.rst).
    name=matching(
        "name", "[A-Za-z0-9]{5,60}", "5 to 60 letters and digits, or it is the word cluster", forbidden=("cluster",)
    ),
    disk=None,
    lacks=("disk_size",),
    needs=("platform",),
    check_new=check_new,
    offers=offers,
    delete_also=(CHANGE_REFERENCE,),
    fields=(
        replace(AVAILABILITY_ZONE, required=True),
        replace(AUTHENTICATION_DOMAIN, created_as="authenticationDomainId"),
        Field(PASSWORD, created_as="customerPassword", read=None, valid=strong(8), required=True, secret=True),
        Field("collation", read=None, required=True),
        VOLUMES,
        replace(NODE_PREFIX, created_as="prefix"),
        *OPTIONS,
        CHANGE,
    ),
    operations=(
        Operation("stop", also=(CHANGE_REFERENCE,)),
        Operation("reset", repeatable=False, destroys=True),
    ),
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL Server as ITCare documents it (the API reference, SQL Server). Its options are in sqlserver_options.py, and its
volumes in sqlserver_volumes.py.
"""

from __future__ import annotations

from .shared.farm import farm
from .shared.management import CHANGE
from .shared.rules import farm_name
from .sqlserver_options import OPERATIONS, OPTIONS, check_new
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
    name=farm_name("[A-Za-z0-9]{5,60}", "5 to 60 letters and digits"),
    disk=None,
    lacks=("disk_size",),
    needs=("platform",),
    check_new=check_new,
    offers=offers,
    fields=(*OPTIONS, VOLUMES, CHANGE),
    operations=OPERATIONS,
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL as ITCare documents it (the API reference, PostgreSQL). Its fields are in postgresql_fields.py, and its
extensions in postgresql_extensions.py.

The list of its creation fields is lost: what is needed comes from the prose, and so do the bounds.
"""

from __future__ import annotations

from .postgresql_extensions import EXTENSIONS, read_databases
from .postgresql_fields import FACTS, FIELDS, OPERATIONS, check_new
from .shared.farm import DATABASES, farm
from .shared.management import CHANGE
from .shared.rules import FARM_NAME, strong, within

PATH = "/databases/postgresql"
POSTGRESQL = farm(
    "postgresql",
    PATH,
    "POSTGRESQL",
    name=FARM_NAME,
    password=strong(12),
    disk=within("disk_size", 40, 1024, "GB"),  # a product table says 10 to 2048 (choices.rst)
    listed=DATABASES,
    check_new=check_new,
    also_read={"extensions": read_databases},
    facts=FACTS,
    fields=(*FIELDS, EXTENSIONS, CHANGE),
    operations=OPERATIONS,
)

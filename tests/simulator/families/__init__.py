# SPDX-License-Identifier: GPL-3.0-or-later
"""The handlers of the documented operations, one file per family of the API. Importing it registers them all."""

from __future__ import annotations

from ..call import HANDLERS  # noqa: F401  (by now with a handler for every operation)
from . import (  # noqa: F401
    actions,
    application_services,
    backup_policies,
    brokers,
    databases,
    glusterfs,
    instances,
    kubernetes,
    loadbalancers,
    lookups,
    misc,
    networks,
    platform,
    resources,
    services,
    tags,
    topology,
)

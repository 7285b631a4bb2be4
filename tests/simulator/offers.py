# SPDX-License-Identifier: GPL-3.0-or-later
"""The look-ups of what is offered: an account may be shown nothing of it, or be refused it (setting catalogue)."""

from __future__ import annotations

from .answer import Answer

_LISTS = frozenset(
    {
        "list_area_certificates",
        "list_area_healthchecks",
        "list_area_ssl_profiles",
        "list_areas",
        "list_authentication_domains",
        "list_domains",
        "list_loadbalancers_protocols",
        "list_product_regions",
        "list_products",
        "list_regions",
    }
)
# Answers with a map of lists.
_MAPS = frozenset({"list_backup_policies"})
_SINGLE = frozenset({"get_backup_policy", "get_domain", "get_product", "get_region"})


def withheld(operation_id: str, catalogue: str) -> Answer | None:
    """The answer of a look-up of which nothing is shown; None when it answers as usual."""
    if catalogue == "forbidden" and operation_id in _LISTS | _MAPS | _SINGLE:
        return Answer(403)
    if catalogue == "empty" and operation_id in _LISTS | _MAPS:
        return Answer(200, {} if operation_id in _MAPS else [])
    return None

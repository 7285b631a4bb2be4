# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API calls an application service (OverDrive, Matomo): a size by its letter, in a region, without a network.

Nothing but its power, and for some its size, changes in place. One constructor; a product says only what is its own.
"""

from __future__ import annotations

from dataclasses import replace

from ...errors import refuse
from ...resource import Field, Operation, Resource
from .farm import PASSWORD
from .management import FARM_MANAGEMENT, contradictory
from .placement import PLACEMENT, nodes_of_resource, place_in_region
from .references import is_shown, shows
from .rules import matching, strong
from .tags import TAGS, read_tags

SIZES = ("XS", "S", "M", "L", "XL")


def application_service(kind, path, catalogue, sizing, fields=(), operations=(), defaults=None, **own):
    """A Resource for an application service.

    ``catalogue`` is its type among the products (``MATOMO``), ``sizing`` the Field of its size, and ``fields`` and
    ``operations`` those that only this product has. ``defaults`` are the options (dict) that a creation gets where the
    task does not give them. ``own`` are further arguments of Resource.
    """
    return Resource(
        kind=kind,
        path=path,
        catalogue=catalogue,
        fields=(
            Field("name", read=shows("name"), same=is_shown, identifies=True, required=True),
            *IN_A_REGION,
            sizing,
            Field(PASSWORD, created_as="password", read=None, valid=strong(12), required=True, secret=True),
            *fields,
            *FIXED_MANAGEMENT,
            TAGS,
        ),
        operations=(Operation("start"), Operation("stop"), *operations),
        by_service=False,
        changed_running=True,
        valid=contradictory,
        resolve=_resolve(defaults or {}),
        offers=_offers(catalogue),
        also_read={"tags": read_tags},
        **own,
    )


def _offers(catalogue):
    def offers():
        from .offers import APPLICATION_SERVICE_OFFERS  # only a change needs them

        return APPLICATION_SERVICE_OFFERS(catalogue)

    return offers


def _resolve(defaults):
    def resolve(ask, seen, wanted):
        if seen:
            return wanted
        refuse(NAME(wanted["name"]))
        return place_in_region(ask, seen, {**defaults, **wanted})

    return resolve


def size(**more):
    """The size, by its letter; fixed at creation, unless ``more`` says what changes it."""
    return Field("sizing", read="sizing", same=_same_size, required=True, **more)


def _same_size(wanted, shown):
    return shown is None or str(shown).casefold() == wanted.casefold()


NAME = matching("name", r"[a-z0-9\-]{4,60}", "4 to 60 lowercase letters, digits and dashes")
IN_A_REGION = tuple(
    replace(one, elsewhere=nodes_of_resource)
    for one in PLACEMENT
    if one.name in ("service", "region", "regulation", "cloud")
)
# No operation changes the monitoring or the patch party of one.
FIXED_MANAGEMENT = tuple(
    replace(one, changed_by=None) if one.changed_by == "update_monitoring" else one
    for one in FARM_MANAGEMENT
    if one.name != "patch_party"
)

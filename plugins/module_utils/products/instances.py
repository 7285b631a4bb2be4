# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual instances as ITCare documents them (the API reference, Instances)."""

from __future__ import annotations

from ..resource import ACTIVE, INACTIVE, Field, Operation, Resource
from .shared.management import (
    BACKUP_POLICIES,
    CHANGE,
    CHANGE_REFERENCE,
    COMMENT,
    PATCH_PARTY,
    alerting_needs_monitoring,
    contradictory,
    no_alerting_without_monitoring,
    reason_in_production,
    reason_only_when_off,
    shown_sizing,
    valid_sizing,
)
from .shared.placement import SERVICE, network_number, place
from .shared.references import SHOWN_NETWORK, Label, Shown, is_shown, shows
from .shared.tags import TAGS, read_tags


def offers():
    """For Resource.offers."""
    from .shared.offers import INSTANCE_OFFERS  # only a change needs them

    return INSTANCE_OFFERS


def shown_platform(record):
    """For Field.read: what shows the platform is not written, so all places where its code or its label can stand."""
    codes, labels = shows("imageCode", "productCode")(record), shows("productName", "technology", "osName")(record)
    if not codes or not labels:
        return codes or labels and Label(*labels.spellings)
    return Shown(*codes.spellings, *labels.spellings)


def platform_names(client, wanted):
    """For Field.lookup: the other names of a platform, such as its label, which may be all that an answer shows."""
    from .shared.offers import names_of_product  # only a difference needs it

    return names_of_product(client, wanted)


def resolve(ask, seen, wanted):
    """For Resource.resolve: where a new one is created; and a warning of a comment on a reset that is not asked for."""
    if wanted.get("reset_comment") is not None and wanted.get("state") != "reset":
        ask.warn("reset_comment has no effect, since state is %s and not reset" % wanted.get("state"))
    return place(ask, seen, wanted)


INSTANCE = Resource(
    kind="instance",
    path="/compute/instances",
    unique_name=True,
    valid=contradictory,
    resolve=resolve,
    offers=offers,
    also_read={"tags": read_tags},
    fields=(
        Field("name", read=shows("name"), same=is_shown, identifies=True, required=True),
        TAGS,
        COMMENT,
        SERVICE,
        Field(
            "region",
            read=shows("region.id", "region.dataCenter", "labelRegion", "labelDataCenter"),
            same=is_shown,
            identifies=True,
            required="network",
        ),
        Field("area", read=shows("area.id", "labelArea"), same=is_shown, identifies=True),
        Field(
            "availability_zone",
            read=shows("availabilityZone.id", "labelAvailabilityZone"),
            same=is_shown,
            identifies=True,
        ),
        Field("regulation", read=shows("area.regulation"), same=is_shown, identifies=True),
        Field("cloud", created_as="cloudId", read="cloudId", identifies=True),
        Field(
            "network",
            created_as="networkId",
            read=SHOWN_NETWORK,
            same=is_shown,
            identifies=True,
            lookup=network_number,
        ),
        Field(
            "platform",
            read=shown_platform,
            same=is_shown,
            lookup=platform_names,
            identifies=True,
            required=True,
        ),
        Field("product_code", read=shows("productCode", "imageCode"), same=is_shown, identifies=True),
        Field(
            "sizing", created_as="resourceId", read=shown_sizing, valid=valid_sizing, changed_by="resize", required=True
        ),
        Field(
            "authentication_domain",
            created_as="authenticationDomainId",
            read=shows("authenticationDomain"),
            same=is_shown,
        ),
        Field("storage_pool", read=None),
        Field("volumes", read=None),
        Field("properties", read=None, secret=True),  # a property may be a password
        Field("specific_request", read=None),
        Field("monitoring_enabled", changed_by="update_monitoring", as_option="state"),
        Field("monitoring_alerting", changed_by="update_monitoring", as_option="alerting"),
        Field("no_monitoring_prod_reason", read=None),
        Field("on_call_supervision", read="monitoringOnCallEnabled"),  # no operation changes it (choices.rst)
        Field("backup_enabled", read="backupStatus", changed_by="update_backup", as_option="state"),
        Field("no_backup_prod_reason", read=None, changed_by="update_backup", as_option="deactivationReason"),
        Field("backup_off_site_enabled", read=None),
        *BACKUP_POLICIES,
        Field(
            "replication_enabled", read="replicationStatus", changed_by="update_storage_replication", as_option="state"
        ),
        Field(
            "no_replication_prod_reason",
            read=None,
            changed_by="update_storage_replication",
            as_option="deactivationReason",
        ),
        PATCH_PARTY,
        CHANGE,
    ),
    operations=(
        Operation("stop", also=(CHANGE_REFERENCE,)),
        Operation("start", also=(CHANGE_REFERENCE,)),
        Operation("reset", also=(("reset_comment", "comment"),), needs=ACTIVE, repeatable=False, destroys=True),
        Operation("delete", also=(CHANGE_REFERENCE,), needs=INACTIVE),
        Operation("resize", also=(CHANGE_REFERENCE,)),
        Operation(
            "update_monitoring",
            refuse=alerting_needs_monitoring,
            tidy=no_alerting_without_monitoring,
            dry_run=True,
        ),
        Operation("update_patch_party", dry_run=True),
        Operation(
            "update_storage_replication",
            refuse=reason_in_production("replication_enabled"),
            tidy=reason_only_when_off,
        ),
        Operation("update_backup", refuse=reason_in_production("backup_enabled"), tidy=reason_only_when_off),
    ),
)

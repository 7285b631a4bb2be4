# SPDX-License-Identifier: GPL-3.0-or-later
"""How sizes, patch parties and production are read."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.products import management
from ansible_collections.cegedim.cloud.plugins.module_utils.products.references import Shown, is_id, shows


@pytest.mark.parametrize(
    "record, shown",
    [
        ({"cpu": 2, "ram": 4}, "2cpu4gb"),
        ({"cpu": 2, "ram": 4096}, "2cpu4gb"),
        ({"cpu": 16, "ram": 384}, "16cpu384gb"),
        ({"cpu": 2}, None),
        ({}, None),
    ],
)
def test_shown_sizing(record, shown):
    assert management.shown_sizing(record) == shown


@pytest.mark.parametrize(
    "wanted, shown, same",
    [
        ({"excluded": False}, {}, True),
        ({"excluded": True, "exclusion_reason": "x"}, {}, False),
        ({"excluded": True, "exclusion_reason": "x"}, {"excluded": True, "exclusionReason": "x"}, True),
        ({"excluded": True, "exclusion_reason": "x"}, {"excluded": True, "exclusionReason": "y"}, False),
        ({"excluded": False, "patch_group": 3}, {"excluded": False, "patchGroup": "3"}, True),
        ({"excluded": False, "patch_group": 3}, {"excluded": False, "patchGroup": 3}, True),
        ({"excluded": False, "patch_group": 3}, {"excluded": False, "patchGroup": "2"}, False),
        ({"excluded": False, "patch_group": 3}, {"excluded": False}, False),
        ({"excluded": False, "patch_group": None}, {"excluded": False, "patchGroup": "2"}, True),
        ({"excluded": False}, {"excluded": True, "exclusionReason": "x"}, False),
    ],
)
def test_patch_party(wanted, shown, same):
    assert management.same_patch_party(wanted, management.shown_patch_party({"patchParty": shown})) is same


def test_patch_party_to_api():
    given = {"excluded": False, "exclusion_reason": "old", "patch_group": 3}
    assert management.patch_party_to_api(given) == {"excluded": False, "patchGroup": 3}
    given = {"excluded": True, "exclusion_reason": "why", "patch_group": 3}
    assert management.patch_party_to_api(given) == {"excluded": True, "exclusionReason": "why"}


@pytest.mark.parametrize(
    "environment, production",
    [("PRODUCTION", True), ("production", True), ("PROD", True), ("NON_PROD", False), ("QA", False), (None, False)],
)
def test_is_production(environment, production):
    assert management.is_production(environment) is production


@pytest.mark.parametrize("option, reason", sorted(management.REASONS.items()))
def test_create_in_production_needs_a_reason(option, reason):
    with pytest.raises(InvalidInput, match="%s: a reason is needed for %s=false in PRODUCTION" % (reason, option)):
        management.check_reasons({option: False}, "PRODUCTION")
    management.check_reasons({option: False, reason: "why"}, "PRODUCTION")
    management.check_reasons({option: False}, "QA")
    management.check_reasons({option: True}, "PRODUCTION")


def test_change_reference_too_long():
    management.valid_change_reference("RFC_123456")
    with pytest.raises(InvalidInput, match="'RFC_1234567' has 11 characters, and 10 are allowed"):
        management.valid_change_reference("RFC_1234567")


def test_shown_accepts_any_spelling():
    shown = shows("serviceId", "serviceName")({"serviceId": 13, "serviceName": "Billing"})
    assert shown == "13" and shown == 13 and shown == "billing" and shown != "other"
    assert str(shown) == "Billing (13)"
    assert shows("network.id")({}) is None
    assert str(Shown("EB")) == "EB"
    assert str(Shown("EB", "EB4")) == "EB"


def test_is_id():
    assert is_id("13") and is_id(13) and not is_id("billing") and not is_id("")

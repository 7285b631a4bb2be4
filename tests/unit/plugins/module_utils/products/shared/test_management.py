# SPDX-License-Identifier: GPL-3.0-or-later
"""How sizes, patch parties and production are read."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import management
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.references import Shown, is_id, shows
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen


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
        ({"excluded": False, "patch_group": 0}, {"excluded": False, "patchGroup": "2"}, False),
        ({"excluded": False, "patch_group": 0}, {"excluded": False}, True),
        ({"excluded": False}, {"excluded": True, "exclusionReason": "x"}, False),
    ],
)
def test_patch_party(wanted, shown, same):
    assert management.same_patch_party(wanted, management.shown_patch_party({"patchParty": shown})) is same


@pytest.mark.parametrize(
    "wanted, sentence",
    [
        ({"excluded": True}, "patch_party: an exclusion needs exclusion_reason"),
        ({"excluded": True, "exclusion_reason": " "}, "patch_party: an exclusion needs exclusion_reason"),
        (
            {"excluded": True, "exclusion_reason": "x", "patch_group": 2},
            "patch_party: patch_group=2 requires excluded=false",
        ),
        (
            {"excluded": False, "exclusion_reason": "x"},
            "patch_party: exclusion_reason requires excluded=true",
        ),
        ({"excluded": True, "exclusion_reason": "x"}, None),
        ({"excluded": False, "patch_group": 2}, None),
    ],
    ids=str,
)
def test_patch_party_that_contradicts_itself(wanted, sentence):
    assert management.valid_patch_party(wanted) == sentence


@pytest.mark.parametrize(
    "wanted, shown, refused",
    [
        ({"nodes": [{"count": 2}, {"count": 1}]}, {"nodeCount": 1}, True),
        ({"nodes": [{"count": 1}]}, {"nodeCount": 3}, False),
        ({"topology": "HA"}, {"nodeCount": 1}, True),
        ({}, {"nodeCount": "3"}, True),
        ({}, {"nodeCount": 1}, False),
        ({"node_count": 2}, {}, True),
    ],
    ids=str,
)
def test_patch_group_is_judged_by_the_nodes_that_there_will_be(wanted, shown, refused):
    wanted = {**wanted, "patch_party": {"excluded": False, "patch_group": 2}}
    assert bool(management.patch_group_of_several(wanted, Seen(shown))) is refused
    excluded = {**wanted, "patch_party": {"excluded": True, "exclusion_reason": "x"}}
    assert management.patch_group_of_several(excluded, Seen(shown)) is None


@pytest.mark.parametrize("option", ["monitoring_alerting", "on_call_supervision"])
def test_what_needs_monitoring_is_judged_by_the_monitoring_that_there_will_be(option):
    refuse = {
        "monitoring_alerting": management.alerting_needs_monitoring,
        "on_call_supervision": management.on_call_needs_monitoring,
    }[option]
    sentence = "%s: true needs monitoring_enabled=true, and it is false" % option
    off, on = Seen({"monitoringEnabled": False}), Seen({"monitoringEnabled": True})
    assert refuse({option: True}, off) == sentence
    assert refuse({option: True, "monitoring_enabled": False}, on) == sentence
    assert refuse({option: True}, on) is None
    assert refuse({option: True, "monitoring_enabled": True}, off) is None
    assert refuse({option: False}, off) is None


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
    with pytest.raises(InvalidInput, match=reason):
        management.check_reasons({option: False, reason: " "}, "PRODUCTION")
    management.check_reasons({option: False, reason: "why"}, "PRODUCTION")
    management.check_reasons({option: False}, "QA")
    management.check_reasons({option: True}, "PRODUCTION")


def test_change_reference_too_long():
    assert management.valid_change_reference("RFC_123456") is None
    assert management.valid_change_reference("RFC_1234567") == (
        "change_reference: 'RFC_1234567' has 11 characters, and 10 are allowed"
    )


def test_shown_accepts_any_spelling():
    shown = shows("serviceId", "serviceName")({"serviceId": 13, "serviceName": "Billing"})
    assert shown == "13" and shown == 13 and shown == "billing" and shown != "other"
    assert str(shown) == "Billing (13)"
    assert shows("network.id")({}) is None
    assert str(Shown("EB")) == "EB"
    assert str(Shown("EB", "EB4")) == "EB"


def test_is_id():
    assert is_id("13") and is_id(13) and not is_id("billing") and not is_id("")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup policies against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

REGIONS, POLICIES = "/topology/regions", "/compute/backup-policies"
PAGE = {"page": "0", "size": "200"}


@pytest.fixture
def info(lookup):
    return lookup("itcare_backup_policy_info")


@pytest.mark.parametrize(
    "filters, query, found",
    [
        (dict(policy_type="SERVER"), {"policyType": "SERVER"}, [901, 902]),
        (
            dict(policy_type="DATABASE", backup_replicated=False),
            {"policyType": "DATABASE", "backupReplicated": "false"},
            [904],
        ),
    ],
)
def test_backup_policies(info, filters, query, found):
    result, asked = info(service=44411, **filters)
    assert asked == [(POLICIES, {"serviceId": "44411", **query})]
    assert [(row["id"], row["listed_under"]) for row in result["backup_policies"]] == [
        (number, "acme-retail") for number in found
    ]
    assert result["backup_policies"][0]["duration_in_hours"] > 0


def test_backup_policies_in_a_zone(info):
    result, asked = info(service_id=44411, policy_type="SERVER", az="eb-a")
    query = {"serviceId": "44411", "policyType": "SERVER", "availabilityZone": "EB-A"}
    assert asked == [(POLICIES, query), (REGIONS, {})]
    assert [row["id"] for row in result["backup_policies"]] == [901, 902]


def test_check_mode_reads_the_same(info):
    options = dict(service="billing", policy_type="SERVER")
    assert info(check=True, **options) == info(**options)


def test_zone_that_does_not_exist_is_an_error_that_names_those_that_do(info):
    message, asked = info(service=44411, policy_type="SERVER", availability_zone="EB-Z")
    assert message.startswith("availability_zone: there is no EB-Z (or this account does not see it); there is EB-A, ")
    assert asked == [(REGIONS, {})]


def test_service_is_looked_up(info):
    result, asked = info(service="portal", policy_type="SERVER")
    assert ("/compute/services", {"names": "portal", **PAGE}) in asked
    assert {row["listed_under"] for row in result["backup_policies"]} == {"acme-health"}


@pytest.mark.parametrize(
    "service, words", [("nowhere", "no service called nowhere"), ("4", "/compute/backup-policies: 404")]
)
def test_service_that_does_not_exist(info, service, words):
    message, _asked = info(service=service, policy_type="SERVER")
    assert words in message


def test_several_services_of_one_name_are_an_error(sim, info):
    sim.state.services[44412]["name"] = "billing"
    message, _asked = info(service="billing", policy_type="SERVER")
    assert "2 services are called billing" in message and "44411" in message and "44412" in message


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(policy_type="SERVER"), "one of the following is required: id, service"),
        (dict(service="billing"), "missing parameter(s) required by 'service': policy_type"),
        (
            dict(service_id="", policy_type="SERVER"),
            "service: '' is empty or has a comma, and a comma separates values",
        ),
        (
            dict(service="billing", policy_type="SERVER,X"),
            "policy_type: 'SERVER,X' is empty or has a comma, and a comma separates values",
        ),
        (
            dict(service="billing", policy_type="SERVER", az=""),
            "availability_zone: '' is empty or has a comma, and a comma separates values",
        ),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, message):
    said, asked = info(**options)
    assert said == message
    assert asked == [] and sim.token_requests() == []


def test_one_policy_by_its_id(info):
    result, asked = info(id=901)
    assert [row["id"] for row in result["backup_policies"]] == [901]
    assert asked == [(POLICIES + "/901", {})]


def test_policy_that_does_not_exist(info):
    assert info(id=1)[0]["backup_policies"] == []


def test_id_is_all_there_is_to_say(info):
    assert "mutually exclusive" in info(id=901, service="billing", policy_type="SERVER")[0]

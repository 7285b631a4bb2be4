# SPDX-License-Identifier: GPL-3.0-or-later
"""The application servers against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

PATH = "/compute/application-servers"
PAGE = {"page": "0", "size": "200"}


@pytest.fixture
def info(lookup):
    return lookup("itcare_application_server_info")


def test_all(info):
    result, asked = info()
    assert [row["name"] for row in result["application_servers"]] == ["PEBTOM01"]
    assert asked == [(PATH, PAGE)]


@pytest.mark.parametrize(
    "options, query",
    [
        (
            dict(services=["44411"], types=["TOMCAT"], families=["TOMCAT"]),
            {"services": "44411", "types": "TOMCAT", "families": "TOMCAT"},
        ),
        (
            dict(availability_zones=["EB-A"], ip=["10.0.0.1"], vlan=["EB_1125_DMZ8"]),
            {"az": "EB-A", "ip": "10.0.0.1", "vlan": "EB_1125_DMZ8"},
        ),
        (
            dict(backup_status=False, included_in_patch_party=True),
            {"backupStatus": "false", "includedInPatchParty": "true"},
        ),
        (dict(tags={"a": "b"}, sort="name,desc"), {"tags": "a:b", "sort": "name,desc"}),
    ],
    ids=str,
)
def test_filter_is_sent(info, options, query):
    assert info(**options)[1] == [(PATH, {**query, **PAGE})]


@pytest.mark.parametrize("numbers", ["same", "different"])
def test_details_are_those_of_a_resource_of_any_kind(sim, info, numbers):
    sim.configure(numbers=numbers)
    number = sim.state.named("PEBTOM01")[0]["id"]
    result, asked = info(names="PEBTOM01", gather=["details", "networks", "patch_policy"])
    (one,) = result["application_servers"]
    assert (one["source"], one["cpu"], one["patch_policy"]["excluded"]) == ("details", 2, False)
    assert one["networks"]["cidr"]
    assert ("/compute/resources/%d" % number, {}) in asked


def test_by_id(sim, info):
    result, _asked = info(id=sim.state.named("PEBTOM01")[0]["id"])
    assert [row["name"] for row in result["application_servers"]] == ["PEBTOM01"]


def test_partial_listing_is_an_error(sim, info):
    sim.fault("short_page", operation="list_application_servers", times=-1)
    assert "could not be read completely" in info()[0]


def test_check_mode_reads_the_same(info):
    assert info(check=True) == info()

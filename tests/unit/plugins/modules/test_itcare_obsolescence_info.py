# SPDX-License-Identifier: GPL-3.0-or-later
"""The support phases of resources against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

PATH, STATISTICS = "/compute/platform/resources-obsolescence", "/compute/platform/stats/global"
PAGE = {"page": "0", "size": "200"}


@pytest.fixture
def info(lookup):
    return lookup("itcare_obsolescence_info")


def names(result):
    return [row["name"] for row in result["obsolescence"]]


@pytest.mark.parametrize(
    "options, query",
    [
        ({}, {}),
        (dict(services=["44411"]), {"services": "44411"}),
        (
            dict(platforms=["Debian 12"], phases=["STANDARD", "EXTENDED"]),
            {"platforms": "Debian 12", "phases": "STANDARD,EXTENDED"},
        ),
        (dict(start="2027-01-01T00:00:00Z", clouds=[101]), {"start": "2027-01-01T00:00:00.000Z", "clouds": "101"}),
        (dict(sort="end_of_support_at,desc"), {"sort": "endOfSupportAt,desc"}),
    ],
    ids=str,
)
def test_resources(info, options, query):
    _result, asked = info(**options)
    assert asked == [(PATH, {**query, **PAGE})]


def test_resources_and_services_by_name(sim, info):
    result, asked = info(resources=["PEBBILL01", "billingpg"], services=["billing"])
    assert sorted(names(result)) == ["PEBBILL01", "billingpg"]
    assert result["obsolescence"][0]["support_phase"]
    ids = ",".join(str(sim.state.named(name)[0]["id"]) for name in ("PEBBILL01", "billingpg"))
    assert (PATH, {"resources": ids, "services": "44411", **PAGE}) in asked


def test_phases_select(info):
    rows = info()[0]["obsolescence"]
    phase = rows[0]["support_phase"]
    assert len(info(phases=[phase])[0]["obsolescence"]) == len([row for row in rows if row["support_phase"] == phase])


def test_statistics_keep_the_platforms_spelling_of_phases(info):
    result, asked = info(gather="statistics", clouds=[101])
    assert (STATISTICS, {"clouds": "101"}) in asked
    assert result["phases"]["STANDARD"]["count"] > 0
    assert "resource_type" in result["phases"]["STANDARD"]["platforms"][0]
    assert "phases" not in info()[0]


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(resources=["NOSUCH01"]), "there is no resource named NOSUCH01"),
        (dict(services=["nowhere"]), "there is no service called nowhere"),
        (dict(start="soon"), "start: 'soon' is not a time"),
        (dict(sort="name,up"), "sort: 'name,up'"),
        (dict(resources=[]), "resources: an empty list"),
    ],
    ids=str,
)
def test_refused(info, options, message):
    said, asked = info(**options)
    assert said.startswith(message)
    assert PATH not in [path for path, _query in asked]


def test_partial_listing_is_an_error(sim, info):
    sim.fault("short_page", operation="list_resources_obsolescence", times=-1)
    assert "could not be read completely" in info()[0]


def test_check_mode_reads_the_same(info):
    assert info(check=True, gather="statistics") == info(gather="statistics")


def test_what_does_not_narrow_the_statistics_is_told(info):
    result, _asked = info(gather="statistics", platforms=["Debian 12"], clouds=[101])
    assert result["warnings"] == ["gather: statistics is not narrowed by platforms=['Debian 12']"]
    assert "warnings" not in info(gather="statistics", clouds=[101])[0]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics of resources against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

PATH = "/compute/resources/metrics"


@pytest.fixture
def info(lookup):
    return lookup("itcare_metric_info")


@pytest.mark.parametrize(
    "options, query",
    [
        ({}, {}),
        (dict(services=["44411"], environments=["PRODUCTION"]), {"services": "44411", "environments": "PRODUCTION"}),
        (
            dict(types=["LINUX"], consumable=True, kind="global"),
            {"types": "LINUX", "consummable": "true", "kind": "global"},
        ),
        (dict(consummable=False, clouds=[101]), {"consummable": "false", "clouds": "101"}),
        (dict(start="2026-07-22T00:00:00Z"), {"start": "2026-07-22T00:00:00.000Z"}),
    ],
    ids=str,
)
def test_metrics(info, options, query):
    result, asked = info(**options)
    assert asked == [(PATH, query)]
    assert result["metrics"]["count"] > 0


def test_service_by_name(info):
    of_one, asked = info(services=["billing"])
    assert (PATH, {"services": "44411"}) in asked
    assert of_one["metrics"]["services_count"] == 1
    assert of_one["metrics"]["count"] < info()[0]["metrics"]["count"]


def test_phases_keep_the_platforms_spelling(info):
    assert "STANDARD" in info()[0]["metrics"]["phases_distribution"]


def test_nothing_is_counted(sim, info):
    sim.fault("mutate", operation="get_resources_metrics", set={"path": "$", "value": {}}, times=-1)
    assert info()[0]["metrics"] == {}


def test_check_mode_reads_the_same(info):
    assert info(check=True) == info()


def test_unknown_kind(info):
    assert "kind" in info(kind="memory")[0]

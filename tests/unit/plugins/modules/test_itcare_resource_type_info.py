# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of resources against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

PATH = "/compute/resource-types"


@pytest.fixture
def info(lookup):
    return lookup("itcare_resource_type_info")


def types(result):
    return {one["name"] for row in result["resource_types"] for one in row["types"]}


def test_types(info):
    result, asked = info()
    assert asked == [(PATH, {})]
    assert "LINUX" in types(result)
    assert "types" not in result


def test_all_types_or_those_in_use(info):
    everything, asked = info(all=True, clouds=[101])
    assert asked == [(PATH, {"all": "true", "clouds": "101"})]
    assert types(info(all=False)[0]) <= types(everything)


def test_technologies_of_each_type(info):
    result, asked = info(gather="technologies", clouds=[101])
    assert {path for path, _query in asked} == {PATH, *("%s/%s/technologies" % (PATH, one) for one in types(result))}
    assert all(query == {"clouds": "101"} for _path, query in asked)
    linux = [one for row in result["resource_types"] for one in row["types"] if one["name"] == "LINUX"]
    assert {one["type"] for one in linux[0]["technologies"]} == {"LINUX"}


def test_names_of_all_types(info):
    result, asked = info(gather="types")
    assert ("/compute/types", {}) in asked
    assert "LOAD_BALANCER" in result["types"]


def test_check_mode_reads_the_same(info):
    assert info(check=True, gather=["technologies", "types"]) == info(gather=["technologies", "types"])


def test_what_does_not_narrow_the_names_is_told(info):
    assert info(gather="types", all=False, clouds=[101])[0]["warnings"] == [
        "gather: types is not narrowed by all=False and clouds=[101]"
    ]
    assert "warnings" not in info(gather="types", all=True)[0] and "warnings" not in info(all=False)[0]

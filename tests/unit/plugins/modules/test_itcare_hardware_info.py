# SPDX-License-Identifier: GPL-3.0-or-later
"""The hardware of services against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

BELOW = "/compute/services/%d/hardwares"


@pytest.fixture
def info(lookup):
    return lookup("itcare_hardware_info")


def names(result):
    return [row["name"] for row in result["hardwares"]]


def test_hardware_of_all_services(sim, info):
    result, asked = info()
    assert names(result) == ["PEBHSM01"]
    assert [path for path, _query in asked] == sorted(
        ["/compute/services", *(BELOW % one for one in sim.state.services)]
    )


def test_hardware_of_a_service(info):
    result, asked = info(services="44411", names="PEBHSM01", statuses="ACTIVE")
    assert asked == [(BELOW % 44411, {"names": "PEBHSM01", "statuses": "ACTIVE"})]
    assert (result["hardwares"][0]["serial"], result["hardwares"][0]["source"]) == ("SN-0001", "listing")


def test_service_by_name(info):
    assert names(info(services=["portal"])[0]) == []
    assert info(services=["nowhere"])[0].startswith("there is no service called nowhere")


@pytest.mark.parametrize("numbers", ["same", "different"])
def test_by_id_and_in_detail(sim, info, numbers):
    sim.configure(numbers=numbers)
    number = sim.state.named("PEBHSM01")[0]["id"]
    result, asked = info(id=number, gather=["details", "tags"])
    assert names(result) == ["PEBHSM01"]
    assert ("/hardwares/%d" % number, {}) in asked
    assert (result["hardwares"][0]["source"], result["hardwares"][0]["tags"]) == ("details", {})


def test_details_of_rows(sim, info):
    sim.configure(numbers="different", product_paths="internal", row_numbers="id_only")
    result, _asked = info(services="44411", gather="details")
    assert result["hardwares"][0]["source"] == "details"


def test_listed_and_without_a_page(sim, info):
    sim.fault("status", status=404, operation="get_hardware", times=-1)
    assert "has no page below /hardwares" in info(services="44411", gather="details")[0]


def test_id_that_does_not_exist(info):
    assert info(id=1)[0]["hardwares"] == []


def test_check_mode_reads_the_same(info):
    assert info(check=True, services="44411") == info(services="44411")

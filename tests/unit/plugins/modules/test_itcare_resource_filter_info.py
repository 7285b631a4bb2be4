# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of filters against the simulator."""

from __future__ import annotations

import pytest


@pytest.fixture
def info(lookup):
    return lookup("itcare_resource_filter_info")


def test_filters(info):
    result, asked = info()
    assert asked == [("/compute/resource-filters", {})]
    assert "EB-A" in result["resource_filters"]["az"]
    assert result["resource_filters"]["load_balancing_mode"]


def test_filters_of_some_products(info):
    result, asked = info(technologies=["POSTGRESQL"], clouds=[101])
    assert asked == [("/compute/resource-filters", {"technologies": "POSTGRESQL", "clouds": "101"})]
    assert {one["type"] for one in result["resource_filters"]["versions"]} == {"POSTGRESQL"}


def test_check_mode_reads_the_same(info):
    assert info(check=True) == info()

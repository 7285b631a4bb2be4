# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments against the simulator."""

from __future__ import annotations

import pytest


@pytest.fixture
def info(lookup):
    return lookup("itcare_environment_info")


def test_environments(sim, info):
    result, asked = info()
    assert asked == [("/compute/environments", {})]
    assert {row["name"] for row in result["environments"]} == {
        one["environment"] for one in sim.state.services.values()
    }
    assert result["environments"][0]["types"][0]["name"] in ("PRODUCTION", "NON_PRODUCTION")


def test_check_mode_reads_the_same(info):
    assert info(check=True) == info()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses against the simulator."""

from __future__ import annotations

import pytest


@pytest.fixture
def info(lookup):
    return lookup("itcare_status_info")


@pytest.mark.parametrize("kind, found", [("SERVICE", 2), ("INSTANCE", 3)])
def test_statuses(info, kind, found):
    result, asked = info(type=kind)
    assert asked == [("/compute/statuses", {"type": kind})]
    assert len(result["statuses"]) == found and "ACTIVE" in result["statuses"]


def test_type_is_needed(info):
    assert info() == ("missing required arguments: type", [])


def test_check_mode_reads_the_same(info):
    assert info(check=True, type="SERVICE") == info(type="SERVICE")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest


@pytest.fixture
def info(lookup):
    return lookup("itcare_change_info")


@pytest.mark.parametrize(
    "options, query",
    [
        ({}, {}),
        (dict(environments=["ALL", "PROD"]), {"environments": "ALL,PROD"}),
        (
            dict(start="2026-04-01T00:00:00+02:00", end="2026-04-30 23:59:59Z"),
            {"start": "2026-03-31T22:00:00.000Z", "end": "2026-04-30T23:59:59.000Z"},
        ),
        (dict({"from": "2026-04-01T00:00:00Z"}), {"start": "2026-04-01T00:00:00.000Z"}),
    ],
    ids=str,
)
def test_changes(sim, info, options, query):
    result, asked = info(**options)
    assert asked == [("/changes", query)]
    assert len(result["changes"]) <= len(sim.state.changes)
    assert all({"id", "title", "start_at"} <= set(row) for row in result["changes"])


def test_changes_are_selected(sim, info):
    assert [row["id"] for row in info()[0]["changes"]] == [row["id"] for row in sim.state.changes] != []
    assert info(start="2099-01-01T00:00:00Z")[0]["changes"] == []


def test_check_mode_reads_the_same(info):
    assert info(check=True) == info()


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(start="yesterday"), "start: 'yesterday' is not a time with its zone"),
        (
            dict(start="2026-04-02T00:00:00Z", end="2026-04-01T00:00:00Z"),
            "start: 2026-04-02T00:00:00Z is after the end",
        ),
        (dict(environments=[]), "environments: an empty list would select everything"),
    ],
    ids=str,
)
def test_refused_before_anything_is_sent(info, options, message):
    said, asked = info(**options)
    assert said.startswith(message) and asked == []

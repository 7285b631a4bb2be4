# SPDX-License-Identifier: GPL-3.0-or-later
"""Any estate: what itcare_estate makes is what is described, what is described changes nothing, and what somebody
changes is named, all of it and nothing else, and undone.

ITCARE_ESTATES is their number; the seed of each is its number, so that one can be tried again:
``ITCARE_ESTATES=7 pytest tests/reliability/estates -k '[7]'``.
"""

from __future__ import annotations

import os
import random

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins import estates, readings, test_every_description

NUMBER, SIZE, CHANGES = int(os.environ.get("ITCARE_ESTATES", 24)), 60, 10
MIXES = test_every_description.MIXES


def told(result):
    return {row["name"] for row in result["results"] if row["changed"] or row["failed"]}


@pytest.mark.parametrize("number", range(NUMBER))
def test_estate(monkeypatch, number, record_property):
    chosen = random.Random(number)
    mix = {**MIXES[number % len(MIXES)], "tags_listed": "all"}
    if mix.get("numbers") == "overlapping":
        mix["numbers"] = "different"  # where a task may have to be refused
    platform = readings.Platform(monkeypatch, mix)
    wanted = estates.items(SIZE, chosen)
    made = test_every_description.together(wanted, check=False, name="random")
    assert not made.get("failed"), made["msg"]
    assert made["summary"]["create"] == len([one for one in wanted if one["module"] != "itcare_dns_alias"])
    platform.pass_time(600)
    again = test_every_description.together(wanted, check=False, name="random")
    assert test_every_description.differing(again) == {}, mix
    found = test_every_description.described()["estate"]
    mine = [one for one in found if one["options"].get("name") in {item["options"]["name"] for item in wanted}]
    assert len(mine) >= len(wanted)
    assert test_every_description.differing(test_every_description.together(found)) == {}, mix
    platform.writes()

    names = [one["options"]["name"] for one in mine if not {"id", "resource"} & set(one["options"])]
    done = estates.changes(platform, sorted(set(names)), CHANGES, chosen)
    drift = test_every_description.together(found)
    assert told(drift) - {"rnd%d.acme.example" % number for number in range(5)} == set(done), (mix, done)
    assert platform.writes() == []
    undone = test_every_description.together(found, check=False)
    assert told(undone) == told(drift)
    platform.pass_time(600)
    left = told(test_every_description.together(found))
    assert left <= {row["name"] for row in undone["results"] if row["failed"]}
    platform.writes()
    record_property("estates", 1)
    record_property("resources described", len(found))
    record_property("changes named and undone", len(done))


@pytest.mark.parametrize("number", range(NUMBER))
def test_estate_of_another_seed(monkeypatch, number, record_property):
    chosen = random.Random(number)
    platform = readings.Platform(monkeypatch, {**MIXES[number % len(MIXES)], "estate": "elsewhere"})
    estates.bulk(platform, SIZE, chosen)
    found = test_every_description.described()["estate"]
    assert test_every_description.differing(test_every_description.together(found)) == {}
    assert platform.writes() == []
    record_property("estates", 1)
    record_property("resources described", len(found))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate changes under a running task: before each of its requests, somebody else does something to its resource.

Each cell ends in the right result or in a clear error; there is never a second resource of the name; nothing is written
to another resource than the one that the task had found; and the same task, run again, converges. ITCARE_RACES=3 tries
each deed before so many requests of each task, drawn with ITCARE_SEED; ITCARE_RACES=all before each.
ITCARE_CELL="instance/1|replaces|4" tries one cell and prints its requests.
"""

from __future__ import annotations

import collections
import os
import random

import pytest

from ansible_collections.cegedim.cloud.tests.reliability.matrix import cells, work
from ansible_collections.cegedim.cloud.tests.reliability.races import deeds, more, scenes
from ansible_collections.cegedim.cloud.tests.unit.plugins import test_every_module

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # xdist has a thread of its own
ONE = os.environ.get("ITCARE_CELL", "").split("|")
SAMPLE = os.environ.get("ITCARE_RACES", "1")  # requests of each task, for each deed
SEED = os.environ.get("ITCARE_SEED", "1")
GROUPS = [group for group in work.groups() + more.GROUPS if ONE == [""] or ONE[0] in [one.id for one in group.works]]
FIGURES = ("races", "successes", "duplicates", "wrong writes", "leaks", "tracebacks", "races with any trouble")
REPRODUCE = "ITCARE_CELL='%s|%s|%d' python -m pytest -s tests/reliability/races"


def chosen(group, one, found):
    """The cells of a work that are tried."""
    if ONE != [""]:
        return [(ONE[1], int(ONE[2]))] if one.id == ONE[0] else []
    table = deeds.OF_COMPANIONS if group.companion else deeds.DEEDS
    draw, positions = random.Random("%s %s" % (SEED, one.id)), found.positions()
    count = len(positions) if SAMPLE == "all" else min(int(SAMPLE), len(positions))
    return [(name, position) for name in table for position in sorted(draw.sample(positions, count))]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.id.replace(" ", "-"))
def test_every_race_ends_well(group, monkeypatch, record_property):
    print("ITCARE_RACES=%s ITCARE_SEED=%s" % (SAMPLE, SEED))
    platform, troubles = group.platform(monkeypatch), {}
    total = collections.Counter({"cells": 0, **dict.fromkeys(FIGURES, 0)})
    for one in group.works:
        found = scenes.known(platform, one)
        wanted = chosen(group, one, found)
        total["cells"] += len(wanted)
        for deed, position, outcome in scenes.each(platform, one, found, wanted):
            if ONE != [""]:
                print("\n".join(outcome.requests), "\nsuccess" if outcome.succeeded else "\n" + outcome.message)
            if not outcome.struck:
                continue
            told = (1, outcome.succeeded, outcome.duplicates, outcome.wrong_writes, outcome.leaks, outcome.tracebacks)
            total.update(dict(zip(FIGURES, (*told, bool(outcome.troubles)))))
            if outcome.troubles:
                troubles[REPRODUCE % (one.id, deed, position)] = [outcome.message, *outcome.troubles]
        cells.baseline(platform, one)
    for name, value in total.items():
        record_property(name, value)
    assert not troubles, "\n".join("%s\n    %s" % (how, "\n    ".join(told)) for how, told in troubles.items())


def test_every_module_is_in_a_race():
    assert {one.module for group in work.groups() + more.GROUPS for one in group.works} == set(
        test_every_module.MODULES
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module under every fault, at every request that it makes.

Each cell ends in success or in a clear error; nothing is done twice; nothing else is touched; no secret is told, and no
token goes elsewhere; and without the fault the same task converges. ITCARE_MATRIX=all tries all cells (``make
reliability``), else a fixed sample is tried. ITCARE_CELL="instance/0|reset-after|7" tries one and prints its requests.
"""

from __future__ import annotations

import collections
import os
import random

import pytest

from ansible_collections.cegedim.cloud.tests.reliability.matrix import cells, work
from ansible_collections.cegedim.cloud.tests.reliability.matrix.faults import FAULTS
from ansible_collections.cegedim.cloud.tests.unit.plugins import test_every_module

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # xdist has a thread of its own
ONE = os.environ.get("ITCARE_CELL", "").split("|")
IS_ALL = os.environ.get("ITCARE_MATRIX") == "all"
SAMPLE = int(os.environ.get("ITCARE_MATRIX_SAMPLE", 5))  # cells of each task
GROUPS = [group for group in work.groups() if ONE == [""] or ONE[0] in [one.id for one in group.works]]
FIGURES = ("cells, each with its fault", "successes", "duplicates", "leaks", "tracebacks", "cells with any trouble")
REPRODUCE = "ITCARE_CELL='%s|%s|%d' python -m pytest -s tests/reliability/matrix"


def chosen(one, found):
    """The cells of a work that are tried."""
    if ONE != [""]:
        return [(ONE[1], int(ONE[2]))] if one.id == ONE[0] else []
    every = cells.all_cells(found)
    if IS_ALL:
        return every
    by_fault = collections.defaultdict(list)
    for fault, position in every:
        by_fault[fault].append(position)
    draw = random.Random(one.id)
    faults = draw.sample(sorted(by_fault), min(SAMPLE, len(by_fault)))
    return [(fault, draw.choice(by_fault[fault])) for fault in faults]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.id.replace(" ", "-"))
def test_every_fault_ends_well(group, monkeypatch, record_property):
    platform, troubles = group.platform(monkeypatch), {}
    total = collections.Counter(dict.fromkeys(FIGURES, 0))
    for one in group.works:
        # The platform as the task finds it stays in this process; a baseline is measured in the process that goes on.
        found = cells.rehearsed(platform, one)
        for fault, position, outcome in cells.each(platform, one, found, chosen(one, found)):
            if ONE != [""]:
                print("\n".join(outcome.requests), "\nsuccess" if outcome.succeeded else "\n" + outcome.message)
            if not outcome.struck:
                continue
            counts = (1, outcome.succeeded, outcome.duplicates, outcome.leaks, outcome.tracebacks)
            total.update(dict(zip(FIGURES, (*counts, bool(outcome.troubles)))))
            if outcome.troubles:
                troubles[REPRODUCE % (one.id, fault, position)] = outcome.troubles
        cells.baseline(platform, one)
    for name, value in total.items():
        record_property(name, value)
    assert not troubles, "\n".join("%s\n    %s" % (how, "\n    ".join(told)) for how, told in troubles.items())


def test_every_module_is_in_the_matrix():
    assert {one.module for group in work.groups() for one in group.works} == set(test_every_module.MODULES)


def test_every_fault_of_the_issue_is_there():
    assert len(FAULTS) >= 50 and all(callable(fault.strike) for fault in FAULTS.values())

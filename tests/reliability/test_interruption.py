# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook is ended (SIGINT, SIGKILL) at a random request of a long playbook, and then runs again.

ITCARE_SEED repeats the points of a run, which are printed; ITCARE_KILLS is their number in each lane.
"""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from many import LANES, LONG, effects, ends_well, in_lane, number, stored, tokens
from player import Player, changes
from simulator import Simulator

SEED = number("ITCARE_SEED", random.SystemRandom().randrange(10**6))
KILLS = number("ITCARE_KILLS", 8)
SIGNALS = (signal.SIGINT, signal.SIGKILL)


@pytest.fixture(scope="module")
def simulator():
    with Simulator(action_seconds=0.3) as simulator:
        yield simulator


def requests_of(simulator, directory, lane):
    """How many requests the playbook makes without interruption, and what it orders."""
    player = in_lane(Player(simulator, directory), lane)
    player.play(LONG)
    return len(simulator.journal.entries()), effects(simulator)


@pytest.mark.parametrize("lane", LANES)
def test_it_goes_on_where_it_was_ended(simulator, tmp_path, lane, record_property):
    draw = random.Random("%d %s" % (SEED, lane))
    simulator.reset()
    whole = tmp_path / "whole"
    whole.mkdir()
    count, once = requests_of(simulator, whole, lane)
    ended = 0
    for turn in range(KILLS):
        at, how = draw.randrange(1, count), SIGNALS[turn % 2]
        told = "ITCARE_SEED=%d, %s lane, kill %d: %s at request %d of %d" % (SEED, lane, turn, how.name, at, count)
        print(told)
        simulator.reset()
        simulator.revoke_tokens()
        directory = tmp_path / str(turn)
        directory.mkdir()
        player = in_lane(Player(simulator, directory), lane)
        ended += _killed(player, simulator, at, how)
        first = len(tokens(simulator))
        for token in stored(directory):
            assert token["access_token"], told
        ends_well(player.start(LONG))
        assert len(tokens(simulator)) <= max(1, first), told
        twice = {key: times for key, times in effects(simulator).items() if times > 1}
        assert not twice, told
        assert {key[0] for key in effects(simulator)} <= {key[0] for key in once}, told
        before = effects(simulator)
        assert changes(player.play(LONG)) == [], told
        assert effects(simulator) == before, told
        assert simulator.violations() == [], told
    assert ended
    record_property("kills", ended)


def _killed(player, simulator, at, how):
    """Start the playbook and end it at that request; whether it was still running."""
    process = player.start(LONG)
    while process.poll() is None and len(simulator.journal.entries()) < at:
        time.sleep(0.002)
    was_running = process.poll() is None
    if was_running:
        os.killpg(process.pid, how)
    process.communicate()
    return was_running

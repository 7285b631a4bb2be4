# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/demo.yml on an estate that shares no name with the examples."""

from __future__ import annotations

import pathlib

from player import ROOT, Player
from simulator import Simulator
from test_application import in_fast_lane

DEMO = ROOT / "playbooks" / "demo.yml"


@in_fast_lane
def test_demo_leaves_nothing(tmp_path: pathlib.Path):
    with Simulator(estate="elsewhere", action_seconds=0.1) as simulator:
        before = {row["name"] for row in simulator.state.live()}
        Player(simulator, tmp_path, service="GLOBEX - TOOLS").play(DEMO)
        (body,) = [entry["body"] for entry in simulator.writes(operation="create_instance", applied=True)][:1]
        assert {row["name"] for row in simulator.state.live()} == before
        assert (body["region"], body["platform"], body["resourceId"]) == ("NORD", "img-0041", "2cpu6gb")
        assert simulator.violations() == []

# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty forks and twenty playbooks share one token, and two playbooks that want the same both get it."""

from __future__ import annotations

import pytest
from many import LANES, MACHINE, effects, ends_well, in_lane, number, plays, stored, task, tokens
from player import Player
from simulator import Simulator

FORKS = number("ITCARE_FORKS", 50)
PLAYBOOKS = number("ITCARE_PLAYBOOKS", 20)


@pytest.fixture
def simulator():
    with Simulator(action_seconds=0.5) as simulator:
        yield simulator
        assert simulator.violations() == []


@pytest.fixture(params=LANES)
def player(request, simulator, tmp_path):
    return in_lane(Player(simulator, tmp_path), request.param)


def look_by_all(count):
    """A play of so many hosts that all look at one instance at the same time."""
    return plays(
        {
            **task("instance_info", names=["PEBBILL01"]),
            "register": "seen",
            "failed_when": "seen.instances | length != 1",
        },
        hosts="all",
    )


def hosts(tmp_path, count):
    inventory = tmp_path / "hosts.ini"
    inventory.write_text("".join("host%02d ansible_connection=local\n" % number for number in range(count)))
    return ["--inventory", str(inventory), "--forks", str(count)]


def test_forks_share_one_token_and_renew_it_once(simulator, player, tmp_path, record_property):
    words = ["-e", '{"ansible_python_interpreter": "{{ ansible_playbook_python }}"}', *hosts(tmp_path, FORKS)]
    ends_well(player.start(look_by_all(FORKS), *words), 600)
    assert len(simulator.token_requests()) == 1
    simulator.revoke_tokens()
    ends_well(player.start(look_by_all(FORKS), *words), 600)
    assert len(tokens(simulator)) == 2
    record_property("forks", FORKS)
    (token,) = stored(tmp_path)
    assert simulator.world.tokens.valid("Bearer " + token["access_token"])


def test_playbooks_share_one_token_and_renew_it_once(simulator, player, tmp_path, record_property):
    for wanted in (1, 2):
        running = [player.start(look_by_all(1), *hosts(tmp_path, 1)) for _number in range(PLAYBOOKS)]
        for process in running:
            ends_well(process, 600)
        assert len(tokens(simulator)) == wanted
        assert len(simulator.requests(path="/compute/instances.*")) >= wanted * PLAYBOOKS
        simulator.revoke_tokens()
    record_property("playbooks", 2 * PLAYBOOKS)


TOGETHER = {
    "create": (task("instance", name="QBOTH01", **MACHINE), ["create_instance"]),
    "tag": (task("tag", resources=["QBOTH01"], tags={"tier": "web"}), ["add_resource_tag"]),
    "resize": (task("instance", name="QBOTH01", sizing="4cpu8gb"), ["update_instance"]),
    "delete": (task("instance", name="QBOTH01", state="absent"), ["update_instance", "delete_instance"]),
}

TAGGED = {"tag": [("tier", "web")], "resize": [("tier", "web")]}


def test_two_playbooks_that_want_the_same_both_get_it(simulator, player):
    """Each task is given to both at the same time; the platform acts on it once."""
    for title, (wanted, operations) in TOGETHER.items():
        simulator.clear_journal()
        running = []
        for _number in range(2):
            running.append(player.start(plays(wanted)))
        for process in running:
            ends_well(process)
        # A tag has no action that the other one could wait for; setting it twice is the same as once.
        most = 2 if title == "tag" else 1
        assert 1 <= max(effects(simulator).values()) <= most, (title, effects(simulator))
        assert {key[0] for key in effects(simulator)} <= set(operations), title
        machines = simulator.state.named("QBOTH01")
        assert len(machines) == (title != "delete")
        for machine in machines:
            assert [(one["tagKey"], one["tagValue"]) for one in machine["tags"]] == TAGGED.get(title, [])
            assert (machine["cpu"], machine["status"]) == (4 if title == "resize" else 2, "ACTIVE")

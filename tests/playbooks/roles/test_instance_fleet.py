# SPDX-License-Identifier: GPL-3.0-or-later
"""The role instance_fleet: fleets that are created, scaled, completed after failures, and removed."""

from __future__ import annotations

import json
import socket
import time

import pytest
from player import Player, changes, example_of, four_runs, interrupt, role
from simulator import Simulator, seed

ACME = {
    "service": "billing-qa",
    "name": "QFLEET{number:02d}",
    "count": 4,
    "network": "EB_1127_DMZ9",
    "platform": "deb12",
    "sizing": "2cpu4gb",
    "availability_zones": ["EB-A", "EB-B", "EB-C"],
    "patch_groups": [1, 2],
    "tags": {"tier": "web"},
    "drain": 0,
}
ELSEWHERE = {
    **ACME,
    "service": "GLOBEX - LEDGER - TEST",
    "network": "CARE-BACK-B",
    "platform": "img-0041",
    "sizing": "2cpu6gb",
    "availability_zones": ["N-CARE-X", "N-CARE-Y"],
}
ESTATES = {"acme": ACME, "elsewhere": ELSEWHERE}
LEFT_OUT = None


@pytest.fixture(params=["acme"])
def fleet(request, tmp_path):
    with Simulator(estate=request.param, action_seconds=0.2) as simulator:
        yield Fleet(simulator, tmp_path, ESTATES[request.param])


class Fleet(Player):
    """A Player with the variables of a fleet, which each run may change."""

    def __init__(self, simulator, directory, usual):
        super().__init__(simulator, directory)
        self.usual = usual

    def plays(self, **changed):
        given = {**self.usual, **changed}
        return role(
            "instance_fleet",
            **{f"instance_fleet_{name}": value for name, value in given.items() if value is not LEFT_OUT},
        )

    def run(self, *words, **changed):
        return self.play(self.plays(**changed), *words)

    def fails(self, *words, **changed):
        return self.refused(self.plays(**changed), *words)

    def record(self, name):
        """A machine as the simulator keeps it."""
        return self.simulator.state.named(name, "instance")[0]

    def machines(self, prefix="QFLEET"):
        """``{name: (zone, patch group)}`` of the machines that are there."""
        rows = [row for row in self.simulator.state.live() if row["name"].startswith(prefix)]
        found = {}
        for row in rows:
            group = row["patchParty"].get("patchGroup") or 0
            found[row["name"]] = (row["labelAvailabilityZone"], int(group))
        return dict(sorted(found.items()))

    def pooled(self, name, members):
        """Make a load balancer with these members."""
        task = {
            "cegedim.cloud.itcare_loadbalancer": {
                "name": name,
                "service": self.usual["service"],
                "region": "EB",
                "profile": "HTTP",
                "healthcheck": "tcp",
                "member_port": 8080,
                "members": members,
            }
        }
        self.play([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])


# The tasks that talk to the platform.
TALKING = (
    "Read the machines of the service",
    "Read the patch groups of those that exist",
    "Create or update the machines",
    "Find out which machines can be removed",
    "Read the pools",
    "Take them out of their pools",
    "Remove them, except for those that are still in a pool",
)


@pytest.mark.parametrize("fleet", ESTATES, indirect=True)
def test_four_runs_and_removal(fleet):
    results = four_runs(fleet, fleet.plays(wait_timeout=120))
    zones = fleet.usual["availability_zones"]
    expected = {"acme": [(0, 1), (1, 2), (2, 1), (0, 2)], "elsewhere": [(0, 1), (1, 2), (0, 2), (1, 1)]}
    wanted = expected["acme" if len(zones) == 3 else "elsewhere"]
    assert list(fleet.machines().values()) == [(zones[zone], group) for zone, group in wanted]
    tags = [entry["body"] for entry in fleet.simulator.writes(method="POST", path=".*/tags", applied=True)]
    assert tags == [{"tagKey": "tier", "tagValue": "web"}] * 4
    tasks = [result["task"].split(" : ")[-1] for result in results]
    assert [task for task in tasks if task in TALKING] == [
        "Read the machines of the service",
        "Create or update the machines",
    ]
    four_runs(fleet, fleet.plays(state="absent"))
    assert fleet.machines() == {}


def test_example(fleet):
    four_runs(fleet, example_of("instance_fleet"))
    assert len(fleet.machines("PEBWEB")) == 4


def test_scaled_up_without_moving_a_machine(fleet):
    fleet.run(count=2)
    before = fleet.machines()
    # With another list of zones and groups, machines that are there stay where they are.
    four_runs(fleet, fleet.plays(count=5, availability_zones=["EB-C", "EB-B"], patch_groups=[2, 1]))
    after = fleet.machines()
    assert len(after) == 5 and {name: after[name] for name in before} == before
    assert after["QFLEET03"][0] == "EB-C"
    four_runs(fleet, fleet.plays(count=5, patch_groups=[3]))
    assert {group for _zone, group in fleet.machines().values()} == {3}


def test_names_in_a_list(fleet):
    wanted = {"name": LEFT_OUT, "count": LEFT_OUT, "names": ["QFLEETA", "QFLEETB"]}
    four_runs(fleet, fleet.plays(**wanted))
    fleet.run(**{**wanted, "names": ["QFLEETB"]})
    assert list(fleet.machines()) == ["QFLEETA", "QFLEETB"]
    fleet.run(**{**wanted, "names": ["QFLEETB"]}, state="absent")
    assert list(fleet.machines()) == ["QFLEETA"]


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"name": "QFLEET"}, "QFLEET has no number, so all machines would have the same name"),
        ({"name": "QFLEET{n}"}, "QFLEET{n} is not a pattern with one number in braces"),
        ({"name": "QFLEET {number}"}, "not a name of a machine"),
        ({"name": LEFT_OUT}, "give either a pattern of names, or a list of names"),
        ({"names": ["A"]}, "give either a pattern of names, or a list of names"),
        ({"count": LEFT_OUT}, "say how many machines there are"),
        (
            {"name": LEFT_OUT, "count": LEFT_OUT, "names": ["QA", "qa"]},
            "several machines would have the same name: QA, qa",
        ),
        ({"name": LEFT_OUT, "names": ["QA", "QB"]}, "the count is 4, and there are 2 names: QA, QB"),
        ({"patch_groups": [4]}, "value of instance_fleet_patch_groups must be one or more of: 1, 2, 3"),
        ({"wait_for": "telnet"}, "value of instance_fleet_wait_for must be one of: nothing, ssh, winrm"),
        ({"service": LEFT_OUT}, "missing required arguments: instance_fleet_service"),
        ({"options": {"memory": 4}}, "defaults: none of the modules has an option memory"),
        (
            {"scale_dwn": True},
            "instance_fleet_scale_dwn is not a variable of the role: do you mean instance_fleet_scale_down?",
        ),
        ({"sizing": "2cpu5gb"}, "nothing was sent, since 4 of 4 resources are refused: "),
        ({"network": "EB_NONE"}, "EB_NONE"),
        ({"availability_zones": ["EB-A", "EB-Z"]}, "nothing was sent, since 2 of 4 resources are refused: "),
        ({"options": {"state": "absent"}}, "the state absent is that of the whole fleet"),
    ],
    ids=str,
)
def test_what_is_refused(fleet, changed, message):
    told = fleet.fails(**changed)
    assert message in told and fleet.writes() == []
    last = json.loads(told.splitlines()[-1])
    assert message in str(last["msg"]) and "Create or update" not in last["task"]


def test_too_many_are_named_and_stay(fleet):
    fleet.run(count=4)
    before = fleet.writes()
    for words in ([], ["--check"]):
        message = fleet.fails(*words, count=2)
        assert "The fleet has 4 machines, 2 more than wanted: QFLEET04, QFLEET03" in message
        assert "instance_fleet_scale_down" in message
    assert fleet.writes() == before


def test_scaled_down_out_of_the_pools(fleet):
    fleet.run(count=4)
    fleet.simulator.add_instance("QFLEET3", "billing-qa")  # is not of the pattern
    fleet.simulator.add_instance("QFLEET09", "billing")  # is of another service
    fleet.pooled("fleet.acme.example", ["QFLEET01", "QFLEET03", "QFLEET04"])
    fleet.pooled("other.acme.example", ["QFLEET04", "QFLEET02"])
    fleet.simulator.clear_journal()
    four_runs(fleet, fleet.plays(count=2, scale_down=True, drain=1))
    assert set(fleet.machines()) == {"QFLEET01", "QFLEET02", "QFLEET09", "QFLEET3"}
    wrote = [(entry["operation"], entry["time"]) for entry in fleet.simulator.writes(applied=True)]
    left = [time for operation, time in wrote if operation == "delete_loadbalancer_member"]
    stopped = [time for operation, time in wrote if operation == "update_instance"]
    assert len(left) == 3 and max(left) < min(stopped)
    assert len([1 for operation, _time in wrote if operation == "delete_instance"]) == 2


@pytest.mark.parametrize(
    "settings", [{}, {"numbers": "different", "body_numbers": "internal", "rows": "sparse"}], ids=str
)
def test_pool_of_a_machine_with_the_same_name_in_another_service(tmp_path, settings):
    with Simulator(action_seconds=0.1, **settings) as simulator:
        fleet = Fleet(simulator, tmp_path, ACME)
        for name in ("QFLEET01", "QFLEET02"):
            simulator.add_instance(name, "billing-qa")
        theirs = simulator.add_instance("QFLEET02", "billing")
        pool = simulator.state.named("billing.acme.example")[0]["_members"]
        pool.append(seed.member(theirs, 8080))
        before = [dict(one) for one in pool]
        fleet.run(count=1, scale_down=True, patch_groups=[], network=LEFT_OUT, sizing=LEFT_OUT, tags={})
        assert pool == before
        left = [row["serviceName"] for row in simulator.state.live("instance") if row["name"] == "QFLEET02"]
        assert left == ["billing"]


def test_text_of_the_command_line(fleet):
    """-e key=value gives text: false is no, and a name is one name."""
    words = ["-e", "instance_fleet_names=QFLEET01,QFLEET02", "-e", "instance_fleet_patch_groups=1,2"]
    fleet.run(*words, name=LEFT_OUT, count=LEFT_OUT, patch_groups=LEFT_OUT)
    assert [group for _zone, group in fleet.machines().values()] == [1, 2]
    before = fleet.writes()
    assert "To remove surplus machines" in fleet.fails("-e", "instance_fleet_scale_down=false", count=1)
    assert fleet.writes() == before


def test_protected_machine_stays_in_its_pool(fleet):
    fleet.run(count=3)
    fleet.pooled("fleet.acme.example", ["QFLEET01", "QFLEET02", "QFLEET03"])
    tag = {"cegedim.cloud.itcare_tag": {"resources": ["QFLEET03"], "tags": {"protected": "true"}}}
    fleet.play([{"hosts": "localhost", "gather_facts": False, "tasks": [tag]}])
    message = fleet.fails(count=1, scale_down=True)
    assert "QFLEET03" in message and "which protects it" in message
    assert list(fleet.machines()) == ["QFLEET01", "QFLEET03"]
    (pool,) = [
        row["_members"] for row in fleet.simulator.state.live("loadbalancer") if row["name"].startswith("fleet.")
    ]
    assert len(pool) == 2
    four_runs(fleet, fleet.plays(count=1, scale_down=True, protection_tag=""))
    assert list(fleet.machines()) == ["QFLEET01"]


def test_machine_that_cannot_leave_its_pool_is_not_removed(fleet):
    fleet.run(count=3)
    fleet.pooled("fleet.acme.example", ["QFLEET01", "QFLEET03"])
    fleet.simulator.fault("status", times=-1, status=403, operation="delete_loadbalancer_member")
    message = fleet.fails(count=1, scale_down=True)
    assert "still in a pool: QFLEET03" in message and "403" in message
    assert list(fleet.machines()) == ["QFLEET01", "QFLEET03"]
    fleet.simulator.clear_faults()
    fleet.run(count=1, scale_down=True)
    assert list(fleet.machines()) == ["QFLEET01"]


def test_failing_machine_does_not_stop_the_others(fleet):
    fleet.simulator.fault("fail_action", times=1, operation="create_instance", message="No space left")
    message = fleet.fails()
    assert "1 of 4 resources failed: itcare_instance QFLEET0" in message and "No space left" in message
    assert len(fleet.machines()) == 3
    assert len(changes(fleet.run())) == 1
    assert len(fleet.machines()) == 4


def test_name_that_is_taken_in_another_service(fleet):
    fleet.simulator.add_instance("QFLEET02", "billing")
    message = fleet.fails(count=3)
    assert "nothing was sent, since 1 of 3 resources is refused: " in message
    assert "QFLEET02: service is fixed at creation" in message
    assert list(fleet.machines()) == ["QFLEET02"] and fleet.writes() == []


def test_half_of_the_fleet_exists(fleet):
    fleet.simulator.add_instance("QFLEET02", "billing-qa")
    zone = fleet.machines()["QFLEET02"][0]
    fleet.run(network=LEFT_OUT, region="EB")
    assert fleet.machines()["QFLEET02"] == (zone, 2)
    assert changes(fleet.run(network=LEFT_OUT, region="EB")) == []


def test_second_run_after_an_interruption(fleet):
    fleet.simulator.configure(action_seconds=3)
    process = fleet.start(fleet.plays())
    while len(fleet.simulator.writes(operation="create_instance")) < 4:
        time.sleep(0.05)
        assert process.poll() is None
    start = time.monotonic()
    interrupt(process)
    assert time.monotonic() - start < 5 and process.returncode != 0
    fleet.run()
    assert len(fleet.simulator.writes(operation="create_instance", applied=True)) == 4
    assert {group for _zone, group in fleet.machines().values()} == {1, 2}
    assert changes(fleet.run()) == []


def test_interrupted_while_it_is_scaled_down(fleet):
    fleet.run(count=4)
    fleet.pooled("fleet.acme.example", ["QFLEET01", "QFLEET03", "QFLEET04"])
    fleet.simulator.configure(action_seconds=2)
    for operation in ("delete_loadbalancer_member", "update_instance", "delete_instance"):
        process = fleet.start(fleet.plays(count=2, scale_down=True))
        while not fleet.simulator.writes(operation=operation, applied=True):
            time.sleep(0.05)
            assert process.poll() is None, process.communicate()[0]
        interrupt(process)
    fleet.run(count=2, scale_down=True)
    assert list(fleet.machines()) == ["QFLEET01", "QFLEET02"]
    assert len(fleet.simulator.writes(operation="delete_instance", applied=True)) == 2
    assert changes(fleet.run(count=2, scale_down=True)) == []


def test_waits_for_ssh(fleet):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        plays = fleet.plays(count=2, wait_for="ssh", wait_for_port=port, wait_for_timeout=2)
        # The simulator's machines have addresses that nobody has here.
        message = fleet.refused(plays)
        assert "no answer on ssh within 2 s: QFLEET01, QFLEET02" in message
        for name in fleet.machines():
            fleet.record(name)["ipAddress"] = "127.0.0.1"
        fleet.play(plays)

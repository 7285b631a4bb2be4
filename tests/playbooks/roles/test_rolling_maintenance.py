# SPDX-License-Identifier: GPL-3.0-or-later
"""roles/rolling_maintenance: each machine leaves its pools and returns as it was, whatever happens in between."""

from __future__ import annotations

import http.server
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time

import pytest
from player import ROOT, Player, changes, example_of, four_runs, role
from simulator import Simulator, seed

FIRST, SECOND = "PEBBILL01", "PEBBILL02"
POOL = "billing.acme.example"
# A line for each machine that is maintained, in a file beside the playbook.
LOG = [
    {
        "name": "Log the machine",
        "ansible.builtin.shell": "echo {{ rolling_maintenance_member.name }} >> {{ playbook_dir }}/log",
    }
]
FAILING = [
    {
        "name": "Fail at the second",
        "ansible.builtin.fail": {"msg": "The package is broken"},
        "when": f"rolling_maintenance_member.name == '{SECOND}'",
    }
]


class Estate:
    """A simulator, a player, and the pool with two web servers."""

    def __init__(self, simulator, directory, pool=POOL):
        self.simulator, self.directory, self.pool = simulator, directory, pool
        self.player = Player(simulator, directory, rolling_maintenance_drain=0, rolling_maintenance_health_interval=1)
        self.tasks(LOG)

    def tasks(self, tasks, name="maintenance.yml"):
        (self.directory / name).write_text(json.dumps(tasks))

    def role(self, **variables):
        variables = {"rolling_maintenance_loadbalancers": [self.pool], **variables}
        return role("rolling_maintenance", rolling_maintenance_tasks="maintenance.yml", **variables)

    def states(self, pool=None):
        """The state of each member, by its name and port."""
        state = self.simulator.state
        members = state.named(pool or self.pool)[0]["_members"]
        return {(state.get(one["resourceId"])["name"], one["port"]): one["state"] for one in members}

    def set(self, name, state):
        for record in self.simulator.state.resources.values():
            for member in record.get("_members") or []:
                if self.simulator.state.get(member["resourceId"])["name"] == name:
                    member["state"] = state

    def tags(self, name):
        """The tags of the role, without the beginning of their keys."""
        tags = self.simulator.state.named(name)[0]["tags"]
        found = {tag["tagKey"].partition("rolling_maintenance"): tag["tagValue"] for tag in tags}
        return {key[2]: value for key, value in found.items() if key[1]}

    def snapshot(self, name):
        return self.simulator.state.named(name)[0].get("snapshot")

    def log(self):
        path = self.directory / "log"
        return path.read_text().split() if path.exists() else []

    def operations(self):
        """What was written: operations, with the state of a member."""
        return [
            json.loads(body).get("operation", operation) if body.startswith("{") else operation
            for operation, body in self.player.writes()
        ]

    def is_as_before(self):
        names = {name for name, _port in self.states()}
        assert set(self.states().values()) == {"enabled"}
        assert [self.snapshot(name) for name in names] == [None] * len(names)
        assert self.simulator.violations() == []


@pytest.fixture
def acme(tmp_path):
    with Simulator(action_seconds=0.1) as simulator:
        yield Estate(simulator, tmp_path)


@pytest.fixture
def elsewhere(tmp_path):
    """The other estate has no load balancer, so it gets one."""
    with Simulator(estate="elsewhere", action_seconds=0.1) as simulator:
        state = simulator.state
        ledger = state.named("GLXLEDG01")[0]["serviceId"]
        simulator.add_instance("GLXLEDG03", ledger, platform="img-0041", sizing="2cpu6gb", zone="NORD-OPEN-1")
        balancer = seed.load_balancer(state, "front.globex.example", ledger, state.networks[75], 443, "glx-open", "")
        machines = [state.named(name)[0] for name in ("GLXLEDG01", "GLXLEDG03")]
        balancer["_members"] = [seed.member(machine, 443) for machine in machines]
        state.add(balancer)
        yield Estate(simulator, tmp_path, "front.globex.example")


def test_example(acme):
    text = (ROOT / "roles/rolling_maintenance/README.md").read_text()
    (acme.directory / "maintenance.yml").write_text(text.split("```yaml\n")[2].split("```")[0])
    example = example_of("rolling_maintenance")
    four_runs(acme.player, example)
    acme.is_as_before()
    out = ["add_resource_tag", "offline", "create_instance_snapshot", "stop", "start", "add_resource_tag"]
    back = ["enabled", "delete_instance_snapshot", "add_resource_tag", "remove_resource_tag", "remove_resource_tag"]
    assert acme.operations() == [*out, *back] * 2
    assert acme.tags(FIRST) == acme.tags(SECOND) == {"_done": "kernel 2026-03"}


def test_elsewhere(elsewhere):
    four_runs(elsewhere.player, elsewhere.role(rolling_maintenance_name="x"))
    elsewhere.is_as_before()
    assert elsewhere.log() == ["GLXLEDG01", "GLXLEDG03"]


def test_two_numbers(tmp_path):
    settings = {"numbers": "different", "product_paths": "internal", "body_numbers": "internal", "rows": "sparse"}
    with Simulator(action_seconds=0.1, **settings) as simulator:
        estate = Estate(simulator, tmp_path)
        four_runs(estate.player, estate.role(rolling_maintenance_name="x"))
        estate.is_as_before()


def test_drained(acme):
    acme.player.variables["rolling_maintenance_drain"] = 1
    acme.player.play(acme.role(rolling_maintenance_members=[FIRST], rolling_maintenance_snapshot=False))
    assert acme.operations() == [
        "add_resource_tag",
        "disabled",
        "offline",
        "add_resource_tag",
        "enabled",
        "remove_resource_tag",
        "remove_resource_tag",
    ]
    assert acme.tags(FIRST) == {}


def test_everything_as_text(acme):
    """As a survey of a controller gives it."""
    variables = {"rolling_maintenance_members": f"{FIRST}, {SECOND}", "rolling_maintenance_loadbalancers": POOL}
    text = {"rolling_maintenance_serial": "1", "rolling_maintenance_snapshot": "false"}
    acme.player.play(acme.role(**variables, **text))
    acme.player.play(acme.role(**{**variables, **text, "rolling_maintenance_members": ""}))
    assert acme.log() == [FIRST, SECOND] * 2
    assert "create_instance_snapshot" not in acme.operations()


def test_each_run_maintains_all_without_a_name(acme):
    acme.player.play(acme.role())
    acme.player.play(acme.role())
    assert acme.log() == [FIRST, SECOND] * 2
    acme.is_as_before()


def test_check_mode_runs_no_task_that_does_not_support_it(acme):
    results = acme.player.play(acme.role(), "--check")
    assert acme.log() == [] and acme.player.writes() == []
    steps = [step for _task, steps, _diff in changes(results) for step in steps or []]
    assert steps.count("take_member_offline") == 2 and steps.count("create_snapshot") == 2


def test_check_mode_before_anything_exists(acme):
    missing = {"rolling_maintenance_members": ["SHOPWEB01"], "rolling_maintenance_loadbalancers": ["shop.example"]}
    assert "there is no instance named SHOPWEB01" in str(acme.player.play(acme.role(**missing), "--check"))
    assert "shop.example" in acme.player.refused(acme.role(**missing))
    assert acme.player.writes() == []


@pytest.mark.parametrize("state", ["disabled", "offline"])
def test_state_before_is_kept(acme, state):
    acme.set(FIRST, state)
    acme.player.play(acme.role(rolling_maintenance_members=[FIRST]))
    assert acme.states() == {(FIRST, 8080): state, (SECOND, 8080): "enabled"}
    assert acme.log() == [FIRST]
    assert acme.operations().count("offline") == (state == "disabled")
    assert "enabled" not in acme.operations()


def test_several_pools_and_ports(acme):
    """On two ports in one pool, and in a pool that is not named."""
    acme.simulator.configure(member_paths="either")
    state = acme.simulator.state
    first, second = (state.named(name)[0] for name in (FIRST, SECOND))
    state.named(POOL)[0]["_members"] += [seed.member(first, 8443), seed.member(second, 8443)]
    other = seed.load_balancer(state, "api.acme.example", first["serviceId"], state.networks[1190], 80, "tcp", "HTTP")
    other["_members"] = [seed.member(first, 80, "disabled"), seed.member(second, 80)]
    state.add(other)
    before = acme.states(), acme.states("api.acme.example")
    acme.tasks([*LOG, {"ansible.builtin.fail": {"msg": "The package is broken"}}])
    told = acme.player.refused(acme.role(rolling_maintenance_members=[FIRST]))
    assert "The package is broken" in told
    assert {acme.states()[FIRST, port] for port in (8080, 8443)} == {"offline"}
    assert acme.states("api.acme.example")[FIRST, 80] == "offline"
    acme.tasks(LOG)
    acme.player.play(acme.role(rolling_maintenance_members=[FIRST]))
    assert (acme.states(), acme.states("api.acme.example")) == before


# What is refused


@pytest.mark.parametrize("state", ["offline", "disabled"])
def test_last_enabled_member_stays(acme, state):
    acme.set(SECOND, state)
    told = acme.player.refused(acme.role())
    assert f"{POOL} would have no enabled member left without {FIRST}" in told
    assert acme.player.writes() == []


def test_serial_of_the_whole_pool(acme):
    assert "no enabled member left" in acme.player.refused(acme.role(rolling_maintenance_serial=2))
    assert acme.player.writes() == []


def test_several_at_a_time(acme):
    third = acme.simulator.add_instance("PEBBILL05", "billing")
    acme.simulator.state.named(POOL)[0]["_members"].append(seed.member(third, 8080))
    acme.player.play(acme.role(rolling_maintenance_serial=2))
    acme.is_as_before()
    assert [one for one in acme.operations() if one in ("offline", "enabled")] == [
        *["offline"] * 2,
        *["enabled"] * 2,
        "offline",
        "enabled",
    ]


def test_snapshot_of_somebody_else(acme):
    record = acme.simulator.state.named(SECOND)[0]
    record["snapshot"] = seed.snapshot(record, 7, "Before the release", "")
    told = acme.player.refused(acme.role())
    assert 'PEBBILL02 has a snapshot already, \\"Before the release\\"' in told
    assert acme.player.writes() == []
    acme.player.play(acme.role(rolling_maintenance_snapshot=False))
    assert acme.snapshot(SECOND)["description"] == "Before the release"


def test_wrong_values(acme):
    assert "rolling_maintenance_serial" in acme.player.refused(acme.role(rolling_maintenance_serial="many"))
    assert "there is no file" in acme.player.refused(acme.role(rolling_maintenance_health_tasks="nothing.yml"))
    for wrong, words in (
        (dict(loadbalancers=[]), "rolling_maintenance_members or rolling_maintenance_loadbalancers is needed"),
        (dict(drain=-1), "rolling_maintenance_drain is at least 0, not -1"),
        (dict(serial=0, tag=" "), "rolling_maintenance_serial is at least 1, not 0; rolling_maintenance_tag is empty"),
        (dict(health_port=99999), "rolling_maintenance_health_port is at most 65535, not 99999"),
        (dict(health_url="{address}/health"), "rolling_maintenance_health_url begins with http:// or https://"),
        (
            dict(health_url="http://{adress}/"),
            "rolling_maintenance_health_url: in braces, there can be address and name",
        ),
    ):
        variables = json.dumps({f"rolling_maintenance_{name}": value for name, value in wrong.items()})
        assert f': "{words}' in acme.player.refused(acme.role(), "-e", variables)
    assert ': "2 instances are named TWIN01' in acme.player.refused(acme.role(rolling_maintenance_members=["TWIN01"]))
    assert acme.player.writes() == []


def test_member_that_only_has_the_same_name(acme):
    """With its service restricted, the machine of the other service is not maintained in its place."""
    acme.simulator.add_instance("PEBTWIN01", "billing")
    theirs = acme.simulator.add_instance("PEBTWIN01", "intranet")
    acme.simulator.state.named(POOL)[0]["_members"].append(seed.member(theirs, 8080))
    told = acme.player.refused(acme.role(rolling_maintenance_services=["billing"]))
    assert "the member PEBTWIN01 of billing.acme.example is another resource" in told
    assert acme.log() == [] and acme.player.writes() == []


def test_file_that_cannot_be_read(acme):
    acme.tasks([*LOG, {"name": "Restart it", "ansible.builtin.sevrice": {"name": "nginx"}}])
    assert acme.player.refused(acme.role())
    acme.tasks(LOG)
    acme.tasks([{"name": "Check it", "ansible.builtin.uri": {}, "uri": {}}], "check.yml")
    assert acme.player.refused(acme.role(rolling_maintenance_health_tasks="check.yml"))
    assert acme.player.writes() == []


# Failures


def test_failure_stops_with_the_member_out(acme):
    acme.tasks(FAILING + LOG)
    told = acme.player.refused(acme.role())
    assert 'stopped at \\"Fail at the second\\": The package is broken' in told
    assert acme.states() == {(FIRST, 8080): "enabled", (SECOND, 8080): "offline"}
    assert acme.snapshot(SECOND)["description"] == "Rolling maintenance" and acme.snapshot(FIRST) is None
    assert acme.log() == [FIRST]
    acme.tasks(LOG)
    acme.player.play(acme.role())
    assert acme.log() == [FIRST, SECOND, FIRST]
    assert acme.operations().count("create_instance_snapshot") == 3
    acme.is_as_before()


def test_reason_of_a_module_that_has_results_of_its_own(acme):
    """As those of package managers have, which are texts."""
    (acme.directory / "library").mkdir()
    module = "from ansible.module_utils.basic import AnsibleModule\n"
    module += "AnsibleModule({}).fail_json(msg='No package kernel', results=['a'])\n"
    (acme.directory / "library" / "install.py").write_text("#!/usr/bin/python\n" + module)
    acme.tasks([{"name": "Install it", "ansible.legacy.install": {}}])
    told = acme.player.refused(acme.role(rolling_maintenance_members=[FIRST]))
    assert 'stopped at \\"Install it\\": No package kernel' in told


def test_way_back_works_as_printed(acme):
    acme.tasks(FAILING)
    told = acme.player.refused(acme.role())
    message = next(line for line in map(json.loads, told.splitlines()) if line["task"].endswith(": Stop here"))["msg"]
    commands = [line for line in message if line.startswith("ansible localhost")]
    assert [shlex.split(line)[3].split(".")[-1] for line in commands] == [
        "itcare_instance_snapshot",
        "itcare_loadbalancer_member",
        "itcare_instance_snapshot",
        "itcare_tag",
    ]
    for line in commands:
        words = [sys.executable, os.path.join(os.path.dirname(sys.executable), "ansible"), *shlex.split(line)[1:]]
        done = subprocess.run(words, env=acme.player.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (done.stdout, done.stderr)
    acme.is_as_before()
    assert acme.tags(SECOND) == {}
    assert "recover_instance_snapshot" in acme.operations()


def test_machine_that_cannot_be_reached(acme):
    """Ansible rescues no lost connection, so the way back is told before."""
    ping = {"name": "Reach it", "ansible.builtin.ping": {}, "delegate_to": "nowhere.invalid"}
    acme.tasks([{**ping, "vars": {"ansible_connection": "ssh", "ansible_ssh_executable": "/bin/false"}}])
    told = acme.player.refused(acme.role(rolling_maintenance_members=[FIRST]))
    assert "If this run ends before PEBBILL01 is back" in told
    assert acme.states()[FIRST, 8080] == "offline" and acme.log() == []
    acme.tasks(LOG)
    acme.player.play(acme.role(rolling_maintenance_members=[FIRST]))
    acme.is_as_before()


def test_checks(acme):
    """A port, a URL and tasks of the user, all of which fail first."""
    acme.tasks([{"ansible.builtin.assert": {"that": "rolling_maintenance_member.name == 'x'"}}], "check.yml")
    for check in (
        {"rolling_maintenance_health_tasks": "check.yml"},
        {"rolling_maintenance_health_port": 9, "rolling_maintenance_health_timeout": 1},
        {"rolling_maintenance_health_url": "http://127.0.0.1:9/{name}", "rolling_maintenance_health_timeout": 1},
    ):
        acme.simulator.state.named(FIRST)[0]["ipAddress"] = "127.0.0.1"
        acme.player.refused(acme.role(rolling_maintenance_members=[FIRST], **check))
        assert acme.states()[FIRST, 8080] == "offline"
        assert list(acme.tags(FIRST)) == [""]
    with serving() as port:
        acme.player.play(
            acme.role(
                rolling_maintenance_members=[FIRST],
                rolling_maintenance_health_port=port,
                rolling_maintenance_health_url=f"http://{{address}}:{port}/{{name}}",
            )
        )
    acme.is_as_before()


class serving:
    """A web server on a free port."""

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == f"/{FIRST}" else 404)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_member_that_is_down_afterwards_is_taken_out_again(acme):
    acme.tasks([{"name": "Stop it", "cegedim.cloud.itcare_instance": {"name": FIRST, "state": "stopped"}}])
    told = acme.player.refused(acme.role(rolling_maintenance_health_timeout=1))
    assert f"{FIRST} is down in {POOL}" in told
    assert acme.states() == {(FIRST, 8080): "offline", (SECOND, 8080): "enabled"}
    assert list(acme.tags(FIRST)) == [""]
    acme.tasks([{"name": "Start it", "cegedim.cloud.itcare_instance": {"name": FIRST, "state": "started"}}])
    acme.player.play(acme.role(rolling_maintenance_health_timeout=1))
    acme.is_as_before()


# Interruptions


@pytest.mark.parametrize("state", ["enabled", "disabled"])
def test_killed_after_each_write(acme, state):
    """Each run is killed after its first write, until one has nothing to do."""
    acme.set(FIRST, state)
    kills = 0
    while killed(acme):
        kills += 1
        assert kills < 30
    assert kills >= 8
    assert acme.states() == {(FIRST, 8080): state, (SECOND, 8080): "enabled"}
    assert acme.snapshot(FIRST) is None
    assert acme.operations().count("create_instance_snapshot") == 1
    assert acme.operations().count("delete_instance_snapshot") == 1
    assert acme.tags(FIRST) == {"_done": "x"}
    assert set(acme.log()) == {FIRST}
    assert acme.simulator.violations() == []


def killed(estate):
    """Start a run and kill it after a write; False where it came to its end before."""
    end = len(estate.player.writes()) + 1
    variables = {"rolling_maintenance_members": [FIRST], "rolling_maintenance_name": "x"}
    process = estate.player.start(estate.role(**variables))
    while process.poll() is None and len(estate.player.writes()) < end:
        time.sleep(0.01)
    is_killed = process.poll() is None
    if is_killed:
        os.killpg(process.pid, signal.SIGKILL)
    output = process.communicate()[0]
    assert is_killed or process.returncode == 0, output
    return is_killed


def test_killed_during_the_tasks(acme):
    acme.tasks([*LOG, {"name": "Take long", "ansible.builtin.command": "sleep 30"}])
    process = acme.player.start(acme.role())
    while not acme.log():
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert acme.states()[FIRST, 8080] == "offline"
    acme.tasks(LOG)
    acme.player.play(acme.role())
    assert acme.log() == [FIRST, FIRST, SECOND]
    acme.is_as_before()


def test_interrupted_member_comes_first_and_alone(acme):
    acme.tasks(FAILING)
    acme.player.refused(acme.role())
    acme.tasks(LOG)
    acme.player.play(acme.role())
    order = [one for one in acme.operations() if one in ("offline", "enabled")]
    assert order == ["offline", "enabled", "offline", "enabled", "offline", "enabled"]
    assert acme.log() == [SECOND, FIRST]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user sees while a task waits: in a terminal, in logs, and beside what programs parse."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
from xml.etree import ElementTree

import pytest
from player import Player
from simulator import Simulator
from test_application import FAST

pytestmark = pytest.mark.skipif(not FAST, reason="these tests choose their lanes themselves")
MACHINES = ["UETPORT01", "QEBBILL01", "DEBINTRA01"]


@pytest.fixture(scope="module")
def platform():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(platform):
    platform.reset()
    platform.configure(action_seconds=2)
    yield platform
    assert platform.violations() == []


@pytest.fixture
def player(simulator, tmp_path):
    """The first line comes after half a second."""
    made = Player(simulator, tmp_path)
    made.environment.update(ITCARE_PROGRESS="0.5", ITCARE_FAST_LANE="1", ANSIBLE_NOCOLOR="1")
    made.environment.pop("ANSIBLE_FORCE_COLOR", None)
    return made


def plays(*tasks, **keywords):
    return [{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **keywords}]


def stop(*machines, **keywords):
    """A task that stops one machine, or several in a loop."""
    task = {"name": "Stop", "cegedim.cloud.itcare_instance": {"name": "{{ item }}", "state": "stopped"}}
    return {**task, "loop": list(machines), **keywords}


def run(player, playbook, *words):
    """Stdout, and the lines of stderr that tell what a task waits for."""
    process = player.start(playbook, *words, stderr=subprocess.PIPE)
    output, errors = process.communicate()
    assert process.returncode == 0, output + errors
    return output, waiting_in(errors)


def waiting_in(text):
    return [line for line in text.splitlines() if line.startswith("waiting: ")]


def test_lines_are_on_stderr_while_the_task_runs(player, simulator, tmp_path):
    player.environment["ANSIBLE_LOG_PATH"] = str(tmp_path / "ansible.log")
    process = player.start(plays(stop("QEBBILL01")), stderr=subprocess.PIPE)
    line = next(line for line in process.stderr if line.startswith("waiting: "))
    (action,) = simulator.state.actions.of(simulator.state.named("QEBBILL01")[0]["id"])
    assert action.status == "IN_PROGRESS"
    assert re.fullmatch(
        r"waiting: \[localhost\] => \(item=QEBBILL01\) 0 s for action \d+ \(STOP_\w+ of QEBBILL01\): .+\n", line
    )
    output, errors = process.communicate()
    assert process.returncode == 0 and "waiting:" not in output
    assert len(waiting_in(errors)) <= 2  # after 1 s and 2 s
    assert line in (tmp_path / "ansible.log").read_text()


def test_terminal_has_them_between_the_task_and_its_result(player):
    ours, theirs = pty.openpty()
    process = player.start(plays(stop("QEBBILL01")), stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = []
    with io.FileIO(ours) as terminal:
        while True:
            try:
                text = terminal.read(4096)
            except OSError:  # the end, on Linux
                break
            if not text:
                break
            seen.append(text.decode())
    assert process.wait() == 0
    lines = "".join(seen).replace("\r", "").splitlines()
    kinds = [line.split()[0] for line in lines if line.startswith(("TASK", "waiting:", "changed:"))]
    assert kinds[0] == "TASK" and kinds[-1] == "changed:" and set(kinds[1:-1]) == {"waiting:"}


def test_json_on_stdout_stays_json(player):
    player.environment["ANSIBLE_STDOUT_CALLBACK"] = "one_json"
    output, lines = run(player, plays(stop("QEBBILL01")))
    assert json.loads(output) == [{"task": "Stop", "changed": True}]
    assert lines


@pytest.mark.parametrize(
    "variables",
    [
        {"ANSIBLE_STDOUT_CALLBACK": "minimal"},
        {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
    ],
    ids=["minimal", "yaml"],
)
def test_stdout_has_none(player, variables):
    player.environment.update(variables)
    output, lines = run(player, plays(stop("QEBBILL01")), "-v")
    assert lines and output and "waiting:" not in output


def test_files_of_callbacks_have_no_line(player, tmp_path):
    player.environment.update(
        ANSIBLE_CALLBACKS_ENABLED="junit,tree,results",
        JUNIT_OUTPUT_DIR=str(tmp_path / "junit"),
        ANSIBLE_CALLBACK_TREE_DIR=str(tmp_path / "tree"),
    )
    _output, lines = run(player, plays(stop("QEBBILL01")))
    assert lines
    (report,) = (tmp_path / "junit").glob("*.xml")
    assert ElementTree.parse(report).getroot().get("tests") == "1"
    results = (tmp_path / "tree" / "localhost").read_text()
    assert json.loads(results)["changed"] is True
    assert "waiting:" not in report.read_text() + results


def test_many_actions_in_one_line(player, simulator):
    begin = {
        "name": "Begin",
        "cegedim.cloud.itcare_instance": {"name": "{{ item }}", "state": "stopped", "wait": False},
        "loop": MACHINES,
        "register": "begun",
    }
    ids = "{{ begun.results | map(attribute='actions') | flatten | map(attribute='id') }}"
    wait = {"name": "Wait", "cegedim.cloud.itcare_action": {"ids": ids}}
    simulator.configure(action_seconds=4)
    _output, lines = run(player, plays(begin, wait))
    assert re.match(r"waiting: \[localhost\] for (2 of )?3 actions, longest 0 s for action \d+ \(STOP_", lines[0])
    assert len(lines) <= 4  # after 0.5, 1, 2 and 4 s


def test_label_of_the_loop_without_a_secret_of_the_task(player, simulator):
    task = {
        "cegedim.cloud.itcare_instance": {"name": "QEBBILL01", "state": "stopped", "client_secret": "{{ one.secret }}"},
        "loop": [{"name": "the first", "secret": simulator.client_secret}],
        "loop_control": {"loop_var": "one", "label": "{{ one.name }} with {{ one.secret }}"},
    }
    _output, lines = run(player, plays(task))
    assert lines[0].startswith("waiting: [localhost] => (item=the first with ********) 0 s for action ")


def test_off(player):
    player.environment["ITCARE_PROGRESS"] = "0"
    assert run(player, plays(stop("QEBBILL01")))[1] == []


def test_module_lane_says_so_once_in_a_run(player):
    module_lane = {"ITCARE_FAST_LANE": "0"}
    _output, lines = run(player, plays(stop("QEBBILL01"), stop("DEBINTRA01"), environment=module_lane))
    assert lines == [
        "waiting: [localhost] the task is still running after 0 s. What it is waiting for is shown only in the fast "
        "lane, which this task does not use"
    ]

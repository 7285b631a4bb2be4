# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task waits for, in the events of a runner."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time

from player import ROOT, Player

RUNNER = """\
import json, sys, time, ansible_runner

seen = []
run = ansible_runner.run(
    private_data_dir=sys.argv[1],
    playbook="play.json",
    quiet=True,
    event_handler=lambda event: seen.append((time.time(), event)),
)
print(json.dumps({"status": run.status, "events": seen, "stdout": run.stdout.read()}))
"""


def test_events_of_a_runner(simulator, tmp_path):
    """As in AWX: each line is an event of the task, while it runs. Many hosts at a time spoil no event."""
    hosts = [f"host{number}" for number in range(4)]
    simulator.configure(action_seconds=2)
    player = Player(simulator, tmp_path)
    player.environment.update(ITCARE_PROGRESS="0.5", ANSIBLE_NOCOLOR="1")
    task = {"name": "Stop", "cegedim.cloud.itcare_instance": {"name": "QEBBILL01", "state": "stopped"}}
    playbook = [{"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [task]}]
    for folder, name, text in (
        ("project", "play.json", json.dumps(playbook)),
        ("inventory", "hosts", "".join(f"{host} ansible_python_interpreter={sys.executable}\n" for host in hosts)),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
    programs = str(pathlib.Path(sys.executable).parent)
    player.environment["PATH"] = programs + os.pathsep + player.environment["PATH"]
    before = time.time()
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(tmp_path)],
        env=player.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["status"] == "successful", told["stdout"]
    events = [event for _time, event in told["events"]]
    lines = [event for event in events if "waiting:" in event["stdout"]]
    assert {event["stdout"].split("]")[0] for event in lines} == {f"waiting: [{host}" for host in hosts}
    (task,) = [event for event in events if event["event"] == "playbook_on_task_start"]
    assert {(event["event"], event["parent_uuid"]) for event in lines} == {("verbose", task["uuid"])}
    assert all(event["stdout"].count("waiting:") == 1 and "\x1b" not in event["stdout"] for event in lines)
    assert sum(event["event"] == "runner_on_ok" for event in events) == len(hosts)
    ends = [arrival for arrival, event in told["events"] if event["event"] == "runner_on_ok"]
    arrivals = [arrival for arrival, event in told["events"] if "waiting:" in event["stdout"]]
    assert before < min(arrivals) < min(ends) - 1
    assert told["stdout"].count("waiting:") == len(lines)

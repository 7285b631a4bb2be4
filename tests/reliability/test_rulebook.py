# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source under ansible-rulebook itself: it starts a playbook, and it survives being killed.

The environment says where things are: RULEBOOK is the program, JAVA_HOME a Java 17, ANSIBLE_COLLECTIONS_PATH has the
collection.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
import yaml
from simulator import Simulator

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))
import pages  # noqa: E402

sys.path.pop(0)

# What the guide shows: a rulebook, the inventory, and how to run it; the rulebook of the collection, and its variables.
EVENTS, INVENTORY, RUN, RUN_RESTART, VARIABLES = pages.run_by(__file__, "events")
# The same for drift: the variables of the rulebook, how to run it, the variables of the role, and how to run that.
DRIFT_VARIABLES, RUN_DRIFT, WEBHOOK, FIND_DRIFT = pages.run_by(__file__, "estate_as_code")

SECONDS = 90  # for what takes some seconds; the machine may be busy
PROGRAM = pathlib.Path(os.environ["RULEBOOK"])

RULEBOOK = """
- name: All
  hosts: localhost
  sources:
    - cegedim.cloud.itcare_actions:
        events: action_ended
        interval: 0.2
        cursor: "{{ cursor }}"
  rules:
    - name: Any
      condition: event.kind is defined
      action:
        debug:
          msg: seen
"""


@pytest.fixture
def sim():
    with Simulator(action_seconds=0.2) as simulator:
        yield simulator
        assert simulator.violations() == []


@pytest.fixture
def rulebook(sim, tmp_path):
    started = []

    def start(name="rulebook.yml", *words, shown=RUN_RESTART, **changes):
        started.append(Rulebook(sim, tmp_path, name, len(started), pages.script(shown).split(), words, changes))
        return started[-1]

    (tmp_path / "rulebook.yml").write_text(RULEBOOK)
    yield start
    for one in started:
        one.kill()


class Rulebook:
    """ansible-rulebook as a process, run as the guide shows it (words), with the rulebook of that name. Its log is what
    it says, events as JSON included."""

    def __init__(self, sim, directory, name, number, shown, words, changes):
        self.cursor, self._log = directory / "cursor.json", directory / ("rulebook-%d.log" % number)
        python = PROGRAM.with_name("python")
        inventory = yaml.safe_load(INVENTORY.text)
        inventory["all"]["hosts"]["localhost"]["ansible_python_interpreter"] = str(python)
        (directory / "inventory.yml").write_text(json.dumps(inventory))  # JSON is YAML
        variables = yaml.safe_load(VARIABLES.text)
        variables.update(cursor=str(self.cursor), itcare_cursor=str(self.cursor), itcare_interval=0.5)
        variables.update(
            drools_db_file_path=str(directory / "database"), restart_units=[]
        )  # it has no host to log in to
        (directory / VARIABLES.caption).write_text(json.dumps(variables))
        environment = {
            **os.environ,
            "PATH": "%s:%s" % (PROGRAM.parent, os.environ["PATH"]),
            "PYTHONUNBUFFERED": "1",
            "XDG_RUNTIME_DIR": str(directory),
            "ITCARE_API_URL": sim.api_url,
            "ITCARE_TOKEN_URL": sim.token_url,
            "ITCARE_CLIENT_ID": sim.client_id,
            "ITCARE_CLIENT_SECRET": sim.client_secret,
            **changes,
        }
        program, option, _rulebook, *rest = shown
        assert (program, option) == (PROGRAM.name, "--rulebook")
        command = [PROGRAM, option, name, *rest, "--print-events", *words]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=directory, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def said(self):
        return self._log.read_text()

    @property
    def actions(self):
        """The ids of the actions whose events it has received, each as often as it was."""
        return [int(found) for found in re.findall(r"'id': 'action-(\d+)-ended'", self.said)]

    def until(self, condition):
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert self.process.poll() is None, "it has ended:\n" + self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        return self

    def is_looking(self):
        return self.until(self.cursor.exists)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(SECONDS)

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def submit(sim, count):
    with sim.world.lock:
        state = sim.world.settled()
        record = next(state.live("instance"))
        return [
            state.actions.submit(record, "job", "One of many", lambda: None, seconds=0).id for _number in range(count)
        ]


def test_first_rulebook_of_the_guide(sim, rulebook, tmp_path):
    (tmp_path / "events.yml").write_text(EVENTS.text)
    running = rulebook(pages.script(RUN).split()[2], shown=RUN, HOME=str(tmp_path))
    (source,) = yaml.safe_load(EVENTS.text)[0]["sources"]
    running.cursor = tmp_path / source["cegedim.cloud.itcare_actions"]["cursor"].removeprefix("~/")
    running.is_looking()
    sim.colleague("PATCH", sim.address("PEBBILL01"), {"operation": "stop", "options": {}})
    running.until(lambda: "PEBBILL01 is stopped" in running.said)


def test_an_event_starts_a_playbook(sim, rulebook):
    (service,) = yaml.safe_load(VARIABLES.text)["itcare_services"]
    with sim.world.lock:
        live = sim.world.settled().live("instance")
        name = next(one["name"] for one in live if one["serviceName"] == service)
    sim.colleague("PATCH", sim.address(name), {"operation": "stop", "options": {}})
    running = rulebook(pages.script(RUN_RESTART).split()[2]).is_looking()
    with sim.world.lock:
        state = sim.world.settled()
        state.actions.submit(state.named(name)[0], "vm_start", "x", lambda: None, failure="No host has room")
    running.until(lambda: sim.state.named(name)[0]["status"] == "ACTIVE")
    running.until(lambda: "PLAY RECAP" in running.said)
    assert len(sim.writes(applied=True)) == 1
    assert sim.client_secret not in running.said


def test_a_start_that_always_fails_is_not_repeated_without_end(sim, rulebook):
    with sim.world.lock:
        name = next(sim.world.settled().live("instance"))["name"]
    sim.colleague("PATCH", sim.address(name), {"operation": "stop", "options": {}})
    sim.fault("fail_action", times=-1, operation="update_instance", message="No host has room")
    running = rulebook("cegedim.cloud.restart_failed_service").is_looking()
    with sim.world.lock:
        state = sim.world.settled()
        state.actions.submit(state.named(name)[0], "vm_start", "x", lambda: None, failure="No host has room")
    running.until(lambda: "PLAY RECAP" in running.said)
    time.sleep(5)  # ten looks, each of which would find the next failure
    assert len(sim.writes(applied=True)) == 1  # ansible-rulebook shows the output of a playbook that failed twice


def test_killed_in_a_burst_it_loses_no_event_and_doubles_one_at_most(sim, rulebook):
    first = rulebook().is_looking()
    expected = submit(sim, 300)
    first.until(lambda: len(first.actions) > 20)
    first.kill()
    done = first.actions
    second = rulebook()
    second.until(lambda: expected[-1] in second.actions)
    told = done + second.actions
    assert set(told) == set(expected)
    assert len(told) - len(set(told)) <= 1
    assert 20 < len(done) < 300


def test_ended_and_started_again_it_goes_on(sim, rulebook):
    first = rulebook().is_looking()
    expected = submit(sim, 3)
    first.until(lambda: len(first.actions) == 3)
    first.end()
    expected += submit(sim, 3)
    second = rulebook()
    second.until(lambda: len(second.actions) == 3)
    time.sleep(1)
    assert first.actions + second.actions == expected


def play(sim, directory, command, **changes):
    """A command of the guide that runs a playbook (str); what it says (str)."""
    program, *words = command.split()
    environment = {
        **os.environ,
        "XDG_RUNTIME_DIR": str(directory),
        "ITCARE_API_URL": sim.api_url,
        "ITCARE_TOKEN_URL": sim.token_url,
        "ITCARE_CLIENT_ID": sim.client_id,
        "ITCARE_CLIENT_SECRET": sim.client_secret,
        **changes,
    }
    command = [PROGRAM.with_name(program), *words]
    done = subprocess.run(command, env=environment, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


TOKEN = "Kept-from-everyone-9"


def listening(rulebook, tmp_path):
    """The rulebook of the collection that listens for drift, run as the guide shows it, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / DRIFT_VARIABLES.caption).write_text("%sdrift_port: %d\n" % (DRIFT_VARIABLES.text, port))
    running = rulebook(pages.script(RUN_DRIFT).split()[2], shown=RUN_DRIFT, DRIFT_TOKEN=TOKEN)
    return running.until(lambda: is_listening(port)), port


def test_drift_starts_the_playbook_of_the_export(sim, rulebook, tmp_path):
    running, port = listening(rulebook, tmp_path)
    guide = {one.caption: one.text for one in pages.blocks(pages.pages(ROOT)["estate_as_code"]) if one.caption}
    for name in ("export.yml", "drift.yml", WEBHOOK.caption):
        (tmp_path / name).write_text(guide[name].replace("my-service", "billing").replace(":5000/", ":%d/" % port))

    def find():
        return play(sim, tmp_path, pages.script(FIND_DRIFT), DRIFT_TOKEN=TOKEN)

    play(sim, tmp_path, "ansible-playbook export.yml")
    assert "no drift" in find()
    sim.colleague("PATCH", sim.address("PEBBILL01"), {"operation": "stop", "options": {}})
    assert "1 changed" in find()
    running.until(lambda: "PLAY RECAP" in running.said)
    assert sim.state.named("PEBBILL01")[0]["status"] == "ACTIVE"
    assert "no drift" in find()
    assert running.said.count("PLAY [Apply the estate]") == 1
    assert len(sim.writes(applied=True)) == 1
    assert TOKEN not in running.said and sim.client_secret not in running.said


def test_drift_that_no_run_can_bring_back_is_only_shown(sim, rulebook, tmp_path):
    running, port = listening(rulebook, tmp_path)
    event = {"kind": "estate_drift", "id": "a", "to_do": 0, "msg": "1 refused"}
    assert told(port, event, "another") == 401
    assert told(port, event, TOKEN) == 200
    running.until(lambda: "Drift: 1 refused" in running.said)
    assert "PLAY" not in running.said


def is_listening(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def told(port, event, token):
    """The status of what tells the rulebook an event."""
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    request = urllib.request.Request("http://127.0.0.1:%d/" % port, json.dumps(event).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code


def test_a_wrong_secret_ends_it_with_a_clear_message(rulebook):
    running = rulebook(ITCARE_CLIENT_SECRET="wrong-secret-4711")
    running.process.wait(SECONDS)
    assert running.process.returncode != 0
    assert "refused the login of client" in running.said
    assert "wrong-secret-4711" not in running.said


def test_with_persistence_an_event_counts_when_it_is_confirmed(sim, rulebook, tmp_path):
    source = 'cursor: "{{ cursor }}"\n'
    (tmp_path / "rulebook.yml").write_text(RULEBOOK.replace(source, source + "        feedback: true\n"))
    first = rulebook("rulebook.yml", "--persistence-id", "17").is_looking()
    expected = submit(sim, 5)
    first.until(lambda: len(first.actions) == 5)
    first.until(lambda: first.cursor.read_text().count("\n") == 1 and str(expected[-1]) in first.cursor.read_text())
    first.end()
    assert first.actions == expected

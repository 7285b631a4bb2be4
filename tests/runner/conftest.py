# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: ``ansible-runner transmit | worker | process``, with the variables of a credential."""

from __future__ import annotations

import io
import json
import os
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass, field

import ansible_runner
import pytest
import yaml
from simulator import Simulator

ROOT = pathlib.Path(__file__).parents[2]
PROGRAMS = pathlib.Path(sys.executable).parent
PASSWORD = "Correct+Horse+42"
# AWX shows the environment of a job, and hides the values of variables with such names (`build_safe_env`).
HIDDEN_BY_AWX = re.compile("API|TOKEN|KEY|SECRET|PASS")


@pytest.fixture
def simulator():
    with Simulator(action_seconds=0.05) as running:
        yield running
        assert running.violations() == []


@dataclass
class Finished:
    """A job that has ended: ``status``, ``events`` (list of dict), ``stdout``, and everything that AWX has of it."""

    status: str
    events: list
    stdout: str
    artifacts: dict  # text by path
    everything: str = field(repr=False)

    def results(self, *kinds):
        """The results of tasks (list of dict), of the events of these kinds."""
        wanted = kinds or ("runner_on_ok", "runner_on_failed")
        return [event["event_data"]["res"] for event in self.events if event["event"] in wanted]

    def failed_tasks(self):
        """``[(name of the task, number of tasks that had begun, message), ...]``."""
        begun, found = 0, []
        for event in self.events:
            begun += event["event"] == "playbook_on_task_start"
            if event["event"] == "runner_on_failed":
                found.append((event["event_data"]["task"], begun, event["event_data"]["res"]["msg"]))
        return found


class Controller:
    """Stands in for AWX. ``injected`` (dict) are the variables of the credential."""

    def __init__(self, simulator, directory):
        self.simulator = simulator
        self.directory = directory
        self.injected = {
            "ITCARE_API_URL": simulator.api_url,
            "ITCARE_TOKEN_URL": simulator.token_url,
            "ITCARE_CLIENT_ID": simulator.client_id,
            "ITCARE_CLIENT_SECRET": simulator.client_secret,
        }

    def job(self, plays, *words, **extra_vars):
        """A job template's job: ``plays`` (list of dict), and the answers to its survey."""
        return self._run({"project/play.yml": plays, "env/extravars": extra_vars}, "play.yml", *words)

    def inventory_update(self, **source):
        """An update from a project's file: the inventory (dict) that AWX would import, and the Finished update."""
        name = "output.json"
        words = ["ansible-inventory", "--list", "--export", "-i", "{project}/awx.itcare.yml", "--output", "{artifacts}"]
        files = {"project/awx.itcare.yml": {"plugin": "cegedim.cloud.itcare", **source}}
        finished = self._run(files, None, *words, output=name)
        found = [text for path, text in finished.artifacts.items() if path.endswith(name)]
        return json.loads(found[0]) if found else None, finished

    def _run(self, files, playbook, *words, output=None):
        sent, remote, received = (self.directory / name for name in ("sent", "remote", "received"))
        for folder in (sent, remote, received):
            (folder / "env").mkdir(parents=True)
        arguments = [
            word.format(project=remote / "project", artifacts=remote / "artifacts" / "1" / (output or ""))
            for word in words
        ]
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT.parents[2]),
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "ANSIBLE_VERBOSE_TO_STDERR": "True",
            "JOB_ID": "1",
            **self.injected,
        }
        for path, content in {
            **files,
            "env/envvars": environment,
            "inventory/hosts": {"all": {"hosts": LOCALHOST}},
        }.items():
            (sent / path).parent.mkdir(exist_ok=True)
            (sent / path).write_text(yaml.safe_dump(content))
        if not playbook:
            (sent / "args").write_text(" ".join(arguments))
        options = {"ident": "1", "settings": {"suppress_env_files": True}}
        if playbook:
            options.update(playbook=playbook, cmdline=" ".join(arguments))
        stream = self.directory / "stream"
        with stream.open("wb") as file:
            ansible_runner.run(streamer="transmit", private_data_dir=str(sent), _output=file, **options)
        with stream.open("rb") as file:
            worker = subprocess.run(
                [PROGRAMS / "ansible-runner", "worker", "--private-data-dir", remote],
                stdin=file,
                env=self._plain_environment(),
                capture_output=True,
                check=False,
            )
        assert worker.stdout.endswith(b'{"eof": true}\n'), worker.stderr.decode()
        events, runner = self._process(worker.stdout, received)
        return self._finished(events, runner, received, worker.stderr.decode())

    def _plain_environment(self):
        """What the process of a worker has: nothing of the user, or of the tests."""
        path = os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", os.defpath)])
        coverage = {name: value for name, value in os.environ.items() if name == "ITCARE_SIMULATOR_COVERAGE"}
        return {"PATH": path, "HOME": str(self.directory), "XDG_RUNTIME_DIR": str(self.directory), **coverage}

    def _process(self, said, received):
        events = []
        runner = ansible_runner.run(
            streamer="process",
            private_data_dir=str(received),
            ident="1",
            quiet=True,
            _input=io.BytesIO(said),
            event_handler=lambda event: events.append(event) or True,
        )
        return events, runner

    def _finished(self, events, runner, received, errors):
        files = [path for path in (received / "artifacts").rglob("*") if path.is_file()]
        # The command of a job has its environment; of that, AWX shows what build_safe_env leaves.
        artifacts = {
            str(path.relative_to(received)): path.read_text(errors="replace")
            for path in files
            if path.name != "command"
        }
        stdout = "".join(event["stdout"] + "\n" for event in events if event.get("stdout"))
        everything = json.dumps(events) + stdout + errors + "".join(artifacts.values())
        self._check_secrets(everything)
        return Finished(runner.status, events, stdout, artifacts, everything)

    def _check_secrets(self, everything):
        """No secret is in what AWX keeps and shows, however it is written."""
        tokens = list(self.simulator.world.tokens._access)
        for secret in (self.simulator.client_secret, PASSWORD, *tokens):
            for written in (secret, json.dumps(secret)[1:-1]):
                assert written not in everything


# As AWX makes it for its own inventory.
LOCALHOST = {
    "localhost": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
}


@pytest.fixture
def controller(simulator, tmp_path):
    return Controller(simulator, tmp_path)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """Nothing of the user's own gets into a job."""
    for name in list(os.environ):
        if name.startswith(("ANSIBLE_", "ITCARE_")) and name != "ITCARE_SIMULATOR_COVERAGE":
            monkeypatch.delenv(name)


def play_of(*tasks):
    """A play (list of dict) on localhost, as AWX's own inventory of that name has it."""
    return [{"name": "Job", "hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]

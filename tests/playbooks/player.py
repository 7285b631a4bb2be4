# SPDX-License-Identifier: GPL-3.0-or-later
"""Real ansible-playbook against a simulator, as a user runs it."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).parents[2]
PASSWORD = "Correct+Horse+42"


class Player:
    """Runs playbooks against one simulator. ``variables`` (dict) are given to each run, as with ``-e``.

    ``environment`` (dict) is that of the runs, and may be added to.
    """

    def __init__(self, simulator, directory, **variables):
        self.simulator = simulator
        self.directory = directory
        self.variables = variables
        self.results = directory / "results.json"
        self.environment = {
            **os.environ,
            "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).parent / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "results",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOCAL_TEMP": str(directory / "tmp"),
            "XDG_RUNTIME_DIR": str(directory),
            "RESULTS_FILE": str(self.results),
            "ITCARE_API_URL": simulator.api_url,
            "ITCARE_TOKEN_URL": simulator.token_url,
            "ITCARE_CLIENT_ID": simulator.client_id,
            "ITCARE_CLIENT_SECRET": simulator.client_secret,
        }

    def start(self, playbook, *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT):
        """ansible-playbook as a process of its own group. ``playbook`` is a path, or plays (list of dict)."""
        if isinstance(playbook, list):
            plays, playbook = playbook, self.directory / "playbook.json"  # JSON is YAML
            playbook.write_text(json.dumps(plays))
        self.results.unlink(missing_ok=True)
        program = pathlib.Path(sys.executable).with_name("ansible-playbook")
        command = [sys.executable, program, playbook, "-e", json.dumps(self.variables), *words]
        return subprocess.Popen(
            command,
            env=self.environment,
            cwd=ROOT,
            stdout=stdout,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )

    def play(self, playbook, *words):
        """The results (list of dict with ``task``, ``changed``, ``msg`` ...) of a run that succeeds."""
        process = self.start(playbook, *words)
        output = process.communicate()[0]
        assert process.returncode == 0, output
        assert PASSWORD not in output + self._told()
        return [json.loads(line) for line in self._told().splitlines()]

    def refused(self, playbook, *words):
        """What the tasks of a run that fails reported (str)."""
        process = self.start(playbook, *words)
        output = process.communicate()[0]
        assert process.returncode != 0, output
        assert PASSWORD not in output + self._told()
        return self._told()

    def writes(self):
        """What took effect so far: ``[(operation, body), ...]``, the body as text."""
        entries = self.simulator.writes(applied=True)
        return [(entry["operation"], json.dumps(entry["body"], sort_keys=True)) for entry in entries]

    def _told(self):
        return self.results.read_text() if self.results.exists() else ""


def interrupt(process):
    """End a run as Ctrl-C does; what it printed.

    A worker that is ended while it holds the lock of a queue leaves ansible-core waiting for ever: then it is killed.
    """
    os.killpg(process.pid, signal.SIGINT)
    try:
        return process.communicate(timeout=30)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0]


def changes(results):
    """What changed (list of ``(task, steps, diff)``) in the results of a run."""
    return [(result["task"], result.get("steps"), result.get("diff")) for result in results if result.get("changed")]


def role(name, **variables):
    """Plays (list of dict) that run a role of the collection on localhost."""
    task = {"ansible.builtin.include_role": {"name": f"cegedim.cloud.{name}"}, "vars": variables}
    return [{"name": name, "hosts": "localhost", "gather_facts": False, "tasks": [{"name": f"Run {name}", **task}]}]


def four_runs(player, playbook, *words):
    """The rhythm: check mode first, the run, and both once more. The results of the first real run.

    Check mode sends nothing and predicts that something changes; afterwards nothing changes, and nothing is sent.
    """
    before = player.writes()
    assert changes(player.play(playbook, "--check", *words)), "check mode from nothing predicts nothing"
    assert player.writes() == before
    results = player.play(playbook, *words)
    assert changes(results)
    after = player.writes()
    assert after != before
    assert changes(player.play(playbook, *words)) == []
    assert changes(player.play(playbook, "--check", *words)) == []
    assert player.writes() == after
    assert player.simulator.violations() == []
    return results


def example_of(name):
    """The plays (list of dict) of the example in a role's README, which is its first block of YAML."""
    text = (ROOT / "roles" / name / "README.md").read_text()
    return yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])

# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole ``ansible-playbook`` commands against a simulator, timed, beside an empty module and an empty action plugin."""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY, ROUNDS = 2, 22, 3

EMPTY_MODULE = """\
from ansible.module_utils.basic import AnsibleModule

AnsibleModule(argument_spec={}, supports_check_mode=True).exit_json(changed=False)
"""
GET_MODULE = """\
import requests
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec={"url": {}}, supports_check_mode=True)
module.exit_json(changed=False, status=requests.Session().get(module.params["url"], timeout=10).status_code)
"""
EMPTY_ACTION = """\
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        return {**super().run(tmp, task_vars), "changed": False}
"""


class Bench:
    """A folder with the collection, an empty module and an empty action plugin, and a stored token."""

    def __init__(self, folder):
        self.folder = folder
        collections = folder / "ansible_collections"
        (collections / "cegedim").mkdir(parents=True)
        (collections / "cegedim" / "cloud").symlink_to(ROOT)
        plugins = collections / "bench" / "empty" / "plugins"
        for place, text in (
            ("modules/module.py", EMPTY_MODULE),
            ("modules/get.py", GET_MODULE),
            ("modules/action.py", EMPTY_MODULE),
            ("action/action.py", EMPTY_ACTION),
        ):
            (plugins / place).parent.mkdir(parents=True, exist_ok=True)
            (plugins / place).write_text(text)
        self.environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "XDG_RUNTIME_DIR": str(folder),
        }

    def play(self, task, times, **environment):
        """Run a playbook that does ``task`` that many times; the seconds of the whole command."""
        name, arguments = next(iter(task.items()))
        tasks = [
            json.loads(json.dumps({name: arguments}).replace("{{ item }}", "%s-%s" % (time.time(), number)))
            for number in range(times)
        ]
        return self.play_tasks(tasks, **environment)

    def play_tasks(self, tasks, **environment):
        """Run a playbook with these tasks; the seconds of the whole command."""
        return self.measured(tasks, **environment)[0]

    def measured(self, tasks, **environment):
        """The same, and the most memory that one of its processes has used, in MB."""
        playbook, output = self.folder / "play.json", self.folder / "output"
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
        command = [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook)]
        start = time.perf_counter()
        with output.open("w") as file:
            process = subprocess.Popen(command, env={**self.environment, **environment}, stdout=file, stderr=file)
            _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(output.read_text())
        return time.perf_counter() - start, usage.ru_maxrss / 1024

    def cost(self, task, **environment):
        """Milliseconds that one such task costs: the slope between many and few.

        ``task`` may be a function that gives it anew for each playbook.
        """
        slopes = []
        for _round in range(ROUNDS):
            few, many = (self.play(task() if callable(task) else task, times, **environment) for times in (FEW, MANY))
            slopes.append((many - few) / (MANY - FEW))
        return 1000 * statistics.median(slopes)


class Simulator:
    """A simulator in a process of its own."""

    def __init__(self, bench, latency, tls=False, action_seconds=None):
        self.bench, self.latency, self.tls, self.action_seconds = bench, latency, tls, action_seconds

    def __enter__(self):
        command = [sys.executable, "-m", "simulator", "--exit-with-parent", "--latency-ms", str(self.latency)]
        command += ["--tls", str(self.bench.folder)] if self.tls else []
        command += ["--action-seconds", str(self.action_seconds)] if self.action_seconds else []
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.settings = json.loads(self.process.stdout.readline())
        self.api_url, self.control_url = self.settings["api_url"], self.settings["control_url"]
        self.ca_path = self.settings.get("ca_path")
        for name in ("api_url", "token_url", "client_id", "client_secret"):
            self.bench.environment["ITCARE_" + name.upper()] = self.settings[name]
        self.numbers = itertools.count()
        self.names = self.more(1)
        return self

    def __exit__(self, *_problem):
        self.process.terminate()
        self.process.wait()

    def more(self, count, **fields):
        """The names of that many new instances, with these ``fields`` of their records."""
        names = ["BENCH%06d" % next(self.numbers) for _instance in range(count)]
        rows = [{"name": name, **fields} for name in names]
        made = requests.post(self.control_url + "/instances", json=rows, timeout=10, verify=self.ca_path or True)
        made.raise_for_status()
        return names

    def count(self, play):
        """What ``play()`` asked of the platform, in words."""
        requests.delete(self.control_url + "/journal", timeout=10)
        play()
        entries = self.journal()
        tokens = sum("/token" in entry["path"] for entry in entries)
        return "%d API calls, %d token calls" % (len(entries) - tokens, tokens)

    def journal(self):
        """What was asked of the platform since the journal was emptied (list of dict)."""
        return requests.get(self.control_url + "/journal", timeout=10).json()

    def token(self):
        """The value of an Authorization header."""
        given = self.settings
        answer = requests.post(
            given["token_url"],
            data={"grant_type": "client_credentials"},
            auth=(given["client_id"], given["client_secret"]),
            timeout=10,
            verify=self.ca_path or True,
        )
        return "Bearer " + answer.json()["access_token"]

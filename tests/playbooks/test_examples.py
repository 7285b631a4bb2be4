# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of every module's documentation run, one after the other, against the estate that they speak of."""

from __future__ import annotations

import ast
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
import yaml
from simulator import Simulator

ROOT = pathlib.Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("itcare_*.py"))
# What an example leaves to its reader.
VARIABLES = {
    "action_id": 70001,
    "estate": [{"module": "itcare_instance", "options": {"name": "QEBSHOP01"}}],  # of the example before
}
PASSWORD = "Correct-Horse-42!"  # the value of each variable that is named like one in a vault
# What an example takes for granted, beside the estate of the simulator: for which module, and a task that makes it.
BEFORE = {
    "itcare_postgresql_restore": {
        "cegedim.cloud.itcare_postgresql": {
            "name": "billingcopy",
            "service": "billing",
            "region": "EB",
            "network": "EB_1126_BACK3",
            "topology": "STANDALONE",
            "version": "15",
            "sizing": "2cpu4gb",
            "disk_size": 40,
            "admin_password": PASSWORD,
            "trigram": "bil",
            "allowed_replication_lag": 100,
        }
    }
}


def examples_of(module):
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text())
    assigned = [node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "EXAMPLES"]
    return yaml.safe_load(ast.literal_eval(assigned[0].value))


def play_of(module, simulator):
    """A play (dict) that puts the simulator back to its beginning, and runs the examples of a module."""
    reset = {"ansible.builtin.uri": {"url": simulator.control_url + "/reset", "method": "POST", "use_proxy": False}}
    before = [BEFORE[module]] if module in BEFORE else []
    return {
        "name": module,
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [reset, *before, *examples_of(module)],
    }


def variables_of(plays):
    return {**VARIABLES, **{name: PASSWORD for name in re.findall(r"vault_\w+", plays)}}


def examples_run(tmp_path):
    with Simulator(action_seconds=0.05) as simulator:
        playbook = tmp_path / "examples.json"  # JSON is YAML
        plays = json.dumps([play_of(module, simulator) for module in MODULES])
        playbook.write_text(plays)
        environment = {
            **os.environ,
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
            "XDG_RUNTIME_DIR": str(tmp_path),
            "ITCARE_API_URL": simulator.api_url,
            "ITCARE_TOKEN_URL": simulator.token_url,
            "ITCARE_CLIENT_ID": simulator.client_id,
            "ITCARE_CLIENT_SECRET": simulator.client_secret,
        }
        program = pathlib.Path(sys.executable).with_name("ansible-playbook")
        command = [sys.executable, program, playbook, "-e", json.dumps(variables_of(plays))]
        run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    played = [module for module in MODULES if f"PLAY [{module}]" in run.stdout]
    assert played == MODULES and all(examples_of(module) for module in MODULES)


if os.environ.get("ITCARE_FAST_LANE") != "0":  # otherwise each example would start a Python, for the same code
    test_examples_run = pytest.mark.smoke(examples_run)

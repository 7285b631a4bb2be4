# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the guide "GoPaaS" run, with either login."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from player import ROOT
from simulator.companions import GoPaaS

sys.path.insert(0, str(ROOT / "tests/tools"))
import pages  # noqa: E402

sys.path.pop(0)

BLOCKS = pages.run_by(__file__, "gopaas")


@pytest.fixture
def gopaas():
    with GoPaaS() as gopaas:
        yield gopaas


@pytest.mark.parametrize("login", ["login", "user_login"])
def test_guide(gopaas, tmp_path, login):
    (tmp_path / "contract.pdf").write_bytes(b"%PDF-1.7\n")
    account = {f"GOPAAS_{name.upper()}": value for name, value in getattr(gopaas, login).items()}
    environment = {
        **os.environ,
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "GOPAAS_URL": gopaas.url,
        **account,
    }
    environment.setdefault("ANSIBLE_COLLECTIONS_PATH", str(ROOT.parents[2]))
    tasks = [task for block in BLOCKS for task in yaml.safe_load(block.text)]
    playbook = tmp_path / "playbook.json"  # JSON is YAML
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    written = []
    for changes in (3, 0):
        done = subprocess.run(
            [sys.executable, Path(sys.executable).with_name("ansible-playbook"), playbook.name],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        assert not any(secret in done.stdout for secret in account.values() if len(secret) > 10), done.stdout
        written.append(len(gopaas.writes(applied=True)))
        assert f"changed={changes} " in done.stdout, done.stdout
    assert written == [3, 3]  # the items, the file and its name: a second time nothing
    assert gopaas.files[gopaas.tables["compte"]["7"]["logo"]] == b"%PDF-1.7\n"
    assert gopaas.violations() == []

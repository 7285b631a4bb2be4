# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the guide, of README.md and of the plugin's documentation work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

from ansible_collections.cegedim.cloud.plugins.lookup import itcare
from ansible_collections.cegedim.cloud.plugins.plugin_utils import info_rows

ROOT = Path(__file__).parents[4]
COLLECTIONS = Path(__file__).parents[7]
GUIDE = (ROOT / "docs/docsite/rst/lookup.rst").read_text()
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"\.\. code-block:: yaml(?:\+jinja)?\n\n((?:    .*\n|\n)+)", GUIDE)
EXAMPLES = [item for block in (*map(textwrap.dedent, BLOCKS), itcare.EXAMPLES) for item in yaml.safe_load(block)]
CALLS = r"(?:lookup|query)\(\s*'cegedim.cloud.itcare', '(\w+)'((?:[^()]|\([^()]*\))*)\)"


def test_examples_use_kinds_and_options_that_exist():
    for text in (GUIDE, README, itcare.EXAMPLES):
        calls = re.findall(CALLS, text)
        assert len(calls) > 1
        for kind, words in calls:
            assert set(re.findall(r"(\w+)=", words)) - {"result_key"} <= set(info_rows.kind_called(kind).words)


@pytest.mark.slow
def test_examples_work(sim, auth, tmp_path):
    plays = [one for one in EXAMPLES if "hosts" in one]
    tasks = [one for one in EXAMPLES if "hosts" not in one]
    assert plays and len(tasks) > 8
    (tmp_path / "examples.yml").write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}, *plays], width=1000)
    )
    account = {"vault_itcare_client_id": auth["client_id"], "vault_itcare_client_secret": auth["client_secret"]}
    (tmp_path / "account.yml").write_text(yaml.safe_dump(account))
    done = subprocess.run(
        [
            sys.executable,
            Path(sys.executable).with_name("ansible-playbook"),
            "--check",
            "-e",
            "@account.yml",
            "examples.yml",
        ],
        env={
            **os.environ,
            **{"ITCARE_" + name.upper(): str(value) for name, value in auth.items()},
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for shown in ("10.59.", "'application': 'billing'", "PRODUCTION", "EB", "true"):
        assert shown in done.stdout.replace('"', "'")


def test_login_is_documented_as_for_modules():
    documentation = yaml.safe_load(itcare.DOCUMENTATION)
    assert documentation["extends_documentation_fragment"] == ["cegedim.cloud.auth"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide on Cockpit ITSM: its account and its playbook, as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from ansible_collections.cegedim.cloud.plugins.module_utils.arguments import GROUPS

ROOT = Path(__file__).parents[4]
PATH = Path(__file__).parents[7]  # where the collections are
sys.path.insert(0, str(ROOT / "tests/tools"))
import pages  # noqa: E402

sys.path.pop(0)
ACCOUNT, CHANGE = (block.text for block in pages.run_by(__file__, "cockpit"))


def test_account_of_the_guide_is_all_that_there_is_to_give():
    named = set(re.findall(r"(COCKPIT_\w+)=", ACCOUNT))
    read = {option["fallback"][1][0] for option in GROUPS["cockpit_auth"].values()}
    assert named == {f"COCKPIT_{name}" for name in ("URL", "CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")}
    assert named <= read


def test_playbook_opens_a_change_once(cockpit, tmp_path):
    playbook = tmp_path / "change.yml"
    playbook.write_text(CHANGE)
    account = {f"COCKPIT_{name.upper()}": value for name, value in cockpit.login.items()}
    command = [sys.executable, "-m", "ansible.cli.playbook", str(playbook), "-e", "changes=/api/invented/changes"]
    for _run in range(2):
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            env={**os.environ, **account, "COCKPIT_URL": cockpit.url, "ANSIBLE_COLLECTIONS_PATH": str(PATH)},
        )
    assert [one["title"] for one in cockpit.changes] == ["Upgrade of the billing database"]

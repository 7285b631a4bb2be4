# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide on OpenvCloud: its account and its playbook, as they stand."""

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
ACCOUNT, MACHINE = (block.text for block in pages.run_by(__file__, "openvcloud"))


def test_account_of_the_guide_can_be_given():
    named = set(re.findall(r"(OVC_\w+)=", ACCOUNT))
    assert named == {"OVC_URL", "OVC_CLIENT_ID", "OVC_CLIENT_SECRET"}
    assert named <= {option["fallback"][1][0] for option in GROUPS["ovc_auth"].values()}


def test_playbook_makes_a_machine_that_can_be_reached(openvcloud, tmp_path):
    playbook = tmp_path / "machine.yml"
    playbook.write_text(MACHINE)
    account = {f"OVC_{name.upper()}": value for name, value in openvcloud.login.items()}
    environment = {**os.environ, **account, "OVC_URL": openvcloud.url, "ANSIBLE_COLLECTIONS_PATH": str(PATH)}
    command = [sys.executable, "-m", "ansible.cli.playbook", str(playbook)]
    for words, orders in ((["--check"], 0), ([], 4), ([], 0), (["--check"], 0)):
        openvcloud.journal.clear()
        subprocess.run([*command, *words], check=True, capture_output=True, env=environment)
        assert len(openvcloud.writes()) == orders
    assert any(row["publicPort"] == 2201 for rows in openvcloud.forwards.values() for row in rows)

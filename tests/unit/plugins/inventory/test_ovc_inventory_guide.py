# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide on the inventory of OpenvCloud, and the example of the plugin: the files and commands, as they stand."""

from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path

import pytest
import yaml

from ansible_collections.cegedim.cloud.plugins.inventory import ovc
from ansible_collections.cegedim.cloud.plugins.plugin_utils import ovc_hosts
from ansible_collections.cegedim.cloud.tests.unit.plugins.inventory.test_recipes import run

ROOT = Path(__file__).parents[4]
GUIDE = (ROOT / "docs/docsite/rst/openvcloud_inventory.rst").read_text()
BLOCKS = [
    (language, caption, textwrap.dedent(text))
    for language, caption, text in re.findall(
        r"\.\. code-block:: (\S+)\n    :caption: (\S+)\n\n((?:    .*\n|\n)+)", GUIDE
    )
]
FILES = {caption: text for language, caption, text in BLOCKS if language != "console"}
COMMANDS = [
    (caption, line[2:]) for language, caption, text in BLOCKS if language == "console" for line in text.split("\n")
]


def test_every_block_has_a_file():
    assert len(FILES) == GUIDE.count("code-block:: yaml") == 2


@pytest.mark.slow
@pytest.mark.parametrize("caption, command", [(caption, command) for caption, command in COMMANDS if command])
def test_command_of_the_page_works(ovc_login, tmp_path, monkeypatch, caption, command):
    (tmp_path / caption).write_text(FILES[caption])
    for name, value in ovc_login.items():
        monkeypatch.setenv("OVC_" + name.upper(), str(value))
    assert "web01" in run(tmp_path, *shlex.split(command)) or "2201" in run(tmp_path, *shlex.split(command))


@pytest.mark.parametrize("example", [*FILES.values(), ovc.EXAMPLES])
def test_example_works(ovc_inventory, example):
    found = ovc_inventory(**yaml.safe_load(example))
    assert "web01" in found.hosts and found.warnings == []


def test_forwarded_hosts_are_reached_as_the_page_says(ovc_inventory):
    found = ovc_inventory(**yaml.safe_load(FILES["forwarded.ovc.yml"]))
    connections = {name: found.vars(name)["ansible_connection"] for name in found.hosts}
    assert set(connections.values()) == {"ssh"}
    assert (found.vars("web01")["ansible_host"], found.vars("web01")["ansible_port"]) == ("203.0.113.10", 2201)


def test_guide_names_every_option_of_its_own():
    options = set(yaml.safe_load(ovc.DOCUMENTATION)["options"]) - set(ovc.CONNECTION) - {"plugin", "default_groups"}
    assert [name for name in options if "``%s" % name not in GUIDE] == []


def test_guide_names_every_group():
    assert [name for name in ovc_hosts.GROUPS if not re.search("``%s(_[A-Z]+)?``" % name, GUIDE)] == []

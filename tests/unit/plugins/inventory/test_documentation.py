# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the guide and of the plugin's documentation work, and the guide names what there is."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import yaml

from ansible_collections.cegedim.cloud.plugins.inventory import itcare

ROOT = Path(__file__).parents[4]
GUIDE = (ROOT / "docs/docsite/rst/inventory.rst").read_text()
BLOCKS = re.findall(r"\.\. code-block:: yaml(?:\+jinja)?\n\n((?:    .*\n|\n)+)", GUIDE)
EXAMPLES = [*map(textwrap.dedent, BLOCKS), itcare.EXAMPLES]


def test_there_are_examples():
    assert len(EXAMPLES) > 5


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_works(inventory, sim, auth, monkeypatch, tmp_path, example):
    secret = tmp_path / "secret"
    secret.write_text(auth["client_secret"])
    monkeypatch.setenv("MY_CLIENT_ID", auth["client_id"])
    options = yaml.safe_load(example.replace("/run/secrets/itcare", str(secret)).replace("~/.cache", str(tmp_path)))
    found = inventory(**options)
    assert "PEBBILL01" in [found.itcare(name)["name"] for name in found.hosts]
    assert found.warnings == []


def test_guide_names_every_default_group():
    table = GUIDE.partition("Entry of ``default_groups``")[2].partition("List the ones")[0]
    documented = yaml.safe_load(itcare.DOCUMENTATION)["options"]["default_groups"]
    assert documented["default"] == documented["choices"] == list(itcare.InventoryModule.GROUPS)
    for name in itcare.InventoryModule.GROUPS:
        assert "``%s``" % name in table


def test_guide_names_every_filter():
    for name in itcare.FILTERS:
        assert name in GUIDE or name.endswith("_status") or name == "included_in_patch_party"

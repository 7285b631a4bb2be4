# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-inventory`` as a command: it prints the same, word by word, as with ansible-core's own Constructable."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.cegedim.cloud.tests.unit.plugins.plugin_utils import test_inventory_constructed as made_up

COLLECTIONS = Path(__file__).parents[7]
SLOW = Path(__file__).parents[4] / "tests" / "benchmarks" / "inventory" / "slow.py"
PATHS = [
    "itcare.name", "itcare['name']", "itcare.status", "itcare.cpu", "itcare.missing", "itcare.network.name",
    "itcare.network.id", "itcare.tags", "itcare.tags.tier", "itcare.tags['cost-center']", "itcare.service_name",
    "itcare.patch_party.patch_group", "itcare.backup_status", "itcare.comment", "inventory_hostname", "ansible_host",
    "itcare.label_availability_zone", "itcare.network", "nowhere", "nowhere.at.all", "composed_0",
]  # fmt: skip
TAGS = [{"tier": "web"}, {"tier": "db", "cost-center": "équipe 1"}, {"1st": "{{ 7 * 7 }}"}, {}]


@pytest.fixture
def command(tmp_path):
    """``command(options, *words)``: what it prints and what it complains of (str) with these options in its file."""

    def run_command(options, *words):
        source = tmp_path / "some.itcare.yml"
        source.write_text(options if isinstance(options, str) else json.dumps(options))
        program = Path(sys.executable).with_name("ansible-inventory")
        done = subprocess.run(
            [sys.executable, program, "-i", source, *words],
            env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": "%s:%s" % (COLLECTIONS, tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    return run_command


@pytest.fixture
def listed(command, auth, tmp_path):
    """``listed(plugin, options)``: the same for ``--list``, with a plugin of that name."""
    plugins = tmp_path / "ansible_collections" / "bench" / "inventory" / "plugins" / "inventory"
    plugins.mkdir(parents=True)
    shutil.copy(SLOW, plugins)
    return lambda plugin, options: command({"plugin": plugin, **auth, **options}, "--list", "--export")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_list_is_what_it_is_with_ansible_core(sim, listed, monkeypatch, seed):
    chance = random.Random(seed)
    monkeypatch.setattr(made_up, "PATHS", PATHS)
    for number in range(12):
        tags = [{"tagKey": key, "tagValue": value} for key, value in chance.choice(TAGS).items()]
        sim.add_instance("HOST%02d" % number, tags=tags, comment=chance.choice(made_up.TEXTS))
    complaints = "Failed to parse"
    for _configuration in range(10):  # many of them are refused, alike by both
        if "Failed to parse" not in complaints:
            break
        options = {**made_up.configuration(chance), "strict": False, "duplicates": "suffix"}
        output, complaints = listed("cegedim.cloud.itcare", options)
        assert (output, complaints) == listed("bench.inventory.slow", options), options
    assert "HOST11" in output


@pytest.mark.slow
@pytest.mark.parametrize("where", ["in the file", "in extra variables"])
def test_vaulted_secret(sim, command, auth, tmp_path, where):
    vaulted = VaultLib([("default", VaultSecret(b"a-password"))]).encrypt(auth.pop("client_secret")).decode()
    (tmp_path / "password").write_text("a-password")
    vaulted = "!vault |\n" + "".join("  %s\n" % line for line in vaulted.splitlines())
    options = yaml.safe_dump({"plugin": "cegedim.cloud.itcare", "names": ["PEBBILL01"], **auth})
    words = ["--list", "--vault-password-file", tmp_path / "password"]
    if where == "in the file":
        options += "client_secret: " + vaulted
    else:
        options += "client_secret: '{{ mine }}'"
        (tmp_path / "mine.yml").write_text("mine: " + vaulted)
        words += ["-e", "@%s" % (tmp_path / "mine.yml")]
    output, complaints = command(options, *words)
    assert "PEBBILL01" in output, complaints
    assert sim.client_secret not in output + complaints

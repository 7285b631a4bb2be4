# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin as ansible-core runs it: from a file, with its options, into an inventory."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field

import pytest
import yaml
from ansible import constants as C
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache

from ansible_collections.cegedim.cloud.plugins.doc_fragments import inventory as shared
from ansible_collections.cegedim.cloud.plugins.inventory import itcare, ovc
from ansible_collections.cegedim.cloud.tests.simulator import companions

FRAGMENTS = (constructed, inventory_cache, shared)


@dataclass
class Parsed:
    """An inventory after one run, and the warnings of that run."""

    data: InventoryData
    warnings: list = field(default_factory=list)

    @property
    def hosts(self):
        return list(self.data.hosts)

    def vars(self, host):
        return self.data.hosts[host].vars

    def itcare(self, host):
        return self.vars(host)["itcare"]

    def ovc(self, host):
        return self.vars(host)["ovc"]

    def groups_of(self, host):
        return sorted(group.name for group in self.data.hosts[host].groups if group.name != "all")

    def members(self, group):
        return [host.name for host in self.data.groups[group].hosts]


@pytest.fixture(scope="session", autouse=True)
def definitions():
    """Tell ansible-core of the plugins' options, as its loader would."""
    for plugin in (itcare, ovc):
        options = {}
        for text in (*(fragment.ModuleDocFragment.DOCUMENTATION for fragment in FRAGMENTS), plugin.DOCUMENTATION):
            options.update(yaml.safe_load(text)["options"])
        C.config.initialize_plugin_configuration_definitions("inventory", plugin.InventoryModule.NAME, options)


@pytest.fixture
def parser(tmp_path, monkeypatch):
    """``parser(itcare, client_id=...)``: a function that parses a file for that plugin; see ``inventory``."""

    def parser(plugin_file, **defaults):
        def parse(flush=False, text=None, extra_vars=None, into=None, **options):
            plugin = plugin_file.InventoryModule()
            source = tmp_path / ("test." + plugin.ENDINGS[0])
            given = {"plugin": plugin.NAME, **defaults, **options}
            given = {name: value for name, value in given.items() if value is not None}
            source.write_text(text or yaml.safe_dump(given))
            plugin._load_name = plugin.ansible_name = plugin.NAME
            plugin._redirected_names = [plugin.NAME]
            parsed = Parsed(into or InventoryData())
            warn = parsed.warnings.append
            monkeypatch.setattr(plugin.display, "warning", lambda message, *args, **kwargs: warn(message))
            monkeypatch.setattr("ansible.plugins.inventory.load_extra_vars", lambda loader: extra_vars or {})
            assert plugin.verify_file(str(source))
            try:
                plugin.parse(parsed.data, DataLoader(), str(source), cache=not flush)
            finally:
                gc.unfreeze()  # else the next one looks for garbage in all that the tests have imported
            if options.get("cache"):
                plugin.update_cache_if_changed()
            parsed.data.reconcile_inventory()
            return parsed

        return parse

    return parser


@pytest.fixture
def inventory(auth, parser):
    """``inventory(services=["billing"])``: the Parsed inventory of a file with these options and those of the account.

    ``flush`` is what ``--flush-cache`` does; ``text`` is the whole file instead; ``into`` is an InventoryData that
    other sources have already filled.
    """
    return parser(itcare, duplicates="suffix", **auth)


@pytest.fixture
def cached(inventory, tmp_path):
    """The same with the cache of files."""

    def parse(**options):
        folder = str(tmp_path / "cache")
        return inventory(**{"cache": True, "cache_plugin": "jsonfile", "cache_connection": folder, **options})

    return parse


@pytest.fixture(scope="session")
def running_openvcloud():
    with companions.OpenvCloud() as openvcloud:
        yield openvcloud


@pytest.fixture
def cloud(running_openvcloud):
    """An OpenvCloud with fresh data; a request that breaks the documentation fails the test."""
    running_openvcloud.reset()
    running_openvcloud.tokens.revoke()
    yield running_openvcloud
    assert running_openvcloud.violations() == []


@pytest.fixture
def ovc_login(cloud):
    """The options that lead to the OpenvCloud."""
    return dict(cloud.login, url=cloud.url, retry_timeout=0.5)


@pytest.fixture
def ovc_inventory(ovc_login, parser):
    """The same as ``inventory`` for the OpenvCloud."""
    return parser(ovc, **ovc_login)


@pytest.fixture
def ovc_cached(ovc_inventory, tmp_path):
    """The same with the cache of files."""

    def parse(**options):
        folder = str(tmp_path / "cache")
        return ovc_inventory(**{"cache": True, "cache_plugin": "jsonfile", "cache_connection": folder, **options})

    return parse

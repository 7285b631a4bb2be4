# SPDX-License-Identifier: GPL-3.0-or-later
"""Each variable that a credential of AWX may inject is read by modules, by the inventory and by lookups.

The variables are those that the documentation of the login names. All three make their client of ``from_params``: what
arrives there is what counts.
"""

from __future__ import annotations

import importlib
import re

import pytest
import yaml
from ansible.errors import AnsibleError

from ansible_collections.cegedim.cloud.plugins.doc_fragments import auth
from ansible_collections.cegedim.cloud.plugins.lookup import itcare
from ansible_collections.cegedim.cloud.plugins.module_utils import client
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import CloudError
from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane, info_rows

OPTIONS = yaml.safe_load(auth.ModuleDocFragment.DOCUMENTATION)["options"]
VARIABLES = {
    name: re.search(r"Falls back to the environment variable E\((\w+)\)", " ".join(option["description"]))[1]
    for name, option in OPTIONS.items()
}
MODULES = sorted(path.stem for path in info_rows.MODULES.glob("itcare_*.py"))


def value_for(option):
    """A value that is not the default: as text for the environment, and as the option's type makes it."""
    if option.get("choices"):
        other = next(choice for choice in option["choices"] if choice != option["default"])
        return other, other
    other = {"bool": not option.get("default"), "float": 33.5, "int": 7, "path": "/etc/itcare.pem"}
    value = other.get(option["type"], "https://itcare.example.com/there")
    return str(value), value


@pytest.fixture
def arrived(monkeypatch):
    """``[(sender, params), ...]`` of the clients that were asked for; none is made."""
    seen = []

    def note(params, sender=None):
        seen.append((sender, params))
        raise CloudError("that is enough")

    monkeypatch.setattr(client, "from_params", note)
    info_rows.forget()
    return seen


def ask_module():
    module = importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules.itcare_region_info")
    assert fast_lane.run_here(module, {}, False)["msg"] == "that is enough"


def ask_lookup():
    with pytest.raises(AnsibleError, match="that is enough"):
        itcare.LookupModule().run(["regions"], variables={})


@pytest.mark.parametrize("name", VARIABLES)
def test_variable_is_read_by_modules_inventory_and_lookup(name, arrived, inventory, monkeypatch):
    def ask_inventory():
        with pytest.raises(AnsibleError, match="that is enough"):
            inventory(text="plugin: cegedim.cloud.itcare\n")

    text, value = value_for(OPTIONS[name])
    for ask in (ask_module, ask_inventory, ask_lookup):
        ask()
        monkeypatch.setenv(VARIABLES[name], text)
        info_rows.forget()
        ask()
        monkeypatch.delenv(VARIABLES[name])
        (sender, before), (same, after) = arrived[-2:]
        assert sender == same and after[name] == value
        assert before[name] == OPTIONS[name].get("default")
    assert len({sender for sender, _params in arrived}) == 3


@pytest.mark.parametrize("module", MODULES)
def test_every_module_reads_all_of_them(module):
    spec = importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules." + module).SPEC
    options = spec["argument_spec"]
    assert {name: options[name]["fallback"][1] for name in VARIABLES} == {
        name: [variable] for name, variable in VARIABLES.items()
    }

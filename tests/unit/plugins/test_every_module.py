# SPDX-License-Identifier: GPL-3.0-or-later
"""What meta/runtime.yml and the documentation say of the modules is true of all of them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import yaml

from ansible_collections.cegedim.cloud.plugins.module_utils.arguments import GROUPS
from ansible_collections.cegedim.cloud.plugins.plugin_utils.fast_lane import FastLane

ROOT = Path(__file__).parents[3]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("itcare_*.py"))
RUNTIME = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())


def module(name):
    return importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules." + name)


def documented_options(name):
    """The options in a module's own documentation and in the fragments that it extends."""
    documentation = yaml.safe_load(module(name).DOCUMENTATION)
    options = dict(documentation.get("options", {}))
    for fragment in documentation["extends_documentation_fragment"]:
        file = "ansible_collections.cegedim.cloud.plugins.doc_fragments." + fragment.rsplit(".", 1)[1]
        text = importlib.import_module(file).ModuleDocFragment.DOCUMENTATION
        options.update(yaml.safe_load(text).get("options", {}))
    return options


def test_there_are_modules():
    assert "itcare_instance" in MODULES


def test_action_group_has_every_module():
    assert sorted(RUNTIME["action_groups"]["itcare"]) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_its_fast_lane(name):
    action = importlib.import_module("ansible_collections.cegedim.cloud.plugins.action." + name)
    assert issubclass(action.ActionModule, FastLane)
    assert action.ActionModule.module is module(name)


def test_no_action_plugin_without_a_module():
    assert sorted(path.stem for path in (ROOT / "plugins/action").glob("*.py")) == MODULES


def test_no_module_is_redirected():
    assert "plugin_routing" not in RUNTIME  # ansible-lint would have users write the target's name


@pytest.mark.parametrize("name", MODULES)
def test_spec_and_documentation_agree(name):
    spec, documented = module(name).SPEC["argument_spec"], documented_options(name)
    assert sorted(spec) == sorted(documented)
    for option, argument in spec.items():
        assert argument.get("type", "str") == documented[option].get("type", "str"), option
        assert argument.get("default") == documented[option].get("default"), option
        assert argument.get("choices") == documented[option].get("choices"), option


@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_enter_and_check(name):
    assert set(GROUPS["auth"]) <= set(module(name).SPEC["argument_spec"])
    assert module(name).SPEC["supports_check_mode"] is True


def test_secrets_are_not_logged():
    secret = [name for name, argument in GROUPS["auth"].items() if argument.get("no_log")]
    assert secret == ["client_secret", "access_token", "proxy"]

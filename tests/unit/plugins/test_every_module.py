# SPDX-License-Identifier: GPL-3.0-or-later
"""What meta/runtime.yml and the documentation say of the modules is true of all of them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.cegedim.cloud.plugins.module_utils.arguments import GROUPS
from ansible_collections.cegedim.cloud.plugins.plugin_utils.fast_lane import FastLane

ROOT = Path(__file__).parents[3]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
SYSTEMS = sorted({name.partition("_")[0] for name in MODULES})
RUNTIME = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())


def module(name):
    return importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules." + name)


def auth_group(name):
    system = name.partition("_")[0]
    return "auth" if system == "itcare" else f"{system}_auth"


def documented_options(name):
    """The options in a module's own documentation and in the fragments that it extends."""
    documentation = yaml.safe_load(module(name).DOCUMENTATION)
    options = dict(documentation.get("options", {}))
    for fragment in documentation["extends_documentation_fragment"]:
        options.update(fragment_options(fragment.split(".")[2]))
    return options


def fragment_options(name):
    file = importlib.import_module("ansible_collections.cegedim.cloud.plugins.doc_fragments." + name)
    return yaml.safe_load(file.ModuleDocFragment.DOCUMENTATION).get("options", {})


def test_options_of_a_region_are_those_of_any_placement():
    placement, region = fragment_options("placement"), fragment_options("region")
    placement["region"]["description"] = region["region"]["description"]  # without a network to take it from
    assert region == {name: placement[name] for name in GROUPS["region"]}


def test_there_are_modules():
    assert "itcare_instance" in MODULES


def test_every_system_has_its_action_group():
    assert sorted(RUNTIME["action_groups"]) == SYSTEMS


PAGE = 70  # lines


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("itcare_")])
def test_code_of_a_module_is_a_page(name):
    """Below its documentation: options, and a run() that leaves the work to module_utils/."""
    text = (ROOT / "plugins/modules" / f"{name}.py").read_text()
    code = text.split('RETURN = r"""')[1].split('"""\n', 1)[1]
    assert len(code.splitlines()) <= PAGE


@pytest.mark.parametrize("system", SYSTEMS)
def test_action_group_has_every_module(system):
    wanted = [name for name in MODULES if name.startswith(system + "_")]
    assert sorted(RUNTIME["action_groups"][system]) == wanted


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
    assert all_aliases(spec) == all_aliases(documented, inner="suboptions")


def all_aliases(options, inner="options", path=()):
    """``[(path of the option, alias), ...]``, those of suboptions among them."""
    found = []
    for name, option in options.items():
        found += [((*path, name), alias) for alias in option.get("aliases", ())]
        found += all_aliases(option.get(inner) or {}, inner, (*path, name))
    return sorted(found)


ALIASES = [(name, path, alias) for name in MODULES for path, alias in all_aliases(module(name).SPEC["argument_spec"])]
SOME_VALUE = dict(str="text", int=1, float=1.5, bool=True, list=["1"], dict={"key": "value"})


def some_value(option):
    if option.get("elements") == "dict":
        return []
    return option["choices"][0] if option.get("choices") else SOME_VALUE[option.get("type", "str")]


def task_with(spec, path, word, value):
    """The arguments of a task that gives what is required, and ``value`` at ``path``, where the option is called
    ``word``."""
    given = {name: some_value(option) for name, option in spec.items() if option.get("required") and name != path[0]}
    if len(path) == 1:
        return {**given, word: value}
    option = spec[path[0]]
    row = task_with(option["options"], path[1:], word, value)
    return {**given, path[0]: [row] if option.get("type") == "list" else row}


def option_at(spec, path):
    return option_at(spec[path[0]]["options"], path[1:]) if len(path) > 1 else spec[path[0]]


def value_at(params, path):
    for name in path:
        params = params[0] if isinstance(params, list) else params
        params = params[name]
    return params


def test_there_are_aliases():
    assert ("itcare_k8s_cluster", ("nodes", "availability_zone"), "az") in ALIASES


@pytest.mark.parametrize("name, path, alias", ALIASES)
def test_alias_is_the_same_as_its_option(name, path, alias):
    spec = module(name).SPEC["argument_spec"]
    value = some_value(option_at(spec, path))
    read = [ArgumentSpecValidator(spec).validate(task_with(spec, path, word, value)) for word in (path[-1], alias)]
    assert [one.error_messages for one in read] == [[], []]
    by_option, by_alias = (value_at(one.validated_parameters, path) for one in read)
    assert by_option is not None and by_alias == by_option


@pytest.mark.parametrize("name", MODULES)
def test_rules_between_options_do_not_name_an_alias(name):
    """AnsibleModule counts the words that the task uses, so a rule by alias would miss the option's own name."""
    spec = module(name).SPEC
    relations = ("mutually_exclusive", "required_one_of", "required_together")
    named = {option for relation in relations for options in spec.get(relation, ()) for option in options}
    assert named <= set(spec["argument_spec"])


@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_enter_and_check(name):
    assert set(GROUPS[auth_group(name)]) <= set(module(name).SPEC["argument_spec"])
    assert module(name).SPEC["supports_check_mode"] is True


def test_secrets_are_not_logged():
    secret = [name for name, argument in GROUPS["auth"].items() if argument.get("no_log")]
    assert secret == ["client_secret", "access_token", "proxy"]

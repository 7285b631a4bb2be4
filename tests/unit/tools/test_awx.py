# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX is told of the collection follows from the argument specifications and the options of an account."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.cegedim.cloud.plugins.inventory import itcare as inventory
from ansible_collections.cegedim.cloud.plugins.module_utils import arguments
from ansible_collections.cegedim.cloud.tests.awx import controller

ROOT = Path(__file__).resolve().parents[3]
MODULES = "ansible_collections.cegedim.cloud.plugins.modules."
ROLES = [path.parents[1].name for path in sorted(ROOT.glob("roles/*/meta/argument_specs.yml"))]


class Reader(yaml.SafeLoader):
    """Reads ``!unsafe`` as a text."""


Reader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
WRITTEN = yaml.load((ROOT / "roles/awx/vars/main/generated.yml").read_text(), Loader=Reader)
INJECTED = WRITTEN["__awx_injectors"]["env"]
FIELDS = {one["id"]: one for one in WRITTEN["__awx_inputs"]["fields"]}


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("awx_tool", ROOT / "tests/tools/awx.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The credential type


def variables_of(documentation):
    """The environment variables (set) of ITCare that a plugin reads."""
    options = yaml.safe_load(documentation)["options"].values()
    return {one["name"] for option in options for one in option.get("env", []) if one["name"].startswith("ITCARE_")}


def test_every_variable_is_read_by_modules_inventory_and_lookup():
    by_modules = {option["fallback"][1][0] for option in arguments.spec("auth").values()}
    documented = set(re.findall(r"``(ITCARE_\w+)``", (ROOT / "docs/docsite/rst/authentication.rst").read_text()))
    assert set(INJECTED) == by_modules == documented
    assert set(INJECTED) <= variables_of(inventory.DOCUMENTATION)
    assert set(FIELDS) == set(arguments.GROUPS["auth"])
    # the lookup plugin takes the arguments of the info modules
    kinds = [
        importlib.import_module(MODULES + path.stem) for path in (ROOT / "plugins/modules").glob("itcare_*_info.py")
    ]
    assert kinds
    for module in kinds:
        assert by_modules <= {
            option.get("fallback", [None, [None]])[1][0] for option in module.SPEC["argument_spec"].values()
        }


def test_secrets_are_secrets():
    assert {name for name, field in FIELDS.items() if field.get("secret")} == {"client_secret", "access_token", "proxy"}


def test_what_is_not_given_has_the_value_that_it_has_without_awx():
    """AWX injects an empty text for it, which a module would take for a value that is no number, and no truth."""
    kept = controller.Controller()
    try:
        kind = kept.created(
            "credential_types",
            name="t",
            kind="cloud",
            inputs=WRITTEN["__awx_inputs"],
            injectors=WRITTEN["__awx_injectors"],
        )
        kept.created("credentials", name="c", credential_type=kind, inputs={})
        env = kept.environment_of("c")
    finally:
        kept._server.server_close()
    for option in arguments.GROUPS["auth"].values():
        value = env[option["fallback"][1][0]]
        if "default" not in option:
            assert value == ""
        elif option["type"] == "bool":
            assert value == {True: "true", False: "false"}[option["default"]]
        else:
            assert type(option["default"])(value) == option["default"]


def test_no_input_is_a_boolean():
    """AWX takes one that is not given for false: certificates would not be verified."""
    assert {field["type"] for field in FIELDS.values()} == {"string"}
    assert FIELDS["validate_certs"]["choices"] == ["true", "false"]


# Surveys


@pytest.mark.parametrize(
    ("option", "asked"),
    [
        ({"type": "str"}, {"variable": "survey_fleet_x", "type": "text"}),
        ({}, {"variable": "survey_fleet_x", "type": "text"}),
        ({"type": "str", "default": "a"}, {"type": "text", "default": "a"}),
        ({"type": "str", "required": True}, {"type": "text", "required": True}),
        ({"type": "int", "default": 3}, {"variable": "fleet_x", "type": "integer", "default": 3}),
        ({"type": "float", "default": 1.5}, {"variable": "fleet_x", "type": "float", "default": 1.5}),
        (
            {"type": "str", "choices": ["a", "b"], "default": "a"},
            {"variable": "survey_fleet_x", "type": "multiplechoice", "choices": ["a", "b"], "default": "a"},
        ),
        (
            {"type": "int", "choices": [1, 2], "default": 2},
            {"variable": "survey_yaml_fleet_x", "type": "multiplechoice", "choices": ["1", "2"], "default": "2"},
        ),
        (
            {"type": "bool", "default": False},
            {
                "variable": "survey_yaml_fleet_x",
                "type": "multiplechoice",
                "choices": ["true", "false"],
                "default": "false",
            },
        ),
        (
            {"type": "list", "elements": "str", "choices": ["a", "b"], "default": ["a", "b"]},
            {"variable": "survey_fleet_x", "type": "multiselect", "choices": ["a", "b"], "default": "a\nb"},
        ),
        (
            {"type": "list", "elements": "int", "choices": [1, 2], "default": [2]},
            {"variable": "survey_yaml_fleet_x", "type": "multiselect", "choices": ["1", "2"], "default": "2"},
        ),
        (
            {"type": "list", "elements": "str", "default": ["a", "b"]},
            {"variable": "survey_lines_fleet_x", "type": "textarea", "default": "a\nb"},
        ),
        ({"type": "list", "elements": "int", "default": [1]}, {"variable": "survey_yaml_fleet_x", "default": "- 1\n"}),
        (
            {"type": "dict", "default": {"a": 1}},
            {"variable": "survey_yaml_fleet_x", "type": "textarea", "default": "a: 1\n"},
        ),
        ({"type": "str", "no_log": True}, {"variable": "survey_secret_fleet_x", "type": "password"}),
    ],
)
def test_question_for_an_option(tool, option, asked):
    found = tool.question("fleet", "fleet_x", {"description": "What it is.", **option})
    assert {name: found[name] for name in asked} == asked
    assert found["required"] is option.get("required", False)
    controller.check_survey({"name": "", "description": "", "spec": [found]})


@pytest.mark.parametrize("empty", ["", [], {}, None])
def test_empty_default_is_none(tool, empty):
    """AWX would give an empty text to the job."""
    assert "default" not in tool.question("fleet", "fleet_x", {"description": "What it is.", "default": empty})


def test_words_of_a_question_are_plain(tool):
    found = tool.question(
        "fleet", "fleet_dns_name", {"description": ["See O(fleet_x) and V(a).", "C(b)\n  follows."], "type": "dict"}
    )
    assert found["question_name"] == "DNS name"
    assert found["question_description"] == "See fleet_x and a. b follows. In YAML."


@pytest.mark.parametrize("role", [name for name in ROLES if name != "awx"])
def test_every_role_has_a_survey_that_awx_accepts_and_a_playbook(role):
    survey = WRITTEN["__awx_surveys"][role]
    controller.check_survey(survey)
    options = yaml.safe_load((ROOT / "roles" / role / "meta/argument_specs.yml").read_text())["argument_specs"]["main"][
        "options"
    ]
    asked = [re.sub("^survey_(lines_|yaml_|secret_)?", "", one["variable"]) for one in survey["spec"]]
    assert asked == list(options)
    (play,) = yaml.safe_load((ROOT / "playbooks" / f"{role}.yml").read_text())
    first = play["tasks"][0]
    assert first["ansible.builtin.import_tasks"] == "tasks/survey.yml"
    assert f"cegedim.cloud.{role}" in str(play)


def test_defaults_of_surveys_are_right_answers():
    for role, survey in WRITTEN["__awx_surveys"].items():
        answers = {
            one["variable"]: one["default"].splitlines() if one["type"] == "multiselect" else one["default"]
            for one in survey["spec"]
            if "default" in one
        }
        wrong = [controller.wrong_answer({**one, "required": False}, answers) for one in survey["spec"]]
        assert not any(wrong), role


def test_a_playbook_is_written_once(tool):
    spec = {"short_description": "A fleet", "options": {}}
    text = tool.playbook("instance_fleet", spec)
    (play,) = yaml.safe_load(text)
    assert play["name"] == "Instance fleet" and text.startswith("---\n# A fleet. The README")

# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every role: one description of its variables, and an example that a test can run."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

ROLES = sorted(path for path in (pathlib.Path(__file__).parents[3] / "roles").glob("*") if path.is_dir())

pytestmark = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def read(path):
    return yaml.safe_load(path.read_text())


def options_of(role):
    return read(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]


def test_entry_point_is_described(role):
    specs = read(role / "meta" / "argument_specs.yml")["argument_specs"]
    assert list(specs) == ["main"]
    assert specs["main"]["short_description"] and specs["main"]["description"]
    assert all(option["description"] for option in specs["main"]["options"].values())


def test_galaxy_shows_what_it_is_for(role):
    """Its importer reads the description here, and warns without one."""
    short = read(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["short_description"]
    assert read(role / "meta" / "main.yml")["galaxy_info"]["description"] == short


def test_defaults_are_those_that_are_described(role):
    described = {name: option["default"] for name, option in options_of(role).items() if "default" in option}
    defaults = role / "defaults" / "main.yml"
    assert (read(defaults) if defaults.exists() else {}) == described


def test_options_carry_the_name_of_the_role(role):
    assert all(name.startswith(f"{role.name}_") for name in options_of(role))


def test_first_task_looks_for_misspelled_variables(role):
    """Ansible says nothing about a variable that nobody reads."""
    first = read(role / "tasks" / "main.yml")[0]
    asked = f"'^{role.name}_') | cegedim.cloud.misspelled_variables('{role.name}')"
    assert asked in " ".join(first["vars"][f"__{role.name}_misspelled"].split())
    assert first["ansible.builtin.assert"]["that"] == f"__{role.name}_misspelled | length == 0"


def test_required_options_have_no_default(role):
    assert not [name for name, option in options_of(role).items() if option.get("required") and "default" in option]


def test_no_variable_is_read_that_nobody_can_know(role):
    """What the tasks read below the role's prefix is an option, or set or registered by the role itself."""
    tasks = "".join(path.read_text() for path in sorted((role / "tasks").glob("*.yml")))
    used = set(re.findall(rf"\b{role.name}_\w+", re.sub(r"^\s*#.*$", "", tasks, flags=re.M)))
    own = set(re.findall(rf"^\s*({role.name}_\w+):", tasks, flags=re.M))
    own |= set(re.findall(rf"(?:register|loop_var|index_var|name): ({role.name}_\w+)", tasks))
    variables = role / "vars" / "main.yml"
    own |= set(read(variables) or {}) if variables.exists() else set()
    files = {path.stem for path in (role / "tasks").glob("*.yml")}
    assert used - own - files - set(options_of(role)) == set()


def test_readme_has_an_example_that_can_run(role):
    text = (role / "README.md").read_text()
    assert text.startswith(f"# {role.name}\n")
    plays = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])
    assert f"cegedim.cloud.{role.name}" in str(plays)
    used = set(re.findall(rf"\b{role.name}_\w+", str(plays)))
    tasks = "".join(path.read_text() for path in sorted((role / "tasks").glob("*.yml")))
    facts = set(re.findall(rf"^    ({role.name}_\w+):", tasks, flags=re.M))  # what the role returns
    assert used <= set(options_of(role)) | facts


def test_a_test_runs_it(role):
    test = ROLES[0].parents[1] / "tests" / "playbooks" / "roles" / f"test_{role.name}.py"
    assert f'example_of("{role.name}")' in test.read_text()

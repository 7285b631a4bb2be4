# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Ansible community requires of a collection, as far as it can be read from the files; and the page on it."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/docsite/rst/inclusion.rst").read_text()
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text())
MODULES = sorted((ROOT / "plugins/modules").glob("itcare_*.py"))
PLUGINS = [path for folder in ("filter", "inventory", "lookup") for path in (ROOT / "plugins" / folder).glob("*.py")]
ALLOWED = {"action", "doc_fragments", "filter", "inventory", "lookup", "module_utils", "modules", "plugin_utils"}
READS = {"get", "info", "list", "query", "read", "show", "gathered"}


def documentation(path):
    """The DOCUMENTATION (dict) of a module or plugin, or {} where it has none."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "DOCUMENTATION":
            return yaml.safe_load(node.value.value)
    return {}


DOCUMENTED = {path: documentation(path) for path in [*MODULES, *PLUGINS]}
DOCUMENTED = {path: found for path, found in DOCUMENTED.items() if found}


def rows():
    """``[(point, state, kept by), ...]`` of the page."""
    cells = re.findall(r"^    \* - (.*)\n      - (.*)\n      -(.*)$", PAGE, re.M)
    return [tuple(cell.strip() for cell in row) for row in cells[1:]]


def test_each_point_has_a_state_and_names_what_keeps_it():
    assert len(rows()) >= 25
    assert {state for _point, state, _kept in rows()} == {"met", "open"}
    assert [point for point, state, kept in rows() if state == "met" and "``" not in kept] == []


def test_what_keeps_a_point_exists():
    # The tooling needs a newer Python than the oldest ansible-core.
    newer = filter(None, map(shutil.which, ("python3.13", "python3.12", "python3.11")))
    python = next(newer, None) if sys.version_info < (3, 11) else sys.executable
    command = [python, "-B", ROOT / "tests/tools/check.py", "--list"]
    checks = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    known = {line.split()[0] for line in checks.splitlines()}
    named = {name for _point, _state, kept in rows() for name in re.findall(r"``([^`]+)``", kept)}
    assert named
    assert [name for name in named if name not in known and not (ROOT / name).exists()] == []


def test_plugins_are_in_allowed_directories():
    assert {path.name for path in (ROOT / "plugins").iterdir() if path.name != "__pycache__"} <= ALLOWED


def test_modules_that_only_read_have_such_names_and_check_mode():
    for path in MODULES:
        options = DOCUMENTED[path].get("options", {})
        assert not READS & set(options.get("state", {}).get("choices", ())), path.name
        assert "ansible_facts" not in path.read_text(), path.name
        if path.stem.endswith("_info"):
            module = importlib.import_module(f"ansible_collections.cegedim.cloud.plugins.modules.{path.stem}")
            assert "state" not in options and module.SPEC["supports_check_mode"], path.name


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: path.stem)
def test_version_added_is_one_of_the_collection(path):
    released = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text())["releases"]
    assert str(DOCUMENTED[path]["version_added"]) in {*released, GALAXY["version"]}


def test_version_of_options_and_roles_is_one_of_the_collection():
    released = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text())["releases"]
    files = [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "roles").glob("*/meta/argument_specs.yml")]
    files += (ROOT / "tests/tools/new_product").glob("*.in")
    found = {
        (path.name, version)
        for path in files
        for version in re.findall(r"^\s*version_added: ['\"]?([\d.]+)", path.read_text(), re.M)
    }
    assert {
        path.parts[-3] for path in files if path.stem == "argument_specs" and "version_added" in path.read_text()
    } == {path.name for path in (ROOT / "roles").iterdir()}
    assert sorted(one for one in found if one[1] not in {*released, GALAXY["version"]}) == []


def test_requirements_on_ansible_and_python_are_told():
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())
    assert re.fullmatch(r">=2\.\d+\.0", runtime["requires_ansible"])
    oldest = yaml.safe_load((ROOT / "tests/config.yml").read_text())["modules"]["python_requires"].lstrip(">=")
    assert f"Python {oldest}" in (ROOT / "README.md").read_text()
    fragment = (ROOT / "plugins/doc_fragments/auth.py").read_text()
    assert f"  - python >= {oldest}\n" in fragment
    without = [path.stem for path, found in DOCUMENTED.items() if path in MODULES if not _has_fragment(found, "auth")]
    assert without == []


def _has_fragment(found, name):
    return f"cegedim.cloud.{name}" in found["extends_documentation_fragment"]


def test_licenses_are_stated():
    assert GALAXY["license"] == ["GPL-3.0-or-later"]
    assert "GNU GENERAL PUBLIC LICENSE\n                       Version 3" in (ROOT / "LICENSE").read_text()
    files = [path for folder in ("plugins", "extensions") for path in (ROOT / folder).rglob("*.py")]
    stated = "SPDX-License-Identifier: GPL-3.0-or-later"
    assert [path.name for path in files if path.stat().st_size and stated not in path.read_text()[:200]] == []


def test_what_says_that_nothing_is_published_is_in_the_list_of_what_to_change():
    releasing = (ROOT / "docs/docsite/rst/releasing.rst").read_text().partition("Before the first publication")[2]
    says = re.compile(r"collection is not (?:published|on Ansible Galaxy)")
    pages = [*(ROOT / "docs/docsite/rst").glob("*.rst"), *ROOT.glob("*.md")]
    named = [path for path in pages if says.search(re.sub(r"\s+", " ", path.read_text()))]
    assert len(named) >= 4
    assert [path.name for path in named if path.stem not in releasing] == []


def test_contributing_conduct_and_security_are_explained():
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    for words in ("pull requests", "bug reports", "feature requests", "no contributor license agreement"):
        assert words in re.sub(r"\s+", " ", contributing).lower()
    conduct = (ROOT / "CODE_OF_CONDUCT.md").read_text()
    assert "https://docs.ansible.com/projects/ansible/latest/community/code_of_conduct.html" in conduct
    assert {"CODE_OF_CONDUCT.md", "SECURITY.md"} <= set(re.findall(r"[A-Z_]+\.md", contributing))
    # No contact is made up.
    for name in ("CODE_OF_CONDUCT.md", "SECURITY.md"):
        assert "@" not in (ROOT / name).read_text()


def test_no_dependencies_and_tags():
    assert GALAXY["dependencies"] == {} and GALAXY["tags"]

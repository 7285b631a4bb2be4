# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: what it declares is what the plugins import, and ansible-builder takes it."""

from __future__ import annotations

import ast
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from conftest import PROGRAMS, ROOT

sys.path.insert(0, str(ROOT / "tests/tools"))
import pages  # noqa: E402

sys.path.pop(0)

DEFINITION = ROOT / "extensions" / "execution_environment" / "execution-environment.yml"
# What is not installed with pip: Python's own, Ansible, and the collection itself.
PROVIDED = {*sys.stdlib_module_names, "ansible", "ansible_collections"}
BY_ANSIBLE = {"jinja2", "yaml"}  # come with ansible-core, for plugins that run in Ansible itself
MODULE_CODE = ("modules", "module_utils")
BUILD, CREATE = map(pages.script, pages.run_by(__file__, "execution_environment"))
(DECISIONS,) = pages.run_by(__file__, "events")


def imports():
    """``{top-level module: {paths that import it}}``."""
    found = {}
    for path in [path for folder in ("plugins", "extensions") for path in (ROOT / folder).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                found.setdefault(name.partition(".")[0], set()).add(path.relative_to(ROOT))
    return found


def requirements():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return {re.match(r"[\w.-]+", line)[0] for line in lines if line and not line.startswith("#")}


def test_requirements_are_what_the_plugins_import():
    foreign = {name: paths for name, paths in imports().items() if name not in PROVIDED}
    of_ansible = {path for name in BY_ANSIBLE for path in foreign.pop(name, ())}
    assert not [path for path in of_ansible if path.parts[1] in MODULE_CODE]
    assert set(foreign) == requirements()


def test_collection_declares_its_requirements(installed):
    told = subprocess.run(
        [PROGRAMS / "ansible-builder", "introspect", installed], check=True, capture_output=True, text=True
    ).stdout
    declared = yaml.safe_load(told)
    assert {re.match(r"[\w.-]+", line)[0] for line in declared["python"]} == requirements()
    assert declared["system"] == []


def test_definition_makes_a_build_context_that_installs_the_tarball(tarball, tmp_path):
    recipe = recipe_of(DEFINITION.read_text(), tarball, tmp_path)
    # The names come from the build's context, into the directory in which Galaxy's requirements are installed.
    assert re.search(r"COPY _build /build\nWORKDIR /build\n", recipe)
    assert 'ARG EE_BASE_IMAGE="docker.io/redhat/ubi9:latest"' in recipe  # what --build-arg replaces


def test_decision_environment_of_the_guide_installs_the_tarball(tarball, tmp_path):
    assert "ansible-rulebook:latest" in recipe_of(DECISIONS.text, tarball, tmp_path)


def recipe_of(definition, tarball, directory):
    """What ansible-builder makes of a definition, as the guide says, with the tarball in its context."""
    (directory / DEFINITION.name).write_text(definition)
    shutil.copy(tarball, directory)
    run(CREATE, directory, directory)
    context = directory / "context"
    (wanted,) = yaml.safe_load((context / "_build" / "requirements.yml").read_text())["collections"]
    assert (context / "_build" / wanted["name"]).read_bytes() == tarball.read_bytes()
    return (context / "Containerfile").read_text()


def run(script, directory, home):
    """Commands of the guide, with the programs of this environment."""
    environment = {"HOME": str(home), "PATH": f"{PROGRAMS}:/usr/bin:/bin"}
    subprocess.run(["bash", "-e", "-c", script], cwd=directory, env=environment, check=True, capture_output=True)


def test_definition_asks_for_the_supported_ansible_core():
    supported = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["requires_ansible"]
    core = yaml.safe_load(DEFINITION.read_text())["dependencies"]["ansible_core"]["package_pip"]
    assert supported.startswith(core.replace("ansible-core", ""))


@pytest.fixture(scope="module")
def tarball(tmp_path_factory):
    """The collection as the guide builds it; but a checkout is not written to."""
    place = tmp_path_factory.mktemp("tarball")
    run(BUILD.replace("extensions/execution_environment", str(place)), ROOT, place)
    (made,) = place.glob("cegedim-cloud-*.tar.gz")
    return made


@pytest.fixture(scope="module")
def installed(tarball):
    place = tarball.parent / "collections"
    galaxy(tarball.parent, "install", tarball, "--collections-path", place, "--offline")
    return place


def galaxy(home: pathlib.Path, *words):
    command = [sys.executable, PROGRAMS / "ansible-galaxy", "collection", *words]
    environment = {"HOME": str(home), "PATH": str(PROGRAMS)}
    subprocess.run(command, env=environment, check=True, capture_output=True)

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

DEFINITION = ROOT / "extensions" / "execution_environment" / "execution-environment.yml"
# What is not installed with pip: Python's own, Ansible, and the collection itself.
PROVIDED = {*sys.stdlib_module_names, "ansible", "ansible_collections"}
BY_ANSIBLE = {"jinja2", "yaml"}  # come with ansible-core, for plugins that run in Ansible itself
MODULE_CODE = ("modules", "module_utils")


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
    place = tmp_path / "definition"
    place.mkdir()
    shutil.copy(DEFINITION, place)
    shutil.copy(tarball, place)
    create = [PROGRAMS / "ansible-builder", "create", "--file", DEFINITION.name, "--output-filename", "Containerfile"]
    subprocess.run(create, cwd=place, check=True, capture_output=True)
    context = place / "context"
    (wanted,) = yaml.safe_load((context / "_build" / "requirements.yml").read_text())["collections"]
    assert (context / "_build" / wanted["name"]).read_bytes() == tarball.read_bytes()
    recipe = (context / "Containerfile").read_text()
    # The names come from the build's context, into the directory in which Galaxy's requirements are installed.
    assert re.search(r"COPY _build /build\nWORKDIR /build\n", recipe)
    assert 'ARG EE_BASE_IMAGE="docker.io/redhat/ubi9:latest"' in recipe  # what --build-arg replaces


def test_definition_asks_for_the_supported_ansible_core():
    supported = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["requires_ansible"]
    core = yaml.safe_load(DEFINITION.read_text())["dependencies"]["ansible_core"]["package_pip"]
    assert supported.startswith(core.replace("ansible-core", ""))


@pytest.fixture(scope="module")
def tarball(tmp_path_factory):
    """The collection as `ansible-galaxy collection build` makes it."""
    place = tmp_path_factory.mktemp("tarball")
    galaxy(place, "build", ROOT, "--output-path", place)
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

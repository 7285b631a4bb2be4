# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball, built from a checkout in which much else lies, and an empty directory in which it is used."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest
import static
from simulator import Simulator

ROOT = pathlib.Path(__file__).parents[2]
PROGRAMS = pathlib.Path(sys.executable).parent
COLLECTION = pathlib.Path("ansible_collections/cegedim/cloud")

STRAYS = (
    ".DS_Store",
    ".cache/logs/build.log",
    ".env",
    ".idea/workspace.xml",
    ".venv/lib/secrets.py",
    ".vscode/settings.json",
    "ansible.cfg",
    "cegedim-cloud-0.9.0.tar.gz",
    "changelogs/.plugin-cache.yaml",
    "docs/docsite/.env",
    "docs/notes.md",
    "extensions/eda/rulebooks/mine.yml",
    "extensions/execution_environment/cegedim-cloud-0.9.0.tar.gz",
    "extensions/execution_environment/context/Containerfile",
    "id_ed25519",
    "inventories/production.itcare.yml",
    "inventory.ini",
    "meta/secrets.yml",
    "notes.md",
    "notes/todo.txt",
    "playbooks/.env",
    "playbooks/group_vars/all.yml",
    "playbooks/mine.yml",
    "playbooks/secrets.yml",
    "playbooks/vars/production.yml",
    "plugins/modules/.itcare_tag.py",
    "plugins/modules/__pycache__/itcare_tag.cpython-313.pyc",
    "plugins/modules/itcare_tag.py~",
    "plugins/notes.md",
    "requirements-mine.txt",
    "roles/instance_fleet/.vault",
    "roles/instance_fleet/secrets.yml",
    "roles/instance_fleet/tasks/.main.yml.swp",
    "roles/instance_fleet/vars/vault.yml",
    "secrets.yml",
    "tests/integration/integration_config.yml",
    "tests/output/coverage/data",
    "vault-password",
)


class Place:
    """A directory in which somebody uses the collection, with nothing in it but what is put there."""

    def __init__(self, directory, **variables):
        self.directory = directory
        self.variables = {
            "PATH": os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", os.defpath)]),
            "HOME": str(directory),
            "XDG_RUNTIME_DIR": str(directory),
            "ANSIBLE_COLLECTIONS_PATH": str(directory / "collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            **{name: value for name, value in os.environ.items() if name == "ITCARE_SIMULATOR_COVERAGE"},
            **variables,
        }

    @property
    def collection(self):
        return self.directory / "collections" / COLLECTION

    def run(self, *words, code=0, **variables):
        """What a command says (str) that ends with this exit code. Programs are those of the environment."""
        done = subprocess.run(
            [str(word) for word in words],
            cwd=self.directory,
            env={**self.variables, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """A checkout in which somebody works: with files of their own, private ones among them."""
    tree = tmp_path_factory.mktemp("checkout") / COLLECTION
    of_tools = shutil.ignore_patterns(".git", ".cache", ".build", "__pycache__")  # large, where there are any
    shutil.copytree(ROOT, tree, ignore=of_tools, symlinks=True)
    for name in STRAYS:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("private\n")
    return tree


@pytest.fixture(scope="session")
def tarball(checkout, tmp_path_factory):
    """The package, as `make build` makes it."""
    place = Place(tmp_path_factory.mktemp("build"))
    tree = place.directory / "tree"
    shutil.copytree(checkout, tree)
    static.prepare(tree)
    place.run("ansible-galaxy", "collection", "build", tree, "--output-path", place.directory)
    (made,) = place.directory.glob("*.tar.gz")
    return made


@pytest.fixture(scope="session")
def installed(tarball, tmp_path_factory):
    """A Place with the collection installed from the tarball."""
    place = Place(tmp_path_factory.mktemp("empty"))
    place.run("ansible-galaxy", "collection", "install", tarball, "-p", "collections", "--offline")
    return place


@pytest.fixture(scope="session")
def used(installed, tmp_path_factory):
    """The same with a simulator, and only those four directories of the collection that what users call may need."""
    directory = tmp_path_factory.mktemp("used")
    shutil.copytree(installed.directory / "collections", directory / "collections")
    with Simulator(action_seconds=0.05) as simulator:
        place = Place(
            directory,
            ITCARE_API_URL=simulator.api_url,
            ITCARE_TOKEN_URL=simulator.token_url,
            ITCARE_CLIENT_ID=simulator.client_id,
            ITCARE_CLIENT_SECRET=simulator.client_secret,
        )
        for path in place.collection.iterdir():
            if path.name not in ("meta", "playbooks", "plugins", "roles"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        yield place
        assert simulator.violations() == []

# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the tarball, file by file, and what Galaxy shows of it."""

from __future__ import annotations

import json
import re
import tarfile

import pytest
import yaml
from conftest import ROOT, STRAYS

SHIPPED = ("docs/docsite/rst", "extensions", "inventories", "meta", "playbooks", "plugins", "roles")
SINGLE = {
    "CHANGELOG.rst",
    "CODE_OF_CONDUCT.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "changelogs/changelog.yaml",
    "docs/docsite/extra-docs.yml",
    "docs/docsite/links.yml",
    "requirements.txt",
}
MADE = {"MANIFEST.json", "FILES.json"}
# The module that creates each product: what the description calls it, and its tag.
PRODUCTS = {
    "itcare_instance": ("virtual instances", "virtual_machines"),
    "itcare_postgresql": ("PostgreSQL", "postgresql"),
    "itcare_mariadb": ("MariaDB", "mariadb"),
    "itcare_sqlserver": ("SQL Server", "sqlserver"),
    "itcare_redis": ("Redis", "redis"),
    "itcare_opensearch": ("OpenSearch", "opensearch"),
    "itcare_rabbitmq": ("RabbitMQ", "rabbitmq"),
    "itcare_kafka": ("Apache Kafka", "kafka"),
    "itcare_glusterfs": ("GlusterFS", "glusterfs"),
    "itcare_overdrive": ("OverDrive", "overdrive"),
    "itcare_matomo": ("Matomo", "matomo"),
    "itcare_k8s_cluster": ("Kubernetes", "kubernetes"),
    "itcare_loadbalancer": ("load balancers", "loadbalancer"),
}
# The first word of the modules of each other system: what the description calls it, and its tag.
SYSTEMS = {
    "cockpit": ("Cockpit ITSM", "cockpit"),
    "gopaas": ("GoPaaS", "gopaas"),
    "ovc": ("OpenvCloud", "openvcloud"),
}
OF_PRODUCTS = {  # belong to a product, or to all
    "itcare_action",
    "itcare_api",
    "itcare_batch",
    "itcare_comment",
    "itcare_dns_alias",
    "itcare_estate",
    "itcare_instance_snapshot",
    "itcare_loadbalancer_member",
    "itcare_loadbalancer_url",
    "itcare_patch_policy",
    "itcare_postgresql_restore",
    "itcare_tag",
}


@pytest.fixture(scope="module")
def contents(tarball):
    """``{path: text (bytes)}`` of the files in the tarball."""
    with tarfile.open(tarball) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


@pytest.fixture(scope="module")
def metadata(contents):
    return json.loads(contents["MANIFEST.json"])["collection_info"]


def test_package_has_the_files_of_the_checkout_and_no_other(contents):
    of_folders = {
        str(path.relative_to(ROOT))
        for folder in SHIPPED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected = of_folders | SINGLE | MADE
    assert sorted(set(contents) - expected) == []
    assert sorted(expected - set(contents)) == [], "galaxy.yml does not list them"


def test_nothing_private_is_in_it(contents):
    assert set(contents) & set(STRAYS) == set()
    assert [name for name, text in contents.items() if text == b"private\n"] == []


def test_only_the_readme_differs_from_the_checkout(contents):
    differing = {name for name in set(contents) - MADE if contents[name] != (ROOT / name).read_bytes()}
    assert differing == {"README.md"}


def test_checkout_is_built_by_hand_as_well(checkout, installed, contents, tmp_path):
    installed.run("ansible-galaxy", "collection", "build", checkout, "--output-path", tmp_path)
    (made,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        assert {member.name for member in archive if member.isfile()} == set(contents)


def test_readme_of_the_package_needs_no_checkout(contents):
    readme = contents["README.md"].decode()
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    assert "demo" in targets
    assert [target for target in targets if re.search(rf"(`|\$ )make {target}\b", readme)] == []
    assert "<!--" not in readme and "](#" in readme
    sections = re.findall(r"^## (.*)", readme, re.M)
    links = re.findall(r"\]\(#([\w-]+)\)", readme)
    assert set(links) <= {section.lower().replace(" ", "-") for section in sections}
    of_checkout = (ROOT / "README.md").read_text()
    assert "make demo" in of_checkout and "make test" in of_checkout
    assert set(re.findall(r"^## (.*)", of_checkout, re.M)) >= set(sections) >= {"Install", "Modules", "License"}


def test_readme_and_guides_name_this_version(metadata):
    """The name of the tarball, wherever it stands."""
    paths = [ROOT / "README.md", *(ROOT / "docs/docsite/rst").glob("*.rst"), *(ROOT / "extensions").rglob("*.yml")]
    named = {
        (path.name, version)
        for path in paths
        for version in re.findall(r"cegedim-cloud-([\d.]+)\.tar", path.read_text())
    }
    assert len(named) >= 3
    assert {version for _name, version in named} == {metadata["version"]}


def test_description_and_tags_name_every_product(metadata):
    creating = {path.stem for path in (ROOT / "plugins/modules").glob("itcare_*.py") if not path.stem.endswith("_info")}
    assert creating == set(PRODUCTS) | OF_PRODUCTS, "a product needs its words here and in galaxy.yml"
    systems = {path.stem.partition("_")[0] for path in (ROOT / "plugins/modules").glob("*.py")} - {"itcare"}
    assert systems <= set(SYSTEMS), "a system needs its words here and in galaxy.yml"
    named = [*PRODUCTS.values(), *SYSTEMS.values()]
    assert [words for words, _tag in named if words not in metadata["description"]] == []
    assert [tag for _words, tag in named if tag not in metadata["tags"]] == []
    assert len(metadata["tags"]) <= 20


def test_each_button_on_galaxy_leads_to_a_page(metadata):
    """To pages that exist. Who publishes adds the addresses of the repository and of its issues here."""
    buttons = {key: metadata[key] for key in ("repository", "documentation", "homepage", "issues") if metadata[key]}
    assert buttons == {"repository": "https://api.cegedim.cloud/", "homepage": "https://api.cegedim.cloud/"}
    links = yaml.safe_load((ROOT / "docs/docsite/links.yml").read_text())
    assert {link["url"] for link in links["extra_links"]} <= set(buttons.values())

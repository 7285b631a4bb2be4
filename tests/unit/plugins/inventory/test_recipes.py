# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of the guide: their files are written as the page has them, and the commands of the page are run."""

from __future__ import annotations

import datetime
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml
from jinja2.sandbox import SandboxedEnvironment

ROOT = Path(__file__).parents[4]
COLLECTIONS = Path(__file__).parents[7]
PAGE = (ROOT / "docs/docsite/rst/inventory.rst").read_text().partition("\nRecipes\n---")[2]
BLOCKS = [
    (language, caption, textwrap.dedent(text))
    for language, caption, text in re.findall(
        r"\.\. code-block:: (\S+)\n    :caption: (\S+)\n\n((?:    .*\n|\n)+)", PAGE
    )
]
FILES = {caption: text for language, caption, text in BLOCKS if language.startswith("yaml")}
COMMANDS = [
    (caption, line[2:])
    for language, caption, text in BLOCKS
    if language == "console"
    for line in text.splitlines()
    if line
]
OUTPUTS = {caption: json.loads(text) for language, caption, text in BLOCKS if language == "json"}

pytestmark = pytest.mark.slow


@pytest.fixture
def recipes(sim, auth, tmp_path, monkeypatch):
    """A directory with the files of all recipes; the environment has the account, under the names they use."""
    for caption, text in FILES.items():
        (tmp_path / caption).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / caption).write_text(text)
    for name, value in auth.items():
        monkeypatch.setenv("ITCARE_" + name.upper(), str(value))
    for account in ("RETAIL", "HEALTH"):
        monkeypatch.setenv(account + "_CLIENT_ID", auth["client_id"])
        monkeypatch.setenv(account + "_CLIENT_SECRET", auth["client_secret"])
    return tmp_path


def run(directory, *words, **environment):
    """What a command prints; it succeeds and warns of nothing."""
    done = subprocess.run(
        [sys.executable, Path(sys.executable).with_name(words[0]), *words[1:]],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            **environment,
        },
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return done.stdout


def listed(recipes, source):
    """Groups and hosts of an inventory: ``({group: [host, ...]}, {host: variables})``, text as plain text."""
    found = plain(json.loads(run(recipes, "ansible-inventory", "-i", source, "--list", "--export")))
    hostvars = found.pop("_meta")["hostvars"]
    return {name: group.get("hosts", []) for name, group in found.items()}, hostvars


def plain(value):
    if isinstance(value, dict) and set(value) == {"__ansible_unsafe"}:
        return value["__ansible_unsafe"]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def test_every_file_is_a_recipe_that_is_tested_here():
    source = Path(__file__).read_text()
    assert len(FILES) >= 10
    for caption in FILES:
        assert '"%s' % caption.split("/")[0] in source, caption


@pytest.mark.parametrize("caption, command", COMMANDS)
def test_command_of_the_page_works(sim, recipes, caption, command):
    ends = "%d-12-31T00:00:00.000Z" % datetime.date.today().year
    sim.add_instance("PEBBILL99", backupStatus=False, endOfSupportAt=ends)
    folder = recipes / Path(caption).parent
    output = run(folder, *shlex.split(command))
    assert "PEBBILL" in output or "UETPORT01" in output


def test_production_without_backup_or_monitoring(sim, recipes):
    sim.add_instance("NOBACKUP", backupStatus=False)
    sim.add_instance("UNWATCHED", monitoringEnabled=False)
    sim.add_instance("NEITHER", service="billing-qa", backupStatus=False)
    groups, hosts = listed(recipes, "unprotected.itcare.yml")
    assert sorted(hosts) == ["NOBACKUP", "UNWATCHED"]
    assert (groups["without_backup"], groups["without_monitoring"]) == (["NOBACKUP"], ["UNWATCHED"])
    assert groups["service_billing"] == ["NOBACKUP", "UNWATCHED"]


def test_machine_of_which_nothing_is_known_counts_as_unprotected(sim, recipes):
    sim.add_instance("UNKNOWN", backupStatus=None)
    groups, _hosts = listed(recipes, "unprotected.itcare.yml")
    assert groups["without_backup"] == ["UNKNOWN"]


def test_obsolete_platforms(sim, recipes):
    sim.add_instance("ANCIENT", supportPhase="END_OF_SUPPORT", endOfSupportAt="2020-06-30T00:00:00.000Z")
    sim.add_instance("UNKNOWN", supportPhase=None, endOfSupportAt=None)
    groups, hosts = listed(recipes, "obsolete.itcare.yml")
    assert groups["support_END_OF_SUPPORT"] == ["ANCIENT"]
    assert groups["support_EXTENDED"] == groups["product_Debian_11"] == ["UETPORT01"]
    assert groups["support_unknown"] == ["UNKNOWN"]
    assert {name: variables["support_ends"] for name, variables in hosts.items()} == {
        "ANCIENT": "2020-06-30",
        "UETPORT01": "2031-12-31",
        "UNKNOWN": "unknown",
    }


def test_machines_that_lose_support_this_year(sim, recipes):
    year = datetime.date.today().year
    sim.add_instance("SOON", endOfSupportAt="%d-12-31T00:00:00.000Z" % year)
    sim.add_instance("LATER", endOfSupportAt="%d-01-31T00:00:00.000Z" % (year + 1))
    sim.add_instance("UNKNOWN", endOfSupportAt=None)
    groups, hosts = listed(recipes, "this_year.itcare.yml")
    assert list(hosts) == ["SOON"] and groups["service_billing"] == ["SOON"]
    assert hosts["SOON"]["support_ends"] == "%d-12-31" % year


@pytest.mark.parametrize("number", [2, "2"])
def test_machines_of_a_patch_group(sim, recipes, number):
    sim.add_instance("GROUP2", patchParty={"excluded": False, "patchGroup": number})
    sim.add_instance("GROUP1", patchParty={"excluded": False, "patchGroup": "1"})
    sim.add_instance("EXCLUDED", patchParty={"excluded": True, "patchGroup": "2"})
    _groups, hosts = listed(recipes, "patch_group_2.itcare.yml")
    assert sorted(hosts) == ["GROUP2", "QEBBILL01"]


def test_group_for_each_patch_group(sim, recipes):
    groups, hosts = listed(recipes, "patch_groups.itcare.yml")
    assert groups["patch_group_2"] == ["QEBBILL01"]
    assert "PEBBILL01" in groups["patch_group_none"]
    assert "PEBBILLW01" not in hosts


def test_group_for_each_load_balancer(sim, recipes):
    groups, _hosts = listed(recipes, "behind.itcare.yml")
    assert groups["load_balancer_billing_acme_example"] == ["PEBBILL01", "PEBBILL02"]
    assert "PEBBILL03" in groups["behind_none"] and "PEBBILL01" not in groups["behind_none"]


def test_several_accounts(sim, recipes):
    groups, hosts = listed(recipes, "accounts")
    assert {"PEBBILL01.retail", "PEBBILL01.health"} <= set(hosts)
    assert hosts["PEBBILL01.health"]["itcare_account"] == "health"
    assert len(groups["account_retail"]) == len(groups["account_health"]) == len(hosts) / 2


def test_each_file_uses_its_own_account(sim, recipes, monkeypatch):
    monkeypatch.setenv("HEALTH_CLIENT_SECRET", "not-that-one")
    monkeypatch.setenv("ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED", "true")
    assert "PEBBILL01.retail" in listed(recipes, "accounts/retail.itcare.yml")[1]
    with pytest.raises(AssertionError, match="refused the login"):
        listed(recipes, "accounts/health.itcare.yml")


def test_group_vars_by_tag(sim, recipes):
    _groups, hosts = listed(recipes, "by_tag")
    assert hosts["PEBBILL02"].get("http_port") is None
    shown = json.loads(run(recipes, "ansible-inventory", "-i", "by_tag", "--host", "PEBBILL01"))
    assert shown["http_port"] == 8080


# AWX


class Reader(yaml.SafeLoader):
    """Reads ``!unsafe`` as a text."""


Reader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def as_awx_runs_it(recipes, auth, monkeypatch):
    """The output of an update in AWX: the credential type's variables are in the environment, and no others."""
    written = yaml.load((ROOT / "roles/awx/vars/main/generated.yml").read_text(), Loader=Reader)
    fields, variables = written["__awx_inputs"]["fields"], written["__awx_injectors"]["env"]
    given = {field["id"]: str(auth[field["id"]]) for field in fields if field["id"] in auth}
    for name in ("ITCARE_" + name.upper() for name in auth):
        monkeypatch.delenv(name)
    injected = {name: SandboxedEnvironment().from_string(text).render(given) for name, text in variables.items()}
    (command,) = [line for caption, line in COMMANDS if caption == "awx/production.itcare.yml"]
    return plain(json.loads(run(recipes / "awx", *shlex.split(command), **injected)))


def holds(found, expected):
    """Whether all that is ``expected`` is in what was ``found``, at the same places."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(key in found and holds(found[key], one) for key, one in expected.items())
    return found == expected or (isinstance(expected, list) and set(expected) <= set(found))


def test_awx_update_gives_what_the_page_shows(sim, auth, recipes, monkeypatch):
    found = as_awx_runs_it(recipes, auth, monkeypatch)
    assert holds(found, OUTPUTS["awx/production.itcare.yml"])


def test_awx_finds_the_enabled_variable(sim, auth, recipes, monkeypatch):
    assert "``itcare.status`` and ``ACTIVE``" in PAGE
    assert "enabled_var: itcare.status" in (ROOT / "roles/awx/tasks/present.yml").read_text()
    hosts = as_awx_runs_it(recipes, auth, monkeypatch)["_meta"]["hostvars"]
    assert hosts["PEBBILL01"]["itcare"]["status"] == "ACTIVE"
    assert hosts["PEBBILL03"]["itcare"]["status"] == "INACTIVE"

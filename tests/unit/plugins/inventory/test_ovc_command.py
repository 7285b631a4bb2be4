# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-inventory`` as a command with an OpenvCloud, and texts of the platform, which are never run."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.cegedim.cloud.tests.unit.plugins.inventory import test_itcare_trust
from ansible_collections.cegedim.cloud.tests.unit.plugins.inventory.test_itcare_trust import (
    RISKY,
    run,
    texts,
    trusted_text,
)
from ansible_collections.cegedim.cloud.tests.unit.plugins.inventory.test_recipes import plain

trap = test_itcare_trust.trap  # a fixture


@pytest.fixture
def source(ovc_login, tmp_path):
    """``source(cloudspaces=["web"])``: a file with these options and those of the login."""

    def write(**options):
        file = tmp_path / "some.ovc.yml"
        file.write_text(yaml.safe_dump({"plugin": "cegedim.cloud.ovc", **ovc_login, **options}))
        return file

    return write


def evil(cloud, text):
    row = cloud.add_machine("evil", next(iter(cloud.cloudspaces.values())), 31, vcpus=1, memory=512, description=text)
    row["hostname"] = text
    return row


def test_list(cloud, source):
    found = json.loads(run("ansible-inventory", "-i", source(connect_by=["port_forward", "address"]), "--list"))
    hosts = plain(found["_meta"]["hostvars"])
    assert sorted(hosts) == ["db01", "new01", "web01", "web02", "win01"]
    assert (hosts["web01"]["ansible_host"], hosts["web01"]["ansible_port"]) == ("203.0.113.10", 2201)
    assert hosts["web01"]["ovc"]["forward"]["local_port"] == 22
    assert sorted(found["cloudspace_web"]["hosts"]) == ["db01", "web01", "web02"]
    assert sorted(found["ovc"]["hosts"]) == sorted(hosts)
    assert "__ansible_unsafe" not in json.dumps(found)


def test_text_is_never_run_by_the_command(cloud, source, trap):
    file, call = trap
    evil(cloud, "{{ %s }}" % call)
    made = {"compose": {"copy": "ovc.description", "host": "'x' ~ ovc.hostname"}, "keyed_groups": [{"key": "copy"}]}
    options = {"gather": ["details"], "strict": True, **made, "include": "ovc.hostname != 'run'"}
    for words in (["--list"], ["--host", "evil"], ["--graph", "--vars"]):
        assert "touch" in run("ansible-inventory", "-i", source(names=["evil"], **options), *words)
    assert not file.exists()


@pytest.mark.parametrize("number", range(len(RISKY)))
def test_text_is_never_run_by_a_template_that_reads_it(ovc_inventory, cloud, trap, number):
    file, call = trap
    text = texts(call)[number]
    evil(cloud, text)
    composed = {"copy": "ovc.description", "longer": "'x' ~ ovc.description"}
    found = ovc_inventory(names=["evil"], gather=["details"], compose=composed, exclude="ovc.description == 'run'")
    variables = found.vars("evil")
    assert variables["ovc"]["description"] == variables["copy"] == text
    templar = Templar(loader=DataLoader(), variables=variables)
    for template in ("{{ ovc.description }}", "{{ ovc.hostname }}", "{{ copy }}"):
        result = templar.template(trusted_text(template))
        assert templar.template(result) == result == text
    templar.template(trusted_text("{{ ovc }}{{ longer }}"))
    assert not file.exists()


def test_options_of_the_login_may_be_templates(cloud, ovc_inventory, monkeypatch):
    monkeypatch.setenv("SOME_SECRET", cloud.login["client_secret"])
    found = ovc_inventory(
        client_secret="{{ lookup('env', 'SOME_SECRET') }}",
        client_id="{{ mine }}",
        extra_vars={"mine": cloud.login["client_id"]},
    )
    assert len(found.hosts) == 5


def test_login_of_the_environment(cloud, ovc_login, ovc_inventory, monkeypatch):
    for name, value in ovc_login.items():
        monkeypatch.setenv("OVC_" + name.upper(), str(value))
    assert len(ovc_inventory(**dict.fromkeys(ovc_login)).hosts) == 5


def test_refused_login_shows_no_secret(cloud, ovc_inventory):
    with pytest.raises(Exception) as failure:
        ovc_inventory(client_secret="something-else-entirely", token_store=False)
    assert "refused the login" in str(failure.value) and "something-else-entirely" not in str(failure.value)

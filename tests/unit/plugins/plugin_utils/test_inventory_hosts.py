# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of many rows are what those of one are, names need not be looked at twice, and little is loaded for them."""

from __future__ import annotations

import copy
import re
import subprocess
import sys

import pytest

from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_hosts, inventory_trust

# In one expression, which takes far longer where `lookup` is there again and again.
RISKY = re.compile(r"""[{]|\A\s*#|#jinja2|\b(?:lookup|query|q)\b.*\(|["'].*\\""", re.S)
BASE = "ansible_collections.cegedim.cloud.plugins.plugin_utils."


def row(number, **more):
    return {
        "id": number,
        "serviceName": "billing",
        "area": {"isDefault": True, "zones": [{"zoneId": "A"}]},
        "network": {"ipAddress": "10.0.0.%d" % number, "dnsServers": [{"aliasName": "x"}, ["y"], 1], "note": "{{ 1 }}"},
        "loadbalancers": [],
        "nothing": None,
        **more,
    }


def test_what_rows_have_alike_makes_no_difference():
    records = inventory_hosts.Records(inventory_trust.Texts())
    rows = [row(number, **({"otherKey": [number, True]} if number % 7 == 0 else {})) for number in range(2500)]
    found = [records.of(one) for one in copy.deepcopy(rows)]
    assert repr(found) == repr([inventory_hosts.Records(inventory_trust.Texts()).plain(one) for one in rows])
    assert found[0]["area"] is found[-1]["area"]
    assert found[0]["network"]["dns_servers"] is found[-1]["network"]["dns_servers"]


def test_what_is_equal_for_python_only_stays_apart():
    records = inventory_hosts.Records(inventory_trust.Texts())
    found = [records.of({"id": 1, "a": value}) for value in ([1], [True], [1.0], {"k": 1}, {"k": True})]
    assert [repr(one["a"]) for one in found] == ["[1]", "[True]", "[1.0]", "{'k': 1}", "{'k': True}"]


@pytest.mark.parametrize("name", ["web", "web-1.example", "_x", "1st", "10.0.0.1", "a.", "a-"])
def test_a_plain_name_is_taken_as_it_is(name):
    assert inventory_hosts.selectable(name) == name


@pytest.mark.parametrize(
    "name", ["", "-x", ".", "..", "a/b", "a\\b", "a\nb", "web\n", "é", "équipe", " a", "a b", "a:b", "[a]", "::1", "a$"]
)
def test_the_short_way_leads_to_the_same_name(name, monkeypatch):
    found = inventory_hosts.selectable(name)
    monkeypatch.setattr(inventory_hosts, "PLAIN_NAME", inventory_hosts.re.compile(r"(?!)"))
    assert inventory_hosts.selectable(name) == found


@pytest.mark.parametrize("start", ["", "x", "\n ", "q", "lookup", "'", "\\", '("', "C:\\q"])
@pytest.mark.parametrize(
    "end", ["", "{", "{{ x }}", "#", "#jinja2:", "(", "('x')", " ('x')", "{% x %}", "}", ")", "'#'", "\\x7b", "'\\"]
)
def test_the_short_look_at_a_text_finds_what_is_risky(start, end):
    assert inventory_trust.is_risky(start + end) == bool(RISKY.search(start + end))


def test_hosts_are_made_without_what_sends_requests():
    modules = ["inventory_plugin", "itcare_hosts", "ovc_hosts"]
    code = "import sys\n%s\nsys.exit('transport' in str(sorted(sys.modules)))"
    code %= "\n".join("import %s%s" % (BASE, module) for module in modules)
    found = subprocess.run([sys.executable, "-c", code], check=False, env={"PYTHONPATH": ":".join(sys.path)})
    assert found.returncode == 0

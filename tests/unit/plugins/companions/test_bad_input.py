# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be right is told before anything is sent, by every module of the companion systems."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins import test_every_module

# A task of each module that would do something.
TASKS = {
    "cockpit_api": {"method": "POST", "path": "/api/invented/changes", "body": {"title": "x"}},
    "cockpit_dashboard_info": {},
    "gopaas_file": {"table": "compte", "src": __file__, "item_key": "C-0001", "field": "logo"},
    "gopaas_item_info": {"table": "compte", "id": "7"},
    "gopaas_items": {"table": "serveur", "view": "13", "items": [{"cle": "A"}]},
    "gopaas_list_info": {"view": "12"},
    "ovc_cloudspace": {"account": "acme", "name": "shop", "location": "ch-gen-dc01"},
    "ovc_disk": {"account": "acme", "name": "archive", "location": "ch-gen-dc01", "size": 5},
    "ovc_info": {"gather": ["machines"]},
    "ovc_machine": {"cloudspace": "web", "name": "app01", "image": "31", "size": "1", "disk_size": 10},
    "ovc_port_forward": {"cloudspace": "web", "public_port": 443, "machine": "web01", "local_port": 443},
}
NOBODY = {"token_store": False}
SYSTEMS = {"cockpit": "cockpit", "gopaas": "gopaas", "ovc": "openvcloud"}
CHECK = pytest.mark.parametrize("check", [False, True], ids=["run", "check"])


def of(prefix):
    return [module for module in TASKS if module.startswith(prefix + "_")]


@pytest.fixture
def system(request, module):
    return request.getfixturevalue(SYSTEMS[module.partition("_")[0]])


@pytest.fixture
def told(system, module, run_on):
    """``told(check, login, **options)``: what the task says when it fails; nothing was sent for it."""

    def told(check, login=None, **options):
        result = run_on(system, login)(module, check=check, **{**TASKS[module], **options})
        assert result["failed"] and not result.get("changed")
        assert system.journal.entries() == []
        return result["msg"]

    return told


def test_every_module_is_here():
    assert set(TASKS) == {name for name in test_every_module.MODULES if not name.startswith("itcare_")}


@CHECK
@pytest.mark.parametrize("module", TASKS)
def test_the_task_is_one(system, module, run_on, check):
    """What is told below is told of the bad input only."""
    assert not run_on(system)(module, check=check, **TASKS[module]).get("failed")


@CHECK
@pytest.mark.parametrize("module", TASKS)
@pytest.mark.parametrize("url", ["http://portal.example.com", "HTTP://portal.example.com:8080/app"])
def test_http_without_saying_so(told, check, module, url):
    assert told(check, url=url) == (
        "url: %s would send secrets in clear; use https (or, where there is none, set allow_http)" % url
    )


@CHECK
@pytest.mark.parametrize("module", of("ovc"))
def test_http_of_the_identity_server(told, check, module):
    text = "token_url: http://id.example.com/x would send secrets in clear"
    assert told(check, token_url="http://id.example.com/x").startswith(text)


@CHECK
@pytest.mark.parametrize("module", TASKS)
@pytest.mark.parametrize("url", ["portal.example.com", "https://", "https://u:p@x.example", "https://x\r\nX-A: 1"])
def test_address_that_is_none(told, check, module, url):
    assert told(check, url=url).startswith("url: ")


@CHECK
@pytest.mark.parametrize("module", TASKS)
@pytest.mark.parametrize("option", ["client_id", "client_secret"])
def test_line_break_in_the_client(told, check, module, option):
    """They go into a header, with Basic, or into a form."""
    said = told(check, **{option: "one\r\nX-Other: two-4711"})
    assert said == "%s: it holds control characters, such as a line end, inside" % option


@CHECK
@pytest.mark.parametrize("module", of("cockpit"))
@pytest.mark.parametrize("option", ["username", "password"])
def test_line_break_in_the_operator(told, check, module, option):
    assert told(check, **{option: "one\ntwo-4711"}).startswith("%s: it holds control characters" % option)


@CHECK
@pytest.mark.parametrize("module", of("gopaas"))
def test_line_break_in_the_token_of_a_user(told, check, module):
    said = told(check, login=NOBODY, bearer_token="one\r\nX-Other: two-4711")
    assert said.startswith("bearer_token: it holds blanks, control or special characters") and "4711" not in said


@CHECK
@pytest.mark.parametrize("module", TASKS)
def test_no_login(told, check, module):
    assert "missing: client_id" in (said := told(check, login=NOBODY)) or "there is no login" in said


@CHECK
@pytest.mark.parametrize("module", of("ovc"))
@pytest.mark.parametrize(
    "seconds, claims, words",
    [
        (600, {"globalid": "acme.ops"}, "it is of the organization acme.ops, and the platform knows users only"),
        (-1, {"username": "operator"}, "it expired at 20"),
        (600, {}, "it is of nobody (no claim username)"),
    ],
)
def test_jwt_of_an_organization_or_an_old_one(told, system, check, module, seconds, claims, words):
    said = told(check, login={"access_token": system.jwt(seconds, **claims)})
    assert said.startswith("access_token: " + words)


@CHECK
@pytest.mark.parametrize("module", of("ovc"))
def test_key_of_an_organization(system, run_on, check, module):
    """Only its JWT tells; it is not sent to the platform."""
    result = run_on(system, system.organization_login)(module, check=check, **TASKS[module])
    assert "it is of the organization acme.operations, and the platform knows users only" in result["msg"]
    assert system.requests() == [] and len(system.token_requests()) == 1


@CHECK
@pytest.mark.parametrize(
    "module, options, words",
    [
        ("gopaas_list_info", {"text_search": "a\r\nX-Other: 1"}, "text_search: "),
        ("gopaas_list_info", {"search": [{"field": "nom", "value": "a\r\nX-Other: 1"}]}, "search: the value"),
        ("gopaas_list_info", {"search": [{"field": "nom\n", "value": "a"}]}, "search: the field"),
        ("gopaas_list_info", {"view": "12\r\n"}, "view: "),
        ("gopaas_items", {"view": "13\n"}, "view: "),
        ("gopaas_items", {"table": "serveur\r\nX: 1"}, "table: "),
        ("gopaas_items", {"items": [{"cle": "A"}, {"nom": "x"}]}, "items: number 2 has no key (cle)"),
        ("gopaas_items", {"items": [{"cle": None}]}, "items: number 1 has no key (cle)"),
        ("gopaas_items", {"items": [{"cle": ""}]}, "items: number 1 has no key (cle)"),
        ("gopaas_item_info", {"id": "7\r\nX: 1"}, "id: "),
        ("gopaas_file", {"name": 'a"\r\nContent-Type: x'}, "name: "),
        ("gopaas_file", {"item_key": "a\nb"}, "item_key: "),
        ("cockpit_api", {"path": "/api/x\r\nX-Other: 1"}, "path: "),
        ("cockpit_api", {"path": "/oauth/token"}, "path: /oauth/token is not below /api/"),
    ],
)
def test_line_breaks_and_missing_keys(told, check, module, options, words):
    assert told(check, **options).startswith(words)

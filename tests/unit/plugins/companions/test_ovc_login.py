# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenvCloud: its logins, what its errors say, and its tasks."""

from __future__ import annotations

import base64
import json
import time

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock
from ansible_collections.cegedim.cloud.plugins.module_utils import openvcloud as module

INFO = "ovc_info"
NOT_A_CLIENT = {"client_id": None, "client_secret": None, "token_url": "https://itsyou.online/v1/oauth/access_token"}


@pytest.fixture
def run(openvcloud, run_on):
    return run_on(openvcloud)


@pytest.fixture
def ask(run):
    def ask(**options):
        return run(INFO, gather=["accounts"], **options)

    return ask


def paths(openvcloud):
    return [entry["path"] for entry in openvcloud.journal.entries()]


# A JWT


@pytest.mark.parametrize("answer", ["asked", "raw", "json", "string"])
@pytest.mark.parametrize("authentication", ["post", "basic"])
def test_client_logs_in(openvcloud, ask, answer, authentication):
    openvcloud.configure(token_answer=answer)
    result = ask(client_authentication=authentication)
    assert [row["name"] for row in result["accounts"]] == ["acme", "acme-labs"]
    assert paths(openvcloud) == ["/v1/oauth/access_token", "/restmachine/cloudapi/accounts/list"]


def test_one_token_serves_many_tasks(openvcloud, ask):
    ask()
    ask()
    assert len(openvcloud.token_requests()) == 1


def test_expiry_is_that_of_the_jwt(openvcloud, ask, monkeypatch):
    openvcloud.configure(expires_in=600)
    ask()
    monkeypatch.setattr("time.time", lambda real=time.time: real() + 601)
    assert not ask().get("failed")
    assert [entry["status"] for entry in openvcloud.journal.entries()] == [200] * 4  # no request with the old one


def test_validity_shortens(openvcloud, ask):
    ask(validity=600)
    (end,) = openvcloud.tokens.jwts.values()
    assert end - time.time() < 601


@pytest.mark.parametrize(
    ("settings", "asked"),
    [({}, ["/v1/oauth/jwt/refresh"]), ({"refreshable": False}, ["/v1/oauth/jwt/refresh", "/v1/oauth/access_token"])],
)
def test_jwt_is_refreshed_or_asked_for_again(openvcloud, ask, monkeypatch, settings, asked):
    openvcloud.configure(expires_in=600, **settings)
    ask(scope="offline_access")
    openvcloud.journal.clear()
    openvcloud.configure(expires_in=6000)
    monkeypatch.setattr("time.time", lambda real=time.time: real() + 601)
    assert not ask(scope="offline_access").get("failed")
    assert [entry["path"] for entry in openvcloud.token_requests()] == asked


def test_jwt_without_offline_access_is_not_refreshed(openvcloud, ask, monkeypatch):
    openvcloud.configure(expires_in=600)
    ask()
    openvcloud.configure(expires_in=6000)
    monkeypatch.setattr("time.time", lambda real=time.time: real() + 601)
    ask()
    assert [entry["path"] for entry in openvcloud.token_requests()] == ["/v1/oauth/access_token"] * 2


def test_revoked_jwt_costs_one_new_one(openvcloud, ask):
    ask()
    openvcloud.tokens.revoke()
    assert not ask().get("failed")
    assert [entry["status"] for entry in openvcloud.requests()] == [200, 401, 200]


def test_ready_made_jwt(openvcloud, ask):
    jwt = openvcloud.jwt(username="operator")
    assert not ask(**NOT_A_CLIENT, access_token=jwt).get("failed")
    assert openvcloud.token_requests() == []


@pytest.mark.parametrize(
    ("seconds", "claims", "said"),
    [
        (-5, {"username": "operator"}, "access_token: it expired at 20"),
        (
            600,
            {"globalid": "acme.ops"},
            "access_token: it is of the organization acme.ops, and the platform knows users",
        ),
        (600, {}, "access_token: it is of nobody (no claim username)"),
    ],
)
def test_useless_jwt_is_not_sent(openvcloud, ask, seconds, claims, said):
    result = ask(**NOT_A_CLIENT, access_token=openvcloud.jwt(seconds, **claims))
    assert result["failed"] and result["msg"].startswith(said)
    assert openvcloud.journal.entries() == []


@pytest.mark.parametrize("token", ["opaque-token", "a.b.c", "a.W10.c", "a." + base64.b64encode(b"[1]").decode() + ".c"])
def test_access_token_that_is_no_jwt(openvcloud, ask, token):
    assert ask(**NOT_A_CLIENT, access_token=token)["msg"] == "access_token: it is not a JWT"
    assert openvcloud.journal.entries() == []


def test_key_of_an_organization(openvcloud, ask):
    result = ask(**openvcloud.organization_login)
    assert result["failed"] and "it is of the organization acme.operations" in result["msg"]
    assert openvcloud.requests() == []


def test_jwt_that_is_refused_later(openvcloud, ask):
    jwt = openvcloud.jwt(username="operator")
    openvcloud.tokens.revoke()
    result = ask(**NOT_A_CLIENT, access_token=jwt)
    assert "OpenvCloud refused the access_token (401)" in result["msg"] and jwt not in str(result["msg"])


def test_wrong_secret(openvcloud, ask):
    result = ask(client_secret="something-else-4711")
    assert (
        "refused the login of client G89hSimulated_dY96Om: invalid_client; check client_id and client_secret"
        in (result["msg"])
    )
    assert "something-else-4711" not in result["msg"] and openvcloud.requests() == []


# A session key


def session(openvcloud):
    return {**NOT_A_CLIENT, **openvcloud.session_login}


def test_user_logs_in(openvcloud, ask):
    assert not ask(**session(openvcloud)).get("failed")
    assert not ask(**session(openvcloud)).get("failed")
    assert paths(openvcloud).count("/restmachine/cloudapi/users/authenticate") == 1
    sent = openvcloud.requests()
    assert all("authkey" in entry["query"] and "Authorization" not in entry["headers"] for entry in sent)


def test_session_that_has_expired(openvcloud, ask):
    ask(**session(openvcloud))
    openvcloud.tokens.sessions.update(dict.fromkeys(openvcloud.tokens.sessions, 1))
    assert not ask(**session(openvcloud)).get("failed")
    assert [entry["status"] for entry in openvcloud.requests()] == [200, 419, 200]


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_not_there(openvcloud, run, status):
    openvcloud.fault("status", path=".*/machines/get", status=status, body='"Machine is gone"')
    assert run("ovc_machine", id=103, state="absent")["changed"] is False


@pytest.mark.parametrize("body", ["", "null"])
def test_empty_answer_is_not_absence(openvcloud, run, body):
    """An answer that got lost on its way would look like that."""
    for name, key in (("ovc_machine", {"id": 103}), ("ovc_disk", {"id": 104}), ("ovc_cloudspace", {"id": 101})):
        openvcloud.fault("status", path=".*/get", status=200, body=body, content_type="application/json")
        assert "answered something else than an object" in run(name, state="absent", **key)["msg"]
    forward = {"cloudspace": "web", "public_port": 2201, "state": "absent"}
    openvcloud.fault("status", path=".*/cloudspaces/get", status=200, body=body, content_type="application/json")
    assert "answered something else than an object" in run("ovc_port_forward", **forward)["msg"]
    assert openvcloud.writes() == []


def test_wrong_password(openvcloud, ask):
    result = ask(**{**session(openvcloud), "password": "something-else-4711"})
    assert (
        "refused the login of user operator: Invalid username or password; check username and password"
        in (result["msg"])
    )
    assert "something-else-4711" not in result["msg"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset_before"},
        {"kind": "status", "status": 500, "body": "<html>eco-4711 KEY</html>"},
        {"kind": "status", "status": 400, "body": '"bad authkey=KEY"'},
        {"kind": "redirect", "location": "https://elsewhere.example.com/?authkey=KEY"},
        {"kind": "truncate"},
    ],
)
def test_session_key_is_in_no_message(openvcloud, run, fault, monkeypatch):
    """It is a part of the address."""
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)
    login = session(openvcloud)
    run(INFO, gather=["accounts"], **login)
    (key,) = openvcloud.tokens.sessions
    fault = {name: value.replace("KEY", key) if isinstance(value, str) else value for name, value in fault.items()}
    openvcloud.fault(fault.pop("kind"), path="/restmachine/cloudapi/machines/stop", **fault)
    result = run("ovc_machine", cloudspace="web", name="web01", state="stopped", **login)
    text = str(result)
    assert key not in text and login["password"] not in text


# Which login


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"access_token": "JWT"}, "access_token and client_id are two logins: give only one of them"),
        ({"username": "u", "password": "secret-4711"}, "client_id and username are two logins: give only one of them"),
        (
            {**NOT_A_CLIENT, "access_token": "JWT", "username": "u"},
            "access_token and username are two logins: give only one of them",
        ),
        (
            {**NOT_A_CLIENT, "username": "u", "password": "secret-4711", "validity": 60},
            "validity is for the login of a client, and username is another login",
        ),
        (
            {**NOT_A_CLIENT, "access_token": "JWT", "scope": "offline_access"},
            "scope is for the login of a client, and access_token is another login",
        ),
        ({"validity": 0}, "validity: 0 is not a number of seconds"),
        ({**NOT_A_CLIENT, "username": "u"}, "missing: password; set username and password"),
        (NOT_A_CLIENT, "there is no login: set client_id and client_secret"),
        ({"url": "http://dc.example.com"}, "url: http://dc.example.com would send secrets in clear"),
        ({"token_url": "http://id.example.com/x"}, "token_url: http://id.example.com/x would send secrets in clear"),
    ],
)
def test_bad_logins(openvcloud, ask, options, said):
    result = ask(**options)
    assert result["failed"] and result["msg"].startswith(said)
    assert openvcloud.journal.entries() == []


@pytest.mark.parametrize("login", ["access_token", "username"])
def test_scope_that_is_empty_is_not_given(openvcloud, ask, login):
    """AWX sets the variable of each input, be it given or not."""
    other = (
        {"access_token": openvcloud.jwt(username="operator")} if login == "access_token" else openvcloud.session_login
    )
    assert not ask(**{**NOT_A_CLIENT, "scope": "", **other}).get("failed")


def test_address_with_a_line_end(openvcloud, ask):
    assert "is not an address such as" in ask(url=openvcloud.url + "/\n")["msg"]
    assert openvcloud.journal.entries() == []


@pytest.mark.parametrize(("end", "is_wrong"), [(float("-inf"), True), (-(10**300), True), (float("inf"), False)])
def test_ends_that_no_calendar_has(end, is_wrong):
    claims = base64.urlsafe_b64encode(json.dumps({"username": "u", "exp": end}).encode()).decode().rstrip("=")
    said = module.what_is_wrong("x.%s.x" % claims, time.time())
    assert (said or "").startswith("it expired at") is is_wrong


# Errors


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 404, "body": '"Account does not exist"'}, "Account does not exist (POST accounts/list: 404)"),
        (
            {"status": 500, "body": "<html>It went wrong: <b>eco-3f2a-11</b></html>"},
            "the server failed, and its reference for that is eco-3f2a-11 (POST accounts/list: 500)",
        ),
        ({"status": 403, "body": "<html><body>No</body></html>"}, "the account is not allowed to do this (POST"),
        ({"status": 501, "body": ""}, "the platform does not have this (POST accounts/list: 501)"),
        ({"status": 410, "body": "null"}, "it is gone (POST accounts/list: 410)"),
    ],
)
def test_errors_in_the_words_of_the_platform(openvcloud, ask, fault, said):
    openvcloud.fault("status", times=-1, path=".*/accounts/list", **fault)
    assert ask(retry_timeout=0.1)["msg"].startswith(said)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_reads_are_sent_again(openvcloud, ask, status):
    openvcloud.fault("status", path=".*/accounts/list", status=status)
    assert not ask().get("failed")
    assert [entry["status"] for entry in openvcloud.requests()] == [status, 200]


@pytest.mark.parametrize("body", ["null", "{}", '"text"', "[1]"])
def test_answer_that_is_no_list(openvcloud, ask, body):
    openvcloud.fault("status", path=".*/accounts/list", status=200, body=body, content_type="application/json")
    assert ask()["msg"] == "accounts/list answered something else than a list of objects"


# Tasks


@pytest.mark.parametrize(
    "settings",
    [{}, {"task_seconds": 0.4}, {"task_seconds": 0.4, "task_running": "null"}, {"task_race": True}],
)
def test_order_as_a_task(openvcloud, run, settings):
    openvcloud.configure(**settings)
    result = run("ovc_machine", cloudspace="web", name="web01", state="stopped", asynchronous=True, wait_timeout=20)
    assert result["changed"] and result["machine"]["status"] == "HALTED"
    assert openvcloud.writes()[0]["body"]["_async"] is True
    assert "/restmachine/system/task/get" in paths(openvcloud)


def test_created_as_a_task(openvcloud, run):
    options = dict(cloudspace="web", name="app01", image=31, size=1, disk_size=10)
    result = run("ovc_machine", asynchronous=True, **options)
    assert result["changed"] and result["machine"]["name"] == "app01"


@pytest.fixture
def mistaken(openvcloud):
    """The page of a machine that runs says that it is stopped, so that an order to start it fails."""
    openvcloud.fault("mutate", path=".*/machines/get", set={"path": "status", "value": "HALTED"})
    return dict(cloudspace="web", name="db01", asynchronous=True, state="started")


def test_task_that_fails(run, mistaken):
    result = run("ovc_machine", **mistaken)
    assert result["failed"] and result["msg"].startswith(
        "Can not start a machine that is RUNNING (start of db01, task "
    )


def test_task_that_never_ends(openvcloud, run, mistaken):
    openvcloud.configure(errors_never_end=True)
    result = run("ovc_machine", wait_timeout=1, **mistaken)
    assert result["failed"] and "has not ended within 1 s, and may never; look at what there is" in result["msg"]


def test_task_that_is_forgotten(openvcloud, run):
    """What it has done is looked for."""
    openvcloud.configure(forget_tasks=True)
    result = run("ovc_machine", cloudspace="web", name="web01", state="stopped", asynchronous=True)
    assert result["changed"] and result["machine"]["status"] == "HALTED"
    assert len(openvcloud.writes()) == 1


def test_claims_are_read_without_padding():
    for name in ("a", "ab", "abc", "abcd"):
        payload = base64.urlsafe_b64encode(('{"username":"%s"}' % name).encode()).decode().rstrip("=")
        assert module.claims_of("x.%s.y" % payload) == {"username": name}


@pytest.mark.parametrize("body", ["null", "12", "[]", "true", '""'])
def test_answer_that_is_not_a_session_key(openvcloud, run_on, body):
    openvcloud.fault(
        "status", times=-1, path="authenticate", token=True, status=200, body=body, content_type="application/json"
    )
    result = run_on(openvcloud, openvcloud.session_login)("ovc_info", gather=["accounts"], retry_timeout=0)
    assert result["failed"] and openvcloud.requests() == []


def test_address_with_a_query(openvcloud, run_on):
    result = run_on(openvcloud)("ovc_info", gather=["accounts"], url=openvcloud.url + "/?x=1")
    assert "cannot have a query" in result["msg"] and openvcloud.journal.entries() == []

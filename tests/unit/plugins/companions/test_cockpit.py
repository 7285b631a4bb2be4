# SPDX-License-Identifier: GPL-3.0-or-later
"""Cockpit ITSM: the login of an operator, the dashboard, and any request."""

from __future__ import annotations

import json
import time

import pytest

DASHBOARD, API = "cockpit_dashboard_info", "cockpit_api"
CHANGES = "/api/invented/changes"  # an endpoint of the simulator only: every portal documents its own


@pytest.fixture
def run(cockpit, run_on):
    return run_on(cockpit)


# The login


def test_operator_logs_in(cockpit, run):
    result = run(DASHBOARD)
    assert result["changed"] is False and result["dashboard"]["alerts"]["critical"] == 1
    assert [one["path"] for one in cockpit.journal.entries()] == ["/oauth/token", "/api/dashboard"]


def test_one_token_serves_many_tasks(cockpit, run):
    run(DASHBOARD)
    run(DASHBOARD)
    assert len(cockpit.token_requests()) == 1


def grants(cockpit, monkeypatch):
    """The grants of the token requests from now on (a list that grows)."""
    seen, token = [], type(cockpit).operations[0].handler

    def noted(portal, call):
        seen.append(call.form()["grant_type"])
        return token(portal, call)

    operation = (
        type(cockpit).operations[0].__class__("cockpit.token", "POST", "/oauth/token", noted, signed=False, token=True)
    )
    monkeypatch.setattr(cockpit, "operations", (operation, *type(cockpit).operations[1:]))
    return seen


@pytest.mark.parametrize("told", [True, False])
def test_token_is_refreshed(cockpit, run, monkeypatch, told):
    cockpit.configure(expires_in=1, tells_refresh=told)
    seen = grants(cockpit, monkeypatch)
    run(DASHBOARD)
    monkeypatch.setattr("time.time", lambda real=time.time: real() + 2)
    assert not run(DASHBOARD).get("failed")
    assert seen == ["password", "refresh_token"]


@pytest.mark.parametrize("settings", [{"refresh": False}, {"refresh_expires_in": 0.5}])
def test_where_no_refresh_helps_the_operator_logs_in_again(cockpit, run, monkeypatch, settings):
    cockpit.configure(expires_in=1, **settings)
    seen = grants(cockpit, monkeypatch)
    run(DASHBOARD)
    monkeypatch.setattr("time.time", lambda real=time.time: real() + 2)
    assert not run(DASHBOARD).get("failed")
    assert seen[0] == seen[-1] == "password"


def test_revoked_token_costs_one_new_one(cockpit, run):
    run(DASHBOARD)
    cockpit.tokens.revoke()
    assert not run(DASHBOARD).get("failed")
    assert len(cockpit.token_requests()) == 2


@pytest.mark.parametrize("wrong", ["client_id", "client_secret", "username", "password"])
def test_wrong_login(cockpit, run, wrong):
    result = run(DASHBOARD, **{wrong: "something-else-4711"})
    assert result["failed"] and "refused the login" in result["msg"]
    assert "check client_id, client_secret, username and password" in result["msg"]
    assert "something-else-4711" not in result["msg"] or wrong == "client_id"
    assert cockpit.requests() == []


def test_missing_login(cockpit, run):
    result = run(DASHBOARD, password="")
    assert "missing: password" in result["msg"] and "COCKPIT_PASSWORD" in result["msg"]
    assert cockpit.journal.entries() == []


def test_http_has_to_be_allowed(run):
    result = run(DASHBOARD, url="http://portal.example.com")
    assert result["msg"].startswith("url: http://portal.example.com would send secrets in clear; use https")
    assert "set allow_http" in result["msg"]


def test_http_is_allowed(run):
    result = run(DASHBOARD, url="http://portal.invalid", allow_http=True, retry_timeout=0)
    assert "portal.invalid" in result["msg"] and "in clear" not in result["msg"]


@pytest.mark.parametrize("body", ["", "null"])
def test_empty_answer_is_no_dashboard(cockpit, run, body):
    cockpit.fault("status", path="/api/dashboard", status=200, body=body)
    assert run(DASHBOARD)["msg"] == "GET /api/dashboard answered nothing (200)"


def test_passwords_of_a_dashboard_are_hidden(cockpit, run):
    cockpit.fault("status", path="/api/dashboard", status=200, body='[{"apiPassword": "hush-4711", "n": 3}]')
    assert run(DASHBOARD)["dashboard"] == [{"apiPassword": "********", "n": 3}]


# Any request


def test_get(cockpit, run):
    cockpit.changes.append({"reference": "CHG1", "title": "Upgrade", "password": "hush-4711"})
    result = run(API, path=CHANGES, query={"title": "Upgrade"})
    assert result["changed"] is False and result["status"] == 200
    assert result["data"] == [{"reference": "CHG1", "title": "Upgrade", "password": "********"}]


def test_post(cockpit, run):
    result = run(API, method="POST", path=CHANGES, body={"title": "Upgrade"})
    assert result["changed"] is True and result["status"] == 201
    assert cockpit.changes == [result["data"]]


def test_post_check_mode(cockpit, run):
    result = run(API, check=True, method="POST", path=CHANGES, body={"title": "Upgrade"})
    assert result["changed"] is True
    assert result["request"] == {"method": "POST", "path": CHANGES, "query": {}, "body": {"title": "Upgrade"}}
    assert cockpit.journal.entries() == []


@pytest.mark.parametrize("errors", ["json", "text", "empty"])
def test_error_is_told_in_the_words_of_the_portal(cockpit, run, errors):
    cockpit.configure(errors=errors)
    result = run(API, method="POST", path=CHANGES, query={"a": 1}, body={}, status_code=[200])
    assert result["failed"] and result["status"] == 201
    missing = run(API, path="/api/nothing")
    assert missing["status"] == 404 and "(GET /api/nothing: 404)" in missing["msg"]
    assert (missing["msg"].startswith("No such endpoint")) is (errors == "json")
    cockpit.clear_violations()


@pytest.mark.parametrize("status", [200, 422])
@pytest.mark.parametrize("words", ["title is missing", "\u00e9: %s"])
def test_token_that_an_answer_repeats_is_hidden(cockpit, run, status, words):
    """In data as in messages, wherever it stands."""
    run(DASHBOARD)
    (token,) = cockpit.tokens.access
    body = {"errors": [{"hint": "Bearer %s" % token}], "text": words.replace("%s", token), token: 1}
    cockpit.fault("status", path="/api/x", status=status, body=json.dumps(body), content_type="application/json")
    result = run(API, path="/api/x")
    assert bool(result.get("failed")) is (status == 422)
    assert result["data"]["errors"] == [{"hint": "Bearer ********"}] and token not in str(result)


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_of_a_post_is_not_repeated(cockpit, run, kind):
    cockpit.fault(kind, method="POST", path=CHANGES)
    result = run(API, method="POST", path=CHANGES, body={"title": "Upgrade"})
    assert result["failed"] and "look first" in result["msg"]
    assert len(cockpit.changes) == 1 and len(cockpit.writes()) == 1


@pytest.mark.parametrize("path", ["/oauth/token", "/api/../oauth/token", "//elsewhere/api/", "api/dashboard"])
def test_path_outside_the_api(cockpit, run, path):
    assert "path" in run(API, path=path)["msg"]
    assert cockpit.journal.entries() == []


def test_get_has_no_body(cockpit, run):
    assert run(API, path="/api/dashboard", body={"a": 1})["msg"] == "body: GET has none"

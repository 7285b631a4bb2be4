# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator of GoPaaS answers as the documentation says, and refuses what it does not have."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest
from simulator.companions import GoPaaS
from simulator.companions.gopaas import BEARER, CLIENT_ID, CLIENT_SECRET

FORM = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.fixture
def app():
    with GoPaaS() as app:
        yield app


def ask(app, method, path, body=None, token=BEARER, **headers):
    """The status and the JSON of an answer."""
    headers = {"Authorization": f"Bearer {token}", **headers}
    request = urllib.request.Request(app.url + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            status, raw = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, raw = error.code, error.read()
    return status, json.loads(raw) if raw else None


def login(app, **changes):
    form = urllib.parse.urlencode({**FORM, **changes}).encode()
    return ask(app, "POST", "/api/oauth2/access_token/", form)


def test_token(app):
    status, answer = login(app)
    assert status == 200 and answer["expires_in"] == "60" and answer["token_type"] == "Bearer"
    assert answer["scope"] == "ADMIN"


def test_wrong_login(app):
    assert login(app, client_secret="wrong") == (401, {"msg": "Invalid Information."})
    assert login(app, grant_type="password") == (400, {"msg": "Invalid version."})


def test_each_login_has_its_own_paths(app):
    token = login(app)[1]["access_token"]
    assert ask(app, "GET", "/api/item/compte/7/")[0] == 200
    assert ask(app, "GET", "/api/oauth2/item/compte/7/", token=token)[0] == 200
    refused = (401, {"msg": "Invalid API key."})
    assert ask(app, "GET", "/api/item/compte/7/", token=token) == refused
    assert ask(app, "GET", "/api/oauth2/item/compte/7/") == refused


def test_token_ends(app):
    app.configure(expires_in=0)
    token = login(app)[1]["access_token"]
    assert ask(app, "GET", "/api/oauth2/item/compte/7/", token=token)[0] == 401


@pytest.mark.parametrize(
    "headers, violation",
    [
        ({"advancedSearch": "nom|contain|NIDS"}, "advancedSearch is not as documented"),
        ({"advancedSearch": "nom|contain|NIDS|OR|cp|equal|1|"}, "advancedSearch is not as documented"),
        ({"advancedSearch": "nom|like|NIDS|"}, "operator that is not documented"),
        ({"onlyVisible": "true"}, "onlyVisible is not on"),
        ({"page": "first"}, "page is not a number"),
    ],
)
def test_headers_that_are_not_as_documented(app, headers, violation):
    assert ask(app, "GET", "/api/list/12/", **headers)[0] == 400
    assert violation in app.violations()[0]


@pytest.mark.parametrize("first_page", [0, 1])
def test_pages(app, first_page):
    app.configure(first_page=first_page)
    rows = ask(app, "GET", "/api/list/12/", page=str(first_page + 1), rowPerPage="10")[1]["rows"]
    assert [row["id"] for row in rows] == [str(number) for number in range(11, 21)]


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"nom":"x"}]', b'[{"cle":""}]', b"x"])
def test_items_that_are_not_as_documented(app, body):
    assert ask(app, "POST", "/api/items/serveur/", body, **{"Content-Type": "application/json"})[0] == 400
    assert len(app.violations()) == 1 and app.tables["serveur"] == {}


@pytest.mark.parametrize("method, path", [("POST", "/api/item/compte/7/"), ("DELETE", "/api/item/compte/7/")])
def test_what_is_not_documented(app, method, path):
    assert ask(app, method, path, b"")[0] == 404
    assert "it is not documented" in app.violations()[0]


def test_secrets_are_not_in_the_journal(app):
    login(app)
    ask(app, "GET", "/api/item/compte/7/")
    assert CLIENT_SECRET not in str(app.journal.entries()) and BEARER not in str(app.journal.entries())


def test_reset(app):
    app.tables["compte"].clear()
    app.configure(first_page=0)
    app.reset()
    assert len(app.tables["compte"]) == 25 and app.settings.first_page == 1


def test_unknown_setting(app):
    with pytest.raises(ValueError, match="unknown setting color"):
        app.configure(color="red")

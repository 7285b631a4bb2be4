# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint, as documented and as Keycloaks differ."""

from __future__ import annotations

import time
import urllib.parse

import pytest
import requests

GRANT = {"grant_type": "client_credentials"}


def ask(sim, form=None, basic=True, secret=None):
    form, secret = form or GRANT, secret or sim.client_secret
    if basic:
        return requests.post(sim.token_url, data=form, auth=(sim.client_id, secret))
    return requests.post(sim.token_url, data={**form, "client_id": sim.client_id, "client_secret": secret})


def read(sim, token: str):
    return requests.get(sim.api_url + "/actions", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("basic", [True, False])
def test_token_opens_the_api(sim, basic):
    answer = ask(sim, basic=basic)
    assert sorted(answer.json()) == ["access_token", "expires_in", "refresh_expires_in", "refresh_token", "token_type"]
    assert answer.json()["expires_in"] == 1200
    assert read(sim, answer.json()["access_token"]).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic ZGVtbzp4"}])
def test_without_a_token_the_answer_is_401_and_empty(sim, headers):
    answer = requests.get(sim.api_url + "/actions", headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("basic", [True, False])
def test_wrong_secret(sim, basic):
    answer = ask(sim, basic=basic, secret="wrong")
    assert answer.status_code == 401
    assert answer.json() == {
        "error": "unauthorized_client",
        "error_description": "Invalid client or Invalid client credentials",
    }


@pytest.mark.parametrize(
    "mode, basic, status", [("basic", True, 200), ("basic", False, 401), ("post", True, 401), ("post", False, 200)]
)
def test_client_authentication(sim, mode, basic, status):
    sim.configure(client_authentication=mode)
    assert ask(sim, basic=basic).status_code == status


def test_newer_keycloaks_decode_basic_credentials(sim):
    sim.configure(token_secret_urldecode=True)
    assert ask(sim).status_code == 401
    assert ask(sim, secret=urllib.parse.quote_plus(sim.client_secret)).status_code == 200
    assert ask(sim, basic=False).status_code == 200


def test_refresh_token_works_once(sim):
    form = {"grant_type": "refresh_token", "refresh_token": ask(sim).json()["refresh_token"]}
    answer = ask(sim, form)
    assert read(sim, answer.json()["access_token"]).status_code == 200
    assert ask(sim, form).json()["error"] == "invalid_grant"


def test_refresh_token_can_be_absent(sim):
    sim.configure(refresh_token=False)
    assert "refresh_token" not in ask(sim).json()


def test_token_expires(sim):
    sim.configure(expires_in=0.1)
    token = ask(sim).json()["access_token"]
    assert read(sim, token).status_code == 200
    time.sleep(0.12)
    assert read(sim, token).status_code == 401


def test_expiry_can_be_a_text(sim):
    sim.configure(expires_in_as_text=True, expires_in=60)
    assert ask(sim).json()["expires_in"] == "60"


def test_tokens_can_be_revoked(sim):
    token = ask(sim).json()["access_token"]
    sim.revoke_tokens()
    assert read(sim, token).status_code == 401


@pytest.mark.parametrize("form", [{"grant_type": "password"}, {}])
def test_other_grants_are_refused(sim, form):
    assert ask(sim, form or {"x": "y"}).json()["error"] == "unsupported_grant_type"


def test_token_request_must_be_a_form(sim):
    answer = requests.post(sim.token_url, json=GRANT, auth=(sim.client_id, sim.client_secret))
    assert answer.json()["error"] == "invalid_request"


def test_token_endpoint_can_be_discovered(sim):
    discovery = requests.get(sim.base_url + "/auth/realms/cloud/.well-known/openid-configuration").json()
    assert discovery["token_endpoint"] == sim.token_url

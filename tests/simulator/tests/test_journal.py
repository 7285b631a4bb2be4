# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal tells what happened, and never a secret."""

from __future__ import annotations

import requests

PASSWORD = "Abcdefgh1234!very-private"


def test_entry_tells_what_was_asked_and_what_became_of_it(api):
    api.call("PATCH", "/compute/instances/500000001", {"operation": "stop"})
    (entry,) = api.sim.requests()
    assert entry["method"] == "PATCH"
    assert entry["path"] == "/compute/instances/500000001"
    assert entry["operation"] == "update_instance"
    assert entry["body"] == {"operation": "stop"}
    assert entry["authorized"] is True
    assert entry["status"] == 202
    assert (entry["write"], entry["applied"], entry["dry_run"]) == (True, True, False)
    assert entry["violation"] is None
    assert entry["time"] > 0


def test_query_is_kept(api):
    api.get("/compute/instances", names="a,b", size=3)
    assert api.sim.requests()[0]["query"] == {"names": "a,b", "size": "3"}


def test_requests_can_be_selected(api):
    api.get("/compute/instances")
    api.get("/compute/instances/500000001")
    api.patch("PEBBILL01", "stop")
    assert len(api.sim.requests(method="GET")) == 2
    assert len(api.sim.requests(path=r"/compute/instances/\d+")) == 2
    assert len(api.sim.requests(operation="list_instances")) == 1
    assert len(api.sim.writes()) == len(api.sim.writes(applied=True)) == 1
    assert api.sim.writes(applied=False) == []


def test_token_requests_are_counted_apart(api):
    api.authenticate()
    api.get("/actions")
    assert len(api.sim.token_requests()) == 1
    assert len(api.sim.requests()) == 1
    assert api.sim.writes() == []


def test_connections_are_counted(api):
    api.get("/actions")
    api.get("/actions")
    before = api.sim.connections()
    requests.get(api.sim.api_url + "/actions")
    assert (before, api.sim.connections()) == (1, 2)


def test_secrets_are_never_kept(api):
    sim = api.sim
    body = {
        "name": "newdrive",
        "region": "EB",
        "serviceId": 44413,
        "sizing": "XS",
        "password": PASSWORD,
        "driveSiteUri": "u",
    }
    api.wait(api.call("POST", "/storage/overdrive", body))
    volume = {"diskSize": "20", "userName": "dda", "userPass": PASSWORD}
    api.wait(api.patch("billing_files", "add_volume", "/storage/glusterfs", **volume))
    token = api.authenticate()
    refresh = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    requests.post(sim.token_url, data={**refresh, "client_id": sim.client_id, "client_secret": sim.client_secret})
    requests.post(sim.api_url + "/storage/overdrive", data=f"not JSON {PASSWORD}", headers=dict(api.session.headers))
    kept = repr(sim.journal.entries()) + repr(sim.state) + repr(sim.state.actions.all())
    for secret in (PASSWORD, sim.client_secret, token["access_token"], token["refresh_token"]):
        assert secret not in kept
    assert sim.requests(operation="create_overdrive")[0]["body"]["password"] == "***"
    assert sim.requests(operation="create_overdrive")[0]["headers"]["Authorization"] == "***"


def test_unauthorized_request_is_noted_as_such(sim):
    requests.delete(sim.api_url + "/compute/instances/500000001")
    (entry,) = sim.writes()
    assert (entry["authorized"], entry["status"], entry["applied"]) == (False, 401, False)

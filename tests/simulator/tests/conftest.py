# SPDX-License-Identifier: GPL-3.0-or-later
"""A fresh estate and an authenticated client for every test."""

from __future__ import annotations

import json
import time

import pytest
import requests
from simulator import Simulator, contract

ACTION_SECONDS = 0.03


class Client:
    """Speaks to the simulator the documented way."""

    def __init__(self, sim: Simulator):
        self.sim = sim
        self.session = requests.Session()
        self.session.trust_env = False
        self.authenticate()

    def authenticate(self) -> dict:
        answer = self.session.post(
            self.sim.token_url,
            data={"grant_type": "client_credentials"},
            auth=(self.sim.client_id, self.sim.client_secret),
        )
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer.json()

    def call(self, method: str, path: str, body=None, query=None, content_type=None, headers=None, **options):
        """Sends a request with the documented content type and without following redirects."""
        operations, _names = contract.load().route(path)
        headers = dict(headers or {})
        if body is not None:
            operation = operations.get(method)
            headers["Content-Type"] = content_type or (operation and operation.body_type) or "application/json"
        data = None if body is None else json.dumps(body)
        return self.session.request(
            method, self.sim.api_url + path, data=data, params=query, headers=headers, allow_redirects=False, **options
        )

    def get(self, path: str, **query):
        return self.call("GET", path, query=query)

    def id_of(self, name: str) -> int:
        """The id of the first live resource of that name."""
        return next(record["id"] for record in self.sim.state.resources.values() if record["name"] == name)

    def patch(self, name: str, operation: str, _path: str = "/compute/instances", **options):
        body = {"operation": operation, **({"options": options} if options else {})}
        return self.call("PATCH", f"{_path}/{self.id_of(name)}", body)

    def wait(self, answer) -> dict:
        """The finished action that an answer speaks of."""
        return self.wait_for(answer.json()["id"])

    def wait_for(self, action_id) -> dict:
        deadline = time.time() + 5
        while time.time() < deadline:
            action = self.get(f"/actions/{action_id}")
            if action.status_code == 200 and action.json()["status"] != "IN_PROGRESS":
                return action.json()
            time.sleep(0.01)
        raise AssertionError("the action did not end")


@pytest.fixture(scope="session")
def _running():
    with Simulator(action_seconds=ACTION_SECONDS) as running:
        yield running


@pytest.fixture
def sim(_running):
    """The simulator, reset: the seed, its settings, an empty journal."""
    _running.reset()
    return _running


@pytest.fixture
def api(sim):
    client = Client(sim)
    sim.clear_journal()
    return client


@pytest.fixture
def new_instance():
    """A creation body that is accepted."""
    return {
        "area": "EB-EMEA",
        "name": "NEWAPP01",
        "platform": "deb12",
        "region": "EB",
        "resourceId": "2cpu4gb",
        "serviceId": 44413,
    }

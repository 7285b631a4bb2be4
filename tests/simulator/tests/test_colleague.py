# SPDX-License-Identifier: GPL-3.0-or-later
"""Someone else who uses the API at the same time."""

from __future__ import annotations

import time

import pytest
import requests

STOP = {"operation": "stop"}


def test_colleague_acts_outside_the_journal(api):
    action = api.sim.colleague("PATCH", api.sim.address("PEBBILL01"), STOP)
    assert api.sim.journal.entries() == []
    assert (action["resourceName"], action["status"]) == ("PEBBILL01", "IN_PROGRESS")
    assert api.wait_for(action["id"])["status"] == "SUCCESS"
    assert api.get(api.sim.address("PEBBILL01")).json()["status"] == "INACTIVE"


def test_colleagues_action_takes_its_own_time(api):
    slow = api.sim.colleague("PATCH", api.sim.address("PEBBILL01"), STOP, seconds=30)
    time.sleep(0.1)
    assert api.get(f"/actions/{slow['id']}").json()["status"] == "IN_PROGRESS"
    assert api.call("PATCH", api.sim.address("PEBBILL01"), {"operation": "reset"}).status_code == 409
    usual = api.call("PATCH", api.sim.address("PEBBILL02"), STOP)
    assert api.wait(usual)["status"] == "SUCCESS"


def test_colleague_sees_what_a_request_sees(api):
    page = api.sim.colleague("GET", "/compute/instances?names=PEBBILL01,PEBBILL02")
    assert page == api.get("/compute/instances", names="PEBBILL01,PEBBILL02").json()
    assert api.sim.colleague("GET", api.sim.address("PEBBILL01") + "/snapshots") is None


def test_colleagues_paths_take_the_number_of_the_settings(api):
    api.sim.configure(numbers="overlapping", product_paths="internal")
    _number, internal = api.sim.numbers("PEBBILL01")
    assert api.sim.address("PEBBILL01") == f"/compute/instances/{internal}"
    action = api.sim.colleague("PATCH", f"/compute/instances/{internal}", STOP)
    assert (action["resourceName"], action["internalId"]) == ("PEBBILL01", internal)


def test_colleague_always_learns_the_action(api):
    api.sim.configure(order_answers="empty_204")
    assert api.sim.colleague("PATCH", api.sim.address("PEBBILL01"), STOP)["id"]


@pytest.mark.parametrize(
    "method, path, body, why",
    [
        ("PATCH", "/compute/instances/500000003", STOP, "400"),
        ("GET", "/compute/instances/1", None, "404"),
        ("PATCH", "/compute/instances/500000001", {"operation": "explode"}, "operation"),
        ("PUT", "/compute/instances/500000001", None, "not documented"),
        ("GET", "/compute/instances?colour=red", None, "not documented"),
    ],
)
def test_colleague_is_checked_like_everyone(api, method, path, body, why):
    with pytest.raises(ValueError, match=why):
        api.sim.colleague(method, path, body)
    assert api.sim.state.actions.all() == []


def test_colleague_in_another_process(api):
    url = api.sim.control_url
    told = requests.get(f"{url}/numbers/billingpg").json()
    assert told == {"id": told["id"], "internalResourceId": told["id"], "path": api.sim.address("billingpg")}
    order = {"method": "PATCH", "path": told["path"], "body": STOP, "seconds": 30}
    action = requests.post(f"{url}/colleague", json=order).json()
    assert api.get(f"/actions/{action['id']}").json()["status"] == "IN_PROGRESS"
    refused = requests.post(f"{url}/colleague", json=order)
    assert (refused.status_code, "409" in refused.json()["error"]) == (400, True)
    assert requests.get(f"{url}/numbers/nobody").status_code == 400
    assert requests.get(f"{url}/numbers").status_code == 400

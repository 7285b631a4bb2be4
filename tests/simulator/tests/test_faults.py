# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of fault does what it says, to the requests it is meant for and as often as asked."""

from __future__ import annotations

import json
import threading
import time

import pytest
import requests

PATH = "/compute/instances/500000001"


def status_of(api) -> str:
    return api.get(PATH).json()["status"]


def stop(api):
    return api.call("PATCH", PATH, {"operation": "stop"})


def test_status_with_headers_and_body(api):
    api.sim.fault("status", status=429, headers={"Retry-After": "7"}, body="<h1>Busy</h1>")
    answer = api.get(PATH)
    assert (answer.status_code, answer.headers["Retry-After"], answer.text) == (429, "7", "<h1>Busy</h1>")
    assert answer.headers["Content-Type"] == "text/html"
    assert api.get(PATH).status_code == 200


@pytest.mark.parametrize(
    "matcher, hit",
    [
        ({"method": "PATCH"}, False),
        ({"method": "GET"}, True),
        ({"path": r"^/compute/instances/\d+$"}, True),
        ({"path": "/databases"}, False),
        ({"operation": "get_instance"}, True),
        ({"operation": "list_instances"}, False),
        ({"token": True}, False),
    ],
)
def test_fault_strikes_only_what_it_matches(api, matcher, hit):
    api.sim.fault("status", status=500, **matcher)
    assert (api.get(PATH).status_code == 500) is hit


def test_times_and_after_count_matching_requests(api):
    api.sim.fault("status", status=503, times=2, after=1, path="/compute/instances/")
    api.get("/actions")
    assert [api.get(PATH).status_code for _time in range(4)] == [200, 503, 503, 200]


def test_fault_for_ever_ends_when_cleared(api):
    api.sim.fault("error_before", times=-1)
    assert [api.get(PATH).status_code for _time in range(3)] == [503] * 3
    api.sim.clear_faults()
    assert api.get(PATH).status_code == 200


def test_error_before_takes_no_effect(api):
    api.sim.fault("error_before", status=502)
    answer = stop(api)
    assert (answer.status_code, answer.content) == (502, b"")
    assert api.sim.state.actions.all() == []


def test_error_after_takes_effect(api):
    api.sim.fault("error_after", status=504)
    assert stop(api).status_code == 504
    assert len(api.sim.state.actions.all()) == 1
    assert api.sim.writes()[0]["applied"]


@pytest.mark.parametrize("kind, actions", [("reset_before", 0), ("reset_after", 1)])
def test_connection_is_reset(api, kind, actions):
    api.sim.fault(kind, method="PATCH")
    with pytest.raises(requests.ConnectionError) as caught:
        stop(api)
    assert "reset" in str(caught.value).lower()
    assert len(api.sim.state.actions.all()) == actions
    assert api.sim.writes()[0]["status"] is None
    assert status_of(api)


def test_truncated_answer_is_shorter_than_announced(api):
    api.sim.fault("truncate", method="PATCH")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        stop(api)
    assert len(api.sim.state.actions.all()) == 1


def test_truncated_json_has_the_right_length(api):
    api.sim.fault("truncate_json")
    answer = api.get(PATH)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        json.loads(answer.text)


def test_slow_answer_comes_late(api):
    api.sim.fault("slow", seconds=0.2)
    begin = time.time()
    assert api.get(PATH).status_code == 200
    assert time.time() - begin >= 0.2


def test_hanging_request_is_never_answered(api):
    api.sim.fault("hang", seconds=0.3)
    with pytest.raises(requests.Timeout):
        api.call("GET", PATH, timeout=0.1)


def test_other_requests_are_answered_while_one_hangs(api):
    api.sim.fault("hang", seconds=1, path="/compute/services")
    background = threading.Thread(
        target=lambda: pytest.raises(requests.ConnectionError, api.get, "/compute/services"), daemon=True
    )
    background.start()
    time.sleep(0.05)
    begin = time.time()
    token = api.session.headers["Authorization"]
    assert requests.get(api.sim.api_url + PATH, headers={"Authorization": token}).status_code == 200
    assert time.time() - begin < 0.8
    background.join()


def test_action_fails_with_its_message_and_without_effect(api):
    api.sim.fault("fail_action", message="No capacity")
    assert status_of(api) == "ACTIVE"
    action = api.wait(stop(api))
    assert (action["status"], action["message"]) == ("ERROR", "No capacity")
    assert status_of(api) == "ACTIVE"
    assert api.wait(stop(api))["status"] == "SUCCESS"


def test_failing_action_waits_for_an_action(api):
    """A refused request starts none: the fault is kept for the next."""
    api.sim.fault("fail_action")
    assert api.patch("QEBBILL02", "stop").status_code == 400
    assert api.wait(stop(api))["status"] == "ERROR"


def test_failed_creation_leaves_nothing(api, new_instance):
    api.sim.fault("fail_action")
    assert api.wait(api.call("POST", "/compute/instances", new_instance))["status"] == "ERROR"
    assert api.get("/compute/instances", names="NEWAPP01").json()["totalElements"] == 0
    assert api.call("POST", "/compute/instances", new_instance).status_code == 202


def test_redirect(api):
    api.sim.fault("redirect", location="https://elsewhere.example/")
    answer = api.get(PATH)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://elsewhere.example/")


def names(page: dict) -> list[str]:
    return [row["name"] for row in page["content"]]


def test_stale_page_moves_the_rows(api):
    first = api.get("/compute/instances", size=5, page=0).json()
    api.sim.fault("stale_page", change="insert")
    second = api.get("/compute/instances", size=5, page=1).json()
    assert names(second)[0] == names(first)[-1]
    assert second["totalElements"] == first["totalElements"] + 1
    api.sim.fault("stale_page", change="remove")
    assert api.get("/compute/instances", size=5, page=0).json()["totalElements"] == first["totalElements"]


def test_duplicate_row(api):
    api.sim.fault("duplicate_row")
    page = api.get("/compute/instances").json()
    assert page["content"][-1] == page["content"][0]


def test_short_page_keeps_its_totals(api):
    whole = api.get("/compute/instances").json()
    api.sim.fault("short_page")
    api.get(PATH)
    page = api.get("/compute/instances").json()
    assert len(page["content"]) == len(whole["content"]) - 1
    assert page["totalElements"] == whole["totalElements"]


def test_fault_of_the_token_endpoint(api):
    api.sim.fault("status", status=503, token=True)
    assert api.get(PATH).status_code == 200
    form = {"grant_type": "client_credentials"}
    auth = (api.sim.client_id, api.sim.client_secret)
    assert [requests.post(api.sim.token_url, data=form, auth=auth).status_code for _time in range(2)] == [503, 200]


@pytest.mark.parametrize("wrong", [{"kind": "earthquake"}, {"kind": "status", "colour": 1}])
def test_unknown_fault_is_refused(sim, wrong):
    with pytest.raises(ValueError):
        sim.fault(**wrong)


def test_conflict_while_polling(api):
    """Of the poll, not of the order: that is done once, and its action ends."""
    answer = stop(api)
    api.sim.fault("status", status=409, operation="get_action", times=2)
    path = f"/actions/{answer.json()['id']}"
    assert [api.get(path).status_code for _time in range(3)] == [409, 409, 200]
    assert len(api.sim.state.actions.all()) == 1
    assert api.wait(answer)["status"] == "SUCCESS"


def test_mutation_drops_a_field_of_the_answer(api):
    api.sim.fault("mutate", drop="patchParty.excluded")
    mutated, whole = api.get(PATH).json(), api.get(PATH).json()
    del whole["patchParty"]["excluded"]
    assert mutated == whole


def test_mutation_sets_a_field(api):
    api.sim.fault("mutate", set={"path": "network.cidr", "value": None})
    mutated, whole = api.get(PATH).json(), api.get(PATH).json()
    assert mutated["network"]["cidr"] is None
    assert whole["network"]["cidr"]
    assert mutated == {**whole, "network": {**whole["network"], "cidr": None}}


@pytest.mark.parametrize("path", ["/compute/instances", "/actions"])
def test_mutation_concerns_each_row_of_a_listing(api, path):
    stop(api)
    api.patch("PEBBILL02", "stop")
    api.sim.fault("mutate", drop="status", set={"path": "id", "value": "x"}, method="GET")
    answer = api.get(path).json()
    rows = answer["content"] if isinstance(answer, dict) else answer
    assert len(rows) > 1
    assert all(row["id"] == "x" and "status" not in row for row in rows)


def test_mutation_of_each_element(api):
    api.sim.fault("mutate", set={"path": "tags.*.tagValue", "value": 7}, path="/compute/resources$")
    rows = api.get("/compute/resources", names="PEBBILL01").json()["content"]
    assert [tag["tagValue"] for tag in rows[0]["tags"]] == [7, 7]
    api.sim.fault("mutate", set={"path": "tags.*", "value": None})
    rows = api.get("/compute/resources", names="PEBBILL01").json()["content"]
    assert rows[0]["tags"] == [None, None]
    api.sim.fault("mutate", drop="tags.*")
    assert api.get("/compute/resources", names="PEBBILL01").json()["content"][0]["tags"] == []


def test_mutation_of_a_page_itself(api):
    api.sim.fault("mutate", drop="$.totalPages")
    assert "totalPages" not in api.get("/compute/instances").json()
    api.sim.fault("mutate", set={"path": "$.content", "value": "none"})
    assert api.get("/compute/instances").json()["content"] == "none"
    api.sim.fault("mutate", set={"path": "$", "value": [1]})
    assert api.get("/compute/instances").json() == [1]


def test_mutation_that_leads_nowhere_changes_nothing(api):
    whole = api.get(PATH).json()
    for drop in ("nothing.there", "name.deeper", "cpu.*", "tags.*.tagKey.more"):
        api.sim.fault("mutate", drop=drop)
        assert api.get(PATH).json() == whole


def test_mutation_of_an_answer_to_an_order_leaves_its_effect(api):
    api.sim.fault("mutate", drop="id", method="PATCH")
    answer = stop(api)
    assert (answer.status_code, "id" in answer.json()) == (202, False)
    assert len(api.sim.state.actions.all()) == 1


@pytest.mark.parametrize("wrong", [{}, {"drop": "$"}, {"set": {"path": "a"}}, {"set": {"value": 1}}])
def test_mutation_must_say_what_it_changes(sim, wrong):
    with pytest.raises(ValueError):
        sim.fault("mutate", **wrong)

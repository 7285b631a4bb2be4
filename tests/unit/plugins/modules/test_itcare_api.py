# SPDX-License-Identifier: GPL-3.0-or-later
"""Any request: sent as it is, once, and judged by its status."""

from __future__ import annotations

import json

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.client import Client
from ansible_collections.cegedim.cloud.plugins.module_utils.transport import Response

MODULE = "itcare_api"
FIRST = "/compute/instances/500000001"
RESET = {"operation": "reset", "options": {"comment": "Kernel"}}


def requests(sim):
    return [(one["method"], one["path"], one["query"], one["body"]) for one in sim.requests()]


# reading


def test_get(sim, run):
    result = run(MODULE, path=FIRST)

    assert result["changed"] is False
    assert result["status"] == 200
    assert result["data"]["name"] == "PEBBILL01"
    assert result["data"]["resourceType"] == "LINUX"  # as the API spells it
    assert requests(sim) == [("GET", FIRST, {}, None)]


def test_get_check_mode(sim, run):
    assert run(MODULE, check=True, path=FIRST) == run(MODULE, path=FIRST)


def test_get_something_with_an_id_is_no_action(sim, run):
    assert "actions" not in run(MODULE, path=FIRST)
    assert len(sim.requests()) == 1


def test_passwords_are_masked(sim, run, monkeypatch):
    answer = {
        "id": 1,
        "checks": [{"authentification": {"login": "probe", "password": "hush-4711"}, "passwordSet": False}],
    }
    monkeypatch.setattr(Client, "call", lambda *_args, **_options: Response(200, {}, "", answer))
    read = run(MODULE, path="/networking/loadbalancers/1/url/2")
    written = run(MODULE, method="PUT", path="/networking/loadbalancers/1/url/2", wait=False)
    refused = run(MODULE, path="/networking/loadbalancers/1/url/2", status_code=[404])
    shown = {
        "id": 1,
        "checks": [{"authentification": {"login": "probe", "password": "********"}, "passwordSet": False}],
    }
    assert read["data"] == written["data"] == refused["data"] == shown
    predicted = run(MODULE, check=True, method="POST", path="/databases/redis", body={"admPassword": "hush-4711"})
    assert predicted["request"]["body"] == {"admPassword": "********"}


def test_query(sim, run):
    query = {
        "services": [44411, 44412],
        "names": ["PEBBILL01", "QEBBILL01"],
        "backupStatus": True,
        "az": None,
        "size": 5,
    }

    result = run(MODULE, path="/compute/instances", query=query)

    assert [row["name"] for row in result["data"]["content"]] == ["PEBBILL01"]
    sent = {"services": "44411,44412", "names": "PEBBILL01,QEBBILL01", "backupStatus": "true", "size": "5"}
    assert requests(sim) == [("GET", "/compute/instances", sent, None)]


def test_all_pages(sim, run):
    sim.add_instances(30)
    everybody = {
        row["name"] for row in sim.state.resources.values() if row["_kind"] == "instance" and not row.get("_parent")
    }

    result = run(MODULE, path="/compute/instances", query={"size": 10}, all_pages=True)

    assert {row["name"] for row in result["rows"]} == everybody
    assert result["status"] == 200
    assert "data" not in result
    assert {int(one["query"]["size"]) for one in sim.requests()} <= set(range(5, 11))  # pages overlap by a row
    assert -(-len(result["rows"]) // 10) <= len(sim.requests()) <= -(-len(result["rows"]) // 10) + 2


@pytest.mark.parametrize("name, status", [("PEBBILL01", 200), ("NOBODY", 404)])
def test_head_answers_either_way(sim, run, name, status):
    result = run(MODULE, method="HEAD", path="/compute/resources/" + name)

    assert result["changed"] is False
    assert result["status"] == status
    assert result["data"] is None


def test_get_of_nothing_fails(sim, run):
    result = run(MODULE, path="/compute/instances/1")

    assert result["failed"] is True
    assert result["status"] == 404
    assert "404" in result["msg"]


def test_expected_status(sim, run):
    result = run(MODULE, path="/compute/instances/1", status_code=[200, 404])

    assert result["changed"] is False
    assert result["status"] == 404


def test_success_that_is_not_expected(sim, run):
    result = run(MODULE, path=FIRST, status_code=[404])

    assert result["failed"] is True
    assert result["status"] == 200
    assert "status_code" in result["msg"]


# writing


@pytest.mark.parametrize("status", [200, 201, 202])
def test_write(sim, run, status):
    sim.configure(accepted_status=status)

    result = run(MODULE, method="PATCH", path=FIRST, body=RESET)

    assert result["changed"] is True
    assert result["status"] == status
    assert result["data"]["resourceName"] == "PEBBILL01"
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]
    assert result["actions"][0]["resource_name"] == "PEBBILL01"
    assert [(one["method"], one["path"], one["body"]) for one in sim.writes()] == [("PATCH", FIRST, RESET)]


def test_write_is_not_idempotent(sim, run):
    run(MODULE, method="PATCH", path=FIRST, body=RESET)

    assert run(MODULE, method="PATCH", path=FIRST, body=RESET)["changed"] is True
    assert len(sim.writes(applied=True)) == 2


def test_write_check_mode(sim, run):
    result = run(MODULE, check=True, method="PATCH", path=FIRST, body=RESET, query={"a": 1})

    assert result["changed"] is True
    assert result["request"] == {
        "method": "PATCH",
        "path": FIRST,
        "query": {"a": 1},
        "body": RESET,
        "content_type": "application/json",
    }
    # Only the tag that might protect the machine is looked for.
    assert [one["operation"] for one in sim.requests()] == ["get_instance", "list_resource_tags"]
    assert sim.writes() == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    "request_of", [dict(method="DELETE"), dict(method="PATCH", body=RESET)], ids=["delete", "reset"]
)
def test_what_is_protected_is_neither_removed_nor_reset(sim, run, check, request_of):
    run("itcare_tag", resource="PEBBILL01", tags={"protected": "true"})
    result = run(MODULE, check=check, path=FIRST, **request_of)
    assert result["failed"] and "has the tag protected=true, which protects it" in result["msg"]
    assert sim.writes(operation="update_instance") == sim.writes(operation="delete_instance") == []
    assert not run(MODULE, check=True, path=FIRST, protection_tag="", **request_of).get("failed")


def test_what_is_protected_can_be_changed_and_stopped(sim, run):
    run("itcare_tag", resource="PEBBILL01", tags={"protected": "true"})
    assert run(MODULE, method="PATCH", path=FIRST, body={"operation": "stop"})["changed"]


def test_write_without_waiting(sim, run):
    sim.configure(action_seconds=30)

    result = run(MODULE, method="PATCH", path=FIRST, body=RESET, wait=False)

    assert result["changed"] is True
    assert [one["status"] for one in result["actions"]] == ["IN_PROGRESS"]
    assert [one["method"] for one in sim.requests()] == ["GET", "GET", "PATCH"]


def test_write_with_an_empty_answer(sim, run):
    body = {"tagKey": "tier", "tagValue": "web"}

    result = run(MODULE, method="DELETE", path="/compute/resources/500000001/tags", body=body)

    assert result["changed"] is True
    assert (result["status"], result["data"], result["actions"]) == (204, None, [])


def test_write_with_an_answer_that_is_no_action(sim, run):
    body = [{"tagKey": "tier", "tagValue": "db"}]

    result = run(MODULE, method="PUT", path="/compute/resources/500000001/tags", body=body)

    assert result["data"] == body
    assert result["actions"] == []
    assert len(sim.requests()) == 1


def test_body_as_json_text(sim, run):
    assert run(MODULE, method="PATCH", path=FIRST, body=json.dumps(RESET))["changed"] is True
    assert sim.writes()[0]["body"] == RESET


def test_content_type_as_documented_and_as_given(sim, run):
    path, body = "/compute/resources/500000001/comments", {"description": "Web"}
    run(MODULE, method="PATCH", path=path, body=body)
    run(MODULE, check=True, method="PATCH", path=path, body=body)

    assert sim.writes()[0]["headers"]["Content-Type"] == "application/json-patch+json"
    planned = run(MODULE, check=True, method="PATCH", path=path, body=body, content_type="application/x")
    assert planned["request"]["content_type"] == "application/x"


def test_all_pages_of_what_has_no_pages(sim, run):
    result = run(MODULE, path="/topology/regions", all_pages=True)

    assert [row["id"] for row in result["rows"]][:1] == ["EB"]
    assert requests(sim) == [("GET", "/topology/regions", {}, None)]


def test_sorts(sim, run):
    result = run(MODULE, path="/compute/instances", query={"sort": ["name,desc"], "size": "5"}, all_pages=True)

    names = [row["name"] for row in result["rows"]]
    assert names == sorted(names, reverse=True)
    assert {entry["query"]["sort"] for entry in sim.requests()} == {"name,desc"}
    assert {entry["query"]["size"] for entry in sim.requests()} <= {"5", "4", "3"}


@pytest.mark.parametrize("name, status", [("PEBBILL01", 200), ("NOSUCH", 404)])
def test_head(sim, run, name, status):
    result = run(MODULE, method="HEAD", path="/compute/resources/" + name)

    assert (result["status"], result["data"], result["changed"]) == (status, None, False)
    assert requests(sim) == [("HEAD", "/compute/resources/" + name, {}, None)]


@pytest.mark.parametrize("answer", ['"done"', "5", "[1, null]", '{"id": null}', '{"id": [1]}', "[]"])
def test_answer_of_a_write_without_an_action(sim, run, answer):
    sim.fault("error_after", status=200, body=answer, content_type="application/json", method="PATCH")

    result = run(MODULE, method="PATCH", path=FIRST, body=RESET)

    assert (result["changed"], result["actions"]) == (True, [])


def test_words_of_the_platform_are_bounded(sim, run):
    sim.fault("status", status=400, body=json.dumps({"errorMessage": "x" * 9999}), content_type="application/json")

    assert len(run(MODULE, path=FIRST)["msg"]) < 700


def test_refusal(sim, run):
    result = run(MODULE, method="PATCH", path=FIRST, body={"operation": "start"})

    assert result["failed"] is True
    assert not result.get("changed")
    assert result["status"] == 400
    assert result["msg"].startswith("start needs status INACTIVE")


def test_expected_refusal(sim, run):
    result = run(MODULE, method="PATCH", path=FIRST, body={"operation": "start"}, status_code=[200, 400])

    assert result["status"] == 400
    assert result["data"]["errorCode"] == "BAD_REQUEST"
    assert result["actions"] == []


def test_success_of_a_write_that_is_not_expected(sim, run):
    result = run(MODULE, method="PATCH", path=FIRST, body=RESET, status_code=[204])

    assert result["failed"] is True
    assert result["changed"] is True
    assert result["data"]["resourceName"] == "PEBBILL01"


def test_action_fails(sim, run):
    sim.fault("fail_action", method="PATCH", message="No host")

    result = run(MODULE, method="PATCH", path=FIRST, body=RESET)

    assert result["failed"] is True
    assert result["changed"] is True
    assert "No host" in result["msg"]
    assert [one["status"] for one in result["actions"]] == ["ERROR"]


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "truncate", "truncate_json", "error_after"])
def test_ambiguous_failure_is_never_sent_again(sim, run, fault):
    sim.fault(fault, method="PATCH")

    result = run(MODULE, method="PATCH", path=FIRST, body=RESET)

    assert result["failed"] is True
    assert "PATCH" in result["msg"]
    assert "may have run" in result["msg"] and "run the task again" in result["msg"]
    assert len(sim.writes()) == 1


def test_read_is_sent_again(sim, run):
    sim.fault("reset_before", method="GET")

    assert run(MODULE, path=FIRST)["status"] == 200
    assert len(sim.requests()) == 2


# the platform's own dry run


def test_server_dry_run(sim, run):
    result = run(MODULE, check=True, method="PATCH", path=FIRST, body=RESET, server_dry_run=True)

    assert result["changed"] is True
    assert result["status"] == 200
    assert result["request"]["body"] == RESET
    assert [(one["dry_run"], one["applied"]) for one in sim.writes()] == [(True, False)]


def test_server_dry_run_tells_a_refusal(sim, run):
    body = {"operation": "start"}

    result = run(MODULE, check=True, method="PATCH", path=FIRST, body=body, server_dry_run=True)

    assert result["failed"] is True
    assert "start needs status INACTIVE" in result["msg"]


def test_server_dry_run_that_acts_for_real_is_loud(sim, run):
    sim.configure(dry_run_ignored=["update_instance"])

    result = run(MODULE, check=True, method="PATCH", path=FIRST, body=RESET, server_dry_run=True)

    assert result["failed"] is True
    assert "may have taken effect" in result["msg"]


def test_server_dry_run_without_check_mode_is_a_plain_request(sim, run):
    run(MODULE, method="PATCH", path=FIRST, body=RESET, server_dry_run=True)

    assert [(one["dry_run"], one["applied"]) for one in sim.writes()] == [(False, True)]


# what is refused before anything is sent


@pytest.mark.parametrize(
    "options, word",
    [
        (dict(path="compute/instances"), "path"),
        (dict(path="//evil.example/x"), "path"),
        (dict(path="/compute/../../other"), "path"),
        (dict(path="/compute/%2e%2E/%2e./other"), "path"),
        (dict(path="/compute/instances?names=A"), "path"),
        (dict(path="/compute/instances#x"), "path"),
        (dict(path="/compute/my instance"), "path"),
        (dict(path="/x", query={"names": {"a": 1}}), "query"),
        (dict(path="/x", query={"names": [["a"]]}), "query"),
        (dict(path="/x", body={"a": 1}), "body"),
        (dict(path="/x", method="POST", body="no JSON"), "body"),
        (dict(path="/x", method="POST", body='"a text"'), "body"),
        (dict(path="/x", method="POST", content_type="application/json"), "body"),
        (dict(path="/x", method="POST", all_pages=True), "all_pages"),
        (dict(path="/x", all_pages=True, query={"page": 2}), "all_pages"),
        (dict(path="/x", all_pages=True, status_code=[200]), "all_pages"),
        (dict(path="/x", all_pages=True, query={"size": "many"}), "size"),
        (dict(path="/x", all_pages=True, query={"size": [5]}), "size"),
        (dict(path="/x", all_pages=True, query={"size": -5}), "size"),
        (dict(path="/x", method="TRACE"), "method"),
    ],
)
def test_invalid_input(sim, run, options, word):
    result = run(MODULE, **options)

    assert result["failed"] is True
    assert word in result["msg"]
    assert sim.requests() == sim.token_requests() == []

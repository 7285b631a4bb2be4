# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request is checked against the contract; what it does not allow is 400 and a violation."""

from __future__ import annotations

import pytest

INSTANCE = "/compute/instances/500000001"


@pytest.mark.parametrize(
    "method, path, query, body, said",
    [
        ("GET", "/compute/instances", {"color": "red"}, None, "query parameter color is not documented"),
        ("GET", "/compute/instances", {"backupStatus": "yes"}, None, "true or false"),
        ("GET", "/compute/instances", {"services": "one"}, None, "not an integer"),
        ("GET", "/compute/instances", {"names": ["a", "b"]}, None, "repeated"),
        ("GET", "/compute/instances", {"page": "first"}, None, "page must be a number"),
        ("GET", "/compute/instances", {"size": "0"}, None, "size must be a number"),
        ("GET", "/compute/instances", {"sort": "colour"}, None, "sort must be"),
        ("GET", "/compute/instances", {"sort": "name,asc,id,desc"}, None, "sort must be"),
        ("GET", "/compute/statuses", None, None, "type is required"),
        ("GET", "/changes", {"start": "yesterday"}, None, "ISO 8601"),
        ("GET", "/compute/instances/PEBBILL01", None, None, "path parameter id is not an integer"),
        ("PATCH", INSTANCE, None, None, "the body is missing"),
        ("PATCH", INSTANCE, None, {"operation": "explode"}, "body.operation: breaks enum"),
        ("PATCH", INSTANCE, None, {"operation": "stop", "force": True}, "force not documented"),
        (
            "PATCH",
            INSTANCE,
            None,
            {"operation": "stop", "options": {"comment": "x"}},
            "options: comment not documented",
        ),
        (
            "PATCH",
            INSTANCE,
            None,
            {"operation": "update_monitoring", "options": {"on_call": True}},
            "on_call not documented",
        ),
        (
            "PATCH",
            INSTANCE,
            None,
            {"operation": "resize", "options": {"sizing": 2}},
            "body.options.sizing: breaks type",
        ),
        ("POST", "/compute/instances", None, {"name": "X"}, "region, resourceId, serviceId missing"),
        ("DELETE", "/databases/redis/500000034", None, {"changeReference": "A"}, "has no body"),
        ("PUT", "/compute/resources/500000001/tags", None, [{"tagKey": "a"}], "body[0]: tagValue missing"),
    ],
)
def test_undocumented_request_is_a_violation(api, method, path, query, body, said):
    answer = api.call(method, path, body, query)
    assert answer.status_code == 400
    assert said in answer.json()["errorMessage"]
    assert api.sim.violations() == [f"{method} {path}: {answer.json()['errorMessage']}"]


def test_content_type_of_the_body_must_be_the_documented_one(api, new_instance):
    answer = api.call("POST", "/compute/instances", new_instance, content_type="application/json")
    assert answer.status_code == 400
    assert "application/vnd.cegedim-it.v1+json" in api.sim.violations()[0]
    ok = api.call(
        "POST", "/compute/instances", new_instance, content_type="application/vnd.cegedim-it.v1+json; charset=utf-8"
    )
    assert ok.status_code == 202


@pytest.mark.parametrize(
    "method, path, status", [("GET", "/me", 404), ("PUT", INSTANCE, 405), ("GET", "/api/actions/1", 404)]
)
def test_unknown_path_or_method_is_a_violation_with_an_empty_body(api, method, path, status):
    answer = api.call(method, path)
    assert (answer.status_code, answer.content) == (status, b"")
    assert len(api.sim.violations()) == 1


def test_patterns_match_the_whole_value(api):
    """They are Java's: 'Test123' ends like a good MariaDB name but is none."""
    body = {
        "admPassword": "Abcdefgh1234!x",
        "area": "EB-EMEA",
        "diskSize": 40,
        "instanceCount": 1,
        "name": "Test123",
        "networkId": 1125,
        "nodeSizing": "2cpu4gb",
        "platform": "mariadb1011",
        "region": "EB",
        "serviceId": 44413,
        "topology": "SINGLE",
    }
    answer = api.call("POST", "/databases/mariadb", body)
    assert "body.name: breaks pattern" in answer.json()["errorMessage"]
    assert api.call("POST", "/databases/mariadb", {**body, "name": "test123"}).status_code == 202


def test_violation_never_repeats_a_secret(api):
    weak = {
        "name": "newdrive",
        "region": "EB",
        "serviceId": 44413,
        "sizing": "XS",
        "password": 987654321,
        "driveSiteUri": "u",
    }
    answer = api.call("POST", "/storage/overdrive", weak)
    assert answer.status_code == 400
    assert "987654321" not in answer.text + repr(api.sim.journal.entries())


def test_fields_that_only_the_prose_names_are_documented_too(api):
    body = {"resourceId": api.id_of("PEBBILLW01"), "port": 80, "ip": "10.59.0.1"}
    path = f"/networking/loadbalancers/{api.id_of('billing.acme.example')}/members"
    assert api.call("POST", path, body).status_code == 200


def test_patch_group_has_the_documented_type(api):
    party = {"excluded": False, "patchGroup": "3"}
    assert api.patch("PEBBILL01", "update_patch_party", patchParty=party).status_code == 400
    assert "patchGroup: breaks type" in api.sim.violations()[0]
    api.sim.configure(patch_group="any")
    assert api.patch("PEBBILL01", "update_patch_party", patchParty=party).status_code == 202

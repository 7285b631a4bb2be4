# SPDX-License-Identifier: GPL-3.0-or-later
"""A record's two numbers, and which of them each place takes."""

from __future__ import annotations

import pytest
from simulator import contract, samples
from simulator.samples import BODIES, QUERIES

OPERATIONS = contract.load().operations
MODES = ("same", "different", "overlapping")
FIELDS = ("id", "internalResourceId")
INTERNAL = {"product_paths": "internal", "action_numbers": "internal", "body_numbers": "internal"}


def row(api, path: str, name: str) -> dict:
    return api.get(path, names=name).json()["content"][0]


def shown(api, path: str, name: str) -> tuple[int, int]:
    return tuple(row(api, path, name)[field] for field in FIELDS)


def wait_for_all(api) -> None:
    for action in api.sim.state.actions.all():
        api.wait_for(action.id)


@pytest.mark.parametrize("mode", MODES)
def test_rows_details_and_the_simulator_show_the_same_numbers(api, mode):
    api.sim.configure(numbers=mode)
    for path, name in (("/compute/instances", "PEBBILL01"), ("/databases", "billingpg")):
        numbers = shown(api, path, name)
        assert numbers == api.sim.numbers(name)
        assert (numbers[0] == numbers[1]) is (mode == "same")
        detail = api.get(api.sim.address(name)).json()
        assert (detail["name"], detail["id"], detail["internalResourceId"]) == (name, *numbers)


@pytest.mark.parametrize(
    "path, one, other",
    [
        ("/compute/instances", "PEBBILL01", "PEBBILL02"),
        ("/databases", "billingpg", "intrapg"),
        ("/networking/loadbalancers", "billing.acme.example", "portal-uat.acme.test"),
    ],
)
def test_overlapping_numbers_are_those_of_a_neighbour(api, path, one, other):
    api.sim.configure(numbers="overlapping")
    assert shown(api, path, one) == shown(api, path, other)[::-1]


def test_different_numbers_meet_nothing(api):
    api.sim.configure(numbers="different")
    ids = {record["id"] for record in api.sim.state.resources.values()}
    assert not ids & {api.sim.state.internal(each) for each in ids}


def test_wrong_reading_hits_the_neighbour_where_numbers_overlap(api):
    api.sim.configure(numbers="overlapping", product_paths="internal")
    wrong, _right = shown(api, "/compute/instances", "PEBBILL01")
    assert api.get(f"/compute/instances/{wrong}").json()["name"] == "PEBBILL02"
    api.sim.configure(product_paths="id")
    _right, wrong = shown(api, "/compute/instances", "PEBBILL01")
    assert api.get(f"/compute/instances/{wrong}").json()["name"] == "PEBBILL02"


@pytest.mark.parametrize("reading", ["id", "internal"])
def test_wrong_reading_hits_nothing_where_numbers_differ(api, reading):
    api.sim.configure(numbers="different", product_paths=reading)
    numbers = dict(zip(("id", "internal"), shown(api, "/compute/instances", "PEBBILL01")))
    found = {kind: api.get(f"/compute/instances/{number}").status_code for kind, number in numbers.items()}
    assert found == {"id": 404, "internal": 404, reading: 200}


def test_records_made_later_have_neighbours_and_keep_their_numbers(api, new_instance):
    api.sim.configure(numbers="overlapping", product_paths="internal")
    before = api.sim.numbers("TWIN01"), api.sim.numbers("QEBBILL02")
    answer = api.call("POST", "/compute/instances", new_instance)
    api.wait(answer)
    numbers = shown(api, "/compute/instances", "NEWAPP01")
    assert answer.json()["internalId"] == numbers[1]
    assert api.get(f"/compute/instances/{numbers[1]}").json()["name"] == "NEWAPP01"
    api.sim.add_instance("LATER01")
    api.sim.add_instance("LATER02")
    later = [api.sim.numbers(name) for name in ("NEWAPP01", "LATER01", "LATER02")]
    assert later[0] == numbers
    assert later[1][::-1] == later[2]
    assert (api.sim.numbers("TWIN01"), api.sim.numbers("QEBBILL02")) == before


def test_lone_record_shows_the_id_of_the_next_of_its_kind(api):
    api.sim.configure(numbers="overlapping")
    number = api.sim.numbers("portalcache")
    assert api.get(f"/databases/redis/{number[1]}").status_code == 404
    api.wait(api.call("POST", "/databases/redis", BODIES["create_redis"]))
    assert api.sim.numbers("newredis") == number[::-1]


def test_removed_neighbour_keeps_its_numbers_to_itself(api):
    api.sim.configure(numbers="overlapping")
    number = api.sim.numbers("QEBBILL01")
    api.wait(api.call("DELETE", api.sim.address("QEBBILL02")))
    api.sim.add_instance("LATER01")
    assert api.sim.numbers("QEBBILL01") == number
    assert api.get(f"/compute/instances/{number[1]}").status_code == 404


@pytest.mark.parametrize("mode", ["different", "overlapping"])
@pytest.mark.parametrize("path", ["/compute/resources/{}", "/compute/resources/{}/tags"])
def test_generic_paths_take_the_id(api, mode, path):
    api.sim.configure(numbers=mode, **INTERNAL)
    number, other = api.sim.numbers("PEBBILL03")
    api.call("POST", f"/compute/resources/{number}/tags", {"tagKey": "mine", "tagValue": "1"})
    assert "mine" in api.get(f"/compute/resources/{number}/tags").text
    answer = api.get(path.format(other))
    assert answer.status_code == (404 if mode == "different" else 200)
    assert "mine" not in answer.text


def test_filter_by_ids_takes_ids(api):
    api.sim.configure(numbers="overlapping", **INTERNAL)
    number, _other = api.sim.numbers("billingpg")
    rows = api.get("/compute/resources", ids=number).json()["content"]
    assert [each["name"] for each in rows] == ["billingpg"]


@pytest.mark.parametrize("reading", ["id", "internal"])
def test_actions_are_found_by_the_number_of_the_setting(api, reading):
    api.sim.configure(numbers="overlapping", action_numbers=reading)
    started = api.call("PATCH", api.sim.address("PEBBILL01"), {"operation": "stop"}).json()["id"]
    numbers = dict(zip(("id", "internal"), api.sim.numbers("PEBBILL01")))
    found = {kind: [each["id"] for each in api.get("/actions", resourceId=n).json()] for kind, n in numbers.items()}
    assert found == {"id": [], "internal": [], reading: [started]}
    running = {
        kind: len(api.get("/operations", resourceId=n, type="actions-in-progress").json())
        for kind, n in numbers.items()
    }
    assert running == {"id": 0, "internal": 0, reading: 1}


@pytest.mark.parametrize("reading", ["id", "internal"])
def test_members_are_called_by_the_number_of_the_setting(api, reading):
    api.sim.configure(numbers="different", body_numbers=reading)
    pool = api.sim.address("billing.acme.example") + "/members"
    numbers = dict(zip(("id", "internal"), api.sim.numbers("PEBBILLW01")))
    wrong = next(number for kind, number in numbers.items() if kind != reading)
    assert api.call("POST", pool, {"resourceId": wrong, "port": 81}).status_code == 400
    rows = api.call("POST", pool, {"resourceId": numbers[reading], "port": 81}).json()
    assert {each["name"]: each["resourceId"] for each in rows}["PEBBILLW01"] == numbers[reading]
    assert api.call("DELETE", f"{pool}/{wrong}").status_code == 404
    assert api.call("DELETE", f"{pool}/{numbers[reading]}").status_code == 200


def test_overlapping_body_numbers_mean_the_neighbour(api):
    api.sim.configure(numbers="overlapping", body_numbers="internal")
    number, _other = api.sim.numbers("PEBBILL03")
    pool = api.sim.address("billing.acme.example") + "/members"
    rows = api.call("POST", pool, {"resourceId": number, "port": 81}).json()
    assert rows[-1]["name"] == "PEBBILLW01"


@pytest.mark.parametrize("reading, status", [("id", 400), ("internal", 202)])
def test_deleted_nodes_are_called_by_the_number_of_the_setting(api, reading, status):
    api.sim.configure(numbers="different", body_numbers=reading)
    _number, internal = api.sim.numbers("PEBK8S03")
    answer = api.patch("billing-k8s", "delete_nodes", "/compute/containers/kubernetes", nodes=[str(internal)])
    assert answer.status_code == status


@pytest.mark.parametrize("mode", ["different", "overlapping"])
@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_every_operation_answers_under_the_other_reading(api, operation_id, mode):
    api.sim.configure(numbers=mode, **INTERNAL)
    operation = OPERATIONS[operation_id]
    stopped = api.call("PATCH", api.sim.address("UETPORT01"), {"operation": "stop"}).json()["id"]
    path = samples.path_of(api.sim.state, operation, stopped)
    if operation_id == "delete_matomo":
        api.wait(api.call("PATCH", api.sim.address("portal-stats"), {"operation": "stop"}))
    body = BODIES.get(operation_id)
    if operation_id == "add_loadbalancer_member":
        body = {**body, "resourceId": api.sim.numbers("PEBBILLW01")[1]}
    if operation_id == "update_service_patch_policies":
        body = [{**body[0], "resourceId": api.sim.numbers("PEBBILL01")[1]}]
    answer = api.call(operation.method, path, body, QUERIES.get(operation_id))
    assert answer.status_code < 300, answer.text
    answered = answer.json() if answer.content else None
    assert contract.load().check_answer(operation, answer.status_code, answered) == []

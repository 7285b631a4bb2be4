# SPDX-License-Identifier: GPL-3.0-or-later
"""All 188 documented operations answer from the seed, and as the contract says."""

from __future__ import annotations

import time

import pytest
from simulator import contract, samples
from simulator.samples import BODIES, QUERIES

OPERATIONS = contract.load().operations


def path_of(api, operation) -> str:
    needs_action = "{actionId}" in operation.path
    return samples.path_of(api.sim.state, operation, api.patch("UETPORT01", "stop").json()["id"] if needs_action else 0)


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_operation_answers_as_documented(api, operation_id):
    operation = OPERATIONS[operation_id]
    path = path_of(api, operation)
    if operation_id == "delete_matomo":
        api.wait(api.patch("portal-stats", "stop", "/analytics/matomo"))
    answer = api.call(operation.method, path, BODIES.get(operation_id), QUERIES.get(operation_id))
    assert api.sim.violations() == []
    assert answer.status_code in operation.answers, answer.text
    assert answer.status_code < 300, answer.text
    body = answer.json() if answer.content else None
    assert contract.load().check_answer(operation, answer.status_code, body) == []
    if body is not None:
        assert answer.headers["Content-Type"] == operation.answers[answer.status_code][0]
    if operation.writes:
        assert api.sim.writes(operation=operation_id)[-1]["applied"]


@pytest.mark.parametrize("operation_id", [o for o in sorted(OPERATIONS) if OPERATIONS[o].writes])
def test_rehearsal_of_an_operation_changes_nothing(api, operation_id):
    operation = OPERATIONS[operation_id]
    path = path_of(api, operation)
    if operation_id == "delete_matomo":
        api.wait(api.patch("portal-stats", "stop", "/analytics/matomo"))
    before = (
        len(api.sim.state.actions.all()),
        repr(sorted(api.sim.state.resources.items())),
        repr(api.sim.state.networks),
    )
    answer = api.call(operation.method, path, BODIES.get(operation_id), headers={"ITCare-DryRun": "true"})
    assert (answer.status_code, answer.headers.get("ITCare-DryRun")) == (200, "true"), answer.text
    after = (
        len(api.sim.state.actions.all()),
        repr(sorted(api.sim.state.resources.items())),
        repr(api.sim.state.networks),
    )
    assert before == after
    entry = api.sim.writes(operation=operation_id)[-1]
    assert (entry["dry_run"], entry["applied"]) == (True, False)


CREATIONS = [o for o in sorted(OPERATIONS) if o.startswith("create_") and OPERATIONS[o].path.count("{") == 0]


@pytest.mark.parametrize("operation_id", CREATIONS)
def test_created_resource_can_be_read_changed_and_deleted(api, operation_id):
    operation, kind = OPERATIONS[operation_id], operation_id.removeprefix("create_")
    usual = api.sim.world.settings["action_seconds"]
    api.sim.configure(action_seconds=60)
    answer = api.call("POST", operation.path, BODIES[operation_id])
    resource_id = answer.json()["internalId"]
    assert api.call("GET", f"{operation.path}/{resource_id}").status_code == 404
    for action in api.sim.state.actions.all():
        action.ends = action.due = min(action.due, time.time())
    api.sim.configure(action_seconds=usual)
    assert api.wait(answer)["status"] == "SUCCESS"
    shown = api.get(f"{operation.path}/{resource_id}")
    assert contract.load().check_answer(OPERATIONS[f"get_{kind}"], 200, shown.json()) == []
    assert shown.json()["status"] == "ACTIVE"
    patch = OPERATIONS[f"update_{kind}"].options
    if "stop" in patch:
        assert (
            api.wait(api.call("PATCH", f"{operation.path}/{resource_id}", {"operation": "stop"}))["status"] == "SUCCESS"
        )
        assert api.get(f"{operation.path}/{resource_id}").json()["status"] == "INACTIVE"
    assert api.wait(api.call("DELETE", f"{operation.path}/{resource_id}"))["status"] == "SUCCESS"
    assert api.get(f"{operation.path}/{resource_id}").status_code == 404
    assert api.sim.violations() == []

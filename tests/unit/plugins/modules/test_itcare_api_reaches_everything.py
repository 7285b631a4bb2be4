# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation that the API documents can be called with itcare_api, with no more than path, query and body."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.simulator import contract, samples

MODULE = "itcare_api"
OPERATIONS = contract.load().operations


def action_under_way(run, sim):
    """The id of a new action on an instance."""
    path = "/compute/instances/%s" % sim.state.named("UETPORT01")[0]["id"]
    return run(MODULE, method="PATCH", path=path, body={"operation": "stop"}, wait=False)["data"]["id"]


def test_everything_is_here():
    assert len(OPERATIONS) == 188
    assert {name for name, operation in OPERATIONS.items() if operation.body_required} <= set(samples.BODIES)


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_operation(sim, run, operation_id):
    operation = OPERATIONS[operation_id]
    action = action_under_way(run, sim) if "{actionId}" in operation.path else 0
    path = samples.path_of(sim.state, operation, action)
    if operation_id == "delete_matomo":  # only what is stopped can be deleted
        run(MODULE, method="PATCH", path=path, body={"operation": "stop"})
    sim.clear_journal()

    result = run(
        MODULE,
        method=operation.method,
        path=path,
        query=samples.QUERIES.get(operation_id),
        body=samples.BODIES.get(operation_id),
        wait=False,
        protection_tag="",  # which costs reads of its own before what cannot be undone
    )

    assert not result.get("failed"), result["msg"]
    assert 200 <= result["status"] < 300
    assert result["changed"] is operation.writes
    (entry,) = sim.requests()
    assert (entry["operation"], entry["applied"]) == (operation_id, operation.writes)
    assert (result["data"] is None) == (result["status"] == 204 or operation.answers[min(operation.answers)][1] is None)

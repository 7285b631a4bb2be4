# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as exercised: successes, by whoever names itself in the User-Agent."""

from __future__ import annotations

import pytest
from simulator import contract
from simulator.exercised import Exercised, report

UPDATE = contract.load().operations["update_instance"]
RESIZE = {"operation": "resize", "options": {"sizing": "2cpu4gb"}}


def by(sender):
    return f"ansible-collection-cegedim.cloud ({sender})"


def counted(*notes):
    exercised = Exercised()
    for operation, body, user_agent in notes:
        exercised.note(operation, body, user_agent)
    return report(exercised.seen)


def test_typed_module_counts_for_the_operation_and_for_the_operation_of_patch():
    counts = counted((UPDATE, RESIZE, by("itcare_instance")), (UPDATE, RESIZE, by("itcare_instance")))
    assert (counts["exercised"], counts["typed"], counts["patch_typed"]) == (1, 1, 1)
    assert "update_instance:resize" not in counts["patch_missing"]
    assert "update_instance:stop" in counts["patch_missing"]
    assert "update_instance" not in counts["typed_missing"]
    assert (counts["documented"], counts["patch_operations"]) == (188, 81)


@pytest.mark.parametrize("user_agent", [by("itcare_api"), "ansible-collection-cegedim.cloud", "curl/8.5", None])
def test_what_reaches_any_path_does_not_count_as_typed(user_agent):
    counts = counted((UPDATE, RESIZE, user_agent))
    assert (counts["exercised"], counts["typed"], counts["patch_typed"]) == (1, 0, 0)


def test_inventory_counts():
    operation = contract.load().operations["list_resources"]
    assert counted((operation, None, by("inventory")))["typed"] == 1


def test_only_successes_count(api, monkeypatch):
    exercised = Exercised()
    monkeypatch.setattr(api.sim.world, "exercised", exercised)
    assert api.get("/compute/instances/1").status_code == 404
    assert exercised.seen == set()
    assert api.get("/compute/instances/500000001").status_code == 200
    assert exercised.seen == {"- get_instance"}

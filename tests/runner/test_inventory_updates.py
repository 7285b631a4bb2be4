# SPDX-License-Identifier: GPL-3.0-or-later
"""An update of an inventory as AWX runs it: ``ansible-inventory --list --export --output``, streamed."""

from __future__ import annotations


def test_update_has_the_machines_with_their_groups_and_variables(controller, simulator):
    inventory, finished = controller.inventory_update(services=["billing"], default_groups=["service"])
    assert finished.status == "successful", finished.everything
    names = {row["name"] for row in simulator.state.live() if row["name"] in inventory["_meta"]["hostvars"]}
    assert names == set(inventory["_meta"]["hostvars"]) and names
    assert set(inventory["service_billing"]["hosts"]) == names
    assert all(variables["itcare"]["id"] for variables in inventory["_meta"]["hostvars"].values())
    assert "__ansible_unsafe" not in str(inventory)  # texts are texts in AWX, too


def test_update_that_cannot_log_in_fails_and_imports_nothing(controller):
    controller.injected["ITCARE_CLIENT_SECRET"] = "another-secret-that-is-wrong"
    inventory, finished = controller.inventory_update()
    assert (finished.status, inventory) == ("failed", None)
    assert "refused the login of client" in finished.everything
    assert "another-secret-that-is-wrong" not in finished.everything


def test_update_of_an_incomplete_listing_fails(controller, simulator):
    simulator.fault("status", operation="list_instances", status=403, times=99)
    inventory, finished = controller.inventory_update()
    assert (finished.status, inventory) == ("failed", None)

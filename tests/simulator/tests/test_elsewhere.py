# SPDX-License-Identifier: GPL-3.0-or-later
"""The other estate shares no name, number or product with the first one."""

from __future__ import annotations

from simulator import Simulator


def names_and_numbers(simulator):
    state = simulator.state
    found = {*state.clouds, *state.services, *state.regions, *state.networks, *state.products, *state.resources}
    found |= {row["name"] for rows in (state.services.values(), state.resources.values()) for row in rows}
    found |= {row["name"] for rows in (state.domains, state.healthchecks) for row in rows}
    found |= {row["shortDescription"] for row in state.networks.values()}
    found |= {size for row in state.products.values() for size in row["_sizings"]}
    areas = [area for region in state.regions.values() for area in region["areas"]]
    found |= {row["id"] for area in areas for row in (area, *area["availabilityZones"])}
    versions = {(row["type"], row["version"]) for row in state.products.values() if row["type"] != "LINUX"}
    return found | versions


def test_nothing_is_shared():
    with Simulator() as one, Simulator(estate="elsewhere") as other:
        assert names_and_numbers(one) & names_and_numbers(other) == set()


def test_reset_leads_back_to_the_same_estate():
    with Simulator(estate="elsewhere") as simulator:
        before = names_and_numbers(simulator)
        simulator.add_instance("GLXMORE01", "GLOBEX - TOOLS")
        simulator.reset()
        assert names_and_numbers(simulator) == before

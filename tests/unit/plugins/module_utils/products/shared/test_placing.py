# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new resource goes: its network says more than its region does."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments
from ansible_collections.cegedim.cloud.plugins.module_utils.client import from_params
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.placing import placed


@pytest.fixture
def itcare(auth):
    defaults = {name: option.get("default") for name, option in arguments.GROUPS["auth"].items()}
    return from_params({**defaults, **auth, "token_store": False})


@pytest.fixture
def prepared(itcare):
    """``prepared(**options)``: what will be sent, and the warnings."""

    def run(**options):
        warnings = []
        return placed(itcare, dict(dict(service="billing-qa", region="EB"), **options), warn=warnings.append), warnings

    return run


@pytest.fixture
def refused(prepared):
    def run(**options):
        with pytest.raises(InvalidInput) as caught:
            prepared(**options)
        return str(caught.value)

    return run


# The area


def test_default_area_of_the_region(prepared):
    assert prepared() == (dict(service=44412, region="EB", area="EB-EMEA"), [])


def test_area_of_the_network_goes_before_the_default(prepared, sim):
    wanted, warnings = prepared(network="EB_1130_HDS1")
    assert (wanted["area"], wanted["network"], warnings) == ("EB-HDS", 1130, [])
    assert not [entry for entry in sim.requests() if entry["path"].startswith("/topology")]


def test_network_that_does_not_show_its_area(prepared, sim, monkeypatch):
    monkeypatch.delitem(sim.state.networks[1130], "area")
    assert prepared(network="1130")[0]["area"] == "EB-EMEA"


@pytest.mark.parametrize("status", [403, 404, 400])
def test_default_area_that_cannot_be_read_is_a_warning(prepared, sim, status):
    sim.fault("status", status=status, path="/topology/", times=-1)
    wanted, (warning,) = prepared()
    assert "area" not in wanted
    assert warning.startswith("area: the default area of the region EB is unknown, so none is sent: ")
    assert "/topology/regions/EB/areas" in warning


@pytest.mark.parametrize("as_text", [False, True])
def test_no_default_area_of_a_regulation(prepared, sim, as_text):
    sim.configure(booleans_as_text=as_text)
    wanted, warnings = prepared(regulation="HDS")
    assert "area" not in wanted
    assert warnings == [
        "area: the default area of the region EB with regulation HDS is unknown, so none is sent: "
        "none of these is marked as such: EB-HDS"
    ]


# The region


@pytest.fixture
def prepared_without_region(itcare):
    def run(**options):
        warnings = []
        return placed(itcare, dict(dict(service="billing-qa"), **options), warn=warnings.append), warnings

    return run


def test_region_and_area_of_the_network(prepared_without_region):
    wanted, warnings = prepared_without_region(network="ET_2215_HDS1")
    assert (wanted, warnings) == (dict(service=44412, network=2215, region="ET", area="ET-HDS"), [])


def test_region_of_a_network_that_shows_its_data_centre_is_sent_by_id(prepared_without_region, sim, monkeypatch):
    monkeypatch.setitem(sim.state.networks[1130], "region", "EB5")
    assert prepared_without_region(network="1130")[0]["region"] == "EB"


def test_region_of_the_network_is_sent_as_shown_where_regions_are_not_listed(prepared_without_region, sim):
    sim.fault("status", status=403, path="/topology/", times=-1)
    assert prepared_without_region(network="1130")[0]["region"] == "EB"


def test_network_that_does_not_show_its_region(prepared_without_region, sim, monkeypatch):
    monkeypatch.setitem(sim.state.networks[1130], "region", None)
    with pytest.raises(InvalidInput, match="since the network EB_1130_HDS1 does not show its own"):
        prepared_without_region(network="1130")


def test_default_area_of_a_network_that_shows_its_region_only(prepared_without_region, sim, monkeypatch):
    monkeypatch.delitem(sim.state.networks[2215], "area")
    assert prepared_without_region(network="2215")[0]["area"] == "ET-EMEA"


# What the network contradicts


def test_network_of_another_region(refused):
    assert refused(network="ET_2210_DMZ1") == ("region: it is EB, and the network ET_2210_DMZ1 is in the region ET")


def test_network_of_another_area(refused):
    assert refused(network="1130", area="EB-EMEA") == (
        "area: it is EB-EMEA, and the network EB_1130_HDS1 is in the area EB-HDS"
    )


@pytest.mark.parametrize("region, area", [("eb", "eb-hds"), ("EB4", "EB-HDS"), ("EB5", "EB-HDS-A"), ("EB", "EB")])
def test_other_spellings_of_its_place_are_no_contradiction(prepared, region, area):
    assert prepared(network="1130", region=region, area=area)[1] == []


def test_network_that_spells_its_region_otherwise(prepared, refused, sim, monkeypatch):
    monkeypatch.setitem(sim.state.networks[1130], "region", "EB5")
    assert prepared(network="1130")[1] == []
    assert "in the region EB5" in refused(network="1130", region="ET")


def test_region_that_the_platform_does_not_list_is_not_refuted(prepared, sim, monkeypatch):
    monkeypatch.setitem(sim.state.networks[1130], "region", "NK")
    _wanted, (warning,) = prepared(network="1130")
    assert warning.startswith(
        "region: EB could not be compared with the network EB_1130_HDS1, which is in the region NK"
    )


def test_closed_catalogue_refutes_nothing(prepared, sim):
    sim.fault("status", status=403, path="/topology/", times=-1)
    _wanted, warnings = prepared(network="ET_2210_DMZ1", area="EB-EMEA")
    assert [warning.partition(" could not be compared")[0] for warning in warnings] == ["region: EB", "area: EB-EMEA"]


# Production


def test_listing_without_environments_is_not_the_last_word(prepared, sim, monkeypatch):
    from ansible_collections.cegedim.cloud.tests.simulator.families import services

    shown = services.shown

    def sparse(call, service):
        row = shown(call, service)
        if not call.path:
            del row["environment"]
        return row

    monkeypatch.setattr(services, "shown", sparse)
    with pytest.raises(InvalidInput, match="a reason is needed for backup_enabled=false in PRODUCTION"):
        prepared(service="billing", backup_enabled=False)


def test_service_without_an_environment_is_not_taken_for_non_production(prepared, sim, monkeypatch):
    monkeypatch.delitem(sim.state.services[44411], "environment")
    sim.state.services[44411].pop("environment", None)
    wanted, warnings = prepared(service="44411", backup_enabled=False, on_call_supervision=True)
    assert wanted["service"] == 44411
    assert warnings == [
        "service: the service billing shows no environment, so the rules for production could not be checked"
    ]


def test_on_call_without_monitoring_is_refused_in_any_environment(refused, sim, monkeypatch):
    monkeypatch.delitem(sim.state.services[44411], "environment")
    assert "needs monitoring_enabled=true" in refused(
        service="44411", monitoring_enabled=False, on_call_supervision=True
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""Services and networks by name and by number, and which names are near."""

from __future__ import annotations

import json
import unicodedata

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments
from ansible_collections.cegedim.cloud.plugins.module_utils.client import from_params
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import NotFound, UnexpectedAnswer
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.references import (
    find_network,
    find_service,
    products_called,
)

PORTAL, ACCENTS, COMMA = "FRANCE HEALTH - PORTAL - DEV", "Santé - Région Île-de-France", "!HR, payroll"


@pytest.fixture
def itcare(auth):
    defaults = {name: option.get("default") for name, option in arguments.GROUPS["auth"].items()}
    return from_params({**defaults, **auth, "token_store": False})


@pytest.fixture
def services(sim, monkeypatch):
    """Services as they are really called."""
    for number, name in enumerate((PORTAL, PORTAL.replace("DEV", "PROD"), ACCENTS, COMMA, "none"), 50001):
        one = {**sim.state.services[44413], "id": number, "name": name, "key": "K%d" % number}
        monkeypatch.setitem(sim.state.services, number, one)
    return sim


def answer(sim, path, body):
    sim.fault("status", status=200, path=path, body=json.dumps(body), content_type="application/json", times=-1)


@pytest.mark.parametrize("name", [PORTAL, PORTAL.lower(), ACCENTS, ACCENTS.upper()])
def test_blanks_hyphens_and_accents(services, itcare, name):
    services.configure(names_filter="ignore_case")
    assert find_service(itcare, name)["name"].casefold() == name.casefold()
    assert len(services.requests()) == 1


def test_accents_in_their_other_form(services, itcare):
    other = unicodedata.normalize("NFD", ACCENTS)
    assert other != ACCENTS
    assert find_service(itcare, other)["name"] == ACCENTS


def test_name_that_the_filter_takes_for_several(services, itcare):
    assert find_service(itcare, COMMA)["name"] == COMMA


def test_other_case_where_the_filter_is_exact(services, itcare):
    assert find_service(itcare, "BILLING")["id"] == 44411
    assert find_service(itcare, PORTAL.lower())["name"] == PORTAL


@pytest.mark.parametrize(
    "name, near",
    [
        ("bilingg", ["billing", "billing-qa"]),
        ("FRANCE HEALTH - PORTAL - DEVV", [PORTAL, PORTAL.replace("DEV", "PROD")]),
        ("sante - region ile-de-france", [ACCENTS]),
        ("health - portal", [PORTAL, PORTAL.replace("DEV", "PROD")]),  # a part of a long name
    ],
)
def test_names_that_are_near_are_suggested(services, itcare, name, near):
    with pytest.raises(NotFound) as caught:
        find_service(itcare, name)
    assert [entry["path"] for entry in services.requests()] == ["/compute/services"] * 2
    asked = " or ".join("%s (%d)" % (one, find_service(itcare, one)["id"]) for one in near)
    sentence = "there is no service called %s (or this account does not see it): do you mean %s?"
    assert str(caught.value) == sentence % (name, asked)


def test_nothing_near(services, itcare):
    with pytest.raises(NotFound) as caught:
        find_service(itcare, "zzzzzz")
    assert str(caught.value) == "there is no service called zzzzzz (or this account does not see it)"


def test_suggestions_that_cannot_be_had_leave_the_error_as_it_is(services, itcare):
    services.fault("status", status=403, path="/compute/services", after=1, times=-1)
    with pytest.raises(NotFound, match="there is no service called bilingg .*see it\\)$"):
        find_service(itcare, "bilingg")


def test_a_row_without_a_name_is_not_called_none(sim, itcare):
    row = dict(id=7, environment="DEV")
    answer(sim, "/compute/services", {"content": [row], "totalPages": 1, "totalElements": 1})
    with pytest.raises(NotFound):
        find_service(itcare, "none")
    assert products_called("none", [{"code": None}]) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"id": 44412, "name": "billing-qa"}, r"does not show the service 44411, it shows billing-qa \(id 44412\)"),
        ({"name": "billing"}, "GET /compute/services/44411 .*: it has no id"),
        ([{"id": 44411}], "GET /compute/services/44411 .*: it is a list, not an object"),
    ],
    ids=str,
)
def test_number_of_a_service_must_be_shown(sim, itcare, body, message):
    answer(sim, "/compute/services/44411", body)
    with pytest.raises(UnexpectedAnswer, match=message):
        find_service(itcare, "44411")


def test_service_by_its_number(sim, itcare):
    assert find_service(itcare, "44411")["name"] == "billing"
    with pytest.raises(NotFound, match="no service with the id 1 "):
        find_service(itcare, "1")


def test_row_without_its_id_is_an_error(sim, itcare):
    answer(sim, "/compute/services", {"content": [{"name": "billing"}], "totalPages": 1, "totalElements": 1})
    with pytest.raises(UnexpectedAnswer, match=r"GET /compute/services .*: content\[0\] has no id"):
        find_service(itcare, "billing")


@pytest.mark.parametrize("wanted", ["1125", "vlan-1125", "EB_1125_DMZ8", "eb_1125_dmz8"])
def test_network_by_any_of_its_names(sim, itcare, wanted):
    assert find_network(itcare, wanted)["id"] == 1125


def test_networks_that_are_near_are_suggested(sim, itcare):
    with pytest.raises(NotFound, match=r"no network called EB_1125_DMZ .*: do you mean EB_1125_DMZ8 \(1125\)"):
        find_network(itcare, "EB_1125_DMZ")
    assert len(sim.requests()) == 1


def test_unknown_number_of_a_network(sim, itcare):
    with pytest.raises(NotFound, match=r"no network called 99 \(or this account does not see it\)$"):
        find_network(itcare, "99")

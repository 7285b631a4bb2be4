# SPDX-License-Identifier: GPL-3.0-or-later
"""The Matomo module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

PATH = "/analytics/matomo"
PASSWORD = "Correct-Horse-42"
NEW = dict(name="qastats", service="intranet", region="EB", sizing="S", admin_password=PASSWORD)
BODY = {
    "name": "qastats",
    "serviceId": 44413,
    "region": "EB",
    "sizing": "S",
    "password": "***",  # the journal keeps no secret
    "defaultWebSiteName": "",
    "defaultWebUri": "",
}
SEEDED = "portal-stats"  # of size S


@pytest.fixture
def matomo(task):
    return task("itcare_matomo")


@pytest.fixture
def path(sim):
    """Of the Matomo that is there already."""
    return "%s/%d" % (PATH, sim.state.named(SEEDED, "matomo")[0]["id"])


def test_create_without_a_site_sends_an_empty_one(matomo):
    result, writes = matomo.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    shown = result["matomo"]
    assert (shown["name"], shown["status"], shown["sizing"]) == ("qastats", "ACTIVE", "S")


def test_create_with_a_site(matomo):
    _result, ((_method, _path, body),) = matomo.converges(
        **NEW, default_web_site_name="Shop", default_web_uri="https://shop.acme.example"
    )
    assert body == {**BODY, "defaultWebSiteName": "Shop", "defaultWebUri": "https://shop.acme.example"}


def test_create_and_all_that_a_creation_cannot_say(matomo):
    result, _writes = matomo.converges(**NEW, state="stopped", comment="visits", tags={"tier": "web"})
    assert result["steps"] == ["create", "comment", "add_tag", "stop"]
    shown = result["matomo"]
    assert (shown["status"], shown["comment"], shown["tags"]) == ("INACTIVE", "visits", {"tier": "web"})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "qa_stats"}, "name: 'qa_stats' is not allowed: use 4 to 60 lowercase letters, digits and dashes"),
        ({"service": "no-such"}, "there is no service called no-such (or this account does not see it)"),
    ],
)
def test_create_refused(matomo, changed, message):
    assert matomo.refuses(**{**NEW, **changed}) == message


def test_password_stays_secret_and_is_not_compared(matomo):
    result, _writes = matomo(**NEW)
    assert result["changed"] and PASSWORD not in str(result)
    matomo.changes_nothing(**{**NEW, "admin_password": "Another-Horse-43"})


# Sizes


def test_extend(matomo, path):
    result, writes = matomo.converges(name=SEEDED, sizing="L")
    assert writes == [("PATCH", path, {"operation": "extend", "options": {"sizing": "L"}})]
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == ({"sizing": "S"}, {"sizing": "L"})
    assert result["matomo"]["sizing"] == "L"


def test_extended_while_it_runs(matomo):
    result, _writes = matomo.converges(name=SEEDED, sizing="M", state="stopped")
    assert result["steps"] == ["extend", "stop"]
    result, _writes = matomo.converges(name=SEEDED, sizing="L", state="started")
    assert result["steps"] == ["start", "extend"]


@pytest.mark.parametrize("state", ["present", "stopped"])
def test_not_extended_while_it_is_stopped(matomo, state):
    matomo(name=SEEDED, state="stopped")
    message = matomo.refuses(name=SEEDED, sizing="M", state=state)
    assert message.endswith("is INACTIVE, and extend requires it to be ACTIVE; use state=started")


def test_not_made_smaller(matomo):
    assert matomo.refuses(name=SEEDED, sizing="XS").endswith("sizing cannot go down: it is S, not XS")
    result, writes = matomo(name=SEEDED, sizing="XS", on_fixed_difference="warn")
    assert (result["changed"], writes) == (False, [])
    assert "sizing cannot go down: it is S, not XS" in result["warnings"][0]


def test_size_in_another_case_is_the_same(sim, matomo):
    sim.fault("mutate", operation="get_matomo", set={"path": "sizing", "value": "s"}, times=-1)
    matomo.changes_nothing(name=SEEDED, sizing="S")


# What may be deleted


def test_started_one_is_stopped_before_it_is_deleted(matomo, path):
    result, writes = matomo.converges(name=SEEDED, state="absent")
    assert writes == [("PATCH", path, {"operation": "stop"}), ("DELETE", path, None)]
    assert (result["steps"], result["matomo"]) == (["stop", "delete"], None)


def test_stopped_one_is_deleted(matomo, path):
    matomo(name=SEEDED, state="stopped")
    _result, writes = matomo.converges(name=SEEDED, state="absent")
    assert writes == [("DELETE", path, None)]


def test_protected_one_is_not_even_stopped(matomo):
    matomo(name=SEEDED, tags={"protected": "true"})
    assert "protected" in matomo.refuses(name=SEEDED, state="absent")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(region="ET"), "region is fixed at creation: it is EB, not ET"),
        (dict(backup_enabled=True), "backup_enabled is fixed at creation: it is False, not True"),
    ],
)
def test_fixed(matomo, options, sentence):
    matomo(**NEW, backup_enabled=False)
    assert matomo.refuses(name="qastats", **options).endswith(sentence)


def test_monitoring_does_not_count_while_stopped(matomo):
    matomo(**NEW, monitoring_enabled=True)
    result, _writes = matomo.converges(name="qastats", monitoring_enabled=True, state="stopped")
    assert result["steps"] == ["stop"]


def test_its_listing_is_asked_for_no_pages(sim, matomo):
    matomo.changes_nothing(name=SEEDED)
    asked = [one["query"] for one in sim.requests() if one["path"] == PATH]
    assert asked and all(set(query) <= {"names"} for query in asked)

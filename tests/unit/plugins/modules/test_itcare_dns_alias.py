# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS alias: added, replaced and removed once, of the resource that is meant, after whatever is under way."""

from __future__ import annotations

import pytest

MACHINE = "PEBBILL01"  # it has the alias THERE
THERE, NEW = "web1.acme.example", "shop.acme.example"


@pytest.fixture
def alias(task):
    return task("itcare_dns_alias").given(resource=MACHINE)


def path_of(sim, name=MACHINE, alias=None):
    path = "/compute/resources/%d/dns-aliases" % sim.state.named(name)[0]["id"]
    return "%s/%s" % (path, alias) if alias else path


def kept(sim, name=MACHINE):
    return [(one["fqdn"], one["type"], one["value"]) for one in sim.state.named(name)[0]["_dns"]]


# present


@pytest.mark.parametrize("answers", ["all", "new"])
def test_present(sim, alias, answers):
    sim.configure(dns_answers=answers)
    result, writes = alias.converges(name=NEW, type="CNAME", value=MACHINE)
    assert writes == [("POST", path_of(sim), {"fqdn": NEW, "type": "CNAME", "value": MACHINE})]
    assert result["steps"] == ["add_dns_alias"]
    assert result["dns_alias"] == {"fqdn": NEW, "type": "CNAME", "value": MACHINE, "zone": "acme.example"}
    assert [one["fqdn"] for one in result["dns_aliases"]] == [THERE, NEW]
    assert result["address"] == path_of(sim).rpartition("/")[0]
    assert "warnings" not in result


def test_present_with_the_name_only(sim, alias):
    _result, writes = alias.converges(name=NEW)
    assert writes == [("POST", path_of(sim), {"fqdn": NEW})]


def test_answer_is_enough_to_see_the_effect(sim, alias):
    alias(name=NEW)
    reads = [entry for entry in sim.requests(method="GET") if entry["path"] == path_of(sim)]
    writes = sim.writes()
    assert max(entry["n"] for entry in reads) < writes[0]["n"]


@pytest.mark.parametrize(
    "options",
    [dict(), dict(type="cname"), dict(value="pebbill01."), dict(name=THERE.upper() + ".", type="CNAME", value=MACHINE)],
    ids=str,
)
def test_present_idempotent(alias, options):
    result = alias.changes_nothing(**{"name": THERE, **options})
    assert result["dns_alias"]["fqdn"] == THERE


def test_another_value_is_a_removal_and_an_addition(sim, alias):
    result, writes = alias.converges(name=THERE, value="PEBBILL02")
    assert writes == [
        ("DELETE", path_of(sim, alias=THERE), None),
        ("POST", path_of(sim), {"fqdn": THERE, "value": "PEBBILL02"}),
    ]
    removed, added = result["diff"]
    assert removed["before"] == {"dns_aliases": [{"fqdn": THERE, "type": "CNAME", "value": MACHINE}]}
    assert added["after"] == {"dns_aliases": [{"fqdn": THERE, "value": "PEBBILL02"}]}
    assert kept(sim) == [(THERE, "CNAME", "PEBBILL02")]


def test_name_in_no_domain_is_a_warning_and_the_platform_decides(alias):
    result, _writes = alias(check=True, name="shop.other.example")
    assert not result.get("failed")
    assert "shop.other.example is in no domain that the platform lists" in result["warnings"][0]
    result, writes = alias(name="shop.other.example")
    assert result["failed"] and result["msg"].startswith("The name is in no known domain")
    assert len(writes) == 1


@pytest.mark.parametrize("catalogue", ["empty", "forbidden"])
def test_domains_that_cannot_be_told_are_no_matter(sim, alias, catalogue):
    sim.configure(catalogue=catalogue)
    result, _writes = alias.converges(name=NEW)
    assert "warnings" not in result


def test_name_that_another_resource_has_is_the_platforms_to_refuse(sim, task):
    result, _writes = task("itcare_dns_alias")(resource="PEBBILL02", name=THERE)
    assert result["failed"] and result["msg"].startswith("This name exists")


@pytest.mark.parametrize("name", ["shop", "shop..acme.example", "-a.example", "a b.example", "{number}.example", ""])
def test_name_that_is_none(alias, name):
    assert "is not a complete name" in alias.refuses(name=name)


# absent


def test_absent(sim, alias):
    result, writes = alias.converges(name=THERE.upper(), state="absent")
    assert writes == [("DELETE", path_of(sim, alias=THERE), None)]
    assert (result["steps"], result["dns_alias"], result["dns_aliases"]) == (["remove_dns_alias"], None, [])


def test_absent_already(alias):
    alias.changes_nothing(name=NEW, state="absent")


def test_absent_only_with_that_value(sim, alias):
    alias.changes_nothing(name=THERE, value="PEBBILL02", state="absent")
    alias.converges(name=THERE, value=MACHINE, state="absent")


@pytest.mark.parametrize("narrowed", [dict(resource_type="POSTGRESQL"), dict(service="intranet")], ids=str)
def test_absent_of_a_resource_of_another_kind_or_service(sim, task, narrowed):
    result = task("itcare_dns_alias").changes_nothing(resource=MACHINE, name=THERE, state="absent", **narrowed)
    (warning,) = result["warnings"]
    assert next(iter(narrowed.values())) in warning and "stays as it is" in warning
    assert "id %d" % sim.state.named(MACHINE)[0]["id"] in warning and "in service billing" in warning


def test_absent_of_no_resource(task):
    task("itcare_dns_alias").changes_nothing(resource="NOSUCH01", name=NEW, state="absent")


@pytest.mark.parametrize("wanted", [dict(type="A", state="absent"), dict(value="10.0.0.9")], ids=str)
def test_records_of_one_name_are_not_removed_with_the_one_that_is_meant(sim, alias, wanted):
    rows = sim.state.named(MACHINE)[0]["_dns"]
    rows[:] = [{"fqdn": NEW, "type": kind, "value": value} for kind, value in (("A", "10.0.0.1"), ("AAAA", "fd00::1"))]
    message = alias.refuses(name=NEW, **wanted)
    assert "removes all records of a name: A 10.0.0.1, AAAA fd00::1" in message
    alias.converges(name=NEW, state="absent")
    assert kept(sim) == []


# Which resource


def test_no_such_resource(task):
    message = task("itcare_dns_alias").given(on_missing_in_check_mode="fail").refuses(resource="NOSUCH01", name=NEW)
    assert message.startswith("there is no resource named NOSUCH01")


def test_several_of_the_name(sim, task):
    for service in ("billing-qa", "intranet"):
        sim.add_instance("QTWIN01", service)
    alias = task("itcare_dns_alias").given(resource="QTWIN01", name=NEW)
    assert "2 resources of kind resource are named QTWIN01" in alias.refuses()
    alias.converges(service="intranet")
    assert [bool(one["_dns"]) for one in sim.state.named("QTWIN01")] == [False, True]


def test_resource_type_narrows_a_name(sim, task):
    sim.add_instance("billingpg", "billing")
    alias = task("itcare_dns_alias").given(resource="billingpg", name=NEW)
    alias.refuses()
    alias.converges(resource_type="POSTGRESQL")
    assert [bool(one["_dns"]) for one in sim.state.named("billingpg")] == [True, False]


def test_resource_of_another_service_is_refused(sim, task):
    number = sim.state.named(MACHINE)[0]["id"]
    message = task("itcare_dns_alias").refuses(resource=str(number), service="intranet", name=NEW)
    assert "service: it is" in message


def test_resource_of_another_kind_is_refused(sim, task):
    number = sim.state.named(MACHINE)[0]["id"]
    alias = task("itcare_dns_alias").given(resource=str(number), name=NEW)
    for state in ("present", "absent"):
        message = alias.refuses(resource_type="POSTGRESQL", state=state)
        assert message.startswith("resource: %d is %s (id %d, LINUX in service" % (number, MACHINE, number))
        assert message.endswith(", which contradicts resource_type: POSTGRESQL")
    alias.converges(resource_type="linux")


# Faults


def test_lost_answer_is_looked_for_before_anything_is_repeated(sim, alias):
    sim.fault("reset_after", operation="add_resource_dns_alias")
    result, writes = alias(name=NEW)
    assert not result.get("failed") and len(writes) == 1
    assert "the answer was lost, but it took effect" in result["warnings"][0]


def test_lost_removal_is_looked_for(sim, alias):
    sim.fault("reset_after", operation="delete_resource_dns_alias")
    result, writes = alias(name=THERE, state="absent")
    assert not result.get("failed") and len(writes) == 1


def test_lost_addition_without_effect_is_not_repeated(sim, alias):
    sim.fault("reset_before", operation="add_resource_dns_alias")
    result, writes = alias(name=NEW, wait_timeout=0.3)
    assert "may have taken effect or not" in result["msg"]
    assert len(writes) == 1


def test_action_under_way_is_waited_for(sim, alias):
    sim.colleague("PATCH", sim.address(MACHINE), {"operation": "stop"}, seconds=0.3)
    result, writes = alias(name=NEW)
    assert not result.get("failed") and len(writes) == 1
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]


def test_alias_without_a_name_is_an_unexpected_answer(sim, alias):
    sim.fault("mutate", operation="list_resource_dns_aliases", drop="fqdn", times=-1)
    assert "without fqdn" in alias.refuses(name=NEW)


def test_value_that_is_shown_with_its_domain(sim, alias):
    sim.fault(
        "mutate",
        operation="list_resource_dns_aliases",
        set={"path": "value", "value": "pebbill01.acme.example."},
        times=-1,
    )
    alias.changes_nothing(resource="PEBBILL01", name="web1.acme.example", type="CNAME", value="PEBBILL01")
    result, _writes = alias(check=True, resource="PEBBILL01", name="web1.acme.example", value="PEBBILL02")
    assert result["steps"] == ["remove_dns_alias", "add_dns_alias"]

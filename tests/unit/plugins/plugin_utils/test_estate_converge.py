# SPDX-License-Identifier: GPL-3.0-or-later
"""itcare_estate: a whole description in one task; all is decided first, and only what differs is sent."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.client import Client
from ansible_collections.cegedim.cloud.plugins.plugin_utils import estate_converge
from ansible_collections.cegedim.cloud.tests.simulator import colleague
from ansible_collections.cegedim.cloud.tests.unit.plugins import readings, test_every_description

SECRET = "Correct-Horse-42!"
NEW = {"service": "billing-qa", "network": "EB_1127_DMZ9", "platform": "deb12", "sizing": "2cpu4gb"}
LIMITS = {"wait_timeout": 600, "wait_interval": 5}
OTHERS = {"ansible_estate": "b"}


@pytest.fixture
def platform(monkeypatch):
    return readings.Platform(monkeypatch, {})


def estate(*items, check=False, **options):
    """The result of the task. The items are not changed by it."""
    given = copy.deepcopy({**readings.AUTH, **LIMITS, "resources": list(items), **options})
    return estate_converge.run_estate(given, check)


def machine(name, **options):
    return {"module": "itcare_instance", "options": {"name": name, **options}}


def new_machine(name, **options):
    return machine(name, **NEW, **options)


def balancer(name="shop.acme.example", **options):
    about = {"service": "billing-qa", "region": "EB", "profile": "HTTP", "member_port": 8080, "healthcheck": "tcp"}
    return {"module": "itcare_loadbalancer", "options": {"name": name, **about, **options}}


def members(*names, loadbalancer="shop.acme.example"):
    rows = [{"resource": name, "port": 8080} for name in names]
    return {"module": "itcare_loadbalancer_member", "options": {"loadbalancer": loadbalancer, "members": rows}}


def alias(name, resource):
    return {"module": "itcare_dns_alias", "options": {"name": name, "resource": resource}}


REDIS = {
    "module": "itcare_redis",
    "options": {"name": "shopcache", "service": "billing-qa", "sizing": "2cpu4gb"},
    "creation": {
        "network": "EB_1127_DMZ9",
        "platform": "redis72",
        "version": "7.2",
        "persistence_mode": "PERSISTENT",
        "node_count": 1,
        "disk_size": 40,
        "node_prefix": "QEBSHOPR",
        "admin_password": SECRET,
    },
}
SHOP = [
    alias("www.acme.example", "QSHOP01"),
    members("QSHOP01", "QSHOP02"),
    balancer(),
    REDIS,
    new_machine("QSHOP01"),
    new_machine("QSHOP02", tags={"tier": "web"}),
]


def counts(result):
    return tuple(result["summary"][name] for name in ("create", "change", "remove", "unchanged", "failed"))


def changed(result):
    return [row["name"] for row in result["results"] if row["changed"]]


# From nothing, and again


def test_four_runs(platform):
    predicted = estate(*SHOP, check=True)
    assert not predicted.get("failed"), predicted["msg"]
    assert platform.writes() == []
    assert predicted["msg"] == "to create 4, to change 2, to remove 0"
    applied = estate(*SHOP)
    assert not applied.get("failed"), applied["msg"]
    assert applied["msg"] == "created 4, changed 2, removed 0"
    assert [one["after"] for one in applied["diff"]] == [one["after"] for one in predicted["diff"]]
    assert SECRET not in str(predicted) + str(applied)
    platform.world.journal.clear()
    for check in (False, True):
        again = estate(*SHOP, check=check)
        assert (again["changed"], counts(again), again["diff"]) == (False, (0, 0, 0, 6, 0), [])
    assert platform.writes() == []


def test_new_load_balancer_names_its_new_members_in_check_mode(platform):
    items = [balancer(members=["QSHOP01"]), new_machine("QSHOP01")]
    predicted, applied = estate(*items, check=True), estate(*items)
    (planned,) = [step["after"]["members"] for step in predicted["diff"] if "members" in step["after"]]
    (sent,) = [step["after"]["members"] for step in applied["diff"] if "members" in step["after"]]
    assert planned == [{"name": "QSHOP01"}] and [one["name"] for one in sent] == ["QSHOP01"]


def test_what_refers_to_something_new_is_not_validated_by_the_platform(platform):
    result = estate(balancer(members=["QSHOP01"], server_dry_run=True), new_machine("QSHOP01"), check=True)
    assert not result.get("failed") and platform.writes() == []
    assert any("was not validated by the platform" in one for one in result["warnings"])


def test_unchanged_items_are_told_in_short(platform):
    (row,) = estate(machine("PEBBILL01"))["results"]
    about = {"id": platform.record("PEBBILL01")["id"], "name": "PEBBILL01"}
    assert row == {
        "module": "itcare_instance",
        "name": "PEBBILL01",
        "changed": False,
        "failed": False,
        "result": {"instance": about},
    }


def test_what_is_needed_is_built_first_and_removed_last(platform):
    estate(*SHOP)
    order = [entry["path"].split("/")[2] for entry in platform.writes()]
    assert order.index("loadbalancers") > max(i for i, word in enumerate(order) if word in ("instances", "redis"))
    gone = [machine("QSHOP01", state="absent"), balancer(state="absent"), alias("www.acme.example", "QSHOP01")]
    gone[2]["options"]["state"] = "absent"
    result = estate(*gone)
    assert (result["msg"], counts(result)) == ("created 0, changed 0, removed 3", (0, 0, 3, 0, 0))
    paths = [entry["path"] for entry in platform.writes()]
    assert ["alias" in path or "balancer" in path for path in paths] == [True, True, False, False]


def test_same_item_twice_is_one(platform):
    result = estate(new_machine("QSHOP01"), new_machine("QSHOP01"))
    assert counts(result) == (1, 0, 0, 1, 0)


def test_no_resources_change_nothing(platform):
    assert (estate()["changed"], platform.world.journal.entries(token=False)) == (False, [])


# Only at creation


def test_creation_is_not_compared(platform):
    item = {**machine("PEBBILL01"), "creation": {"platform": "another", "network": "nowhere"}}
    result = estate(item, check=True)
    assert (result.get("failed"), counts(result)) == (None, (0, 0, 0, 1, 0))


def test_what_only_a_creation_needs_is_named(platform):
    result = estate({**REDIS, "creation": {"admin_password": ""}})
    assert result["failed"] and "to create it these are missing:" in result["msg"] and "admin_password" in result["msg"]


def test_failure_says_whether_it_is_missing(platform):
    result = estate({**REDIS, "creation": {}}, refused(), machine("PEBBILL02", comment="new"), check=True)
    assert [row.get("missing") for row in result["results"]] == [True, False, None]


def test_creation_is_checked_although_nothing_is_created(platform):
    result = estate({**machine("PEBBILL01"), "creation": {"platfrom": "deb12"}})
    assert result["failed"] and "platfrom" in result["msg"] and "results" not in result


def test_what_is_under_creation_goes_before_a_default(platform):
    item = {**machine("QSHOP01", service="billing-qa"), "creation": {**NEW, "sizing": "4cpu8gb"}}
    del item["creation"]["service"]
    for planned in ((1, 0, 0, 0, 0), (0, 0, 0, 1, 0)):
        result = estate(item, defaults={"sizing": "2cpu4gb"})
        assert (result.get("failed"), counts(result)) == (None, planned)


def test_same_options_with_another_creation_are_refused(platform):
    item = {**machine("QSHOP01"), "creation": NEW}
    result = estate(item, {**machine("QSHOP01"), "creation": {**NEW, "sizing": "4cpu8gb"}})
    assert result["failed"] and "have different options under creation" in result["msg"] and platform.writes() == []


def test_accounts_of_the_items_are_enough(platform):
    account = {name: readings.AUTH[name] for name in ("client_id", "client_secret")}
    result = estate(machine("PEBBILL01"), defaults=account, client_id=None, client_secret=None)
    assert (result.get("failed"), counts(result)) == (None, (0, 0, 0, 1, 0))


@pytest.mark.parametrize(
    "item, words",
    [
        ({**machine("PEBBILL01", sizing="2cpu4gb"), "creation": {"sizing": "2cpu4gb"}}, "under creation"),
        ({**machine("PEBBILL01", service="billing"), "creation": {"service_id": "intranet"}}, "service_id is among"),
        ({**alias("www.acme.example", "PEBBILL01"), "creation": {"type": "A"}}, "part of a resource"),
        (machine("PEBBILL01", wait=False), "wait is false"),
        ({"module": "itcare_api", "options": {}}, "no module itcare_api"),
    ],
    ids=["twice", "alias", "part", "wait", "module"],
)
def test_wrong_item_is_refused_before_anything_is_sent(platform, item, words):
    result = estate(new_machine("QSHOP01"), item)
    assert result["failed"] and words in result["msg"] and "item 2" in result["msg"]
    assert platform.world.journal.entries(token=False) == []


def test_items_that_mean_the_same_resource_are_refused(platform):
    number = platform.record("PEBBILL01")["id"]
    by_number = {"module": "itcare_instance", "options": {"id": number, "comment": "another"}}
    result = estate(machine("PEBBILL01", comment="one"), by_number)
    assert result["failed"] and "are both" in result["msg"] and platform.writes() == []


def test_resources_of_one_name_are_told_apart_by_their_ids(platform):
    for _number in range(2):
        platform.add("QTWIN01")
    first, second = [one["id"] for one in platform.state.named("QTWIN01")]
    result = estate(machine("QTWIN01", id=first, comment="one"), machine("QTWIN01", id=second, comment="two"))
    assert (result.get("failed"), counts(result)) == (None, (0, 2, 0, 0, 0))
    assert [one["comment"] for one in platform.state.named("QTWIN01")] == ["one", "two"]


# What fails


def refused():
    return machine("PEBBILL01", network="EB_1127_DMZ9")


def test_refused_items_do_not_stop_the_others(platform):
    for check in (True, False):
        result = estate(refused(), machine("PEBBILL02", comment="new"), check=check)
        assert result["failed"] and result["changed"] and counts(result) == (0, 1, 0, 0, 1)
        assert result["msg"].startswith("1 of 2 resources failed: itcare_instance PEBBILL01: ")
    assert platform.record("PEBBILL02")["comment"] == "new"


def test_refused_items_stop_the_others_on_demand(platform):
    result = estate(refused(), machine("PEBBILL02", comment="new"), on_refusal="stop")
    assert result["failed"] and not result["changed"] and changed(result) == [] and result["diff"] == []
    assert result["msg"].startswith("nothing was sent, since 1 of 2 resources failed: ")
    assert platform.writes() == []
    check = estate(refused(), machine("PEBBILL02", comment="new"), on_refusal="stop", check=True)
    assert changed(check) == ["PEBBILL02"]


def test_what_is_under_way_is_decided_before_anything_is_sent_on_demand(platform):
    path = "/compute/instances/%d" % platform.record("DEBINTRA01")["id"]
    colleague.perform(platform.world, "PATCH", path, {"operation": "stop"})
    items = machine("DEBINTRA01", sizing="999cpu1gb"), machine("PEBBILL02", comment="new")
    result = estate(*items, on_refusal="stop")
    assert result["failed"] and result["msg"].startswith("nothing was sent, since 1 of 2 resources failed: ")
    assert changed(result) == [] and platform.writes() == []
    colleague.perform(platform.world, "PATCH", path, {"operation": "start"})
    result = estate(machine("DEBINTRA01", comment="new"), items[1], on_refusal="stop")
    assert (result.get("failed"), counts(result)) == (None, (0, 2, 0, 0, 0)), result["msg"]


def test_reference_that_nothing_creates_is_refused_before_anything_is_sent(platform):
    result = estate(alias("www.acme.example", "QSHOP99"), new_machine("QSHOP01"), on_refusal="stop")
    assert result["failed"] and "QSHOP99" in result["msg"] and platform.writes() == []


def test_what_needs_something_that_could_not_be_created_is_not_sent(platform):
    fault = {"kind": "fail_action", "match": {"operation": "create_instance"}, "message": "No space left"}
    platform.world.faults.add(fault)
    items = [alias("www.acme.example", "QSHOP01"), new_machine("QSHOP01"), machine("PEBBILL02", comment="new")]
    result = estate(*items)
    assert counts(result) == (0, 1, 0, 0, 2)
    assert "it needs itcare_instance QSHOP01, which could not be created" in result["msg"]
    assert "No space left" in result["msg"]
    again = estate(*items)
    assert (again.get("failed"), counts(again)) == (None, (1, 1, 0, 1, 0))


def test_what_only_mentions_it_is_sent(platform):
    bad = machine("QSHOP01", service="billing-qa")
    items = [bad, machine("PEBBILL01", comment="QSHOP01"), machine("PEBBILL02", tags={"twin": "qshop01"})]
    for check in (True, False):
        assert counts(estate(*items, check=check)) == (0, 2, 0, 0, 1)


def test_check_mode_says_so_too(platform):
    bad = machine("QSHOP01", service="billing-qa")
    result = estate(alias("www.acme.example", "QSHOP01"), bad, check=True)
    assert counts(result) == (0, 0, 0, 0, 2) and "it needs itcare_instance QSHOP01" in result["msg"]


# What is under way


def test_what_is_under_way_is_waited_for(platform):
    path = "/compute/instances/%d" % platform.record("DEBINTRA01")["id"]
    colleague.perform(platform.world, "PATCH", path, {"operation": "stop"})
    result = estate(machine("DEBINTRA01", state="started"), machine("PEBBILL01"))
    assert counts(result) == (0, 1, 0, 1, 0)
    assert platform.record("DEBINTRA01")["status"] == "ACTIVE"


def test_what_is_under_way_may_not_say_its_name(monkeypatch):
    """Not even where it begins after the first look at what is under way."""
    platform = readings.Platform(monkeypatch, {"actions_sparse": True})
    path, served = "/compute/instances/%d" % platform.record("DEBINTRA01")["id"], platform._served

    def meddling(exchange):
        answer = served(exchange)
        if exchange.path == path:
            monkeypatch.setattr(platform, "_served", served)
            colleague.perform(platform.world, "PATCH", path, {"operation": "stop"})
        return answer

    monkeypatch.setattr(platform, "_served", meddling)
    result = estate(machine("DEBINTRA01", state="started", sizing="2cpu4gb"), machine("PEBBILL01"))
    assert platform.record("DEBINTRA01")["status"] == "ACTIVE" and changed(result) == ["DEBINTRA01"]


def test_check_mode_knows_what_others_create_when_it_had_to_wait(platform):
    item = new_machine("QSHOP01")
    estate(balancer())
    platform.world.settings["action_seconds"] = 50
    order = {"operation": "update_monitoring", "options": {"state": False, "on_call": False}}
    path = "/networking/loadbalancers/%d" % platform.record("shop.acme.example")["id"]
    colleague.perform(platform.world, "PATCH", path, order)
    result = estate(item, members("QSHOP01"), check=True)
    assert (result.get("failed"), counts(result)) == (None, (1, 1, 0, 0, 0)), result["msg"]


def test_alias_that_moves_is_removed_first(platform):
    estate(alias("www.acme.example", "PEBBILL01"))
    gone = alias("www.acme.example", "PEBBILL01")
    gone["options"]["state"] = "absent"
    result = estate(alias("www.acme.example", "PEBBILL02"), gone)
    assert (result.get("failed"), counts(result)) == (None, (0, 1, 1, 0, 0)), result["msg"]


def test_deadline_is_that_of_the_whole_task(platform):
    platform.world.settings["action_seconds"] = 50
    result = estate(new_machine("QSHOP01"), balancer(), wait_timeout=60)
    assert result["failed"] and "still in progress" in result["msg"]
    assert not result["results"][0]["failed"] and result["results"][1]["failed"]


def test_nothing_is_sent_after_the_deadline(platform):
    platform.world.settings["action_seconds"] = 50
    result = estate(new_machine("QSHOP01"), balancer(), wait_timeout=40)
    assert counts(result)[4] == 2 and "the wait_timeout of the task (40 s) is over" in result["msg"]
    assert [entry["path"] for entry in platform.writes()] == ["/compute/instances"]


# What it costs


def test_estate_without_a_difference_is_read_once(platform):
    items = [{key: one[key] for key in ("module", "options")} for one in test_every_description.described()["estate"]]
    platform.world.journal.clear()
    result = estate(*items)
    assert (result["changed"], result.get("failed"), result.get("warnings")) == (False, None, None)
    entries = platform.world.journal.entries(token=False)
    asked = [str((one["path"], one["query"])) for one in entries if not one["path"].endswith(("/actions", "/nodes"))]
    assert len(asked) == len(set(asked))  # nothing is asked twice
    assert len([one for one in entries if one["path"] == "/actions"]) == 2
    assert len(entries) < 3 * len(items)
    assert platform.writes() == []


def test_thousand_names_are_looked_for_fifty_at_a_time(platform):
    from ansible_collections.cegedim.cloud.tests.simulator import seed

    seed.add_instances(platform.state, 120, "billing-qa")
    names = [one["name"] for one in platform.state.resources.values() if one.get("resourceType") == "LINUX"][-120:]
    platform.world.journal.clear()
    result = estate(*(machine(name, sizing="2cpu4gb") for name in names), check=True)
    assert counts(result)[3] + counts(result)[1] == 120
    entries = platform.world.journal.entries(token=False)
    assert len([one for one in entries if one["path"] == "/compute/instances"]) == 3
    assert len([one for one in entries if one["path"].endswith("/tags")]) == 0


def test_each_spelling_of_a_name_is_looked_for(platform):
    for name, service in (("QCASE01", "intranet"), ("qcase01", "billing-qa")):
        platform.add(name, service)
    result = estate(machine("QCASE01", service="intranet"), machine("qcase01", service="billing-qa"))
    assert (result.get("failed"), counts(result)) == (None, (0, 0, 0, 2, 0)), result["msg"]


# What is not described


def described_of(service):
    rows = test_every_description.described(services=[service])["estate"]
    return [{key: one[key] for key in ("module", "options", "creation")} for one in rows]


def unmanaged(result):
    return [(row["name"], row["owned"]) for row in result["unmanaged"]]


SCOPE = {"services": ["intranet"]}


def test_what_is_not_described_is_reported(platform):
    items = [one for one in described_of("intranet") if one["options"]["name"] != "DEBINTRA02"]
    result = estate(*items, prune="report", prune_scope=SCOPE, check=True)
    assert (result["changed"], unmanaged(result)) == (False, [("DEBINTRA02", False)])
    whole = estate(*described_of("intranet"), prune="report", prune_scope=SCOPE, check=True)
    assert whole["unmanaged"] == []


def test_parts_that_are_not_described_are_reported(platform):
    items = described_of("billing")
    about = {"prune": "report", "prune_scope": {"services": ["billing"]}, "check": True}
    assert estate(*items, **about)["unmanaged"] == []
    readings.run("itcare_dns_alias", {"resource": "PEBBILL02", "name": "byhand.acme.example", **LIMITS})
    readings.run(
        "itcare_loadbalancer_url", {"loadbalancer": "billing.acme.example", "name": "byhand.example", **LIMITS}
    )
    readings.run("itcare_kafka", {"name": "billing_events", "parameters": {"log.retention.hours": 71}, **LIMITS})
    extension = {"database": "postgres", "name": "citext"}
    readings.run("itcare_postgresql", {"name": "billingpg", "extensions": [extension], **LIMITS})
    volume = {"name": "byhand", "disk_size": 10, "password": SECRET}
    readings.run("itcare_glusterfs", {"name": "billing_files", "volumes": [volume], **LIMITS})
    platform.pass_time(60)
    result = estate(*items, **about)
    assert [(row["name"], row["part"], row["owned"]) for row in result["unmanaged"]] == [
        ("PEBBILL02", "byhand.acme.example", False),
        ("billing_files", "volumes: byhand", False),
        ("billing_events", "parameters: log.retention.hours", False),
        ("billing.acme.example", "byhand.example", False),
        ("billingpg", "extensions: citext of postgres", False),
    ]
    assert not result["changed"]


def test_scope_takes_the_words_of_the_description(platform):
    by_alias = estate(machine("PEBBILL01"), prune="report", prune_scope={"service": "intranet"}, check=True)
    assert by_alias["unmanaged"] == estate(machine("PEBBILL01"), prune="report", prune_scope=SCOPE)["unmanaged"] != []


def test_only_what_the_estate_has_created_is_pruned(platform):
    about = {"name": "intra", "prune": "remove", "prune_scope": SCOPE}
    mine = machine("DEBNEW01", **{**NEW, "service": "intranet"})
    kept = described_of("intranet")
    assert changed(estate(*kept, mine, **about)) == ["DEBNEW01"]
    assert changed(estate(*kept, mine, **about)) == []
    left = [one for one in kept if one["options"]["name"] != "DEBINTRA02"]
    predicted = estate(*left, **about, check=True)
    assert predicted["msg"] == "to create 0, to change 0, to remove 1" and platform.record("DEBNEW01")
    result = estate(*left, **about)
    assert (changed(result), counts(result)[2]) == (["DEBNEW01"], 1)
    assert unmanaged(result) == [("DEBINTRA02", False), ("DEBNEW01", True)]
    assert platform.record("DEBNEW01") is None and platform.record("DEBINTRA02")
    assert unmanaged(estate(*left, **about)) == [("DEBINTRA02", False)]


def test_another_estate_is_not_pruned(platform):
    mine = machine("DEBNEW01", **{**NEW, "service": "intranet"})
    estate(mine, name="one")
    result = estate(*described_of("billing")[:1], name="other", prune="remove", prune_scope=SCOPE)
    assert ("DEBNEW01", False) in unmanaged(result) and platform.record("DEBNEW01")


def test_what_was_adopted_is_pruned(platform):
    readings.run("itcare_tag", {"resources": ["DEBINTRA02"], "tags": {"ansible_estate": "intra"}})
    left = [one for one in described_of("intranet") if one["options"]["name"] != "DEBINTRA02"]
    assert not any("ansible_estate" in str(one) for one in described_of("intranet"))
    estate(*left, name="intra", prune="remove", prune_scope=SCOPE)
    assert platform.record("DEBINTRA02") is None


def test_tag_of_the_estate_outlives_exact_tags(platform):
    mine = new_machine("QSHOP01", tags={"tier": "web"}, tags_mode="replace")
    estate(mine, name="shop")
    assert not estate(mine, name="shop")["changed"]
    mine["options"]["tags"] = {"tier": "cache"}
    assert estate(mine, name="shop")["changed"] and not estate(mine)["changed"]
    tags = {one["tagKey"]: one["tagValue"] for one in platform.record("QSHOP01")["tags"]}
    assert tags == {"tier": "cache", "ansible_estate": "shop"}


def test_what_is_protected_is_not_pruned(platform):
    estate(machine("DEBNEW01", **{**NEW, "service": "intranet", "tags": {"protected": "true"}}), name="intra")
    result = estate(*described_of("billing")[:1], name="intra", prune="remove", prune_scope=SCOPE)
    (row,) = [row for row in result["unmanaged"] if row["name"] == "DEBNEW01"]
    assert row["owned"] and "protects it" in row["reason"] and not result.get("failed")
    assert platform.record("DEBNEW01")


def test_nothing_is_pruned_while_others_fail(platform):
    estate(machine("DEBNEW01", **{**NEW, "service": "intranet"}), name="intra")
    result = estate(refused(), name="intra", prune="remove", prune_scope=SCOPE)
    assert result["failed"] and "nothing was pruned, since other resources failed" in result["warnings"]
    assert platform.record("DEBNEW01")


def owned(platform, *names, service="intranet"):
    """The records of new machines that the estate intra owns."""
    records = [platform.add(name, service) for name in names]
    found = [platform.state.resources[one["id"]] for one in records]
    for one in found:
        one["tags"] = [{"tagKey": "ansible_estate", "tagValue": "intra"}]
    return found


PRUNING = {"name": "intra", "prune": "remove", "prune_scope": {"names": ["QTWIN01"]}}


@pytest.mark.parametrize("product_paths", ["id", "internal"])
@pytest.mark.parametrize("before", [0, 1], ids=["", "pair"])
def test_twin_of_what_is_owned_is_not_pruned(monkeypatch, product_paths, before):
    """Both have the same name and service, and maybe each other's numbers."""
    platform = readings.Platform(monkeypatch, {"numbers": "overlapping", "product_paths": product_paths})
    for _number in range(before):
        platform.add("QOTHER01", "intranet")
    owned(platform, "QTWIN01")
    twin = platform.add("QTWIN01", "intranet")
    result = estate(machine("PEBBILL01"), **PRUNING, check=True)
    assert sorted(row["owned"] for row in result["unmanaged"]) == [False, True]
    estate(machine("PEBBILL01"), **PRUNING)
    assert twin["id"] in [one["id"] for one in platform.state.named("QTWIN01")]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("prune", ["report", "remove"])
def test_what_had_to_be_waited_for_is_described(platform, prune, check):
    (record,) = owned(platform, "QTWIN01")
    path = "/compute/instances/%d" % record["id"]
    colleague.perform(platform.world, "PATCH", path, {"operation": "stop"})
    item = {"module": "itcare_instance", "options": {"id": record["id"], "state": "started"}}
    result = estate(item, **{**PRUNING, "prune": prune}, check=check)
    assert (result["unmanaged"], counts(result)) == ([], (0, 1, 0, 0, 0))


def test_what_was_done_is_told_although_pruning_fails(platform, monkeypatch):
    owned(platform, "QTWIN01")
    served, seen = platform._served, []

    def failing(exchange):
        seen.append(exchange.path)
        answer = served(exchange)
        if exchange.path == "/compute/resources" and seen.count(exchange.path) > 1:
            answer.status = 403
        return answer

    monkeypatch.setattr(platform, "_served", failing)
    result = estate(machine("PEBBILL02", comment="new"), **PRUNING)
    assert result["failed"] and result["changed"] and counts(result) == (0, 1, 0, 0, 1)
    assert "itcare_instance QTWIN01: not removed, since it could not be read again: " in result["msg"]
    assert platform.record("QTWIN01")


def test_what_changes_after_the_plan_is_not_pruned(platform, monkeypatch):
    (record,) = owned(platform, "QTWIN01")
    served = platform._served

    def protecting(exchange):
        if exchange.path.endswith("/comments") and exchange.method == "PATCH":
            record["tags"].append({"tagKey": "Protected", "tagValue": "true"})
        return served(exchange)

    monkeypatch.setattr(platform, "_served", protecting)
    result = estate(machine("PEBBILL02", comment="new"), **PRUNING)
    assert (result.get("failed"), counts(result)) == (None, (0, 1, 0, 0, 0)) and platform.record("QTWIN01")
    assert ["QTWIN01" in warning and "was not pruned" in warning for warning in result["warnings"]] == [True]


def test_scope_is_that_of_the_page(monkeypatch):
    """The row of a listing may be sparse or old."""
    platform = readings.Platform(monkeypatch, {"rows": "old"})
    (record,) = owned(platform, "QTWIN01")
    was, record["environment"] = record["environment"], "PRODUCTION"
    result = estate(machine("PEBBILL01"), **{**PRUNING, "prune_scope": {"environments": [was], "names": ["QTWIN01"]}})
    assert result["unmanaged"] == [] and platform.record("QTWIN01")


def test_environment_that_nothing_is_in_leads_to_a_warning(platform):
    pruning = {**PRUNING, "prune": "report"}
    result = estate(machine("PEBBILL01"), **{**pruning, "prune_scope": {"environments": ["PRODUCTON", "production"]}})
    assert result["warnings"] == ["prune_scope: environments: nothing that is asked for is in PRODUCTON"]


def test_resource_without_an_environment_is_told_and_not_removed(platform):
    (record,) = owned(platform, "QTWIN01")
    record["environment"] = None
    result = estate(machine("PEBBILL01"), **{**PRUNING, "prune_scope": {"environments": ["QA"], "names": ["QTWIN01"]}})
    ((row),) = result["unmanaged"]
    assert row["owned"] and row["reason"] == "the platform does not show its environment, and QA is asked for"
    assert platform.record("QTWIN01")


def test_resource_without_a_name_has_none_of_the_names(platform):
    (record,) = owned(platform, "QTWIN01")
    record["name"] = None
    result = estate(machine("PEBBILL01"), **{**PRUNING, "prune_scope": {"names": ["QTWIN01"]}})
    assert result["unmanaged"] == [] and record["id"] in platform.state.resources


def test_listing_without_environments_leaves_nothing_out(platform, monkeypatch):
    scope = {"kinds": ["instance"], "environments": ["PRODUCTION"]}
    pruning = {**PRUNING, "prune": "report", "prune_scope": scope}
    names = [row["name"] for row in estate(machine("PEBBILL01"), **pruning)["unmanaged"]]
    pages = Client.pages

    def bare(client, *words, **how):
        return [{**row, "environment": None} for row in pages(client, *words, **how)]

    monkeypatch.setattr(Client, "pages", bare)
    assert names and [row["name"] for row in estate(machine("PEBBILL01"), **pruning)["unmanaged"]] == names


def test_what_could_not_be_tagged_is_named(platform):
    platform.world.settings.update(action_seconds=50, creation_visible=True)
    result = estate(new_machine("QSHOP01"), name="shop", wait_timeout=40)
    assert result["failed"] and "QSHOP01: it was created, and may lack the tag" in str(result["warnings"])


def test_tags_may_be_text(platform):
    estate(new_machine("QSHOP01", tags="tier=web"), name="shop")
    tags = {one["tagKey"]: one["tagValue"] for one in platform.record("QSHOP01")["tags"]}
    assert tags == {"tier": "web", "ansible_estate": "shop"}


@pytest.mark.parametrize(
    "options, words",
    [
        ({"prune": "remove", "prune_scope": SCOPE}, "name"),
        ({"prune_scope": 5}, "prune_scope has to be a dict"),
        ({"name": "intra", "resources": [machine("PEBBILL01", tags={"ansible_estate": "b"})]}, "is b, and the name"),
        (
            {"name": "intra", "resources": [{**machine("QSHOP01"), "creation": {**NEW, "tags": OTHERS}}]},
            "is b, and the",
        ),
        ({"prune": "report", "prune_scope": {"services": ["billing"], "kinds": []}}, "kinds: an empty list"),
        ({"prune": "report", "prune_scope": {"kinds": ["instance"], "tags": {}}}, "tags: an empty list"),
        ({"prune": "report", "prune_scope": {"environments": [" "]}}, "environments: ' ' is empty or has a comma"),
        (
            {"defaults": {"service": "billing", "service_id": "intranet"}},
            "defaults: service and service_id are the same",
        ),
        ({"prune": "remove", "name": "intra"}, "prune_scope"),
        ({"prune": "report", "prune_scope": {}}, "it is empty"),
        ({"prune_scope": SCOPE}, "prune is never"),
        ({"prune": "remove", "prune_scope": SCOPE, "name": " a,b"}, "name: "),
        ({"prune": "report", "prune_scope": {"kinds": ["postgres"]}}, "do you mean postgresql?"),
        ({"wait": False}, "wait is false"),
        ({"prune": "remove", "prune_scope": SCOPE, "name": "intra", "resources": []}, "resources is empty"),
    ],
    ids=str,
)
def test_wrong_options(platform, options, words):
    result = estate(**{"resources": [machine("PEBBILL01", comment="new")], **options})
    assert result["failed"] and words in result["msg"], result["msg"]
    assert platform.writes() == []

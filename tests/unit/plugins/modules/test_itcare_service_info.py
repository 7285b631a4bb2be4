# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing of services against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

BILLING, BILLING_QA, INTRANET, PORTAL = 44411, 44412, 44413, 44421
PAGE = {"page": "0", "size": "200"}


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the services, or the message of a failure; and what was asked: ``[(path, query)]``."""

    def run_info(check=False, **options):
        sim.clear_journal()
        result = run("itcare_service_info", check=check, **options)
        assert sim.writes() == []
        asked = [(entry["path"], entry["query"]) for entry in sim.requests()]
        if result.get("failed"):
            return result["msg"], asked
        assert result["changed"] is False
        return result["services"], asked

    return run_info


def names(rows):
    return [row["name"] for row in rows]


def test_all_services_without_a_filter(sim, info):
    services, asked = info()
    assert names(services) == [row["name"] for row in sim.state.services.values()] and len(services) == 6
    assert asked == [("/compute/services", PAGE)]


def test_check_mode_reads_the_same(info):
    assert info(check=True, names="billing", gather=["stats"]) == info(names="billing", gather=["stats"])


def test_fields_are_in_snake_case(info):
    (service,), _asked = info(names="billing")
    assert (service["id"], service["cloud_id"], service["sms_subscribed"]) == (BILLING, 101, False)


@pytest.mark.parametrize(
    "options, query",
    [
        (dict(names=["billing", "!portal"]), {"names": "billing,!portal"}),
        (dict(name="billing"), {"names": "billing"}),
        (dict(environments=["PRODUCTION", "QA"]), {"environments": "PRODUCTION,QA"}),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}),
        (dict(tags={"application": "billing", "count": 3}), {"tags": "application:billing,count:3"}),
        (dict(clouds=[101, 102]), {"clouds": "101,102"}),
        (dict(sort="name"), {"sort": "name"}),
        (dict(sort="cloud_id,desc"), {"sort": "cloudId,desc"}),
    ],
)
def test_filter_is_sent(info, options, query):
    _services, asked = info(**options)
    assert asked == [("/compute/services", {**query, **PAGE})]


@pytest.mark.parametrize(
    "options, found",
    [
        (dict(names=["billing"]), ["billing"]),
        (dict(environments=["DEV"], clouds=[101]), ["intranet"]),
        (dict(tags={"application": "portal"}), ["portal"]),
        (dict(statuses=["PREPARATION"]), []),
        (dict(environments=["PRODUCTION"], sort="name,desc"), ["portal", "billing"]),
    ],
)
def test_filters_select(info, options, found):
    assert names(info(**options)[0]) == found


def test_by_id(info):
    services, asked = info(id=PORTAL)
    assert names(services) == ["portal"]
    assert asked == [("/compute/services/44421", {})]


def test_by_id_that_does_not_exist(info):
    assert info(id=1, gather=["tags"]) == ([], [("/compute/services/1", {})])


def test_nothing_fits_and_nothing_more_is_read(info):
    services, asked = info(names="nowhere", gather=["tags", "stats"])
    assert services == [] and len(asked) == 1


@pytest.mark.parametrize(
    "options, words",
    [
        (dict(id=1, names=["A"]), ["mutually exclusive", "id", "names"]),
        (dict(id=1, tags={"a": "b"}), ["mutually exclusive", "id", "tags"]),
        (dict(id=1, sort="name"), ["mutually exclusive", "id", "sort"]),
        (dict(names=[]), ["names", "empty list"]),
        (dict(names=["billing,portal"]), ["names", "billing,portal", "comma"]),
        (dict(environments=[" "]), ["environments", "empty"]),
        (dict(tags={}), ["tags", "empty list"]),
        (dict(tags={"a:b": "x"}), ["tags", "a:b", "colon"]),
        (dict(sort="name,up"), ["sort", "name,up", "property,asc"]),
        (dict(services=["billing"]), ["Unsupported parameters", "services", "names"]),
        (dict(gather=["disks"]), ["gather", "disks", "patch_policies"]),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, words):
    message, asked = info(**options)
    assert [word for word in words if word not in message] == []
    assert asked == [] and sim.token_requests() == []


def test_partial_listing_is_an_error(sim, info):
    sim.fault("short_page", operation="list_services", times=-1)
    assert "could not be read completely" in info()[0]


@pytest.mark.parametrize("status", [400, 403])
def test_refusal_of_the_platform_is_told(sim, info, status):
    sim.fault("status", status=status, path="/compute/services$")
    assert "/compute/services: %d" % status in info()[0]


PATHS = {
    "actions_in_progress": "/compute/services/%d/actions-in-progress",
    "application_servers": "/compute/services/%d/application-servers",
    "brokers": "/compute/services/%d/brokers",
    "hardwares": "/compute/services/%d/hardwares",
    "history": "/compute/services/%d/history",
    "instances": "/compute/services/%d/instances",
    "kubernetes": "/compute/services/%d/kubernetes",
    "loadbalancers": "/compute/services/%d/loadbalancers",
    "managed_databases": "/compute/services/%d/managed-databases",
    "network_clusters": "/compute/services/%d/network-clusters",
    "patch_policies": "/compute/services/%d/patch-policies",
    "relations": "/compute/services/%d/relations",
    "relations_stats": "/compute/services/%d/relations/stats",
    "resources": "/compute/services/%d/resources",
    "stats": "/compute/services/%d/stats",
    "storage": "/compute/services/%d/storage",
    "tags": "/compute/resources/%d/tags",
}


def test_gather_everything_of_several(info):
    services, asked = info(names=["billing", "billing-qa"], gather=list(PATHS))
    expected = [(path % number, {}) for number in (BILLING, BILLING_QA) for path in PATHS.values()]
    assert sorted(asked, key=str) == sorted(
        [("/compute/services", {"names": "billing,billing-qa", **PAGE}), *expected], key=str
    )
    billing, other = services
    assert names(billing["instances"]) == ["PEBBILL01", "PEBBILL02", "PEBBILL03", "PEBBILLW01"]
    assert names(other["instances"]) == ["QEBBILL01", "QEBBILL02"]
    assert names(billing["application_servers"]) == ["PEBTOM01"]
    assert names(billing["brokers"]) == ["billing_events"]
    assert names(billing["hardwares"]) == ["PEBHSM01"]
    assert names(billing["kubernetes"]) == ["billing-k8s"]
    assert names(billing["loadbalancers"]) == ["billing.acme.example", "apps.billing.acme.example"]
    assert names(billing["managed_databases"]) == ["billingpg", "billsql01"]
    assert names(billing["network_clusters"]) == ["billing-fw"]
    assert names(billing["storage"]) == ["billing_files"]
    assert {"PEBBILL01", "billingpg", "billing-k8s"} < set(names(billing["resources"]))
    assert names(billing["relations"]["dependencies"]) == ["portal"]
    assert billing["relations_stats"] == {"dependencies": 1, "impacts": 1}
    assert billing["tags"] == {"application": "billing"}
    assert [row["name"] for row in billing["patch_policies"] if row["excluded"]] == ["PEBBILLW01"]
    assert (billing["history"], billing["actions_in_progress"]) == ([], [])
    assert (other["hardwares"], other["storage"]) == ([], [])


def test_categories_in_stats_stay_as_they_are(info):
    (service,), _asked = info(id=INTRANET, gather=["stats"])
    assert service["stats"]["MANAGED_DATABASES"] == 1 and service["stats"]["INSTANCES"] == 3


def test_gather_what_goes_on_and_what_went_on(sim, run, info):
    run("itcare_instance", name="QEBBILL01", state="stopped")
    sim.configure(action_seconds=30)
    run("itcare_instance", name="QEBBILL02", state="started", wait=False)
    (service,), _asked = info(id=BILLING_QA, gather=["actions_in_progress", "history"])
    assert [row["resource_name"] for row in service["actions_in_progress"]] == ["QEBBILL02"]
    assert {row["resource_name"]: row["status"] for row in service["history"]} == {
        "QEBBILL01": "SUCCESS",
        "QEBBILL02": "IN_PROGRESS",
    }


def test_choice_that_is_given_twice_is_read_once(info):
    _services, asked = info(id=BILLING, gather=["stats", "stats"])
    assert asked == [("/compute/services/44411", {}), ("/compute/services/44411/stats", {})]


@pytest.mark.parametrize("choice, nothing", [("storage", []), ("stats", {}), ("relations", None)])
def test_nothing_at_the_path_of_a_choice(sim, info, choice, nothing):
    sim.fault("status", status=404, path=PATHS[choice] % BILLING + "$")
    (service,), _asked = info(id=BILLING, gather=[choice])
    assert service[choice] == nothing


def test_gather_refused(sim, info):
    sim.fault("status", status=403, path="/storage$")
    assert "/storage: 403" in info(id=BILLING, gather=["tags", "storage"])[0]


# What narrows the contents


@pytest.mark.parametrize(
    "gather, contents, query",
    [
        ("instances", dict(managed_nodes=True, backup=False), {"withManagedNodes": "true", "backup": "false"}),
        ("instances", dict(with_application_servers=True, drp=True), {"withApplicationServers": "true", "drp": "true"}),
        (
            "instances",
            dict(oracle_databases=True, mongo_nodejs=False),
            {"withOracleDbs": "true", "withMongoNodeJs": "false"},
        ),
        ("instances", dict(names=["PEBBILL01"], families=["DEBIAN"]), {"names": "PEBBILL01", "families": "DEBIAN"}),
        ("resources", dict(categories=["INSTANCES", "STORAGE"]), {"categories": "INSTANCES,STORAGE"}),
        ("actions_in_progress", dict(categories=["INSTANCES"]), {"category": "INSTANCES"}),
        ("brokers", dict(versions=["3.9"], sizings=["4cpu8gb"]), {"versions": "3.9", "sizes": "4cpu8gb"}),
        (
            "storage",
            dict(sizes=["2cpu4gb"], node_count=2, vip="10.0.0.1"),
            {"sizes": "2cpu4gb", "nodeCount": "2", "vip": "10.0.0.1"},
        ),
        ("loadbalancers", dict(member_count=2, statuses=["ACTIVE"]), {"nodes": "2", "statuses": "ACTIVE"}),
        ("kubernetes", dict(versions=["1.31"]), {"versions": "1.31"}),
        ("application_servers", dict(backup=True, recovery=False), {"backup": "true", "drp": "false"}),
        ("hardwares", dict(names=["PEBHSM01"]), {"names": "PEBHSM01"}),
    ],
    ids=str,
)
def test_contents_are_narrowed(info, gather, contents, query):
    _services, asked = info(id=BILLING, gather=gather, contents=contents)
    assert asked[-1] == (PATHS[gather] % BILLING, query)


def test_contents_select(info):
    (plain,), _asked = info(id=BILLING, gather="instances")
    (wider,), _asked = info(id=BILLING, gather="instances", contents=dict(managed_nodes=True))
    assert set(names(plain["instances"])) < set(names(wider["instances"]))


def test_history_is_narrowed(info):
    _services, asked = info(
        id=BILLING, gather="history", history=dict(actions=["stop"], statuses=["ERROR"], names=["PEBBILL01"])
    )
    assert asked[-1][1] == {"actions": "stop", "statuses": "ERROR", "names": "PEBBILL01"}


def test_patch_policies_with_their_history(info):
    assert info(id=BILLING, gather="patch_policies", patch_history=True)[1][-1][1] == {"withHistory": "true"}


@pytest.mark.parametrize(
    "options, words",
    [
        (dict(contents=dict(names=["A"])), "gather has none of the choices that it narrows"),
        (
            dict(gather=["instances", "loadbalancers"], contents=dict(families=["DEBIAN"])),
            "families does not narrow loadbalancers",
        ),
        (dict(gather="storage", contents=dict(sizings=["a", "b"])), "sizings takes one value for storage"),
        (dict(gather="instances", contents=dict(names=["A,B"])), "has a comma"),
        (dict(history=dict(names=["A"])), "history: gather does not ask for history"),
        (dict(patch_history=True), "patch_history: gather does not ask for patch_policies"),
    ],
    ids=str,
)
def test_what_narrows_nothing_is_refused(info, options, words):
    message, asked = info(id=BILLING, **options)
    assert words in message and asked == []

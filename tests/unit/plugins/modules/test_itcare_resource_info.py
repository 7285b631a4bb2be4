# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing of resources of any kind against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.client import Client

PAGE = {"page": "0", "size": "200"}


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the resources, or the message of a failure; and what was asked: ``[(path, query)]``."""

    def run_info(check=False, **options):
        sim.clear_journal()
        result = run("itcare_resource_info", check=check, **options)
        assert sim.writes() == []
        asked = [(entry["path"], entry["query"]) for entry in sim.requests()]
        if result.get("failed"):
            return result["msg"], asked
        assert result["changed"] is False
        return result["resources"], asked

    return run_info


def names(rows):
    return [row["name"] for row in rows]


def a_resource(sim, name):
    return sim.state.named(name)[0]


def test_all_resources_without_a_filter(sim, info):
    expected = [(record["id"], record["name"]) for record in sim.state.live()]
    resources, asked = info()
    assert [(one["id"], one["name"]) for one in resources] == expected
    assert asked == [("/compute/resources", PAGE)]


def test_all_of_many_pages(sim, info):
    sim.add_instances(450)
    resources, asked = info()
    assert [one["id"] for one in resources] == [record["id"] for record in sim.state.live()]
    assert sorted(query["page"] for _path, query in asked) == ["0", "1", "2"]


def test_check_mode_reads_the_same(info):
    assert info(check=True, names="billingpg", gather=["nodes"]) == info(names="billingpg", gather=["nodes"])


def test_fields_are_in_snake_case(info):
    (database,), _asked = info(names="billingpg")
    assert (database["service_name"], database["resource_type"]) == ("billing", "POSTGRESQL")
    assert database["path"] == "/databases/postgresql"


@pytest.mark.parametrize(
    "options, query",
    [
        (dict(ids=[1, 2]), {"ids": "1,2"}),
        (dict(names=["billingpg", "!PEBBILL01"]), {"names": "billingpg,!PEBBILL01"}),
        (dict(name="billingpg"), {"names": "billingpg"}),
        (dict(services=["44411"]), {"services": "44411"}),
        (dict(service=44412), {"services": "44412"}),
        (dict(types=["POSTGRESQL", "LINUX"]), {"types": "POSTGRESQL,LINUX"}),
        (dict(families=["DEBIAN"]), {"families": "DEBIAN"}),
        (dict(versions=["DEBIAN_10"]), {"versions": "DEBIAN_10"}),
        (dict(environments=["PRODUCTION"]), {"environments": "PRODUCTION"}),
        (dict(statuses=["ACTIVE", "INACTIVE"]), {"statuses": "ACTIVE,INACTIVE"}),
        (dict(tags={"application": "billing", "on": True}), {"tags": "application:billing,on:true"}),
        (dict(clouds=[101, 102]), {"clouds": "101,102"}),
        (dict(sort="creation_time,desc"), {"sort": "creationTime,desc"}),
    ],
)
def test_filter_is_sent(info, options, query):
    _resources, asked = info(**options)
    assert asked == [("/compute/resources", {**query, **PAGE})]


def test_filters_select(sim, info):
    resources, _asked = info(services=["billing"], types=["POSTGRESQL", "KUBERNETES"], sort="name,desc")
    assert names(resources) == ["billingpg", "billing-k8s"]
    number = a_resource(sim, "portalcache")["id"]
    assert names(info(ids=[number, 1])[0]) == ["portalcache"]


def test_service_names_are_looked_up(info):
    _resources, asked = info(services=["billing", "44413"])
    assert asked == [
        ("/compute/services", {"names": "billing", **PAGE}),
        ("/compute/resources", {"services": "44411,44413", **PAGE}),
    ]


def test_unknown_service_is_an_error(info):
    message, asked = info(services=["nowhere"])
    assert "no service called nowhere" in message
    assert {path for path, _query in asked} == {"/compute/services"}


def test_by_id(sim, info):
    number = a_resource(sim, "billing-k8s")["id"]
    resources, asked = info(id=number)
    assert names(resources) == ["billing-k8s"]
    assert asked == [("/compute/resources/%d" % number, {})]


def test_by_id_that_does_not_exist(info):
    resources, asked = info(id=1, gather=["nodes"])
    assert resources == []
    assert [path for path, _query in asked] == ["/compute/resources/1", "/compute/resources"]


def test_nothing_fits_and_nothing_more_is_read(info):
    resources, asked = info(names="nowhere", gather=["tags", "nodes"])
    assert resources == [] and len(asked) == 1


@pytest.mark.parametrize(
    "options, words",
    [
        (dict(id=1, ids=[2]), ["mutually exclusive", "id", "ids"]),
        (dict(id=1, services=["billing"]), ["mutually exclusive", "id", "services"]),
        (dict(ids=[]), ["ids", "empty list"]),
        (dict(ids=["billingpg"]), ["ids", "int"]),
        (dict(names=[""]), ["names", "empty"]),
        (dict(versions=["1,2"]), ["versions", "1,2", "comma"]),
        (dict(tags={"a": ["x"]}), ["tags", "'a'"]),
        (dict(sort="name,service"), ["sort", "name,service"]),
        (dict(gather=["comments"]), ["gather", "comments", "farm_networks"]),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, words):
    message, asked = info(**options)
    assert [word for word in words if word not in message] == []
    assert asked == [] and sim.token_requests() == []


def test_partial_listing_is_an_error(sim, info):
    sim.fault("short_page", operation="list_resources", times=-1)
    assert "could not be read completely" in info()[0]


@pytest.mark.parametrize("status", [400, 404])
def test_refusal_of_the_listing_is_told(sim, info, status):
    sim.fault("status", status=status, path="/compute/resources$")
    assert "/compute/resources: %d" % status in info()[0]


GATHERED = {
    "backup_policies": "/compute/resources/%d/backup-policies",
    "dns_aliases": "/compute/resources/%d/dns-aliases",
    "farm_networks": "/compute/resources/%d/farm-networks",
    "history": "/compute/resources/%d/history",
    "loadbalancers": "/compute/resources/%d/loadbalancers",
    "networks": "/compute/resources/%d/networks",
    "nodes": "/compute/resources/%d/nodes",
    "operations": "/operations",
    "parent": "/compute/resources/%d/parent",
    "patch_policy": "/compute/resources/%d/patch-policy",
    "tags": "/compute/resources/%d/tags",
    "urls": "/compute/resources/%d/urls",
}


def test_gather_everything_of_several_kinds(sim, info):
    numbers = [a_resource(sim, name)["id"] for name in ("PEBBILL01", "billingpg")]
    resources, asked = info(ids=numbers, gather=list(GATHERED))
    paths = [path % number if "%" in path else path for number in numbers for path in GATHERED.values()]
    assert sorted(path for path, _query in asked) == sorted(["/compute/resources", *paths])
    machine, database = resources
    assert names(database["nodes"]) == ["PEBPGBIL01", "PEBPGBIL02"]
    assert [row["short_description"] for row in database["farm_networks"]] == ["EB_1125_DMZ8", "EB_1125_DMZ8"]
    assert database["backup_policies"]["policies"][0]["policy_id"] == "SERVER_28D"
    assert (machine["nodes"], machine["urls"], machine["parent"]) == ([], [], None)
    assert machine["networks"]["short_description"] == "EB_1125_DMZ8"
    assert names(machine["loadbalancers"]) == ["billing.acme.example"]
    assert machine["dns_aliases"][0]["fqdn"] == "web1.acme.example"
    assert machine["tags"] == {"application": "billing", "tier": "web"}
    assert machine["patch_policy"]["patch_tag"] == "2026-Q2"
    assert [row["operation"] for row in machine["operations"]] == ["start", "stop"]
    assert machine["history"] == []


@pytest.mark.parametrize("name, category", [("billing_events", "MESSAGE_BROKERS"), ("billing-k8s", "CONTAINERS")])
def test_gather_asks_for_nodes_by_category(sim, info, name, category):
    _resources, asked = info(names=name, gather=["nodes"])
    assert asked[1] == ("/compute/resources/%d/nodes" % a_resource(sim, name)["id"], {"type": category})


def test_gather_the_parent_of_a_node(sim, info):
    (node,), _asked = info(id=a_resource(sim, "PEBPGBIL01")["id"], gather=["parent"])
    assert node["parent"]["parent_id"] == a_resource(sim, "billingpg")["id"]


def test_gather_urls_of_a_load_balancer(sim, info):
    (balancer,), _asked = info(names="billing.acme.example", types=["LOAD_BALANCER"], gather=["urls"])
    assert names(balancer["urls"]) == ["billing.acme.example"]
    assert balancer["urls"][0]["parent_type"] == "LOAD_BALANCER"


def test_gather_urls_where_the_platform_answers_a_list(info, monkeypatch):
    answers = [{"id": 1, "parentType": "LOAD_BALANCER"}, {"id": 2, "parentType": "LOAD_BALANCER"}]
    found = Client.find
    monkeypatch.setattr(
        Client, "find", lambda self, path, *rest: answers if path.endswith("/urls") else found(self, path, *rest)
    )
    (balancer,), _asked = info(names="billing.acme.example", types=["LOAD_BALANCER"], gather=["urls"])
    assert balancer["urls"] == [{"id": 1, "parent_type": "LOAD_BALANCER"}, {"id": 2, "parent_type": "LOAD_BALANCER"}]


def test_tags_of_a_listing_are_keys_and_values(sim, info):
    a_resource(sim, "billingpg")["tags"] = [
        {"tagKey": "team", "tagValue": "b"},
        {"tagKey": "someKey", "tagValue": "x"},
        {"tagKey": "team", "tagValue": "a"},
    ]
    resources, asked = info(names=["billingpg", "intrapg"])
    assert [one["tags"] for one in resources] == [{"team": ["a", "b"], "someKey": "x"}, {}]
    assert len(asked) == 1


def test_own_details_are_what_only_the_kind_has(sim, info):
    sim.configure(rows="sparse", numbers="different", product_paths="internal")
    (database, cluster), asked = info(names=["billingpg", "billing-k8s"], gather=["own_details"], sort="name,desc")
    assert (database["backup_status"], database["node_sizing"], database["version"]) == (True, "4cpu16gb", "15")
    assert cluster["node_count"] == 3 and database["path"] == "/databases/postgresql"
    assert sim.violations() == [] and sum(path.startswith("/databases/postgresql/") for path, _query in asked) == 2


def test_own_page_that_is_not_there(sim, info):
    sim.fault("status", status=404, path="/databases/postgresql/", times=-1)
    (database,), _asked = info(names="billingpg", gather=["own_details", "tags"])
    assert database["name"] == "billingpg" and database["tags"] == {}


@pytest.mark.parametrize("path", [None, "", "elsewhere", "//elsewhere.example.com"])
def test_no_page_of_its_own(sim, info, path):
    a_resource(sim, "billingpg")["path"] = path
    (database,), _asked = info(names="billingpg", gather=["own_details"])
    assert database["name"] == "billingpg" and "backup_status" not in database


def test_path_that_is_the_page_itself(sim, info):
    row = a_resource(sim, "billingpg")
    row["path"] = "/databases/postgresql/%d" % row["id"]
    (database,), _asked = info(names="billingpg", gather=["own_details"])
    assert database["backup_status"] is True


def test_gather_history(sim, run, info):
    run("itcare_instance", name="QEBBILL01", state="stopped")
    (resource,), _asked = info(names="QEBBILL01", gather=["history"])
    assert [(row["resource_name"], row["status"]) for row in resource["history"]] == [("QEBBILL01", "SUCCESS")]


@pytest.mark.parametrize("choice, nothing", [("nodes", []), ("networks", None), ("farm_networks", []), ("urls", [])])
def test_nothing_at_the_path_of_a_choice(sim, info, choice, nothing):
    sim.fault("status", status=404, path=GATHERED[choice] % a_resource(sim, "billingpg")["id"])
    (resource,), _asked = info(names="billingpg", gather=[choice])
    assert resource[choice] == nothing


def test_gather_is_parallel(sim, info):
    sim.configure(latency=0.2)
    info(services=["44413"], types=["LINUX"], gather=["tags", "nodes", "networks", "urls"])
    entries = sim.requests()[1:]
    assert len(entries) == 12
    # One after the other they would begin 2.2 s apart.
    assert entries[-1]["time"] - entries[0]["time"] < 1.5


def test_gather_refused(sim, info):
    sim.fault("status", status=400, path="/nodes$")
    assert "/nodes: 400" in info(names="billingpg", gather=["nodes"])[0]


# History, operations of nodes, and names that are taken


def test_history_is_narrowed(sim, info):
    path = sim.address("PEBBILL01")
    for operation in ("stop", "start"):
        sim.colleague("PATCH", path, {"operation": operation}, seconds=0)
        assert sim.state.actions.all()  # which lets it end
    (whole,), _asked = info(names="PEBBILL01", gather="history")
    processes = [row["process"] for row in whole["history"]]
    assert len(set(processes)) == 2
    (one,), asked = info(names="PEBBILL01", gather="history", history_actions=processes[:1], history_statuses="SUCCESS")
    assert [row["process"] for row in one["history"]] == processes[:1]
    assert asked[-1][1] == {"actions": processes[0], "statuses": "SUCCESS"}


def test_history_that_is_not_asked_for_cannot_be_narrowed(info):
    assert info(names="PEBBILL01", history_actions="STOP_VM")[0] == "history_actions: gather does not ask for history"


@pytest.mark.parametrize(
    ("options", "gather", "path", "query"),
    [
        (dict(operations_type="in-progress"), "operations", "/operations", {"type": "in-progress"}),
        (
            dict(operations_type="list-available-actions"),
            "operations",
            "/operations",
            {"type": "list-available-actions"},
        ),
        (
            dict(operations_urls=[500000050], operations_members=[500000001]),
            "operations",
            "/operations",
            {"type": "available", "url": "500000050", "id": "500000001"},
        ),
        (
            dict(operations_type="in-progress", operations_nodes=[500000020, 500000021]),
            "node_operations",
            "/compute/resources/operations",
            {"type": "in-progress-nodes", "node": "500000020,500000021"},
        ),
    ],
    ids=str,
)
def test_operations_as_asked(sim, info, options, gather, path, query):
    (one,), asked = info(names="billingpg", gather=gather, **options)
    assert asked[-1][0] == path
    assert {key: value for key, value in asked[-1][1].items() if key != "resourceId"} == query
    assert isinstance(one[gather], list)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(operations_type="in-progress"), "operations_type: gather does not ask for operations"),
        (dict(operations_urls=[1], gather="node_operations"), "operations_urls: gather does not ask for operations"),
        (
            dict(operations_type="list-available-actions", gather="node_operations"),
            "operations_type: list-available-actions cannot be used with node_operations",
        ),
    ],
    ids=str,
)
def test_operations_that_are_not_gathered(info, options, message):
    assert info(names="billingpg", **options)[0] == message


def test_operations_of_nodes(sim, info):
    (one,), asked = info(names="billingpg", gather="node_operations")
    number = str(sim.state.named("billingpg")[0]["id"])
    assert asked[-1] == ("/compute/resources/operations", {"resourceId": number, "type": "available-nodes"})
    assert one["node_operations"]


@pytest.mark.parametrize("status", [None, 400])
def test_taken(sim, run, status):
    if status:
        sim.fault("status", status=status, method="HEAD", path="/compute/resources/QFREE01", times=-1)
    sim.clear_journal()
    result = run("itcare_resource_info", taken=["PEBBILL01", "QFREE01", "PEBBILL01"])
    assert (result["taken"], result["resources"]) == ({"PEBBILL01": True, "QFREE01": False}, [])
    assert {entry["method"] for entry in sim.requests()} == {"HEAD"} and len(sim.requests()) == 2


def test_taken_by_a_resource_of_that_type_beside_a_listing(run):
    result = run("itcare_resource_info", taken=["billingpg"], taken_type="LINUX", names="PEBBILL01")
    assert result["taken"] == {"billingpg": False}
    assert names(result["resources"]) == ["PEBBILL01"]


def test_whether_a_name_is_taken_cannot_be_told(sim, info):
    sim.fault("status", status=403, method="HEAD", path="/compute/resources/PEBBILL01", times=-1)
    message, _asked = info(taken=["PEBBILL01"])
    assert "/compute/resources/PEBBILL01: 403" in message


@pytest.mark.parametrize("options", [dict(taken=[" "]), dict(taken_type="LINUX")], ids=str)
def test_taken_what(info, options):
    assert "taken" in info(**options)[0]


def test_empty_filter_beside_taken(info):
    assert info(taken=["PEBBILL01"], names=[])[0].startswith("names: an empty list would select everything")

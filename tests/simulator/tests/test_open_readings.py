# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings for what real clients saw, or may see, and the documentation does not say."""

from __future__ import annotations

import threading
import time

import pytest
import requests
from simulator.samples import BALANCER, BODIES, PASSWORD

PATH = "/compute/instances/500000001"
SEEN_IN_ROWS = {"id", "internalResourceId", "name", "serviceId", "serviceName", "status", "type", "environment"}
NEW_PG = {**BODIES["create_postgresql"], "admPassword": PASSWORD}


def rows(api, path: str, **query) -> list[dict]:
    answer = api.get(path, **query).json()
    return answer["content"] if isinstance(answer, dict) else answer


def row(api, path: str, name: str) -> dict:
    return next(each for each in rows(api, path, names=name) if each["name"] == name)


LISTINGS = [
    ("/compute/instances", "PEBBILL01", "cpu"),
    ("/compute/resources", "PEBBILL01", "tags"),
    ("/databases", "billingpg", "ram"),
    ("/compute/containers/kubernetes", "billing-k8s", "patchParty"),
    ("/networking/loadbalancers", "billing.acme.example", "urls"),
    ("/networking/loadbalancers", "billing.acme.example", "monitoringEnabled"),
    ("/message-brokers", "billing_events", "version"),
    ("/compute/services/44411/instances", "PEBBILL01", "network"),
    ("/compute/services/44411/managed-databases", "billingpg", "backupStatus"),
    ("/compute/services/44411/loadbalancers", "billing.acme.example", "members"),
]


@pytest.mark.parametrize("path, name, missing", LISTINGS)
def test_sparse_rows_lack_what_the_detail_has(api, path, name, missing):
    assert missing in row(api, path, name)
    api.sim.configure(rows="sparse")
    sparse = row(api, path, name)
    assert sparse.keys() >= SEEN_IN_ROWS
    assert not {missing, "tags", "cpu", "ram", "network", "patchParty", "backup", "urls"} & sparse.keys()
    detail = f"/compute/resources/{api.id_of(name)}" if missing == "tags" else api.sim.address(name)
    assert missing in api.get(detail).json()


def test_sparse_rows_leave_parts_of_a_resource_complete(api):
    api.sim.configure(rows="sparse")
    assert rows(api, api.sim.address("billingpg") + "/nodes")[0]["network"]
    assert "monitoringEnabled" in rows(api, api.sim.address("billing.acme.example") + "/urls")[0]


def test_old_rows_show_what_was(api):
    api.sim.configure(rows="old")
    for options in ({"sizing": "4cpu16gb"}, {"state": False, "deactivationReason": "Test"}):
        operation = "resize" if "sizing" in options else "update_backup"
        api.wait(api.patch("PEBBILL01", operation, **options))
    api.wait(api.patch("PEBBILL01", "update_patch_party", patchParty={"excluded": True, "exclusionReason": "Test"}))
    listed, detail = row(api, "/compute/instances", "PEBBILL01"), api.get(PATH).json()
    fields = ("cpu", "ram", "backupStatus")
    assert [listed[name] for name in fields] == [4, 8, True]
    assert [detail[name] for name in fields] == [4, 16, False]
    assert (listed["patchParty"]["excluded"], detail["patchParty"]["excluded"]) == (False, True)
    api.sim.configure(rows="full")
    assert [row(api, "/compute/instances", "PEBBILL01")[name] for name in fields] == [4, 16, False]


def test_old_rows_know_the_seed(api):
    """What the seed changes of a record after it is made is no change that a row could have missed."""
    full = rows(api, "/compute/instances", size=200)
    api.sim.configure(rows="old")
    assert rows(api, "/compute/instances", size=200) == full


def test_old_rows_in_megabytes(api):
    api.sim.configure(rows="old", ram_unit="mb")
    api.wait(api.patch("PEBBILL01", "resize", sizing="4cpu16gb"))
    assert row(api, "/compute/instances", "PEBBILL01")["ram"] == 8192


def test_old_rows_of_a_managed_product(api):
    api.sim.configure(rows="old")
    api.wait(api.patch("intrapg", "resize", "/databases/postgresql", sizing="4cpu8gb"))
    assert row(api, "/databases", "intrapg")["cpu"] == 2
    assert api.get(api.sim.address("intrapg")).json()["cpu"] == 4


@pytest.mark.parametrize("path", ["/compute/instances", "/databases", "/compute/services/44411/resources"])
def test_rows_with_one_number(api, path):
    api.sim.configure(row_numbers="id_only", numbers="different")
    assert all("id" in each and "internalResourceId" not in each for each in rows(api, path))
    assert api.get(PATH).json()["internalResourceId"] != 500000001


ORDERS = {"empty_200": (200, b""), "empty_204": (204, b""), "object": (202, b"{}")}


@pytest.mark.parametrize("setting", ORDERS)
def test_order_is_answered_without_its_action(api, new_instance, setting):
    api.sim.configure(order_answers=setting)
    stopped = api.call("PATCH", PATH, {"operation": "stop"})
    created = api.call("POST", "/compute/instances", new_instance)
    for answer in (stopped, created):
        assert (answer.status_code, answer.content) == ORDERS[setting]
    (action,) = api.get("/actions", resourceId=500000001).json()
    assert api.wait_for(action["id"])["status"] == "SUCCESS"
    assert api.get(PATH).json()["status"] == "INACTIVE"
    (action,) = api.get("/actions", resourceName="NEWAPP01").json()
    assert api.wait_for(action["id"])["status"] == "SUCCESS"


@pytest.mark.parametrize(
    "path, body, name",
    [
        ("/compute/instances", BODIES["create_instance"], "NEWAPP01"),
        ("/databases/postgresql", NEW_PG, "newpg"),
        ("/compute/containers/kubernetes", BODIES["create_kubernetes"], "newk8s"),
        ("/networking/loadbalancers", BALANCER, "new.acme.example"),
        ("/analytics/matomo", BODIES["create_matomo"], "newstats"),
    ],
)
def test_failed_creation_leaves_a_remnant_that_can_be_deleted(api, path, body, name):
    api.sim.configure(failed_creation="remnant")
    api.sim.fault("fail_action", message="No capacity")
    answer = api.call("POST", path, body)
    assert rows(api, "/compute/resources", names=name) == []
    assert api.wait(answer)["status"] == "ERROR"
    (left,) = rows(api, "/compute/resources", names=name)
    assert left["status"] == "PREPARATION"
    assert api.get(api.sim.address(name)).json()["status"] == "PREPARATION"
    (last,) = api.get("/actions", resourceId=left["id"]).json()
    assert (last["status"], last["message"]) == ("ERROR", "No capacity")
    assert api.call("POST", path, body).status_code == 400
    assert api.wait(api.call("DELETE", api.sim.address(name)))["status"] == "SUCCESS"
    assert rows(api, "/compute/resources", names=name) == []


@pytest.mark.parametrize("shape", ["object", "list", "page"])
def test_snapshot_shape(api, shape):
    path = api.sim.address("PETPORT01") + "/snapshots"
    one = api.get(path).json()
    api.sim.configure(snapshot_shape=shape)
    assert api.get(path).json() == {"object": one, "list": [one], "page": {"content": [one]}}[shape]


@pytest.mark.parametrize("setting, content", [("empty_200", b""), ("list", b"[]"), ("page", b'{"content":[]}')])
def test_no_snapshot_with_a_200(api, setting, content):
    api.sim.configure(empty_snapshot=setting)
    answer = api.get(PATH + "/snapshots")
    assert (answer.status_code, answer.content) == (200, content)


@pytest.mark.parametrize("setting, shown", [("path", "/data/data"), ("export", "gluster01:/data"), ("bare", "data")])
def test_mounting_points_of_volumes(api, setting, shown):
    api.sim.configure(mounting_points=setting, volume_unit="mb")
    (row,) = api.get(api.sim.address("billing_files") + "/volumes").json()
    assert (row["mountingPoint"], row["sizeOf"]) == (shown, 102400)


@pytest.mark.parametrize(
    "spelling, shown",
    [("pairs", "a=1,b=2"), ("lines", "a = 1\nb = 2"), ("json", '{"a": "1", "b": "2"}'), ("count", "2 parameters")],
)
def test_parameters_of_a_kafka(api, spelling, shown):
    path = api.sim.address("billing_events")
    assert api.get(path).json()["overloadedParams"] == ""
    api.sim.configure(parameters_shown=spelling)
    api.wait(api.patch("billing_events", "reconfigure", "/message-brokers/apache-kafka", a="1"))
    api.wait(api.patch("billing_events", "reconfigure", "/message-brokers/apache-kafka", b="2"))
    assert api.get(path).json()["overloadedParams"] == shown


def test_parameters_of_a_kafka_that_are_not_named_may_be_taken_back(api):
    api.sim.configure(parameters_replaced=True)
    for parameters in (dict(a="1"), dict(b="2")):
        api.wait(api.patch("billing_events", "reconfigure", "/message-brokers/apache-kafka", **parameters))
    assert api.get(api.sim.address("billing_events")).json()["overloadedParams"] == "b=2"


def test_parameter_of_a_kafka_is_text(api):
    assert api.patch("billing_events", "reconfigure", "/message-brokers/apache-kafka", a=1).status_code == 400


def at_the_same_time(api, count: int) -> list[requests.Response]:
    """The answers to so many equal requests."""
    headers, found = {"Authorization": api.session.headers["Authorization"]}, []

    def ask():
        found.append(requests.get(api.sim.api_url + PATH, headers=headers))

    threads = [threading.Thread(target=ask) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_requests_beyond_the_limit_are_refused(api):
    api.sim.configure(requests_in_flight=2, latency=0.3)
    answers = at_the_same_time(api, 5)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429]
    assert not any("Retry-After" in answer.headers for answer in answers)
    assert len(api.sim.requests(status=429)) == 3
    assert api.get(PATH).status_code == 200


@pytest.mark.parametrize("seconds, header", [(2, "2"), (0.5, "0.5")])
def test_refused_request_is_told_when_to_come_back(api, seconds, header):
    api.sim.configure(requests_in_flight=1, latency=0.3, retry_after=seconds)
    headers = [answer.headers["Retry-After"] for answer in at_the_same_time(api, 2) if answer.status_code == 429]
    assert headers == [header]


def test_refused_request_strikes_no_fault_and_does_nothing(api):
    api.sim.configure(requests_in_flight=1, latency=0.3)
    background = threading.Thread(target=lambda: at_the_same_time(api, 1))
    background.start()
    time.sleep(0.1)
    assert api.call("PATCH", PATH, {"operation": "stop"}).status_code == 429
    background.join()
    assert api.sim.state.actions.all() == []


def test_token_requests_are_not_counted(api):
    api.sim.configure(requests_in_flight=1, latency=0.3)
    background = threading.Thread(target=lambda: at_the_same_time(api, 1))
    background.start()
    time.sleep(0.1)
    assert api.authenticate()["access_token"]
    background.join()


@pytest.mark.parametrize(
    "name, path, operation, options, process",
    [
        ("PEBBILL01", "/compute/instances", "stop", {}, "vm_stop"),
        ("intrapg", "/databases/postgresql", "resize", {"sizing": "4cpu8gb"}, "pg_resize"),
        ("billing-k8s", "/compute/containers/kubernetes", "upgrade", {"version": "1.31"}, "k8s_upgrade"),
        ("billing.acme.example", "/networking/loadbalancers", "stop", {}, "lb_stop"),
    ],
)
def test_prefixed_process_names(api, name, path, operation, options, process):
    api.sim.configure(process_names="prefixed")
    answer = api.patch(name, operation, path, **options).json()
    assert answer["process"] == process
    assert api.get(f"/actions/{answer['id']}").json()["process"] == process
    assert [each["process"] for each in api.get("/actions").json()] == [process]
    history = f"/compute/resources/{api.id_of(name)}/history"
    assert [each["process"] for each in api.get(history, actions=process).json()] == [process]
    assert api.get(history, actions="STOP").json() == []


def test_prefixed_name_of_a_snapshot(api):
    api.sim.configure(process_names="prefixed")
    assert api.call("POST", PATH + "/snapshots", {}).json()["process"] == "vm_create_snapshot"


def test_opaque_process_names(api):
    api.sim.configure(process_names="opaque")
    names = [api.patch(name, "stop").json()["process"] for name in ("PEBBILLW01", "PETPORT01", "UETPORT01")]
    assert all(name.startswith("job_") and name[4:].isdecimal() for name in names)


@pytest.mark.parametrize("status", [409, 400])
def test_busy_status(api, status):
    api.sim.configure(busy_status=status, action_seconds=5.0)
    api.call("PATCH", PATH, {"operation": "stop"})
    answer = api.call("PATCH", PATH, {"operation": "reset"})
    assert answer.status_code == status
    if status == 400:
        assert "in progress" in answer.json()["errorMessage"]


def test_numbers_as_text(api):
    api.sim.configure(numbers_as_text=True)
    detail = api.get(PATH).json()
    assert (detail["cpu"], detail["ram"], detail["storage"]) == ("4", "8", "40.0")
    assert detail["storageInformation"]["totalSizeDisks"] == "40"
    assert (detail["id"], detail["monitoringEnabled"]) == (500000001, True)
    page = api.get("/databases").json()
    assert page["content"][0]["nodeCount"] == "2"
    assert page["totalElements"] == 6
    api.sim.configure(numbers_as_text=False)
    assert api.get(PATH).json()["cpu"] == 4


def test_rows_of_actions_can_be_sparse(api):
    api.sim.configure(actions_sparse=True)
    action = api.wait(api.call("PATCH", PATH, {"operation": "stop"}))
    missing = {"resourceName", "family", "submittedAt", "completedAt"}
    (listed,) = api.get("/actions", resourceId=500000001).json()
    assert missing & listed.keys() == set()
    assert missing < action.keys()
    assert (listed["id"], listed["status"]) == (action["id"], "SUCCESS")


def test_nodes_and_application_servers_among_the_instances(api):
    others = {"PEBK8S01", "PEBPGBIL01", "PEBTOM01"}
    assert not others & {each["name"] for each in rows(api, "/compute/instances", size=200)}
    api.sim.configure(nodes_listed=True)
    assert others < {each["name"] for each in rows(api, "/compute/instances", size=200)}
    assert [each["name"] for each in rows(api, "/compute/instances", names="PEBK8S01")] == ["PEBK8S01"]


LOOKUPS = {
    "/compute/platform/products": {},
    "/compute/platform/products/deb12/regions": {},
    "/topology/regions": {},
    "/topology/regions/EB/areas": {},
    "/compute/backup-policies": {"serviceId": 44411, "policyType": "SERVER"},
    "/topology/regions/EB/areas/EB-EMEA/healthchecks": {},
    "/networking/loadbalancers/protocols": {},
    "/topology/regions/EB/areas/EB-EMEA/certificates": {"domain": "acme.example"},
    "/topology/regions/EB/areas/EB-EMEA/ssl-profiles": {},
    "/networking/domains": {},
}


@pytest.mark.parametrize("path", LOOKUPS)
def test_catalogue(api, new_instance, path):
    assert api.get(path, **LOOKUPS[path]).json()
    api.sim.configure(catalogue="empty")
    answer = api.get(path, **LOOKUPS[path])
    assert (answer.status_code, answer.json()) == (200, {} if "backup" in path else [])
    api.sim.configure(catalogue="forbidden")
    answer = api.get(path, **LOOKUPS[path])
    assert (answer.status_code, answer.content) == (403, b"")
    assert api.call("POST", "/compute/instances", new_instance).status_code == 202


@pytest.mark.parametrize(
    "name, listing",
    [("QEBBILL02", "/compute/instances"), ("intrapg", "/databases"), ("billing-k8s", "/compute/resources")],
)
def test_removal_lags_behind_in_listings(api, name, listing):
    api.sim.configure(removal_lags=0.4)
    path = api.sim.address(name)
    api.wait(api.call("DELETE", path))
    assert api.get(path).status_code == 404
    assert name in [each["name"] for each in rows(api, listing, names=name)]
    time.sleep(0.45)
    assert rows(api, listing, names=name) == []
    assert name not in [record["name"] for record in api.sim.state.resources.values()]


def test_lagging_removal_ends_as_removed_where_that_is_listed(api):
    api.sim.configure(removal_lags=0.1, removed_visible=True)
    api.wait(api.call("DELETE", api.sim.address("QEBBILL02")))
    time.sleep(0.15)
    assert row(api, "/compute/instances", "QEBBILL02")["status"] == "REMOVED"


def test_name_is_free_while_its_removal_lags(api, new_instance):
    api.sim.configure(removal_lags=5.0)
    api.wait(api.call("DELETE", api.sim.address("QEBBILL02")))
    assert api.call("POST", "/compute/instances", {**new_instance, "name": "QEBBILL02"}).status_code == 202


def test_repeated_query(api):
    path = "/compute/instances?names=PEBBILL01&names=PEBBILL02"
    assert api.get(path).status_code == 400
    api.sim.clear_journal()
    api.sim.configure(repeated_query=True)
    assert [each["name"] for each in rows(api, path)] == ["PEBBILL01", "PEBBILL02"]
    assert rows(api, "/compute/instances?names=PEBBILL01,PEBBILL02&names=x") == []
    assert len(rows(api, "/compute/instances?names=PEBBILL01,PEBBILL02")) == 2
    assert api.sim.violations() == []
    assert api.get("/compute/instances?ip=1&backupStatus=true&backupStatus=false").status_code == 400


# Databases


@pytest.mark.parametrize("by, named, listening", [("either", 200, 200), ("name", 200, 404), ("listener", 404, 200)])
def test_what_an_existing_sql_server_is_looked_up_by(api, by, named, listening):
    api.sim.configure(sqlserver_exists_by=by)
    api.sim.state.named("billsql01", "sqlserver")[0]["_listener"] = "billlsnr01"
    answers = [api.call("HEAD", f"/databases/sqlserver/{name}") for name in ("billsql01", "billlsnr01", "nobody")]
    assert [answer.status_code for answer in answers] == [named, listening, 404]


def test_volumes_of_a_sql_server_are_drives_of_its_nodes(api):
    body = {**BODIES["create_sqlserver"], "volumes": [{"id": "disk2", "sizeGb": 200}, {"id": "disk5", "sizeGb": 20}]}
    api.wait(api.call("POST", "/databases/sqlserver", body))
    (node,) = api.get(api.sim.address("newsql") + "/nodes").json()
    drives = {one["mountingPoint"]: one["sizeOf"] for one in node["storageInformation"]["fileSystems"]}
    assert drives == {"C:": 70, "D:": 30, "E:": 200, "F:": 10, "G:": 10, "H:": 20}
    assert node["storage"] == sum(drives.values())


def add(api, name, count):
    options = {"diskSize": 40, "nodeSize": "2cpu8gb", "nodesCount": count}
    return api.patch(name, "add_nodes", "/databases/opensearch", **options)


def test_nodes_of_an_opensearch_that_can_be_added(api):
    assert add(api, "billing-search", 3).status_code == 400
    assert api.wait(add(api, "billing-search", 4))["status"] == "SUCCESS"
    nodes = api.get(api.sim.address("billing-search") + "/nodes").json()
    assert [node["roles"] for node in nodes] == [["cluster_manager"]] * 3 + [["data"]] * 4
    api.sim.configure(added_nodes="pairs")
    assert add(api, "billing-search", 4).status_code == 400
    assert api.wait(add(api, "billing-search", 2))["status"] == "SUCCESS"


def test_nodes_are_added_in_pairs_to_dedicated_masters_only(api):
    api.sim.configure(added_nodes="pairs")
    assert add(api, "billing-search", 2).status_code == 400


def listed(api, **query) -> dict:
    return api.get("/compute/resources", **query).json()


@pytest.mark.parametrize(
    "shown, in_all, by_ids",
    [
        ("all", True, True),
        ("none", False, False),
        ("null", False, False),
        ("by_ids", False, True),
        ("without_machines", False, False),
        ("without_nodes", True, True),
    ],
)
def test_tags_listed(api, shown, in_all, by_ids):
    api.sim.configure(tags_listed=shown)
    number = api.id_of("PEBBILL01")
    for query, has_tags in (({"size": 100}, in_all), ({"ids": number}, by_ids)):
        found = [row for row in listed(api, **query)["content"] if row["id"] == number]
        assert bool(found and found[0].get("tags")) == has_tags
        assert not found or ("tags" in found[0]) == (shown != "none")


@pytest.mark.parametrize("shown, nodes", [("all", 1), ("without_nodes", 0)])
def test_nodes_are_resources_that_are_found_by_their_ids(api, shown, nodes):
    api.sim.configure(tags_listed=shown)
    assert len(listed(api, ids=api.id_of("PEBPGBIL01"))["content"]) == nodes
    assert "PEBPGBIL01" not in [row["name"] for row in listed(api, size=100)["content"]]
    api.sim.configure(nodes_listed=True)
    assert "PEBPGBIL01" in [row["name"] for row in listed(api, size=100)["content"]]


@pytest.mark.parametrize("change, difference", [("nothing", 0), ("insert", 1), ("remove", -1), ("swap", 0)])
def test_between_pages(api, change, difference):
    first = api.get("/compute/instances", page=0, size=5).json()
    api.sim.configure(between_pages=change)
    assert api.get("/compute/instances", page=0, size=5).json() == first
    second = api.get("/compute/instances", page=1, size=5).json()
    assert second["totalElements"] == first["totalElements"] + difference
    now = api.get("/compute/instances", page=0, size=5).json()
    assert (now["content"][0] == first["content"][0]) == (change == "nothing")


@pytest.mark.parametrize("shown, total", [("text", "2"), ("null", None), ("words", "many")])
def test_totals(api, shown, total):
    api.sim.configure(totals=shown)
    assert api.get("/compute/instances", names="TWIN01").json()["totalElements"] == total


def test_rows_without_id(api):
    api.sim.configure(rows_without_id=True)
    assert "id" not in rows(api, "/compute/instances")[0]


def test_ids_and_booleans_as_text(api):
    api.sim.configure(ids_as_text=True, booleans_as_text=True)
    detail = api.get(PATH).json()
    assert (detail["id"], detail["monitoringEnabled"], detail["cpu"]) == ("500000001", "true", 4)
    assert isinstance(api.get("/databases").json()["totalElements"], int)


def test_categories_in_words(api):
    assert api.get(PATH).json()["category"] == "INSTANCES"
    api.sim.configure(categories="words")
    assert api.get(PATH).json()["category"] == "Instance"
    rows = api.get("/compute/services/44411/resources").json()
    assert "Managed database" in {row["category"] for row in rows}


@pytest.mark.parametrize("status", [404, 400])
def test_actions_of_what_does_not_exist(api, status):
    queries = [{"resourceName": "NOBODY"}, {"resourceId": 44411}]
    assert [api.get("/actions", **query).json() for query in queries] == [[], []]
    api.sim.configure(unknown_actions=status)
    assert {api.get("/actions", **query).status_code for query in queries} == {status}
    assert api.get("/actions", resourceName="PEBBILL01").json() == []
    assert api.get("/actions").status_code == 200

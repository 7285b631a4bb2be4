# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters: what the documentation says of their nodes, topology and versions."""

from __future__ import annotations

import pytest

PATH = "/compute/containers/kubernetes"
NEW = {
    "name": "newk8s",
    "platform": "k8s131",
    "ingressProvider": "NGINX",
    "instanceCount": 3,
    "nodeSizing": "2cpu4gb",
    "area": "EB-EMEA",
    "region": "EB",
    "networkId": 1127,
    "serviceId": 44412,
}


class Clusters:
    """One cluster, and what is done with it."""

    def __init__(self, api, name="billing-k8s"):
        self.api, self.name = api, name
        self.path = f"{PATH}/{api.id_of(name)}"

    def patch(self, operation, **options):
        return self.api.patch(self.name, operation, PATH, **options)

    def done(self, operation, **options):
        assert self.api.wait(self.patch(operation, **options))["status"] == "SUCCESS"

    def shown(self):
        return self.api.get(self.path).json()

    def nodes(self):
        return self.api.get(f"{self.path}/nodes").json()

    def records(self):
        return self.api.sim.state.nodes(self.api.id_of(self.name))


@pytest.fixture
def cluster(api):
    return Clusters(api)


def refused(answer) -> str:
    assert answer.status_code == 400, answer.text
    assert sorted(answer.json()) == ["errorCode", "errorDesc", "errorMessage", "status"]
    return answer.json()["errorMessage"]


def zones(cluster):
    return sorted(node["labelAvailabilityZone"] for node in cluster.nodes())


def test_new_cluster_is_in_one_data_centre(api):
    assert api.wait(api.call("POST", PATH, NEW))["status"] == "SUCCESS"
    cluster = Clusters(api, "newk8s")
    assert zones(cluster) == ["EB-A", "EB-A", "EB-B"]
    shown = cluster.shown()
    assert (shown["topology"], shown["version"], shown["supportsHAMode"]) == ("STANDARD", "v1.31.5", True)
    assert (shown["nodeCount"], shown["availableDCs"], shown["availableAZs"]) == (3, ["EB4"], ["EB-A", "EB-B"])
    assert [node["isInternalIngressNode"] for node in cluster.nodes()] == [True, True, False]


@pytest.mark.parametrize(
    "change, why",
    [
        ({"name": "New_k8s"}, "breaks pattern"),
        ({"ingressProvider": "nginx"}, "Unknown ingress provider"),
        ({"nodeSizing": "1cpu2gb"}, "Unknown sizing"),
        ({"platform": "k8s099"}, "Unknown platform"),
        ({"name": "billing-k8s"}, "A resource of this name exists"),
    ],
)
def test_creation_that_cannot_be_is_refused(api, change, why):
    assert why in refused(api.call("POST", PATH, {**NEW, **change}))
    assert not api.sim.writes()[0]["applied"]


def test_nodes_are_created_where_they_are_asked_for(cluster):
    cluster.done(
        "create_nodes",
        nodes=[
            {"nodesNb": 2, "nodeSizing": "2cpu4gb", "az": "EB-A"},
            {"nodesNb": 1, "nodeSizing": "8cpu32gb", "az": "EB-B"},
        ],
    )
    made = [(node["labelAvailabilityZone"], node["cpu"], node["ram"]) for node in cluster.nodes()[3:]]
    assert made == [("EB-A", 2, 4), ("EB-A", 2, 4), ("EB-B", 8, 32)]
    assert cluster.shown()["nodeCount"] == 6


@pytest.mark.parametrize(
    "row, why",
    [
        ({"nodesNb": 0, "nodeSizing": "2cpu4gb", "az": "EB-A"}, "positive"),
        ({"nodesNb": 1, "nodeSizing": "1cpu2gb", "az": "EB-A"}, "Unknown sizing"),
        ({"nodesNb": 1, "nodeSizing": "2cpu4gb", "az": "ET-A"}, "Unknown availability zone"),
        ({"nodesNb": 254, "nodeSizing": "2cpu4gb", "az": "EB-A"}, "at most 256"),
    ],
)
def test_nodes_that_cannot_be_are_refused(cluster, row, why):
    assert why in refused(cluster.patch("create_nodes", nodes=[row]))
    assert len(cluster.nodes()) == 3


def test_second_data_centre_comes_with_high_availability_and_stays(cluster):
    row = {"nodesNb": 1, "nodeSizing": "2cpu4gb", "az": "EB-C"}
    assert "for this topology" in refused(cluster.patch("create_nodes", nodes=[row]))
    cluster.done("enable_ha")
    assert (cluster.shown()["topology"], len(cluster.nodes())) == ("HA", 3)
    cluster.done("create_nodes", nodes=[row])
    assert cluster.shown()["availableDCs"] == ["EB4", "EB5"]
    assert "cannot be enabled" in refused(cluster.patch("enable_ha"))


def test_high_availability_needs_a_second_data_centre(api):
    place = {"region": "ET", "area": "ET-EMEA", "networkId": 2211}
    api.wait(api.call("POST", PATH, {**NEW, **place}))
    assert "cannot be enabled" in refused(Clusters(api, "newk8s").patch("enable_ha"))


@pytest.mark.parametrize("kind", ["internal", "external"])
def test_last_ingress_node_stays(cluster, kind):
    first, second, third = cluster.records()
    for node in (first, second):
        node["is%sIngressNode" % kind.capitalize()] = True
    ids = [str(first["id"]), str(second["id"])]
    assert f"All {kind} ingress nodes" in refused(cluster.patch("delete_nodes", nodes=ids))
    cluster.done("delete_nodes", nodes=ids[:1])
    answer = cluster.api.call("DELETE", f"{cluster.path}/nodes/{second['id']}")
    assert f"All {kind} ingress nodes" in refused(answer)
    cluster.done("delete_nodes", nodes=[str(third["id"])])
    assert "All nodes" in refused(cluster.patch("delete_nodes", nodes=ids[1:]))


def test_deleted_node_leaves_its_load_balancers(cluster):
    gone = cluster.records()[2]["id"]
    cluster.done("delete_nodes", nodes=[str(gone)])
    (balancer,) = cluster.api.get(f"{cluster.path}/loadbalancers").json()
    assert gone not in [member["id"] for member in balancer["members"]]
    assert len(balancer["members"]) == 2


def test_upgrade_takes_the_next_version(cluster):
    cluster.done("upgrade", version="1.31")
    shown = cluster.shown()
    assert (shown["version"], shown["productCode"], shown["supportPhase"]) == ("v1.31.5", "k8s131", "STANDARD")


@pytest.mark.parametrize(
    "version, why",
    [
        ("1.3", "Unknown version"),
        ("v1.32.1", "Only the next version"),
        ("1.30", "Only the next version"),
        ("1.29", "A downgrade is not possible"),
        ("", "Unknown version"),
    ],
)
def test_upgrade_to_any_other_version_is_refused(cluster, version, why):
    products = cluster.api.sim.state.products
    for minor in ("v1.29.13", "v1.32.1"):
        products[minor] = {**products["k8s131"], "id": minor, "code": minor, "version": minor}
    assert why in refused(cluster.patch("upgrade", version=version))
    assert cluster.shown()["version"] == "v1.30.9"


def test_metrics_count_nodes_by_zone_or_data_centre(cluster):
    by_zone = cluster.api.get(f"{cluster.path}/metrics", type="az-distribution").json()
    assert by_zone == {
        "EB-A": {"cpuCount": 8, "nodeCount": 2, "ramCount": 16},
        "EB-B": {"cpuCount": 4, "nodeCount": 1, "ramCount": 8},
    }
    by_data_centre = cluster.api.get(f"{cluster.path}/metrics", type="dc-distribution").json()
    assert by_data_centre == {"EB4": {"cpuCount": 12, "nodeCount": 3, "ramCount": 24}}
    assert "Unknown type" in refused(cluster.api.get(f"{cluster.path}/metrics", type="AZ"))

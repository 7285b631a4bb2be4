# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing of Kubernetes clusters against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

PATH = "/compute/containers/kubernetes"
BILLING = 44411
PAGE = {"page": "0", "size": "200"}
OTHER = dict(
    name="qa-k8s",
    service="billing-qa",
    region="EB",
    network="EB_1127_DMZ9",
    platform="k8s131",
    ingress_provider="ISTIO",
    sizing="2cpu4gb",
    node_count=2,
)


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the result, or the message of a failure; and what was asked: ``[(path, query)]``."""

    def run_info(check=False, **options):
        sim.clear_journal()
        result = run("itcare_k8s_cluster_info", check=check, **options)
        assert sim.writes() == []
        asked = [(entry["path"], entry["query"]) for entry in sim.requests()]
        if result.get("failed"):
            return result["msg"], asked
        assert result["changed"] is False
        return result, asked

    return run_info


@pytest.fixture
def number(sim):
    """The id of the cluster in the seed."""
    return sim.state.named("billing-k8s")[0]["id"]


def names(result):
    return [row["name"] for row in result["k8s_clusters"]]


def test_all_clusters_without_a_filter(run, info):
    run("itcare_k8s_cluster", **OTHER)
    result, asked = info(sort="name")
    assert names(result) == ["billing-k8s", "qa-k8s"]
    assert asked == [(PATH, {"sort": "name", **PAGE})]
    assert "ingress_providers" not in result


def test_check_mode_reads_the_same(info):
    options = dict(names=["billing-k8s"], gather=["nodes"], ingress_providers=True)
    assert info(check=True, **options) == info(**options)


def test_one_by_id(info, number):
    result, asked = info(id=number)
    assert names(result) == ["billing-k8s"]
    assert asked == [("%s/%d" % (PATH, number), {})]
    assert info(id=999999)[0]["k8s_clusters"] == []


def test_an_id_is_no_filter(info):
    assert info(id=1, versions=["v1.30.9"])[0] == "parameters are mutually exclusive: id|versions"


@pytest.mark.parametrize(
    "options, query",
    [
        (dict(names=["billing-k8s", "!qa-k8s"]), {"names": "billing-k8s,!qa-k8s"}),
        (dict(services=[str(BILLING)]), {"services": "44411"}),
        (dict(environments=["PRODUCTION"]), {"environments": "PRODUCTION"}),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}),
        (dict(tags={"application": "billing"}), {"tags": "application:billing"}),
        (dict(monitoring_status=True), {"monitoringStatus": "true"}),
        (dict(monitoring_on_call_status=False), {"monitoringOnCallStatus": "false"}),
        (dict(backup_status=True), {"backupStatus": "true"}),
        (dict(recovery_status=True), {"recoveryStatus": "true"}),
        (dict(included_in_patch_party=True), {"includedInPatchParty": "true"}),
        (dict(topologies=["Standard", "HA"]), {"topologies": "Standard,HA"}),
        (dict(versions=["v1.30.9", "v1.31.5"]), {"versions": "v1.30.9,v1.31.5"}),
        (dict(regions=["EB", "ET"]), {"regions": "EB,ET"}),
        (dict(clouds=[101]), {"clouds": "101"}),
        (dict(sort="creation_time,desc"), {"sort": "creationTime,desc"}),
    ],
)
def test_filter_is_sent(info, options, query):
    _result, asked = info(**options)
    assert asked == [(PATH, {**query, **PAGE})]


def test_filters_select(run, info):
    run("itcare_k8s_cluster", **OTHER)
    assert names(info(versions=["v1.31.5"])[0]) == ["qa-k8s"]
    assert names(info(services=["billing"], topologies=["STANDARD"], regions=["EB"])[0]) == ["billing-k8s"]
    assert names(info(regions=["ET"])[0]) == []


def test_gather_nodes_networks_and_load_balancers(info, number):
    result, asked = info(names=["billing-k8s"], gather=["nodes", "networks", "loadbalancers"])
    (cluster,) = result["k8s_clusters"]
    shown = [(node["name"], node["label_availability_zone"], node["cpu"], node["ram"]) for node in cluster["nodes"]]
    assert shown == [("PEBK8S01", "EB-A", 4, 8), ("PEBK8S02", "EB-B", 4, 8), ("PEBK8S03", "EB-A", 4, 8)]
    assert {network["short_description"] for network in cluster["networks"]} == {"EB_1125_DMZ8"}
    assert [balancer["name"] for balancer in cluster["loadbalancers"]] == ["apps.billing.acme.example"]
    path = "%s/%d" % (PATH, number)
    assert sorted(asked[1:]) == [(path + "/loadbalancers", {}), (path + "/networks", {}), (path + "/nodes", {})]


def test_gather_metrics_by_zone_and_by_data_centre(sim, info, number):
    result, asked = info(names=["billing-k8s"], gather=["metrics"])
    assert result["k8s_clusters"][0]["metrics"] == {
        "az_distribution": {
            "EB-A": {"node_count": 2, "cpu_count": 8, "ram_count": 16},
            "EB-B": {"node_count": 1, "cpu_count": 4, "ram_count": 8},
        },
        "dc_distribution": {"EB4": {"node_count": 3, "cpu_count": 12, "ram_count": 24}},
    }
    path = "%s/%d/metrics" % (PATH, number)
    assert asked[1:] == [(path, {"type": "az-distribution"}), (path, {"type": "dc-distribution"})]


def test_gather_what_every_resource_has(info):
    choices = ["backup_policies", "dns_aliases", "history", "operations", "parent", "patch_policy", "tags"]
    result, _asked = info(names=["billing-k8s"], gather=choices)
    assert set(choices) <= set(result["k8s_clusters"][0])


def test_ingress_providers(info):
    result, asked = info(names=["billing-k8s"], ingress_providers=True)
    assert result["ingress_providers"] == ["NGINX", "ISTIO", "TRAEFIK"]
    assert asked[1:] == [(PATH + "/ingress-providers", {})]

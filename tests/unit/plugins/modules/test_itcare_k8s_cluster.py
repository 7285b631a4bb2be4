# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kubernetes cluster module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

PATH = "/compute/containers/kubernetes"
PLACE = dict(service="billing-qa", region="EB", network="EB_1127_DMZ9", platform="k8s131", ingress_provider="nginx")
NEW = dict(PLACE, name="qa-k8s", sizing="4cpu8gb", node_count=3)
BODY = {
    "name": "qa-k8s",
    "serviceId": 44412,
    "region": "EB",
    "area": "EB-EMEA",
    "networkId": 1127,
    "platform": "k8s131",
    "ingressProvider": "NGINX",
    "nodeSizing": "4cpu8gb",
    "instanceCount": 3,
}
SEEDED = "billing-k8s"  # three nodes of 4cpu8gb: PEBK8S01 and 03 in EB-A, 02 in EB-B; v1.30.9


@pytest.fixture
def k8s(task):
    return task("itcare_k8s_cluster")


@pytest.fixture
def versions(sim):
    """Kubernetes 1.29 and 1.32 are offered, too."""
    products = sim.state.products
    for code, version in (("k8s132", "v1.32.1"), ("k8s129", "v1.29.13")):
        products[code] = {**products["k8s131"], "id": code, "code": code, "version": version}


def nodes(*rows):
    return [dict(availability_zone=az, sizing=sizing, count=count) for az, sizing, count in rows]


SHOWN = nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 1))


def path_of(sim, name=SEEDED):
    return "%s/%d" % (PATH, sim.state.named(name, "kubernetes")[0]["id"])


def records(sim, name=SEEDED):
    """The nodes as the simulator keeps them: name -> record."""
    cluster = sim.state.named(name, "kubernetes")[0]
    return {node["name"]: node for node in sim.state.nodes(cluster["id"])}


def placed(sim, name):
    """The nodes that there are: ``[(az, cpu), ...]``."""
    return sorted((node["labelAvailabilityZone"], node["cpu"]) for node in records(sim, name).values())


def creation(*rows):
    body = [{"nodesNb": count, "nodeSizing": sizing, "az": az} for az, sizing, count in rows]
    return {"operation": "create_nodes", "options": {"nodes": body}}


def removal(*ids):
    return {"operation": "delete_nodes", "options": {"nodes": [str(number) for number in ids]}}


# Creating


def test_create(sim, k8s):
    result, writes = k8s.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    assert result["steps"] == ["create"]
    shown = result["k8s_cluster"]
    assert (shown["name"], shown["status"], shown["node_count"], shown["ingress_provider"]) == (
        "qa-k8s",
        "ACTIVE",
        3,
        "NGINX",
    )
    assert "nodes" not in shown


def test_create_sends_every_field(k8s):
    options = dict(
        NEW,
        area="EB-EMEA",
        regulation="STANDARD",
        cloud=101,
        monitoring_enabled=True,
        monitoring_alerting=False,
        no_monitoring_prod_reason="none",
        on_call_supervision=True,
        backup_enabled=False,
        no_backup_prod_reason="Rebuilt each night",
        replication_enabled=False,
        no_replication_prod_reason="Not needed",
    )
    _result, ((_method, _path, body),) = k8s.converges(**options)
    assert body == {
        **BODY,
        "regulation": "STANDARD",
        "cloudId": 101,
        "monitoringEnabled": True,
        "monitoringAlerting": False,
        "noMonitoringProdReason": "none",
        "onCallSupervision": True,
        "backupEnabled": False,
        "noBackupProdReason": "Rebuilt each night",
        "replicationEnabled": False,
        "noReplicationProdReason": "Not needed",
    }


def test_create_and_all_that_a_creation_cannot_say(k8s):
    result, _writes = k8s.converges(
        **NEW,
        topology="HA",
        comment="the shop",
        tags={"tier": "apps"},
        patch_party=dict(excluded=True, exclusion_reason="by hand"),
    )
    assert result["steps"] == ["create", "enable_ha", "update_patch_party", "comment", "add_tag"]
    shown = result["k8s_cluster"]
    assert (shown["topology"], shown["comment"], shown["tags"]) == ("HA", "the shop", {"tier": "apps"})


def test_create_standard_is_only_a_creation(k8s):
    result, _writes = k8s.converges(**NEW, topology="STANDARD")
    assert result["steps"] == ["create"]


@pytest.mark.parametrize(
    ("wanted", "first", "then"),
    [
        # The simulator takes EB-A and EB-B in turn.
        ([("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 1)], ("4cpu8gb", 3), []),
        ([("EB-B", "4cpu8gb", 2), ("EB-A", "4cpu8gb", 1)], ("4cpu8gb", 3), ["delete_nodes", "create_nodes"]),
        ([("EB-A", "4cpu8gb", 2), ("EB-B", "8cpu32gb", 1)], ("4cpu8gb", 2), ["delete_nodes", "create_nodes"]),
        ([("EB-A", "4cpu8gb", 1), ("EB-B", "8cpu32gb", 1)], ("4cpu8gb", 2), ["delete_nodes", "create_nodes"]),
        ([("EB-A", "4cpu8gb", 1)], ("4cpu8gb", 2), ["delete_nodes"]),
        ([("EB-A", "4cpu8gb", 7), ("EB-B", "4cpu8gb", 7)], ("4cpu8gb", 12), ["create_nodes"]),
        ([("EB-A", "4cpu8gb", 0), ("EB-B", "2cpu4gb", 1), ("EB-A", "2cpu4gb", 1)], ("2cpu4gb", 2), []),
    ],
    ids=str,
)
def test_create_with_nodes(sim, k8s, wanted, first, then):
    result, writes = k8s.converges(**PLACE, name="qa-k8s", nodes=nodes(*wanted))
    assert result["steps"] == ["create", "place_nodes"]
    assert (writes[0][2]["nodeSizing"], writes[0][2]["instanceCount"]) == first
    assert [body["operation"] for _method, _path, body in writes[1:]] == then
    expected = [(az, int(sizing.split("cpu")[0])) for az, sizing, count in wanted for _number in range(count)]
    assert placed(sim, "qa-k8s") == sorted(expected)
    assert len(result["k8s_cluster"]["nodes"]) == len(expected)


def test_create_with_nodes_where_the_platform_puts_all_in_one_zone(sim, k8s, monkeypatch):
    from ansible_collections.cegedim.cloud.tests.simulator import build

    original = build.cluster
    monkeypatch.setattr(build, "cluster", lambda *given, **fields: original(*given[:6], ["EB-A"], *given[7:], **fields))
    result, writes = k8s.converges(**PLACE, name="qa-k8s", nodes=SHOWN)
    assert result["steps"] == ["create", "place_nodes"]
    assert writes[2][2] == creation(("EB-B", "4cpu8gb", 1))
    assert placed(sim, "qa-k8s") == [("EB-A", 4), ("EB-A", 4), ("EB-B", 4)]


def test_create_with_nodes_in_the_second_data_centre(sim, k8s):
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 1), ("EB-C", "4cpu8gb", 1))
    result, writes = k8s.converges(**PLACE, name="qa-k8s", nodes=wanted, topology="HA")
    assert result["steps"] == ["create", "enable_ha", "place_nodes"]
    assert placed(sim, "qa-k8s") == [("EB-A", 4), ("EB-B", 4), ("EB-C", 4)]


def test_create_with_a_version(sim, k8s, versions):
    result, writes = k8s.converges(**dict(NEW, platform="k8s130"), version="1.31")
    assert result["steps"] == ["create", "upgrade"]
    assert writes[1] == ("PATCH", path_of(sim, "qa-k8s"), {"operation": "upgrade", "options": {"version": "v1.31.5"}})


def test_create_with_the_version_that_the_platform_brings(k8s):
    result, _writes = k8s.converges(**NEW, version="1.31.5")
    assert result["steps"] == ["create"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "QA-K8S"}, "name: 'QA-K8S' is not allowed: use lowercase letters, digits and hyphens"),
        ({"name": "qa_k8s\n"}, "name: 'qa_k8s\\n' has a comma, a leading ! or blanks around it"),
        ({"node_count": 1}, "node_count: 1 is not within 2 to 12"),
        ({"node_count": 13}, "node_count: 13 is not within 2 to 12"),
        ({"sizing": "big"}, "sizing: 'big' is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb"),
        (
            {"sizing": "3cpu5gb"},
            "sizing: 3cpu5gb is unknown for platform k8s131; these are: 2cpu4gb, 2cpu8gb, 4cpu8gb, 4cpu16gb, "
            "8cpu32gb, 16cpu64gb",
        ),
        ({"ingress_provider": "HAProxy"}, "ingress_provider: HAProxy is unknown; these are: NGINX, ISTIO, TRAEFIK"),
        ({"version": "1.30"}, "version: platform k8s131 brings v1.31.5, not 1.30"),
        ({"version": "1.32"}, "version: 1.32 is not offered; from v1.31.5 there is nothing newer"),
        ({"version": "latest"}, "version: 'latest' is not a version such as 1.31 or v1.31.5"),
        (
            {"platform": "ubuntu24", "version": "1.31"},
            "version: what a new cluster has with platform ubuntu24 is not known (v1.30.9 or v1.31.5); name the "
            "platform by the code of its version, or leave version out",
        ),
        (
            {"patch_party": dict(excluded=False, patch_group=2)},
            "patch_party: a patch_group is for a single node, and there are 3; leave it out, and the platform spreads "
            "the nodes over the groups",
        ),
        ({"change_reference": "RFC_1234567"}, "change_reference: 'RFC_1234567' has 11 characters, and 10 are allowed"),
    ],
    ids=str,
)
def test_create_refused(k8s, changed, message):
    assert k8s.refuses(**{**NEW, **changed}) == message


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("EB-Z", "4cpu8gb", 2)], "nodes: the zone EB-Z is unknown{area}; these are: EB-A, EB-B, EB-C"),
        ([("EB-HDS-A", "4cpu8gb", 2)], "nodes: the zone EB-HDS-A is unknown{area}; these are: EB-A, EB-B, EB-C"),
        (
            [("EB-A", "4cpu8gb", 2), ("EB-B", "1cpu2gb", 1)],
            "nodes: the size 1cpu2gb is unknown{platform}; these are: 2cpu4gb, 2cpu8gb, 4cpu8gb, 4cpu16gb, 8cpu32gb, "
            "16cpu64gb",
        ),
        ([("EB-A", "4cpu8gb", 0)], "nodes: not all nodes can be removed; use state=absent to remove the cluster"),
        ([], "nodes: not all nodes can be removed; use state=absent to remove the cluster"),
        ([("EB-A", "4cpu8gb", -1)], "nodes: count must not be negative, and it is -1"),
        (
            [("EB-A", "4cpu8gb", 1), ("EB-A", "4cpu8gb", 2)],
            "nodes: 4cpu8gb in EB-A is given twice; add up the counts",
        ),
        ([("EB-A", "4CPU", 1)], "sizing: '4CPU' is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb"),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("place", "for_what"),
    [
        (dict(PLACE, name="qa-k8s"), dict(area=" for area EB-EMEA", platform=" for platform k8s131")),
        (dict(name=SEEDED), dict(area="", platform="")),
    ],
    ids=["new", "there"],
)
def test_nodes_refused(k8s, place, for_what, rows, message):
    assert k8s.refuses(**place, nodes=nodes(*rows), scale_down=True) == message.format(**for_what)


def test_creation_without_nodes(k8s):
    assert k8s.refuses(**PLACE, name="qa-k8s", node_count=3) == (
        "no k8s_cluster is named qa-k8s, and to create it nodes are needed, or sizing and node_count"
    )


@pytest.mark.parametrize("option", ["sizing", "node_count"])
def test_nodes_or_their_number(k8s, option):
    value = {"sizing": "4cpu8gb", "node_count": 2}[option]
    assert k8s.refuses(name=SEEDED, nodes=SHOWN, **{option: value}) == (
        "parameters are mutually exclusive: nodes|%s" % option
    )


def test_production_owes_a_reason(k8s):
    assert k8s.refuses(**dict(NEW, service="billing"), backup_enabled=False) == (
        "no_backup_prod_reason: a reason is needed for backup_enabled=false in PRODUCTION"
    )


# Nodes


def test_the_nodes_that_there_are(k8s):
    result = k8s.changes_nothing(name=SEEDED, nodes=SHOWN)
    assert [node["name"] for node in result["k8s_cluster"]["nodes"]] == ["PEBK8S01", "PEBK8S02", "PEBK8S03"]


def test_add_nodes_in_one_operation(sim, k8s):
    wanted = nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 3), ("EB-B", "8cpu32gb", 1))
    result, writes = k8s.converges(name=SEEDED, nodes=wanted)
    assert writes == [("PATCH", path_of(sim), creation(("EB-B", "4cpu8gb", 2), ("EB-B", "8cpu32gb", 1)))]
    assert result["diff"][0]["before"] == {"nodes": SHOWN}
    assert result["diff"][0]["after"] == {"nodes": wanted}


def test_remove_nodes_by_id_and_say_which(sim, k8s):
    gone = records(sim)["PEBK8S03"]["id"]
    result, writes = k8s.converges(
        name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 1)), scale_down=True
    )
    assert writes == [("PATCH", path_of(sim), removal(gone))]
    assert result["diff"][0]["after"] == {"removed": ["PEBK8S03 (4cpu8gb in EB-A)"]}
    assert sorted(records(sim)) == ["PEBK8S01", "PEBK8S02"]


def test_add_before_remove(sim, k8s):
    gone = records(sim)["PEBK8S02"]["id"]
    wanted = nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "8cpu32gb", 1))
    result, writes = k8s.converges(name=SEEDED, nodes=wanted, scale_down=True)
    assert result["steps"] == ["create_nodes", "delete_nodes"]
    assert [body for _method, _path, body in writes] == [creation(("EB-B", "8cpu32gb", 1)), removal(gone)]


@pytest.mark.parametrize("wanted", [[("EB-A", "4cpu8gb", 2)], [("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 0)]])
def test_pairs_that_are_not_wanted_are_a_surplus(k8s, wanted):
    assert k8s.refuses(name=SEEDED, nodes=nodes(*wanted)).endswith(
        ": nodes: PEBK8S02 (4cpu8gb in EB-B) would be removed, and scale_down is false"
    )


def test_surplus_as_a_warning_and_what_is_missing_is_created(k8s):
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 2))
    result, writes = k8s(name=SEEDED, nodes=wanted, on_fixed_difference="warn")
    assert [body for _method, _path, body in writes] == [creation(("EB-B", "4cpu8gb", 1))]
    assert "PEBK8S03 (4cpu8gb in EB-A) would be removed, and scale_down is false" in result["warnings"][0]
    again, writes = k8s(name=SEEDED, nodes=wanted, on_fixed_difference="warn")
    assert (again["changed"], writes) == (False, [])


@pytest.mark.parametrize("as_text", [False, True])
def test_nodes_without_ingress_go_first_then_without_load_balancer_then_the_highest_name(sim, k8s, as_text):
    sim.configure(booleans_as_text=as_text)
    k8s(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 5), ("EB-B", "4cpu8gb", 1)))
    made = records(sim)
    ingress, unused = sorted(set(made) - {"PEBK8S01", "PEBK8S02", "PEBK8S03"})[1:]
    made[ingress]["isInternalIngressNode"] = True
    made["PEBK8S01"]["isInternalIngressNode"] = True
    order = []
    for count in (4, 3, 2, 1):
        result, _writes = k8s(
            check=True, name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", count), ("EB-B", "4cpu8gb", 1)), scale_down=True
        )
        order = [text.split(" ")[0] for text in result["diff"][0]["after"]["removed"]]
    # PEBK8S01 and 03 are members of a load balancer; of the two with ingress, the member stays.
    assert order == [unused, sorted(set(made) - {"PEBK8S01", "PEBK8S02", "PEBK8S03"})[0], "PEBK8S03", ingress]


@pytest.mark.parametrize("kind", ["internal", "external"])
def test_last_ingress_node_stays(sim, k8s, kind):
    records(sim)["PEBK8S02"]["is%sIngressNode" % kind.capitalize()] = True
    assert k8s.refuses(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 2)), scale_down=True) == (
        "nodes: with PEBK8S02 (4cpu8gb in EB-B) the last %s ingress node would be removed, which the platform refuses; "
        "keep one of them, at least until another node has that ingress" % kind
    )


@pytest.mark.parametrize("as_text", [False, True])
def test_one_of_two_ingress_nodes_may_go(sim, k8s, as_text):
    sim.configure(booleans_as_text=as_text)
    for name in ("PEBK8S01", "PEBK8S02"):
        records(sim)[name]["isInternalIngressNode"] = True
    k8s.converges(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 1)), scale_down=True)
    assert sorted(records(sim)) == ["PEBK8S01"]


def test_number_of_nodes_changes_by_nodes_only(k8s):
    assert k8s.refuses(name=SEEDED, node_count=4).endswith(
        "node_count is fixed at creation: it is 3, not 4; use nodes to set the number in each zone"
    )
    k8s.changes_nothing(name=SEEDED, node_count=3)


def test_size_of_no_node_is_refused(sim, k8s):
    records(sim)["PEBK8S02"].update(cpu=8, ram=32)
    for size in ("4cpu8gb", "8cpu32gb"):
        k8s.changes_nothing(name=SEEDED, sizing=size)
    message = k8s.refuses(name=SEEDED, sizing="2cpu4gb")
    assert message.endswith("sizing is fixed at creation: it is 4cpu8gb and 8cpu32gb, not 2cpu4gb")
    result, _writes = k8s(name=SEEDED, sizing="2cpu4gb", on_fixed_difference="warn")
    assert not result["changed"] and "not 2cpu4gb" in result["warnings"][0]


def test_zone_of_another_topology_is_refused_by_the_platform(k8s):
    result, writes = k8s(name=SEEDED, nodes=SHOWN + nodes(("EB-C", "4cpu8gb", 1)))
    assert result["failed"] and len(writes) == 1
    assert "Unknown availability zone for this topology" in result["msg"]


# Nodes that are named


def test_remove_a_named_node(sim, k8s):
    gone = records(sim)["PEBK8S02"]["id"]
    result, writes = k8s.converges(name=SEEDED, remove_nodes=["PEBK8S02"])
    assert writes == [("DELETE", "%s/nodes/%d" % (path_of(sim), gone), None)]
    assert result["steps"] == ["delete_node"]
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == (
        {"removed": []},
        {"removed": ["PEBK8S02 (4cpu8gb in EB-B)"]},
    )
    assert [node["name"] for node in result["k8s_cluster"]["nodes"]] == ["PEBK8S01", "PEBK8S03"]
    assert "remove_nodes" not in result["k8s_cluster"]


def test_remove_named_nodes_by_id_and_in_another_case(sim, k8s):
    number = records(sim)["PEBK8S03"]["id"]
    result, _writes = k8s.converges(name=SEEDED, remove_nodes=[str(number), "pebk8s02"])
    assert result["steps"] == ["delete_node", "delete_node"]
    assert sorted(records(sim)) == ["PEBK8S01"]


def test_named_node_that_has_gone(k8s):
    k8s.changes_nothing(name=SEEDED, remove_nodes=["PEBK8S09", "499999999"])
    k8s.changes_nothing(name=SEEDED, remove_nodes=[])


@pytest.mark.parametrize("name", ["PEBBILL01", "PEBPGBIL01"], ids=["an instance", "a node of a database"])
@pytest.mark.parametrize("by", ["name", "id"])
def test_named_node_of_something_else(sim, k8s, name, by):
    sim.configure(nodes_listed=True)
    number = sim.state.named(name)[0]["id"]
    message = k8s.refuses(name=SEEDED, remove_nodes=["PEBK8S02", name if by == "name" else str(number)])
    assert message.startswith("remove_nodes: not a node of this cluster: %s (id %d" % (name, number))


def test_named_node_goes_instead_of_the_one_that_would_be_chosen(sim, k8s):
    gone = records(sim)["PEBK8S01"]["id"]
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 1))
    result, writes = k8s.converges(name=SEEDED, nodes=wanted, remove_nodes=["PEBK8S01"])
    assert (result["steps"], writes[0][1]) == (["delete_node"], "%s/nodes/%d" % (path_of(sim), gone))
    k8s.changes_nothing(name=SEEDED, nodes=wanted, scale_down=True)


def test_the_rest_of_the_surplus_needs_scale_down(sim, k8s):
    options = dict(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 1)), remove_nodes=["PEBK8S01"])
    assert k8s.refuses(**options).endswith(
        ": nodes: PEBK8S02 (4cpu8gb in EB-B) would be removed, and scale_down is false"
    )
    result, _writes = k8s.converges(**options, scale_down=True)
    assert result["steps"] == ["delete_nodes", "delete_node"]
    assert sorted(records(sim)) == ["PEBK8S03"]


def test_replacement_of_a_named_node_by_one_elsewhere(sim, k8s):
    wanted = nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "8cpu32gb", 1))
    result, _writes = k8s.converges(name=SEEDED, nodes=wanted, remove_nodes=["PEBK8S02"])
    assert result["steps"] == ["create_nodes", "delete_node"]


def test_counts_and_names_that_contradict_each_other(k8s):
    assert k8s.refuses(name=SEEDED, nodes=SHOWN, remove_nodes=["PEBK8S03"], scale_down=True) == (
        "nodes and remove_nodes contradict each other: without PEBK8S03 (4cpu8gb in EB-A), 1 of 4cpu8gb in EB-A would "
        "be left, not 2"
    )


def test_named_node_and_high_availability(sim, k8s):
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 1), ("EB-C", "4cpu8gb", 1))
    result, writes = k8s.converges(name=SEEDED, nodes=wanted, topology="HA", remove_nodes=["PEBK8S01"])
    assert result["steps"] == ["enable_ha", "place_nodes"]
    assert sorted(records(sim))[1:] == ["PEBK8S02", "PEBK8S03"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ["PEBK8S01", "PEBK8S02", "PEBK8S03"],
            "remove_nodes: not all nodes can be removed; use state=absent to remove the cluster",
        ),
        (["PEBK8S01,02"], "remove_nodes: 'PEBK8S01,02' is empty, or has a comma, a leading ! or blanks around it"),
        (["!PEBK8S01"], "remove_nodes: '!PEBK8S01' is empty, or has a comma, a leading ! or blanks around it"),
    ],
    ids=str,
)
def test_named_nodes_refused(k8s, names, message):
    assert k8s.refuses(name=SEEDED, remove_nodes=names) == message


@pytest.mark.parametrize("kind", ["internal", "external"])
def test_named_node_with_the_last_ingress_stays(sim, k8s, kind):
    records(sim)["PEBK8S02"]["is%sIngressNode" % kind.capitalize()] = True
    assert "with PEBK8S02 (4cpu8gb in EB-B) the last %s ingress node would be removed" % kind in k8s.refuses(
        name=SEEDED, remove_nodes=["PEBK8S02"]
    )


def test_protected_cluster_keeps_its_named_nodes(k8s):
    k8s(name=SEEDED, tags={"protected": "true"})
    assert "has the tag protected=true, which protects it: delete_node is refused" in k8s.refuses(
        name=SEEDED, remove_nodes=["PEBK8S02"]
    )


def test_patch_group_of_the_node_that_is_left(k8s):
    party = dict(excluded=False, patch_group=2)
    assert "and there are 2" in k8s.refuses(name=SEEDED, remove_nodes=["PEBK8S01"], patch_party=party)
    result, _writes = k8s.converges(name=SEEDED, remove_nodes=["PEBK8S01", "PEBK8S02"], patch_party=party)
    assert result["steps"] == ["delete_node", "delete_node", "update_patch_party"]


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "error_after"])
def test_named_node_whose_answer_is_lost_goes_once(sim, k8s, fault):
    sim.fault(fault, method="DELETE")
    result, writes = k8s(name=SEEDED, remove_nodes=["PEBK8S02"])
    assert not result.get("failed"), result["msg"]
    assert len(writes) == 1 and sorted(records(sim)) == ["PEBK8S01", "PEBK8S03"]


@pytest.mark.slow
def test_interrupted_removal_of_a_named_node_is_adopted(sim, k8s):
    sim.configure(action_seconds=0.6)
    result, writes = k8s(name=SEEDED, remove_nodes=["PEBK8S02"], wait_timeout=0.2)
    assert result["failed"] and len(writes) == 1
    sim.configure(action_seconds=0.05)
    k8s.changes_nothing(name=SEEDED, remove_nodes=["PEBK8S02"])


def test_named_nodes_without_waiting(sim, k8s):
    sim.configure(action_seconds=5)
    result, writes = k8s(name=SEEDED, remove_nodes=["PEBK8S02", "PEBK8S03"], wait=False)
    assert (len(writes), result["still_to_do"]) == (1, ["delete_node"])


@pytest.mark.parametrize("row_numbers", ["both", "id_only"])
@pytest.mark.parametrize("paths", ["id", "internal"])
def test_named_node_with_two_numbers(sim, k8s, paths, row_numbers):
    """The path takes the one or the other; the first that is refused has done nothing."""
    sim.configure(numbers="different", product_paths=paths, row_numbers=row_numbers)
    result, writes = k8s.converges(name=SEEDED, remove_nodes=["PEBK8S02"])
    assert len(writes) == (1 if paths == "id" else 2)
    assert sorted(records(sim)) == ["PEBK8S01", "PEBK8S03"]


def test_named_node_whose_other_number_is_that_of_another_node_stays(sim, k8s):
    sim.configure(numbers="overlapping")
    message = k8s.refuses(name=SEEDED, remove_nodes=["PEBK8S02"])
    assert "has a number that another node has, too" in message


# High availability


def test_enable_ha(sim, k8s):
    result, writes = k8s.converges(name=SEEDED, topology="HA")
    assert writes == [("PATCH", path_of(sim), {"operation": "enable_ha"})]
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == ({"topology": "STANDARD"}, {"topology": "HA"})
    assert k8s.refuses(name=SEEDED, topology="STANDARD").endswith(
        "topology: it is HA, and cannot be changed back to STANDARD"
    )


@pytest.mark.parametrize(
    ("shown", "wanted"), [("Standard", "STANDARD"), ("ha", "HA"), ("High availability", "HA"), (None, "STANDARD")]
)
def test_spellings_of_the_topology(sim, k8s, shown, wanted):
    sim.state.named(SEEDED)[0]["topology"] = shown
    k8s.changes_nothing(name=SEEDED, topology=wanted)


def test_ha_that_the_cluster_does_not_support(sim, k8s):
    sim.state.named(SEEDED)[0]["supportsHAMode"] = False
    assert k8s.refuses(name=SEEDED, topology="HA") == "topology: this cluster does not support HA"


def test_ha_and_nodes_in_the_second_data_centre(sim, k8s):
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 1), ("EB-C", "4cpu8gb", 1))
    assert "scale_down is false" in k8s.refuses(name=SEEDED, nodes=wanted, topology="HA")
    result, writes = k8s.converges(name=SEEDED, nodes=wanted, topology="HA", scale_down=True)
    assert result["steps"] == ["enable_ha", "place_nodes"]
    assert [body["operation"] for _method, _path, body in writes] == ["enable_ha", "create_nodes", "delete_nodes"]
    assert result["diff"][1]["after"]["removed"] == ["PEBK8S03 (4cpu8gb in EB-A)"]


def test_no_wait_tells_what_is_left_in_the_words_of_the_plan(sim, k8s):
    """The last removal belongs to a late step, which belongs to another one: nobody has seen the name of that."""
    sim.configure(action_seconds=0)
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 1), ("EB-C", "4cpu8gb", 1))
    options = dict(name=SEEDED, nodes=wanted, topology="HA", scale_down=True)
    assert k8s(**options, check=True)[0]["steps"] == ["enable_ha", "place_nodes"]
    conflict = dict(status=409, body='{"errorMessage": "busy"}', content_type="application/json")
    sim.fault("status", method="PATCH", after=2, **conflict)
    result, writes = k8s(**options, wait=False)
    assert [body["operation"] for _method, _path, body in writes] == ["enable_ha", "create_nodes", "delete_nodes"]
    assert result["still_to_do"] == ["place_nodes"]


# Versions


@pytest.mark.parametrize("version", ["1.30", "v1.30", "1.30.9", "v1.30.9"])
def test_the_version_that_it_has(k8s, version):
    k8s.changes_nothing(name=SEEDED, version=version)


@pytest.mark.parametrize("version", ["1.31", "v1.31.5"])
def test_upgrade(sim, k8s, version):
    result, writes = k8s.converges(name=SEEDED, version=version)
    assert writes == [("PATCH", path_of(sim), {"operation": "upgrade", "options": {"version": "v1.31.5"}})]
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == ({"version": "v1.30.9"}, {"version": "v1.31.5"})


@pytest.mark.parametrize("shown", ["v1.30.9", "1.30", "Kubernetes 1.30.9"])
def test_a_version_may_have_a_word_before_it(sim, k8s, shown):
    for operation in ("list_kubernetes", "get_kubernetes"):
        sim.fault("mutate", times=-1, operation=operation, set={"path": "version", "value": shown})
    assert k8s(check=True, name=SEEDED, version="1.31")[0]["steps"] == ["upgrade"]


def test_upgrade_over_several_versions(sim, k8s, versions):
    assert k8s.refuses(name=SEEDED, version="1.32") == (
        "version: from v1.30.9 only the next version can be upgraded to, which is v1.31.5; with "
        "intermediate_upgrades=true the task goes through v1.31.5, v1.32.1"
    )
    result, writes = k8s.converges(name=SEEDED, version="1.32", intermediate_upgrades=True)
    assert [body["options"]["version"] for _method, _path, body in writes] == ["v1.31.5", "v1.32.1"]
    assert [(one["before"], one["after"]) for one in result["diff"]] == [
        ({"version": "v1.30.9"}, {"version": "v1.31.5"}),
        ({"version": "v1.31.5"}, {"version": "v1.32.1"}),
    ]


def test_no_downgrade(k8s, versions):
    assert k8s.refuses(name=SEEDED, version="1.29").endswith("version cannot go down: it is v1.30.9, not 1.29")
    result, writes = k8s(name=SEEDED, version="1.29", on_fixed_difference="warn")
    assert (result["changed"], writes) == (False, []) and "cannot go down" in result["warnings"][0]


def test_version_that_is_not_offered(k8s):
    assert k8s.refuses(name=SEEDED, version="1.40", intermediate_upgrades=True) == (
        "version: 1.40 is not offered; from v1.30.9 there is v1.31.5"
    )


def test_nodes_are_added_before_an_upgrade(k8s):
    result, _writes = k8s.converges(name=SEEDED, version="1.31", nodes=SHOWN + nodes(("EB-A", "2cpu4gb", 1)))
    assert result["steps"] == ["create_nodes", "upgrade"]


# What every product has


@pytest.mark.parametrize(
    ("options", "operation", "sent"),
    [
        (dict(monitoring_enabled=False), "update_monitoring", {"state": False, "on_call": False}),
        (dict(on_call_supervision=True), "update_monitoring", {"state": True, "on_call": True}),
        (
            dict(patch_party=dict(excluded=True, exclusion_reason="by hand")),
            "update_patch_party",
            {"patchParty": {"excluded": True, "exclusionReason": "by hand"}},
        ),
    ],
)
def test_update(sim, k8s, options, operation, sent):
    _result, writes = k8s.converges(name=SEEDED, **options)
    assert writes == [("PATCH", path_of(sim), {"operation": operation, "options": sent})]


def test_patch_group_of_a_single_node_is_text(sim, k8s):
    k8s(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 1)), scale_down=True)
    _result, ((_method, _path, body),) = k8s.converges(name=SEEDED, patch_party=dict(excluded=False, patch_group=2))
    assert body["options"] == {"patchParty": {"excluded": False, "patchGroup": "2"}}


def test_patch_group_of_several_nodes(k8s):
    assert "a patch_group is for a single node, and there are 3" in k8s.refuses(
        name=SEEDED, patch_party=dict(excluded=False, patch_group=2)
    )


def test_comment_and_tags(k8s):
    result, _writes = k8s.converges(name=SEEDED, comment="new words", tags={"tier": "apps"})
    assert sorted(result["steps"]) == ["add_tag", "comment"]


def test_the_same_in_other_words(k8s):
    k8s.changes_nothing(
        name=SEEDED, service="BILLING", region="EB", area="EB-EMEA", ingress_provider="nginx", platform="k8s130"
    )


def test_server_dry_run_of_a_creation(sim, k8s):
    result, _writes = k8s(check=True, server_dry_run=True, **NEW)
    assert result["changed"]
    assert [(entry["dry_run"], entry["applied"]) for entry in sim.writes()] == [(True, False)]


# Lost answers, interruptions, what the documentation leaves open


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "truncate_json", "error_after"])
def test_nodes_whose_answer_is_lost_are_created_once(sim, k8s, fault):
    sim.fault(fault, method="PATCH")
    wanted = nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 3))
    result, writes = k8s(name=SEEDED, nodes=wanted)
    assert not result.get("failed"), result["msg"]
    assert len(writes) == 1 and len(records(sim)) == 5
    assert "the answer was lost, but it took effect" in result["warnings"][0]


@pytest.mark.slow
def test_nodes_that_were_never_asked_for_are_not_asked_for_twice(sim, k8s, monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 1)
    sim.fault("reset_before", method="PATCH")
    wanted = nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 2))
    result, writes = k8s(name=SEEDED, nodes=wanted)
    assert result["failed"] and len(writes) == 1 and "run the task again in a while" in result["msg"]
    k8s.converges(name=SEEDED, nodes=wanted)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "error_after"])
@pytest.mark.parametrize(
    "options",
    [dict(nodes=nodes(("EB-A", "4cpu8gb", 2)), scale_down=True), dict(topology="HA"), dict(version="1.31")],
    ids=["delete_nodes", "enable_ha", "upgrade"],
)
def test_change_whose_answer_is_lost(sim, k8s, fault, options):
    sim.fault(fault, method="PATCH")
    result, _writes = k8s(name=SEEDED, **options)
    assert not result.get("failed"), result["msg"]
    assert len([entry for entry in sim.writes() if entry["applied"]]) == 1
    k8s.changes_nothing(name=SEEDED, **options)


@pytest.mark.slow
@pytest.mark.parametrize("late_visibility", [0, 0.4])
def test_create_whose_answer_is_lost_is_made_once(sim, k8s, late_visibility):
    sim.configure(late_visibility=late_visibility)
    sim.fault("reset_after", method="POST")
    result, writes = k8s(**PLACE, name="qa-k8s", nodes=SHOWN)
    assert not result.get("failed"), result["msg"]
    assert [method for method, _path, _body in writes] == ["POST"]
    assert result["steps"] == ["create", "place_nodes"]


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"creation_visible": True}, {"late_visibility": 0.4}], ids=str)
def test_interrupted_create_goes_on(sim, k8s, settings):
    """The platform has put the first nodes into other zones, and nothing was there that could be lost."""
    sim.configure(action_seconds=0.6, **settings)
    options = dict(PLACE, name="qa-k8s", nodes=nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 2)))
    result, _writes = k8s(**options, wait_timeout=0.2)
    assert result["failed"] and "run the same task again" in result["msg"]
    sim.configure(action_seconds=0.05)
    result, writes = k8s(**options)
    assert not result.get("failed"), result["msg"]
    assert result["steps"] == ["place_nodes"]
    assert [body["operation"] for _method, _path, body in writes] == ["delete_nodes", "create_nodes"]
    assert placed(sim, "qa-k8s") == [("EB-A", 4), ("EB-B", 4), ("EB-B", 4)]
    k8s.changes_nothing(**options)


@pytest.mark.slow
@pytest.mark.parametrize("wait_timeout", [1.1, 1.9])
def test_interrupted_placing_goes_on(sim, k8s, wait_timeout):
    """In the middle of the removal, or of the creation of nodes: the three actions take longer than either time."""
    sim.configure(action_seconds=0.8)
    options = dict(PLACE, name="qa-k8s", nodes=nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 2)))
    result, writes = k8s(**options, wait_timeout=wait_timeout)
    assert result["failed"] and writes
    sim.configure(action_seconds=0.05)
    result, _writes = k8s(**options)
    assert not result.get("failed"), result["msg"]
    assert placed(sim, "qa-k8s") == [("EB-A", 4), ("EB-B", 4), ("EB-B", 4)]
    k8s.changes_nothing(**options)


@pytest.mark.slow
@pytest.mark.parametrize("late_visibility", [0, 0.4])
@pytest.mark.parametrize(
    "options",
    [
        dict(nodes=nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 4))),
        dict(nodes=nodes(("EB-A", "4cpu8gb", 2)), scale_down=True),
        dict(topology="HA"),
        dict(version="1.31"),
        dict(state="absent"),
    ],
    ids=["create_nodes", "delete_nodes", "enable_ha", "upgrade", "delete"],
)
def test_interrupted_change_is_adopted(sim, k8s, options, late_visibility):
    sim.configure(action_seconds=0.6, late_visibility=late_visibility)
    result, writes = k8s(name=SEEDED, **options, wait_timeout=0.2)
    assert result["failed"] and len(writes) == 1
    sim.configure(action_seconds=0.05)
    result, writes = k8s(name=SEEDED, **options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])
    k8s.changes_nothing(name=SEEDED, **options)


@pytest.mark.slow
def test_nodes_that_come_between_two_looks_are_not_created_twice(sim, k8s):
    wanted = nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 4))
    sim.configure(action_seconds=0.5)
    k8s(name=SEEDED, nodes=wanted, wait=False)
    sim.fault("slow", path="/actions$", seconds=0.7)
    result, writes = k8s(name=SEEDED, nodes=wanted)
    assert (result["changed"], writes, len(records(sim))) == (False, [], 6)


@pytest.mark.slow
def test_interrupted_upgrade_goes_on_with_the_next_version(sim, k8s, versions):
    sim.configure(action_seconds=0.6)
    options = dict(name=SEEDED, version="1.32", intermediate_upgrades=True)
    k8s(**options, wait_timeout=0.2)
    sim.configure(action_seconds=0.05)
    result, writes = k8s(**options)
    assert [body["options"]["version"] for _method, _path, body in writes] == ["v1.32.1"]
    k8s.changes_nothing(**options)


@pytest.mark.slow
def test_nodes_that_somebody_else_is_creating_are_waited_for(sim, k8s):
    sim.configure(action_seconds=0.6)
    k8s(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 2)), wait=False)
    sim.configure(action_seconds=0.05)
    result, writes = k8s(name=SEEDED, nodes=SHOWN, scale_down=True)
    assert result["steps"] == ["delete_nodes"] and len(records(sim)) == 3


def test_no_wait(sim, k8s):
    sim.configure(action_seconds=5)
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 2))
    result, writes = k8s(name=SEEDED, nodes=wanted, scale_down=True, wait=False)
    assert result["changed"] and [body["operation"] for _method, _path, body in writes] == ["create_nodes"]
    assert result["still_to_do"] == ["delete_nodes"]


def test_action_that_fails(sim, k8s):
    sim.fault("fail_action", method="PATCH", message="no capacity left in EB-B")
    result, _writes = k8s(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 2)))
    assert result["failed"] and "no capacity left in EB-B" in result["msg"]


@pytest.mark.parametrize(
    "settings",
    [
        dict(accepted_status=200),
        dict(accepted_status=201),
        dict(internal_id=False),
        dict(action_without_status=True),
        dict(action_id_as_text=True),
        dict(late_visibility=0.3),
        dict(late_action=0.3),
        dict(names_filter="substring"),
        dict(names_filter="ignore_case"),
        dict(ram_unit="mb"),
        dict(creation_visible=True),
        dict(removed_visible=True),
        dict(platform_value="code"),
    ],
    ids=str,
)
@pytest.mark.slow
def test_every_latitude_of_the_documentation(sim, k8s, settings):
    sim.configure(**settings)
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 2))
    k8s.converges(**PLACE, name="qa-k8s", nodes=wanted, tags={"tier": "apps"})
    k8s.converges(name="qa-k8s", nodes=nodes(("EB-A", "4cpu8gb", 1), ("EB-B", "2cpu4gb", 1)), scale_down=True)
    k8s.converges(name="qa-k8s", state="absent")


def test_nodes_shown_in_other_words(sim, k8s):
    """Without ingress flags, with one spelling of the zone only, or with a label instead of a zone's name."""
    first, second, third = records(sim).values()
    for flag in ("isInternalIngressNode", "isExternalIngressNode", "isMemberOFLoadBalancer", "loadbalancers"):
        del first[flag]
    second["labelAvailabilityZone"] = ""
    third["availabilityZone"] = None
    k8s.changes_nothing(name=SEEDED, nodes=SHOWN)
    first["labelAvailabilityZone"] = third["labelAvailabilityZone"] = "Boulogne A"
    third["availabilityZone"] = first["availabilityZone"]
    k8s.changes_nothing(name=SEEDED, nodes=SHOWN)
    k8s.changes_nothing(name=SEEDED, nodes=nodes(("Boulogne A", "4cpu8gb", 2), ("EB-B", "4cpu8gb", 1)))


def test_node_without_zone_is_not_guessed(sim, k8s):
    node = records(sim)["PEBK8S02"]
    node.update(labelAvailabilityZone="", availabilityZone=None)
    assert k8s.refuses(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 3))) == (
        "the node PEBK8S02 shows no zone or no size, so the nodes cannot be counted; leave the option nodes out"
    )


@pytest.mark.parametrize("scale_down", [False, True])
def test_cluster_that_lists_no_nodes_gets_no_new_ones(k8s, monkeypatch, scale_down):
    from ansible_collections.cegedim.cloud.tests.simulator import call

    monkeypatch.setitem(call.HANDLERS, "list_kubernetes_nodes", lambda _call: [])
    assert k8s.refuses(name=SEEDED, nodes=SHOWN, scale_down=scale_down) == (
        "nodes: the cluster lists none of its nodes, so they cannot be counted; leave the option out"
    )


def test_two_names_of_one_zone_are_refused(sim, k8s):
    for record in records(sim).values():
        record["availabilityZone"] = {"id": record["labelAvailabilityZone"]}
        record["labelAvailabilityZone"] = "Zone of " + record["labelAvailabilityZone"]
    wanted = nodes(("EB-A", "4cpu8gb", 1), ("Zone of EB-A", "4cpu8gb", 1), ("EB-B", "4cpu8gb", 1))
    assert k8s.refuses(name=SEEDED, nodes=wanted) == ("nodes: EB-A and Zone of EB-A are one zone; give it one name")


def test_listing_that_leaves_out_what_the_cluster_itself_shows(k8s, monkeypatch):
    from ansible_collections.cegedim.cloud.tests.simulator import call

    original = call.HANDLERS["list_kubernetes"]

    def short(call):
        page = original(call)
        page["content"] = [{key: row[key] for key in ("id", "name", "status", "serviceId")} for row in page["content"]]
        return page

    monkeypatch.setitem(call.HANDLERS, "list_kubernetes", short)
    k8s.changes_nothing(name=SEEDED, version="1.30", topology="STANDARD", nodes=SHOWN, ingress_provider="NGINX")
    assert "version cannot go down" in k8s.refuses(name=SEEDED, version="1.29")
    assert k8s.converges(name=SEEDED, version="1.31", topology="HA")[0]["steps"] == ["enable_ha", "upgrade"]


@pytest.mark.slow
def test_nodes_that_are_about_to_go_do_not_count(sim, k8s):
    sim.configure(action_seconds=0.5)
    k8s(name=SEEDED, nodes=nodes(("EB-A", "4cpu8gb", 2)), scale_down=True, wait=False)
    result, writes = k8s(name=SEEDED, nodes=SHOWN)
    assert not result.get("failed"), result["msg"]
    assert [body for _method, _path, body in writes] == [creation(("EB-B", "4cpu8gb", 1))]


def test_nothing_to_do_costs_a_listing_and_a_look_at_what_is_under_way(sim, k8s):
    k8s(name=SEEDED)
    k8s(name=SEEDED, service="billing", region="EB")
    assert sorted(entry["path"] for entry in sim.requests()) == ["/actions", PATH]
    k8s(name=SEEDED, version="1.30")
    assert sorted(entry["path"] for entry in sim.requests()) == ["/actions", PATH, path_of(sim)]
    k8s(name=SEEDED, nodes=SHOWN)
    assert sorted(entry["path"] for entry in sim.requests()) == ["/actions", PATH, path_of(sim) + "/nodes"]


def test_what_is_offered_is_read_only_for_a_change(sim, k8s):
    k8s(check=True, name=SEEDED, nodes=SHOWN + nodes(("EB-B", "2cpu4gb", 1)))
    asked = [(entry["path"], entry["query"]) for entry in sim.requests()]
    assert sorted((one for one in asked if not one[0].startswith((PATH, "/actions"))), key=str) == [
        ("/compute/platform/products", {"type": "KUBERNETES"}),
        ("/compute/platform/products/k8s130", {"sizings": "true"}),
        ("/topology/regions", {}),
    ]
    k8s(name=SEEDED, nodes=SHOWN)
    assert [entry["path"] for entry in sim.requests() if not entry["path"].startswith((PATH, "/actions"))] == []


def test_what_is_offered_may_be_unknown(sim, k8s, monkeypatch):
    """Then the platform decides."""
    for product in sim.state.products.values():
        monkeypatch.setitem(product, "_sizings", [])
    sim.fault("status", status=400, path="/topology/", times=-1)
    result, writes = k8s(name=SEEDED, nodes=SHOWN + nodes(("EB-Z", "9cpu9gb", 1)))
    assert result["failed"] and len(writes) == 1
    assert "Unknown sizing for this product" in result["msg"]

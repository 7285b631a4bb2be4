# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing of instances against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

BILLING = 44411
PAGE = {"page": "0", "size": "200"}


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the instances, or the message of a failure; and what was asked: ``[(path, query)]``."""

    def run_info(check=False, **options):
        sim.clear_journal()
        result = run("itcare_instance_info", check=check, **options)
        assert sim.writes() == []
        asked = [(entry["path"], entry["query"]) for entry in sim.requests()]
        if result.get("failed"):
            return result["msg"], asked
        assert result["changed"] is False
        return result["instances"], asked

    return run_info


def names(instances):
    return [one["name"] for one in instances]


def an_instance(sim, name):
    return sim.state.named(name)[0]


def test_all(sim, info):
    expected = [(record["id"], record["name"]) for record in sim.state.live("instance")]
    instances, asked = info()
    assert [(one["id"], one["name"]) for one in instances] == expected
    assert asked == [("/compute/instances", PAGE)]


def test_all_of_many_pages(sim, info):
    sim.add_instances(450)
    expected = [record["id"] for record in sim.state.live("instance")]
    instances, asked = info()
    assert [one["id"] for one in instances] == expected
    assert sorted(query["page"] for _path, query in asked) == ["0", "1", "2"]


def test_check_mode_reads_the_same(info):
    assert info(check=True) == info(check=False)


def test_fields_are_in_snake_case(info):
    (instance,), _asked = info(names="PEBBILL01")
    assert (instance["service_name"], instance["ip_address"][:3]) == ("billing", "10.")
    assert instance["patch_party"]["patch_tag"]
    assert instance["area"]["availability_zones"][0]["datacenter_id"] == "EB4"


@pytest.mark.parametrize(
    "options, query",
    [
        (dict(names=["PEBBILL01", "!QEBBILL01"]), {"names": "PEBBILL01,!QEBBILL01"}),
        (dict(name="PEBBILL01"), {"names": "PEBBILL01"}),
        (dict(services=[str(BILLING)]), {"services": "44411"}),
        (dict(types=["WINDOWS", "LINUX"]), {"types": "WINDOWS,LINUX"}),
        (dict(families=["DEBIAN"]), {"families": "DEBIAN"}),
        (dict(environments=["PRODUCTION"]), {"environments": "PRODUCTION"}),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}),
        (dict(tags={"application": "billing", "tier": "web"}), {"tags": "application:billing,tier:web"}),
        (dict(tags={"count": 3, "on": True}), {"tags": "count:3,on:true"}),
        (dict(monitoring_status=False), {"monitoringStatus": "false"}),
        (dict(monitoring_on_call_status=True), {"monitoringOnCallStatus": "true"}),
        (dict(backup_status=True), {"backupStatus": "true"}),
        (dict(recovery_status=False), {"recoveryStatus": "false"}),
        (dict(included_in_patch_party=False), {"includedInPatchParty": "false"}),
        (dict(availability_zones=["EB-A", "EB-B"]), {"az": "EB-A,EB-B"}),
        (dict(ip=["10.59.13.29"]), {"ip": "10.59.13.29"}),
        (dict(vlan=["EB_1125_DMZ8"]), {"vlan": "EB_1125_DMZ8"}),
        (dict(clouds=[1, 2]), {"clouds": "1,2"}),
        (dict(sort="name"), {"sort": "name"}),
        (dict(sort="creation_time,desc"), {"sort": "creationTime,desc"}),
        (dict(sort="serviceName,asc"), {"sort": "serviceName,asc"}),
    ],
)
def test_filter_is_sent(info, options, query):
    _instances, asked = info(**options)
    assert asked == [("/compute/instances", {**query, **PAGE})]


def test_filters_select(info):
    instances, _asked = info(
        services=["billing"],
        families=["DEBIAN"],
        statuses=["ACTIVE"],
        tags={"application": "billing"},
        sort="name,desc",
    )
    assert names(instances) == ["PEBBILL02", "PEBBILL01"]


def test_service_names_are_looked_up_and_ids_are_not(info):
    instances, asked = info(services=["billing", "44413", "billing-qa", "44411"])
    assert {one["service_id"] for one in instances} == {44411, 44413, 44412}
    assert sorted(asked[:-1], key=str) == [
        ("/compute/services", {"names": "billing", **PAGE}),
        ("/compute/services", {"names": "billing-qa", **PAGE}),
    ]
    assert asked[-1] == ("/compute/instances", {"services": "44411,44413,44412", **PAGE})


def test_unknown_service(info):
    message, asked = info(services=["billing", "nowhere"])
    assert "nowhere" in message and "no service" in message
    assert "/compute/instances" not in [path for path, _query in asked]


def test_by_id(sim, info):
    number = an_instance(sim, "PEBBILL02")["id"]
    instances, asked = info(id=number)
    assert names(instances) == ["PEBBILL02"]
    assert asked == [("/compute/instances/%d" % number, {})]


def test_by_unknown_id(info):
    instances, asked = info(id=1, gather=["tags"])
    assert instances == []
    # It may be the other number of a resource that has two, and nothing is missing before it is in no listing either.
    assert [path for path, _query in asked] == ["/compute/instances/1", "/compute/resources/1", "/compute/resources"]


def test_nothing_fits(info):
    instances, asked = info(names="NOSUCH", gather=["tags", "snapshot"])
    assert instances == []
    assert len(asked) == 1


@pytest.mark.parametrize(
    "options, words",
    [
        (dict(id=1, names=["A"]), ["mutually exclusive", "id", "names"]),
        (dict(id=1, sort="name"), ["mutually exclusive", "id", "sort"]),
        (dict(names=[]), ["names", "empty list"]),
        (dict(names=[""]), ["names", "empty"]),
        (dict(names=["  "]), ["names", "empty"]),
        (dict(vlan=["A", "B,C"]), ["vlan", "B,C", "comma"]),
        (dict(services=["a,b", "c"]), ["services", "a,b", "comma"]),
        (dict(services=[]), ["services", "empty list"]),
        (dict(tags={}), ["tags", "empty list"]),
        (dict(tags={"a": "x,y"}), ["tags", "a:x,y", "comma"]),
        (dict(tags={"a:b": "x"}), ["tags", "a:b", "colon"]),
        (dict(tags={"a": ["x"]}), ["tags", "'a'"]),
        (dict(sort="name,up"), ["sort", "name,up"]),
        (dict(sort="name,service"), ["sort", "name,service"]),
        (dict(gather=["disks"]), ["gather", "disks"]),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, words):
    message, asked = info(**options)
    assert [word for word in words if word not in message] == []
    assert asked == [] and sim.token_requests() == []


def test_partial_listing_is_an_error(sim, info):
    sim.fault("short_page", operation="list_instances", times=-1)
    message, _asked = info()
    assert "could not be read completely" in message


GATHERED = {
    "backup_policies": "/compute/resources/%d/backup-policies",
    "dns_aliases": "/compute/resources/%d/dns-aliases",
    "history": "/compute/resources/%d/history",
    "loadbalancers": "/compute/resources/%d/loadbalancers",
    "networks": "/compute/instances/%d/networks",
    "operations": "/operations",
    "parent": "/compute/resources/%d/parent",
    "patch_policy": "/compute/resources/%d/patch-policy",
    "snapshot": "/compute/instances/%d/snapshots",
    "storage": "/compute/instances/%d/storage",
    "tags": "/compute/resources/%d/tags",
}


def test_gather_everything_of_several(sim, info):
    numbers = [an_instance(sim, name)["id"] for name in ("PEBBILL01", "PEBBILL02")]
    instances, asked = info(names=["PEBBILL01", "PEBBILL02"], gather=list(GATHERED))
    assert [one["id"] for one in instances] == numbers
    paths = [path % number if "%" in path else path for number in numbers for path in GATHERED.values()]
    assert sorted(path for path, _query in asked) == sorted(["/compute/instances", *paths])
    assert sorted(query["resourceId"] for path, query in asked if path == "/operations") == sorted(map(str, numbers))
    first, second = instances
    assert first["tags"] == {"application": "billing", "tier": "web"}
    assert second["tags"] == {"application": "billing"}
    assert first["dns_aliases"] == [
        {"fqdn": "web1.acme.example", "type": "CNAME", "value": "PEBBILL01", "zone": "acme.example"}
    ]
    assert second["dns_aliases"] == []
    assert first["backup_policies"]["policies"][0]["policy_id"]
    assert [one["name"] for one in first["loadbalancers"]] == ["billing.acme.example"]
    assert first["networks"]["technical_id"] == first["network"]["technical_id"]
    assert first["patch_policy"]["patch_tag"] == "2026-Q2"
    assert first["storage_information"]["file_systems"][0]["mounting_point"] == "/"
    assert first["storage"] == 40
    assert {row["operation"]: row["available"] for row in first["operations"]}["stop"] is True
    assert (first["history"], first["snapshot"], first["parent"]) == ([], None, None)


def test_gather_asks_for_load_balancers_by_category(info):
    _instances, asked = info(names="PEBBILL01", gather=["loadbalancers"])
    assert asked[1][1] == {"type": "INSTANCES"}


def test_gather_of_one_by_id(sim, info):
    number = an_instance(sim, "PETPORT01")["id"]
    (instance,), asked = info(id=number, gather=["snapshot", "snapshot"])
    assert instance["snapshot"]["description"] == "Before the release"
    assert instance["snapshot"]["expires_at"]
    assert [path for path, _query in asked] == [
        "/compute/instances/%d" % number,
        "/compute/instances/%d/snapshots" % number,
    ]


def test_gather_history(sim, run, info):
    run("itcare_instance", name="QEBBILL01", state="stopped")
    (instance,), _asked = info(names="QEBBILL01", gather=["history"])
    assert [(row["resource_name"], row["status"]) for row in instance["history"]] == [("QEBBILL01", "SUCCESS")]


@pytest.mark.parametrize("status", [204, 404, 200])
def test_no_snapshot_is_null(sim, info, status):
    sim.configure(empty_snapshot=status)
    (instance,), _asked = info(names="PEBBILL01", gather=["snapshot"])
    assert "snapshot" in instance and instance["snapshot"] is None


def test_tag_with_several_values(sim, info):
    an_instance(sim, "PEBBILL01")["tags"] = [
        {"tagKey": "team", "tagValue": "a"},
        {"tagKey": "someKey", "tagValue": "x"},
        {"tagKey": "team", "tagValue": "b"},
    ]
    (instance,), _asked = info(names="PEBBILL01", gather=["tags"])
    assert instance["tags"] == {"team": ["a", "b"], "someKey": "x"}


def test_gather_is_parallel(sim, info):
    sim.configure(latency=0.1)
    instances, asked = info(services=[str(BILLING)], gather=["tags", "storage", "networks", "snapshot"])
    entries = sim.requests()[1:]
    assert len(entries) == 4 * len(instances) == 16
    # One after the other they would begin 1.5 s apart.
    assert entries[-1]["time"] - entries[0]["time"] < 0.8


def test_gather_refused(sim, info):
    sim.fault("status", status=403, path="/tags$")
    message, _asked = info(names="PEBBILL01", gather=["tags", "storage"])
    assert "/tags: 403" in message

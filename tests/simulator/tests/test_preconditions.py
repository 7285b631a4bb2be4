# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation forbids is refused with its error object, and changes nothing."""

from __future__ import annotations

import pytest

PASSWORD = "Abcdefgh1234!x"


def refused(answer) -> str:
    assert answer.status_code == 400, answer.text
    assert sorted(answer.json()) == ["errorCode", "errorDesc", "errorMessage", "status"]
    return answer.json()["errorMessage"]


@pytest.mark.parametrize("name, operation", [("QEBBILL02", "stop"), ("QEBBILL02", "reset"), ("QEBBILL01", "start")])
def test_switching_needs_the_other_status(api, name, operation):
    assert "needs status" in refused(api.patch(name, operation))
    assert not api.sim.writes()[0]["applied"]
    assert api.sim.violations() == []


@pytest.mark.parametrize("name", ["QEBBILL01", "QEBBILL02"])
def test_resize_works_active_and_inactive(api, name):
    assert api.wait(api.patch(name, "resize", sizing="4cpu8gb"))["status"] == "SUCCESS"
    shown = api.get(f"/compute/instances/{api.id_of(name)}").json()
    assert (shown["cpu"], shown["ram"]) == (4, 8)


@pytest.mark.parametrize("options", [{}, {"sizing": "3cpu3gb"}])
def test_resize_to_an_unknown_sizing_is_refused(api, options):
    assert "sizing" in refused(api.patch("QEBBILL01", "resize", **options))


def test_delete_needs_inactive(api):
    assert "INACTIVE" in refused(api.call("DELETE", f"/compute/instances/{api.id_of('QEBBILL01')}"))
    gone = api.id_of("QEBBILL02")
    assert api.wait(api.call("DELETE", f"/compute/instances/{gone}"))["status"] == "SUCCESS"
    answer = api.get(f"/compute/instances/{gone}")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize(
    "change",
    [
        {"serviceId": 1},
        {"networkId": 1},
        {"networkId": 2210},
        {"networkId": 1129},
        {"platform": "os2"},
        {"region": "XX"},
        {"area": "ET-EMEA"},
        {"availabilityZone": "ET-A"},
        {"resourceId": "9cpu9gb"},
        {"name": "pebbill01"},
        {"authenticationDomainId": "NOWHERE"},
        {"regulation": "HDS"},
        {"cloudId": 102},
        {"serverBackupPolicyId": "NONE"},
        {"serviceId": 44411, "backupEnabled": False},
        {"serviceId": 44411, "monitoringEnabled": False},
        {"serviceId": 44411, "replicationEnabled": False, "noReplicationProdReason": " "},
    ],
)
def test_instance_that_cannot_be_is_refused(api, new_instance, change):
    refused(api.call("POST", "/compute/instances", {**new_instance, **change}))
    assert api.sim.violations() == []
    assert api.sim.state.actions.all() == []


def test_production_without_backup_is_accepted_with_its_reason(api, new_instance):
    body = {**new_instance, "serviceId": 44411, "backupEnabled": False, "noBackupProdReason": "Stateless"}
    answer = api.call("POST", "/compute/instances", body)
    api.wait(answer)
    shown = api.get(f"/compute/instances/{answer.json()['internalId']}").json()
    assert (shown["backupStatus"], shown["monitoringEnabled"], shown["replicationStatus"]) == (False, True, True)


@pytest.mark.parametrize("operation", ["update_backup", "update_storage_replication"])
def test_deactivating_in_production_needs_a_reason(api, operation):
    assert "deactivationReason" in refused(api.patch("PEBBILL01", operation, state=False))
    assert api.patch("PEBBILL01", operation, state=False, deactivationReason="Moved away").status_code == 202
    assert api.patch("QEBBILL01", operation, state=False).status_code == 202


@pytest.mark.parametrize(
    "party, accepted",
    [
        ({"excluded": True}, False),
        ({"excluded": True, "exclusionReason": "By hand"}, True),
        ({"excluded": False, "patchGroup": 3}, True),
        ({"excluded": False, "patchGroup": 4}, False),
        ({"excluded": False}, True),
    ],
)
def test_patch_party_rules(api, party, accepted):
    answer = api.patch("QEBBILL02", "update_patch_party", patchParty=party)
    if not accepted:
        refused(answer)
        return
    api.wait(answer)
    shown = api.get(f"/compute/resources/{api.id_of('QEBBILL02')}/patch-policy").json()
    assert shown["excluded"] is party["excluded"]
    assert shown.get("patchGroup") == (str(party["patchGroup"]) if "patchGroup" in party else None)


def test_patch_group_needs_a_farm_of_one_member(api):
    party = {"excluded": False, "patchGroup": "1"}
    assert "one member" in refused(
        api.patch("portal-maria", "update_patch_party", "/databases/mariadb", patchParty=party)
    )
    assert api.patch("portalcache", "update_patch_party", "/databases/redis", patchParty=party).status_code == 202


def test_service_patch_policies_answer_row_by_row(api):
    first, excluded, maria = (api.id_of(name) for name in ("PEBBILL01", "PEBBILL02", "billing_events"))
    rows = [
        {"resourceId": first, "excluded": False, "patchGroup": "2"},
        {"resourceId": excluded, "excluded": True},
        {"resourceId": maria, "excluded": False, "patchGroup": "1"},
        {"resourceId": first, "excluded": False, "patchGroup": "1c"},
        {"resourceId": 1, "excluded": False},
    ]
    answer = api.call("PATCH", "/compute/services/44411/patch-policies", rows).json()
    assert [row["status"] for row in answer] == ["IN_PROGRESS", "FAILED", "FAILED", "FAILED", "FAILED"]
    assert [row["id"] for row in answer[1:]] == [-1] * 4
    api.wait_for(answer[0]["id"])
    assert api.get(f"/compute/resources/{first}/patch-policy").json()["patchGroup"] == "2"


@pytest.mark.parametrize(
    "method, path, body",
    [
        ("PATCH", "/compute/instances/{}", {"operation": "stop", "options": {"changeReference": "12345678901"}}),
        ("DELETE", "/compute/instances/{}", {"changeReference": "12345678901"}),
        ("POST", "/compute/instances/{}/snapshots", {"changeReference": "12345678901"}),
    ],
)
def test_change_reference_has_at_most_ten_characters(api, method, path, body):
    assert "maxLength" in refused(api.call(method, path.format(api.id_of("QEBBILL02")), body))


def test_only_one_snapshot_is_active(api):
    path = f"/compute/instances/{api.id_of('QEBBILL01')}/snapshots"
    assert api.get(path).status_code == 204
    refused(api.call("PATCH", path))
    refused(api.call("DELETE", path + "/1-snap-1"))
    assert api.wait(api.call("POST", path, {"description": "Before"}))["status"] == "SUCCESS"
    kept = api.get(path).json()
    assert kept["description"] == "Before"
    assert "one active" in refused(api.call("POST", path, {}))
    assert api.wait(api.call("PATCH", path))["status"] == "SUCCESS"
    assert api.get(path).json()["recoveredAt"]
    assert api.wait(api.call("DELETE", f"{path}/{kept['id']}"))["status"] == "SUCCESS"
    assert api.get(path).status_code == 204


def test_snapshot_is_kept_three_days(api):
    record = api.sim.state.resources[api.id_of("PETPORT01")]
    record["snapshot"]["expiresAt"] = "2020-01-01T00:00:00.000Z"
    assert api.get(f"/compute/instances/{record['id']}/snapshots").status_code == 204


def test_write_on_a_busy_resource_is_a_conflict_without_body(api):
    api.sim.configure(action_seconds=5.0)
    assert api.patch("PEBBILL01", "stop").status_code == 202
    for answer in (
        api.patch("PEBBILL01", "reset"),
        api.call("POST", f"/compute/resources/{api.id_of('PEBBILL01')}/tags", {"tagKey": "a", "tagValue": "b"}),
    ):
        assert (answer.status_code, answer.content) == (409, b"")
    assert len(api.get("/compute/services/44411/actions-in-progress").json()) == 1
    assert api.patch("PEBBILL02", "stop").status_code == 202


def test_patch_without_an_operation_makes_no_sense(api):
    assert "operation is missing" in refused(api.call("PATCH", f"/compute/instances/{api.id_of('PEBBILL01')}", {}))


def test_last_nodes_of_a_cluster_cannot_be_deleted(api):
    path = "/compute/containers/kubernetes"
    refused(api.patch("billing-k8s", "delete_nodes", path, nodes=["PEBK8S01", "PEBK8S02", "PEBK8S03"]))
    api.wait(api.patch("billing-k8s", "delete_nodes", path, nodes=["PEBK8S01"]))
    assert api.get(f"{path}/{api.id_of('billing-k8s')}").json()["nodeCount"] == 2


@pytest.mark.parametrize("change", [{"sourceId": 1}, {"stop": "NOW"}, {"timestamp": "2020-01-01T00:00:00.000+00:00"}])
def test_restore_that_cannot_be_is_refused(api, change):
    options = {
        "sourceId": api.id_of("billingpg"),
        "stop": "BEFORE",
        "timestamp": "2026-01-01T00:00:00.000+00:00",
        **change,
    }
    refused(api.patch("intrapg", "restore", "/databases/postgresql", **options))


@pytest.mark.parametrize("password", ["short1!A", "alllowercase1!", "NoDigitsHere!!"])
def test_weak_password_is_refused(api, password):
    body = {
        "name": "newdrive",
        "region": "EB",
        "serviceId": 44413,
        "sizing": "XS",
        "password": password,
        "driveSiteUri": "u",
    }
    refused(api.call("POST", "/storage/overdrive", body))


def test_member_must_be_in_the_network_of_the_others(api):
    path = f"/networking/loadbalancers/{api.id_of('billing.acme.example')}/members"
    assert "network" in refused(api.call("POST", path, {"resourceId": api.id_of("PETPORT01"), "port": 80}))
    members = api.call("POST", path, {"resourceId": api.id_of("PEBBILLW01"), "port": 80}).json()
    assert [member["state"] for member in members] == ["enabled"] * 3


def test_dns_of_a_foreign_domain_cannot_be_set_up(api):
    path = f"/networking/loadbalancers/{api.id_of('billing.acme.example')}/urls"
    assert "DNS" in refused(api.call("POST", path, {"name": "www.acme.invalid", "setUpDNSEnabled": True}))

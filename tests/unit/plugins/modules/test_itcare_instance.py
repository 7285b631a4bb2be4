# SPDX-License-Identifier: GPL-3.0-or-later
"""The instance module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

NEW = dict(name="QWEB01", service="billing-qa", region="EB", platform="deb12", sizing="2cpu4gb")


@pytest.fixture
def instance(sim, run):
    """``instance(check=False, **options)``: the module's result, and what it wrote: ``(method, path, body)``."""

    def run_instance(check=False, **options):
        sim.clear_journal()
        result = run("itcare_instance", check=check, **options)
        return result, [(entry["method"], entry["path"], entry["body"]) for entry in sim.writes()]

    return run_instance


@pytest.fixture
def web(sim):
    """An ACTIVE instance of a non-production service."""
    return sim.add_instance(name="QWEB02", service="billing-qa", cpu=2, ram=4)


@pytest.fixture
def production(sim):
    """An ACTIVE instance of a production service."""
    return sim.add_instance(name="PWEB02", service="billing", cpu=2, ram=4)


def assert_converged(instance, predicted, **options):
    """Apply; the prediction was right; once more changes nothing and writes nothing; nor does check mode then."""
    result, writes = instance(**options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and writes
    assert (result["diff"], result["steps"]) == (predicted["diff"], predicted["steps"])
    for check in (False, True):
        again, writes = instance(check=check, **options)
        assert not again.get("failed"), again["msg"]
        assert (again["changed"], writes, again["diff"]) == (False, [], [])
    return result


def predict(instance, **options):
    """Check mode: predicts a change and writes nothing."""
    result, writes = instance(check=True, **options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and writes == []
    return result


def test_create(sim, instance):
    predicted = predict(instance, **NEW)
    result = assert_converged(instance, predicted, **NEW)
    assert result["steps"] == ["create"]
    assert (result["instance"]["name"], result["instance"]["status"]) == ("QWEB01", "ACTIVE")
    assert result["instance"]["service_name"] == "billing-qa"
    assert [action["status"] for action in result["actions"]] == ["SUCCESS"]


def test_create_sends_every_field(sim, instance):
    options = dict(
        NEW,
        area="EB-EMEA",
        monitoring_enabled=True,
        monitoring_alerting=True,
        on_call_supervision=False,
        backup_enabled=True,
        replication_enabled=False,
        volumes=[dict(id="data", size_gb=50)],
        properties=[dict(key="password", value="Secret-1234")],
    )
    result, writes = instance(**options)
    assert not result.get("failed"), result["msg"]
    ((method, path, body),) = writes
    assert (method, path) == ("POST", "/compute/instances")
    assert {key: body[key] for key in ("name", "region", "area", "platform", "resourceId")} == {
        "name": "QWEB01",
        "region": "EB",
        "area": "EB-EMEA",
        "platform": "deb12",
        "resourceId": "2cpu4gb",
    }
    assert isinstance(body["serviceId"], int)
    assert body["volumes"] == [{"id": "data", "sizeGb": 50}]
    assert (body["backupEnabled"], body["replicationEnabled"], body["onCallSupervision"]) == (True, False, False)
    assert "Secret-1234" not in str(result["diff"])


def test_create_and_all_that_a_creation_cannot_say(sim, instance):
    options = dict(
        NEW,
        state="stopped",
        comment="a web server",
        tags={"tier": "web", "number": 1, "public": True},
        patch_party=dict(excluded=False, patch_group=2),
    )
    predicted = predict(instance, **options)
    result = assert_converged(instance, predicted, **options)
    assert result["steps"][0] == "create" and result["steps"][-1] == "stop"
    assert result["instance"]["status"] == "INACTIVE"
    assert result["instance"]["tags"] == {"tier": "web", "number": "1", "public": "true"}
    assert result["instance"]["comment"] == "a web server"


def test_create_incomplete(instance):
    result, writes = instance(name="QWEB01", service="billing-qa")
    assert result["failed"] and writes == []
    assert result["msg"] == "no instance is named QWEB01, and to create it these are missing: region, platform, sizing"


def test_create_unknown_service(instance):
    result, writes = instance(**dict(NEW, service="nowhere"))
    assert result["failed"] and writes == []
    assert "there is no service called nowhere" in result["msg"]


def test_create_unknown_network(instance):
    result, writes = instance(**NEW, network="VLAN_NOWHERE")
    assert result["failed"] and writes == []
    assert "there is no network called VLAN_NOWHERE" in result["msg"]


def test_create_refused_by_the_platform(instance):
    result, writes = instance(**dict(NEW, platform="dos6"))
    assert result["failed"] and len(writes) == 1
    assert "platform" in result["msg"] and "POST /compute/instances: 400" in result["msg"]


def test_create_production_without_reason(instance):
    result, writes = instance(**dict(NEW, service="billing", backup_enabled=False))
    assert result["failed"] and writes == []
    assert result["msg"] == "no_backup_prod_reason: a reason is needed for backup_enabled=false in PRODUCTION"


def test_present_costs_one_call(sim, run, web):
    run("itcare_instance", name="QWEB02")
    sim.clear_journal()
    result = run("itcare_instance", name="QWEB02", service="billing-qa", sizing="2cpu4gb", state="started")
    assert result["changed"] is False
    assert [entry["path"] for entry in sim.requests()] == ["/compute/instances"]
    assert sim.token_requests() == []


def test_present_by_id(instance, web):
    result, writes = instance(id=web["id"])
    assert (result["changed"], writes, result["instance"]["name"]) == (False, [], "QWEB02")


def test_present_unknown_id(instance):
    result, writes = instance(id=999999)
    assert result["failed"] and writes == []
    assert "no instance has the id 999999" in result["msg"]


@pytest.mark.parametrize(
    "options, operation, sent",
    [
        (dict(sizing="4cpu8gb"), "resize", {"sizing": "4cpu8gb"}),
        (dict(monitoring_enabled=False), "update_monitoring", None),
        (
            dict(monitoring_alerting=True, monitoring_enabled=True),
            "update_monitoring",
            {"state": True, "alerting": True},
        ),
        (dict(backup_enabled=False), "update_backup", {"state": False}),
        (dict(replication_enabled=True), "update_storage_replication", {"state": True}),
        (
            dict(patch_party=dict(excluded=True, exclusion_reason="by hand")),
            "update_patch_party",
            {"patchParty": {"excluded": True, "exclusionReason": "by hand"}},
        ),
        (
            dict(patch_party=dict(excluded=False, patch_group=3)),
            "update_patch_party",
            {"patchParty": {"excluded": False, "patchGroup": 3}},
        ),
    ],
)
def test_update(sim, instance, options, operation, sent):
    web = sim.add_instance(
        name="QWEB02",
        service="billing-qa",
        cpu=2,
        ram=4,
        monitoringEnabled=True,
        monitoringAlerting=False,
        backupStatus=True,
        replicationStatus=False,
    )
    predicted = predict(instance, name="QWEB02", **options)
    assert predicted["steps"] == [operation]
    result, writes = instance(name="QWEB02", **options)
    assert not result.get("failed"), result["msg"]
    ((method, path, body),) = writes
    assert (method, path, body["operation"]) == ("PATCH", "/compute/instances/%d" % web["id"], operation)
    if sent:
        assert body["options"] == sent
    assert result["diff"] == predicted["diff"]
    again, writes = instance(name="QWEB02", **options)
    assert (again["changed"], writes) == (False, [])


def test_update_comment_and_tags(sim, instance, web):
    options = dict(name="QWEB02", comment="new words", tags={"tier": "web"})
    predicted = predict(instance, **options)
    result = assert_converged(instance, predicted, **options)
    assert sorted(result["steps"]) == ["add_tag", "comment"]


def test_tags_merge_and_replace(sim, instance, web):
    instance(name="QWEB02", tags={"tier": "web", "owner": "ann"})
    result, writes = instance(name="QWEB02", tags={"tier": "db"})
    assert result["instance"]["tags"] == {"tier": "db", "owner": "ann"}
    assert [(method, body["tagValue"]) for method, path, body in writes] == [("DELETE", "web"), ("POST", "db")]
    result, writes = instance(name="QWEB02", tags={"tier": "db"}, tags_mode="replace")
    assert result["instance"]["tags"] == {"tier": "db"}
    assert [method for method, path, body in writes] == ["PUT"]


@pytest.mark.parametrize(
    "state, steps", [("stopped", ["stop"]), ("restarted", ["stop", "start"]), ("reset", ["reset"])]
)
def test_power(instance, web, state, steps):
    assert predict(instance, name="QWEB02", state=state)["steps"] == steps
    result, writes = instance(name="QWEB02", state=state)
    assert not result.get("failed"), result["msg"]
    assert result["steps"] == steps == [body["operation"] for method, path, body in writes]


def test_stopped_then_started(instance, web):
    options = dict(name="QWEB02", state="stopped", change_reference="RFC_123")
    assert_converged(instance, predict(instance, **options), **options)
    options = dict(name="QWEB02", state="started")
    result = assert_converged(instance, predict(instance, **options), **options)
    assert result["instance"]["status"] == "ACTIVE"


def test_reset_with_comment(instance, web):
    result, writes = instance(name="QWEB02", state="reset", reset_comment="frozen")
    assert [body for method, path, body in writes] == [{"operation": "reset", "options": {"comment": "frozen"}}]


def test_absent(instance, web):
    options = dict(name="QWEB02", state="absent", change_reference="RFC_123")
    predicted = predict(instance, **options)
    assert predicted["steps"] == ["stop", "delete"]
    result = assert_converged(instance, predicted, **options)
    assert result["instance"] is None


def test_absent_of_nothing(instance):
    result, writes = instance(name="QWEB99", state="absent")
    assert (result["changed"], result["instance"], writes) == (False, None, [])


def test_absent_by_id(instance, web):
    result, writes = instance(id=web["id"], state="absent")
    assert not result.get("failed"), result["msg"]
    again, writes = instance(id=web["id"], state="absent")
    assert (again["changed"], writes) == (False, [])


def test_removed_is_absent(sim, instance, web):
    sim.configure(removed_visible=True)
    result, writes = instance(name="QWEB02", state="absent")
    assert not result.get("failed"), result["msg"]
    again, writes = instance(name="QWEB02", state="absent")
    assert (again["changed"], writes) == (False, [])


def test_fixed_difference(instance, web):
    result, writes = instance(name="QWEB02", region="ET")
    assert result["failed"] and writes == []
    assert "region is fixed at creation: it is EB" in result["msg"] and "not ET" in result["msg"]


def test_fixed_difference_warned(instance, web):
    result, writes = instance(name="QWEB02", region="ET", sizing="4cpu8gb", on_fixed_difference="warn")
    assert result["changed"] and len(writes) == 1
    assert any("region is fixed at creation" in warning for warning in result["warnings"])


def test_other_service(instance, web):
    result, writes = instance(name="QWEB02", service="billing")
    assert result["failed"] and writes == []
    assert "service_id is fixed at creation: it is billing-qa" in result["msg"]


def test_ambiguous(sim, instance, web):
    other = sim.add_instance(name="QWEB02", service="intranet")
    result, writes = instance(name="QWEB02", state="stopped")
    assert result["failed"] and writes == []
    assert "2 resources of kind instance are named QWEB02" in result["msg"]
    for one in (web, other):
        assert "id %d" % one["id"] in result["msg"]
    result, writes = instance(name="QWEB02", service="intranet", state="stopped")
    assert [path for method, path, body in writes] == ["/compute/instances/%d" % other["id"]]


def test_production_without_reason(instance, production):
    result, writes = instance(name="PWEB02", backup_enabled=False)
    assert result["failed"] and writes == []
    assert result["msg"] == "no_backup_prod_reason: a reason is needed for backup_enabled=false in PRODUCTION"
    result, writes = instance(name="PWEB02", backup_enabled=False, no_backup_prod_reason="rebuilt daily")
    assert [body["options"] for method, path, body in writes] == [
        {"state": False, "deactivationReason": "rebuilt daily"}
    ]


def test_malformed_sizing(sim, instance):
    result, writes = instance(**dict(NEW, sizing="large"))
    assert result["msg"] == "sizing: 'large' is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb"
    assert sim.requests() == []


def test_wrong_secret(instance):
    result, writes = instance(name="QWEB02", client_secret="a-wrong-secret")
    assert result["failed"]
    assert "refused the login of client demo" in result["msg"] and "check client_id and client_secret" in result["msg"]
    assert "a-wrong-secret" not in str(result)


def test_action_that_fails(sim, instance, web):
    sim.fault("fail_action", method="PATCH", message="no capacity left in EB-A")
    result, writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert result["failed"] and "no capacity left in EB-A" in result["msg"]
    assert result["actions"][0]["status"] == "ERROR"


def test_wait_timeout(sim, instance, web):
    sim.configure(action_seconds=3)
    result, writes = instance(name="QWEB02", sizing="4cpu8gb", wait_timeout=0.3)
    assert result["failed"] and len(writes) == 1
    number = result["actions"][0]["id"]
    assert "action %d" % number in result["msg"] and "ids: [%d]" % number in result["msg"]
    assert "run the same task again" in result["msg"]


def test_interrupted_update_is_adopted(sim, instance, web):
    sim.configure(action_seconds=1)
    instance(name="QWEB02", sizing="4cpu8gb", wait_timeout=0.2)
    result, writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])
    assert result["instance"]["cpu"] == 4


def test_interrupted_create_is_adopted(sim, instance):
    sim.configure(action_seconds=1)
    instance(**NEW, wait_timeout=0.2)
    result, writes = instance(**NEW)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result["instance"]["name"]) == (False, [], "QWEB01")


@pytest.mark.parametrize("options", [NEW, dict(name="QWEB02", sizing="4cpu8gb")], ids=["create", "update"])
def test_action_that_ends_between_two_looks_is_not_repeated(sim, instance, web, options):
    sim.configure(action_seconds=0.5)
    instance(**options, wait=False)
    sim.fault("slow", path="/actions$", seconds=0.7)
    result, writes = instance(**options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result["instance"]["status"]) == (False, [], "ACTIVE")


def test_somebody_elses_action_is_waited_for(sim, instance, web):
    sim.configure(action_seconds=1)
    instance(name="QWEB02", state="stopped", wait=False)
    result, writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert not result.get("failed"), result["msg"]
    assert [body["operation"] for method, path, body in writes] == ["resize"]
    assert [action["status"] for action in result["actions"]] == ["SUCCESS", "SUCCESS"]


def test_no_wait(sim, instance, web):
    sim.configure(action_seconds=1)
    result, writes = instance(name="QWEB02", state="absent", wait=False)
    assert result["changed"] and [body["operation"] for method, path, body in writes] == ["stop"]
    assert result["still_to_do"] == ["delete"]
    assert [action["status"] for action in result["actions"]] == ["IN_PROGRESS"]


def test_no_wait_while_something_is_under_way(sim, instance, web):
    sim.configure(action_seconds=1)
    instance(name="QWEB02", state="absent", wait=False)
    result, writes = instance(name="QWEB02", state="absent", wait=False)
    assert (result["changed"], writes) == (False, [])
    assert result["still_to_do"] == ["stop", "delete"]
    assert "wait is false: nothing was sent" in result["warnings"][0]


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "truncate_json", "error_after"])
@pytest.mark.parametrize("late_visibility", [0, 1])
def test_create_whose_answer_is_lost_is_made_once(sim, instance, fault, late_visibility):
    sim.configure(late_visibility=late_visibility)
    sim.fault(fault, method="POST", path="/compute/instances$")
    result, writes = instance(**NEW)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1
    assert result["instance"]["status"] == "ACTIVE"


def test_create_that_never_arrived_is_not_repeated(sim, instance, monkeypatch):
    from ansible_collections.cegedim.cloud.plugins.module_utils import lifecycle

    monkeypatch.setattr(lifecycle, "LOST_SECONDS", 1)
    sim.fault("reset_before", method="POST", path="/compute/instances$")
    result, writes = instance(**NEW)
    assert result["failed"] and len(writes) == 1
    assert "may have taken effect or not" in result["msg"] and "it looks first" in result["msg"]
    result, writes = instance(**NEW)
    assert result["changed"] and len(writes) == 1


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "error_before", "error_after", "truncate"])
def test_update_whose_answer_is_lost(sim, instance, web, fault):
    sim.fault(fault, method="PATCH")
    result, writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert not result.get("failed"), result["msg"]
    assert result["instance"]["cpu"] == 4
    assert len([entry for entry in sim.writes() if entry["applied"]]) == 1


@pytest.mark.parametrize(
    "settings",
    [
        dict(accepted_status=200),
        dict(accepted_status=201),
        dict(internal_id=False),
        dict(action_without_status=True),
        dict(action_id_as_text=True),
        dict(late_visibility=1),
        dict(late_action=1),
        dict(names_filter="substring"),
        dict(names_filter="ignore_case"),
        dict(ram_unit="mb"),
        dict(refresh_token=False),
        dict(creation_visible=True),
        dict(expires_in_as_text=True),
    ],
    ids=str,
)
@pytest.mark.slow
def test_every_latitude_of_the_documentation(sim, instance, settings):
    sim.add_instance(name="QWEB011", service="billing-qa")
    sim.configure(**settings)
    options = dict(NEW, tags={"tier": "web"}, comment="x")
    assert_converged(instance, predict(instance, **options), **options)
    options = dict(name="QWEB01", sizing="4cpu8gb", state="stopped")
    assert_converged(instance, predict(instance, **options), **options)
    options = dict(name="QWEB01", state="absent")
    assert_converged(instance, predict(instance, **options), **options)


def test_name_in_another_case_is_the_same(sim, instance, web):
    sim.configure(names_filter="ignore_case")
    result, writes = instance(name="qweb02", sizing="2cpu4gb")
    assert (result["changed"], writes, result["instance"]["id"]) == (False, [], web["id"])


def test_server_dry_run(sim, instance):
    sim.add_instance(name="QWEB02", service="billing-qa", monitoringEnabled=True)
    result, writes = instance(check=True, server_dry_run=True, name="QWEB02", monitoring_enabled=False)
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert [(entry["dry_run"], entry["applied"]) for entry in sim.writes()] == [(True, False)]


def test_server_dry_run_refused(sim, instance):
    result, writes = instance(check=True, server_dry_run=True, **dict(NEW, platform="dos6"))
    assert result["failed"] and "platform" in result["msg"]


def test_server_dry_run_only_where_it_can_be_taken_back(sim, instance, web):
    result, writes = instance(check=True, server_dry_run=True, name="QWEB02", state="absent")
    assert result["changed"] and writes == []
    assert len(result["warnings"]) == 2 and "stop of QWEB02" in result["warnings"][0]


def test_server_dry_run_ignored_by_the_platform(sim, instance):
    sim.configure(dry_run_ignored=["create_instance"])
    result, writes = instance(check=True, server_dry_run=True, **NEW)
    assert result["failed"] and "it may have acted for real" in result["msg"]
    assert "POST /compute/instances" in result["msg"]


def test_server_dry_run_off_without_check_mode(sim, instance):
    result, writes = instance(server_dry_run=True, **NEW)
    assert [entry["dry_run"] for entry in sim.writes()] == [False]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The instance module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock, deciding

NEW = dict(name="QWEB01", service="billing-qa", region="EB", platform="deb12", sizing="2cpu4gb")


@pytest.fixture
def instance(task):
    return task("itcare_instance")


@pytest.fixture
def web(sim):
    """An ACTIVE instance of a non-production service."""
    return sim.add_instance(name="QWEB02", service="billing-qa", cpu=2, ram=4)


@pytest.fixture
def production(sim):
    """An ACTIVE instance of a production service."""
    return sim.add_instance(name="PWEB02", service="billing", cpu=2, ram=4)


def test_create(sim, instance):
    result, _writes = instance.converges(**NEW)
    assert result["steps"] == ["create"]
    assert (result["instance"]["name"], result["instance"]["status"]) == ("QWEB01", "ACTIVE")
    assert result["instance"]["service_name"] == "billing-qa"
    assert [action["status"] for action in result["actions"]] == ["SUCCESS"]


@pytest.mark.parametrize("check", [True, False])
def test_create_shows_what_the_task_names(sim, instance, check):
    """The platform is told numbers, and the user sees the words of the task."""
    network = next(row["shortDescription"] for row in sim.state.networks.values())
    place = {"region": None, "network": network}
    (diff,) = instance(**{**NEW, **place}, check=check)[0]["diff"]
    assert (diff["after"]["service"], diff["after"]["network"]) == ("billing-qa", network)
    service = next(row["id"] for row in sim.state.services.values() if row["name"] == "billing-qa")
    (diff,) = instance(**{**NEW, **place, "name": "QWEB09", "service": str(service)}, check=True)[0]["diff"]
    assert diff["after"]["service"] == service


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
    result, ((method, path, body),) = instance.converges(**options)
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
    result, _writes = instance.converges(**options)
    assert result["steps"][0] == "create" and result["steps"][-1] == "stop"
    assert result["instance"]["status"] == "INACTIVE"
    assert result["instance"]["tags"] == {"tier": "web", "number": "1", "public": "true"}
    assert result["instance"]["comment"] == "a web server"


def test_create_in_a_network_of_another_region(sim, instance):
    """The network says where it is, so the region need not be given."""
    new = {name: value for name, value in NEW.items() if name not in ("region", "area")}
    result, writes = instance.converges(**dict(new, network="ET_2215_HDS1"))
    body = writes[0][2]
    assert (body["region"], body["area"], body["networkId"]) == ("ET", "ET-HDS", 2215)
    assert result["instance"]["label_region"] == "ET"


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(service="nowhere"), "there is no service called nowhere (or this account does not see it)"),
        (dict(service="99999"), "there is no service with the id 99999 (or this account does not see it)"),
        (dict(network="VLAN_NOWHERE"), "there is no network called VLAN_NOWHERE (or this account does not see it)"),
        (
            dict(service="billing", backup_enabled=False),
            "no_backup_prod_reason: a reason is needed for backup_enabled=false in PRODUCTION",
        ),
        (
            dict(service="44411", monitoring_enabled=False),
            "no_monitoring_prod_reason: a reason is needed for monitoring_enabled=false in PRODUCTION",
        ),
    ],
    ids=str,
)
def test_create_refused(instance, options, message):
    assert instance.refuses(**{**NEW, **options}) == message


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(platform="dos6"), "platform: dos6 is unknown"),
        (dict(region="ZZ"), "region: ZZ is unknown"),
        (dict(area="ZZ-EMEA"), "area: ZZ-EMEA is unknown"),
        (dict(sizing="3cpu5gb"), "sizing: 3cpu5gb is unknown for platform deb12"),
    ],
    ids=str,
)
def test_what_the_catalogue_refutes_is_never_sent(instance, options, message):
    refusal = instance.refuses(**{**NEW, **options})
    assert refusal.startswith(message) and "; these are: " in refusal


NO_CAPACITY = dict(status=400, body='{"errorMessage": "no capacity"}', content_type="application/json")


def test_create_refused_by_the_platform(sim, instance):
    sim.fault("status", method="POST", **NO_CAPACITY)
    result, writes = instance(**NEW)
    assert result["failed"] and len(writes) == 1
    assert result["msg"] == "no capacity (POST /compute/instances: 400)"


def asked(sim):
    """What was asked for, in an order of its own: some of it goes out side by side."""
    return sorted(entry["path"] for entry in sim.requests())


def test_nothing_to_do_costs_two_requests_at_the_same_time(sim, instance, web):
    instance(name="QWEB02")
    result, _writes = instance(name="QWEB02", service="billing-qa", region="EB", state="started")
    assert result["changed"] is False
    assert asked(sim) == ["/actions", "/compute/instances"]
    (looked,) = sim.requests(operation="list_actions")
    assert looked["query"] == {"resourceName": "QWEB02", "statuses": "IN_PROGRESS"}
    assert sim.token_requests() == []


def test_what_a_listing_cannot_decide_costs_the_page_of_its_own(sim, instance, web):
    instance(name="QWEB02")
    result, _writes = instance(name="QWEB02", sizing="2cpu4gb")
    assert result["changed"] is False
    assert asked(sim) == ["/actions", "/compute/instances", "/compute/instances/%d" % web["id"]]


def test_platform_that_a_listing_shows_by_its_label_only(sim, instance, web):
    sim.configure(rows="sparse")
    result, writes = instance(name="QWEB02", platform="deb12")
    assert result["changed"] is False and not writes


@pytest.mark.parametrize("rows", ["full", "sparse"])
def test_platform_that_is_shown_by_its_label_only(sim, instance, rows):
    sim.configure(platform_shown="label", rows=rows)
    instance.converges(**NEW)
    assert "platform: it is Debian 12, not rhel9" in instance.refuses(name="QWEB01", platform="rhel9", state="absent")
    instance.converges(name="QWEB01", platform="deb12", state="absent")


@pytest.mark.parametrize("catalogue", ["empty", "forbidden"])
def test_label_of_a_platform_that_nothing_explains(sim, instance, web, catalogue):
    sim.configure(platform_shown="label", catalogue=catalogue)
    result = instance.changes_nothing(name="QWEB02", platform="deb12")
    assert any(warning.endswith("does not show it: platform") for warning in result["warnings"])


def test_before_every_write_its_page_and_what_is_under_way_are_read(sim, instance, web):
    own = "/compute/instances/%d" % web["id"]
    result, _writes = instance(name="QWEB02", state="stopped")
    assert result["changed"]
    before = [entry["path"] for entry in sim.requests() if entry["n"] < sim.writes()[0]["n"]]
    assert sorted(before) == ["/actions", "/actions", "/compute/instances", own]


@pytest.mark.parametrize(
    "options, operation, sent",
    [
        (dict(sizing="4cpu8gb"), "resize", {"sizing": "4cpu8gb"}),
        (dict(monitoring_enabled=False), "update_monitoring", {"state": False, "alerting": False}),
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
            dict(patch_party=dict(patch_group=3)),
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
    result, ((method, path, body),) = instance.converges(name="QWEB02", **options)
    assert result["steps"] == [operation]
    assert (method, path, body["operation"]) == ("PATCH", "/compute/instances/%d" % web["id"], operation)
    assert body["options"] == sent


def test_update_comment_and_tags(sim, instance, web):
    result, _writes = instance.converges(name="QWEB02", comment="new words", tags={"tier": "web"})
    assert sorted(result["steps"]) == ["add_tag", "comment"]


def test_tags_merge_and_replace(sim, instance, web):
    instance(name="QWEB02", tags={"tier": "web", "owner": "ann"})
    result, writes = instance.converges(name="QWEB02", tags={"tier": "db"})
    assert result["instance"]["tags"] == {"tier": "db", "owner": "ann"}
    assert [(method, body["tagValue"]) for method, _path, body in writes] == [("DELETE", "web"), ("POST", "db")]
    result, writes = instance.converges(name="QWEB02", tags={"tier": "db"}, tags_mode="replace")
    assert result["instance"]["tags"] == {"tier": "db"}
    assert [method for method, _path, _body in writes] == ["PUT"]


@pytest.mark.parametrize("state, steps", [("restarted", ["stop", "start"]), ("reset", ["reset"])])
def test_power_that_every_run_repeats(instance, web, state, steps):
    predicted, writes = instance(check=True, name="QWEB02", state=state)
    assert (predicted["changed"], predicted["steps"], writes) == (True, steps, [])
    result, writes = instance(name="QWEB02", state=state)
    assert not result.get("failed"), result["msg"]
    assert result["steps"] == steps == [body["operation"] for _method, _path, body in writes]
    assert instance(name="QWEB02", state=state)[0]["steps"] == steps


def test_reset_with_comment(instance, web):
    result, writes = instance(name="QWEB02", state="reset", reset_comment="frozen")
    assert [body for _method, _path, body in writes] == [{"operation": "reset", "options": {"comment": "frozen"}}]


def test_absent_by_id_in_another_service(instance, web):
    message = "QWEB02 (id %d) is not the one requested: %s"
    sentence = "service: it is billing-qa (44412), not billing"
    assert instance.refuses(id=web["id"], service="billing", state="absent") == message % (web["id"], sentence)
    instance.converges(id=web["id"], service="billing-qa", state="absent")


@pytest.mark.parametrize("state", ["absent", "stopped", "restarted", "reset"])
@pytest.mark.parametrize(
    "options, sentence",
    [
        (dict(name="OTHER"), "name: it is QWEB02, not OTHER"),
        (dict(region="ET"), "region: it is EB, not ET"),
        (dict(platform="rhel9"), "not rhel9"),
    ],
    ids=str,
)
def test_what_contradicts_the_record_refuses_what_cannot_be_undone(instance, web, state, options, sentence):
    message = instance.refuses(id=web["id"], state=state, on_fixed_difference="warn", **options)
    assert message.startswith("QWEB02 (id %d) is not the one requested: " % web["id"]) and sentence in message


def test_absent_of_one_that_is_still_shown(sim, instance, web):
    sim.configure(removed_visible=True)
    instance.converges(name="QWEB02", state="absent")


def test_fixed_only_warned_of(instance, web):
    result, writes = instance(name="QWEB02", region="ET", sizing="4cpu8gb", on_fixed_difference="warn")
    assert result["changed"] and len(writes) == 1
    assert any("region is fixed at creation" in warning for warning in result["warnings"])


def test_ambiguous(sim, instance, web):
    other = sim.add_instance(name="QWEB02", service="intranet")
    message = instance.refuses(name="QWEB02", state="stopped")
    assert "2 resources of kind instance are named QWEB02" in message
    for one in (web, other):
        assert "id %d" % one["id"] in message
    _result, writes = instance.converges(name="QWEB02", service="intranet", state="stopped")
    assert [path for _method, path, _body in writes] == ["/compute/instances/%d" % other["id"]]


def test_production_without_reason(instance, production):
    assert instance.refuses(name="PWEB02", backup_enabled=False) == (
        "no_backup_prod_reason: a reason is needed for backup_enabled=false in PRODUCTION"
    )
    assert instance.refuses(name="PWEB02", replication_enabled=False) == (
        "no_replication_prod_reason: a reason is needed for replication_enabled=false in PRODUCTION"
    )
    _result, writes = instance.converges(name="PWEB02", backup_enabled=False, no_backup_prod_reason="rebuilt daily")
    assert [body["options"] for _method, _path, body in writes] == [
        {"state": False, "deactivationReason": "rebuilt daily"}
    ]


def test_malformed_sizing(sim, instance):
    message = instance.refuses(**{**NEW, "sizing": "large"})
    assert message == "sizing: 'large' is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb"
    assert sim.requests() == []


@pytest.mark.parametrize(
    "options, message",
    [
        (
            dict(tags={"list": [1, 2]}),
            "tags: the value of 'list' must be text, a number or a boolean, not [1, 2]",
        ),
        (
            dict(change_reference="RFC_1234567"),
            "change_reference: 'RFC_1234567' has 11 characters, and 10 are allowed",
        ),
        (dict(api_url="api.example.com"), "api_url: api.example.com is not an address such as https://host/path"),
        (
            dict(api_url="https://127.0.0.1:9/itcare", ca_path="/nowhere/ca.pem"),
            "ca_path: there is no file or directory /nowhere/ca.pem",
        ),
    ],
    ids=str,
)
def test_malformed(sim, instance, options, message):
    assert instance.refuses(name="QWEB02", **options) == message
    assert sim.requests() == []


@pytest.mark.parametrize("option", ["api_url", "token_url"])
def test_unreachable(instance, option):
    nobody = {option: "http://127.0.0.1:9/path"}
    message = instance.refuses(name="QWEB02", token_store=False, retry_timeout=0.1, **nobody)
    assert message.startswith("cannot connect to http://127.0.0.1:9: ")  # then in the words of urllib3


def test_wrong_secret(instance):
    result, writes = instance(name="QWEB02", client_secret="a-wrong-secret")
    assert result["failed"]
    assert "refused the login of client demo" in result["msg"] and "check client_id and client_secret" in result["msg"]
    assert "a-wrong-secret" not in str(result)


@pytest.mark.usefixtures("patient")
@pytest.mark.slow
def test_create_by_an_earlier_run_that_is_visible_late(sim, instance):
    sim.configure(action_seconds=0.1, late_visibility=1.5)
    started, writes = instance(**NEW, wait=False)
    assert started["changed"] and len(writes) == 1
    instance.run("itcare_action", ids=[started["actions"][0]["id"]])
    result, writes = instance(**NEW)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])
    assert result["instance"]["name"] == NEW["name"]


def test_create_right_after_a_removal(sim, instance, web):
    """What was there a moment ago, and was removed, is not waited for."""
    instance(name="QWEB02", state="absent")
    result, writes = instance(**{**NEW, "name": "QWEB02"})
    assert result["changed"] and len(writes) == 1
    before = [entry for entry in sim.requests() if entry["n"] < sim.writes()[0]["n"]]
    assert [entry["path"] for entry in before].count("/compute/instances") <= 2


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


@pytest.mark.slow
def test_interrupted_update_is_adopted(sim, instance, web):
    sim.configure(action_seconds=1)
    instance(name="QWEB02", sizing="4cpu8gb", wait_timeout=0.2)
    result, writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])
    assert result["instance"]["cpu"] == 4


@pytest.mark.slow
def test_interrupted_create_is_adopted(sim, instance):
    sim.configure(action_seconds=1)
    instance(**NEW, wait_timeout=0.2)
    result, writes = instance(**NEW)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result["instance"]["name"]) == (False, [], "QWEB01")


@pytest.mark.slow
def test_plan_made_before_the_last_wait_is_not_sent(sim, instance, web, monkeypatch):
    monkeypatch.setattr(deciding, "ADOPTIONS", 1)
    sim.configure(action_seconds=0.5)
    instance(name="QWEB02", sizing="4cpu8gb", wait=False)
    result, writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert (result["changed"], writes, result["instance"]["cpu"]) == (False, [], 4)


@pytest.mark.slow
@pytest.mark.parametrize("options", [NEW, dict(name="QWEB02", sizing="4cpu8gb")], ids=["create", "update"])
def test_action_that_ends_between_two_looks_is_not_repeated(sim, instance, web, options):
    sim.configure(action_seconds=0.5)
    instance(**options, wait=False)
    sim.fault("slow", path="/actions$", seconds=0.7)
    result, writes = instance(**options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result["instance"]["status"]) == (False, [], "ACTIVE")


@pytest.mark.slow
def test_somebody_elses_action_is_waited_for(sim, instance, web):
    sim.configure(action_seconds=1)
    instance(name="QWEB02", state="stopped", wait=False)
    result, writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert not result.get("failed"), result["msg"]
    assert [body["operation"] for _method, _path, body in writes] == ["resize"]
    assert [action["status"] for action in result["actions"]] == ["SUCCESS", "SUCCESS"]


@pytest.mark.slow
def test_state_that_is_about_to_be_undone_does_not_count(sim, instance, web):
    sim.configure(action_seconds=0.5)
    instance(name="QWEB02", state="stopped", wait=False)
    result, writes = instance(name="QWEB02", state="started")
    assert not result.get("failed"), result["msg"]
    assert [body["operation"] for _method, _path, body in writes] == ["start"]
    assert (result["changed"], result["instance"]["status"]) == (True, "ACTIVE")


@pytest.mark.slow
def test_present_while_it_is_removed(sim, instance, web):
    instance(name="QWEB02", state="stopped")
    sim.configure(action_seconds=0.5)
    instance(name="QWEB02", state="absent", wait=False)
    result, writes = instance(**{**NEW, "name": "QWEB02"})
    assert not result.get("failed"), result["msg"]
    assert [method for method, _path, _body in writes] == ["POST"]
    assert result["instance"]["id"] != web["id"]


@pytest.mark.slow
@pytest.mark.parametrize("settings", [dict(), dict(creation_visible=True)], ids=str)
def test_absent_while_it_is_created(sim, instance, settings):
    sim.configure(action_seconds=0.5, **settings)
    instance(**NEW, wait=False)
    result, writes = instance(name="QWEB01", state="absent")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["instance"]) == (True, None)
    assert [method for method, _path, _body in writes] == ["PATCH", "DELETE"]
    assert instance.changes_nothing(name="QWEB01", state="absent")["instance"] is None


@pytest.mark.slow
def test_check_mode_while_something_is_under_way(sim, instance, web):
    sim.configure(action_seconds=0.5)
    instance(name="QWEB02", state="stopped", wait=False)
    result, writes = instance(check=True, name="QWEB02", state="started")
    assert (result["changed"], result["steps"], writes) == (True, ["start"], [])


@pytest.mark.parametrize("times, statuses", [(1, [409, 202]), (-1, [409, 409])])
def test_conflict_that_nothing_explains_is_tried_once_more(sim, instance, web, times, statuses):
    sim.fault("status", status=409, method="PATCH", times=times)
    result, _writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert [entry["status"] for entry in sim.writes()] == statuses
    assert bool(result.get("failed")) is (times != 1)


def test_conflict_and_no_wait(sim, instance, web):
    sim.fault("status", status=409, method="PATCH")
    result, writes = instance(name="QWEB02", sizing="4cpu8gb", wait=False)
    assert (result["changed"], result["still_to_do"], len(writes)) == (False, ["resize"], 1)


@pytest.mark.parametrize("status", [400, 403, 422])
def test_other_refusal_is_not_tried_again(sim, instance, web, status):
    sim.fault("status", status=status, method="PATCH", times=-1)
    result, writes = instance(name="QWEB02", sizing="4cpu8gb")
    assert result["failed"] and len(writes) == 1
    assert "PATCH /compute/instances/%d: %d" % (web["id"], status) in result["msg"]


@pytest.mark.parametrize("state", ["absent", "reset"])
def test_tag_that_protects(instance, web, state):
    instance(name="QWEB02", tags={"protected": "true"})
    assert instance.refuses(name="QWEB02", state=state).startswith(
        "QWEB02 (id %d) has the tag protected=true, which protects it" % web["id"]
    )
    result, _writes = instance(name="QWEB02", state=state, protection_tag="locked", check=True)
    assert not result.get("failed"), result["msg"]
    instance(name="QWEB02", tags={"protected": "false"})
    result, _writes = instance(name="QWEB02", state=state)
    assert not result.get("failed") and result["changed"]


def test_protected_one_may_be_changed(instance, web):
    instance(name="QWEB02", tags={"protected": "true"})
    instance.converges(name="QWEB02", state="stopped", sizing="4cpu8gb")


def test_no_wait(sim, instance, web):
    sim.configure(action_seconds=1)
    result, writes = instance(name="QWEB02", state="absent", wait=False)
    assert result["changed"] and [body["operation"] for _method, _path, body in writes] == ["stop"]
    assert result["still_to_do"] == ["delete"]
    assert [action["status"] for action in result["actions"]] == ["IN_PROGRESS"]


def test_no_wait_while_something_is_under_way(sim, instance, web):
    sim.configure(action_seconds=1)
    instance(name="QWEB02", state="absent", wait=False)
    result, writes = instance(name="QWEB02", state="absent", wait=False)
    assert (result["changed"], writes) == (False, [])
    assert result["still_to_do"] == ["stop", "delete"]
    assert "wait is false: nothing was sent" in result["warnings"][0]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["reset_after", "truncate", "truncate_json", "error_after"])
@pytest.mark.parametrize("late_visibility", [0, 1])
def test_create_whose_answer_is_lost_is_made_once(sim, instance, fault, late_visibility):
    sim.configure(late_visibility=late_visibility)
    sim.fault(fault, method="POST", path="/compute/instances$")
    result, writes = instance(**NEW)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1
    assert result["instance"]["status"] == "ACTIVE"


@pytest.mark.slow
def test_create_that_never_arrived_is_not_repeated(sim, instance, monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 1)
    sim.fault("reset_before", method="POST", path="/compute/instances$")
    result, writes = instance(**NEW)
    assert result["failed"] and len(writes) == 1
    assert "may have taken effect or not" in result["msg"] and "it looks first" in result["msg"]
    result, writes = instance(**NEW)
    assert result["changed"] and len(writes) == 1


@pytest.mark.slow
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
    instance.converges(**NEW, tags={"tier": "web"}, comment="x")
    instance.converges(name="QWEB01", sizing="4cpu8gb", state="stopped")
    instance.converges(name="QWEB01", state="absent")


def test_name_in_another_case_is_the_same(sim, instance, web):
    sim.configure(names_filter="ignore_case")
    assert instance.changes_nothing(name="qweb02", sizing="2cpu4gb")["instance"]["id"] == web["id"]


def test_server_dry_run(sim, instance):
    sim.add_instance(name="QWEB02", service="billing-qa", monitoringEnabled=True)
    result, writes = instance(check=True, server_dry_run=True, name="QWEB02", monitoring_enabled=False)
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert [(entry["dry_run"], entry["applied"]) for entry in sim.writes()] == [(True, False)]


def test_server_dry_run_refused(sim, instance):
    sim.fault("status", method="POST", **NO_CAPACITY)
    result, writes = instance(check=True, server_dry_run=True, **NEW)
    assert result["failed"] and result["msg"] == "no capacity (POST /compute/instances: 400)"
    assert [entry["dry_run"] for entry in sim.writes()] == [True]


def test_server_dry_run_only_where_it_can_be_taken_back(sim, instance, web):
    result, writes = instance(check=True, server_dry_run=True, name="QWEB02", state="absent")
    assert result["changed"] and writes == []
    assert len(result["warnings"]) == 2 and "stop of QWEB02" in result["warnings"][0]


def test_server_dry_run_ignored_by_the_platform(sim, instance):
    sim.configure(dry_run_ignored=["create_instance"])
    result, writes = instance(check=True, server_dry_run=True, **NEW)
    assert result["failed"] and "it may have taken effect" in result["msg"]
    assert "POST /compute/instances" in result["msg"]


def test_server_dry_run_off_without_check_mode(sim, instance):
    result, writes = instance(server_dry_run=True, **NEW)
    assert [entry["dry_run"] for entry in sim.writes()] == [False]


def test_absent_in_another_service(sim, instance, web):
    result = instance.changes_nothing(name="QWEB02", service="intranet", state="absent")
    (warning,) = result["warnings"]
    assert warning.startswith("there is no instance named QWEB02 in service intranet; what has this name elsewhere")
    assert "QWEB02 (id %d, in service " % sim.state.named("QWEB02")[0]["id"] in warning
    assert "warnings" not in instance.changes_nothing(name="QWEB03", service="intranet", state="absent")


@pytest.mark.parametrize("state", ["present", "stopped", "restarted", "absent"])
def test_comment_on_a_reset_that_is_not_asked_for(instance, web, state):
    result, _writes = instance(check=True, name="QWEB02", state=state, reset_comment="frozen")
    assert result["warnings"] == ["reset_comment has no effect, since state is %s and not reset" % state]


@pytest.mark.parametrize(
    "option, value, shown",
    [
        ("network", "EB_1127_DMZ9", "EB_1125_DMZ8"),
        ("regulation", "HDS", "STANDARD"),
        ("product_code", "rhel9", "deb12"),
    ],
)
def test_absent_of_one_in_another_place(instance, web, option, value, shown):
    message = instance.refuses(name="QWEB02", state="absent", **{option: value})
    assert "is not the one requested: %s: it is %s" % (option, shown) in message and value in message


def test_network_of_a_page_that_shows_its_id_only(sim, instance, web, monkeypatch):
    view = sim.state.view

    def bare(record, schema=None):
        shown = view(record, schema)
        return {**shown, "network": {"id": shown["network"]["id"]}} if isinstance(shown.get("network"), dict) else shown

    monkeypatch.setattr(sim.state, "view", bare)
    instance.changes_nothing(name="QWEB02", network="EB_1125_DMZ8")
    assert "it is 1125, not EB_1127_DMZ9" in instance.refuses(name="QWEB02", network="EB_1127_DMZ9", state="absent")
    instance.converges(name="QWEB02", network="EB_1125_DMZ8", state="absent")

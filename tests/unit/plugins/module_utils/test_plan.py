# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure plan: what is decided from what is there and what is wanted; nothing is sent here."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import wanted_of
from ansible_collections.cegedim.cloud.plugins.module_utils.plan import fixed_differences, plan
from ansible_collections.cegedim.cloud.plugins.module_utils.products.instances import INSTANCE
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import Field, camel, to_api, to_result

ACTIVE = {
    "id": 1234,
    "name": "PEB4WEB01",
    "status": "ACTIVE",
    "environment": "PRODUCTION",
    "serviceId": 13,
    "serviceName": "billing",
    "region": {"id": "EB", "dataCenter": "EB4"},
    "imageCode": "deb12",
    "cpu": 2,
    "ram": 4,
    "monitoringEnabled": True,
    "monitoringAlerting": False,
    "backupStatus": True,
    "replicationStatus": True,
}
INACTIVE = {**ACTIVE, "status": "INACTIVE"}
WANTED = {"name": "PEB4WEB01", "state": "present"}


def names(steps):
    return [step.name for step in steps]


def requests(steps):
    return [(step.method, step.path, step.body) for step in steps]


@pytest.mark.parametrize(
    "current, state, expected",
    [
        (ACTIVE, "present", []),
        (INACTIVE, "present", []),
        (ACTIVE, "started", []),
        (INACTIVE, "started", ["start"]),
        (ACTIVE, "stopped", ["stop"]),
        (INACTIVE, "stopped", []),
        (ACTIVE, "restarted", ["stop", "start"]),
        (INACTIVE, "restarted", ["start"]),
        (ACTIVE, "reset", ["reset"]),
        (ACTIVE, "absent", ["stop", "delete"]),
        (INACTIVE, "absent", ["delete"]),
        (None, "absent", []),
        (None, "present", ["create"]),
        (None, "started", ["create"]),
        (None, "stopped", ["create", "stop"]),
        (None, "restarted", ["create"]),
        (None, "reset", ["create"]),
    ],
)
def test_power(current, state, expected):
    assert names(plan(INSTANCE, current, {**WANTED, "state": state})) == expected


def test_reset_inactive():
    with pytest.raises(InvalidInput, match="is INACTIVE, and only an ACTIVE instance can be reset"):
        plan(INSTANCE, INACTIVE, {**WANTED, "state": "reset"})


def test_nothing_to_do():
    wanted = {
        **WANTED,
        "service_id": "billing",
        "region": "EB4",
        "platform": "deb12",
        "sizing": "2cpu4gb",
        "monitoring_enabled": True,
        "backup_enabled": True,
    }
    assert plan(INSTANCE, ACTIVE, wanted) == []
    assert fixed_differences(INSTANCE, ACTIVE, wanted) == []


def test_create_body():
    wanted = {
        **WANTED,
        "service_id": 13,
        "region": "EB",
        "platform": "deb12",
        "sizing": "2cpu4gb",
        "volumes": [{"id": "data", "size_gb": 10, "excl_from_snap": None}],
    }
    (step,) = plan(INSTANCE, None, wanted)
    assert (step.method, step.path) == ("POST", "/compute/instances")
    assert step.body == {
        "name": "PEB4WEB01",
        "serviceId": 13,
        "region": "EB",
        "platform": "deb12",
        "resourceId": "2cpu4gb",
        "volumes": [{"id": "data", "sizeGb": 10}],
    }
    assert step.gates and not step.repeatable


def test_create_keeps_secrets_out_of_the_diff():
    (step,) = plan(INSTANCE, None, {**WANTED, "properties": [{"key": "password", "value": "Secret1!"}]})
    assert step.body["properties"] == [{"key": "password", "value": "Secret1!"}]
    assert "Secret1!" not in str(step.after)


def test_create_then_what_a_creation_cannot_say():
    wanted = {**WANTED, "comment": "web", "tags": {"tier": "web"}, "patch_party": {"excluded": False, "patch_group": 2}}
    steps = plan(INSTANCE, None, wanted)
    assert names(steps) == ["create", "add_tag", "comment", "update_patch_party"]
    assert all("{id}" in step.path for step in steps[1:])


def test_resize_is_made_between_stop_and_nothing():
    steps = plan(INSTANCE, ACTIVE, {**WANTED, "state": "stopped", "sizing": "4cpu8gb"})
    assert names(steps) == ["stop", "resize"]


def test_resize_is_made_before_the_start():
    steps = plan(INSTANCE, INACTIVE, {**WANTED, "state": "started", "sizing": "4cpu8gb"})
    assert names(steps) == ["resize", "start"]


def test_resize_with_change_reference():
    steps = plan(INSTANCE, ACTIVE, {**WANTED, "sizing": "4cpu8gb", "change_reference": "RFC_123"})
    body = {"operation": "resize", "options": {"sizing": "4cpu8gb", "changeReference": "RFC_123"}}
    assert requests(steps) == [("PATCH", "/compute/instances/{id}", body)]
    assert (steps[0].before, steps[0].after) == ({"sizing": "2cpu4gb"}, {"sizing": "4cpu8gb"})


def test_one_operation_carries_what_stays_as_it_is():
    (step,) = plan(INSTANCE, ACTIVE, {**WANTED, "monitoring_alerting": True})
    assert step.body == {"operation": "update_monitoring", "options": {"state": True, "alerting": True}}
    assert step.before == {"monitoring_alerting": False}


@pytest.mark.parametrize(
    "option, reason, operation",
    [
        ("backup_enabled", "no_backup_prod_reason", "update_backup"),
        ("replication_enabled", "no_replication_prod_reason", "update_storage_replication"),
    ],
)
def test_production_needs_a_reason(option, reason, operation):
    with pytest.raises(InvalidInput, match="%s: a reason is needed for %s=false in PRODUCTION" % (reason, option)):
        plan(INSTANCE, ACTIVE, {**WANTED, option: False})
    (step,) = plan(INSTANCE, ACTIVE, {**WANTED, option: False, reason: "test bench"})
    assert step.body == {"operation": operation, "options": {"state": False, "deactivationReason": "test bench"}}


def test_elsewhere_no_reason_is_needed():
    (step,) = plan(INSTANCE, {**ACTIVE, "environment": "QA"}, {**WANTED, "backup_enabled": False})
    assert step.body == {"operation": "update_backup", "options": {"state": False}}


def test_a_reason_goes_only_with_switching_off():
    wanted = {**WANTED, "backup_enabled": True, "no_backup_prod_reason": "test bench"}
    (step,) = plan(INSTANCE, {**ACTIVE, "backupStatus": False}, wanted)
    assert step.body == {"operation": "update_backup", "options": {"state": True}}


@pytest.mark.parametrize(
    "option, value, sentence",
    [
        ("region", "ET", "region is fixed at creation: it is EB, not ET"),
        ("service_id", "intranet", "service_id is fixed at creation: it is billing (13), not intranet"),
        ("platform", "rhel9", "platform is fixed at creation: it is deb12, not rhel9"),
        ("name", "OTHER", "name is fixed at creation: it is PEB4WEB01, not OTHER"),
    ],
)
def test_fixed_difference_names_both_values(option, value, sentence):
    assert fixed_differences(INSTANCE, ACTIVE, {**WANTED, option: value}) == [sentence]


def test_what_is_not_shown_is_no_difference():
    wanted = {**WANTED, "network_id": "77", "volumes": [{"id": "data"}], "specific_request": "please"}
    assert fixed_differences(INSTANCE, ACTIVE, wanted) == []


def test_delete_body():
    (step,) = plan(INSTANCE, INACTIVE, {**WANTED, "state": "absent", "change_reference": "RFC_123"})
    assert requests([step]) == [("DELETE", "/compute/instances/{id}", {"changeReference": "RFC_123"})]
    (step,) = plan(INSTANCE, INACTIVE, {**WANTED, "state": "absent"})
    assert step.body is None


def test_done_tells_the_effect():
    stop, start = plan(INSTANCE, ACTIVE, {**WANTED, "state": "restarted"})
    assert stop.done(INACTIVE) and not stop.done(ACTIVE) and not stop.done(None)
    assert start.done(ACTIVE) and not start.done(INACTIVE)
    (resize,) = plan(INSTANCE, ACTIVE, {**WANTED, "sizing": "4cpu8gb"})
    assert resize.done({**ACTIVE, "cpu": 4, "ram": 8}) and not resize.done(ACTIVE)
    (create,) = plan(INSTANCE, None, WANTED)
    assert create.done(ACTIVE) and not create.done(None) and not create.done({**ACTIVE, "status": "PREPARATION"})
    (delete,) = plan(INSTANCE, INACTIVE, {**WANTED, "state": "absent"})
    assert delete.done(None) and not delete.done(INACTIVE)


@pytest.mark.parametrize("name", ["a,b", "!a", " a", "a "])
def test_name_that_the_filters_would_misread(name):
    with pytest.raises(InvalidInput, match="name"):
        wanted_of(INSTANCE, {"name": name})


def test_name_or_id_is_needed():
    with pytest.raises(InvalidInput, match="name or id"):
        wanted_of(INSTANCE, {"state": "present"})


@pytest.mark.parametrize("sizing", ["2cpu", "2CPU4GB", "0cpu4gb", "2cpu4gb ", "large", "2cpu4.5gb"])
def test_malformed_sizing(sizing):
    with pytest.raises(InvalidInput, match="sizing: .* is not of the form"):
        wanted_of(INSTANCE, {"name": "A", "sizing": sizing})


@pytest.mark.parametrize(
    "wanted, shown, same",
    [
        (True, True, True),
        (False, None, True),
        (True, None, False),
        ("", None, True),
        ("x", None, False),
        (3, "3", True),
        ("3", 3, True),
        ("a", "b", False),
    ],
)
def test_same(wanted, shown, same):
    assert Field("x").differs(wanted, {"x": shown}) is not same


def test_names_of_the_api():
    assert camel("backup_enabled") == "backupEnabled"
    assert to_api([{"size_gb": 3, "min": None}]) == [{"sizeGb": 3}]
    assert to_result({"ipAddress": "1", "isMemberOFLoadBalancer": True, "tags": {"myKey": "v"}}) == {
        "ip_address": "1",
        "is_member_of_load_balancer": True,
        "tags": {"myKey": "v"},
    }


def test_result_without_passwords():
    check = {"parameter": {"authentification": {"user": "u", "password": "Secret-1234"}, "path": "/"}}
    record = {"urls": [{"specificChecks": [check]}], "_facts": 1, "tags": {"password_policy": "strict"}}
    assert to_result(record) == {
        "urls": [{"specific_checks": [{"parameter": {"authentification": {"user": "u"}, "path": "/"}}]}],
        "tags": {"password_policy": "strict"},
    }

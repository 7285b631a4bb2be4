# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure plan: what is decided from what is there and what is wanted; nothing is sent here."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.plan import (
    contradictions,
    fixed_differences,
    plan,
    refusals,
    unshown,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.products.instances import INSTANCE
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import Field, Resource, camel, to_api, to_result
from ansible_collections.cegedim.cloud.plugins.module_utils.run import wanted_of
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen

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
RUNNING, STOPPED, NOTHING = Seen(ACTIVE), Seen(INACTIVE), Seen()
WANTED = {"name": "PEB4WEB01", "state": "present"}


def names(steps):
    return [step.name for step in steps]


def requests(steps):
    return [(step.method, step.path, step.body) for step in steps]


@pytest.mark.parametrize(
    "seen, state, expected",
    [
        (RUNNING, "present", []),
        (STOPPED, "present", []),
        (RUNNING, "started", []),
        (STOPPED, "started", ["start"]),
        (RUNNING, "stopped", ["stop"]),
        (STOPPED, "stopped", []),
        (RUNNING, "restarted", ["stop", "start"]),
        (STOPPED, "restarted", ["start"]),
        (RUNNING, "reset", ["reset"]),
        (RUNNING, "absent", ["stop", "delete"]),
        (STOPPED, "absent", ["delete"]),
        (NOTHING, "absent", []),
        (NOTHING, "present", ["create"]),
        (NOTHING, "started", ["create"]),
        (NOTHING, "stopped", ["create", "stop"]),
        (NOTHING, "restarted", ["create"]),
        (NOTHING, "reset", ["create"]),
    ],
)
def test_power(seen, state, expected):
    assert names(plan(INSTANCE, seen, {**WANTED, "state": state})) == expected


def test_reset_inactive():
    assert refusals(INSTANCE, STOPPED, {**WANTED, "state": "reset"}) == [
        "PEB4WEB01 (id 1234) is INACTIVE, and reset requires it to be ACTIVE; use state=started"
    ]
    assert refusals(INSTANCE, RUNNING, {**WANTED, "state": "reset"}) == []


def test_nothing_to_do():
    wanted = {
        **WANTED,
        "service": "billing",
        "region": "EB4",
        "platform": "deb12",
        "sizing": "2cpu4gb",
        "monitoring_enabled": True,
        "backup_enabled": True,
    }
    assert plan(INSTANCE, RUNNING, wanted) == []
    assert fixed_differences(INSTANCE, RUNNING, wanted) == []


def test_create_body():
    wanted = {
        **WANTED,
        "service": 13,
        "region": "EB",
        "platform": "deb12",
        "sizing": "2cpu4gb",
        "volumes": [{"id": "data", "size_gb": 10, "excl_from_snap": None}],
    }
    (step,) = plan(INSTANCE, NOTHING, wanted)
    assert (step.method, step.path) == ("POST", "/compute/instances")
    assert step.body == {
        "name": "PEB4WEB01",
        "serviceId": 13,
        "region": "EB",
        "platform": "deb12",
        "resourceId": "2cpu4gb",
        "volumes": [{"id": "data", "sizeGb": 10}],
    }
    assert step.operation.gates and not step.operation.repeatable


def test_create_keeps_secrets_out_of_the_diff():
    (step,) = plan(INSTANCE, NOTHING, {**WANTED, "properties": [{"key": "password", "value": "Secret1!"}]})
    assert step.body["properties"] == [{"key": "password", "value": "Secret1!"}]
    assert "Secret1!" not in str(step.after)


def test_create_then_what_a_creation_cannot_say():
    wanted = {**WANTED, "comment": "web", "tags": {"tier": "web"}, "patch_party": {"excluded": False, "patch_group": 2}}
    steps = plan(INSTANCE, NOTHING, wanted)
    assert names(steps) == ["create", "add_tag", "comment", "update_patch_party"]
    assert [step.path for step in steps[1:]] == [
        "/compute/resources/{number}/tags",
        "/compute/resources/{number}/comments",
        "/compute/instances/{address}",
    ]


def test_resize_is_made_between_stop_and_nothing():
    steps = plan(INSTANCE, RUNNING, {**WANTED, "state": "stopped", "sizing": "4cpu8gb"})
    assert names(steps) == ["stop", "resize"]


def test_resize_is_made_before_the_start():
    steps = plan(INSTANCE, STOPPED, {**WANTED, "state": "started", "sizing": "4cpu8gb"})
    assert names(steps) == ["resize", "start"]


def test_resize_with_change_reference():
    steps = plan(INSTANCE, RUNNING, {**WANTED, "sizing": "4cpu8gb", "change_reference": "RFC_123"})
    body = {"operation": "resize", "options": {"sizing": "4cpu8gb", "changeReference": "RFC_123"}}
    assert requests(steps) == [("PATCH", "/compute/instances/{address}", body)]
    assert (steps[0].before, steps[0].after) == ({"sizing": "2cpu4gb"}, {"sizing": "4cpu8gb"})


def test_one_operation_carries_what_stays_as_it_is():
    (step,) = plan(INSTANCE, RUNNING, {**WANTED, "monitoring_alerting": True})
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
    sentence = "%s: a reason is needed for %s=false in PRODUCTION" % (reason, option)
    for given in ({}, {reason: ""}, {reason: "  "}):
        assert refusals(INSTANCE, RUNNING, {**WANTED, option: False, **given}) == [sentence]
    wanted = {**WANTED, option: False, reason: "test bench"}
    assert refusals(INSTANCE, RUNNING, wanted) == []
    (step,) = plan(INSTANCE, RUNNING, wanted)
    assert step.body == {"operation": operation, "options": {"state": False, "deactivationReason": "test bench"}}


def test_elsewhere_no_reason_is_needed():
    seen, wanted = Seen({**ACTIVE, "environment": "QA"}), {**WANTED, "backup_enabled": False}
    assert refusals(INSTANCE, seen, wanted) == []
    (step,) = plan(INSTANCE, seen, wanted)
    assert step.body == {"operation": "update_backup", "options": {"state": False}}


def test_a_reason_goes_only_with_switching_off():
    wanted = {**WANTED, "backup_enabled": True, "no_backup_prod_reason": "test bench"}
    (step,) = plan(INSTANCE, Seen({**ACTIVE, "backupStatus": False}), wanted)
    assert step.body == {"operation": "update_backup", "options": {"state": True}}


@pytest.mark.parametrize(
    "option, value, sentence",
    [
        ("region", "ET", "region is fixed at creation: it is EB, not ET"),
        ("service", "intranet", "service is fixed at creation: it is billing (13), not intranet"),
        ("platform", "rhel9", "platform is fixed at creation: it is deb12, not rhel9"),
        ("name", "OTHER", "name is fixed at creation: it is PEB4WEB01, not OTHER"),
    ],
)
def test_fixed_difference_names_both_values(option, value, sentence):
    assert fixed_differences(INSTANCE, RUNNING, {**WANTED, option: value}) == [sentence]


@pytest.mark.parametrize("status, found", [("ACTIVE", 1), ("INACTIVE", 0)])
def test_what_a_stop_switches_off_is_no_difference_while_stopped(status, found):
    resource = Resource("thing", "/things", fields=(Field("monitoring_enabled", while_active=True),))
    seen = Seen({"status": status, "monitoringEnabled": False})
    assert len(fixed_differences(resource, seen, {"monitoring_enabled": True})) == found


def test_what_is_not_shown_is_no_difference():
    wanted = {**WANTED, "network": "77", "volumes": [{"id": "data"}], "specific_request": "please"}
    assert fixed_differences(INSTANCE, RUNNING, wanted) == []
    assert unshown(INSTANCE, RUNNING, wanted) == ["network"]


@pytest.mark.parametrize(
    "option, value, sentence",
    [
        ("name", "OTHER", "name: it is PEB4WEB01, not OTHER"),
        ("service", "intranet", "service: it is billing (13), not intranet"),
        ("region", "ET", "region: it is EB, not ET"),
        ("platform", "rhel9", "platform: it is deb12, not rhel9"),
    ],
)
def test_another_resource_than_the_one_that_is_named(option, value, sentence):
    assert contradictions(INSTANCE, RUNNING, {**WANTED, option: value}) == [sentence]


@pytest.mark.parametrize("wanted", [{"sizing": "4cpu8gb"}, {"area": "EB-EMEA"}, {"name": "peb4web01"}], ids=str)
def test_what_can_change_or_is_not_shown_is_no_contradiction(wanted):
    assert contradictions(INSTANCE, RUNNING, {**WANTED, **wanted}) == []


def test_delete_body():
    (step,) = plan(INSTANCE, STOPPED, {**WANTED, "state": "absent", "change_reference": "RFC_123"})
    assert requests([step]) == [("DELETE", "/compute/instances/{address}", {"changeReference": "RFC_123"})]
    (step,) = plan(INSTANCE, STOPPED, {**WANTED, "state": "absent"})
    assert step.body is None


def test_done_tells_the_effect():
    stop, start = plan(INSTANCE, RUNNING, {**WANTED, "state": "restarted"})
    assert stop.is_done(STOPPED) and not stop.is_done(RUNNING) and not stop.is_done(NOTHING)
    assert start.is_done(RUNNING) and not start.is_done(STOPPED)
    (resize,) = plan(INSTANCE, RUNNING, {**WANTED, "sizing": "4cpu8gb"})
    assert resize.is_done(Seen({**ACTIVE, "cpu": 4, "ram": 8})) and not resize.is_done(RUNNING)
    (create,) = plan(INSTANCE, NOTHING, WANTED)
    assert create.is_done(RUNNING) and not create.is_done(NOTHING)
    assert not create.is_done(Seen({**ACTIVE, "status": "PREPARATION"}))
    (delete,) = plan(INSTANCE, STOPPED, {**WANTED, "state": "absent"})
    assert delete.is_done(NOTHING) and not delete.is_done(STOPPED)


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

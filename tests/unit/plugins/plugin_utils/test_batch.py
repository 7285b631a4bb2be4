# SPDX-License-Identifier: GPL-3.0-or-later
"""Many resources in one task: all are checked before anything is sent, and each runs to its end."""

from __future__ import annotations

import collections
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, clock, lifecycle
from ansible_collections.cegedim.cloud.plugins.modules import itcare_batch, itcare_instance
from ansible_collections.cegedim.cloud.plugins.plugin_utils import batch, fast_lane

SECRET = "Correct-Horse-42!"
NEW = {"service": "billing-qa", "region": "EB", "platform": "deb12", "sizing": "2cpu4gb"}
REFERENCES = ("/compute/services", "/networking/networks", "/topology/regions", "/compute/platform/products")


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch):
    monkeypatch.setattr(actions, "SHORTEST_PAUSE", 0.03)
    monkeypatch.setattr(clock, "FIRST_PAUSE", 0.03)
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.6)


@pytest.fixture
def run_batch(auth):
    """``run_batch(item, ..., check=False, **options)``: the result of the task."""

    def run(*items, check=False, **options):
        return batch.run_batch({**auth, "resources": list(items), **options}, check)

    return run


def machine(called, **options):
    return {"module": "itcare_instance", "name": called, "options": options}


def machines(count):
    return [machine("QBATCH%02d" % number) for number in range(count)]


def names_created(sim):
    return [entry["body"]["name"] for entry in sim.writes(operation="create_instance", applied=True)]


REDIS = {
    "module": "itcare_redis",
    "name": "qbatchcache",
    "options": {
        "network": "EB_1127_DMZ9",
        "version": "7.2",
        "persistence_mode": "PERSISTENT",
        "node_count": 1,
        "disk_size": 40,
        "node_prefix": "QBATCHR",
        "admin_password": SECRET,
    },
}


# What happens


def test_four_runs(sim, run_batch):
    tag = {"resources": ["PEBBILL01"], "service": "billing", "tags": {"q": "1"}}
    items = [*machines(3), REDIS, {"module": "itcare_tag", "options": tag}]
    predicted = run_batch(*items, check=True, defaults=NEW)
    assert not predicted.get("failed"), predicted["msg"]
    assert predicted["changed"] and sim.writes() == []
    applied = run_batch(*items, defaults=NEW)
    assert not applied.get("failed"), applied["msg"]
    assert applied["changed"] and applied["diff"] == predicted["diff"] and len(applied["diff"]) == 5
    assert sorted(names_created(sim)) == ["QBATCH00", "QBATCH01", "QBATCH02"]
    sim.clear_journal()
    for check in (False, True):
        again = run_batch(*items, check=check, defaults=NEW)
        assert (again["changed"], again["diff"], again.get("failed")) == (False, [], None)
        assert [one["changed"] for one in again["results"]] == [False] * 5
    assert sim.writes() == []


def test_results_are_in_the_order_of_the_items(sim, run_batch):
    found = run_batch(machine("QBATCH01"), REDIS, machine("QBATCH00"), defaults=NEW)["results"]
    assert [(one["module"], one["name"], one["changed"], one["failed"]) for one in found] == [
        ("itcare_instance", "QBATCH01", True, False),
        ("itcare_redis", "qbatchcache", True, False),
        ("itcare_instance", "QBATCH00", True, False),
    ]
    assert found[0]["result"]["instance"]["ip_address"] and found[1]["result"]["steps"] == ["create"]


def test_orders_are_sent_before_the_first_has_ended(sim, run_batch):
    sim.configure(action_seconds=1)
    assert run_batch(*machines(10), defaults=NEW)["changed"]
    times = [entry["time"] for entry in sim.writes(operation="create_instance")]
    assert max(times) - min(times) < 1


def test_reference_data_is_asked_for_once(sim, run_batch):
    items = [machine("QBATCH%02d" % number, network="EB_1127_DMZ9") for number in range(10)]
    assert run_batch(*items, defaults=NEW)["changed"]
    asked = collections.Counter(entry["path"] for entry in sim.requests() if entry["method"] == "GET")
    assert {path: asked[path] for path in REFERENCES} == dict.fromkeys(REFERENCES, 1)
    assert len(sim.token_requests()) == 1
    assert asked["/compute/instances"] >= 20  # what is there is never taken from memory


def test_reference_data_that_cannot_be_read_fails_who_asks_and_is_not_remembered(sim, run_batch):
    sim.fault("status", times=1, status=403, path="^/compute/services$")
    result = run_batch(*machines(3), defaults=NEW)
    assert len([one for one in result["results"] if one["failed"]]) <= 1
    assert not run_batch(*machines(3), defaults=NEW).get("failed")
    assert sorted(names_created(sim)) == ["QBATCH00", "QBATCH01", "QBATCH02"]


def test_failing_items_do_not_stop_the_others_and_are_named(sim, run_batch):
    sim.fault("fail_action", times=2, operation="create_instance", message="No space left")
    result = run_batch(*machines(5), defaults=NEW)
    failed = [one for one in result["results"] if one["failed"]]
    assert result["failed"] and result["changed"] and len(failed) == 2
    assert result["msg"].startswith("2 of 5 resources failed: itcare_instance ")
    assert all(one["name"] in result["msg"] and "No space left" in one["msg"] for one in failed)
    assert not run_batch(*machines(5), defaults=NEW).get("failed")


def test_bug_in_one_item_leaves_the_results_of_the_others(sim, run_batch, monkeypatch):
    def broken(client, params, check):
        raise ZeroDivisionError("a bug with %s" % params["admin_password"])

    from ansible_collections.cegedim.cloud.plugins.modules import itcare_redis

    monkeypatch.setattr(itcare_redis, "run", broken)
    result = run_batch(machine("QBATCH00"), REDIS, defaults=NEW)
    assert [one["failed"] for one in result["results"]] == [False, True]
    assert "unexpected error: ZeroDivisionError: a bug" in result["msg"]
    assert "Traceback" in result["results"][1]["result"]["exception"]
    assert SECRET not in str(result)


def test_no_resources_change_nothing(sim, run_batch):
    assert run_batch()["results"] == []
    assert sim.requests() == []


def test_wait_false_for_all(sim, run_batch):
    sim.configure(action_seconds=30)
    result = run_batch(*machines(3), defaults=NEW, wait=False)
    assert [one["result"]["actions"][0]["status"] for one in result["results"]] == ["IN_PROGRESS"] * 3


def test_an_items_own_option_wins_under_each_of_its_names(sim, run_batch):
    items = [machine("QBATCH00", service_id="billing"), machine("QBATCH01", sizing="4cpu8gb", wait=True)]
    run_batch(*items, defaults=NEW)
    bodies = {entry["body"]["name"]: entry["body"] for entry in sim.writes(operation="create_instance")}
    assert bodies["QBATCH00"]["serviceId"] != bodies["QBATCH01"]["serviceId"]
    assert (bodies["QBATCH00"]["resourceId"], bodies["QBATCH01"]["resourceId"]) == ("2cpu4gb", "4cpu8gb")


def test_full_name_of_a_module(sim, run_batch):
    assert run_batch({"module": "cegedim.cloud.itcare_instance", "name": "PEBBILL01", "options": None})["results"]


def test_items_about_the_same_load_balancer_run_one_after_the_other(sim, run_batch):
    sim.configure(latency=0.02)
    items = [
        {
            "module": "itcare_loadbalancer_member",
            "options": {"loadbalancer": "billing.acme.example", "members": [{"resource": "PEBBILL01", "state": state}]},
        }
        for state in ("offline", "enabled")
    ]
    result = run_batch(*items)
    assert not result.get("failed"), result["msg"]
    assert [one["result"]["steps"][-1] for one in result["results"]] == ["take_member_offline", "enable_member"]


def test_the_same_item_twice_is_done_once(sim, run_batch):
    result = run_batch(machine("QBATCH00"), machine("QBATCH00"), defaults=NEW)
    assert names_created(sim) == ["QBATCH00"]
    assert [one["changed"] for one in result["results"]] == [True, False]


# What is refused before anything is sent


def refused(sim, run_batch, *items, **options):
    messages = {run_batch(*items, check=check, **options)["msg"] for check in (False, True)}
    assert len(messages) == 1 and sim.requests() == []
    return messages.pop()


def test_all_items_are_checked_before_anything_is_sent(sim, run_batch):
    message = refused(
        sim,
        run_batch,
        machine("QBATCH00", state="running"),
        machine("QBATCH01"),
        {"module": "itcare_instace", "name": "A"},
        {"module": "itcare_redis", "name": "qbatchcache", "options": {"node_cuont": 1}},
        {"module": "itcare_tag", "name": "A", "options": {"resources": ["A"], "tags": {}}},
        machine("QBATCH02", name="QBATCH03"),
        machine(None),
        defaults={**NEW, "plaform": "deb12"},
    )
    for sentence in (
        "item 1 (itcare_instance QBATCH00): value of state must be one of: present, started, stopped",
        "item 3: there is no module itcare_instace for a batch: do you mean itcare_instance",
        "item 4 (itcare_redis qbatchcache): Unsupported parameters for (cegedim.cloud.itcare_redis) module: node_cuont",
        "item 5 (itcare_tag A): this module has no option name",
        "item 6 (itcare_instance QBATCH02): name is QBATCH02, and name among its options is QBATCH03",
        "item 7 (itcare_instance): one of the following is required: name, id",
        "defaults: none of the modules has an option plaform: do you mean platform?",
    ):
        assert sentence in message
    assert "QBATCH01" not in message


@pytest.mark.parametrize("module", ["itcare_action", "itcare_api", "itcare_batch", "itcare_instance_info", "ping"])
def test_modules_that_do_not_converge(sim, run_batch, module):
    assert "there is no module %s for a batch" % module in refused(sim, run_batch, {"module": module})


@pytest.mark.parametrize(
    "one, other, is_refused",
    [
        (dict(), dict(state="absent"), True),
        (dict(service="billing"), dict(sizing="2cpu4gb"), True),
        (dict(service="billing"), dict(service="Billing", sizing="2cpu4gb"), True),
        (dict(service="billing"), dict(service="44411", sizing="2cpu4gb"), True),
        (dict(service="billing"), dict(service="intranet"), False),
    ],
)
def test_two_items_that_mean_the_same_resource(sim, run_batch, one, other, is_refused):
    items = [machine("PEBBILL01", **one), machine("pebbill01", **other)]
    said = "items 1 and 2 are both itcare_instance pebbill01 and have different options"
    if is_refused:
        assert refused(sim, run_batch, *items) == said
    else:
        assert said not in run_batch(*items, check=True).get("msg", "")


def test_missing_credentials_are_told_once(sim, run_batch):
    message = refused(sim, run_batch, *machines(3), defaults=NEW, client_id="", client_secret="")
    assert message.startswith("missing: client_id, client_secret;")


def test_refused_login_is_tried_once(sim, run_batch):
    result = run_batch(*machines(20), defaults=NEW, client_secret="a-wrong-secret")
    assert result["failed"] and "refused the login" in result["msg"]
    assert len(sim.token_requests()) == 1
    assert "a-wrong-secret" not in str(result)


@pytest.mark.parametrize(
    "transport, become, seconds, words",
    [
        ("ssh", False, 0, "this task's connection is ssh: use hosts: localhost, or delegate_to: localhost"),
        ("local", True, 0, "become is not supported"),
        ("local", False, 60, "async is not supported"),
    ],
)
def test_only_where_ansible_runs(sim, auth, monkeypatch, transport, become, seconds, words):
    monkeypatch.setenv("ITCARE_FAST_LANE", "0")
    monkeypatch.setattr(fast_lane.ActionBase, "run", lambda *given: {})
    plugin = object.__new__(batch.Batch)
    plugin.module = itcare_batch
    plugin._connection = SimpleNamespace(transport=transport)
    plugin._play_context = SimpleNamespace(become=become)
    args = {**auth, "resources": machines(1)}
    plugin._task = SimpleNamespace(async_val=seconds, delegate_to=None, args=args, check_mode=False, no_log=False)
    plugin._templar = SimpleNamespace(template=lambda value: value)
    monkeypatch.setattr(plugin, "_compute_environment_string", lambda environment: None)
    result = plugin.run(task_vars={})
    assert result["failed"] and words in result["msg"]
    assert sim.requests() == []


def test_module_file_that_was_sent_elsewhere_says_so(run):
    message = run("itcare_batch", resources=[])["msg"]
    assert "runs only where Ansible runs" in message and "delegate_to: localhost" in message


def test_modules_are_all_that_bring_something_to_a_state():
    found = {path.stem for path in Path(itcare_instance.__file__).parent.glob("itcare_*.py")}
    left_out = {"itcare_action", "itcare_api", "itcare_batch", "itcare_estate", "itcare_postgresql_restore"}
    assert sorted(itcare_batch.MODULES) == sorted(name for name in found - left_out if not name.endswith("_info"))
    assert all("V(%s)" % name in itcare_batch.DOCUMENTATION for name in itcare_batch.MODULES)


# What only the platform knows is refused before anything is sent, too


def refused_by_the_platform(sim, run_batch, *items, **options):
    result = run_batch(*items, **options)
    assert result["failed"] and not result.get("changed") and "results" not in result
    assert sim.writes() == []
    return result["msg"]


URL = {"loadbalancer": "billing.acme.example", "set_up_dns": False}


def url(name, **options):
    return {"module": "itcare_loadbalancer_url", "name": name, "options": {**URL, **options}}


@pytest.mark.parametrize(
    "wrong, reason",
    [
        (machine("QBATCH09", region="XX"), "itcare_instance QBATCH09: region: XX is unknown"),
        (machine("QBATCH09", network="EB_NONE"), "itcare_instance QBATCH09: "),
        (machine("QBATCH09", sizing="2cpu5gb"), "itcare_instance QBATCH09: sizing: 2cpu5gb is unknown"),
        (machine("PEBBILL01"), "itcare_instance PEBBILL01: PEBBILL01: service is fixed at creation"),
        (machine(None, id=999999), "itcare_instance 999999: "),
        ({"module": "itcare_tag", "options": {"resources": ["QNONE"], "tags": {"a": "b"}}}, "item 3 (itcare_tag): "),
        (url("new.billing.acme.example", ssl_profile="qnone"), "ssl_profile: qnone is unknown"),
    ],
)
def test_refusal_of_one_item_sends_nothing(sim, run_batch, wrong, reason):
    message = refused_by_the_platform(sim, run_batch, *machines(2), wrong, defaults=NEW)
    assert message.startswith("nothing was sent, since 1 of 3 resources is refused: ") and reason in message
    assert "QBATCH00" not in message


def test_protected_resource_is_named_before_another_one_is_removed(sim, run_batch):
    protecting = {"resources": ["PEBBILL01"], "service": "billing", "tags": {"protected": "true"}}
    assert run_batch({"module": "itcare_tag", "options": protecting})["changed"]
    sim.clear_journal()
    items = [machine(name, state="absent") for name in ("PEBBILL01", "UETPORT01")]
    assert "itcare_instance PEBBILL01: " in refused_by_the_platform(sim, run_batch, *items)


def test_later_item_about_the_same_resource_is_refused_before_the_first_is_sent(sim, run_batch):
    items = [url("www.billing.acme.example"), url("web.billing.acme.example", ssl_profile="qnone")]
    assert "ssl_profile: qnone is unknown" in refused_by_the_platform(sim, run_batch, *items)


def test_later_item_may_need_what_an_earlier_one_does(sim, run_batch):
    items = [
        {"module": "itcare_instance_snapshot", "options": {"instance": "PEBBILL01", "state": state}}
        for state in ("present", "recovered")
    ]
    result = run_batch(*items)
    assert not result.get("failed"), result["msg"]
    assert [one["changed"] for one in result["results"]] == [True, True]


def test_more_items_than_threads_are_decided_before_the_first_is_sent(sim, run_batch, monkeypatch):
    monkeypatch.setattr(batch, "MOST_THREADS", 2)
    wrong = machine("QBATCH09", sizing="2cpu5gb")
    refused_by_the_platform(sim, run_batch, *machines(5), wrong, defaults=NEW)
    assert not run_batch(*machines(5), defaults=NEW).get("failed")
    assert len(names_created(sim)) == 5


def test_same_machine_by_id_and_by_name(sim, run_batch):
    number = sim.state.named("PEBBILL01", "instance")[0]["id"]
    items = [machine(None, id=number, comment="one"), machine("PEBBILL01", comment="another")]
    said = "items 1 and 2 are both itcare_instance PEBBILL01 (id %s) and have different options" % number
    for check in (False, True):
        assert refused_by_the_platform(sim, run_batch, *items, check=check) == said


def test_what_is_under_way_on_one_does_not_hold_the_others(sim, run_batch):
    sim.configure(action_seconds=3)
    assert run_batch(machine("QBATCH00", wait=False), defaults=NEW)["changed"]
    begun = sim.writes(operation="create_instance")[0]["time"]
    assert not run_batch(*machines(3), defaults=NEW).get("failed")
    times = [entry["time"] for entry in sim.writes(operation="create_instance")]
    assert len(times) == 3 and max(times) < begun + 3


def test_waiting_for_each_other_costs_no_request(sim, run_batch, monkeypatch):
    """A plan that was held for too long is made anew; otherwise the one that was made is sent."""

    def listings(held):
        monkeypatch.setattr(batch.Gate, "hold", lambda *given: held)
        sim.clear_journal()
        run_batch(*machines(2), defaults=NEW, check=True)
        return len([entry for entry in sim.requests() if entry["path"] == "/compute/instances"])

    alone = listings(0)
    monkeypatch.undo()
    sim.clear_journal()
    assert run_batch(*machines(2), defaults=NEW, check=True)["changed"]
    assert len([entry for entry in sim.requests() if entry["path"] == "/compute/instances"]) == alone
    assert listings(lifecycle.STALE_SECONDS + 1) == 2 * alone


def test_failures_are_told_in_a_few_lines(sim, run_batch):
    result = run_batch(*machines(40), defaults={**NEW, "sizing": "2cpu5gb"})
    assert result["msg"].startswith(
        "nothing was sent, since 40 of 40 resources are refused: itcare_instance QBATCH00, "
    )
    assert "QBATCH04 and 35 more: sizing: 2cpu5gb is unknown" in result["msg"] and len(result["msg"]) < 1000
    sim.fault("fail_action", times=-1, operation="create_instance", message="No space left")
    result = run_batch(*machines(40), defaults=NEW)
    assert result["msg"].startswith("40 of 40 resources failed: ") and result["msg"].endswith("; and 30 more")


# Secrets


def test_secrets_of_all_items_are_in_no_result(sim, run_batch, auth):
    other = {**REDIS, "name": "qbatchother", "options": {**REDIS["options"], "admin_password": "Another-Horse-43!"}}
    other["options"]["node_prefix"] = "QBATCHS"
    items = [REDIS, other, machine("QBATCH00", comment="%s and Another-Horse-43!" % SECRET)]
    for check in (True, False):
        result = run_batch(*items, check=check, defaults=NEW)
        assert not result.get("failed"), result["msg"]
        assert not [secret for secret in (SECRET, "Another-Horse-43!", auth["client_secret"]) if secret in str(result)]
    assert "******** and ********" in str(result["diff"])


def test_invocation_shows_no_options_of_items(sim, run_batch):
    item = {**REDIS, "options": {**REDIS["options"], "admin_pasword": SECRET}}  # misspelled, so nothing hides it
    for items in ([item], [machine("PEBBILL01")]):
        result = run_batch(*items, defaults={"comment": "of defaults"})
        assert SECRET not in str(result)
        shown = result["invocation"]["module_args"]
        assert set(shown["resources"][0]) == {"module", "name"} and "defaults" not in shown
        assert shown["client_secret"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


# Under faults


@pytest.mark.slow
def test_fifty_items_under_faults(sim, run_batch):
    """Lost answers, refusals, throttling and a revoked token: each machine is created once, whatever happens."""
    sim.configure(latency=0.002)
    items = [machine("QBATCH%02d" % number, tags={"n": str(number)}) for number in range(50)]
    sim.fault("reset_after", times=6, after=3, operation="create_instance")
    sim.fault("error_before", times=5, after=10, operation="create_instance", headers={"Retry-After": "0"})
    sim.fault("status", times=30, after=50, method="GET", status=429, headers={"Retry-After": "0"})
    sim.fault("truncate", times=10, after=80, method="GET")
    sim.fault("error_after", times=4, after=5, method="POST", path="/tags$")
    revoking = threading.Timer(0.5, sim.revoke_tokens)
    revoking.start()
    result = run_batch(*items, defaults=NEW, retry_timeout=20)
    revoking.join()
    assert not result.get("failed"), result["msg"]
    assert sorted(names_created(sim)) == ["QBATCH%02d" % number for number in range(50)]
    tags = [one["result"]["instance"]["tags"] for one in result["results"]]
    assert tags == [{"n": str(number)} for number in range(50)]
    sim.clear_faults()
    assert not run_batch(*items, defaults=NEW)["changed"]


@pytest.mark.slow
def test_three_hundred_items_that_need_nothing(sim, run_batch):
    sim.add_instances(300)
    names = [row["name"] for row in sim.state.live() if row.get("resourceType") == "LINUX"][-300:]
    result = run_batch(*[machine(name) for name in names])
    assert not result.get("failed") and not result["changed"] and len(result["results"]) == 300


def test_defaults_that_contradict_each_other(sim, run_batch):
    """The one that comes first would count, and the other one would be ignored."""
    message = refused(sim, run_batch, machine("QBATCH00"), defaults={**NEW, "service_id": "intranet"})
    assert message == "defaults: service and service_id are the same option and have different values"

# SPDX-License-Identifier: GPL-3.0-or-later
"""The Redis module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

PATH = "/databases/redis"
PASSWORD = "Correct-Horse-42!"
NEW = dict(
    name="qacache",
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="redis72",
    version="7.2",
    node_count=1,
    sizing="2cpu4gb",
    disk_size=40,
    admin_password=PASSWORD,
    persistence_mode="PERSISTENT",
)
BODY = {
    "name": "qacache",
    "serviceId": 44413,
    "region": "EB",
    "area": "EB-EMEA",
    "networkId": 1127,
    "platform": "redis72",
    "redisVersion": "7.2",
    "instanceCount": 1,
    "nodeSizing": "2cpu4gb",
    "diskSize": 40,
    "admPassword": "***",  # the journal keeps no secret
    "persistenceMode": "PERSISTENT",
}


@pytest.fixture
def redis(task):
    return task("itcare_redis")


@pytest.fixture
def path(sim):
    """Of the Redis that is there already."""
    return "%s/%d" % (PATH, sim.state.named("portalcache", "redis")[0]["id"])


def test_create(redis):
    result, writes = redis.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    assert result["steps"] == ["create"]
    shown = result["redis"]
    assert (shown["name"], shown["status"], shown["version"], shown["node_count"]) == ("qacache", "ACTIVE", "7.2", 1)


def test_create_sends_every_field(redis):
    options = dict(
        NEW,
        node_count=3,
        availability_zone="EB-A",
        area="EB-EMEA",
        regulation="STANDARD",
        cloud=101,
        tls=True,
        node_prefix="DEBCACHE",
        monitoring_enabled=True,
        monitoring_alerting=False,
        on_call_supervision=True,
        backup_enabled=False,
        no_backup_prod_reason="Rebuilt each night",
        replication_enabled=False,
        no_replication_prod_reason="Not needed",
        no_monitoring_prod_reason="Not needed",
    )
    result, ((_method, _path, body),) = redis.converges(**options)
    assert body == {
        **BODY,
        "instanceCount": 3,
        "az": "EB-A",
        "regulation": "STANDARD",
        "cloudId": 101,
        "tlsEnabled": True,
        "vmPrefix": "DEBCACHE",
        "monitoringEnabled": True,
        "monitoringAlerting": False,
        "onCallSupervision": True,
        "backupEnabled": False,
        "noBackupProdReason": "Rebuilt each night",
        "replicationEnabled": False,
        "noReplicationProdReason": "Not needed",
        "noMonitoringProdReason": "Not needed",
    }
    assert (result["redis"]["node_count"], result["redis"]["tls"]) == (3, True)


def test_create_and_all_that_a_creation_cannot_say(redis):
    result, _writes = redis.converges(
        **NEW,
        state="stopped",
        comment="sessions of the shop",
        tags={"tier": "cache"},
        patch_party=dict(excluded=False, patch_group=2),
    )
    assert result["steps"] == ["create", "update_patch_party", "comment", "add_tag", "stop"]
    shown = result["redis"]
    assert (shown["status"], shown["comment"], shown["tags"]) == ("INACTIVE", "sessions of the shop", {"tier": "cache"})


NOT_A_NAME = "name: %r is not allowed: use 5 to 60 lowercase letters and digits, and not the word cluster"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "Cache"}, NOT_A_NAME % "Cache"),
        ({"name": "tiny"}, NOT_A_NAME % "tiny"),
        ({"name": "a" * 61}, NOT_A_NAME % ("a" * 61)),
        ({"name": "cluster"}, NOT_A_NAME % "cluster"),
        ({"disk_size": 39}, "disk_size: 39 is not within 40 to 1024 GB"),
        ({"disk_size": 1025}, "disk_size: 1025 is not within 40 to 1024 GB"),
        ({"node_count": 0}, "node_count: 0 is not within 1 to 3"),
        ({"node_count": 4}, "node_count: 4 is not within 1 to 3"),
        ({"sizing": "large"}, "sizing: 'large' is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb"),
        ({"service": "no-such"}, "there is no service called no-such (or this account does not see it)"),
    ],
)
def test_create_refused(redis, changed, message):
    assert redis.refuses(**{**NEW, **changed}) == message


@pytest.mark.parametrize(("option", "value"), [("version", "3.0"), ("platform", "k8s131"), ("sizing", "3cpu7gb")])
def test_create_with_what_the_catalogue_does_not_have(redis, option, value):
    message = redis.refuses(**{**NEW, option: value})
    assert message.startswith("%s: %s is unknown" % (option, value))


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab1-", "and lacks 12 characters"),
        ("UPPERCASE-0123", "and lacks a lowercase letter"),
        ("lowercase-0123", "and lacks an uppercase letter"),
        ("NoDigits-NoDigits", "and lacks a digit"),
        ("NoSpecial0123456", "and lacks a special character"),
        ("OnlyAnUnderscore_1", "and lacks a special character"),
        ("Much-Too-Long-A-Secret-42", "it has 25 characters, and at most 20 are allowed"),
    ],
)
def test_password_rule(redis, password, sentence):
    message = redis.refuses(**{**NEW, "admin_password": password})
    assert message.startswith("admin_password: ") and message.endswith(sentence)
    assert password not in message


@pytest.mark.parametrize("check", [True, False])
def test_password_stays_secret(redis, check):
    result, _writes = redis(check=check, **NEW)
    assert result["changed"] and PASSWORD not in str(result)


def test_password_is_not_compared(redis):
    redis.converges(**NEW)
    redis.changes_nothing(**{**NEW, "admin_password": "Another-Horse-43!"})


def test_resize(redis, path):
    result, writes = redis.converges(name="portalcache", sizing="4cpu8gb")
    assert writes == [("PATCH", path, {"operation": "resize", "options": {"sizing": "4cpu8gb"}})]
    (step,) = result["diff"]
    assert step["after"] == {"sizing": "4cpu8gb"}


@pytest.mark.parametrize("key", ["cpu", "ram"])
def test_size_that_only_the_nodes_show(sim, redis, path, key):
    sim.fault("mutate", operation="get_redis", drop=key, times=-1)
    redis.changes_nothing(name="portalcache", sizing="2cpu4gb")
    result, writes = redis.converges(name="portalcache", sizing="4cpu8gb")
    assert writes == [("PATCH", path, {"operation": "resize", "options": {"sizing": "4cpu8gb"}})]
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == ({"sizing": "2cpu4gb"}, {"sizing": "4cpu8gb"})


def test_size_that_nothing_shows_is_not_changed_on_a_guess(sim, redis):
    for operation in ("get_redis", "list_redis_nodes"):
        sim.fault("mutate", operation=operation, drop="cpu", times=-1)
    assert "whether to resize is not known" in redis.refuses(name="portalcache", sizing="2cpu4gb")


CLUSTER = {**NEW, "node_count": 3}


def test_size_of_all_nodes_together(sim, redis):
    """Whether CPU and RAM of a cluster are those of one node is not written: its nodes decide."""
    sim.configure(cluster_size="total")
    redis.converges(**CLUSTER)
    redis.changes_nothing(name="qacache", sizing="2cpu4gb")
    result, writes = redis.converges(name="qacache", sizing="4cpu16gb")
    assert len(writes) == 1 and result["diff"][0]["before"] == {"sizing": "6cpu12gb"}
    redis.changes_nothing(name="qacache", sizing="4cpu16gb")


def test_size_of_a_node_that_is_three_times_the_wanted_one(sim, redis):
    redis.converges(**CLUSTER)
    (cluster,) = sim.state.named("qacache", "redis")
    for one in (cluster, *sim.state.nodes(cluster["id"])):
        one.update(cpu=6, ram=12)
    sim.fault("mutate", operation="get_redis", drop="sizing", times=-1)
    result, writes = redis.converges(name="qacache", sizing="2cpu4gb")
    assert len(writes) == 1 and result["diff"][0]["before"] == {"sizing": "6cpu12gb"}


def test_size_that_the_nodes_do_not_decide(sim, redis):
    sim.configure(cluster_size="total")
    redis.converges(**CLUSTER)
    sim.fault("mutate", operation="list_redis_nodes", drop="cpu", times=-1)
    message = redis.refuses(name="qacache", sizing="2cpu4gb")
    assert "it shows 6cpu12gb, which may be all its nodes of 2cpu4gb together" in message


def test_changed_while_it_runs(redis):
    result, _writes = redis.converges(name="portalcache", state="stopped", sizing="4cpu8gb")
    assert result["steps"] == ["resize", "stop"]
    result, _writes = redis.converges(name="portalcache", state="started", sizing="2cpu4gb")
    assert result["steps"] == ["start", "resize"]


def test_whole_life(redis):
    redis.converges(**NEW)
    redis.converges(name="qacache", sizing="4cpu8gb")
    redis.converges(name="qacache", state="stopped")
    redis.converges(name="qacache", state="started")
    redis.converges(name="qacache", state="absent")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(version="6.2"), "version is fixed at creation: it is 7.2, not 6.2"),
        (dict(node_count=3), "node_count is fixed at creation: it is 1, not 3"),
        (dict(persistence_mode="NONE"), "persistence_mode is fixed at creation: it is PERSISTENT, not NONE"),
        (dict(tls=True), "tls is fixed at creation: it is False, not True"),
        (dict(availability_zone="EB-C"), "availability_zone is fixed at creation: it is EB-A, not EB-C"),
        (dict(network="1126"), "network is fixed at creation: it is EB_1127_DMZ9 (1127), not 1126"),
        (dict(backup_enabled=True), "backup_enabled is fixed at creation: it is False, not True"),
    ],
)
def test_fixed(redis, options, sentence):
    redis(**{**NEW, "availability_zone": "EB-A", "backup_enabled": False})
    assert redis.refuses(name="qacache", **options).endswith(sentence)


def test_fixed_only_warned_of(redis):
    redis(**NEW)
    result, writes = redis(name="qacache", version="6.2", on_fixed_difference="warn")
    assert (result["changed"], writes) == (False, [])
    assert "version is fixed at creation: it is 7.2, not 6.2" in result["warnings"][0]


def test_disk_that_the_platform_does_not_show(redis):
    result, writes = redis(name="portalcache", disk_size=80)
    assert (result["changed"], writes) == (False, [])
    assert "not compared, since the platform does not show it: disk_size" in result["warnings"][0]


def test_everything_as_it_is(redis):
    redis(**NEW)
    redis.changes_nothing(**{**NEW, "state": "started", "version": "7"})


def test_tags(sim, redis):
    number = sim.state.named("portalcache", "redis")[0]["id"]
    result, writes = redis.converges(name="portalcache", tags={"tier": "cache"})
    assert [(method, one.rsplit("/", 1)[1]) for method, one, _body in writes] == [("POST", "tags")]
    assert str(number) in writes[0][1] and result["redis"]["tags"]["tier"] == "cache"


def test_comment(redis):
    result, ((method, _path, body),) = redis.converges(name="portalcache", comment="sessions")
    assert (method, body) == ("PATCH", {"description": "sessions"})
    assert result["redis"]["comment"] == "sessions"


def test_monitoring(redis, path):
    redis(name="portalcache", monitoring_enabled=False)
    _result, writes = redis.converges(name="portalcache", monitoring_enabled=True, on_call_supervision=True)
    options = {"state": True, "on_call": True}
    assert writes == [("PATCH", path, {"operation": "update_monitoring", "options": options})]


def test_monitoring_does_not_count_while_stopped(redis):
    redis(name="portalcache", monitoring_enabled=True)
    result, _writes = redis.converges(name="portalcache", monitoring_enabled=True, state="stopped")
    assert (result["steps"], result["redis"]["monitoring_enabled"]) == (["stop"], False)


def test_patch_group_is_for_a_single_node(redis):
    message = redis.refuses(**{**NEW, "node_count": 3}, patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 3")


# Five kinds share the listing of databases


@pytest.mark.parametrize("kind, name", [("postgresql", "intrapg"), ("mariadb", "portal-maria")])
def test_another_kind_of_the_same_name_is_not_taken_for_it(sim, redis, kind, name):
    sim.state.named(name, kind)[0]["name"] = "qacache"
    redis.changes_nothing(name="qacache", state="absent")
    _result, writes = redis.converges(**NEW)
    assert writes[0][:2] == ("POST", PATH)


@pytest.mark.usefixtures("silent_rows")
def test_a_row_that_does_not_say_what_it_is_counts_where_its_own_path_shows_it(redis, path):
    _result, writes = redis.converges(name="portalcache", sizing="4cpu8gb")
    assert writes[0][:2] == ("PATCH", path)


def test_creation_whose_answer_is_lost(sim, redis):
    sim.fault("reset_after", operation="create_redis")
    result, writes = redis(**NEW)
    assert result["changed"] and len(writes) == 1
    assert "the answer was lost, but it took effect" in result["warnings"][0]


def test_persistence_mode_that_is_shown_in_capitals(redis):
    redis(**{**NEW, "persistence_mode": "PERSISTENT"})
    redis.changes_nothing(**{**NEW, "persistence_mode": "persistent"})
    assert "it is PERSISTENT, not NONE" in redis.refuses(name=NEW["name"], persistence_mode="NONE")


def test_version_that_is_shown_with_fewer_parts_than_were_asked_for(redis):
    # The API reference has 6.2.5 as its example of a creation; which part an answer shows is not written.
    redis.changes_nothing(name="portalcache", version="7.2.5")
    assert "version is fixed at creation: it is 7.2, not 7.4" in redis.refuses(name="portalcache", version="7.4")


@pytest.mark.slow
def test_wait_timeout_and_again(sim, redis):
    sim.configure(action_seconds=1.5)
    result, _writes = redis(**NEW, wait_timeout=0.3)
    assert result["failed"] and "run the same task again" in result["msg"]
    result, writes = redis(**NEW)
    assert not result.get("failed"), result["msg"]
    assert writes == [] and result["redis"]["status"] == "ACTIVE"


@pytest.mark.parametrize(
    "settings",
    [
        dict(accepted_status=200, internal_id=False, action_id_as_text=True),
        dict(creation_visible=True),
        dict(late_visibility=0.3, late_action=0.2),
        dict(ram_unit="mb", names_filter="substring", removed_visible=True),
        dict(numbers="overlapping", product_paths="internal", rows="sparse"),
    ],
    ids=str,
)
@pytest.mark.slow
def test_every_latitude_of_the_documentation(sim, redis, settings):
    sim.configure(**settings)
    redis.converges(**NEW, tags={"a": "b"})
    redis.converges(name="qacache", sizing="4cpu8gb")
    redis.converges(name="qacache", state="absent")


def test_order_that_is_refused_while_an_action_of_the_same_task_is_not_listed_yet(sim, redis):
    """Nothing explains the refusal but the order before it, which was answered without an action."""
    sim.configure(order_answers="object", late_action=5, action_seconds=0.5, busy_status=400)
    result, writes = redis(name="portalcache", patch_party=dict(excluded=False, patch_group=3), comment="Ours")
    assert not result.get("failed"), result["msg"]
    assert [path.rsplit("/", 1)[1] for _method, path, _body in writes][1:] == ["comments", "comments"]
    redis.changes_nothing(name="portalcache", patch_party=dict(excluded=False, patch_group=3), comment="Ours")


@pytest.mark.slow
def test_conflict_with_an_order_whose_answer_was_lost_is_no_failure(sim, redis, monkeypatch):
    """The order is sent again, since no trace of it is visible yet, and is in its own way."""
    monkeypatch.setattr(clock, "LATE_SECONDS", 5)
    sim.configure(late_action=5, action_seconds=2)
    sim.fault("error_after", operation="update_redis", status=502)
    result, writes = redis(name="portalcache", sizing="4cpu8gb")
    assert not result.get("failed"), result["msg"]
    assert len(writes) == 2 and [entry["applied"] for entry in sim.writes()] == [True, False]
    redis.changes_nothing(name="portalcache", sizing="4cpu8gb")


@pytest.mark.slow
@pytest.mark.parametrize("settings", [dict(late_action=1), dict(late_visibility=1, action_seconds=0)], ids=str)
def test_creation_without_waiting_and_again_before_its_action_or_effect_shows(sim, redis, settings):
    sim.configure(creation_visible=True, order_answers="object", **settings)
    result, writes = redis(**NEW, wait=False)
    assert result["changed"] and len(writes) == 1
    again, writes = redis(**NEW, wait=False)
    assert not again.get("failed"), again["msg"]
    assert (again["changed"], writes) == (False, [])
    assert "its creation or removal may be under way on qacache" in again["warnings"][0]
    last, writes = redis(**NEW)
    assert not last.get("failed") and writes == []

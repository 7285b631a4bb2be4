# SPDX-License-Identifier: GPL-3.0-or-later
"""The RabbitMQ module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

PATH = "/message-brokers/rabbitmq"
PASSWORD = "Correct-Horse-42!"
NEW = dict(
    name="qa-rmq",
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="rabbitmq313",
    version="3.13",
    node_count=1,
    node_prefix="DEBQMQ",
    sizing="2cpu4gb",
    disk_size=10,
    admin_password=PASSWORD,
)
BODY = {
    "name": "qa-rmq",
    "serviceId": 44413,
    "region": "EB",
    "area": "EB-EMEA",
    "networkId": 1127,
    "platform": "rabbitmq313",
    "rabbitMqVersion": "3.13",
    "brokerCount": 1,
    "vmPrefix": "DEBQMQ",
    "nodeSizing": "2cpu4gb",
    "diskSize": 10,
    "admPassword": "***",  # the journal keeps no secret
}


@pytest.fixture
def rabbitmq(task):
    return task("itcare_rabbitmq")


@pytest.fixture
def path(sim):
    """Of the RabbitMQ that is there already."""
    return "%s/%d" % (PATH, sim.state.named("intranet-rmq", "rabbitmq")[0]["id"])


def test_create(rabbitmq):
    result, writes = rabbitmq.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    assert result["steps"] == ["create"]
    shown = result["rabbitmq"]
    assert (shown["name"], shown["status"], shown["version"], shown["broker_count"]) == ("qa-rmq", "ACTIVE", "3.13", 1)


def test_create_a_cluster_and_all_that_a_creation_cannot_say(rabbitmq):
    result, ((_method, _path, body), *_others) = rabbitmq.converges(
        **{**NEW, "node_count": 3, "disk_size": 2048},
        availability_zone="EB-A",
        tls=True,
        state="stopped",
        comment="the queues of the shop",
        tags={"tier": "queue"},
        patch_party=dict(excluded=True, exclusion_reason="Patched by its vendor"),
    )
    assert body == {**BODY, "brokerCount": 3, "diskSize": 2048, "az": "EB-A", "tlsEnabled": True}
    assert result["steps"] == ["create", "update_patch_party", "comment", "add_tag", "stop"]
    shown = result["rabbitmq"]
    assert (shown["node_count"], shown["tls"], shown["comment"]) == (3, True, "the queues of the shop")


@pytest.mark.parametrize("name", ["q", "The Queue", "a" * 61])
def test_no_rule_is_documented_for_its_name(rabbitmq, name):
    rabbitmq.converges(**{**NEW, "name": name})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"disk_size": 9}, "disk_size: 9 is not within 10 to 2048 GB"),
        ({"disk_size": 2049}, "disk_size: 2049 is not within 10 to 2048 GB"),
        ({"node_count": 0}, "node_count: 0 is not within 1 to 5"),
        ({"node_count": 6}, "node_count: 6 is not within 1 to 5"),
        ({"sizing": "large"}, "sizing: 'large' is not of the form <CPUs>cpu<GB of RAM>gb, such as 2cpu4gb"),
    ],
)
def test_create_refused(rabbitmq, changed, message):
    assert rabbitmq.refuses(**{**NEW, **changed}) == message


@pytest.mark.parametrize(("option", "value"), [("version", "3.8.9"), ("platform", "redis72"), ("sizing", "3cpu7gb")])
def test_create_with_what_the_catalogue_does_not_have(rabbitmq, option, value):
    assert rabbitmq.refuses(**{**NEW, option: value}).startswith("%s: %s is unknown" % (option, value))


@pytest.mark.parametrize("password", ["Ab1-", "NoSpecial0123456", "Much-Too-Long-A-Secret-42"])
def test_password_rule_does_not_show_the_password(rabbitmq, password):
    message = rabbitmq.refuses(**{**NEW, "admin_password": password})
    assert message.startswith("admin_password: ") and password not in message


def test_password_stays_secret_and_is_not_compared(rabbitmq):
    result, _writes = rabbitmq(**NEW)
    assert result["changed"] and PASSWORD not in str(result)
    rabbitmq.changes_nothing(**{**NEW, "admin_password": "Another-Horse-43!"})


def test_resize(rabbitmq, path):
    result, writes = rabbitmq.converges(name="intranet-rmq", sizing="4cpu8gb")
    assert writes == [("PATCH", path, {"operation": "resize", "options": {"sizing": "4cpu8gb"}})]
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == ({"sizing": "2cpu4gb"}, {"sizing": "4cpu8gb"})


def test_size_that_only_the_field_of_the_brokers_shows(sim, rabbitmq):
    sim.state.named("intranet-rmq", "rabbitmq")[0].update(cpu=None, ram=None)
    rabbitmq.changes_nothing(name="intranet-rmq", sizing="2cpu4gb")


def test_changed_while_it_runs(rabbitmq):
    result, _writes = rabbitmq.converges(name="intranet-rmq", state="stopped", sizing="4cpu8gb")
    assert result["steps"] == ["resize", "stop"]
    result, _writes = rabbitmq.converges(name="intranet-rmq", state="started", sizing="2cpu4gb")
    assert result["steps"] == ["start", "resize"]


def test_monitoring(rabbitmq, path):
    rabbitmq(name="intranet-rmq", monitoring_enabled=False)
    _result, writes = rabbitmq.converges(name="intranet-rmq", monitoring_enabled=True, on_call_supervision=True)
    options = {"state": True, "on_call": True}
    assert writes == [("PATCH", path, {"operation": "update_monitoring", "options": options})]


def test_patch_party(rabbitmq, path):
    wanted = dict(excluded=False, patch_group=2)
    _result, writes = rabbitmq.converges(name="intranet-rmq", patch_party=wanted)
    options = {"patchParty": {"excluded": False, "patchGroup": "2"}}
    assert writes == [("PATCH", path, {"operation": "update_patch_party", "options": options})]


def test_patch_group_is_for_a_single_node_also_of_what_shows_only_a_number_of_brokers(rabbitmq):
    rabbitmq(**{**NEW, "node_count": 3})
    message = rabbitmq.refuses(name="qa-rmq", patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 3")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(version="3.12"), "version is fixed at creation: it is 3.13, not 3.12"),
        (dict(node_count=3), "node_count is fixed at creation: it is 1, not 3"),
        (dict(tls=True), "tls is fixed at creation: it is False, not True"),
        (dict(availability_zone="EB-C"), "availability_zone is fixed at creation: it is EB-A, not EB-C"),
        (dict(network="1126"), "network is fixed at creation: it is EB_1127_DMZ9 (1127), not 1126"),
    ],
)
def test_fixed(rabbitmq, options, sentence):
    rabbitmq(**{**NEW, "availability_zone": "EB-A"})
    assert rabbitmq.refuses(name="qa-rmq", **options).endswith(sentence)


def test_disk_that_the_platform_does_not_show(rabbitmq):
    result, writes = rabbitmq(name="intranet-rmq", disk_size=80)
    assert (result["changed"], writes) == (False, [])
    assert "not compared, since the platform does not show it: disk_size" in result["warnings"][0]


def test_everything_as_it_is(rabbitmq):
    rabbitmq(**NEW)
    rabbitmq.changes_nothing(**{**NEW, "state": "started", "version": "3"})


def test_kafka_of_the_same_name_is_not_taken_for_it(sim, rabbitmq):
    sim.state.named("billing_events", "apache_kafka")[0]["name"] = "qa-rmq"
    rabbitmq.changes_nothing(name="qa-rmq", state="absent")
    _result, writes = rabbitmq.converges(**NEW)
    assert writes[0][:2] == ("POST", PATH)


@pytest.mark.usefixtures("silent_rows")
def test_a_row_that_does_not_say_what_it_is_counts_where_its_own_path_shows_it(rabbitmq, path):
    _result, writes = rabbitmq.converges(name="intranet-rmq", sizing="4cpu8gb")
    assert writes[0][:2] == ("PATCH", path)


def test_protected_by_its_tag(rabbitmq):
    rabbitmq(name="intranet-rmq", tags={"protected": "true"})
    assert "protected" in rabbitmq.refuses(name="intranet-rmq", state="absent")


def test_absent(rabbitmq, path):
    result, writes = rabbitmq.converges(name="intranet-rmq", state="absent")
    assert writes == [("DELETE", path, None)]
    assert result["rabbitmq"] is None


@pytest.mark.parametrize("shown", ["2CPU4GB", "2 CPU / 4 GB", "2 vCPU - 4 GB RAM", "Medium", "", None])
def test_size_that_is_shown_in_another_spelling(sim, rabbitmq, shown):
    """Where the text is no size, the CPUs and the memory are."""
    sim.fault("mutate", operation="get_rabbitmq", set={"path": "brokerSize", "value": shown}, times=-1)
    rabbitmq.changes_nothing(name="intranet-rmq", sizing="2cpu4gb")
    assert rabbitmq(check=True, name="intranet-rmq", sizing="4cpu8gb")[0]["changed"]

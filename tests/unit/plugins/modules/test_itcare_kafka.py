# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kafka module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

PATH = "/message-brokers/apache-kafka"
PASSWORD = "Correct-Horse-42!"
NEW = dict(
    name="qa_events",
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="kafka39",
    version="3.9",
    node_count=3,
    node_prefix="DEBQKA",
    sizing="2cpu4gb",
    disk_size=40,
    admin_password=PASSWORD,
)
BODY = {
    "name": "qa_events",
    "serviceId": 44413,
    "region": "EB",
    "area": "EB-EMEA",
    "networkId": 1127,
    "platform": "kafka39",
    "kafkaVersion": "3.9",
    "brokerCount": 3,
    "nodePrefix": "DEBQKA",
    "nodeSizing": "2cpu4gb",
    "diskSize": 40,
    "admPassword": "***",  # the journal keeps no secret
}
SEEDED = "billing_events"


@pytest.fixture
def kafka(task):
    return task("itcare_kafka")


@pytest.fixture
def path(sim):
    """Of the Kafka that is there already."""
    return "%s/%d" % (PATH, sim.state.named(SEEDED, "apache_kafka")[0]["id"])


def test_create(kafka):
    result, writes = kafka.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    shown = result["kafka"]
    assert (shown["name"], shown["status"], shown["version"], shown["node_count"]) == ("qa_events", "ACTIVE", "3.9", 3)


def test_create_and_all_that_a_creation_cannot_say(kafka):
    result, ((_method, _path, body), reconfigured, *_others) = kafka.converges(
        **{**NEW, "node_count": 5, "disk_size": 1024},
        parameters={"log.retention.hours": 72, "auto.create.topics.enable": False},
        state="stopped",
        comment="the orders",
        tags={"tier": "events"},
        patch_party=dict(excluded=True, exclusion_reason="Patched by its vendor"),
    )
    assert body == {**BODY, "brokerCount": 5, "diskSize": 1024}
    sent = {"log.retention.hours": "72", "auto.create.topics.enable": "false"}
    assert reconfigured[2] == {"operation": "reconfigure", "options": sent}
    assert result["steps"] == ["create", "reconfigure", "update_patch_party", "comment", "add_tag", "stop"]
    assert result["kafka"]["parameters"] == sent


NOT_A_NAME = "name: %r is not allowed: use 5 to 60 lowercase letters, digits and underscores, and not the word cluster"
NOT_A_PREFIX = "node_prefix: %r is not allowed: use 5 to 12 uppercase letters and digits"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "qa-events"}, NOT_A_NAME % "qa-events"),
        ({"name": "tiny"}, NOT_A_NAME % "tiny"),
        ({"name": "a" * 61}, NOT_A_NAME % ("a" * 61)),
        ({"name": "cluster"}, NOT_A_NAME % "cluster"),
        ({"disk_size": 39}, "disk_size: 39 is not within 40 to 1024 GB"),
        ({"disk_size": 1025}, "disk_size: 1025 is not within 40 to 1024 GB"),
        ({"node_count": 2}, "node_count: 2 is not within 3 to 5"),
        ({"node_count": 6}, "node_count: 6 is not within 3 to 5"),
        ({"node_prefix": "DEBQ"}, NOT_A_PREFIX % "DEBQ"),
        ({"node_prefix": "debqka"}, NOT_A_PREFIX % "debqka"),
        ({"parameters": {"a": None, "b": [1]}}, "parameters: a, b needs a text, a number or a boolean"),
    ],
)
def test_create_refused(kafka, changed, message):
    assert kafka.refuses(**{**NEW, **changed}) == message


@pytest.mark.parametrize(("option", "value"), [("version", "2.7.0"), ("platform", "redis72"), ("sizing", "2cpu2gb")])
def test_create_with_what_the_catalogue_does_not_have(kafka, option, value):
    assert kafka.refuses(**{**NEW, option: value}).startswith("%s: %s is unknown" % (option, value))


@pytest.mark.parametrize("password", ["Ab1-", "NoSpecial0123456", "Much-Too-Long-A-Secret-42"])
def test_password_rule_does_not_show_the_password(kafka, password):
    message = kafka.refuses(**{**NEW, "admin_password": password})
    assert message.startswith("admin_password: ") and password not in message


def test_password_stays_secret_and_is_not_compared(kafka):
    result, _writes = kafka(**NEW)
    assert result["changed"] and PASSWORD not in str(result)
    kafka.changes_nothing(**{**NEW, "admin_password": "Another-Horse-43!"})


def test_resize(kafka, path):
    _result, writes = kafka.converges(name=SEEDED, sizing="8cpu32gb")
    assert writes == [("PATCH", path, {"operation": "resize", "options": {"sizing": "8cpu32gb"}})]


def test_changed_while_it_runs(kafka):
    result, _writes = kafka.converges(name=SEEDED, state="stopped", parameters={"a.b": 1}, sizing="8cpu32gb")
    assert result["steps"] == ["resize", "reconfigure", "stop"]
    result, _writes = kafka.converges(name=SEEDED, state="started", parameters={"a.b": 2})
    assert result["steps"] == ["start", "reconfigure"]


def test_monitoring(kafka, path):
    kafka(name=SEEDED, monitoring_enabled=False)
    _result, writes = kafka.converges(name=SEEDED, monitoring_enabled=True, on_call_supervision=True)
    assert writes == [("PATCH", path, {"operation": "update_monitoring", "options": {"state": True, "on_call": True}})]


def test_patch_party_takes_no_group(kafka, path):
    wanted = dict(excluded=True, exclusion_reason="Patched by its vendor")
    _result, writes = kafka.converges(name=SEEDED, patch_party=wanted)
    sent = {"patchParty": {"excluded": True, "exclusionReason": "Patched by its vendor"}}
    assert writes == [("PATCH", path, {"operation": "update_patch_party", "options": sent})]
    message = kafka.refuses(name=SEEDED, patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 3")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(version="4.0"), "version is fixed at creation: it is 3.9, not 4.0"),
        (dict(node_count=5), "node_count is fixed at creation: it is 3, not 5"),
        (dict(network="1126"), "network is fixed at creation: it is EB_1127_DMZ9 (1127), not 1126"),
    ],
)
def test_fixed(kafka, options, sentence):
    kafka(**NEW)
    assert kafka.refuses(name="qa_events", **options).endswith(sentence)


def test_zone_is_no_option(kafka):
    assert "Unsupported parameters" in kafka.refuses(**NEW, availability_zone="EB-A")


def test_everything_as_it_is(kafka):
    kafka(**NEW, parameters={"a": 1})
    kafka.changes_nothing(**{**NEW, "state": "started", "version": "3.9.1", "parameters": {"a": "1"}})


# Parameters


def test_parameters(kafka, path):
    result, writes = kafka.converges(name=SEEDED, parameters={"log.retention.hours": 72})
    assert writes == [("PATCH", path, {"operation": "reconfigure", "options": {"log.retention.hours": "72"}})]
    (step,) = result["diff"]
    assert step["before"] == {"parameters": {"log.retention.hours": None}}
    assert step["after"] == {"parameters": {"log.retention.hours": "72"}}


def test_all_parameters_are_sent_and_only_those_that_differ_are_told(kafka):
    kafka(name=SEEDED, parameters={"a": 1, "b": 2})
    result, ((_method, _path, body),) = kafka.converges(name=SEEDED, parameters={"a": 1, "b": 3, "c": True})
    assert body["options"] == {"a": "1", "b": "3", "c": "true"}
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == (
        {"parameters": {"b": "2", "c": None}},
        {"parameters": {"b": "3", "c": "true"}},
    )


def test_parameters_that_others_have_set_stay(kafka):
    kafka(name=SEEDED, parameters={"theirs": 1})
    kafka.converges(name=SEEDED, parameters={"mine": 2})
    kafka.changes_nothing(name=SEEDED, parameters={"theirs": 1})


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("spelling", ["pairs", "lines", "json"])
def test_every_reading_of_the_parameters(sim, kafka, spelling, replaced):
    sim.configure(parameters_shown=spelling, parameters_replaced=replaced)
    kafka.converges(name=SEEDED, parameters={"a": 1, "log.cleanup.policy": "compact,delete", "listeners": "S://h:90"})
    kafka.converges(name=SEEDED, parameters={"a": 2, "log.cleanup.policy": "compact", "listeners": "S://h:90"})


def test_parameter_that_is_a_pair_itself(kafka):
    # Whether the only documented option, `param`, is the name of a parameter or holds a pair is not written.
    kafka(name=SEEDED, parameters={"log.retention.hours": 72})
    kafka.changes_nothing(name=SEEDED, parameters={"param": "log.retention.hours=72"})


def test_parameters_that_cannot_be_read_are_sent_in_every_run(sim, kafka, short_clock):
    sim.configure(parameters_shown="count")
    for _run in range(2):
        result, writes = kafka(name=SEEDED, parameters={"a": 1})
        assert (result["changed"], len(writes)) == (True, 1)
        assert "reconfigure: the platform reports success, and does not show the effect" in result["warnings"]


@pytest.fixture
def short_clock(monkeypatch):
    """An effect that never shows is looked for only briefly."""
    monkeypatch.setattr(clock, "SETTLE_SECONDS", 0.2)


# Two kinds share the listing of brokers


def test_rabbitmq_of_the_same_name_is_not_taken_for_it(sim, kafka):
    sim.state.named("intranet-rmq", "rabbitmq")[0]["name"] = "qa_events"
    kafka.changes_nothing(name="qa_events", state="absent")
    _result, writes = kafka.converges(**NEW)
    assert writes[0][:2] == ("POST", PATH)


@pytest.mark.usefixtures("silent_rows")
def test_a_row_that_does_not_say_what_it_is_counts_where_its_own_path_shows_it(kafka, path):
    _result, writes = kafka.converges(name=SEEDED, sizing="8cpu32gb")
    assert writes[0][:2] == ("PATCH", path)


def test_protected_by_its_tag(kafka):
    kafka(name=SEEDED, tags={"protected": "true"})
    assert "protected" in kafka.refuses(name=SEEDED, state="absent")


def test_absent(kafka, path):
    result, writes = kafka.converges(name=SEEDED, state="absent")
    assert writes == [("DELETE", path, None)]
    assert result["kafka"] is None


def test_parameters_that_are_shown_line_by_line_with_colons(sim, kafka):
    sim.fault(
        "mutate",
        operation="get_apache_kafka",
        set={"path": "overloadedParams", "value": "log.retention.hours: 72\nlisteners: PLAIN://:9092,SSL://:9093\n"},
        times=-1,
    )
    kafka.changes_nothing(name=SEEDED, parameters={"log.retention.hours": 72, "listeners": "PLAIN://:9092,SSL://:9093"})
    assert kafka(check=True, name=SEEDED, parameters={"log.retention.hours": 24})[0]["changed"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The restore of a PostgreSQL against the simulator: what it checks, and exactly what it sends."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.moments import moment_of, to_api


def ago(**span):
    return to_api(datetime.now(timezone.utc) - timedelta(**span))


@pytest.fixture
def restore(sim, task):
    """The module, restoring ``billingpg`` into ``intrapg``, which has its version here."""
    sim.state.named("intrapg")[0]["version"] = "15"
    restore_task = task("itcare_postgresql_restore")

    def run_restore(how=restore_task, **options):
        """A Task or a method of it, with what every restore says."""
        return how(**{"name": "intrapg", "source": "billingpg", "timestamp": ago(hours=1), "stop": "BEFORE", **options})

    run_restore.refuses = lambda **options: run_restore(
        restore_task.refuses, on_missing_in_check_mode="fail", **options
    )
    return run_restore


def ids(sim):
    return [sim.state.named(name, "postgresql")[0]["id"] for name in ("intrapg", "billingpg")]


def test_restore(sim, restore):
    destination, source = ids(sim)
    moment = ago(days=13)
    predicted, writes = restore(check=True, timestamp=moment)
    assert (predicted["changed"], predicted["steps"], writes) == (True, ["restore"], [])
    result, writes = restore(timestamp=moment)
    options = {"sourceId": source, "stop": "BEFORE", "timestamp": moment}
    body = {"operation": "restore", "options": options}
    assert writes == [("PATCH", "/databases/postgresql/%d" % destination, body)]
    assert result["diff"] == predicted["diff"]
    assert result["diff"][0]["after"] == {"content": "of billingpg (id %d), before %s" % (source, moment)}
    assert result["postgresql"]["name"] == "intrapg"
    assert [action["status"] for action in result["actions"]] == ["SUCCESS"]


def test_restore_by_ids(sim, restore):
    destination, source = ids(sim)
    result, writes = restore(name=None, id=destination, source=str(source))
    assert result["changed"] and writes[0][2]["options"]["sourceId"] == source


def test_every_run_restores(restore):
    assert restore()[0]["changed"] and restore()[0]["changed"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(source="intrapg"), "cannot be restored into itself"),
        (dict(source="nothere"), "source: there is no PostgreSQL called nothere (or this account does not see it)"),
        (dict(name="nothere"), "there is no PostgreSQL called nothere to restore into"),
        (dict(timestamp="yesterday"), "is not a time with its zone, such as 2026-11-20T09:32:02.000+00:00"),
        (dict(timestamp="2026-11-20T09:32:02"), "is not a time with its zone, such as 2026-11-20T09:32:02.000+00:00"),
        (dict(timestamp="2026-13-40T09:32:02Z"), "is not a time with its zone, such as 2026-11-20T09:32:02.000+00:00"),
    ],
)
def test_refused(restore, options, message):
    assert message in restore.refuses(**options)


@pytest.mark.parametrize(
    "options, words",
    [
        (dict(source="nothere"), "source: there is no PostgreSQL called nothere"),
        (dict(name="nothere"), "there is no PostgreSQL called nothere to restore into"),
    ],
    ids=str,
)
def test_database_that_an_earlier_task_may_create(restore, options, words):
    result, writes = restore(check=True, **options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["steps"], writes) == (True, ["restore"], [])
    (warning,) = [one for one in result["warnings"] if words in one]
    assert "earlier task" in warning


@pytest.mark.parametrize("span", [dict(days=15), dict(hours=-1)])
def test_out_of_the_backups_reach(restore, span):
    (result, writes) = restore(timestamp=ago(**span))
    assert result["failed"] and writes == []
    assert "is not within the last 14 days (PRODUCTION), that is between" in result["msg"]


def test_out_of_reach_outside_of_production(sim, restore):
    sim.state.named("intrapg")[0].update(backupStatus=True)
    result, writes = restore(name="billingpg", source="intrapg", timestamp=ago(days=8))
    assert result["failed"] and writes == []
    assert "is not within the last 7 days (DEV)" in result["msg"]


@pytest.mark.parametrize(
    ("who", "change", "message"),
    [
        ("intrapg", {"status": "INACTIVE"}, "destination: intrapg (id %d) must be ACTIVE, and it is INACTIVE"),
        ("billingpg", {"status": "INACTIVE"}, "source: billingpg (id %d) must be ACTIVE, and it is INACTIVE"),
        ("billingpg", {"backupStatus": False}, "source: billingpg (id %d) is not backed up"),
    ],
)
@pytest.mark.parametrize("as_text", [False, True])
def test_state_of_both(sim, restore, who, change, message, as_text):
    sim.configure(booleans_as_text=as_text)
    record = sim.state.named(who, "postgresql")[0]
    record.update(change)
    assert restore.refuses() == message % record["id"]


def test_different_versions(sim, restore):
    sim.state.named("intrapg")[0]["version"] = "14"
    assert restore.refuses() == "source and destination must have the same version, and they have 15 and 14"


def test_old_versions(sim, restore):
    for name in ("intrapg", "billingpg"):
        sim.state.named(name)[0]["version"] = "11"
    assert restore.refuses() == "a restore needs version 12 or later, and it is 11"


@pytest.mark.slow
def test_wait_timeout_and_again(sim, restore):
    """A second run waits for the restore under way, whose source and moment no action shows, and restores then."""
    sim.configure(action_seconds=1)
    result, writes = restore(wait_timeout=0.3)
    assert result["failed"] and len(writes) == 1
    predicted, writes = restore(check=True)
    assert (predicted["changed"], predicted["steps"], writes) == (True, ["restore"], [])
    sim.configure(action_seconds=0.5)
    restore(wait_timeout=0.1)
    result, writes = restore()
    assert (result["changed"], len(writes)) == (True, 1)
    assert [action["status"] for action in result["actions"]] == ["SUCCESS", "SUCCESS"]
    assert [entry["status"] for entry in sim.writes()] == [202]


def test_restore_under_way_and_no_wait(sim, restore):
    sim.configure(action_seconds=30)
    restore(wait=False)
    result, writes = restore(wait=False)
    assert (result["changed"], writes, result["still_to_do"]) == (False, [], ["restore"])


def test_lost_answer_is_never_sent_twice(sim, restore):
    sim.fault("reset_after", operation="update_postgresql")
    result, writes = restore()
    assert result["changed"] and len(writes) == 1


def test_failed_restore(sim, restore):
    sim.fault("fail_action", operation="update_postgresql", message="The backup is damaged")
    result, _writes = restore()
    assert result["failed"] and "The backup is damaged" in result["msg"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T09:32:02Z",
        "2026-11-20T10:32:02+01:00",
        "2026-11-20T10:32:02.000+0100",
        "2026-11-20 09:32:02.0+00:00",
        " 2026-11-20T04:32:02.000000-05:00 ",
    ],
)
def test_spellings_of_a_time(text):
    assert to_api(moment_of("timestamp", text)) == "2026-11-20T09:32:02.000+00:00"


@pytest.mark.parametrize("text", ["", "now", "2026-11-20", "2026-11-20T25:00:00Z", "2026-11-20T09:32:02 CET"])
def test_no_time(text):
    with pytest.raises(InvalidInput, match="is not a time with its zone"):
        moment_of("timestamp", text)

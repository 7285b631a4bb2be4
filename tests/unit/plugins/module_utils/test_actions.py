# SPDX-License-Identifier: GPL-3.0-or-later
"""Following actions: against the simulator, and against a clock that takes no time."""

from __future__ import annotations

import json
import time
import types
from datetime import datetime, timezone

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, arguments, client, clock, progress
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import (
    ActionFailed,
    ActionLost,
    LoginFailed,
    TimedOut,
    UnexpectedAnswer,
    Unreachable,
    WaitTimeout,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.transport import Response

RUNNING = {"id": 7, "status": "IN_PROGRESS", "process": "STOP", "resourceName": "A"}
SUCCESS = {**RUNNING, "status": "SUCCESS", "completedAt": "2026-01-01T00:00:00.000Z"}
BY_NAME = {"resourceName": "QEBBILL01"}
ERROR = {**RUNNING, "id": 8, "status": "ERROR", "message": "Disk full", "resourceName": "B"}


@pytest.fixture
def itcare(auth):
    defaults = {name: option.get("default") for name, option in arguments.GROUPS["auth"].items()}
    return client.from_params({**defaults, **auth, "retry_timeout": 0.3})


@pytest.fixture
def begin(sim, itcare):
    """``begin("QEBBILL01", ...)``: the answers to stopping these machines."""

    def stop(*names):
        ids = [sim.state.named(name)[0]["id"] for name in names]
        answers = [itcare.send("PATCH", "/compute/instances/%d" % one, {"operation": "stop"}) for one in ids]
        sim.clear_journal()
        return answers

    return stop


class Script:
    """A client whose looks are answered from a list; the last one for ever. Time passes only by sleeping."""

    def __init__(self, monkeypatch, *answers):
        self.now, self.naps, self.looks, self.answers = 0.0, [], [], list(answers)
        fake = types.SimpleNamespace(monotonic=lambda: self.now, sleep=self.sleep)
        monkeypatch.setattr(clock, "time", fake)

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds

    def read(self, path, until=None):
        self.looks.append(path)
        assert len(self.looks) < 5000, "it never ends"
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(data, status=200, **headers):
    return Response(status, headers, "", data)


# the simulator


@pytest.mark.slow
def test_follow_many_in_order(sim, itcare, begin):
    sim.configure(action_seconds=0.4)
    started = begin("UETPORT01", "QEBBILL01", "DEBINTRA01")
    ended = actions.follow(itcare, started, actions.Clock(10), 1)
    assert [one["id"] for one in ended] == [one["id"] for one in started]
    assert {one["status"] for one in ended} == {"SUCCESS"}
    assert {entry["operation"] for entry in sim.requests()} == {"get_action"}


def test_follow_nothing_asks_nothing(sim, itcare):
    assert actions.follow(itcare, [], actions.Clock(0), 1) == []
    assert sim.requests() == []


def test_ended_actions_are_not_looked_at(sim, itcare, begin):
    (running,) = begin("QEBBILL01")
    done = {**SUCCESS, "id": 999}
    ended = actions.follow(itcare, [done, running], actions.Clock(10), 1)
    assert ended[0] == done and ended[1]["status"] == "SUCCESS"
    assert {entry["path"] for entry in sim.requests()} == {"/actions/%d" % running["id"]}


def test_follow_by_id_only(sim, itcare, begin):
    (running,) = begin("QEBBILL01")
    (ended,) = actions.follow(itcare, [{"id": running["id"]}], actions.Clock(10), 1)
    assert (ended["status"], ended["resourceName"]) == ("SUCCESS", "QEBBILL01")


def test_follow_an_id_that_is_text(sim, itcare, begin):
    sim.configure(action_id_as_text=True)
    (running,) = begin("QEBBILL01")
    assert isinstance(running["id"], str)
    (ended,) = actions.follow(itcare, [running], actions.Clock(10), 1)
    assert ended["status"] == "SUCCESS"


def test_what_the_answer_of_the_write_told_stays(sim, itcare, begin):
    (running,) = begin("QEBBILL01")
    (ended,) = actions.follow(itcare, [running], actions.Clock(10), 1)
    assert ended["internalId"] == running["internalId"]


@pytest.mark.slow
def test_failed_action_does_not_end_the_following_of_others(sim, itcare, begin):
    sim.configure(action_seconds=0.3)
    sim.fault("fail_action", method="PATCH", message="Disk full")
    ended = actions.follow(itcare, begin("QEBBILL01", "DEBINTRA01"), actions.Clock(10), 1)
    assert [one["status"] for one in ended] == ["ERROR", "SUCCESS"]


@pytest.mark.slow
def test_one_deadline_for_all(sim, itcare, begin):
    sim.configure(action_seconds=60)
    started = begin("QEBBILL01", "DEBINTRA01", "UETPORT01")
    start = time.monotonic()
    with pytest.raises(WaitTimeout) as caught:
        actions.follow(itcare, started, actions.Clock(0.6), 15)
    assert 0.5 < time.monotonic() - start < 30  # not the minute that the actions take
    assert all(name in str(caught.value) for name in ("QEBBILL01", "DEBINTRA01", "UETPORT01"))
    assert str([one["id"] for one in started]) in str(caught.value)
    assert [one["resource_name"] for one in caught.value.details["actions"]] == ["QEBBILL01", "DEBINTRA01", "UETPORT01"]


@pytest.mark.slow
def test_action_that_is_not_known_yet(sim, itcare, begin):
    sim.configure(late_action=0.5)
    (ended,) = actions.follow(itcare, begin("QEBBILL01"), actions.Clock(10), 1)
    assert ended["status"] == "SUCCESS"
    assert {entry["status"] for entry in sim.requests()} == {404, 200}


@pytest.mark.slow
def test_token_revoked_in_the_middle(sim, itcare, begin):
    sim.configure(action_seconds=0.4)
    started = begin("QEBBILL01")
    sim.revoke_tokens()
    (ended,) = actions.follow(itcare, started, actions.Clock(10), 1)
    assert ended["status"] == "SUCCESS"
    assert len(sim.token_requests()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind, options", [("status", dict(status=503)), ("status", dict(status=429)), ("reset_before", {})]
)
def test_outage_longer_than_the_retries_is_waited_out(sim, itcare, begin, kind, options):
    started = begin("QEBBILL01")
    sim.fault(kind, operation="get_action", times=4, **options)
    (ended,) = actions.follow(itcare, started, actions.Clock(20), 0.3)
    assert ended["status"] == "SUCCESS"
    assert len(sim.requests()) == 5


def test_in_progress_by_id(sim, itcare, begin):
    sim.configure(action_seconds=60)
    (running, _other) = begin("QEBBILL01", "DEBINTRA01")
    number = sim.state.named("QEBBILL01")[0]["id"]
    about = {"resourceId": number, "must_show": "QEBBILL01"}
    assert [one["id"] for one in actions.in_progress(itcare, [about])] == [running["id"]]
    assert [(entry["path"], entry["query"]) for entry in sim.requests()] == [
        ("/actions", {"resourceId": str(number), "statuses": "IN_PROGRESS"})
    ]


def test_in_progress_by_name(sim, itcare, begin):
    sim.configure(action_seconds=60)
    (running, _other) = begin("QEBBILL01", "DEBINTRA01")
    assert [one["id"] for one in actions.in_progress(itcare, [BY_NAME])] == [running["id"]]
    assert [entry["query"] for entry in sim.requests()] == [{"resourceName": "QEBBILL01", "statuses": "IN_PROGRESS"}]


def test_nothing_in_progress(sim, itcare, begin):
    begin("QEBBILL01")
    time.sleep(0.1)
    assert actions.in_progress(itcare, [BY_NAME]) == []


def test_in_progress_leaves_out_others(sim, itcare):
    """Filters whose meaning is not documented may let others through."""
    rows = [
        {**RUNNING, "id": 1, "resourceName": "AB"},
        {**SUCCESS, "id": 2},
        {**RUNNING, "id": 3, "resourceName": "a"},
        {"id": 4, "status": "IN_PROGRESS"},
    ]
    body = json.dumps(rows)
    sim.fault("status", status=200, body=body, content_type="application/json", operation="list_actions")
    assert [one["id"] for one in actions.in_progress(itcare, [{"resourceName": "A"}])] == [3, 4]
    sim.fault("status", status=200, body=body, content_type="application/json", operation="list_actions")
    by_number = {"resourceId": 5, "must_show": "A"}
    assert [one["id"] for one in actions.in_progress(itcare, [by_number])] == [3, 4]


def test_in_progress_of_several_is_each_once(sim, itcare, begin):
    sim.configure(action_seconds=60)
    (running,) = begin("QEBBILL01")
    number = sim.state.named("QEBBILL01")[0]["id"]
    assert [one["id"] for one in actions.in_progress(itcare, [BY_NAME, {"resourceId": number}])] == [running["id"]]
    assert len(sim.requests()) == 2


def test_actions_of_all_statuses(sim, itcare, begin):
    (done,) = begin("QEBBILL01")
    time.sleep(0.1)
    sim.configure(action_seconds=60)
    begin("DEBINTRA01")
    assert [one["id"] for one in actions.of_all_statuses(itcare, [BY_NAME])] == [done["id"]]
    assert "statuses" not in sim.requests()[0]["query"]


@pytest.mark.parametrize(
    "record, wanted, expected",
    [
        (None, {"name": "A"}, [{"resourceName": "A"}]),
        (None, {"id": 5}, [{"resourceId": 5}]),
        ({"id": 5, "internalResourceId": 5, "name": "A"}, {}, [{"resourceId": "5", "must_show": None, "called": "A"}]),
        ({"id": 5, "name": "A"}, {}, [{"resourceId": "5", "must_show": None, "called": "A"}]),
        (
            {"id": 5, "internalResourceId": 6, "name": "A"},
            {},
            [
                {"resourceId": "5", "must_show": "A", "called": "A"},
                {"resourceId": "6", "must_show": "A", "called": "A"},
            ],
        ),
    ],
    ids=str,
)
def test_whose_actions_are_asked_for(record, wanted, expected):
    assert actions.abouts(record, wanted) == expected


class Listed:
    """A client that lists these actions, whatever is asked for."""

    def __init__(self, *rows):
        self.rows = list(rows)

    def get(self, path, query=None):
        assert path == "/actions"
        return self.rows


OLD = {**SUCCESS, "id": 100, "completedAt": "2020-01-01T00:00:00.000Z"}


@pytest.mark.parametrize(
    "rows, expected",
    [
        ([OLD, SUCCESS], 7),  # by its time, not by its number
        ([{**OLD, "completedAt": None}, {**SUCCESS, "id": 99, "completedAt": None}], 100),
        ([OLD, {**RUNNING, "id": 200}, {"id": 300}], 100),
        ([RUNNING], None),
        ([], None),
    ],
    ids=str,
)
def test_which_action_ended_last(rows, expected):
    assert (actions.last_ended(Listed(*rows), [{"resourceName": "A"}]) or {}).get("id") == expected


NOW = "now"  # until the test runs


def just_now(**fields):
    return {**SUCCESS, "process": "CREATE", "completedAt": NOW, **fields}


@pytest.mark.parametrize(
    "rows, awaited",
    [
        ([just_now()], True),
        ([just_now(process="vm_create")], True),
        ([just_now(process="something")], True),
        ([just_now(process="vm_delete")], False),
        ([{**just_now(), "completedAt": OLD["completedAt"]}], False),
        ([just_now(completedAt=None)], False),
        ([just_now(resourceName="B")], False),
        ([OLD, just_now()], True),
        ([], False),
    ],
    ids=lambda value: str(value)[:80],
)
def test_what_may_be_about_to_be_visible(rows, awaited):
    now = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    rows = [{**row, "completedAt": now} if row.get("completedAt") == NOW else row for row in rows]
    assert bool(actions.is_awaited(Listed(*rows), "A")) is awaited


def test_in_progress_no_list(sim, itcare):
    sim.fault("status", status=200, body="{}", content_type="application/json", operation="list_actions")
    with pytest.raises(UnexpectedAnswer, match="an object, not a list"):
        actions.in_progress(itcare, [BY_NAME])


# a clock that takes no time


def test_looks_are_close_at_first_and_then_further_apart(monkeypatch):
    script = Script(monkeypatch, answer(RUNNING))
    with pytest.raises(WaitTimeout):
        actions.follow(script, [RUNNING], actions.Clock(7200), 15)
    assert script.now == pytest.approx(7200)
    assert script.naps[0] == 0.25 and script.naps[:-1] == sorted(script.naps[:-1])
    assert max(script.naps) == 15
    # 480 at 15 s, and few before: a look comes at most 5 % later than it could have.
    assert len(script.looks) < 600
    elapsed = 0
    for nap in script.naps:
        assert nap <= max(0.25, 0.05 * elapsed + 1e-9)
        elapsed += nap


def test_last_look_is_at_the_deadline(monkeypatch):
    script = Script(monkeypatch, *[answer(RUNNING)] * 4, answer(SUCCESS))
    (ended,) = actions.follow(script, [RUNNING], actions.Clock(1.1), 15)
    assert ended["status"] == "SUCCESS"
    assert script.naps == pytest.approx([0.25, 0.25, 0.25, 0.25, 0.1])


@pytest.mark.parametrize("interval", [0, -5])
def test_interval_of_nothing_does_not_hammer(monkeypatch, interval):
    script = Script(monkeypatch, answer(RUNNING))
    with pytest.raises(WaitTimeout):
        actions.follow(script, [RUNNING], actions.Clock(10), interval)
    assert len(script.looks) <= 41


def test_platform_says_when_to_look_again(monkeypatch):
    script = Script(monkeypatch, answer(RUNNING, **{"Retry-After": "7"}), answer(SUCCESS))
    actions.follow(script, [RUNNING], actions.Clock(100), 15)
    assert script.naps == [0.25, 7]


@pytest.mark.parametrize("problem", [Unreachable("no route"), TimedOut("no answer")])
def test_outage_is_waited_out(monkeypatch, problem):
    script = Script(monkeypatch, answer(RUNNING), problem, problem, answer(SUCCESS))
    (ended,) = actions.follow(script, [RUNNING], actions.Clock(100), 15)
    assert ended["status"] == "SUCCESS"
    assert len(script.looks) == 4


def test_outage_at_the_deadline_is_told(monkeypatch):
    script = Script(monkeypatch, Unreachable("no route"))
    with pytest.raises(Unreachable, match="no route"):
        actions.follow(script, [RUNNING], actions.Clock(5), 15)


def test_refused_login_is_not_waited_out(monkeypatch):
    script = Script(monkeypatch, LoginFailed("revoked"))
    with pytest.raises(LoginFailed):
        actions.follow(script, [RUNNING], actions.Clock(100), 15)
    assert len(script.looks) == 1


def test_action_that_never_becomes_known(monkeypatch):
    script = Script(monkeypatch, answer(None, status=404))
    with pytest.raises(ActionLost, match=r"GET /actions/7: 404.*the order may have run. Run the task again") as caught:
        actions.follow(script, [RUNNING], actions.Clock(7200), 15)
    assert [one["id"] for one in caught.value.details["actions"]] == [7]
    assert 30 <= script.now < 33


@pytest.mark.parametrize("status", [404, 409, 400])
def test_refused_look_is_no_refusal_of_the_order(monkeypatch, status):
    """Some servers answer a look with a conflict while the action runs."""
    script = Script(monkeypatch, answer(None, status=status), answer(None, status=status), answer(SUCCESS))
    (ended,) = actions.follow(script, [RUNNING], actions.Clock(100), 15)
    assert (ended["status"], len(script.looks)) == ("SUCCESS", 3)


@pytest.mark.parametrize("status", [401, 403])
def test_action_that_must_not_be_read(monkeypatch, status):
    script = Script(monkeypatch, answer(None, status=status))
    with pytest.raises(ActionLost, match="GET /actions/7: %d" % status):
        actions.follow(script, [RUNNING], actions.Clock(100), 15)
    assert len(script.looks) == 1


def test_action_that_is_known_now_and_then(monkeypatch):
    """It is lost where it cannot be read for a while on end, not where it could not be read some times."""
    looks = [answer(None, status=404), answer(RUNNING)] * 200
    script = Script(monkeypatch, *looks, answer(SUCCESS))
    (ended,) = actions.follow(script, [RUNNING], actions.Clock(7200), 15)
    assert ended["status"] == "SUCCESS"
    assert script.now > 60


def test_unknown_status(monkeypatch):
    script = Script(monkeypatch, answer({**RUNNING, "status": "PAUSED"}))
    with pytest.raises(UnexpectedAnswer, match="action 7 .* unknown status PAUSED"):
        actions.follow(script, [RUNNING], actions.Clock(100), 15)


def test_answer_that_is_no_action(monkeypatch):
    script = Script(monkeypatch, answer([RUNNING]))
    with pytest.raises(ActionLost, match="GET /actions/7 answered something other than action 7"):
        actions.follow(script, [RUNNING], actions.Clock(100), 15)


def test_answer_that_is_another_action(monkeypatch):
    script = Script(monkeypatch, answer({**SUCCESS, "id": 8}))
    with pytest.raises(ActionLost, match="answered something other than action 7"):
        actions.follow(script, [RUNNING], actions.Clock(100), 15)


# values


@pytest.mark.parametrize(
    "state, ended",
    [
        (RUNNING, False),
        (SUCCESS, True),
        (ERROR, True),
        ({**ERROR, "status": "FAILED"}, True),
        ({"id": 202}, False),
        ({"id": 202, "status": None}, False),
    ],
)
def test_has_ended(state, ended):
    assert actions.has_ended(state) is ended


def test_check_names_each_failure():
    failed = {**ERROR, "id": 9, "status": "FAILED", "message": None, "process": None, "resourceName": None}
    with pytest.raises(ActionFailed) as caught:
        actions.check([SUCCESS, ERROR, failed])
    assert str(caught.value) == "action 8 (STOP of B): Disk full; action 9: no message"
    assert [one["id"] for one in caught.value.details["actions"]] == [7, 8, 9]
    assert caught.value.details["actions"][1]["resource_name"] == "B"


@pytest.mark.parametrize("states", [[], [SUCCESS], [SUCCESS, RUNNING]])
def test_check_is_content(states):
    assert actions.check(states) is None


@pytest.mark.parametrize(
    "data, ids",
    [
        (RUNNING, [7]),
        ([RUNNING, ERROR], [7, 8]),
        ({"id": 202}, [202]),
        (None, []),
        ([], []),
        ("ok", []),
        ({"message": "done"}, []),
        (5, []),
        ({"id": None, "status": "IN_PROGRESS"}, []),
        ({"id": ""}, []),
        ({"id": True}, []),
        ([{"id": []}, None, {"id": "7"}], ["7"]),
        ([{"id": 1, "tagKey": "a", "tagValue": "b"}], []),
        ([{"fqdn": "a.example", "type": "A"}], []),
    ],
)
def test_actions_in_the_answer_of_a_write(data, ids):
    assert [one["id"] for one in actions.of_answer(data)] == ids


# What it waits for is told


@pytest.fixture
def told(monkeypatch):
    """What is told to an observer."""
    found = []
    observer = types.SimpleNamespace(
        waiting=lambda kind, key, describe: found.append((kind, key, describe())),
        done=lambda kind, key: found.append((kind, key, "done")),
    )
    monkeypatch.setattr(progress, "observer", observer)
    return found


def test_follow_tells_the_action_with_the_platforms_own_words(monkeypatch, told):
    steps = [answer({**RUNNING, "message": words}) for words in ("Step 1", "Step 2")]
    script = Script(monkeypatch, *steps, answer(SUCCESS))
    actions.follow(script, [{"id": 7}], clock.Clock(100), 15)
    assert [one for one in told if one[2] != "done"] == [
        ("actions", "7", ("action 7", None)),
        ("actions", "7", ("action 7 (STOP of A)", "Step 1")),
        ("actions", "7", ("action 7 (STOP of A)", "Step 2")),
    ]
    assert told[-1] == ("actions", "7", "done")


def test_an_action_that_has_ended_is_not_waited_for_while_others_are(monkeypatch, told):
    script = Script(monkeypatch)
    looks = {"/actions/7": [SUCCESS], "/actions/8": [{**RUNNING, "id": 8}, {**SUCCESS, "id": 8}]}
    script.read = lambda path, until=None: answer(looks[path].pop(0))
    actions.follow(script, [RUNNING, {**RUNNING, "id": 8}], clock.Clock(100), 15)
    after = told[told.index(("actions", "7", "done")) :]
    assert {key for _kind, key, what in after if what != "done"} == {"8"}


def test_what_could_not_be_read_is_told(monkeypatch, told):
    script = Script(monkeypatch, Unreachable("no route"), answer({**RUNNING, "message": "Step 2"}), answer(SUCCESS))
    actions.follow(script, [{**RUNNING, "message": "Step 1"}], clock.Clock(100), 15)
    words = [what[1] for _kind, _key, what in told if what != "done"]
    assert words == ["Step 1", "it could not be read at the last look", "Step 2"]


@pytest.mark.parametrize("looks", [[answer(RUNNING)], [LoginFailed("revoked")]], ids=["timeout", "login"])
def test_after_an_error_nothing_is_waited_for(monkeypatch, told, looks):
    with pytest.raises((WaitTimeout, LoginFailed)):
        actions.follow(Script(monkeypatch, *looks), [RUNNING], clock.Clock(3), 15)
    assert told[-1] == ("actions", "7", "done")


def test_many_that_are_followed_are_looked_at_less_often(monkeypatch):
    script = Script(monkeypatch, RUNNING, SUCCESS)
    few = [{"id": number, "status": "IN_PROGRESS"} for number in range(actions.CROWD)]
    with actions._followed.together_with(3 * actions.CROWD):
        actions.follow(EndedAtOnce(), few, clock.Clock(60), 15)
    assert script.naps == [4 * actions.SHORTEST_PAUSE]
    actions.follow(EndedAtOnce(), few, clock.Clock(60), 15)
    assert script.naps[1:] == [actions.SHORTEST_PAUSE]


class EndedAtOnce:
    """A client for which every action has ended."""

    def read(self, path, until=None):
        return Response(200, {}, "", {"id": int(path.rsplit("/", 1)[1]), "status": "SUCCESS"})

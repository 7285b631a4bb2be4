# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import json
import logging
import os
import pathlib
import re
import stat
import subprocess
import sys
import textwrap
import time

import pytest
import yaml

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments
from ansible_collections.cegedim.cloud.tests.unit.extensions import source_runner
from ansible_collections.cegedim.cloud.tests.unit.extensions.source_runner import LOADED, Watch, ids, part

ROOT = pathlib.Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def no_memory():
    importer = part("event_source")  # its own copies of the modules
    sys.modules[importer.__name__.partition(".")[0] + ".module_utils.limiter"].forget()


@pytest.fixture
def args(auth, tmp_path):
    # What is a fault for a request shall be one for the look, too.
    return {**auth, "retry_timeout": 0, "interval": 0.05, "cursor": str(tmp_path / "events" / "cursor.json")}


def stop(sim, name):
    return sim.colleague("PATCH", sim.address(name), {"operation": "stop", "options": {}})["id"]


def stored(args):
    return json.loads(pathlib.Path(args["cursor"]).read_text().splitlines()[0])


def submit(sim, count, seconds=0.0, name="PEBBILL01"):
    """So many actions on a machine that end at the very same moment."""
    with sim.world.lock:
        state = sim.world.settled()
        record = state.named(name)[0]
        actions = [
            state.actions.submit(record, "job", "One of many", lambda: None, seconds=seconds)
            for _number in range(count)
        ]
        for action in actions:
            action.ends = actions[0].ends
    return ["action-%d-ended" % action.id for action in actions]


# Each kind of event


def test_an_action_that_ends_is_told_with_its_resource(sim, args):
    with Watch({**args, "events": "action_ended"}) as watch:
        watch.looked(sim)
        action = stop(sim, "PEBBILL01")
        watch.has(1).looked(sim)
    number = sim.numbers("PEBBILL01")[0]
    (event,) = watch.events
    completed, submitted = event["action"].pop("completed_at"), event["action"].pop("submitted_at")
    assert completed >= submitted
    assert event == {
        "id": "action-%d-ended" % action,
        "kind": "action_ended",
        "status": "SUCCESS",
        "resource": {
            "id": number,
            "name": "PEBBILL01",
            "resource_type": "LINUX",
            "type": "LINUX",
            "category": "INSTANCES",
            "environment": "PRODUCTION",
        },
        "service": {"id": 44411, "name": "billing"},
        "action": {"id": action, "process": "STOP_LINUX", "message": "Stop PEBBILL01", "submitted_by": "api-demo"},
    }


def test_an_action_that_fails_is_told_with_its_message(sim, args):
    with Watch({**args, "events": "action_ended", "statuses": "FAILED"}) as watch:
        watch.looked(sim)
        stop(sim, "PEBBILL02")
        with sim.world.lock:
            record = sim.world.settled().named("PEBBILL01")[0]
            sim.world.settled().actions.submit(record, "job", "x", lambda: None, failure="No host has room")
        watch.has(1).looked(sim)
    (event,) = watch.events
    assert (event["status"], event["action"]["message"]) == ("ERROR", "No host has room")


def test_an_action_that_begins_is_told_even_if_it_has_ended_meanwhile(sim, args):
    with Watch({**args, "events": ["action_began", "action_ended"]}) as watch:
        watch.looked(sim)
        (quick,) = submit(sim, 1)
        watch.has(2)
        sim.configure(action_seconds=1)
        action = stop(sim, "PEBBILL01")
        watch.has(3)
        assert watch.events[2]["status"] == "IN_PROGRESS"
        watch.has(4).looked(sim)
    assert ids(watch.events) == [
        quick.replace("ended", "began"),
        quick,
        "action-%d-began" % action,
        "action-%d-ended" % action,
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"numbers": "different"},
        {"numbers": "overlapping", "product_paths": "internal", "row_numbers": "id_only"},
        {"rows": "sparse"},
        {"removed_visible": True},
        {"removal_lags": 0.3},
    ],
    ids=str,
)
def test_resources_that_appear_change_and_go_are_told(sim, args, settings):
    sim.configure(**settings)
    with Watch({**args, "events": ["resource_appeared", "resource_status", "resource_gone"]}) as watch:
        watch.until(lambda: len(sim.requests(operation="list_resources")) > 2)
        number = sim.add_instance("PNEW01", "billing")["id"]
        watch.has(1)
        stop(sim, "PNEW01")
        watch.has(2)
        sim.colleague("DELETE", sim.address("PNEW01"), {})
        watch.has(3).until(lambda: len(sim.requests(operation="list_resources")) > 8)
    seen = [(event["kind"], event["previous_status"], event["status"]) for event in watch.events]
    assert seen == [
        ("resource_appeared", None, "ACTIVE"),
        ("resource_status", "ACTIVE", "INACTIVE"),
        ("resource_gone", "INACTIVE", "REMOVED"),
    ]
    assert {(event["resource"]["id"], event["resource"]["name"]) for event in watch.events} == {(number, "PNEW01")}
    assert {event["service"]["name"] for event in watch.events} == {"billing"}
    assert not sim.requests(operation="list_actions")  # nobody asked for actions


def test_a_resource_that_its_last_action_has_removed_is_named_with_id_and_service(sim, args):
    number = sim.add_instance("PNEW01", "billing")["id"]
    stop(sim, "PNEW01")
    time.sleep(0.1)
    with Watch({**args, "events": "action_ended"}) as watch:
        watch.looked(sim)
        sim.colleague("DELETE", sim.address("PNEW01"), {}, seconds=0.4)
        watch.has(1)
    assert watch.events[0]["resource"]["id"] == number
    assert watch.events[0]["service"] == {"id": 44411, "name": "billing"}


@pytest.mark.parametrize("settings", [{"actions_sparse": True}, {"rows": "sparse"}, {"process_names": "opaque"}])
def test_sparse_rows_are_completed(sim, args, settings):
    sim.configure(**settings)
    with Watch(args) as watch:
        watch.looked(sim)
        stop(sim, "PEBBILL01")
        watch.has(2).looked(sim)
    (ended,) = [event for event in watch.events if event["kind"] == "action_ended"]
    assert (ended["resource"]["name"], ended["service"]["id"]) == ("PEBBILL01", 44411)
    assert ended["action"]["completed_at"]


# Scope


def test_only_events_of_the_chosen_services_names_types_and_processes(sim, args):
    others = {**args, "services": "billing", "names": ["pebbill*", "!*02"], "processes": "*stop*", "types": "instances"}
    sim.add_instance("POTHER01", "sandbox")
    with Watch({**others, "events": "action_ended"}) as watch:
        watch.looked(sim)
        stop(sim, "PEBBILL02")  # not that name
        stop(sim, "POTHER01")  # not that service
        submit(sim, 1)  # not that process
        wanted = stop(sim, "PEBBILL01")
        watch.has(1).looked(sim)
    assert ids(watch.events) == ["action-%d-ended" % wanted]
    assert {entry["query"]["serviceId"] for entry in sim.requests(operation="list_actions")} == {"44411"}


def test_a_service_that_does_not_exist_ends_the_source(sim, args):
    with pytest.raises(Exception, match="billign"), Watch({**args, "services": "billign"}) as watch:
        watch.ended()


# Restarts


def test_a_first_start_tells_what_happens_from_now_on(sim, args):
    submit(sim, 3)
    with Watch(args) as watch:
        watch.looked(sim)
        new = submit(sim, 1)
        watch.has(1).looked(sim)
    assert ids(watch.events) == new


def test_since_tells_what_ended_before_the_first_start(sim, args):
    old = submit(sim, 2)
    with sim.world.lock:
        for action in sim.world.settled().actions.all():
            action.submitted = action.ends = time.time() - 7200
    recent = submit(sim, 3)
    with Watch({**args, "since": "1h"}) as watch:
        watch.has(3).looked(sim)
    assert ids(watch.events) == recent
    with Watch({**args, "since": "3h"}) as watch:  # there is a cursor now
        watch.looked(sim)
    assert not watch.events and old


def test_what_happens_while_the_source_is_down_is_told_once(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
    stop(sim, "PEBBILL01")
    sim.add_instance("PNEW01", "billing")
    time.sleep(0.2)
    with Watch(args) as watch:
        watch.has(3).looked(sim)
    assert sorted(event["kind"] for event in watch.events) == ["action_ended", "resource_appeared", "resource_status"]
    with Watch(args) as watch:
        watch.looked(sim)
    assert watch.events == []


class _Died(BaseException):
    """The process is killed: nothing runs after it but what closes files."""


def dying(after, before_put=False):
    """A queue whose process dies with the event after so many."""

    class Dying(asyncio.Queue):
        count = 0

        async def put(self, item):
            self.count += 1
            if self.count > after and before_put:
                raise _Died
            await super().put(item)
            if self.count > after:
                await asyncio.sleep(0.05)  # it is taken
                raise _Died

    return lambda: Dying(1)


@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_death_before_an_event_was_put_loses_and_doubles_nothing(sim, args, after):
    with Watch(args) as watch:
        watch.looked(sim)
    expected = submit(sim, 6)
    with pytest.raises(_Died), Watch(args, dying(after, before_put=True)) as first:
        first.ended()
    with Watch(args) as second:
        second.has(6 - after).looked(sim)
    assert ids(first.events + second.events) == expected


@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_death_between_put_and_note_doubles_one_event_under_the_same_id(sim, args, after):
    with Watch(args) as watch:
        watch.looked(sim)
    expected = submit(sim, 5)
    sim.add_instance("PNEW01", "billing")
    with pytest.raises(_Died), Watch(args, dying(after)) as first:
        first.ended()
    with Watch(args) as second:
        second.has(6 - after).looked(sim)
    told = ids(first.events + second.events)
    assert len(told) == 7 and len(set(told)) == 6
    assert first.events[-1]["id"] == second.events[0]["id"]
    assert set(expected) < set(told)


def test_an_event_that_nobody_has_taken_is_told_again_after_a_stop(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
    expected = submit(sim, 3)
    with Watch(args, take=False) as lazy:
        lazy.until(lambda: lazy.queue and lazy.queue.full())
    with Watch(args) as watch:
        watch.has(3).looked(sim)
    assert ids(watch.events) == expected


def test_with_feedback_an_event_counts_when_it_is_confirmed(sim, args):
    expected = submit(sim, 2)
    first = {**args, "since": "1h", "feedback": True}
    confirmations = asyncio.Queue()
    confirmations.put_nowait("yes")
    with Watch({**first, "eda_feedback_queue": confirmations}) as watch:
        watch.has(2)
    with Watch(args) as again:
        again.has(1).looked(sim)
    assert ids(watch.events) == expected and ids(again.events) == expected[1:]


def test_a_line_that_was_being_written_does_not_count(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
    with open(args["cursor"], "a") as file:
        file.write('[["told", "1')
    expected = submit(sim, 2)
    with Watch(args) as watch:
        watch.has(2).looked(sim)
    assert ids(watch.events) == expected


def test_a_status_that_changes_back_is_told_under_another_id(sim, args):
    with Watch({**args, "events": "resource_status"}) as watch:
        watch.until(lambda: len(sim.requests(operation="list_resources")) > 2)
        for count, operation in enumerate(["stop", "start", "stop", "start"]):
            sim.colleague("PATCH", sim.address("PEBBILL01"), {"operation": operation, "options": {}})
            watch.has(count + 1)
    assert len(set(ids(watch.events))) == 4


# The cursor


def test_the_cursor_is_for_its_user_only_and_has_no_secret(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
    assert stat.S_IMODE(os.stat(args["cursor"]).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(args["cursor"] + ".lock").st_mode) == 0o600
    assert sim.client_secret not in pathlib.Path(args["cursor"]).read_text()


def test_a_cursor_of_another_platform_is_refused(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
    before = pathlib.Path(args["cursor"]).read_text()
    elsewhere = {**args, "api_url": sim.api_url.replace("127.0.0.1", "localhost")}
    with pytest.raises(Exception, match="is the cursor of http://127"), Watch(elsewhere) as watch:
        watch.ended()
    assert pathlib.Path(args["cursor"]).read_text() == before


def test_two_sources_with_one_cursor_are_refused(sim, args):
    with Watch(args) as first:
        first.looked(sim)
        with pytest.raises(Exception, match="another source uses"), Watch(args) as second:
            second.ended()
        first.looked(sim)


STATE = dict(format=1, platform="p", scope=[], look=1, since=None, newest=None, has_actions=True, has_resources=True)
STATE.update(told={}, open={}, resources={})
STRANGE = [{"told": {"1": "x"}}, {"open": {"1": 3}}, {"resources": {"1": {"status": "ACTIVE"}}}]


@pytest.mark.parametrize(
    "content",
    [
        *["garbage\n", "{}\n", '{"format": 1', '{"format": 9}\n'],
        *(json.dumps({**STATE, **strange}) + "\n" for strange in STRANGE),
    ],
)
def test_a_damaged_cursor_ends_the_source_instead_of_losing_events(sim, args, content):
    path = pathlib.Path(args["cursor"])
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(Exception, match="is not a cursor .* Remove it"), Watch(args) as watch:
        watch.ended()
    assert path.read_text() == content


def test_a_cursor_that_cannot_be_written_ends_the_source(sim, args, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match="cannot be used"), Watch({**args, "cursor": str(tmp_path / "file/c")}) as watch:
        watch.ended()


def test_other_services_are_no_news_but_what_ends_on_them_is(sim, args):
    sim.add_instance("POTHER01", "sandbox")
    stop(sim, "POTHER01")
    time.sleep(0.1)
    stop(sim, "PEBBILL02")
    time.sleep(0.1)
    with Watch({**args, "services": "billing"}) as watch:
        watch.looked(sim)
    wanted = sim.colleague("PATCH", sim.address("POTHER01"), {"operation": "start", "options": {}})["id"]
    time.sleep(0.1)
    with Watch({**args, "services": ["billing", "sandbox"]}) as watch:
        watch.has(1).looked(sim, 6)
    assert ids(watch.events) == ["action-%d-ended" % wanted]


def test_without_a_cursor_nothing_is_remembered(sim, args):
    del args["cursor"]
    with Watch(args) as watch:
        watch.looked(sim)
        submit(sim, 1)
        watch.has(1)
    submit(sim, 1)
    with Watch(args) as watch:
        watch.looked(sim)
    assert watch.events == []


def test_the_memory_of_what_has_vanished_ends():
    changes = part("event_changes")
    today = changes._today()
    state = {"told": {"1": today - 40, "2": today - 3, "3": today - 40}, "open": {"4": {"about": {}, "missed": 20}}}
    updates, lost = changes.kept_actions(state, {"3": {"id": 3}})
    assert (lost, sorted(updates, key=str)) == (["4"], [["open", "4", None], ["told", "1", None], ["told", "3", today]])


# Many, late, out of order


def test_a_thousand_actions_that_end_at_once_are_each_told_once(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
        expected = submit(sim, 500)
        watch.until(lambda: len(watch.events) > 100)
    with Watch(args) as again:
        expected += submit(sim, 500)
        again.has(1000 - len(watch.events)).looked(sim)
    assert ids(watch.events + again.events) == expected


def test_actions_that_end_late_and_long_ago_by_their_clock_are_told(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
        expected = submit(sim, 1)
        watch.has(1)
        late = submit(sim, 1)
        with sim.world.lock:
            action = sim.world.settled().actions.all()[-1]
            action.submitted = action.ends = time.time() - 86400
        watch.has(2).looked(sim)
    assert ids(watch.events) == expected + late


def test_an_action_that_the_list_does_not_show_any_more_is_followed_by_its_id(sim, args):
    with Watch({**args, "events": "action_ended"}) as watch:
        watch.looked(sim)
        sim.configure(action_seconds=0.5)
        action = stop(sim, "PEBBILL01")
        watch.looked(sim)
        sim.fault("status", status=200, times=-1, operation="list_actions", body="[]", content_type="application/json")
        watch.has(1).looked(sim)
        sim.clear_faults()
        watch.looked(sim)
    assert ids(watch.events) == ["action-%d-ended" % action]


def test_an_action_that_vanishes_is_given_up_and_told_if_it_comes_back(sim, args, caplog):
    with Watch({**args, "events": "action_ended"}) as watch:
        watch.looked(sim)
        sim.configure(action_seconds=2.5)
        action = stop(sim, "PEBBILL01")
        watch.looked(sim)
        sim.fault("status", status=200, times=-1, operation="list_actions", body="[]", content_type="application/json")
        sim.fault("status", status=404, times=-1, operation="get_action")
        watch.until(lambda: "how it ended is unknown" in caplog.text)
        assert watch.events == []
        sim.clear_faults()
        watch.has(1).looked(sim)
    assert ids(watch.events) == ["action-%d-ended" % action]


class _Pages:
    """A platform that lists actions with pages, while new ones join at the front."""

    def __init__(self, count):
        self.rows = [{"id": number, "status": "SUCCESS"} for number in range(count, 0, -1)]

    def get(self, path, query=None):
        raise part("event_readings").UnexpectedAnswer("it is a page")

    def call(self, method, path, query=None):
        query = query or {}
        size, number = int(query.get("size", 20)), int(query.get("page", 0))
        if number:
            self.rows.insert(0, {"id": len(self.rows) + 1, "status": "SUCCESS"})
        content = self.rows[number * size : (number + 1) * size]
        total = len(self.rows)
        return {"content": content, "totalElements": total, "totalPages": -(-total // size), "size": size}

    def checked(self, _method, _path, data):
        return type("Response", (), {"data": data})


def test_actions_with_pages_that_shift_are_read_completely():
    found = {row["id"] for row in part("event_readings")._all_actions(_Pages(1000), None)}
    assert found >= set(range(1, 1001))


# Faults

PERMITTED = ["list_actions", "list_resources"]
FAULTS = [
    ("status", {"status": 401, "times": 3}),
    ("status", {"status": 403, "times": 2}),
    ("status", {"status": 429, "times": 3}),
    ("status", {"status": 500, "times": 3}),
    ("status", {"status": 503, "times": 3, "body": "<html>Maintenance</html>"}),
    ("status", {"status": 200, "times": 3, "body": "<html>Login</html>"}),
    ("status", {"status": 200, "times": 3, "body": '{"a": 1}', "content_type": "application/json"}),
    ("reset_before", {"times": 3}),
    ("hang", {"times": 2, "seconds": 1}),
    ("truncate", {"times": 3}),
    ("truncate_json", {"times": 3}),
]


@pytest.mark.parametrize("operation", PERMITTED)
@pytest.mark.parametrize("kind, details", FAULTS, ids=lambda value: str(value)[:60])
def test_faults_lose_and_double_nothing(sim, args, caplog, kind, details, operation):
    with Watch({**args, "read_timeout": 0.3}) as watch:
        watch.looked(sim)
        sim.fault(kind, operation=operation, **details)
        action = stop(sim, "PEBBILL01")
        watch.has(2).until(lambda: not sim.world.faults.list(), "the end of the faults")
        watch.looked(sim)
    assert sorted(event["kind"] for event in watch.events) == ["action_ended", "resource_status"]
    assert "action-%d-ended" % action in ids(watch.events)
    assert "next try in" in caplog.text or details["status"] == 401
    assert sim.client_secret not in caplog.text


def test_a_listing_that_misses_rows_makes_no_resource_go(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
        empty = {"content": [], "totalElements": 0, "totalPages": 0, "last": True, "number": 0, "size": 200}
        body = json.dumps(empty)
        sim.fault("status", status=200, times=2, operation="list_resources", body=body, content_type="application/json")
        watch.looked(sim, 5)
    assert watch.events == []


@pytest.mark.parametrize("between", ["insert", "remove", "swap"])
def test_pages_of_resources_that_shift_are_no_news_of_others(sim, args, between):
    sim.add_instances(300)
    with Watch({**args, "events": ["resource_gone", "resource_appeared"]}) as watch:
        watch.until(lambda: os.path.exists(args["cursor"]))
        first = set(stored(args)["resources"])
        sim.configure(between_pages=between)
        watch.until(lambda: len(sim.requests(operation="list_resources")) > 12)
        sim.configure(between_pages="nothing")
        watch.until(lambda: len(sim.requests(operation="list_resources")) > 18)
    told = ids(watch.events)
    assert len(set(told)) == len(told) > 0
    with sim.world.lock:
        there = {str(one["id"]) for one in sim.world.settled().live() if one["_kind"] != "url"}
    known = set(stored(args)["resources"])
    assert known == there
    gone = {str(event["resource"]["id"]) for event in watch.events if event["kind"] == "resource_gone"}
    came = {str(event["resource"]["id"]) for event in watch.events if event["kind"] == "resource_appeared"}
    assert gone >= first - known and came >= known - first


def test_a_token_that_expires_or_is_revoked_is_renewed(sim, args):
    with Watch(args) as watch:
        watch.looked(sim)
        sim.revoke_tokens()
        expected = submit(sim, 1)
        watch.has(1).looked(sim)
    assert ids(watch.events) == expected


def test_a_platform_that_is_down_at_the_start_is_waited_for(sim, args):
    sim.fault("status", status=503, times=3, token=True)
    with Watch(args) as watch:
        watch.looked(sim)
        expected = submit(sim, 1)
        watch.has(1)
    assert ids(watch.events) == expected


def test_a_wrong_secret_ends_the_source(sim, args, caplog):
    with (
        pytest.raises(Exception, match="refused the login of client"),
        Watch({**args, "client_secret": "wrong-4711"}) as watch,
    ):
        assert "wrong-4711" not in str(watch.ended())
    assert "wrong-4711" not in caplog.text


def test_a_refusal_that_lasts_ends_the_source(sim, args, monkeypatch):
    monkeypatch.setattr(part("event_source"), "PATIENCE", 0.3)
    sim.fault("status", status=403, times=-1, operation="list_actions")
    with pytest.raises(Exception, match="does not allow"), Watch(args) as watch:
        watch.ended()


def test_a_token_address_that_is_none_ends_the_source(sim, args, monkeypatch):
    monkeypatch.setattr(part("event_source"), "PATIENCE", 0.3)
    sim.fault("status", status=404, times=-1, token=True)
    with pytest.raises(Exception, match="is token_url right"), Watch({**args, "token_store": False}) as watch:
        watch.ended()


def test_what_may_not_be_read_of_resources_is_left_out(sim, args, caplog):
    sim.fault("status", status=403, times=-1, operation="list_resources")
    with Watch({**args, "events": "action_ended"}) as watch:
        watch.looked(sim)
        submit(sim, 2)
        watch.has(2)
    assert [event["resource"]["id"] for event in watch.events] == [None, None]
    assert caplog.text.count("come without the id and service") == 1


def test_no_secret_is_in_events(sim, args):
    with sim.world.lock:
        record = sim.world.settled().named("PEBBILL01")[0]
        words = "cannot log in with %s" % sim.client_secret
        sim.world.settled().actions.submit(record, "job", "x", lambda: None, failure=words, seconds=0)
    with Watch({**args, "since": "1h"}) as watch:
        watch.has(1)
    assert watch.events[0]["action"]["message"] == "cannot log in with ********"


# Options


def test_documentation_and_options_agree():
    documented = yaml.safe_load(LOADED["DOCUMENTATION"])["options"]
    options = part("event_options")
    accepted = {**options.CONNECTION, **options.OWN}
    assert {name: (one["type"], one.get("default")) for name, one in documented.items()} == accepted
    assert documented["events"]["choices"] == list(options.EVENTS)
    assert all(
        one["description"] and set(one) <= {"description", "type", "elements", "choices", "default"}
        for one in documented.values()
    )
    for name in options.CONNECTION:
        assert "ITCARE_" + name.upper() in str(documented[name]["description"])


def test_options_of_the_connection_are_those_of_the_modules():
    spec = arguments.GROUPS["auth"]
    own = part("event_options").CONNECTION
    expected = {name: (one["type"], one.get("default")) for name, one in spec.items()}
    assert {**own, "retry_timeout": expected["retry_timeout"]} == expected
    assert {name: one["fallback"][1] for name, one in spec.items()} == {
        name: ["ITCARE_" + name.upper()] for name in own
    }


def test_the_examples_have_options_that_exist():
    for example in yaml.safe_load(LOADED["EXAMPLES"]):
        part("event_options").parse(example["cegedim.cloud.itcare_actions"])


def test_the_environment_and_texts_are_taken(sim, args, monkeypatch):
    for name in ("api_url", "token_url", "client_id", "client_secret", "retry_timeout"):
        monkeypatch.setenv("ITCARE_" + name.upper(), str(args.pop(name)))
    options = part("event_options").parse({**args, "interval": "5", "events": "action_ended, resource_gone"})
    assert options.connection["api_url"] == sim.api_url and options.connection["retry_timeout"] == 0
    assert (options.interval, options.events) == (5, ("action_ended", "resource_gone"))
    assert sim.client_secret not in repr(options)


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"intervall": 5}, "unknown options: intervall"),
        ({"interval": 0}, "interval: 0 is not"),
        ({"interval": "soon"}, "interval: this is not a number: 'soon'"),
        ({"events": ["resource_lost"]}, "events: unknown: resource_lost"),
        ({"events": []}, "events: an empty list"),
        ({"services": []}, "services: an empty list would select everything"),
        ({"names": []}, "names: an empty list would select everything"),
        ({"since": "yesterday"}, "since: 'yesterday' is neither"),
        ({"validate_certs": "maybe"}, "validate_certs: this is not true or false"),
        ({"client_secret": ["s3cret"]}, "client_secret: this is not a text$"),
        ({"client_authentication": "digest"}, "client_authentication: it is basic or post"),
        ({"api_url": "http://itcare.example.com"}, "would send secrets in clear"),
        ({"client_id": None, "client_secret": None}, "missing: client_id, client_secret"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_wrong_options_end_the_source(sim, args, wrong, message):
    with pytest.raises(Exception, match=message), Watch({**args, **wrong}) as watch:
        watch.ended()
    assert not sim.requests()


def test_the_source_needs_neither_ansible_nor_its_loader(sim, args):
    script = """
import asyncio, json, runpy, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("ansible", "ansible_collections", "ansible_rulebook", "yaml"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
module = runpy.run_path(sys.argv[1])

async def one_event():
    queue = asyncio.Queue(1)
    task = asyncio.create_task(module["main"](queue, json.loads(sys.argv[2])))
    getter = asyncio.create_task(queue.get())
    await asyncio.wait([task, getter], return_when=asyncio.FIRST_COMPLETED, timeout=15)
    print(getter.result()["id"])
    task.cancel()

asyncio.run(one_event())
"""
    expected = submit(sim, 1)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-c", script, str(source_runner.FILE), json.dumps({**args, "since": "1h"})]
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == expected, done.stderr


def test_the_logger_has_a_name_of_its_own():
    assert part("event_source").logger is logging.getLogger("cegedim.cloud.itcare_actions")


# The guide

GUIDE = (ROOT / "docs" / "docsite" / "rst" / "events.rst").read_text()


def blocks(language):
    """The code blocks of the guide in that language (list of str)."""
    found = re.findall(r"\.\. code-block:: %s\n\n((?:    .*\n|\n)+)" % language, GUIDE)
    return [textwrap.dedent(block) for block in found]


def test_the_guide_lists_all_options_and_events():
    options = part("event_options")
    listed = re.findall(r"^    \* - ``(\w+)``$", GUIDE, re.M)
    assert sorted(listed) == sorted([*options.OWN, *options.EVENTS])


def test_the_events_of_the_guide_are_as_the_source_makes_them(sim, args):
    with Watch({**args, "since": "1h"}) as watch:
        watch.looked(sim)
        stop(sim, "PEBBILL01")
        watch.has(2)
    for shown in map(json.loads, blocks("json")):
        made = next(event for event in watch.events if event["kind"] == shown["kind"])
        assert shape(shown) == shape(made)


def shape(value):
    return {key: shape(item) for key, item in value.items()} if isinstance(value, dict) else type(value)


def test_the_rulebooks_have_options_that_exist():
    rulebooks = [yaml.safe_load(block) for block in blocks("yaml") if "sources:" in block]
    rulebooks += [yaml.safe_load(file.read_text()) for file in (ROOT / "extensions/eda/rulebooks").glob("*.yml")]
    known = set(part("event_options").OWN) | set(part("event_options").CONNECTION)
    sources = [source for rulebook in rulebooks for ruleset in rulebook for source in ruleset["sources"]]
    ours = [source["cegedim.cloud.itcare_actions"] for source in sources if "cegedim.cloud.itcare_actions" in source]
    assert len(ours) >= 2
    assert all(set(options) <= known for options in ours)


@pytest.mark.parametrize("name, value", [("processes", ["*snapshot*"]), ("since", "2d")])
def test_what_is_about_actions_is_refused_without_their_events(name, value):
    from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
    from ansible_collections.cegedim.cloud.plugins.plugin_utils.event_options import parse

    with pytest.raises(InvalidInput) as refused:
        parse({"events": ["resource_gone"], name: value})
    assert str(refused.value) == "%s: it is about actions, and events has only resource_gone" % name
    assert parse({"events": ["resource_gone", "action_ended"], name: value})

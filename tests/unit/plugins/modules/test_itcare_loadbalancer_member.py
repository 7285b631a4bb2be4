# SPDX-License-Identifier: GPL-3.0-or-later
"""The members of a load balancer: added, switched and removed once, drained before, and never the wrong one."""

from __future__ import annotations

import itertools
import time

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

NAME = "billing.acme.example"  # PEBBILL01 and PEBBILL02 on port 8080
FIRST, SECOND, NEW = "PEBBILL01", "PEBBILL02", "PEBBILLW01"


@pytest.fixture
def pool(task):
    return task("itcare_loadbalancer_member").given(loadbalancer=NAME)


def id_of(sim, name):
    return sim.state.named(name)[0]["id"]


def path_of(sim, member=None):
    path = "/networking/loadbalancers/%d/members" % id_of(sim, NAME)
    return "%s/%d" % (path, id_of(sim, member)) if member else path


def shown(result):
    return [(row["name"], row["port"], row["state"]) for row in result["members"]]


# present


def test_present(sim, pool):
    result, writes = pool.converges(members=[dict(resource=NEW, port=8081)])
    assert writes == [("POST", path_of(sim), {"resourceId": id_of(sim, NEW), "port": 8081})]
    assert result["steps"] == ["add_member"]
    assert shown(result) == [(FIRST, 8080, "enabled"), (SECOND, 8080, "enabled"), (NEW, 8081, "enabled")]
    assert result["actions"] == []


def test_present_by_id_on_the_port_of_the_others(sim, pool):
    _result, writes = pool.converges(members=[dict(resource=str(id_of(sim, NEW)))])
    assert writes[0][2] == {"resourceId": id_of(sim, NEW), "port": 8080}


def test_present_disabled(sim, pool):
    result, writes = pool.converges(members=[dict(resource=NEW, state="disabled")])
    assert [(method, path) for method, path, _body in writes] == [
        ("POST", path_of(sim)),
        ("PATCH", path_of(sim, NEW)),
    ]
    assert writes[1][2] == {"operation": "disabled"}
    assert shown(result)[2] == (NEW, 8080, "disabled")


@pytest.mark.parametrize(
    "member",
    [
        dict(resource=FIRST),
        dict(resource=FIRST.lower()),
        dict(resource=FIRST, port=8080),
        dict(resource=FIRST, state="enabled"),
    ],
    ids=str,
)
def test_present_idempotent(pool, member):
    assert len(pool.changes_nothing(members=[member])["members"]) == 2


def test_present_check_mode(pool):
    result, _writes = pool(check=True, members=[dict(resource=NEW)])
    assert (len(result["members"]), result["steps"]) == (2, ["add_member"])


STEPS = {"enabled": "enable_member", "disabled": "disable_member", "offline": "take_member_offline"}


@pytest.mark.parametrize("before, state", list(itertools.permutations(STEPS, 2)))
def test_state(sim, pool, before, state):
    pool(members=[dict(resource=FIRST, state=before)])
    result, writes = pool.converges(members=[dict(resource=FIRST, state=state)])
    assert writes == [("PATCH", path_of(sim, FIRST), {"operation": state})]
    assert result["steps"] == [STEPS[state]]
    assert result["members"][0]["status"] == ("up" if state == "enabled" else "user_down")


def test_without_a_state_a_member_stays_as_it_is(pool):
    pool(members=[dict(resource=FIRST, state="disabled")])
    result = pool.changes_nothing(members=[dict(resource=FIRST, port=8080)])
    assert shown(result)[0] == (FIRST, 8080, "disabled")


def test_merge_leaves_others_alone(pool):
    result, _writes = pool.converges(members=[dict(resource=SECOND, state="offline")])
    assert shown(result)[0] == (FIRST, 8080, "enabled")


def test_replace(sim, pool):
    result, writes = pool.converges(
        mode="replace", members=[dict(resource=NEW, port=8080), dict(resource=SECOND, port=8080)]
    )
    assert [method for method, _path, _body in writes] == ["POST", "DELETE"]  # others come before one leaves
    assert writes[1][1] == path_of(sim, FIRST)
    assert shown(result) == [(SECOND, 8080, "enabled"), (NEW, 8080, "enabled")]


def test_replace_by_another_port(sim, pool):
    result, writes = pool.converges(mode="replace", members=[dict(resource=FIRST, port=9090), dict(resource=SECOND)])
    assert result["steps"] == ["remove_member", "add_member"]  # one resource with two ports could not be told apart
    assert writes[1][2] == {"resourceId": id_of(sim, FIRST), "port": 9090}


def test_replace_by_nothing(pool):
    result, _writes = pool.converges(mode="replace", members=[])
    assert result["members"] == []


def test_second_port_of_a_member(pool):
    result, _writes = pool.converges(members=[dict(resource=FIRST, port=9090)])
    assert shown(result) == [(FIRST, 8080, "enabled"), (SECOND, 8080, "enabled"), (FIRST, 9090, "enabled")]


# several ports of one resource

ONE_PORT = [
    dict(members=[dict(resource=FIRST, port=9090, state="offline")]),
    dict(members=[dict(resource=FIRST, port=9090)], state="absent"),
    dict(members=[dict(resource=FIRST, port=8080), dict(resource=SECOND)], mode="replace"),
]
PORTS = ["first", "all", "refused"]


@pytest.fixture
def two_ports(sim, pool):
    pool(members=[dict(resource=FIRST, port=9090)])
    return pool


def test_several_ports_at_once(sim, pool):
    members = [dict(resource=NEW, port=port) for port in (80, 443)]
    result, writes = pool.converges(members=members)
    assert [body["port"] for _method, _path, body in writes] == [80, 443]
    assert shown(result)[2:] == [(NEW, 80, "enabled"), (NEW, 443, "enabled")]


@pytest.mark.parametrize("options", ONE_PORT, ids=str)
def test_one_of_two_ports_where_a_path_takes_its_technical_id(sim, two_ports, options):
    sim.configure(member_paths="either")
    result, writes = two_ports.converges(**options)
    assert [path for _method, path, _body in writes] == ["%s/%s:9090" % (path_of(sim), FIRST)]
    states = {port: state for name, port, state in shown(result) if name == FIRST}
    assert states == ({8080: "enabled", 9090: "offline"} if len(states) == 2 else {8080: "enabled"})


@pytest.mark.parametrize("options", ONE_PORT, ids=str)
@pytest.mark.parametrize("ports", PORTS)
def test_one_of_two_ports_where_a_path_takes_the_resource_only(sim, two_ports, options, ports):
    """The request is refused, so that no other port is changed."""
    sim.configure(member_ports=ports)
    result, writes = two_ports(**options)
    assert result["failed"] and len(writes) == 1
    assert "the platform accepts no path that names this one only. To take out one of the ports" in result["msg"]
    assert len(two_ports.changes_nothing(members=[dict(resource=FIRST, state="enabled")])["members"]) == 3


@pytest.mark.parametrize("options", ONE_PORT, ids=str)
def test_one_of_two_ports_that_nothing_tells_apart(monkeypatch, two_ports, options):
    from ansible_collections.cegedim.cloud.tests.simulator.families import loadbalancers

    original = loadbalancers._member_view
    monkeypatch.setattr(
        loadbalancers, "_member_view", lambda call, member: {**original(call, member), "technicalId": "text"}
    )
    message = two_ports.refuses(**options)
    assert "PEBBILL01" in message and "names a member by its resource only" in message


@pytest.mark.slow
@pytest.mark.parametrize(
    "paths, ports, drain",
    [
        ("resource", "first", 0),
        ("resource", "all", 0),
        ("resource", "all", 1),
        ("either", "refused", 0),
        ("either", "refused", 1),
        ("either", "first", 1),
    ],
)
def test_a_resource_leaves_with_all_of_its_ports(sim, two_ports, paths, ports, drain):
    sim.configure(member_paths=paths, member_ports=ports)
    result, _writes = two_ports.converges(state="absent", members=[dict(resource=FIRST)], drain=drain)
    assert result["steps"][-2:] == ["remove_member", "remove_member"]
    assert shown(result) == [(SECOND, 8080, "enabled")]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "error_after"])
@pytest.mark.parametrize("ports", ["first", "all"])
def test_lost_answer_of_a_resource_that_leaves_with_all_of_its_ports(sim, two_ports, fault, ports):
    sim.configure(member_ports=ports)
    sim.fault(fault, method="DELETE")
    result, _writes = two_ports(state="absent", members=[dict(resource=FIRST)])
    assert not result.get("failed"), result["msg"]
    assert shown(result) == [(SECOND, 8080, "enabled")]


def test_ports_that_the_platform_does_not_let_go(sim, two_ports):
    sim.configure(member_ports="refused")
    result, _writes = two_ports(state="absent", members=[dict(resource=FIRST)])
    assert result["failed"] and not result.get("changed")
    assert result["msg"].startswith("The resource has several ports")
    assert result["msg"].endswith("has several ports in this pool, and the platform accepts no path that names them")


def test_one_port_instead_of_two(sim, two_ports):
    """In two tasks, whatever a path means."""
    two_ports.converges(mode="replace", members=[dict(resource=SECOND)])
    result, _writes = two_ports.converges(
        mode="replace", members=[dict(resource=FIRST, port=9090), dict(resource=SECOND)]
    )
    assert shown(result) == [(SECOND, 8080, "enabled"), (FIRST, 9090, "enabled")]


@pytest.mark.parametrize("paths, ports", [("resource", "all"), ("either", "refused"), ("either", "first")])
@pytest.mark.parametrize("state", ["disabled", "offline"])
def test_all_ports_of_a_resource_change_alike(sim, two_ports, paths, ports, state):
    sim.configure(member_paths=paths, member_ports=ports)
    result, _writes = two_ports.converges(members=[dict(resource=FIRST, state=state)])
    assert [one for name, _port, one in shown(result) if name == FIRST] == [state, state]


def test_a_port_that_no_path_reaches_is_an_error(sim, monkeypatch, two_ports):
    monkeypatch.setattr(clock, "SETTLE_SECONDS", 0.2)
    result, _writes = two_ports(members=[dict(resource=FIRST, state="offline")])
    assert result["failed"] and "PEBBILL01:9090" in result["msg"]


def test_a_new_second_port_has_to_be_enabled(pool):
    message = pool.refuses(members=[dict(resource=FIRST, port=9090, state="disabled")])
    assert "has several ports in this pool" in message


# absent


def test_absent(sim, pool):
    result, writes = pool.converges(state="absent", members=[dict(resource=FIRST)])
    assert writes == [("DELETE", path_of(sim, FIRST), None)]
    assert shown(result) == [(SECOND, 8080, "enabled")]


@pytest.mark.parametrize(
    "member",
    [dict(resource=NEW), dict(resource="NOBODY"), dict(resource="499999999"), dict(resource=FIRST, port=9090)],
    ids=str,
)
def test_absent_idempotent(pool, member):
    assert len(pool.changes_nothing(state="absent", members=[member])["members"]) == 2


def test_absent_check_mode(pool):
    result, _writes = pool(check=True, state="absent", members=[dict(resource=FIRST)])
    assert (len(result["members"]), result["steps"]) == (2, ["remove_member"])


# draining


@pytest.mark.slow
def test_drain_before_going_offline(sim, pool):
    begin = time.monotonic()
    result, writes = pool(members=[dict(resource=FIRST, state="offline")], drain=1)
    assert not result.get("failed"), result["msg"]
    assert result["steps"] == ["disable_member", "drain", "take_member_offline"]
    assert [body for _method, _path, body in writes] == [{"operation": "disabled"}, {"operation": "offline"}]
    assert sim.writes()[1]["time"] - sim.writes()[0]["time"] >= 1
    assert time.monotonic() - begin >= 1


def test_drain_is_predicted_without_waiting(pool):
    options = dict(state="absent", members=[dict(resource=FIRST), dict(resource=SECOND)], drain=100)
    begin = time.monotonic()
    predicted, writes = pool(check=True, **options)
    assert time.monotonic() - begin < 20
    assert writes == []
    assert predicted["steps"] == ["disable_member", "disable_member", "drain", "remove_member", "remove_member"]
    assert [(one["before"], one["after"]) for one in predicted["diff"]][1:4] == [
        ({"members": {"PEBBILL02:8080": "enabled"}}, {"members": {"PEBBILL02:8080": "disabled"}}),
        ({"wait": None}, {"wait": "100 s for the connections of PEBBILL01:8080, PEBBILL02:8080 to end"}),
        ({"members": {"PEBBILL01:8080": "disabled"}}, {"members": {"PEBBILL01:8080": None}}),
    ]


@pytest.mark.slow
def test_drain_converges(pool):
    pool.converges(mode="replace", members=[dict(resource=SECOND)], drain=1)


def test_a_disabled_member_is_waited_for_and_an_offline_one_is_not(pool):
    pool(members=[dict(resource=FIRST, state="disabled"), dict(resource=SECOND, state="offline")])
    options = dict(state="absent", drain=100, check=True)
    assert pool(members=[dict(resource=FIRST)], **options)[0]["steps"] == ["drain", "remove_member"]
    assert pool(members=[dict(resource=SECOND)], **options)[0]["steps"] == ["remove_member"]


def test_nothing_to_drain(pool):
    pool.changes_nothing(members=[dict(resource=FIRST, state="enabled")], drain=100)


# which ones


@pytest.mark.parametrize("balancer", ["www." + NAME, "https://" + NAME, None])
def test_load_balancer_by_url_or_id(sim, pool, balancer):
    result = pool.changes_nothing(loadbalancer=balancer or str(id_of(sim, NAME)), members=[dict(resource=FIRST)])
    assert len(result["members"]) == 2


@pytest.mark.parametrize("balancer", ["nowhere.acme.example", "499999999"])
def test_no_such_load_balancer(pool, balancer):
    message = pool.refuses(loadbalancer=balancer, members=[dict(resource=FIRST)], on_missing_in_check_mode="fail")
    assert balancer in message and "there is no load balancer" in message
    result = pool.changes_nothing(loadbalancer=balancer, members=[dict(resource=FIRST)], state="absent")
    assert result["members"] is None


def test_a_member_is_found_in_the_pool_without_a_look_up(sim, pool):
    pool(members=[dict(resource=FIRST)])
    assert sorted(entry["operation"] for entry in sim.requests()) == [
        "list_actions",
        "list_loadbalancer_members",
        "list_loadbalancers",
    ]


@pytest.mark.parametrize(
    "options, step, words",
    [
        (
            dict(loadbalancer="nowhere.acme.example", members=[dict(resource=FIRST)]),
            "add_member",
            "there is no load balancer with the name or URL nowhere.acme.example",
        ),
        (dict(members=[dict(resource="NOBODY")]), "add_member", "there is no resource named NOBODY"),
    ],
    ids=["loadbalancer", "member"],
)
def test_what_an_earlier_task_may_create(pool, options, step, words):
    result, writes = pool(check=True, **options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["steps"], writes) == (True, [step], [])
    (warning,) = [one for one in result["warnings"] if words in one]
    assert "earlier task" in warning


def test_same_name_twice(sim, pool):
    message = pool.refuses(members=[dict(resource="TWIN01")])
    for one in sim.state.named("TWIN01"):
        assert str(one["id"]) in message


# what is refused before anything is sent


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(members=[dict(resource="NOBODY")]), "there is no resource named NOBODY"),
        (dict(members=[dict(resource="PETPORT01")]), "PETPORT01"),
        (dict(members=[dict(resource=FIRST, port=65536)]), "port: 65536 is not a port; 0 to 65535 are allowed"),
        (dict(members=[dict(resource=FIRST, port=-1)]), "port: -1 is not a port"),
        (dict(members=[]), "to remove all members, use mode=replace"),
        (dict(members=[dict(resource=FIRST), dict(resource=FIRST, port=8080)]), "PEBBILL01"),
        (dict(members=[dict(resource=FIRST), dict(resource=FIRST.lower())]), "is given twice"),
        (dict(members=[dict(resource=FIRST, port=65536)], state="absent"), "port: 65536 is not a port"),
        (dict(members=[dict(resource=FIRST, state="offline")], state="absent"), "requires state=present"),
        (dict(members=[dict(resource=FIRST)], state="absent", mode="replace"), "mode=replace requires state=present"),
        (dict(members=[dict(resource=FIRST)], drain=-1), "drain: -1 s; 0 to wait_timeout (7200 s) are allowed"),
        (dict(members=[dict(resource=FIRST)], drain=8, wait_timeout=5), "drain: 8 s; 0 to wait_timeout (5 s)"),
        (dict(members=[dict(resource=FIRST)], drain=8, wait=False), "drain requires wait=true"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_refused(pool, options, message):
    assert message in pool.refuses(**options, on_missing_in_check_mode="fail")


def test_another_network(pool):
    message = pool.refuses(members=[dict(resource="PETPORT01")])
    assert "EB_1125_DMZ8" in message and "ET_2210_DMZ1" in message and "are in one network" in message


def test_whole_pool_to_another_network(pool):
    result, _writes = pool.converges(mode="replace", members=[dict(resource="PETPORT01", port=80)])
    assert result["steps"] == ["remove_member", "remove_member", "add_member"]


def test_first_member_needs_a_port(pool):
    pool(mode="replace", members=[])
    assert "members: the port of PEBBILL01" in pool.refuses(members=[dict(resource=FIRST)])
    pool.converges(members=[dict(resource=FIRST, port=0)])


# what goes wrong


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "truncate_json", "error_after"])
@pytest.mark.parametrize(
    "options, method",
    [
        (dict(members=[dict(resource=NEW)]), "POST"),
        (dict(members=[dict(resource=FIRST, state="offline")]), "PATCH"),
        (dict(members=[dict(resource=FIRST)], state="absent"), "DELETE"),
    ],
    ids=str,
)
def test_lost_answer_of_what_took_effect(sim, pool, fault, options, method):
    sim.fault(fault, method=method)
    result, writes = pool(**options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1
    assert "it took effect" in result["warnings"][0]


@pytest.mark.slow
@pytest.mark.parametrize("method, options", [("POST", dict()), ("DELETE", dict(state="absent"))])
def test_lost_request_is_sent_again(sim, pool, method, options):
    sim.fault("reset_before", method=method)
    result, _writes = pool(members=[dict(resource=FIRST if options else NEW)], **options)
    assert not result.get("failed"), result["msg"]
    assert [entry["applied"] for entry in sim.writes()] == [False, True]


def test_interrupted_run_goes_on(sim, pool):
    sim.fault("status", method="DELETE", status=403)
    options = dict(mode="replace", members=[dict(resource=NEW)])
    result, _writes = pool(**options)
    assert result["failed"] and result["changed"]
    assert result["steps_sent"] == ["add_member"]
    result, writes = pool(**options)
    assert [method for method, _path, _body in writes] == ["DELETE", "DELETE"]
    assert shown(result) == [(NEW, 8080, "enabled")]


@pytest.mark.slow
def test_an_action_under_way_is_waited_for(sim, run, pool):
    sim.configure(action_seconds=0.5)
    run("itcare_loadbalancer", name=NAME, monitoring_enabled=False, wait=False)
    result, _writes = pool(members=[dict(resource=NEW)])
    assert not result.get("failed"), result["msg"]
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]
    assert len(result["members"]) == 3

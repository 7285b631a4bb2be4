# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure functions of load balancers: who is meant, the pool that is wanted, Bot Defense as it is shown."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.bot_defense import (
    plan_bot_defense,
    valid_bot_defense,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.loadbalancer import (
    LOADBALANCER,
    check_url,
    read_bot_defense,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.members import valid_port
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.names import bearing, host_of, listed
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.pool import (
    plan_members,
    plan_removal,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen

WEB1 = dict(resourceId=1, name="WEB1", port=80, state="enabled", status="up")
WEB2 = dict(resourceId=2, name="WEB2", port=80, state="enabled", status="up")


def member(number, **more):
    return dict(dict(id=number, name="WEB%d" % number), **more)


def names(steps):
    return [step.name for step in steps]


def requests(steps):
    return [(step.method, step.path.rpartition("members")[2], step.body) for step in steps]


# who is meant


@pytest.mark.parametrize("url", ["a.example", "https://a.example", "HTTP://a.example", "http://a.example/"])
def test_a_scheme_does_not_matter(url):
    assert host_of(url) == "a.example"


def test_a_name_goes_before_a_url():
    by_name = dict(id=1, name="a.example", urls=[])
    by_url = dict(id=2, name="VS2", urls=[dict(name="a.example")])
    assert bearing("a.example", [by_url, by_name]) == [by_name]
    assert bearing("A.example", [by_url]) == [by_url]
    assert bearing("a.example", [dict(id=3, name="https://a.example")]) == [dict(id=3, name="https://a.example")]
    assert bearing("b.example", [by_url, by_name, dict(id=4)]) == []


def test_what_was_removed_does_not_hide_who_has_its_url_now():
    removed = dict(id=1, name="a.example", status="REMOVED", urls=[dict(name="a.example")])
    there = dict(id=2, name="VS2", status="ACTIVE", urls=[dict(name="a.example")])
    client = SimpleNamespace(pages=lambda path, query: [removed] if "names" in query else [removed, there])
    assert [row for row, _kind in listed(client, "a.example")] == [there]


@pytest.mark.parametrize("host", ["abc", "www.abc", "a" + "b" * 63, "www.a" + "b" * 63, "A-1.example"])
def test_urls_that_are_allowed(host):
    check_url("name", host)


@pytest.mark.parametrize("host", ["", "ab", "1a.example", "-a.example", "a_b.example", "a" * 69, "a.example/x"])
def test_urls_that_are_refused(host):
    with pytest.raises(InvalidInput, match="is not a URL for a load balancer"):
        check_url("name", host)


@pytest.mark.parametrize("port", [0, "80", 65535])
def test_ports_that_are_allowed(port):
    assert valid_port("port")(port) is None


@pytest.mark.parametrize("port", [-1, 65536, "http", ""])
def test_ports_that_are_refused(port):
    assert valid_port("port")(port) == "port: %s is not a port; 0 to 65535 are allowed" % port


# what is shown


def field(name):
    return next(one for one in LOADBALANCER.fields if one.name == name)


@pytest.mark.parametrize("wanted, same", [("HTTP", True), ("80", True), ("http-cookie", True), ("TCP", False)])
def test_a_profile_is_shown_in_several_spellings(wanted, same):
    record = {"protocols": [{"name": "HTTP", "port": 80, "protocol": "TCP", "profilePersistenceOnly": "http-cookie"}]}
    assert field("profile").differs(wanted, record) is not same


@pytest.mark.parametrize("name", ["healthcheck", "profile", "certificate", "cluster", "name", "region"])
def test_what_is_not_shown_does_not_differ(name):
    assert not field(name).differs("anything", {})


def test_port_of_members_differs_only_where_all_have_another():
    pool = [WEB1, dict(WEB2, port=81)]
    stuck = field("member_port").stuck
    assert stuck({"member_port": "9090"}, Seen({"pool": pool})) is None
    assert stuck({"member_port": "9090"}, Seen({})) is None
    assert stuck({"member_port": "80"}, Seen({"pool": [WEB1]})) is None
    assert (
        stuck({"member_port": "9090"}, Seen({"pool": [WEB1]})) == "member_port is fixed at creation: it is 80, not 9090"
    )


# the pool


def test_nothing_to_do():
    assert plan_members([WEB1, WEB2], [member(2), member(1, port=80, state="enabled")]) == []


def test_replacement_adds_before_it_removes():
    steps = plan_members([WEB1], [member(2)])
    assert requests(steps) == [("POST", "", {"resourceId": 2, "port": 80}), ("DELETE", "/1", None)]


def test_nobody_is_disabled_before_others_are_enabled():
    pool = [WEB1, dict(WEB2, state="offline")]
    steps = plan_members(pool, [member(1, state="disabled"), member(2, state="enabled")], replaces=False)
    assert names(steps) == ["enable_member", "disable_member"]


def test_a_member_that_cannot_be_named_is_left_alone():
    assert plan_members([WEB1, dict(WEB2, resourceId=None)], [member(1)]) == []


def test_states_compare_without_case_and_only_where_shown():
    assert plan_members([dict(WEB1, state="ENABLED")], [member(1, state="enabled")]) == []
    assert plan_members([dict(WEB1, state=None)], [member(1, state="offline")]) == []


def test_new_member_gets_the_port_of_all_others():
    assert plan_members([WEB1], [member(2)], replaces=False)[0].body["port"] == 80
    assert plan_members([WEB1], [member(2)], replaces=False, port="81")[0].body["port"] == 81
    assert plan_members([WEB1], [member(2, port=82)], replaces=False, port="81")[0].body["port"] == 82
    with pytest.raises(InvalidInput, match=r"the port of WEB3 \(id 3\) is missing"):
        plan_members([WEB1, dict(WEB2, port=81)], [member(3)], replaces=False)


def test_one_drain_for_all_that_leave():
    pool = [WEB1, WEB2, dict(WEB1, resourceId=3, name="WEB3", state="offline")]
    steps = plan_removal(pool, [member(1), member(2), member(3)], drain=5)
    assert names(steps) == ["disable_member"] * 2 + ["drain"] + ["remove_member"] * 3
    assert [step.pause for step in steps if step.name == "drain"] == [5]
    assert names(plan_removal(pool, [member(3)], drain=5)) == ["remove_member"]
    assert names(plan_removal(pool, [member(1)])) == ["remove_member"]


def test_what_is_sent_while_draining_tells_the_state_before():
    *_others, last = plan_members([WEB1], [member(1, state="offline")], drain=5)
    assert (last.before, last.after) == ({"members": {"WEB1:80": "disabled"}}, {"members": {"WEB1:80": "offline"}})


def test_steps_see_their_effect():
    add, remove = plan_members([WEB1], [member(2)])
    assert not add.done({"pool": [WEB1]}) and add.done({"pool": [WEB1, WEB2]})
    assert not remove.done({"pool": [WEB1]}) and remove.done({"pool": [WEB2]})
    (switch,) = plan_members([WEB1], [member(1, state="offline")])
    assert not switch.done({"pool": [WEB1]}) and switch.done({"pool": [dict(WEB1, state="offline")]})


@pytest.mark.parametrize(
    "wanted",
    [[member(1, port=80)], [member(1, port=81)], [member(1, port=80, state="offline"), member(1, port=81)]],
    ids=str,
)
def test_two_ports_of_a_resource_cannot_be_told_apart(wanted):
    with pytest.raises(InvalidInput, match="which port is meant could not be told"):
        plan_members([WEB1, dict(WEB1, port=81)], wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        [member(1, port=80, state="offline"), member(1, port=81)],
        [member(1, port=80), member(1, port=81, state="offline")],
        [member(3, port=80, state="disabled"), member(3, port=81)],
    ],
    ids=str,
)
def test_a_second_port_that_is_new_cannot_be_told_apart_either(wanted):
    with pytest.raises(InvalidInput, match="which port is meant could not be told"):
        plan_members([WEB1], wanted)


def test_two_ports_do_no_harm_while_they_stay():
    pool = [WEB1, dict(WEB1, port=81), WEB2]
    assert plan_members(pool, [member(1), member(2)]) == []
    assert names(plan_members(pool, [member(1)])) == ["remove_member"]


def test_a_resource_leaves_with_all_of_its_ports():
    """Whichever port a request means: what the first one has removed already is not asked for again."""
    pool = [WEB1, dict(WEB1, port=81), WEB2]
    first, second = plan_removal(pool, [member(1)])
    assert [step.path.rpartition("members")[2] for step in (first, second)] == ["/1", "/1"]
    assert names(first.late(Seen({"pool": pool}))) == ["remove_member"]
    assert first.done({"pool": pool[1:]}) and first.done({"pool": [WEB1, WEB2]}) and not first.done({"pool": pool})
    assert names(second.late(Seen({"pool": pool[1:]}))) == ["remove_member"]
    assert second.late(Seen({"pool": [WEB2]})) == []


@pytest.mark.parametrize("state", ["disabled", "offline"])
def test_all_ports_of_a_resource_change_alike(state):
    pool = [WEB1, dict(WEB1, port=81)]
    steps = plan_members(pool, [member(1, state=state)])
    assert [step.path.rpartition("members")[2] for step in steps] == ["/1", "/1"]
    changed = [dict(row, state=state) for row in pool]
    assert [step.late(Seen({"pool": changed})) for step in steps] == [[], []]


def ports(*technical_ids):
    return [dict(WEB1, port=80 + index, technicalId=one) for index, one in enumerate(technical_ids)]


def test_one_of_several_ports_is_named_by_its_technical_id():
    pool = ports("/Common/WEB1:80", "/Common/WEB1:81")
    (removal,) = plan_removal(pool, [member(1, port=81)])
    assert (removal.path.rpartition("members")[2], removal.otherwise) == ("/%2FCommon%2FWEB1:81", ())
    (switch,) = plan_members(pool, [member(1, port=81, state="offline"), member(1, port=80)])
    assert (switch.path.rpartition("members")[2], switch.otherwise) == ("/%2FCommon%2FWEB1:81", ())
    whole = plan_removal(pool, [member(1)])
    assert [[path.rpartition("members")[2] for path in (step.path, *dict(step.otherwise))] for step in whole] == [
        ["/1", "/%2FCommon%2FWEB1:80"],
        ["/1", "/%2FCommon%2FWEB1:81"],
    ]


@pytest.mark.parametrize("technical_ids", [("7", "8"), ("same", "same"), ("", None)], ids=str)
def test_technical_ids_that_could_mean_another_member(technical_ids):
    """A number could be that of another resource."""
    with pytest.raises(InvalidInput, match="which port is meant could not be told"):
        plan_removal(ports(*technical_ids), [member(1, port=81)])


# Bot Defense


class NoClient:
    """Nothing has to be read again."""


def test_bot_defense_as_it_is_shown():
    record = {
        "botDefenseEnabled": True,
        "securityProfile": {
            "template": "STRICT",
            "enforcement": "blocking",
            "whiteList": [{"ip": "10.0.0.1"}, {"url": "/health"}],
        },
    }
    shown = read_bot_defense(NoClient(), Seen(record))
    assert shown == {"enabled": True, "template": "STRICT", "mode": "blocking", "white_list": ["10.0.0.1"]}
    asked = {"enabled": True, "template": "strict", "mode": "blocking", "white_list": ["10.0.0.1/32"]}
    assert plan_bot_defense({"bot_defense": asked}, Seen({"bot_defense": shown})) == []


def test_a_profile_without_white_list_has_an_empty_one():
    record = {"botDefenseEnabled": True, "securityProfile": {"template": "standard"}}
    assert read_bot_defense(NoClient(), Seen(record))["white_list"] == []
    assert read_bot_defense(NoClient(), Seen({"botDefenseEnabled": False}))["white_list"] is None


def test_what_a_listing_leaves_out_is_read():
    class Client:
        def find(self, path):
            assert path == "/networking/loadbalancers/7"
            return {**row, "botDefenseEnabled": True, "securityProfile": {"enforcement": "transparent"}}

    row = {"id": 7, "internalResourceId": 7, "name": "a.example"}
    for shown in (row, {**row, "botDefenseEnabled": True}):
        assert read_bot_defense(Client(), Seen(shown))["mode"] == "transparent"


def test_page_without_a_profile_is_not_read_again():
    seen = Seen({"id": 7, "name": "a.example", "botDefenseEnabled": True}, is_whole=True)
    assert read_bot_defense(NoClient(), seen) == {"enabled": True, "template": None, "mode": None, "white_list": None}


@pytest.mark.parametrize("text", ["10.0.3.40", "10.0.3.0/24", "2001:db8::1"])
def test_addresses_that_are_allowed(text):
    assert valid_bot_defense({"enabled": True, "white_list": [text]}) is None


@pytest.mark.parametrize("text", ["", "10.0.3", "host.example", "10.0.3.0/33"])
def test_addresses_that_are_refused(text):
    sentence = "bot_defense: white_list: %r is not an IP address" % text
    assert valid_bot_defense({"enabled": True, "white_list": ["10.0.3.40", text]}) == sentence

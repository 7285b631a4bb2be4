# SPDX-License-Identifier: GPL-3.0-or-later
"""Load balancers behave as documented: members, URLs, Bot Defense, what can be read of them, and what is refused."""

from __future__ import annotations

import pytest

NAME = "billing.acme.example"
PATH = "/networking/loadbalancers"
NEW = {
    "region": "EB",
    "area": "EB-EMEA",
    "serviceId": 44413,
    "healthcheck": "tcp",
    "portMembers": "80",
    "profileName": "HTTP",
    "url": "new.acme.example",
}


def refused(answer) -> str:
    assert answer.status_code == 400, answer.text
    assert sorted(answer.json()) == ["errorCode", "errorDesc", "errorMessage", "status"]
    return answer.json()["errorMessage"]


@pytest.fixture
def path(api):
    return f"{PATH}/{api.id_of(NAME)}"


def members(api, path):
    return {row["name"]: (row["port"], row["state"], row["status"]) for row in api.get(f"{path}/members").json()}


# creation


@pytest.mark.parametrize(
    "change, words",
    [
        ({"healthcheck": "nothing"}, "healthcheck"),
        ({"profileName": "GOPHER"}, "profileName"),
        ({"profileName": "HTTPS"}, "certificateName"),
        ({"profileName": "HTTPS", "certificateName": "nobody"}, "certificate"),
        ({"sslProfile": "nobody"}, "SSL profile"),
        ({"portMembers": "65536"}, "portMembers"),
        ({"vsPort": 65536}, "vsPort"),
        ({"url": NAME}, "exists"),
        ({"url": "new.acme.invalid", "setUpDNSEnabled": True}, "DNS"),
        ({"networkId": 1125}, "network"),
        ({"members": [{"id": 1}]}, "member"),
        ({"members": [{"id": 500000001}, {"id": 500000009}]}, "one network"),
    ],
    ids=str,
)
def test_creation_that_cannot_be_is_refused(api, change, words):
    assert words in refused(api.call("POST", PATH, {**NEW, **change}))
    assert api.sim.state.actions.all() == []


@pytest.mark.parametrize("url", ["1.acme.example", "x", "under_score.acme.example", "ftp://new.acme.example"])
def test_url_that_breaks_the_pattern_is_refused(api, url):
    assert api.call("POST", PATH, {**NEW, "url": url}).status_code == 400
    assert len(api.sim.violations()) == 1


def test_creation_shows_what_was_asked_for(api):
    body = {**NEW, "url": "https://new.acme.example", "persistence": False, "members": [{"id": api.id_of("PEBBILL01")}]}
    api.wait(api.call("POST", PATH, body))
    shown = api.get(f"{PATH}/{api.id_of('new.acme.example')}").json()
    assert (shown["defaultPersistence"], shown["healthChecks"][0]["name"]) == ("", "tcp")
    assert [row["name"] for row in shown["urls"]] == ["new.acme.example"]
    assert members(api, f"{PATH}/{shown['id']}") == {"PEBBILL01": (80, "enabled", "up")}


@pytest.mark.parametrize("urls, found", [(".acme.test", 1), ("www.billing", 1), ("nowhere", 0), ("acme", 3)])
def test_a_part_of_a_url_finds_it(api, urls, found):
    assert api.get(PATH, urls=urls).json()["totalElements"] == found


# members


def test_a_member_is_up_down_or_taken_out_by_the_user(api, path):
    assert members(api, path)["PEBBILL01"] == (8080, "enabled", "up")
    api.wait(api.patch("PEBBILL01", "stop"))
    assert members(api, path)["PEBBILL01"] == (8080, "enabled", "down")
    for state in ("disabled", "offline"):
        answer = api.call("PATCH", f"{path}/members/{api.id_of('PEBBILL01')}", {"operation": state})
        assert (answer.json()["state"], answer.json()["status"]) == (state, "user_down")
        assert members(api, path)["PEBBILL01"] == (8080, state, "user_down")


@pytest.mark.parametrize("body", [{}, {"operation": "up"}, {"operation": "ENABLED"}])
def test_a_member_has_one_of_three_states(api, path, body):
    assert "operation" in refused(api.call("PATCH", f"{path}/members/{api.id_of('PEBBILL01')}", body))
    assert members(api, path)["PEBBILL01"][1] == "enabled"


def test_only_members_can_be_changed_or_removed(api, path):
    stranger = f"{path}/members/{api.id_of('PETPORT01')}"
    assert api.call("PATCH", stranger, {"operation": "offline"}).status_code == 404
    assert api.call("DELETE", stranger).status_code == 404


@pytest.fixture
def two_ports(api, path):
    """PEBBILL01 with the ports 8080 and 9090: a function that tells their states, as far as they are there."""
    api.call("POST", f"{path}/members", {"resourceId": api.id_of("PEBBILL01"), "port": 9090})

    def states():
        rows = api.get(f"{path}/members").json()
        return {row["port"]: row["state"] for row in rows if row["name"] == "PEBBILL01"}

    return states


@pytest.mark.parametrize(
    ("ports", "changed", "left"),
    [
        ("first", {8080: "offline", 9090: "enabled"}, {9090: "enabled"}),
        ("all", {8080: "offline", 9090: "offline"}, {}),
        ("refused", {8080: "enabled", 9090: "enabled"}, {8080: "enabled", 9090: "enabled"}),
    ],
)
def test_ports_that_the_number_of_a_resource_means(api, path, two_ports, ports, changed, left):
    api.sim.configure(member_ports=ports)
    member = f"{path}/members/{api.id_of('PEBBILL01')}"
    api.call("PATCH", member, {"operation": "offline"})
    assert two_ports() == changed
    assert api.call("DELETE", member).status_code == (400 if ports == "refused" else 200)
    assert two_ports() == left


@pytest.mark.parametrize(("paths", "status"), [("resource", 404), ("either", 200)])
def test_a_member_named_by_its_technical_id(api, path, two_ports, paths, status):
    api.sim.configure(member_paths=paths)
    answer = api.call("PATCH", f"{path}/members/PEBBILL01:9090", {"operation": "disabled"})
    assert answer.status_code == status
    assert two_ports() == {8080: "enabled", 9090: "disabled" if status == 200 else "enabled"}


def test_a_new_member_is_enabled_whatever_else_is_sent(api, path):
    body = {"resourceId": api.id_of("PEBBILLW01"), "port": 80, "state": "offline", "name": "other"}
    rows = api.call("POST", f"{path}/members", body).json()
    assert [(row["name"], row["state"]) for row in rows][-1] == ("PEBBILLW01", "enabled")
    assert "exists" in refused(api.call("POST", f"{path}/members", body))


def test_stats_tell_connections(api, path):
    api.call("PATCH", f"{path}/members/{api.id_of('PEBBILL01')}", {"operation": "offline"})
    first, second = (next(iter(row.values())) for row in api.get(f"{path}/stats").json())
    assert (first["currentConnections"], first["state"]) == (0, "offline")
    assert second["currentConnections"] > 0


# Bot Defense


def bot(api, operation, **options):
    return api.patch(NAME, operation, PATH, **options)


def white_list(api, path):
    return [row["ip"] for row in api.get(path).json()["securityProfile"]["whiteList"]]


def test_bot_defense(api, path):
    assert "not active" in refused(bot(api, "update_bot", mode="blocking"))
    assert "not active" in refused(bot(api, "edit_bot_whitelist", ip="10.0.3.40"))
    action = bot(api, "activate_bot")
    assert api.get(path).json()["botDefenseUpdating"] is True
    api.wait(action)
    shown = api.get(path).json()
    assert (shown["botDefenseEnabled"], shown["botDefenseUpdating"]) == (True, False)
    assert (shown["securityProfile"]["template"], shown["securityProfile"]["enforcement"]) == ("standard", "blocking")
    assert "active already" in refused(bot(api, "activate_bot"))
    assert "template" in refused(bot(api, "update_bot", template="loose"))
    assert "mode" in refused(bot(api, "update_bot", mode="sometimes"))
    api.wait(bot(api, "delete_bot"))
    assert "securityProfile" not in api.get(path).json()


def test_white_list(api, path):
    api.wait(bot(api, "activate_bot"))
    for ip in ("10.0.3.40", "10.0.3.0/24", "10.0.3.40"):  # what is there may be edited again
        api.wait(bot(api, "edit_bot_whitelist", ip=ip))
    assert white_list(api, path) == ["10.0.3.40", "10.0.3.0/24"]
    assert "no IP address" in refused(bot(api, "edit_bot_whitelist", ip="10.0.3.400"))
    assert "missing" in refused(bot(api, "edit_bot_whitelist"))
    assert "not on the whitelist" in refused(bot(api, "delete_bot_whitelist", ip="10.9.9.9"))
    api.wait(bot(api, "delete_bot_whitelist", ip="10.0.3.40"))
    assert white_list(api, path) == ["10.0.3.0/24"]


# what can be read


def events(api, path, **query):
    return api.get(f"{path}/events", **{"from": "2026-03-15T00:00:00Z", "to": "2026-03-16T00:00:00+0100", **query})


def test_events(api, path):
    assert events(api, path).json() == []
    api.wait(bot(api, "activate_bot", mode="transparent"))
    assert [row["action"] for row in events(api, path).json()] == ["logged", "logged"]
    assert [row["criteria"] for row in events(api, path, size="1", criteria="waf").json()] == ["waf"]
    assert "after" in refused(events(api, path, to="2026-03-14T00:00:00Z"))


def test_ssl_profiles_of_a_url(api, path):
    assert api.get(f"{path}/ssl-profiles").json() == {"isValidSSLProfilInstalled": False, "validSSLProfiles": []}
    body = {**NEW, "profileName": "HTTPS", "certificateName": "star-acme-example"}
    api.wait(api.call("POST", PATH, body))
    secure = f"{PATH}/{api.id_of('new.acme.example')}/ssl-profiles"
    for query in ({}, {"url": "new.acme.example"}):
        shown = api.get(secure, **query).json()
        assert [row["name"] for row in shown["validSSLProfiles"]] == ["clientssl-acme-example"]
    assert api.get(secure, url="other.acme.example").json()["isValidSSLProfilInstalled"] is False


# monitoring


def test_monitoring_of_all_urls_or_of_those_that_are_named(api, path):
    api.wait(api.patch(NAME, "update_monitoring", PATH, state=False, on_call=False))
    assert [row["monitoringEnabled"] for row in api.get(f"{path}/urls").json()] == [False, False]
    api.wait(api.patch(NAME, "update_monitoring", PATH, state=True, on_call=True, updateUrls=[NAME]))
    assert [row["monitoringOnCallEnabled"] for row in api.get(f"{path}/urls").json()] == [True, False]
    assert "Unknown URL" in refused(api.patch(NAME, "update_monitoring", PATH, state=True, updateUrls=["nowhere"]))

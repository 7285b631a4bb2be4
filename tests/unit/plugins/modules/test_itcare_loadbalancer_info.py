# SPDX-License-Identifier: GPL-3.0-or-later
"""Load balancers are listed by every documented filter, with what is asked for of each."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

MODULE = "itcare_loadbalancer_info"
BILLING, UAT, APPS = "billing.acme.example", "portal-uat.acme.test", "apps.billing.acme.example"


@pytest.fixture
def info(sim, run):
    """``info(check=False, **options)``: the module's result."""

    def run_info(check=False, **options):
        sim.clear_journal()
        return run(MODULE, check=check, **options)

    return run_info


def names(result):
    assert not result.get("failed"), result["msg"]
    assert result["changed"] is False
    return sorted(row["name"] for row in result["loadbalancers"])


def refused(sim, info, **options):
    result = info(**options)
    assert result.get("failed"), result
    assert sim.requests() == []
    return result["msg"]


@pytest.mark.parametrize(
    "filters, query, found",
    [
        (dict(), {}, [APPS, BILLING, UAT]),
        (dict(names=[BILLING, "nowhere"]), {"names": "billing.acme.example,nowhere"}, [BILLING]),
        (dict(name="!" + BILLING), {"names": "!billing.acme.example"}, [APPS, UAT]),
        (dict(urls="www." + BILLING), {"urls": "www.billing.acme.example"}, [BILLING]),
        (dict(urls=[".acme.test"]), {"urls": ".acme.test"}, [UAT]),
        (dict(services=["billing"]), {"services": "44411"}, [APPS, BILLING]),
        (dict(service="44422"), {"services": "44422"}, [UAT]),
        (dict(environments=["PRODUCTION"]), {"environments": "PRODUCTION"}, [APPS, BILLING]),
        (dict(statuses=["INACTIVE"]), {"statuses": "INACTIVE"}, [UAT]),
        (dict(tags={"application": "none"}), {"tags": "application:none"}, []),
        (dict(botdefense=True), {"botdefense": "true"}, []),
        (dict(bot_defense=False), {"botdefense": "false"}, [APPS, BILLING, UAT]),
        (dict(monitoring_status=False), {"monitoringStatus": "false"}, [UAT]),
        (dict(monitoring_on_call_status=True), {"monitoringOnCallStatus": "true"}, []),
        (dict(i_rules=["iRule-x"]), {"iRules": "iRule-x"}, []),
        (dict(irules=["iRule-x"]), {"iRules": "iRule-x"}, []),
        (dict(default_persistence=["hash"]), {"defaultPersistence": "hash"}, []),
        (dict(fallback_persistence=["source_addr"]), {"fallbackPersistence": "source_addr"}, [APPS, BILLING, UAT]),
        (dict(load_balancing_mode=["round-robin"]), {"loadBalancingMode": "round-robin"}, [APPS, BILLING, UAT]),
        (dict(protocols=["HTTPS"]), {"protocols": "HTTPS"}, [BILLING]),
        (dict(vlan=["ET_2290_VIP1"]), {"vlan": "ET_2290_VIP1"}, [UAT]),
        (dict(clouds=[101]), {"clouds": "101"}, [APPS, BILLING]),
        (dict(sort="name,desc"), {"sort": "name,desc"}, [APPS, BILLING, UAT]),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.parametrize("check", [False, True])
def test_filters(sim, info, check, filters, query, found):
    assert names(info(check=check, **filters)) == found
    (asked,) = sim.requests(operation="list_loadbalancers")
    assert {key: value for key, value in asked["query"].items() if key not in ("page", "size")} == query
    assert sim.writes() == []


def test_one_by_id(sim, info):
    number = sim.state.named(BILLING, "loadbalancer")[0]["id"]
    assert names(info(id=number)) == [BILLING]
    assert names(info(id=1)) == []


def test_gather(sim, info):
    (one,) = info(name=BILLING, gather=["members", "urls", "stats", "ssl_profiles", "events", "tags", "history"])[
        "loadbalancers"
    ]
    assert [(row["name"], row["port"], row["state"], row["status"]) for row in one["pool"]] == [
        ("PEBBILL01", 8080, "enabled", "up"),
        ("PEBBILL02", 8080, "enabled", "up"),
    ]
    assert [row["ip_address"] for row in one["members"]] == [row["address"] for row in one["pool"]]
    assert [row["name"] for row in one["urls"]] == [BILLING, "www." + BILLING]
    # The platform's own words: the keys are members.
    assert [list(row) for row in one["stats"]] == [["PEBBILL01:8080"], ["PEBBILL02:8080"]]
    assert [row["url"] for row in one["ssl_profiles"]] == [BILLING, "www." + BILLING]
    assert one["ssl_profiles"][0]["is_valid_ssl_profil_installed"] is False
    assert (one["tags"], one["events"], one["history"]) == ({}, [], [])
    assert [entry["query"] for entry in sim.requests(operation="get_loadbalancer_ssl_profiles")] == [
        {"url": BILLING},
        {"url": "www." + BILLING},
    ]


def test_without_gather_one_request(sim, info):
    (one,) = info(name=BILLING)["loadbalancers"]
    assert "pool" not in one and "events" not in one
    assert len(sim.requests()) == 1


def test_ssl_profiles_of_a_certificate(sim, info):
    sim.state.named(BILLING, "loadbalancer")[0]["certificate"] = sim.state.certificates[0]
    (one,) = info(name=BILLING, gather=["ssl_profiles"])["loadbalancers"]
    assert one["ssl_profiles"][0]["is_valid_ssl_profil_installed"] is True
    assert one["ssl_profiles"][0]["valid_ssl_profiles"][0]["server_name"] == "acme.example"


# events


def test_events_of_the_last_day(sim, info):
    sim.state.named(BILLING, "loadbalancer")[0].update(
        botDefenseEnabled=True, securityProfile={"enforcement": "blocking", "whiteList": []}
    )
    (one,) = info(name=BILLING, gather=["events"])["loadbalancers"]
    assert [row["action"] for row in one["events"]] == ["blocked", "blocked"]
    query = sim.requests(operation="list_loadbalancer_events")[0]["query"]
    assert sorted(query) == ["from", "to"]
    begin, end = (datetime.strptime(query[name], "%Y-%m-%dT%H:%M:%S.%fZ") for name in ("from", "to"))
    assert end - begin == timedelta(days=1)
    assert abs(datetime.now(timezone.utc) - end.replace(tzinfo=timezone.utc)) < timedelta(minutes=1)


def test_events_as_asked_for(sim, info):
    info(
        name=BILLING,
        gather=["events"],
        events_from="2026-05-01T00:00:00+0200",
        events_to="2026-05-02 00:00:00+02:00",
        events_type="security",
        events_criteria="bot",
        events_size=5,
    )
    assert sim.requests(operation="list_loadbalancer_events")[0]["query"] == {
        "from": "2026-04-30T22:00:00.000Z",
        "to": "2026-05-01T22:00:00.000Z",
        "type": "security",
        "criteria": "bot",
        "size": "5",
    }


def test_events_from_a_day_before_their_end(sim, info):
    info(name=BILLING, gather=["events"], events_to="2026-05-02T12:00:00.250Z")
    query = sim.requests(operation="list_loadbalancer_events")[0]["query"]
    assert (query["from"], query["to"]) == ("2026-05-01T12:00:00.250Z", "2026-05-02T12:00:00.250Z")


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(events_type="security"), "events_type: gather does not ask for events"),
        (dict(events_to="", gather=["tags"]), "events_to: gather does not ask for events"),
        (dict(events_to="", gather=["events"]), "events_to: '' is not a time with its zone"),
        (dict(events_from="yesterday", gather=["events"]), "events_from: 'yesterday' is not a time with its zone"),
        (
            dict(events_to="2026-05-01T00:00:00", gather=["events"]),
            "events_to: '2026-05-01T00:00:00' is not a time with its zone",
        ),
        (
            dict(events_from="2026-05-02T00:00:00Z", events_to="2026-05-01T00:00:00Z", gather=["events"]),
            "events_from: 2026-05-02T00:00:00.000Z is after the end, 2026-05-01T00:00:00.000Z",
        ),
        (dict(events_size=-1, gather=["events"]), "events_size: -1 is negative"),
        (dict(names=["a,b"]), "a comma separates values"),
        (dict(urls=[]), "urls: an empty list would select everything"),
        (dict(id=1, urls=["x"]), "mutually exclusive: id|urls"),
        (dict(gather=["loadbalancers"]), "value of gather must be one or more of"),
        (dict(lookups=["whitelist"]), "value of lookups must be one or more of"),
    ],
    ids=str,
)
def test_refused(sim, info, options, message):
    assert message in refused(sim, info, **options)


# lookups


def test_lookups(sim, info):
    result = info(name=BILLING, lookups=["protocols", "internal_whitelist"])
    assert [row["name"] for row in result["protocols"]] == ["HTTP", "HTTPS", "TCP"]
    assert [row["is_certificate_required"] for row in result["protocols"]] == [False, True, False]
    assert result["internal_whitelist"] == ["10.0.0.0/8", "172.16.0.0/12"]


def test_no_lookups_unasked(sim, info):
    result = info(name=BILLING)
    assert "protocols" not in result and "internal_whitelist" not in result


def test_incomplete_listing_fails(sim, info):
    sim.fault("short_page", operation="list_loadbalancers", times=-1)
    result = info()
    assert result["failed"] and "could not be read completely" in result["msg"]

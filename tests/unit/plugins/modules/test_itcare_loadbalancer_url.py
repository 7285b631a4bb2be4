# SPDX-License-Identifier: GPL-3.0-or-later
"""A URL of a load balancer: added, monitored and removed once, with whatever is under way waited for."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import lifecycle

MODULE = "itcare_loadbalancer_url"
BALANCER = "billing.acme.example"
THERE, NEW = "www.billing.acme.example", "api.billing.acme.example"


@pytest.fixture
def url(sim, run):
    """``url(check=False, **options)``: the module's result, and what it wrote: ``(method, path, body)``."""

    def run_url(check=False, **options):
        sim.clear_journal()
        result = run(MODULE, check=check, **dict(dict(loadbalancer=BALANCER), **options))
        return result, [(entry["method"], entry["path"], entry["body"]) for entry in sim.writes()]

    return run_url


def assert_converged(url, **options):
    """Predict, apply as predicted; once more changes nothing and writes nothing; nor does check mode then."""
    predicted, writes = url(check=True, **options)
    assert not predicted.get("failed"), predicted["msg"]
    assert predicted["changed"] and writes == []
    result, writes = url(**options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and writes
    assert (result["diff"], result["steps"]) == (predicted["diff"], predicted["steps"])
    for check in (False, True):
        again, more = url(check=check, **options)
        assert not again.get("failed"), again["msg"]
        assert (again["changed"], more, again["diff"]) == (False, [], [])
    return result, writes


def refused(url, **options):
    """The message of a task that fails before anything is written."""
    result, writes = url(**options)
    assert result.get("failed"), result
    assert writes == []
    return result["msg"]


def path_of(sim, name=None):
    path = "/networking/loadbalancers/%d/urls" % sim.state.named(BALANCER, "loadbalancer")[0]["id"]
    return "%s/%d" % (path, sim.state.named(name, "url")[0]["id"]) if name else path


# present


def test_add(sim, url):
    result, writes = assert_converged(url, name=NEW)
    assert writes == [("POST", path_of(sim), {"name": NEW})]
    assert result["steps"] == ["create_url"]
    assert (result["url"]["name"], result["url"]["status"]) == (NEW, "ACTIVE")
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]


def test_add_with_everything(sim, url):
    options = dict(
        set_up_dns_enabled=True, ssl_profile="clientssl-acme-example", monitoring_enabled=True, on_call_supervision=True
    )
    result, writes = assert_converged(url, name="https://" + NEW, **options)
    assert writes == [
        (
            "POST",
            path_of(sim),
            {
                "name": NEW,
                "setUpDNSEnabled": True,
                "sslProfile": "clientssl-acme-example",
                "monitoringEnabled": True,
                "onCallSupervision": True,
            },
        )
    ]
    assert result["url"]["monitoring_on_call_enabled"] is True


@pytest.mark.parametrize("name", [THERE, "http://" + THERE, THERE.upper()])
def test_present_idempotent(url, name):
    result, writes = url(name=name, set_up_dns_enabled=True, ssl_profile="whatever")
    assert (result["changed"], writes, result["url"]["name"]) == (False, [], THERE)


def test_monitoring(sim, url):
    result, writes = assert_converged(url, name=THERE, on_call_supervision=True)
    assert writes == [
        (
            "PATCH",
            path_of(sim, THERE),
            {"operation": "update_monitoring", "options": {"state": True, "onCall": True}},
        )
    ]
    assert result["url"]["monitoring_on_call_enabled"] is True
    _result, writes = assert_converged(url, name=THERE, monitoring_enabled=False)
    assert writes[0][2]["options"] == {"state": False, "onCall": False}
    _result, writes = assert_converged(url, name=THERE, monitoring_enabled=True)
    assert writes[0][2]["options"] == {"state": True, "onCall": False}


def test_load_balancer_by_any_url_or_id(sim, url):
    number = sim.state.named(BALANCER, "loadbalancer")[0]["id"]
    for balancer in (THERE, "https://" + BALANCER, str(number)):
        assert url(loadbalancer=balancer, name=THERE)[0]["changed"] is False


# absent


def test_absent(sim, url):
    path = path_of(sim, THERE)
    result, writes = assert_converged(url, name=THERE, state="absent")
    assert writes == [("DELETE", path, None)]
    assert (result["url"], result["steps"]) == (None, ["delete_url"])


def test_absent_of_nothing(url):
    result, writes = url(name=NEW, state="absent")
    assert (result["changed"], result["url"], writes) == (False, None, [])


def test_removed_is_absent(sim, url):
    sim.configure(removed_visible=True)
    assert_converged(url, name=THERE, state="absent")


@pytest.mark.parametrize("balancer", ["nowhere.acme.example", "499999999"])
def test_no_such_load_balancer(url, balancer):
    assert balancer in refused(url, loadbalancer=balancer, name=NEW)
    result, writes = url(loadbalancer=balancer, name=NEW, state="absent")
    assert (result["changed"], result["url"], writes) == (False, None, [])


# what is refused before anything is sent


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(name="no_url.acme.example"), "name: 'no_url.acme.example' is no URL for a load balancer"),
        (dict(name="ab"), "is no URL for a load balancer"),
        (
            dict(name="www.acme.invalid", set_up_dns_enabled=True),
            "set_up_dns_enabled: www.acme.invalid is in no domain in which the platform sets up DNS",
        ),
        (dict(name=NEW, on_call_supervision=True), "on_call_supervision: true needs monitoring_enabled=true"),
        (
            dict(name=NEW, on_call_supervision=True, monitoring_enabled=False),
            "on_call_supervision: true needs monitoring_enabled=true",
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize("check", [False, True])
def test_refused(url, check, options, message):
    assert message in refused(url, check=check, **options)


def test_on_call_of_what_is_not_monitored(url):
    url(name=THERE, monitoring_enabled=False)
    assert "needs monitoring_enabled=true" in refused(url, name=THERE, on_call_supervision=True)


def test_unknown_ssl_profile_is_refused_by_the_platform(url):
    result, _writes = url(name=NEW, ssl_profile="nobody")
    assert result["failed"] and "Unknown SSL profile" in result["msg"]


# what is under way


@pytest.mark.parametrize("settings", [dict(), dict(creation_visible=True)], ids=str)
def test_interrupted_creation_is_adopted(sim, url, settings):
    sim.configure(action_seconds=0.8, **settings)
    result, _writes = url(name=NEW, wait_timeout=0.2)
    assert result["failed"] and "run the same task again" in result["msg"]
    result, writes = url(name=NEW)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result["url"]["name"]) == (False, [], NEW)
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]


def test_a_removal_under_way_is_waited_for_where_nothing_seems_to_be_done(sim, url):
    sim.configure(action_seconds=0.5)
    url(name=THERE, state="absent", wait=False)
    result, writes = url(name=THERE)
    assert result["changed"] and [method for method, _path, _body in writes] == ["POST"]


def test_an_action_on_the_load_balancer_is_waited_for(sim, run, url, monkeypatch):
    monkeypatch.setattr(lifecycle, "LOST_SECONDS", 0.5)
    sim.configure(action_seconds=0.5)
    run("itcare_loadbalancer", name=BALANCER, monitoring_enabled=False, wait=False)
    result, _writes = url(name=NEW)
    assert not result.get("failed"), result["msg"]
    assert [one["process"] for one in result["actions"]] == ["DISABLE_MONITORING", "CREATE_URL"]


def test_under_way_and_no_wait(sim, url):
    sim.configure(action_seconds=30)
    url(name=THERE, state="absent", wait=False)
    result, writes = url(name=THERE, monitoring_enabled=False, wait=False)
    assert (result["changed"], writes) == (False, [])
    assert result["still_to_do"] == ["update_monitoring"]


# what goes wrong


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "truncate_json", "error_after"])
@pytest.mark.parametrize(
    "options, method",
    [
        (dict(name=NEW), "POST"),
        (dict(name=THERE, monitoring_enabled=False), "PATCH"),
        (dict(name=THERE, state="absent"), "DELETE"),
    ],
    ids=str,
)
def test_lost_answer_of_what_took_effect(sim, url, fault, options, method):
    sim.fault(fault, method=method, path="/urls")
    result, writes = url(**options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1
    assert "it took effect" in result["warnings"][0]


def test_lost_creation_is_never_sent_twice(sim, url, monkeypatch):
    monkeypatch.setattr(lifecycle, "LOST_SECONDS", 0.5)
    sim.fault("reset_before", method="POST", path="/urls")
    result, writes = url(name=NEW)
    assert result["failed"] and len(writes) == 1
    assert "may have taken effect" in result["msg"]


def test_action_fails(sim, url):
    sim.fault("fail_action", method="POST", message="no SNI left")
    result, _writes = url(name=NEW)
    assert result["failed"] and "no SNI left" in result["msg"]


@pytest.mark.parametrize(
    "settings",
    [
        dict(accepted_status=200),
        dict(internal_id=False),
        dict(action_without_status=True),
        dict(action_id_as_text=True),
        dict(late_visibility=0.6),
        dict(late_action=0.6),
        dict(creation_visible=True),
    ],
    ids=str,
)
@pytest.mark.slow
def test_every_latitude_of_the_documentation(sim, url, settings):
    sim.configure(**settings)
    assert_converged(url, name=NEW, monitoring_enabled=True)
    assert_converged(url, name=NEW, monitoring_enabled=False)
    assert_converged(url, name=NEW, state="absent")

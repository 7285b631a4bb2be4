# SPDX-License-Identifier: GPL-3.0-or-later
"""A URL of a load balancer: added, monitored and removed once, with whatever is under way waited for."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

BALANCER = "billing.acme.example"
THERE, NEW = "www.billing.acme.example", "api.billing.acme.example"


@pytest.fixture
def url(task):
    return task("itcare_loadbalancer_url").given(loadbalancer=BALANCER)


def path_of(sim, name=None):
    path = "/networking/loadbalancers/%d/urls" % sim.state.named(BALANCER, "loadbalancer")[0]["id"]
    return "%s/%d" % (path, sim.state.named(name, "url")[0]["id"]) if name else path


# present


def test_present(sim, url):
    result, writes = url.converges(name=NEW)
    assert writes == [("POST", path_of(sim), {"name": NEW})]
    assert result["steps"] == ["create_url"]
    assert (result["url"]["name"], result["url"]["status"]) == (NEW, "ACTIVE")
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]


def test_present_with_everything(sim, url):
    options = dict(
        set_up_dns=True, ssl_profile="clientssl-acme-example", monitoring_enabled=True, on_call_supervision=True
    )
    result, writes = url.converges(name="https://" + NEW, **options)
    body = {
        "name": NEW,
        "setUpDNSEnabled": True,
        "sslProfile": "clientssl-acme-example",
        "monitoringEnabled": True,
        "onCallSupervision": True,
    }
    assert writes == [("POST", path_of(sim), body)]
    assert result["url"]["monitoring_on_call_enabled"] is True


@pytest.mark.parametrize("name", [THERE, "http://" + THERE, THERE.upper()])
def test_present_idempotent(url, name):
    result = url.changes_nothing(name=name, set_up_dns=True, ssl_profile="whatever")
    assert result["url"]["name"] == THERE


def test_present_check_mode(url):
    result, _writes = url(check=True, name=NEW)
    assert (result["url"], result["steps"]) == (None, ["create_url"])


ON, ON_CALL, OFF = (
    dict(monitoring_enabled=True, on_call_supervision=False),
    dict(monitoring_enabled=True, on_call_supervision=True),
    dict(monitoring_enabled=False),
)


@pytest.mark.parametrize(
    "before, wanted, monitored, on_call",
    [
        (ON, dict(on_call_supervision=True), True, True),
        (ON_CALL, dict(on_call_supervision=False), True, False),
        (ON_CALL, OFF, False, False),
        (OFF, dict(monitoring_enabled=True), True, False),
        (OFF, ON_CALL, True, True),
    ],
    ids=str,
)
def test_monitoring(sim, url, before, wanted, monitored, on_call):
    url(name=THERE, **before)
    result, writes = url.converges(name=THERE, **wanted)
    body = {"operation": "update_monitoring", "options": {"state": monitored, "onCall": on_call}}
    assert writes == [("PATCH", path_of(sim, THERE), body)]
    shown = result["url"]
    assert (shown["monitoring_enabled"], shown["monitoring_on_call_enabled"]) == (monitored, on_call)


@pytest.mark.parametrize("balancer", [THERE, "https://" + BALANCER, None])
def test_load_balancer_by_url_or_id(sim, url, balancer):
    number = str(sim.state.named(BALANCER, "loadbalancer")[0]["id"])
    url.changes_nothing(loadbalancer=balancer or number, name=THERE)


# absent


def test_absent(sim, url):
    path = path_of(sim, THERE)
    result, writes = url.converges(name=THERE, state="absent")
    assert writes == [("DELETE", path, None)]
    assert (result["url"], result["steps"]) == (None, ["delete_url"])


def test_absent_idempotent(url):
    assert url.changes_nothing(name=NEW, state="absent")["url"] is None


def test_absent_check_mode(url):
    result, _writes = url(check=True, name=THERE, state="absent")
    assert (result["url"]["name"], result["steps"]) == (THERE, ["delete_url"])


def test_absent_of_one_that_is_still_shown(sim, url):
    sim.configure(removed_visible=True)
    url.converges(name=THERE, state="absent")


@pytest.mark.parametrize("balancer", ["nowhere.acme.example", "499999999"])
def test_no_such_load_balancer(url, balancer):
    assert balancer in url.refuses(loadbalancer=balancer, name=NEW, on_missing_in_check_mode="fail")
    assert url.changes_nothing(loadbalancer=balancer, name=NEW, state="absent")["url"] is None


def test_load_balancer_that_an_earlier_task_may_create(url):
    result, writes = url(check=True, loadbalancer="nowhere.acme.example", name=NEW)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["steps"], result["url"], writes) == (True, ["create_url"], None, [])
    (warning,) = result["warnings"]
    assert "there is no load balancer" in warning and "earlier task" in warning


# what is refused before anything is sent


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(name="no_url.acme.example"), "name: 'no_url.acme.example' is not a URL for a load balancer"),
        (dict(name="ab"), "is not a URL for a load balancer"),
        (
            dict(name="www.acme.invalid", set_up_dns=True),
            "set_up_dns: www.acme.invalid is in no domain in which the platform sets up DNS",
        ),
        (dict(name=NEW, on_call_supervision=True), "on_call_supervision: true needs monitoring_enabled=true"),
        (
            dict(name=NEW, on_call_supervision=True, monitoring_enabled=False),
            "on_call_supervision: true needs monitoring_enabled=true",
        ),
    ],
    ids=str,
)
def test_refused(url, options, message):
    assert message in url.refuses(**options)


def test_on_call_of_what_is_not_monitored(url):
    url(name=THERE, monitoring_enabled=False)
    assert "needs monitoring_enabled=true" in url.refuses(name=THERE, on_call_supervision=True)


def test_unknown_ssl_profile(url):
    assert url.refuses(name=NEW, ssl_profile="nobody") == (
        "ssl_profile: nobody is unknown; these are: clientssl-acme-example, clientssl-acme-test"
    )


# what is under way


@pytest.mark.slow
@pytest.mark.parametrize("settings", [dict(), dict(creation_visible=True)], ids=str)
def test_interrupted_creation_is_adopted(sim, url, settings):
    sim.configure(action_seconds=0.8, **settings)
    result, _writes = url(name=NEW, wait_timeout=0.2)
    assert result["failed"] and "run the same task again" in result["msg"]
    result, writes = url(name=NEW)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result["url"]["name"]) == (False, [], NEW)
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]


@pytest.mark.slow
def test_a_removal_under_way_is_waited_for_where_nothing_seems_to_be_done(sim, url):
    sim.configure(action_seconds=0.5)
    url(name=THERE, state="absent", wait=False)
    result, writes = url(name=THERE)
    assert result["changed"] and [method for method, _path, _body in writes] == ["POST"]


@pytest.mark.slow
def test_an_action_on_the_load_balancer_is_waited_for(sim, run, url, monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)
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


@pytest.mark.slow
def test_lost_creation_is_never_sent_twice(sim, url, monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)
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
    url.converges(name=NEW, monitoring_enabled=True)
    url.converges(name=NEW, monitoring_enabled=False)
    url.converges(name=NEW, state="absent")


def test_load_balancer_that_is_listed_and_has_no_page(sim, url):
    sim.fault("status", status=404, path=path_of(sim).rpartition("/")[0] + "$", times=-1)
    result, writes = url(name=NEW, wait_timeout=2)
    assert writes == [] and "is listed, and its page below /networking/loadbalancers answers 404" in result["msg"]


def test_load_balancer_whose_page_comes_late(sim, url):
    sim.fault("status", status=404, path=path_of(sim).rpartition("/")[0] + "$", times=2)
    _result, writes = url(name=NEW)
    assert writes == [("POST", path_of(sim), {"name": NEW})]

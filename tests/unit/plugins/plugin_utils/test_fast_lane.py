# SPDX-License-Identifier: GPL-3.0-or-later
"""When the fast lane is taken, and that it answers as the module would."""

from __future__ import annotations

import datetime
import os
import sys
import time
from types import SimpleNamespace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import progress, transport
from ansible_collections.cegedim.cloud.plugins.modules import itcare_instance, itcare_instance_info
from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane, itcare_lane, waiting_lines


def lane(transport_name="local", become=False, async_val=0, delegate_to=None, args=None):
    """An ItcareLane as Ansible would make it for such a task."""
    plugin = object.__new__(itcare_lane.ItcareLane)
    plugin._connection = SimpleNamespace(transport=transport_name)
    plugin._play_context = SimpleNamespace(become=become)
    plugin._task = SimpleNamespace(async_val=async_val, delegate_to=delegate_to, args=args or {})
    plugin._templar = SimpleNamespace(template=lambda value: value)
    return plugin


def can_run_here(task_vars=None, environment=None, **task):
    return lane(**task)._can_run_here(task_vars or {}, environment or {})


def test_local_task():
    assert can_run_here()


@pytest.mark.parametrize(
    "task",
    [dict(transport_name="ssh"), dict(become=True), dict(async_val=60)],
    ids=["other host", "become", "async"],
)
def test_not_local(task):
    assert not can_run_here(**task)


@pytest.mark.parametrize(
    "interpreter, here",
    [(None, True), ("auto", True), ("auto_silent", True), (sys.executable, True), ("/opt/other/bin/python3", False)],
)
def test_interpreter(interpreter, here):
    assert can_run_here({"ansible_python_interpreter": interpreter}) is here


def test_interpreter_of_the_host_that_is_delegated_to():
    task_vars = {
        "ansible_python_interpreter": "/opt/other/bin/python3",
        "ansible_delegated_vars": {"localhost": {"ansible_python_interpreter": sys.executable}},
    }
    assert can_run_here(task_vars, delegate_to="localhost")
    task_vars["ansible_delegated_vars"]["localhost"]["ansible_python_interpreter"] = "/opt/other/bin/python3"
    assert not can_run_here(task_vars, delegate_to="localhost")


@pytest.mark.parametrize("value", ["0", "no", "False", "off"])
def test_switched_off(monkeypatch, value):
    assert not can_run_here(environment={"ITCARE_FAST_LANE": value})
    monkeypatch.setenv("ITCARE_FAST_LANE", value)
    assert not can_run_here()
    assert can_run_here(environment={"ITCARE_FAST_LANE": "1"})


def test_without_requests(monkeypatch):
    monkeypatch.setattr(transport, "requests", None)
    assert not can_run_here()


def test_arguments_are_what_a_module_gets():
    class Vaulted:
        def __str__(self):
            return "in clear"

    args = {"name": Vaulted(), "date": datetime.date(2026, 11, 21), "tags": {"a": 1}, "list": (1, 2)}
    assert lane(args=args)._arguments() == {
        "name": "in clear",
        "date": "2026-11-21",
        "tags": {"a": 1},
        "list": [1, 2],
    }


@pytest.mark.parametrize("switch", ["0", "1"])
def test_option_and_its_alias_with_different_values_are_refused_in_both_lanes(monkeypatch, switch):
    monkeypatch.setenv("ITCARE_FAST_LANE", switch)
    monkeypatch.setattr(fast_lane.ActionBase, "run", lambda *given: {})
    plugin = lane(args={"name": "A", "service": "intranet", "service_id": "billing", "state": "absent"})
    plugin.module = itcare_instance
    assert plugin.run() == {
        "failed": True,
        "msg": "service and service_id are the same option and have different values",
    }


@pytest.mark.parametrize(
    "given, differing",
    [
        ({"port": 80, "vs_port": "80"}, []),
        ({"vs_port": 80}, []),
        ({"port": 80, "vs_port": None}, ["port"]),
        ({"nodes": [{"zone": "A", "az": "A"}, {"zone": "A", "az": "B"}, "text"]}, ["zone"]),
    ],
)
def test_aliases_that_differ(given, differing):
    spec = dict(
        port=dict(aliases=["vs_port"]),
        nodes=dict(options=dict(zone=dict(aliases=["az"]))),
    )
    assert [one.split(" and ")[0] for one in fast_lane.aliases_that_differ(spec, given)] == differing


def test_environment_is_the_tasks_and_then_as_before(monkeypatch):
    monkeypatch.setenv("ITCARE_SCOPE", "before")
    with fast_lane._environment({"ITCARE_SCOPE": "task", "ITCARE_PROXY": "p"}):
        assert (os.environ["ITCARE_SCOPE"], os.environ["ITCARE_PROXY"]) == ("task", "p")
    assert os.environ["ITCARE_SCOPE"] == "before" and "ITCARE_PROXY" not in os.environ


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(), "one of the following is required: name, id"),
        (
            dict(name="A", state="bogus"),
            "value of state must be one of: present, started, stopped, restarted, reset, absent, got: bogus",
        ),
        (dict(name="A", patch_party=dict(excluded=True)), "exclusion_reason"),
        (dict(id="one"), "argument 'id' is of type"),
        (dict(name="A", patch_party=5), "patch_party has to be a dict"),
        (dict(name="A", patch_party="one"), "patch_party has to be a dict, dictionary requested"),
        (dict(name="A", patch_party=[None]), "patch_party has to be a dict"),
    ],
)
def test_validation(run, options, message):
    result = run("itcare_instance", **options)
    assert result["failed"] and message in result["msg"]


def test_unknown_option(run):
    result = run("itcare_instance", name="A", nam="A")
    assert result["msg"].startswith("Unsupported parameters for (cegedim.cloud.itcare_instance) module: nam. Supported")


def test_secrets_are_masked(run, auth):
    result = run("itcare_instance", name="NOWHERE", state="absent")
    assert result["invocation"]["module_args"]["client_secret"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert auth["client_secret"] not in str(result)


def test_a_proxy_is_named_although_its_address_is_masked(run):
    """Ansible masks the value of an option with no_log wherever it stands, be there a password in it or not."""
    for login in ("", "user:s3cret-of-a-proxy@"):
        result = run("itcare_instance_info", proxy="http://%s127.0.0.1:9" % login, retry_timeout=0)
        assert "the proxy 127.0.0.1, port 9 (" in result["msg"] and "s3cret" not in result["msg"]


def test_option_and_alias(run):
    result = run("itcare_instance", name="NOWHERE", state="absent", service="billing", service_id="billing")
    assert result["warnings"] == ["Both option service and its alias service_id are set."]


def test_settings_from_the_environment(sim, monkeypatch):
    for name in ("api_url", "token_url", "client_id", "client_secret"):
        monkeypatch.setenv("ITCARE_" + name.upper(), getattr(sim, name))
    result = fast_lane.run_here(itcare_instance, {"name": "NOWHERE", "state": "absent"}, False)
    assert result["changed"] is False
    assert sim.client_secret not in str(result)


def test_a_bug_keeps_its_traceback(run, monkeypatch):
    def broken(client, params, check):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(itcare_instance, "run", broken)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        run("itcare_instance", name="A")


def test_requests_name_the_module(sim, auth):
    from ansible_collections.cegedim.cloud.plugins.modules import itcare_region_info

    assert not fast_lane.run_here(itcare_region_info, auth, False).get("failed")
    senders = {entry["headers"]["User-Agent"] for entry in sim.requests()}
    assert senders == {"ansible-collection-cegedim.cloud (itcare_region_info)"}


# Progress


@pytest.fixture
def task(monkeypatch, auth):
    """``task(environment={}, **attributes)``: a FastLane whose task waits long for a machine to stop."""
    monkeypatch.setattr(fast_lane.ActionBase, "run", lambda *given: {})
    monkeypatch.setattr(fast_lane, "_shows_invocation", lambda task_vars: True)

    def of(environment=None, **attributes):
        plugin = lane(args={**auth, "name": "QEBBILL01", "state": "stopped"})
        plugin.module = itcare_instance
        plugin._task.check_mode, plugin._task.no_log, plugin._task.loop_control = False, False, None
        plugin._compute_environment_string = lambda found: found.update(environment or {})
        for name, value in attributes.items():
            setattr(plugin._task, name, value)
        return plugin

    return of


@pytest.fixture
def shown(monkeypatch, sim):
    """The lines that were shown."""
    sim.configure(action_seconds=0.7)
    lines = []
    monkeypatch.setattr(waiting_lines, "show", lines.append)
    return lines


def test_a_task_that_waits_shows_what_for(task, shown, monkeypatch):
    monkeypatch.setenv("ITCARE_PROGRESS", "0.2")
    result = task().run(None, {"inventory_hostname": "web01"})
    assert result["changed"] and shown
    (action,) = result["actions"]
    text = "waiting: [web01] 0 s for action %s (%s of QEBBILL01): " % (action["id"], action["process"])
    assert shown[0].startswith(text)
    assert progress.observer is None


def test_item_of_the_loop_is_shown(task, shown, monkeypatch):
    monkeypatch.setenv("ITCARE_PROGRESS", "0.2")
    loop = SimpleNamespace(label=None)
    variables = {"inventory_hostname": "web01", "ansible_loop_var": "machine", "machine": "the first one"}
    task(loop_control=loop).run(None, variables)
    assert shown[0].startswith("waiting: [web01] => (item=the first one) 0 s for action ")


def test_no_log_shows_no_name(task, shown, monkeypatch):
    monkeypatch.setenv("ITCARE_PROGRESS", "0.2")
    task(no_log=True).run(None, {"inventory_hostname": "web01"})
    assert shown[0] == "waiting: [web01] 0 s for 1 action"


def test_an_effect_without_an_action_is_shown(task, shown, sim, monkeypatch):
    monkeypatch.setenv("ITCARE_PROGRESS", "0.1")
    sim.configure(action_seconds=0, late_visibility=1.5)
    task().run(None, {"inventory_hostname": "web01"})
    assert shown[0].startswith("waiting: [web01] 0 s for QEBBILL01 ")
    assert shown[0].endswith(" to show stop")


@pytest.mark.parametrize("setting", ["0", "no", "100"])
def test_switched_off_for_a_task_or_not_due(task, shown, monkeypatch, setting):
    monkeypatch.setenv("ITCARE_PROGRESS", "0.2")
    assert task({"ITCARE_PROGRESS": setting}).run(None, {})["changed"]
    assert shown == []


def test_a_bug_leaves_no_observer(task, shown, monkeypatch):
    def broken(client, params, check):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(itcare_instance, "run", broken)
    with pytest.raises(ZeroDivisionError):
        task().run(None, {})
    assert progress.observer is None


def as_a_module(plugin, monkeypatch, seconds):
    """Run the task in the module lane, where the module takes so many seconds."""
    monkeypatch.setenv("ITCARE_FAST_LANE", "0")
    monkeypatch.setattr(fast_lane.NormalAction, "run", lambda *given: time.sleep(seconds) or {})
    plugin.run(None, {"inventory_hostname": "web01"})


@pytest.fixture
def one_run(monkeypatch, tmp_path):
    """Ansible's directory for the temporary files of a run."""
    monkeypatch.setattr(waiting_lines.C, "DEFAULT_LOCAL_TMP", str(tmp_path))


def test_module_lane_says_once_that_it_shows_nothing(task, shown, one_run, monkeypatch):
    monkeypatch.setenv("ITCARE_PROGRESS", "0.05")
    for _task in range(2):
        as_a_module(task(), monkeypatch, 0.2)
    assert [line.split(".")[0] for line in shown] == ["waiting: [web01] the task is still running after 0 s"]


@pytest.mark.parametrize(
    "environment, attributes, module",
    [
        ({"ITCARE_PROGRESS": "0"}, {}, itcare_instance),
        ({}, {"async_val": 60}, itcare_instance),
        ({}, {}, itcare_instance_info),
    ],
    ids=["switched off", "async", "never waits"],
)
def test_module_lane_has_nothing_to_say(task, shown, one_run, monkeypatch, environment, attributes, module):
    monkeypatch.setenv("ITCARE_PROGRESS", "0.05")
    plugin = task(environment, **attributes)
    plugin.module = module
    as_a_module(plugin, monkeypatch, 0.2)
    assert shown == []

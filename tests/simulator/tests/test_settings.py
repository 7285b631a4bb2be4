# SPDX-License-Identifier: GPL-3.0-or-later
"""Each switch for what the documentation leaves open."""

from __future__ import annotations

import time

import pytest
from simulator.settings import SETTINGS, Settings

PATH = "/compute/instances/500000001"


def stop(api, **more):
    return api.call("PATCH", PATH, {"operation": "stop"}, **more)


def test_every_setting_has_a_good_default_and_a_meaning():
    settings = Settings()
    for name, (_default, _allowed, meaning) in SETTINGS.items():
        settings.change({name: settings[name]})
        assert meaning


@pytest.mark.parametrize("wrong", [{"colour": 1}, {"accepted_status": 500}, {"internal_id": 1}, {"page_size": "20"}])
def test_wrong_setting_is_refused(sim, wrong):
    with pytest.raises(ValueError):
        sim.configure(**wrong)


def test_latency(api):
    api.sim.configure(latency=0.15)
    begin = time.time()
    api.get(PATH)
    assert time.time() - begin >= 0.15


def test_effect_shows_only_when_the_action_ends(api):
    api.sim.configure(action_seconds=0.2)
    answer = stop(api)
    assert answer.json()["status"] == "IN_PROGRESS"
    assert api.get(PATH).json()["status"] == "ACTIVE"
    action = api.get(f"/actions/{answer.json()['id']}").json()
    assert action["status"] == "IN_PROGRESS"
    assert "completedAt" not in action
    action = api.wait(answer)
    assert action["completedAt"]
    assert api.get(PATH).json()["status"] == "INACTIVE"


def test_late_visibility(api):
    api.sim.configure(late_visibility=0.2)
    api.wait(stop(api))
    assert api.get(PATH).json()["status"] == "ACTIVE"
    time.sleep(0.2)
    assert api.get(PATH).json()["status"] == "INACTIVE"


def test_late_action(api):
    api.sim.configure(late_action=0.15)
    answer = stop(api)
    unknown = api.get(f"/actions/{answer.json()['id']}")
    assert (unknown.status_code, unknown.content) == (404, b"")
    assert api.wait(answer)["status"] == "SUCCESS"


@pytest.mark.parametrize("visible, status", [(False, None), (True, "PREPARATION")])
def test_creation_visible(api, new_instance, visible, status):
    api.sim.configure(action_seconds=5.0, creation_visible=visible)
    api.call("POST", "/compute/instances", new_instance)
    rows = api.get("/compute/instances", names="NEWAPP01").json()["content"]
    assert [row["status"] for row in rows] == ([status] if status else [])


def test_removed_visible(api):
    api.sim.configure(removed_visible=True)
    gone = api.id_of("QEBBILL02")
    api.wait(api.call("DELETE", f"/compute/instances/{gone}"))
    (row,) = api.get("/compute/instances", names="QEBBILL02").json()["content"]
    assert row["status"] == "REMOVED"
    assert api.get(f"/compute/instances/{gone}").status_code == 404


@pytest.mark.parametrize("status", [200, 201, 202])
def test_accepted_status(api, status):
    api.sim.configure(accepted_status=status)
    assert stop(api).status_code == status


def test_internal_id(api, new_instance):
    answer = api.call("POST", "/compute/instances", new_instance).json()
    assert answer["internalId"]
    assert "internalId" not in api.get(f"/actions/{answer['id']}").json()
    api.sim.configure(internal_id=False)
    assert "internalId" not in stop(api).json()


def test_action_without_status(api):
    api.sim.configure(action_without_status=True)
    assert list(stop(api).json()) == ["id"]


def test_action_id_as_text(api):
    api.sim.configure(action_id_as_text=True)
    answer = stop(api)
    assert isinstance(answer.json()["id"], str)
    assert api.wait(answer)["status"] == "SUCCESS"


def test_refused_row_status(api):
    api.sim.configure(refused_row_status="ERROR")
    rows = api.call("PATCH", "/compute/services/44411/patch-policies", [{"resourceId": 1}]).json()
    assert rows[0]["status"] == "ERROR"


@pytest.mark.parametrize("status, content", [(204, b""), (404, b""), (200, b"{}")])
def test_empty_snapshot(api, status, content):
    api.sim.configure(empty_snapshot=status)
    answer = api.get(PATH + "/snapshots")
    assert (answer.status_code, answer.content) == (status, content)


@pytest.mark.parametrize(
    "mode, asked, found",
    [
        ("exact", "PEBBILL01", 1),
        ("exact", "pebbill01", 0),
        ("ignore_case", "pebbill01", 1),
        ("ignore_case", "pebbill", 0),
        ("substring", "pebbill", 4),
        ("substring", "pebbill,!w01", 3),
    ],
)
def test_names_filter(api, mode, asked, found):
    api.sim.configure(names_filter=mode)
    assert api.get("/compute/instances", names=asked).json()["totalElements"] == found


def test_ram_unit(api):
    api.sim.configure(ram_unit="mb")
    assert api.get(PATH).json()["ram"] == 8192
    sizings = api.get("/compute/platform/products/deb12", sizings="true").json()["resources"]
    assert sizings[0]["ram"] == 2048


def test_cluster_size(api):
    path = "/databases/opensearch/%d" % api.sim.state.named("billing-search")[0]["id"]
    one = api.get(path).json()
    api.sim.configure(cluster_size="total")
    all_of_them = api.get(path).json()
    assert (all_of_them["cpu"], all_of_them["ram"]) == (one["cpu"] * 3, one["ram"] * 3)
    assert "sizing" not in all_of_them or all_of_them["sizing"] is None


@pytest.mark.parametrize(
    "mode, platform, status",
    [("code", "deb12", 400), ("code", "redis72", 202), ("platform", "deb12", 202), ("either", "redis72", 202)],
)
def test_platform_value(api, mode, platform, status):
    api.sim.configure(platform_value=mode)
    body = {
        "admPassword": "Abcdefgh1234!x",
        "area": "EB-EMEA",
        "diskSize": 40,
        "instanceCount": 1,
        "name": "newredis",
        "networkId": 1125,
        "nodeSizing": "2cpu4gb",
        "persistenceMode": "PERSISTENT",
        "platform": platform,
        "redisVersion": "7.2",
        "region": "EB",
        "serviceId": 44413,
    }
    assert api.call("POST", "/databases/redis", body).status_code == status


HEADERS = {"ITCare-DryRun": "true"}


def test_dry_run_validates_and_does_nothing(api):
    answer = stop(api, headers=HEADERS)
    assert answer.headers["ITCare-DryRun"] == "true"
    assert api.sim.state.actions.all() == []
    assert api.patch("QEBBILL02", "stop").status_code == 400
    assert (
        api.call(
            "PATCH", f"/compute/instances/{api.id_of('QEBBILL02')}", {"operation": "stop"}, headers=HEADERS
        ).status_code
        == 400
    )


@pytest.mark.parametrize("settings", [{"dry_run_ignored": ["update_instance"]}, {"dry_run": ["create_instance"]}])
def test_ignored_dry_run_acts_for_real(api, settings):
    api.sim.configure(**settings)
    answer = stop(api, headers=HEADERS)
    assert answer.status_code == 202
    assert "ITCare-DryRun" not in answer.headers
    assert api.wait(answer)["status"] == "SUCCESS"
    assert (api.sim.writes()[0]["dry_run"], api.sim.writes()[0]["applied"]) == (True, True)


def test_reset_brings_back_seed_and_settings(api):
    api.sim.configure(ram_unit="mb")
    api.wait(stop(api))
    api.sim.fault("status", times=-1)
    api.sim.reset()
    shown = api.get(PATH).json()
    assert (shown["status"], shown["ram"]) == ("ACTIVE", 8)
    assert len(api.sim.journal.entries()) == 1

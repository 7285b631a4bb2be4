# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens end in the middle of long work, which goes on: each request takes seconds, by a clock that a test can move."""

from __future__ import annotations

import urllib.parse

import pytest

from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane
from ansible_collections.cegedim.cloud.tests.reliability.matrix.wire import Platform
from ansible_collections.cegedim.cloud.tests.simulator import companions
from ansible_collections.cegedim.cloud.tests.unit.plugins import test_every_module

MACHINE = dict(cloudspace="web", name="app01", image="31", size="1", disk_size=10)
REFRESH, LOGIN = "/v1/oauth/jwt/refresh", "/v1/oauth/access_token"


class Slow(Platform):
    """A platform whose every request, but those for a token, takes so many seconds."""

    seconds = 0

    def _served(self, exchange):
        if not exchange.is_token:
            self.pass_time(self.seconds)
        return super()._served(exchange)


@pytest.fixture
def slow(monkeypatch, tmp_path):
    """``slow(system, seconds)``: that platform. ``.run(module, **options)`` is the result of a task."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    def slow(system, seconds, login=None):
        platform = Slow(monkeypatch, system)
        platform.seconds = seconds

        def run(module, **options):
            account = {"url": system.url, **(login or system.login), "parallel_requests": 1}
            return fast_lane.run_here(test_every_module.module(module), {**account, **options}, False)

        platform.run = run
        return platform

    return slow


def asked(platform):
    """The addresses of the token requests."""
    return [urllib.parse.urlsplit(one.url).path for one in platform.sent if one.is_token]


def refused(platform):
    return [str(one) for one in platform.sent if one.status != 200]


def lifetimes(system):
    """The seconds between one token request and the next."""
    times = [entry["time"] for entry in system.token_requests()]
    return [later - earlier for earlier, later in zip(times, times[1:])]


# GoPaaS: 60 seconds


def test_long_bulk_write(slow):
    """200 batches of 4 s each: the token is renewed before its end, so that no batch is refused."""
    app = companions.GoPaaS()
    platform = slow(app, 4)
    items = [{"cle": "S%d" % number, "nom": "Server %d" % number} for number in range(200)]
    result = platform.run("gopaas_items", table="serveur", items=items, batch_size=1)
    assert not result.get("failed") and len(result["answers"]) == 200
    assert [row["cle"] for row in app.tables["serveur"].values()] == [item["cle"] for item in items]
    assert len(app.writes()) == 200 and refused(platform) == []
    assert len(asked(platform)) > 12 and max(lifetimes(app)) < 60
    assert app.violations() == []


@pytest.mark.parametrize("first_page", [0, 1])
def test_long_paged_list(slow, first_page):
    app = companions.GoPaaS(first_page=first_page)
    for number in range(26, 601):
        app.tables["compte"][str(number)] = {"id": str(number), "cle": "C-%04d" % number}
    platform = slow(app, 5)
    result = platform.run("gopaas_list_info", view="12", page_size=10)
    assert [row["cle"] for row in result["rows"]] == ["C-%04d" % number for number in range(1, 601)]
    assert "warnings" not in result and len(asked(platform)) > 5 and max(lifetimes(app)) < 60
    assert [one for one in refused(platform) if "/list/" not in one] == []


def test_bulk_write_that_is_compared(slow):
    """Looking, writing and looking again take longer than a token lives."""
    app = companions.GoPaaS()
    platform = slow(app, 25)
    items = [{"cle": "S%d" % number} for number in range(6)]
    result = platform.run("gopaas_items", table="serveur", view="13", items=items, batch_size=2)
    assert result["changed"] and len(app.writes(applied=True)) == 3 and len(asked(platform)) >= 4
    assert platform.run("gopaas_items", table="serveur", view="13", items=items)["changed"] is False


@pytest.mark.parametrize("after", [1, 3])
def test_token_that_is_refused_early(slow, after):
    """A server whose clock differs, or that restarted: one new token, and the batch that it refused is sent again."""
    app = companions.GoPaaS()
    platform = slow(app, 1)
    app.fault("status", path="/app/api/oauth2/items/.*", status=401, body='{"msg":"Invalid API key."}', after=after)
    items = [{"cle": "S%d" % number} for number in range(5)]
    assert len(platform.run("gopaas_items", table="serveur", items=items, batch_size=1)["answers"]) == 5
    assert len(app.tables["serveur"]) == 5 and len(asked(platform)) == 2


# OpenvCloud: a JWT, or a session key


def test_jwt_is_refreshed_while_a_machine_is_made(slow):
    """The machine takes 15 minutes, the JWT lasts one; no request but the first login has the client's secret."""
    cloud = companions.OpenvCloud(expires_in=60, power_seconds=900)
    platform = slow(cloud, 1)
    result = platform.run("ovc_machine", scope="offline_access", wait_timeout=1200, **MACHINE)
    assert result["machine"]["status"] == "RUNNING" and len(cloud.writes()) == 1
    assert set(asked(platform)[1:]) == {REFRESH} and len(asked(platform)) > 15
    assert asked(platform)[0] == LOGIN and refused(platform) == []
    assert len([one for one in platform.sent if "client_secret" in str(one.body)]) == 1


@pytest.mark.parametrize("scope", ["offline_access", None])
def test_client_logs_in_again_where_no_refresh_helps(slow, scope):
    cloud = companions.OpenvCloud(expires_in=60, power_seconds=300, refreshable=False)
    platform = slow(cloud, 1)
    result = platform.run("ovc_machine", scope=scope, wait_timeout=600, **MACHINE)
    assert result["machine"]["status"] == "RUNNING" and len(cloud.writes()) == 1
    assert asked(platform).count(LOGIN) > 5 and (REFRESH in asked(platform)) is bool(scope)
    assert [one for one in refused(platform) if REFRESH not in one] == []


def test_refresh_that_ends_in_the_middle(slow):
    """The identity server withdraws what could be refreshed: the client logs in anew, once, and goes on."""
    cloud = companions.OpenvCloud(expires_in=60, power_seconds=300)
    platform = slow(cloud, 1)
    served = platform._served

    def withdrawing(exchange):
        cloud.configure(refreshable=not 2 < asked(platform).count(REFRESH) < 5)
        return served(exchange)

    platform._served = withdrawing
    result = platform.run("ovc_machine", scope="offline_access", wait_timeout=600, **MACHINE)
    assert result["machine"]["status"] == "RUNNING"
    assert 1 < asked(platform).count(LOGIN) < 5 and asked(platform)[-1] == REFRESH


def test_identity_server_that_is_away_for_a_moment(slow):
    cloud = companions.OpenvCloud(expires_in=60, power_seconds=200)
    platform = slow(cloud, 1)
    cloud.fault("status", token=True, path=REFRESH, status=503, times=2)
    assert platform.run("ovc_machine", scope="offline_access", wait_timeout=600, **MACHINE)["changed"]
    assert asked(platform).count(LOGIN) == 1


def test_session_key_ends_in_the_middle(slow):
    """Nothing tells how long it lasts; 419 does, and costs one more login each time."""
    cloud = companions.OpenvCloud(session_seconds=60, power_seconds=300)
    platform = slow(cloud, 1, {"client_id": None, **cloud.session_login})
    result = platform.run("ovc_machine", wait_timeout=600, **MACHINE)
    assert result["machine"]["status"] == "RUNNING" and len(cloud.writes()) == 1
    assert len([one for one in platform.sent if one.status == 419]) == len(asked(platform)) - 1 > 3


def test_session_key_that_ends_before_an_order(slow):
    """What 419 refuses has not happened: the order is sent again, and takes effect once."""
    cloud = companions.OpenvCloud(session_seconds=4)
    platform = slow(cloud, 1, {"client_id": None, **cloud.session_login})
    assert platform.run("ovc_machine", cloudspace="web", name="web01", state="stopped")["changed"]
    assert len(cloud.writes(applied=True)) == 1


def test_ready_made_jwt_that_ends_in_the_middle(slow):
    """It is never sent to an identity server: its user gets a sentence."""
    cloud = companions.OpenvCloud(power_seconds=300)
    jwt = cloud.jwt(60, refreshable=True, username="operator")
    platform = slow(cloud, 1, {"access_token": jwt})
    result = platform.run("ovc_machine", wait_timeout=600, **MACHINE)
    assert "OpenvCloud refused the access_token (401): it is wrong, has expired or was revoked" in result["msg"]
    assert result["failed"] and asked(platform) == [] and jwt not in str(result["msg"])
    assert len(cloud.writes()) == 1


# Cockpit ITSM


@pytest.mark.parametrize("refresh_seconds, expected", [(7200, ["refresh_token"]), (30, ["password"])])
def test_operator(slow, refresh_seconds, expected):
    portal = companions.Cockpit(expires_in=60, refresh_expires_in=refresh_seconds)
    platform = slow(portal, 0)
    for _task in range(4):
        assert platform.run("cockpit_dashboard_info")["dashboard"]
        platform.pass_time(50)
    given = [one.body.decode() for one in platform.sent if one.is_token and one.status == 200]
    assert [dict(urllib.parse.parse_qsl(body))["grant_type"] for body in given] == ["password", *expected * 3]

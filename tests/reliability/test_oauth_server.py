# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins at OAuth servers that nobody here wrote: oidc-provider (npm) and Authlib (PyPI).

They differ in how they read Basic credentials, which RFC 6749 and RFC 7617 describe differently: oidc-provider decodes
them as a form, in which ``+`` is a blank and a lone ``%`` an error; Authlib decodes ``%XX`` only. oidc-provider takes
ASCII only, so letters such as é are tried with Authlib. Only Authlib has the grant ``password``, so the login of
Cockpit ITSM is tried there.

The environment says where they are: OAUTH_SERVER is the directory with server.mjs and its packages, AUTHLIB_PYTHON a
Python with Authlib.
"""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import subprocess
import sys
import time
from urllib.parse import unquote

import leaks
import oauth_server
import pytest
from many import LANES, in_lane, stored
from player import ROOT, Player
from systems import played

from ansible_collections.cegedim.cloud.plugins.module_utils import cockpit, openvcloud
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import LoginFailed
from ansible_collections.cegedim.cloud.plugins.module_utils.oauth import ITCARE, login_of
from ansible_collections.cegedim.cloud.plugins.module_utils.transport import transport_of

CLIENT = ("ansible", "a-secret-of-many-letters")
NAMES = ["ansible", "team:ansible", "ansible+ci", "an sible", "ansible%41"]
SECRETS = ["of-many-letters", "a+b+secret", "50%-of-a-secret", "a%2Fb-secret", "with:colon", "with blanks in it"]
SECRETS += ["/=?&#\"'\\<secret>"]
ACCENTED = ["sécret-d'été", "Größe+%3A:é"]
OPERATOR = ["opérateur+1", "p+ss%41:wörd é"]
WAYS = ("basic", "post")
SHORT = 2  # seconds of a lifetime
LONGER = 6  # the same, where it matters that oidc-provider counts whole seconds
SECONDS_OF_A_PLAYBOOK = 60


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def login(server, client=CLIENT, profile=ITCARE, store=False, **changes):
    """A login as a module makes it from its options."""
    options = dict(token_url=server.token_url, client_id=client[0], client_secret=client[1])
    options.update(client_authentication="basic", scope=None, access_token=None, token_store=store, retry_timeout=5)
    options.update(changes)
    return login_of(profile, options, transport_of(options))


def token_of(one):
    return one.authorization().partition(" ")[2]


def is_read_as_it_is(server_name, name, secret):
    """Whether Basic credentials that are not encoded mean what they say."""
    if server_name == "oidc-provider":
        return ":" not in name and not set("+%") & set(name + secret)
    return ":" not in name and unquote(name + secret) == name + secret


def noted(record_property, server):
    record_property("token requests", len(server.asked))
    record_property("logins", sum(one["status"] == 200 for one in server.asked))
    record_property("refusals", sum(one["status"] != 200 for one in server.asked))


# How credentials arrive


@pytest.mark.parametrize(
    "server_name, secret",
    [*itertools.product(oauth_server.BOTH, SECRETS), *itertools.product(["authlib"], ACCENTED)],
)
def test_credentials_of_any_characters(server_name, secret, record_property):
    clients = [(name, secret) for name in NAMES]
    if server_name == "authlib":
        clients.append(("équipe", secret))
    with oauth_server.BOTH[server_name](*clients) as server:
        for (name, _secret), way in itertools.product(clients, WAYS):
            one, before = login(server, (name, secret), client_authentication=way), len(server.asked)
            if way == "post" or is_read_as_it_is(server_name, name, secret):
                assert server.is_active(token_of(one))
            else:
                with pytest.raises(LoginFailed, match="try client_authentication=post") as caught:
                    one.authorization()
                assert leaks.in_text(str(caught.value), {"secret": secret, "pair": leaks.basic(name, secret)}) == []
            assert [asked["way"] for asked in server.asked[before:]] == [way], "one request, and no other"
        noted(record_property, server)


@pytest.mark.parametrize("server_name", oauth_server.BOTH)
@pytest.mark.parametrize("way", WAYS)
def test_wrong_secret_and_unknown_client(server_name, way, record_property):
    with oauth_server.BOTH[server_name](CLIENT) as server:
        for client in ((CLIENT[0], "wrong-secret-1"), ("nobody", "wrong-secret-2")):
            with pytest.raises(LoginFailed, match="refused the login of client %s" % client[0]) as caught:
                login(server, client, client_authentication=way).authorization()
            assert "check client_id and client_secret" in str(caught.value)
            assert leaks.in_text(str(caught.value), {"secret": client[1], "pair": leaks.basic(*client)}) == []
        assert len(server.asked) == 2
        noted(record_property, server)


def test_wrong_scope_is_told_in_the_words_of_the_server(record_property):
    with oauth_server.oidc_provider(CLIENT) as server:
        with pytest.raises(LoginFailed, match="refused the login of client ansible: scope contains invalid characters"):
            login(server, scope='a"b').authorization()
        assert server.is_active(token_of(login(server, scope="api")))
        noted(record_property, server)


# How long a token is good


@pytest.mark.parametrize("server_name", oauth_server.BOTH)
@pytest.mark.parametrize("store", [True, False])
def test_token_is_renewed_before_it_expires(server_name, store, record_property):
    with oauth_server.BOTH[server_name](CLIENT, lifetime=LONGER) as server:
        one, seen, end = login(server, store=store), [], time.monotonic() + 2 * LONGER
        while time.monotonic() < end:
            seen.append(token_of(one))
            assert server.is_active(seen[-1])
            time.sleep(LONGER / 40)
        assert 2 <= len(set(seen)) == len(server.asked) <= 4
        noted(record_property, server)


@pytest.mark.parametrize("store", [True, False])
def test_refresh_tokens_are_rotated(store, record_property):
    """A used refresh token is worth nothing: using it twice would end all tokens of the login."""
    with oauth_server.oidc_provider(CLIENT, lifetime=SHORT, refresh=60) as server:
        one = login(server, store=store)
        for _round in range(4):
            assert server.is_active(token_of(one))
            time.sleep(SHORT)
        grants = [asked["grant"] for asked in server.asked]
        assert grants == ["client_credentials", "refresh_token", "refresh_token", "refresh_token"]
        assert {asked["status"] for asked in server.asked} == {200}
        noted(record_property, server)


def test_one_of_many_refreshes(record_property):
    """20 logins share a store whose token has expired: a second use of the refresh token would be refused."""
    with oauth_server.oidc_provider(CLIENT, lifetime=SHORT, refresh=60) as server:
        login(server, store=True).authorization()
        for _round in range(3):
            time.sleep(SHORT)
            logins = [login(server, store=True) for _number in range(20)]
            with concurrent.futures.ThreadPoolExecutor(20) as pool:
                found = list(pool.map(token_of, logins))
            assert len(set(found)) == 1 and server.is_active(found[0])
        assert [asked["status"] for asked in server.asked] == [200] * 4
        noted(record_property, server)


def test_refresh_token_that_was_revoked(tmp_path, record_property):
    with oauth_server.oidc_provider(CLIENT, lifetime=SHORT, refresh=60) as server:
        one = login(server, store=True)
        one.authorization()
        (kept,) = stored(tmp_path)
        server.revoke(kept["refresh_token"])
        time.sleep(SHORT)
        assert server.is_active(token_of(one))
        told = [(asked["grant"], asked["status"]) for asked in server.asked]
        assert told == [("client_credentials", 200), ("refresh_token", 400), ("client_credentials", 200)]
        noted(record_property, server)


def test_operator_of_cockpit(record_property):
    """The grant ``password`` with a client, and its refresh, at Authlib."""
    with oauth_server.authlib(CLIENT, lifetime=SHORT, refresh=60, operator=OPERATOR) as server:
        who = dict(username=OPERATOR[0], password=OPERATOR[1])
        one = login(server, profile=cockpit.COCKPIT, **who)
        for _round in range(3):
            assert server.is_active(token_of(one))
            time.sleep(SHORT)
        assert [asked["grant"] for asked in server.asked] == ["password", "refresh_token", "refresh_token"]
        wrong = "wröng+%41:secret"
        with pytest.raises(LoginFailed, match="refused the login of client ansible") as caught:
            login(server, profile=cockpit.COCKPIT, **{**who, "password": wrong}).authorization()
        assert "check client_id, client_secret, username and password" in str(caught.value)
        assert leaks.in_text(str(caught.value), {"password": wrong, "secret": CLIENT[1]}) == []
        noted(record_property, server)


def test_jwt_for_openvcloud(record_property):
    with oauth_server.oidc_provider(CLIENT, lifetime=60, jwt="operator") as server:
        for way in WAYS:
            jwt = token_of(login(server, profile=openvcloud.OPENVCLOUD, client_authentication=way))
            assert server.is_signed(jwt) and openvcloud.claims_of(jwt)["username"] == "operator"
        head, claims, _signature = jwt.split(".")
        assert not server.is_signed(".".join((head, claims, "x" * 342)))
        noted(record_property, server)
    with oauth_server.oidc_provider(CLIENT, lifetime=60) as server:
        with pytest.raises(LoginFailed, match="it is not a JWT"):
            login(server, profile=openvcloud.OPENVCLOUD).authorization()
        record_property("token requests", len(server.asked))


# Real playbooks


def reads(times, **options):
    return [{"name": "read", "cegedim.cloud.itcare_instance_info": options} for _number in range(times)]


@pytest.fixture(params=LANES)
def lane(request):
    return request.param


def player_of(api, server, tmp_path, lane, client=CLIENT):
    player = in_lane(Player(api, tmp_path), lane)
    login = dict(ITCARE_TOKEN_URL=server.token_url, ITCARE_CLIENT_ID=client[0], ITCARE_CLIENT_SECRET=client[1])
    player.environment.update(login)
    return player


def statuses(api):
    return [entry["status"] for entry in api.requests()]


@pytest.mark.parametrize("server_name", oauth_server.BOTH)
def test_playbooks_and_an_inventory_share_a_login(server_name, lane, tmp_path, record_property):
    client = (CLIENT[0], "a secret: with blanks & colons")
    with oauth_server.BOTH[server_name](client) as server, oauth_server.Itcare(server) as api:
        player = player_of(api, server, tmp_path, lane, client)
        for _number in range(2):
            played(player, *reads(3, names=["PEBBILL01"]))
        file = tmp_path / "estate.itcare.yml"
        file.write_text(json.dumps({"plugin": "cegedim.cloud.itcare", "duplicates": "suffix"}))
        program = [sys.executable, "-m", "ansible.cli.inventory", "-i", str(file), "--list"]
        listed = subprocess.run(program, env=player.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert listed.returncode == 0 and "PEBBILL01" in listed.stdout, listed.stderr
        assert len(server.asked) == 1
        assert statuses(api) and set(statuses(api)) == {200}
        noted(record_property, server)


def test_playbook_longer_than_a_token(lane, tmp_path, record_property):
    """The API never sees an expired token; each renewal is one refresh."""
    with oauth_server.oidc_provider(CLIENT, lifetime=LONGER, refresh=60) as server, oauth_server.Itcare(server) as api:
        pause = {"name": "wait", "ansible.builtin.wait_for": {"timeout": LONGER // 2}}
        tasks = [task for _number in range(5) for task in (*reads(2, names=["PEBBILL01"]), pause)]
        played(player_of(api, server, tmp_path, lane), *tasks)
        assert [asked["status"] for asked in server.asked] == [200] * len(server.asked)
        grants = [asked["grant"] for asked in server.asked]
        assert grants[0] == "client_credentials" and set(grants[1:]) == {"refresh_token"} and len(grants) >= 3
        assert set(statuses(api)) == {200}
        noted(record_property, server)


def test_revoked_token_is_replaced_once(lane, tmp_path, record_property):
    with oauth_server.oidc_provider(CLIENT) as server, oauth_server.Itcare(server) as api:
        player = player_of(api, server, tmp_path, lane)
        played(player, *reads(1, names=["PEBBILL01"]))
        (kept,) = stored(tmp_path)
        server.revoke(kept["access_token"])
        api.clear_journal()
        played(player, *reads(3, names=["PEBBILL01"]))
        assert len(server.asked) == 2
        assert statuses(api).count(401) == 1
        noted(record_property, server)


def test_wrong_secret_in_a_playbook(lane, tmp_path, record_property):
    """Each task asks once, and says so without the secret; nothing is sent to the API."""
    wrong = (CLIENT[0], "wrong secret with +, %41 and : in it")
    with oauth_server.oidc_provider(CLIENT) as server, oauth_server.Itcare(server) as api:
        tasks = [{**task, "ignore_errors": True} for task in reads(5, names=["PEBBILL01"])]
        started = time.monotonic()
        results, output = played(player_of(api, server, tmp_path, lane, wrong), *tasks)
        assert time.monotonic() - started < SECONDS_OF_A_PLAYBOOK
        for result in results:
            assert "refused the login of client ansible" in result["msg"] and "client_secret" in result["msg"]
        assert leaks.in_text(output, {"secret": wrong[1], "pair": leaks.basic(*wrong)}) == []
        assert len(server.asked) == 5 and {asked["status"] for asked in server.asked} <= {400, 401}
        assert api.requests() == []
        noted(record_property, server)


def test_companions_in_a_playbook(lane, tmp_path, record_property):
    """Cockpit ITSM with an operator of Authlib, OpenvCloud with a JWT of oidc-provider."""
    with (
        oauth_server.authlib(CLIENT, operator=OPERATOR, refresh=60) as operators,
        oauth_server.oidc_provider(CLIENT, jwt="operator") as identities,
        oauth_server.Cockpit(operators) as portal,
        oauth_server.OpenvCloud(identities) as platform,
    ):
        player = in_lane(Player(oauth_server.Itcare(identities), tmp_path), lane)
        client = dict(client_id=CLIENT[0], client_secret=CLIENT[1])
        operator = dict(url=portal.url, username=OPERATOR[0], password=OPERATOR[1], **client)
        dashboard = {"name": "dashboard", "cegedim.cloud.cockpit_dashboard_info": operator}
        where = dict(url=platform.url, token_url=identities.token_url, gather=["accounts"])
        accounts = [
            {"name": way, "cegedim.cloud.ovc_info": {**where, **client, "client_authentication": way}} for way in WAYS
        ]
        _results, output = played(player, dashboard, dashboard, *accounts)
        assert leaks.in_text(output, {"secret": CLIENT[1], "password": OPERATOR[1]}) == []
        assert [asked["grant"] for asked in operators.asked] == ["password"]
        assert len(identities.asked) == 1
        for server in (operators, identities):
            noted(record_property, server)

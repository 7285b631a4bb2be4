# SPDX-License-Identifier: GPL-3.0-or-later
"""The login: how it asks, how long a token is good, and that nobody asks twice."""

from __future__ import annotations

import base64
import json
import math
import multiprocessing
import os
import threading
import time
from types import SimpleNamespace
from urllib.parse import parse_qs, quote

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import oauth
from ansible_collections.cegedim.cloud.plugins.module_utils.client import from_params
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import (
    InvalidInput,
    LoginFailed,
    TimedOut,
    UnexpectedAnswer,
    Unreachable,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.oauth import (
    ITCARE,
    LONGEST_LIFETIME,
    Credentials,
    Login,
    Profile,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.redaction import HIDDEN
from ansible_collections.cegedim.cloud.plugins.module_utils.token_store import TokenStore, key_of
from ansible_collections.cegedim.cloud.plugins.module_utils.transport import Settings, Transport

PATH = "/compute/instances/500000001"


@pytest.fixture
def login(sim):
    """``login(client_secret="x", store=False, ...)``: a Login at the simulator, which notes the forms it sends."""

    def make(profile=ITCARE, store=True, retry_timeout=5, **changes):
        given = dict(token_url=sim.token_url, client_id=sim.client_id, client_secret=sim.client_secret)
        transport = Transport(Settings(retry_timeout=retry_timeout))
        made = Login(profile, Credentials(**{**given, **changes}), transport, store=store)
        made.forms, made.transport, send = [], transport, transport.send

        def noted(*args, **options):
            made.forms.append({name: values[0] for name, values in parse_qs(options["body"]).items()})
            return send(*args, **options)

        transport.send = noted
        return made

    return make


@pytest.fixture
def clock(monkeypatch):
    """The login's clock: ``clock.later(60)``."""
    fake = SimpleNamespace(shift=0)
    fake.time = lambda: time.time() + fake.shift
    fake.later = lambda seconds: setattr(fake, "shift", fake.shift + seconds)
    monkeypatch.setattr(oauth, "time", fake)
    return fake


@pytest.fixture
def client(auth):
    """``client()``: a client of its own, as each task has one."""
    defaults = dict(
        client_authentication="basic",
        scope=None,
        access_token=None,
        token_store=True,
        ca_path=None,
        validate_certs=True,
        proxy=None,
        connect_timeout=10,
        read_timeout=60,
    )
    return lambda **changes: from_params({**defaults, **auth, **changes})


def store_of(sim):
    return TokenStore(key_of(sim.token_url, sim.client_id, None, sim.client_secret))


def answer(sim, times=1, **body):
    """The next answers of the token address."""
    text = json.dumps(body)
    sim.fault("status", token=True, status=200, content_type="application/json", body=text, times=times)


# asking


@pytest.mark.parametrize("way, header", [("basic", True), ("post", False)])
def test_client_shows_its_secret(sim, login, way, header):
    sim.configure(client_authentication=way)
    one = login(client_authentication=way)

    assert one.authorization().startswith("Bearer ")

    (request,) = sim.token_requests()
    assert ("Authorization" in request["headers"]) is header
    assert request["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    secret = {} if header else {"client_id": sim.client_id, "client_secret": sim.client_secret}
    assert one.forms == [{"grant_type": "client_credentials", **secret}]


@pytest.mark.parametrize("way", ["basic", "post"])
def test_scope(sim, login, way):
    one = login(scope="openid email", client_authentication=way)
    one.authorization()

    assert one.forms[0]["scope"] == "openid email"


@pytest.mark.parametrize("way", ["basic", "post"])
def test_wrong_secret(sim, login, way):
    one = login(client_secret="wr+ng%secret", client_authentication=way)

    with pytest.raises(LoginFailed, match="client demo") as caught:
        one.authorization()

    assert "Invalid client credentials" in str(caught.value)
    assert "wr+ng" not in str(caught.value) + str(caught.value.details)
    assert len(sim.token_requests()) == 1
    assert caught.value.details["status"] == 401


def test_server_that_decodes_basic_credentials(sim, login):
    sim.configure(token_secret_urldecode=True)

    with pytest.raises(LoginFailed, match="client_authentication=post"):
        login().authorization()
    assert login(client_authentication="post").authorization()


def test_client_id_that_could_be_read_in_two_ways(login):
    with pytest.raises(LoginFailed, match="try client_authentication=post, since client_id has special characters"):
        login(client_id="team:ansible", client_secret="plain").authorization()


def test_no_doubt_about_a_plain_secret(sim, login):
    with pytest.raises(LoginFailed) as caught:
        login(client_secret="plain").authorization()

    assert "client_authentication" not in str(caught.value)


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
def test_missing(sim, login, missing):
    with pytest.raises(InvalidInput, match="missing: %s" % missing):
        login(**{missing: None})
    assert sim.token_requests() == []


def test_wrong_address(sim, login):
    with pytest.raises(UnexpectedAnswer, match="is token_url right"):
        login(token_url=sim.base_url + "/nowhere").authorization()
    sim.clear_journal()  # a request outside of the API is meant here


NO_TOKENS = [None, "", " ", "\n", 5, True, ["a"], {"a": 1}, "a b", "a\nb", "a\x00", "\u00e9\u20ac"]


@pytest.mark.parametrize("body", [{}, *({"access_token": value} for value in NO_TOKENS)])
def test_answer_without_a_token(sim, login, body):
    answer(sim, times=-1, **body)

    with pytest.raises(UnexpectedAnswer, match="without a usable access_token; is token_url right"):
        login(retry_timeout=0.1).authorization()
    assert store_of(sim).load() is None


def test_answer_without_a_token_is_asked_for_again(sim, login):
    answer(sim, access_token=None)

    assert login().authorization()
    assert len(sim.token_requests()) == 2


def test_answer_that_is_a_login_page(sim, login):
    sim.fault("status", token=True, status=200, body="<html>Sign in</html>", times=-1)

    with pytest.raises(UnexpectedAnswer, match="not JSON.*is token_url right"):
        login(retry_timeout=0.1).authorization()


LATER = [dict(kind="status", status=status) for status in (429, 500, 502, 503, 504)]
LATER += [dict(kind="reset_before"), dict(kind="truncate"), dict(kind="status", status=200, body="<html>")]


@pytest.mark.parametrize("fault", LATER)
def test_login_is_tried_again(sim, login, fault):
    sim.fault(token=True, **fault)

    assert login().authorization()
    assert len(sim.token_requests()) == 2


def test_refusal_does_not_repeat_secrets(sim, login):
    text = json.dumps({"error_description": "bad secret %s" % sim.client_secret})
    sim.fault("status", token=True, status=401, content_type="application/json", body=text)

    with pytest.raises(LoginFailed, match="bad secret") as caught:
        login().authorization()
    assert sim.client_secret not in str(caught.value)
    assert HIDDEN in str(caught.value)


def test_form_of_a_refusal_is_hidden_too(sim, login):
    pair = base64.b64encode(("%s:%s" % (sim.client_id, sim.client_secret)).encode()).decode()
    text = json.dumps({"error_description": "%s %s %s" % (quote(sim.client_secret), repr(sim.client_secret), pair)})
    sim.fault("status", token=True, status=401, content_type="application/json", body=text)

    with pytest.raises(LoginFailed) as caught:
        login().authorization()
    assert str(caught.value).count(HIDDEN) == 3
    assert "simulated-secret" not in str(caught.value)


def test_refusal_is_bounded(sim, login):
    text = json.dumps({"error_description": "<b>bad</b> " + "x" * 5000})
    sim.fault("status", token=True, status=401, content_type="application/json", body=text)

    with pytest.raises(LoginFailed, match="bad xxx") as caught:
        login().authorization()
    assert len(str(caught.value)) < 600 and "<b>" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "status, words", [(429, "has too many requests"), (500, "is not available"), (503, "is not av")]
)
def test_token_server_that_is_away_refuses_nothing(sim, login, status, words):
    sim.fault("status", token=True, status=status, body="<h1>Sorry</h1>", times=-1)

    with pytest.raises(TimedOut, match="the token server 127.0.0.1:[0-9]+ %s" % words) as caught:
        login(retry_timeout=0.5).authorization()
    assert "refused" not in str(caught.value) and "check client" not in str(caught.value)
    assert caught.value.details == {"status": status}
    assert len(sim.token_requests()) > 1


def test_token_server_that_is_away_while_refreshing(sim, login, clock):
    one = login(retry_timeout=0.1)
    one.authorization()
    clock.later(1190)
    sim.fault("status", token=True, status=503, times=-1)

    with pytest.raises(TimedOut, match="is not available"):
        one.authorization()
    assert {form["grant_type"] for form in one.forms[1:]} == {"refresh_token"}


def test_useless_answer_to_a_refresh_falls_back(sim, login, clock):
    one = login(retry_timeout=0.1)
    first = one.authorization()
    clock.later(1190)
    answer(sim, access_token="", times=1)

    assert one.authorization() != first


def test_wrong_address_of_the_token_server(login, sim):
    with pytest.raises(Unreachable, match="is token_url right"):
        login(token_url="http://127.0.0.1:1/x", retry_timeout=0.1).authorization()


# what comes from files and variables


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_line_ends_are_stripped(sim, login, end):
    one = login(client_id=sim.client_id + end, client_secret=sim.client_secret + end)

    assert one.authorization()
    assert sim.token_requests()[0]["status"] == 200


@pytest.mark.parametrize("around", ["%s\n", " %s ", "\t%s\r\n"])
def test_blanks_around_an_access_token_are_stripped(sim, login, around):
    token = login(store=False).authorization().split()[1]

    assert login(access_token=around % token).authorization() == "Bearer " + token


def test_blanks_around_a_client_secret_are_a_part_of_it(sim, login):
    with pytest.raises(LoginFailed):
        login(client_secret=" %s " % sim.client_secret).authorization()


@pytest.mark.parametrize("name", ["access_token", "client_id", "client_secret", "scope"])
@pytest.mark.parametrize(
    "value", ["very\nhidden", "very\rhidden", "very\x00hidden", "very\x7fhidden", ["very", "hidden"]]
)
def test_control_characters_are_refused(sim, login, name, value):
    with pytest.raises(InvalidInput, match="^%s: " % name) as caught:
        login(**{name: value})
    assert "very" not in str(caught.value) and "hidden" not in str(caught.value)
    assert sim.token_requests() == []


@pytest.mark.parametrize("value", ["Bearer hidden", "hidd en", "hidden\u20ac", " ", "\n", 5])
def test_access_token_that_is_none(login, value):
    with pytest.raises(InvalidInput, match="^access_token: ") as caught:
        login(access_token=value)
    assert "hid" not in str(caught.value)


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_nothing_but_line_ends(login, name):
    with pytest.raises(InvalidInput, match="^%s: it is empty" % name):
        login(**{name: "\r\n"})


# how long a token is good


@pytest.mark.parametrize("lifetime, good, over", [(1200, 1169, 1171), (8, 5.5, 6.5), (120, 89, 91)])
@pytest.mark.parametrize("as_text", [False, True])
def test_token_is_renewed_a_margin_before_it_expires(sim, login, clock, lifetime, good, over, as_text):
    sim.configure(expires_in=lifetime, expires_in_as_text=as_text)
    one = login(store=False)
    first = one.authorization()

    clock.later(good)
    assert one.authorization() == first
    assert len(sim.token_requests()) == 1

    clock.later(over - good)
    assert one.authorization() != first
    assert len(sim.token_requests()) == 2


SENSELESS = [None, "soon", "", 0, -5, "-5", True, [1200], {"a": 1}, math.nan, math.inf, "1e400", "9" * 5000, 10**400]


@pytest.mark.parametrize("told", [{}, *({"expires_in": value} for value in SENSELESS)])
def test_token_that_does_not_tell_its_lifetime(sim, login, clock, told):
    answer(sim, access_token="first", **told)
    one = login(store=False)
    one.authorization()

    clock.later(40)
    assert one.authorization() == "Bearer first"
    clock.later(10)
    assert one.authorization() != "Bearer first"


@pytest.mark.parametrize("told", [1e12, 10**18, "1e300"])
def test_token_that_claims_to_live_for_ever(sim, login, clock, told):
    answer(sim, access_token="first", expires_in=told)
    one = login(store=False)
    one.authorization()

    clock.later(LONGEST_LIFETIME - 60)
    assert one.authorization() == "Bearer first"
    clock.later(60)
    assert one.authorization() != "Bearer first"


@pytest.mark.parametrize("told", [*SENSELESS, 10**18])
def test_senseless_refresh_lifetime(sim, login, clock, told):
    answer(sim, access_token="first", expires_in=100, refresh_token="again", refresh_expires_in=told)
    one = login(store=False)
    one.authorization()
    clock.later(100)

    assert one.authorization() != "Bearer first"


# the token file

GOOD = {"access_token": "stored", "expires_at": 1.0, "lifetime": 1200, "refresh_token": "r", "refresh_expires_at": 2.0}
ODD = [None, "", "soon", [], {}, True, -1, math.nan, math.inf, 10**400]
FILES = [b"", b"{", b"null", b"[]", b'"text"', b"5", b"\xff\xfe\x00", b"[" * 200_000, b"{}", b'{"access_token": "x"}']
FILES += [b'{"access_token": "x", "expires_at": 1e400, "lifetime": 1e400}']


def stored(sim, content):
    """Put ``content``, bytes or a dict, into the token file."""
    store = store_of(sim)
    store.save({})
    with open(store.path, "wb") as file:
        file.write(content if isinstance(content, bytes) else json.dumps(content).encode())


def test_good_token_file(sim, login):
    now = time.time()
    stored(sim, {**GOOD, "expires_at": now + 1200, "refresh_expires_at": now + 3600})

    assert login().authorization() == "Bearer stored"


@pytest.mark.parametrize("content", FILES)
def test_token_file_of_another_shape_is_overwritten(sim, login, content):
    stored(sim, content)

    assert login().authorization() == "Bearer " + store_of(sim).load()["access_token"]


@pytest.mark.parametrize("name, value", [(name, value) for name in GOOD for value in ODD])
def test_token_file_with_an_odd_value(sim, login, name, value):
    now = time.time()
    stored(sim, {**GOOD, "expires_at": now + 1200, "refresh_expires_at": now + 3600, name: value})

    assert (login().authorization() == "Bearer stored") is name.startswith("refresh")
    assert store_of(sim).load()["access_token"]


@pytest.mark.parametrize("name, value", [(name, value) for name in GOOD for value in ODD])
def test_expired_token_file_with_an_odd_value(sim, login, name, value):
    """Its refresh token may be used, or not; a new token comes in any case."""
    now = time.time()
    stored(sim, {**GOOD, "expires_at": now - 5, "refresh_expires_at": now + 3600, name: value})

    assert login().authorization() == "Bearer " + store_of(sim).load()["access_token"]


def test_token_file_without_a_field(sim, login):
    now = time.time()
    for name in ("access_token", "expires_at", "lifetime"):
        stored(sim, {key: value for key, value in {**GOOD, "expires_at": now + 1200}.items() if key != name})
        assert login().authorization() != "Bearer stored"


def test_token_file_from_the_future(sim, login):
    stored(sim, {**GOOD, "expires_at": time.time() + 10**6})

    assert login().authorization() != "Bearer stored"


def test_stored_token_that_has_expired_is_not_used(sim, login, clock):
    first = login().authorization()

    clock.later(1171)

    assert login().authorization() != first


# refreshing


def test_refresh(sim, login, clock):
    one = login()
    first = one.authorization()
    clock.later(1190)

    assert one.authorization() != first
    assert [form["grant_type"] for form in one.forms] == ["client_credentials", "refresh_token"]


def test_refresh_with_a_stored_token(sim, login, clock):
    login().authorization()
    clock.later(1190)
    other = login()
    other.authorization()

    assert [form["grant_type"] for form in other.forms] == ["refresh_token"]


def test_no_refresh_token(sim, login, clock):
    sim.configure(refresh_token=False)
    one = login()
    one.authorization()
    clock.later(1190)
    one.authorization()

    assert [form["grant_type"] for form in one.forms] == ["client_credentials", "client_credentials"]


def test_profile_without_refreshing(sim, login, clock):
    one = login(profile=Profile("Other", "OTHER", "client_credentials"))
    one.authorization()
    clock.later(1190)
    one.authorization()

    assert [form["grant_type"] for form in one.forms] == ["client_credentials", "client_credentials"]


def test_refresh_token_that_has_expired(sim, login, clock):
    sim.configure(refresh_expires_in=1100)
    one = login()
    one.authorization()
    clock.later(1190)
    one.authorization()

    assert [form["grant_type"] for form in one.forms] == ["client_credentials", "client_credentials"]


def test_refused_refresh_falls_back(sim, login, clock):
    one = login()
    one.authorization()
    sim.revoke_tokens()
    clock.later(1190)

    assert one.authorization()
    assert [form["grant_type"] for form in one.forms] == ["client_credentials", "refresh_token", "client_credentials"]
    assert [request["status"] for request in sim.token_requests()] == [200, 400, 200]


# nobody asks twice


def test_one_token_for_many_requests(sim, client):
    one = client()
    for _dummy in range(5):
        one.get(PATH)

    assert len(sim.token_requests()) == 1
    assert all(request["authorized"] for request in sim.requests())


def test_one_token_for_many_tasks(sim, client):
    for _dummy in range(5):
        client().get(PATH)

    assert len(sim.token_requests()) == 1


@pytest.mark.slow
def test_one_token_for_20_threads_with_a_client_each(sim, client):
    sim.fault("slow", token=True, seconds=0.3)
    failures = run_in_threads(lambda: client().get(PATH))

    assert failures == []
    assert len(sim.token_requests()) == 1
    assert len(sim.requests(status=200)) == 20


def test_one_token_for_20_threads_with_one_client(sim, client):
    sim.fault("slow", token=True, seconds=0.3)
    one = client(token_store=False)
    failures = run_in_threads(lambda: one.get(PATH))

    assert failures == []
    assert len(sim.token_requests()) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_one_token_for_20_processes(sim, client):
    sim.fault("slow", token=True, seconds=0.3)
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=lambda: client().get(PATH)) for _dummy in range(20)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)

    assert [process.exitcode for process in processes] == [0] * 20
    assert len(sim.token_requests()) == 1
    assert len(sim.requests(status=200)) == 20


def run_in_threads(function, count=20):
    failures = []

    def guarded():
        try:
            function()
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded) for _dummy in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_no_store(sim, client):
    client(token_store=False).get(PATH)
    client(token_store=False).get(PATH)

    assert len(sim.token_requests()) == 2
    assert not os.path.exists(store_of(sim).directory)


def test_a_wrong_secret_is_not_hidden_by_a_stored_token(sim, client):
    client().get(PATH)

    with pytest.raises(LoginFailed):
        client(client_secret="wrong").get(PATH)


# the API refuses the token


def test_stored_token_that_was_revoked(sim, client):
    client().get(PATH)
    stored = store_of(sim).load()["access_token"]
    sim.revoke_tokens()
    sim.configure(refresh_token=False)
    sim.clear_journal()

    client().get(PATH)

    assert [request["status"] for request in sim.requests()] == [401, 200]
    assert len(sim.token_requests()) == 1
    assert store_of(sim).load()["access_token"] != stored


def test_write_is_sent_again_after_a_401(sim, client):
    one = client()
    one.get(PATH)
    sim.revoke_tokens()

    one.send("PATCH", PATH, {"operation": "reset"})

    assert [(write["status"], write["applied"]) for write in sim.writes()] == [(401, False), (202, True)]


def test_revoked_token_costs_20_threads_one_new_one(sim, client):
    one = client()
    one.get(PATH)
    sim.revoke_tokens()
    sim.configure(refresh_token=False)
    sim.clear_journal()

    assert run_in_threads(lambda: one.get(PATH)) == []
    assert len(sim.token_requests()) == 1


def test_fresh_token_refused_as_well(sim, client):
    sim.fault("status", status=401, path=PATH, times=2)

    with pytest.raises(LoginFailed, match="refused a fresh token"):
        client().get(PATH)
    assert len(sim.requests()) == len(sim.token_requests()) == 2


# a token from elsewhere


def test_access_token(sim, client, login):
    token = login(store=False).authorization().split()[1]
    sim.clear_journal()

    client(access_token=token, client_id=None, client_secret=None).get(PATH)

    assert sim.token_requests() == []
    assert [request["authorized"] for request in sim.requests()] == [True]
    assert not os.path.exists(store_of(sim).directory)


def test_access_token_comes_before_the_client(sim, client, login):
    token = login(store=False).authorization().split()[1]
    sim.clear_journal()

    client(access_token=token).get(PATH)

    assert sim.token_requests() == []


def test_access_token_that_is_refused(sim, client):
    with pytest.raises(LoginFailed, match="refused the access_token") as caught:
        client(access_token="worn-out-token").get(PATH)

    assert "worn-out-token" not in str(caught.value)
    assert len(sim.requests()) == 1
    assert sim.token_requests() == []

# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP: what is sent again and what never is, where a token may go, and what an error may tell."""

from __future__ import annotations

import email.utils
import http.server
import json
import socket
import threading
import time
from types import SimpleNamespace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import transport as module
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import (
    InvalidInput,
    OutcomeUnknown,
    TimedOut,
    TlsFailed,
    UnexpectedAnswer,
    Unreachable,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.oauth import ITCARE, Credentials, Login
from ansible_collections.cegedim.cloud.plugins.module_utils.transport import (
    FIRST_CONTACT_SECONDS,
    HIDDEN,
    LONGEST_PAUSE,
    Settings,
    Transport,
)
from ansible_collections.cegedim.cloud.tests.simulator import Simulator

INSTANCE = "/compute/instances/500000001"
WRITE = json.dumps({"operation": "reset"})
SECRET = "top-secret-value"
LATER = {"Retry-After": "1"}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """The proxy of whoever runs the tests is none of theirs."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock(monkeypatch):
    """Time stands still but for the pauses, which are noted and cost nothing: ``clock.pauses``."""
    fake = SimpleNamespace(now=0.0, pauses=[], time=time.time, at_pause=lambda: None)

    def sleep(seconds):
        fake.pauses.append(seconds)
        fake.now += seconds
        fake.at_pause()

    fake.sleep, fake.monotonic = sleep, lambda: fake.now
    monkeypatch.setattr(module, "time", fake)
    return fake


@pytest.fixture
def transport():
    return Transport(Settings(retry_timeout=60, read_timeout=5))


@pytest.fixture
def bearer(sim, transport):
    """The value of a good Authorization header; the journal and the transport are fresh afterwards."""
    value = login_of(sim, transport).authorization()
    sim.clear_journal()
    return value


def login_of(sim, transport):
    return Login(ITCARE, Credentials(sim.token_url, sim.client_id, sim.client_secret), transport, store=False)


@pytest.fixture
def send(sim, transport, bearer):
    """``send("GET")`` or ``send("PATCH")``: one request to an instance; writes reset it."""

    def send_one(method, path=INSTANCE, **options):
        headers, body = {"Accept": "application/json"}, None
        if method not in ("GET", "HEAD"):
            headers["Content-Type"], body = "application/json", WRITE
        return transport.send(method, sim.api_url + path, headers, bearer, body, **options)

    return send_one


@pytest.fixture
def closed_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers everything with {} and notes it: for what has to arrive at a proxy, or nowhere."""

    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_PATCH = do_CONNECT = do_GET

    def log_message(self, *_dummy):
        pass


@pytest.fixture
def recorder():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.seen, server.url = [], "http://127.0.0.1:%d" % server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


# an answer


def test_answer(sim, send):
    response = send("GET")

    assert (response.status, response.ok) == (200, True)
    assert response.data["name"] == "PEBBILL01"
    assert response.headers["content-type"] == response.headers["Content-Type"]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500, 501])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_status_is_an_answer(sim, send, clock, method, status):
    sim.fault("status", status=status, body="<h1>No</h1>")

    response = send(method)

    assert (response.status, response.ok) == (status, False)
    assert (response.data, response.text) == (None, "<h1>No</h1>")
    assert len(sim.requests()) == 1
    assert clock.pauses == []


@pytest.mark.parametrize("status", [200, 204])
def test_empty_answer(sim, send, status):
    sim.fault("status", status=status)

    assert send("GET").data is None


def test_connection_is_kept(sim, send):
    for _dummy in range(3):
        send("GET")

    assert sim.connections() == 1


# retry by verb: statuses


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_read_is_sent_again(sim, send, clock, method, status):
    path = INSTANCE if method == "GET" else "/compute/resources/PEBBILL01"
    sim.fault("status", status=status, times=2)

    assert send(method, path).status == 200
    assert [request["status"] for request in sim.requests()] == [status, status, 200]
    assert len(clock.pauses) == 2


@pytest.mark.parametrize("status, headers", [(429, {}), (429, LATER), (503, LATER)])
def test_write_that_was_turned_away_is_sent_again(sim, send, clock, status, headers):
    sim.fault("status", status=status, headers=headers)

    assert send("PATCH").ok
    assert [(write["status"], write["applied"]) for write in sim.writes()] == [(status, False), (202, True)]


@pytest.mark.parametrize("fault", ["error_before", "error_after"])
@pytest.mark.parametrize("status, headers", [(500, {}), (502, {}), (502, LATER), (503, {}), (504, {}), (504, LATER)])
def test_write_of_unclear_outcome_is_not_sent_again(sim, send, clock, fault, status, headers):
    sim.fault(fault, status=status, headers=headers)

    assert send("PATCH").status == status
    assert [write["applied"] for write in sim.writes()] == [fault == "error_after"]
    assert clock.pauses == []


@pytest.mark.parametrize("status", [502, 503, 504])
def test_post_that_only_reads_is_sent_again(sim, transport, clock, status):
    sim.fault("status", token=True, status=status)

    assert login_of(sim, transport).authorization()
    assert len(sim.token_requests()) == 2


# retry by verb: lost answers


LOST = [
    ("reset_before", False),
    ("reset_after", True),
    ("truncate", True),
    ("truncate_json", True),
    ("hang", False),
]


def lose(sim, kind, **options):
    sim.fault(kind, seconds=1 if kind == "hang" else None, **options)


@pytest.mark.parametrize("kind, applied", LOST)
def test_read_of_a_lost_answer_is_sent_again(sim, send, transport, clock, kind, applied):
    transport.settings = Settings(retry_timeout=60, read_timeout=0.3)
    lose(sim, kind)

    assert send("GET").data["name"] == "PEBBILL01"
    assert len(sim.requests()) == 2


@pytest.mark.parametrize("kind, applied", LOST)
def test_write_of_a_lost_answer_is_not_sent_again(sim, send, transport, clock, kind, applied):
    transport.settings = Settings(retry_timeout=60, read_timeout=0.3)
    lose(sim, kind)

    with pytest.raises(OutcomeUnknown, match="PATCH /itcare%s: the answer was lost" % INSTANCE):
        send("PATCH")
    assert [write["applied"] for write in sim.writes()] == [applied]
    assert clock.pauses == []


@pytest.mark.parametrize("kind", ["reset_before", "truncate", "truncate_json"])
def test_reads_end_in_time(sim, send, clock, kind):
    lose(sim, kind, times=-1)

    with pytest.raises(TimedOut, match="the answer was lost"):
        send("GET")
    assert 30 < sum(clock.pauses) <= 60


# retry by verb: no connection


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_refused_connection_of_a_host_that_never_answered(transport, clock, closed_port, method):
    with pytest.raises(Unreachable, match="127.0.0.1:%d" % closed_port):
        transport.send(method, "http://127.0.0.1:%d/x" % closed_port, {})
    assert 0 < sum(clock.pauses) <= FIRST_CONTACT_SECONDS


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_refused_connection_of_a_host_that_answered_before(sim, send, transport, clock, closed_port, method):
    send("GET")

    with pytest.raises(Unreachable):
        transport.send(method, "http://127.0.0.1:%d/x" % closed_port, {})
    assert FIRST_CONTACT_SECONDS < sum(clock.pauses) <= 60


def test_unknown_host(transport, clock):
    with pytest.raises(Unreachable, match="nowhere.invalid"):
        transport.send("GET", "https://nowhere.invalid/x", {})


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_host_that_comes_back(sim, send, transport, bearer, clock, closed_port, method):
    send("GET")
    servers = []

    def start():
        servers.append(http.server.HTTPServer(("127.0.0.1", closed_port), Recorder))
        servers[0].seen = []
        threading.Thread(target=servers[0].handle_request, daemon=True).start()

    clock.at_pause = start
    response = transport.send(method, "http://127.0.0.1:%d/x" % closed_port, {}, bearer, "{}")
    servers[0].server_close()

    assert response.status == 200
    assert servers[0].seen == [("/x", bearer)]
    assert len(clock.pauses) == len(servers) == 1


# pauses


def test_pauses_double_with_jitter(sim, send, clock):
    sim.fault("status", status=503, times=-1)

    assert send("GET").status == 503
    bounds = [min(0.25 * 2**number, LONGEST_PAUSE) for number in range(len(clock.pauses))]
    assert all(bound / 2 <= pause <= bound for pause, bound in zip(clock.pauses, bounds))
    assert len(set(clock.pauses)) == len(clock.pauses) > 5
    assert 60 - LONGEST_PAUSE <= sum(clock.pauses) <= 60


def test_until_ends_earlier(sim, send, clock):
    sim.fault("status", status=503, times=-1)

    assert send("GET", until=5).status == 503
    assert sum(clock.pauses) <= 5


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_retry_after_in_seconds(sim, send, clock, method):
    sim.fault("status", status=503, headers={"Retry-After": "17"})

    assert send(method).ok
    assert clock.pauses == [17]


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_retry_after_as_date(sim, send, clock, method):
    date = email.utils.formatdate(time.time() + 17, usegmt=True)
    sim.fault("status", status=503, headers={"Retry-After": date})

    assert send(method).ok
    assert len(clock.pauses) == 1
    assert 14 < clock.pauses[0] <= 17


@pytest.mark.parametrize("value", ["soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "1.5"])
def test_retry_after_that_helps_nobody(sim, send, clock, value):
    sim.fault("status", status=429, headers={"Retry-After": value})

    assert send("GET").ok
    assert clock.pauses[0] <= 0.25


def test_retry_after_that_is_too_late(sim, send, clock):
    sim.fault("status", status=503, headers={"Retry-After": "61"})

    assert send("GET").status == 503
    assert clock.pauses == []
    assert len(sim.requests()) == 1


# answers that are none


NO_JSON = ["<html><body>Sign in</body></html>", "Welcome", '"']


@pytest.mark.parametrize("text", NO_JSON)
def test_no_json_with_success(sim, send, clock, text):
    sim.fault("status", status=200, body=text)

    with pytest.raises(UnexpectedAnswer, match="is the address right") as caught:
        send("GET")
    assert "text/html" in str(caught.value)
    assert sim.api_url + INSTANCE in str(caught.value)
    assert len(sim.requests()) == 1


@pytest.mark.parametrize("text", NO_JSON)
def test_no_json_with_the_success_of_a_write(sim, send, clock, text):
    sim.fault("error_after", status=200, body=text)

    with pytest.raises(OutcomeUnknown, match="no JSON"):
        send("PATCH")
    assert [write["applied"] for write in sim.writes()] == [True]


# redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_within_the_api(sim, send, status):
    sim.fault("redirect", status=status, location=sim.api_url + "/compute/instances/500000002")

    assert send("GET").data["name"] == "PEBBILL02"
    assert [request["authorized"] for request in sim.requests()] == [True, True]


def test_relative_redirect(sim, send):
    sim.fault("redirect", location="500000002")

    assert send("GET").data["name"] == "PEBBILL02"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_redirect_elsewhere_is_refused(sim, send, bearer, recorder, method, status):
    sim.fault("redirect", status=status, location=recorder.url + "/x?token=" + bearer.split()[1])

    with pytest.raises(UnexpectedAnswer, match="never sent elsewhere") as caught:
        send(method)
    assert recorder.url in str(caught.value)
    assert bearer.split()[1] not in str(caught.value)
    assert recorder.seen == []
    assert len(sim.requests()) == 1


@pytest.mark.parametrize("location", ["//127.0.0.1:1/x", "https://127.0.0.1/x", "http://localhost/x"])
def test_other_origins(sim, send, location):
    sim.fault("redirect", location=location)

    with pytest.raises(UnexpectedAnswer, match="never sent elsewhere"):
        send("GET")


def test_write_is_never_redirected(sim, send):
    sim.fault("redirect", status=307, location=sim.api_url + "/compute/instances/500000002")

    with pytest.raises(UnexpectedAnswer):
        send("PATCH")
    assert [write["path"] for write in sim.writes()] == [INSTANCE]


def test_redirects_end(sim, send):
    sim.fault("redirect", location=sim.api_url + INSTANCE, times=-1)

    with pytest.raises(UnexpectedAnswer, match="more than 5 redirects"):
        send("GET")
    assert len(sim.requests()) == 6


# TLS


@pytest.fixture(scope="module")
def tls():
    with Simulator(tls=True) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def other_authority():
    with Simulator(tls=True) as simulator:
        yield simulator.ca_path


def get(simulator, **settings):
    transport = Transport(Settings(retry_timeout=5, **settings))
    return login_of(simulator, transport).authorization()


def test_unknown_authority_is_refused(tls, clock):
    tls.clear_journal()

    with pytest.raises(TlsFailed, match="set ca_path"):
        get(tls)
    assert tls.token_requests() == []
    assert clock.pauses == []


def test_authority_of_ca_path(tls):
    assert get(tls, ca_path=tls.ca_path)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_authority_of_the_environment(tls, monkeypatch, variable):
    monkeypatch.setenv(variable, tls.ca_path)

    assert get(tls)


def test_ca_path_replaces_all_other_authorities(tls, other_authority, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls.ca_path)

    with pytest.raises(TlsFailed):
        get(tls, ca_path=other_authority)


def test_no_validation(tls):
    assert get(tls, validate_certs=False)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")  # switched off once per process, and pytest switches it on again
def test_no_validation_of_one_is_not_that_of_another(tls):
    get(tls, validate_certs=False)

    with pytest.raises(TlsFailed):
        get(tls)


def test_no_validation_whatever_the_environment_says(tls, other_authority, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", other_authority)

    assert get(tls, validate_certs=False)


def test_ca_path_of_nothing(tls):
    with pytest.raises(InvalidInput, match="no file or directory /nowhere.pem"):
        get(tls, ca_path="/nowhere.pem")


def test_ca_path_of_something_else(tls, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")

    with pytest.raises(InvalidInput, match="no certificate in PEM form"):
        get(tls, ca_path=str(file))


def test_https_address_of_an_http_server(sim, transport, clock):
    with pytest.raises(TlsFailed, match="does not speak TLS"):
        transport.send("GET", sim.base_url.replace("http://", "https://"), {})
    assert clock.pauses == []


# proxies


def test_proxy(sim, recorder, bearer):
    transport = Transport(Settings(proxy=recorder.url))
    transport.send("GET", sim.api_url + INSTANCE, {}, bearer)

    assert recorder.seen == [(sim.api_url + INSTANCE, bearer)]
    assert sim.requests() == []


def test_proxy_of_the_environment(sim, bearer, recorder, monkeypatch):
    monkeypatch.setenv("http_proxy", recorder.url)

    Transport(Settings()).send("GET", sim.api_url + INSTANCE, {}, bearer)

    assert recorder.seen == [(sim.api_url + INSTANCE, bearer)]


def test_no_proxy_of_the_environment(sim, bearer, recorder, monkeypatch):
    monkeypatch.setenv("http_proxy", recorder.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    assert Transport(Settings()).send("GET", sim.api_url + INSTANCE, {}, bearer).ok
    assert recorder.seen == []


def test_given_proxy_comes_before_the_environment(sim, bearer, recorder, monkeypatch, closed_port):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:%d" % closed_port)
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    Transport(Settings(proxy=recorder.url)).send("GET", sim.api_url + INSTANCE, {}, bearer)

    assert len(recorder.seen) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_is_not_there(clock, closed_port, scheme):
    transport = Transport(Settings(proxy="http://user:%s@127.0.0.1:%d" % (SECRET, closed_port)))

    with pytest.raises(Unreachable) as caught:
        transport.send("PATCH", scheme + "://itcare.example/x", {}, "Bearer x", "{}")
    assert SECRET not in told(caught.value)


@pytest.mark.parametrize("proxy", ["http://user:%s@:99999x" % SECRET, "://user:%s@host" % SECRET])
def test_proxy_that_is_no_address(clock, proxy):
    with pytest.raises((InvalidInput, Unreachable)) as caught:
        Transport(Settings(proxy=proxy)).send("GET", "http://itcare.example/x", {})
    assert SECRET not in told(caught.value)


# netrc


def test_netrc_does_not_replace_the_token(sim, send, monkeypatch, tmp_path):
    write_netrc(monkeypatch, tmp_path)

    assert send("GET").ok
    assert [request["authorized"] for request in sim.requests()] == [True]


def test_netrc_adds_nothing_to_a_login(sim, transport, monkeypatch, tmp_path):
    write_netrc(monkeypatch, tmp_path)
    given = Credentials(sim.token_url, sim.client_id, sim.client_secret, client_authentication="post")

    Login(ITCARE, given, transport, store=False).authorization()

    assert [("Authorization" in request["headers"]) for request in sim.token_requests()] == [False]


def write_netrc(monkeypatch, tmp_path):
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1\nlogin somebody\npassword else\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))


# secrets


def told(error):
    """All that an error can tell: its words, its details, and what it came from, as a result would show them."""
    return "%s %s" % (error, error.details)


def test_redact(transport):
    transport.secrets.update(("abc", "abcdef"))

    text = transport.redact("abcdef and abc at https://user:password@host/x?y=abc")

    assert text == "%s and %s at https://%s@host/x?y=%s" % (HIDDEN, HIDDEN, HIDDEN, HIDDEN)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize(
    "fault",
    [
        dict(kind="status", status=200, body="Welcome", content_type="text/html; x=" + SECRET),
        dict(kind="redirect", location="http://%s.example/x" % SECRET),
        dict(kind="redirect", location="http://user:%s@other.example/" % SECRET),
    ],
)
def test_errors_tell_no_secret(sim, transport, send, method, fault):
    transport.secrets.add(SECRET)
    sim.fault(**fault)

    with pytest.raises((UnexpectedAnswer, OutcomeUnknown)) as caught:
        send(method)
    assert SECRET not in told(caught.value)


def test_errors_of_a_path_tell_no_secret(sim, transport, bearer, clock, closed_port):
    transport.secrets.add(SECRET)
    for method, error in (("GET", TimedOut), ("PATCH", OutcomeUnknown)):
        sim.fault("reset_before", times=-1)
        with pytest.raises(error) as caught:
            transport.send(method, "%s/compute/resources/%s/tags" % (sim.api_url, SECRET), {}, bearer)
        assert SECRET not in told(caught.value)
    with pytest.raises(Unreachable) as caught:
        transport.send("GET", "http://127.0.0.1:%d/%s" % (closed_port, SECRET), {})
    assert SECRET not in told(caught.value)


def test_log_in_and_renew_make_their_secrets_known(sim, transport):
    login = login_of(sim, transport)
    first = login.authorization()
    second = login.renew(first)

    for secret in (first.split()[1], second.split()[1], sim.client_secret):
        assert secret in transport.secrets

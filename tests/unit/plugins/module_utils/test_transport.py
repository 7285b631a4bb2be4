# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP: what is sent again and what never is, where a token may go, and what an error may tell."""

from __future__ import annotations

import base64
import contextlib
import datetime
import email.utils
import html
import http.server
import json
import math
import socket
import ssl
import threading
import time
import traceback
import urllib.parse
from types import SimpleNamespace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import limiter
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
from ansible_collections.cegedim.cloud.plugins.module_utils.redaction import HIDDEN
from ansible_collections.cegedim.cloud.plugins.module_utils.transport import (
    FIRST_CONTACT_SECONDS,
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
    monkeypatch.setattr(limiter, "time", fake)
    limiter.forget()  # it may know moments of the real clock
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


class Canned(http.server.BaseHTTPRequestHandler):
    """Gives the answers that the test has put down, the last one again and again."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization")))
        vars(self.server).setdefault("proxy_authorizations", []).append(self.headers.get("Proxy-Authorization"))
        answers = self.server.answers
        status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        lines = ["HTTP/1.1 %d Said" % status]
        lines += ["%s: %s" % pair for pair in {"Content-Length": len(body), **headers}.items()]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)

    do_POST = do_PATCH = do_CONNECT = do_GET

    def log_message(self, *_dummy):
        pass


@pytest.fixture
def canned():
    """A server that answers ``canned.answers``, a list of (status, headers, body)."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canned)
    server.seen, server.answers, server.url = [], [], "http://127.0.0.1:%d" % server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


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


@pytest.mark.parametrize(
    "method, status",
    [*((method, status) for method in ("GET", "PATCH") for status in (400, 403, 404, 409, 422, 501)), ("PATCH", 500)],
)
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


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
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


@pytest.mark.parametrize("status", [500, 502, 503, 504])
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
def test_refused_connection_of_a_host_that_answered_before(transport, clock, closed_port, method):
    server = answer_once(closed_port)
    transport.send("GET", "http://127.0.0.1:%d/x" % closed_port, {})
    server.join(5)

    with pytest.raises(Unreachable) as caught:
        transport.send(method, "http://127.0.0.1:%d/x" % closed_port, {})
    assert FIRST_CONTACT_SECONDS < sum(clock.pauses) <= 60
    assert "api_url" not in str(caught.value)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_one_host_that_answered_says_nothing_of_another(send, transport, clock, closed_port, method):
    send("GET")

    with pytest.raises(Unreachable, match="is api_url right"):
        transport.send(method, "http://127.0.0.1:%d/x" % closed_port, {})
    assert 0 < sum(clock.pauses) <= FIRST_CONTACT_SECONDS


def answer_once(port):
    """The thread of a server that answers one request and is gone then."""
    server = http.server.HTTPServer(("127.0.0.1", port), Recorder)
    server.seen = []

    def serve():
        server.handle_request()
        server.server_close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread


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
    assert 17 <= clock.pauses[0] <= 17 * 1.1
    assert len(clock.pauses) == 1


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_retry_after_as_date(sim, send, clock, method):
    date = email.utils.formatdate(time.time() + 17, usegmt=True)
    sim.fault("status", status=503, headers={"Retry-After": date})

    assert send(method).ok
    assert len(clock.pauses) == 1
    assert 14 < clock.pauses[0] <= 17 * 1.1


ABSURD = ["soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "1.5", "1000000000", "9" * 5000, "1e9", "\u00b2", "nan"]
ABSURD += ["Wed, 21 Oct 2215 07:28:00 GMT", "Wed, 21 Oct 99999 07:28:00 GMT", "Mon, 01 Jan 0001 00:00:00 +2359"]


@pytest.mark.parametrize("value", ABSURD)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_that_helps_nobody(transport, clock, canned, value, status):
    canned.answers = [(status, {"Retry-After": value}, b""), (200, {}, b"{}")]

    assert transport.send("GET", canned.url, {}).ok
    assert clock.pauses[0] <= 0.25


@pytest.mark.parametrize("count", [1, 4])
def test_retry_after_has_jitter_and_is_never_cut_short(transport, clock, canned, count):
    canned.answers = [(503, {"Retry-After": "7"}, b"")] * count + [(200, {}, b"{}")]

    assert transport.send("GET", canned.url, {}).ok
    assert all(7 <= pause <= 7.7 for pause in clock.pauses)
    assert len(set(clock.pauses)) == len(clock.pauses) == count


def test_retry_after_that_is_too_late(sim, send, clock):
    sim.fault("status", status=503, headers={"Retry-After": "61"})

    assert send("GET").status == 503
    assert clock.pauses == []
    assert len(sim.requests()) == 1


# answers that are none


NO_JSON = ["<html><body>Sign in</body></html>", "Welcome", '"']


@pytest.mark.parametrize("text", NO_JSON)
def test_no_json_with_success(sim, send, clock, text):
    sim.fault("status", status=200, body=text, times=2)

    assert send("GET").data["name"] == "PEBBILL01"
    assert len(clock.pauses) == 2


@pytest.mark.parametrize("text", NO_JSON)
def test_no_json_from_a_host_that_answered_before(sim, send, clock, text):
    sim.fault("status", status=200, body=text, times=-1)

    with pytest.raises(UnexpectedAnswer, match="is api_url right") as caught:
        send("GET")
    assert "text/html" in str(caught.value)
    assert sim.api_url + INSTANCE in str(caught.value)
    assert 30 < sum(clock.pauses) <= 60


@pytest.mark.parametrize("text", NO_JSON)
def test_no_json_from_a_host_that_never_answered(transport, clock, canned, text):
    canned.answers = [(200, {"Content-Type": "text/html"}, text.encode())]

    with pytest.raises(UnexpectedAnswer, match="is token_url right") as caught:
        transport.send("GET", canned.url + "/x?secret=1", {}, option="token_url")
    assert str(caught.value).startswith("GET /x: it answered 200 with something that is not JSON (text/html)")
    assert canned.url + "/x" in str(caught.value) and "secret" not in str(caught.value)
    assert 0 < sum(clock.pauses) <= FIRST_CONTACT_SECONDS


@pytest.mark.parametrize("text", NO_JSON)
def test_no_json_with_the_success_of_a_write(sim, send, clock, text):
    sim.fault("error_after", status=200, body=text)

    with pytest.raises(OutcomeUnknown, match="not JSON"):
        send("PATCH")
    assert [write["applied"] for write in sim.writes()] == [True]


def test_json_that_is_too_deep_is_no_traceback(transport, clock, canned):
    canned.answers = [(200, {}, b"[" * 200_000), (200, {}, b"[1]")]

    assert transport.send("GET", canned.url, {}).data == [1]


def test_byte_order_mark(transport, canned):
    canned.answers = [(200, {}, b"\xef\xbb\xbf{}")]

    assert transport.send("GET", canned.url, {}).data == {}


def empty(response):
    return None if response.data else "an empty answer where a list is documented"


def test_what_the_caller_cannot_read_is_read_again(sim, send, clock):
    sim.fault("status", status=200, times=2)

    assert send("GET", unreadable=empty).data["name"] == "PEBBILL01"
    assert len(sim.requests()) == 3


def test_what_the_caller_can_never_read(sim, send, clock):
    sim.fault("status", status=200, times=-1)

    with pytest.raises(UnexpectedAnswer) as caught:
        send("GET", unreadable=empty)
    assert str(caught.value) == "GET /itcare%s: an empty answer where a list is documented" % INSTANCE
    assert 30 < sum(clock.pauses) <= 60


def test_what_the_caller_cannot_read_of_a_host_that_never_answered(transport, clock, canned):
    canned.answers = [(200, {}, b"")]

    with pytest.raises(UnexpectedAnswer, match="is api_url right"):
        transport.send("GET", canned.url, {}, unreadable=empty)
    assert 0 < sum(clock.pauses) <= FIRST_CONTACT_SECONDS


@pytest.mark.parametrize("method, status", [("GET", 404), ("GET", 204), ("PATCH", 200)])
def test_only_the_success_of_a_read_is_judged(sim, send, clock, method, status):
    sim.fault("status", status=status)
    expected = [status] if status != 204 else [204, 200]

    assert send(method, unreadable=empty).status == expected[-1]
    assert [request["status"] for request in sim.requests()] == expected


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

    with pytest.raises(UnexpectedAnswer, match="only reads follow a redirect; check api_url"):
        send("PATCH")
    assert [write["path"] for write in sim.writes()] == [INSTANCE]


def test_redirects_end(sim, send):
    sim.fault("redirect", location=sim.api_url + INSTANCE, times=-1)

    with pytest.raises(UnexpectedAnswer, match="more than 5 redirects"):
        send("GET")
    assert len(sim.requests()) == 6


MALFORMED = ["http://[", "http://127.0.0.1:99999x/", "javascript:alert(1)", "mailto:me@example.com"]


@pytest.mark.parametrize("location", [*MALFORMED, "http://user:%s@127.0.0.1/" % SECRET])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_redirect_to_no_address(transport, canned, method, location):
    canned.answers = [(302, {"Location": location}, b"")]

    with pytest.raises(
        UnexpectedAnswer, match="redirected to something that is not an address.*check token_url"
    ) as caught:
        transport.send(method, canned.url + "/x", {}, "Bearer " + SECRET, option="token_url")
    assert SECRET not in told(caught.value)
    assert len(canned.seen) == 1


def test_redirect_with_credentials_does_not_replace_the_token(transport, canned):
    own = canned.url.replace("http://", "http://user:password@")
    canned.answers = [(302, {"Location": own + "/y"}, b"")]

    with pytest.raises(UnexpectedAnswer):
        transport.send("GET", canned.url + "/x", {}, "Bearer x")
    assert [seen[2] for seen in canned.seen] == ["Bearer x"]


def test_redirect_in_a_circle_names_the_option(transport, canned):
    canned.answers = [(302, {"Location": "/x"}, b"")]

    with pytest.raises(UnexpectedAnswer, match="goes in a circle; check api_url"):
        transport.send("GET", canned.url + "/x", {})


# TLS


@pytest.fixture(scope="module")
def authority():
    return pytest.importorskip("trustme").CA()


@pytest.fixture
def impostor(authority, tmp_path):
    """``impostor("other.example", not_after=...)``: the port of a server with such a certificate, and its authority."""
    servers = []
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    def start(*names, **options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **options).configure_cert(context)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canned)
        server.handle_error = lambda *_dummy: None
        server.seen, server.answers = [], [(200, {}, b"{}")]
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
        return "https://127.0.0.1:%d/x" % server.server_port, str(tmp_path / "ca.pem")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
FAR_AWAY = datetime.datetime(2090, 1, 1, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize(
    "names, options, words",
    [
        (["other.example"], {}, "is for other names than 127.0.0.1: check api_url"),
        (["127.0.0.2"], {}, "is for other names than 127.0.0.1: check api_url"),
        (["127.0.0.1"], {"not_before": LONG_AGO, "not_after": LONG_AGO + datetime.timedelta(1)}, "has expired"),
        (["127.0.0.1"], {"not_before": FAR_AWAY, "not_after": FAR_AWAY + datetime.timedelta(1)}, "is not valid yet"),
    ],
)
def test_certificate_that_ca_path_does_not_help(impostor, clock, names, options, words):
    url, ca_path = impostor(*names, **options)

    with pytest.raises(TlsFailed, match=words) as caught:
        Transport(Settings(ca_path=ca_path)).send("GET", url, {})
    assert "ca_path" not in str(caught.value)
    assert clock.pauses == []


def test_certificate_of_an_unknown_authority(impostor, clock):
    url, _dummy = impostor("127.0.0.1")

    with pytest.raises(TlsFailed, match="cannot be verified .*; for a private authority set ca_path"):
        Transport(Settings()).send("GET", url, {})


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


def test_proxy_without_a_scheme(sim, recorder, bearer):
    Transport(Settings(proxy=recorder.url.partition("://")[2] + "\n")).send("GET", sim.api_url + INSTANCE, {}, bearer)

    assert len(recorder.seen) == 1


@pytest.mark.parametrize("source", ["option", "environment"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "login, pair",
    [
        ("user:s%2Bcr%20t", b"user:s+cr t"),
        ("user:sécret", "user:sécret".encode()),
        ("us%C3%A9r:%E2%82%ACuro", "usér:€uro".encode()),
        ("user:s%E9cret", "user:sécret".encode("latin-1")),  # of a proxy that wants these bytes
        ("user", b"user:"),
        ("user:", b"user:"),
    ],
)
def test_user_and_password_of_a_proxy(canned, monkeypatch, login, pair, scheme, source):
    proxy = canned.url.replace("//", "//%s@" % login)
    monkeypatch.setenv(scheme + "_proxy", proxy)
    canned.answers = [(403, {}, b"")]
    transport = Transport(Settings(proxy=proxy if source == "option" else None, retry_timeout=0))
    with contextlib.suppress(Unreachable):
        transport.send("GET", scheme + "://itcare.example/x", {})

    (sent,) = canned.proxy_authorizations
    assert base64.b64decode(sent.removeprefix("Basic ")) == pair
    if ":" in login.rstrip(":"):
        assert transport.redact("It was %s" % sent) == "It was Basic ********"


@pytest.mark.parametrize("source", ["option", "environment"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_is_not_there(clock, closed_port, monkeypatch, scheme, source):
    proxy = "http://user:%s@127.0.0.1:%d" % (SECRET, closed_port)
    monkeypatch.setenv(scheme + "_proxy", proxy)
    transport = Transport(Settings(proxy=proxy if source == "option" else None))

    with pytest.raises(Unreachable) as caught:
        transport.send("PATCH", scheme + "://itcare.example/x", {}, "Bearer x", "{}")
    words = "the proxy 127.0.0.1, port %d (option proxy, or HTTPS_PROXY and HTTP_PROXY in the environment) cannot be"
    assert words % closed_port + " reached: Connection refused" in str(caught.value)
    assert "api_url" not in str(caught.value)
    assert SECRET not in told(caught.value)


def test_proxy_of_no_known_name(clock):
    with pytest.raises(Unreachable, match="the proxy nowhere.invalid, port 80 .*: its name cannot be resolved"):
        Transport(Settings(proxy="http://nowhere.invalid")).send("GET", "https://itcare.example/x", {})


@pytest.mark.parametrize(
    "status, words, tries",
    [
        (407, "wants a user and a password", 1),
        (403, "refuses the connection", 1),
        (502, "refuses the connection", None),
    ],
)
def test_write_that_a_proxy_does_not_let_through_was_not_sent(clock, canned, status, words, tries):
    canned.answers = [(status, {}, b"no")]
    transport = Transport(Settings(proxy=canned.url.replace("//", "//user:%s@" % SECRET)))

    with pytest.raises(Unreachable, match="the proxy .* answered %d: it %s" % (status, words)) as caught:
        transport.send("PATCH", "https://itcare.example/x", {}, "Bearer " + SECRET, "{}")
    assert SECRET not in told(caught.value)
    assert {seen[0] for seen in canned.seen} == {"CONNECT"} and {seen[2] for seen in canned.seen} == {None}
    assert tries in (len(canned.seen), None)
    assert sum(clock.pauses) <= FIRST_CONTACT_SECONDS


def test_write_whose_connection_breaks_at_the_proxy_may_have_been_sent(clock, sim):
    """As urllib3 1.26 tells it: any broken connection is called one of the proxy."""
    errors = pytest.importorskip("urllib3.exceptions")
    broken = errors.MaxRetryError(
        None, "/x", errors.ProxyError("Cannot connect to proxy.", ConnectionResetError(104, "x"))
    )
    transport = Transport(Settings(proxy="http://127.0.0.1:1"))

    def send(*_dummy, **_options):
        raise module.requests.exceptions.ProxyError(broken)

    transport._adapters["https"].send = send
    with pytest.raises(OutcomeUnknown, match="Connection reset"):
        transport.send("PATCH", "https://itcare.example/x", {}, "Bearer x", "{}")
    assert clock.pauses == []


BAD_PROXIES = ["http://user:%s@:99999x", "://user:%s@host", "http://user:a/%s@host:1", "http://user:12/%s@host:1"]
BAD_PROXIES += [
    "ftp://user:%s@host",
    "http://user:a#%s@host",
    "http://user:a?%s@host",
    "http://u:%s@ho st",
    "http://u:%s",
]


@pytest.mark.parametrize("source", ["option", "http_proxy", "all_proxy"])
@pytest.mark.parametrize("proxy", BAD_PROXIES)
def test_proxy_that_is_no_address(clock, monkeypatch, source, proxy):
    if source != "option":
        monkeypatch.setenv(source, proxy % SECRET)
    with pytest.raises(InvalidInput, match="proxy.*this is not an address such as") as caught:
        Transport(Settings(proxy=proxy % SECRET if source == "option" else None)).send("GET", "http://a.example/x", {})
    assert "secret" not in told(caught.value)
    assert clock.pauses == []


def test_password_of_a_proxy_is_a_secret():
    transport = Transport(Settings(proxy="http://user:top%2Fsecret@host:1"))
    pair = base64.b64encode(b"user:top/secret").decode()

    assert transport.redact("top/secret top%%2Fsecret %s" % pair) == " ".join([HIDDEN] * 3)


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
    transport.secrets.update(("abcd", "abcdef"))

    text = transport.redact("abcdef and abcd at https://user:password@host/x?y=abcd")

    assert text == "%s and %s at https://%s@host/x?y=%s" % (HIDDEN, HIDDEN, HIDDEN, HIDDEN)


AWKWARD = "se'cr\\et\"/+ %&\u00e9<x>"


@pytest.mark.parametrize(
    "form",
    [
        lambda secret: secret,
        repr,
        json.dumps,
        lambda secret: json.dumps(secret, ensure_ascii=False),
        urllib.parse.quote,
        lambda secret: urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus,
        lambda secret: urllib.parse.quote_plus(secret).replace("%2F", "%2f").replace("%2B", "%2b").lower(),
        html.escape,
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    ],
)
def test_redact_in_every_form(transport, form):
    transport.secrets.add(AWKWARD)

    shown = transport.redact("before %s after" % form(AWKWARD))

    assert shown.replace('"', "").replace("'", "") == "before %s after" % HIDDEN


@pytest.mark.parametrize("secret", ["", "a", "is", "the"])
def test_short_secret_does_not_garble(transport, secret):
    transport.secrets.add(secret)

    assert transport.redact("this is the message") == "this is the message"


def test_password_with_a_slash_in_an_address(transport):
    assert transport.redact("at http://user:pa/ss@host/x") == "at http://%s@host/x" % HIDDEN


@pytest.mark.parametrize("token", ["%s\n", "%s\r\nX: y", "%s\u20ac", " %s"])
def test_token_that_is_no_header_is_never_shown(transport, canned, token):
    canned.answers = [(200, {}, b"{}")]

    with pytest.raises(InvalidInput, match="the header Authorization cannot be sent") as caught:
        transport.send("GET", canned.url, {}, token % SECRET)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert canned.seen == []


@pytest.mark.parametrize("name, value", [("connect_timeout", 0), ("read_timeout", -1), ("retry_timeout", math.inf)])
def test_times_that_are_none(name, value):
    with pytest.raises(InvalidInput, match=name):
        Transport(Settings(**{name: value}))


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
    transport.settings = Settings(retry_timeout=0, read_timeout=5)
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

# SPDX-License-Identifier: GPL-3.0-or-later
"""The limiter: who goes first, how many at once, and that nobody starves at a platform that allows a few."""

from __future__ import annotations

import http.server
import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import client, limiter
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.limiter import PROBING, REGROWTH, Limiter, limiter_of
from ansible_collections.cegedim.cloud.plugins.module_utils.transport import Settings, Transport

pytestmark = pytest.mark.slow
WORKERS = 20


class Narrow(http.server.BaseHTTPRequestHandler):
    """Admits ``server.allowed`` requests in flight and refuses all others."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        with server.lock:
            admitted = server.in_flight < server.allowed
            server.in_flight += 1
            server.most = max(server.most, server.in_flight)
            server.seen.append((self.path, 200 if admitted else 429))
        if admitted:
            time.sleep(server.seconds)
        with server.lock:
            server.in_flight -= 1
        status = "200 OK" if admitted else "429 Too Many Requests"
        later = "" if admitted or server.retry_after is None else "Retry-After: %s\r\n" % server.retry_after
        self.wfile.write(("HTTP/1.1 %s\r\n%sContent-Length: 2\r\n\r\n{}" % (status, later)).encode())

    def log_message(self, *_dummy):
        pass


class Listening(http.server.ThreadingHTTPServer):
    request_queue_size = 64


@pytest.fixture
def narrow():
    """A server; ``narrow.allowed``, ``.seconds`` (of each request), ``.retry_after`` may be set."""
    server = Listening(("127.0.0.1", 0), Narrow)
    server.daemon_threads = True
    server.lock, server.in_flight, server.most, server.seen = threading.Lock(), 0, 0, []
    server.allowed, server.seconds, server.retry_after = 8, 0.01, None
    server.url = "http://127.0.0.1:%d" % server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def statuses(server):
    return [status for _path, status in server.seen]


def ask(url, count, transport=None, **settings):
    """The statuses of ``count`` requests that 20 threads send."""
    transport = transport or Transport(Settings(**{"retry_timeout": 20, **settings}))
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda number: transport.send("GET", "%s/%d" % (url, number), {}).status, range(count)))


# against a server that allows a few


ABSURD = [None, "1000000000", "-5", "soon", "", "Wed, 21 Oct 2215 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", "1e9"]


@pytest.mark.slow
@pytest.mark.parametrize("retry_after", ABSURD)
def test_all_succeed_whatever_the_server_asks_for(narrow, retry_after):
    narrow.retry_after = retry_after

    assert ask(narrow.url, 200) == [200] * 200
    assert statuses(narrow).count(200) == 200


@pytest.mark.slow
@pytest.mark.parametrize("allowed", [1, 3, 8, 15])
def test_refusals_are_few(narrow, allowed):
    narrow.allowed = allowed

    assert ask(narrow.url, 200) == [200] * 200
    # The first burst, its halvings, and then one now and then for a slot more: not one for each request.
    assert 0 < statuses(narrow).count(429) <= 20 - allowed + 20 + 200 // PROBING


def test_platform_is_used_as_far_as_it_allows(narrow):
    narrow.allowed, narrow.seconds = 8, 0.03
    start = time.monotonic()

    assert ask(narrow.url, 200) == [200] * 200
    ideal = 200 / 8 * 0.03
    assert time.monotonic() - start < 4 * ideal  # it is 1.5; one after the other it takes eight times as long


@pytest.mark.slow
def test_seconds_of_a_refusal_pause_everybody(narrow):
    narrow.allowed, narrow.retry_after = 5, "1"
    transport = Transport(Settings(retry_timeout=20))
    start = time.monotonic()

    assert ask(narrow.url, 40, transport) == [200] * 40
    assert time.monotonic() - start >= 1
    refused = statuses(narrow).count(429)
    # The first burst, and what half as many run into after the pause: some twenty. Were each to pause for itself, all
    # that are not among the allowed five would be refused again and again.
    assert refused < 40


@pytest.mark.slow
def test_time_counts_from_the_last_progress_of_all(narrow):
    """A hundred requests need longer than one may be tried; none is given up while others are answered."""
    narrow.allowed, narrow.seconds = 2, 0.02

    assert ask(narrow.url, 100, retry_timeout=0.6) == [200] * 100


def test_many_processes_worth_of_transports_share_the_line(narrow):
    narrow.allowed = 4
    transports = [Transport(Settings(retry_timeout=20)) for _dummy in range(10)]
    with ThreadPoolExecutor(WORKERS) as pool:
        answers = pool.map(lambda number: transports[number % 10].send("GET", narrow.url, {}).status, range(200))
        assert list(answers) == [200] * 200
    assert statuses(narrow).count(429) <= 16 + 20 + 200 // PROBING


def test_platform_that_refuses_for_ever(narrow):
    narrow.allowed = 0

    assert ask(narrow.url, 20, retry_timeout=1) == [429] * 20
    assert statuses(narrow).count(200) == 0


@pytest.mark.parametrize("most", [1, 3])
def test_ceiling(narrow, most):
    narrow.allowed = 100

    assert ask(narrow.url, 40, parallel_requests=most) == [200] * 40
    assert narrow.most == most


def test_ceiling_above_the_default(narrow):
    narrow.allowed, narrow.seconds = 100, 0.1
    transport = Transport(Settings(parallel_requests=40))
    transport.send("GET", narrow.url, {})

    client.in_parallel(lambda _number: transport.send("GET", narrow.url, {}), range(80))

    assert 20 < narrow.most <= 40


@pytest.mark.parametrize("value", [0, -1, 101])
def test_ceiling_out_of_bounds(value):
    with pytest.raises(InvalidInput, match="parallel_requests: %d is not between 1 and 100" % value):
        Transport(Settings(parallel_requests=value))


# the line


@pytest.fixture
def line():
    return Limiter(WORKERS)


def cut(line, slots):
    """Refusals until there are ``slots``."""
    while line.slots > slots:
        mark = line.enter(line.number())
        line.refused(mark)
        line.leave()
    assert line.slots == slots


def in_line(line, number, served, until=None):
    """A thread that waits in line, and notes its number when it is its turn."""

    def wait():
        line.enter(number, until)
        served.append(number)

    waiting = len(line._line)
    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    while len(line._line) == waiting and thread.is_alive():
        time.sleep(0.001)
    return thread


def test_order_of_arrival(line):
    cut(line, 1)
    line.enter(line.number())
    served = []
    threads = [in_line(line, line.number(), served) for _dummy in range(10)]
    for thread in threads:
        line.leave()
        thread.join(5)

    assert served == sorted(served) and len(served) == 10


def test_who_was_refused_keeps_the_place(line):
    cut(line, 1)
    first = line.number()
    line.enter(first)
    served = []
    threads = [in_line(line, line.number(), served) for _dummy in range(3)]
    line.leave()
    threads[0].join(5)
    again = in_line(line, first, served)
    line.leave()
    again.join(5)

    assert served == [first + 1, first]


def test_slots_halve_once_for_a_burst_and_never_below_one(line):
    marks = [line.enter(line.number()) for _dummy in range(WORKERS)]
    for mark in marks:
        line.refused(mark)
        line.leave()
    assert line.slots == 10

    for expected in (5, 2, 1, 1, 1):
        line.refused(line.enter(line.number()))
        line.leave()
        assert line.slots == expected


def test_slots_grow_back_below_what_was_refused_and_then_slowly(line):
    cut(line, 10)
    for slots in range(11, 20):
        answers(line, REGROWTH)
        assert line.slots == slots
    answers(line, PROBING - 1)
    assert line.slots == 19
    answers(line, 1)
    assert line.slots == 20
    answers(line, 100)
    assert line.slots == 20


def test_probes_become_rare_where_they_are_refused(line):
    cut(line, 10)
    for probing in (PROBING, 2 * PROBING, 4 * PROBING, 8 * PROBING, 8 * PROBING):
        while line.slots < 19:
            answers(line, 1)
        answers(line, probing - 1)
        assert line.slots == 19
        answers(line, 1)
        assert line.slots == 20
        cut(line, 10)


def answers(line, count):
    for _dummy in range(count):
        line.enter(line.number())
        line.leave()
        line.answered()


def test_pause_is_for_all(line):
    line.pause(0.3)
    start = time.monotonic()
    served = []
    threads = [in_line(line, line.number(), served) for _dummy in range(5)]
    for thread in threads:
        thread.join(5)

    assert time.monotonic() - start >= 0.3
    assert sorted(served) == list(range(5))


@pytest.mark.parametrize("hindrance", ["slot", "pause"])
def test_own_end_comes_before_the_line(line, hindrance):
    cut(line, 1)
    if hindrance == "slot":
        line.enter(line.number())
    else:
        line.pause(60)
    served = []
    start = time.monotonic()
    in_line(line, line.number(), served, until=start + 0.1).join(5)

    assert len(served) == 1
    assert 0.1 <= time.monotonic() - start < 5


def test_nobody_waits_for_a_call_for_ever(line, monkeypatch):
    monkeypatch.setattr(limiter, "LOOK_AGAIN", 0.05)
    cut(line, 1)
    line.enter(line.number())
    served = []
    thread = in_line(line, line.number(), served)
    with line._lock:
        line._in_flight -= 1  # without a word

    thread.join(5)
    assert len(served) == 1


def test_one_limiter_for_an_origin():
    assert limiter_of("https://a:443", 20) is limiter_of("https://a:443", 20)
    assert limiter_of("https://a:443", 20) is not limiter_of("https://b:443", 20)


def test_last_ceiling_counts():
    line = limiter_of("https://a:443", 20)
    assert limiter_of("https://a:443", 5).slots == 5
    assert limiter_of("https://a:443", 30).slots == 30
    cut(line, 15)
    assert limiter_of("https://a:443", 40).slots == 15
    assert limiter_of("https://a:443", 10).slots == 10


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_has_a_line_of_its_own():
    line = limiter_of("https://a:443", 20)
    cut(line, 1)
    line.enter(line.number())
    with line._lock:  # as some other thread of the parent may do at that moment
        child = multiprocessing.get_context("fork").Process(target=enter_in_child)
        child.start()
    child.join(10)

    assert child.exitcode == 0


def enter_in_child():
    line = limiter_of("https://a:443", 20)
    assert line.slots == 20
    line.enter(line.number())


def test_cost_where_nothing_is_limited(line):
    answers(line, 1000)
    start = time.process_time()
    answers(line, 10_000)

    assert (time.process_time() - start) / 10_000 < 50e-6  # it takes two


# time


@pytest.fixture
def clock(monkeypatch):
    fake = SimpleNamespace(now=1000.0, pauses=[])

    def sleep(seconds):
        fake.pauses.append(seconds)
        fake.now += seconds

    fake.sleep, fake.monotonic = sleep, lambda: fake.now
    monkeypatch.setattr(limiter, "time", fake)
    return fake


def test_pause_that_is_over(line, clock):
    line.pause(7)
    line.enter(line.number())
    line.enter(line.number())

    assert clock.pauses == [7]


def test_progress_is_noted(line, clock):
    clock.now = 1234.0
    answers(line, 1)

    assert line.progressed == 1234.0

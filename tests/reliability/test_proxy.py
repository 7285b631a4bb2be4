# SPDX-License-Identifier: GPL-3.0-or-later
"""mitmproxy between the tasks and the systems, in both lanes: tunnels, its user and password, no_proxy, inspection.

The environment says where it is: MITMDUMP is the program.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import os
import pathlib
import subprocess
import time
from urllib.parse import quote

import leaks
import pytest
from front import Authorities, Front
from many import LANES, in_lane
from player import Player
from systems import all_systems, played

PROGRAM = os.environ["MITMDUMP"]
USER, PASSWORD = "proxy user", "Pr+xy%w@rd/é 42"
WRONG = "Wr+ng%w@rd/é 42"
QUIET = "-vv"  # with more, Ansible itself prints the environment of a task that runs as a module
SECONDS = 60  # for what takes some seconds; the machine may be busy
SYSTEMS = ("itcare", "cockpit", "gopaas", "ovc")
SAID = "the proxy 127.0.0.1, port %d (option proxy, or HTTPS_PROXY and HTTP_PROXY in the environment) "


class Proxy:
    """A running mitmdump; ``inspects``: it opens TLS with certificates of its own authority (``ca_path``)."""

    def __init__(self, directory, authorities, inspects=False, user=None):
        self._notes = directory / "notes.jsonl"
        self._notes.touch()
        words = ["--set", "confdir=%s" % directory, "--listen-host", "127.0.0.1", "--listen-port", "0", "--quiet"]
        words += (
            ["--set", "ssl_verify_upstream_trusted_ca=" + authorities.path] if inspects else ["--ignore-hosts", ".*"]
        )
        words += ["--proxyauth", "%s:%s" % user] if user else []
        self.process = subprocess.Popen(
            [PROGRAM, *words, "-s", pathlib.Path(__file__).with_name("proxy_notes.py")],
            env={**os.environ, "PROXY_NOTES": str(self._notes), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + SECONDS
        while not self._told("running"):
            assert self.process.poll() is None and time.monotonic() < deadline, "mitmdump does not start"
            time.sleep(0.05)
        self.port = self._told("running")[0]["port"]
        self.ca_path = str(directory / "mitmproxy-ca-cert.pem")

    def url(self, user=None, password=None):
        """Its address for the option ``proxy``."""
        login = ":".join(quote(one, safe="") for one in (user, password) if one is not None)
        return "http://%s127.0.0.1:%d" % (login and login + "@", self.port)

    def connects(self):
        """The CONNECT requests since the last call (list of dict)."""
        found = self._told("connect")
        read, self._read = getattr(self, "_read", 0), len(found)
        return found[read:]

    def requests(self):
        """What it could read."""
        return self._told("request")

    def close(self):
        self.process.terminate()
        self.process.wait(SECONDS)

    def _told(self, event):
        found = [json.loads(line) for line in self._notes.read_text().splitlines()]
        return [one for one in found if one["event"] == event]


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    return Authorities(tmp_path_factory.mktemp("authorities"))


@pytest.fixture(scope="module")
def systems(authorities):
    """The systems behind TLS. ``fronts`` (dict by port) are the endpoints."""
    with all_systems() as found:
        fronts = {}
        for one in found.values():
            for option, address in one.places.items():
                front = Front(authorities.context(), address)
                one.places[option] = front.instead_of(address)
                fronts[int(front.url.rpartition(":")[2])] = front
            one.login["ca_path"] = authorities.path
        yield found, fronts
        for front in fronts.values():
            front.close()


@pytest.fixture
def proxy(authorities, tmp_path):
    """``proxy(inspects=True)``"""
    started = []

    def start(**options):
        directory = tmp_path / ("proxy-%d" % len(started))
        directory.mkdir()
        started.append(Proxy(directory, authorities, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(params=LANES)
def player(request, systems, tmp_path):
    """In each lane, without the proxies of whoever runs the tests."""
    player = in_lane(Player(systems[0]["itcare"].server, tmp_path), request.param)
    for name in list(player.environment):
        if name.lower() in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            del player.environment[name]
    return player


def ways(one, title, address, **environment):
    """Three tasks that are told of a proxy: by the option, by the environment of the task, and in lower case."""
    one = dataclasses.replace(one, reads={**one.reads, "retry_timeout": 0})
    return [
        one.task("%s, %s: option" % (one.name, title), proxy=address),
        {**one.task("%s, %s: variable" % (one.name, title)), "environment": {"HTTPS_PROXY": address, **environment}},
        {**one.task("%s, %s: lower case" % (one.name, title)), "environment": {"https_proxy": address, **environment}},
    ]


def joined(fronts):
    """How many connections each endpoint has had, by its port."""
    return collections.Counter({port: front.connections for port, front in fronts.items()})


def requests_of(systems):
    return sum(sum(one.requests()) for one in systems.values())


def by_port(connects):
    return collections.Counter(one["port"] for one in connects)


def test_tunnels(systems, player, proxy, record_property):
    """Everything goes through CONNECT, to the token server as well; the certificate is that of the system's end."""
    (found, fronts), one = systems, proxy(user=(USER, PASSWORD))
    before = joined(fronts)
    tasks = [task for name in SYSTEMS for task in ways(found[name], "right", one.url(USER, PASSWORD))]
    results, output = played(player, *tasks, verbosity=QUIET)

    assert [result.get("msg") for result in results if result.get("failed")] == []
    connects = one.connects()
    assert {each["status"] for each in connects} == {200}
    assert by_port(connects) == joined(fronts) - before, "a connection that did not come through the proxy"
    assert len(connects) == 3 * sum(len(found[name].places) for name in SYSTEMS)
    assert not one.requests(), "the proxy could read a request"
    assert {header for each in connects for header in each["headers"]} <= {"host", "proxy-authorization", "user-agent"}
    assert leaks.in_text(output, {"password": PASSWORD, "pair": leaks.basic(USER, PASSWORD)}) == []
    record_property("tunnels", len(connects))


def test_wrong_and_missing_passwords(systems, player, proxy, record_property):
    """The proxy refuses: one request, a clear message, and no password in anything that is told."""
    (found, fronts), one = systems, proxy(user=(USER, PASSWORD))
    before = joined(fronts)
    tasks = []
    for name in SYSTEMS:
        tasks += ways(found[name], "wrong", one.url(USER, WRONG)) + ways(found[name], "none", one.url())
    results, output = played(player, *tasks, verbosity=QUIET)

    for result in results:
        assert result.get("failed"), result
        assert SAID % one.port + "answered 407: it wants a user and a password" in result["msg"]
    connects = one.connects()
    assert [each["status"] for each in connects] == [407] * len(tasks), "a refusal is not tried again"
    assert joined(fronts) == before
    hidden = {"wrong password": WRONG, "its pair": leaks.basic(USER, WRONG)}
    assert leaks.in_text(output + json.dumps(results), hidden) == []
    record_property("refusals of the proxy", len(connects))


def test_proxy_that_is_gone(systems, player, proxy, record_property):
    found, one = systems[0], proxy()
    address, port = one.url("someone", PASSWORD), one.port
    one.close()
    tasks = []
    for name in SYSTEMS:
        tasks += ways(found[name], "gone", address)
    results, output = played(player, *tasks, verbosity=QUIET)
    for result in results:
        assert result.get("failed"), result
        assert SAID % port + "cannot be reached: Connection refused" in result["msg"]
    assert leaks.in_text(output, {"password": PASSWORD}) == []
    record_property("proxies that were gone", len(results))


def test_no_proxy(systems, player, proxy, record_property):
    """``no_proxy`` holds for the proxy of the environment, and not for the option."""
    (found, fronts), one = systems, proxy()
    around = ("127.0.0.1", "other.example,127.0.0.1", "127.0.0.0/8", "*")
    tasks, through = [], 0
    for name in SYSTEMS:
        system = found[name]
        for value in around:
            _option, *variables = ways(system, "not for " + value, one.url(), NO_PROXY=value, no_proxy=value)
            tasks += variables
        _option, *variables = ways(system, "not for another host", one.url(), NO_PROXY="other.example")
        by_option = {**ways(system, "although no_proxy", one.url())[0], "environment": {"NO_PROXY": "127.0.0.1"}}
        tasks += [*variables, by_option]
        through += 3 * len(system.places)
    before = joined(fronts)
    results, _output = played(player, *tasks)

    assert [result.get("msg") for result in results if result.get("failed")] == []
    assert len(one.connects()) == through
    direct = sum((joined(fronts) - before).values()) - through
    assert direct == 2 * len(around) * sum(len(found[name].places) for name in SYSTEMS)
    record_property("tunnels", through)
    record_property("connections around the proxy", direct)


def test_proxy_that_inspects(systems, player, proxy, record_property):
    """A proxy that opens TLS is an authority that has to be named; no task trusts it by itself."""
    found, one = systems[0], proxy(inspects=True)
    tasks = []
    for name in SYSTEMS:
        system = found[name]
        tasks += ways(system, "not trusted", one.url())
        tasks += [system.task("%s, trusted" % name, proxy=one.url(), ca_path=one.ca_path)]
    before = requests_of(found)
    results, _output = played(player, *tasks)
    for result in results:
        if result["task"].endswith(", trusted"):
            assert not result.get("failed"), result
        else:
            assert "cannot be verified (" in result["msg"] and "for a private authority set ca_path" in result["msg"]
    assert 2 * len(SYSTEMS) <= len(one.requests()) == requests_of(found) - before, (
        "a task that did not trust it sent one"
    )
    record_property("certificates of the proxy refused", 3 * len(SYSTEMS))
    record_property("certificates of the proxy trusted", len(SYSTEMS))


def test_environment_of_all(systems, player, proxy, record_property):
    """The variables of whoever starts the playbook, as on a machine that reaches nothing without a proxy."""
    (found, fronts), one = systems, proxy(user=(USER, PASSWORD))
    player.environment["HTTPS_PROXY"] = one.url(USER, PASSWORD)
    before = joined(fronts)
    results, _output = played(player, *(found[name].task(name) for name in SYSTEMS))
    assert [result.get("msg") for result in results if result.get("failed")] == []
    connects = one.connects()
    assert by_port(connects) == joined(fronts) - before and len(connects) == 6
    record_property("tunnels", len(connects))

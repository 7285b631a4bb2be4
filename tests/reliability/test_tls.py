# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS with a private authority, in both lanes: before the token server and before the API, of each system.

A certificate that is not good is refused at once, with a message that says what is wrong with it, and before anything
is sent: no secret, no token.
"""

from __future__ import annotations

import json
import subprocess
import sys

import leaks
import pytest
from front import Authorities, Front
from many import LANES, in_lane
from player import ROOT, Player
from systems import all_systems, played

OTHER_NAMES = ("the certificate of %s is for other names than 127.0.0.1: check ",)
UNKNOWN = r"the certificate of %s cannot be verified (", "for a private authority set ca_path"
# The certificate, whether ca_path names the authority, and what the message says; None where all is well.
CASES = {
    "trusted through ca_path": ("good", True, None),
    "with an intermediate authority": ("intermediate", True, None),
    "without ca_path": ("good", False, UNKNOWN),
    "of another authority": ("foreign", True, UNKNOWN),
    "without the intermediate authority": ("incomplete chain", True, UNKNOWN),
    "for another name": ("other name", True, OTHER_NAMES),
    "for another address": ("other address", True, OTHER_NAMES),
    "expired": ("expired", True, ("the certificate of %s has expired (or the clock here is wrong)",)),
    "not yet valid": ("not yet valid", True, ("the certificate of %s is not valid yet (or the clock here is wrong)",)),
}
# Where the address of the token server is an option of its own, both are tried.
PLACES = [("itcare", "token_url"), ("itcare", "api_url"), ("ovc", "token_url"), ("ovc", "url")]
PLACES += [("cockpit", "url"), ("gopaas", "url")]


@pytest.fixture(scope="module")
def systems():
    with all_systems() as found:
        yield found


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    return Authorities(tmp_path_factory.mktemp("authorities"))


@pytest.fixture
def front(authorities):
    """``front("expired", "http://...")``: an endpoint with such a certificate before that server."""
    started = []

    def start(kind, address):
        started.append(Front(authorities.context(kind), address))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("system, option", PLACES, ids=lambda value: value)
def test_certificate(systems, authorities, front, tmp_path, record_property, system, option, lane):
    one = systems[system]
    login = {name: value for name, value in one.login.items() if name in ("client_secret", "password")}
    fronts = {title: front(kind, one.places[option]) for title, (kind, _ca, _words) in CASES.items()}
    others = [front("good", address) for name, address in one.places.items() if name != option]
    rest = {name: each.instead_of(one.places[name]) for name, each in zip(set(one.places) - {option}, others)}
    tasks = []
    for title, (_kind, is_known, _words) in CASES.items():
        # Without ca_path no endpoint is trusted, so that the other one has no TLS then.
        elsewhere = rest if is_known else {}
        ca_path = {"ca_path": authorities.path} if is_known else {}
        here = {option: fronts[title].instead_of(one.places[option])}
        tasks.append(one.task(title, **elsewhere, **here, **ca_path))

    before = one.requests()
    results, output = played(in_lane(Player(systems["itcare"].server, tmp_path), lane), *tasks)

    assert leaks.in_text(output, login) == []
    asked_for_tokens = 0
    for result in results:
        endpoint, (_kind, _is_known, words) = fronts[result["task"]], CASES[result["task"]]
        if words is None:
            assert not result.get("failed"), result
            assert endpoint.connections
            asked_for_tokens += 1
            continue
        assert result.get("failed"), result
        told = result["msg"]
        assert all(part.replace("%s", endpoint.url) in told for part in words), told
        if "check" in words[0]:
            assert told.endswith("check " + option), told
        assert (endpoint.hellos, endpoint.connections) == (1, 0), "a handshake that fails is not repeated"
        asked_for_tokens += "token_url" in one.places and option != "token_url"
    trusted = sum(words is None for _kind, _ca, words in CASES.values())
    tokens, reads = (now - then for now, then in zip(one.requests(), before))
    assert tokens == asked_for_tokens
    assert reads and reads % trusted == 0
    record_property("certificates trusted", trusted)
    record_property("certificates refused", len(CASES) - trusted)
    record_property("requests sent to a server that was not trusted", sum(one.connections for one in refused(fronts)))


def refused(fronts):
    return [endpoint for title, endpoint in fronts.items() if CASES[title][2]]


def test_inventory(systems, authorities, front, tmp_path, record_property):
    one = systems["itcare"]
    endpoint = {option: front("good", address) for option, address in one.places.items()}
    places = {option: endpoint[option].instead_of(address) for option, address in one.places.items()}
    file = tmp_path / "estate.itcare.yml"
    for ca_path in (authorities.path, None):
        file.write_text(
            json.dumps(
                {"plugin": "cegedim.cloud.itcare", "token_store": False, **places, "duplicates": "suffix"}
                | ({"ca_path": ca_path} if ca_path else {})
            )
        )
        environment = {**Player(one.server, tmp_path).environment, "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
        program = [sys.executable, "-m", "ansible.cli.inventory", "-i", str(file), "--list"]
        listed = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if ca_path:
            assert listed.returncode == 0 and "PEBBILL01" in listed.stdout, listed.stderr
        else:
            assert listed.returncode != 0
            assert "for a private authority set ca_path" in " ".join(listed.stderr.split())
            assert leaks.in_text(listed.stdout + listed.stderr, {"secret": one.login["client_secret"]}) == []
    record_property("certificates trusted", 2)
    record_property("certificates refused", 1)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that leaves holds a secret in any form: output at -vvvv, results, diffs, logs, callbacks, caches, reports.

Only the store of tokens may hold tokens (and nothing else does), in files of their user's own.
"""

from __future__ import annotations

import json
import subprocess
import sys

import leaks
import pytest
from many import LANES, MACHINE, PASSWORD, POSTGRESQL, in_lane, plays, task
from player import ROOT, Player, role
from simulator import Simulator

PROXY = "http://someone:Hush%2Bhush+42@127.0.0.1:9"
NOWHERE = "https://127.0.0.1:9/itcare"
MADE_TOKEN = "not-a-token+%2F"
WRONG = "wrong-secret+%2F:42"
INVENTORY = """
plugin: cegedim.cloud.itcare
cache: true
duplicates: suffix
cache_plugin: ansible.builtin.jsonfile
"""


@pytest.fixture
def simulator():
    with Simulator(action_seconds=0.1) as simulator:
        yield simulator


@pytest.fixture(params=LANES)
def player(request, simulator, tmp_path):
    player = in_lane(Player(simulator, tmp_path), request.param)
    player.environment.update(
        ANSIBLE_LOG_PATH=str(tmp_path / "ansible.log"),
        ANSIBLE_CALLBACKS_ENABLED="results,tree,junit",
        ANSIBLE_CALLBACK_TREE_DIR=str(tmp_path / "tree"),
        JUNIT_OUTPUT_DIR=str(tmp_path / "junit"),
        **{variable: value for variable, value in VARIABLES.values() if value},
    )
    return player


def secrets_of(simulator):
    found = {
        "client_secret": simulator.client_secret,
        "Basic": leaks.basic(simulator.client_id, simulator.client_secret),
        "admin_password": POSTGRESQL["admin_password"],
        "volume": PASSWORD,
        "proxy": "Hush+hush+42",
        "wrong secret": WRONG,
        "access_token": MADE_TOKEN,
    }
    known = sorted([*simulator.world.tokens._access, *simulator.world.tokens._refresh])
    return {**found, **{"token %d" % number: token for number, token in enumerate(known)}}


def failing(one):
    return {**one, "ignore_errors": True}


VARIABLES = {  # as in a playbook that is not secret itself; junit, a callback of ansible-core, writes down what is
    "given_secret": ("ITCARE_CLIENT_SECRET", None),
    "given_password": ("QA_PASSWORD", POSTGRESQL["admin_password"]),
    "volume_password": ("QA_VOLUME", PASSWORD),
    "wrong_secret": ("QA_WRONG", WRONG),
    "proxy_address": ("QA_PROXY", PROXY),
    "made_token": ("QA_TOKEN", MADE_TOKEN),
}
DATABASE = {**POSTGRESQL, "name": "qasecret", "admin_password": "{{ given_password }}"}
VOLUME = {"name": "vol9", "disk_size": 12, "password": "{{ volume_password }}"}
BODY = {"admPassword": "{{ volume_password }}", "name": "x"}
TASKS = plays(
    task("instance", name="QSECRET01", client_secret="{{ given_secret }}", client_id="demo", **MACHINE),
    task("postgresql", sizing="2cpu4gb", **DATABASE),
    task("postgresql", name="qasecret", sizing="4cpu8gb", tags={"tier": "data"}),
    failing(task("postgresql", name="qasecret", disk_size=80, admin_password="{{ given_password }}")),
    failing(task("glusterfs", name="billing_files", volumes=[VOLUME])),
    failing(task("instance_info", client_secret="{{ wrong_secret }}", client_id="demo", token_store=False)),
    failing(task("instance_info", proxy="{{ proxy_address }}", retry_timeout=0)),
    failing(task("instance_info", access_token="{{ made_token }}", api_url=NOWHERE, retry_timeout=0)),
    failing(task("api", method="POST", path="/databases/postgresql", body=BODY)),
    task("postgresql", name="qasecret", state="absent"),
    task("instance", name="QSECRET01", state="absent"),
    vars={name: "{{ lookup('ansible.builtin.env', '%s') }}" % variable for name, (variable, _it) in VARIABLES.items()},
)


def is_store(path):
    return path.startswith("cegedim.cloud/")


def test_what_leaves_has_no_secret(simulator, player, tmp_path, record_property):
    inventory = tmp_path / "estate.itcare.yml"
    inventory.write_text(INVENTORY + "cache_connection: %s\n" % (tmp_path / "cache"))
    process = player.start(TASKS, "-vvvv", "--diff", stderr=subprocess.PIPE)
    output, errors = process.communicate()
    assert process.returncode == 0, output + errors
    assert "QSECRET01" in output
    program = [sys.executable, "-m", "ansible.cli.inventory", "-i", str(inventory), "--list", "-vvvv"]
    listed = subprocess.run(program, env=player.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert listed.returncode == 0 and "PEBBILL01" in listed.stdout, listed.stderr
    report = tmp_path / "report"
    played = player.start(role("estate_report", estate_report_directory=str(report)), "-vvvv", stderr=subprocess.PIPE)
    said, more_errors = played.communicate()
    assert played.returncode == 0, said + more_errors
    assert (report / "estate.html").exists()

    secrets = secrets_of(simulator)
    assert len(secrets) > 7
    told = "".join((output, errors, listed.stdout, listed.stderr, said, more_errors))
    assert leaks.in_text(told, secrets) == []
    assert leaks.in_files(tmp_path, secrets, is_store) == []
    record_property("secrets", len(secrets))
    record_property("forms", sum(len(leaks.forms(secret)) for secret in secrets.values()))


def test_store_holds_tokens_and_no_login(simulator, player, tmp_path):
    process = player.start(plays(task("instance_info", names=["PEBBILL01"])))
    assert process.communicate() and process.returncode == 0
    secrets = secrets_of(simulator)
    tokens = {name: value for name, value in secrets.items() if name.startswith("token")}
    others = {name: value for name, value in secrets.items() if name not in tokens}
    assert leaks.in_files(tmp_path / "cegedim.cloud", others) == []
    assert leaks.in_files(tmp_path / "cegedim.cloud", tokens) != []
    assert leaks.in_files(tmp_path / "cegedim.cloud", tokens, lambda path: True) == []


@pytest.mark.parametrize("secret", ["s3cret+%2F:é\"'\\", "plain-secret"])
def test_the_scan_finds_every_form(secret):
    """What finds nothing has to be able to find something."""
    for form, text in leaks.forms(secret).items():
        assert leaks.in_text("before %s after" % text, {"it": secret}), form
    assert leaks.in_text(repr(secret), {"it": secret})
    assert leaks.in_text(json.dumps({"a": json.dumps({"b": secret})}), {"it": secret})
    assert leaks.in_text("nothing here", {"it": secret}) == []

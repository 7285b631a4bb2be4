# SPDX-License-Identifier: GPL-3.0-or-later
"""The same for the companion systems: every module and the inventory at -vvvv, in both lanes, with each login."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys

import leaks
import pytest
from many import LANES, in_lane, plays
from player import ROOT, Player
from simulator import Simulator
from simulator.companions import Cockpit, GoPaaS, OpenvCloud

USERDATA = "#cloud-config: hush+%2F hush-4711"
WRONG = "wrong-secret+%2F:42"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if "itcare_" not in path.stem)
LOGINS = {"cockpit": ["login"], "gopaas": ["login", "user_login"], "ovc": ["login", "session_login"]}
MACHINE = {"cloudspace": "web", "name": "app01", "image": "31", "size": "small", "disk_size": 10}
TASKS = {
    "cockpit": [
        ("cockpit_dashboard_info", {}),
        ("cockpit_api", {"path": "/api/invented/changes"}),
        ("cockpit_api", {"path": "/api/invented/changes", "method": "POST", "body": {"password": "{{ userdata }}"}}),
        ("cockpit_api", {"path": "/api/nothing"}),
    ],
    "gopaas": [
        ("gopaas_list_info", {"view": "12"}),
        ("gopaas_item_info", {"table": "compte", "id": "7"}),
        ("gopaas_items", {"table": "serveur", "view": "13", "items": [{"cle": "A", "mot_de_passe": "x"}]}),
        ("gopaas_file", {"table": "compte", "item_key": "C-0001", "field": "logo", "src": str(ROOT / "README.md")}),
        ("gopaas_item_info", {"table": "compte", "id": "99"}),
    ],
    "ovc": [
        (
            "ovc_cloudspace",
            {"account": "acme", "name": "shop", "location": "Geneva", "access": "operator@itsyouonline"},
        ),
        ("ovc_machine", {**MACHINE, "userdata": "{{ userdata }}"}),
        ("ovc_machine", {"cloudspace": "web", "name": "app01", "state": "stopped", "asynchronous": True}),
        ("ovc_machine", {"cloudspace": "web", "name": "app01", "image": "32"}),
        ("ovc_disk", {"cloudspace": "web", "machine": "app01", "name": "data", "size": 5}),
        ("ovc_port_forward", {"cloudspace": "web", "public_port": 8022, "machine": "app01", "local_port": 22}),
        ("ovc_info", {"gather": ["cloudspaces", "machines", "accounts", "disks"], "details": True}),
        ("ovc_machine", {"cloudspace": "web", "name": "app01", "state": "absent", "permanently": True}),
        ("ovc_info", {"gather": ["accounts"], "cloudspace": "nothing"}),
    ],
}


# Six wrong secrets, a path that the portal does not have, and with each login of OpenvCloud an image that differs and a
# filter that nothing needs.
REFUSED = 6 + 1 + 2 * 2


@pytest.fixture
def systems():
    with contextlib.ExitStack() as stack:
        yield {one.name: stack.enter_context(one()) for one in (Cockpit, GoPaaS, OpenvCloud)}


def tasks_of(systems):
    """All tasks with each login, and with one that is refused; the secrets are variables of the environment."""
    variables, tasks = {"userdata": USERDATA, "wrong": WRONG}, []
    for system, logins in LOGINS.items():
        for login in logins:
            account = {"url": systems[system].url}
            for name, value in getattr(systems[system], login).items():
                variables["%s_%s_%s" % (system, login, name)] = value
                account[name] = "{{ %s_%s_%s }}" % (system, login, name)
            for module, options in TASKS[system]:
                tasks.append(_task(module, {**account, **options}))
            for secret in ("client_secret", "password", "bearer_token"):
                if secret in account:
                    wrong = {**account, secret: "{{ wrong }}", "token_store": False}
                    tasks.append(_task(TASKS[system][0][0], {**wrong, **TASKS[system][0][1]}))
    lookups = {name: "{{ lookup('ansible.builtin.env', 'QA_%s') }}" % name.upper() for name in variables}
    return plays(*tasks, vars=lookups), {"QA_%s" % name.upper(): value for name, value in variables.items()}


def _task(module, options):
    return {"name": module, "cegedim.cloud." + module: options, "ignore_errors": True}


def secrets_of(systems):
    """What must not leave, by name: what the user gave, what the systems gave for it, and what they hold."""
    cloud, portal, app = systems["ovc"], systems["cockpit"], systems["gopaas"]
    found = {"userdata": USERDATA, "wrong": WRONG}
    for system, logins in LOGINS.items():
        for login in logins:
            given = getattr(systems[system], login)
            names = set(given) & {"client_secret", "password", "bearer_token"}
            found.update({"%s %s" % (system, name): given[name] for name in names})
    found["Basic of Cockpit"] = leaks.basic(portal.login["client_id"], portal.login["client_secret"])
    for system in (cloud, portal, app):
        for kind, issued in vars(system.tokens).items():
            found.update({"%s %s %d" % (system.name, kind, number): one for number, one in enumerate(issued)})
    for row in cloud.machines.values():
        found["account of %s" % row["name"]] = row["accounts"][0]["password"]
    for row in cloud.cloudspaces.values():
        found["secret of %s" % row["name"]] = row["secret"]
    return found


@pytest.mark.parametrize("lane", LANES)
def test_what_leaves_has_no_secret(systems, tmp_path, lane, record_property):
    with Simulator() as itcare:
        player = in_lane(Player(itcare, tmp_path), lane)
    playbook, variables = tasks_of(systems)
    player.environment.update(
        ANSIBLE_LOG_PATH=str(tmp_path / "ansible.log"),
        ANSIBLE_CALLBACKS_ENABLED="results,tree,junit",
        ANSIBLE_CALLBACK_TREE_DIR=str(tmp_path / "tree"),
        JUNIT_OUTPUT_DIR=str(tmp_path / "junit"),
        **variables,
    )
    output, errors = player.start(playbook, "-vvvv", "--diff", stderr=subprocess.PIPE).communicate()
    told = [output, errors, *_inventories(systems, player, tmp_path)]
    assert {name for name in MODULES if "TASK [%s]" % name in output} == set(MODULES)
    assert "failed=0" in output and "ignored=%d" % REFUSED in output, output[-3000:]

    secrets = secrets_of(systems)
    assert len(secrets) > 20
    assert leaks.in_text("".join(told), secrets) == []
    assert leaks.in_files(tmp_path, secrets, lambda path: path.startswith("cegedim.cloud/")) == []
    record_property("secrets", len(secrets))


def _inventories(systems, player, tmp_path):
    """What ansible-inventory says with each login of OpenvCloud, and with a wrong one."""
    cloud = systems["ovc"]
    for login in (cloud.login, cloud.session_login, {**cloud.login, "client_secret": WRONG, "token_store": False}):
        file = tmp_path.parent / (tmp_path.name + ".ovc.yml")  # it holds the login, and is the user's own
        is_refused = login.get("client_secret") == WRONG
        options = {"gather": ["details"], "connect_by": ["port_forward", "address"], "cache": not is_refused}
        cache = {"cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
        file.write_text(json.dumps({"plugin": "cegedim.cloud.ovc", "url": cloud.url, **options, **cache, **login}))
        program = [sys.executable, "-m", "ansible.cli.inventory", "-i", str(file), "--list", "-vvvv"]
        done = subprocess.run(program, env=player.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ("web01" in done.stdout) is not is_refused
        assert ("refused the login" in " ".join((done.stdout + done.stderr).split())) is is_refused
        yield done.stdout + done.stderr

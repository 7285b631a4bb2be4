# SPDX-License-Identifier: GPL-3.0-or-later
"""roles/estate_drift: what somebody has changed is named exactly, nothing is sent but reads, and no secret is shown."""

from __future__ import annotations

import http.server
import json
import re
import threading

import pytest
from player import PASSWORD, Player, changes, example_of, role
from simulator import Simulator

EVIL = "</style></bdi><script>alert(1)</script>{{ lookup('pipe', 'echo evaluated') }}"
COUNTS = {"create": 0, "change": 0, "remove": 0, "unmanaged": 0, "refused": 0}
MACHINE = {"module": "itcare_instance", "options": {"name": "PEBBILL01"}}


@pytest.fixture
def simulator():
    with Simulator(action_seconds=0.1) as simulator:
        yield simulator
        assert simulator.violations() == []


@pytest.fixture
def player(simulator, tmp_path):
    return Player(simulator, tmp_path)


@pytest.fixture
def estate(player, tmp_path):
    """The directory of an export."""
    services = ["billing", "intranet", "portal-uat"]
    player.play(
        role("estate_export", estate_export_directory=str(tmp_path / "estate"), estate_export_services=services)
    )
    return tmp_path / "estate"


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "drift"


@pytest.fixture
def webhook():
    with Webhook() as webhook:
        yield webhook


class Webhook:
    """Takes what is sent to it: ``received`` is a list of ``(token, body)``. It answers with ``status``."""

    def __init__(self):
        self.received, self.status = [], 200
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook.received.append((self.headers["Authorization"], json.loads(body)))
                self.send_response(webhook.status)
                self.end_headers()

            def log_message(self, *words):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = "http://127.0.0.1:%d/drift" % self._server.server_port

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *problem):
        self._server.shutdown()
        self._server.server_close()


def drift(estate, directory, **variables):
    return role("estate_drift", estate_drift_export=str(estate), estate_drift_directory=str(directory), **variables)


def tasks(*given):
    return [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [{f"cegedim.cloud.{module}": options} for module, options in given],
        }
    ]


def data_of(directory):
    return json.loads((directory / "drift.json").read_text())


def files_of(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def found(directory):
    """``(what, name, option, described, on_platform)`` of each difference."""
    keys = ("what", "name", "option", "described", "on_platform")
    return [tuple(row[key] for key in keys) for row in data_of(directory)["differences"]]


def counts(directory):
    return {what: count for what, count in data_of(directory)["counts"].items() if what != "unchanged"}


def told(results):
    return next(result["msg"] for result in results if result["task"].endswith("Show what differs"))


def test_example(simulator, player, estate):
    """The rhythm of all roles; what changes here are files, and nothing is sent but reads."""
    play = example_of("estate_drift")
    directory = player.directory / "drift"  # beside the playbook
    assert changes(player.play(play, "--check"))
    assert not directory.exists()
    results = player.play(play)
    assert changes(results) and told(results) == ["no drift"]
    before = files_of(directory)
    assert sorted(before) == ["drift.html", "drift.json"]
    assert changes(player.play(play)) == []
    assert changes(player.play(play, "--check")) == []
    assert files_of(directory) == before
    assert all(path.stat().st_mode & 0o007 == 0 for path in (directory, *directory.iterdir()))
    assert counts(directory) == COUNTS
    assert data_of(directory)["counts"]["unchanged"] > 20
    assert player.writes() == []


def test_what_somebody_has_changed_is_named_exactly(simulator, player, estate, directory):
    play = drift(estate, directory, estate_drift_scope={"services": ["billing", "intranet"]})
    player.play(play)
    by_hand = (
        ("itcare_comment", {"resource": "PEBBILL02", "comment": "By hand"}),
        ("itcare_instance", {"name": "DEBINTRA01", "state": "stopped"}),
        ("itcare_tag", {"resources": ["PEBBILL01"], "tags": {"new": "x"}}),
        ("itcare_overdrive", {"name": "intradrive", "state": "absent"}),
    )
    player.play(tasks(*by_hand))
    simulator.add_instance("PNEW01", service="billing")
    simulator.add_instance("PNEW02", service="portal")  # outside of the scope
    file = estate / "portal_uat.yml"
    file.write_text(file.read_text().replace("version: '7.2'", "version: '6.2'"))
    before, writes = files_of(directory), player.writes()
    assert len(changes(player.play(play, "--check"))) == 2
    assert files_of(directory) == before
    results = player.play(play)
    assert sorted(found(directory)) == sorted(
        [
            ("change", "PEBBILL02", "comment", "", "By hand"),
            ("change", "DEBINTRA01", "state", "started", "stopped"),
            ("change", "PEBBILL01", "tags.new", None, "x"),
            ("create", "intradrive", None, None, None),
            ("refused", "portalcache", None, None, None),
            ("unmanaged", "PNEW01", None, None, None),
        ]
    )
    assert counts(directory) == {"create": 1, "change": 3, "remove": 0, "unmanaged": 1, "refused": 1}
    (refused,) = [row for row in data_of(directory)["differences"] if row["what"] == "refused"]
    assert "it is 7.2, not 6.2" in refused["reason"]
    assert told(results)[0] == "1 missing, 3 changed, 1 not described, 1 refused"
    assert any('PEBBILL02 in billing: comment is described as "", and is By hand' in line for line in told(results))
    page = (directory / "drift.html").read_text()
    assert all(name in page for name in ("PEBBILL02", "DEBINTRA01", "intradrive", "PNEW01", "it is 7.2, not 6.2"))
    before = files_of(directory)
    assert changes(player.play(play)) == changes(player.play(play, "--check")) == []
    assert files_of(directory) == before
    assert player.writes() == writes


def test_fails_if_something_differs(simulator, player, estate, directory):
    play = drift(estate, directory, estate_drift_fail=True)
    player.play(play)
    player.play(tasks(("itcare_comment", {"resource": "PEBBILL02", "comment": "By hand"})))
    assert '"1 changed"' in player.refused(play, "--check").splitlines()[-1]
    assert '"1 changed"' in player.refused(play).splitlines()[-1]
    assert found(directory) == [("change", "PEBBILL02", "comment", "", "By hand")], "the files were written before"
    player.play(estate / "apply.yml")
    player.play(play)
    assert found(directory) == []


def test_webhook_is_told_of_drift_once_in_each_run(simulator, player, estate, directory, webhook):
    given = {"estate_drift_webhook": webhook.address, "estate_drift_webhook_token": PASSWORD}
    play = drift(estate, directory, **given)
    player.play(play)
    assert webhook.received == [], "without drift, nobody is told"
    player.play(tasks(("itcare_comment", {"resource": "PEBBILL02", "comment": "By hand"})))
    player.play(play, "--check")
    assert webhook.received == []
    player.play(play, "--diff", "-vvvv")  # fails where the token is in what it says
    ((token, body),) = webhook.received
    assert token == f"Bearer {PASSWORD}"
    assert (body["kind"], body["msg"], body["to_do"], body["left_out"]) == ("estate_drift", "1 changed", 1, 0)
    assert body["differences"] == data_of(directory)["differences"]
    assert changes(player.play(play)) == []
    assert webhook.received[1] == webhook.received[0] and len(webhook.received) == 2


def test_webhook_that_does_not_take_it(simulator, player, estate, directory, webhook):
    given = {"estate_drift_webhook": webhook.address, "estate_drift_webhook_token": PASSWORD}
    player.play(tasks(("itcare_comment", {"resource": "PEBBILL02", "comment": "By hand"})))
    webhook.status = 503
    said = player.refused(drift(estate, directory, **given), "-vvvv")
    assert "127.0.0.1 has not taken the result, which was 1 changed" in said and "503" in said
    assert len(webhook.received) == 1, "it is not repeated"
    assert len(found(directory)) == 1, "the files were written before"


def test_texts_of_the_platform_stay_texts(simulator, player, estate, directory):
    comment = {"resource": "PEBBILL02", "comment": "{% raw %}" + EVIL + "{% endraw %}"}
    player.play(tasks(("itcare_comment", comment)))
    simulator.add_instance("<b>EVIL</b>{{ 7 * 6 }}", service="billing")
    player.play(drift(estate, directory, estate_drift_scope={"services": ["billing"]}, estate_drift_title="<b>Drift"))
    assert sorted(found(directory)) == [
        ("change", "PEBBILL02", "comment", "", EVIL),
        ("unmanaged", "<b>EVIL</b>{{ 7 * 6 }}", None, None, None),
    ]
    page = (directory / "drift.html").read_text()
    assert "<script" not in page and "alert(1)" in page and page.count("</style") == 1
    assert "<b>" not in page and "&lt;b&gt;EVIL" in page and "evaluated\n" not in page
    assert not re.search(r"https?://|\bon\w+=|\bsrc=|@import|url\((?!data:)", page), "it loads nothing"


def test_secrets_are_neither_shown_nor_written(simulator, player, estate, directory):
    """Somebody has filled in a password, and another is an option of a resource that is described elsewhere."""
    file = estate / "intranet.yml"
    template = "\"{{ vault_intranet_intradrive_password | default('') }}\""
    assert template in file.read_text()
    file.write_text(file.read_text().replace(template, PASSWORD))
    options = {"name": "portalcache", "service": "portal-uat", "admin_password": PASSWORD, "comment": PASSWORD}
    (estate / "portal_uat.yml").unlink()
    resources = [{"module": "itcare_redis", "options": options}]
    player.play(tasks(("itcare_overdrive", {"name": "intradrive", "state": "absent"})))
    player.play(drift(estate, directory, estate_drift_resources=resources), "--diff", "-vvvv")
    assert [row[:2] for row in found(directory)] == [
        ("create", "intradrive"),
        ("change", "portalcache"),
    ]
    assert all(PASSWORD.encode() not in text for text in files_of(directory).values())


def test_vault_need_not_be_open(simulator, player, estate, directory):
    file = estate / "intranet.yml"
    lines = file.read_text().splitlines()
    (place,) = [number for number, line in enumerate(lines) if "vault_intranet_intradrive_password" in line]
    closed = ["$ANSIBLE_VAULT;1.1;AES256", "3031", "3032"]
    indent = re.match(" *", lines[place])[0]
    lines[place] = f"{indent}admin_password: !vault |"
    lines[place + 1 : place + 1] = [f"{indent}  {line}" for line in closed]
    file.write_text("\n".join(lines) + "\n")
    player.play(drift(estate, directory))
    assert found(directory) == []


def test_resources_without_an_export(simulator, player, directory):
    """Without a directory, no file is written."""
    resources = [
        {"module": "itcare_instance", "options": {"name": "PEBBILL01", "state": "absent"}},
        {"module": "itcare_instance", "options": {"name": "PEBBILL02"}},
    ]
    play = role("estate_drift", estate_drift_resources=resources, estate_drift_defaults={"service": "billing"})
    results = player.play(play)
    assert changes(results) == [] and told(results)[0] == "1 to remove"
    assert player.writes() == [] and not directory.exists()


@pytest.mark.parametrize(
    "variables, messages",
    [
        (
            {"estate_drift_webhook": "http://acme.example/x", "estate_drift_webhook_token": PASSWORD},
            ["estate_drift_export or estate_drift_resources is needed", "would be sent without encryption"],
        ),
        (
            {
                "estate_drift_export": "estate",
                "estate_drift_directory": "drift",
                "estate_drift_webhook": f"https://a:{PASSWORD}@acme.example",
            },
            [
                "estate_drift_export has to be an absolute path, such as /",
                "estate_drift_directory has to be an absolute path, such as /",
                "estate_drift_webhook has to begin with https:// or http:// and to have no password in it",
            ],
        ),
        (
            {"estate_drift_export": "/nowhere", "estate_drift_webhook_token": PASSWORD},
            ["is given, and estate_drift_webhook is not"],
        ),
        ({"estate_drift_export": "/nowhere"}, ["/nowhere has no file that the role estate_export has written"]),
        (
            {"estate_drift_scope": {"service": ["billing"]}},
            ["estate_drift_scope.service. Supported parameters include"],
        ),
        (
            {"estate_drift_resources": [MACHINE], "estate_drift_defaults": {"server_dry_run": True}},
            ["this role sends nothing but reads"],
        ),
        (
            {"estate_drift_webhok": "https://acme.example"},
            ["is not a variable of the role: do you mean estate_drift_we"],
        ),
    ],
    ids=["unencrypted", "relative", "token", "nowhere", "scope", "dry run", "misspelled"],
)
def test_wrong_values(simulator, player, variables, messages):
    said = player.refused(role("estate_drift", **variables), "-vvvv")
    assert [message for message in messages if message not in said] == []
    assert simulator.requests() == []


def test_file_that_cannot_be_read(simulator, player, estate, directory):
    file = estate / "intranet.yml"
    file.write_text(file.read_text() + PASSWORD + "]")
    asked = len(simulator.requests())
    said = player.refused(drift(estate, directory), "-vvvv")
    assert "are not valid YAML, or encrypted with a password that was not given: intranet.yml" in said
    assert not directory.exists() and len(simulator.requests()) == asked


def test_platform_that_cannot_be_asked_is_not_drift(simulator, player, estate, directory):
    player.environment["ITCARE_CLIENT_SECRET"] = "wrong"
    assert "refused the login" in player.refused(drift(estate, directory))
    assert not directory.exists()

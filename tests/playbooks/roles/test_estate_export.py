# SPDX-License-Identifier: GPL-3.0-or-later
"""roles/estate_export: what it writes changes nothing, says the same again, and shows what somebody has changed."""

from __future__ import annotations

import json

import pytest
import yaml
from player import PASSWORD, Player, changes, example_of, role
from simulator import Simulator

EVIL = "{{ lookup('pipe', 'echo evaluated') }}"


@pytest.fixture
def simulator():
    with Simulator(action_seconds=0.1) as simulator:
        yield simulator


@pytest.fixture
def player(simulator, tmp_path):
    return Player(simulator, tmp_path)


def files_of(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def export(directory, **variables):
    return role("estate_export", estate_export_directory=str(directory), **variables)


def rows_of(results):
    """What became of each resource in a run of apply.yml."""
    (applied,) = [result for result in results if result["task"] == "Apply all resources"]
    return applied["results"]


def differing(results):
    """The names of what a run of apply.yml changes, or would change."""
    return sorted(row["name"] for row in rows_of(results) if row["changed"])


def warnings_of(results):
    return [warning for result in results for warning in result.get("warnings") or []]


def test_example(simulator, player):
    """The rhythm of all roles; what changes here are files, and nothing is sent but reads."""
    play = example_of("estate_export")
    directory = player.directory / "estate"  # beside the playbook
    assert changes(player.play(play, "--check"))
    assert not directory.exists()
    assert changes(player.play(play))
    before = files_of(directory)
    assert {"apply.yml", "billing.yml", "portal_uat.yml"} <= set(before)
    assert changes(player.play(play)) == []
    assert changes(player.play(play, "--check")) == []
    assert files_of(directory) == before
    assert all(path.stat().st_mode & 0o007 == 0 for path in (directory, *directory.iterdir()))
    results = player.play(directory / "apply.yml", "--check")
    assert (differing(results), warnings_of(results)) == ([], [])
    assert len(rows_of(results)) > 30
    assert player.writes() == [] and simulator.violations() == []


@pytest.mark.parametrize(
    "settings",
    [
        {"estate": "elsewhere", "rows": "sparse"},
        {"numbers": "overlapping", "product_paths": "internal", "body_numbers": "internal", "tags_listed": "none"},
    ],
    ids=["elsewhere", "overlapping"],
)
def test_what_is_written_changes_nothing(tmp_path, settings):
    with Simulator(action_seconds=0.1, **settings) as simulator:
        player = Player(simulator, tmp_path)
        player.play(export(tmp_path / "estate"))
        results = player.play(tmp_path / "estate" / "apply.yml", "--check")
        assert rows_of(results) and (differing(results), warnings_of(results)) == ([], [])
        assert player.writes() == [] and simulator.violations() == []


def test_what_somebody_changes_is_named_undone_and_exported(simulator, player, tmp_path):
    directory = tmp_path / "estate"
    simulator.add_instance("PEVIL01", service="billing", comment=EVIL)
    play = export(directory, estate_export_services=["billing", "intranet"])
    player.play(play)
    assert "!unsafe" in (directory / "billing.yml").read_text()
    before = files_of(directory)
    assert sorted(before) == ["apply.yml", "billing.yml", "intranet.yml"]
    tasks = [
        {"cegedim.cloud.itcare_comment": {"resource": "PEBBILL02", "comment": "By hand"}},
        {"cegedim.cloud.itcare_instance": {"name": "DEBINTRA01", "state": "stopped"}},
        {"cegedim.cloud.itcare_dns_alias": {"resource": "PEBBILL01", "name": "web1.acme.example", "state": "absent"}},
    ]
    player.play([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    changed = ["DEBINTRA01", "PEBBILL02", "web1.acme.example"]
    assert differing(player.play(directory / "apply.yml", "--check")) == changed
    assert len(changes(player.play(play, "--check"))) == 2
    player.play(play)
    assert files_of(directory)["apply.yml"] == before["apply.yml"]
    results = player.play(directory / "apply.yml", "--check")
    assert (differing(results), warnings_of(results)) == ([], [])
    for name, text in before.items():  # as from Git
        (directory / name).write_bytes(text)
    assert differing(player.play(directory / "apply.yml")) == changed
    assert differing(player.play(directory / "apply.yml")) == []
    assert changes(player.play(play)) == []


def test_what_is_filled_in_is_kept_and_creates_it_again(simulator, player, tmp_path):
    directory = tmp_path / "estate"
    play = export(directory, estate_export_kinds=["overdrive"])
    player.play(play)
    file = directory / "intranet.yml"
    text = file.read_text()
    assert "vault_intranet_intradrive_password | default('')" in text
    file.write_text(text.replace("drive_site_uri: null", "drive_site_uri: drive.acme.example"))
    assert changes(player.play(play)) == []
    player.play(
        [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "tasks": [{"cegedim.cloud.itcare_overdrive": {"name": "intradrive", "state": "absent"}}],
            }
        ]
    )
    assert "admin_password" in player.refused(directory / "apply.yml")
    secret = json.dumps({"vault_intranet_intradrive_password": "Correct+Horse+42"})
    assert differing(player.play(directory / "apply.yml", "-e", secret)) == ["intradrive"]
    assert differing(player.play(directory / "apply.yml", "-e", secret)) == []
    assert "Correct+Horse+42" not in file.read_text()


def remove_all_of(service, simulator):
    for row in list(simulator.state.resources.values()):
        if row.get("serviceName") == service:
            simulator.state.drop(row)


def test_file_of_a_service_that_has_nothing_any_more_is_removed(simulator, player, tmp_path):
    directory = tmp_path / "estate"
    player.play(export(directory))
    (directory / "mine.yml").write_text("---\nmine: 1\n")
    before = set(files_of(directory))
    remove_all_of("portal", simulator)
    player.play(export(directory))
    assert before - set(files_of(directory)) == {"portal.yml"}


def test_narrower_export_leaves_the_files_of_what_it_does_not_read(simulator, player, tmp_path):
    directory = tmp_path / "estate"
    player.play(export(directory, estate_export_kinds=["overdrive", "matomo"]))
    before = files_of(directory)
    results = player.play(export(directory, estate_export_kinds=["matomo"]))
    assert set(files_of(directory)) == set(before) and files_of(directory)["intranet.yml"] == before["intranet.yml"]
    assert "only a part was read: intranet.yml" in results[-1]["msg"]


def test_password_that_is_filled_in_is_not_shown(simulator, player, tmp_path):
    directory = tmp_path / "estate"
    play = export(directory, estate_export_kinds=["overdrive"])
    player.play(play)
    file = directory / "intranet.yml"
    text = file.read_text()
    template = "\"{{ vault_intranet_intradrive_password | default('') }}\""
    assert template in text
    file.write_text(text.replace(template, PASSWORD).replace("sizing: ", "sizing:   "))
    for words in (["--check"], []):
        player.play(play, "--diff", "-vvvv", *words)  # fails where the password is in what it says
    assert PASSWORD in file.read_text()


def test_relative_directory_is_refused(simulator, player):
    assert "has to be an absolute path" in player.refused(export("estate"))
    assert simulator.requests() == []


def test_file_that_cannot_be_read_is_not_overwritten(simulator, player, tmp_path):
    directory = tmp_path / "estate"
    play = export(directory, estate_export_kinds=["matomo"])
    player.play(play)
    file = directory / "portal.yml"
    file.write_text(file.read_text() + "]")
    before = file.read_text()
    assert "portal.yml is not valid YAML, line " in player.refused(play)
    assert file.read_text() == before


def test_files_are_in_a_stable_order(simulator, player, tmp_path):
    player.play(export(tmp_path / "estate", estate_export_services=["billing"]))
    rows = yaml.load((tmp_path / "estate" / "billing.yml").read_text(), Loader=yaml.BaseLoader)["estate_billing"]
    modules = [row["module"] for row in rows]
    assert modules.index("itcare_instance") < modules.index("itcare_postgresql")
    assert list(rows[0]["options"])[:2] == ["name", "service"]

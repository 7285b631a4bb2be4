# SPDX-License-Identifier: GPL-3.0-or-later
"""The role application_stack: from nothing to nothing on two estates, its checks, its changes, and interruptions."""

from __future__ import annotations

import collections
import json
import re
import time

import pytest
from player import PASSWORD, Player, changes, example_of, four_runs, interrupt, role
from simulator import Simulator

X, Y = "N-CARE-X", "N-CARE-Y"
WRITES_BETWEEN_INTERRUPTIONS = 4
PARTS = {
    "database": {
        "kind": "postgresql",
        "name": "shoppg",
        "topology": "HA",
        "node_prefix": "SHOPPG",
        "disk_size": 40,
        "trigram": "sho",
        "allowed_replication_lag": 100,
        "tls": True,
    },
    "cluster": {
        "kind": "k8s_cluster",
        "name": "shop-k8s",
        "ingress_provider": "NGINX",
        "nodes": [
            {"availability_zone": X, "sizing": "3cpu6gb", "count": 2},
            {"availability_zone": Y, "sizing": "3cpu6gb", "count": 1},
        ],
    },
    "shopcache": {"kind": "redis", "node_count": 1, "disk_size": 40, "persistence_mode": "PERSISTENT"},
    "events": {"kind": "kafka", "name": "shop_events", "node_count": 3, "node_prefix": "SHOPEV", "disk_size": 40},
    "find": {"kind": "opensearch", "name": "shop-search", "node_count": 3, "node_prefix": "SHOPSR", "disk_size": 40},
    "shop_files": {"kind": "glusterfs", "user_name": "documents", "disk_size": 40},
    "web": {"kind": "instance", "names": ["SHOPWEB01", "SHOPWEB02", "SHOPWEB03"], "tags": {"tier": "web"}},
    "shop.globex.example": {"kind": "loadbalancer", "profile": "HTTP", "member_port": 8080, "members": ["web"]},
    "www.shop.globex.example": {"kind": "loadbalancer_url", "loadbalancer": "shop.globex.example"},
    "shop-db.globex.example": {"kind": "dns_alias", "resource": "database"},
    "shop-cache.globex.example": {"kind": "dns_alias", "resource": "shopcache"},
    "traffic": {
        "kind": "loadbalancer_member",
        "loadbalancer": "shop.globex.example",
        "members": [{"resource": "web", "state": "enabled"}],
    },
}
FEW = {key: part for key, part in PARTS.items() if part["kind"] not in ("kafka", "opensearch", "glusterfs")}
STACK = {
    "application_stack_service": "GLOBEX - LEDGER - TEST",
    "application_stack_network": "CARE-BACK-B",
    "application_stack_tags": {"application": "shop"},
    "application_stack_patch_groups": [1, 2],
    "application_stack_password": PASSWORD,
}


def stack(parts=None, **variables):
    return role("application_stack", application_stack_parts=parts or PARTS, **{**STACK, **variables})


def absent(parts=None):
    return stack(parts, application_stack_state="absent")


def left(simulator):
    return [row["name"] for row in simulator.state.live() if row["name"].lower().startswith("shop")]


def differences(results):
    """What changed, whichever task did it (list of str)."""
    return sorted(json.dumps(diff, sort_keys=True) for _task, _steps, diff in changes(results))


@pytest.fixture
def player(tmp_path):
    with Simulator(estate="elsewhere", action_seconds=0.1) as simulator:
        yield Player(simulator, tmp_path)
        assert simulator.violations() == []


def refused(player, parts, **variables):
    before = player.writes()
    told = player.refused(stack(parts, **variables))
    assert player.writes() == before
    return told


def test_mistakes_are_named_before_anything_is_sent(player):
    told = refused(player, {**PARTS, "letters": {"kind": "mongodb"}})
    assert "The part letters is of the kind mongodb" in told and "postgresql, mariadb" in told
    told = refused(player, {**PARTS, "web": {**PARTS["web"], "size": "big"}, "shopcache": {"kind": "redis", "tls": 7}})
    assert "SHOPWEB01" in told and "Unsupported parameters" in told and "shopcache" in told
    told = refused(player, {**PARTS, "shop.globex.example": {**PARTS["shop.globex.example"], "healthcheck": "x-ray"}})
    assert "shop.globex.example: healthcheck: x-ray is unknown" in told
    told = refused(player, {"shopcache": {**PARTS["shopcache"], "minimum": {"vcpus": 99}}})
    assert "For shopcache, the catalogue has no product" in told and "99 CPUs and 4 GB" in told
    told = refused(
        player, {"web": PARTS["web"], "shop.globex.example": {**PARTS["shop.globex.example"], "members": ["wev"]}}
    )
    assert "The part shop.globex.example refers to wev, which is no part" in told
    told = refused(player, {"web": PARTS["web"], "shop-db.globex.example": {"kind": "dns_alias", "resource": "wev"}})
    assert "The part shop-db.globex.example refers to wev, which is no part" in told
    told = refused(player, {"alias.globex.example": {"kind": "dns_alias", "resource": "web"}, "web": PARTS["web"]})
    assert "web has 3 resources" in told


def test_from_nothing_to_nothing(player):
    four_runs(player, stack())
    machines_are_spread(player)
    check_mode_shows_what_a_run_does(player)
    next_play_gets_names_and_addresses(player)
    protected_part_is_named_before_anything_is_removed(player)
    removed_and_nothing_else(player)


def machines_are_spread(player):
    state = player.simulator.state
    machines = {row["name"]: row for row in state.live("instance") if row["name"].startswith("SHOPWEB")}
    assert [machines[name]["labelAvailabilityZone"] for name in sorted(machines)] == [X, Y, X]
    assert [machines[name]["patchParty"]["patchGroup"] for name in sorted(machines)] == ["1", "2", "1"]


def check_mode_shows_what_a_run_does(player):
    parts = {
        **PARTS,
        "database": {**PARTS["database"], "sizing": "6cpu12gb"},
        "events": {**PARTS["events"], "parameters": {"log.retention.hours": 72}},
        "shop-find.globex.example": {"kind": "dns_alias", "resource": "find"},
        "traffic": {**PARTS["traffic"], "members": [{"resource": "SHOPWEB02", "state": "offline"}], "drain": 1},
    }
    before = player.writes()
    results = player.play(stack(parts), "--check", "--diff")
    predicted = differences(results)
    assert "shop-find.globex.example: add_dns_alias" in plan_of(results)
    assert predicted and player.writes() == before
    diffs = differences(player.play(stack(parts), "--diff", "-vvv"))
    assert sorted(sum(map(json.loads, diffs), []), key=str) == sorted(sum(map(json.loads, predicted), []), key=str)
    assert changes(player.play(stack(parts))) == []


def plan_of(results):
    """The lines (list of str) of the plan that check mode shows."""
    return [line for one in results if one["task"].endswith(": Show the plan") for line in one["msg"]]


def next_play_gets_names_and_addresses(player):
    shown = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ application_stack_outputs | to_json }}"}}
    plays = stack()
    plays[0]["tasks"].append(shown)
    outputs = json.loads(player.play(plays)[-1]["msg"])
    assert outputs["web"]["names"] == ["SHOPWEB01", "SHOPWEB02", "SHOPWEB03"]
    machines = {row["name"]: row["ipAddress"] for row in player.simulator.state.live("instance")}
    assert outputs["web"]["addresses"] == [machines[name] for name in outputs["web"]["names"]]
    assert outputs["database"]["dns_aliases"] == ["shop-db.globex.example"]
    assert len(outputs["cluster"]["nodes"]) == 3 and all(outputs["cluster"]["nodes"].values())
    assert outputs["shop.globex.example"]["urls"] == ["shop.globex.example", "www.shop.globex.example"]


def protected_part_is_named_before_anything_is_removed(player):
    tag = {"cegedim.cloud.itcare_tag": {"resources": ["shopcache"], "tags": {"protected": True}}}
    player.play([{"hosts": "localhost", "gather_facts": False, "tasks": [tag]}])
    before = player.writes()
    told = player.refused(absent())
    assert "shopcache" in told and "protects it" in told
    assert player.writes() == before
    tag["cegedim.cloud.itcare_tag"]["state"] = "absent"
    player.play([{"hosts": "localhost", "gather_facts": False, "tasks": [tag]}])


def removed_and_nothing_else(player):
    others = [row["name"] for row in player.simulator.state.live() if not row["name"].lower().startswith("shop")]
    assert left(player.simulator)
    before = player.writes()
    results = player.play(absent(), "--check")
    assert changes(results) and "shopcache: delete" in plan_of(results)
    assert player.writes() == before
    assert plan_of(player.play(absent())) == []
    assert left(player.simulator) == []
    assert changes(player.play(absent())) == changes(player.play(absent(), "--check")) == []
    assert [row["name"] for row in player.simulator.state.live()] == others


def test_first_run_warns_of_nothing_and_a_failure_is_short(player):
    parts = {key: PARTS[key] for key in ("web", "shop.globex.example")}
    player.simulator.fault("fail_action", times=1, operation="create_instance", message="No space left")
    process = player.start(stack(parts))
    output = process.communicate()[0]
    assert process.returncode != 0 and "In check mode" not in output
    assert "1 of 3 resources failed: itcare_instance SHOPWEB0" in output and "No space left" in output
    assert max(len(line) for line in output.splitlines() if "No space left" in line) < 1000
    process = player.start(stack(parts))
    output = process.communicate()[0]
    assert process.returncode == 0, output
    assert "WARNING" not in output


def test_example_of_the_readme(tmp_path):
    readings = dict(rows="sparse", names_filter="substring", numbers_as_text=True, ram_unit="mb", removed_visible=True)
    with Simulator(action_seconds=0.1, numbers="different", **readings) as simulator:
        four_runs(Player(simulator, tmp_path, vault_shop_password=PASSWORD), example_of("application_stack"))


def test_interrupted_and_continued(tmp_path):
    """Nothing is written that an undisturbed run does not write."""
    with Simulator(estate="elsewhere", action_seconds=0.1) as simulator:
        undisturbed = Player(simulator, tmp_path)
        undisturbed.play(stack(FEW))
        wanted = written(undisturbed)
    with Simulator(estate="elsewhere", action_seconds=1) as simulator:
        player = Player(simulator, tmp_path)
        interruptions = 0
        while interrupted(player):
            interruptions += 1
        assert interruptions >= 2
        assert written(player) == wanted
        assert changes(player.play(stack(FEW))) == []
        assert simulator.violations() == []


def written(player):
    """How often each write took effect. Which machine gets which number is chance, since they are created at once."""
    return collections.Counter((operation, re.sub(r"[0-9.]{2,}", "#", body)) for operation, body in player.writes())


def interrupted(player):
    """Start a run and interrupt it after some writes; False where it came to its end before."""
    end = len(player.writes()) + WRITES_BETWEEN_INTERRUPTIONS
    process = player.start(stack(FEW))
    while process.poll() is None and len(player.writes()) < end:
        time.sleep(0.02)
    is_interrupted = process.poll() is None
    if is_interrupted:
        interrupt(process)
    else:
        output = process.communicate()[0]
        assert process.returncode == 0, output
    return is_interrupted

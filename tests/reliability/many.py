# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of interruption, concurrency and secrets share: a long playbook, and what the journal says of it."""

from __future__ import annotations

import collections
import json
import os
import stat

LANES = ("fast", "module")
PASSWORD = "Correct-Horse+42%é"
GENERIC = "cegedim.cloud.itcare_"
PLACE = {"service": "billing-qa", "region": "EB"}
MACHINE = {**PLACE, "platform": "deb12", "sizing": "2cpu4gb"}
BALANCER = {**PLACE, "healthcheck": "tcp", "member_port": "8080", "profile": "HTTP"}
POSTGRESQL = {
    **PLACE,
    "network": "EB_1127_DMZ9",
    "topology": "STANDALONE",
    "version": "15",
    "disk_size": 40,
    "admin_password": "Correct-Horse-42",
    "trigram": "ord",
    "allowed_replication_lag": 100,
}


def task(module, loop=None, **options):
    """A task of a playbook."""
    return {
        "name": module,
        GENERIC + module: options,
        **({"loop": loop} if loop else {}),
    }


def plays(*tasks, **keywords):
    return [{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **keywords}]


LONG = plays(  # run again, it changes nothing
    task("instance", ["QLONG01", "QLONG02"], name="{{ item }}", tags={"tier": "web"}, **MACHINE),
    task("instance", name="QEBBILL01", sizing="4cpu8gb", state="started", comment="A long playbook's"),
    task("postgresql", name="qalong", sizing="2cpu4gb", **POSTGRESQL),
    task("postgresql", name="intrapg", sizing="4cpu8gb", tags={"tier": "data"}),
    task("loadbalancer", name="long.acme.example", members=["QLONG01", "QLONG02"], **BALANCER),
    task("loadbalancer_url", loadbalancer="long.acme.example", name="api.long.acme.example"),
    task("instance_snapshot", instance="QLONG02", description="Before"),
    task("dns_alias", resource="QLONG01", name="long1.acme.example"),
    task("tag", resources=["QLONG01", "QLONG02", "qalong"], tags={"owner": "us"}),
    task("instance", name="QEBBILL02", state="absent"),
)


def effects(simulator):
    """How often each order took effect: ``{(operation, path, body): times}``."""
    found = collections.Counter()
    failed = {one.id for one in simulator.state.actions.all() if one.failure}
    assert not failed
    for entry in simulator.writes(applied=True):
        found[(entry["operation"], entry["path"], json.dumps(entry["body"], sort_keys=True))] += 1
    return found


def tokens(simulator):
    """The token requests that were answered with a token."""
    return [entry for entry in simulator.token_requests() if entry["status"] == 200]


def stored(directory):
    """The tokens in a store (list of dict); it is in good order, and its user's own."""
    place = directory / "cegedim.cloud"
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    for path in place.iterdir():
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600 and stat.S_ISREG(path.lstat().st_mode), path
    return [json.loads(path.read_text()) for path in place.glob("*.json")]


def in_lane(player, lane):
    for system in ("ITCARE", "COCKPIT", "GOPAAS", "OVC"):
        player.environment[system + "_FAST_LANE"] = "1" if lane == "fast" else "0"
    player.environment["ANSIBLE_HOST_KEY_CHECKING"] = "false"
    return player


def ends_well(process, seconds=300):
    """The output of a process that ends with 0."""
    output, errors = process.communicate(timeout=seconds)
    assert process.returncode == 0, output + (errors or "")
    return output


def number(name, usual):
    """A number of the environment."""
    return int(os.environ.get(name, usual))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes and removals in OpenvCloud, of which the matrix has the creations only."""

from __future__ import annotations

from ansible_collections.cegedim.cloud.tests.reliability.matrix.work import Group, Work
from ansible_collections.cegedim.cloud.tests.simulator import companions

WEB01 = {"cloudspace": "web", "name": "web01"}
LAB = {"account": "acme-labs", "name": "lab"}
ARCHIVE = {"cloudspace": "web", "name": "archive"}
FORWARD = {"cloudspace": "web", "public_port": 2201}


def _group(module, *tasks):
    works = [Work("%s change/%d" % (module, number), module, dict(task)) for number, task in enumerate(tasks)]
    return Group("%s change" % module, works, None, companions.OpenvCloud)


GROUPS = [
    _group(
        "ovc_machine",
        {**WEB01, "vcpus": 4, "memory": 8192},
        {**WEB01, "state": "stopped"},
        {**WEB01, "state": "started"},
        {**WEB01, "state": "absent", "permanently": True},
    ),
    _group(
        "ovc_disk",
        {**ARCHIVE, "machine": "web01", "size": 50},
        {**ARCHIVE, "size": 60},
        {**ARCHIVE, "state": "absent", "detach": True, "permanently": True},
    ),
    _group(
        "ovc_cloudspace",
        {"account": "acme", "name": "shop", "location": "ch-gen-dc01", "max_cpus": 16},
        {"account": "acme", "name": "shop", "max_cpus": 8},
        {"account": "acme", "name": "shop", "state": "disabled", "reason": "a test"},
        {"account": "acme", "name": "shop", "state": "absent", "permanently": True},
    ),
    _group("ovc_port_forward", {**FORWARD, "machine": "web02", "local_port": 22}, {**FORWARD, "state": "absent"}),
]

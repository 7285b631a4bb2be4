# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of the companion systems do, step by step, and how it shows in the simulators: for the matrix of
faults, the properties, and whatever else runs every module."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Callable

from ansible_collections.cegedim.cloud.tests.simulator import companions


@dataclass(frozen=True)
class Step:
    """A task and what it leads to: ``holds(system)`` says whether it is so.

    ``options`` are a dict, or a function of the system that gives one. ``again``: each run does it once more.
    """

    options: object
    holds: Callable
    again: bool = False

    def given(self, system):
        return self.options(system) if callable(self.options) else dict(self.options)


@dataclass(frozen=True)
class Scenario:
    """Steps with one module. ``touches`` (a regular expression) are the labels of all that they may change.

    ``usual`` are options of every step; ``login`` is the attribute of the system with the login. ``vanish(system)``:
    somebody else removes the thing. ``prepare(system)`` comes before the first step.
    """

    title: str
    system: type
    module: str
    touches: str
    steps: list
    usual: dict = field(default_factory=dict)
    login: str = "login"
    vanish: Callable = None
    prepare: Callable = None

    def __str__(self):
        return self.title

    def options(self, system, step):
        return {**self.usual, **step.given(system)}


class Watched:
    """What a step changes in a running system, and what it must not."""

    def __init__(self, system, scenario, step):
        self.system, self.scenario, self.step = system, scenario, step
        self.before = everything(system)

    def holds(self):
        """Raise AssertionError where the state is not what the step leads to."""
        if hasattr(self.system, "settle"):
            self.system.settle()
        assert self.step.holds(self.system), "the state of %s is not that of %s" % (
            self.scenario,
            self.scenario.options(self.system, self.step),
        )

    def untouched(self):
        """Raise AssertionError where anything else has changed."""
        now = everything(self.system)
        for key in {**self.before, **now}:
            labels = [found[key][0] for found in (self.before, now) if key in found]
            if self.before.get(key) != now.get(key) and not any(
                re.fullmatch(self.scenario.touches, label) for label in labels
            ):
                raise AssertionError("%s was touched: %s, then %s" % (labels[0], self.before.get(key), now.get(key)))

    def vanish(self):
        """Somebody else removes the thing; whether it was there."""
        return bool(self.scenario.vanish and self.scenario.vanish(self.system))


def everything(system):
    """All that a companion system has: ``{key: (label, text)}``."""
    if isinstance(system, companions.OpenvCloud):
        return _of_openvcloud(system)
    if isinstance(system, companions.GoPaaS):
        rows = {
            (table, number): ("%s %s" % (table, row.get("cle")), repr(row))
            for table, found in system.tables.items()
            for number, row in found.items()
        }
        return {**rows, **{("file", name): ("file " + name, repr(data)) for name, data in system.files.items()}}
    return {number: ("change", repr(row)) for number, row in enumerate(system.changes)}


def _of_openvcloud(cloud):
    cloud.settle()
    found = {("cloudspace", one["id"]): ("cloudspace " + one["name"], repr(one)) for one in cloud.cloudspaces.values()}
    for one in cloud.machines.values():
        found["machine", one["id"]] = ("machine " + one["name"], repr(one))
    users = {number: row["name"] for row in cloud.machines.values() for number in row["disks"]}
    for one in cloud.disks.values():
        label = "disk %s of %s" % (one["name"], users.get(one["id"], "no machine"))
        found["disk", one["id"]] = (label, repr(one))
    for space, rows in cloud.forwards.items():
        for one in rows:
            key = "%s:%s/%s" % (one["publicIp"], one["publicPort"], one["protocol"])
            found["forward", space, key] = ("forward " + key, repr(one))
    return found


# OpenvCloud


def named(rows, name, status=None):
    """The last row of that name."""
    found = [row for row in rows.values() if row["name"] == name and (status is None or row["status"] == status)]
    return found[-1] if found else None


def space(**shown):
    """The cloudspace ``shop`` shows this; limits by the names of their parameters."""

    def holds(cloud):
        row = named(cloud.cloudspaces, "shop")
        return row is not None and all({**row, **row["limits"]}[name] == value for name, value in shown.items())

    return holds


def only_one(kind, name):
    """At most one thing of that name is there, apart from what was destroyed."""

    def holds(cloud):
        rows = getattr(cloud, kind).values()
        return len([row for row in rows if row["name"] == name and row["status"] != "DESTROYED"]) <= 1

    return holds


def both(*conditions):
    return lambda system: all(one(system) for one in conditions)


def machine(sizes=None, **shown):
    """The machine ``app01`` shows this, and has data disks of these ``sizes``."""

    def holds(cloud):
        row = named(cloud.machines, "app01")
        if row is None or any(row[name] != value for name, value in shown.items()):
            return False
        has = sorted(cloud.disks[number]["sizeMax"] for number in row["disks"] if cloud.disks[number]["type"] == "D")
        return only_one("machines", "app01")(cloud) and sizes in (None, has)

    return holds


def destroy(kind, name):
    def vanish(cloud):
        row = named(getattr(cloud, kind), name)
        if row is None or row["status"] == "DESTROYED":
            return False
        row.update(status="DESTROYED", until=None)
        return True

    return vanish


def forward(port, leads_to):
    """The port forward of ``web`` leads there ("name:port"), or is not there (None)."""

    def holds(cloud):
        web = named(cloud.cloudspaces, "web")
        if web is None:
            return leads_to is None
        rows = [row for row in cloud.forwards[web["id"]] if row["publicPort"] == port]
        inside = [one for one in cloud.machines.values() if one["cloudspaceid"] == web["id"]]
        addresses = {one["interfaces"][0]["ipAddress"]: one["name"] for one in inside}
        found = ["%s:%d" % (addresses.get(row["localIp"]), row["localPort"]) for row in rows]
        return found == ([leads_to] if leads_to else [])

    return holds


def forget_forward(port):
    def vanish(cloud):
        rows = cloud.forwards[named(cloud.cloudspaces, "web")["id"]]
        kept = [row for row in rows if row["publicPort"] != port]
        is_there = len(kept) < len(rows)
        rows[:] = kept
        return is_there

    return vanish


def disk(name, size, of=None):
    """The disk of that name that a machine (or none) has is of this size; None: there is none, apart from the bin."""

    def holds(cloud):
        users = {number: row["name"] for row in cloud.machines.values() for number in row["disks"]}
        found = [
            row["sizeMax"]
            for row in cloud.disks.values()
            if row["name"] == name and users.get(row["id"]) == of and row["status"] in ("CREATED", "ASSIGNED")
        ]
        return found == ([] if size is None else [size])

    return holds


def in_the_bin(kind, name, status):
    return lambda cloud: (named(getattr(cloud, kind), name) or {}).get("status") == status


def other_disk(cloud):
    """Another machine has a disk of the same name."""
    row = named(cloud.machines, "web01")
    place = cloud.cloudspaces[row["cloudspaceid"]]
    row["disks"].append(cloud.add_disk("data", place, 7, "D", "ASSIGNED")["id"])


def purge(cloud):
    """By its id, since no list shows what is in the bin."""
    return {
        "id": named(cloud.machines, "app01")["id"],
        "name": None,
        "cloudspace": None,
        "state": "absent",
        "permanently": True,
        "in_bin": True,
    }


APP01 = r"machine app01|disk .* of app01"
NEW_MACHINE = dict(image="Ubuntu 22.04 x64", size="medium", disk_size=20, data_disks=[50], description="An application")
SERVERS = [{"cle": "SRV1", "nom": "SRV1", "ram": 8}, {"cle": "SRV2", "nom": "SRV2", "actif": True}]


def items(table, **wanted):
    """The table has these items, each ``key=fields`` once."""

    def holds(app):
        for key, fields in wanted.items():
            rows = [row for row in app.tables[table].values() if row["cle"] == key.replace("_", "-")]
            if len(rows) != 1 or any(rows[0].get(name) != value for name, value in fields.items()):
                return False
        return True

    return holds


def _by_view(login):
    more = [SERVERS[0], {**SERVERS[1], "actif": False}, {"cle": "SRV3", "nom": "Société é"}]
    return Scenario(
        "items by a view as " + login,
        companions.GoPaaS,
        "gopaas_items",
        r"serveur SRV\d",
        [
            Step({"items": SERVERS}, items("serveur", SRV1=SERVERS[0], SRV2=SERVERS[1])),
            Step({"items": more, "batch_size": 1}, items("serveur", SRV1=more[0], SRV2=more[1], SRV3=more[2])),
        ],
        usual={"table": "serveur", "view": "13"},
        login=login,
    )


SCENARIOS = [
    Scenario(
        "cloudspace",
        companions.OpenvCloud,
        "ovc_cloudspace",
        "cloudspace shop",
        [
            Step(
                {"location": "ch-gen-dc01", "max_cpus": 16},
                both(space(status="DEPLOYED", maxCPUCapacity=16), only_one("cloudspaces", "shop")),
            ),
            Step({"max_cpus": 32, "max_memory": 64}, space(maxCPUCapacity=32, maxMemoryCapacity=64)),
            # The platform does not show them, so each run sets them.
            Step({"allowed_sizes": ["small", "3"]}, space(allowedVMSizes=[1, 3]), again=True),
            Step({"state": "disabled"}, space(status="DISABLED")),
            Step({"state": "enabled"}, space(status="DEPLOYED")),
            Step({"state": "absent"}, space(status="DELETED")),
            Step({"restore": True}, space(status="DEPLOYED")),
            Step({"state": "absent", "permanently": True}, space(status="DESTROYED")),
        ],
        usual={"account": "acme", "name": "shop"},
        vanish=destroy("cloudspaces", "shop"),
    ),
    Scenario(
        "machine",
        companions.OpenvCloud,
        "ovc_machine",
        APP01,
        [
            Step(NEW_MACHINE, machine([50], status="RUNNING", vcpus=2, description="An application")),
            Step({"description": "Another"}, machine(description="Another")),
            Step({"size": "large"}, machine(vcpus=4, memory=8192)),
            Step({"data_disks": [50, 10]}, machine([10, 50])),
            Step({"state": "stopped"}, machine(status="HALTED")),
            Step({"state": "paused"}, machine(status="PAUSED")),
            Step({"state": "started"}, machine(status="RUNNING")),
            Step({"state": "restarted"}, machine(status="RUNNING"), again=True),
            Step({"state": "reset"}, machine(status="RUNNING"), again=True),
            Step({"state": "absent"}, in_the_bin("machines", "app01", "DELETED")),
            Step(purge, in_the_bin("machines", "app01", "DESTROYED")),
        ],
        usual={"cloudspace": "web", "name": "app01"},
        vanish=destroy("machines", "app01"),
    ),
    Scenario(
        "machine by tasks",
        companions.OpenvCloud,
        "ovc_machine",
        APP01,
        [
            Step(NEW_MACHINE, machine([50], status="RUNNING", vcpus=2)),
            Step({"size": "large", "state": "stopped"}, machine(status="HALTED", vcpus=4)),
            Step({"state": "absent", "permanently": True}, in_the_bin("machines", "app01", "DESTROYED")),
        ],
        usual={"cloudspace": "web", "name": "app01", "asynchronous": True},
        login="session_login",
        vanish=destroy("machines", "app01"),
    ),
    Scenario(
        "port forward",
        companions.OpenvCloud,
        "ovc_port_forward",
        r"forward 203\.0\.113\.10:443/tcp",
        [
            Step({"machine": "web01", "local_port": 8443}, forward(443, "web01:8443")),
            Step({"machine": "web02", "local_port": 9443}, forward(443, "web02:9443")),
            Step({"state": "absent"}, forward(443, None)),
        ],
        usual={"cloudspace": "web", "public_port": 443},
        vanish=forget_forward(443),
    ),
    Scenario(
        "disk",
        companions.OpenvCloud,
        "ovc_disk",
        "disk archive of no machine",
        [
            Step({"location": "ch-gen-dc01", "size": 50}, disk("archive", 50)),
            Step({"size": 80}, disk("archive", 80)),
            Step({"state": "absent"}, disk("archive", None)),
            Step({"state": "absent", "permanently": True}, in_the_bin("disks", "archive", "DESTROYED")),
        ],
        usual={"account": "acme", "name": "archive"},
        vanish=destroy("disks", "archive"),
    ),
    Scenario(
        "disk of a machine",
        companions.OpenvCloud,
        "ovc_disk",
        r"machine db01|disk data of db01|disk data of no machine",
        [
            Step({"size": 50}, both(disk("data", 50, "db01"), disk("data", 7, "web01"))),
            Step({"size": 60}, disk("data", 60, "db01")),
            Step(
                {"state": "absent", "detach": True, "permanently": True},
                both(disk("data", None, "db01"), disk("data", 7, "web01")),
            ),
        ],
        usual={"cloudspace": "web", "machine": "db01", "name": "data"},
        prepare=other_disk,
    ),
    _by_view("login"),
    _by_view("user_login"),
    Scenario(
        "items by their ids",
        companions.GoPaaS,
        "gopaas_items",
        r"compte C-000[78]",
        [
            Step(
                {"items": [{"cle": "C-0007", "ville": "Paris"}, {"cle": "C-0008", "montant": 5}]},
                items("compte", C_0007={"ville": "Paris"}, C_0008={"montant": 5}),
            ),
            Step(
                {"items": [{"cle": "C-0007", "ville": "Lille"}, {"cle": "C-0008", "montant": 5}]},
                items("compte", C_0007={"ville": "Lille"}, C_0008={"montant": 5}),
            ),
        ],
        usual={"table": "compte", "item_ids": {"C-0007": 7, "C-0008": 8}},
    ),
    Scenario(
        "items that cannot be looked at",
        companions.GoPaaS,
        "gopaas_items",
        r"serveur SRV\d",
        [Step({"items": SERVERS}, items("serveur", SRV1=SERVERS[0], SRV2=SERVERS[1]), again=True)],
        usual={"table": "serveur"},
    ),
]

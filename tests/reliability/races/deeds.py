# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody else may do to a resource between two requests of a task, by name.

They do it in the simulator's own state, or give the platform an order of their own: never through the collection.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Callable

from ansible_collections.cegedim.cloud.tests.simulator import build, companions, seed
from ansible_collections.cegedim.cloud.tests.simulator.actions import IN_PROGRESS
from ansible_collections.cegedim.cloud.tests.simulator.state import ACTIVE, INACTIVE

TOLD = ("name", "status", "vcpus", "memory")
SECONDS = 5  # that an order of somebody else takes, unless its effect is there at once
SIZES = ("4cpu16gb", "8cpu16gb")
OTHER_NAME = "QNOBODYS01"


class NotNow(Exception):
    """There is nothing to which somebody could do this."""


@dataclass(frozen=True)
class Deed:
    """``do(scene)`` changes the estate, or raises NotNow.

    ``undoes``: it may undo what the task has done, so that the same order may be right once more. ``removes``: nothing
    of that name is left. ``another``: another resource has the name from now on, or has it, too. ``is_twin``: the name
    is in two services. ``shares``: what it makes is what the task wants, so that the task may go on with it.
    """

    do: Callable
    undoes: bool = False
    removes: bool = False
    another: bool = False
    is_twin: bool = False
    shares: bool = False


# To any resource of ITCare


def resize(scene):
    """It gets another size, its nodes, too."""
    record = scene.existing()
    size = next(size for size in SIZES if size != record.get("_sizing"))
    machines = [one for one in scene.family() if one["_kind"] in ("instance", "application_server")]
    if not machines:
        raise NotNow
    for one in machines:
        build.resize(one, size)
    if "_sizing" in record and record not in machines:
        build.recount({**record, "_sizing": size}, machines)
        record.update(cpu=machines[0]["cpu"], ram=machines[0]["ram"])
        if record["_sizing"][0].isdigit():
            record.update(_sizing=size, sizing=size)


def begin_resize(scene):
    size = next(size for size in SIZES if size != scene.existing().get("_sizing"))
    scene.order("PATCH", scene.address(), {"operation": "resize", "options": {"sizing": size}}, SECONDS)


def delete(scene):
    """It is gone at once, and what was under way on it fails."""
    for one in scene.family():
        for action in scene.state.actions.of(one["id"]):
            if action.status == IN_PROGRESS:
                action.failure, action.undo = "It is gone", None
    scene.state.delete(scene.existing())


def begin_deletion(scene):
    if scene.existing()["_kind"] in ("instance", "application_server"):
        build.stop(scene.existing(), [])
    scene.order("DELETE", scene.address(), None, SECONDS)


def tag(scene):
    """It gets one more tag."""
    tags = [one for one in scene.existing()["tags"] if one["tagKey"] != "somebody"]
    scene.existing()["tags"] = [*tags, {"tagKey": "somebody", "tagValue": "else"}]


def untag(scene):
    if not scene.existing()["tags"]:
        raise NotNow
    scene.existing()["tags"] = []


def comment(scene):
    scene.existing().update(comment="Somebody else's", description="Somebody else's")


def stop(scene):
    _switch(scene, ACTIVE, build.stop)


def start(scene):
    _switch(scene, INACTIVE, build.start)


def begin_stop(scene):
    scene.order("PATCH", scene.address(), {"operation": "stop"}, SECONDS)


def _switch(scene, status, how):
    if scene.existing()["status"] != status:
        raise NotNow
    how(scene.existing(), scene.family()[1:])


def strip(scene):
    """What belongs to it goes: snapshot, aliases, members of the pool, volumes."""
    record, gone = scene.existing(), []
    for key, nothing in (("_dns", []), ("_members", []), ("snapshot", None), ("_volumes", {}), ("_parameters", {})):
        if record.get(key):
            gone.append(key)
            record[key] = nothing
    if record.get("snapshot", ...) is None:
        del record["snapshot"]
    if not gone:
        raise NotNow


def rename(scene):
    """It gets another name. A load balancer would still be found by its URL, which has the name, too."""
    if scene.existing()["_kind"] == "loadbalancer":
        raise NotNow
    scene.state.rename(scene.existing(), OTHER_NAME)


def replace(scene):
    """It is deleted, and another one, just like it, gets the name."""
    copies = _copies(scene)
    delete(scene)
    for one in copies:
        scene.state.add(one)


def add_twin(scene):
    """Another one of the name appears in another service."""
    if scene.record["_kind"] == "url":
        raise NotNow
    service = next(one for one in scene.state.services.values() if one["id"] != scene.record["serviceId"])
    for one in _copies(scene):
        one.update(serviceId=service["id"], serviceKey=service["key"], serviceName=service["name"])
        scene.state.add(one)


def add_to_service(scene):
    """An instance of the name appears, in the service in which the task is about to create something."""
    if scene.record is not None or not scene.creates or scene.work.module != "itcare_instance":
        raise NotNow
    seed.add_instance(scene.state, scene.name, scene.work.options["service"])


def _copies(scene):
    """The resource and what belongs to it once more, with other numbers."""
    record, *rest = scene.family()
    numbers = {one["id"]: scene.state.next_id(one["_kind"], "_parent" in one) for one in (record, *rest)}
    found = []
    for one in (record, *rest):
        one = copy.deepcopy(one)
        one.update(id=numbers[one["id"]], internalResourceId=numbers[one["id"]])
        if one.get("_parent") in numbers:
            one["_parent"] = numbers[one["_parent"]]
        one["patchParty"]["id"] = one["id"]
        found.append(one)
    return found


def delete_what_is_named(scene):
    """Another resource that the task names goes, such as a member of a pool, or the source of a restore."""
    others = scene.others()
    if not others:
        raise NotNow
    scene.state.delete(others[0])


# The task's own order, given by somebody else


def order_the_same(scene):
    scene.repeat(0)


def begin_the_same(scene):
    scene.repeat(SECONDS)


DEEDS = {
    "resizes": Deed(resize, undoes=True),
    "begins-to-resize": Deed(begin_resize, undoes=True),
    "deletes": Deed(delete, undoes=True, removes=True),
    "begins-to-delete": Deed(begin_deletion, undoes=True, removes=True),
    "tags": Deed(tag),
    "untags": Deed(untag, undoes=True),
    "comments": Deed(comment, undoes=True),
    "stops": Deed(stop, undoes=True),
    "begins-to-stop": Deed(begin_stop, undoes=True),
    "starts": Deed(start, undoes=True),
    "strips": Deed(strip, undoes=True, removes=True),
    "renames": Deed(rename, undoes=True, removes=True),
    "replaces": Deed(replace, undoes=True, another=True),
    "adds-a-twin": Deed(add_twin, another=True, is_twin=True),
    "takes-the-name": Deed(add_to_service, another=True, shares=True),
    "deletes-what-is-named": Deed(delete_what_is_named, undoes=True, removes=True),
    "does-the-same": Deed(order_the_same, shares=True),
    "begins-the-same": Deed(begin_the_same, shares=True),
}


# To what companion systems keep: rows that are dicts, by number


def rows_of(companion):
    """The tables (list of dict of rows by number) that somebody else may change."""
    if isinstance(companion, companions.OpenvCloud):
        return [companion.machines, companion.disks, companion.cloudspaces]
    if isinstance(companion, companions.GoPaaS):
        return list(companion.tables.values())
    return []


def name_of(row):
    return row.get("name") or row.get("cle")


def place_of(companion, table, row):
    """Where no two rows of a table have the same name: a cloudspace, an account, or the machine that has a disk."""
    machines = getattr(companion, "machines", {})
    user = next((one["id"] for one in machines.values() if row["id"] in one["disks"]), None)
    if user is not None and table is companion.disks:
        return "machine %s" % user
    return row.get("cloudspaceid") or row.get("accountId")


def are_told(companion, result):
    """Whether each thing in a result (dict) has the name, the size and the status that it has by now.

    What a result shows without an id, such as items and port forwards, is judged by the second run only.
    """
    shown = [one for one in result.values() if isinstance(one, dict) and "id" in one]
    return all(any(_is_told(row, one) for table in rows_of(companion) for row in table.values()) for one in shown)


def _is_told(row, shown):
    return row["id"] == shown["id"] and all(row[key] == shown[key] for key in TOLD if key in row and key in shown)


def is_there(row):
    return row.get("status") not in ("DELETED", "DESTROYED", "TOBEDELETED")


def _rows(scene):
    """``(table, number)`` of what the task names, the most special first."""
    wanted = scene.strings
    found = [
        (table, number)
        for table in rows_of(scene.companion)
        for number, row in table.items()
        if name_of(row) in wanted and is_there(row)
    ]
    if not found:
        raise NotNow
    return found


def take_away(scene):
    table, number = _rows(scene)[0]
    del table[number]


def take_away_the_place(scene):
    """All machines of the cloudspace go, with their disks, and the cloudspace, too."""
    if not isinstance(scene.companion, companions.OpenvCloud):
        raise NotNow
    for machine in scene.companion.machines.values():
        for number in machine["disks"]:
            scene.companion.disks.pop(number, None)
    scene.companion.machines.clear()
    scene.companion.cloudspaces.clear()


def rename_row(scene):
    table, number = _rows(scene)[0]
    table[number]["name" if "name" in table[number] else "cle"] = OTHER_NAME


def replace_row(scene):
    table, number = _rows(scene)[0]
    other = max(int(one) for one in table) + 500
    row = copy.deepcopy(table[number])
    row["id"] = type(number)(other)
    table[type(number)(other)] = row
    del table[number]
    if table is getattr(scene.companion, "cloudspaces", None):
        scene.companion.forwards[other] = []


def halt(scene):
    for table, number in _rows(scene):
        if table[number].get("status") == "RUNNING":
            table[number]["status"] = "HALTED"
            return
    raise NotNow


def change_row(scene):
    table, number = _rows(scene)[0]
    row, changed = table[number], False
    for key, value in (("vcpus", 8), ("memory", 16384), ("sizeMax", 90), ("ville", "Ailleurs"), ("montant", "0")):
        if key in row:
            row[key], changed = value, True
    if "limits" in row:
        row["limits"], changed = dict.fromkeys(row["limits"], 2), True
    if not changed:
        raise NotNow


def close_forwards(scene):
    forwards = getattr(scene.companion, "forwards", {})
    if not any(forwards.values()):
        raise NotNow
    for rows in forwards.values():
        rows.clear()


OF_COMPANIONS = {
    "deletes": Deed(take_away, undoes=True, removes=True),
    "deletes-the-place": Deed(take_away_the_place, undoes=True, removes=True),
    "renames": Deed(rename_row, undoes=True, removes=True),
    "replaces": Deed(replace_row, undoes=True, another=True),
    "stops": Deed(halt, undoes=True),
    "resizes": Deed(change_row, undoes=True),
    "closes-ports": Deed(close_forwards, undoes=True),
    "does-the-same": Deed(order_the_same, shares=True),
}

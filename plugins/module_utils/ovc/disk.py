# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk of OpenvCloud: found by its id, by its machine and name, or by account and name where that is unique, and
brought to what is wanted."""

from __future__ import annotations

from ..errors import FixedDifference, InvalidInput, NotFound
from . import names
from .names import at, chosen, is_same, number_of
from .orders import ID, Orders, Step, carry_out, is_destroyed, is_gone, or_missing

MOST = 25  # disks of a machine
LATER = "the new size takes effect when the machine that uses the disk has been stopped and started"


def run(client, params, check):
    """Bring the disk to the wanted state; an Outcome."""
    if params["id"] is None:
        names.needed(params, "a disk is found by its name, or by id", "name")
        if params["account"] is None and params["cloudspace"] is None:
            raise InvalidInput(
                "missing: account; a disk is found by account and name, or by id (or give the cloudspace)"
            )
    if params["machine"] is not None and params["cloudspace"] is None:
        raise InvalidInput("missing: cloudspace; a machine is found by cloudspace and name")
    for option in ("permanently", "detach"):
        if params[option] and params["state"] != "absent":
            raise InvalidInput("%s is for state=absent, and state is %s" % (option, params["state"]))
    return or_missing(check, params, "disk", lambda: _run(client, params, check))


def _run(client, params, check):
    orders = Orders(client, params)
    space, machine, owner = _place(client, params)
    rows = [] if params["id"] is not None else client.rows("disks", "list", accountId=owner)
    known = [at(row, "id") for row in rows]
    record = _found(client, params, rows, machine)
    if record is not None and owner is not None and not is_same(at(record, "accountId") or owner, owner):
        text = "id: disk %s is of the account %s, not %s"
        raise InvalidInput(text % (params["id"], at(record, "accountId"), owner))

    def look(seen, answer):
        number = at(seen, "id") if seen else number_of(answer)
        if number is not None:
            return _read(client, number)
        rows = [row for row in client.rows("disks", "list", accountId=owner) if at(row, "id") not in known]
        new = _named(rows, params)
        if new and machine is not None:  # another task may have given another machine a disk of this name
            now = names.read(client, "machines", at(machine, "id"))
            new = [row for row in new if now is not None and _is_of(row, now)]
        return new[0] if new else None

    record = orders.settled(record, lambda: look(record, None))
    if params["state"] == "absent":
        steps = _absent(params, record, machine)
    elif record is None:
        steps = _creation(client, params, space, machine, owner)
    else:
        steps = _changes(client, params, record, machine)
    return carry_out(orders, "disk", check, record, steps, look)


def _place(client, params):
    """The record of the cloudspace, that of the machine, and the id of the account, each None where it is not given."""
    space = machine = owner = None
    if params["cloudspace"] is not None:
        space = names.cloudspace(client, params["cloudspace"], params["account"])
        owner = at(space, "accountId")
    elif params["account"] is not None:
        owner = at(names.account(client, params["account"]), "id")
    if params["machine"] is not None:
        row = names.machine(client, params["machine"], space)
        machine = names.read(client, "machines", at(row, "id")) or row
    return space, machine, owner


def _named(rows, params):
    return [row for row in rows if at(row, "name") == params["name"] and at(row, "status") not in names.GONE]


def _read(client, number):
    record = names.read(client, "disks", number)
    return None if is_destroyed(record) else record


def _found(client, params, rows, machine):
    if params["id"] is not None:
        record = _read(client, params["id"])
        if params["state"] != "absent" and is_gone(record):
            raise NotFound("id: there is no disk %d, or it is in the bin" % params["id"])
        return record
    same = _named(rows, params)
    if not same and params["state"] == "absent" and params["permanently"]:
        same = [row for row in rows if at(row, "name") == params["name"] and at(row, "status") != "DESTROYED"]
    if machine is not None:
        of_it = [row for row in same if _is_of(row, machine)]
        # What another machine has is another disk. One that no machine has may be meant, which is a difference to tell.
        same = of_it or [row for row in same if params["state"] != "absent" and not _is_in_use(row)]
    if not same:
        return None
    row = chosen("name", params["name"], same)
    # The row of the list has the machine that uses the disk, which the disk itself does not show.
    return {**row, **(names.read(client, "disks", at(row, "id")) or {})}


def _is_in_use(row):
    return at(row, "machineId") not in (None, "", 0, "0") or at(row, "status") == "ASSIGNED"


def _is_of(record, machine):
    return any(is_same(at(record, "id"), one) for one in _disks_of(machine))


def _disks_of(machine):
    return [at(one, "id") if isinstance(one, dict) else one for one in names.list_at(machine, "disks")]


def _absent(params, record, machine):
    if record is None or (is_gone(record) and not params["permanently"]):
        return []
    names.check_deletion(params, "disk", record)
    if machine is not None and not _is_of(record, machine):
        text = "id: disk %d is not one of machine %s (%s)"
        raise InvalidInput(text % (params["id"], at(machine, "name"), at(machine, "id")))
    how = {name: True for name in ("detach", "permanently") if params[name]}
    return [
        Step(
            "delete",
            "disks/delete",
            {"diskId": ID, **how},
            before={"name": at(record, "name"), "status": at(record, "status")},
            done=is_destroyed if params["permanently"] else is_gone,
        )
    ]


def _creation(client, params, space, machine, owner):
    names.needed(params, "a creation needs it", "size")
    how = {
        "description": params["description"] or params["name"],
        "size": params["size"],
        "type": params["type"] or "D",
        "ssdSize": params["ssd_size"],
        "iops": params["iops"],
    }
    how = {name: value for name, value in how.items() if value is not None}

    def done(record):
        return record is not None and at(record, "status") in (None, "CREATED", "ASSIGNED")

    if machine is not None:
        if params["location"] is not None:
            raise InvalidInput(
                "location: a disk of a machine is where its machine is; leave it out, or leave out machine"
            )
        if len(_disks_of(machine)) >= MOST:
            text = "machine %s (%s) has %d disks, and %d is the most"
            raise InvalidInput(text % (at(machine, "name"), at(machine, "id"), len(_disks_of(machine)), MOST))
        parameters = {"machineId": at(machine, "id"), "diskName": params["name"], **how}
        after = {**parameters, "name": params["name"]}
        return [Step("create", "machines/addDisk", parameters, after=after, done=done)]
    if space is None and params["location"] is None:
        raise InvalidInput("missing: location; a creation needs it, or a cloudspace, to know where the disk is made")
    grid = at(names.location(client, params["location"]) if params["location"] is not None else space, "gid")
    parameters = {"accountId": owner, "gid": grid, "name": params["name"], **how}
    return [Step("create", "disks/create", parameters, after=dict(parameters), done=done)]


def _changes(client, params, record, machine):
    size, wrong = number_of(at(record, "sizeMax", "size")), []
    if params["type"] and at(record, "type") not in (None, params["type"]):
        wrong.append("type is fixed at creation: it is %s, not %s" % (at(record, "type"), params["type"]))
    if params["size"] is not None and size is not None and params["size"] < size:
        wrong.append("size: a disk only grows: it has %d GB, not %d" % (size, params["size"]))
    if machine is not None and not _is_of(record, machine):
        user = at(record, "machineId") or "no machine that is shown"
        text = (
            "machine is fixed at creation: the disk is of %s, not %s (%s); no call that attaches a disk is documented"
        )
        wrong.append(text % (user, at(machine, "name"), at(machine, "id")))
    iops = number_of(at(names.object_at(record, "iotune"), "total_iops_sec"))
    if params["iops"] is not None and iops is not None and iops != params["iops"]:
        wrong.append("iops is fixed at creation: it is %d, not %d" % (iops, params["iops"]))
    if params["id"] is not None and params["name"] not in (None, at(record, "name")):
        wrong.append("name is fixed at creation: it is %s, not %s" % (at(record, "name"), params["name"]))
    if params["location"] is not None:
        place, grid = names.location(client, params["location"]), at(record, "gid")
        if grid is not None and not is_same(grid, at(place, "gid")):
            text = "location is fixed at creation: it is that of the grid %s, not %s (grid %s)"
            wrong.append(text % (grid, params["location"], at(place, "gid")))
    if wrong:
        raise FixedDifference("; ".join(wrong))
    if params["size"] is None or size == params["size"]:
        return []
    return [
        Step(
            "resize",
            "disks/resize",
            {"diskId": ID, "size": params["size"]},
            before={"size": size},
            after={"sizeMax": params["size"]},
            done=lambda one: one is not None and number_of(at(one, "sizeMax", "size")) == params["size"],
            later=LATER,
        )
    ]

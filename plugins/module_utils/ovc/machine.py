# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of OpenvCloud: found by cloudspace and name, or by id, and brought to what is wanted."""

from __future__ import annotations

from ..errors import ActionFailed, ApiError, FixedDifference, InvalidInput, NotFound, UnexpectedAnswer
from . import names
from .names import at, chosen, is_moving, is_same
from .orders import ID, Orders, Step, carry_out, is_destroyed, is_gone, or_missing, reaches

DATA_DISK = "D"
BOOT_DISK = "B"
# The steps that lead from a status to a state: from VIRTUAL and whatever is unknown, as from HALTED.
POWER = {
    "started": {"RUNNING": [], "PAUSED": ["resume"], None: ["start"]},
    "stopped": {"RUNNING": ["stop"], "PAUSED": ["stop"], "HALTED": [], None: ["stop"]},
    "paused": {"RUNNING": ["pause"], "PAUSED": [], None: ["start", "pause"]},
    "restarted": {"RUNNING": ["reboot"], "PAUSED": ["resume", "reboot"], None: ["start"]},
    "reset": {"RUNNING": ["reset"], "PAUSED": ["resume", "reset"], None: ["start"]},
}
LEADS_TO = {
    "start": "RUNNING",
    "resume": "RUNNING",
    "reboot": "RUNNING",
    "reset": "RUNNING",
    "stop": "HALTED",
    "pause": "PAUSED",
}
AGAIN = ("reboot", "reset")  # what runs before runs afterwards, so nothing shows that they have happened
ONLY_FOR = {
    "force": ("stopped",),
    "permanently": ("absent",),
    "in_bin": ("absent",),
    "boot_disk": ("started", "restarted"),
}
LATER = "the new size takes effect when the machine has been stopped and started"


def run(client, params, check):
    """Bring the machine to the wanted state; an Outcome."""
    _check_options(params)
    return or_missing(check, params, "machine", lambda: _run(client, params, check))


def _run(client, params, check):
    orders = Orders(client, params)
    space = None
    if params["cloudspace"] is not None:
        space = names.cloudspace(client, params["cloudspace"], params["account"])
    record = _found(client, params, space)
    look = _reader(client, params, space)
    record = orders.settled(record, lambda: look(record, None))
    if params["state"] == "absent":
        steps = _absent(params, record)
    elif record is None:
        steps = _creation(client, params, space)
    else:
        space = space or _space_of(client, record)
        steps = _changes(client, params, record, space, orders.warnings)
    try:
        return carry_out(orders, "machine", check, record, steps, look)
    except ApiError as error:
        is_renamed = params["id"] is not None and params["name"] is not None
        if error.status == 409 and error.details["path"] in ("machines/create", is_renamed and "machines/update"):
            raise _name_is_taken(client, params, space, error) from error
        if error.status == 404 and params["in_bin"]:
            return carry_out(orders, "machine", check, None, [], look)
        raise


def _space_of(client, record):
    space = names.read(client, "cloudspaces", at(record, "cloudspaceid"))
    if space is None:
        text = "id: the cloudspace %s of machine %s cannot be read"
        raise NotFound(text % (at(record, "cloudspaceid"), at(record, "id")))
    return space


def _check_options(params):
    if params["id"] is None:
        names.needed(params, "a machine is found by cloudspace and name, or by id", "cloudspace", "name")
    elif params["account"] is not None and params["cloudspace"] is None:
        raise InvalidInput("account: it tells cloudspaces of the same name apart, and there is no cloudspace")
    names.check_only_for(params, ONLY_FOR)
    if params["in_bin"] and not (params["permanently"] and params["id"] is not None):
        raise InvalidInput("in_bin: a machine in the bin is deleted by its id and with permanently")


def _name_is_taken(client, params, space, error):
    """What to say of a 409: a machine in the bin keeps its name, and no list shows it."""
    rows = client.rows("machines", "list", cloudspaceId=at(space, "id"))
    if any(at(row, "name") == params["name"] for row in rows):
        text = "%s. The cloudspace lists a machine of this name: run the task again"
    else:
        text = (
            "%s. No machine of the cloudspace has this name, so it is that of one in the bin, where names stay "
            "reserved: delete that one for good (state=absent with permanently, and its id), or take another name"
        )
    return ApiError(text % error, error.status, "POST", "machines/create")


def _found(client, params, space):
    if params["id"] is not None:
        record = names.read(client, "machines", params["id"])
        if record is None or is_destroyed(record):
            if params["state"] != "absent":
                raise NotFound("id: there is no machine %d (a machine in the bin cannot be read)" % params["id"])
            return None
        if space is not None and not is_same(at(record, "cloudspaceid"), at(space, "id")):
            text = "id: machine %d is in the cloudspace %s, not %s"
            raise InvalidInput(text % (params["id"], at(record, "cloudspaceid"), params["cloudspace"]))
        return record
    rows = client.rows("machines", "list", cloudspaceId=at(space, "id"))
    same = [row for row in rows if at(row, "name") == params["name"] and at(row, "status") not in names.GONE]
    if not same:
        return None
    number = at(chosen("name", params["name"], same), "id")
    record = names.read(client, "machines", number)
    if record is None and _is_listed(client, space, number):
        raise UnexpectedAnswer("machine %s (%s) is listed, and its record cannot be read" % (params["name"], number))
    return record


def _is_listed(client, space, number):
    return any(is_same(at(row, "id"), number) for row in client.rows("machines", "list", cloudspaceId=at(space, "id")))


def _reader(client, params, space):
    def look(record, answer):
        number = at(record, "id") if record else params["id"] or names.number_of(answer)
        if number is None:
            return _found(client, {**params, "id": None}, space)
        return names.read(client, "machines", number)

    return look


def _absent(params, record):
    if record is None and params["in_bin"]:
        # Nothing reads what is in the bin, so only the order tells whether it is there.
        name = {"name": str(params["id"])}
        return [Step("delete", "machines/delete", {"machineId": params["id"], "permanently": True}, before=name)]
    if record is None or (is_gone(record) and not params["permanently"]):
        return []
    names.check_deletion(params, "machine", record)
    how = {"permanently": True} if params["permanently"] else {}
    return [
        Step(
            "delete",
            "machines/delete",
            {"machineId": ID, **how},
            before={"name": at(record, "name"), "status": at(record, "status")},
            done=is_destroyed if params["permanently"] else is_gone,
        )
    ]


# Creation


def _creation(client, params, space):
    names.needed(params, "a creation needs it", "image", "disk_size")
    if params["boot_disk"] is not None:
        raise InvalidInput("boot_disk: a new machine starts from its own disk, not from %d" % params["boot_disk"])
    if params["size"] is None and params["vcpus"] is None:
        raise InvalidInput("missing: size; a creation needs it, or vcpus and memory")
    wanted = {
        "cloudspaceId": at(space, "id"),
        "name": params["name"],
        "description": params["description"] or None,
        "imageId": at(names.image(client, params["image"], space), "id"),
        "disksize": params["disk_size"],
        **_sized(client, params, space),
        "datadisks": params["data_disks"] or None,
    }
    wanted = {name: value for name, value in wanted.items() if value is not None}
    secret = {"userdata": params["userdata"]} if params["userdata"] else {}
    steps = [
        Step(
            "create",
            "machines/create",
            {**wanted, **secret},
            after=dict(wanted),
            done=_is_made,
        )
    ]
    # A new machine runs.
    power = POWER.get(params["state"], {}).get("RUNNING", [])
    return steps + _power(params, [name for name in power if name not in AGAIN], "RUNNING")


def _is_made(record):
    if record is not None and at(record, "status") == "ERROR":
        raise ActionFailed("%s (%s) is in the status ERROR" % (at(record, "name"), at(record, "id")))
    return record is not None and at(record, "status") != "VIRTUAL" and not is_moving(at(record, "status"))


def _sized(client, params, space):
    if params["size"] is not None:
        return {"sizeId": at(names.size(client, "size", params["size"], cloudspaceId=at(space, "id")), "id")}
    return {name: params[name] for name in ("vcpus", "memory") if params[name] is not None}


# Changes


def _changes(client, params, record, space, warnings):
    if at(record, "status") == "ERROR":
        text = "machine %s (%s) is in the status ERROR: nothing can be done with it but to delete it"
        raise InvalidInput(text % (at(record, "name"), at(record, "id")))
    _check_fixed(client, params, record, space)
    steps = _update(params, record)
    sizes = _resize(client, params, record, space) + _more_disks(params, record)
    ways = POWER.get(params["state"])
    if ways is None:
        return steps + sizes
    status = names.status_of(record)
    if params["boot_disk"] is not None and not ways.get(status, ways[None]):
        text = "boot_disk: the machine is %s already, and what it has started from is not shown, so it may not be %d"
        warnings.append(text % (status, params["boot_disk"]))
    power = _power(params, ways.get(status, ways[None]), status)
    # A machine that runs can only become larger, and may want a stop and start for that.
    return steps + power + sizes if params["state"] == "stopped" else steps + sizes + power


def _update(params, record):
    wanted = {"description": params["description"]}
    if params["id"] is not None:
        wanted["name"] = params["name"]
    before = {"description": at(record, "description", "descr") or "", "name": at(record, "name")}
    after = {name: value for name, value in wanted.items() if value is not None and value != before[name]}
    if not after:
        return []

    def done(one):
        texts = {"description": at(one or {}, "description", "descr") or "", "name": at(one or {}, "name")}
        return all(texts[name] == value for name, value in after.items())

    return [
        Step(
            "update",
            "machines/update",
            {"machineId": ID, **after},
            before={name: before[name] for name in after},
            after=after,
            done=done,
        )
    ]


def _resize(client, params, record, space):
    wanted = _sized(client, params, space)
    if not wanted:
        return []
    is_shown = _shows_size(client, params, space)
    if is_shown(record):
        return []
    before = {"sizeId": at(record, "sizeId"), "vcpus": at(record, "vcpus"), "memory": at(record, "memory")}
    return [
        Step(
            "resize",
            "machines/resize",
            {"machineId": ID, **wanted},
            before={name: before[name] for name in wanted},
            after=wanted,
            done=is_shown,
            later=LATER,
        )
    ]


def _shows_size(client, params, space):
    """A ``done``: a record shows the wanted size, be it by the size's id or by what it stands for."""
    row = params["size"] is not None and names.size(client, "size", params["size"], cloudspaceId=at(space, "id"))
    wanted = {name: at(row, name) if row else params[name] for name in ("vcpus", "memory")}

    def is_shown(record):
        if record is None:
            return False
        shown = {name: names.number_of(at(record, name)) for name in wanted}
        if None in shown.values() and row:
            return is_same(at(record, "sizeId"), at(row, "id"))
        return shown == {name: names.number_of(value) for name, value in wanted.items()}

    return is_shown


def _sizes_of(record, kind):
    found = [disk for disk in names.list_at(record, "disks") if isinstance(disk, dict) and at(disk, "type") == kind]
    return sorted((names.number_of(at(disk, "sizeMax")) or 0 for disk in found), reverse=True)


def _more_disks(params, record):
    """Data disks that the machine lacks. Its others stay, and a wanted one may have grown."""
    wanted, has = sorted(params["data_disks"] or [], reverse=True), _sizes_of(record, DATA_DISK)
    if wanted and not all(isinstance(disk, dict) for disk in names.list_at(record, "disks")):
        raise InvalidInput("data_disks: the platform shows no sizes of the disks of this machine; use ovc_disk")
    missing = list(wanted)
    for size in has:
        fitting = next((one for one in missing if one <= size), None)
        if fitting is not None:
            missing.remove(fitting)
    if missing and len(has) > len(wanted) - len(missing):
        text = "data_disks: the data disks of the machine have %s GB, not %s: grow or add one with ovc_disk"
        raise FixedDifference(text % (_listed(has), _listed(wanted)))
    steps = []
    for place, size in enumerate(missing, start=len(has) + 1):
        name = "Data disk %d" % place
        parameters = {"machineId": ID, "diskName": name, "description": name, "size": size, "type": DATA_DISK}
        steps.append(
            Step(
                "add_disk",
                "machines/addDisk",
                parameters,
                before={"data_disks": place - 1},
                after={"data_disks": place},
                done=lambda one, place=place: one is not None and len(_sizes_of(one, DATA_DISK)) >= place,
            )
        )
    return steps


def _listed(sizes):
    return ", ".join(map(str, sizes)) or "none"


def _check_fixed(client, params, record, space):
    wrong = []
    if params["image"] is not None:
        row = names.image(client, params["image"], space)
        value = at(record, "imageId")
        if value is not None and not is_same(value, at(row, "id")):
            told = "%s (%s)" % (at(record, "osImage"), value) if at(record, "osImage") else value
            wrong.append("image is fixed at creation: it is %s, not %s (%s)" % (told, at(row, "name"), at(row, "id")))
    boot = _sizes_of(record, BOOT_DISK)
    if params["disk_size"] is not None and boot and params["disk_size"] not in boot:
        text = "disk_size is fixed at creation: it is %s, not %s (ovc_disk makes a disk larger)"
        wrong.append(text % (_listed(boot), params["disk_size"]))
    if wrong:
        raise FixedDifference("; ".join(wrong))


# Power


def _power(params, calls, status):
    _refuse_other_disk(params, calls, status)
    steps = []
    for name in calls:
        how = {"force": True} if name == "stop" and params["force"] else {}
        if name == "start" and params["boot_disk"] is not None:
            how = {"diskId": params["boot_disk"]}
        steps.append(
            Step(
                name,
                "machines/" + name,
                {"machineId": ID, **how},
                before={"status": status},
                after={"status": LEADS_TO[name]} if name not in AGAIN else {"status": "RUNNING", name: True},
                done=reaches(LEADS_TO[name]),
                proves=name not in AGAIN,
            )
        )
        status = LEADS_TO[name]
    return steps


def _refuse_other_disk(params, calls, status):
    """Refuse, with InvalidInput, to restart or resume from another disk than ``boot_disk``: only a start takes one."""
    if params["boot_disk"] is not None and calls and "start" not in calls:
        text = "boot_disk: the machine is %s, and a %s takes no disk, so it would not start from %d; stop it first"
        raise InvalidInput(text % (status, calls[0], params["boot_disk"]))

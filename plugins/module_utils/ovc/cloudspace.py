# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloudspace of OpenvCloud: found by account and name, or by id, and brought to what is wanted."""

from __future__ import annotations

from ..errors import ApiError, FixedDifference, InvalidInput, NotFound
from . import names
from .names import at, chosen
from .orders import ID, Orders, Step, carry_out, is_destroyed, is_gone, reaches

DEPLOY_AFTER = 10  # seconds that a new cloudspace gets to begin its deployment by itself
# Our option, the API's parameter, and the name under which `get` shows it among its resourceLimits.
LIMITS = (
    ("max_memory", "maxMemoryCapacity", "CU_M"),
    ("max_disk", "maxVDiskCapacity", "CU_D"),
    ("max_cpus", "maxCPUCapacity", "CU_C"),
    ("max_transfer", "maxNetworkPeerTransfer", "CU_NP"),
    ("max_public_ips", "maxNumPublicIP", "CU_I"),
)
FIXED = (("private_network", "privatenetwork"), ("type", "type"))
ONLY_FOR = {"permanently": ("absent",), "restore": ("present", "enabled", "disabled")}


def run(client, params, check):
    """Bring the cloudspace to the wanted state; an Outcome."""
    orders = Orders(client, params)
    names.check_only_for(params, ONLY_FOR)
    if params["id"] is None:
        names.needed(params, "a cloudspace is found by account and name, or by id", "account", "name")
    owner = names.account(client, params["account"]) if params["account"] else None
    record, in_bin = _found(client, params, owner)
    reread = _reader(client, params, owner)
    record = orders.settled(record, lambda: reread(record, None))
    steps = _absent(client, params, record) if params["state"] == "absent" else None
    if steps is None:
        steps = _present(client, params, owner, record, in_bin, orders.warnings)
    try:
        return carry_out(orders, "cloudspace", check, record, steps, reread)
    except ApiError as error:
        if error.status == 409 and error.details["path"] == "cloudspaces/create":
            text = "%s. If it is not listed, it is in the bin: set restore, or delete it with permanently"
            raise ApiError(text % error, 409, "POST", "cloudspaces/create") from error
        raise


def _found(client, params, owner):
    """The record, and whether it is in the bin."""
    if params["id"] is not None:
        record = names.read(client, "cloudspaces", params["id"])
        if record is not None and owner is not None and not names.is_owned(record, owner):
            text = "id: cloudspace %d is of the account %s, not %s"
            raise InvalidInput(text % (params["id"], at(record, "accountId"), params["account"]))
        if is_destroyed(record):
            record = None
        if record is None and params["state"] != "absent":
            raise NotFound("id: there is no cloudspace %d" % params["id"])
        return record, record is not None and at(record, "status") == "DELETED"
    rows = _rows(client, params["name"], owner)
    alive = [row for row in rows if at(row, "status") not in names.GONE] or rows
    if not alive:
        return None, False
    row = chosen("name", params["name"], alive)
    # A row is enough for what is in the bin, since `get` may not answer it.
    record = names.read(client, "cloudspaces", at(row, "id")) or row
    return record, at(row, "status") == "DELETED"


def _rows(client, name, owner):
    rows = client.rows("cloudspaces", "list", includedeleted=True)
    return [
        row
        for row in rows
        if at(row, "name") == name and names.is_owned(row, owner) and at(row, "status") != "DESTROYED"
    ]


def _reader(client, params, owner):
    def look(record, answer):
        number = at(record, "id") if record else names.number_of(answer)
        if number is None:
            alive = [row for row in _rows(client, params["name"], owner) if at(row, "status") not in names.GONE]
            number = at(alive[0], "id") if alive else None
        return names.read(client, "cloudspaces", number) if number is not None else None

    return look


def _absent(client, params, record):
    if record is None or (is_gone(record) and not params["permanently"]):
        return []
    names.check_deletion(params, "cloudspace", record)
    machines = [] if is_gone(record) else client.rows("machines", "list", cloudspaceId=at(record, "id"))
    if machines:
        listed = ", ".join("%s (%s)" % (at(row, "name"), at(row, "id")) for row in machines)
        raise InvalidInput(
            "cloudspace %s still has machines, so it cannot be deleted: %s" % (at(record, "name"), listed)
        )
    how = {"permanently": True} if params["permanently"] else {}
    return [
        Step(
            "delete",
            "cloudspaces/delete",
            {"cloudspaceId": ID, **how},
            before={"name": at(record, "name"), "status": at(record, "status")},
            done=is_destroyed if params["permanently"] else is_gone,
        )
    ]


def _present(client, params, owner, record, in_bin, warnings):
    if record is None:
        return _creation(client, params, owner)
    if in_bin and not params["restore"]:
        text = (
            "cloudspace %s (%s) is in the bin, and keeps its name there: set restore to have it back, or delete it"
            " with state=absent and permanently"
        )
        raise InvalidInput(text % (at(record, "name"), at(record, "id")))
    steps = []
    if in_bin:
        steps.append(_of_status(params, record, "restore", "DEPLOYED"))
    elif at(record, "status") == "VIRTUAL":
        steps.append(_deploy(record))
    steps += _update(client, params, record, warnings)
    if params["state"] not in ("enabled", "disabled"):
        return steps
    status = "DEPLOYED" if in_bin else names.status_of(record)
    if params["state"] == "enabled" and status == "DISABLED":
        steps.append(_of_status(params, record, "enable", "DEPLOYED"))
    if params["state"] == "disabled" and status != "DISABLED":
        steps.append(_of_status(params, record, "disable", "DISABLED"))
    return steps


def _of_status(params, record, name, status):
    """enable, disable and restore: each wants a reason."""
    names.needed(params, "the platform wants one to %s a cloudspace" % name, "reason")
    return Step(
        name,
        "cloudspaces/" + name,
        {"cloudspaceId": ID, "reason": params["reason"]},
        before={"status": at(record, "status") if record else "DEPLOYED"},
        after={"status": status},
        done=reaches(status),
    )


def _deploy(record=None):
    """Sent where a cloudspace does not begin its deployment by itself."""
    return Step(
        "deploy",
        "cloudspaces/deploy",
        {"cloudspaceId": ID},
        before={"status": "VIRTUAL"},
        after={"status": "DEPLOYED"},
        done=reaches("DEPLOYED"),
        unless=None if record else lambda one: one is not None and at(one, "status") != "VIRTUAL",
        patience=DEPLOY_AFTER,
    )


def _creation(client, params, owner):
    names.needed(params, "a creation needs it", "location")
    place = names.location(client, params["location"])
    wanted = {
        "accountId": at(owner, "id"),
        "location": at(place, "locationCode", "name"),
        "name": params["name"],
        "access": params["access"] or client.user(),
        **{parameter: params[option] for option, parameter, _shown in LIMITS if params[option] is not None},
    }
    if params["external_network"] is not None:
        network = names.external_network(client, params["external_network"], wanted["accountId"])
        wanted["externalnetworkId"] = at(network, "id")
    if params["allowed_sizes"] is not None:
        wanted["allowedVMSizes"] = _sizes(client, params, location=wanted["location"])
    wanted.update({parameter: params[option] for option, parameter in FIXED if params[option] is not None})
    steps = [
        Step("create", "cloudspaces/create", wanted, after=dict(wanted), done=lambda record: record is not None),
        _deploy(),
        Step("deployment", done=reaches("DEPLOYED", "DISABLED")),
    ]
    if params["state"] == "disabled":
        steps.append(_of_status(params, None, "disable", "DISABLED"))
    return steps


def _sorted(value):
    """A value as it is compared: an answer may give numbers as text, and a list of ids in another order."""
    return sorted(map(str, value)) if isinstance(value, list) else str(value)


def _sizes(client, params, **place):
    found = [at(names.size(client, "allowed_sizes", one, **place), "id") for one in params["allowed_sizes"]]
    return sorted(names.number_of(one) for one in found)  # an answer may give numbers as text


def _update(client, params, record, warnings):
    limits = names.object_at(record, "resourceLimits")
    before, after, unseen = {}, {}, []
    if params["name"] and params["id"] is not None and params["name"] != at(record, "name"):
        before["name"], after["name"] = at(record, "name"), params["name"]
    for option, parameter, code in LIMITS:
        if params[option] is None:
            continue
        shown = at(limits, code, parameter)
        value = names.number_of(at(record, parameter) if shown is None else shown)
        if value is None:
            unseen.append(option)
        if value != params[option]:
            before[parameter], after[parameter] = value, params[option]
    if params["allowed_sizes"] is not None:
        sizes, value = _sizes(client, params, location=at(record, "location")), at(record, "allowedVMSizes")
        if value is None:
            unseen.append("allowed_sizes")
        if value is None or _sorted(value) != _sorted(sizes):
            before["allowedVMSizes"], after["allowedVMSizes"] = value, sizes
    _check_fixed(client, params, record, warnings)
    if unseen:
        text = "%s: the platform does not show this, so it is set at every run"
        warnings.append(text % ", ".join(unseen))
    if not after:
        return []

    def done(one):
        """What cannot be seen does not count."""
        shown_limits = {**(one or {}), **names.object_at(one or {}, "resourceLimits")}
        codes = {parameter: code for _option, parameter, code in LIMITS}
        pairs = ((at(shown_limits, codes.get(name, name), name), value) for name, value in after.items())
        return one is not None and all(
            is_value is None or _sorted(is_value) == _sorted(value) for is_value, value in pairs
        )

    return [
        Step(
            "update",
            "cloudspaces/update",
            {"cloudspaceId": ID, **after},
            before=before,
            after=after,
            done=done,
            proves=not unseen,
        )
    ]


def _check_fixed(client, params, record, warnings):
    """Raise FixedDifference for what cannot be changed, naming both values."""
    wrong, unseen = [], []
    known = [(option, at(record, field), params[option]) for option, field in FIXED if params[option] is not None]
    if params["location"] is not None:
        place = names.location(client, params["location"])
        known.append(("location", at(record, "location"), at(place, "locationCode", "name")))
    if params["external_network"] is not None:
        network = names.external_network(client, params["external_network"], at(record, "accountId"))
        known.append(("external_network", at(record, "externalnetworkId"), at(network, "id")))
    for option, value, wanted in known:
        if value is None:
            unseen.append(option)
        elif str(value) != str(wanted):
            wrong.append("%s is fixed at creation: it is %s, not %s" % (option, value, wanted))
    entitled = [at(one, "userGroupId") for one in names.list_at(record, "acl") if isinstance(one, dict)]
    if params["access"] is not None and not entitled:
        unseen.append("access")
    elif params["access"] is not None and params["access"] not in entitled:
        wrong.append(
            "access is fixed at creation: it is %s, not %s" % (", ".join(map(str, entitled)), params["access"])
        )
    if wrong:
        raise FixedDifference("; ".join(wrong))
    if unseen:
        warnings.append("%s: the platform does not show this, so it cannot be compared" % ", ".join(unseen))

# SPDX-License-Identifier: GPL-3.0-or-later
"""A port forward of OpenvCloud: its key is the cloudspace, the public address and port, and the protocol.

The ``id`` that a list shows is the place in that list, which any other change moves: it is never used.
"""

from __future__ import annotations

from ..clock import until
from ..errors import InvalidInput
from . import names
from .names import at, is_same, number_of
from .orders import Orders, Step, carry_out, or_missing

PORTS = (1, 65535)


def run(client, params, check):
    """Bring the port forward to the wanted state; an Outcome."""
    for option in ("public_port", "local_port"):
        if params[option] is not None and not PORTS[0] <= params[option] <= PORTS[1]:
            raise InvalidInput("%s: %d is not within %d to %d" % (option, params[option], *PORTS))
    if params["state"] == "present":
        names.needed(params, "a port forward leads to a port of a machine", "machine", "local_port")
    return or_missing(check, params, "port_forward", lambda: _run(client, params, check))


def _run(client, params, check):
    orders = Orders(client, params)
    space = names.cloudspace(client, params["cloudspace"], params["account"])
    space = orders.settled(space, lambda: names.read(client, "cloudspaces", at(space, "id")))
    key = {
        "publicIp": _address(params, space),
        "publicPort": params["public_port"],
        "protocol": params["protocol"],
    }

    def look(record=None, answer=None):
        return _found(client, space, key)

    record = look()
    if params["state"] == "absent":
        steps = _absent(client, params, space, key, record)
    else:
        steps = _present(client, params, check, space, key, record)
    outcome = carry_out(orders, "port_forward", check, record, steps, look)
    shown = outcome.result["port_forward"]
    if shown is not None:
        shown.pop("id", None)
        shown.update({name: number_of(shown[name]) for name in ("public_port", "local_port") if name in shown})
    return outcome


def _address(params, space):
    """The public address, without the length of its network."""
    address = params["public_ip"] or at(space, "publicipaddress", "externalnetworkip")
    if not address:
        text = "public_ip: cloudspace %s (%s) shows no public address, so give one"
        raise InvalidInput(text % (at(space, "name"), at(space, "id")))
    return str(address).partition("/")[0]


def _found(client, space, key):
    """The row with this key, or None."""
    for row in names.forwards(client, space):
        address = str(at(row, "publicIp")).partition("/")[0]
        protocol = str(at(row, "protocol") or "tcp").lower()
        if (address, number_of(at(row, "publicPort")), protocol) == tuple(key.values()):
            return row
    return None


def _absent(client, params, space, key, record):
    if record is None:
        return []
    _check_target(client, params, space, key, record)
    parameters = {
        "cloudspaceId": at(space, "id"),
        "publicIp": key["publicIp"],
        "publicPort": key["publicPort"],
        "proto": key["protocol"],
    }
    before = {**_told(record), "name": _name(key)}
    return [Step("delete", "portforwarding/deleteByPort", parameters, before=before, done=lambda row: row is None)]


def _check_target(client, params, space, key, record):
    """Refuse, with InvalidInput, to delete a port forward that leads elsewhere than the task says."""
    wrong, told = [], _told(record)
    if params["local_port"] not in (None, told["localPort"]):
        wrong.append("local_port %s, not %d" % (told["localPort"], params["local_port"]))
    if params["machine"] is not None and not _leads_to(client, space, record, params["machine"]):
        wrong.append("machine %s, not %s" % (at(record, "machineId", "localIp"), params["machine"]))
    if wrong:
        text = "%s leads to %s; leave out machine and local_port to delete it wherever it leads"
        raise InvalidInput(text % (_name(key), " and ".join(wrong)))


def _leads_to(client, space, record, wanted):
    """Whether a row leads to the machine of this name or id, which may have been deleted."""
    shown = at(record, "machineId")
    if shown is not None and is_same(shown, wanted):
        return True
    rows = client.rows("machines", "list", cloudspaceId=at(space, "id"))
    meant = [row for row in rows if wanted in (str(at(row, "id")), at(row, "name"))]
    if shown is None:
        return any(at(record, "localIp") in _addresses(row) for row in meant)
    return any(is_same(shown, at(row, "id")) for row in meant)


def _present(client, params, check, space, key, record):
    machine = names.machine(client, params["machine"], space)
    number, addresses = at(machine, "id"), _addresses(machine)

    def leads_there(row):
        if row is None or number_of(at(row, "localPort")) != params["local_port"]:
            return False
        shown = at(row, "machineId")
        return is_same(shown, number) if shown is not None else at(row, "localIp") in addresses

    if leads_there(record):
        return []
    target = {"machineId": number, "localPort": params["local_port"]}
    if not check and not addresses and at(machine, "status") == "RUNNING":
        _await_address(client, number)
    if record is None:
        parameters = {"cloudspaceId": at(space, "id"), **key, **target}
        return [Step("create", "portforwarding/create", parameters, after={**key, **target}, done=leads_there)]
    parameters = {
        "cloudspaceId": at(space, "id"),
        "sourcePublicIp": key["publicIp"],
        "sourcePublicPort": key["publicPort"],
        "sourceProtocol": key["protocol"],
        **key,
        **target,
    }
    before = {"name": _name(key), **_told(record)}
    return [Step("update", "portforwarding/updateByPort", parameters, before=before, after=target, done=leads_there)]


def _await_address(client, number, seconds=20):
    """A machine that has just started may have no address yet; reading it has the platform look again."""
    from ..clock import Clock

    def look():
        return _addresses(names.read(client, "machines", number) or {})

    until(look, Clock(seconds), "an address of the machine")


def _addresses(machine):
    found = [at(nic, "ipAddress") for nic in names.list_at(machine, "nics", "interfaces") if isinstance(nic, dict)]
    return [one for one in found if one and one != "Undefined"]


def _told(record):
    machine = number_of(at(record, "machineId"))
    target = {"machineId": machine} if machine is not None else {"localIp": at(record, "localIp")}
    return {**target, "localPort": number_of(at(record, "localPort"))}


def _name(key):
    return "%s:%d/%s" % tuple(key.values())

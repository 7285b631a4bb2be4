# SPDX-License-Identifier: GPL-3.0-or-later
"""Which resources the members of a load balancer are (the API reference, Load balancers)."""

from __future__ import annotations

from ...client import in_parallel
from ...errors import Ambiguous, ApiError, InvalidInput, UnexpectedAnswer, refuse
from ...identity import (
    called,
    confirm_generic,
    in_words,
    is_clear,
    numbers,
    of_row,
    other_number,
    others_with,
    page,
    with_both_numbers,
)
from ..shared.references import is_id
from ..shared.resources import MACHINES, look_up, meant

LARGEST_PORT = 65535


def member_rows(members):
    """The rows (list of dict with ``resource`` and ``port``) of members that are given as names, ids or rows.

    Raises InvalidInput.
    """
    return [_member_row(one) for one in members]


def _member_row(one):
    row = one if isinstance(one, dict) else {"resource": one}
    others = sorted(set(row) - {"resource", "port"})
    if others or not isinstance(row.get("resource"), (str, int)) or isinstance(row["resource"], bool):
        raise InvalidInput("members: %r is neither a name, an id, nor a dictionary with resource and port" % (one,))
    port = row.get("port")
    refuse(valid_port("members: port")(port) if port is not None else None)
    return {"resource": str(row["resource"]), "port": None if port is None else int(port)}


def valid_port(option):
    """For Field.valid: a port."""

    def valid(value):
        if is_id(value) and int(value) <= LARGEST_PORT:
            return None
        return "%s: %s is not a port; 0 to %d are allowed" % (option, value, LARGEST_PORT)

    return valid


def resolve_members(ask, seen, members, replaces=True, may_be_unknown=False):
    """``members`` (list of dict with ``resource``, a name or an id) with their ``id`` and ``name``.

    A name is looked for in the pool first, as the pool shows it. A number may be either of a resource's two numbers, so
    it is looked up. New members must exist, and be in the network of the members that stay. With
    ``may_be_unknown``, what nobody knows is left out. ``seen`` is the load balancer with
    its ``pool``, or empty. Raises NotFound, Ambiguous, InvalidInput.
    """
    rows = seen.get("pool", [])
    found = {member["resource"]: _in_pool(rows, member["resource"]) for member in members}
    strangers = [name for name, one in found.items() if one is None]
    found.update(_looked_up(ask, rows, strangers, may_be_unknown) if strangers else {})
    resolved = [{**member, **found[member["resource"]]} for member in members if found[member["resource"]]]
    _refuse_twice(resolved)
    if seen and not may_be_unknown and _moves(ask.client, seen, resolved, replaces):
        return [{**member, "moves": True} for member in resolved]
    return resolved


def _in_pool(rows, wanted):
    """``{id, name}`` of a member that the pool knows by that name, or None."""
    found = [row for row in rows if row["resourceId"] and str(row.get("name")).casefold() == wanted.casefold()]
    ids = {row["resourceId"] for row in found}
    if len(ids) > 1:
        raise Ambiguous("%d members are named %s: ids %s; give the id" % (len(ids), wanted, listed(sorted(ids))))
    return {"id": ids.pop(), "name": found[0].get("name"), "row": found[0]} if ids else None


def _looked_up(ask, rows, wanted, may_be_unknown):
    """``{id, name, row}`` for each of these names and ids; None for what need not exist and does not."""
    found = look_up(ask.client, wanted)
    unknown = [one for one, row in found.items() if row is None]
    if unknown and not may_be_unknown:
        ask.missing(
            "members: there is no resource named %s (or this account does not see it)" % ", ".join(unknown),
            unknown,
            lambda: meant(ask.client, unknown),
        )
    number_of = _Numbers(ask.client, rows)
    known = {
        one: row and {"id": number_of(row), "name": row.get("name") or one, "row": row} for one, row in found.items()
    }
    # In check mode, what does not exist yet is planned by its name.
    return (
        known if may_be_unknown else {one: row or {"id": None, "name": one, "row": None} for one, row in known.items()}
    )


class _Numbers:
    """By which of its two numbers a pool names a resource: as it names those of its members that are known by name.

    Where no member tells, it is the ``id``, unless another resource has the other number: then that one could become
    the member, so it is refused.
    """

    def __init__(self, client, rows):
        self._client, self._rows, self._key = client, rows, None

    def __call__(self, row):
        both = with_both_numbers(self._client, row)
        if len(numbers(both)) == 1:
            return int(row["id"])
        key = self._key = self._key or self._learned()
        if key:
            return int(both[key])
        others = others_with(self._client, MACHINES, both, both["internalResourceId"])
        if others:
            raise InvalidInput(
                "members: %s has two numbers, and one of them is that of %s; which one a pool takes is not known, so "
                "nothing was sent" % (in_words(both), " and ".join(others))
            )
        return int(row["id"])

    def _learned(self):
        """The key under which a resource shows the number that the pool has for it, or None."""
        names = [row["name"] for row in self._rows if row["resourceId"] and is_clear(str(row.get("name") or ""))]
        for name in dict.fromkeys(names):
            try:
                found = look_up(self._client, [name])[name]
            except Ambiguous:
                continue
            both = with_both_numbers(self._client, found) if found else {}
            shown = [row["resourceId"] for row in self._rows if row.get("name") == name]
            keys = [key for key in ("id", "internalResourceId") if str(both.get(key)) in map(str, shown)]
            if len(keys) == 1 and len(numbers(both)) > 1:
                return keys[0]
        return None


def _moves(client, seen, members, replaces):
    """Whether the whole pool goes to another network, so that the old members have to leave first. May refuse."""
    there = {row["resourceId"]: row for row in seen.get("pool") if row["resourceId"]}
    new = [member for member in members if member["id"] not in there and member["id"]]
    if not new:
        return False
    wanted = [member["id"] for member in members]
    # By name: of two numbers it is not known which one the pool has.
    placed = {one.get("name"): one for one in seen.get("members") or [] if one.get("network")}
    shown = {number: placed[row["name"]] for number, row in there.items() if row.get("name") in placed}
    staying = [one for one in there if not replaces or one in wanted]
    others = staying or list(there)
    looked_at = [one for one in others if one in shown][:1] or others[:1]
    old = [shown.get(one) or read_machine(client, {**there[one], "id": one}) for one in looked_at]
    machines = _machines(client, new)
    check_one_network(old + machines if staying else machines)
    return len(set(_networks(old + machines))) > 1


def _machines(client, members):
    return in_parallel(lambda member: read_machine(client, member["row"]), members)


def read_machine(client, row):
    """A resource (dict) that can be a member, with its ``network``: mostly an instance. ``row`` is how it is listed."""
    seen = of_row(row)
    try:
        machine, _others = page(client, MACHINES, seen)
        if machine:
            return machine.record
        network = client.find(confirm_generic(client, seen).path("/compute/resources/{number}/networks"))
        return {**row, "network": network} if network else row
    except (ApiError, UnexpectedAnswer):  # whether it can be a member is for the platform to tell
        return row


def _networks(machines):
    return [str(one["network"]["id"]) for one in machines if (one.get("network") or {}).get("id")]


def check_one_network(machines):
    """Refuse machines of several networks; one that does not show its network is left to the platform."""
    placed = [one for one in machines if _networks([one])]
    for one in placed[1:]:
        if _networks([one]) != _networks(placed[:1]):
            raise InvalidInput(
                "members: %s is in the network %s and %s is in %s; the members of a load balancer are in one network"
                % (called(placed[0]), _network(placed[0]), called(one), _network(one))
            )


def _network(machine):
    network = machine["network"]
    return network.get("shortDescription") or network.get("networkShortDescription") or network["id"]


def members_of_creation(client, members, further=()):
    """``members`` (list of dict with ``id`` and ``name``) as a creation has them, and so with their other numbers.
    ``further`` are those that are added later, and have to be in the same network. Of what does not exist yet, in check
    mode, only the name is known.

    One example calls the address ``ipAddress``, the other ``ip`` (choices.rst); the reference has ``ipAddress``.
    """
    known = [member for member in members if member.get("row")]
    machines = _machines(client, known)
    check_one_network(machines + _machines(client, [member for member in further if member.get("row")]))
    found = {id(member): _of_creation(member, machine) for member, machine in zip(known, machines)}
    others = {id(member): int(other_number(with_both_numbers(client, member["row"]))) for member in known}
    bodies = [found.get(id(member), {"name": member["name"]}) for member in members]
    return bodies, [
        {**body, "id": others[id(member)]} if id(member) in others else body for member, body in zip(members, bodies)
    ]


def _of_creation(member, machine):
    shown = machine.get("network") or {}
    number = int(shown["id"]) if is_id(shown.get("id")) else shown.get("id")  # an answer may show it as text
    network = {"id": number, "ip_address": machine.get("ipAddress") or shown.get("ipAddress")}
    network = {key: value for key, value in network.items() if value is not None}
    body = {"id": member["id"], "name": machine.get("name") or member["name"], "network": network}
    return {key: value for key, value in body.items() if value}


def _refuse_twice(members):
    for index, member in enumerate(members):
        for other in members[:index]:
            ports = member.get("port"), other.get("port")
            if member["id"] is not None and member["id"] == other["id"] and (ports[0] == ports[1] or None in ports):
                raise InvalidInput("members: %s is given twice" % label(member))


def label(one):
    """A member or a row in a sentence."""
    return called({"id": one.get("resourceId", one.get("id")), "name": one.get("name")})


def listed(words):
    """Some words in a sentence."""
    return ", ".join(str(word) for word in words)


def refuse_contradictory(params):
    """Refuse, with InvalidInput, options of itcare_loadbalancer_member that do not go together."""
    absent = params["state"] == "absent"
    for member in params["members"]:
        if member["port"] is not None:
            refuse(valid_port("port")(member["port"]))
        if absent and member["state"]:
            raise InvalidInput("members: state=%s of a member requires state=present" % member["state"])
    if absent and params["mode"] == "replace":
        raise InvalidInput("mode=replace requires state=present")
    if not params["members"] and params["mode"] != "replace":
        raise InvalidInput("members: the list is empty; to remove all members, use mode=replace")
    if not 0 <= params["drain"] <= params["wait_timeout"]:
        raise InvalidInput(
            "drain: %d s; 0 to wait_timeout (%g s) are allowed" % (params["drain"], params["wait_timeout"])
        )
    if params["drain"] and not params["wait"]:
        raise InvalidInput("drain requires wait=true")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The pool of a load balancer (the API reference, Load balancers): who takes the requests, on which port.

A member is a resource and a port, yet a change or a removal names the resource only: which of two ports of the same
resource would be meant is not written (Doubts), so that is refused. The answers are the members, no actions.
"""

from __future__ import annotations

from ..client import in_parallel
from ..errors import Ambiguous, ApiError, InvalidInput, UnexpectedAnswer
from ..identity import (
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
from ..plan import Step
from .loadbalancer_names import PATH as LOADBALANCERS
from .references import is_id
from .resources import MACHINES, look_up

PATH = LOADBALANCERS + "/{address}/members"
ENABLED, DISABLED, OFFLINE = "enabled", "disabled", "offline"
STATES = (ENABLED, DISABLED, OFFLINE)  # in the order in which they are set: nobody leaves before others have come
LARGEST_PORT = 65535
STEPS = {ENABLED: "enable_member", DISABLED: "disable_member", OFFLINE: "take_member_offline"}


def read_pool(client, seen):
    """The members (list of ``{resourceId, name, port, state, status, ...}``) of a load balancer.

    One without a ``resourceId`` could not be named in a request, so it is shown and otherwise left alone.
    """
    rows = client.get(seen.path(PATH))
    return [{**row, "resourceId": int(row["resourceId"]) if is_id(row.get("resourceId")) else None} for row in rows]


def valid_port(option):
    """For Field.valid: a port."""

    def valid(value):
        if is_id(value) and int(value) <= LARGEST_PORT:
            return None
        return "%s: %s is not a port; 0 to %d are allowed" % (option, value, LARGEST_PORT)

    return valid


# Which resources are meant


def resolve_members(ask, seen, members, replaces=True, may_be_unknown=False):
    """``members`` (list of dict with ``resource``, a name or an id) with their ``id`` and ``name``.

    A name is looked for in the pool first, as the pool shows it. A number may be either of a resource's two numbers, so
    it is looked up. New members have to exist, and to be in the network of those that stay (L20225). With
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
        raise Ambiguous("%d members are named %s: ids %s; give the id" % (len(ids), wanted, _and(sorted(ids))))
    return {"id": ids.pop(), "name": found[0].get("name"), "row": found[0]} if ids else None


def _looked_up(ask, rows, wanted, may_be_unknown):
    """``{id, name, row}`` for each of these names and ids; None for what need not exist and does not."""
    found = look_up(ask.client, wanted)
    unknown = [one for one, row in found.items() if row is None]
    if unknown and not may_be_unknown:
        ask.missing(
            "members: there is no resource named %s (or this account does not see it)" % ", ".join(unknown),
            next((one for one in unknown if is_id(one)), ""),
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
            return row["id"]
        key = self._key = self._key or self._learned()
        if key:
            return int(both[key])
        others = others_with(self._client, MACHINES, both, both["internalResourceId"])
        if others:
            raise InvalidInput(
                "members: %s has two numbers, and one of them is that of %s; which one a pool takes is not known, so "
                "nothing was sent" % (in_words(both), " and ".join(others))
            )
        return row["id"]

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
    return [one["network"]["id"] for one in machines if (one.get("network") or {}).get("id")]


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


def members_of_creation(client, members):
    """``members`` (list of dict with ``id`` and ``name``) as a creation has them, and so with their other numbers.

    One example calls the address ``ipAddress``, the other ``ip`` (Doubts); the reference has ``ipAddress``.
    """
    known = [member for member in members if member.get("row")]
    machines = _machines(client, known)
    check_one_network(machines)
    bodies = [_of_creation(member, machine) for member, machine in zip(known, machines)]
    others = [int(other_number(with_both_numbers(client, member["row"]))) for member in known]
    return bodies, [{**body, "id": number} for body, number in zip(bodies, others)]


def _of_creation(member, machine):
    shown = machine.get("network") or {}
    network = {"id": shown.get("id"), "ip_address": machine.get("ipAddress") or shown.get("ipAddress")}
    network = {key: value for key, value in network.items() if value is not None}
    body = {"id": member["id"], "name": machine.get("name") or member["name"], "network": network}
    return {key: value for key, value in body.items() if value}


# From the pool that is there to the wanted one


def plan_members(rows, members, replaces=True, drain=0, port=None):
    """The steps (list of Step) from the pool ``rows`` to the wanted ``members``; pure.

    A member has ``id``, ``name``, maybe ``port`` (None: any; a new one gets ``port`` or that of all others) and maybe
    ``state`` (None: as it is). ``replaces``: there are no others afterwards. Raises InvalidInput.
    """
    kept, new, changed = [], [], []
    for member in members:
        there = [row for row in rows if _is(row, member)]
        kept.extend(there)
        if not there:
            new.append({**member, "port": _port_of(member, rows, port)})
        changed.extend((row, member["state"]) for row in there if _differs(row, member.get("state")))
    removed = [row for row in rows if replaces and row not in kept and row["resourceId"]]
    _refuse_two_ports(rows, [row for row, _state in changed], new, removed)
    leaving = [row["resourceId"] for row in removed]
    # The same resource on another port, or all resources in another network.
    late = [member for member in new if member["id"] in leaving or member.get("moves")]
    steps = [step for member in new if member not in late for step in _addition(member)]
    for state in (ENABLED, DISABLED):
        steps.extend(_change(row, state) for row, wanted in changed if wanted == state)
    to_offline = [row for row, wanted in changed if wanted == OFFLINE]
    steps.extend(_drained(to_offline + removed, drain))
    steps.extend(_change(row, OFFLINE, drained=drain) for row in to_offline)
    steps.extend(_removal(row, drain) for row in removed)
    return steps + [step for member in late for step in _addition(member)]


def plan_removal(rows, members, drain=0):
    """The steps (list of Step) that take ``members`` (with ``id`` and maybe ``port``) out of the pool; pure."""
    removed = [row for row in rows if any(_is(row, member) for member in members)]
    _refuse_two_ports(rows, [], [], removed)
    return [*_drained(removed, drain), *(_removal(row, drain) for row in removed)]


def _is(row, member):
    return (
        row["resourceId"] is not None
        and row["resourceId"] == member["id"]
        and member.get("port") in (None, row.get("port"))
    )


def _differs(row, state):
    """Whether a member shows another state than the wanted one; what is not shown is not compared."""
    return state is not None and row.get("state") is not None and _state(row) != state


def _state(row):
    return str(row.get("state")).casefold()


def _port_of(member, rows, port):
    ports = {row.get("port") for row in rows} - {None}
    port = member.get("port") if member.get("port") is not None else port
    if port is None and len(ports) == 1:
        port = ports.pop()
    if port is None:
        raise InvalidInput("members: the port of %s is missing; a new member needs one" % _label(member))
    return int(port)


def _refuse_twice(members):
    for index, member in enumerate(members):
        for other in members[:index]:
            ports = member.get("port"), other.get("port")
            if member["id"] is not None and member["id"] == other["id"] and (ports[0] == ports[1] or None in ports):
                raise InvalidInput("members: %s is given twice" % _label(member))


def _refuse_two_ports(rows, changed, new, removed):
    """Refuse to change or remove a resource that has several ports in this pool at that time."""
    before = [row["resourceId"] for row in rows]
    after = [row["resourceId"] for row in rows if row not in removed] + [member["id"] for member in new]
    switched = [member for member in new if member.get("state") not in (None, ENABLED)]
    unclear = [row for row in removed if before.count(row["resourceId"]) > 1]
    unclear += [row for row in changed if max(before.count(row["resourceId"]), after.count(row["resourceId"])) > 1]
    unclear += [member for member in switched if after.count(member["id"]) > 1]
    if unclear:
        raise InvalidInput(
            "members: %s has several ports in this pool, and ITCare names a member by its resource only: which port is "
            "meant could not be told, so nothing was sent" % _and(sorted({_label(one) for one in unclear}))
        )


def _addition(member):
    state = member.get("state")
    number, port = member["id"], member["port"]
    row = {"resourceId": number, "name": member["name"], "port": port, "state": ENABLED}
    yield Step(
        "add_member",
        "POST",
        PATH,
        {"resourceId": number, "port": port},
        before={"members": {_place(row): None}},
        after={"members": {_place(row): ENABLED}},
        done=lambda record: _find(record, row) is not None,
        gates=state not in (None, ENABLED),
        at_once=True,
    )
    if state not in (None, ENABLED):
        yield _change(row, state)


def _change(row, state, drained=0):
    return Step(
        STEPS[state],
        "PATCH",
        _path(row),
        {"operation": state},
        before={"members": {_place(row): _state_before(row, drained)}},
        after={"members": {_place(row): state}},
        done=lambda record: _find(record, row) is not None and not _differs(_find(record, row), state),
        gates=state == DISABLED,
        at_once=True,
    )


def _removal(row, drained=0):
    return Step(
        "remove_member",
        "DELETE",
        _path(row),
        before={"members": {_place(row): _state_before(row, drained)}},
        after={"members": {_place(row): None}},
        done=lambda record: _find(record, row) is None,
        removes=True,
        at_once=True,
    )


def _state_before(row, drained):
    return DISABLED if drained and _needs_drain(row) else row.get("state") or "a member"


def _drained(rows, seconds):
    """The steps that let the connections of members end before these leave; an offline one has none left."""
    rows = [row for row in rows if _needs_drain(row)]
    if not seconds or not rows:
        return
    yield from (_change(row, DISABLED) for row in rows if _state(row) != DISABLED)
    words = "%g s for the connections of %s to end" % (seconds, _and([_place(row) for row in rows]))
    yield Step("drain", "", "", before={"wait": None}, after={"wait": words}, pause=seconds)


def _needs_drain(row):
    return _state(row) != OFFLINE


def _find(record, row):
    return next((one for one in record["pool"] if _is(one, {"id": row["resourceId"], "port": row.get("port")})), None)


def _path(row):
    # The number of the resource, as in the example (L20689).
    return "%s/%s" % (PATH, row["resourceId"])


def _place(row):
    return "%s:%s" % (row.get("name") or row["resourceId"], row.get("port"))


def _label(one):
    """A member or a row in a sentence."""
    return called({"id": one.get("resourceId", one.get("id")), "name": one.get("name")})


def _and(words):
    return ", ".join(str(word) for word in words)


# The pool as a part of its load balancer


def resolve_pool(ask, seen, wanted):
    """For Part.resolve: the load balancer and the members have to exist, unless they are to be absent."""
    asked = wanted["pool"]
    absent = asked["state"] == "absent"
    if not seen:
        if not absent:
            ask.missing(no_loadbalancer(wanted), wanted.get("id"))
        if absent:
            return wanted
    members = resolve_members(ask, seen, asked["members"], asked["mode"] == "replace", may_be_unknown=absent)
    return {**wanted, "pool": {**asked, "members": members}}


def no_loadbalancer(wanted):
    """That a load balancer given by its name, a URL or its id does not exist: a sentence."""
    by = "the name or URL %s" % wanted["name"] if "name" in wanted else "the id %s" % wanted["id"]
    return "there is no load balancer with %s (or this account does not see it)" % by


def plan_pool(wanted, seen):
    """For Part.plan: from the pool that was seen to the wanted one."""
    asked = wanted["pool"]
    if asked["state"] == "absent":
        return plan_removal(seen.get("pool"), asked["members"], asked["drain"]) if seen else []
    if not seen:  # its port, which new members get, is not known yet
        members = [{"port": "", **member} for member in asked["members"]]
        return [step for member in members for step in _addition(member)]
    return plan_members(seen.get("pool"), asked["members"], asked["mode"] == "replace", asked["drain"])

# SPDX-License-Identifier: GPL-3.0-or-later
"""The pool of a load balancer (the API reference, Load balancers): who takes the requests, on which port.

A member is a resource and a port, yet a change or a removal names the resource only: which of two ports of the same
resource would be meant is not written (Doubts), so that is refused. The answers are the members, no actions.
"""

from __future__ import annotations

from ..client import in_parallel
from ..errors import Ambiguous, ApiError, InvalidInput, NotFound
from ..plan import Step, called
from ..resource import Resource
from .loadbalancer_names import PATH as LOADBALANCERS
from .loadbalancer_names import bearing, search
from .references import is_id
from .resources import find_resources

PATH = LOADBALANCERS + "/{id}/members"
ENABLED, DISABLED, OFFLINE = "enabled", "disabled", "offline"
STATES = (ENABLED, DISABLED, OFFLINE)  # in the order in which they are set: nobody leaves before others have come
LARGEST_PORT = 65535
STEPS = {ENABLED: "enable_member", DISABLED: "disable_member", OFFLINE: "take_member_offline"}


def read_pool(client, record):
    """The members (list of ``{resourceId, name, port, state, status, ...}``) of a load balancer.

    One without a ``resourceId`` could not be named in a request, so it is shown and otherwise left alone.
    """
    rows = client.find(PATH.format(id=record["id"])) or []
    return [{**row, "resourceId": int(row["resourceId"]) if row.get("resourceId") else None} for row in rows]


def check_port(option, value):
    """Refuse what is no port."""
    if not is_id(value) or int(value) > LARGEST_PORT:
        raise InvalidInput("%s: %s is no port; 0 to %d are allowed" % (option, value, LARGEST_PORT))


# Which resources are meant


def resolve_members(client, record, members, replaces=True, may_be_unknown=False):
    """``members`` (list of dict with ``resource``, a name or an id) with their ``id`` and ``name``.

    A name is looked for in the pool first, as the pool shows it. New members are checked to be in the network of those
    that stay (API reference, L20225). With ``may_be_unknown``, what nobody knows is left out. ``record`` is the load
    balancer with its ``pool``, or None. Raises NotFound, Ambiguous, InvalidInput.
    """
    rows = record["pool"] if record else []
    found = {member["resource"]: _in_pool(rows, member["resource"]) for member in members}
    found.update(_looked_up(client, [name for name, one in found.items() if one is None], may_be_unknown))
    resolved = [{**member, **found[member["resource"]]} for member in members if found[member["resource"]]]
    _refuse_twice(resolved)
    if record and not may_be_unknown and _moves(client, record, resolved, replaces):
        return [{**member, "moves": True} for member in resolved]
    return resolved


def _in_pool(rows, wanted):
    """``{id, name}`` of a member that the pool knows by that name or id; what is given as an id is known anyway."""
    if is_id(wanted):
        names = [row.get("name") for row in rows if row["resourceId"] == int(wanted)]
        return {"id": int(wanted), "name": names[0] if names else None}
    ids = {row["resourceId"] for row in rows if str(row.get("name")).casefold() == wanted.casefold()} - {None}
    if len(ids) > 1:
        raise Ambiguous("%d members are named %s: ids %s; give the id" % (len(ids), wanted, _and(sorted(ids))))
    return {"id": ids.pop(), "name": wanted} if ids else None


def _looked_up(client, names, may_be_unknown):
    def look_up(several):
        try:
            return find_resources(client, several)
        except NotFound:
            if may_be_unknown:
                return []
            raise

    if not names:
        return {}
    found = in_parallel(look_up, [[name] for name in names]) if may_be_unknown else [look_up(names)]
    ids = {row["name"].casefold(): row["id"] for rows in found for row in rows}
    return {name: {"id": ids[name.casefold()], "name": name} if name.casefold() in ids else None for name in names}


def _moves(client, record, members, replaces):
    """Whether the whole pool goes to another network, so that the old members have to leave first. May refuse."""
    wanted = [member["id"] for member in members]
    there = [row["resourceId"] for row in record["pool"] if row["resourceId"]]
    new = [one for one in wanted if one not in there]
    if not new:
        return False
    shown = {one["id"]: one for one in record.get("members") or [] if one.get("id") and one.get("network")}
    staying = [one for one in there if not replaces or one in wanted]
    others = staying or there
    looked_at = [one for one in others if one in shown][:1] or others[:1]
    old = [shown.get(one) or read_machine(client, one) for one in looked_at]
    machines = _machines(client, new)
    check_one_network(old + machines if staying else machines)
    return len(set(_networks(old + machines))) > 1


def _machines(client, ids):
    return in_parallel(lambda one: read_machine(client, one), ids)


def read_machine(client, number):
    """A resource (dict) that can be a member, with its ``network``: mostly an instance."""
    for path, key in (("/compute/instances/%s", None), ("/compute/resources/%s/networks", "network")):
        try:
            answer = client.find(path % number)
        except ApiError:
            continue
        if answer:
            return {"id": number, key: answer} if key else answer
    return {"id": number}


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
    """``members`` (list of dict with ``id`` and ``name``) as a creation has them.

    One example calls the address ``ipAddress``, the other ``ip`` (Doubts); the reference has ``ipAddress``.
    """
    machines = _machines(client, [member["id"] for member in members])
    check_one_network(machines)
    return [_of_creation(member, machine) for member, machine in zip(members, machines)]


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
    return row["resourceId"] == member["id"] and member.get("port") in (None, row.get("port"))


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
            if member["id"] == other["id"] and (ports[0] == ports[1] or None in ports):
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
    )


def _removal(row, drained=0):
    return Step(
        "remove_member",
        "DELETE",
        _path(row),
        before={"members": {_place(row): _state_before(row, drained)}},
        after={"members": {_place(row): None}},
        done=lambda record: record is None or _find(record, row) is None,
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
    rows = record["pool"] if record else []
    return next((one for one in rows if _is(one, {"id": row["resourceId"], "port": row.get("port")})), None)


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


# The load balancer with its pool


def _resolve(client, record, wanted):
    asked = wanted["pool"]
    if record is None:
        return wanted
    absent = asked["state"] == "absent"
    members = resolve_members(client, record, asked["members"], asked["mode"] == "replace", may_be_unknown=absent)
    return {**wanted, "pool": {**asked, "members": members}}


def _plan(record, wanted):
    asked = wanted["pool"]
    if record is None:
        if asked["state"] == "absent":
            return []
        by = "the name or URL %s" % wanted["name"] if "name" in wanted else "the id %s" % wanted["id"]
        raise NotFound("there is no load balancer with %s (or this account does not see it)" % by)
    if asked["state"] == "absent":
        return plan_removal(record["pool"], asked["members"], asked["drain"])
    return plan_members(record["pool"], asked["members"], asked["mode"] == "replace", asked["drain"])


LOADBALANCER_WITH_POOL = Resource(
    kind="loadbalancer",
    path=LOADBALANCERS,
    search=search,
    named=bearing,
    fields=(),
    also_read={"pool": read_pool},
    resolve=_resolve,
    plan=_plan,
)

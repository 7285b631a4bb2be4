# SPDX-License-Identifier: GPL-3.0-or-later
"""The pool of a load balancer (the API reference, Load balancers): who takes the requests, on which port.

A member is a resource and a port, yet the example of a change names the resource only, and which of two ports of the
same resource would be meant is not written (choices.rst). So a port of several is named by its ``technicalId``:
a refused request at worst. The resource is named only where all of its ports change alike. The answers are the
members, no actions.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from ...errors import InvalidInput
from ...identity import meant_by
from ...plan import Step, operation_body
from ...resource import Operation, unread
from ..shared.references import is_id
from .members import label, listed, resolve_members
from .names import PATH as LOADBALANCERS

PATH = LOADBALANCERS + "/{address}/members"
ENABLED, DISABLED, OFFLINE = "enabled", "disabled", "offline"
ADD = Operation("add_member", at_once=unread)
CHANGES = {
    ENABLED: Operation("enable_member", at_once=unread),
    DISABLED: Operation("disable_member", gates=True, at_once=unread),
    OFFLINE: Operation("take_member_offline", at_once=unread),
}
REMOVE = Operation("remove_member", at_once=unread)


def read_pool(client, seen):
    """The members (list of ``{resourceId, name, port, state, status, ...}``) of a load balancer.

    One without a ``resourceId`` could not be named in a request, so it is shown and otherwise left alone. Both numbers
    are numbers here, also where the answer shows text.
    """
    rows = client.get(seen.path(PATH))
    return [{**row, **{key: _as_number(row.get(key)) for key in ("resourceId", "port")}} for row in rows]


def _as_number(value):
    return int(value) if is_id(value) else None


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
    _refuse_switched([row for row in rows if row not in removed] + new, new)
    leaving = [row["resourceId"] for row in removed]
    # The same resource on another port, or all resources in another network.
    late = [member for member in new if member["id"] in leaving or member.get("moves")]
    early = [member for member in new if member not in late]
    steps = [step for member in early for step in _addition(member)]
    for state in (ENABLED, DISABLED):
        steps.extend(_changes(rows + early, [row for row, wanted in changed if wanted == state], state))
    to_offline = [row for row, wanted in changed if wanted == OFFLINE]
    steps.extend(_drained(rows + early, to_offline + removed, drain))
    steps.extend(_changes(rows + early, to_offline, OFFLINE, drained=drain))
    steps.extend(_removals(rows, removed, drain))
    return steps + [step for member in late for step in _addition(member)]


def plan_additions(members):
    """The steps (list of Step) that add ``members`` (with ``id``, ``name`` and ``port``) to a new pool; pure."""
    return [step for member in members for step in _addition(member)]


def plan_removal(rows, members, drain=0):
    """The steps (list of Step) that take ``members`` (with ``id`` and maybe ``port``) out of the pool; pure."""
    removed = [row for row in rows if any(_is(row, member) for member in members)]
    return [*_drained(rows, removed, drain), *_removals(rows, removed, drain)]


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
        raise InvalidInput("members: the port of %s is missing; a new member needs one" % label(member))
    return int(port)


def _refuse_switched(after, new):
    """Refuse a new port with a state of its own, of a resource that has several ports then."""
    unclear = [one for one in new if one.get("state") not in (None, ENABLED) and len(_ports(after, one)) > 1]
    if unclear:
        raise InvalidInput(_UNCLEAR % label(unclear[0]))


# How a member is named in a path

_UNCLEAR = (
    "members: %s has several ports in this pool, and ITCare names a member by its resource only: which port is meant "
    "could not be told, so nothing was sent"
)
_REFUSED = "%s has several ports in this pool, and the platform accepts no path that names "
_REFUSED_ONE = _REFUSED + (
    "this one only. To take out one of the ports, remove the resource without naming a port, and then add the ports "
    "that stay"
)
_REFUSED_ALL = _REFUSED + "them"


def _ports(rows, one):
    """The members of a pool (list of dict), new ones among them, that are the same resource."""
    return [row for row in rows if _number(row) == _number(one)]


def _number(one):
    """The number of the resource that a member in the pool, or a wanted one, is."""
    return one["resourceId"] if "resourceId" in one else one["id"]


def _named(rows, row, operation, alike, body=None, by_itself=True):
    """How a request for an Operation names a member of the pool ``rows``, as arguments of Step; ``alike`` are the
    members that change as this one does, and ``by_itself`` tells what is tried first. Raises InvalidInput where each
    could mean another port.
    """
    ports = _ports(rows, row)
    # The number of the resource, as in the example of PATCH .../members/{memberId}.
    by_resource = "%s/%s" % (PATH, row["resourceId"])
    if len(ports) == 1:
        return {"operation": operation, "path": by_resource, "body": body}
    own = str(row.get("technicalId") or "")
    is_clear = own and not own.isdigit() and [one.get("technicalId") for one in rows].count(own) == 1
    paths = ["%s/%s" % (PATH, quote(own, safe=":"))] if is_clear else []
    is_whole = all(port in alike for port in ports)
    paths += [by_resource] if is_whole else []
    if not paths:
        raise InvalidInput(_UNCLEAR % label(row))
    first, *others = paths if by_itself else paths[::-1]
    why = (_REFUSED_ALL if is_whole else _REFUSED_ONE) % label(row)
    others = tuple((other, body) for other in others)
    gated = replace(operation, gates=True)
    return {"operation": gated, "path": first, "body": body, "otherwise": others, "if_refused": why}


def _where_needed(step):
    """A step that names one of several ports, and is left out if an earlier one turns out to have meant that, too."""
    if not step.if_refused:
        return step
    return replace(step, late=lambda seen: [] if step.done(seen.record) else [step])


# The steps


def _addition(member):
    state = member.get("state")
    number, port = member["id"], member["port"]
    row = {"resourceId": number, "name": member["name"], "port": port, "state": ENABLED}
    yield Step(
        replace(ADD, gates=state not in (None, ENABLED)),
        "POST",
        PATH,
        {"resourceId": number, "port": port},
        before={"members": {_place(row): None}},
        after={"members": {_place(row): ENABLED}},
        done=lambda record: _find(record, row) is not None,
    )
    if state not in (None, ENABLED):
        yield from _changes([row], [row], state)


def _changes(rows, changing, state, drained=0):
    """The steps that bring these members of the pool ``rows`` to a state."""
    alike = changing + [row for row in rows if "state" in row and "resourceId" in row and _state(row) == state]
    body = operation_body(state)
    return [_change(row, state, drained, **_named(rows, row, CHANGES[state], alike, body)) for row in changing]


def _change(row, state, drained, **named):
    return _where_needed(
        Step(
            method="PATCH",
            before={"members": {_place(row): _state_before(row, drained)}},
            after={"members": {_place(row): state}},
            done=lambda record: _find(record, row) is not None and not _differs(_find(record, row), state),
            **named,
        )
    )


def _removals(rows, removed, drained=0):
    """The steps that take these members out of the pool ``rows``."""
    named = [(row, _named(rows, row, REMOVE, removed, by_itself=False)) for row in removed]
    return [_removal(rows, row, removed, drained, **how) for row, how in named]


def _removal(rows, row, removed, drained, **named):
    # Where all ports of a resource leave, it does not matter which one goes first, but how many are left.
    ports = _ports(rows, row)
    left = len(ports) - 1 - ports.index(row)
    is_any = len(ports) > 1 and all(port in removed for port in ports)

    def done(record):
        return len(_ports(record["pool"], row)) <= left if is_any else _find(record, row) is None

    return _where_needed(
        Step(
            method="DELETE",
            before={"members": {_place(row): _state_before(row, drained)}},
            after={"members": {_place(row): None}},
            done=done,
            **named,
        )
    )


def _state_before(row, drained):
    return DISABLED if drained and _needs_drain(row) else row.get("state") or "a member"


def _drained(rows, leaving, seconds):
    """The steps that let the connections of members end before these leave; an offline one has none left."""
    leaving = [row for row in leaving if _needs_drain(row)]
    if not seconds or not leaving:
        return
    yield from _changes(rows, [row for row in leaving if _state(row) != DISABLED], DISABLED)
    words = "%g s for the connections of %s to end" % (seconds, listed([_place(row) for row in leaving]))
    yield Step(Operation("drain"), "", "", before={"wait": None}, after={"wait": words}, pause=seconds)


def _needs_drain(row):
    return _state(row) != OFFLINE


def _find(record, row):
    return next((one for one in record["pool"] if _is(one, {"id": row["resourceId"], "port": row.get("port")})), None)


def _place(row):
    return "%s:%s" % (row.get("name") or row["resourceId"], row.get("port"))


# The pool as a part of its load balancer


def resolve_pool(ask, seen, wanted):
    """For Part.resolve: the load balancer and the members have to exist, unless they are to be absent."""
    asked = wanted["pool"]
    absent = asked["state"] == "absent"
    if not seen:
        if not absent:
            ask.missing(
                no_loadbalancer(wanted), wanted.get("id", wanted.get("name")), lambda: loadbalancer_meant(ask, wanted)
            )
        if absent:
            return wanted
    members = resolve_members(ask, seen, asked["members"], asked["mode"] == "replace", may_be_unknown=absent)
    return {**wanted, "pool": {**asked, "members": members}}


def no_loadbalancer(wanted):
    """That a load balancer given by its name, a URL or its id does not exist: a sentence."""
    by = "the name or URL %s" % wanted["name"] if "name" in wanted else "the id %s" % wanted["id"]
    return "there is no load balancer with %s (or this account does not see it)" % by


def loadbalancer_meant(ask, wanted):
    """The question about the name of a load balancer that does not exist."""
    from .loadbalancer import LOADBALANCER  # only a refusal needs it, and it needs this module

    return meant_by(ask.client, LOADBALANCER, wanted)


def plan_pool(wanted, seen):
    """For Part.plan: from the pool that was seen to the wanted one."""
    asked = wanted["pool"]
    if asked["state"] == "absent":
        return plan_removal(seen.get("pool"), asked["members"], asked["drain"]) if seen else []
    if not seen:  # its port, which new members get, is not known yet
        return plan_additions([{"port": "", **member} for member in asked["members"]])
    return plan_members(seen.get("pool"), asked["members"], asked["mode"] == "replace", asked["drain"])

# SPDX-License-Identifier: GPL-3.0-or-later
"""The pool of a load balancer (the API reference, Load balancers): who takes the requests, on which port.

A member is a resource and a port, yet a change or a removal names the resource only: which of two ports of the same
resource would be meant is not written (Doubts), so that is refused. The answers are the members, no actions.
"""

from __future__ import annotations

from ...errors import InvalidInput
from ...plan import Step, operation_body
from ..shared.references import is_id
from .members import label, listed, resolve_members
from .names import PATH as LOADBALANCERS

PATH = LOADBALANCERS + "/{address}/members"
ENABLED, DISABLED, OFFLINE = "enabled", "disabled", "offline"
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
        raise InvalidInput("members: the port of %s is missing; a new member needs one" % label(member))
    return int(port)


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
            "meant could not be told, so nothing was sent" % listed(sorted({label(one) for one in unclear}))
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
        operation_body(state),
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
    words = "%g s for the connections of %s to end" % (seconds, listed([_place(row) for row in rows]))
    yield Step("drain", "", "", before={"wait": None}, after={"wait": words}, pause=seconds)


def _needs_drain(row):
    return _state(row) != OFFLINE


def _find(record, row):
    return next((one for one in record["pool"] if _is(one, {"id": row["resourceId"], "port": row.get("port")})), None)


def _path(row):
    # The number of the resource, as in the example of PATCH .../members/{memberId}.
    return "%s/%s" % (PATH, row["resourceId"])


def _place(row):
    return "%s:%s" % (row.get("name") or row["resourceId"], row.get("port"))


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

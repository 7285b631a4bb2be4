# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: maintenance_plan
short_description: Plan how machines leave their pools for maintenance and return
version_added: 1.0.0
description:
  - Tells for each machine in which pools it is and in which state, what takes it out, and what puts it back exactly as
    it was. The state before the maintenance is what a tag on the machine says if an earlier run was interrupted,
    otherwise what the pool shows.
  - The filter reads nothing and writes nothing. The role P(cegedim.cloud.rolling_maintenance#role) reads what it needs
    and carries the plan out.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: loadbalancers
options:
  _input:
    description:
      - Machines, as M(cegedim.cloud.itcare_instance_info) returns them with V(tags) and V(snapshot) in C(gather).
    type: list
    elements: dict
    required: true
  loadbalancers:
    description:
      - Load balancers, as M(cegedim.cloud.itcare_loadbalancer_info) returns them with V(members) in C(gather).
    type: list
    elements: dict
    required: true
  names:
    description:
      - The names of the machines that are meant, in the order of the maintenance. By default all, in the order given.
    type: list
    elements: str
    default: []
  members_of:
    description:
      - The names of load balancers. A machine that is a member of none of them is refused, such as one that only has
        the same name as a member.
    type: list
    elements: str
    default: []
  only_in:
    description:
      - The names of load balancers, for machines that are named one by one. A machine that is a member of none of them
        is refused.
    type: list
    elements: str
    default: []
  tag:
    description:
      - The key of the tag that keeps the state before the maintenance. A machine that only has to go back has a tag
        with C(_checked) at the end of that key, and one with C(_done) names the last maintenance that is done.
    type: str
    default: rolling_maintenance
  maintenance:
    description:
      - The name of the maintenance. A machine for which it is done is left out.
    type: str
    default: ''
  serial:
    description:
      - How many machines are out at a time.
    type: int
    default: 1
  snapshot:
    description:
      - Whether a snapshot is taken. A machine that has a snapshot with another description is refused then.
    type: bool
    default: false
  snapshot_description:
    description:
      - The description of the snapshot that belongs to the maintenance.
    type: str
    default: Rolling maintenance
  on_missing:
    description:
      - What happens if there is no machine of one of the O(names). With V(note), the plan is made without it.
    type: str
    choices: [fail, note]
    default: fail
  on_refusal:
    description:
      - What happens if it is not clear which machines are meant. With V(return), the value has nothing but its
        C(refusals), and no C(lines).
    type: str
    choices: [fail, return]
    default: fail
seealso:
  - module: cegedim.cloud.itcare_loadbalancer_member
"""

EXAMPLES = r"""
- name: Show in which state each machine was before the maintenance
  ansible.builtin.debug:
    msg: "{{ (machines | cegedim.cloud.maintenance_plan(pools)).lines }}"
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    members:
      description:
        - The machines in the order of the maintenance, those of an interrupted run first. Each is the row that was
          given, with a key C(maintenance) that has C(is_resumed), C(is_checked) if it only has to go back, the
          C(record) for the tag, C(has_snapshot), its C(places) in pools with the state C(before), and the commands of
          the C(way_back).
      type: list
      elements: dict
    batches:
      description: The same machines, O(serial) at a time.
      type: list
      elements: list
    to_do:
      description: The machines that have not been maintained and checked yet.
      type: list
      elements: dict
    out:
      description: What M(cegedim.cloud.itcare_loadbalancer_member) has to be given, to take these out at once.
      type: list
      elements: dict
    out_again:
      description: The same, to take out all of them after they were put back.
      type: list
      elements: dict
    back:
      description: The same, to put all of them back in the state that they had before.
      type: list
      elements: dict
    pools:
      description: The names of the load balancers of which they are members.
      type: list
      elements: str
    refusals:
      description: Why the maintenance cannot begin, as sentences.
      type: list
      elements: str
    down:
      description: The machines that are enabled in a pool and not up, as sentences.
      type: list
      elements: str
    lines:
      description: The plan as lines of text.
      type: list
      elements: str
"""

import json
import shlex

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.validation import check_type_bool, check_type_int, check_type_list

from ansible_collections.cegedim.cloud.plugins.module_utils.neighbours import named, question
from ansible_collections.cegedim.cloud.plugins.plugin_utils.pool_members import find, is_same, name_of, reference

ENABLED = "enabled"
OFFLINE = "offline"
UNHEALTHY = ("down", "user_down")
# What the keys of the other two tags end with.
CHECKED = "_checked"
DONE = "_done"
NOTHING = "nothing"  # the record of a machine that is in no pool, or off in all


def maintenance_plan(*given, on_refusal="fail", **options):
    """The plan (dict); see DOCUMENTATION and RETURN. Raises AnsibleFilterError for machines that are not clear."""
    try:
        return _plan(*given, **options)
    except AnsibleFilterError as refusal:
        if on_refusal == "fail":
            raise
        return {"refusals": [str(refusal)], "lines": []}


def _plan(
    machines,
    loadbalancers,
    names=None,
    members_of=None,
    only_in=None,
    tag="rolling_maintenance",
    maintenance="",
    serial=1,
    snapshot=False,
    snapshot_description="Rolling maintenance",
    on_missing="fail",
):
    # A role's variables are checked against its argument spec, and stay text where text was given.
    names, serial, snapshot = check_type_list(names or []), check_type_int(serial), check_type_bool(snapshot)
    maintenance = str(maintenance)  # 2026-03-01 is a date in YAML
    notes = [] if on_missing == "note" else None
    chosen = [one for one in (_machine(name, machines, notes) for name in names) if one] if names else list(machines)
    done = [one for one in chosen if _is_done(one, tag, maintenance) and not _values(one, tag)]
    left = [one for one in chosen if one not in done]
    members = [_member(one, loadbalancers, tag, maintenance, snapshot_description) for one in left]
    members.sort(key=lambda one: not one["maintenance"]["is_resumed"])
    batches = [members[start : start + serial] for start in range(0, len(members), serial)]
    places = [place for one in members for place in one["maintenance"]["places"]]
    to_do = [one for one in members if not one["maintenance"]["is_checked"]]
    leaving = [place for one in to_do for place in one["maintenance"]["places"] if place["state"] != OFFLINE]
    refusals = [sentence for batch in batches for sentence in _empty_pools(batch, members, loadbalancers)]
    refusals += [_stranger(one, members_of) for one in members if members_of and not _is_member(one, members_of)]
    refusals += [_outsider(one, only_in) for one in members if only_in and not _is_member(one, only_in)]
    if snapshot:
        refusals += [_other_snapshot(one) for one in members if _has_other_snapshot(one, snapshot_description)]
    return {
        "members": members,
        "to_do": to_do,
        "batches": batches,
        "out": _requests(leaving, lambda place: OFFLINE),
        "out_again": _requests(_to_put_back(places), lambda place: OFFLINE),
        "back": _requests(_to_put_back(places), lambda place: place["before"]),
        "pools": sorted({place["loadbalancer_name"] for place in places}),
        "refusals": refusals,
        "down": ["%s is down in %s" % (one["name"], place) for one in members for place in _down(one)],
        "lines": [
            *(notes or []),
            *("%s: %s is done" % (one["name"], maintenance) for one in done),
            *(_line(one) for one in members),
        ],
    }


# Which machines


def _machine(name, machines, notes):
    found = [one for one in machines if str(one.get("name")).casefold() == str(name).casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise AnsibleFilterError(
            "%d instances are named %s: %s; name the service, too"
            % (len(found), name, " and ".join("id %s in %s" % (one["id"], one.get("service_name")) for one in found))
        )
    sentence = "there is no instance named %s (or this account does not see it)" % name
    if notes is None:
        raise AnsibleFilterError(sentence + question(name, named(machines)))
    notes.append(sentence)
    return None


def _member(machine, loadbalancers, tag, maintenance, description):
    """The machine with what concerns its maintenance.

    To change a tag's value takes two requests. So the record is written once and then removed, and whatever follows has
    tags of its own; the record is the last to go.
    """
    recorded = _recorded(_values(machine, tag))
    is_resumed = bool(_values(machine, tag))
    places = _places(machine, loadbalancers, recorded)
    new = {_where(place): place["before"] for place in _to_put_back(places)}
    record = ["%s:%s=%s" % (*where, state) for where, state in {**new, **recorded}.items()]
    back = _requests(_to_put_back(places), lambda place: place["before"])
    own = {
        "is_resumed": is_resumed,
        "is_checked": is_resumed and (bool(_values(machine, tag + CHECKED)) or _is_done(machine, tag, maintenance)),
        "record": " ".join(sorted(record)) or NOTHING,
        "has_snapshot": (machine.get("snapshot") or {}).get("description") == description,
        "places": places,
        "way_back": _way_back(machine, back, tag, description),
    }
    return {**machine, "maintenance": own}


def _is_done(machine, tag, maintenance):
    return bool(maintenance) and maintenance in _values(machine, tag + DONE)


def _values(machine, tag):
    """The values (list of str) of a tag, which may have several."""
    value = (machine.get("tags") or {}).get(tag)
    return [str(one) for one in (value if isinstance(value, list) else [value]) if one is not None]


# The state in each pool


def _recorded(values):
    """``{(number of the load balancer, port): state}`` of a tag's values."""
    words = [word.partition("=") for value in values for word in value.split(" ")]
    return {tuple(where.split(":")): state for where, _sign, state in words if state}


def _where(place):
    return str(place["loadbalancer_id"]), str(place["port"])


def _places(machine, loadbalancers, recorded):
    """The machine's places in pools: one for each pool and port, with its state now and ``before``."""
    found = []
    for balancer in loadbalancers:
        pool = balancer.get("pool") or ()
        for row in pool:
            if not is_same(row, machine):
                continue
            place = {
                "loadbalancer": name_of(balancer, loadbalancers),
                "loadbalancer_name": balancer["name"],
                "loadbalancer_id": balancer["id"],
                "resource": reference(row, pool),
                "port": row.get("port"),
                "state": _state(row),
                "status": str(row.get("status") or "").casefold(),
            }
            found.append({**place, "before": recorded.get(_where(place), place["state"])})
    return found


def _state(row):
    """The state of a member; a pool that does not show it has no other than enabled ones."""
    return str(row.get("state") or ENABLED).casefold()


def _to_put_back(places):
    return [place for place in places if place["before"] != OFFLINE]


def _requests(places, state_of):
    """For each load balancer what itcare_loadbalancer_member has to be given.

    The port is named only where the ports of a resource get different states: then the platform has to tell them apart.
    """
    found = {}
    for place in places:
        found.setdefault(place["loadbalancer"], []).append(place)
    requests = []
    for balancer, ones in found.items():
        members = []
        for place in ones:
            states = {state_of(one) for one in ones if one["resource"] == place["resource"]}
            port = {"port": place["port"]} if len(states) > 1 else {}
            member = {"resource": place["resource"], **port, "state": state_of(place)}
            members += [member] if member not in members else []
        requests.append({"loadbalancer": balancer, "members": members})
    return requests


# What keeps the maintenance from beginning


def _empty_pools(batch, members, loadbalancers):
    """A sentence for each pool that would have no enabled member left while the machines of ``batch`` are out."""
    sentences = []
    for balancer in loadbalancers:
        pool = balancer.get("pool") or ()
        to_do = [one for one in batch if not one["maintenance"]["is_checked"]]
        leaving = [row for row in pool if find(row, to_do) and _state(row) == ENABLED]
        staying = [row for row in pool if not find(row, batch) and _serves(balancer, row, members)]
        if leaving and not staying:
            sentences.append(
                "%s would have no enabled member left without %s"
                % (balancer["name"], " and ".join(dict.fromkeys(str(row.get("name")) for row in leaving)))
            )
    return sentences


def _serves(balancer, row, members):
    """Whether a member takes requests, or will as soon as an interrupted maintenance has been completed."""
    member = find(row, members)
    if member and member["maintenance"]["is_resumed"]:
        places = member["maintenance"]["places"]
        return any(one["before"] == ENABLED for one in places if one["loadbalancer_id"] == balancer["id"])
    return _state(row) == ENABLED and str(row.get("status")).casefold() not in UNHEALTHY


def _down(member):
    """The pools in which the machine is enabled and not up."""
    places = member["maintenance"]["places"]
    return [one["loadbalancer_name"] for one in places if one["state"] == ENABLED and one["status"] in UNHEALTHY]


def _is_member(member, balancers):
    return any(place["loadbalancer_name"] in balancers for place in member["maintenance"]["places"])


def _stranger(member, balancers):
    return "the member %s of %s is another resource than the instance of that name, id %s in %s; name its service" % (
        member["name"],
        " or ".join(balancers),
        member["id"],
        member.get("service_name"),
    )


def _outsider(member, balancers):
    pools = dict.fromkeys(place["loadbalancer_name"] for place in member["maintenance"]["places"])
    told = (member["name"], ", ".join(pools) or "no pool", " or ".join(balancers))
    return "%s is in %s, and not in %s; leave the machine or the load balancers out" % told


def _has_other_snapshot(member, description):
    return bool(member.get("snapshot")) and not member["maintenance"]["has_snapshot"]


def _other_snapshot(member):
    return '%s has a snapshot already, "%s", and the platform keeps one' % (
        member["name"],
        (member["snapshot"] or {}).get("description") or "",
    )


# What is shown


def _line(member):
    places = member["maintenance"]["places"]
    words = ", ".join("%s:%s %s" % (one["loadbalancer_name"], one["port"], one["before"]) for one in places)
    more = " (out because of an interrupted run)" if member["maintenance"]["is_resumed"] else ""
    return "%s: %s%s" % (member["name"], words or "in no pool", more)


def _way_back(machine, back, tag, description):
    """The commands (list of str) that undo an interrupted maintenance of a machine, in this order."""
    instance = {"instance": machine["name"], "service": str(machine.get("service_id")), "description": description}
    tagged = {"resource": machine["name"], "service": str(machine.get("service_id")), "state": "absent"}
    return [
        "# Only to return to the snapshot, if there is one:",
        _command("itcare_instance_snapshot", {**instance, "state": "recovered"}),
        "# Back in the pools, without the snapshot and the tag:",
        *(_command("itcare_loadbalancer_member", request) for request in back),
        _command("itcare_instance_snapshot", {**instance, "state": "absent"}),
        _command("itcare_tag", {**tagged, "tags": {tag + CHECKED: None, tag: None}}),
    ]


def _command(module, arguments):
    return "ansible localhost -m cegedim.cloud.%s -a %s" % (module, shlex.quote(json.dumps(arguments)))


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"maintenance_plan": maintenance_plan}

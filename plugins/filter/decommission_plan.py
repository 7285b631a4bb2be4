# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: decommission_plan
short_description: Plan the removal of resources with what depends on them
version_added: 1.0.0
description:
  - Selects resources from a listing, says what is wrong with the selection, and gives the steps of their removal in
    order, ready for M(cegedim.cloud.itcare_batch). The role C(decommission) of this collection uses it.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  _input:
    description:
      - A listing, as M(cegedim.cloud.itcare_resource_info) returns it. It may have more than what is meant.
    type: list
    elements: dict
    required: true
  names:
    description:
      - The names of the resources.
    type: list
    elements: str
  tags:
    description:
      - Tags that a resource must have, all of them.
    type: dict
  expected:
    description:
      - The names of all resources that the user expects.
    type: list
    elements: str
  check_mode:
    description:
      - Whether nothing is going to be removed, so that C(expected) is not required.
    type: bool
  found:
    description:
      - The selected resources again, with V(backup_policies), V(dns_aliases), V(loadbalancers), V(nodes) and V(parent)
        in C(gather).
    type: list
    elements: dict
  others:
    description:
      - Resources with the names in C(absent).
    type: list
    elements: dict
  nodes:
    description:
      - The nodes, with V(loadbalancers) in C(gather).
    type: list
    elements: dict
  pools:
    description:
      - The load balancers, as M(cegedim.cloud.itcare_loadbalancer_info) returns them with V(members) in C(gather).
    type: list
    elements: dict
  left:
    description:
      - Reasons for resources that are not to be removed, by the C(key) of the resource.
    type: dict
  is_done:
    description:
      - Whether all others have been removed.
    type: bool
  empty_pools:
    description:
      - Whether a load balancer that stays may lose all of its members.
    type: bool
  drain:
    description:
      - Seconds for connections to end.
    type: int
seealso:
  - module: cegedim.cloud.itcare_batch
"""

EXAMPLES = r"""
- name: Show which machines a removal by tags would select
  ansible.builtin.debug:
    msg: "{{ (listed.resources | cegedim.cloud.decommission_plan(tags={'application': 'shop'})).ids }}"
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    ids:
      description: The ids of what fits.
      type: list
      elements: int
    absent:
      description: The names that were given, and that nothing has that fits.
      type: list
      elements: str
    wrong:
      description: What is wrong with the selection.
      type: list
      elements: str
    selected:
      description: The names of what is selected.
      type: list
      elements: str
    node_ids:
      description: The ids of the nodes of what is selected.
      type: list
      elements: int
    loadbalancers:
      description: The names of the load balancers that stay, and have one of the resources or nodes in their pools.
      type: list
      elements: str
    refused:
      description: Reasons for which resources cannot be removed, by the C(key) of the resource.
      type: dict
    last:
      description: The same for those whose removal would leave a pool without members.
      type: dict
    steps:
      description: What is to be done, without what is left, in this order.
      type: list
      elements: dict
    report:
      description: What became of each resource, or would become of it.
      type: list
      elements: dict
"""

from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.cegedim.cloud.plugins.module_utils.products.instances import INSTANCE
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.loadbalancer import LOADBALANCER
from ansible_collections.cegedim.cloud.plugins.plugin_utils.as_given import as_list
from ansible_collections.cegedim.cloud.plugins.plugin_utils.kinds import (
    APPLICATION_SERVERS,
    RESOURCES,
    module_of,
    path_of,
)
from ansible_collections.cegedim.cloud.plugins.plugin_utils.pool_members import is_same

# What removes a resource, by the part of the API that it is listed with.
LOADBALANCERS = LOADBALANCER.path
MODULES = {
    APPLICATION_SERVERS: module_of(INSTANCE),
    **{resource.path: module_of(resource) for resource in RESOURCES},
}
NOTHING = "it was removed before, this account does not see it, or it does not fit the other options"


def decommission_plan(listed, names=(), tags=None, expected=(), check_mode=False, left=None, is_done=False, **read):
    """The plan (dict); see DOCUMENTATION."""
    left = left or {}
    names, expected, tags = as_list(names), as_list(expected), check_type_dict(tags or {})
    fitting = fitting_of(listed, names, tags)
    ids = {str(one["id"]) for one in fitting}
    rows = without_nodes([row for row in read.get("found") or () if str(row["id"]) in ids])
    known = {low(row) for row in fitting}
    absent = [name for name in dict.fromkeys([*names, *expected]) if str(name).lower() not in known]
    memberships = memberships_of(rows, read.get("nodes") or (), read.get("pools") or ())
    leaving = leaving_of(memberships, read.get("pools") or (), left)
    return {
        "ids": [row["id"] for row in fitting],
        "absent": absent,
        "wrong": [
            *unread(fitting, read.get("found")),
            *ambiguous(rows, names),
            *unexpected(rows, expected, absent, read.get("others") or ()),
            *unconfirmed(rows, names, expected, check_mode),
        ],
        "selected": sorted(row["name"] for row in rows),
        "node_ids": [node["id"] for row in rows for node in nodes_of(row)],
        "loadbalancers": list(dict.fromkeys(one["loadbalancer"] for one in memberships)),
        "refused": dict(refusals(rows)),
        "last": {} if read.get("empty_pools") else dict(last_members(leaving)),
        "steps": steps_of(rows, leaving, left, read.get("drain") or 0),
        "report": report_of(rows, absent, left, is_done),
    }


def low(row):
    return str(row.get("name") or "").lower()


def nodes_of(row):
    """The nodes of a cluster or a farm; those of a load balancer are its members."""
    return [] if path_of(row) == LOADBALANCERS else row.get("nodes") or []


# The selection


def fitting_of(listed, names, tags):
    """What fits. The platform may list more: names that fit in part, resources with one of several tags, and what has
    been removed."""
    wanted = {str(name).lower() for name in names}
    there = [row for row in listed if row.get("status") != "REMOVED"]
    return [row for row in there if (not wanted or low(row) in wanted) and has_tags(row.get("tags") or {}, tags)]


def has_tags(shown, wanted):
    def values(key):
        value = shown.get(key, [])
        return [str(one).lower() for one in (value if isinstance(value, list) else [value])]

    return all(str(value).lower() in values(key) for key, value in wanted.items())


def without_nodes(found):
    """The rows with their ``key``. Nodes of a selected cluster or farm go with it, and do not count."""
    nodes = {low(node) for row in found for node in nodes_of(row)}
    rows = [row for row in found if not (row.get("parent") and low(row) in nodes)]
    rows = [{**row, "path": path_of(row) or row.get("path")} for row in rows]
    return [{**row, "key": "%s %s" % (row["path"], low(row))} for row in rows]


def unread(fitting, found):
    """Sentences for what fits and could not be read."""
    ids = [str(row["id"]) for row in found or ()]
    for row in fitting:
        if str(row["id"]) not in ids:
            yield "%s (id %s) is listed, and was not found by its id" % (row["name"], row["id"])


def ambiguous(rows, names):
    """Sentences for each of several resources that a name stands for."""
    told = [low(row) if names else row["key"] for row in rows]
    for row, word in zip(rows, told):
        if told.count(word) > 1:
            yield "several resources are named %s; one is %s %s in %s" % (
                row["name"],
                row.get("resource_type"),
                row["id"],
                row.get("service_name") or "a service unknown to this account",
            )


def unexpected(rows, expected, absent, others):
    """Sentences for what is selected and not expected, and the other way round."""
    wanted = {str(name).lower() for name in expected}
    for row in rows:
        if wanted and low(row) not in wanted:
            yield "%s is selected, and not among decommission_expected" % row["name"]
    missing = {str(name).lower() for name in absent}
    for row in others:
        if row.get("status") != "REMOVED" and low(row) in missing:
            yield "%s is among decommission_expected, and not selected" % row["name"]


def unconfirmed(rows, names, expected, check_mode):
    if names or expected:
        return
    if not rows:
        yield "nothing is selected"
    elif not check_mode:
        names = ", ".join(sorted(row["name"] for row in rows))
        yield "decommission_expected is needed. If you mean these resources, give decommission_expected: [%s]" % names


def refusals(rows):
    """``(key, reason)`` for what can be refused without asking the platform."""
    for row in rows:
        parent = row.get("parent")
        if parent:
            kind, number = parent.get("parent_type") or "a cluster", parent.get("parent_id") or ""
            reason = "it is a node of %s %s, and goes with it or with the option remove_nodes of a cluster"
            yield row["key"], reason % (kind, number)
        elif row["path"] not in MODULES:
            yield row["key"], "this collection cannot remove a %s" % row.get("resource_type")


# The pools


def memberships_of(rows, nodes, pools):
    """``[{key, name, numbers, loadbalancer}, ...]`` for the load balancers that stay. Nodes can be members, too.

    Those that a resource shows, and those whose pools show it.
    """
    removed = {low(row) for row in rows if row["path"] == LOADBALANCERS}
    of_nodes = {node["name"]: node.get("loadbalancers") or [] for node in nodes}

    def shown_by(member):
        own = of_nodes.get(member["name"], member.get("loadbalancers") or [])
        return [*own, *(one for one in pools if any(is_same(shown, member) for shown in one.get("pool") or ()))]

    found = [
        {"key": row["key"], "name": member["name"], "numbers": numbers_of(member), "loadbalancer": balancer["name"]}
        for row in rows
        if row["path"] != LOADBALANCERS
        for member in [row, *nodes_of(row)]
        for balancer in shown_by(member)
        if balancer.get("status") != "REMOVED" and low(balancer) not in removed
    ]
    return [one for position, one in enumerate(found) if one not in found[:position]]


def numbers_of(row):
    return [str(row["id"]), str(row.get("internal_resource_id", row["id"]))]


def leaving_of(memberships, pools, left):
    """``[{loadbalancer, keys, members, staying}, ...]``: what leaves each pool, and how many members stay."""
    leaving = []
    for balancer in pools:
        own = [one for one in memberships if one["loadbalancer"] == balancer["name"] and one["key"] not in left]
        found = [membership_of(member, own) for member in balancer.get("pool") or []]
        members = [one for one in found if one]
        if members:
            leaving.append(
                {
                    "loadbalancer": balancer["name"],
                    "keys": list(dict.fromkeys(one["key"] for one in members)),
                    "members": list(dict.fromkeys(one["name"] for one in members)),
                    "staying": len(found) - len(members),
                }
            )
    return leaving


def membership_of(member, memberships):
    """The membership that a row of a pool shows, by its name, or by its number if it has no name."""
    for one in memberships:
        if one["name"] == member["name"] if member.get("name") else str(member.get("resource_id")) in one["numbers"]:
            return one
    return None


def last_members(leaving):
    """``(key, reason)`` for those whose removal leaves a pool without members."""
    reason = "the pool of %s would have no members; remove that load balancer, too, or set decommission_empty_pools"
    return [(key, reason % pool["loadbalancer"]) for pool in leaving if not pool["staying"] for key in pool["keys"]]


# The steps


def steps_of(rows, leaving, left, drain):
    """What is to be done: ``[{step, action, keys, name, detail, resource}, ...]`` in its order."""
    steps = [out_of_pool(pool, drain) for pool in leaving]
    for row in rows:
        if row["key"] not in left and row["path"] in MODULES:
            steps += removal_of(row)
    return sorted(steps, key=lambda one: one["step"])


def out_of_pool(pool, drain):
    options = {"loadbalancer": pool["loadbalancer"], "drain": drain, "state": "absent"}
    options["members"] = [{"resource": name} for name in pool["members"]]
    return {
        "step": 1,
        "action": "take out of pool",
        "keys": pool["keys"],
        "name": ", ".join(pool["members"]),
        "detail": pool["loadbalancer"],
        "resource": {"module": "itcare_loadbalancer_member", "options": options},
    }


def removal_of(row):
    """The steps that remove one resource: its DNS aliases and its snapshot, and then itself."""
    service = {"service": row["service_id"]} if row.get("service_id") else {}

    def step(number, action, detail, module, **options):
        return {
            "step": number,
            "action": action,
            "keys": [row["key"]],
            "name": row["name"],
            "detail": detail,
            "resource": {"module": module, "options": {**service, **options, "state": "absent"}},
        }

    steps = []
    for alias in row.get("dns_aliases") or []:
        about = {"resource": row["name"], "resource_type": row.get("resource_type"), "name": alias["fqdn"]}
        steps.append(step(2, "remove DNS alias", alias["fqdn"], "itcare_dns_alias", **about))
    module = MODULES[row["path"]]
    if module == "itcare_instance":
        steps.append(step(2, "remove snapshot", "", "itcare_instance_snapshot", instance=row["id"]))
    number = 3 if row["path"] == LOADBALANCERS else 4
    return [*steps, step(number, "remove", lost_with(row), module, id=row["id"], name=row["name"])]


def lost_with(row):
    """What goes with a resource: its nodes and its backups."""
    nodes = ", ".join(str(node["name"]) for node in nodes_of(row))
    policies = (row.get("backup_policies") or {}).get("policies") or []
    backups = ", ".join(str(policy.get("name") or policy.get("policy_id")) for policy in policies)
    return "; ".join(word for word in (nodes and "nodes " + nodes, backups and "backups " + backups) if word)


def report_of(rows, absent, left, is_done):
    """``[{name, type, service, result, reason}, ...]``."""
    report = []
    for row in rows:
        reason = left.get(row["key"], "")
        result = "left" if reason else "removed" if is_done else "would be removed"
        kind, service = row.get("resource_type") or "", row.get("service_name") or ""
        report.append({"name": row["name"], "type": kind, "service": service, "result": result, "reason": reason})
    for name in absent:
        report.append({"name": name, "type": "", "service": "", "result": "not there", "reason": NOTHING})
    return report


class FilterModule:
    """The filter decommission_plan."""

    def filters(self):
        return {"decommission_plan": decommission_plan}

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: patch_plan
short_description: Plan the patch groups of machines so that no pool is patched at once
version_added: 1.0.0
description:
  - Gives each machine a patch group so that the members of a load balancer's pool are in different groups. A pool that
    has more members than there are groups is spread evenly.
  - As few machines as possible change their group. A machine that has no group gets the one with the fewest machines
    that fits. So a second plan changes nothing, and a new machine does not move the others, unless it could not be kept
    apart from the members of its pools otherwise.
  - Exclusions stay as they are. Products made of nodes are not planned, since the platform distributes their nodes
    among the groups itself.
  - The filter reads nothing and writes nothing. The role P(cegedim.cloud.patch_plan#role) reads what it needs and
    applies the plan.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: loadbalancers
options:
  _input:
    description:
      - The resources of one or several services, as M(cegedim.cloud.itcare_resource_info) returns them with
        V(patch_policy) in C(gather).
    type: list
    elements: dict
    required: true
  loadbalancers:
    description:
      - Load balancers, as M(cegedim.cloud.itcare_loadbalancer_info) returns them with V(members) in C(gather).
    type: list
    elements: dict
    required: true
  products:
    description:
      - The products among the resources that are made of nodes, and the application servers, as
        M(cegedim.cloud.itcare_resource_info) returns them with V(nodes) in C(gather).
    type: list
    elements: dict
    default: []
  neighbours:
    description:
      - Resources of other services that are members of the same pools, with their C(patch_policy). Their groups count,
        and they do not change.
    type: list
    elements: dict
    default: []
  groups:
    description:
      - The groups to use.
    type: list
    elements: int
    default: [1, 2, 3]
  pinned:
    description:
      - The group of individual resources, by name or id.
    type: dict
    default: {}
  apart:
    description:
      - Lists of resources, as names or ids, that have to be in different groups even if no pool says so.
    type: list
    elements: list
    default: []
  exclusions:
    description:
      - Resources to exclude, as names or ids, and the reason for each.
    type: dict
    default: {}
  on_missing:
    description:
      - What happens if a name in O(pinned), O(apart) or O(exclusions) is not among the resources. With V(note), the
        plan is made without it.
    type: str
    choices: [fail, note]
    default: fail
  on_refusal:
    description:
      - What happens if the options cannot be met. With V(return), the value has nothing but its C(refusals).
    type: str
    choices: [fail, return]
    default: fail
  rebalance:
    description:
      - Whether machines also change their group only to make the groups equally large.
    type: bool
    default: false
seealso:
  - module: cegedim.cloud.itcare_patch_policy
"""

EXAMPLES = r"""
- name: Read the machines and the pools
  ansible.builtin.set_fact:
    machines: "{{ query('cegedim.cloud.itcare', 'resources', services='billing', gather='patch_policy') }}"
    pools: "{{ query('cegedim.cloud.itcare', 'loadbalancers', gather='members') }}"

- name: Show the plan, with one machine in a certain group
  ansible.builtin.debug:
    msg: "{{ (machines | cegedim.cloud.patch_plan(pools, pinned={'PEBBILL01': 3})).table }}"
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    refusals:
      description: Why there is no plan, as sentences.
      type: list
      elements: str
    machines:
      description:
        - All planned resources, those that are excluded and the products made of nodes, each with C(id), C(name),
          C(service_id), C(pools), C(before) and C(after) in words, C(patch_group) after the plan (V(0) where it has
          none) and C(changes).
      type: list
      elements: dict
    table:
      description: The same as lines of text.
      type: list
      elements: str
    policies:
      description:
        - For each service that changes, its C(service_id) and its C(policies), as
          M(cegedim.cloud.itcare_patch_policy) takes them.
      type: list
      elements: dict
    counts:
      description: How many planned machines are in each group, C(before) and C(after), by the group as text.
      type: dict
    notes:
      description: What the plan could not do, and why, as sentences.
      type: list
      elements: str
    strangers:
      description: Names of members of the same pools that are in none of the lists, so that their groups are unknown.
      type: list
      elements: str
"""

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.validation import check_type_bool, check_type_dict, check_type_list

from ansible_collections.cegedim.cloud.plugins.module_utils.neighbours import named, question
from ansible_collections.cegedim.cloud.plugins.module_utils.products.patch_policies import is_machine
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.management import shown_patch_party
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.references import is_id
from ansible_collections.cegedim.cloud.plugins.plugin_utils.patch_groups import NO_GROUP, assign, crowding
from ansible_collections.cegedim.cloud.plugins.plugin_utils.pool_members import is_same

GROUPS = [1, 2, 3]


def patch_plan(*given, on_refusal="fail", **options):
    """The plan (dict); see DOCUMENTATION and RETURN. Raises AnsibleFilterError for options that cannot be met."""
    try:
        return {"refusals": [], **_plan(*given, **options)}
    except AnsibleFilterError as refusal:
        if on_refusal == "fail":
            raise
        return {"refusals": [str(refusal)], "strangers": []}


def _plan(
    resources,
    loadbalancers,
    products=(),
    neighbours=(),
    groups=None,
    pinned=None,
    apart=None,
    exclusions=None,
    on_missing="fail",
    rebalance=False,
):
    # A role's variables are checked against its argument spec, and stay text where text was given.
    groups, apart = _valid_groups(check_type_list(GROUPS if groups is None else groups)), check_type_list(apart or [])
    pinned, exclusions = check_type_dict(pinned or {}), check_type_dict(exclusions or {})
    rebalance = check_type_bool(rebalance)
    nodes = [(node, owner) for owner in products for node in owner.get("nodes") or ()]
    rows = {
        str(row["id"]): row
        for row in resources
        if row.get("patch_policy") and not any(is_same(row, node) for node, _owner in nodes)
    }
    others = {"neighbour %s" % row["id"]: row for row in neighbours}
    policies = {key: _shown(row) for key, row in {**rows, **others}.items()}
    notes = [] if on_missing == "note" else None
    excluded = {
        key: _valid_reason(value, rows[key]) for key, value in _named("exclusions", exclusions, rows, notes).items()
    }
    pins = {key: _valid_pin(value, rows[key]) for key, value in _named("pinned", pinned, rows, notes).items()}
    away = {key for key in policies if policies[key]["excluded"]} | set(excluded)
    _refuse_both(pins, away, rows)
    machines = [key for key in rows if key not in away and (is_machine(rows[key]) or key in pins)]
    pools = _pools(loadbalancers, rows, nodes, others)
    patched = {*machines, *(key for key in others if key not in away)}
    separate = [_apart(_valid_apart(names), rows, groups, pins, away, notes) for names in apart]

    fixed = {**pins, **{key: policies[key]["patch_group"] for key in patched & set(others)}}
    now = {key: policies[key]["patch_group"] for key in machines}
    crowds = [set(keys) & patched for _name, keys, _strangers in pools]
    planned = assign(now, groups, crowds, separate, fixed, rebalance)
    group_of = {**{key: group for key, group in fixed.items() if key in others}, **planned}

    shown = [
        key for key, row in rows.items() if key in planned or key in away or any(is_same(row, one) for one in products)
    ]
    lines = [_line(key, rows[key], policies[key], planned.get(key), excluded.get(key), pools) for key in shown]
    relevant = [pool for pool in pools if set(pool[1]) & set(machines)]
    return {
        "machines": lines,
        "table": _table(lines),
        "policies": _policies(lines, rows, excluded),
        "counts": {"before": _counts(now.values(), groups), "after": _counts(planned.values(), groups)},
        "notes": [
            *(notes or []),
            *(_elsewhere(rows[key], group, groups) for key, group in pins.items() if group not in groups),
            *_notes(relevant, separate, patched, group_of, {**rows, **others}, groups, planned, rebalance),
        ],
        "strangers": sorted({name for _name, _keys, strangers in relevant for name in strangers}),
    }


# What was given


def _valid_groups(groups):
    groups = [int(group) for group in groups]
    if not groups or set(groups) - set(GROUPS):
        raise AnsibleFilterError("groups: %s; one or several of 1, 2 and 3 are allowed" % (groups or "none"))
    return sorted(set(groups))


def _valid_pin(value, row):
    if str(value) not in [str(group) for group in GROUPS]:
        raise AnsibleFilterError("pinned: %s of %s is not one of the groups 1, 2 and 3" % (value, row["name"]))
    return int(value)


def _elsewhere(row, group, groups):
    used = ", ".join(map(str, groups))
    return "%s is pinned to group %d, which is none of the groups to use: %s" % (row["name"], group, used)


def _valid_reason(value, row):
    reason = str("" if value is None else value).strip()
    if not reason:
        raise AnsibleFilterError("exclusions: %s needs a reason" % row["name"])
    return reason


def _valid_apart(names):
    found = check_type_list(names)
    if len(found) < 2 and not isinstance(names, list):
        raise AnsibleFilterError(
            "apart: %s is one resource; each entry is a list of those that have to be apart, as in [[WEB01, WEB02]]"
            % names
        )
    return found


def _named(option, given, rows, notes):
    """``given`` (dict by name or id) by the keys of ``rows``. Raises AnsibleFilterError."""
    found, called = {}, {}
    for name, value in given.items():
        key = _key(option, name, rows, notes)
        if key in found and str(found[key]) != str(value):
            told = (option, called[key], name, found[key], value)
            raise AnsibleFilterError("%s: %s and %s are the same resource, and have different values: %s and %s" % told)
        if key:
            found[key], called[key] = value, name
    return found


def _key(option, name, rows, notes):
    """The key of the row that is called so; None, and a note, for a missing one where ``notes`` is a list."""
    name = str(name)
    matches = [key for key, row in rows.items() if _is_called(row, name)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise AnsibleFilterError(
            "%s: %d resources are called %s; give the id: %s" % (option, len(matches), name, " or ".join(matches))
        )
    sentence = "%s: the services have no resource with a patch policy that is called %s" % (option, name)
    if notes is None:
        raise AnsibleFilterError(sentence + question(name, named(rows.values())))
    notes.append(sentence)
    return None


def _is_called(row, name):
    if is_id(name):
        return str(int(name)) in (str(row["id"]), str(row.get("internal_resource_id")))
    return str(row.get("name")).casefold() == name.casefold()


def _refuse_both(pins, away, rows):
    both = sorted(rows[key]["name"] for key in pins if key in away)
    if both:
        raise AnsibleFilterError("pinned: %s: what is excluded from the patch parties has no group" % ", ".join(both))


def _apart(names, rows, groups, pins, away, notes):
    """The keys of resources that have to be apart. Raises AnsibleFilterError where they cannot be."""
    keys = {_key("apart", name, rows, notes) for name in names} - away - {None}
    words = ", ".join(sorted(rows[key]["name"] for key in keys))
    if len(keys) > len(groups):
        raise AnsibleFilterError("apart: %s: these are %d, and there are %d groups" % (words, len(keys), len(groups)))
    if crowding(keys, pins):
        raise AnsibleFilterError("apart: %s: some of them are pinned to the same group" % words)
    fixed = [key for key in keys if not is_machine(rows[key]) and key not in pins]
    if fixed:
        raise AnsibleFilterError(
            "apart: %s has no group of its own, since it is made of nodes" % rows[fixed[0]]["name"]
        )
    return keys


def _shown(row):
    """``{excluded, exclusion_reason, patch_group}`` of a resource as it is now."""
    policy = row.get("patch_policy") or {}
    names = (("excluded", "excluded"), ("exclusionReason", "exclusion_reason"), ("patchGroup", "patch_group"))
    return shown_patch_party({"patchParty": {api: policy.get(own) for api, own in names}})


def _pools(loadbalancers, rows, nodes, others):
    """``(name, keys, strangers)`` of each pool: the members that are known, and the names of those that are not.

    The node of an application server stands for it; the nodes of other products are the platform's affair.
    """
    found = []
    for balancer in loadbalancers:
        keys, strangers = [], []
        for member in balancer.get("pool") or ():
            owners = [owner for node, owner in nodes if is_same(member, node)]
            candidates = {**rows, **others}
            key = next((key for key, row in candidates.items() if is_same(owners[0] if owners else member, row)), None)
            if key:
                keys.append(key)
            elif not owners and member.get("name"):
                strangers.append(member["name"])
        found.append((balancer["name"], sorted(set(keys)), strangers))
    return found


# What is shown


def _line(key, row, policy, group, reason, pools):
    """A resource as the result shows it. ``group`` is None if it is not planned, ``reason`` if it is not excluded."""
    after = {**policy, "patch_group": NO_GROUP if group is None else group}
    if reason is not None:
        after = {"excluded": True, "exclusion_reason": str(reason), "patch_group": NO_GROUP}
    elif group is None:
        after = policy
    changes = after["excluded"] != policy["excluded"] or (
        after["exclusion_reason"] != policy["exclusion_reason"]
        if after["excluded"]
        else after["patch_group"] != policy["patch_group"]
    )
    has_group = is_machine(row) or group is not None
    return {
        "id": row["id"],
        "name": row["name"],
        "service_id": row.get("service_id"),
        "service_name": row.get("service_name"),
        "pools": [name for name, keys, _strangers in pools if key in keys],
        "before": _in_words(policy, has_group),
        "after": _in_words(after, has_group),
        "patch_group": after["patch_group"],
        "changes": changes,
    }


def _in_words(policy, has_group):
    if policy["excluded"]:
        return "excluded: %s" % (policy["exclusion_reason"] or "no reason is shown")
    if policy["patch_group"] != NO_GROUP:
        return "group %d" % policy["patch_group"]
    return "no group" if has_group else "distributed by the platform"


def _table(lines):
    head = ("", "name", "pools", "before", "after")
    cells = [
        ("*" if one["changes"] else "", one["name"], ", ".join(one["pools"]) or "-", one["before"], one["after"])
        for one in lines
    ]
    widths = [max(len(row[at]) for row in [head, *cells]) for at in range(len(head))]
    return [" ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [head, *cells]]


def _counts(values, groups):
    values = list(values)
    return {str(group): values.count(group) for group in sorted({*groups, *values} - {NO_GROUP})}


def _policies(lines, rows, excluded):
    """What itcare_patch_policy has to be given for each service that changes, in the order of the services."""
    found = {}
    names = [row["name"].casefold() for row in rows.values()]
    for one in (line for line in lines if line["changes"]):
        resource = str(one["id"]) if names.count(one["name"].casefold()) > 1 or is_id(one["name"]) else one["name"]
        reason = excluded.get(str(one["id"]))
        policy = {"patch_group": one["patch_group"]} if reason is None else {"exclusion_reason": str(reason)}
        of_service = found.setdefault(one["service_id"], {})
        of_service.setdefault(tuple(policy.items()), []).append(resource)
    return [
        {
            "service_id": service_id,
            "policies": [
                {"resources": resources, "excluded": "exclusion_reason" in dict(policy), **dict(policy)}
                for policy, resources in sorted(policies.items(), key=str)
            ],
        }
        for service_id, policies in found.items()
    ]


def _notes(pools, separate, patched, group_of, rows, groups, planned, rebalance):
    notes = []
    for name, keys, strangers in pools:
        members = [key for key in keys if key in patched]
        shared = crowding(members, group_of)
        words = "; ".join("%s in group %d" % (_names(ones, rows), group) for group, ones in shared.items())
        if len(members) > len(groups):
            notes.append(
                "%s has %d members and there are %d groups, so it is spread: %s"
                % (name, len(members), len(groups), words)
            )
        elif shared:
            notes.append(
                "%s could not be kept apart, since members are pinned, in other services, or in several pools: %s"
                % (name, words)
            )
        notes += ["%s: the group of its member %s is not known" % (name, stranger) for stranger in sorted(strangers)]
    for keys in separate:
        for group, ones in crowding(keys, group_of).items():
            raise AnsibleFilterError(
                "apart: %s cannot be kept apart: both would be in group %d" % (_names(ones, rows), group)
            )
    counts = _counts(planned.values(), groups).values()
    if counts and max(counts) - min(counts) > 1 and not rebalance:
        notes.append("The groups differ in size. With rebalance, machines change their group to make them equal")
    return notes


def _names(keys, rows):
    return " and ".join(rows[key]["name"] for key in keys)


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"patch_plan": patch_plan}

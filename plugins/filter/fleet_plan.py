# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_plan
short_description: Plan the machines of a fleet
version_added: 1.0.0
description:
  - Tells which machines a fleet consists of, which of them are missing and which are surplus, and in which
    availability zone and patch group each new one is placed.
  - The filter reads nothing and writes nothing. The role P(cegedim.cloud.instance_fleet#role) reads what it needs and
    carries the plan out.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  _input:
    description:
      - The machines of the service, as M(cegedim.cloud.itcare_instance_info) returns them. If O(patch_groups) are
        given, read them with V(details) in C(gather), since a listing may show an old group.
    type: list
    elements: dict
    required: true
  name:
    description:
      - Pattern of the names, with the number of the machine in braces, such as V(PEBWEB{number:02d}) or
        V(web-{number}).
      - Machines of the service whose names fit the pattern belong to the fleet, whatever their number. V(PEBWEB7) does
        not fit V(PEBWEB{number:02d}), which gives V(PEBWEB07).
    type: str
  count:
    description:
      - With O(name), how many machines there are.
    type: int
  first:
    description:
      - With O(name), the number of the first machine.
    type: int
    default: 1
  names:
    description:
      - The names of all machines, instead of O(name) and O(count). Then no other machine belongs to the fleet.
    type: list
    elements: str
    default: []
  availability_zones:
    description:
      - Zones for new machines, in turn. The number of a machine decides, or its place among O(names).
    type: list
    elements: str
    default: []
  patch_groups:
    description:
      - Patch groups for the machines, in turn. A machine that is in one of them stays there, and one that is excluded
        from the patch parties stays excluded.
    type: list
    elements: int
    default: []
  state:
    description:
      - With V(absent), all machines of the fleet are surplus.
    type: str
    choices: [present, absent]
    default: present
  options:
    description:
      - Further options of all machines. The plan only checks that no variable of the fleet is among them.
    type: dict
    default: {}
seealso:
  - module: cegedim.cloud.itcare_batch
"""

EXAMPLES = r"""
- name: Show which machines of a fleet are missing
  ansible.builtin.debug:
    msg: >-
      {{ (query('cegedim.cloud.itcare', 'instances', services=['billing'])
          | cegedim.cloud.fleet_plan(name='PEBBILL{number:02d}', count=5)).missing }}
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    refusals:
      description: What is wrong with the names, as sentences. If there are any, there is nothing else.
      type: list
      elements: str
    names:
      description: The names of all wanted machines, in their order.
      type: list
      elements: str
    found:
      description: The names of the machines of the fleet that exist, in the order of their numbers.
      type: list
      elements: str
    missing:
      description: The names of the machines that are to be created.
      type: list
      elements: str
    too_many:
      description: The names of the machines that are to be removed, the highest number first.
      type: list
      elements: str
    resources:
      description: The wanted machines, as O(cegedim.cloud.itcare_batch#module:resources).
      type: list
      elements: dict
    removals:
      description: What removes the surplus machines, in the same form.
      type: list
      elements: dict
"""

import math
import re
from dataclasses import dataclass

from ansible_collections.cegedim.cloud.plugins.plugin_utils.as_given import as_list

PATTERN = re.compile(r"([^{}]*)\{number(?::0([1-9])d)?\}([^{}]*)")
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")  # of a host
REMOVED = "REMOVED"
OWN = ("id", "name", "service", "region", "network", "platform", "sizing", "tags")  # variables of the fleet


def fleet_plan(
    instances,
    name=None,
    count=None,
    first=1,
    names=(),
    availability_zones=(),
    patch_groups=(),
    state="present",
    options=None,
):
    """The plan (dict) of a fleet; see DOCUMENTATION."""
    # Before ansible-core 2.19, a template makes text of a number, and of nothing.
    count, first = (None if number in (None, "") else int(number) for number in (count, first))
    names = [str(one) for one in as_list(names)]
    availability_zones, patch_groups = as_list(availability_zones), as_list(patch_groups)
    spread = {"availability_zone": availability_zones, "patch_party": patch_groups}
    refusals = [*_refused_options(options or {}, spread), *_refusals(name, count, first, names, state)]
    if refusals:
        return {"refusals": refusals}
    pattern = _Pattern.of(name) if name else None
    wanted = [] if state == "absent" else names_of(pattern, count, first, names)
    rows = _members(instances, pattern, names)
    there = {row["name"].casefold(): row for row in rows}
    too_many = [row["name"] for row in reversed(rows) if row["name"].casefold() not in _folded(wanted)]
    resources = []
    for position, one in enumerate(wanted):
        index = pattern.number(one) - 1 if pattern else position
        options = _options(there.get(one.casefold()), index, availability_zones, patch_groups)
        resources.append({"module": "itcare_instance", "name": one, "options": options})
    return {
        "refusals": [],
        "names": wanted,
        "found": [row["name"] for row in rows],
        "missing": [one for one in wanted if one.casefold() not in there],
        "too_many": too_many,
        "resources": resources,
        "removals": [{"module": "itcare_instance", "name": one, "options": {"state": "absent"}} for one in too_many],
    }


# Names


@dataclass(frozen=True)
class _Pattern:
    before: str
    width: int
    after: str

    @classmethod
    def of(cls, text):
        before, width, after = PATTERN.fullmatch(text).groups()
        return cls(before, int(width or 1), after)

    def name(self, number):
        return "%s%0*d%s" % (self.before, self.width, number, self.after)

    def number(self, name):
        """The number in a name, or None where the pattern does not give that name."""
        ends = re.escape(self.before), re.escape(self.after)
        found = re.fullmatch(r"%s(\d+)%s" % ends, str(name), re.I | re.A)
        return int(found[1]) if found and self.name(int(found[1])).casefold() == str(name).casefold() else None


def names_of(pattern, count, first, names):
    """The names (list of str) of all wanted machines."""
    return [pattern.name(number) for number in range(first, first + count)] if pattern else list(names)


def _refused_options(options, spread):
    twice = [option for option in OWN if option in options]
    if twice:
        yield "the fleet has variables for these options, so they are not among the further ones: %s" % ", ".join(twice)
    if options.get("state") == "absent":
        yield "the state absent is that of the whole fleet, and not a further option"
    for option, values in spread.items():
        if values and options.get(option) is not None:
            told = (option, options[option], ", ".join(map(str, values)))
            yield "%s is %s among the further options, and the machines are spread over %s; give one of both" % told


def _refusals(name, count, first, names, state):
    if bool(name) == bool(names):
        return ["give either a pattern of names, or a list of names"]
    if names and state == "present" and count not in (None, len(names)):
        return ["the count is %d, and there are %d names: %s" % (count, len(names), ", ".join(names[:5]))]
    if names and first not in (None, 1):
        return ["the first number is %d, and it is for a pattern of names, not for a list of them" % first]
    if name and not PATTERN.fullmatch(name):
        return [
            "%s has no number, so all machines would have the same name; write it as in WEB{number} or WEB{number:02d}"
            % name
            if "{" not in name and "}" not in name
            else "%s is not a pattern with one number in braces, such as WEB{number} or WEB{number:02d}" % name
        ]
    if name and first < 0:
        return ["the first number is %d, and it cannot be negative" % first]
    if name and state == "present" and (count is None or count < 0):
        return ["say how many machines there are, 0 or more"]
    made = names_of(_Pattern.of(name), count or 1, first, ()) if name else [str(one) for one in names]
    wrong = [repr(one) for one in made if not NAME.fullmatch(one)]
    twice = sorted({one for one in made if _folded(made).count(one.casefold()) > 1})
    return [
        *(
            ["not a name of a machine (letters, digits, hyphens, dots and underscores): %s" % ", ".join(wrong[:5])]
            if wrong
            else []
        ),
        *(["several machines would have the same name: %s" % ", ".join(twice)] if twice else []),
    ]


def _folded(names):
    return [one.casefold() for one in names]


def _members(instances, pattern, names):
    """The rows of the machines that belong to the fleet, by number, or in the order of ``names``."""
    rows = [row for row in instances if row.get("name") and row.get("status") != REMOVED]
    if pattern:
        numbered = [(pattern.number(row["name"]), row) for row in rows]
        return [row for number, row in sorted(_known(numbered), key=lambda one: one[0])]
    order = _folded(names)
    return sorted(
        (row for row in rows if row["name"].casefold() in order), key=lambda row: order.index(row["name"].casefold())
    )


def _known(numbered):
    return [one for one in numbered if one[0] is not None]


# Places


def _options(row, index, zones, groups):
    """The options of one machine; ``row`` is what there is of it, or None."""
    options = {"availability_zone": zones[index % len(zones)]} if zones and row is None else {}
    party = (row or {}).get("patch_party") or {}
    group = str(party.get("patch_group") or "")
    if groups and not party.get("excluded") and group not in [str(one) for one in groups]:
        options["patch_party"] = {"patch_group": groups[_turn(index, len(zones), len(groups)) % len(groups)]}
    return options


def _turn(index, zones, groups):
    """Whose turn it is among the groups: shifted where a zone would always have the same group."""
    if math.gcd(zones, groups) < 2:
        return index
    return index + index // (zones * groups // math.gcd(zones, groups))


class FilterModule:
    """The filter fleet_plan."""

    def filters(self):
        return {"fleet_plan": fleet_plan}

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: misspelled_variables
short_description: Find misspelled variables of a role
version_added: 1.0.0
description:
  - Ansible silently ignores a variable that no role knows. So a misspelled one, such as C(instance_fleet_scale_dwn),
    would leave a role with its default. The roles of this collection begin with this filter.
  - A variable is misspelled if it begins with the name of the role and differs from one of the role's variables by a
    slip, such as a missing letter or underscore. With a word more or less, it is taken for a variable of your own.
  - A variable that only another role of the collection has, such as C(decommission_protection_tag) after
    C(instance_fleet_protection_tag), leads to a warning, since it may be meant for the role.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: role
options:
  _input:
    description:
      - Names of variables, as the lookup P(ansible.builtin.varnames#lookup) returns them.
    type: list
    elements: str
    required: true
  role:
    description:
      - The name of a role of this collection, such as V(instance_fleet).
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Check the names of the variables
  ansible.builtin.assert:
    that: found | length == 0
    fail_msg: "{{ found | join('; ') }}"
  vars:
    found: "{{ query('ansible.builtin.varnames', '^patch_plan_') | cegedim.cloud.misspelled_variables('patch_plan') }}"
"""

RETURN = r"""
_value:
  description: One sentence for each misspelled variable, with the variable that may have been meant.
  type: list
  elements: str
"""

import re
from functools import cache
from pathlib import Path

import yaml
from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.cegedim.cloud.plugins.module_utils.neighbours import likeness, question

ROLES = Path(__file__).parents[2] / "roles"
AWX = "awx"  # a role for something else than ITCare; AWX itself has variables of this prefix, too
SLIP = 0.85  # from this likeness on, a variable is misspelled; what is less alike may be the user's own


def misspelled_variables(names, role):
    """Sentences (list of str) about those of the ``names`` that are nearly variables of the ``role``."""
    options, known = _variables_of(str(role))
    prefix = len(role) + 1
    sentences = []
    for name in sorted(str(one) for one in names if str(one) not in known and str(one).startswith("%s_" % role)):
        near = [one for one in options if _is_slip(name[prefix:], one[prefix:])]
        if near:
            sentences.append("%s is not a variable of the role%s" % (name, question(name, near)))
        elif name[prefix:] in _others(str(role)):
            text = "%s has no effect: the role %s has no such variable. Another role has: %s"
            Display().warning(text % (name, role, _others(str(role))[name[prefix:]]))
    return sentences


def _is_slip(name, option):
    """Whether one is the other but for a slip. A further word is none: awx_inventory_id is a variable of AWX itself."""
    alike = likeness(name, option)
    swapped = sorted(name) == sorted(option)
    return alike == 1 or (swapped or alike >= SLIP) and name.count("_") == option.count("_")


@cache
def _others(role):
    """The options of the other roles (dict), by what follows the name of the role."""
    names = sorted(path.parents[1].name for path in ROLES.glob("*/meta/argument_specs.yml"))
    others = [one for one in names if one != role and AWX not in (one, role)]
    return {option[len(one) + 1 :]: option for one in others for option in _variables_of(one)[0]}


@cache
def _variables_of(role):
    """The options of a role (list of str), and these with all that the role itself sets or hands on (set)."""
    specs = ROLES / role / "meta" / "argument_specs.yml"
    if not specs.is_file():
        raise AnsibleFilterError("misspelled_variables: there is no role %s" % role)
    entries = yaml.safe_load(specs.read_text(encoding="utf-8"))["argument_specs"].values()
    options = [name for entry in entries for name in entry.get("options", {})]
    tasks = [path.read_text(encoding="utf-8") for path in sorted((ROLES / role / "tasks").glob("*.yml"))]
    return options, {*options, *re.findall(r"\b%s_\w+" % role, " ".join(tasks))}


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"misspelled_variables": misspelled_variables}

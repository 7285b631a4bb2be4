# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: controller_refusals
short_description: Find mistakes in what is to be set up in AWX
version_added: 1.0.0
description:
  - Says what is wrong with job templates and schedules before anything is sent to AWX. The role C(awx) of this
    collection begins with this filter.
positional: roles
options:
  _input:
    description:
      - Job templates, as the variable C(awx_job_templates) of the role C(awx).
    type: list
    elements: dict
    required: true
  roles:
    description:
      - The names of the roles that a job template can run.
    type: list
    elements: str
    required: true
  collection:
    description:
      - A collection that has to be installed.
    type: str
    default: awx.awx
  unknown:
    description:
      - Schedules whose job template was found neither here nor in AWX.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Say which role is meant
  ansible.builtin.debug:
    msg: "{{ [{'role': 'instance_flet'}] | cegedim.cloud.controller_refusals(['instance_fleet', 'patch_plan']) }}"
"""

RETURN = r"""
_value:
  description: What is wrong, as sentences.
  type: list
  elements: str
"""

import importlib.util

from ansible_collections.cegedim.cloud.plugins.module_utils.neighbours import with_list


def controller_refusals(job_templates, roles, collection="awx.awx", unknown=()):
    """What is wrong (list of str); see DOCUMENTATION."""
    refusals = []
    if not is_installed(collection):
        refusals.append(
            "the collection %s is not installed: run ansible-galaxy collection install %s" % (collection, collection)
        )
    for template in job_templates:
        role = template.get("role")
        if role and role not in roles:
            listed = "the roles are %s" % ", ".join(roles)
            refusals.append(with_list("awx_job_templates: there is no role %s" % role, listed, role, roles))
    refusals.extend("awx_job_templates: %s" % lack for lack in map(_lack, job_templates) if lack)
    names = [name_of(template) for template in job_templates]
    refusals.extend(
        "awx_job_templates: %d entries have the name %s" % (names.count(name), name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    )
    for schedule in unknown:
        refusal = "awx_schedules: %s names the job template %s, which is neither in awx_job_templates nor in AWX" % (
            schedule["name"],
            schedule["job_template"],
        )
        listed = "awx_job_templates has %s" % (", ".join(names) or "none")
        refusals.append(with_list(refusal, listed, schedule["job_template"], names))
    return refusals


def _lack(template):
    """What a job template without a role lacks (str), or None."""
    if template.get("role"):
        return None
    name, playbook = template.get("name"), template.get("playbook")
    if not name:
        return "an entry%s has neither a role nor a name" % (" with the playbook %s" % playbook if playbook else "")
    if not playbook and template.get("state") != "absent":
        return "%s has neither a role nor a playbook" % name
    return None


def is_installed(collection):
    """Whether Ansible finds a collection."""
    try:
        return importlib.util.find_spec("ansible_collections." + collection) is not None
    except ModuleNotFoundError:  # not even its namespace
        return False


def name_of(template):
    """The name of a job template, which the role gives it where it has none."""
    return str(template.get("name") or "ITCare %s" % str(template.get("role") or "").replace("_", " "))


class FilterModule:
    """The filter controller_refusals."""

    def filters(self):
        return {"controller_refusals": controller_refusals}

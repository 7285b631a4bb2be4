# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: estate_drift
short_description: List what differs between a described estate and the platform
version_added: 1.0.0
description:
  - Makes what the role C(estate_drift) of this collection writes, from a result of M(cegedim.cloud.itcare_estate) in
    check mode.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: resources, now
options:
  _input:
    description:
      - The result of M(cegedim.cloud.itcare_estate) in check mode.
    type: dict
    required: true
  resources:
    description:
      - The resources that were given to it, in the same order.
    type: list
    elements: dict
    required: true
  now:
    description:
      - The time, in UTC.
    type: str
    required: true
  old:
    description:
      - An earlier report as JSON. If nothing else is different, the new report has the time of that one.
      - What is not such a report does not count.
    type: str
    default: ""
seealso:
  - module: cegedim.cloud.itcare_estate
"""

EXAMPLES = r"""
- name: Compare the estate with its description
  cegedim.cloud.itcare_estate:
    resources: "{{ estate }}"
  check_mode: true
  register: compared

- name: Show the options that somebody has changed
  ansible.builtin.debug:
    msg: "{{ found.report.differences | selectattr('what', 'eq', 'change') | map(attribute='option') }}"
  vars:
    found: "{{ compared | cegedim.cloud.estate_drift(estate, now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ')) }}"
"""

RETURN = r"""
_value:
  description:
    - The C(report). Its C(counts) say how many resources are to C(create), C(change) and C(remove), are C(unmanaged),
      C(refused) and C(unchanged). Its C(differences) are rows, as the README of the role describes them. C(as_of) is
      the time since when it has been so, C(id) is the same for the same differences.
    - C(msg) says it in words, C(lines) each difference, and C(event) is what a webhook is told.
  type: dict
"""

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.cegedim.cloud.plugins.plugin_utils import estate_drift as drift
from ansible_collections.cegedim.cloud.plugins.plugin_utils.info_rows import plain

SHOWN = ("module", "name", "options")  # of a resource; what is under creation may need a vault that is not open


def estate_drift(result, resources, now, old=""):
    """The report (dict); see DOCUMENTATION."""
    resources = [{key: plain(one[key]) for key in SHOWN if key in one} for one in resources]
    result = {key: plain(result[key]) for key in ("results", "unmanaged") if key in result}
    if "results" not in result or len(result["results"]) < len(resources):
        raise AnsibleFilterError("this is not a result of itcare_estate for these resources")
    made = drift.report(result, resources, str(now), str(old))
    told = {"msg": drift.in_words(made["counts"]), "lines": drift.lines(made), "event": drift.event(made)}
    return wrap_var({"report": made, **told})


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"estate_drift": estate_drift}

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: estate_csv
short_description: Show a table of an estate report as CSV
version_added: 1.0.0
description:
  - Shows a table of what P(cegedim.cloud.estate_report#filter) makes as CSV. Every cell is quoted.
  - A text that begins like a formula gets an apostrophe in front of it, so that a program for tables takes it for a
    text. What is not known is V(unknown).
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: table
options:
  _input:
    description:
      - The report.
    type: dict
    required: true
  table:
    description:
      - The table.
    type: str
    choices:
      - attention
      - changes
      - loadbalancers
      - machines
      - others
      - products
      - services
    required: true
seealso:
  - plugin: cegedim.cloud.estate_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the machines of a report as CSV
  ansible.builtin.debug:
    msg: "{{ report | cegedim.cloud.estate_csv('machines') }}"
"""

RETURN = r"""
_value:
  description: The table, with one line of headings.
  type: str
"""

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_report_texts import COLUMNS, to_csv
from ansible_collections.cegedim.cloud.plugins.plugin_utils.info_rows import plain


def estate_csv(report, table):
    """A table of the report (str); see DOCUMENTATION."""
    if table not in COLUMNS:
        raise AnsibleFilterError("there is no table %s: there is %s" % (table, ", ".join(COLUMNS)))
    part = table if table in report else "attention"
    return wrap_var(to_csv({part: plain(report[part])}, table))


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"estate_csv": estate_csv}

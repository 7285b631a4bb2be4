# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: do_you_mean
short_description: Ask which name was meant by one that does not exist
version_added: 1.0.0
description:
  - Finds the names that are near to one that does not exist, for the end of a message. Case, accents and separators do
    not count.
  - The modules of this collection do the same in their messages. The role C(estate_report) uses this filter.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: rows
options:
  _input:
    description:
      - Names that do not exist.
    type: list
    elements: str
    required: true
  rows:
    description:
      - What there is, each with its C(name) and its C(id), such as the services of
        M(cegedim.cloud.itcare_service_info).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Refuse a service that does not exist
  ansible.builtin.assert:
    that: wanted in found.services | map(attribute='name')
    fail_msg: "there is no service called {{ wanted }}{{ [wanted] | cegedim.cloud.do_you_mean(found.services) }}"
"""

RETURN = r"""
_value:
  description:
    - A question that continues a message after a colon, such as C(do you mean billing?), with the id of what it names.
      For several names, there is a question for each. It is empty where no name is near.
  type: str
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.cegedim.cloud.plugins.module_utils.neighbours import named, questions


def do_you_mean(wanted, rows):
    """A question about the names that do not exist (str); see DOCUMENTATION."""
    for what, given in (("_input", wanted), ("rows", rows)):
        if not isinstance(given, (list, tuple)):
            raise AnsibleFilterError("do_you_mean: %s is not a list: %s" % (what, given))
    return questions([str(one) for one in wanted], named(rows)) if wanted else ""


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"do_you_mean": do_you_mean}

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: estate_files
short_description: Make the files of an estate from its description
version_added: 1.0.0
description:
  - Makes what the role C(estate_export) of this collection writes.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  _input:
    description:
      - The result of M(cegedim.cloud.itcare_estate_info).
    type: dict
    required: true
  earlier:
    description:
      - The files that are there, with their names and texts. What is filled in under C(creation) is kept.
    type: dict
    default: {}
  on_refusal:
    description:
      - Whether to fail where an earlier file cannot be read, or to return the reasons as C(refusals).
    type: str
    choices:
      - fail
      - return
    default: fail
seealso:
  - plugin: cegedim.cloud.estate_resources
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the names of the files
  ansible.builtin.debug:
    msg: "{{ (found | cegedim.cloud.estate_files).files.keys() }}"
"""

RETURN = r"""
_value:
  description:
    - The texts of the C(files) by their names, the names of earlier files that are C(obsolete), the names of the
      variables for C(passwords), and whether an earlier file C(has_passwords) that are not encrypted.
  type: dict
"""

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.plugin_utils import estate_files as made_of
from ansible_collections.cegedim.cloud.plugins.plugin_utils.info_rows import plain


def estate_files(described, earlier=None, on_refusal="fail"):
    """The files of an estate (dict); see DOCUMENTATION."""
    described = {key: plain(described[key]) for key in ("estate", "not_expressed")}
    earlier = {str(name): str(text) for name, text in (earlier or {}).items()}
    try:
        found = made_of.files(described, earlier)
    except InvalidInput as problem:
        if on_refusal == "return":
            return {"refusals": [str(problem)]}
        raise AnsibleFilterError(str(problem)) from problem
    obsolete = sorted(name for name, text in earlier.items() if name not in found and made_of.is_ours(text))
    names, shows = made_of.passwords(described), made_of.has_passwords(earlier)
    return wrap_var({"files": found, "obsolete": obsolete, "passwords": names, "has_passwords": shows})


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"estate_files": estate_files}

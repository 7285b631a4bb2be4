# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: estate_resources
short_description: A described estate, as itcare_estate takes it
version_added: 1.0.0
description:
  - Takes what M(cegedim.cloud.itcare_estate_info) returns as RV(cegedim.cloud.itcare_estate_info#module:estate), and
    leaves out what only tells about each item, such as its id and its environment.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  _input:
    description:
      - The items, each with C(module), C(options) and maybe C(creation).
    type: list
    elements: dict
    required: true
seealso:
  - module: cegedim.cloud.itcare_estate
"""

EXAMPLES = r"""
- name: See what has changed since an estate was described
  cegedim.cloud.itcare_estate:
    resources: "{{ found.estate | cegedim.cloud.estate_resources }}"
  check_mode: true
"""

RETURN = r"""
_value:
  description: The same items with nothing but C(module), C(options) and C(creation).
  type: list
  elements: dict
"""

from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_files import resources


def estate_resources(items):
    """The items (list of dict); see DOCUMENTATION."""
    return resources(items)


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"estate_resources": estate_resources}

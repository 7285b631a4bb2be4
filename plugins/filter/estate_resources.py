# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: estate_resources
short_description: The resources of an exported estate, as itcare_batch takes them
version_added: 1.0.0
description:
  - Takes the items in the files that the role C(estate_export) writes, and returns those of one step.
  - What is filled in under C(creation) is added to the options. The modules use it for a creation only.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: step
options:
  _input:
    description:
      - Items with C(module), C(options) and maybe C(creation).
    type: list
    elements: dict
    required: true
  step:
    description:
      - The step. V(products) are machines, clusters, databases and the like, and V(parts) are members and URLs of load
        balancers and DNS aliases. A later step may need what an earlier one has made.
    type: str
    choices:
      - products
      - loadbalancers
      - parts
    required: true
seealso:
  - module: cegedim.cloud.itcare_batch
"""

EXAMPLES = r"""
- name: Apply machines, clusters, databases and the like
  cegedim.cloud.itcare_batch:
    resources: "{{ estate | cegedim.cloud.estate_resources('products') }}"
"""

RETURN = r"""
_value:
  description: The resources.
  type: list
  elements: dict
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_files import resources


def estate_resources(items, step):
    """The items of a step (list of dict); see DOCUMENTATION."""
    try:
        return resources(items, step)
    except InvalidInput as problem:
        raise AnsibleFilterError(str(problem)) from problem


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"estate_resources": estate_resources}

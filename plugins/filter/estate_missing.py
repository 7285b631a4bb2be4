# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: estate_missing
short_description: Tell what the listings leave out of an estate report
version_added: 1.0.0
description:
  - Tells what has to be asked for one by one, because the listings do not show it.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: details, snapshots
options:
  _input:
    description:
      - The listings, as P(cegedim.cloud.estate_report#filter) takes them, and that of the C(loadbalancers).
    type: list
    elements: dict
    required: true
  details:
    description:
      - How many machines, and how many products, may be asked for what their rows do not show. Those in production come
        first.
    type: int
    required: true
  snapshots:
    description:
      - How many machines may be asked for their snapshots. Machines in production come first.
    type: int
    required: true
seealso:
  - plugin: cegedim.cloud.estate_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show which machines would be asked for their own page
  ansible.builtin.debug:
    msg: "{{ (listings.results | cegedim.cloud.estate_missing(details=100, snapshots=0)).details }}"
"""

RETURN = r"""
_value:
  description:
    - C(details) and C(snapshots) are names of machines and C(products) ids of products, in lists that fit one request
      each; C(obsolescence) is whether the listing of support phases is needed, C(urls) whether load balancers have to
      be asked for theirs; C(services) are the ids of those whose patch policies are needed.
  type: dict
"""

from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.cegedim.cloud.plugins.filter.estate_report import reading
from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_report import missing


def estate_missing(listings, details, snapshots):
    """What is missing (dict); see DOCUMENTATION."""
    return wrap_var(missing(reading(listings), int(details), int(snapshots)))


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"estate_missing": estate_missing}

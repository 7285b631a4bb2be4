#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_resource_filter_info
short_description: List the values that filters of ITCare listings can have
version_added: 1.0.0
description:
  - Lists the existing availability zones, topologies, versions, and settings of load balancers, as the platform
    proposes them for the filters of its listings.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  technologies:
    description:
      - Only values of these products, such as V(MARIADB) or V(KUBERNETES).
    type: list
    elements: str
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_resource_type_info
"""

EXAMPLES = r"""
- name: List the existing versions of PostgreSQL
  cegedim.cloud.itcare_resource_filter_info:
    technologies: POSTGRESQL
  register: found

- name: Show them
  ansible.builtin.debug:
    msg: "{{ found.resource_filters.versions | map(attribute='version') }}"
"""

RETURN = r"""
resource_filters:
  description: The values of each filter, with the platform's fields in snake_case.
  returned: success
  type: dict
  sample:
    az: [EB-A, EB-B]
    protocols: [HTTP, HTTPS]
    topologies:
      - topology: HA
        type: POSTGRESQL
    versions:
      - type: POSTGRESQL
        version: "15"
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        technologies=dict(type="list", elements="str"),
        clouds=dict(type="list", elements="int"),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the values; an Outcome. Nothing is written, with or without ``check``."""
    query = filters.query_of(params, ("technologies", "clouds"))
    return Outcome(False, {"resource_filters": to_result(client.get("/compute/resource-filters", query))})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

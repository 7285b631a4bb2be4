#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_sqlserver_info
short_description: List SQL Server of ITCare
version_added: 1.0.0
description:
  - Lists the managed SQL Server that match all given filters, or all that the API account can see.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options: {}
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.filters
  - cegedim.cloud.management_filters
  - cegedim.cloud.farm_filters
  - cegedim.cloud.farm_gather
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_sqlserver
"""

EXAMPLES = r"""
- name: List the SQL Server of the service billing, with their nodes
  cegedim.cloud.itcare_sqlserver_info:
    services: billing
    gather: nodes

- name: See the listener of an Always On cluster
  cegedim.cloud.itcare_sqlserver_info:
    names: billsql03
    gather: details
  register: found # its ag_options have it

- name: List what is stopped
  cegedim.cloud.itcare_sqlserver_info:
    statuses: INACTIVE
    sort: name
"""

RETURN = r"""
sqlserver:
  description:
    - The SQL Server in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked
      for.
  returned: success
  type: list
  elements: dict
  contains:
    source:
      description:
        - V(details) if the row comes from its own page, V(listing) if it comes from a listing, which may omit fields or
          show outdated values.
      type: str
      returned: always
      sample: listing
    nodes:
      description: The machines.
      type: list
      elements: dict
      returned: with V(nodes) in O(gather)
      sample:
        - id: 1235
          name: PEBSQL01
          cpu: 2
          ram: 4
    networks:
      description: The networks of the machines.
      type: list
      elements: dict
      returned: with V(networks) in O(gather)
    tags:
      description: Tags as keys and values. A key that has several values has a list of them.
      type: dict
      returned: with V(tags) in O(gather)
      sample:
        application: billing
  sample:
    - id: 1234
      name: billsql01
      status: ACTIVE
      service_name: billing
      version: 2022 SE
      topology: STANDALONE
      node_count: 1
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm import DATABASES
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm_listing import farm_listing

# It has a listing of its own, which does not know all these filters.
SQLSERVER = farm_listing("sqlserver", "/databases/sqlserver", DATABASES)

SPEC = arguments.listing(SQLSERVER)

run = SQLSERVER.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

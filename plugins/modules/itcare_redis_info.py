#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_redis_info
short_description: List Redis of ITCare
version_added: 1.0.0
description:
  - Lists the managed Redis that match all given filters, or all that the API account can see.
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
  - module: cegedim.cloud.itcare_redis
"""

EXAMPLES = r"""
- name: List the Redis of the service billing, with their nodes
  cegedim.cloud.itcare_redis_info:
    services: billing
    gather: nodes

- name: See how one keeps its data, and whether it uses TLS
  cegedim.cloud.itcare_redis_info:
    names: billingcache
    gather: details
  register: found

- name: List what is stopped
  cegedim.cloud.itcare_redis_info:
    statuses: INACTIVE
    sort: name
"""

RETURN = r"""
redis:
  description:
    - The Redis in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked
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
          name: PEBRED01
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
      name: billingcache
      status: ACTIVE
      service_id: 44411
      service_name: billing
      topology: STANDALONE
      version: '7.2'
      node_count: 1
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm import DATABASES
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm_listing import farm_listing

REDIS = farm_listing("redis", "/databases/redis", DATABASES)

SPEC = arguments.listing(REDIS)

run = REDIS.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

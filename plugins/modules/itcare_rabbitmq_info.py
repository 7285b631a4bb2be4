#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_rabbitmq_info
short_description: List RabbitMQ of ITCare
version_added: 1.0.0
description:
  - Lists the managed RabbitMQ that match all given filters, or all that the API account can see.
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
  - module: cegedim.cloud.itcare_rabbitmq
"""

EXAMPLES = r"""
- name: List the RabbitMQ of the service billing, with their nodes
  cegedim.cloud.itcare_rabbitmq_info:
    services: billing
    gather: nodes

- name: See whether one uses TLS, and where its management page is
  cegedim.cloud.itcare_rabbitmq_info:
    names: billingmq
    gather: details
  register: found

- name: List what is stopped
  cegedim.cloud.itcare_rabbitmq_info:
    statuses: INACTIVE
    sort: name
"""

RETURN = r"""
rabbitmq:
  description:
    - The RabbitMQ in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked
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
          name: PEBRMQ01
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
      name: billingmq
      status: ACTIVE
      service_name: billing
      version: '3.13'
      node_count: 3
      topology: CLUSTER
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm import BROKERS
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm_listing import farm_listing

RABBITMQ = farm_listing("rabbitmq", "/message-brokers/rabbitmq", BROKERS)

SPEC = arguments.listing(RABBITMQ)

run = RABBITMQ.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

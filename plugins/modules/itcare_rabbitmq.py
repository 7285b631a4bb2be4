#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_rabbitmq
short_description: Manage RabbitMQ of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops and deletes managed RabbitMQ.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  version:
    description:
      - Version, such as V(3.13). Required at creation, and fixed afterwards.
    type: str
    aliases:
      - rabbit_mq_version
  node_count:
    description:
      - Number of nodes, from 1 to 5. Required at creation, and fixed afterwards.
      - The product page of ITCare has V(1), a single node, and V(3), a cluster.
    type: int
    aliases:
      - broker_count
  tls:
    description:
      - Whether connections use TLS. Fixed at creation.
    type: bool
    aliases:
      - tls_enabled
  node_prefix:
    description:
      - The prefix of the names of the nodes. Required at creation, and used only then.
    type: str
    aliases:
      - vm_prefix
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.identity
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.fixed
  - cegedim.cloud.dry_run
  - cegedim.cloud.tags
  - cegedim.cloud.placement
  - cegedim.cloud.platform
  - cegedim.cloud.management
  - cegedim.cloud.patch_party
  - cegedim.cloud.power
  - cegedim.cloud.farm
  - cegedim.cloud.zone
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - A creation needs O(name), O(service), O(network), O(platform), O(sizing), O(disk_size), O(admin_password),
    O(version), O(node_count) and O(node_prefix).
  - O(disk_size) is 10 to 2048, and O(admin_password) has 12 to 20 characters.
  - Alerting, backup and replication cannot be changed after creation. O(platform) is used at creation only.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) are
    ignored; a warning names them.
  - A patch group in O(patch_party) is possible for a single node only; the platform distributes several nodes among the
    groups.
  - Before a creation or a change, also in check mode, the module looks up places, products, versions, sizes, networks
    and backup policies. A value that the platform does not list is refused, and the message names those that it does.
  - Changes are made while it is running, that is before a stop or after a start.
seealso:
  - module: cegedim.cloud.itcare_rabbitmq_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a RabbitMQ cluster in the service billing
  cegedim.cloud.itcare_rabbitmq:
    name: billingmq
    service: billing
    region: EB
    network: EB_1126_BACK3
    platform: rabbitmq313
    version: "3.13"
    node_count: 3
    node_prefix: PEBRMQ
    sizing: 2cpu4gb
    disk_size: 40
    admin_password: "{{ vault_billingmq_password }}"
    tls: true
    tags:
      application: billing

- name: See what another size would change
  cegedim.cloud.itcare_rabbitmq:
    name: intranet-rmq
    sizing: 4cpu8gb
  check_mode: true
  diff: true

- name: Stop it
  cegedim.cloud.itcare_rabbitmq:
    name: intranet-rmq
    state: stopped

- name: Delete it
  cegedim.cloud.itcare_rabbitmq:
    name: billingmq
    state: absent
"""

RETURN = r"""
rabbitmq:
  description:
    - The RabbitMQ as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billingmq
    status: ACTIVE
    service_name: billing
    version: '3.13'
    broker_count: 3
    broker_size: 2cpu4gb
address:
  description:
    - The path at which the RabbitMQ was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the RabbitMQ exists and the module knows which number its path takes
  type: str
  sample: /message-brokers/rabbitmq/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [start, resize]
diff:
  description: For each step what it changes, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task started or found in progress, in their last state.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1333
      status: SUCCESS
      process: create
      resource_name: billingmq
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.rabbitmq import RABBITMQ

SPEC = arguments.converging(
    "farm",
    "zone",
    version=dict(type="str", aliases=["rabbit_mq_version"]),
    node_count=dict(type="int", aliases=["broker_count"]),
    tls=dict(type="bool", aliases=["tls_enabled"]),
    node_prefix=dict(type="str", aliases=["vm_prefix"]),
)

run = managing(RABBITMQ)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_kafka
short_description: Manage Apache Kafka of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops and deletes managed Apache Kafka, and sets its parameters.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  version:
    description:
      - Version, such as V(3.9). Required at creation, and fixed afterwards.
    type: str
    aliases:
      - kafka_version
  node_count:
    description:
      - Number of brokers, from 3 to 5. Required at creation, and fixed afterwards. The API has no operation that adds
        one.
    type: int
    aliases:
      - broker_count
  node_prefix:
    description:
      - The prefix of the names of the nodes, 5 to 12 uppercase letters and digits. Required at creation, and used only
        then.
    type: str
  parameters:
    description:
      - Parameters of the brokers that differ from the defaults, as names and values.
      - If one of them differs from what the platform shows, all of them are sent in one request, as you write them. The
        platform does not publish which parameters there are.
      - A parameter that is not listed here is not sent. A parameter that is set cannot be removed.
      - If the platform shows them in a form that cannot be read, they are sent in every run, and a warning says so.
      - Their values appear in results and diffs. If one of them is a secret, set C(no_log) for the task.
    type: dict
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
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - A creation needs O(name), O(service), O(network), O(platform), O(sizing), O(disk_size), O(admin_password),
    O(version), O(node_count) and O(node_prefix).
  - A new name has 5 to 60 lowercase letters, digits and underscores, O(disk_size) is 40 to 1024, and O(admin_password)
    has 12 to 20 characters.
  - Alerting, backup and replication cannot be changed after creation. O(platform) is used at creation only.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) are
    ignored; a warning names them.
  - A patch group cannot be set in O(patch_party), because there are several nodes; the platform distributes them among
    the groups.
  - Before a creation or a change, also in check mode, the module looks up places, products, versions, sizes, networks
    and backup policies. A value that the platform does not list is refused, and the message names those that it does.
  - Changes are made while it is running, that is before a stop or after a start.
seealso:
  - module: cegedim.cloud.itcare_kafka_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a Kafka in the service billing
  cegedim.cloud.itcare_kafka:
    name: billing_orders
    service: billing
    region: EB
    network: EB_1126_BACK3
    platform: kafka39
    version: "3.9"
    node_count: 3
    node_prefix: PEBORD
    sizing: 4cpu8gb
    disk_size: 100
    admin_password: "{{ vault_billing_orders_password }}"
    parameters:
      log.retention.hours: 72
      auto.create.topics.enable: false
    tags:
      application: billing

- name: See what another parameter and another size would change
  cegedim.cloud.itcare_kafka:
    name: billing_events
    sizing: 8cpu32gb
    parameters:
      message.max.bytes: 2097152
  check_mode: true
  diff: true

- name: Stop it
  cegedim.cloud.itcare_kafka:
    name: billing_events
    state: stopped

- name: Delete it
  cegedim.cloud.itcare_kafka:
    name: billing_orders
    state: absent
"""

RETURN = r"""
kafka:
  description:
    - The Kafka as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billing_orders
    status: ACTIVE
    service_name: billing
    version: '3.9'
    node_count: 3
    node_sizing: 4cpu8gb
    parameters:
      log.retention.hours: '72'
address:
  description:
    - The path at which the Kafka was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the Kafka exists and the module knows which number its path takes
  type: str
  sample: /message-brokers/apache-kafka/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [resize, reconfigure]
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
      resource_name: billing_orders
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.kafka import KAFKA

SPEC = arguments.converging(
    "farm",
    version=dict(type="str", aliases=["kafka_version"]),
    node_count=dict(type="int", aliases=["broker_count"]),
    node_prefix=dict(type="str"),
    parameters=dict(type="dict"),
)

run = managing(KAFKA)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

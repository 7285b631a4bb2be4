#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_kafka
short_description: Manage Apache Kafka of ITCare
version_added: 0.1.0
description:
  - Creates, changes, starts, stops and deletes managed Apache Kafka, and sets its parameters.
  - An action that is already under way on it, from an earlier run or from somebody else, is waited for before anything
    is planned. So a run that was interrupted can simply be run again.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  version:
    description:
      - Version, such as V(3.9). Fixed at creation, and needed there.
    type: str
    aliases:
      - kafka_version
  node_count:
    description:
      - Number of brokers, from 3 to 5. Fixed at creation, and needed there. The API has no operation that adds one.
    type: int
    aliases:
      - broker_count
  node_prefix:
    description:
      - How the names of the nodes begin, with 5 to 12 uppercase letters and digits. Needed at creation, and used there
        only.
    type: str
  parameters:
    description:
      - Parameters of the brokers that differ from the defaults, as names and values.
      - If one of them differs from what the platform shows, all of them are sent in one request, as you write them. The
        platform does not publish which parameters there are.
      - A parameter that is not named here is not sent. One that is set cannot be taken back.
      - If the platform shows them in a form that cannot be read, they are sent in every run, and a warning says so.
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
  - Alerting, backup and replication of an existing one cannot be changed in ITCare. O(platform) is used at creation
    only.
  - Stopping switches monitoring off. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) do not
    count; a warning names them.
  - O(patch_party) takes no group here, since there are several nodes; the platform spreads them over the groups.
  - Places, products, versions, sizes, networks and backup policies are looked up before a creation or a change, in
    check mode, too. What the platform does not list is refused, and the message names what there is.
  - It is changed while it runs, that is before a stop and after a start.
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
    - The Kafka as the platform shows it after the task, with keys in snake_case. In check mode it is what is there
      now, or what would be created. Null after a deletion.
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
  description: The platform's actions that the task started or found under way, in their last state.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1333
      status: SUCCESS
      process: create
      resource_name: billing_orders
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they have to follow an action under way.
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

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_redis
short_description: Manage Redis of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops and deletes managed Redis, a single node or a cluster with Sentinel.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  version:
    description:
      - Version, such as V(7.2). Required at creation, and fixed afterwards. To upgrade it, open a ticket with ITCare
        support.
    type: str
    aliases:
      - redis_version
  node_count:
    description:
      - Number of nodes, from 1 to 3. Required at creation, and fixed afterwards.
      - The platform knows V(1), a single node, and V(3), a cluster with Sentinel.
    type: int
    aliases:
      - instance_count
  persistence_mode:
    description:
      - How Redis keeps its data on disk. Required at creation, and fixed afterwards.
      - The platform does not publish the values; V(PERSISTENT) is its only example. The value is sent unchanged.
    type: str
  tls:
    description:
      - Whether connections use TLS. Fixed at creation.
    type: bool
    aliases:
      - tls_enabled
  node_prefix:
    description:
      - The prefix of the names of the nodes. Used at creation only.
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
    O(version), O(node_count) and O(persistence_mode).
  - A new name has 5 to 60 lowercase letters and digits, O(disk_size) is 40 to 1024, and O(admin_password) has 12 to 20
    characters.
  - Alerting, backup and replication cannot be changed after creation. O(platform) is used at creation only.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) are
    ignored; a warning names them.
  - A patch group in O(patch_party) is possible for a single node only; the platform distributes several nodes among the
    groups.
  - Before a creation or a change, also in check mode, the module looks up places, products, versions, sizes, networks
    and backup policies. A value that the platform does not list is refused, and the message names those that it does.
  - Changes are made while it is running, that is before a stop or after a start.
seealso:
  - module: cegedim.cloud.itcare_redis_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a Redis cluster in the service billing
  cegedim.cloud.itcare_redis:
    name: billingcache
    service: billing
    region: EB
    network: EB_1126_BACK3
    platform: redis72
    version: "7.2"
    node_count: 3
    sizing: 2cpu4gb
    disk_size: 40
    admin_password: "{{ vault_billingcache_password }}"
    persistence_mode: PERSISTENT
    tls: true
    tags:
      application: billing

- name: See what another size would change
  cegedim.cloud.itcare_redis:
    name: portalcache
    sizing: 4cpu8gb
  check_mode: true
  diff: true

- name: Stop it
  cegedim.cloud.itcare_redis:
    name: portalcache
    state: stopped

- name: Delete it
  cegedim.cloud.itcare_redis:
    name: billingcache
    state: absent
"""

RETURN = r"""
redis:
  description:
    - The Redis as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billingcache
    status: ACTIVE
    service_name: billing
    version: '7.2'
    node_count: 3
    node_sizing: 2cpu4gb
address:
  description:
    - The path at which the Redis was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the Redis exists and the module knows which number its path takes
  type: str
  sample: /databases/redis/1234
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
      resource_name: billingcache
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.redis import REDIS

SPEC = arguments.converging(
    "farm",
    "zone",
    version=dict(type="str", aliases=["redis_version"]),
    node_count=dict(type="int", aliases=["instance_count"]),
    persistence_mode=dict(type="str"),
    tls=dict(type="bool", aliases=["tls_enabled"]),
    node_prefix=dict(type="str", aliases=["vm_prefix"]),
)

run = managing(REDIS)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

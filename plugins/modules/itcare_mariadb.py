#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_mariadb
short_description: Manage MariaDB of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops and deletes managed MariaDB, a single node or a Galera cluster.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  version:
    description:
      - Version, such as V(10.11). Required at creation, and fixed afterwards. The platform has no operation to upgrade
        it.
    type: str
  topology:
    description:
      - V(SINGLE) is a single node, and V(CLUSTER) a Galera cluster. Required at creation, and fixed afterwards.
    type: str
    choices:
      - SINGLE
      - CLUSTER
  node_count:
    description:
      - Number of nodes, from 1 to 3. Required at creation, and fixed afterwards.
      - The platform knows V(1) with O(topology=SINGLE), and V(3) with O(topology=CLUSTER).
    type: int
    aliases:
      - instance_count
  authentication_domain:
    description:
      - Authentication domain, such as V(CGDM-EMEA). Fixed at creation. It is compared with those of the nodes.
    type: str
  tls:
    description:
      - Whether connections use TLS. Fixed at creation. If the platform does not show it, it is not compared, and a
        warning says so.
    type: bool
    aliases:
      - tls_enabled
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
    O(version), O(topology) and O(node_count).
  - A new name has 4 to 60 lowercase letters, digits and hyphens, O(disk_size) is 40 to 1024, and O(admin_password) has
    12 to 20 characters.
  - Alerting, backup and replication cannot be changed after creation. O(platform) is used at creation only.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) are
    ignored; a warning names them.
  - A patch group in O(patch_party) is possible for a single node only; the platform distributes several nodes among the
    groups.
  - Before a creation or a change, also in check mode, the module looks up places, products, versions, sizes, networks
    and backup policies. A value that the platform does not list is refused, and the message names those that it does.
  - Changes are made while it is running, that is before a stop or after a start.
seealso:
  - module: cegedim.cloud.itcare_mariadb_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a Galera cluster in the service billing
  cegedim.cloud.itcare_mariadb:
    name: billing-maria
    service: billing
    region: EB
    network: EB_1126_BACK3
    platform: mariadb1011
    version: "10.11"
    topology: CLUSTER
    node_count: 3
    sizing: 2cpu4gb
    disk_size: 40
    admin_password: "{{ vault_billing_maria_password }}"
    tags:
      application: billing

- name: See what another size would change
  cegedim.cloud.itcare_mariadb:
    name: billing-maria
    sizing: 4cpu8gb
  check_mode: true
  diff: true

- name: Stop it
  cegedim.cloud.itcare_mariadb:
    name: billing-maria
    state: stopped

- name: Delete it
  cegedim.cloud.itcare_mariadb:
    name: billing-maria
    state: absent
"""

RETURN = r"""
mariadb:
  description:
    - The MariaDB as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billing-maria
    status: ACTIVE
    service_name: billing
    version: '10.11'
    topology: CLUSTER
    node_count: 3
address:
  description:
    - The path at which the MariaDB was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the MariaDB exists and the module knows which number its path takes
  type: str
  sample: /databases/mariadb/1234
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
      resource_name: billing-maria
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.mariadb import MARIADB

SPEC = arguments.converging(
    "farm",
    "zone",
    version=dict(type="str"),
    topology=dict(type="str", choices=["SINGLE", "CLUSTER"]),
    node_count=dict(type="int", aliases=["instance_count"]),
    authentication_domain=dict(type="str"),
    tls=dict(type="bool", aliases=["tls_enabled"]),
)

run = managing(MARIADB)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

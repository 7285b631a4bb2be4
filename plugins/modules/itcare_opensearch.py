#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_opensearch
short_description: Manage OpenSearch of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops and deletes managed OpenSearch clusters. Adds nodes, and resizes all of them or
    some.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  version:
    description:
      - Version, such as V(2.19.0). Required at creation, and fixed afterwards. To upgrade it, open a ticket with ITCare
        support.
    type: str
    aliases:
      - cluster_version
  node_count:
    description:
      - Number of nodes. Required at creation, where it is odd and from 3 to 51. With V(3) every node is a master, which
        ITCare does not recommend for production; from V(5) on, three nodes are masters and nothing else.
      - More nodes are added in pairs, one pair after the other, with the size and the disk of the others, or with
        O(sizing) and O(disk_size) where these are given. ITCare documents this for clusters of 5 nodes or more.
      - Nodes cannot be removed. A smaller number is an error, or a warning with O(on_fixed_difference=warn).
    type: int
    aliases:
      - instance_count
  node_prefix:
    description:
      - The prefix of the names of the nodes, in 4 to 60 uppercase letters, digits, hyphens and dots. Required at
        creation, and used only then.
    type: str
  nodes:
    description:
      - Nodes whose size differs from O(sizing). Without O(sizing), only these are resized.
      - A new cluster has nodes of one size.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of a node, as M(cegedim.cloud.itcare_opensearch_info) shows it.
        type: str
        required: true
      sizing:
        description:
          - CPUs and memory, such as V(4cpu16gb).
        type: str
        aliases:
          - node_sizing
        required: true
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
    O(version), O(node_prefix) and O(node_count).
  - A new name has 4 to 60 lowercase letters, digits, hyphens and underscores, O(disk_size) is 40 to 1024, and
    O(admin_password) has 12 to 20 characters.
  - Alerting, backup and replication cannot be changed after creation. O(platform) is used at creation only.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) are
    ignored; a warning names them.
  - A patch group cannot be set in O(patch_party); the platform distributes the nodes among the groups.
  - Connections always use TLS.
  - Before a creation or a change, also in check mode, the module looks up places, products, versions, sizes, networks
    and backup policies. A value that the platform does not list is refused, and the message names those that it does.
  - Changes are made while it is running, that is before a stop or after a start.
seealso:
  - module: cegedim.cloud.itcare_opensearch_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a cluster in the service billing
  cegedim.cloud.itcare_opensearch:
    name: billing-logs
    service: billing
    region: EB
    network: EB_1126_BACK3
    platform: opensearch219
    version: 2.19.0
    node_count: 5
    node_prefix: PEBLOGS
    sizing: 2cpu8gb
    disk_size: 200
    admin_password: "{{ vault_billing_logs_password }}"
    tags:
      application: billing

- name: Add two nodes
  cegedim.cloud.itcare_opensearch:
    name: billing-logs
    node_count: 7

- name: See what resizing the nodes would change, where two of them have another size
  cegedim.cloud.itcare_opensearch:
    name: billing-logs
    sizing: 4cpu16gb
    nodes:
      - name: PEBLOGS01
        sizing: 2cpu8gb
      - name: PEBLOGS02
        sizing: 2cpu8gb
  check_mode: true
  diff: true

- name: Delete it
  cegedim.cloud.itcare_opensearch:
    name: billing-logs
    state: absent
"""

RETURN = r"""
opensearch:
  description:
    - The OpenSearch as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billing-logs
    status: ACTIVE
    service_name: billing
    version: 2.19.0
    node_count: 5
    sizing: 2cpu8gb
address:
  description:
    - The path at which the OpenSearch was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the OpenSearch exists and the module knows which number its path takes
  type: str
  sample: /databases/opensearch/1234
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
      resource_name: billing-logs
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import converge
from ansible_collections.cegedim.cloud.plugins.module_utils.products.opensearch import OPENSEARCH
from ansible_collections.cegedim.cloud.plugins.module_utils.products.opensearch_nodes import with_nodes

SPEC = arguments.converging(
    "farm",
    "zone",
    version=dict(type="str", aliases=["cluster_version"]),
    node_count=dict(type="int", aliases=["instance_count"]),
    node_prefix=dict(type="str"),
    nodes=dict(
        type="list",
        elements="dict",
        options=dict(
            name=dict(type="str", required=True),
            sizing=dict(type="str", required=True, aliases=["node_sizing"]),
        ),
    ),
)


def run(client, params, check):
    return converge(client, OPENSEARCH, with_nodes(params), check)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

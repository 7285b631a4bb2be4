#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_k8s_cluster
short_description: Manage Kubernetes clusters of ITCare
version_added: 1.0.0
description:
  - Creates, changes and deletes Kubernetes clusters, adds and removes their nodes, and upgrades them.
  - If an action is already in progress on the cluster, from an earlier run or started by someone else, the module waits
    for it before it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  nodes:
    description:
      - All nodes that the cluster should have, as a count for each zone and size. Missing nodes are created in one
        operation; after that, surplus nodes are removed if O(scale_down) allows it.
      - For a creation, the platform accepts only a number of nodes, and chooses their zones. The cluster is therefore
        created with the first size and as many nodes as you want of it (from 2 to 12), and then adjusted. Nodes that
        the same task has created, or has seen being created, may be removed for this, whatever O(scale_down) says.
      - Nodes that O(remove_nodes) names go first, then those without ingress, then those that no load balancer uses,
        then the node whose name sorts last. The diff names them. A task that would remove the last internal or the last
        external ingress node is refused.
    type: list
    elements: dict
    suboptions:
      availability_zone:
        description:
          - Availability zone, such as V(EB-A).
        type: str
        aliases:
          - az
        required: true
      sizing:
        description:
          - CPUs and memory, such as V(4cpu8gb).
        type: str
        aliases:
          - node_sizing
        required: true
      count:
        description:
          - Number of nodes.
        type: int
        required: true
  scale_down:
    description:
      - Whether O(nodes) may remove nodes, which cannot be undone. With V(false) a surplus is an error that names the
        nodes, or a warning with O(on_fixed_difference=warn).
    type: bool
    default: false
  remove_nodes:
    description:
      - Nodes to remove, as names or ids, whatever O(scale_down) says. This cannot be undone. Each node is removed by an
        action of its own.
      - A name or an id that does not exist is ignored. One that belongs to something other than a node of this cluster
        is refused.
      - With O(nodes), the removal has to agree with the counts there, which are those after the task. Among the surplus
        nodes, the named ones go first. To replace a node, raise a count first, and then lower it and name the node.
      - It is refused for a cluster that O(protection_tag) protects.
    type: list
    elements: str
  sizing:
    description:
      - CPUs and memory of the first nodes, such as V(4cpu8gb). Required at creation unless O(nodes) is given, and fixed
        afterwards. At least one node has to have this size.
    type: str
    aliases:
      - node_sizing
  node_count:
    description:
      - Number of the first nodes, from 2 to 12. Required at creation unless O(nodes) is given. Later, only O(nodes)
        changes the number.
    type: int
    aliases:
      - instance_count
  ingress_provider:
    description:
      - Ingress provider, such as V(NGINX). M(cegedim.cloud.itcare_k8s_cluster_info) lists the available ones. Required
        at creation, and fixed afterwards.
    type: str
  topology:
    description:
      - V(HA) makes a standard cluster highly available. This cannot be undone.
      - A new cluster is V(STANDARD) at first.
    type: str
    choices:
      - STANDARD
      - HA
  version:
    description:
      - Version of Kubernetes, such as V(1.31) or V(v1.31.5). Quote it, or YAML reads 1.30 as 1.3.
      - A later version upgrades the cluster. This cannot be undone.
      - What a new cluster starts with depends on O(platform).
    type: str
  intermediate_upgrades:
    description:
      - The platform upgrades to the next version only. With V(true) a task goes through all versions on the way to
        O(version), one after the other; with V(false), the task fails if there are others in between, and names the
        next one.
    type: bool
    default: false
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.identity
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.fixed
  - cegedim.cloud.dry_run
  - cegedim.cloud.tags
  - cegedim.cloud.change
  - cegedim.cloud.placement
  - cegedim.cloud.platform
  - cegedim.cloud.management
  - cegedim.cloud.patch_party
  - cegedim.cloud.state
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - The platform cannot start or stop a cluster.
  - A creation needs O(name), O(service), O(network), O(platform), O(ingress_provider), and O(nodes) or O(sizing) and
    O(node_count). A name has lowercase letters, digits and hyphens.
  - O(patch_party.patch_group) is possible for a cluster of a single node only; the platform distributes several nodes
    among the groups. The number of nodes after the task counts.
  - Before a creation or a change, also in check mode, the module looks up places, networks, products, sizes, ingress
    providers and backup policies. A value that the platform does not list is refused, and the message names those that
    it does.
  - Backup, replication and the alerts of the monitoring of an existing cluster cannot be changed in ITCare.
seealso:
  - module: cegedim.cloud.itcare_k8s_cluster_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a cluster with nodes in two zones
  cegedim.cloud.itcare_k8s_cluster:
    name: billing-qa
    service: billing-qa
    region: EB
    network: EB_1127_DMZ9
    platform: k8s131
    ingress_provider: NGINX
    nodes:
      - availability_zone: EB-A
        sizing: 4cpu8gb
        count: 2
      - availability_zone: EB-B
        sizing: 4cpu8gb
        count: 2

- name: Use fewer and larger nodes in one zone
  cegedim.cloud.itcare_k8s_cluster:
    name: billing-qa
    nodes:
      - availability_zone: EB-A
        sizing: 4cpu8gb
        count: 2
      - availability_zone: EB-B
        sizing: 8cpu32gb
        count: 1
    scale_down: true

- name: Remove a specific node
  cegedim.cloud.itcare_k8s_cluster:
    name: billing-qa
    remove_nodes:
      - K8SBILLING-QA03

- name: Make it highly available
  cegedim.cloud.itcare_k8s_cluster:
    name: billing-qa
    topology: HA

- name: Find out which upgrades lead to a version
  cegedim.cloud.itcare_k8s_cluster:
    name: billing-k8s
    version: "1.31"
    intermediate_upgrades: true
  check_mode: true
  diff: true

- name: Delete a cluster
  cegedim.cloud.itcare_k8s_cluster:
    name: billing-qa
    state: absent
    change_reference: RFC_123
"""

RETURN = r"""
k8s_cluster:
  description:
    - The cluster as the platform shows it after the task, with keys in snake_case, and its nodes if O(nodes) or
      O(remove_nodes) is given. In check mode, it is the current state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billing-qa
    status: ACTIVE
    version: v1.31.5
    topology: STANDARD
    ingress_provider: NGINX
    node_count: 4
address:
  description:
    - The path at which the cluster was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the cluster exists and the module knows which number its path takes
  type: str
  sample: /compute/containers/kubernetes/1234
steps:
  description:
    - The names of the steps that were sent, or in check mode would be sent, in this order.
    - C(place_nodes) stands for what is left to do when the platform has chosen zones itself; that may be nothing.
  returned: success
  type: list
  elements: str
  sample: [create_nodes, delete_nodes]
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
      process: CREATE_NODES
      resource_name: billing-qa
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.clusters import K8S_CLUSTER

SPEC = dict(
    arguments.converging(
        "machine",
        "change",
        "state",
        nodes=dict(
            type="list",
            elements="dict",
            options=dict(
                availability_zone=dict(type="str", required=True, aliases=["az"]),
                sizing=dict(type="str", required=True, aliases=["node_sizing"]),
                count=dict(type="int", required=True),
            ),
        ),
        scale_down=dict(type="bool", default=False),
        remove_nodes=dict(type="list", elements="str"),
        sizing=dict(type="str", aliases=["node_sizing"]),
        node_count=dict(type="int", aliases=["instance_count"]),
        ingress_provider=dict(type="str"),
        topology=dict(type="str", choices=["STANDARD", "HA"]),
        version=dict(type="str"),
        intermediate_upgrades=dict(type="bool", default=False),
    ),
    mutually_exclusive=[("nodes", "sizing"), ("nodes", "node_count"), ("remove_nodes", "node_count")],
)

run = managing(K8S_CLUSTER)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

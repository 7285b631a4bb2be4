#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_k8s_cluster_info
short_description: List Kubernetes clusters of ITCare
version_added: 1.0.0
description:
  - Lists the Kubernetes clusters that match all given filters, or all that the API account can see.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  topologies:
    description:
      - Topologies, such as V(Standard) or V(HA).
    type: list
    elements: str
  versions:
    description:
      - Versions, as the platform spells them, such as V(v1.31.5).
    type: list
    elements: str
  regions:
    description:
      - Regions, such as V(EB).
    type: list
    elements: str
  ingress_providers:
    description:
      - Whether to list the ingress providers that a new cluster can have, too.
    type: bool
    default: false
  gather:
    description:
      - What else to read of each cluster. Each costs one request for each cluster, V(metrics) two; they are sent in
        parallel. Each is returned under a key of the same name, except V(details). If a cluster has two different
        numbers, one or two more requests determine which one a path accepts.
      - V(details) reads the page of each cluster. Its fields are merged into the row, which may be incomplete or
        outdated.
      - V(nodes) are the nodes with their zone, size and ingress; V(networks) the networks of the nodes;
        V(loadbalancers) the load balancers of the cluster, in full; V(metrics) the numbers of nodes, CPUs and memory by
        zone and by data centre; V(tags) the tags as keys and values; V(dns_aliases) the DNS records; V(history) its
        past actions; V(patch_policy) its part in the patch parties; V(backup_policies) its policies and last backups;
        V(parent) the resource that it belongs to, or null; V(operations) what can be done with it now.
    type: list
    elements: str
    default: []
    choices:
      - backup_policies
      - details
      - dns_aliases
      - history
      - loadbalancers
      - metrics
      - networks
      - nodes
      - operations
      - parent
      - patch_policy
      - tags
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.filters
  - cegedim.cloud.management_filters
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
notes:
  - A listing may omit fields or show outdated values, most likely sizes, the backup and C(patch_party). With V(details)
    in O(gather) each row is up to date. RV(k8s_clusters[].source) says where a row comes from.
seealso:
  - module: cegedim.cloud.itcare_k8s_cluster
"""

EXAMPLES = r"""
- name: List the clusters of the service billing with their nodes
  cegedim.cloud.itcare_k8s_cluster_info:
    services: billing
    gather: nodes
  register: clusters

- name: Find what is still to be upgraded
  cegedim.cloud.itcare_k8s_cluster_info:
    versions: v1.30.9
    sort: name

- name: See how a cluster is spread, and which ingress providers there are
  cegedim.cloud.itcare_k8s_cluster_info:
    names: billing-k8s
    ingress_providers: true
    gather:
      - metrics
"""

RETURN = r"""
k8s_clusters:
  description:
    - The clusters in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked for.
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
      description: The nodes.
      type: list
      elements: dict
      returned: with V(nodes) in O(gather)
      sample:
        - id: 1235
          name: PEBK8S01
          label_availability_zone: EB-A
          cpu: 4
          ram: 8
          is_internal_ingress_node: true
    metrics:
      description: Numbers of nodes, CPUs and memory in each zone and in each data centre.
      type: dict
      returned: with V(metrics) in O(gather)
      sample:
        az_distribution:
          EB-A: {node_count: 2, cpu_count: 8, ram_count: 16}
        dc_distribution:
          EB4: {node_count: 2, cpu_count: 8, ram_count: 16}
    tags:
      description: Tags as keys and values. A key that has several values has a list of them.
      type: dict
      returned: with V(tags) in O(gather)
      sample:
        application: billing
  sample:
    - id: 1234
      name: billing-k8s
      status: ACTIVE
      service_name: billing
      version: v1.31.5
      topology: STANDARD
      ingress_provider: NGINX
      node_count: 3
ingress_providers:
  description: The ingress providers that a new cluster can have.
  returned: with O(ingress_providers=true)
  type: list
  elements: str
  sample: [NGINX, ISTIO, TRAEFIK]
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import (
    FILTERS,
    MANAGEMENT_FILTERS,
    OF_EVERY_RESOURCE,
    Listing,
    many,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.clusters import read_metrics
from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.offer import (
    PATH,
    read_ingress_providers,
)

K8S_CLUSTERS = Listing(
    key="k8s_clusters",
    path=PATH,
    filters=dict(
        FILTERS,
        **MANAGEMENT_FILTERS,
        topologies=dict(type="list", elements="str"),
        versions=dict(type="list", elements="str"),
        regions=dict(type="list", elements="str"),
    ),
    gathered=dict(
        OF_EVERY_RESOURCE,
        loadbalancers=("loadbalancers", many(PATH + "/{address}/loadbalancers")),
        metrics=("metrics", read_metrics),
        networks=("networks", many(PATH + "/{address}/networks")),
        nodes=("nodes", many(PATH + "/{address}/nodes")),
    ),
)

SPEC = dict(
    argument_spec=arguments.spec(
        "auth", **K8S_CLUSTERS.arguments(), ingress_providers=dict(type="bool", default=False)
    ),
    mutually_exclusive=K8S_CLUSTERS.exclusive(),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the clusters, and the ingress providers if asked for; an Outcome. Nothing is written."""
    outcome = K8S_CLUSTERS.read(client, params)
    if params["ingress_providers"]:
        outcome.result["ingress_providers"] = read_ingress_providers(client)
    return outcome


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_network_cluster_info
short_description: List network clusters of ITCare services
version_added: 1.0.0
description:
  - Lists the clusters of network appliances of services, with their nodes and networks.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  id:
    description:
      - Identifier of one cluster, instead of the filters, either of its two numbers. If nothing has that number, the
        result is an empty list. If two resources have it, the task fails and names both.
    type: int
  names:
    description:
      - Names. A leading C(!) excludes a name.
    type: list
    elements: str
    aliases:
      - name
  statuses:
    description:
      - Statuses, such as V(ACTIVE) (running) or V(INACTIVE) (stopped).
    type: list
    elements: str
  services:
    description:
      - Services, each as a name or an id. By default those of all services that the API account sees. The platform
        lists them by service, so each service costs one request; they are sent in parallel.
    type: list
    elements: str
    aliases:
      - service
  gather:
    description:
      - What else to read of each. Each choice costs one request for each row; they are sent in parallel. Each is
        returned under a key of the same name, except V(details). If a row has two different numbers, one or two more
        requests determine which one a path accepts.
      - V(details) reads the page of each. Its fields are merged into the row, which may be incomplete or outdated.
      - V(nodes) are the machines; V(networks) their networks.
      - V(tags) are the tags as keys and values; V(dns_aliases) the DNS records; V(history) its past actions;
        V(patch_policy) its part in the patch parties; V(backup_policies) its policies and last backups;
        V(loadbalancers) the load balancers that it is a member of; V(parent) the resource of which it is a part, or
        null; V(operations) what can be done with it now.
    type: list
    elements: str
    default: []
    choices:
      - backup_policies
      - details
      - dns_aliases
      - history
      - loadbalancers
      - networks
      - nodes
      - operations
      - parent
      - patch_policy
      - tags
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_service_info
  - module: cegedim.cloud.itcare_network_info
"""

EXAMPLES = r"""
- name: List the network clusters of a service with their nodes
  cegedim.cloud.itcare_network_cluster_info:
    services: billing
    gather:
      - nodes
      - networks
"""

RETURN = r"""
network_clusters:
  description: The clusters, with the platform's fields in snake_case, and what O(gather) asked for.
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
      description: Its machines, as M(cegedim.cloud.itcare_instance_info) shows them.
      type: list
      elements: dict
      returned: with V(nodes) in O(gather)
    networks:
      description: Its networks.
      type: list
      elements: dict
      returned: with V(networks) in O(gather)
  sample:
    - id: 500000044
      name: billing-fw
      status: ACTIVE
      service_id: 44411
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import OF_EVERY_RESOURCE, OF_SERVICE, Listing, many

PATH = "/networking/network-clusters"

NETWORK_CLUSTERS = Listing(
    key="network_clusters",
    path="",
    own_path=PATH,
    of_service="network-clusters",
    filters=OF_SERVICE,
    gathered=dict(
        OF_EVERY_RESOURCE,
        networks=("networks", many(PATH + "/{address}/networks")),
        nodes=("nodes", many(PATH + "/{address}/nodes")),
    ),
    without=("tags", "sort"),
)

SPEC = arguments.listing(NETWORK_CLUSTERS)

run = NETWORK_CLUSTERS.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_resource_info
short_description: List resources of ITCare of any kind
version_added: 1.0.0
description:
  - Lists the resources that match all given filters, or all that the API account can see - instances, databases,
    Kubernetes clusters, load balancers and everything else.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  ids:
    description:
      - Identifiers of several resources. One that does not exist is not in the result.
    type: list
    elements: int
  types:
    description:
      - Types, such as V(LINUX), V(POSTGRESQL) or V(KUBERNETES).
    type: list
    elements: str
  families:
    description:
      - Families, such as V(DEBIAN) or V(RHEL).
    type: list
    elements: str
  versions:
    description:
      - Versions, such as V(DEBIAN_10).
    type: list
    elements: str
  taken:
    description:
      - Names to look up in the whole platform, whether or not this API account sees what has them. See RV(taken).
      - If no other option of the listing is given, nothing is listed.
    type: list
    elements: str
    aliases:
      - names_taken
  taken_type:
    description:
      - Only resources of this type have a name in O(taken), such as V(LINUX). Without it, resources of any type.
    type: str
  history_actions:
    description:
      - Only actions of these processes in the V(history) of O(gather), such as V(enable_monitoring).
    type: list
    elements: str
  history_statuses:
    description:
      - Only actions with these statuses in the V(history) of O(gather), such as V(SUCCESS).
    type: list
    elements: str
  operations_type:
    description:
      - Which operations V(operations) and V(node_operations) of O(gather) list, those that can be ordered now or those
        in progress. The last two choices are for V(operations) only.
      - The default is V(available).
    type: str
    choices:
      - available
      - in-progress
      - list-available-actions
      - list-actions-in-progress
  operations_nodes:
    description:
      - Identifiers of nodes whose operations V(operations) or V(node_operations) of O(gather) list, too.
    type: list
    elements: int
  operations_urls:
    description:
      - Identifiers of URLs of a load balancer whose operations V(operations) of O(gather) lists, too.
    type: list
    elements: int
  operations_members:
    description:
      - Identifiers of members of a load balancer, or of its URLs, whose operations V(operations) of O(gather) lists,
        too.
    type: list
    elements: int
  gather:
    description:
      - What else to read of each resource. Each costs one request for each resource; they are sent in parallel. Each is
        returned under a key of the same name, except V(details) and V(own_details).
      - V(details) reads the page of each resource below C(/compute/resources). Its fields are merged into the row,
        which may be incomplete or outdated.
      - V(own_details) reads each resource's page in its own part of the API, see RV(resources[].path), which shows what
        only its kind has, such as the backup and the version of a database. Its fields are merged into the row. If
        there is no such page, nothing is added. If a resource has two different numbers, one or two more requests
        determine which one the path accepts.
      - V(nodes) are the machines of a cluster or a farm, V(parent) the resource of which it is a node, or null, V(urls)
        the URLs of a load balancer.
      - V(networks) is the network of a resource that is in one, or null, V(farm_networks) the networks of all nodes of
        a cluster or a farm.
      - V(loadbalancers) are the load balancers that it is a member of; V(dns_aliases) its DNS records; V(history) its
        past actions; V(patch_policy) its part in the patch parties; V(backup_policies) its policies and last backups;
        V(operations) what can be done with it now, and V(node_operations) with its nodes; V(tags) its tags, read anew.
    type: list
    elements: str
    default: []
    choices:
      - backup_policies
      - details
      - dns_aliases
      - farm_networks
      - history
      - loadbalancers
      - networks
      - node_operations
      - nodes
      - operations
      - own_details
      - parent
      - patch_policy
      - tags
      - urls
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.filters
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
notes:
  - A listing may omit fields or show outdated values, most likely C(cpu), C(ram), C(storage), the backup and
    C(patch_party). With V(details) in O(gather) each row is up to date. RV(resources[].source) says where a row comes
    from.
  - A resource is listed with what all kinds have in common. What its kind has besides is in V(own_details) of
    O(gather), and in the module for that kind, such as M(cegedim.cloud.itcare_instance_info); RV(resources[].path)
    tells which part of the API that is.
seealso:
  - module: cegedim.cloud.itcare_instance_info
  - module: cegedim.cloud.itcare_service_info
"""

EXAMPLES = r"""
- name: List everything of the service billing that is stopped
  cegedim.cloud.itcare_resource_info:
    services: billing
    statuses: INACTIVE
    sort: name

- name: Find the database and its nodes
  cegedim.cloud.itcare_resource_info:
    names: billingpg
    types: POSTGRESQL
    gather:
      - nodes
      - farm_networks
  register: found

- name: Find the cluster of which a machine is a node
  cegedim.cloud.itcare_resource_info:
    id: "{{ found.resources[0].nodes[0].id }}"
    gather: parent

- name: Check whether a name is free before a machine is created
  cegedim.cloud.itcare_resource_info:
    taken: PEBBILL09
  register: names
  failed_when: names.taken.PEBBILL09

- name: See which actions on a machine failed
  cegedim.cloud.itcare_resource_info:
    names: PEBBILL01
    gather: history
    history_statuses: ERROR

- name: See what is in progress on a load balancer and one of its URLs
  cegedim.cloud.itcare_resource_info:
    names: billing.acme.example
    gather: operations
    operations_type: in-progress
    operations_urls: 500000050

- name: See what was done with the resources of an application, and what they are tagged with
  cegedim.cloud.itcare_resource_info:
    tags:
      application: billing
    gather: history
"""

RETURN = r"""
resources:
  description:
    - The resources in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked
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
    path:
      description: The part of the API where the details of its kind are.
      type: str
      returned: always
    tags:
      description: Tags as keys and values. A key that has several values has a list of them.
      type: dict
      returned: where the platform lists them, and with V(tags) in O(gather)
      sample:
        application: billing
        tier: web
    nodes:
      description: Its machines, as M(cegedim.cloud.itcare_instance_info) shows them.
      type: list
      elements: dict
      returned: with V(nodes) in O(gather)
      sample:
        - id: 500000020
          name: PEBPGBIL01
          status: ACTIVE
          ip_address: 10.59.0.20
          label_availability_zone: EB-A
    parent:
      description: The resource of which it is a node, or null.
      type: dict
      returned: with V(parent) in O(gather)
      sample:
        id: 500000020
        name: PEBPGBIL01
        parent_id: 500000019
        parent_type: POSTGRESQL
    urls:
      description: The URLs of a load balancer. The platform may name only one of several.
      type: list
      elements: dict
      returned: with V(urls) in O(gather)
      sample:
        - id: 500000050
          name: billing.acme.example
          parent_id: 500000049
          parent_type: LOAD_BALANCER
          status: ACTIVE
    networks:
      description: The network of a resource that is in one, or null.
      type: dict
      returned: with V(networks) in O(gather)
      sample:
        id: 1125
        short_description: EB_1125_DMZ8
        cidr: 10.59.0.0/16
    farm_networks:
      description: The networks of its nodes.
      type: list
      elements: dict
      returned: with V(farm_networks) in O(gather)
      sample:
        - id: 1125
          short_description: EB_1125_DMZ8
          cidr: 10.59.0.0/16
    node_operations:
      description: The operations of its nodes. Their form is not documented.
      type: list
      elements: dict
      returned: with V(node_operations) in O(gather)
    history:
      description: The past actions.
      type: list
      elements: dict
      returned: with V(history) in O(gather)
      sample:
        - id: 1333
          status: SUCCESS
          process: STOP_VM
          resource_name: PEBBILL01
  sample:
    - id: 500000019
      name: billingpg
      category: MANAGED_DATABASES
      resource_type: POSTGRESQL
      path: /databases/postgresql
      status: ACTIVE
      environment: PRODUCTION
      service_id: 44411
      service_name: billing
      tags: {}
taken:
  description: For each name in O(taken) whether a resource has it.
  returned: with O(taken)
  type: dict
  sample:
    PEBBILL09: false
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.any_resource import (
    HISTORY,
    OPERATIONS,
    RESOURCES,
    TYPES,
    read_resources,
)

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        **RESOURCES.arguments(),
        taken=dict(type="list", elements="str", aliases=["names_taken"]),
        taken_type=dict(type="str"),
        operations_type=dict(type="str", choices=list(TYPES)),
        **{name: dict(type="list", elements="int") for name, key in OPERATIONS.items() if key != "type"},
        **{name: dict(type="list", elements="str") for name in HISTORY},
    ),
    mutually_exclusive=RESOURCES.exclusive(),
    required_by={"taken_type": ["taken"]},
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the resources; an Outcome. Nothing is written, with or without ``check``."""
    return read_resources(client, params)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

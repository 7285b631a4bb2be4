#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_service_info
short_description: List services of ITCare and what they hold
version_added: 1.0.0
description:
  - Lists the services that match all given filters, or all that the API account can see.
  - A service groups resources, such as all of one application in one environment. Every resource belongs to one.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  id:
    description:
      - Identifier of one service, instead of the filters. If it does not exist, the result is an empty list.
    type: int
  names:
    description:
      - Names. A leading C(!) excludes a name.
    type: list
    elements: str
    aliases:
      - name
  environments:
    description:
      - Environments, such as V(PRODUCTION).
    type: list
    elements: str
  statuses:
    description:
      - Statuses, V(ACTIVE) or V(PREPARATION).
    type: list
    elements: str
  tags:
    description:
      - Tags, as keys and values. Numbers and booleans become text.
      - The platform decides whether a service must have all of them or any of them; this is not documented.
    type: dict
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
  sort:
    description:
      - The property to sort by, optionally followed by V(,asc) or V(,desc), such as V(name) or V(environment,desc).
    type: str
  gather:
    description:
      - What else to read of each service. Each costs one request for each service; they are sent in parallel. Each is
        returned under a key of the same name.
      - V(resources) is everything that the service holds, in short. V(application_servers), V(brokers), V(hardwares),
        V(instances), V(kubernetes), V(loadbalancers), V(managed_databases), V(network_clusters) and V(storage)
        (GlusterFS) are its resources of one kind, in full.
      - V(actions_in_progress) is what goes on at its resources now, V(history) its past actions.
      - V(patch_policies) is the part of its resources in the patch parties; whether it lists all of them or only the
        excluded ones is not documented.
      - V(relations) are the services that it needs (C(dependencies)) and those that need it (C(impacts)), and
        V(relations_stats) their numbers. V(stats) is the number of its resources by category.
      - V(tags) are its tags as keys and values.
    type: list
    elements: str
    default: []
    choices:
      - actions_in_progress
      - application_servers
      - brokers
      - hardwares
      - history
      - instances
      - kubernetes
      - loadbalancers
      - managed_databases
      - network_clusters
      - patch_policies
      - relations
      - relations_stats
      - resources
      - stats
      - storage
      - tags
  contents:
    description:
      - Narrows what O(gather) reads of the contents of a service. Each of these options narrows only some of them; one
        that does not narrow everything that O(gather) asks for is refused.
    type: dict
    suboptions:
      names:
        description:
          - Names of resources, in all contents.
        type: list
        elements: str
      statuses:
        description:
          - Statuses of resources, in all contents.
        type: list
        elements: str
      categories:
        description:
          - Categories, such as V(INSTANCES), V(APPLICATION_SERVERS) or V(LOAD_BALANCERS), in V(resources) and
            V(actions_in_progress).
        type: list
        elements: str
      families:
        description:
          - Families of operating system, such as V(DEBIAN), in V(instances).
        type: list
        elements: str
      versions:
        description:
          - Versions, in V(kubernetes) and V(brokers).
        type: list
        elements: str
      sizings:
        description:
          - Sizes of nodes, such as V(4cpu8gb), in V(brokers) and V(storage). V(storage) takes one size only.
        type: list
        elements: str
        aliases:
          - sizes
      backup:
        description:
          - Whether they are backed up, in V(instances) and V(application_servers).
        type: bool
      recovery:
        description:
          - Whether they are part of the disaster recovery, in V(instances) and V(application_servers).
        type: bool
        aliases:
          - drp
      node_count:
        description:
          - Number of nodes, in V(storage).
        type: int
      member_count:
        description:
          - Number of members, in V(loadbalancers).
        type: int
        aliases:
          - nodes
      virtual_ip:
        description:
          - IP address, in V(storage).
        type: str
        aliases:
          - vip
      managed_nodes:
        description:
          - Whether V(instances) has the machines of managed products, too.
        type: bool
        aliases:
          - with_managed_nodes
      application_servers:
        description:
          - Whether V(instances) has the application servers, too.
        type: bool
        aliases:
          - with_application_servers
      oracle_databases:
        description:
          - Whether V(instances) has the Oracle databases, too.
        type: bool
        aliases:
          - with_oracle_dbs
      mongo_nodejs:
        description:
          - Whether V(instances) has those with MongoDB and Node.js, too.
        type: bool
        aliases:
          - with_mongo_node_js
  history:
    description:
      - Narrows the V(history) of O(gather).
    type: dict
    suboptions:
      actions:
        description:
          - Processes of the actions, such as V(enable_monitoring).
        type: list
        elements: str
      statuses:
        description:
          - Statuses of the actions, such as V(SUCCESS).
        type: list
        elements: str
      names:
        description:
          - Names of the resources.
        type: list
        elements: str
  patch_history:
    description:
      - Whether the V(patch_policies) of O(gather) have their history. What the platform adds for it is not documented.
    type: bool
    aliases:
      - with_history
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
notes:
  - Values of the filters go to the platform as they are, except that a comma and an empty value are refused, since the
    platform would interpret them as several values or as no filter at all.
seealso:
  - module: cegedim.cloud.itcare_resource_info
"""

EXAMPLES = r"""
- name: Look up the id of a service
  cegedim.cloud.itcare_service_info:
    names: billing
  register: billing
  failed_when: billing.services | length != 1

- name: List all that the service holds, and what goes on there
  cegedim.cloud.itcare_service_info:
    id: "{{ billing.services[0].id }}"
    gather:
      - resources
      - actions_in_progress

- name: Find out which services would be affected if portal stopped
  cegedim.cloud.itcare_service_info:
    names: portal
    environments: PRODUCTION
    gather: relations

- name: List all machines of a service that are not backed up, nodes of its products among them
  cegedim.cloud.itcare_service_info:
    names: billing
    gather: instances
    contents:
      backup: false
      managed_nodes: true

- name: See what failed on one machine of the service
  cegedim.cloud.itcare_service_info:
    names: billing
    gather: history
    history:
      names: PEBBILL01
      statuses: ERROR

- name: Count what the services of an application hold
  cegedim.cloud.itcare_service_info:
    tags:
      application: billing
    sort: name
    gather: stats
"""

RETURN = r"""
services:
  description:
    - The services in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked for.
  returned: success
  type: list
  elements: dict
  contains:
    relations:
      description: The services that it needs, and those that need it.
      type: dict
      returned: with V(relations) in O(gather), and where the platform lists it
      sample:
        dependencies:
          - id: 44421
            name: portal
            environment: PRODUCTION
        impacts:
          - id: 44413
            name: intranet
            environment: DEV
    relations_stats:
      description: The number of its relations.
      type: dict
      returned: with V(relations_stats) in O(gather)
      sample:
        dependencies: 1
        impacts: 1
    stats:
      description: The number of its resources by category, in the platform's spelling.
      type: dict
      returned: with V(stats) in O(gather)
      sample:
        INSTANCES: 4
        MANAGED_DATABASES: 2
    actions_in_progress:
      description: What goes on at its resources.
      type: list
      elements: dict
      returned: with V(actions_in_progress) in O(gather)
      sample:
        - id: 1333
          status: IN_PROGRESS
          process: STOP_VM
          resource_name: PEBBILL01
    patch_policies:
      description: The part of its resources in the patch parties.
      type: list
      elements: dict
      returned: with V(patch_policies) in O(gather)
      sample:
        - id: 500000004
          name: PEBBILLW01
          excluded: true
          exclusion_reason: Patched by its vendor
          patch_tag: 2026-Q2
    resources:
      description: All that the service holds.
      type: list
      elements: dict
      returned: with V(resources) in O(gather)
      sample:
        - id: 500000001
          name: PEBBILL01
          category: INSTANCES
          type: LINUX
          status: ACTIVE
    tags:
      description: Tags as keys and values. A key that has several values has a list of them.
      type: dict
      returned: with V(tags) in O(gather)
      sample:
        application: billing
  sample:
    - id: 44411
      name: billing
      key: BILLING
      environment: PRODUCTION
      status: ACTIVE
      cloud: acme-retail
      cloud_id: 101
      comment: The billing service
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.services import (
    CONTENTS_OPTIONS,
    SERVICES,
    read_services,
)

# What names a row, for the lookup plugin.
NAMED_BY = ("id", "name", "key")

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        **SERVICES.arguments(),
        contents=dict(
            type="dict",
            options=CONTENTS_OPTIONS,
        ),
        history=dict(
            type="dict",
            options=dict(
                actions=dict(type="list", elements="str"),
                statuses=dict(type="list", elements="str"),
                names=dict(type="list", elements="str"),
            ),
        ),
        patch_history=dict(type="bool", aliases=["with_history"]),
    ),
    mutually_exclusive=SERVICES.exclusive(),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the services; an Outcome. Nothing is written, with or without ``check``."""
    return read_services(client, params)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_service_info
short_description: List services of ITCare and what they hold
version_added: 0.1.0
description:
  - Lists the services that fit all of the given filters, or all that the API account sees.
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
      - Whether a service must have all of them or any of them is decided by the platform, which does not document it.
    type: dict
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
  sort:
    description:
      - The property to sort by, and maybe V(,asc) or V(,desc), such as V(name) or V(environment,desc).
    type: str
  gather:
    description:
      - What else to read of each service. Each costs one request for each service; they are sent in parallel. All stand
        under a key of the same name.
      - V(resources) is everything that the service holds, in short. V(application_servers), V(brokers), V(hardwares),
        V(instances), V(kubernetes), V(loadbalancers), V(managed_databases), V(network_clusters) and V(storage)
        (GlusterFS) are its resources of one kind, in full.
      - V(actions_in_progress) is what goes on at its resources now, V(history) the actions of the past.
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
    platform would understand them as several values or as no filter at all.
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

- name: See which services a stop of portal would hit
  cegedim.cloud.itcare_service_info:
    names: portal
    environments: PRODUCTION
    gather: relations

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
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import FILTERS, Listing, many, one
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.tags import read_tags

LISTS = (
    "actions_in_progress",
    "application_servers",
    "brokers",
    "hardwares",
    "history",
    "instances",
    "kubernetes",
    "loadbalancers",
    "managed_databases",
    "network_clusters",
    "patch_policies",
    "resources",
    "storage",
)


def _path(name):
    return "/compute/services/{address}/" + name.replace("_", "-")


def _stats(client, seen):
    """The categories are keys in the answer, and stay as the platform spells them."""
    return client.find(seen.path(_path("stats"))) or {}


SERVICES = Listing(
    key="services",
    path="/compute/services",
    filters=FILTERS,
    gathered=dict(
        {name: (name, many(_path(name))) for name in LISTS},
        relations=("relations", one(_path("relations"))),
        relations_stats=("relations_stats", one("/compute/services/{address}/relations/stats")),
        stats=("stats", _stats),
        tags=("tags", read_tags),
    ),
    without=("services",),
    has_one_number=True,
)

# What names a row, for the lookup plugin.
NAMED_BY = ("id", "name", "key")

SPEC = dict(
    argument_spec=arguments.spec("auth", **SERVICES.arguments()),
    mutually_exclusive=SERVICES.exclusive(),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the services; an Outcome. Nothing is written, with or without ``check``."""
    return SERVICES.read(client, params)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

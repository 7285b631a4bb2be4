#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_instance_info
short_description: List virtual instances of ITCare
version_added: 1.0.0
description:
  - Lists the virtual instances that match all given filters, or all that the API account can see.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  types:
    description:
      - Types of operating system, such as V(LINUX), V(WINDOWS) or V(AIX).
    type: list
    elements: str
  families:
    description:
      - Families of operating system, such as V(DEBIAN) or V(RHEL).
    type: list
    elements: str
  availability_zones:
    description:
      - Availability zones, such as V(EB-A).
    type: list
    aliases:
      - az
    elements: str
  ip:
    description:
      - IP addresses.
    type: list
    elements: str
  vlan:
    description:
      - Networks, by their short description, such as V(EB_1125_DMZ8).
    type: list
    elements: str
  gather:
    description:
      - What else to read of each instance. Each costs one request for each instance; they are sent in parallel. If an
        instance has two different numbers, one or two more requests determine which one a path accepts.
      - V(details) reads the page of each instance. Its fields are merged into the row, which may be incomplete or
        outdated.
      - V(storage) are the disks' file systems (in RV(instances[].storage_information), since RV(instances[].storage) is
        a size in the row itself). All others are returned under a key of the same name.
      - V(networks) is the network with its gateway, mask and DNS entries; V(snapshot) the active snapshot, or null;
        V(tags) the tags as keys and values; V(dns_aliases) the DNS records; V(history) its past actions;
        V(patch_policy) its part in the patch parties; V(backup_policies) its policies and last backups;
        V(loadbalancers) the load balancers that it is a member of, in full instead of in short; V(parent) the resource
        of which it is a node, or null; V(operations) what can be done with it now.
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
      - operations
      - parent
      - patch_policy
      - snapshot
      - storage
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
  - A listing may omit fields or show outdated values, most likely C(cpu), C(ram), C(storage), the backup and
    C(patch_party). With V(details) in O(gather) each row is up to date. RV(instances[].source) says where a row comes
    from.
seealso:
  - module: cegedim.cloud.itcare_instance
"""

EXAMPLES = r"""
- name: List the running Debian machines of the service billing
  cegedim.cloud.itcare_instance_info:
    services: billing
    families: DEBIAN
    statuses: ACTIVE
    sort: name
  register: web

- name: Check whether a machine exists
  cegedim.cloud.itcare_instance_info:
    names: PEBBILL01
  register: found
  failed_when: found.instances | length != 1

- name: Find machines by tags, with their snapshots and file systems
  cegedim.cloud.itcare_instance_info:
    tags:
      application: billing
      tier: web
    gather:
      - snapshot
      - storage

- name: List what is in production and not backed up
  cegedim.cloud.itcare_instance_info:
    environments: PRODUCTION
    backup_status: false
"""

RETURN = r"""
instances:
  description:
    - The instances in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked
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
    storage:
      description: Size of its disks in GB.
      type: int
      returned: where the platform shows it
    storage_information:
      description: Disks and file systems.
      type: dict
      returned: with V(storage) in O(gather)
      sample:
        total_size_disks: 40
        total_size_file_systems: 38
        file_systems:
          - mounting_point: /
            size_of: 30
            free: 21
            type: xfs
    snapshot:
      description: The active snapshot, or null if there is none.
      type: dict
      returned: with V(snapshot) in O(gather)
      sample:
        id: 1234-snap-42
        description: Before the release
        created_at: '2026-05-04T08:15:00.000Z'
        expires_at: '2026-05-07T08:15:00.000Z'
    tags:
      description: Tags as keys and values. A key that has several values has a list of them.
      type: dict
      returned: with V(tags) in O(gather)
      sample:
        application: billing
        tier: web
  sample:
    - id: 1234
      name: PEBBILL01
      status: ACTIVE
      service_id: 44411
      service_name: billing
      family: DEBIAN
      cpu: 4
      ram: 8
      ip_address: 10.59.13.29
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import (
    FILTERS,
    MANAGEMENT_FILTERS,
    OF_EVERY_RESOURCE,
    Listing,
    one,
)

INSTANCES = Listing(
    key="instances",
    path="/compute/instances",
    filters=dict(
        FILTERS,
        **MANAGEMENT_FILTERS,
        types=dict(type="list", elements="str"),
        families=dict(type="list", elements="str"),
        availability_zones=dict(type="list", elements="str", aliases=["az"]),
        ip=dict(type="list", elements="str"),
        vlan=dict(type="list", elements="str"),
    ),
    gathered=dict(
        OF_EVERY_RESOURCE,
        networks=("networks", one("/compute/instances/{address}/networks")),
        snapshot=("snapshot", one("/compute/instances/{address}/snapshots")),
        storage=("storage_information", one("/compute/instances/{address}/storage")),
    ),
)

SPEC = dict(
    argument_spec=arguments.spec("auth", **INSTANCES.arguments()),
    mutually_exclusive=INSTANCES.exclusive(),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the instances; an Outcome. Nothing is written, with or without ``check``."""
    return INSTANCES.read(client, params)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

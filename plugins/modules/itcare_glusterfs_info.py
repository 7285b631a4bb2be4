#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_glusterfs_info
short_description: List GlusterFS of ITCare
version_added: 1.0.0
description:
  - Lists the managed GlusterFS that match all given filters, or all that the API account can see.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  virtual_ips:
    description:
      - Virtual IP addresses.
    type: list
    elements: str
  gather:
    description:
      - What else to read of each. Each choice costs one request for each row; they are sent in parallel. Each is
        returned under a key of the same name, except V(details). If a row has two different numbers, one or two more
        requests determine which one a path accepts.
      - V(details) reads the page of each, which also shows what no listing has. Its fields are merged into the row,
        which may be incomplete or outdated.
      - V(volumes) are the volumes, each with its name (the end of its mounting point) and its size in GB; V(nodes) the
        machines; V(networks) their networks.
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
      - volumes
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.filters
  - cegedim.cloud.management_filters
  - cegedim.cloud.farm_filters
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_glusterfs
"""

EXAMPLES = r"""
- name: List the GlusterFS of the service billing, with their nodes
  cegedim.cloud.itcare_glusterfs_info:
    services: billing
    gather: nodes

- name: See the volumes of one
  cegedim.cloud.itcare_glusterfs_info:
    names: billing_docs
    gather: volumes
  register: found

- name: List what is stopped
  cegedim.cloud.itcare_glusterfs_info:
    statuses: INACTIVE
    sort: name
"""

RETURN = r"""
glusterfs:
  description:
    - The GlusterFS in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked
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
    volumes:
      description: The volumes. Null where it is stopped and cannot tell.
      type: list
      elements: dict
      returned: with V(volumes) in O(gather)
      sample:
        - name: invoices
          disk_size: 100
          mounting_point: /data/invoices
          size_of: 100
          free: 50
    nodes:
      description: The machines.
      type: list
      elements: dict
      returned: with V(nodes) in O(gather)
      sample:
        - id: 1235
          name: PEBGLU01
          cpu: 2
          ram: 4
    networks:
      description: The networks of the machines.
      type: list
      elements: dict
      returned: with V(networks) in O(gather)
    tags:
      description: Tags as keys and values. A key that has several values has a list of them.
      type: dict
      returned: with V(tags) in O(gather)
      sample:
        application: billing
  sample:
    - id: 1234
      name: billing_docs
      status: ACTIVE
      service_name: billing
      version: '10.2'
      node_count: '2'
      virtual_ip: 10.62.0.50
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.glusterfs_volumes import read_volumes
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm_listing import farm_listing
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result


def _volumes(client, seen):
    rows = read_volumes(client, seen)
    return rows and [to_result(row) for row in rows]


GLUSTERFS = farm_listing(
    "glusterfs",
    "/storage/glusterfs",
    filters=dict(virtual_ips=dict(type="list", elements="str")),
    gathered=dict(volumes=("volumes", _volumes)),
)

SPEC = arguments.listing(GLUSTERFS)

run = GLUSTERFS.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

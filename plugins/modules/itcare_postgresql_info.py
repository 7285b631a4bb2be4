#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_postgresql_info
short_description: List PostgreSQL of ITCare
version_added: 1.0.0
description:
  - Lists the managed PostgreSQL that match all given filters, or all that the API account can see.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  families:
    description:
      - Families, as the platform names them.
    type: list
    elements: str
  restore:
    description:
      - Whether to list what can be restored.
    type: bool
  version:
    description:
      - One major version, such as V(16).
    type: int
  gather:
    description:
      - What else to read of each. Each costs one request for each PostgreSQL; they are sent in parallel. Each is
        returned under a key of the same name, except V(details). If one has two different numbers, one or two more
        requests determine which one a path accepts.
      - V(details) reads the page of each, which also shows what no listing has, such as its network, disk and TLS. Its
        fields are merged into the row, which may be incomplete or outdated.
      - V(databases) are the databases with the extensions that are installed; V(extensions) the extensions that can be
        installed; V(versions) the versions that it can be upgraded to; V(nodes) the machines; V(networks) their
        networks.
      - V(tags) are the tags as keys and values; V(dns_aliases) the DNS records; V(history) its past actions;
        V(patch_policy) its part in the patch parties; V(backup_policies) its policies and last backups;
        V(loadbalancers) the load balancers that it is a member of; V(parent) the resource of which it is a part, or
        null; V(operations) what can be done with it now.
    type: list
    elements: str
    default: []
    choices:
      - backup_policies
      - databases
      - details
      - dns_aliases
      - extensions
      - history
      - loadbalancers
      - networks
      - nodes
      - operations
      - parent
      - patch_policy
      - tags
      - versions
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
  - module: cegedim.cloud.itcare_postgresql
  - module: cegedim.cloud.itcare_postgresql_restore
"""

EXAMPLES = r"""
- name: List the PostgreSQL of the service billing, with their databases
  cegedim.cloud.itcare_postgresql_info:
    services: billing
    gather: databases

- name: See what one can be upgraded to, and which extensions it can get
  cegedim.cloud.itcare_postgresql_info:
    names: intrapg
    gather:
      - versions
      - extensions

- name: List what is highly available and stopped
  cegedim.cloud.itcare_postgresql_info:
    topologies: HA
    statuses: INACTIVE
"""

RETURN = r"""
postgresql:
  description:
    - The PostgreSQL in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked
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
    databases:
      description: Databases, with the extensions that are installed in each.
      type: list
      elements: dict
      returned: with V(databases) in O(gather)
      sample:
        - name: app
          extensions:
            - name: pgcrypto
              schema: public
              version: '1.3'
    extensions:
      description: Extensions that can be installed.
      type: list
      elements: dict
      returned: with V(extensions) in O(gather)
      sample:
        - name: pg_trgm
          requires_restarting: false
          version: '1.6'
    versions:
      description: Versions that it can be upgraded to.
      type: list
      elements: int
      returned: with V(versions) in O(gather)
      sample: [15, 16]
    tags:
      description: Tags as keys and values. A key that has several values has a list of them.
      type: dict
      returned: with V(tags) in O(gather)
      sample:
        application: billing
  sample:
    - id: 1234
      name: billingpg
      status: ACTIVE
      service_id: 44411
      service_name: billing
      topology: HA
      version: '15'
      sizing: 4cpu16gb
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import many
from ansible_collections.cegedim.cloud.plugins.module_utils.products.postgresql import PATH
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm import DATABASES
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm_listing import farm_listing


def _versions(client, seen):
    return client.get(seen.path(PATH + "/{address}/versions"))


POSTGRESQL = farm_listing(
    "postgresql",
    PATH,
    DATABASES,
    filters=dict(
        families=dict(type="list", elements="str"),
        restore=dict(type="bool"),
        version=dict(type="int"),
    ),
    gathered=dict(
        databases=("databases", many(PATH + "/{address}/databases")),
        extensions=("extensions", many(PATH + "/{address}/extensions")),
        versions=("versions", _versions),
    ),
)

SPEC = arguments.listing(POSTGRESQL)

run = POSTGRESQL.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_application_server_info
short_description: List application servers of ITCare
version_added: 1.0.0
description:
  - Lists the application servers, such as Tomcat and WildFly, that match all given filters, or all that the API account
    can see.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  types:
    description:
      - Types, such as V(TOMCAT) or V(WILDFLY).
    type: list
    elements: str
  families:
    description:
      - Families, such as V(TOMCAT).
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
      - What else to read of each. Each choice costs one request for each row; they are sent in parallel. Each is
        returned under a key of the same name, except V(details). If a row has two different numbers, one or two more
        requests determine which one a path accepts.
      - V(details) reads the page of each. Its fields are merged into the row, which may be incomplete or outdated. The
        platform documents no other page of an application server than the one that all resources have.
      - V(networks) is the network, or null.
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
seealso:
  - module: cegedim.cloud.itcare_instance_info
  - module: cegedim.cloud.itcare_resource_info
"""

EXAMPLES = r"""
- name: List the application servers of the service billing
  cegedim.cloud.itcare_application_server_info:
    services: billing
    sort: name

- name: List what is in production and not patched
  cegedim.cloud.itcare_application_server_info:
    environments: PRODUCTION
    included_in_patch_party: false
"""

RETURN = r"""
application_servers:
  description:
    - The application servers in the order of the platform, with the platform's fields in snake_case, and what O(gather)
      asked for.
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
    networks:
      description: The network that it is in, or null.
      type: dict
      returned: with V(networks) in O(gather)
  sample:
    - id: 500000040
      name: PEBTOM01
      status: ACTIVE
      type: TOMCAT
      cpu: 2
      ram: 4
      service_id: 44411
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.identity import RESOURCES
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import (
    FILTERS,
    MANAGEMENT_FILTERS,
    OF_EVERY_RESOURCE,
    Listing,
    one,
)

APPLICATION_SERVERS = Listing(
    key="application_servers",
    path="/compute/application-servers",
    own_path=RESOURCES,
    filters=dict(
        FILTERS,
        **MANAGEMENT_FILTERS,
        types=dict(type="list", elements="str"),
        families=dict(type="list", elements="str"),
        availability_zones=dict(type="list", elements="str", aliases=["az"]),
        ip=dict(type="list", elements="str"),
        vlan=dict(type="list", elements="str"),
    ),
    gathered=dict(OF_EVERY_RESOURCE, networks=("networks", one(RESOURCES + "/{number}/networks"))),
)

SPEC = arguments.listing(APPLICATION_SERVERS)

run = APPLICATION_SERVERS.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_hardware_info
short_description: List hardware of ITCare services
version_added: 1.0.0
description:
  - Lists the physical machines of services, with their model, serial number and place in the data centre.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  id:
    description:
      - Identifier of one machine, instead of the filters, either of its two numbers. If nothing has that number, the
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
"""

EXAMPLES = r"""
- name: List the hardware of the service billing
  cegedim.cloud.itcare_hardware_info:
    services: billing
  register: found

- name: Show the serial numbers
  ansible.builtin.debug:
    msg: "{{ found.hardwares | map(attribute='serial') }}"

- name: Show one machine with all that its own page has
  cegedim.cloud.itcare_hardware_info:
    id: 500000059
    gather: details
"""

RETURN = r"""
hardwares:
  description: The machines, with the platform's fields in snake_case, and what O(gather) asked for.
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
  sample:
    - id: 500000059
      name: PEBHARD01
      status: ACTIVE
      model: R640
      serial: SN-0001
      dc: EB4
      rack: R12
      service_id: 44411
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import OF_EVERY_RESOURCE, OF_SERVICE, Listing

HARDWARES = Listing(
    key="hardwares",
    path="",
    own_path="/hardwares",
    of_service="hardwares",
    filters=OF_SERVICE,
    gathered=OF_EVERY_RESOURCE,
    without=("tags", "sort"),
)

SPEC = arguments.listing(HARDWARES)

run = HARDWARES.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

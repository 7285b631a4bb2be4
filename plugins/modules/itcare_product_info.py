#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_product_info
short_description: List the products of ITCare's catalogue, their sizes and their support
version_added: 1.0.0
description:
  - Lists the products that can be created, such as the images of instances or the versions of databases, with the C(id)
    and the C(platform) by which other modules ask for them.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  type:
    description:
      - Type, such as V(LINUX), V(POSTGRESQL) or V(KUBERNETES). By default, products of all types are listed.
    type: str
  id:
    description:
      - One product, by its id or else by its code, such as V(deb12). Case makes no difference. If it does not exist,
        the result is an empty list.
    type: str
    aliases:
      - code
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
  platform:
    description:
      - Narrows the support policies to one platform, by its name, such as V(Debian 12).
      - Only with V(support_policies) in O(gather).
    type: str
  gather:
    description:
      - What else to read.
      - V(sizings) are the sizes (CPU and RAM) in which a product can be created, V(storage) its disks and their limits,
        V(properties) its further settings. All three together cost one request for each product, so better narrow the
        listing with O(type) or O(id).
      - V(regions) are the regions in which it can be created; one request for each product.
      - V(support_policies) are the phases of support of all platforms, in one request. They are returned beside the
        products, in RV(support_policies), since the platform does not document how they belong together. Only
        O(platform) narrows them; with O(type), O(id) or O(clouds) alone, a warning says so.
    type: list
    elements: str
    default: []
    choices:
      - properties
      - regions
      - sizings
      - storage
      - support_policies
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_instance
  - module: cegedim.cloud.itcare_region_info
"""

EXAMPLES = r"""
- name: List the versions of PostgreSQL that are still sold
  cegedim.cloud.itcare_product_info:
    type: POSTGRESQL
  register: postgresql

- name: Show them
  ansible.builtin.debug:
    msg: "{{ postgresql.products | selectattr('support_phase', 'eq', 'STANDARD') | map(attribute='version') }}"

- name: Find the sizes and the disks of a Debian machine, and where it can be created
  cegedim.cloud.itcare_product_info:
    id: deb12
    gather:
      - sizings
      - storage
      - regions
  register: debian

- name: Choose the smallest size with eight gigabytes of memory
  ansible.builtin.debug:
    msg: "{{ (debian.products[0].sizings | selectattr('ram', 'ge', 8) | sort(attribute='vcpus'))[0].id }}"

- name: Find out until when a platform is supported
  cegedim.cloud.itcare_product_info:
    id: deb12
    platform: Debian 12
    gather: support_policies
"""

RETURN = r"""
products:
  description:
    - The products in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked for.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: By this, or by C(platform), other modules ask for the product. By which of them is not documented.
      type: str
      returned: always
    backup_policy_type:
      description: The type of its backup policies, for O(cegedim.cloud.itcare_backup_policy_info#module:policy_type).
      type: str
      returned: always
    sizings:
      description: The sizes in which it can be created. The C(id) is what other modules take as C(sizing).
      type: list
      elements: dict
      returned: with V(sizings) in O(gather)
      sample:
        - id: 4cpu8gb
          option_name: 4cpu8gb
          vcpus: 4
          ram: 8
          available: true
    storage:
      description: Its disks and their limits in GB, or null if the platform has none.
      type: dict
      returned: with V(storage) in O(gather)
      sample:
        max_volumes: 6
        min_volume_size: 1
        total_size_authorized: 4096
        total_volumes_size: 40
        volumes:
          - id: data
            min: 1
            max: 4096
            size_gb: 0
            mandatory: false
    properties:
      description: Its further settings.
      type: list
      elements: dict
      returned: with V(properties) in O(gather)
      sample:
        - key: hardening
          default_value: 'true'
          mandatory: false
          editable: true
    enforced_auth_domain:
      description: Whether it has to be part of an authentication domain.
      type: bool
      returned: with V(properties), V(sizings) or V(storage) in O(gather)
    regions:
      description: The regions in which it can be created, with their areas and zones.
      type: list
      elements: dict
      returned: with V(regions) in O(gather)
      sample:
        - id: EB
          location: Boulogne-Billancourt
          areas:
            - id: EB-EMEA
  sample:
    - id: deb12
      code: deb12
      platform: deb12
      label: Debian 12
      name: DEBIAN
      type: LINUX
      category: INSTANCES
      version: '12'
      support_phase: STANDARD
      backup_policy_type: SERVER
support_policies:
  description: The phases of support of the platforms.
  returned: with V(support_policies) in O(gather)
  type: list
  elements: dict
  sample:
    - id: deb12
      name: Debian 12
      support_phase: STANDARD
      released_at: '2023-01-15T00:00:00.000Z'
      end_of_sales_at: '2031-12-31T00:00:00.000Z'
      extended_support_at: '2031-12-31T00:00:00.000Z'
      end_of_support_at: '2031-12-31T00:00:00.000Z'
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.catalogue import DETAILS, read_products
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters
from ansible_collections.cegedim.cloud.plugins.module_utils.telling import Outcome

# What names a row, for the lookup plugin.
NAMED_BY = ("id", "code", "label")

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        type=dict(type="str"),
        id=dict(type="str", aliases=["code"]),
        clouds=dict(type="list", elements="int"),
        platform=dict(type="str"),
        gather=dict(type="list", elements="str", default=[], choices=sorted([*DETAILS, "regions", "support_policies"])),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the products; an Outcome. Nothing is written, with or without ``check``."""
    narrowing = () if params["platform"] is not None else ("type", "id", "clouds")
    warnings = filters.not_narrowed(params, "support_policies", narrowing)
    return Outcome(False, read_products(client, params), warnings)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

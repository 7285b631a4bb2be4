#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_resource_type_info
short_description: List the types of ITCare resources
version_added: 1.0.0
description:
  - Lists the categories of resources with their types and families, such as C(INSTANCES) with C(LINUX) and C(DEBIAN).
  - These are the words that filters of other modules take as O(cegedim.cloud.itcare_resource_info#module:types) and
    O(cegedim.cloud.itcare_resource_info#module:families).
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  all:
    description:
      - V(true) lists all types, V(false) only those that have resources. By default, the platform decides.
    type: bool
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int

  gather:
    description:
      - What else to read.
      - V(technologies) are the products of each type. It costs one request for each type; they are sent in parallel.
      - V(types) are the names of all types in one list, in RV(types). Nothing narrows it; with O(all=false) or
        O(clouds), a warning says so.
    type: list
    elements: str
    default: []
    choices:
      - technologies
      - types
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_product_info
  - module: cegedim.cloud.itcare_resource_info
"""

EXAMPLES = r"""
- name: List the types that have resources, with their products
  cegedim.cloud.itcare_resource_type_info:
    all: false
    gather: technologies

- name: List the names of all types
  cegedim.cloud.itcare_resource_type_info:
    gather: types
  register: found

- name: Show them
  ansible.builtin.debug:
    var: found.types
"""

RETURN = r"""
resource_types:
  description:
    - The categories with their types and families, in the order of the platform, with the platform's fields in
      snake_case.
  returned: success
  type: list
  elements: dict
  contains:
    types:
      description: The types of the category.
      type: list
      elements: dict
      returned: always
      contains:
        technologies:
          description: The products of the type, as M(cegedim.cloud.itcare_product_info) shows them.
          type: list
          elements: dict
          returned: with V(technologies) in O(gather)
  sample:
    - name: INSTANCES
      types:
        - name: LINUX
          description: Linux
          families:
            - name: DEBIAN
              description: Debian
types:
  description: The names of all types.
  returned: with V(types) in O(gather)
  type: list
  elements: str
  sample: [KUBERNETES, LINUX, LOAD_BALANCER]
"""

from urllib.parse import quote

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.parallel import in_parallel
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result

PATH = "/compute/resource-types"

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        all=dict(type="bool"),
        clouds=dict(type="list", elements="int"),
        gather=dict(type="list", elements="str", default=[], choices=["technologies", "types"]),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the types; an Outcome. Nothing is written, with or without ``check``."""
    rows = [to_result(row) for row in client.get(PATH, filters.query_of(params, ("all", "clouds"))) or []]
    result = {"resource_types": rows}
    if "technologies" in params["gather"]:
        types = [one for row in rows for one in row.get("types") or [] if one.get("name")]
        query = filters.query_of(params, ("clouds",))
        found = in_parallel(lambda one: client.find(_technologies(one), query) or [], types)
        for one, products in zip(types, found):
            one["technologies"] = [to_result(product) for product in products]
    if "types" in params["gather"]:
        result["types"] = client.get("/compute/types") or []
    narrowing = ("clouds",) if params["all"] else ("all", "clouds")
    return Outcome(False, result, filters.not_narrowed(params, "types", narrowing))


def _technologies(one):
    return "%s/%s/technologies" % (PATH, quote(str(one["name"]), safe=""))


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

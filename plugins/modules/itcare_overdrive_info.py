#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_overdrive_info
short_description: List OverDrive of ITCare
version_added: 1.0.0
description:
  - Lists the managed OverDrive that match all given filters, or all that the API account can see.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  sort:
    description:
      - The property to sort by, optionally followed by V(,asc) or V(,desc), such as V(name) or V(creation_time,desc).
    type: str
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.name_filters
  - cegedim.cloud.farm_gather
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_overdrive
"""

EXAMPLES = r"""
- name: List all OverDrive, with their nodes and tags
  cegedim.cloud.itcare_overdrive_info:
    gather:
      - nodes
      - tags

- name: See what can be done with one now
  cegedim.cloud.itcare_overdrive_info:
    names: intradrive
    gather: details
  register: found
"""

RETURN = r"""
overdrive:
  description:
    - The OverDrive in the order of the platform, with the platform's fields in snake_case, and what O(gather) asked
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
    available_actions:
      description: What can be done with it now, and why something cannot.
      type: list
      elements: dict
      returned: when the platform shows it
      sample:
        - operation: start
          available: false
          unavailability_causes: [it is started]
    nodes:
      description: The machines.
      type: list
      elements: dict
      returned: with V(nodes) in O(gather)
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
        application: intranet
  sample:
    - id: 1234
      name: intradrive
      status: ACTIVE
      service_name: intranet
      sizing: XS
      url: https://intradrive.example.com
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm_listing import (
    application_service_listing,
)

OVERDRIVE = application_service_listing("overdrive", "/storage/overdrive")

SPEC = arguments.listing(OVERDRIVE)

run = OVERDRIVE.run


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

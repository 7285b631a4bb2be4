#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_status_info
short_description: List the statuses of ITCare services and resources
version_added: 1.0.0
description:
  - Lists the statuses that services or resources of a kind can have.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  type:
    description:
      - The kind of thing, such as V(SERVICE), V(RESOURCE) or V(INSTANCE). The platform's list of kinds is lost; it
        describes them as a service or a resource, such as an instance, a database or a URL.
    type: str
    required: true
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_resource_info
  - module: cegedim.cloud.itcare_service_info
"""

EXAMPLES = r"""
- name: List the statuses that an instance can have
  cegedim.cloud.itcare_status_info:
    type: INSTANCE
"""

RETURN = r"""
statuses:
  description: The statuses.
  returned: success
  type: list
  elements: str
  sample: [ACTIVE, INACTIVE, PREPARATION]
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters

SPEC = dict(argument_spec=arguments.spec("auth", type=dict(type="str", required=True)), supports_check_mode=True)


def run(client, params, check):
    """Read the statuses; an Outcome. Nothing is written, with or without ``check``."""
    return Outcome(False, {"statuses": client.get("/compute/statuses", filters.query_of(params, ("type",))) or []})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

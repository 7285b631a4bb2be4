#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_matomo
short_description: Manage Matomo of ITCare
version_added: 1.0.0
description:
  - Creates, extends, starts, stops and deletes managed Matomo.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  default_web_site_name:
    description:
      - Name of the first site. Used at creation only. If it is omitted, ITCare uses a dummy value.
    type: str
  default_web_uri:
    description:
      - URL of the first site. Used at creation only. If it is omitted, ITCare uses a dummy value.
    type: str
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.identity
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.fixed
  - cegedim.cloud.dry_run
  - cegedim.cloud.tags
  - cegedim.cloud.region
  - cegedim.cloud.management
  - cegedim.cloud.power
  - cegedim.cloud.application_service
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - A creation needs O(name), O(service), O(region), O(sizing) and O(admin_password).
  - A larger O(sizing) extends it, which interrupts the service and cannot be undone; a smaller one is refused. It is
    extended while it is running, that is before a stop or after a start.
  - Matomo can be deleted only while it is stopped, so O(state=absent) stops it first.
seealso:
  - module: cegedim.cloud.itcare_matomo_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a Matomo in the service portal
  cegedim.cloud.itcare_matomo:
    name: portal-stats
    service: portal
    region: ET
    sizing: S
    admin_password: "{{ vault_portal_stats_password }}"
    default_web_site_name: Portal
    default_web_uri: https://portal.example.com
    tags:
      application: portal

- name: See what a larger size would change
  cegedim.cloud.itcare_matomo:
    name: portal-stats
    sizing: M
  check_mode: true
  diff: true

- name: Delete it
  cegedim.cloud.itcare_matomo:
    name: portal-stats
    state: absent
"""

RETURN = r"""
matomo:
  description:
    - The Matomo as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: portal-stats
    status: ACTIVE
    service_name: portal
    sizing: S
    url: https://portal-stats.example.com
address:
  description:
    - The path at which the Matomo was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the Matomo exists and the module knows which number its path takes
  type: str
  sample: /analytics/matomo/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [extend]
diff:
  description: For each step what it changes, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task started or found in progress, in their last state.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1333
      status: SUCCESS
      process: create
      resource_name: portal-stats
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.matomo import MATOMO

SPEC = arguments.converging(
    "application_service",
    default_web_site_name=dict(type="str"),
    default_web_uri=dict(type="str"),
)

run = managing(MATOMO)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_overdrive
short_description: Manage OverDrive of ITCare
version_added: 1.0.0
description:
  - Creates, starts, stops and deletes managed OverDrive.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  drive_site_uri:
    description:
      - URL at which it is reached. Required at creation, and used only then.
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
  - A creation needs O(name), O(service), O(region), O(sizing), O(admin_password) and O(drive_site_uri).
  - O(sizing) is fixed at creation. So far ITCare offers only V(XS).
seealso:
  - module: cegedim.cloud.itcare_overdrive_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create an OverDrive in the service intranet
  cegedim.cloud.itcare_overdrive:
    name: intradrive
    service: intranet
    region: EB
    sizing: XS
    admin_password: "{{ vault_intradrive_password }}"
    drive_site_uri: intradrive.example.com
    tags:
      application: intranet

- name: Stop it
  cegedim.cloud.itcare_overdrive:
    name: intradrive
    state: stopped

- name: Delete it
  cegedim.cloud.itcare_overdrive:
    name: intradrive
    state: absent
"""

RETURN = r"""
overdrive:
  description:
    - The OverDrive as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: intradrive
    status: ACTIVE
    service_name: intranet
    sizing: XS
    url: https://intradrive.example.com
address:
  description:
    - The path at which the OverDrive was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the OverDrive exists and the module knows which number its path takes
  type: str
  sample: /storage/overdrive/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [create]
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
      resource_name: intradrive
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.overdrive import OVERDRIVE

SPEC = arguments.converging(
    "application_service",
    drive_site_uri=dict(type="str"),
)

run = managing(OVERDRIVE)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: cockpit_dashboard_info
short_description: Read the dashboard of a Cockpit ITSM portal
version_added: 1.0.0
description:
  - Reads the dashboard of a Cockpit ITSM portal, as its API gives it.
  - It is the one endpoint of that API that is documented for everybody. What the dashboard holds is not, so it is
    returned as it comes.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
extends_documentation_fragment:
  - cegedim.cloud.cockpit_auth
  - cegedim.cloud.attributes.cockpit
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.cockpit_api
"""

EXAMPLES = r"""
# The account comes from the environment (COCKPIT_URL, COCKPIT_CLIENT_ID, and so on).
- name: Read the dashboard
  cegedim.cloud.cockpit_dashboard_info:
  register: cockpit

- name: Show it
  ansible.builtin.debug:
    var: cockpit.dashboard
"""

RETURN = r"""
dashboard:
  description: The dashboard, as the API spells it.
  returned: success
  type: raw
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.cockpit import connect
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome

SPEC = dict(argument_spec=arguments.spec("cockpit_auth"), supports_check_mode=True)


def run(client, params, check):
    return Outcome(False, {"dashboard": client.shown(client.get("/api/dashboard"))})


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_environment_info
short_description: List the environments of ITCare services
version_added: 1.0.0
description:
  - Lists the environments that services and resources can have, and the types of each, such as whether it is one of
    production.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
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
- name: List the environments
  cegedim.cloud.itcare_environment_info:
  register: found

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ found.environments | map(attribute='name') }}"
"""

RETURN = r"""
environments:
  description: The environments with their types, with the platform's fields in snake_case.
  returned: success
  type: list
  elements: dict
  sample:
    - name: PRODUCTION
      types:
        - name: PRODUCTION
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import places

SPEC = dict(argument_spec=arguments.spec("auth"), supports_check_mode=True)


def run(client, params, check):
    """Read the environments; an Outcome. Nothing is written, with or without ``check``."""
    return Outcome(False, {"environments": places.rows_at(client, "/compute/environments", {})})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

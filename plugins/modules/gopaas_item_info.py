#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: gopaas_item_info
short_description: Read an item of a GoPaaS table
version_added: 1.0.0
description:
  - Reads the fields of one item of a table by its id.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  table:
    description:
      - Name of the table.
    type: str
    required: true
  id:
    description:
      - Id of the item.
    type: str
    required: true
extends_documentation_fragment:
  - cegedim.cloud.gopaas_auth
  - cegedim.cloud.attributes.gopaas
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
notes:
  - In what it returns, values whose key names a password are replaced by C(********).
seealso:
  - module: cegedim.cloud.gopaas_list_info
  - module: cegedim.cloud.gopaas_items
"""

EXAMPLES = r"""
- name: Read an order
  cegedim.cloud.gopaas_item_info:
    table: commande
    id: 7
  register: order

- name: Show its number
  ansible.builtin.debug:
    msg: "{{ order.item.num_commande }}"
  when: order.item is not none
"""

RETURN = r"""
item:
  description:
    - The fields, as GoPaaS spells them.
    - Null where there is no such item. How GoPaaS answers then is not documented; a 404 and an empty answer are taken
      for that, everything else is an error.
  returned: success
  type: dict
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.gopaas import connect
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome

SPEC = dict(
    argument_spec=arguments.spec(
        "gopaas_auth",
        table=dict(type="str", required=True),
        id=dict(type="str", required=True),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the item; an Outcome."""
    return Outcome(False, {"item": client.shown(client.item(params["table"], params["id"]))})


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: gopaas_items
short_description: Write items of a GoPaaS table
version_added: 1.0.0
description:
  - Writes any number of items of a table by their key C(cle), in batches.
  - Where the items can be looked at, in a list view (O(view)) or by their ids (O(item_ids)), only those are written
    that are missing or different. A second run then writes nothing.
  - Without O(view) and O(item_ids), everything is written at every run and reported as a change, since the API reads
    no item by its key.
  - The API does not delete.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  table:
    description:
      - Name of the table.
    type: str
    required: true
  items:
    description:
      - The items. Each is a dictionary of fields, with its key as C(cle). Other fields of an item are left as they
        are.
      - An item without a key, or a key that is given twice, is refused before anything is sent.
    type: list
    elements: dict
    required: true
  view:
    description:
      - Id of a list view that shows all items of the table, and as columns C(cle) and all fields of O(items). Values
        are compared with what it shows.
      - A view that shows values in another form than they are written, such as dates, looks different at every run. A
        warning says so after the write.
      - Numbers and booleans are compared by value, since GoPaaS may show them as text. Texts have to be equal.
    type: str
  item_ids:
    description:
      - The ids of items, by their keys. Each of these items is read by its id and compared. The others are always
        written.
    type: dict
  batch_size:
    description:
      - The most items to send in one request, between 1 and 1000.
    type: int
    default: 100
extends_documentation_fragment:
  - cegedim.cloud.gopaas_auth
  - cegedim.cloud.attributes.gopaas
attributes:
  check_mode:
    support: full
    details: The same items are looked at, and nothing is written.
  diff_mode:
    support: full
notes:
  - Whether GoPaaS creates an item whose key it does not know is not documented. With O(view), the task fails if an
    item is not shown after it was written. Without it, the task cannot know.
  - After a lost answer the task looks at the items and sends once more only what is not as wanted. Where it cannot
    look, it fails and says so. Nothing is sent again blindly.
  - In what it returns, values whose key names a password are replaced by C(********).
seealso:
  - module: cegedim.cloud.gopaas_list_info
"""

EXAMPLES = r"""
# The view 13 shows all servers, with the columns cle, nom, ip and os.
- name: Keep the servers in the CMDB
  cegedim.cloud.gopaas_items:
    table: serveur
    view: 13
    items:
      - cle: PEBBILL01
        nom: PEBBILL01
        ip: 10.6.12.11
        os: Debian 12
      - cle: PEBBILL02
        nom: PEBBILL02
        ip: 10.6.12.12
        os: Debian 12

- name: Write orders, one of which is known by its id
  cegedim.cloud.gopaas_items:
    table: commande
    items:
      - cle: C-0007
        num_commande: "551035"
    item_ids:
      C-0007: 7
"""

RETURN = r"""
rows:
  description: What was done with each item, or in check mode would be done, in the order of O(items).
  returned: success
  type: list
  elements: dict
  contains:
    cle:
      description: The key.
      type: str
    step:
      description:
        - V(create_item) for an item that is missing, V(update_item) for one that differs, V(write_item) for one that
          could not be looked at. Null where nothing has to be done.
      type: str
    fields:
      description: The names of the fields that differ or were not known.
      type: list
      elements: str
  sample:
    - cle: PEBBILL01
      step: update_item
      fields: [ip]
steps:
  description: The steps that were sent, or in check mode would be sent, one for each item that has to be written.
  returned: success
  type: list
  elements: str
  sample: [update_item, create_item]
diff:
  description: For each step the fields that change, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
answers:
  description: What GoPaaS answered to each request that wrote. Null for an empty answer, and for one that was lost.
  returned: when items were written
  type: list
  elements: raw
written:
  description: The keys of the items that were written before the failure.
  returned: failure, when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry, gopaas_items
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import CloudError, InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.gopaas import connect
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome

LARGEST_BATCH = 1000
SPEC = dict(
    argument_spec=arguments.spec(
        "gopaas_auth",
        table=dict(type="str", required=True),
        items=dict(type="list", elements="dict", required=True),
        view=dict(type="str"),
        item_ids=dict(type="dict"),
        batch_size=dict(type="int", default=100),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Look, decide, and unless ``check`` write; an Outcome."""
    table, batch_size = params["table"], params["batch_size"]
    if not 1 <= batch_size <= LARGEST_BATCH:
        raise InvalidInput("batch_size: %d is not between 1 and %d" % (batch_size, LARGEST_BATCH))
    items = dict(zip(gopaas_items.keys_of(params["items"]), params["items"]))
    looking = gopaas_items.looker(client, table, params["view"], params["item_ids"], items)
    seen, warnings = looking.look(items) if items else ({}, [])
    steps = gopaas_items.plan(items, seen)
    result = _told(table, items, steps)
    if steps and not check:
        result["answers"] = client.shown(gopaas_items.write(client, table, steps, looking, batch_size))
        try:
            warnings = gopaas_items.confirm(table, steps, looking)
        except CloudError as error:
            error.details.update(changed=True, written=[step.key for step in steps])
            raise
    return Outcome(bool(steps), result, warnings)


def _told(table, items, steps):
    by_key = {step.key: step for step in steps}
    rows = [
        {
            gopaas_items.KEY: key,
            "step": by_key[key].name if key in by_key else None,
            "fields": by_key[key].fields() if key in by_key else [],
        }
        for key in items
    ]
    return {"rows": rows, "steps": [step.name for step in steps], "diff": [step.diff(table) for step in steps]}


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

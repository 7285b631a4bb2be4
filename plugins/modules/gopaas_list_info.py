#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: gopaas_list_info
short_description: Read a list view of GoPaaS
version_added: 1.0.0
description:
  - Reads the rows of a list view of a GoPaaS application, searched or whole, across all its pages.
  - The documentation says neither whether pages count from 0 or from 1, nor what an answer looks like. So the module
    finds out. It reads until a page is empty or repeated, and returns the rows as GoPaaS spells them.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  view:
    description:
      - Id of the list view.
    type: str
    required: true
  search:
    description:
      - Conditions of the advanced search. A row has to fulfil all of them.
      - They are sent in a header, in which C(|) separates their parts. A condition that holds C(|) or a line break is
        refused. Characters other than ASCII are sent as UTF-8.
    type: list
    elements: dict
    suboptions:
      field:
        description: Name of the column.
        type: str
        required: true
      operator:
        description: How to compare. The documentation names these two.
        type: str
        choices:
          - contain
          - equal
        default: contain
      value:
        description: The value to compare with.
        type: str
        required: true
  text_search:
    description:
      - Text that occurs in any column.
      - Documented for O(bearer_token) only. With O(client_id), a warning says so, and GoPaaS may ignore it.
    type: str
  only_visible:
    description:
      - Whether to leave out the columns that the view hides.
      - Documented for O(bearer_token) only. With O(client_id), a warning says so, and GoPaaS may ignore it.
    type: bool
    default: false
  columns:
    description:
      - Whether to ask for the columns of the view and their settings too. They come in RV(answer).
      - Documented for O(bearer_token) only. With O(client_id), a warning says so, and GoPaaS may ignore it.
    type: bool
    default: false
  page:
    description:
      - Read this page only, by the number that GoPaaS counts it with. By default all pages are read.
      - Documented for O(bearer_token) only. With O(client_id), a warning says so, and GoPaaS may ignore it.
    type: int
  page_size:
    description:
      - Rows to ask for at once, between 1 and 10000. GoPaaS may give fewer.
    type: int
    default: 100
  max_pages:
    description:
      - The most pages to read. A longer list is an error, so that no list is returned that is not complete.
    type: int
    default: 1000
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
  - module: cegedim.cloud.gopaas_items
  - module: cegedim.cloud.gopaas_item_info
"""

EXAMPLES = r"""
# The account comes from the environment (GOPAAS_URL, GOPAAS_CLIENT_ID, GOPAAS_CLIENT_SECRET).
- name: Read the companies of Boulogne whose name has NIDS in it
  cegedim.cloud.gopaas_list_info:
    view: 12
    search:
      - field: nom
        value: NIDS
      - field: cp
        operator: equal
        value: 92100
  register: companies

- name: Show their keys
  ansible.builtin.debug:
    msg: "{{ companies.rows | map(attribute='cle') }}"
"""

RETURN = r"""
rows:
  description: The rows, as GoPaaS spells them.
  returned: success
  type: list
  elements: raw
answer:
  description:
    - What the first answer holds besides its rows, such as the columns that O(columns) asks for. Null where the
      answer is a mere list.
  returned: success
  type: dict
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry, gopaas_lists
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.gopaas import OAUTH2, connect
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome

SPEC = dict(
    argument_spec=arguments.spec(
        "gopaas_auth",
        view=dict(type="str", required=True),
        search=gopaas_lists.CONDITIONS,
        text_search=dict(type="str"),
        only_visible=dict(type="bool", default=False),
        columns=dict(type="bool", default=False),
        page=dict(type="int"),
        page_size=dict(type="int", default=gopaas_lists.PAGE_SIZE),
        max_pages=dict(type="int", default=1000),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the list, or one page of it; an Outcome."""
    for name, least, most in (("page", 0, None), ("page_size", 1, 10000), ("max_pages", 1, None)):
        _check_number(name, params[name], least, most)
    headers = gopaas_lists.search_headers(params["search"], params["text_search"])
    if params["only_visible"]:
        headers["onlyVisible"] = "on"
    if params["columns"]:
        headers.update(columns="on", colums="on")  # its name in the documentation's table, and in its example
    view, size, page = params["view"], params["page_size"], params["page"]
    if page is None:
        listing = gopaas_lists.read_list(client, view, headers, size, params["max_pages"])
    else:
        listing = gopaas_lists.read_page(client, view, headers, size, page)
    result = {"rows": client.shown(listing.rows), "answer": client.shown(listing.rest)}
    return Outcome(False, result, _undocumented(client, params) + listing.warnings)


def _check_number(name, number, least, most):
    if number is not None and (number < least or (most and number > most)):
        bounds = "between %d and %d" % (least, most) if most else "%d or more" % least
        raise InvalidInput("%s: %d is not %s" % (name, number, bounds))


def _undocumented(client, params):
    """A warning about options that the documentation does not have for this login."""
    given = [name for name in ("text_search", "only_visible", "columns") if params[name]]
    given += ["page"] if params["page"] is not None else []
    if client.family != OAUTH2 or not given:
        return []
    return [
        "%s: documented for bearer_token only. With client_id GoPaaS may ignore it, and return more than was asked for"
        % ", ".join(given)
    ]


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

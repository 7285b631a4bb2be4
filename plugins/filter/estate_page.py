# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: estate_page
short_description: Give the data of the page of an estate report
version_added: 1.0.0
description:
  - Gives what P(cegedim.cloud.estate_report#filter) makes as JSON that can stand in a C(script) element of a page. No
    text in it can end that element.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: link
options:
  _input:
    description:
      - The report.
    type: dict
    required: true
  link:
    description:
      - The address of a resource's own page in the console, beginning with V(https://) or V(http://). C({id}) in it
        becomes the number of the resource.
      - Without it, the page has no links.
    type: str
    default: ""
seealso:
  - plugin: cegedim.cloud.estate_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write the data of the page
  ansible.builtin.copy:
    content: <script type="application/json">{{ report | cegedim.cloud.estate_page }}</script>
    dest: /tmp/data.html
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The data, as JSON.
  type: str
"""

import re

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_report_texts import to_page
from ansible_collections.cegedim.cloud.plugins.plugin_utils.info_rows import plain


def estate_page(report, link=""):
    """The data of the page (str); see DOCUMENTATION."""
    if link and not re.match(r"https?://[^/\s]+.*\{id\}", link):
        raise AnsibleFilterError("link: %r is not an address that begins with https:// and has {id} in it" % link)
    return wrap_var(to_page(plain(report), link))


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"estate_page": estate_page}

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_tag_info
short_description: List the tags in use on ITCare resources
version_added: 1.0.0
description:
  - Lists the keys and values of the tags that resources and services have.
  - Use O(cegedim.cloud.itcare_resource_info#module:tags) to find the resources that have a tag.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  key:
    description:
      - Only tags whose key matches this text. The platform decides whether a part of the key is sufficient; this is not
        documented.
    type: str
  value:
    description:
      - Only tags whose value matches this text, in the same sense.
    type: str
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_tag
  - module: cegedim.cloud.itcare_resource_info
"""

EXAMPLES = r"""
- name: List all tags
  cegedim.cloud.itcare_tag_info:

- name: List the values that the tag application has
  cegedim.cloud.itcare_tag_info:
    key: application
  register: found

- name: Show them
  ansible.builtin.debug:
    msg: "{{ found.tags.application | default([]) }}"
"""

RETURN = r"""
tags:
  description: The keys, each with the sorted list of its values.
  returned: success
  type: dict
  sample:
    application: [billing, portal]
    tier: [web]
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.parallel import in_parallel
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.tag_values import to_dict

PATHS = {"key": "/compute/tag-keys", "value": "/compute/tag-values"}

SPEC = dict(
    argument_spec=arguments.spec("auth", key=dict(type="str", no_log=False), value=dict(type="str")),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the tags; an Outcome. Nothing is written, with or without ``check``."""
    asked = [name for name in PATHS if params[name] is not None] or ["key"]
    for name in asked:
        filters.check_items(name, [params[name]] if params[name] is not None else ["any"])
    # The parameter is called key in both listings (choices.rst).
    listings = in_parallel(lambda name: client.get(PATHS[name], {"key": params[name]}) or [], asked)
    pairs = [{(row.get("tagKey"), row.get("tagValue")) for row in rows} for rows in listings]
    rows = [row for row in listings[0] if (row.get("tagKey"), row.get("tagValue")) in pairs[-1]]
    return Outcome(False, {"tags": {key: _each_once(values) for key, values in to_dict(rows).items()}})


def _each_once(values):
    return sorted(set(values)) if isinstance(values, list) else [values]


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_change_info
short_description: List changes and maintenances of ITCare
version_added: 1.0.0
description:
  - Lists requests for change, events and maintenance slots of the platform, such as the patch parties.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  environments:
    description:
      - Environments of changes, V(PROD), V(NON_PROD) or V(ALL).
      - The platform decides whether V(ALL) means all changes, or only those that affect all environments; this is not
        documented.
    type: list
    elements: str
  start:
    description:
      - The beginning of the time to list, such as V(2026-11-01T00:00:00Z). It requires a time zone.
      - The platform decides which changes it lists if they overlap this time only partly.
    type: str
    aliases:
      - from
  end:
    description:
      - The end of the time to list, such as V(2026-11-30T23:59:59Z). It requires a time zone.
    type: str
    aliases:
      - to
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_patch_policy
"""

EXAMPLES = r"""
- name: List the changes in production that are still to come
  cegedim.cloud.itcare_change_info:
    environments: PROD
    start: "{{ now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ') }}"
  register: found

- name: List the changes of a month
  cegedim.cloud.itcare_change_info:
    start: "2026-11-01T00:00:00Z"
    end: "2026-11-30T23:59:59Z"

- name: Show the patch parties among them
  ansible.builtin.debug:
    msg: "{{ found.changes | selectattr('maintenance_type', 'eq', 'PATCH_PARTY') | map(attribute='start_at') }}"
"""

RETURN = r"""
changes:
  description: The changes in the order of the platform, with the platform's fields in snake_case.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 7001
      number: 7001
      title: Patch Party QA
      type: MAINTENANCE
      maintenance_type: PATCH_PARTY
      environment: NON_PROD
      patch_tag: 2026-Q2
      start_at: "2026-04-23T18:00:00.000Z"
      end_at: "2026-04-23T22:00:00.000Z"
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.moments import in_query, moment_of
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters, places

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        environments=dict(type="list", elements="str"),
        start=dict(type="str", aliases=["from"]),
        end=dict(type="str", aliases=["to"]),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the changes; an Outcome. Nothing is written, with or without ``check``."""
    query = filters.query_of(params, ("environments",))
    times = {name: moment_of(name, params[name]) for name in ("start", "end") if params[name] is not None}
    if len(times) == 2 and times["start"] > times["end"]:
        raise InvalidInput("start: %s is after the end, %s" % (params["start"], params["end"]))
    query.update({name: in_query(moment) for name, moment in times.items()})
    return Outcome(False, {"changes": places.rows_at(client, "/changes", query)})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

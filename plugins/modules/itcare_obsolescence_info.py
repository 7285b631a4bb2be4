#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_obsolescence_info
short_description: List how long ITCare resources are supported
version_added: 1.0.0
description:
  - Lists resources with the support phase of their platform and the dates at which it changes.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  resources:
    description:
      - Resources, as names or ids.
    type: list
    elements: str
    aliases:
      - resource
  services:
    description:
      - Services, each as a name or an id. An id saves the request that looks up a name.
    type: list
    elements: str
    aliases:
      - service
  platforms:
    description:
      - Platforms, such as V(Debian 12).
    type: list
    elements: str
  phases:
    description:
      - Support phases, such as V(STANDARD), V(END_OF_SALES), V(EXTENDED) or V(END_OF_SUPPORT).
    type: list
    elements: str
  start:
    description:
      - The time for which the phases are determined, such as V(2027-01-01T00:00:00Z). It requires a time zone. By
        default, it is now.
      - What the platform does with it is not documented.
    type: str
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int

  sort:
    description:
      - The property to sort by, optionally followed by V(,asc) or V(,desc), such as V(name) or
        V(end_of_support_at,desc).
    type: str
  gather:
    description:
      - What else to read. V(statistics) is the number of resources by support phase and platform, in RV(phases). Only
        O(clouds) narrows it; with other filters, a warning says so.
    type: list
    elements: str
    default: []
    choices:
      - statistics
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_product_info
  - module: cegedim.cloud.itcare_metric_info
"""

EXAMPLES = r"""
- name: List what is out of support in a service
  cegedim.cloud.itcare_obsolescence_info:
    services: billing
    phases:
      - EXTENDED
      - END_OF_SUPPORT

- name: Count the resources of each phase
  cegedim.cloud.itcare_obsolescence_info:
    gather: statistics
  register: found

- name: Show how many are out of support
  ansible.builtin.debug:
    msg: "{{ found.phases.END_OF_SUPPORT.count | default(0) }}"
"""

RETURN = r"""
obsolescence:
  description: The resources in the order of the platform, with the platform's fields in snake_case.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 500000001
      name: PEBBILL01
      platform: deb10
      support_phase: EXTENDED
      end_of_support_at: "2026-06-30T00:00:00.000Z"
phases:
  description: The number of resources by support phase, in the platform's spelling, and by platform.
  returned: with V(statistics) in O(gather)
  type: dict
  sample:
    EXTENDED:
      count: 2
      platforms:
        - name: deb10
          label: Debian 10
          resource_type: LINUX
          count: 2
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import NotFound
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.moments import in_query, moment_of
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.resources import (
    look_up,
    meant,
    unknown,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result

RESOURCES = "/compute/platform/resources-obsolescence"
STATISTICS = "/compute/platform/stats/global"

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        resources=dict(type="list", elements="str", aliases=["resource"]),
        services=dict(type="list", elements="str", aliases=["service"]),
        platforms=dict(type="list", elements="str"),
        phases=dict(type="list", elements="str"),
        start=dict(type="str"),
        clouds=dict(type="list", elements="int"),
        sort=dict(type="str"),
        gather=dict(type="list", elements="str", default=[], choices=["statistics"]),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the support phases; an Outcome. Nothing is written, with or without ``check``."""
    query = filters.query_of(params, ("platforms", "phases", "clouds"))
    if params["start"] is not None:
        query["start"] = in_query(moment_of("start", params["start"]))
    if params["sort"] is not None:
        query["sort"] = filters.sort_order(params["sort"])
    if params["services"] is not None:
        query["services"] = filters.service_ids(client, "services", params["services"])
    if params["resources"] is not None:
        query["resources"] = _ids(client, params["resources"])
    result = {"obsolescence": [to_result(row) for row in client.pages(RESOURCES, query)]}
    if "statistics" in params["gather"]:
        found = client.get(STATISTICS, filters.query_of(params, ("clouds",))) or {}
        phases = found.get("phasesStatistic") or {}
        result["phases"] = {phase: to_result(statistics) for phase, statistics in phases.items()}
    narrowing = ("resources", "services", "platforms", "phases", "start")
    return Outcome(False, result, filters.not_narrowed(params, "statistics", narrowing))


def _ids(client, wanted):
    """The ids of resources given by name or id. Raises NotFound, Ambiguous, InvalidInput."""
    filters.check_items("resources", wanted)
    found = look_up(client, wanted)
    missing = [one for one in wanted if found[one] is None]
    if missing:
        raise NotFound(unknown(missing) + meant(client, missing))
    return [found[one]["id"] for one in dict.fromkeys(wanted)]


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

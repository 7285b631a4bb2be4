#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_metric_info
short_description: Count ITCare resources and what they consume
version_added: 1.0.0
description:
  - Counts resources, instances, services, cores, memory and storage, and the support phases of the resources, for all
    resources that match the filters.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  services:
    description:
      - Services, each as a name or an id. An id saves the request that looks up a name.
    type: list
    elements: str
    aliases:
      - service
  environments:
    description:
      - Environments, such as V(PRODUCTION).
    type: list
    elements: str
  types:
    description:
      - Types, such as V(LINUX) or V(KUBERNETES).
    type: list
    elements: str
  consumable:
    description:
      - Whether types without a category are counted.
    type: bool
    aliases:
      - consummable
  kind:
    description:
      - What to count. By default, the platform decides.
    type: str
    choices:
      - global
      - count
      - obsolescence
      - service
      - network
  start:
    description:
      - The time for which to count, such as V(2026-07-22T00:00:00Z). It requires a time zone. What the platform does
        with it is not documented.
    type: str
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_obsolescence_info
  - module: cegedim.cloud.itcare_service_info
"""

EXAMPLES = r"""
- name: Count what the service billing consumes
  cegedim.cloud.itcare_metric_info:
    services: billing
    kind: global
  register: found

- name: Show its memory in GB
  ansible.builtin.debug:
    var: found.metrics.ram_gb
"""

RETURN = r"""
metrics:
  description: The numbers, with the platform's fields in snake_case. Empty where the platform counts nothing.
  returned: success
  type: dict
  contains:
    phases_distribution:
      description: The number of resources by support phase, in the platform's spelling.
      type: dict
      returned: where the platform shows it
  sample:
    count: 12
    instances_count: 4
    services_count: 1
    cores_count: 12
    ram_gb: 32
    storage_gb: 260
    backup_gb: 24
    score: 80
    phases_distribution:
      STANDARD: 10
      EXTENDED: 2
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.moments import in_query, moment_of
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        services=dict(type="list", elements="str", aliases=["service"]),
        environments=dict(type="list", elements="str"),
        types=dict(type="list", elements="str"),
        consumable=dict(type="bool", aliases=["consummable"]),
        kind=dict(type="str", choices=["global", "count", "obsolescence", "service", "network"]),
        start=dict(type="str"),
        clouds=dict(type="list", elements="int"),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the numbers; an Outcome. Nothing is written, with or without ``check``."""
    query = filters.query_of(params, ("environments", "types", "kind", "clouds"))
    query["consummable"] = params["consumable"]
    if params["start"] is not None:
        query["start"] = in_query(moment_of("start", params["start"]))
    if params["services"] is not None:
        query["services"] = filters.service_ids(client, "services", params["services"])
    found = client.find("/compute/resources/metrics", query) or {}
    metrics = to_result(found)
    if found.get("phasesDistribution"):
        metrics["phases_distribution"] = found["phasesDistribution"]
    return Outcome(False, {"metrics": metrics})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

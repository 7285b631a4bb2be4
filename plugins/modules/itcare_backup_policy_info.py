#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_backup_policy_info
short_description: List the backup policies that a service of ITCare can use
version_added: 1.0.0
description:
  - Lists the backup policies that a service can use for resources of one type, or shows one policy.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  id:
    description:
      - Identifier of one policy, instead of all other options. If it does not exist, the result is an empty list.
    type: int
  service:
    description:
      - The service, as a name or an id. An id saves the request that looks up a name.
      - Required without O(id).
    type: str
    aliases:
      - service_id
  policy_type:
    description:
      - The type of the policies, such as V(SERVER). The product tells it, see
        RV(cegedim.cloud.itcare_product_info#module:products[].backup_policy_type).
      - Required without O(id).
    type: str
  availability_zone:
    description:
      - Only policies for this availability zone, such as V(EB-A). Case makes no difference. If it does not exist, the
        task fails and names those that do.
    type: str
    aliases:
      - az
  backup_replicated:
    description:
      - Whether the backups are copied to a second site.
    type: bool
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
"""

EXAMPLES = r"""
- name: List the backup policies for machines of the service billing in a zone
  cegedim.cloud.itcare_backup_policy_info:
    service: billing
    policy_type: SERVER
    availability_zone: EB-A

- name: Show the policy of a database
  cegedim.cloud.itcare_backup_policy_info:
    id: 901
"""

RETURN = r"""
backup_policies:
  description:
    - The backup policies that match, with the platform's fields in snake_case. The platform lists them under keys whose
      meaning it does not document; C(listed_under) is the key.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 901
      policy_id: SERVER_28D
      label: Daily, kept 28 days
      type: SERVER
      default: true
      replication: true
      duration_in_hours: 672
      available_in_az: [EB-A, EB-B]
      listed_under: acme-retail
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters, places
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result

# What names a row, for the lookup plugin.
NAMED_BY = ("id", "policy_id")

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        id=dict(type="int"),
        service=dict(type="str", aliases=["service_id"]),
        policy_type=dict(type="str"),
        availability_zone=places.AVAILABILITY_ZONE,
        backup_replicated=dict(type="bool"),
    ),
    mutually_exclusive=[("id", name) for name in ("service", "policy_type", "availability_zone", "backup_replicated")],
    required_one_of=[("id", "service")],
    required_by={"service": ["policy_type"]},
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the backup policies; an Outcome. Nothing is written, with or without ``check``."""
    if params["id"] is not None:
        return Outcome(False, {"backup_policies": places.row_at(client, "/compute/backup-policies/%d" % params["id"])})
    query = filters.query_of(params, ("policy_type", "availability_zone", "backup_replicated"))
    filters.check_items("service", [params["service"]])
    if params["availability_zone"] is not None:
        query["availabilityZone"] = places.zones_in(places.read_places(client, params))[0]["availability_zone"]
    query["serviceId"] = filters.service_ids(client, "service", [params["service"]])[0]
    groups = client.get("/compute/backup-policies", query) or {}
    rows = [{**to_result(row), "listed_under": group} for group, found in groups.items() for row in found or ()]
    return Outcome(False, {"backup_policies": rows})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

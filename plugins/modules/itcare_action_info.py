#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_action_info
short_description: List actions of ITCare
version_added: 1.0.0
description:
  - Lists the actions (what the platform does or did with a resource) that match all given filters, or all that the API
    account can see.
  - To wait for the end of actions use M(cegedim.cloud.itcare_action).
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  id:
    description:
      - Identifier of one action, instead of the filters. If it does not exist, the result is an empty list.
    type: int
  resource_name:
    description:
      - Name of the resource that the actions are about.
    type: str
  resource_id:
    description:
      - Identifier of the resource that the actions are about.
    type: int
  service:
    description:
      - The service of the resources that the actions are about, as a name or an id.
    type: str
    aliases:
      - service_id
  statuses:
    description:
      - Statuses of the actions. An action that ended badly is V(ERROR) or, in one example of the documentation,
        V(FAILED); either of them finds both.
    type: list
    elements: str
    choices:
      - IN_PROGRESS
      - SUCCESS
      - ERROR
      - FAILED
  request_id:
    description:
      - Identifier of the request that the actions belong to.
    type: int
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_action
"""

EXAMPLES = r"""
- name: List the actions in progress in the service billing
  cegedim.cloud.itcare_action_info:
    service: billing
    statuses: IN_PROGRESS
  register: under_way

- name: Wait for all of them
  cegedim.cloud.itcare_action:
    ids: "{{ under_way.actions | map(attribute='id') }}"

- name: List what failed on a machine
  cegedim.cloud.itcare_action_info:
    resource_name: PEBBILL01
    statuses: ERROR
"""

RETURN = r"""
actions:
  description: The actions in the order of the platform, with the platform's fields in snake_case.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1333
      status: SUCCESS
      process: STOP_VM
      resource_name: PEBBILL01
      message: Stop PEBBILL01
      submitted_at: '2026-05-04T08:15:00.000Z'
      completed_at: '2026-05-04T08:16:12.000Z'
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import ApiError
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters

FILTERS = dict(
    resource_name=dict(type="str"),
    resource_id=dict(type="int"),
    statuses=dict(type="list", elements="str", choices=[actions.IN_PROGRESS, actions.SUCCESS, *actions.FAILURES]),
    request_id=dict(type="int"),
)

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        id=dict(type="int"),
        service=dict(type="str", aliases=["service_id"]),
        **FILTERS,
    ),
    mutually_exclusive=[("id", name) for name in (*FILTERS, "service")],
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the actions; an Outcome. Nothing is written, with or without ``check``."""
    return Outcome(False, {"actions": actions.to_results(_found(client, params))})


def _found(client, params):
    if params["id"] is not None:
        action = client.find("/actions/%d" % params["id"])
        return [action] if action else []
    query = filters.query_of(params, FILTERS)
    if params["service"] is not None:
        query["serviceId"] = filters.service_ids(client, "service", [params["service"]])[0]
    statuses = set(params["statuses"] or ())
    if not statuses & set(actions.FAILURES):
        return client.get("/actions", query)
    documented = [one for one in params["statuses"] if one not in actions.FAILURES] + ["ERROR"]
    try:
        return client.get("/actions", {**query, "statuses": documented + ["FAILED"]})
    except ApiError as refusal:
        if refusal.status not in (400, 422):
            raise
        return client.get("/actions", {**query, "statuses": documented})  # which does not know FAILED as a filter


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_patch_policy
short_description: Manage the patch policies of all resources of an ITCare service
version_added: 1.0.0
description:
  - Includes resources of a service in the patch parties, optionally in one of the groups, or excludes them.
  - All changes are sent in one request, which contains only the resources whose policy differs.
  - The platform accepts or refuses each resource by itself. If it refuses some, the task waits for the others, and then
    fails and names each resource that was refused and the reason.
  - If actions are already in progress on these resources, the module waits for them before it plans anything.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  service:
    description:
      - The service, as a name or an id.
    type: str
    required: true
    aliases:
      - service_id
  policies:
    description:
      - The policies of individual resources.
    type: list
    elements: dict
    default: []
    suboptions:
      resources:
        description:
          - Resources of the service, as names or ids.
        type: list
        elements: str
        required: true
        aliases:
          - resource
      excluded:
        description:
          - Whether the resources are excluded from the patch parties. This is permanent until it is undone.
        type: bool
        default: false
      exclusion_reason:
        description:
          - Why they are excluded. Required with O(policies[].excluded=true), and allowed only then.
        type: str
      patch_group:
        description:
          - The group in which they are patched, from V(1) (first) to V(3) (last). V(0) means no preference.
          - If it is omitted, the group does not change.
          - The platform accepts a group only for a single machine, or for a product that has a single node.
        type: int
        choices: [0, 1, 2, 3]
  others:
    description:
      - The policy of all other resources of the service. If it is omitted, they stay as they are.
      - Resources that have no patch policy at all are left out.
    type: dict
    suboptions:
      excluded:
        description:
          - Whether they are excluded from the patch parties. This is permanent until it is undone.
        type: bool
        default: false
      exclusion_reason:
        description:
          - Why they are excluded. Required with O(others.excluded=true), and allowed only then.
        type: str
      patch_group:
        description:
          - The group in which they are patched, as in O(policies[].patch_group). It is applied to instances and
            application servers only. Products made of nodes are included without a group, and the platform distributes
            their nodes among the groups.
        type: int
        choices: [0, 1, 2, 3]
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - Running a task a second time changes nothing.
seealso:
  - module: cegedim.cloud.itcare_service_info
  - module: cegedim.cloud.itcare_instance
"""

EXAMPLES = r"""
- name: Patch the web servers one after the other, and never the vendor's machine
  cegedim.cloud.itcare_patch_policy:
    service: billing
    policies:
      - resource: PEBBILL01
        patch_group: 1
      - resource: PEBBILL02
        patch_group: 2
      - resource: PEBBILLW01
        excluded: true
        exclusion_reason: Patched by its vendor

- name: Include everything else, in the last group
  cegedim.cloud.itcare_patch_policy:
    service: billing
    policies:
      - resources: [PEBBILL01, PEBBILL02]
        patch_group: 1
    others:
      patch_group: 3
"""

RETURN = r"""
patch_policies:
  description:
    - The policies of the resources of the service after the task, and in check mode as they are now, with the
      platform's fields in snake_case.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 500000004
      name: PEBBILLW01
      excluded: true
      exclusion_reason: Patched by its vendor
      patch_tag: 2026-Q2
steps:
  description:
    - C(update_patch_policies) if something was sent, or in check mode would be sent.
  returned: success
  type: list
  elements: str
  sample: [update_patch_policies]
diff:
  description: The policies that change, by the name of the resource, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task started or found in progress, in their last state.
  returned: success
  type: list
  elements: dict
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
failed_resources:
  description: The resources whose policy could not be changed, and why.
  returned: failure of some
  type: list
  elements: dict
  sample:
    - id: 500000019
      name: billingpg
      msg: The patch group is only allowed when the farm has one member
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import ActionFailed, InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import converge
from ansible_collections.cegedim.cloud.plugins.module_utils.products.patch_policies import (
    PATCH_POLICIES,
    failures,
    named_failure,
    policies_of,
    reading_for,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.references import find_service
from ansible_collections.cegedim.cloud.plugins.module_utils.run import run_options

POLICY = dict(
    excluded=dict(type="bool", default=False),
    exclusion_reason=dict(type="str"),
    patch_group=dict(type="int", choices=[0, 1, 2, 3]),
)
NEEDED = [("excluded", True, ["exclusion_reason"])]

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        service=dict(type="str", required=True, aliases=["service_id"]),
        policies=dict(
            type="list",
            elements="dict",
            default=[],
            options=dict(
                resources=dict(type="list", elements="str", required=True, aliases=["resource"]),
                **POLICY,
            ),
            required_if=NEEDED,
        ),
        others=dict(type="dict", options=POLICY, required_if=NEEDED),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Bring the patch policies of the service's resources to the wanted state; an Outcome."""
    if not params["policies"] and params["others"] is None:
        raise InvalidInput("give policies or others")
    wanted = dict(
        run_options(params),
        id=find_service(client, params["service"])["id"],
        policies=params["policies"],
        others=params["others"],
    )
    try:
        outcome = converge(client, reading_for(PATCH_POLICIES, wanted), wanted, check)
    except ActionFailed as error:
        raise named_failure(error.details.get("actions", []), **error.details) from error
    if failures(outcome.result["actions"]):  # without waiting, what was refused is known all the same
        raise named_failure(outcome.result["actions"], **outcome.result, changed=outcome.changed)
    outcome.result["patch_policies"] = policies_of(outcome.result.pop("service"))
    return outcome


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

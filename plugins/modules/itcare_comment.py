#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_comment
short_description: Manage the comment of an ITCare resource or service
version_added: 1.0.0
description:
  - Sets and removes the comment of a resource of any kind, or of a service.
  - Modules for one kind of resource, such as M(cegedim.cloud.itcare_instance), have an option for it. Use this module
    for what has no such module, such as services, application servers and nodes of clusters.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  resource:
    description:
      - The resource, as a name or an id.
      - Without it, the comment is that of O(service).
    type: str
  service:
    description:
      - With O(resource), the service to which the resource belongs, as a name or an id. If several resources have the
        same name, it determines which one is meant.
      - Without O(resource), the service whose comment it is.
    type: str
    aliases:
      - service_id
  resource_type:
    description:
      - The kind of O(resource), such as V(LINUX), V(POSTGRESQL) or V(LOAD_BALANCER). If several resources have the same
        name, it determines which one is meant. A resource that is given by its id has to be of that kind.
    type: str
  comment:
    description:
      - The comment. An empty one removes it.
    type: str
    required: true
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
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Describe a service
  cegedim.cloud.itcare_comment:
    service: billing
    comment: Invoices and payments. Ask the billing team before any change.

- name: Describe an application server
  cegedim.cloud.itcare_comment:
    resource: PEBTOM01
    service: billing
    comment: Batch jobs

- name: Remove the comment of a resource
  cegedim.cloud.itcare_comment:
    resource: PEBTOM01
    comment: ""
"""

RETURN = r"""
comment:
  description: The comment after the task, and in check mode as it is now.
  returned: success
  type: str
  sample: Batch jobs
address:
  description:
    - The path at which the resource or service was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
  returned: when it exists and the module knows which number its path takes
  type: str
  sample: /compute/resources/1234
steps:
  description:
    - C(comment) if the comment was sent, or in check mode would be sent.
  returned: success
  type: list
  elements: str
  sample: [comment]
diff:
  description: The comment before and after, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task waited for, in their last state.
  returned: success
  type: list
  elements: dict
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import converge
from ansible_collections.cegedim.cloud.plugins.module_utils.products.comments import COMMENT, SERVICE_COMMENT
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.references import find_service
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.resources import identity, of_type
from ansible_collections.cegedim.cloud.plugins.module_utils.run import run_options

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        resource=dict(type="str"),
        service=dict(type="str", aliases=["service_id"]),
        resource_type=dict(type="str"),
        comment=dict(type="str", required=True),
    ),
    required_one_of=[("resource", "service")],
    required_by={"resource_type": ["resource"]},
    supports_check_mode=True,
)


def run(client, params, check):
    """Bring the comment to the wanted text; an Outcome."""
    wanted = dict(run_options(params), comment=params["comment"])
    if params["resource"] is None:
        part = SERVICE_COMMENT
        wanted["id"] = find_service(client, params["service"])["id"]
    else:
        part = of_type(COMMENT, params["resource_type"])
        wanted.update(identity(params["resource"]), service=params["service"])
    outcome = converge(client, part, wanted, check)
    shown = outcome.result.pop(part.of.kind) or {}
    outcome.result["comment"] = shown.get("comment") or ""
    return outcome


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

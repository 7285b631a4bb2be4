#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_estate
short_description: Bring a whole ITCare estate to the described state
version_added: 1.0.0
description:
  - Takes the description of any number of resources of all kinds, and creates and changes what differs on the platform.
    There is no state file. Each run compares the description with the platform.
  - First all options are checked, and nothing is sent if one of them is wrong. Then the whole plan is made. After that
    only what differs is changed, as much of it as possible at the same time.
  - Machines, clusters, databases and the like come first, then load balancers, then DNS aliases and URLs, then
    members of pools, and at last everything else. What is removed with C(state=absent) follows, in reverse order. A DNS
    alias or URL that moves is removed from one resource before the other one gets it.
  - The role P(cegedim.cloud.estate_export#role) writes such a description of existing resources.
  - What is not in the description is left alone, unless O(prune) says otherwise.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  resources:
    description:
      - The resources, and parts of resources such as URLs of load balancers and DNS aliases, in any order.
      - The same item a second time changes nothing. Two items that mean the same resource and have different options
        are refused.
    type: list
    elements: dict
    required: true
    suboptions:
      module:
        description:
          - Name of a module of this collection that brings a resource, or a part of one, to a state.
          - These are the modules of M(cegedim.cloud.itcare_batch).
        type: str
        required: true
      options:
        description:
          - Options of the module.
        type: dict
      creation:
        description:
          - Options that are used only if the resource does not exist, such as its first password. They are never
            compared.
          - Those without a value, or with an empty one, do not count.
        type: dict
  defaults:
    description:
      - Options for all items whose module has them, such as C(service). An item's own option, or one under C(creation),
        is used instead, as a whole.
      - O(wait_timeout), O(wait_interval), O(protection_tag) and the options for signing in are given to all items, too.
    type: dict
  name:
    description:
      - Name of the estate. What the task creates gets the tag C(ansible_estate) with this value. The tag says later
        what O(prune) may remove. No other task removes it, unless it names it.
      - What existed before does not get the tag. To adopt it, set the tag with M(cegedim.cloud.itcare_tag). The same
        applies to what a task created but could not tag because it was interrupted. A warning names it.
    type: str
  on_refusal:
    description:
      - What happens if some of the resources cannot be brought to their state, since an option is fixed at creation or
        something they refer to does not exist. With V(continue) the others are brought to theirs, and the task fails at
        the end. With V(stop) nothing is sent, and what is under way on a resource is waited for before that is decided.
      - This includes an option that is missing for a creation, and a value that the platform does not offer. Where an
        option is unknown or malformed, nothing is sent either way.
    type: str
    choices: [continue, stop]
    default: continue
  prune:
    description:
      - What happens to resources that are in O(prune_scope) and not in O(resources). V(never) does not look at them.
        V(report) returns them as RV(unmanaged).
      - V(remove) also removes those of them that have the tag C(ansible_estate) with the O(name) of this estate, unless
        they are protected, see O(protection_tag). If another resource of the task fails, nothing is removed. An empty
        list of O(resources) is refused.
      - Of the resources in O(resources), further URLs, DNS aliases, extensions, volumes and parameters are returned as
        RV(unmanaged), too. They are never removed.
    type: str
    choices: [never, report, remove]
    default: never
  prune_scope:
    description:
      - Where to look for resources that are not described. At least one of its options has to be given, and all that
        are given have to fit. One that is given and empty is refused.
    type: dict
    suboptions:
      services:
        description:
          - Names or ids of services.
        type: list
        elements: str
        aliases:
          - service
      environments:
        description:
          - Environments, such as V(PRODUCTION). Case makes no difference. One in which there is nothing leads to a
            warning. A resource whose environment the platform does not show is returned as RV(unmanaged) and never
            removed.
        type: list
        elements: str
      kinds:
        description:
          - Kinds of resources. A kind is the name of a module without its prefix, such as V(instance) or V(postgresql).
        type: list
        elements: str
      names:
        description:
          - Names of resources. Case makes no difference.
        type: list
        elements: str
      tags:
        description:
          - Tags, all of which a resource has to have.
        type: dict
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.wait
  - cegedim.cloud.protection
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  platform:
    platforms: posix
    details:
      - Runs where Ansible runs only, on localhost or delegated to it, without become and async.
notes:
  - With O(prune), each resource in O(prune_scope) costs two requests or more.
  - For the plan, names are looked up fifty at a time, actions under way and tags are listed, and each resource costs
    one request for its own page, or more where an option asks for it. Only what differs is read again.
  - O(wait_timeout) is the deadline of the whole task. Nothing is sent after it. O(wait) has to be V(true), since a
    later resource may need an earlier one.
  - If some resources fail, the others are still brought to their state. A resource that needs one that could not be
    created is not sent. The next run goes on.
  - In check mode, what an item refers to may be something that another item creates.
  - Defaults that a play sets for a single module with C(module_defaults) do not apply to items of that module.
seealso:
  - module: cegedim.cloud.itcare_estate_info
  - module: cegedim.cloud.itcare_batch
"""

EXAMPLES = r"""
- name: Bring two web servers and their load balancer to their state
  cegedim.cloud.itcare_estate:
    defaults:
      service: billing-qa
      region: EB
    resources:
      - module: itcare_loadbalancer
        options:
          name: shop.acme.example
          profile: HTTP
          healthcheck: tcp
          member_port: 8080
          members: [QEBSHOP01, QEBSHOP02]
      - module: itcare_instance
        options:
          name: QEBSHOP01
          sizing: 2cpu4gb
          tags:
            tier: web
        creation:
          platform: deb12
          network: EB_1127_DMZ9
      - module: itcare_instance
        options:
          name: QEBSHOP02
          sizing: 2cpu4gb
          tags:
            tier: web
        creation:
          platform: deb12
          network: EB_1127_DMZ9

- name: See what differs from what an export wrote, and what is new
  cegedim.cloud.itcare_estate:
    resources: "{{ estate }}"
    prune: report
    prune_scope:
      services: billing
  check_mode: true
  diff: true
  register: drift

- name: Remove what this estate has created and no longer describes
  cegedim.cloud.itcare_estate:
    name: billing
    resources: "{{ estate }}"
    prune: remove
    prune_scope:
      services: billing
"""

RETURN = r"""
results:
  description: The outcome for each item, in the order of O(resources), followed by what was pruned.
  returned: when the plan was made, on failure too
  type: list
  elements: dict
  contains:
    module:
      description: Name of the module.
      type: str
    name:
      description: Name of the resource, or of the one of which the module manages a part. Null if there is none.
      type: str
    changed:
      description: Whether it was changed, or in check mode would be.
      type: bool
    failed:
      description: Whether it failed.
      type: bool
    plan:
      description: V(create), V(change) or V(remove). Null if it was refused before there was a plan.
      type: str
      returned: when there is something to do, and on failure
    missing:
      description: Whether it is a resource that did not exist when the plan was made.
      type: bool
      returned: failure
    msg:
      description: Why it failed.
      type: str
      returned: failure
    result:
      description:
        - The result of the module, such as C(steps), C(diff) and C(actions).
        - Of a resource with nothing to do it is only the resource's C(id) and C(name), and of a part nothing.
      type: dict
  sample:
    - module: itcare_instance
      name: QEBSHOP01
      changed: false
      failed: false
      result:
        instance:
          id: 1234
          name: QEBSHOP01
summary:
  description: How many resources were, or in check mode would be, created, changed and removed.
  returned: when the plan was made, on failure too
  type: dict
  contains:
    create:
      description: Resources that were created.
      type: int
    change:
      description: Resources and parts of resources that were changed.
      type: int
    remove:
      description: Resources and parts of resources that were removed.
      type: int
    unchanged:
      description: Those with nothing to do.
      type: int
    failed:
      description: Those that failed or were refused.
      type: int
  sample:
    create: 3
    change: 2
    remove: 0
    unchanged: 995
    failed: 0
msg:
  description: The summary in one sentence, with the reason for each failure.
  returned: always
  type: str
  sample: to create 3, to change 2, to remove 0
unmanaged:
  description: Resources in O(prune_scope), and parts of resources there, that are not described.
  returned: when O(prune) is not V(never)
  type: list
  elements: dict
  contains:
    kind:
      description: The kind of the resource.
      type: str
    name:
      description: The name of the resource; of a part, that of the resource to which it belongs.
      type: str
    service:
      description: The service of the resource.
      type: str
    id:
      description: The id of the resource.
      type: int
    part:
      description: The part of a described resource that is not described, such as C(extensions) and the name of one.
      type: str
      returned: for parts
    module:
      description: The module that manages it.
      type: str
    owned:
      description: Whether it has the tag of this estate.
      type: bool
    reason:
      description: Why it is not removed. Null if it can be removed.
      type: str
  sample:
    - kind: instance
      name: QEBOLD01
      service: billing-qa
      id: 1234
      module: itcare_instance
      owned: false
      reason: it does not have the tag ansible_estate=billing, so this estate has neither created nor adopted it
diff:
  description: For each step of each resource what it changes, the same in check mode and in a run.
  returned: when the plan was made
  type: list
  elements: dict
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "protection",
        resources=dict(
            type="list",
            elements="dict",
            required=True,
            options=dict(
                module=dict(type="str", required=True),
                options=dict(type="dict"),
                creation=dict(type="dict", no_log=False),
            ),
        ),
        defaults=dict(type="dict"),
        name=dict(type="str"),
        on_refusal=dict(type="str", choices=["continue", "stop"], default="continue"),
        prune=dict(type="str", choices=["never", "report", "remove"], default="never"),
        prune_scope=dict(type="dict", options=arguments.spec("estate_scope")),
    ),
    required_if=[("prune", "report", ["prune_scope"]), ("prune", "remove", ["prune_scope", "name"])],
    supports_check_mode=True,
)

# plugin_utils/estate_converge.py has the one that works.
run = entry.only_here("itcare_estate")


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_tag
short_description: Manage the tags of ITCare resources
version_added: 1.0.0
description:
  - Sets, changes and removes tags of any number of resources of any kind, such as instances, clusters and load
    balancers.
  - All names are looked up in one request, and the resources are changed in parallel.
  - Nothing is changed until all names have been found and all tags have been read.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  resources:
    description:
      - The resources, as names or ids.
      - A service is given by its id.
    type: list
    elements: str
    required: true
    aliases:
      - resource
  service:
    description:
      - The service to which the resources belong, as a name or an id. If several resources have the same name, it
        determines which one is meant. A resource that is given by its id has to belong to it.
    type: str
    aliases:
      - service_id
  resource_type:
    description:
      - The kind of the resources, such as V(LINUX), V(POSTGRESQL) or V(LOAD_BALANCER). If several resources have the
        same name, it determines which one is meant. A resource that is given by its id has to be of that kind.
    type: str
  state:
    description:
      - With V(present), the resources get O(tags), with V(absent) they lose them.
    type: str
    choices:
      - present
      - absent
    default: present
  tags:
    description:
      - Tags as keys and values. Numbers and booleans become text.
      - With O(state=absent) a tag is removed only if it has the value given here. Without a value (null), it is removed
        whatever its value is.
    type: dict
    required: true
  tags_mode:
    description:
      - For O(state=present). V(merge) leaves other tags as they are, V(replace) removes them, except C(ansible_estate),
        by which M(cegedim.cloud.itcare_estate) knows what it has created.
    type: str
    choices:
      - merge
      - replace
    default: merge
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
  - If an action is in progress on a resource that may change its tags or prevent a change, the task waits for it,
    unless O(wait) is V(false).
  - The tag V(protected=true) keeps a resource from being removed by the modules of this collection. See the guide
    "Safety".
seealso:
  - module: cegedim.cloud.itcare_instance
"""

EXAMPLES = r"""
- name: Tag the web servers of billing
  cegedim.cloud.itcare_tag:
    resources:
      - PEBBILL01
      - PEBBILL02
    tags:
      application: billing
      tier: web

- name: Give a database exactly these tags
  cegedim.cloud.itcare_tag:
    resource: billingpg
    service: billing
    resource_type: POSTGRESQL
    tags:
      application: billing
    tags_mode: replace

- name: Remove a tag with that value, and another one whatever its value is
  cegedim.cloud.itcare_tag:
    resources: PEBBILL01
    state: absent
    tags:
      tier: web
      owner:
"""

RETURN = r"""
resources:
  description:
    - The resources with their tags after the task, or in check mode as they are now, in the order of O(resources).
    - A key that has several values on the platform has a list of them.
  returned: success, and for those that succeeded also on failure
  type: list
  elements: dict
  contains:
    id:
      description: Identifier.
      type: int
    name:
      description: Name. Null for an id that the listing of resources does not show, such as a service's.
      type: str
    tags:
      description: Keys and values.
      type: dict
  sample:
    - id: 1234
      name: PEBBILL01
      tags:
        application: billing
        tier: web
steps:
  description:
    - The names of the steps that were sent, or in check mode would be sent, for all resources in the order of
      O(resources), namely C(add_tag), C(remove_tag), and C(set_tags), which writes all tags at once.
  returned: success
  type: list
  elements: str
  sample: [remove_tag, add_tag]
diff:
  description: For each resource and each step what it changes, the same in check mode and in a run.
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
failed_resources:
  description: The resources that could not be changed, and why.
  returned: failure of some
  type: list
  elements: dict
  sample:
    - id: 1235
      name: PEBBILL02
      msg: "the profile of this API account does not allow it (POST /compute/resources/1235/tags: 403)"
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import tagging

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        resources=dict(type="list", elements="str", required=True, aliases=["resource"]),
        service=dict(type="str", aliases=["service_id"]),
        resource_type=dict(type="str"),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        tags=dict(type="dict", required=True),
        tags_mode=dict(type="str", choices=["merge", "replace"], default="merge"),
    ),
    supports_check_mode=True,
)

run = tagging.tag


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_batch
short_description: Manage many ITCare resources at the same time
version_added: 1.0.0
description:
  - Brings many resources to their desired state in one task. All orders are sent at once, and the task waits for all of
    them together. It takes as long as the slowest resource, and not as long as all of them one after the other.
  - Each item names a module of this collection and its options, and gets the result that a task of its own would get.
  - The names, types and choices of the options of all items are checked before anything is sent. If some are wrong, the
    task fails with all messages together, and nothing is changed.
  - What only the platform knows, such as whether a zone or a size exists, is read and checked for all items before the
    first order is sent. If the task is refused for some items, it fails with the reasons, and nothing is changed. An
    item whose resource has an action in progress does not delay the others; it waits for the action and is checked
    then.
  - An item that fails after that, or because the platform cannot be read, does not stop the others. At the end, the
    task fails and names the items that failed; RV(results) has those that succeeded, too. Run the task again to
    complete it.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  resources:
    description:
      - The resources. They are independent of each other; something that needs another item's result belongs into a
        later task.
      - Several items of the same module about parts of the same resource, such as two URLs of a load balancer, run one
        after the other in the given order.
      - Two items that mean the same resource and have different options are refused, also if one of them gives the name
        of the resource and the other its id. The same item a second time changes nothing.
    type: list
    elements: dict
    required: true
    suboptions:
      module:
        description:
          - Name of a module of this collection that brings a resource, or a part of one, to a state.
          - These are V(itcare_comment), V(itcare_dns_alias), V(itcare_glusterfs), V(itcare_instance),
            V(itcare_instance_snapshot), V(itcare_k8s_cluster), V(itcare_kafka), V(itcare_loadbalancer),
            V(itcare_loadbalancer_member), V(itcare_loadbalancer_url), V(itcare_mariadb), V(itcare_matomo),
            V(itcare_opensearch), V(itcare_overdrive), V(itcare_patch_policy), V(itcare_postgresql), V(itcare_rabbitmq),
            V(itcare_redis), V(itcare_sqlserver), V(itcare_tag).
        type: str
        required: true
      name:
        description:
          - Name of the resource; the same as the option C(name) of the module among O(resources[].options).
        type: str
      options:
        description:
          - Options of the module.
        type: dict
  defaults:
    description:
      - Options for all items whose module has them, such as C(service) or C(tags). An item's own option is used
        instead, as a whole.
      - O(wait), O(wait_timeout), O(wait_interval), and the options for signing in are given to all items, too.
    type: dict
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.wait
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
  - At most O(parallel_requests) requests are in flight at the same time, however many resources there are.
  - What items have in common is looked up once, such as the service, the network, the platform and its sizes. The state
    of a resource is always read anew.
  - Defaults that a play sets for a single module with C(module_defaults) do not apply to items of that module; those of
    C(group/cegedim.cloud.itcare) do.
  - The result shows no options of the items, since some of them may be secret.
seealso:
  - module: cegedim.cloud.itcare_instance
  - module: cegedim.cloud.itcare_action
"""

EXAMPLES = r"""
- name: Create three web servers and a cache at the same time
  cegedim.cloud.itcare_batch:
    defaults:
      service: billing-qa
      region: EB
      network: EB_1127_DMZ9
      sizing: 2cpu4gb
      tags:
        application: billing
    resources:
      - module: itcare_instance
        name: PEBSHOP01
        options:
          platform: deb12
          availability_zone: EB-A
      - module: itcare_instance
        name: PEBSHOP02
        options:
          platform: deb12
          availability_zone: EB-B
      - module: itcare_instance
        name: PEBSHOP03
        options:
          platform: deb12
          availability_zone: EB-C
      - module: itcare_redis
        name: shopcache
        options:
          platform: redis72
          version: "7.2"
          persistence_mode: PERSISTENT
          node_count: 1
          disk_size: 40
          node_prefix: PEBSHOPR
          admin_password: "{{ vault_redis_password }}"
  register: created

- name: Show the addresses of the web servers
  ansible.builtin.debug:
    msg: "{{ created.results | map(attribute='result.instance.ip_address', default='none') }}"

- name: Stop all of these machines
  cegedim.cloud.itcare_batch:
    defaults:
      state: stopped
    resources: "{{ machines | map('combine', {'module': 'itcare_instance'}) }}"
  vars:
    machines:
      - name: PEBSHOP01
      - name: PEBSHOP02
      - name: PEBSHOP03

- name: Remove a web server, and give another one more memory
  cegedim.cloud.itcare_batch:
    resources:
      - module: itcare_instance
        name: PEBSHOP03
        options:
          state: absent
      - module: itcare_instance
        name: PEBSHOP01
        options:
          sizing: 2cpu8gb
"""

RETURN = r"""
results:
  description: What became of each item, in the order of O(resources).
  returned: when the items were run, on failure too
  type: list
  elements: dict
  contains:
    module:
      description: Name of the module.
      type: str
    name:
      description: Name of the resource, or of the resource to which the part belongs. Null if there is none.
      type: str
    changed:
      description: Whether it was changed, or in check mode would be.
      type: bool
    failed:
      description: Whether it failed.
      type: bool
    msg:
      description: Why it failed.
      type: str
      returned: failure
    result:
      description: The result of the module, such as C(instance), C(steps), C(diff) and C(actions).
      type: dict
  sample:
    - module: itcare_instance
      name: PEBSHOP01
      changed: true
      failed: false
      result:
        instance:
          id: 1234
          name: PEBSHOP01
          status: ACTIVE
        steps: [create]
diff:
  description: For each step of each item what it changes, the same in check mode and in a run.
  returned: when the items were run
  type: list
  elements: dict
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry

# Those that bring something to a state. plugin_utils/batch.py runs them.
MODULES = (
    "itcare_comment",
    "itcare_dns_alias",
    "itcare_glusterfs",
    "itcare_instance",
    "itcare_instance_snapshot",
    "itcare_k8s_cluster",
    "itcare_kafka",
    "itcare_loadbalancer",
    "itcare_loadbalancer_member",
    "itcare_loadbalancer_url",
    "itcare_mariadb",
    "itcare_matomo",
    "itcare_opensearch",
    "itcare_overdrive",
    "itcare_patch_policy",
    "itcare_postgresql",
    "itcare_rabbitmq",
    "itcare_redis",
    "itcare_sqlserver",
    "itcare_tag",
)

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        resources=dict(
            type="list",
            elements="dict",
            required=True,
            options=dict(
                module=dict(type="str", required=True),
                name=dict(type="str"),
                options=dict(type="dict"),
            ),
        ),
        defaults=dict(type="dict"),
    ),
    supports_check_mode=True,
)

# plugin_utils/batch.py has the one that works.
run = entry.only_here("itcare_batch")


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_loadbalancer_member
short_description: Manage the members of an ITCare load balancer
version_added: 1.0.0
description:
  - Adds resources to the pool of a load balancer, sets their state, and removes them, one or several or the whole pool.
  - Connections can be given time to end before a member leaves.
  - If an action is already in progress on the load balancer, the module waits for it before it plans anything.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  loadbalancer:
    description:
      - The load balancer, as its id, its name or one of its URLs.
    type: str
    required: true
  members:
    description:
      - The members. With O(mode=replace) an empty list removes all.
    type: list
    elements: dict
    required: true
    suboptions:
      resource:
        description:
          - The resource, mostly an instance, as a name or an id. A new one must be in the same network as the others.
          - All names and ids are looked up before the first change.
        type: str
        required: true
      port:
        description:
          - Port on which it listens. A new member gets the port of all others, if they have only one; otherwise it is
            needed. Without it, a member is meant whatever its port is.
          - A resource can be a member with several ports, one row for each. One of its ports can always be added, and
            all of them removed. Setting all of them to the same state works unless the platform applies it to the first
            port only; then the task fails. To remove or change a single one of them, the platform has to accept its
            C(technical_id); otherwise the task fails, and no port is changed.
        type: int
      state:
        description:
          - V(enabled) accepts connections. V(disabled) keeps existing connections and accepts no new ones. V(offline)
            has no connections.
          - Without it, a member keeps its state, and a new one is V(enabled).
          - Only valid with O(state=present).
        type: str
        choices:
          - enabled
          - disabled
          - offline
  mode:
    description:
      - For O(state=present). V(merge) leaves other members as they are, V(replace) removes them.
      - New members are added before others are removed, unless all go to another network.
    type: str
    choices:
      - merge
      - replace
    default: merge
  state:
    description:
      - With V(present), the O(members) are in the pool, with V(absent) they are not.
    type: str
    choices:
      - present
      - absent
    default: present
  drain:
    description:
      - Seconds for connections to end. A member that goes offline or is removed is disabled first; then the task waits
        this long, once for all of them. It does not wait for members that are already offline.
      - It must not exceed O(wait_timeout), and requires O(wait=true).
    type: int
    default: 0
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
  - With O(state=absent), nothing is changed where the load balancer or the resource does not exist.
  - A task that is interrupted while it waits for connections waits for the whole time when it is run again.
seealso:
  - module: cegedim.cloud.itcare_loadbalancer
  - module: cegedim.cloud.itcare_loadbalancer_info
"""

EXAMPLES = r"""
- name: Add a third web server
  cegedim.cloud.itcare_loadbalancer_member:
    loadbalancer: billing.acme.example
    members:
      - resource: PEBBILL03
        port: 8080

- name: Take a web server out for a release, and give its connections ten seconds to end
  cegedim.cloud.itcare_loadbalancer_member:
    loadbalancer: billing.acme.example
    members:
      - resource: PEBBILL01
        state: offline
    drain: 10

- name: Put it back into the pool
  cegedim.cloud.itcare_loadbalancer_member:
    loadbalancer: billing.acme.example
    members:
      - resource: PEBBILL01
        state: enabled

- name: Have exactly these two members, whatever is in the pool now
  cegedim.cloud.itcare_loadbalancer_member:
    loadbalancer: billing.acme.example
    mode: replace
    members:
      - resource: PEBBILL01
        port: 8080
      - resource: PEBBILL02
        port: 8080

- name: Let it listen on two ports
  cegedim.cloud.itcare_loadbalancer_member:
    loadbalancer: billing.acme.example
    members:
      - resource: PEBBILL03
        port: 8080
      - resource: PEBBILL03
        port: 8443

- name: Remove a web server, with all of its ports
  cegedim.cloud.itcare_loadbalancer_member:
    loadbalancer: billing.acme.example
    state: absent
    members:
      - resource: PEBBILL03
"""

RETURN = r"""
members:
  description:
    - The whole pool as the platform shows it after the task, with keys in snake_case, and in check mode as it is now.
      Null if the load balancer does not exist.
  returned: success
  type: list
  elements: dict
  contains:
    resource_id:
      description: Identifier of the resource.
      type: int
    port:
      description: Port on which it listens.
      type: int
    state:
      description: V(enabled), V(disabled) or V(offline).
      type: str
    status:
      description: Its health, V(up), V(down) or V(user_down).
      type: str
  sample:
    - resource_id: 1234
      name: PEBBILL01
      address: 10.59.13.29
      port: 8080
      state: enabled
      status: up
address:
  description:
    - The path at which the load balancer was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the load balancer exists and the module knows which number its path takes
  type: str
  sample: /networking/loadbalancers/1234
steps:
  description:
    - The names of the steps that were sent, or in check mode would be sent, in this order, namely C(add_member),
      C(enable_member), C(disable_member), C(drain), which only waits, C(take_member_offline) and C(remove_member).
  returned: success
  type: list
  elements: str
  sample: [disable_member, drain, take_member_offline]
diff:
  description: For each step what it changes, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task found in progress, in their last state. Changes of members start
    none.
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
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.loadbalancer import POOL
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.members import refuse_contradictory
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.names import identity
from ansible_collections.cegedim.cloud.plugins.module_utils.run import run_options

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        loadbalancer=dict(type="str", required=True),
        members=dict(
            type="list",
            elements="dict",
            required=True,
            options=dict(
                resource=dict(type="str", required=True),
                port=dict(type="int"),
                state=dict(type="str", choices=["enabled", "disabled", "offline"]),
            ),
        ),
        mode=dict(type="str", choices=["merge", "replace"], default="merge"),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        drain=dict(type="int", default=0),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Bring the pool of the load balancer to the wanted state; an Outcome."""
    refuse_contradictory(params)
    wanted = dict(
        run_options(params),
        pool={name: params[name] for name in ("members", "mode", "state", "drain")},
        **identity(params["loadbalancer"]),
    )
    outcome = converge(client, POOL, wanted, check)
    outcome.result["members"] = (outcome.result.pop("loadbalancer") or {}).get("pool")
    return outcome


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

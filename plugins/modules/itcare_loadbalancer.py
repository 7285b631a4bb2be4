#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_loadbalancer
short_description: Manage load balancers of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops and deletes load balancers, in front of instances or of a Kubernetes cluster.
  - A load balancer is created with its first URL. It is found by its name or by one of its URLs.
  - If an action is already in progress on the load balancer, from an earlier run or started by someone else, the module
    waits for it before it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  name:
    description:
      - The load balancer, as its name or one of its URLs. Required unless O(id) is given.
      - For a new load balancer it is its first URL, at most 64 letters, digits, dots and dashes (68 with C(www.)), the
        first of them a letter. V(https://) or V(http://) in front makes no difference and is not sent.
    type: str
    aliases:
      - url
  id:
    description:
      - Identifier of an existing load balancer, either of its two numbers.
    type: int
  cluster:
    description:
      - A Kubernetes cluster, as a name or an id. The load balancer is created in front of its nodes. Fixed at creation,
        and compared if the platform shows it.
    type: str
    aliases:
      - cluster_id
  healthcheck:
    description:
      - The health check that determines whether a member responds, by its name in the area. Required at creation, and
        fixed afterwards.
    type: str
  member_port:
    description:
      - Port on which the members listen. Required at creation, and fixed afterwards.
      - It is compared if all members, but for those of O(members) with a port of their own, have the same port.
    type: str
    aliases:
      - port_members
  profile:
    description:
      - The protocol of the load balancer, such as V(HTTP), V(HTTPS) or V(TCP).
        M(cegedim.cloud.itcare_loadbalancer_info) lists the protocols. Required at creation, and fixed afterwards.
    type: str
    aliases:
      - profile_name
  certificate:
    description:
      - Name of the certificate. Required by a profile that uses one, such as V(HTTPS). Fixed at creation.
    type: str
    aliases:
      - certificate_name
  ssl_profile:
    description:
      - SSL profile of the certificate. Used at creation only; the platform does not show it again.
    type: str
  persistence:
    description:
      - Whether a client stays with the same member. Used at creation only; what the platform shows of it later cannot
        be compared with it.
    type: bool
  redirect_to_https:
    description:
      - Whether HTTP is redirected to HTTPS. Used at creation only, as O(persistence).
    type: bool
  port:
    description:
      - Port on which a load balancer with a TCP profile listens. Used at creation only, as O(persistence).
    type: int
    aliases:
      - vs_port
  set_up_dns:
    description:
      - Whether a DNS record is created for the URL, which must be in a domain that the platform manages. Used at
        creation only.
    type: bool
    aliases:
      - set_up_dns_enabled
  members:
    description:
      - The resources that receive the requests, usually instances, as names or ids. This is the whole pool; other
        members are removed. If it is omitted, the pool is not changed.
      - A member on a port of its own is a dictionary of C(resource), a name or an id, and C(port). A resource can be a
        member with several ports, one row for each; M(cegedim.cloud.itcare_loadbalancer_member) says how far
        these can be removed one by one.
      - New members are added before others are removed. Without a port, they listen on O(member_port), or on the port
        of all others.
      - They must all be in the same network.
      - To manage single members and their states, and to drain them, use M(cegedim.cloud.itcare_loadbalancer_member).
    type: list
    elements: raw
  update_urls:
    description:
      - URLs of the load balancer whose monitoring is set and compared as well, according to O(monitoring_enabled) and
        O(on_call_supervision). They must exist; if this task creates the load balancer, the monitoring of the URLs that
        it is created with is set.
      - Without it, only the load balancer itself is compared. If that differs, the platform changes the load balancer
        and all its URLs.
    type: list
    elements: str
  bot_defense:
    description:
      - Bot Defense, which protects against malicious robots. If it is omitted, nothing is changed.
    type: dict
    suboptions:
      enabled:
        description: Whether it is active.
        type: bool
        default: true
      template:
        description: How strict it is. At activation the platform's default is V(standard).
        type: str
        choices:
          - standard
          - strict
      mode:
        description:
          - V(blocking) blocks what seems malicious, V(transparent) only logs it. At activation the platform's
            default is V(blocking).
        type: str
        choices:
          - blocking
          - transparent
      white_list:
        description:
          - The IP addresses that are allowed through; others are removed. An empty list removes all. If it is omitted,
            they are not changed.
        type: list
        elements: str
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.power
  - cegedim.cloud.placement
  - cegedim.cloud.management
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.fixed
  - cegedim.cloud.dry_run
  - cegedim.cloud.tags
  - cegedim.cloud.change
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - O(state=absent) deletes the load balancer with its URLs. A URL that was added later does not identify the load
    balancer in this case, and the task fails; remove such a URL with M(cegedim.cloud.itcare_loadbalancer_url).
  - A creation needs O(name), O(service), O(region) or O(network), O(healthcheck), O(member_port) and O(profile).
  - Running a task a second time changes nothing.
  - The monitoring of a stopped load balancer is not compared; a warning names what differs.
  - Before a creation, also in check mode, the module looks up places, health checks, profiles, certificates, SSL
    profiles and domains. A value that the platform does not list is refused, and the message names those that it does.
seealso:
  - module: cegedim.cloud.itcare_loadbalancer_info
  - module: cegedim.cloud.itcare_loadbalancer_member
  - module: cegedim.cloud.itcare_loadbalancer_url
"""

EXAMPLES = r"""
- name: Put two instances behind a load balancer
  cegedim.cloud.itcare_loadbalancer:
    name: shop.acme.example
    service: billing
    region: EB
    profile: HTTPS
    certificate: star-acme-example
    healthcheck: http-root
    member_port: 8080
    members:
      - PEBBILL01
      - PEBBILL02
    tags:
      application: billing

- name: Let one of the two listen on a second port
  cegedim.cloud.itcare_loadbalancer:
    name: shop.acme.example
    members:
      - PEBBILL01
      - resource: PEBBILL02
        port: 8080
      - resource: PEBBILL02
        port: 8081

- name: Put a load balancer in front of a Kubernetes cluster
  cegedim.cloud.itcare_loadbalancer:
    name: apps.acme.example
    service: billing
    region: EB
    cluster: billing-k8s
    profile: HTTP
    healthcheck: tcp
    member_port: 80

- name: Let Bot Defense block, but not our own probe
  cegedim.cloud.itcare_loadbalancer:
    name: shop.acme.example
    bot_defense:
      template: strict
      mode: blocking
      white_list:
        - 10.0.3.40

- name: Call somebody at night when the load balancer or this URL fails
  cegedim.cloud.itcare_loadbalancer:
    name: shop.acme.example
    monitoring_enabled: true
    on_call_supervision: true
    update_urls:
      - shop.acme.example

- name: Stop it, with a reference to a change
  cegedim.cloud.itcare_loadbalancer:
    name: shop.acme.example
    state: stopped
    change_reference: RFC_123
"""

RETURN = r"""
loadbalancer:
  description:
    - The load balancer as the platform shows it after the task, with keys in snake_case. In check mode, it is the
      current state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  contains:
    pool:
      description: The members with their port, state and health.
      type: list
      elements: dict
      returned: with O(members), for a load balancer that is there
    bot_defense:
      description: What is shown of Bot Defense, in the words of the option.
      type: dict
      returned: with O(bot_defense), for a load balancer that is there
  sample:
    id: 1234
    name: shop.acme.example
    status: ACTIVE
    service_name: billing
    ip_address: 10.64.0.12
    bot_defense_enabled: false
    urls:
      - id: 1235
        name: shop.acme.example
        monitoring_enabled: true
address:
  description:
    - The path at which the load balancer was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the load balancer exists and the module knows which number its path takes
  type: str
  sample: /networking/loadbalancers/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [update_monitoring, activate_bot]
diff:
  description: For each step what it changes, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task started or found in progress, in their last state.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 1333
      status: SUCCESS
      process: create
      resource_name: shop.acme.example
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import converge
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.loadbalancer import LOADBALANCER
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.members import member_rows
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.monitoring import urls_to_update
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.names import host_of

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "power",
        "placement",
        "management",
        "wait",
        "check_mode",
        "protection",
        "fixed",
        "dry_run",
        "tags",
        "change",
        name=dict(type="str", aliases=["url"]),
        id=dict(type="int"),
        cluster=dict(type="str", aliases=["cluster_id"]),
        healthcheck=dict(type="str"),
        member_port=dict(type="str", aliases=["port_members"]),
        profile=dict(type="str", aliases=["profile_name"]),
        certificate=dict(type="str", aliases=["certificate_name"]),
        ssl_profile=dict(type="str"),
        persistence=dict(type="bool"),
        redirect_to_https=dict(type="bool"),
        port=dict(type="int", aliases=["vs_port"]),
        set_up_dns=dict(type="bool", aliases=["set_up_dns_enabled"]),
        members=dict(type="list", elements="raw"),
        update_urls=dict(type="list", elements="str"),
        bot_defense=dict(
            type="dict",
            options=dict(
                enabled=dict(type="bool", default=True),
                template=dict(type="str", choices=["standard", "strict"]),
                mode=dict(type="str", choices=["blocking", "transparent"]),
                white_list=dict(type="list", elements="str"),
            ),
        ),
    ),
    required_one_of=[("name", "id")],
    mutually_exclusive=[("members", "cluster")],
    supports_check_mode=True,
)


def run(client, params, check):
    """Bring the load balancer to the wanted state; an Outcome."""
    wanted = dict(params)
    if wanted["name"]:
        wanted["name"] = host_of(wanted["name"])
    if wanted["members"] is not None:
        wanted["members"] = member_rows(wanted["members"])
        wanted["pool"] = True  # it is read, and shown
    if wanted["update_urls"] is not None:
        wanted["update_urls"] = urls_to_update(wanted["update_urls"], wanted)
    return converge(client, LOADBALANCER, wanted, check)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

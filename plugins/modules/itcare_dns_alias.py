#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_dns_alias
short_description: Manage a DNS alias of an ITCare resource
version_added: 1.0.0
description:
  - Adds a DNS alias to a resource of any kind, such as an instance, a database or a load balancer, changes it, and
    removes it.
  - If an action is already in progress on the resource, the module waits for it before it plans anything.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  resource:
    description:
      - The resource, as a name or an id.
    type: str
    required: true
  service:
    description:
      - The service to which the resource belongs, as a name or an id. If several resources have the same name, it
        determines which one is meant.
    type: str
    aliases:
      - service_id
  resource_type:
    description:
      - The kind of the resource, such as V(LINUX), V(POSTGRESQL) or V(LOAD_BALANCER). If several resources have the
        same name, it determines which one is meant. A resource that is given by its id has to be of that kind.
    type: str
  name:
    description:
      - The complete name of the alias, such as V(shop.acme.example). Case and a dot at the end make no difference.
    type: str
    required: true
    aliases:
      - fqdn
  type:
    description:
      - The type of the record, such as V(CNAME) or V(A). The platform does not document which types it accepts.
      - If it is omitted, the platform chooses the type of a new alias, and an existing alias may have any type.
    type: str
  value:
    description:
      - What the alias points to, such as the name of a host or an address. A name without a dot also matches the same
        name with a domain.
      - If it is omitted, the platform chooses the value of a new alias, and an existing alias may have any value.
    type: str
  state:
    description:
      - V(present) adds the alias if it does not exist. If it exists with another O(type) or O(value), it is
        removed and added again, because the platform cannot change it. It does not resolve in between.
      - V(absent) removes it. With O(type) or O(value), only if the alias has them.
    type: str
    choices:
      - present
      - absent
    default: present
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
  - The platform removes an alias by its name. If several records have the same name, such as an address of each
    version, all of them are removed.
  - If the name is in none of the domains that the platform lists, a warning says so, and the platform decides.
  - With O(state=absent), a resource that does not exist has no alias, and nothing is changed.
seealso:
  - module: cegedim.cloud.itcare_domain_info
  - module: cegedim.cloud.itcare_loadbalancer_url
"""

EXAMPLES = r"""
- name: Give the web server a second name
  cegedim.cloud.itcare_dns_alias:
    resource: PEBBILL01
    name: shop.acme.example
    type: CNAME
    value: PEBBILL01

- name: Give a database a name, one of several resources of that name
  cegedim.cloud.itcare_dns_alias:
    resource: billingpg
    service: billing
    resource_type: POSTGRESQL
    name: db.shop.acme.example

- name: Remove an alias
  cegedim.cloud.itcare_dns_alias:
    resource: PEBBILL01
    name: shop.acme.example
    state: absent
"""

RETURN = r"""
dns_alias:
  description:
    - The alias as the platform shows it after the task, and in check mode as it is now. Null if there is none.
  returned: success
  type: dict
  sample:
    fqdn: shop.acme.example
    type: CNAME
    value: PEBBILL01
    zone: acme.example
dns_aliases:
  description:
    - All aliases of the resource after the task, and in check mode as they are now.
  returned: success
  type: list
  elements: dict
address:
  description:
    - The path at which the resource was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
  returned: when the resource exists and the module knows which number its path takes
  type: str
  sample: /compute/resources/1234
steps:
  description:
    - The names of the steps that were sent, or in check mode would be sent, namely C(remove_dns_alias) and
      C(add_dns_alias).
  returned: success
  type: list
  elements: str
  sample: [add_dns_alias]
diff:
  description: For each step what it changes, the same in check mode and in a run.
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
from ansible_collections.cegedim.cloud.plugins.module_utils.products.dns_aliases import DNS_ALIAS, alias_of
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.resources import identity, of_type
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result
from ansible_collections.cegedim.cloud.plugins.module_utils.run import run_options

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        resource=dict(type="str", required=True),
        service=dict(type="str", aliases=["service_id"]),
        resource_type=dict(type="str"),
        name=dict(type="str", required=True, aliases=["fqdn"]),
        type=dict(type="str"),
        value=dict(type="str"),
        state=dict(type="str", choices=["present", "absent"], default="present"),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Bring the alias of the resource to the wanted state; an Outcome."""
    asked = ("name", "type", "value", "state")
    alias = {name: params[name] for name in asked if params[name] is not None}
    wanted = dict(run_options(params), alias=alias, service=params["service"], **identity(params["resource"]))
    outcome = converge(client, of_type(DNS_ALIAS, params["resource_type"]), wanted, check)
    shown = outcome.result.pop("resource")
    outcome.result["dns_alias"] = to_result(alias_of(shown, alias))
    outcome.result["dns_aliases"] = (shown or {}).get("aliases", [])
    return outcome


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

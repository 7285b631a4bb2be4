#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_loadbalancer_url
short_description: Manage a URL of an ITCare load balancer
version_added: 1.0.0
description:
  - Adds a URL to a load balancer, sets its monitoring, and removes it.
  - If an action is already in progress on the load balancer or on the URL, from an earlier run or started by someone
    else, the module waits for it before it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  loadbalancer:
    description:
      - The load balancer, as its id, its name or one of its URLs.
    type: str
    required: true
  name:
    description:
      - The URL, at most 64 letters, digits, dots and dashes (68 with C(www.)), the first of them a letter.
        V(https://) or V(http://) in front is not sent and makes no difference, nor do capitals.
    type: str
    required: true
    aliases:
      - url
  state:
    description:
      - V(present) adds the URL if it does not exist, and applies the options.
      - V(absent) removes it.
    type: str
    choices:
      - present
      - absent
    default: present
  set_up_dns:
    description:
      - Whether a DNS record is created for the URL, which must be in a domain that the platform manages. Used for a new
        URL only; the platform does not show it again.
    type: bool
    aliases:
      - set_up_dns_enabled
  ssl_profile:
    description:
      - SSL profile of the certificate. Used for a new URL only; the platform does not show it again.
    type: str
  monitoring_enabled:
    description:
      - Whether the URL is monitored.
    type: bool
  on_call_supervision:
    description:
      - Whether on-call teams are called outside business hours. This requires monitoring.
    type: bool
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
  - With O(state=absent), nothing is changed where the load balancer does not exist.
  - The domain for a DNS record and the SSL profile are looked up before a URL is added, also in check mode.
seealso:
  - module: cegedim.cloud.itcare_loadbalancer
  - module: cegedim.cloud.itcare_loadbalancer_info
"""

EXAMPLES = r"""
- name: Add a URL with its DNS record, and call somebody at night when it fails
  cegedim.cloud.itcare_loadbalancer_url:
    loadbalancer: billing.acme.example
    name: api.billing.acme.example
    set_up_dns: true
    monitoring_enabled: true
    on_call_supervision: true

- name: Stop monitoring it
  cegedim.cloud.itcare_loadbalancer_url:
    loadbalancer: billing.acme.example
    name: api.billing.acme.example
    monitoring_enabled: false

- name: Remove it
  cegedim.cloud.itcare_loadbalancer_url:
    loadbalancer: billing.acme.example
    name: api.billing.acme.example
    state: absent
"""

RETURN = r"""
url:
  description:
    - The URL as the platform shows it after the task, with keys in snake_case, and in check mode as it is now. Null if
      there is none.
  returned: success
  type: dict
  sample:
    id: 1235
    name: api.billing.acme.example
    status: ACTIVE
    monitoring_enabled: true
    monitoring_on_call_enabled: false
address:
  description:
    - The path at which the load balancer was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the load balancer exists and the module knows which number its path takes
  type: str
  sample: /networking/loadbalancers/1234
steps:
  description:
    - The names of the steps that were sent, or in check mode would be sent, namely C(create_url), C(update_monitoring)
      or C(delete_url).
  returned: success
  type: list
  elements: str
  sample: [create_url]
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
      process: CREATE_URL
      resource_name: api.billing.acme.example
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import converge
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.names import host_of, identity
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.urls import URL, url_of
from ansible_collections.cegedim.cloud.plugins.module_utils.run import run_options

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        loadbalancer=dict(type="str", required=True),
        name=dict(type="str", required=True, aliases=["url"]),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        set_up_dns=dict(type="bool", aliases=["set_up_dns_enabled"]),
        ssl_profile=dict(type="str"),
        monitoring_enabled=dict(type="bool"),
        on_call_supervision=dict(type="bool"),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Bring the URL of the load balancer to the wanted state; an Outcome."""
    asked = ("state", "set_up_dns", "ssl_profile", "monitoring_enabled", "on_call_supervision")
    host = host_of(params["name"])
    wanted = dict(
        run_options(params),
        url=dict({name: params[name] for name in asked if params[name] is not None}, name=host),
        **identity(params["loadbalancer"]),
    )
    outcome = converge(client, URL, wanted, check)
    outcome.result["url"] = url_of(outcome.result.pop("loadbalancer"), host)
    return outcome


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

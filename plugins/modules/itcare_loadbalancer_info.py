#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_loadbalancer_info
short_description: List load balancers of ITCare
version_added: 1.0.0
description:
  - Lists the load balancers that match all given filters, or all that the API account can see.
  - On request it tells the protocols that a load balancer can have, and the addresses that are always let through.
  - A listing is complete or the task fails; it is never cut at the end of a page.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  urls:
    description:
      - URLs, such as V(.cegedim.cloud). The platform decides how they are compared.
    type: list
    elements: str
  botdefense:
    description:
      - Whether Bot Defense is active.
    type: bool
    aliases:
      - bot_defense
  monitoring_status:
    description:
      - Whether the load balancer is monitored.
    type: bool
  monitoring_on_call_status:
    description:
      - Whether on-call teams are called outside business hours.
    type: bool
  i_rules:
    description:
      - Names of iRules.
    type: list
    elements: str
    aliases:
      - irules
  default_persistence:
    description:
      - How a client stays with the same member, such as V(cookie), V(hash) or V(source_addr).
    type: list
    elements: str
  fallback_persistence:
    description:
      - The same where the default is not possible, such as V(dest_addr) or V(source_addr).
    type: list
    elements: str
  load_balancing_mode:
    description:
      - How a member is chosen, such as V(round-robin) or V(least-connections-node).
    type: list
    elements: str
  protocols:
    description:
      - Protocols, such as V(HTTP), V(HTTPS) or V(MYSQL).
    type: list
    elements: str
  vlan:
    description:
      - Networks, by their short description, such as V(EB_1125_DMZ8).
    type: list
    elements: str
  gather:
    description:
      - What else to read of each load balancer. Each costs one request for each load balancer, V(ssl_profiles) one for
        each URL; they are sent in parallel. If a load balancer has two different numbers, one or two more requests
        determine which one a path accepts.
      - V(details) reads the page of each load balancer. Its fields are merged into the row, which may be incomplete or
        outdated.
      - V(members) is the pool with ports, states and health (in RV(loadbalancers[].pool), since
        RV(loadbalancers[].members) are the instances in the row itself). All others are returned under a key of the
        same name.
      - V(urls) are the URLs; V(stats) the counters of the members, in the platform's own words; V(events) what Bot
        Defense noted; V(ssl_profiles) for each URL whether a valid SSL profile is installed, and which ones are valid;
        V(tags) the tags as keys and values; V(dns_aliases) the DNS records; V(history) its past actions;
        V(patch_policy) its part in the patch parties; V(backup_policies) its policies and last backups; V(parent) the
        resource to which it belongs, or null; V(operations) what can be done with it now.
    type: list
    elements: str
    default: []
    choices:
      - backup_policies
      - details
      - dns_aliases
      - events
      - history
      - members
      - operations
      - parent
      - patch_policy
      - ssl_profiles
      - stats
      - tags
      - urls
  events_from:
    description:
      - For V(events) in O(gather), the beginning of the time, in ISO 8601 with a time zone, such as
        V(2026-03-15T00:00:00Z). By default a day before O(events_to).
      - This option and the others for V(events) are refused if O(gather) does not ask for them.
    type: str
  events_to:
    description:
      - For V(events) in O(gather), the end of the time. By default now.
    type: str
  events_type:
    description:
      - For V(events) in O(gather), the type of events. The platform's default is V(security).
    type: str
  events_criteria:
    description:
      - For V(events) in O(gather), what to look for. The platform's default is V(bot).
    type: str
  events_size:
    description:
      - For V(events) in O(gather), how many events at most. The platform's default is 20.
    type: int
  lookups:
    description:
      - What to read that concerns all load balancers.
      - V(protocols) are the protocols that a load balancer can have (the O(protocols) of a filter, and C(profile)
        of M(cegedim.cloud.itcare_loadbalancer)); V(internal_whitelist) the addresses that Bot Defense always lets
        through.
    type: list
    elements: str
    default: []
    choices:
      - internal_whitelist
      - protocols
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.filters
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
notes:
  - A listing may omit fields or show outdated values, most likely the backup and the profile of Bot Defense. With
    V(details) in O(gather) each row is up to date. RV(loadbalancers[].source) says where a row comes from.
seealso:
  - module: cegedim.cloud.itcare_loadbalancer
  - module: cegedim.cloud.itcare_loadbalancer_member
  - module: cegedim.cloud.itcare_loadbalancer_url
"""

EXAMPLES = r"""
- name: Look at the pools of the service billing
  cegedim.cloud.itcare_loadbalancer_info:
    services: billing
    gather: members
  register: balancers

- name: Name the members that are down
  ansible.builtin.debug:
    msg: "{{ balancers.loadbalancers | map(attribute='pool') | flatten | selectattr('status', 'eq', 'down') }}"

- name: See what Bot Defense blocked on the first of May
  cegedim.cloud.itcare_loadbalancer_info:
    botdefense: true
    gather: events
    events_from: "2026-05-01T00:00:00+02:00"
    events_to: "2026-05-02T00:00:00+02:00"
    events_size: 100

- name: List the protocols
  cegedim.cloud.itcare_loadbalancer_info:
    lookups: protocols
"""

RETURN = r"""
loadbalancers:
  description:
    - The load balancers in the order of the platform, with the platform's fields in snake_case, and what O(gather)
      asked for.
  returned: success
  type: list
  elements: dict
  contains:
    source:
      description:
        - V(details) if the row comes from its own page, V(listing) if it comes from a listing, which may omit fields or
          show outdated values.
      type: str
      returned: always
      sample: listing
    members:
      description: The instances that are members.
      type: list
      elements: dict
      returned: where the platform shows it
    pool:
      description: The members with their port, state and health.
      type: list
      elements: dict
      returned: with V(members) in O(gather)
      sample:
        - resource_id: 1234
          name: PEBBILL01
          port: 8080
          state: enabled
          status: up
    ssl_profiles:
      description: The SSL profiles of each URL.
      type: list
      elements: dict
      returned: with V(ssl_profiles) in O(gather)
      sample:
        - url: billing.acme.example
          is_valid_ssl_profil_installed: true
          valid_ssl_profiles: []
    events:
      description: Events of the time that was asked for.
      type: list
      elements: dict
      returned: with V(events) in O(gather)
  sample:
    - id: 1234
      name: billing.acme.example
      status: ACTIVE
      service_name: billing
      ip_address: 10.64.0.12
protocols:
  description: The protocols that a load balancer can have.
  returned: with V(protocols) in O(lookups)
  type: list
  elements: dict
  sample:
    - name: HTTPS
      port: 443
      is_certificate_required: true
internal_whitelist:
  description: The addresses that Bot Defense always lets through.
  returned: with V(internal_whitelist) in O(lookups)
  type: list
  elements: str
  sample: [10.0.0.0/8]
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.products.loadbalancers.listing import (
    LOADBALANCERS,
    LOOKUPS,
    read_loadbalancers,
)

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        **LOADBALANCERS.arguments(),
        events_from=dict(type="str"),
        events_to=dict(type="str"),
        events_type=dict(type="str"),
        events_criteria=dict(type="str"),
        events_size=dict(type="int"),
        lookups=dict(type="list", elements="str", default=[], choices=list(LOOKUPS)),
    ),
    mutually_exclusive=LOADBALANCERS.exclusive(),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the load balancers; an Outcome. Nothing is written, with or without ``check``."""
    return read_loadbalancers(client, params)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

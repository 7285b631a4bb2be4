# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: estate_report
short_description: Make the report on an estate from its listings
version_added: 1.0.0
description:
  - Makes what the role C(estate_report) of this collection writes.
  - What no listing shows is null, and is never counted as zero. A machine that several listings show is counted once.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: now
options:
  _input:
    description:
      - The results of M(cegedim.cloud.itcare_api) in a loop, one for each listing. The C(key) of its C(item) is the
        name of the listing, which is C(services), C(instances), C(application_servers), C(databases),
        C(message_brokers), C(kubernetes), C(glusterfs), C(resources) or C(obsolescence).
      - What is missing was left out of the report.
    type: list
    elements: dict
    required: true
  now:
    description:
      - The time, such as V(2026-11-20T09:32:02Z).
    type: str
    required: true
  loadbalancers:
    description:
      - Load balancers, as M(cegedim.cloud.itcare_loadbalancer_info) returns them with V(members) in C(gather).
      - If this is V(none), they were left out.
    type: list
    elements: dict
  nodes:
    description:
      - Products, as M(cegedim.cloud.itcare_resource_info) returns them with V(nodes) in C(gather).
    type: list
    elements: dict
    default: []
  details:
    description:
      - Machines, as M(cegedim.cloud.itcare_instance_info) returns them with V(details) in C(gather), and products, as
        M(cegedim.cloud.itcare_resource_info) returns them with V(own_details).
    type: list
    elements: dict
    default: []
  snapshots:
    description:
      - Machines, as M(cegedim.cloud.itcare_instance_info) returns them with V(snapshot) in C(gather).
    type: list
    elements: dict
    default: []
  patch_policies:
    description:
      - Patch policies of services, as the API spells them.
    type: list
    elements: dict
    default: []
  parties:
    description:
      - The next patch parties, as P(cegedim.cloud.patch_parties#filter) returns them.
      - If this is V(none), they were left out.
    type: list
    elements: dict
  snapshot_hours:
    description:
      - The age from which a snapshot is reported.
    type: float
    default: 24
  services:
    description:
      - The ids of the services to which the listings were narrowed. By default, they were not.
      - Reports on different services are not compared.
    type: list
    elements: int
  old:
    description:
      - The report that is there already, as JSON. If it says the same of the estate, it is returned as it is.
    type: str
    default: ""
  base:
    description:
      - The report to compare with, as JSON. By default O(old).
    type: str
    default: ""
  on_refusal:
    description:
      - What happens if an earlier report cannot be read. With V(return), the value has nothing but C(refusals), the
        reasons.
    type: str
    choices: [fail, return]
    default: fail
seealso:
  - plugin: cegedim.cloud.estate_csv
    plugin_type: filter
  - plugin: cegedim.cloud.estate_page
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read two listings
  cegedim.cloud.itcare_api:
    path: "{{ item.value }}"
    all_pages: true
  loop:
    - key: instances
      value: /compute/instances
    - key: resources
      value: /compute/resources
  register: listings

- name: Make a report from them
  ansible.builtin.set_fact:
    report: >-
      {{ listings.results | cegedim.cloud.estate_report(now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ')) }}
"""

RETURN = r"""
_value:
  description: The report. The README of the role describes it.
  type: dict
"""

import json

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.cegedim.cloud.plugins.module_utils.moments import moment_of
from ansible_collections.cegedim.cloud.plugins.plugin_utils import estate_report as reports
from ansible_collections.cegedim.cloud.plugins.plugin_utils.info_rows import plain


def estate_report(*given, on_refusal="fail", **options):
    """The report (dict); see DOCUMENTATION. Raises AnsibleFilterError for an earlier report that cannot be read."""
    try:
        return _report(*given, **options)
    except AnsibleFilterError as refusal:
        if on_refusal == "fail":
            raise
        return {"refusals": [str(refusal)]}


def _report(
    listings,
    now,
    loadbalancers=None,
    nodes=(),
    details=(),
    snapshots=(),
    patch_policies=(),
    parties=None,
    snapshot_hours=24,
    services=None,
    old="",
    base="",
):
    read = reading(listings, nodes=nodes, details=details, snapshots=snapshots, patch_policies=patch_policies)
    read["loadbalancers"] = None if loadbalancers is None else kept(loadbalancers)
    moment = moment_of("now", now)
    made = reports.make(read, moment, float(snapshot_hours), plain(parties), plain(services))
    # Texts of the platform are never templates, whatever they hold (before ansible-core 2.19 any text may be one).
    return wrap_var(reports.with_history(made, moment, _loaded("old", old), _loaded("base", base)))


def reading(listings, **more):
    """What was read (dict), as reports.make() takes it: the rows of ``listings`` and ``more`` of them by name."""
    found = {name: kept(rows) for name, rows in more.items()}
    for listing in listings:
        if "rows" in listing:
            found[listing["item"]["key"]] = kept(listing["rows"])
    return found


def kept(rows):
    """Rows with what a report reads of them, as plain JSON: a listing may say ten times as much."""
    return [{key: plain(row[key]) for key in reports.KEPT.intersection(row)} for row in rows]


def _loaded(name, text):
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as problem:
        raise AnsibleFilterError("%s: the earlier report is not JSON: %s; move it away" % (name, problem)) from problem


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"estate_report": estate_report}

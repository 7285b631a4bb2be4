# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: stack_outputs
short_description: Give names, addresses and endpoints of an application
version_added: 1.0.0
description:
  - Gives what a play may want to know of the parts that the role C(application_stack) of this collection has built.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: results, details
options:
  _input:
    description:
      - The C(entries) of P(cegedim.cloud.stack_plan#filter). If there are two of the same resource, the second counts.
    type: list
    elements: dict
    required: true
  results:
    description:
      - The C(results) of M(cegedim.cloud.itcare_batch), for one entry each.
    type: list
    elements: dict
    required: true
  details:
    description:
      - The resources, as M(cegedim.cloud.itcare_resource_info) returns them with V(dns_aliases) and V(nodes) in
        C(gather).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the addresses of an application
  ansible.builtin.debug:
    msg: "{{ plan.entries | cegedim.cloud.stack_outputs(built.results, read.resources) }}"
"""

RETURN = r"""
_value:
  description:
    - For each part that is a resource its C(kind), C(names), C(ids), C(addresses), C(nodes) (addresses by the names of
      the nodes), C(dns_aliases) and C(urls).
  type: dict
"""


from ansible_collections.cegedim.cloud.plugins.filter.stack_plan import KINDS, listed


def stack_outputs(entries, results, details):
    """The outputs (dict) by the keys of the parts; see DOCUMENTATION."""
    latest = {(entry["part"], entry["name"]): (entry, done) for entry, done in zip(entries, results)}
    outputs = {}
    for entry, done in latest.values():
        if KINDS[entry["kind"]].path:
            record = (done.get("result") or {}).get(entry["kind"]) or {}
            _add(outputs, entry, record, _found(entry, details))
    for entry in entries:
        if entry["kind"] == "loadbalancer_url":
            _add_url(outputs, entry)
    return outputs


def _found(entry, details):
    """The resource of an entry, or an empty dict."""
    return listed(entry["kind"], entry["name"], entry["resource"]["options"].get("service"), details) or {}


def _add(outputs, entry, record, resource):
    """What is known of one resource. What has no address of its own has those of its nodes."""
    empty = {"names": [], "ids": [], "addresses": [], "nodes": {}, "dns_aliases": [], "urls": []}
    output = outputs.setdefault(entry["part"], {"kind": entry["kind"], **empty})
    is_balancer = entry["kind"] == "loadbalancer"
    # The nodes of a load balancer are its members.
    nodes = {} if is_balancer else {node["name"]: node.get("ip_address") or "" for node in resource.get("nodes") or []}
    own = [record["ip_address"]] if record.get("ip_address") else [address for address in nodes.values() if address]
    output["names"].append(entry["name"])
    output["ids"] += [record["id"]] if record.get("id") else []
    output["addresses"] += own
    output["nodes"].update(nodes)
    output["dns_aliases"] += [alias["fqdn"] for alias in resource.get("dns_aliases") or []]
    output["urls"] += [entry["name"]] if is_balancer else []


def _add_url(outputs, entry):
    for output in outputs.values():
        if output["kind"] == "loadbalancer" and entry["resource"]["options"].get("loadbalancer") in output["names"]:
            output["urls"] += [] if entry["name"] in output["urls"] else [entry["name"]]


class FilterModule:
    """The filter stack_outputs."""

    def filters(self):
        return {"stack_outputs": stack_outputs}

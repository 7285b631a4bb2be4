# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be read of everything that is made of nodes (products/shared/farm_listing.py)."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  gather:
    description:
      - What else to read of each. Each choice costs one request for each row; they are sent in parallel. Each is
        returned under a key of the same name, except V(details). If a row has two different numbers, one or two more
        requests determine which one a path accepts.
      - V(details) reads the page of each, which also shows what no listing has. Its fields are merged into the row,
        which may be incomplete or outdated.
      - V(nodes) are the machines; V(networks) their networks.
      - V(tags) are the tags as keys and values; V(dns_aliases) the DNS records; V(history) its past actions;
        V(patch_policy) its part in the patch parties; V(backup_policies) its policies and last backups;
        V(loadbalancers) the load balancers that it is a member of; V(parent) the resource of which it is a part, or
        null; V(operations) what can be done with it now.
    type: list
    elements: str
    default: []
    choices:
      - backup_policies
      - details
      - dns_aliases
      - history
      - loadbalancers
      - networks
      - nodes
      - operations
      - parent
      - patch_policy
      - tags
"""

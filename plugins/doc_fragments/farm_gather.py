# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be read of everything that is made of nodes (products/shared/farm_listing.py)."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  gather:
    description:
      - What else to read of each. Each choice costs one request for each row; they are sent in parallel. All stand
        under a key of the same name, except V(details). Where a row has two different numbers, one or two more requests
        find out which one a path takes.
      - V(details) reads each one's own page, which also has what no listing shows. Its fields join those of the row,
        and are right where the listing is sparse or old.
      - V(nodes) are the machines; V(networks) their networks.
      - V(tags) are the tags as keys and values; V(dns_aliases) the DNS records; V(history) the actions of the past;
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

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ovc_info
short_description: List what an OpenvCloud has
version_added: 1.0.0
description:
  - Lists accounts, cloudspaces, machines, port forwards, disks, images, sizes, locations and external networks.
  - A list is complete or the task fails.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  gather:
    description:
      - What to list.
    type: list
    elements: str
    required: true
    choices:
      - accounts
      - cloudspaces
      - machines
      - port_forwards
      - disks
      - images
      - sizes
      - locations
      - external_networks
  account:
    description:
      - Only what is of this account, by name or id.
    type: str
  cloudspace:
    description:
      - Only what is of this cloudspace, or can be used in it, by name or id.
    type: str
  location:
    description:
      - Only the sizes of this location, by its code, name or id. By default they are those of all locations.
    type: str
  names:
    description:
      - Only rows with one of these names. Port forwards have none, so all of them are listed.
    type: list
    elements: str
  include_deleted:
    description:
      - Whether to list the cloudspaces in the bin, too.
    type: bool
    default: false
  details:
    description:
      - Whether to read the page of each account, cloudspace, machine and disk, too. That is one request for each.
    type: bool
    default: false
  show_secrets:
    description:
      - Whether to return the passwords of the accounts of machines, and the secrets of cloudspaces. Both come with
        O(details=true), which is required. Set C(no_log=true) on the task then.
    type: bool
    default: false
extends_documentation_fragment:
  - cegedim.cloud.ovc_auth
  - cegedim.cloud.attributes.ovc
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.ovc_cloudspace
  - module: cegedim.cloud.ovc_machine
  - module: cegedim.cloud.ovc_port_forward
  - module: cegedim.cloud.ovc_disk
"""

EXAMPLES = r"""
- name: Find the cloudspaces and machines of an account
  cegedim.cloud.ovc_info:
    gather: [cloudspaces, machines]
    account: acme
  register: found

- name: See which images and sizes a machine can have there
  cegedim.cloud.ovc_info:
    gather: [images, sizes]
    cloudspace: shop

- name: Read the first password of a machine
  cegedim.cloud.ovc_info:
    gather: machines
    cloudspace: shop
    names: web01
    details: true
    show_secrets: true
  register: machine
  no_log: true
"""

RETURN = r"""
accounts:
  description: The accounts, with keys in snake_case, as in all these lists.
  returned: with V(accounts) in O(gather)
  type: list
  elements: dict
cloudspaces:
  description: The cloudspaces.
  returned: with V(cloudspaces) in O(gather)
  type: list
  elements: dict
machines:
  description: The machines, each with the C(cloudspace_id) of its cloudspace.
  returned: with V(machines) in O(gather)
  type: list
  elements: dict
port_forwards:
  description: The port forwards, each with the C(cloudspace_id) of its cloudspace. Ports are text.
  returned: with V(port_forwards) in O(gather)
  type: list
  elements: dict
disks:
  description: The disks, each with the C(account_id) of its account.
  returned: with V(disks) in O(gather)
  type: list
  elements: dict
images:
  description: The images.
  returned: with V(images) in O(gather)
  type: list
  elements: dict
sizes:
  description: The sizes.
  returned: with V(sizes) in O(gather)
  type: list
  elements: dict
locations:
  description: The locations.
  returned: with V(locations) in O(gather)
  type: list
  elements: dict
external_networks:
  description: The external networks.
  returned: with V(external_networks) in O(gather)
  type: list
  elements: dict
portal_url:
  description: Address of the portal.
  returned: with V(locations) in O(gather)
  type: str
  sample: https://dc-1.example.com
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.openvcloud import connect
from ansible_collections.cegedim.cloud.plugins.module_utils.ovc.listing import LISTS, run

SPEC = dict(
    argument_spec=arguments.spec(
        "ovc_auth",
        gather=dict(type="list", elements="str", required=True, choices=list(LISTS)),
        account=dict(type="str"),
        cloudspace=dict(type="str"),
        location=dict(type="str"),
        names=dict(type="list", elements="str"),
        include_deleted=dict(type="bool", default=False),
        details=dict(type="bool", default=False),
        show_secrets=dict(type="bool", default=False, no_log=False),
    ),
    supports_check_mode=True,
)


def main():
    entry.module(SPEC, run, connect)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_estate_info
short_description: Describe existing ITCare resources as code
version_added: 1.0.0
description:
  - Reads existing resources and returns, for each of them, the module and the options that reproduce it. The role
    P(cegedim.cloud.estate_export#role) writes them to files.
  - A task with these options changes nothing as long as nothing changes on the platform. Any later difference in what
    they describe shows up in check mode.
  - All options whose value the platform shows are returned, even where the value is the default. RV(estate[].creation)
    has those that only a creation needs and that the platform does not show, such as a password.
  - Tags are complete, with C(tags_mode=replace). Members and URLs of load balancers and DNS aliases are items of their
    own.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  services:
    description:
      - Names or ids of services. Only their resources are described.
    type: list
    elements: str
    aliases:
      - service
  environments:
    description:
      - Only resources of these environments, such as V(PRODUCTION). Case makes no difference. One in which there is
        nothing leads to a warning.
    type: list
    elements: str
  kinds:
    description:
      - Only resources of these kinds. A kind is the name of a module without its prefix, such as V(instance),
        V(postgresql) or V(loadbalancer).
    type: list
    elements: str
  names:
    description:
      - Only resources of these names. Case makes no difference. A name that nothing has leads to a warning.
    type: list
    elements: str
  tags:
    description:
      - Only resources that have all of these tags.
    type: dict
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  platform:
    platforms: posix
    details:
      - Runs where Ansible runs only, on localhost or delegated to it, without become and async.
notes:
  - Each listing is read once. After that, each resource costs a request for its own page, one for its DNS aliases, and
    some more where the page does not show everything, such as the nodes of a cluster. RV(requests) tells how many there
    were.
  - Snapshots are not described, since they expire. Nodes of clusters and databases belong to their product.
  - A task does not notice what somebody else adds to the extensions of PostgreSQL, the volumes of GlusterFS, the
    parameters of Apache Kafka, the URLs of a load balancer, and DNS aliases. To see it, describe the estate again, or
    use M(cegedim.cloud.itcare_estate) with O(cegedim.cloud.itcare_estate#module:prune=report).
seealso:
  - module: cegedim.cloud.itcare_estate
  - module: cegedim.cloud.itcare_resource_info
"""

EXAMPLES = r"""
- name: Describe everything that the service billing has
  cegedim.cloud.itcare_estate_info:
    services: billing
  register: found

- name: Show how many resources there are of each module
  ansible.builtin.debug:
    msg: "{{ found.estate | groupby('module') | map('length') }}"

- name: See what has changed since
  cegedim.cloud.itcare_estate:
    resources: "{{ found.estate | cegedim.cloud.estate_resources }}"
  check_mode: true
  diff: true
"""

RETURN = r"""
estate:
  description: An item for each resource, and for each of its parts that has a module of its own.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: The kind of the resource.
      type: str
    name:
      description: The name of the resource.
      type: str
    service:
      description: The service of the resource; its id where the name is not unique.
      type: str
    environment:
      description: The environment of the resource.
      type: str
    id:
      description: The id of the resource.
      type: int
    part:
      description: The name of the part that the item is about, such as that of a DNS alias.
      type: str
      returned: for parts
    module:
      description: The module, without the name of the collection.
      type: str
    options:
      description: The options with which the module changes nothing.
      type: dict
    creation:
      description:
        - Options that a creation needs and that cannot be read, each with the value null. Give them a value to be able
          to create the resource again. They are not compared.
      type: dict
    by_id:
      description: Options that refer to something by its id, and why its name was not used.
      type: dict
    not_shown:
      description: Options of which the platform shows nothing. Either there is none, or it does not tell.
      type: list
      elements: str
  sample:
    - kind: redis
      name: portalcache
      service: portal
      environment: PRODUCTION
      id: 1234
      module: itcare_redis
      options:
        name: portalcache
        service: portal
        sizing: 2cpu4gb
        tags:
          application: portal
        tags_mode: replace
        state: started
      creation:
        admin_password:
        platform:
      by_id: {}
      not_shown: [server_backup_policy]
not_expressed:
  description:
    - What the options cannot express, and why. These are resources that no module manages, and options whose value is
      not shown or not clear.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description:
        - The kind of the resource, the module of a part, or the platform's own word where no module manages it.
      type: str
    name:
      description: The name of the resource.
      type: str
    service:
      description: The service of the resource.
      type: str
    id:
      description: The id of the resource.
      type: int
    option:
      description: The option.
      type: str
      returned: where the resource itself is in RV(estate)
    reason:
      description: Why it is not expressed.
      type: str
requests:
  description: How many requests it took.
  returned: success
  type: int
  sample: 42
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome

SPEC = dict(
    argument_spec=arguments.spec("auth", "estate_scope"),
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the estate; an Outcome. A module that was sent to a host has no other modules there, so it is refused."""
    try:
        from ansible_collections.cegedim.cloud.plugins.plugin_utils import estate
    except ImportError:
        return entry.only_here("itcare_estate_info")(client, params, check)
    result, warnings = estate.read(client, params)
    return Outcome(False, result, warnings)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_postgresql
short_description: Manage PostgreSQL of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops and deletes managed PostgreSQL, standalone or highly available.
  - If an action is already in progress on it, from an earlier run or started by someone else, the module waits for it
    before it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  topology:
    description:
      - One node, or two. Required at creation.
      - V(HA) converts a standalone one, from version 12 on. This cannot be undone.
    type: str
    choices:
      - STANDALONE
      - HA
  version:
    description:
      - Major version, such as V(16). Required at creation.
      - A higher version upgrades it in place, if the platform offers that version for it. This cannot be undone.
    type: str
    aliases:
      - postgre_version
  trigram:
    description:
      - Three letters that name its application. Required at creation, and fixed afterwards.
    type: str
  allowed_replication_lag:
    description:
      - How far a replica may lag behind in MB, from 1 to 10240. Required at creation.
      - Afterwards it changes only together with O(topology) becoming V(HA), and must be 500 at most then.
    type: int
  node_prefix:
    description:
      - The prefix of the names of the nodes, 5 to 12 uppercase letters and digits. Used at creation only; required for
        O(topology=HA).
    type: str
  prefix:
    description:
      - Another prefix, which the platform does not explain. Used at creation only.
    type: str
  tls:
    description:
      - Whether only TLS connections are accepted, from version 13 on. Fixed at creation; required for O(topology=HA).
    type: bool
  extensions:
    description:
      - Extensions that must be installed. Other extensions remain, since the platform cannot remove any.
      - A database that does not exist, or an extension that the platform does not offer, is refused before anything is
        sent. If it is stopped and remains stopped, extensions are not changed, and a warning is displayed.
    type: list
    elements: dict
    suboptions:
      database:
        description: Name of the database.
        type: str
        required: true
      name:
        description: Name of the extension, as M(cegedim.cloud.itcare_postgresql_info) lists them.
        type: str
        required: true
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.identity
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.fixed
  - cegedim.cloud.dry_run
  - cegedim.cloud.tags
  - cegedim.cloud.change
  - cegedim.cloud.placement
  - cegedim.cloud.platform
  - cegedim.cloud.management
  - cegedim.cloud.patch_party
  - cegedim.cloud.power
  - cegedim.cloud.farm
  - cegedim.cloud.zone
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - A creation needs O(name), O(service), O(network), O(sizing), O(disk_size), O(admin_password), O(version),
    O(topology), O(allowed_replication_lag) and O(trigram). A new name has 5 to 60 lowercase letters and digits.
  - Alerting, backup and replication of an existing one cannot be changed in ITCare. O(platform) is used at creation
    only.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) are
    ignored; a warning names them.
  - A group in O(patch_party) is possible for a single node only; the platform distributes several nodes among the
    groups. The number of nodes after the task counts.
  - Before a creation or a change, also in check mode, the module looks up places, versions, sizes, networks and backup
    policies. A value that the platform does not list is refused, and the message names those that it does.
  - Changes are made while it is running, that is before a stop or after a start.
seealso:
  - module: cegedim.cloud.itcare_postgresql_info
  - module: cegedim.cloud.itcare_postgresql_restore
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a highly available PostgreSQL in the service billing
  cegedim.cloud.itcare_postgresql:
    name: invoices
    service: billing
    region: EB
    availability_zone: EB-A
    network: EB_1126_BACK3
    topology: HA
    version: "16"
    sizing: 4cpu16gb
    node_prefix: PEBINV
    disk_size: 100
    admin_password: "{{ vault_invoices_password }}"
    trigram: inv
    allowed_replication_lag: 100
    tls: true
    tags:
      application: billing

- name: See what an upgrade would do
  cegedim.cloud.itcare_postgresql:
    name: intrapg
    version: "16"
  check_mode: true
  diff: true

- name: Convert a standalone one to high availability
  cegedim.cloud.itcare_postgresql:
    name: intrapg
    topology: HA
    allowed_replication_lag: 50
    change_reference: RFC_123

- name: Install extensions
  cegedim.cloud.itcare_postgresql:
    name: billingpg
    extensions:
      - database: app
        name: pg_trgm
      - database: app
        name: unaccent

- name: Stop it
  cegedim.cloud.itcare_postgresql:
    name: intrapg
    state: stopped
"""

RETURN = r"""
postgresql:
  description:
    - The PostgreSQL as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: invoices
    status: ACTIVE
    service_name: billing
    topology: HA
    version: '16'
    node_sizing: 4cpu16gb
    url: invoices.pg.example.com
address:
  description:
    - The path at which the PostgreSQL was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the PostgreSQL exists and the module knows which number its path takes
  type: str
  sample: /databases/postgresql/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [resize, upgrade]
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
      resource_name: invoices
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.postgresql import POSTGRESQL

SPEC = arguments.converging(
    "farm",
    "zone",
    "change",
    topology=dict(type="str", choices=["STANDALONE", "HA"]),
    version=dict(type="str", aliases=["postgre_version"]),
    trigram=dict(type="str"),
    allowed_replication_lag=dict(type="int"),
    node_prefix=dict(type="str"),
    prefix=dict(type="str"),
    tls=dict(type="bool"),
    extensions=dict(
        type="list",
        elements="dict",
        options=dict(
            database=dict(type="str", required=True),
            name=dict(type="str", required=True),
        ),
    ),
)

run = managing(POSTGRESQL)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

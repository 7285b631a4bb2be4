#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_sqlserver
short_description: Manage SQL Server of ITCare
version_added: 1.0.0
description:
  - Creates, changes, starts, stops, resets and deletes managed SQL Server, a single node or an Always On cluster.
  - If an action is already in progress, from an earlier run or started by someone else, the module waits for it before
    it plans anything. You can therefore simply repeat a run that was interrupted.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  state:
    description:
      - V(present) creates the SQL Server if it does not exist, and applies the options. It neither starts nor stops it.
      - V(started) and V(stopped) do the same, and start or stop it.
      - V(reset) resets it, every time the task runs; see O(protection_tag).
      - V(absent) deletes it with all its data. This cannot be undone; see O(protection_tag).
    type: str
    choices:
      - present
      - started
      - stopped
      - reset
      - absent
    default: present
  sizing:
    description:
      - CPUs and memory of each node, such as V(2cpu8gb). Required at creation.
      - Another size resizes the nodes, which interrupts the service.
    type: str
    aliases:
      - node_sizing
  admin_password:
    description:
      - Password of the administrator, with at least 8 characters, among them a lowercase and an uppercase letter, a
        digit and a special character.
      - Required at creation, and used only then. The platform never shows it again, so it is not compared.
    type: str
    aliases:
      - customer_password
  edition:
    description:
      - V(STD) for Standard, V(ENT) for Enterprise. Required at creation, and fixed afterwards.
      - It is compared where the version that the platform shows tells it, such as C(2022 EE).
    type: str
    choices:
      - STD
      - ENT
  collation:
    description:
      - Collation of the databases, such as V(French_BIN). Required at creation, and used only then.
    type: str
  volumes:
    description:
      - Disks whose size differs from the platform's default. Fixed at creation.
      - C(disk0) is C(C:), the system; C(disk1) is C(D:), the root of the instance; C(disk2) is C(E:), the databases;
        C(disk3) is C(F:), the logs; and C(disk4) is C(G:), tempdb. There may be one more.
      - ITCare has no operation that changes a disk. A size that differs from that of the drive on the nodes is an
        error, or a warning with O(on_fixed_difference=warn). A drive that no node shows is not compared.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Identifier of the disk, such as V(disk2).
        type: str
        required: true
      size_gb:
        description:
          - Size in GB. From 1 to 70 for C(disk0), and from 10 to 4096 for the others.
        type: int
        required: true
  node_prefix:
    description:
      - The prefix of the names of the nodes. Used at creation only. ITCare documents that the name of a machine has at
        most 13 characters.
    type: str
    aliases:
      - prefix
  authentication_domain:
    description:
      - Authentication domain, such as V(CGDM-EMEA). Fixed at creation. It is compared with those of the nodes.
    type: str
    aliases:
      - authentication_domain_id
  always_on:
    description:
      - Whether it is an Always On cluster. Fixed after creation; the default is V(false).
    type: bool
  node_count:
    description:
      - Number of nodes of an Always On cluster. Fixed at creation. The platform knows V(3).
    type: int
  listener_name:
    description:
      - Name of the listener of an Always On cluster. Fixed at creation.
      - Before a creation, the module asks the platform whether the name is taken, and if so refuses it.
    type: str
  witness:
    description:
      - Witness of an Always On cluster. Fixed at creation.
    type: str
  availability_mode:
    description:
      - Availability mode of an Always On cluster, such as V(Synchronous_commit). Used at creation only.
      - The platform does not publish the values. The value is sent unchanged.
    type: str
  failover_mode:
    description:
      - Failover mode of an Always On cluster. Used at creation only.
      - The platform does not publish the values. The value is sent unchanged.
    type: str
  readable_secondary:
    description:
      - Whether a secondary of an Always On cluster can be read, such as V(YES), V(NO) or V(READ_ONLY). Used at creation
        only. The value is sent unchanged.
    type: str
  ssis:
    description:
      - Whether Integration Services are installed. Used at creation only.
    type: bool
  ssrs:
    description:
      - Whether Reporting Services are installed. Used at creation only.
    type: bool
  ssas:
    description:
      - Whether Analysis Services are installed. Used at creation only.
    type: bool
  as_collation:
    description:
      - Collation of Analysis Services. Used at creation only, with O(ssas=true).
    type: str
    aliases:
      - as_collaction
  as_server_mode_std:
    description:
      - Mode of Analysis Services in the edition V(STD), such as V(TABULAR). Used at creation only, with O(ssas=true).
    type: str
  as_server_mode_ent:
    description:
      - Mode of Analysis Services in the edition V(ENT). Used at creation only, with O(ssas=true).
    type: str
  full_text:
    description:
      - Whether full-text search is enabled. Used at creation only.
    type: bool
  specific_request:
    description:
      - A request in free text to an administrator, which may delay the delivery by a day. Used at creation only.
    type: str
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.identity
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.protection
  - cegedim.cloud.fixed
  - cegedim.cloud.dry_run
  - cegedim.cloud.tags
  - cegedim.cloud.placement
  - cegedim.cloud.platform
  - cegedim.cloud.management
  - cegedim.cloud.patch_party
  - cegedim.cloud.zone
  - cegedim.cloud.change
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - A creation needs O(name), O(service), O(network), O(platform), O(availability_zone), O(sizing), O(admin_password),
    O(collation) and O(edition).
  - A new name has 5 to 60 letters and digits. O(platform) chooses the version, and is used at creation only.
  - Alerting, backup and replication cannot be changed after creation.
  - O(change_reference) is sent with a stop and with a deletion.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) are
    ignored; a warning names them.
  - A patch group in O(patch_party) is possible for a single node only; the platform distributes several nodes among the
    groups.
  - Before a creation or a change, also in check mode, the module looks up places, products, sizes, networks and backup
    policies. A value that the platform does not list is refused, and the message names those that it does.
  - Changes are made while it is running, that is before a stop or after a start.
seealso:
  - module: cegedim.cloud.itcare_sqlserver_info
  - module: cegedim.cloud.itcare_tag
"""

EXAMPLES = r"""
- name: Create a SQL Server with larger disks in the service billing
  cegedim.cloud.itcare_sqlserver:
    name: billsql02
    service: billing
    region: EB
    network: EB_1126_BACK3
    availability_zone: EB-A
    platform: sqlserver2022
    edition: STD
    collation: French_CI_AS
    sizing: 4cpu16gb
    volumes:
      - id: disk2
        size_gb: 200
      - id: disk3
        size_gb: 50
    ssis: true
    admin_password: "{{ vault_billsql02_password }}"
    tags:
      application: billing

- name: Create an Always On cluster
  cegedim.cloud.itcare_sqlserver:
    name: billsql03
    service: billing
    region: EB
    network: EB_1126_BACK3
    availability_zone: EB-A
    platform: sqlserver2022
    edition: ENT
    collation: French_CI_AS
    sizing: 4cpu16gb
    always_on: true
    node_count: 3
    listener_name: billsqllsnr03
    availability_mode: Synchronous_commit
    admin_password: "{{ vault_billsql03_password }}"

- name: See what another size would change
  cegedim.cloud.itcare_sqlserver:
    name: billsql02
    sizing: 8cpu32gb
  check_mode: true
  diff: true

- name: Stop it
  cegedim.cloud.itcare_sqlserver:
    name: billsql02
    state: stopped
    change_reference: RFC_1234
"""

RETURN = r"""
sqlserver:
  description:
    - The SQL Server as the platform shows it after the task, with keys in snake_case. In check mode, it is the current
      state, or what would be created. Null after a deletion.
  returned: success
  type: dict
  sample:
    id: 1234
    name: billsql03
    status: ACTIVE
    service_name: billing
    version: 2022 EE
    edition: ENT
    always_on: true
    node_count: 3
    sizing: 4cpu16gb
    listener_name: billsqllsnr03
address:
  description:
    - The path at which the SQL Server was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when the SQL Server exists and the module knows which number its path takes
  type: str
  sample: /databases/sqlserver/1234
steps:
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
  sample: [start, resize]
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
      resource_name: billsql03
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import managing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.sqlserver import SQLSERVER

SPEC = arguments.converging(
    "machine",
    "zone",
    "change",
    state=dict(type="str", choices=["present", "started", "stopped", "reset", "absent"], default="present"),
    sizing=dict(type="str", aliases=["node_sizing"]),
    admin_password=dict(type="str", no_log=True, aliases=["customer_password"]),
    edition=dict(type="str", choices=["STD", "ENT"]),
    collation=dict(type="str"),
    volumes=dict(
        type="list",
        elements="dict",
        options=dict(id=dict(type="str", required=True), size_gb=dict(type="int", required=True)),
    ),
    node_prefix=dict(type="str", aliases=["prefix"]),
    authentication_domain=dict(type="str", aliases=["authentication_domain_id"]),
    always_on=dict(type="bool"),
    node_count=dict(type="int"),
    listener_name=dict(type="str"),
    witness=dict(type="str"),
    availability_mode=dict(type="str"),
    failover_mode=dict(type="str"),
    readable_secondary=dict(type="str"),
    ssis=dict(type="bool"),
    ssrs=dict(type="bool"),
    ssas=dict(type="bool"),
    as_collation=dict(type="str", aliases=["as_collaction"]),
    as_server_mode_std=dict(type="str"),
    as_server_mode_ent=dict(type="str"),
    full_text=dict(type="bool"),
    specific_request=dict(type="str"),
)

run = managing(SQLSERVER)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

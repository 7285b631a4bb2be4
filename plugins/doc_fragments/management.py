# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``management``: monitoring, backup, replication."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  monitoring_enabled:
    description:
      - Whether the resource is monitored. At creation the platform's default is V(true) in production.
    type: bool
  monitoring_alerting:
    description:
      - Whether monitoring raises alerts.
    type: bool
  no_monitoring_prod_reason:
    description:
      - Why a production resource is not monitored. Required at creation with O(monitoring_enabled=false) in production.
    type: str
  on_call_supervision:
    description:
      - Whether on-call teams are called outside business hours. This requires monitoring.
    type: bool
  backup_enabled:
    description:
      - Whether the resource is backed up. At creation the platform's default is V(true) in production.
    type: bool
  no_backup_prod_reason:
    description:
      - Why a production resource is not backed up. Required with O(backup_enabled=false) in production.
    type: str
  server_backup_policy:
    description:
      - Backup policy of the machines, by its id or name. Fixed at creation, and compared if the platform shows it.
    type: str
    aliases:
      - server_backup_policy_id
  database_backup_policy:
    description:
      - Backup policy of the database, by its id or name. Fixed at creation, and compared if the platform shows it.
    type: str
    aliases:
      - db_backup_policy_id
  replication_enabled:
    description:
      - Whether the storage is replicated to another site. At creation the platform's default is V(true) in production.
    type: bool
  no_replication_prod_reason:
    description:
      - Why a production resource is not replicated. Required with O(replication_enabled=false) in production.
    type: str
  comment:
    description:
      - Description of the resource.
    type: str
"""

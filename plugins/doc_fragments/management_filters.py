# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filters by monitoring, backup and patch party (listing.py, MANAGEMENT_FILTERS)."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  monitoring_status:
    description:
      - Whether the resource is monitored.
    type: bool
  monitoring_on_call_status:
    description:
      - Whether on-call teams are called outside business hours.
    type: bool
  backup_status:
    description:
      - Whether the resource is backed up.
    type: bool
  recovery_status:
    description:
      - Whether the resource is part of the disaster recovery.
    type: bool
  included_in_patch_party:
    description:
      - Whether the resource takes part in the patch parties.
    type: bool
"""

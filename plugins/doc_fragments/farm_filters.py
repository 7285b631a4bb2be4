# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filters of what is made of nodes (products/shared/farm_listing.py, FARM_FILTERS)."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  topologies:
    description:
      - Topologies, as the platform names them, such as V(STANDALONE).
    type: list
    elements: str
  versions:
    description:
      - Versions, as the platform shows them.
    type: list
    elements: str
notes:
  - A listing may omit fields or show outdated values, most likely sizes, the backup and C(patch_party). With V(details)
    in O(gather) each row is up to date. The field C(source) says where a row comes from.
"""

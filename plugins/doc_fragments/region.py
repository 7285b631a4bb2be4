# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``region``: those of ``placement`` without a network, in the same words."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  service:
    description:
      - The service to which the resource belongs, as a name or an id. Required at creation, and fixed afterwards.
      - If several resources have the same name, it determines which one is meant.
    type: str
    aliases:
      - service_id
  region:
    description:
      - Region, such as V(EB) or V(ET). Required at creation, and fixed afterwards.
    type: str
  regulation:
    description:
      - Regulation of the area. Fixed at creation; by default the platform uses V(STANDARD).
    type: str
    choices:
      - STANDARD
      - HDS
  cloud:
    description:
      - Identifier of the cloud. Fixed at creation.
    type: int
    aliases:
      - cloud_id
"""

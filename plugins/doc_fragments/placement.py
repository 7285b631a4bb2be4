# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``placement``: where a new resource goes."""

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
      - Region, such as V(EB) or V(ET). Required at creation unless O(network) is given, and fixed afterwards.
      - The default is that of the network.
    type: str
  area:
    description:
      - Area of the region. Fixed at creation; by default that of the network, or else the region's default area (of
        O(regulation), if given).
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
  network:
    description:
      - The network, as an id or a name (technical id or short description, such as V(EB_1125_DMZ8)). Fixed at creation.
      - A region or an area that is not the network's is refused.
    type: str
    aliases:
      - network_id
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The option of the group ``zone``: in which availability zone a farm is created, where that can be chosen."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  availability_zone:
    description:
      - Availability zone, such as V(EB-A). Fixed at creation. It is compared with the zones of the nodes.
    type: str
    aliases:
      - az
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of products/shared/places.py: where an info module looks."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  region:
    description:
      - One region, such as V(EB). Case makes no difference. If it does not exist, the task fails and names those that
        do.
    type: str
  area:
    description:
      - One area, such as V(EB-EMEA). Case makes no difference. If it does not exist, or not in O(region), the task
        fails and names those that do.
    type: str
"""

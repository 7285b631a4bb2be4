# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The option of the group ``platform``: which product is created."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  platform:
    description:
      - The product to create (for an instance, its image), such as V(deb12), by its code, platform, id or label, as
        M(cegedim.cloud.itcare_product_info) lists it. Fixed at creation.
    type: str
"""

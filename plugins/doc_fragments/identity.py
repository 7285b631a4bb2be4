# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``identity``: which resource is meant."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of the resource. Needed unless O(id) is given.
    type: str
  id:
    description:
      - Identifier of an existing resource.
    type: int
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``identity``: which resource is meant."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of the resource. Required unless O(id) is given.
    type: str
  id:
    description:
      - Identifier of an existing resource, either of its two numbers (C(id) and C(internalResourceId)).
      - If two resources have this number, the task fails and names both; O(name) or the service tells them apart. If
        the name of the resource is not O(name), nothing is done that cannot be undone.
    type: int
"""

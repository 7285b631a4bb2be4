# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filters of listings that have few."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  id:
    description:
      - Identifier of one resource, instead of the filters, either of its two numbers. If nothing has that number, the
        result is an empty list. If two resources have it, the task fails and names both.
    type: int
  names:
    description:
      - Names. A leading C(!) excludes a name.
    type: list
    elements: str
    aliases:
      - name
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
notes:
  - A listing may omit fields or show outdated values. With V(details) in O(gather) each row is up to date. The field
    C(source) says where a row comes from.
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``tags``."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  tags:
    description:
      - Tags of the resource, as keys and values. Numbers and booleans become text.
    type: dict
  tags_mode:
    description:
      - V(merge) leaves other tags as they are, V(replace) removes them, except C(ansible_estate), by which
        M(cegedim.cloud.itcare_estate) knows what it has created.
    type: str
    choices:
      - merge
      - replace
    default: merge
"""

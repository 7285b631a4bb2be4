# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``power``: whether there is a resource, and whether it runs."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) creates the resource if it does not exist, and applies the options. It neither starts nor stops it.
      - V(started) and V(stopped) do the same, and start or stop it.
      - V(absent) deletes it with all that belongs to it. This cannot be undone; see O(protection_tag).
    type: str
    choices:
      - present
      - started
      - stopped
      - absent
    default: present
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``patch_party``."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  patch_party:
    description:
      - Whether the resource takes part in the quarterly patch parties, in which servers are patched and rebooted.
    type: dict
    suboptions:
      excluded:
        description:
          - V(true) excludes the resource from the patch parties until a task sets V(false).
          - V(false) is also the default, so a group alone includes the resource.
        type: bool
        default: false
      exclusion_reason:
        description:
          - Why it is excluded. Required with O(patch_party.excluded=true), and allowed only then.
        type: str
      patch_group:
        description:
          - The group in which it is patched, V(1), V(2) or V(3). Without this option the group stays as it is.
          - V(0) removes the preference. A group is only valid with O(patch_party.excluded=false).
        type: int
        choices:
          - 0
          - 1
          - 2
          - 3
"""

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
          - V(true) keeps the resource out of the patch parties until that is undone.
        type: bool
        required: true
      exclusion_reason:
        description:
          - Why it is kept out. Needed with O(patch_party.excluded=true).
        type: str
      patch_group:
        description:
          - In which of the three groups it is patched, the first, the second or the third. Without one there is no
            preference.
        type: int
        choices:
          - 1
          - 2
          - 3
"""

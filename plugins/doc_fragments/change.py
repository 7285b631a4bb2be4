# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``change``."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  change_reference:
    description:
      - Reference to a change in an external change management system, at most 10 characters. It is sent along with the
        operations that take one.
    type: str
"""

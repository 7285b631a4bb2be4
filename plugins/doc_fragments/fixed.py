# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``fixed``: differences that cannot be changed in place."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_fixed_difference:
    description:
      - What to do when the resource differs from what is asked for in a way that cannot be changed in place. V(fail)
        names both values and changes nothing; V(warn) does so in a warning and goes on with the rest.
      - A task that removes, stops or resets a resource fails in any case if the resource has another name, service,
        region or the like than the task says.
    type: str
    choices:
      - fail
      - warn
    default: fail
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``fixed``: differences that cannot be changed in place."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_fixed_difference:
    description:
      - What to do if the resource differs from the options in a way that cannot be changed in place. V(fail) reports
        both values and changes nothing; V(warn) reports them in a warning and applies the rest.
      - A task that removes, stops or resets a resource always fails if the resource has a different name, service,
        region, zone, network or the like.
    type: str
    choices:
      - fail
      - warn
    default: fail
"""

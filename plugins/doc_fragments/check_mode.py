# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``check_mode``: what check mode does about things that do not exist yet."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_missing_in_check_mode:
    description:
      - What check mode does if the task refers to a resource that does not exist, such as a member of a load balancer.
        An earlier task of the same play might create it.
      - V(warn) adds a warning and shows the plan as far as it is known. V(fail) fails, as a normal run does. V(ignore)
        is like V(warn), but without the warning, for a playbook that is known to create the resource first.
      - A service, a network or a product that does not exist is always an error.
      - If the option is not set, the environment variable E(ITCARE_ON_MISSING_IN_CHECK_MODE) is used.
    type: str
    choices:
      - warn
      - fail
      - ignore
    default: warn
"""

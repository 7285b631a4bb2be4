# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The attributes of modules. Those of ITCare have them as they are, the others by the name of their system."""

from __future__ import annotations

_ATTRIBUTES = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and predict changes without making any.
  diff_mode:
    description: Returns what changed, or in check mode what would change.
  platform:
    description: Where the module can run.
    support: full
    platforms: posix
  action_group:
    description: Use C(group/cegedim.cloud.%(group)s) in C(module_defaults) to set options for all modules of %(system)s
      at once.
    support: full
    membership:
      - cegedim.cloud.%(group)s
"""


class ModuleDocFragment:
    DOCUMENTATION = _ATTRIBUTES % dict(group="itcare", system="ITCare")
    COCKPIT = _ATTRIBUTES % dict(group="cockpit", system="Cockpit ITSM")
    GOPAAS = _ATTRIBUTES % dict(group="gopaas", system="GoPaaS")
    OVC = _ATTRIBUTES % dict(group="ovc", system="OpenvCloud")

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The attributes of modules. Those of ITCare have them as they are, the others by the name of their system.

Each is written out, since ansible-test reads the text without running this.
"""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
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
    description: Use C(group/cegedim.cloud.itcare) in C(module_defaults) to set options for all modules of ITCare
      at once.
    support: full
    membership:
      - cegedim.cloud.itcare
"""

    COCKPIT = r"""
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
    description: Use C(group/cegedim.cloud.cockpit) in C(module_defaults) to set options for all modules of Cockpit ITSM
      at once.
    support: full
    membership:
      - cegedim.cloud.cockpit
"""

    GOPAAS = r"""
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
    description: Use C(group/cegedim.cloud.gopaas) in C(module_defaults) to set options for all modules of GoPaaS
      at once.
    support: full
    membership:
      - cegedim.cloud.gopaas
"""

    OVC = r"""
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
    description: Use C(group/cegedim.cloud.ovc) in C(module_defaults) to set options for all modules of OpenvCloud
      at once.
    support: full
    membership:
      - cegedim.cloud.ovc
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``wait``: actions that take time."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the platform has done what was asked.
      - With V(false) the action is returned as soon as it has begun. What must wait for its end is not sent, and
        named in the result; run the task again to have it done. The same goes for a task that finds another action
        under way.
      - While a task waits in the fast lane, it shows what it is waiting for. The environment variable
        E(ITCARE_PROGRESS) sets after how many seconds this begins (10 by default), and V(0) turns it off.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most, for everything that the task starts or finds under way. Provisioning may take two
        hours.
      - When the time is over the platform goes on. Run the same task again to go on waiting.
    type: float
    default: 7200
  wait_interval:
    description:
      - Seconds between two looks at an action, at most. The looks are close together at first, then further apart.
    type: float
    default: 15
"""

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
      - With V(false), the action is returned as soon as it has started. Steps that must wait for its end are not sent,
        but named in the result; run the task again to perform them. The same applies if another action is in progress.
      - While a task waits in the fast lane, it shows what it is waiting for. The environment variable
        E(ITCARE_PROGRESS) sets after how many seconds this begins (10 by default), and V(0) turns it off.
    type: bool
    default: true
  wait_timeout:
    description:
      - Maximum time to wait in seconds, for everything that the task starts or finds in progress. Provisioning may take
        two hours.
      - When the time is over, the platform continues. Run the same task again to continue waiting.
    type: float
    default: 7200
  wait_interval:
    description:
      - Maximum time between two checks of an action in seconds. The checks are frequent at first, and become rarer.
    type: float
    default: 15
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``ovc_order``: how orders are sent to an OpenvCloud, and how long they are waited for."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  asynchronous:
    description:
      - Whether orders are sent as tasks of the platform (C(_async)), which are then watched. Use it where an order
        takes longer than a proxy or O(read_timeout) allows.
      - The platform's documentation warns that an order that fails may leave its task running for ever. The task then
        fails after O(wait_timeout), and without the reason.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait at most, for everything that the task starts or finds under way.
      - When the time is over the platform goes on. Run the same task again to go on waiting.
    type: float
    default: 1800
"""

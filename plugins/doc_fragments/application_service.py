# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``application_service``."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  sizing:
    description:
      - Size, as the platform names it. Required at creation.
    type: str
    choices:
      - XS
      - S
      - M
      - L
      - XL
  admin_password:
    description:
      - Password of the administrator, with 12 or more characters, among them a lowercase and an uppercase letter, a
        digit and a special character.
      - Required at creation, and used only then. The platform never shows it again, so it is not compared.
    type: str
    aliases:
      - password
notes:
  - A new name has 4 to 60 lowercase letters, digits and dashes.
  - Monitoring, alerting, backup and replication of an existing one cannot be changed in ITCare.
  - Stopping also switches off monitoring. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) are
    ignored; a warning names them.
  - Before a creation or a change, also in check mode, the module looks up places, sizes and backup policies. A value
    that the platform does not list is refused, and the message names those that it does.
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``application_service``."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  sizing:
    description:
      - Size, as the platform names it. Needed at creation.
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
      - Needed at creation, and used there only. The platform never shows it again, so it is not compared.
    type: str
    aliases:
      - password
notes:
  - A new name has 4 to 60 lowercase letters, digits and dashes.
  - Monitoring, alerting, backup and replication of an existing one cannot be changed in ITCare.
  - Stopping switches monitoring off. While it is stopped, O(monitoring_enabled) and O(on_call_supervision) do not
    count; a warning names them.
  - Places, sizes and backup policies are looked up before a creation or a change, in check mode, too. What the platform
    does not list is refused, and the message names what there is.
"""

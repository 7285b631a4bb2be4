# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``dry_run``: validation by the platform."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  server_dry_run:
    description:
      - In check mode, send the planned write with the header C(ITCare-DryRun), so that the platform validates it
        without acting. Without check mode it has no effect, since a write is then sent and validated anyway.
      - The platform supports this for some methods only, and a method that ignores the header actually performs the
        change. It is therefore off by default, and sent only for creations and for changes that can be reverted; a
        warning names the steps that were left out. If the response does not confirm the dry run, the task fails and
        says what may have happened.
    type: bool
    default: false
"""

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``farm``: what is made of nodes."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  sizing:
    description:
      - CPUs and memory of each node, such as V(2cpu4gb). Required at creation.
      - Another size resizes the nodes, one after the other.
    type: str
    aliases:
      - node_sizing
  disk_size:
    description:
      - Storage of each node in GB. Required at creation, and fixed afterwards.
    type: int
  admin_password:
    description:
      - Password of the administrator, with a lowercase and an uppercase letter, a digit and a special character.
      - Required at creation, and used only then. The platform never shows it again, so it is not compared.
    type: str
    aliases:
      - adm_password
"""

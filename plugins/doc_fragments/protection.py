# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the group ``protection``: what keeps a resource from being removed."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  protection_tag:
    description:
      - The key of a tag that protects a resource. As long as the resource has this tag with the value V(true), a task
        that would remove it, reset it, or restore something over it fails, also in check mode.
      - The tag is read only if the task would do one of these. Stopping or changing the resource is not refused.
      - An empty value disables the protection.
      - If the option is not set, the environment variable E(ITCARE_PROTECTION_TAG) is used.
    type: str
    default: protected
"""

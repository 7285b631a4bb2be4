# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of gopaas_list_info."""

from __future__ import annotations

from ..modules import gopaas_list_info
from ..plugin_utils.companion_lanes import GopaasLane


class ActionModule(GopaasLane):
    module = gopaas_list_info

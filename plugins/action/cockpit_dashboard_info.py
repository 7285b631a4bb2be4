# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of cockpit_dashboard_info."""

from __future__ import annotations

from ..modules import cockpit_dashboard_info
from ..plugin_utils.companion_lanes import CockpitLane


class ActionModule(CockpitLane):
    module = cockpit_dashboard_info

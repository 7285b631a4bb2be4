# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of cockpit_api."""

from __future__ import annotations

from ..modules import cockpit_api
from ..plugin_utils.companion_lanes import CockpitLane


class ActionModule(CockpitLane):
    module = cockpit_api

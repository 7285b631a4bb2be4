# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of ovc_info."""

from __future__ import annotations

from ..modules import ovc_info
from ..plugin_utils.companion_lanes import OvcLane


class ActionModule(OvcLane):
    module = ovc_info

# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of ovc_port_forward."""

from __future__ import annotations

from ..modules import ovc_port_forward
from ..plugin_utils.companion_lanes import OvcLane


class ActionModule(OvcLane):
    module = ovc_port_forward

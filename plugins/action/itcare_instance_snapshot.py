# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of itcare_instance_snapshot."""

from __future__ import annotations

from ..modules import itcare_instance_snapshot
from ..plugin_utils.itcare_lane import ItcareLane


class ActionModule(ItcareLane):
    module = itcare_instance_snapshot

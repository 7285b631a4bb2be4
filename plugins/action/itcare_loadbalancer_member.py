# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of itcare_loadbalancer_member."""

from __future__ import annotations

from ..modules import itcare_loadbalancer_member
from ..plugin_utils.itcare_lane import ItcareLane


class ActionModule(ItcareLane):
    module = itcare_loadbalancer_member

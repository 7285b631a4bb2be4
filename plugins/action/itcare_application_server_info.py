# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of itcare_application_server_info."""

from __future__ import annotations

from ..modules import itcare_application_server_info
from ..plugin_utils.fast_lane import FastLane


class ActionModule(FastLane):
    module = itcare_application_server_info

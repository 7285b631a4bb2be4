# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of gopaas_file."""

from __future__ import annotations

from ..modules import gopaas_file
from ..plugin_utils.companion_lanes import GopaasLane


class ActionModule(GopaasLane):
    module = gopaas_file

# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of itcare_dns_alias."""

from __future__ import annotations

from ..modules import itcare_dns_alias
from ..plugin_utils.fast_lane import FastLane


class ActionModule(FastLane):
    module = itcare_dns_alias

# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of itcare_dns_alias."""

from __future__ import annotations

from ..modules import itcare_dns_alias
from ..plugin_utils.itcare_lane import ItcareLane


class ActionModule(ItcareLane):
    module = itcare_dns_alias

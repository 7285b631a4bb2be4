# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of itcare_estate_info."""

from __future__ import annotations

from ..modules import itcare_estate_info
from ..plugin_utils.only_here import OnlyHere


class ActionModule(OnlyHere):
    module = itcare_estate_info

# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of itcare_estate."""

from __future__ import annotations

from ..modules import itcare_estate
from ..plugin_utils.estate_converge import Estate


class ActionModule(Estate):
    module = itcare_estate

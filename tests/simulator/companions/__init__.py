# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulators of the companion systems, each as its documentation describes it. See README.md."""

from __future__ import annotations

from .cockpit import Cockpit
from .openvcloud import OpenvCloud

ALL = (Cockpit, OpenvCloud)

__all__ = ["ALL", "Cockpit", "OpenvCloud"]

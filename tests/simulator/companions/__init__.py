# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulators of the companion systems, each as its documentation describes it. See README.md."""

from __future__ import annotations

from .cockpit import Cockpit
from .gopaas import GoPaaS
from .openvcloud import OpenvCloud

ALL = (Cockpit, GoPaaS, OpenvCloud)

__all__ = ["ALL", "Cockpit", "GoPaaS", "OpenvCloud"]

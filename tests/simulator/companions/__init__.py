# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulators of the companion systems, each as its documentation describes it. See README.md."""

from __future__ import annotations

from .cockpit import Cockpit
from .gopaas import GoPaaS

ALL = (Cockpit, GoPaaS)

__all__ = ["ALL", "Cockpit", "GoPaaS"]

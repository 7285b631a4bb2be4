# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of the ITCare API, as its documentation describes it. See README.md."""

from __future__ import annotations

from .simulator import Simulator

__all__ = ["Simulator"]

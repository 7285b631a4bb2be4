# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lanes of the modules for the companion systems."""

from __future__ import annotations

from .fast_lane import FastLane


class CockpitLane(FastLane):
    variables = "COCKPIT"


class GopaasLane(FastLane):
    variables = "GOPAAS"


class OvcLane(FastLane):
    variables = "OVC"

# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of the modules for ITCare: what they need is imported here, once for a play."""

from __future__ import annotations

from ..module_utils import arguments, client, effects, lifecycle, preflight, protection, sending
from ..module_utils.products.shared import management, offers, placing, references, tags
from .fast_lane import FastLane, read_authorities

# What nearly every module imports, and what it imports only where a task changes something.
LOADED_ONCE = (arguments, client, lifecycle, management, references, tags)
LOADED_LATER = (effects, offers, placing, preflight, protection, sending)

read_authorities("ITCARE")


class ItcareLane(FastLane):
    variables = "ITCARE"

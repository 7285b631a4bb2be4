# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of every module of the collection (see ``plugin_routing`` in meta/runtime.yml): the fast lane."""

from __future__ import annotations

from ..plugin_utils.fast_lane import FastLane


class ActionModule(FastLane):
    """Named as Ansible looks for it."""

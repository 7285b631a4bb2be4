# SPDX-License-Identifier: GPL-3.0-or-later
"""No setting and no token of the user's gets into a cell."""

from __future__ import annotations

from ansible_collections.cegedim.cloud.tests.reliability.matrix.conftest import environment

__all__ = ("environment",)

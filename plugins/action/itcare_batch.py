# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of itcare_batch."""

from __future__ import annotations

from ..modules import itcare_batch
from ..plugin_utils.batch import Batch


class ActionModule(Batch):
    module = itcare_batch

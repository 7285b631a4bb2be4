# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin with its fast path switched off: for the benchmark, and for the test that both say the same."""

from __future__ import annotations

from ansible.plugins.inventory import Constructable

from ansible_collections.cegedim.cloud.plugins.inventory import itcare

DOCUMENTATION = itcare.DOCUMENTATION.replace("cegedim.cloud.itcare", "bench.inventory.slow")


class InventoryModule(itcare.InventoryModule):
    """In the collection ``bench.inventory``, which who uses it makes up."""

    NAME = "bench.inventory.slow"
    _compose = Constructable._compose
    construct = itcare.InventoryModule.construct_as_core

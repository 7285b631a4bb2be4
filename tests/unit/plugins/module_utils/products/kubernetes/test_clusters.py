# SPDX-License-Identifier: GPL-3.0-or-later
"""When a new cluster is complete, and what counts as new."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.clusters import has_its_nodes, is_new
from ansible_collections.cegedim.cloud.tests.unit.plugins.module_utils.products.kubernetes.test_leaving import node, row


def test_new_cluster_is_complete_when_it_shows_its_nodes():
    wanted = {"nodes": [row(2)], "node_count": 2}
    assert not has_its_nodes(wanted, {"nodes": [node(1)]})
    assert not has_its_nodes(wanted, {"nodes": [node(1), {"id": 2, "name": "NODE2"}]})
    assert has_its_nodes(wanted, {"nodes": [node(1), node(2)]})
    assert has_its_nodes({"node_count": 2}, {})


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"status": "ACTIVE", "nodes": []}, False),
        ({"status": "PREPARATION"}, True),
        ({"status": "PREPARATION", "nodes": [node(1, status="PREPARATION")]}, True),
        ({"status": "PREPARATION", "nodes": [node(1, status="PREPARATION"), node(2, status="ACTIVE")]}, False),
    ],
)
def test_what_counts_as_new(record, expected):
    assert is_new(record) is expected

# SPDX-License-Identifier: GPL-3.0-or-later
"""The topology of a cluster, as an answer may spell it."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.topology import shown_topology


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("HA", "HA"),
        ("ha", "HA"),
        ("High_Availability", "HA"),
        ("Standard", "STANDARD"),
        ("standalone", "STANDALONE"),
        (None, None),
    ],
)
def test_shown_topology(shown, expected):
    assert shown_topology({"topology": shown}) == expected

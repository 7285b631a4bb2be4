# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of a cluster, and the upgrades on the way to another."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.versions import (
    same_version,
    version_facts_of_new,
    version_refused,
    version_steps,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen

OFFERED = ["v1.29.13", "v1.30.2", "v1.30.9", "v1.31.5", "v1.32.1"]


@pytest.mark.parametrize(
    ("wanted", "shown", "expected"),
    [
        ("1.31", "v1.31.5", True),
        ("v1.31.5", "v1.31.5", True),
        ("1.31.5", "v1.31.5+rke2r1", True),
        ("1.31.5", "1.31", True),
        ("1.31", "v1.30.9", False),
        ("1.3", "v1.31.5", False),
        ("1.31.4", "v1.31.5", False),
        ("1.31", None, False),
    ],
)
def test_same_version(wanted, shown, expected):
    assert same_version(wanted, shown) is expected


def seen(offered=None):
    return Seen({"version": "v1.29.13"}, facts={"version": offered or OFFERED})


def upgrades(wanted, offered=None, **options):
    """The versions that are upgraded to, one after the other, or why not."""
    wanted = {"version": wanted, **options}
    refusal = version_refused(wanted, seen(offered))
    return refusal or [step.body["options"]["version"] for step in version_steps(wanted, seen(offered))]


def test_upgrades_take_the_last_of_each_version_on_the_way():
    assert upgrades("1.32", intermediate_upgrades=True) == ["v1.30.9", "v1.31.5", "v1.32.1"]
    assert upgrades("1.30.2") == ["v1.30.2"]
    assert upgrades("1.30") == ["v1.30.9"]
    assert upgrades("1.29") == []


def test_next_version_is_the_next_that_is_offered():
    assert upgrades("1.31", ["v1.29.13", "v1.31.5"]) == ["v1.31.5"]
    assert upgrades("1.30", ["1.29", "1.30", "1.31"]) == ["1.30"]
    assert upgrades("1.31") == (
        "version: from v1.29.13 only the next version can be upgraded to, which is v1.30.9; with "
        "intermediate_upgrades=true the task goes through v1.30.9, v1.31.5"
    )


def test_builds_of_one_version_are_in_one_order():
    offered = ["v1.31.5+rke2r2", "v1.31.5+rke2r1", "v1.31.5+rke2r3"]
    rows = [{"version": version} for version in offered]
    facts = version_facts_of_new({"platform": "k8s129"}, rows, [{"version": "v1.29.13"}])
    assert facts == {"version_of_new": "v1.29.13", "version": sorted(offered)}

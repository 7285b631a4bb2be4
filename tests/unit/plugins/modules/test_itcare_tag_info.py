# SPDX-License-Identifier: GPL-3.0-or-later
"""The tags in use against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

KEYS, VALUES = "/compute/tag-keys", "/compute/tag-values"


@pytest.fixture
def info(lookup):
    return lookup("itcare_tag_info")


@pytest.mark.parametrize(
    "options, asked",
    [
        ({}, [(KEYS, {})]),
        (dict(key="application"), [(KEYS, {"key": "application"})]),
        (dict(value="billing"), [(VALUES, {"key": "billing"})]),
        (dict(key="application", value="billing"), [(KEYS, {"key": "application"}), (VALUES, {"key": "billing"})]),
    ],
    ids=str,
)
def test_tags(info, options, asked):
    result, found = info(**options)
    assert found == asked
    assert "billing" in result["tags"]["application"]
    assert ("portal" in result["tags"]["application"]) is ("value" not in options)


def test_key_has_all_its_values_each_once(info):
    (values,) = info(key="application")[0]["tags"].values()
    assert values == sorted(set(values)) and {"billing", "portal"} < set(values)


def test_tag_that_nothing_has(info):
    assert info(key="nothing")[0]["tags"] == {}


@pytest.mark.parametrize("options", [dict(key=""), dict(value="a,b")], ids=str)
def test_refused_before_anything_is_sent(info, options):
    message, asked = info(**options)
    assert "a comma separates values" in message and asked == []


def test_check_mode_reads_the_same(info):
    assert info(check=True) == info()

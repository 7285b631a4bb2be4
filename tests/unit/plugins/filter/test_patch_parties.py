# SPDX-License-Identifier: GPL-3.0-or-later
"""Which changes are patch parties, of which the documentation shows no example."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.filter.patch_parties import FilterModule

patch_parties = FilterModule().filters()["patch_parties"]

PARTY = {"title": "Quarterly", "maintenance_type": "PATCH_PARTY", "environment": "PROD", "start_at": "2026-05-03"}


@pytest.mark.parametrize(
    "change",
    [
        PARTY,
        {**PARTY, "maintenance_type": "patchParty"},
        {**PARTY, "maintenance_type": "STANDARD", "title": "Patch party QA"},
        {**PARTY, "maintenance_type": None, "description_fr": "La Patch-Party du trimestre"},
    ],
)
def test_patch_party(change):
    assert len(patch_parties([change])) == 1


def test_anything_else_is_none():
    assert patch_parties([{**PARTY, "maintenance_type": "STANDARD", "patch_tag": "2026-Q2"}, {}]) == []


@pytest.mark.parametrize(
    "environment, environments, is_shown",
    [
        ("PROD", ["PRODUCTION"], True),
        ("NON_PROD", ["PRODUCTION"], False),
        ("NON_PROD", ["DEV", "PRODUCTION"], True),
        ("PROD", ["QA"], False),
        ("ALL", ["QA"], True),
        (None, ["QA"], True),
        ("PROD", [], True),
    ],
)
def test_environment(environment, environments, is_shown):
    assert bool(patch_parties([{**PARTY, "environment": environment}], environments)) is is_shown


def test_sorted_by_beginning():
    changes = [{**PARTY, "start_at": start} for start in (None, "2026-09-01", "2026-05-01")]
    assert [party["start_at"] for party in patch_parties(changes)] == ["2026-05-01", "2026-09-01", None]

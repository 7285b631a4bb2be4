# SPDX-License-Identifier: GPL-3.0-or-later
"""Joining listings of an estate: which row belongs to which, and which tags are known."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.plugin_utils import itcare_estate
from ansible_collections.cegedim.cloud.plugins.plugin_utils.itcare_estate import BARE, CONTRADICTS, MISSING

ROW = {"id": 1, "name": "A", "serviceId": 5}


def told(rows, machine):
    """The tags that an index of these rows tells of a machine, or why it does not."""
    machine = dict(machine)
    unknown = itcare_estate._Index(rows).tell([machine])
    return unknown[0][1] if unknown else machine["tags"]


@pytest.mark.parametrize(
    "row, machine, expected",
    [
        ({**ROW, "tags": ["t"]}, ROW, ["t"]),
        ({**ROW, "tags": []}, ROW, []),
        (ROW, ROW, BARE),
        ({**ROW, "tags": None}, ROW, BARE),
        ({**ROW, "id": 2, "tags": ["t"]}, ROW, MISSING),
        ({**ROW, "name": "B", "tags": ["t"]}, ROW, CONTRADICTS),
        ({**ROW, "serviceId": 6, "tags": ["t"]}, ROW, CONTRADICTS),
        ({**ROW, "id": "1", "name": "a", "tags": ["t"]}, ROW, ["t"]),
        # Either number of a resource may be the id of another listing, and that of another resource.
        ({**ROW, "id": 2, "tags": ["t"]}, {**ROW, "internalResourceId": 2}, ["t"]),
        ({**ROW, "id": 2, "internalResourceId": 1, "tags": ["t"]}, ROW, ["t"]),
        ({**ROW, "id": 2, "internalResourceId": 1, "name": "B", "tags": ["t"]}, ROW, MISSING),
        ({**ROW, "internalResourceId": 3, "tags": ["t"]}, {**ROW, "internalResourceId": 2}, CONTRADICTS),
        ({"id": 1, "name": "A", "serviceName": "s", "tags": ["t"]}, {**ROW, "serviceName": "s"}, ["t"]),
        ({}, {**ROW, "tags": ["own"]}, ["own"]),
    ],
)
def test_tags_are_those_of_the_same_number_name_and_service(row, machine, expected):
    assert told([row] if row else [], machine) == expected


def test_newer_rows_count_first():
    index = itcare_estate._Index([{**ROW, "name": "OLD", "tags": []}])
    index.add([{**ROW, "tags": ["t"]}])
    machine = dict(ROW)
    assert index.tell([machine]) == [] and machine["tags"] == ["t"]


def test_joined_row_is_the_richer_one_with_what_only_the_other_shows():
    poor = {"id": 1, "name": "A", "cpu": None, "cloudName": "c", "network": {}}
    rich = {"id": 1, "name": "A", "cpu": 2, "cloudName": None, "ram": 4, "network": {"id": 3}}
    expected = {"id": 1, "name": "A", "cpu": 2, "cloudName": "c", "ram": 4, "network": {"id": 3}}
    assert itcare_estate._joined(poor, rich) == itcare_estate._joined(rich, poor) == expected

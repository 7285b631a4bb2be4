# SPDX-License-Identifier: GPL-3.0-or-later
"""What rows have alike is in memory once, and they are checked as before."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import answers
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import UnexpectedAnswer
from ansible_collections.cegedim.cloud.plugins.module_utils.sharing import ENOUGH_ROWS, Sharing, Unlike

PATH = "/compute/instances"
AREA = {"id": "EB", "defaultArea": True, "availabilityZones": [{"id": "EB-A", "routable": True}]}


def rows(count, **more):
    return [
        copy.deepcopy({"id": number, "name": "ONE", "area": AREA, "loadbalancers": [], "odd": {"a": 1}, **more})
        for number in range(count)
    ]


def checked(content, sharing=None, path=PATH):
    """The rows afterwards, or the words of the error."""
    try:
        return answers.checked("GET", path, {"content": content}, sharing)["content"]
    except UnexpectedAnswer as problem:
        return str(problem)


def test_equal_values_are_one_object_and_no_value_changes():
    found = checked(rows(3), Sharing())
    assert found == rows(3)
    for key in ("name", "area", "odd"):
        assert found[0][key] is found[2][key]


def test_what_is_equal_for_python_only_stays_apart():
    sharing = Sharing()
    one, other, third = checked([{"id": 1, "odd": [1]}, {"id": 2, "odd": [True]}, {"id": 3, "odd": [1.0]}], sharing)
    assert [type(row["odd"][0]) for row in (one, other, third)] == [int, bool, float]


@pytest.mark.parametrize(
    "wrong",
    [
        {"area": "EB"},
        {"area": []},
        {"area": [AREA]},
        {"area": {"id": ["EB"]}},
        {"area": {**AREA, "availabilityZones": {}}},
        {"area": {**AREA, "availabilityZones": [{"id": {}}]}},
        {"area": 0},
        {"area": False},
        {"loadbalancers": {}},
        {"loadbalancers": ""},
        {"loadbalancers": [[]]},
        {"name": {}},
        {"name": {"a": 1}},
        {"name": []},
        {"id": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("before", [0, 5, 300])
def test_what_is_not_as_documented_is_refused_in_the_same_words(wrong, before):
    sharing = Sharing()
    if before:
        assert checked(rows(before, **{"name": "TWO"}), sharing) != ""
    found = checked([*rows(2), *rows(1, **wrong), *rows(1)], sharing)
    assert isinstance(found, str) and found == checked([*rows(2), *rows(1, **wrong), *rows(1)])


@pytest.mark.parametrize("fine", [{"area": None}, {"loadbalancers": None}, {"area": {}}, {"odd": [[{}]]}, {"odd": 1}])
def test_what_may_be_anything_is_taken(fine):
    assert checked(rows(1, **fine), Sharing()) == rows(1, **fine)


def test_no_object_and_no_list_is_a_row():
    for content in ([1], ["x"], [[]], [None], [rows(1)]):
        assert checked(list(content), Sharing()) == checked(list(content))


def test_values_of_which_most_are_unlike_are_still_looked_at():
    sharing = Sharing()
    for start in range(0, 5 * ENOUGH_ROWS, ENOUGH_ROWS):
        found = [{"id": number, "area": {**AREA, "id": str(number)}} for number in range(start, start + ENOUGH_ROWS)]
        assert checked(found, sharing) == found
    assert sharing._unlike.keys(0) == {"area"}
    bad = [{"id": 1, "area": {**AREA, "availabilityZones": 7}}]
    assert checked(copy.deepcopy(bad), sharing) == checked(bad)


def test_a_value_that_fits_one_key_need_not_fit_another():
    sharing = Sharing()
    value = {"id": "x", "cidr": {}}  # an object where a network has none
    assert checked([{"id": 1, "odd": copy.deepcopy(value)}], sharing)[0]["odd"] == value
    assert checked([{"id": 1, "network": copy.deepcopy(value)}], sharing) == checked([{"id": 1, "network": value}])
    value = {"id": "x", "location": {}}  # wrong in an area, anything in an application server
    assert checked([{"id": 1, "region": {"id": "x"}}], sharing) == [{"id": 1, "region": {"id": "x"}}]
    assert checked([{"id": 1, "area": copy.deepcopy(value)}], sharing) == checked([{"id": 1, "area": value}])


def test_keys_are_left_alone_only_after_enough_rows_and_then_for_good():
    unlike = Unlike()
    assert unlike.keys(ENOUGH_ROWS - 1) == set()
    for _row in range(ENOUGH_ROWS - 1):
        unlike.is_new("network")
    unlike.is_new("area")
    assert unlike.keys(1) == set()
    assert unlike.keys(1000) == {"network"}
    assert unlike.keys(1000) == {"network"}

# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of tags: which requests lead from what is there to what is wanted."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput, UnexpectedAnswer
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.tags import (
    as_text,
    plan_tags,
    to_dict,
    to_rows,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen

HERE = {"application": "billing", "tier": "web"}
SEVERAL = {"application": "billing", "owner": ["ann", "bob"]}


def tag(key, value):
    return {"tagKey": key, "tagValue": value}


def requests(steps):
    return [(step.method, step.body) for step in steps]


# current, wanted, mode, the requests
CASES = [
    ({}, {}, "merge", []),
    (HERE, {}, "merge", []),
    (HERE, HERE, "merge", []),
    (HERE, {"tier": "web"}, "merge", []),
    (HERE, {"owner": "ann"}, "merge", [("POST", tag("owner", "ann"))]),
    ({}, HERE, "merge", [("POST", tag("application", "billing")), ("POST", tag("tier", "web"))]),
    (HERE, {"tier": "db"}, "merge", [("DELETE", tag("tier", "web")), ("POST", tag("tier", "db"))]),
    (HERE, {"Tier": "web"}, "merge", [("POST", tag("Tier", "web"))]),
    (SEVERAL, {"application": "billing"}, "merge", []),
    (SEVERAL, {"tier": "web"}, "merge", [("POST", tag("tier", "web"))]),
    (SEVERAL, {"owner": "ann"}, "merge", [("PUT", [tag("application", "billing"), tag("owner", "ann")])]),
    ({}, {}, "replace", []),
    (HERE, HERE, "replace", []),
    (HERE, {}, "replace", [("PUT", [])]),
    (HERE, {"tier": "web"}, "replace", [("PUT", [tag("tier", "web")])]),
    (HERE, {**HERE, "a": "b"}, "replace", [("PUT", [*to_rows(HERE), tag("a", "b")])]),
    (SEVERAL, {"owner": "ann"}, "replace", [("PUT", [tag("owner", "ann")])]),
    ({}, {"tier": None}, "remove", []),
    (HERE, {}, "remove", []),
    (HERE, {"owner": None}, "remove", []),
    (HERE, {"tier": "db"}, "remove", []),
    (HERE, {"tier": "web"}, "remove", [("DELETE", tag("tier", "web"))]),
    (HERE, {"tier": None}, "remove", [("DELETE", tag("tier", "web"))]),
    (HERE, dict(HERE), "remove", [("DELETE", tag("application", "billing")), ("DELETE", tag("tier", "web"))]),
    (SEVERAL, {"owner": "carl"}, "remove", []),
    (SEVERAL, {"owner": "ann"}, "remove", [("PUT", [tag("application", "billing"), tag("owner", "bob")])]),
    (SEVERAL, {"owner": None}, "remove", [("PUT", [tag("application", "billing")])]),
    ({"owner": ["a", "b", "c"]}, {"owner": "b"}, "remove", [("PUT", [tag("owner", "a"), tag("owner", "c")])]),
    (SEVERAL, {"application": None}, "remove", [("DELETE", tag("application", "billing"))]),
]


@pytest.mark.parametrize("current, wanted, mode, expected", CASES)
def test_plan(current, wanted, mode, expected):
    assert requests(plan_tags(current, wanted, mode)) == expected


def after(current, steps):
    """What the requests lead to, by the plainest reading of the API."""
    rows = to_rows(current)
    for step in steps:
        if step.method == "PUT":
            rows = list(step.body)
        elif step.method == "POST":
            rows.append(step.body)
        else:
            rows.remove(step.body)
    return to_dict(rows)


@pytest.mark.parametrize("current, wanted, mode, expected", CASES)
def test_plan_leads_to_its_end(current, wanted, mode, expected):
    steps = plan_tags(current, wanted, mode)
    there = after(current, steps)

    assert plan_tags(there, wanted, mode) == []
    assert all(step.done({"tags": there}) for step in steps)


@pytest.mark.parametrize("current, wanted, mode, expected", [case for case in CASES if case[3]])
def test_plan_notices_what_is_not_done(current, wanted, mode, expected):
    assert not all(step.done({"tags": current}) for step in plan_tags(current, wanted, mode))
    for step in plan_tags(current, wanted, mode):
        assert step.is_done(Seen()) is (step.method == "DELETE")  # nobody has tags that is gone


def test_plan_leaves_its_arguments_alone():
    current, wanted = {"a": ["1", "2"]}, {"a": "1"}

    plan_tags(current, wanted, "remove")

    assert (current, wanted) == ({"a": ["1", "2"]}, {"a": "1"})


def test_diff_of_a_change():
    steps = plan_tags(HERE, {"tier": "db"}, "merge")

    assert steps[0].before == {"tags": {"tier": "web"}}
    assert steps[-1].after == {"tags": {"tier": "db"}}


def test_rows_to_tags_and_back():
    rows = [tag("owner", "bob"), tag("a", "1"), tag("owner", "ann")]

    assert to_dict(rows) == {"owner": ["ann", "bob"], "a": "1"}
    assert sorted(map(str, to_rows(to_dict(rows)))) == sorted(map(str, rows))


@pytest.mark.parametrize(
    "row, tags",
    [
        ({"tagKey": "a"}, {"a": ""}),
        ({"tagKey": "a", "tagValue": None}, {"a": ""}),
        ({"tagKey": "a", "tagValue": 12}, {"a": "12"}),
        ({"tagKey": "a", "tagValue": True}, {"a": "true"}),
        ({"tagKey": 7, "tagValue": "b"}, {"7": "b"}),
    ],
)
def test_tag_without_a_value_or_of_another_type(row, tags):
    assert to_dict([row]) == tags
    assert plan_tags(to_dict([row]), as_text(tags), "replace") == []


@pytest.mark.parametrize("row", [{}, {"tagValue": "b"}, {"tagKey": None, "tagValue": "b"}, {"tagKey": ""}])
def test_tag_without_a_key(row):
    with pytest.raises(UnexpectedAnswer, match="tag without a key"):
        to_dict([tag("a", "b"), row])


@pytest.mark.parametrize(
    "value, text", [("web", "web"), ("", ""), (12, "12"), (1.5, "1.5"), (True, "true"), (False, "false")]
)
def test_values_become_text(value, text):
    assert as_text({"key": value}) == {"key": text}


def test_keys_become_text():
    assert as_text({2026: "year"}) == {"2026": "year"}


@pytest.mark.parametrize("tags", [{"key": None}, {"key": ["a"]}, {"key": {"a": "b"}}, {"": "a"}, {" ": "a"}])
def test_what_is_no_tag(tags):
    with pytest.raises(InvalidInput, match="tags"):
        as_text(tags)


def test_any_value():
    assert as_text({"key": None, "other": 1}, any_value=True) == {"key": None, "other": "1"}
    with pytest.raises(InvalidInput):
        as_text({"key": []}, any_value=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers are of the documented shape, or an error that names the field."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import sys

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import answers, shapes
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import UnexpectedAnswer

ROOT = pathlib.Path(__file__).parents[4]
ONE = "/compute/instances/5"
LIST = "/compute/instances"
TAGS = "/compute/resources/5/tags"
WRONG = "answered something other than documented: "


def page(*rows, **more):
    return {"content": list(rows), "totalElements": len(rows), "totalPages": 1, "last": True, **more}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the tooling needs Python 3.11")
def test_table_is_what_the_contract_says():
    spec = importlib.util.spec_from_file_location("shapes_tool", ROOT / "tests/tools/shapes.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.TARGET.read_text() == tool.text(), "run: python3 tests/tools/shapes.py"


def test_every_shape_is_understood():
    assert len(shapes.ANSWERS) > 150
    for shape in [*shapes.ANSWERS.values(), *shapes.SCHEMAS]:
        assert callable(answers._fits(shape[5:-1] if shape.startswith("Page[") else shape))


def test_a_path_where_nothing_is_normal_is_documented_and_has_its_reason():
    for path, reason in answers.EMPTY_IS_NORMAL.items():
        assert "GET " + path in shapes.ANSWERS and reason


# what is as documented


@pytest.mark.parametrize(
    "path, data",
    [
        (ONE, {"id": 5}),
        (ONE, {"id": "5", "cpu": "4", "ram": None, "name": 7, "status": True, "network": None, "area": {"id": 1.5}}),
        (ONE, {"id": 5, "network": {"dns": [{"alias": 1}]}, "loadbalancers": [], "notDocumented": [[{}]]}),
        (ONE, {"id": 5, "area": {"notDocumented": {"a": [1]}}}),
        (LIST, page()),
        (LIST, page({"id": 1, "area": {"availabilityZones": [{"id": "EB-A"}]}})),
        (LIST, [{"id": 1}, {"id": "2"}]),
        (TAGS, []),
        (TAGS, [{"tagKey": "a"}]),
        ("/actions", [{"id": 202}]),
        ("/compute/statuses", ["ACTIVE", 1, None]),
        ("/compute/backup-policies", {}),
        ("/compute/backup-policies", {"SERVER": [{"id": 1, "frequencies": {"DAILY": {"retention": 3}}}], "DB": None}),
        ("/compute/services/1/stats", {}),
        ("/compute/services/1/relations", {"dependencies": [{"id": 1, "relations": {"impacts": [{"id": 2}]}}]}),
        ("/not/documented", "anything"),
        ("/not/documented", None),
    ],
)
def test_taken_as_it_is(path, data):
    before = json.loads(json.dumps(data))
    assert answers.nothing(path, data) is None
    assert answers.checked("GET", path, data) == before


# what is not


@pytest.mark.parametrize(
    "path, data, words",
    [
        (ONE, [], "it is a list, not an object"),
        (ONE, "x", "it is text, not an object"),
        (ONE, 5, "it is a number, not an object"),
        (ONE, {"name": ["a"]}, "name is a list, not a single value"),
        (ONE, {"cpu": {"a": 1}}, "cpu is an object, not a single value"),
        (ONE, {"network": "EB_1125"}, "network is text, not an object"),
        (ONE, {"network": []}, "network is a list, not an object"),
        (ONE, {"network": {"dns": [{"alias": []}]}}, "network.dns[0].alias is a list, not a single value"),
        (ONE, {"loadbalancers": False}, "loadbalancers is a boolean, not a list"),
        (ONE, {"loadbalancers": [{}, None]}, "loadbalancers[1] is null, not an object"),
        (ONE, {"name": "A"}, "it has no id"),
        (ONE, {"id": None, "name": "A"}, "it has no id"),
        (LIST, {"id": 1}, "content is null, so it is neither a page nor a list"),
        (LIST, {"content": None}, "content is null, so it is neither"),
        (LIST, {"content": {}}, "content is an object, so it is neither"),
        (LIST, "x", "it is text, so it is neither a page nor a list"),
        (LIST, page({"id": 1}, None), "content[1] is null, not an object"),
        (LIST, page({"id": 1}, 5), "content[1] is a number, not an object"),
        (LIST, page({"id": 1}, {"id": 2, "region": "EB"}), "content[1].region is text, not an object"),
        (LIST, page({"id": 1}, {"name": "A"}), "content[1] has no id"),
        (LIST, page({"id": None}), "content[0] has no id"),
        (LIST, page({"id": ""}), "content[0] has no id"),
        (LIST, page({"id": True}), "content[0] has no id"),
        (LIST, [{"id": 1}, {}], "[1] has no id"),
        (ONE, {"id": "x"}, "it has the id 'x', which is not a whole number"),
        (LIST, page({"id": "12"}, {"id": "-1"}), "content[1] has the id '-1', which is not a whole number"),
        (LIST, page({"id": -1}), "content[0] has the id '-1', which is not a whole number"),
        (LIST, page({"id": "²"}), "content[0] has the id '²', which is not a whole number"),
        (LIST, [{"id": 1.5}], "[0] has the id '1.5', which is not a whole number"),
        ("/actions", [{"status": "IN_PROGRESS"}], "[0] has no id"),
        (TAGS, {"tagKey": "a"}, "it is an object, not a list"),
        (TAGS, "a", "it is text, not a list"),
        (TAGS, [["a", "b"]], "[0] is a list, not an object"),
        (TAGS, [{"tagKey": ["a"]}], "[0].tagKey is a list, not a single value"),
        ("/compute/statuses", ["ACTIVE", []], "[1] is a list, not a single value"),
        ("/compute/backup-policies", {"SERVER": {}}, "SERVER is an object, not a list"),
        ("/compute/backup-policies", {"SERVER": [1]}, "SERVER[0] is a number, not an object"),
        (
            "/compute/services/1/relations",
            {"impacts": [{"relations": {"impacts": 1}}]},
            "impacts[0].relations.impacts is a",
        ),
    ],
)
def test_mismatch_names_method_path_and_field(path, data, words):
    with pytest.raises(UnexpectedAnswer) as caught:
        answers.checked("GET", path, data)
    assert str(caught.value).startswith("GET %s %s%s" % (path, WRONG, words))


def test_key_of_the_server_in_a_message_is_bounded():
    with pytest.raises(UnexpectedAnswer) as caught:
        answers.checked("GET", "/compute/backup-policies", {"x" * 5000: 1})
    assert len(str(caught.value)) < 300


# nothing


@pytest.mark.parametrize(
    "path, data, what",
    [
        (ONE, None, "an object"),
        (ONE, {}, "an object"),
        (LIST, None, "a page"),
        (LIST, {}, "a page"),
        (TAGS, None, "a list"),
        ("/compute/services/1/stats", None, "an object"),
    ],
)
def test_nothing_where_something_is_documented(path, data, what):
    assert answers.nothing(path, data) == "GET %s answered nothing where %s is documented" % (path, what)


@pytest.mark.parametrize("data", [None, {}, [], {"content": []}])
@pytest.mark.parametrize("path", ["/compute/instances/5/snapshots", "/compute/resources/5/parent"])
def test_nothing_where_that_is_normal(path, data):
    assert answers.nothing(path, data) is None
    assert answers.checked("GET", path, data) == data
    assert answers.may_be_empty(path) and answers.is_empty(data)


@pytest.mark.parametrize("data", [{"id": "5-snap"}, [{"id": "5-snap"}], {"content": [{"id": "5-snap"}]}])
def test_every_form_of_a_snapshot_passes(data):
    assert answers.checked("GET", "/compute/instances/5/snapshots", data) == data
    assert answers.rows_of("GET /x", data, "Snapshot") == [{"id": "5-snap"}]


@pytest.mark.parametrize(
    "data, words",
    [
        ("x", "it is text, not an object"),
        ([None], "[0] is null, not an object"),
        ({"content": [{}], "totalPages": 2}, "it is a page of 1 rows of 1, where a list has all"),
        ({"content": "x"}, "content is text"),
        ({"id": []}, "id is a list, not a single value"),
    ],
)
def test_no_form_of_a_snapshot(data, words):
    with pytest.raises(UnexpectedAnswer) as caught:
        answers.checked("GET", "/compute/instances/5/snapshots", data)
    assert words in str(caught.value)


# lists and pages


def test_list_that_comes_as_its_only_page_is_unwrapped():
    assert answers.checked("GET", TAGS, page({"tagKey": "a"})) == [{"tagKey": "a"}]
    assert answers.checked("GET", TAGS, {"content": []}) == []


@pytest.mark.parametrize("more", [{"totalPages": 2}, {"totalElements": "7"}, {"last": False}, {"last": "false"}])
def test_list_that_comes_as_one_page_of_several(more):
    with pytest.raises(UnexpectedAnswer, match="it is a page of 1 rows"):
        answers.checked("GET", TAGS, page({"tagKey": "a"}, **more))


@pytest.mark.parametrize("given, number", [("12", 12), (" 12 ", 12), (12.0, 12), (12, 12), (0, 0)])
def test_totals_are_numbers(given, number):
    read = answers.checked("GET", LIST, page(totalElements=given, totalPages=given, size=given))
    assert (read["totalElements"], read["totalPages"], read["size"]) == (number, number, number)


def test_totals_that_are_null_are_missing():
    read = answers.checked("GET", LIST, page(totalElements=None, totalPages=None, size=None, number=None))
    assert set(read) == {"content", "last"}


@pytest.mark.parametrize("given", ["many", "-1", -1, 1.5, float("inf"), float("nan"), True, [], {}, "²", "9" * 40])
@pytest.mark.parametrize("name", ["totalElements", "totalPages", "size"])
def test_totals_that_are_no_numbers(name, given):
    with pytest.raises(UnexpectedAnswer, match="%s is .*, not a number of pages or rows" % name):
        answers.checked("GET", LIST, page(**{name: given}))


# writes


@pytest.mark.parametrize(
    "method, path, data, told",
    [
        ("PATCH", ONE, {"id": 9, "status": "IN_PROGRESS"}, {"id": 9, "status": "IN_PROGRESS"}),
        ("PATCH", ONE, {"id": 202}, {"id": 202}),
        ("PATCH", ONE, {}, {}),
        ("PATCH", ONE, None, None),
        ("PATCH", ONE, "done", None),
        ("PATCH", ONE, 9, None),
        ("PATCH", ONE, True, None),
        ("PATCH", ONE, {"id": 9, "status": []}, [{"id": 9}]),
        ("PATCH", ONE, {"id": [], "status": "SUCCESS"}, []),
        ("PATCH", ONE, [{"id": 9}, None], [{"id": 9}]),
        ("PATCH", "/compute/services/1/patch-policies", [{"id": 9}, "x", {"id": 8}], [{"id": 9}, {"id": 8}]),
        ("POST", TAGS, [{"tagKey": "a", "tagValue": "b"}], [{"tagKey": "a", "tagValue": "b"}]),
        ("POST", TAGS, {"tagKey": "a"}, None),
        ("POST", TAGS, [{"tagKey": []}], None),
        ("DELETE", TAGS, {"any": "thing"}, {"any": "thing"}),
        ("POST", "/not/documented", ["x"], ["x"]),
    ],
)
def test_what_a_write_tells(method, path, data, told):
    assert answers.told_by_write(method, path, data) == told

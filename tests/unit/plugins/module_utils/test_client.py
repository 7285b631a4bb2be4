# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against the simulator: pages, tokens, refusals, dry runs, content types, paths and queries."""

from __future__ import annotations

import json
import pathlib
import re
import threading
import time

import pytest
import yaml

from ansible_collections.cegedim.cloud.plugins.module_utils import addresses, arguments, client, media_types, paging
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import (
    ApiError,
    DryRunIgnored,
    InvalidInput,
    LoginFailed,
    OutcomeUnknown,
    PartialListing,
    UnexpectedAnswer,
)
from ansible_collections.cegedim.cloud.tests import simulator

LIST = "/compute/instances"
JSON = "application/json"


@pytest.fixture
def client_of(auth):
    """``client_of(**options)``: a client with these options of the group ``auth``, and the defaults."""
    defaults = {name: option.get("default") for name, option in arguments.GROUPS["auth"].items()}
    return lambda **options: client.from_params({**defaults, **auth, **options})


@pytest.fixture
def itcare(client_of):
    return client_of()


def pages_read(sim):
    return sorted(int(entry["query"]["page"]) for entry in sim.requests(path=LIST))


def ids_of_estate(sim):
    return [record["id"] for record in sim.state.live("instance")]


# pages


def test_pages_are_complete_and_in_order(sim, itcare):
    sim.add_instances(450)
    rows = itcare.pages(LIST)
    assert [row["id"] for row in rows] == ids_of_estate(sim)
    assert pages_read(sim) == [0, 1, 2]
    assert {int(entry["query"]["size"]) for entry in sim.requests()} <= {200, 199, 198}  # they overlap


def test_one_page_costs_one_request(sim, itcare):
    assert len(itcare.pages(LIST, {"names": ["PEBBILL01"]})) == 1
    assert [entry["query"] for entry in sim.requests()] == [{"names": "PEBBILL01", "page": "0", "size": "200"}]


def test_no_page_costs_one_request(sim, itcare):
    assert itcare.pages(LIST, {"names": ["NOSUCH"]}) == []
    assert len(sim.requests()) == 1


def test_filter_goes_with_every_page(sim, itcare):
    sim.add_instances(20, service="billing")
    rows = itcare.pages(LIST, {"services": [44411]}, size=10)
    assert len(rows) > 20 and {row["serviceId"] for row in rows} == {44411}
    assert {entry["query"]["services"] for entry in sim.requests()} == {"44411"}


def test_size_capped_by_the_server(sim, itcare):
    sim.add_instances(250)
    sim.configure(page_max_size=100)
    assert [row["id"] for row in itcare.pages(LIST)] == ids_of_estate(sim)
    assert pages_read(sim) == [0, 1, 2]
    assert sorted(int(entry["query"]["size"]) for entry in sim.requests()) == [98, 99, 200]


def test_pages_are_read_in_parallel(sim, itcare):
    sim.add_instances(170)
    sim.configure(latency=0.2)
    sim.clear_journal()
    assert len(itcare.pages(LIST, size=20)) == len(ids_of_estate(sim))
    assert len(sim.requests()) >= 9
    assert sim.connections() > 2  # one after the other they would share one


@pytest.mark.parametrize("kind", ["duplicate_row", "short_page"])
def test_listing_that_does_not_add_up_is_read_again(sim, itcare, kind):
    sim.add_instances(250)
    sim.fault(kind, operation="list_instances", after=1)
    assert [row["id"] for row in itcare.pages(LIST)] == ids_of_estate(sim)
    assert pages_read(sim) == [0, 0, 1, 1]


@pytest.mark.parametrize("kind", ["duplicate_row", "short_page"])
def test_listing_that_never_adds_up_is_an_error(sim, itcare, kind):
    sim.add_instances(10)
    sim.fault(kind, operation="list_instances", times=-1)
    total = len(ids_of_estate(sim))
    with pytest.raises(PartialListing, match="%d rows, and the API says %d" % (total - 1, total)):
        itcare.pages(LIST)
    assert pages_read(sim) == [0, 0, 0]


def test_row_inserted_while_listing(sim, itcare):
    sim.add_instances(250)
    before = ids_of_estate(sim)
    sim.fault("stale_page", operation="list_instances", after=1, change="insert")
    rows = [row["id"] for row in itcare.pages(LIST)]
    assert rows == before  # each of them, none twice


def test_row_removed_while_listing(sim, itcare):
    sim.add_instances(250)
    sim.fault("stale_page", operation="list_instances", after=1, change="remove")
    rows = [row["id"] for row in itcare.pages(LIST)]
    assert rows == ids_of_estate(sim)
    assert len(pages_read(sim)) == 4


SOLE = "/analytics/matomo"  # it answers a page, and documents no parameter for another one


def test_sole_page_is_asked_for_without_a_number(sim, itcare):
    assert [row["name"] for row in itcare.pages(SOLE, {"names": ["portal-stats"]})] == ["portal-stats"]
    assert [entry["query"] for entry in sim.requests()] == [{"names": "portal-stats"}]


@pytest.mark.parametrize("says", [dict(totalElements=3, totalPages=2), dict(last=False)])
def test_sole_page_that_is_not_everything_is_read_on(says):
    rows, asked = [{"id": one} for one in (1, 2, 3)], []

    def get(path, query):
        asked.append(dict(query))
        content = rows[:2] if query.get("page", 0) == 0 else rows[2:]
        last = dict(last=query.get("page") == 1) if "last" in says else {}
        return {"content": content, "size": 2, **says, **last}

    assert paging.read_sole(get, SOLE, {"names": "a"}, 2) == rows
    assert asked[0] == {"names": "a"}
    pages = [{"names": "a", "page": number, "size": 2} for number in (0, 1)]
    assert asked[1:] == pages * 2  # pages of two rows cannot overlap, so they are read until two readings agree


@pytest.mark.parametrize("change", ["insert", "remove", "swap"])
def test_rows_that_come_and_go_between_pages_hide_no_other(sim, itcare, change):
    sim.add_instances(450)
    before = set(ids_of_estate(sim))
    sim.configure(between_pages=change)
    rows = {row["id"] for row in itcare.pages(LIST, size=100)}
    assert before & set(ids_of_estate(sim)) <= rows


@pytest.mark.parametrize("shown", ["text", "null"])
def test_totals_that_are_no_numbers(sim, itcare, shown):
    sim.add_instances(50)
    sim.configure(totals=shown)
    assert [row["id"] for row in itcare.pages(LIST, size=20)] == ids_of_estate(sim)


@pytest.mark.parametrize("settings, said", [({"totals": "words"}, "total"), ({"rows_without_id": True}, "has no id")])
def test_listing_that_cannot_be_read_is_a_clear_error(sim, itcare, settings, said):
    sim.configure(**settings)
    with pytest.raises(UnexpectedAnswer, match=said):
        itcare.pages(LIST)


def test_plain_list_is_taken_as_it_is(sim, itcare):
    sim.fault(
        "status", status=200, body='[{"id": 1}, {"id": 2}, {"id": 1}]', content_type=JSON, operation="list_instances"
    )
    assert itcare.pages(LIST) == [{"id": 1}, {"id": 2}]
    assert len(sim.requests()) == 1


def answer_with(sim, body, **options):
    """The next answer is this JSON."""
    sim.fault("status", status=200, body=json.dumps(body), content_type=JSON, **options)


def page_of(sim, first, count, **totals):
    """What the simulator would answer, but for the totals; None leaves one out."""
    rows = [{"id": number} for number in ids_of_estate(sim)[first : first + count]]
    page = {"content": rows, "totalElements": None, "totalPages": None, "last": None, "size": None, **totals}
    return {name: value for name, value in page.items() if value != "left out"}


@pytest.mark.parametrize("total", ["{}", "{}.0"])
def test_totals_as_text(sim, itcare, total):
    sim.add_instances(30)
    number = len(ids_of_estate(sim))
    text = total.format(number) if total == "{}" else float(number)
    answer_with(sim, page_of(sim, 0, 20, totalElements=text, totalPages=str(-(-number // 20)), size="20", number="0"))
    assert [row["id"] for row in itcare.pages(LIST, size=20)] == ids_of_estate(sim)
    assert pages_read(sim) == list(range(-(-number // 20)))


@pytest.mark.parametrize("last", [False, "false", None, "left out"])
def test_without_a_number_of_pages_it_is_read_to_the_last(sim, itcare, last):
    sim.add_instances(30)
    answer_with(sim, page_of(sim, 0, 20, totalPages="left out", last=last))
    assert [row["id"] for row in itcare.pages(LIST, size=20)] == ids_of_estate(sim)
    assert pages_read(sim) == list(range(-(-len(ids_of_estate(sim)) // 20)))


def test_without_a_number_of_pages_the_total_still_counts(sim, itcare):
    for _try in range(3):
        answer_with(sim, page_of(sim, 0, 2, totalElements=3, last=True))
    with pytest.raises(PartialListing, match="2 rows, and the API says 3"):
        itcare.pages(LIST)


@pytest.mark.parametrize("last", [False, None])
def test_server_that_does_not_know_pages_does_not_keep_us_for_ever(sim, itcare, last):
    for _page in range(5):
        answer_with(sim, page_of(sim, 0, 2, last=last))
    with pytest.raises(PartialListing, match="page 2 brings nothing new"):
        itcare.pages(LIST, size=2)
    assert pages_read(sim) == [0, 1]


@pytest.mark.parametrize("totals", [dict(totalPages=10**9), dict(totalPages=7, totalElements=3)])
def test_more_pages_than_rows(sim, itcare, totals):
    answer_with(sim, page_of(sim, 0, 3, **totals))
    with pytest.raises(UnexpectedAnswer, match="%d pages" % totals["totalPages"]):
        itcare.pages(LIST)
    assert len(sim.requests()) == 1


@pytest.mark.parametrize("wrong", [{"content": None}, {}, "x", {"content": [None]}, {"content": [{"name": "A"}]}])
def test_page_in_the_middle_that_is_none(sim, client_of, wrong):
    sim.add_instances(30)
    answer_with(sim, wrong, operation="list_instances", after=1, times=-1)
    with pytest.raises(UnexpectedAnswer, match="GET %s answered" % LIST):
        client_of(retry_timeout=0.3).pages(LIST, size=20)


def test_page_in_the_middle_that_is_a_list(sim, itcare):
    sim.add_instances(10)
    number = len(ids_of_estate(sim))
    size = -(-number // 2)
    answer_with(sim, page_of(sim, 0, size, totalElements=number, totalPages=2))
    answer_with(sim, page_of(sim, size, size)["content"])
    assert [row["id"] for row in itcare.pages(LIST, size=size)] == ids_of_estate(sim)


def test_what_is_documented_without_pages_is_read_without_their_parameters(sim, itcare):
    assert itcare.pages("/topology/regions")[0]["id"] == "EB"
    assert [(entry["path"], entry["query"]) for entry in sim.requests()] == [("/topology/regions", {})]


def test_what_is_neither_a_page_nor_a_list_has_no_rows(sim, itcare):
    with pytest.raises(UnexpectedAnswer, match="neither a page nor a list"):
        itcare.pages("%s/%d" % (LIST, ids_of_estate(sim)[0]))
    assert [entry["query"] for entry in sim.requests()] == [{}]


@pytest.mark.parametrize("rows", [[{"id": []}, {"id": {}}, {"id": None}, 1, "1", None, [], {"id": True}, {"id": 1}]])
def test_rows_of_an_undocumented_listing_may_be_anything(sim, itcare, rows):
    answer_with(sim, {"content": rows + rows}, times=-1)  # again for the next page, since none says that it is the last
    assert itcare.pages("/not/documented") == rows


@pytest.mark.parametrize("body", ['{"id": 1}', '"x"', '{"content": null}'])
def test_answer_that_is_no_page(sim, itcare, body):
    sim.fault("status", status=200, body=body, content_type=JSON, operation="list_instances")
    with pytest.raises(UnexpectedAnswer, match="neither a page nor a list"):
        itcare.pages(LIST)


# find and get


def test_exists(sim, itcare):
    assert itcare.exists("/databases/sqlserver/billsql01") is True
    assert itcare.exists("/databases/sqlserver/nobody") is False
    assert [entry["method"] for entry in sim.requests()] == ["HEAD", "HEAD"]


@pytest.mark.parametrize("status", [400, 403])
def test_exists_does_not_guess(sim, itcare, status):
    sim.fault("status", status=status, operation="sqlserver_exists")
    with pytest.raises(ApiError):
        itcare.exists("/databases/sqlserver/billsql01")


def test_listing_that_does_not_exist_asks_for_the_address(sim, itcare, auth):
    sim.fault("status", status=404, path=LIST + "$")
    with pytest.raises(ApiError) as caught:
        itcare.get(LIST)
    assert str(caught.value).endswith("(GET %s: 404); is api_url right? (%s)" % (LIST, auth["api_url"]))
    with pytest.raises(ApiError) as caught:
        itcare.get(LIST + "/1")
    assert "api_url" not in str(caught.value)


def test_find(sim, itcare):
    number = ids_of_estate(sim)[0]
    assert itcare.find("%s/%d" % (LIST, number))["name"] == "PEBBILL01"
    assert itcare.find(LIST + "/1") is None
    with pytest.raises(ApiError) as caught:
        itcare.get(LIST + "/1")
    assert caught.value.status == 404


@pytest.mark.parametrize("status", [204, 404, 200])
def test_find_nothing(sim, itcare, status):
    sim.configure(empty_snapshot=status)
    assert itcare.find("%s/%d/snapshots" % (LIST, ids_of_estate(sim)[0])) is None


@pytest.mark.parametrize("status, body", [(204, ""), (200, ""), (200, "{}"), (200, "null")])
@pytest.mark.parametrize("read", ["find", "get"])
def test_empty_answer_is_lost_and_asked_for_again(sim, itcare, read, status, body):
    sim.fault("status", status=status, body=body, content_type=JSON, operation="get_instance")
    path = "%s/%d" % (LIST, ids_of_estate(sim)[0])
    assert getattr(itcare, read)(path)["name"] == "PEBBILL01"
    assert [entry["status"] for entry in sim.requests()] == [status, 200]


@pytest.mark.parametrize("read", ["find", "get"])
def test_empty_answer_is_never_not_there(sim, client_of, read):
    sim.fault("status", status=204, operation="get_instance", times=-1)
    with pytest.raises(UnexpectedAnswer, match="answered nothing where an object is documented"):
        getattr(client_of(retry_timeout=0.3), read)(LIST + "/1")


def test_empty_list_is_found(sim, itcare):
    sim.fault("status", status=200, body="[]", content_type=JSON)
    assert itcare.find("/compute/resources/1/tags") == []


@pytest.mark.parametrize("body", [[], {"content": []}])
def test_find_takes_each_form_of_nothing_where_it_is_normal(sim, itcare, body):
    answer_with(sim, body)
    assert itcare.find("%s/%d/snapshots" % (LIST, ids_of_estate(sim)[0])) is None


def test_answer_of_another_shape(sim, itcare):
    answer_with(sim, {"id": 1, "loadbalancers": "none"})
    with pytest.raises(UnexpectedAnswer) as caught:
        itcare.get(LIST + "/1")
    assert str(caught.value) == (
        "GET /compute/instances/1 answered something other than documented: loadbalancers is text, not a list"
    )
    assert len(sim.requests()) == 1


def test_find_does_not_take_a_refusal_for_nothing(sim, itcare):
    sim.fault("status", status=403, operation="get_instance")
    with pytest.raises(ApiError, match="403"):
        itcare.find(LIST + "/1")


# tokens


def test_token_is_asked_for_once(sim, itcare):
    itcare.get(LIST)
    itcare.get(LIST)
    assert len(sim.token_requests()) == 1


def test_refused_token_is_renewed_once(sim, itcare):
    itcare.get(LIST)
    sim.revoke_tokens()
    assert itcare.get(LIST)["content"]
    assert [entry["status"] for entry in sim.requests()] == [200, 401, 200]
    assert len(sim.token_requests()) == 2


def test_refused_token_of_a_write_is_renewed_and_the_write_acts_once(sim, itcare):
    itcare.get(LIST)
    sim.revoke_tokens()
    path = "%s/%d" % (LIST, ids_of_estate(sim)[0])
    assert itcare.send("PATCH", path, {"operation": "stop"})["id"]
    assert [(entry["status"], entry["applied"]) for entry in sim.writes()] == [(401, False), (202, True)]


def test_many_refusals_at_once_renew_once(sim, itcare):
    itcare.get(LIST)
    sim.revoke_tokens()
    sim.configure(latency=0.1)
    answers = client.in_parallel(lambda _number: itcare.get(LIST, {"size": 1}), range(8))
    assert len(answers) == 8
    assert len(sim.token_requests()) == 2


def test_fresh_token_refused(sim, itcare):
    sim.fault("status", status=401, operation="list_instances", times=-1)
    with pytest.raises(LoginFailed, match="refused a fresh token"):
        itcare.get(LIST)
    assert len(sim.requests()) == 2


def test_ready_made_token_cannot_be_renewed(sim, client_of):
    with pytest.raises(LoginFailed, match="refused the access_token"):
        client_of(access_token="made-elsewhere", client_id=None, client_secret=None).get(LIST)
    assert len(sim.requests()) == 1 and sim.token_requests() == []


# refusals


def test_refusal_in_the_api_s_own_words(sim, itcare):
    stopped = sim.add_instance("QSTOPPED01", "billing-qa", status="INACTIVE")
    path = "%s/%d" % (LIST, stopped["id"])
    with pytest.raises(ApiError) as caught:
        itcare.send("PATCH", path, {"operation": "stop"})
    said = str(caught.value)
    assert said.startswith("stop needs status ACTIVE") and said.endswith("(PATCH %s: 400)" % path)
    assert (caught.value.status, caught.value.error_code) == (400, "BAD_REQUEST")
    assert caught.value.details == {"status": 400, "method": "PATCH", "path": path, "error_code": "BAD_REQUEST"}


@pytest.mark.parametrize(
    "status, words",
    [
        (400, "the request is refused"),
        (403, "the profile of this API account does not allow it"),
        (404, "it does not exist"),
        (409, "an action is in progress"),
        (422, "cannot be processed"),
        (418, "an empty answer"),
    ],
)
def test_refusal_without_a_body(sim, itcare, status, words):
    sim.fault("status", status=status, operation="get_action")
    with pytest.raises(ApiError) as caught:
        itcare.get("/actions/1")
    assert words in str(caught.value) and str(caught.value).endswith("(GET /actions/1: %d)" % status)


@pytest.mark.parametrize(
    "body, said",
    [
        ('{"errorMessage": "No.", "errorDesc": "Bad", "errorCode": "E1"}', "No. / Bad / E1 ("),
        ('{"errorMessage": "No.", "errorDesc": "No."}', "No. ("),
        ('{"message": "Nope"}', "Nope ("),
        ('{"errorMessage": null}', "the request is refused ("),
        ('{"errorMessage": {"a": ["b"]}}', "{'a': ['b']} ("),
        ('{"errorMessage": "a\\n\\t b"}', "a b ("),
        ('{"status": "400", "errorCode": "E1" "errorDesc"', "the request is refused ("),
    ],
)
def test_words_of_a_refusal(sim, itcare, body, said):
    sim.fault("status", status=400, body=body, content_type=JSON, operation="get_action")
    with pytest.raises(ApiError) as caught:
        itcare.get("/actions/1")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("body", ['{"errorMessage": "%s"}' % ("long " * 5000), "<p>%s</p>" % ("long " * 5000)])
def test_words_of_a_refusal_are_bounded(sim, itcare, body):
    sim.fault("status", status=400, body=body, content_type=JSON, operation="get_action")
    with pytest.raises(ApiError) as caught:
        itcare.get("/actions/1")
    assert len(str(caught.value)) < 700


def test_page_of_a_gateway_without_its_markup(sim, itcare):
    sim.fault(
        "status", status=418, body="<html><style>p{}</style><p>Not&nbsp;here</p>\n now</html>", operation="get_action"
    )
    with pytest.raises(ApiError, match=r"^Not&nbsp;here now \(GET"):
        itcare.get("/actions/1")


def test_no_secret_in_a_refusal(sim, client_of):
    sim.fault("status", status=400, body='{"errorMessage": "bad %s"}' % sim.client_secret, operation="get_action")
    with pytest.raises(ApiError) as caught:
        client_of().get("/actions/1")
    assert sim.client_secret not in str(caught.value) and str(caught.value).startswith("bad ***")


def test_platform_that_stays_away_tells_when_to_come_back(sim, client_of):
    sim.fault("status", status=503, headers={"Retry-After": "77"}, operation="get_action", times=-1)
    with pytest.raises(ApiError, match="come back after 77"):
        client_of(retry_timeout=0.2).get("/actions/1")
    assert len(sim.requests()) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_write_whose_fate_is_unknown_is_not_sent_again(sim, itcare, status):
    path = "%s/%d" % (LIST, ids_of_estate(sim)[0])
    sim.fault("error_after", status=status, method="PATCH")
    with pytest.raises(OutcomeUnknown, match=r"\(PATCH %s: %d\)" % (path, status)):
        itcare.send("PATCH", path, {"operation": "stop"})
    assert [entry["applied"] for entry in sim.writes()] == [True]


def test_empty_answer_of_a_write(sim, itcare):
    path = "/compute/resources/%d/comments" % ids_of_estate(sim)[0]
    assert itcare.send("PATCH", path, {"description": "hello"}) is None
    assert [entry["body"] for entry in sim.writes(applied=True)] == [{"description": "hello"}]


@pytest.mark.parametrize("body", ['"done"', "5", "true", "null", ""])
def test_answer_of_a_write_that_tells_nothing(sim, itcare, body):
    sim.fault("error_after", status=200, body=body, content_type=JSON, method="PATCH")
    assert itcare.send("PATCH", "%s/%d" % (LIST, ids_of_estate(sim)[0]), {"operation": "stop"}) is None


# dry runs

MONITORING = {"operation": "update_monitoring", "options": {"state": True, "alerting": False}}


def test_dry_run_confirmed(sim, itcare):
    itcare.send("PATCH", "%s/%d" % (LIST, ids_of_estate(sim)[0]), MONITORING, dry_run=True)
    (entry,) = sim.writes()
    assert (entry["dry_run"], entry["applied"], entry["body"]) == (True, False, MONITORING)


def test_dry_run_refused(sim, itcare):
    with pytest.raises(ApiError) as caught:
        itcare.send("PATCH", LIST + "/1", MONITORING, dry_run=True)
    assert caught.value.status == 404


def test_dry_run_ignored(sim, itcare):
    sim.configure(dry_run_ignored=["update_instance"])
    with pytest.raises(DryRunIgnored, match="may have taken effect"):
        itcare.send("PATCH", "%s/%d" % (LIST, ids_of_estate(sim)[0]), MONITORING, dry_run=True)
    assert [entry["applied"] for entry in sim.writes()] == [True]


def test_write_is_no_dry_run_by_default(sim, itcare):
    itcare.send("PATCH", "%s/%d" % (LIST, ids_of_estate(sim)[0]), MONITORING)
    (entry,) = sim.writes()
    assert (entry["dry_run"], entry["applied"]) == (False, True)
    assert "itcare-dryrun" not in [name.lower() for name in entry["headers"]]


# content types


def operations_with_a_body():
    """The operations of the contract that have a body, as parameters of a test."""
    found = []
    text = pathlib.Path(simulator.__file__).with_name("itcare.contract.yaml").read_bytes()
    contract = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                (content_type,) = operation["requestBody"]["content"]
                found.append(pytest.param(method.upper(), path, content_type, id=operation["operationId"]))
    return found


def test_there_are_operations_with_a_body():
    assert len(operations_with_a_body()) > 40


@pytest.mark.parametrize("method, path, content_type", operations_with_a_body())
def test_content_type_is_the_documented_one(method, path, content_type):
    assert media_types.media_type(method, re.sub(r"\{\w+\}", "123", path)) == content_type


def test_content_type_is_sent(sim, itcare):
    path = "/compute/resources/%d" % ids_of_estate(sim)[0]
    itcare.send("PATCH", path + "/comments", {"description": "x"})
    itcare.send("POST", path + "/tags", {"tagKey": "a", "tagValue": "b"})
    assert [entry["headers"]["Content-Type"] for entry in sim.writes()] == [
        "application/json-patch+json",
        "application/vnd.cegedim-it.v1+json",
    ]


def test_no_body_no_content_type(sim, itcare):
    itcare.get(LIST)
    assert "Content-Type" not in sim.requests()[0]["headers"]


# paths, addresses, queries


@pytest.mark.parametrize(
    "path",
    [
        "compute/instances",
        "//evil.example/x",
        "https://evil.example/x",
        "/compute/../../evil",
        "/compute/./instances",
        "/compute/..",
        "/compute?x=1",
        "/compute#x",
        "/compute\\evil",
        "/compute/a b",
        "/compute\r\nHost: evil",
        "",
    ],
)
def test_path_refused(sim, itcare, path):
    with pytest.raises(InvalidInput, match="path"):
        itcare.call("GET", path)
    assert sim.requests() == [] and sim.token_requests() == []


@pytest.mark.parametrize("path", ["/compute/instances", "/dns/www..acme.example", "/a/b%2Fc/.hidden"])
def test_path_taken(path):
    addresses.check_path(path, "/compute/instances")


@pytest.mark.parametrize(
    "query, text",
    [
        (None, ""),
        ({}, ""),
        ({"a": None}, ""),
        ({"a": 1, "b": None, "c": "x"}, "?a=1&c=x"),
        ({"a": [1, 2]}, "?a=1,2"),
        ({"a": ("x", "!y")}, "?a=x,%21y"),
        ({"a": True, "b": False}, "?a=true&b=false"),
        ({"a": "x&b=1"}, "?a=x%26b%3D1"),
        ({"a": "é +/%"}, "?a=%C3%A9%20%2B%2F%25"),
        ({"sort": "name,desc"}, "?sort=name%2Cdesc"),
        ({"sort": ["name,desc", "id"]}, "?sort=name%2Cdesc&sort=id"),
    ],
)
def test_query_encoding(query, text):
    assert client.encode_query(query) == text


def test_query_arrives_as_it_was_meant(sim, itcare):
    itcare.get(LIST, {"names": ["é&x=1", "+%2B", "!a b#"], "backupStatus": False})
    assert [entry["query"] for entry in sim.requests()] == [{"names": "é&x=1,+%2B,!a b#", "backupStatus": "false"}]


@pytest.mark.parametrize(
    "url, words",
    [
        ("api.example.com", "not an address"),
        ("ftp://api.example.com", "not an address"),
        ("https://", "not an address"),
        ("https://api.example.com:99999", "not an address"),
        ("https://api.example.com:none", "not an address"),
        ("https://[::1/itcare", "not an address"),
        ("https://user:hunter2@api.example.com", "credentials do not belong"),
        ("http://api.example.com", "would send secrets in clear"),
        ("http://127.0.0.1.example.com", "would send secrets in clear"),
    ],
)
def test_address_refused(client_of, url, words):
    for name in ("api_url", "token_url"):
        with pytest.raises(InvalidInput, match="^%s: .*%s" % (name, words)) as caught:
            client_of(**{name: url})
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://api.example.com/itcare", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:1"]
)
def test_address_taken(url):
    addresses.check_address("api_url", url)


# in parallel


def test_in_parallel_keeps_the_order():
    def slow_first(number):
        time.sleep(0.02 * (5 - number))
        return number * 10

    assert client.in_parallel(slow_first, range(5)) == [0, 10, 20, 30, 40]
    assert client.in_parallel(str, []) == []


def test_in_parallel_is_bounded():
    running, most, lock = set(), [], threading.Lock()

    def note(number):
        with lock:
            running.add(number)
            most.append(len(running))
        time.sleep(0.01)
        with lock:
            running.remove(number)

    client.in_parallel(note, range(60))
    assert 1 < max(most) <= 20


def test_in_parallel_raises_the_first_error():
    def fail(number):
        if number in (3, 4):
            raise InvalidInput("no %d" % number)
        return number

    with pytest.raises(InvalidInput, match="no 3"):
        client.in_parallel(fail, range(6))

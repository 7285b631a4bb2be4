# SPDX-License-Identifier: GPL-3.0-or-later
"""GoPaaS: the two logins with their paths, lists page by page, and single items."""

from __future__ import annotations

import itertools
import time

import pytest

LIST, ITEM = "gopaas_list_info", "gopaas_item_info"
COMPANIES, SERVERS, NAMES, TOWNS = "12", "13", "14", "15"
ALL = [f"C-{number:04}" for number in range(1, 26)]


@pytest.fixture
def run(gopaas, run_on):
    return run_on(gopaas)


@pytest.fixture
def run_as_user(gopaas, run_on):
    return run_on(gopaas, gopaas.user_login)


def keys(result):
    return [row["cle"] for row in result["rows"]]


def header(gopaas, name):
    """What each request sent in this header, where it did."""
    return [one["headers"][name] for one in gopaas.requests() if name in one["headers"]]


# The logins


def test_client_logs_in_with_a_form(gopaas, run):
    result = run(ITEM, table="compte", id=7)
    assert result["changed"] is False and result["item"]["cle"] == "C-0007"
    paths = [one["path"] for one in gopaas.journal.entries()]
    assert paths == ["/app/api/oauth2/access_token/", "/app/api/oauth2/item/compte/7/"]
    assert "Authorization" not in gopaas.token_requests()[0]["headers"]


def test_user_has_paths_of_his_own(gopaas, run_as_user):
    assert run_as_user(ITEM, table="compte", id=7)["item"]["cle"] == "C-0007"
    assert [one["path"] for one in gopaas.journal.entries()] == ["/app/api/item/compte/7/"]


@pytest.mark.parametrize("grant, requests", [("client_credentials", 1), ("Client Credentials", 2)])
def test_both_spellings_of_the_grant(gopaas, run, grant, requests):
    gopaas.configure(grants=(grant,))
    assert run(ITEM, table="compte", id=7)["item"]
    assert len(gopaas.token_requests()) == requests


def test_spelling_that_was_taken_is_kept(gopaas, run):
    gopaas.configure(grants=("Client Credentials",), expires_in=0.5)
    run(LIST, view=COMPANIES)
    statuses = [one["status"] for one in gopaas.token_requests()]
    assert statuses[0] == 400 and set(statuses[1:]) == {200}


def test_grant_that_the_user_names_is_the_only_one(gopaas, run):
    result = run(ITEM, table="compte", id=7, grant_type="password")
    assert result["msg"].startswith("127.0.0.1") and "Invalid version." in result["msg"]
    assert len(gopaas.token_requests()) == 1


@pytest.mark.parametrize("form", ["text", "number"])
def test_token_is_stored_until_a_quarter_of_its_minute_is_left(gopaas, run, monkeypatch, form):
    gopaas.configure(expires_as=form)
    later = 0.0
    monkeypatch.setattr("time.time", lambda real=time.time: real() + later)
    for later, tokens in ((0, 1), (40, 1), (47, 2), (85, 2), (93, 3)):  # noqa: B007
        assert run(ITEM, table="compte", id=7)["item"]
        assert len(gopaas.token_requests()) == tokens


def test_token_is_renewed_in_the_middle_of_long_work(gopaas, run, monkeypatch):
    """Each request takes 20 seconds here; nothing is refused, since the token is renewed before its end."""
    seconds, send = itertools.count(0, 20), time.time
    now = {"later": 0}
    monkeypatch.setattr("time.time", lambda: send() + now["later"])
    original = type(gopaas).visible

    def slow(app, table):
        now["later"] = next(seconds)
        return original(app, table)

    monkeypatch.setattr(type(gopaas), "visible", slow)
    result = run(LIST, view=COMPANIES, page_size=3)
    assert keys(result) == ALL
    assert len(gopaas.token_requests()) > 3
    assert {one["status"] for one in gopaas.journal.entries()} == {200}


def test_revoked_token_costs_one_new_one(gopaas, run):
    run(ITEM, table="compte", id=7)
    gopaas.tokens.revoke()
    assert run(ITEM, table="compte", id=7)["item"]
    assert len(gopaas.token_requests()) == 2


def test_refused_login_keeps_its_words(gopaas, run):
    result = run(ITEM, table="compte", id=7, client_secret="something-else-4711")
    assert "refused the login of client api-user: Invalid Information." in result["msg"]
    assert "something-else-4711" not in str({**result, "invocation": None})
    assert gopaas.requests() == []


def test_message_with_status_200_is_not_a_token(gopaas, run):
    gopaas.fault("status", token=True, times=-1, status=200, body='{"msg":"Invalid Information."}')
    result = run(ITEM, table="compte", id=7, retry_timeout=0)
    assert "without a usable access_token (Invalid Information.)" in result["msg"]
    assert gopaas.requests() == []


def test_refused_user_token_keeps_the_words(gopaas, run_as_user):
    result = run_as_user(ITEM, table="compte", id=7, bearer_token="something-else-4711")
    assert result["msg"] == (
        "GoPaaS refused the bearer_token (401): it is wrong, has expired or was revoked (it says: Invalid API key.)"
    )
    assert len(gopaas.journal.entries()) == 1


def test_client_that_the_api_refuses_keeps_the_words(gopaas, run):
    gopaas.fault("status", times=-1, path="/item/", status=401, body='{"msg":"IP not authorized."}')
    result = run(ITEM, table="compte", id=7)
    assert "refused a fresh token (401)" in result["msg"] and "(it says: IP not authorized.)" in result["msg"]


def test_user_and_client_contradict_each_other(gopaas, run):
    result = run(ITEM, table="compte", id=7, bearer_token=gopaas.user_login["bearer_token"], grant_type="password")
    assert result["msg"].startswith("bearer_token and client_id and client_secret and grant_type contradict each other")
    assert gopaas.journal.entries() == []


def test_missing_login(gopaas, run):
    result = run(ITEM, table="compte", id=7, client_secret="")
    assert "missing: client_secret" in result["msg"] and "GOPAAS_CLIENT_SECRET" in result["msg"]
    assert result["msg"].endswith("or give a bearer_token")
    assert gopaas.journal.entries() == []


@pytest.mark.parametrize("token", ["Bearer abcdef-4711", "two\nlines-4711"])
def test_bearer_token_that_is_none(gopaas, run_as_user, token):
    result = run_as_user(ITEM, table="compte", id=7, bearer_token=token)
    assert result["msg"].startswith("bearer_token: it holds blanks") and "4711" not in result["msg"]
    assert gopaas.journal.entries() == []


def test_environment(gopaas, run_on, monkeypatch):
    monkeypatch.setenv("GOPAAS_BEARER_TOKEN", gopaas.user_login["bearer_token"])
    assert run_on(gopaas, {"token_store": False})(ITEM, table="compte", id=7)["item"]
    assert gopaas.token_requests() == []


def test_http_has_to_be_allowed(run):
    result = run(ITEM, url="http://gopaas.example.com/app", table="compte", id=7)
    assert result["msg"].startswith("url: http://gopaas.example.com/app would send secrets in clear; use https")


def test_wrong_address(gopaas, run):
    result = run(ITEM, url=gopaas.base_url, table="compte", id=7, retry_timeout=0)
    assert "is url right?" in result["msg"] or "check client_id and client_secret" in result["msg"]
    gopaas.clear_violations()


# Lists


@pytest.mark.parametrize("first_page", [0, 1])
@pytest.mark.parametrize("page_zero", ["first", "empty", "refused"])
@pytest.mark.parametrize("unpaged", ["first", "all"])
@pytest.mark.parametrize("beyond", ["empty", "last", "404"])
@pytest.mark.parametrize("size", [4, 5, 25, 100])
def test_every_reading_of_pages(gopaas, run, first_page, page_zero, unpaged, beyond, size):
    gopaas.configure(first_page=first_page, page_zero=page_zero, unpaged=unpaged, beyond=beyond)
    result = run(LIST, view=COMPANIES, page_size=size)
    assert keys(result) == ALL and "warnings" not in result
    assert set(header(gopaas, "rowPerPage")) == {str(size)}


@pytest.mark.parametrize("first_page", [0, 1])
def test_server_that_gives_fewer_rows_than_asked(gopaas, run, first_page):
    gopaas.configure(first_page=first_page, most_rows=10)
    assert keys(run(LIST, view=COMPANIES, page_size=100)) == ALL


def test_server_without_pages(gopaas, run):
    gopaas.configure(paged=False)
    assert keys(run(LIST, view=COMPANIES, page_size=10)) == ALL


@pytest.mark.parametrize("shape", ["list", "rows", "nested", "numbered"])
@pytest.mark.parametrize("columns", [False, True])
def test_every_shape_of_an_answer(gopaas, run_as_user, shape, columns):
    gopaas.configure(shape=shape)
    result = run_as_user(LIST, view=COMPANIES, columns=columns)
    assert keys(result) == ALL
    assert ("column" in (result["answer"] or {})) is columns


@pytest.mark.parametrize("name", ["columns", "colums"])
def test_columns_by_either_name(gopaas, run_as_user, name):
    gopaas.configure(column_header=name)
    assert run_as_user(LIST, view=COMPANIES, columns=True)["answer"]["column"]["montant"] == {"visible": False}


def test_empty_list(gopaas, run):
    assert run(LIST, view=SERVERS)["rows"] == []
    assert len(gopaas.requests()) == 1


@pytest.mark.parametrize("first_page, number", [(0, 1), (1, 2)])
def test_one_page(gopaas, run_as_user, first_page, number):
    gopaas.configure(first_page=first_page)
    assert keys(run_as_user(LIST, view=COMPANIES, page=number, page_size=10)) == ALL[10:20]
    assert header(gopaas, "page") == [str(number)]


def test_search(gopaas, run):
    search = [{"field": "nom", "value": "NIDS"}, {"field": "cp", "operator": "equal", "value": 77420}]
    assert keys(run(LIST, view=COMPANIES, search=search)) == ["C-0015"]
    assert set(header(gopaas, "advancedSearch")) == {"nom|contain|NIDS|AND|cp|equal|77420|"}


def test_search_with_other_than_ascii_characters(gopaas, run):
    assert len(run(LIST, view=COMPANIES, search=[{"field": "nom", "value": "Société"}])["rows"]) == 20
    assert run(LIST, view=COMPANIES, search=[{"field": "nom", "value": "東京"}])["rows"] == []
    assert set(header(gopaas, "advancedSearch")) == {"nom|contain|Société|", "nom|contain|東京|"}


def test_search_for_something_empty(gopaas, run):
    assert run(LIST, view=COMPANIES, search=[{"field": "nom", "operator": "equal", "value": ""}])["rows"] == []


@pytest.mark.parametrize("value", ["a|b", "a\r\nX-Other: 1", "a\nb", "a\x00b", "a\u2028b", "a\x7f"])
@pytest.mark.parametrize("option", ["field", "value"])
def test_search_that_cannot_be_sent(gopaas, run, option, value):
    condition = {"field": "nom", "value": "NIDS", option: value}
    result = run(LIST, view=COMPANIES, search=[condition])
    assert result["failed"] and result["msg"].startswith(f"search: the {option}")
    assert gopaas.journal.entries() == []


@pytest.mark.parametrize("field", ["", " "])
def test_search_without_a_field(gopaas, run, field):
    assert run(LIST, view=COMPANIES, search=[{"field": field, "value": "x"}])["failed"]
    assert gopaas.journal.entries() == []


@pytest.mark.parametrize("text", ["a\r\nX-Other: 1", " NIDS", "NIDS ", ""])
def test_text_that_cannot_be_sent(gopaas, run_as_user, text):
    assert run_as_user(LIST, view=COMPANIES, text_search=text)["msg"].startswith("text_search: ")
    assert gopaas.journal.entries() == []


def test_text_and_visible_columns(gopaas, run_as_user):
    result = run_as_user(LIST, view=COMPANIES, text_search="nids", only_visible=True)
    assert keys(result) == ["C-0005", "C-0010", "C-0015", "C-0020", "C-0025"]
    assert "montant" not in result["rows"][0] and "warnings" not in result


def test_options_that_are_not_documented_for_clients(gopaas, run):
    result = run(LIST, view=COMPANIES, text_search="nids", only_visible=True, columns=True, page=1)
    assert result["warnings"] == [
        "text_search, only_visible, columns, page: documented for bearer_token only. With client_id GoPaaS may ignore "
        "it, and return more than was asked for"
    ]
    assert len(result["rows"]) == 25
    gopaas.configure(oauth2_options=True)
    assert len(run(LIST, view=COMPANIES, text_search="nids")["rows"]) == 5


def test_rows_that_look_the_same_are_warned_about(gopaas, run):
    for item in gopaas.tables["compte"].values():
        item["ville"] = "Lyon"
    result = run(LIST, view=TOWNS, page_size=5)
    assert "cannot be told apart" in result["warnings"][0]


def test_list_that_changes_meanwhile_is_warned_about(gopaas, run, monkeypatch):
    original, counted = type(gopaas).visible, itertools.count()

    def shifting(app, table):
        rows = original(app, table)
        return [{"id": "99", "cle": "NEW"}, *rows] if next(counted) >= 3 else rows

    monkeypatch.setattr(type(gopaas), "visible", shifting)
    result = run(LIST, view=COMPANIES, page_size=10)
    assert "1 rows came more than once" in result["warnings"][0]


def test_longer_than_allowed(gopaas, run):
    result = run(LIST, view=COMPANIES, page_size=5, max_pages=2)
    assert result["failed"] and "more than 2 pages of 5 rows" in result["msg"]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"page": -1}, "page: -1 is not 0 or more"),
        ({"page_size": 0}, "page_size: 0 is not between 1 and 10000"),
        ({"max_pages": 0}, "max_pages: 0 is not 1 or more"),
        ({"view": ".."}, "view: '..' is neither a name nor an id"),
        ({"view": ""}, "view: '' is neither a name nor an id"),
        ({"view": "1\n2"}, "view: '1\\n2' is neither a name nor an id"),
        ({"search": [{"field": "nom", "operator": "like", "value": "x"}]}, "value of operator must be one of"),
    ],
)
def test_options_that_cannot_be(gopaas, run, options, words):
    assert words in run(LIST, **{"view": COMPANIES, **options})["msg"]
    assert gopaas.journal.entries() == []


def test_name_is_one_part_of_the_path(gopaas, run):
    run(ITEM, table="a/b?c", id="d#e", retry_timeout=0)
    assert gopaas.requests()[0]["path"] == "/app/api/oauth2/item/a%2Fb%3Fc/d%23e/"


@pytest.mark.parametrize(
    "body",
    [
        '"text"',
        "7",
        "true",
        '{"msg":"Invalid version."}',
        '{"one":[{"a":1}],"other":[{"b":1}]}',
        '{"one":{"x":1},"other":{"y":1}}',
    ],
)
def test_answer_without_rows_is_an_error(gopaas, run, body):
    gopaas.fault("status", times=-1, path="/list/", status=200, body=body)
    result = run(LIST, view=COMPANIES)
    assert result["failed"] and "/list/12/ answered " in result["msg"]
    assert "Invalid version." in result["msg"] or "msg" not in body


@pytest.mark.parametrize("body", ['{"status":"ok"}', '{"total":3}', '{"columns":["a"],"version":2}'])
def test_object_without_a_list_is_not_an_empty_list(gopaas, run, body):
    gopaas.fault("status", times=-1, path="/list/", status=200, body=body)
    result = run(LIST, view=COMPANIES)
    assert "answered an object without a list" in result["msg"]
    written = run("gopaas_items", table="compte", view=COMPANIES, items=[{"cle": "C-0001", "nom": "x"}])
    assert written["failed"] and gopaas.writes() == []


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"total":0}', '{"rows":[]}', '{"data":{"rows":[]}}'])
def test_answer_with_nothing_in_it(gopaas, run, body):
    gopaas.fault("status", times=-1, path="/list/", status=200, body=body)
    assert run(LIST, view=COMPANIES)["rows"] == []


def test_of_several_lists_the_usual_one(gopaas, run):
    gopaas.fault("status", times=-1, path="/list/", status=200, body='{"rows":[{"cle":"a"}],"filters":[1]}')
    result = run(LIST, view=COMPANIES)
    assert keys(result) == ["a"] and result["answer"] == {"filters": [1]}


def test_unknown_view(gopaas, run):
    result = run(LIST, view=999)
    assert result["msg"] == "Invalid version. (GET /list/999/: 400)" and result["status"] == 400


# Single items


@pytest.mark.parametrize("missing", ["404", "empty", "null"])
def test_item_that_does_not_exist(gopaas, run, missing):
    gopaas.configure(missing=missing)
    result = run(ITEM, table="compte", id=999)
    assert not result.get("failed") and result["item"] is None


def test_item_that_is_refused(gopaas, run):
    gopaas.configure(missing="400")
    assert run(ITEM, table="compte", id=999)["msg"] == "Invalid version. (GET /item/compte/999/: 400)"


@pytest.mark.parametrize("body", ['[{"cle":"a","msg":"x"}]', '{"cle":"a","msg":"x"}'])
def test_shapes_of_an_item(gopaas, run, body):
    gopaas.fault("status", path="/item/", status=200, body=body)
    assert run(ITEM, table="compte", id=7)["item"] == {"cle": "a", "msg": "x"}


@pytest.mark.parametrize("body", ['"x"', "[1,2]", '{"msg":"Invalid version."}', "[7]"])
def test_answer_that_is_not_an_item(gopaas, run, body):
    gopaas.fault("status", path="/item/", status=200, body=body)
    result = run(ITEM, table="compte", id=7)
    assert "answered something other than an item" in result["msg"]
    assert "Invalid version." in result["msg"] or "msg" not in body


def test_passwords_are_hidden(gopaas, run):
    gopaas.tables["compte"]["7"]["password"] = "hush-4711"
    assert run(ITEM, table="compte", id=7)["item"]["password"] == "********"


def test_check_mode_reads(gopaas, run):
    assert run(ITEM, check=True, table="compte", id=7)["item"]["cle"] == "C-0007"


# Faults


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "truncate", "truncate_json", "error_before"])
def test_reads_are_sent_again(gopaas, run, kind):
    gopaas.fault(kind, path="/item/")
    assert run(ITEM, table="compte", id=7)["item"]["cle"] == "C-0007"


def test_failure_of_the_server_is_told_in_its_words(gopaas, run):
    body = '{"msg":"Something went wrong. Please try again later."}'
    gopaas.fault("status", times=-1, path="/item/", status=500, body=body)
    result = run(ITEM, table="compte", id=7, retry_timeout=0)
    assert result["msg"] == "Something went wrong. Please try again later. (GET /item/compte/7/: 500)"


def test_html_instead_of_json(gopaas, run):
    gopaas.fault("status", times=-1, path="/item/", status=200, body="<html><b>Login</b></html>")
    result = run(ITEM, table="compte", id=7, retry_timeout=0)
    assert "something that is not JSON (text/html); is url right?" in result["msg"]


def test_html_as_an_error(gopaas, run):
    gopaas.fault("status", path="/item/", status=403, body="<html><b>Forbidden</b></html>")
    assert run(ITEM, table="compte", id=7)["msg"].startswith("the account is not allowed to do this (GET")


def test_token_is_not_sent_to_another_host(gopaas, run):
    gopaas.fault("redirect", path="/item/", location="https://elsewhere.example.com/")
    result = run(ITEM, table="compte", id=7)
    assert "is redirected to https://elsewhere.example.com:443; a token is never sent elsewhere" in result["msg"]


def test_token_in_a_message_instead_of_a_list_is_hidden(gopaas, run_on):
    run = run_on(gopaas)
    run(ITEM, table="compte", id=7)
    (token,) = gopaas.tokens.access
    gopaas.fault("status", path="/list/", status=200, body='{"msg":"Not with %s"}' % token)
    said = run("gopaas_list_info", view="12")["msg"]
    assert said.endswith("answered a message instead of a list: Not with ********")


@pytest.mark.parametrize("login", ["login", "user_login"])
@pytest.mark.parametrize("check", [False, True])
def test_secrets_that_the_server_repeats_are_hidden(gopaas, run_on, login, check):
    run = run_on(gopaas, getattr(gopaas, login))
    run(ITEM, table="compte", id=7)
    tokens = [gopaas.user_login["bearer_token"], gopaas.login["client_secret"], *gopaas.tokens.access]
    used = tokens[:1] if login == "user_login" else tokens[1:]
    for status in (200, 400, 403, 401):  # after a 401 there is a new token
        gopaas.fault("status", times=-1, path="/item/", status=status, body='{"msg":"Not with %s"}' % " ".join(used))
        result = run(ITEM, check=check, table="compte", id=7)
        assert result["failed"] and "Not with ****" in result["msg"]
        assert not any(one in str(result["msg"]) for one in used)
        gopaas.faults.clear()

# SPDX-License-Identifier: GPL-3.0-or-later
"""GoPaaS: items are compared where they can be seen, written in batches, and never sent again blindly."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import gopaas_items

ITEMS = "gopaas_items"
COMPANIES, SERVERS, NAMES = "12", "13", "14"
ONE = {"cle": "SRV1", "nom": "SRV1", "ip": "10.6.12.11"}
TWO = {"cle": "SRV2", "nom": "SRV2", "ip": "10.6.12.12"}


@pytest.fixture
def run(gopaas, run_on):
    return run_on(gopaas)


@pytest.fixture
def short_looks(monkeypatch):
    monkeypatch.setattr(gopaas_items, "SEEN_SECONDS", 0.2)
    monkeypatch.setattr(gopaas_items, "LOST_SECONDS", 0.2)


def servers(gopaas):
    """{key: its fields} of the table."""
    rows = gopaas.tables["serveur"].values()
    return {row["cle"]: {name: value for name, value in row.items() if name not in ("id", "_since")} for row in rows}


def sent(gopaas):
    """The keys that each write has sent."""
    return [[item["cle"] for item in one["body"]] for one in gopaas.writes()]


# The four runs


@pytest.mark.parametrize("login", ["login", "user_login"])
def test_present(gopaas, run_on, login):
    run = run_on(gopaas, getattr(gopaas, login))
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO])
    assert result["changed"] is True and result["steps"] == ["create_item", "create_item"]
    assert servers(gopaas) == {"SRV1": ONE, "SRV2": TWO}
    assert sent(gopaas) == [["SRV1", "SRV2"]] and result["answers"] == [{"msg": "Ok"}]


def test_present_idempotent(gopaas, run):
    run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO])
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO])
    assert result["changed"] is False and result["steps"] == result["diff"] == []
    assert [row["step"] for row in result["rows"]] == [None, None]
    assert len(gopaas.writes()) == 1


def test_present_check_mode(gopaas, run):
    predicted = run(ITEMS, check=True, table="serveur", view=SERVERS, items=[ONE, TWO])
    assert gopaas.writes() == [] and gopaas.tables["serveur"] == {}
    applied = run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO])
    again = run(ITEMS, check=True, table="serveur", view=SERVERS, items=[ONE, TWO])
    assert predicted["changed"] and not again["changed"]
    assert all(predicted[name] == applied[name] for name in ("rows", "steps", "diff"))
    assert predicted["diff"][0] == {
        "before_header": "serveur SRV1",
        "after_header": "serveur SRV1",
        "before": {},
        "after": ONE,
    }


def test_only_what_differs_is_written(gopaas, run):
    run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO])
    other = {**TWO, "ip": "10.6.12.99"}
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE, other, {"cle": "SRV3"}])
    assert result["steps"] == ["update_item", "create_item"]
    assert result["rows"][1] == {"cle": "SRV2", "step": "update_item", "fields": ["ip"]}
    assert result["diff"][0]["before"] == {"ip": "10.6.12.12"} and result["diff"][0]["after"] == {"ip": "10.6.12.99"}
    assert sent(gopaas)[1:] == [["SRV2", "SRV3"]]
    assert servers(gopaas)["SRV2"] == other


def test_other_fields_are_left_alone(gopaas, run):
    run(ITEMS, table="compte", view=COMPANIES, items=[{"cle": "C-0007", "ville": "Paris"}])
    assert gopaas.tables["compte"]["7"]["ville"] == "Paris" and gopaas.tables["compte"]["7"]["nom"] == "Société 7"


def test_nothing_to_write(gopaas, run):
    result = run(ITEMS, table="serveur", view=SERVERS, items=[])
    assert result["changed"] is False and gopaas.journal.entries() == []


# Values


@pytest.mark.parametrize("values", ["text", "kept"])
def test_numbers_and_booleans_and_nothing(gopaas, run, values):
    gopaas.configure(values=values)
    item = {"cle": 17, "ram": 8.50, "actif": True, "os": None, "ip": "007"}
    assert run(ITEMS, table="serveur", view=SERVERS, items=[item])["changed"]
    assert not run(ITEMS, table="serveur", view=SERVERS, items=[item])["changed"]
    assert not run(ITEMS, table="serveur", view=SERVERS, items=[{**item, "os": "", "ram": 8.5}])["changed"]
    assert run(ITEMS, table="serveur", view=SERVERS, items=[{**item, "actif": False}])["changed"]
    assert run(ITEMS, table="serveur", view=SERVERS, items=[{**item, "ip": "7"}])["changed"]


@pytest.mark.parametrize(
    "wanted, seen, is_same",
    [
        ("437.50", "437.5", False),
        (437.5, "437.50", True),
        (0, "", False),
        (None, "", True),
        ("", None, True),
        (False, "0", True),
        (True, "on", True),
        (True, "oui", False),
        (False, "", False),
        (7, "x", False),
        (7, "NaN", False),
        ([1], [1], True),
        ({"a": 1}, "x", False),
    ],
)
def test_same_values(wanted, seen, is_same):
    assert gopaas_items.same(wanted, seen) is is_same


def test_value_that_the_view_shows_otherwise_is_warned_about(gopaas, run, monkeypatch):
    original = type(gopaas).shown
    monkeypatch.setattr(type(gopaas), "shown", lambda app, item, view: {**original(app, item, view), "os": "DEBIAN"})
    result = run(ITEMS, table="serveur", view=SERVERS, items=[{**ONE, "os": "debian"}])
    assert result["warnings"] == [
        "cle SRV1 was written, and still looks different: os is 'DEBIAN', not 'debian'. The next run will write it "
        "again"
    ]


def test_passwords_are_hidden(gopaas, run, monkeypatch):
    gopaas.views[SERVERS].columns += ("password",)
    run(ITEMS, table="serveur", view=SERVERS, items=[{"cle": "A", "password": "hush-4711"}])
    result = run(ITEMS, table="serveur", view=SERVERS, items=[{"cle": "A", "password": "hush-4712"}])
    assert result["changed"] and "hush" not in str({**result, "invocation": None})


# What is refused before anything is sent


@pytest.mark.parametrize(
    "items, words",
    [
        ([{"nom": "x"}], "items: number 1 has no key (cle)"),
        ([ONE, {"cle": ""}], "items: number 2 has no key (cle)"),
        ([{"cle": None}], "items: number 1 has no key (cle)"),
        ([{"cle": True}], "items: number 1 has no key (cle)"),
        ([{"cle": ["x"]}], "items: number 1 has no key (cle)"),
        ([{"cle": " x"}], "items: number 1 has blanks around its key (cle)"),
        ([ONE, {"cle": "a"}, ONE], "items: SRV1 given twice as cle"),
        ([{"cle": 1}, {"cle": "1"}], "items: 1 given twice as cle"),
    ],
)
def test_keys_that_cannot_be(gopaas, run, items, words):
    assert run(ITEMS, table="serveur", view=SERVERS, items=items)["msg"] == words
    assert gopaas.journal.entries() == []


@pytest.mark.parametrize(
    "options, words",
    [
        ({"batch_size": 0}, "batch_size: 0 is not between 1 and 1000"),
        ({"batch_size": 1001}, "batch_size: 1001 is not between 1 and 1000"),
        ({"table": "."}, "table: '.' is neither a name nor an id"),
        ({"view": ""}, "view: '' is neither a name nor an id"),
        ({"item_ids": {"SRV9": 9}}, "item_ids: SRV9 is not the cle of an item in items"),
        ({"item_ids": {"SRV1": "a\nb"}}, "item_ids: 'a\\nb' is neither a name nor an id"),
        ({"item_ids": {"SRV1": 1}, "view": "13"}, "view and item_ids contradict each other"),
    ],
)
def test_options_that_cannot_be(gopaas, run, options, words):
    assert words in run(ITEMS, **{"table": "serveur", "items": [ONE], **options})["msg"]
    assert gopaas.journal.entries() == []


@pytest.mark.parametrize("view, missing", [(NAMES, "cle, cp"), (COMPANIES, "logo")])
def test_view_without_a_column(gopaas, run, view, missing):
    item = {"cle": "C-0001", ("cp" if view == NAMES else "logo"): "x"}
    result = run(ITEMS, table="compte", view=view, items=[item])
    assert f"view: {view} does not show {missing}, so" in result["msg"]
    assert gopaas.writes() == []


def test_key_that_a_view_shows_twice(gopaas, run):
    gopaas.tables["compte"]["26"] = {**gopaas.tables["compte"]["7"], "id": "26", "ville": "Paris"}
    result = run(ITEMS, table="compte", view=COMPANIES, items=[{"cle": "C-0007", "ville": "Lyon"}])
    assert result["msg"] == "view: 12 shows several different rows with the cle C-0007"
    assert gopaas.writes() == []


# By ids


def test_by_ids(gopaas, run):
    items = [{"cle": "C-0007", "ville": "Paris"}, {"cle": "C-0008", "nom": "Société 8"}]
    wanted = dict(table="compte", items=items, item_ids={"C-0007": 7, "C-0008": "8"})
    result = run(ITEMS, **wanted)
    assert result["steps"] == ["update_item"] and sent(gopaas) == [["C-0007"]]
    assert run(ITEMS, **wanted)["changed"] is False
    assert len(gopaas.writes()) == 1


def test_item_without_an_id_is_always_written(gopaas, run):
    wanted = dict(table="compte", items=[{"cle": "C-0007"}, {"cle": "C-0008"}], item_ids={"C-0007": 7})
    assert run(ITEMS, **wanted)["steps"] == run(ITEMS, **wanted)["steps"] == ["write_item"]


def test_id_of_another_item(gopaas, run):
    result = run(ITEMS, table="compte", items=[{"cle": "C-0007"}], item_ids={"C-0007": 8})
    assert result["msg"] == "item_ids: the item with the id 8 has the cle C-0008, not C-0007"
    assert gopaas.writes() == []


def test_id_that_does_not_exist(gopaas, run):
    result = run(ITEMS, table="compte", items=[{"cle": "X"}], item_ids={"X": 99})
    assert result["msg"] == "item_ids: the table compte has no item with the id 99 (cle X)"
    assert gopaas.writes() == []


# Blindly


def test_without_a_view_everything_is_written(gopaas, run):
    for _run in range(2):
        result = run(ITEMS, table="serveur", items=[ONE, TWO])
        assert result["changed"] is True and result["steps"] == ["write_item", "write_item"]
    assert sent(gopaas) == [["SRV1", "SRV2"]] * 2
    assert [one["operation"] for one in gopaas.requests()] == ["gopaas.items"] * 2


def test_without_a_view_check_mode_sends_nothing(gopaas, run):
    assert run(ITEMS, check=True, table="serveur", items=[ONE])["changed"] is True
    assert gopaas.journal.entries() == []


# Batches


def test_batches(gopaas, run):
    items = [{"cle": f"S{number}"} for number in range(7)]
    result = run(ITEMS, table="serveur", view=SERVERS, items=items, batch_size=3)
    assert [len(batch) for batch in sent(gopaas)] == [3, 3, 1] and len(result["answers"]) == 3


def test_refused_batch_tells_what_was_written_before(gopaas, run):
    items = [{"cle": f"S{number}"} for number in range(4)]
    gopaas.fault("status", method="POST", path="/items/", after=1, status=400, body='{"msg":"Invalid version."}')
    result = run(ITEMS, table="serveur", view=SERVERS, items=items, batch_size=2)
    assert result["failed"] and result["msg"].startswith("Invalid version. (POST /items/serveur/: 400)")
    assert result["changed"] is True and result["written"] == ["S0", "S1"]


@pytest.mark.parametrize("written", ["ok", "items", "empty"])
def test_every_answer_to_a_write(gopaas, run, written):
    gopaas.configure(written=written)
    answers = {"ok": {"msg": "Ok"}, "items": [ONE], "empty": None}
    assert run(ITEMS, table="serveur", view=SERVERS, items=[ONE])["answers"] == [answers[written]]


def test_token_is_renewed_between_batches(gopaas, run, monkeypatch):
    gopaas.configure(expires_in=0.4)
    original = gopaas.operations[3].handler
    assert original.__name__ == "write_items"
    items = [{"cle": f"S{number}"} for number in range(8)]
    gopaas.configure(latency=0.1)
    result = run(ITEMS, table="serveur", items=items, batch_size=1)
    assert not result.get("failed") and len(gopaas.writes(applied=True)) == 8
    assert len(gopaas.token_requests()) > 2


# Keys that GoPaaS does not know


def test_unknown_key_that_is_ignored(gopaas, run, short_looks):
    gopaas.configure(unknown_key="ignore")
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE])
    assert result["failed"] and "the view does not show these: SRV1. Either it does not create" in result["msg"]
    assert result["changed"] is True


def test_unknown_key_that_is_refused(gopaas, run):
    gopaas.configure(unknown_key="refuse")
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE])
    assert result["msg"] == "Unknown cle. (POST /items/serveur/: 400)"


def test_view_that_shows_it_late(gopaas, run):
    gopaas.configure(late=0.5)
    assert not run(ITEMS, table="serveur", view=SERVERS, items=[ONE]).get("failed")


def test_column_that_is_missing_from_an_empty_view(gopaas, run):
    result = run(ITEMS, table="serveur", view=SERVERS, items=[{"cle": "A", "other": 1}])
    assert result["changed"] and "view: 13 does not show other" in result["warnings"][0]


# Lost answers

LOST = [
    ("reset_after", {}),
    ("error_after", {}),
    ("error_after", {"status": 500, "body": '{"msg":"Something went wrong. Please try again later."}'}),
    ("truncate", {}),
    ("error_after", {"status": 200, "body": "<html>Login</html>"}),
]


@pytest.mark.parametrize("kind, details", LOST)
def test_lost_answer_of_a_write_that_took_effect(gopaas, run, kind, details):
    gopaas.fault(kind, method="POST", path="/items/", **details)
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO])
    assert result["changed"] is True and not result.get("failed") and result["answers"] == [None]
    assert len(gopaas.writes()) == 1 and servers(gopaas) == {"SRV1": ONE, "SRV2": TWO}


@pytest.mark.parametrize("kind", ["reset_before", "error_before"])
def test_lost_answer_of_a_write_without_effect(gopaas, run, short_looks, kind):
    gopaas.fault(kind, method="POST", path="/items/")
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO])
    assert not result.get("failed") and servers(gopaas) == {"SRV1": ONE, "SRV2": TWO}
    operations = [one["operation"] for one in gopaas.requests()]
    first, second = [number for number, name in enumerate(operations) if name == "gopaas.items"]
    assert "gopaas.list" in operations[first:second]  # it looked in between


def test_only_what_is_missing_is_sent_again(gopaas, run, short_looks, monkeypatch):
    gopaas.fault("error_before", method="POST", path="/items/")
    original, looks = type(gopaas).visible, []

    def halfway(app, table):
        if gopaas.writes() and not looks:
            looks.append(1)
            app.tables["serveur"]["1"] = {"id": "1", **ONE}
        return original(app, table)

    monkeypatch.setattr(type(gopaas), "visible", halfway)
    assert not run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO]).get("failed")
    assert sent(gopaas) == [["SRV1", "SRV2"], ["SRV2"]]


def test_write_that_is_lost_twice(gopaas, run, short_looks):
    gopaas.fault("error_before", method="POST", path="/items/", times=-1)
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE, TWO])
    assert result["failed"] and "sent twice, and these are still not as wanted: SRV1, SRV2" in result["msg"]
    assert len(gopaas.writes()) == 2


@pytest.mark.parametrize("kind, details", LOST)
def test_lost_answer_without_a_view_is_not_repeated(gopaas, run, kind, details):
    gopaas.fault(kind, method="POST", path="/items/", **details)
    result = run(ITEMS, table="serveur", items=[ONE])
    assert result["failed"] and "nothing was sent again: look first" in result["msg"]
    assert len(gopaas.writes()) == 1


def test_lost_answer_by_ids(gopaas, run):
    gopaas.fault("reset_after", method="POST", path="/items/")
    result = run(ITEMS, table="compte", items=[{"cle": "C-0007", "ville": "Paris"}], item_ids={"C-0007": 7})
    assert not result.get("failed") and len(gopaas.writes()) == 1


def test_lost_answer_and_no_look(gopaas, run, short_looks):
    gopaas.fault("reset_after", method="POST", path="/items/")
    gopaas.fault("status", times=-1, after=1, path="/list/", status=403, body='{"msg":"No."}')
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE])
    assert "they could not be looked at: No. (GET" in result["msg"] and len(gopaas.writes()) == 1


def test_failing_look_after_the_write_says_what_was_written(gopaas, run):
    gopaas.fault("status", times=-1, after=1, path="/list/", status=403, body='{"msg":"No."}')
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE])
    assert result["failed"] and result["changed"] is True and result["written"] == ["SRV1"]


def test_busy_server_is_asked_again(gopaas, run):
    gopaas.fault("status", method="POST", path="/items/", status=429, headers={"Retry-After": "0"})
    assert not run(ITEMS, table="serveur", view=SERVERS, items=[ONE]).get("failed")


def test_write_is_not_redirected(gopaas, run):
    gopaas.fault("redirect", method="POST", path="/items/", location="/app/api/oauth2/items/other/")
    result = run(ITEMS, table="serveur", view=SERVERS, items=[ONE])
    assert "only reads follow a redirect" in result["msg"] and gopaas.tables["serveur"] == {}

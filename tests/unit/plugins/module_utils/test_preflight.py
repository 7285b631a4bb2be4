# SPDX-License-Identifier: GPL-3.0-or-later
"""How a value is compared with a catalogue, and what is said about it."""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import ApiError, LoginFailed, TimedOut
from ansible_collections.cegedim.cloud.plugins.module_utils.preflight import (
    CannotTell,
    Named,
    Offer,
    check,
    look,
    rows_of,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.reference import Once


def offering(*names, option="region", **more):
    return Offer(option, lambda client, wanted, record: list(names), **more)


def of(offers, wanted, client=None):
    return look(client, offers, wanted, None, set(wanted))


def raising(problem):
    def read(client, wanted, record):
        raise problem

    return read


class Pretended:
    """A client that answers ``answer`` and counts."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def get(self, path, query=None):
        self.asked.append((path, query))
        time.sleep(0.02)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_refusal_names_what_there_is():
    assert check(None, [offering("EB", "ET")], {"region": "EX"}, None, {"region"}) == (
        ["region: EX is unknown; these are: EB, ET"],
        [],
    )


def test_nearest_name_comes_first_and_others_as_listed():
    names = ["alpha", "bravo", "billing-qa", "billing"]
    (refusal,) = of([offering(*names)], {"region": "bilingg"}).refusals
    assert refusal == (
        "region: bilingg is unknown: do you mean billing or billing-qa? These are: billing, billing-qa, alpha, bravo"
    )


def test_a_spelling_that_is_near_is_shown_with_the_first_one():
    offers = [offering(Named(("deb12", "Debian 12")), Named(("win22", "Windows 2022")))]
    (refusal,) = of(offers, {"region": "Debain 12"}).refusals
    assert refusal == "region: Debain 12 is unknown: do you mean Debian 12 (deb12)? These are: deb12, win22"


def test_a_spelling_of_several_things_is_shown_alone():
    offers = [offering(Named(("deb12",)), Named(("tomcat10", "deb12")), Named(("tomcat9", "deb12")))]
    (refusal,) = of(offers, {"region": "deb-21"}).refusals
    assert refusal.startswith("region: deb-21 is unknown: do you mean deb12? These are")


def test_long_lists_are_cut():
    (refusal,) = of([offering(*("n%03d" % number for number in range(26)))], {"region": "?"}).refusals
    assert refusal.endswith("n018, n019 and 6 more")


def test_twenty_names_are_all_shown():
    (refusal,) = of([offering(*("n%03d" % number for number in range(20)))], {"region": "?"}).refusals
    assert refusal.endswith("n018, n019")


def test_any_spelling_fits_and_the_first_is_shown():
    offers = [offering(Named(("deb12", "Debian 12")), Named(("pg16", "PostgreSQL 16")))]
    assert of(offers, {"region": "Debian 12"}).refusals == []
    assert of(offers, {"region": "Rocky 9"}).refusals == ["region: Rocky 9 is unknown; these are: deb12, pg16"]


def test_numbers_fit_their_text():
    assert of([offering(101, 102)], {"region": "101"}).refusals == []
    assert of([offering("101")], {"region": 101}).refusals == []


@pytest.mark.parametrize(
    "names, spelled",
    [
        (("EB",), {"region": "EB"}),
        (("eb", "EB"), {}),
        (("EB", "Eb"), {}),
        ((Named(("EB", "Eb")),), {}),
    ],
)
def test_only_the_one_other_spelling_is_taken(names, spelled):
    found = of([offering(*names)], {"region": "eb"})
    assert (found.refusals, found.spelled) == ([], spelled)


def test_what_is_listed_without_a_name_refutes_nothing():
    offers = [offering(Named(("EB",)), Named(("ET",), incomplete=True))]
    found = of(offers, {"region": "EX"})
    assert found.refusals == [] and found.warnings[0].startswith(
        "region: could not be checked: the platform lists some"
    )
    assert of(offers, {"region": "EB"}).warnings == []


def test_doubtful_spelling_is_a_warning():
    found = of([offering(Named(("EB-EMEA",), doubtful=("EB-A",)))], {"region": "eb-a"})
    assert found.refusals == [] and found.spelled == {}
    assert found.warnings[0].startswith("region: eb-a is not among what the platform lists (EB-EMEA)")


@pytest.mark.parametrize("offered", [[], None])
def test_nothing_on_offer_refutes_nothing(offered):
    found = of([Offer("region", lambda client, wanted, record: offered)], {"region": "EX"})
    assert found.refusals == []
    assert found.warnings == ["region: could not be checked: the catalogue does not tell what there is"]


def test_one_reason_is_told_once_for_all_its_options():
    read = raising(CannotTell("it is closed"))
    found = of([Offer("region", read), Offer("area", read), Offer("area", read)], {"region": "EX", "area": "x"})
    assert found.warnings == ["region, area: could not be checked: it is closed"]


def test_what_follows_from_a_refused_option_is_not_said():
    offers = [offering("EB"), offering("EB-EMEA", option="area", after=("region",))]
    assert len(of(offers, {"region": "EX", "area": "x"}).refusals) == 1
    assert of(offers, {"region": "EB", "area": "x"}).refusals == ["area: x is unknown; these are: EB-EMEA"]


def test_options_that_are_not_given_or_do_not_change_are_not_asked_about():
    offers = [Offer("region", raising(AssertionError("asked")))]
    assert look(None, offers, {"region": "EX"}, {"id": 1}, {"sizing"}).refusals == []
    assert look(None, offers, {"region": None}, None, {"region"}).refusals == []


def test_rule_adds_its_sentence():
    offers = [Offer("region", rule=lambda client, wanted, record: "region: %s is full" % wanted["region"])]
    assert of(offers, {"region": "EB"}).refusals == ["region: EB is full"]


def test_a_bug_keeps_its_traceback():
    with pytest.raises(KeyError):
        of([Offer("region", raising(KeyError("id")))], {"region": "EX"})


def test_what_stands_in_the_way_of_any_request_is_raised():
    with pytest.raises(LoginFailed):
        of(
            [Offer("region", lambda client, *_rest: rows_of(client, "/x", "id"))],
            {"region": "EX"},
            Pretended(LoginFailed("no")),
        )


@pytest.mark.parametrize("problem", [ApiError("no", 403, "GET", "/x"), TimedOut("late")])
def test_what_stands_in_the_way_of_this_catalogue_only_is_a_warning(problem):
    offers = [Offer("region", lambda client, *_rest: rows_of(client, "/x", "id"))]
    found = of(offers, {"region": "EX"}, Pretended(problem))
    assert found.refusals == [] and found.warnings == ["region: could not be checked: %s" % problem]


@pytest.mark.parametrize(
    "answer", [[{"id": 1}, {}], [1], {"id": 1}, [{"id": None}], [{"id": " "}], [{"id": True}], "x"]
)
def test_other_shapes_are_not_a_catalogue(answer):
    with pytest.raises(CannotTell, match="another shape"):
        rows_of(Pretended(answer), "/x", "id")


@pytest.mark.parametrize("answer", [[{"id": 1}], ApiError("no", 403, "GET", "/x")])
def test_each_path_is_read_once_by_many_threads(answer):
    client = Pretended(answer)
    once, found = Once(client), []

    def read():
        try:
            found.append(once.get("/x", {"type": "A"}))
        except ApiError as problem:
            found.append(problem)

    threads = [threading.Thread(target=read) for _dummy in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.asked == [("/x", {"type": "A"})]
    assert found == [answer] * 8


def test_another_query_is_another_path():
    client = Pretended([1])
    once = Once(client)
    for query in ({"type": "A"}, {"type": "B"}, None):
        once.get("/x", query)
    assert len(client.asked) == 3

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which resource is meant, and under which number it is read: right under every reading of the two numbers."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import identity
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import (
    Ambiguous,
    FixedDifference,
    NotFound,
    UnexpectedAnswer,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.identity import ELSEWHERE, GENERIC, OWN, find, read_page
from ansible_collections.cegedim.cloud.plugins.module_utils.products.instances import INSTANCE
from ansible_collections.cegedim.cloud.plugins.module_utils.products.postgresql import POSTGRESQL
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen

LIST, RESOURCES = "/compute/instances", "/compute/resources"


def record(number, internal=None, name="WEB1", **fields):
    return {"id": number, "internalResourceId": internal or number, "name": name, "status": "ACTIVE", **fields}


def without(shown, *keys):
    return {key: value for key, value in shown.items() if key not in keys}


class Api:
    """Answers by path: a list is a listing, an object a page, None a 404. Any other request fails the test."""

    def __init__(self):
        self.answers, self.asked = {}, []

    def answer(self, path, data):
        self.answers[path] = data
        return self

    def _answered(self, path):
        assert path in self.answers, "GET %s was not expected" % path
        self.asked.append(path)
        return self.answers[path]

    def find(self, path, query=None):
        return self._answered(path)

    def get(self, path, query=None):
        return self._answered(path)

    def pages(self, path, query=None):
        return self._answered(path)


def api(*rows):
    """An Api with this listing of instances."""
    return Api().answer(LIST, list(rows))


def at(number, path=LIST):
    return "%s/%s" % (path, number)


# By name: the row


def test_row_with_one_number_needs_no_further_request():
    client = api(record(7))
    seen = find(client, INSTANCE, {"name": "WEB1"})
    assert (seen.record, seen.number, seen.address, seen.is_whole) == (record(7), 7, 7, False)
    assert client.asked == [LIST]


@pytest.mark.parametrize("row", [record(7, 8), without(record(7), "internalResourceId")], ids=["two", "sparse"])
def test_row_with_two_numbers_or_a_sparse_one_leaves_them_open(row):
    seen = find(api(row), INSTANCE, {"name": "WEB1"})
    assert bool(seen) and (seen.number, seen.address) == (None, None)


def test_nothing_of_that_name():
    assert not find(api(record(7, name="WEB2")), INSTANCE, {"name": "WEB1"})


def test_removed_rows_are_not_there():
    client = api(record(7, status="REMOVED"), record(8))
    assert find(client, INSTANCE, {"name": "WEB1"}).record["id"] == 8
    assert not find(api(record(7, status="REMOVED")), INSTANCE, {"name": "WEB1"})


def test_row_without_any_number_is_an_error():
    with pytest.raises(UnexpectedAnswer, match="a listed resource shows no id"):
        find(api({"name": "WEB1"}), INSTANCE, {"name": "WEB1"})


def test_exact_spelling_goes_before_another_case():
    client = api(record(7, name="web1"), record(8))
    assert find(client, INSTANCE, {"name": "WEB1"}).record["id"] == 8
    assert find(api(record(7)), INSTANCE, {"name": "web1"}).record["id"] == 7
    with pytest.raises(Ambiguous, match="2 resources of kind instance are named WEB1"):
        find(api(record(7), record(8)), INSTANCE, {"name": "WEB1"})


def test_name_that_is_taken_in_another_service():
    rows = [record(7, serviceId=5, serviceName="billing")]
    wanted = {"name": "WEB1", "service": "6"}
    services = [{"id": 6, "name": "intranet"}]
    client = api(*rows).answer("/compute/services/6", services[0]).answer("/compute/services", services)
    with pytest.raises(FixedDifference, match=r"it is billing \(5\), not 6"):
        find(client, INSTANCE, wanted)
    found = find(client, INSTANCE, {**wanted, "state": "absent"})
    assert not found and found.facts == {ELSEWHERE: rows}


SERVICES = [{"id": 5, "name": "billing"}, {"id": 6, "name": "intranet"}]


class Databases:
    """Lists one database that shows its service by the id only, and not of which kind it is."""

    ROW = {"id": 1, "name": "orders", "serviceId": 5}
    reference = property(lambda self: self)

    def pages(self, path, query=None):
        if path == "/compute/services":
            return [row for row in SERVICES if query is None or row["name"] in query["names"]]
        assert path == "/databases"
        return [self.ROW]

    def find(self, path, query=None):
        known = {"/compute/services/%d" % row["id"]: row for row in SERVICES}
        return {**known, "/databases/postgresql/1": self.ROW}.get(path)


@pytest.mark.parametrize("service", ["billing", "5"])
def test_service_shown_by_its_id_only(service):
    assert find(Databases(), POSTGRESQL, {"name": "orders", "service": service}).record["id"] == 1


@pytest.mark.parametrize("service", ["intranet", "6"])
def test_same_name_in_another_service(service):
    assert not find(Databases(), POSTGRESQL, {"name": "orders", "service": service})


def test_unknown_service():
    with pytest.raises(NotFound, match="there is no service called nowhere"):
        find(Databases(), POSTGRESQL, {"name": "orders", "service": "nowhere"})


# The page of a row


def seen_in(row):
    return identity.of_row(row)


@pytest.mark.parametrize("address", ["7", "8"])
def test_page_is_found_under_the_number_that_its_path_takes(address):
    row = record(7, 8)
    client = Api().answer(at(7), None).answer(at(8), None).answer(at(address), {**row, "cpu": 4})
    seen = read_page(client, INSTANCE, seen_in(row))
    assert (seen.record["cpu"], seen.address, seen.number, seen.is_whole) == (4, address, None, True)
    assert seen.confirmed == {OWN}
    assert len(client.asked) == (1 if address == "7" else 2)


def test_page_of_one_number_confirms_both_ways():
    client = Api().answer(at(7), record(7))
    seen = read_page(client, INSTANCE, seen_in(record(7)))
    assert (str(seen.address), str(seen.number), seen.confirmed) == ("7", "7", {OWN, GENERIC})
    assert client.asked == [at(7)]


def test_confirmed_address_is_the_only_one_that_is_read_again():
    client = Api().answer(at(8), record(7, 8)).answer(at(7), None)
    seen = read_page(client, INSTANCE, seen_in(record(7, 8)))
    client.asked.clear()
    assert read_page(client, INSTANCE, seen).address == "8"
    assert client.asked == [at(8)]


def test_facts_and_is_new_stay_with_the_page():
    seen = seen_in(record(7))
    seen.facts["a"], seen.is_new = 1, True
    found = read_page(Api().answer(at(7), record(7)), INSTANCE, seen)
    assert (found.facts, found.is_new) == ({"a": 1}, True)


def test_another_resource_at_the_first_number_is_passed_over():
    """The two number spaces overlap: what is at 7 has 7 as its other number."""
    row, other = record(7, 8), record(6, 7, name="DB1")
    client = Api().answer(at(7), other).answer(at(8), row)
    seen = read_page(client, INSTANCE, seen_in(row))
    assert (seen.record["name"], seen.address) == ("WEB1", "8")


STRANGERS = {
    "name": record(6, 7, name="WEB2"),
    "service": record(7, 8, serviceId=6),
    "number": record(9, 10, serviceId=5),
    "numbers": record(6, 7, serviceId=5),
}


@pytest.mark.parametrize("what", sorted(STRANGERS))
def test_listed_row_whose_numbers_lead_to_another_resource_only(what):
    row = record(7, 8, serviceId=5)
    stranger = STRANGERS[what]
    client = api(row).answer(at(7), stranger).answer(at(8), None)
    with pytest.raises(UnexpectedAnswer, match="is listed, and its numbers lead to another resource: .*Nothing was"):
        read_page(client, INSTANCE, seen_in(row))


def test_page_in_another_case_and_with_its_service_in_another_spelling_is_the_same():
    row = record(7, 7, serviceId=5, serviceName="billing")
    shown = {**record(7, 7, name="web1"), "serviceName": "Billing"}
    assert read_page(Api().answer(at(7), shown), INSTANCE, seen_in(row)).record == shown


def test_row_whose_page_is_not_found_is_not_gone():
    row = record(7, 8)
    client = api(row).answer(at(7), None).answer(at(8), None)
    seen = read_page(client, INSTANCE, seen_in(row))
    assert bool(seen) and seen.is_unreadable and seen.record == row
    assert client.asked == [at(7), at(8), LIST]


@pytest.mark.parametrize("rows", [[], [record(7, 8, status="REMOVED")], [record(70, 80)], [record(7, 8, name="B")]])
def test_what_has_no_page_and_is_not_listed_any_more_is_gone(rows):
    client = api(*rows).answer(at(7), None).answer(at(8), None)
    assert not read_page(client, INSTANCE, seen_in(record(7, 8)))


def test_page_that_shows_removed_is_gone():
    removed = record(7, status="REMOVED")
    client = api(removed).answer(at(7), removed)
    assert not read_page(client, INSTANCE, seen_in(record(7)))


def test_sparse_row_is_read_under_its_id_first():
    row = {"id": 7, "name": "WEB1"}
    client = Api().answer(at(7), record(7, 8))
    seen = read_page(client, INSTANCE, seen_in(row))
    assert (seen.address, seen.number, seen.confirmed) == ("7", None, {OWN})
    assert client.asked == [at(7)]


def test_other_number_of_a_sparse_row_is_looked_up():
    row = {"id": 7, "name": "WEB1"}
    client = Api().answer(at(7), None).answer(at(7, RESOURCES), record(7, 8)).answer(at(8), record(7, 8))
    assert read_page(client, INSTANCE, seen_in(row)).address == "8"
    assert client.asked == [at(7), at(7, RESOURCES), at(8)]


def test_other_number_of_a_sparse_row_is_not_taken_from_another_resource():
    row = {"id": 7, "name": "WEB1"}
    client = api(row).answer(at(7), None).answer(at(7, RESOURCES), record(6, 7, name="DB1"))
    assert read_page(client, INSTANCE, seen_in(row)).is_unreadable
    assert at(6) not in client.asked


# Tags and comments: paths that show no identity


def test_generic_number_is_confirmed_by_the_resource_itself():
    row = record(7, 8)
    client = Api().answer(at(7, RESOURCES), row)
    seen = identity.confirm_generic(client, seen_in(row))
    assert (seen.number, GENERIC in seen.confirmed) == ("7", True)
    assert identity.confirm_generic(client, seen) is seen
    assert client.asked == [at(7, RESOURCES)]


def test_generic_path_may_take_the_other_number():
    row, other = record(7, 8), record(6, 7, name="DB1")
    client = Api().answer(at(7, RESOURCES), other).answer(at(8, RESOURCES), row)
    assert identity.confirm_generic(client, seen_in(row)).number == "8"


def test_generic_number_that_cannot_be_confirmed():
    row, other = record(7, 8), record(6, 7, name="DB1")
    client = Api().answer(at(7, RESOURCES), other).answer(at(8, RESOURCES), None)
    with pytest.raises(UnexpectedAnswer) as caught:
        identity.confirm_generic(client, seen_in(row))
    assert str(caught.value) == (
        "WEB1 (id 7, internalResourceId 8) cannot be confirmed as a resource: /compute/resources/7 shows DB1 (id 6, "
        "internalResourceId 7); /compute/resources/8 answers 404. Nothing was sent"
    )


# By a number that the user gives


def test_number_of_one_resource():
    client = Api().answer(at(7), record(7))
    seen = find(client, INSTANCE, {"id": 7})
    assert (seen.record["name"], seen.is_whole, seen.confirmed) == ("WEB1", True, {OWN, GENERIC})
    assert client.asked == [at(7)]


def test_number_that_the_answer_does_not_show():
    with pytest.raises(UnexpectedAnswer, match=r"GET /compute/instances/7 shows another resource: WEB1 \(id 9\)"):
        find(Api().answer(at(7), record(9)), INSTANCE, {"id": 7})


@pytest.mark.parametrize("given", [7, 8])
def test_either_number_of_a_resource_finds_it(given):
    """Its own page takes the second, ``/compute/resources`` the first."""
    shown = record(7, 8)
    client = Api().answer(at(8), shown).answer(at(7), None).answer(at(7, RESOURCES), shown)
    client.answer(at(8, RESOURCES), None).answer(RESOURCES, [])
    seen = find(client, INSTANCE, {"id": given})
    assert (seen.record["name"], seen.address) == ("WEB1", "8")


OVERLAP = record(7, 8, serviceId=5, serviceName="billing"), record(6, 7, "DB1", serviceId=6, serviceName="intranet")


def overlapping():
    """Own pages take the second number: 7 is DB1's there, and WEB1's in ``/compute/resources``."""
    web, database = OVERLAP
    client = Api().answer(at(7), database).answer(at(8), web).answer(at(7, RESOURCES), web)
    return client.answer("/compute/services", SERVICES)


def test_number_of_two_resources_is_refused_and_names_both():
    with pytest.raises(Ambiguous) as caught:
        find(overlapping(), INSTANCE, {"id": 7})
    assert str(caught.value) == (
        "7 is the number of several resources: DB1 (id 6, internalResourceId 7, in service intranet) and WEB1 (id 7, "
        "internalResourceId 8, in service billing); narrow with name or service"
    )


@pytest.mark.parametrize(
    "wanted, name",
    [
        ({"name": "WEB1"}, "WEB1"),
        ({"name": "db1"}, "DB1"),
        ({"service": "billing"}, "WEB1"),
        ({"service": "6"}, "DB1"),
    ],
    ids=str,
)
def test_name_or_service_narrows_the_number_of_two(wanted, name):
    assert find(overlapping(), INSTANCE, {"id": 7, **wanted}).record["name"] == name


def test_name_of_neither_does_not_narrow():
    client = overlapping().answer(LIST, [record(9, name="OTHER")])
    with pytest.raises(Ambiguous):
        find(client, INSTANCE, {"id": 7, "name": "OTHER"})


def test_a_number_that_no_path_takes_is_found_by_the_name_beside_it():
    meant, other = (record(one, two, name=name) for one, two, name in ((5, 7, "MEANT"), (7, 5, "OTHER")))
    client = Api().answer(at(7), other).answer(at(7, RESOURCES), other).answer(LIST, [meant]).answer(at(5), meant)
    assert find(client, INSTANCE, {"id": 7, "name": "MEANT"}).record == meant


def test_twins_that_have_each_others_numbers_are_told_apart():
    one, other = record(5, 7, name="TWIN"), record(7, 5, name="TWIN")
    client = Api().answer(at(5), other).answer(at(7), one).answer(at(5, RESOURCES), one).answer(at(7, RESOURCES), other)
    assert identity.page(client, INSTANCE.path, identity.of_row(one))[0].record == one
    assert not identity.are_same(one, other)
    with pytest.raises(Ambiguous):
        find(client, INSTANCE, {"id": 5})


def test_a_namesake_elsewhere_is_not_what_is_gone():
    gone = record(5, 7, name="TWIN", serviceId=1)
    namesake = record(7, 5, name="TWIN", serviceId=2)
    client = Api().answer(at(5), None).answer(at(7), None).answer(LIST, [namesake])
    assert not read_page(client, INSTANCE, Seen(gone))


def test_unknown_number():
    client = Api().answer(at(7), None).answer(at(7, RESOURCES), None).answer(RESOURCES, [])
    assert find(client, INSTANCE, {"id": 7}).record is None


def test_number_of_another_kind():
    database = record(7, name="pg")
    client = Api().answer(at(7), None).answer(at(7, RESOURCES), database).answer(LIST, [])
    with pytest.raises(NotFound, match=r"belongs to pg \(id 7\), which cannot be read below /compute/instances"):
        find(client, INSTANCE, {"id": 7})


def test_number_that_is_listed_though_no_page_takes_it_is_not_absent():
    row = record(7, 8)
    client = Api().answer(RESOURCES, [row])
    for path in (LIST, RESOURCES):
        client.answer(at(7, path), None).answer(at(8, path), None)
    with pytest.raises(NotFound, match="the id 7 belongs to WEB1"):
        find(client, INSTANCE, {"id": 7})


@pytest.mark.parametrize("listed", [[], [record(7, status="REMOVED")]], ids=["gone", "removed"])
def test_removed_by_number(listed):
    client = Api().answer(at(7), record(7, status="REMOVED"))
    assert not find(client, INSTANCE, {"id": 7})
    client = Api().answer(at(7), None).answer(at(7, RESOURCES), None).answer(RESOURCES, listed)
    assert not find(client, INSTANCE, {"id": 7})


# Values


@pytest.mark.parametrize(
    "shown, expected",
    [
        (record(7, 8), ["7", "8"]),
        (record(7), ["7"]),
        ({"id": "7", "internalResourceId": 7}, ["7"]),
        ({"id": 7}, ["7"]),
        ({"internalResourceId": 8}, ["8"]),
        ({"id": True, "internalResourceId": "x7"}, []),
        ({}, []),
    ],
    ids=str,
)
def test_numbers_of_a_record(shown, expected):
    assert identity.numbers(shown) == expected


def test_path_is_filled_in_from_its_own_number():
    seen = Seen(record(7, 8), number="7", address="8")
    assert seen.path("/compute/instances/{address}") == "/compute/instances/8"
    assert seen.path("/compute/resources/{number}/tags") == "/compute/resources/7/tags"

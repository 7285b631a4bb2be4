# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings are read completely while rows come and go between two pages."""

from __future__ import annotations

import random
import threading

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import paging
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import ApiError, PartialListing, UnexpectedAnswer


class Listing:
    """A listing in a fixed order, of which ``change(self)`` makes another one before each answer but the first."""

    def __init__(self, count, change=None, cap=2000, **about):
        self.rows = [float(number) for number in range(count)]
        self.stayed, self.change, self.cap, self.about = set(self.rows), change, cap, about
        self.asked, self._lock = [], threading.Lock()

    def leave(self, index):
        self.stayed.discard(self.rows.pop(index))

    def join(self, index):
        """A row between those that are there; its place in the order does not change either."""
        before = self.rows[index - 1] if index else self.rows[0] - 2
        after = self.rows[index] if index < len(self.rows) else before + 2
        self.rows.insert(index, (before + after) / 2)

    def get(self, path, query):
        with self._lock:
            if self.asked and self.change:
                self.change(self)
            self.asked.append(query)
            return self.page(self.ordered(query), query["page"], self.size(query))

    def ordered(self, query):
        return self.rows

    def size(self, query):
        return min(query["size"], self.cap)

    def page(self, rows, number, size):
        shown = [{"id": "%r" % row} for row in rows[number * size : (number + 1) * size]]
        total, pages = len(rows), -(-len(rows) // size)
        page = {"content": shown, "totalElements": total, "totalPages": pages, "size": size}
        return {**page, "last": number >= pages - 1, **self.about}

    def lost(self, rows):
        """What was listed all the time and is not among these rows."""
        return self.stayed - {float(row["id"]) for row in rows}


def read(listing, size, **options):
    return paging.read_all(listing.get, "/compute/instances", {}, size, **options)


def swap(listing):
    """A row leaves at the front and another joins at the end: the total stays."""
    listing.leave(0)
    listing.join(len(listing.rows))


def nothing(listing):
    pass


def in_turn(*changes):
    """A change of the estate that is each of these once, and then nothing."""
    left = list(changes)

    def change(listing):
        (left.pop(0) if left else nothing)(listing)

    return change


@pytest.mark.parametrize("size", [3, 10, 50, 200])
@pytest.mark.parametrize("about", [{}, dict(totalPages=None, totalElements=None)], ids=["totals", "no totals"])
def test_row_that_moves_to_a_page_that_was_read_is_not_lost(size, about):
    listing = Listing(1000, in_turn(swap), **about)
    assert listing.lost(read(listing, size)) == set()


@pytest.mark.parametrize("seed", range(60))
def test_nothing_that_is_listed_all_the_time_is_ever_missing(seed):
    """Either all of it is there, or the listing is an error; and it is an error only while much changes."""
    chosen = random.Random(seed)
    busy = chosen.choice([0.0, 0.1, 0.5, 1.0])

    def change(listing):
        while chosen.random() < busy and len(listing.rows) > 5:
            if chosen.random() < 0.5:
                listing.leave(chosen.randrange(len(listing.rows)))
            if chosen.random() < 0.5:
                listing.join(chosen.randrange(len(listing.rows) + 1))
            if chosen.random() < 0.5:
                swap(listing)
            if busy == 1.0:
                break

    for _try in range(10):
        listing = Listing(chosen.randint(0, 400), change, cap=chosen.choice([7, 50, 2000]))
        try:
            rows = read(listing, chosen.choice([1, 2, 3, 7, 20, 100]))
        except PartialListing:
            assert busy > 0
        else:
            assert listing.lost(rows) == set()
            assert len(rows) == len({row["id"] for row in rows})


@pytest.mark.parametrize("count, size", [(10000, 1000), (50000, 1000), (450, 200), (9850, 1000)])
def test_overlap_costs_one_row_in_a_hundred(count, size):
    listing = Listing(count)
    assert len(read(listing, size)) == count
    assert len(listing.asked) <= -(-count // size) * 1.02 + 2
    assert max(query["size"] for query in listing.asked) == size


def test_what_fits_a_page_is_one_request_as_it_is_asked_for():
    listing = Listing(200)
    assert len(read(listing, 200)) == 200
    assert listing.asked == [{"page": 0, "size": 200}]


def test_more_overlap_where_much_changes():
    def change(listing):
        for _row in range(3):
            swap(listing)

    listing = Listing(1000, change)
    assert listing.lost(read(listing, 200)) == set()
    assert len(listing.asked) > 6  # the first try was not enough, the second was


class FixedSize(Listing):
    """A server that cuts pages as it likes."""

    def size(self, query):
        return 20


@pytest.mark.parametrize("about", [{}, {"size": None}], ids=["it says so", "it does not"])
def test_server_that_cuts_pages_as_it_likes_is_read_twice(about):
    listing = FixedSize(100, **about)
    assert len(read(listing, 50)) == 100
    listing = FixedSize(100, in_turn(*[nothing] * 4, swap), **about)
    try:
        assert listing.lost(read(listing, 50)) == set()
    except PartialListing:
        assert about  # then it has to be an error


class Shuffled(Listing):
    """A server that has an order only where it is asked for one; ``knows`` sort, or refuses it with that status."""

    knows = True

    def ordered(self, query):
        if "sort" not in query:
            return random.sample(self.rows, len(self.rows))
        if self.knows is not True:
            raise ApiError("no", self.knows, "GET", "/compute/instances")
        return self.rows


def test_order_is_asked_for_where_there_seems_to_be_none():
    listing = Shuffled(200)
    assert listing.lost(read(listing, 50)) == set()
    assert {query.get("sort") for query in listing.asked} == {None, "id"}


@pytest.mark.parametrize("status", [400, 422])
def test_server_that_cannot_sort_has_no_complete_listing(status):
    listing = Shuffled(200)
    listing.knows = status
    with pytest.raises(PartialListing, match="rows, and the API says 200|changes faster"):
        read(listing, 50)


def test_own_order_stays():
    listing = Listing(500)
    paging.read_all(listing.get, "/compute/instances", {"sort": "name,desc"}, 100)
    assert {query["sort"] for query in listing.asked} == {"name,desc"}


@pytest.mark.parametrize("total", ["many", -1, [], {}, True])
def test_total_that_is_none_is_said(total):
    with pytest.raises(UnexpectedAnswer, match="totalElements is"):
        read(Listing(30, totalElements=total), 10)


@pytest.mark.parametrize("about", [dict(totalElements=None), dict(totalPages=None), dict(last=None, totalPages=None)])
def test_what_a_page_does_not_tell_is_found_out(about):
    listing = Listing(35, **about)
    assert listing.lost(read(listing, 10)) == set()


def test_lost_pages_are_told_of_and_the_others_are_there():
    listing = Listing(50)
    answer = listing.get

    def get(path, query):
        if query["page"] == 1:
            raise ApiError("the platform failed", 500, "GET", path)
        return answer(path, query)

    listing.get, problems = get, []
    rows = read(listing, 10, lost=problems.append)
    assert [str(problem) for problem in problems] == ["the platform failed"]
    assert 40 <= len(rows) < 50


def test_first_page_that_is_lost_leaves_nothing():
    def get(path, query):
        raise ApiError("the platform failed", 500, "GET", path)

    problems = []
    assert paging.read_all(get, "/compute/instances", {}, 10, lost=problems.append) is None
    assert len(problems) == 1


SILENT = dict(totalElements=None, totalPages=None, last=None, size=None)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 7, 20, 21, 40, 41, 100])
@pytest.mark.parametrize("cap", [7, 20, 2000])
def test_pages_that_are_capped_and_say_nothing_are_all_read(count, cap):
    """A short first page may be the whole listing, or as much as the server gives at a time."""
    listing = Listing(count, cap=cap, **SILENT)
    assert len(read(listing, 100)) == count


def test_total_beyond_a_page_without_a_size_is_read_on():
    listing = Listing(100, cap=20, totalPages=None, last=None, size=None)
    assert len(read(listing, 1000)) == 100


def test_silent_listing_that_knows_no_pages_is_what_it_answers():
    rows = [{"id": number} for number in range(5)]
    assert paging.read_all(lambda path, query: {"content": list(rows)}, "/analytics/matomo", {}, 100) == rows


def test_silent_listing_that_knows_a_size_and_no_pages_is_not_complete():
    rows = [{"id": number} for number in range(100)]
    with pytest.raises(PartialListing, match="brings nothing new"):
        paging.read_all(lambda path, query: {"content": rows[: query["size"]]}, "/analytics/matomo", {}, 50)


def test_two_things_with_one_id_in_one_page_are_both_there():
    rows = [{"id": 3, "name": "one"}, {"id": 3, "name": "other"}]
    page = {"content": rows, "totalElements": 2, "totalPages": 1}
    assert paging.read_all(lambda path, query: page, "/compute/resources", {}, 50) == rows

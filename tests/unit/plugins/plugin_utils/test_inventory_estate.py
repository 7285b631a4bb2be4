# SPDX-License-Identifier: GPL-3.0-or-later
"""Joining two listings of an estate that changes while they are read."""

from __future__ import annotations

from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_estate


class Reader:
    """Answers each question with what it knows, and keeps the questions."""

    def __init__(self, known=None, problems=()):
        self.known, self.problems, self.asked = known or {}, list(problems), []

    def listings(self, wanted):
        self.asked += [listing.query["ids"] for listing in wanted]
        return [[{"id": one, "tags": self.known.get(one, ())} for one in listing.query["ids"]] for listing in wanted]

    def each(self, items, function):
        return [function(item) for item in items]


def listed(ids):
    return [{"id": one} for one in ids]


def row(one, *tags):
    return {"id": one, "tags": list(tags)}


def test_tags_of_what_both_listings_have_are_not_asked_for_again():
    reader = Reader()
    assert inventory_estate._tags(None, reader, [row(1, "a"), row(2)], listed([1, 2])) == {"1": ["a"]}
    assert reader.asked == []


def test_what_the_listing_of_tags_lacks_is_asked_for_a_hundred_at_a_time():
    reader = Reader({2: ["b"]})
    assert inventory_estate._tags(None, reader, [row(1, "a")], listed(range(1, 252))) == {"1": ["a"], "2": ["b"]}
    assert [len(ids) for ids in reader.asked] == [100, 100, 50]


def test_nothing_more_is_asked_of_a_platform_that_fails():
    reader = Reader(problems=["the platform failed"])
    assert inventory_estate._tags(None, reader, [row(1, "a")], listed([1])) == {"1": ["a"]}
    assert reader.asked == []
    inventory_estate._tags(None, reader, [row(1, "a")], listed([1, 2]))
    assert reader.asked == []

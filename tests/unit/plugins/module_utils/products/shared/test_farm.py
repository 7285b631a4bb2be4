# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rows of a listing of several kinds count, and what the rules for values say."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.identity import search
from ansible_collections.cegedim.cloud.plugins.module_utils.products.redis import REDIS
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm import (
    BROKERS,
    DATABASES,
    same_version,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm_listing import farm_listing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.rules import farm_name, strong, within


class Client:
    """Lists these rows, and has these pages."""

    def __init__(self, rows, pages=None):
        self.rows = rows
        self.shown = pages or {}
        self.asked = []

    def pages(self, path, query, keep=None):
        assert (path, query) == ("/databases", {"names": ["cache"]})
        return self.rows

    def find(self, path, *_query):
        self.asked.append(path)
        return self.shown.get(path)


ROW = {"id": 7, "internalResourceId": 7, "name": "cache"}


def found(**client):
    one = Client(**client)
    return search(one, REDIS, "cache"), one.asked


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"type": "REDIS"}, "redis"),
        ({"path": "/databases/redis/7"}, "redis"),
        ({"technology": "MariaDB"}, "mariadb"),
        ({"productName": "SQL Server 2022"}, "sqlserver"),
        ({"resourceType": "POSTGRESQL"}, "postgresql"),
        ({"family": "OpenSearch"}, "opensearch"),
        ({"family": "Databases"}, None),
        ({}, None),
    ],
)
def test_kind_that_a_row_says(said, kind):
    assert DATABASES.kind_of({**ROW, **said}) == kind


def test_each_listing_has_its_own_kinds():
    assert BROKERS.kind_of({"type": "RABBITMQ"}) == "rabbitmq"
    assert DATABASES.kind_of({"type": "RABBITMQ"}) is None


def test_row_that_says_its_kind_costs_no_request():
    row = {**ROW, "type": "REDIS"}
    assert found(rows=[row]) == ([row], [])


@pytest.mark.parametrize("said", ["POSTGRESQL", "MARIADB", "SQLSERVER", "OPENSEARCH"])
def test_row_of_another_kind_does_not_count(said):
    """Even where the path of this kind shows something of that number and name."""
    assert found(rows=[{**ROW, "type": said}], pages={"/databases/redis/7": ROW}) == ([], [])


def test_silent_row_counts_where_its_own_path_shows_it():
    assert found(rows=[ROW], pages={"/databases/redis/7": ROW}) == ([ROW], ["/databases/redis/7"])


def test_silent_row_does_not_count_where_its_own_path_shows_nothing():
    rows, asked = found(rows=[ROW])
    assert rows == [] and "/databases/redis/7" in asked


def test_silent_row_does_not_count_where_its_own_path_shows_another_one():
    other = {**ROW, "name": "sessions", "internalResourceId": 8}
    assert found(rows=[ROW], pages={"/databases/redis/7": other})[0] == []


@pytest.mark.parametrize(
    ("said", "pages", "is_shown", "is_whole"),
    [
        ({"type": "REDIS"}, {}, True, False),
        ({"type": "MARIADB"}, {"/databases/redis/7": ROW}, False, False),
        ({}, {"/databases/redis/7": ROW}, True, True),
        ({}, {}, False, False),
    ],
)
def test_info_modules_show_what_is_of_their_kind_and_keep_the_page_that_was_read(said, pages, is_shown, is_whole):
    client = Client([{**ROW, **said}], pages)
    listing = farm_listing("redis", "/databases/redis", DATABASES)
    shown = listing.read(client, {**dict.fromkeys(listing.arguments()), "names": ["cache"], "gather": []}).result
    assert [row["source"] for row in shown["redis"]] == (["details" if is_whole else "listing"] if is_shown else [])


def test_info_module_of_a_product_with_a_listing_of_its_own_takes_every_row():
    listing = farm_listing("glusterfs", "/storage/glusterfs")
    assert (listing.path, listing.kind_of) == ("/storage/glusterfs", None)


def test_name_that_no_farm_may_have():
    rule = farm_name("[a-z]{3,9}", "3 to 9 lowercase letters")
    assert rule("shop") is None
    words = "is not allowed: use 3 to 9 lowercase letters, and not the word cluster"
    assert rule("Shop") == "name: 'Shop' %s" % words
    assert rule("cluster") == "name: 'cluster' %s" % words


def test_bounds_belong_to_them():
    rule = within("disk_size", 40, 1024, "GB")
    assert [rule(value) for value in (40, 1024)] == [None, None]
    assert rule(39) == "disk_size: 39 is not within 40 to 1024 GB"


def test_password_rule_never_says_the_password():
    assert "sesame" not in strong(12)("sesame") + strong(1, 3)("sesame")


@pytest.mark.parametrize(
    ("wanted", "shown", "expected"),
    [
        ("15", "15.4", True),
        ("15.4", "15", True),
        ("15", 15, True),
        ("v7.2", "7.2", True),
        ("15.4", "15.6", False),
        ("1", "15", False),
        ("7.2", "Redis 7.2.4", True),
        ("7.2", "Redis 6.2.4", False),
        ("10.11", "MariaDB_10.11 LTS", True),
        ("2.19.0", "OpenSearch v2.19", True),
        ("Redis 7.2", "7.2", True),
    ],
)
def test_same_version(wanted, shown, expected):
    assert same_version(wanted, shown) is expected


def test_empty_version_is_not_shown():
    (version,) = (one for one in REDIS.fields if one.name == "version")
    assert version.shown({"version": "7.2"}) == "7.2" and version.shown({"version": ""}) is None

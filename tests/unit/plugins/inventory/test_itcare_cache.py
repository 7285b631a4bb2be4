# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of the inventory: when it is used, when not, and what is in it."""

from __future__ import annotations

import json
import os
import time

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.cegedim.cloud.plugins.inventory import itcare
from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_cache

PAYLOAD = "__payload__"


def entries(tmp_path):
    return sorted((tmp_path / "cache").glob("*"))


def entry_of(path):
    """The entry in a file of the cache; since ansible-core 2.19 it is a text in an entry of core's own."""
    entry = json.loads(path.read_text())
    return json.loads(entry[PAYLOAD]) if PAYLOAD in entry else entry


def age(tmp_path, seconds):
    """Make all entries that much older."""
    for path in entries(tmp_path):
        entry = entry_of(path)
        entry["stored"] -= seconds
        path.write_text(json.dumps({PAYLOAD: json.dumps(entry)} if PAYLOAD in json.loads(path.read_text()) else entry))
        os.utime(path, (time.time() - seconds,) * 2)


def test_hit_makes_no_request_and_no_login(cached, sim):
    first = cached()
    sim.clear_journal()
    second = cached()
    assert second.data.get_groups_dict() == first.data.get_groups_dict()
    assert {name: second.vars(name) for name in second.hosts} == {name: first.vars(name) for name in first.hosts}
    assert sim.journal.entries() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {"compose": {"x": "itcare.name"}},
        {"include": "itcare.cpu > 2"},
        {"hostnames": ["ip_address"]},
        {"default_groups": []},
        {"vars_style": "prefixed"},
        {"keyed_groups": [{"key": "itcare.family"}]},
        {"page_size": 10},
        {"duplicates": "first"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_made_of_the_data_may_change_without_reading_again(cached, sim, change):
    cached()
    sim.clear_journal()
    cached(**change)
    assert sim.journal.entries() == []


@pytest.mark.parametrize(
    "change",
    [
        {"services": ["billing"]},
        {"tags": {"tier": "web"}},
        {"monitoring_status": True},
        {"resource_types": ["instances", "databases"]},
        {"read_tags": False},
        {"hostnames": ["dns_alias", "name"]},
        {"scope": "openid"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_filters_or_another_account_are_another_entry(cached, sim, tmp_path, change):
    cached()
    sim.clear_journal()
    cached(**change)
    assert sim.requests() != []
    assert len(entries(tmp_path)) == 2


def test_each_token_has_its_own_entry(cached, sim, tmp_path, auth):
    cached()
    with pytest.raises(AnsibleParserError):  # and never what another account saw
        cached(access_token="another", client_id=None, client_secret=None)


def test_old_entry_is_read_again(cached, sim, tmp_path):
    cached(cache_timeout=100)
    age(tmp_path, 101)
    sim.clear_journal()
    cached(cache_timeout=100)
    assert sim.requests() != []


def test_entry_without_an_end(cached, sim, tmp_path):
    cached(cache_timeout=0)
    age(tmp_path, 10**6)
    sim.clear_journal()
    cached(cache_timeout=0)
    assert sim.requests() == []


@pytest.mark.slow
def test_flushed_cache_is_read_anew_and_stored(cached, sim):
    cached()
    sim.add_instance("LATE", "sandbox")
    assert "LATE" not in cached().hosts
    assert "LATE" in cached(flush=True).hosts
    assert "LATE" in cached().hosts


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "reset_before"}, {"kind": "short_page"}])
def test_stale_entry_where_the_platform_fails(cached, sim, tmp_path, fault):
    stale = dict(cache_stale_if_error=True, cache_timeout=100, retry_timeout=0.5)
    names = cached(**stale).hosts
    age(tmp_path, 5000)
    sim.fault(**fault, operation="list_instances", times=-1)
    found = cached(**stale)
    assert found.hosts == names
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("ITCare cannot be read, so what was read 500")
    sim.clear_faults()
    sim.add_instance("LATE", "sandbox")
    assert "LATE" in cached(**stale).hosts


@pytest.mark.slow
def test_stale_entry_where_the_login_is_down(cached, sim, tmp_path):
    stale = dict(cache_stale_if_error=True, cache_timeout=100, retry_timeout=0.5, token_store=False)
    names = cached(**stale).hosts
    age(tmp_path, 5000)
    sim.fault("status", token=True, status=503, times=-1)
    assert cached(**stale).hosts == names


def test_stale_entries_without_a_cache(inventory):
    found = inventory(services=["sandbox"], cache_stale_if_error=True)
    assert found.warnings == ["cache_stale_if_error has no effect, since cache is false."]


@pytest.mark.slow
def test_stale_entry_is_not_used_unless_asked_for(cached, sim, tmp_path):
    cached(cache_timeout=100)
    age(tmp_path, 101)
    sim.fault("status", operation="list_instances", status=500, times=-1)
    with pytest.raises(AnsibleParserError, match="the platform failed"):
        cached(cache_timeout=100)


@pytest.mark.slow
def test_refused_account_gets_no_stale_entry(cached, sim, tmp_path):
    stale = dict(cache_stale_if_error=True, cache_timeout=100)
    cached(**stale)
    age(tmp_path, 101)
    sim.fault("status", operation="list_instances", status=403, times=-1)
    with pytest.raises(AnsibleParserError, match="does not allow"):
        cached(**stale)


@pytest.mark.slow
def test_flush_wants_no_stale_entry(cached, sim):
    cached(cache_stale_if_error=True)
    sim.fault("status", operation="list_instances", status=500, times=-1)
    with pytest.raises(AnsibleParserError, match="the platform failed"):
        cached(cache_stale_if_error=True, flush=True)


@pytest.mark.slow
def test_partial_result_is_never_stored(cached, sim, tmp_path):
    sim.fault("status", operation="list_resources", status=500, after=1, times=-1)
    assert cached(on_partial="warn", page_size=5).warnings
    assert entries(tmp_path) == []
    sim.clear_faults()
    cached(on_partial="warn", page_size=5)
    assert len(entries(tmp_path)) == 1


STALE_OR_PARTIAL = dict(cache_stale_if_error=True, on_partial="warn", cache_timeout=100, page_size=5, retry_timeout=0.5)


@pytest.mark.parametrize(
    "fault",
    [dict(operation="list_instances", after=1), dict(operation="list_resources", after=1)],
    ids=["rows", "tags"],
)
def test_stale_and_complete_entry_is_better_than_a_new_part(cached, sim, tmp_path, fault):
    before = cached(**STALE_OR_PARTIAL)
    age(tmp_path, 5000)
    sim.fault("status", status=500, times=-1, **fault)
    found = cached(**STALE_OR_PARTIAL)
    assert found.data.get_groups_dict() == before.data.get_groups_dict()
    assert len(found.warnings) == 1 and found.warnings[0].startswith("ITCare cannot be read, so what was read 500")


def test_part_is_taken_where_there_is_no_entry_or_none_is_wanted(cached, sim, tmp_path):
    sim.fault("status", operation="list_resources", status=500, after=1, times=-1)
    assert "not complete" in cached(**STALE_OR_PARTIAL).warnings[0]
    assert entries(tmp_path) == []
    sim.clear_faults()
    cached(**STALE_OR_PARTIAL)
    age(tmp_path, 5000)
    sim.fault("status", operation="list_resources", status=500, after=1, times=-1)
    assert "not complete" in cached(**{**STALE_OR_PARTIAL, "cache_stale_if_error": False}).warnings[0]


def test_what_the_account_may_no_longer_read_is_not_taken_from_a_stale_entry(cached, sim, tmp_path):
    cached(**STALE_OR_PARTIAL)
    age(tmp_path, 5000)
    sim.fault("status", operation="list_resources", status=403, times=-1)
    found = cached(**STALE_OR_PARTIAL)
    assert "not complete" in found.warnings[0]
    assert not [name for name in found.data.groups if name.startswith("tag_")]


@pytest.mark.parametrize(
    "one, other",
    [
        ({"resource_types": ["instances", "databases"]}, {"resource_types": ["databases", "instances", "databases"]}),
        ({"environments": ["PRODUCTION", "QA"]}, {"environments": ["QA", "PRODUCTION"]}),
        ({"clouds": [101, 102]}, {"clouds": [102, 101]}),
    ],
    ids=lambda options: next(iter(options)),
)
def test_order_makes_no_new_entry(cached, sim, tmp_path, one, other):
    first = cached(**one)
    sim.clear_journal()
    assert cached(**other).data.get_groups_dict() == first.data.get_groups_dict()
    assert sim.requests() == [] and len(entries(tmp_path)) == 1


def test_entry_has_no_secret_and_only_plain_values(cached, tmp_path, auth):
    cached()
    (path,) = entries(tmp_path)
    entry = entry_of(path)
    estate = json.dumps(inventory_cache.unpack(entry, itcare.InventoryModule.PARTS))
    for secret in (auth["client_secret"], "Bearer", "access_token"):
        assert secret not in path.read_text() + path.name + estate
    assert {name: type(value) for name, value in entry.items()} == {"schema": int, "stored": float, "estate": str}


@pytest.mark.parametrize("text", ["{}", '{"schema": 0}', '{"schema": 2, "stored": 1e12, "estate": "x"}', '"text"'])
def test_damaged_entry_is_read_again(cached, sim, tmp_path, text):
    names = cached().hosts
    (path,) = entries(tmp_path)
    path.write_text(json.dumps({PAYLOAD: text}) if PAYLOAD in path.read_text() else text)
    assert cached().hosts == names


@pytest.mark.parametrize("estate", [{}, [], None, "text", {"hosts": {}}])
def test_entry_that_holds_no_estate_is_read_again(cached, tmp_path, estate):
    names = cached().hosts
    (path,) = entries(tmp_path)
    text = json.dumps(inventory_cache.pack(estate))
    path.write_text(json.dumps({PAYLOAD: text}) if PAYLOAD in path.read_text() else text)
    assert cached().hosts == names


@pytest.mark.parametrize("text", ["{", '"text"', "[]"])
def test_unreadable_file_is_read_again(cached, tmp_path, text):
    names = cached().hosts
    (path,) = entries(tmp_path)
    path.write_text(text)
    assert cached().hosts == names


def test_cache_in_memory_works(cached, sim):
    assert cached(cache_plugin="memory", cache_connection=None).hosts == cached().hosts

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory asks of the platform, and what it makes of a platform that fails or changes meanwhile."""

from __future__ import annotations

import gc
import json
import math
import tracemalloc
import weakref

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result
from ansible_collections.cegedim.cloud.plugins.module_utils.transport import CONNECTIONS
from ansible_collections.cegedim.cloud.tests.simulator import Simulator

SOME = 50  # hosts, in pages of ten


@pytest.fixture
def many(sim):
    """A few more machines in one service, each with a tag."""
    sim.add_instances(SOME, service=44423, tags=[{"tagKey": "bulk", "tagValue": "yes"}])
    return {"services": [44423], "page_size": 10}


def expected(sim):
    return sorted(record["name"] for record in sim.state.live("instance") if record["serviceId"] == 44423)


def fails(run, **options):
    with pytest.raises(AnsibleParserError) as failure:
        run(**options)
    return str(failure.value)


def test_requests_are_the_pages_of_two_listings_and_a_token(inventory, sim, many):
    found = inventory(**many)
    assert found.hosts == expected(sim)
    assert len(sim.requests()) == 2 * (math.ceil(SOME / 10) + 2)  # small pages overlap by a tenth
    assert len(sim.token_requests()) == 1
    assert sim.connections() <= 17


def test_stored_token_saves_the_login(inventory, sim):
    inventory()
    sim.clear_journal()
    inventory()
    assert sim.token_requests() == []


def test_without_tags_there_is_one_listing(inventory, sim, many):
    found = inventory(**many, read_tags=False)
    assert {entry["operation"] for entry in sim.requests()} == {"list_instances"}
    assert found.itcare("BULK000001")["tags"] == {}
    assert not [name for name in found.data.groups if name.startswith("tag")]


def test_hostname_by_a_tag_needs_the_tags(inventory):
    assert fails(inventory, hostnames=["tag:name"], read_tags=False) == "hostnames: tag:name needs read_tags"


def test_page_size_that_the_platform_cuts(inventory, sim, many):
    sim.configure(page_max_size=7)
    assert inventory(**many).hosts == expected(sim)
    assert {int(entry["query"]["size"]) for entry in sim.requests(operation="list_instances")[1:]} <= set(range(2, 8))


def test_token_that_ends_between_pages_is_renewed(inventory, sim, many):
    sim.fault("status", operation="list_instances", status=401, after=2)
    assert inventory(**many).hosts == expected(sim)
    assert len(sim.token_requests()) == 2


def test_page_that_fails_once_is_read_again(inventory, sim, many):
    sim.fault("error_before", operation="list_instances", after=2)
    sim.fault("reset_before", operation="list_resources", after=1)
    found = inventory(**many)
    assert found.hosts == found.members("tag_bulk_yes") == expected(sim)
    assert found.warnings == []


@pytest.mark.slow
def test_page_that_fails_for_good_fails_the_inventory(inventory, sim, many):
    sim.fault("error_before", operation="list_instances", after=2, times=-1)
    assert fails(inventory, **many, retry_timeout=1).startswith("the platform is not available (GET /compute/instances")


@pytest.mark.slow
def test_page_that_fails_for_good_may_be_left_out(inventory, sim, many):
    sim.fault("status", operation="list_instances", status=500, after=4, times=-1)
    found = inventory(**many, on_partial="warn")
    assert 30 <= len(found.hosts) <= 40
    assert [warning.split(" (")[0] for warning in found.warnings] == [
        "The inventory is not complete: the platform failed"
    ]


@pytest.mark.slow
def test_tags_that_fail_for_good_may_be_left_out(inventory, sim, many):
    sim.fault("status", operation="list_resources", status=500, after=1, times=-1)
    found = inventory(**many, on_partial="warn")
    assert found.hosts == expected(sim)
    assert len(found.members("tag_bulk_yes")) == 10
    assert len(found.warnings) == 2
    assert "the tags of 40 of 50 resources are not known" in found.warnings[-1]


@pytest.mark.slow
def test_nodes_that_fail_for_good_may_be_left_out(inventory, sim):
    sim.fault("status", operation="list_resource_nodes", status=501)
    whole = inventory(resource_types=["databases"], on_partial="warn")
    assert len(whole.warnings) == 1
    assert len(whole.hosts) < len(inventory(resource_types=["databases"]).hosts)


def test_nothing_at_all_is_no_partial_inventory(inventory, sim):
    sim.fault("status", operation="list_instances", status=500, times=-1)
    assert "the platform failed" in fails(inventory, on_partial="warn", retry_timeout=0.2)


@pytest.mark.parametrize("change", ["insert", "remove"])
@pytest.mark.parametrize("operation", ["list_instances", "list_resources"])
def test_estate_that_changes_between_pages_is_read_again(inventory, sim, many, operation, change):
    sim.fault("stale_page", operation=operation, after=2, change=change)
    found = inventory(**many)
    assert len(found.hosts) == len(set(found.hosts)) >= SOME - 1
    stayed = {name for name in expected(sim) if not name.endswith("NEW")}
    assert stayed <= set(found.hosts)
    assert found.warnings == []


def test_row_that_comes_twice_is_one_host(inventory, sim, many):
    sim.fault("duplicate_row", operation="list_instances", after=1)
    assert inventory(**many).hosts == expected(sim)


def test_listing_that_never_adds_up_fails(inventory, sim, many):
    sim.fault("short_page", operation="list_instances", times=-1)
    assert fails(inventory, **many).startswith("/compute/instances could not be read completely: ")


def test_listing_that_never_adds_up_may_be_taken_as_it_is(inventory, sim, many):
    sim.fault("short_page", operation="list_instances", times=-1)
    found = inventory(**many, on_partial="warn")
    assert 0 < len(found.hosts) < SOME
    assert "could not be read completely" in found.warnings[0]


def test_answer_that_is_no_page_fails(inventory, sim):
    sim.fault("status", operation="list_instances", status=200, body="[[]]", content_type="application/json", times=-1)
    assert fails(inventory).startswith("GET /compute/instances answered something other than documented: [0] is a list")


def test_dns_aliases_are_asked_for_only_where_they_are_wanted(inventory, sim):
    inventory()
    assert sim.requests(operation="list_resource_dns_aliases") == []
    found = inventory(hostnames=["dns_alias", "name"])
    assert found.itcare("web1.acme.example")["dns_aliases"] == ["web1.acme.example"]
    assert len(sim.requests(operation="list_resource_dns_aliases")) == len(found.hosts)


@pytest.fixture(scope="module")
def large():
    with Simulator(instances=10000) as simulator:
        yield simulator


@pytest.mark.slow
def test_ten_thousand_hosts_are_those_of_the_platform(inventory, large):
    account = dict(api_url=large.api_url, token_url=large.token_url)
    found = inventory(**account, compose={"gateway": "itcare.network.gateway"})
    shown = [large.state.view(record, "Instance") for record in large.state.live("instance")]
    names = {found.itcare(name)["id"]: name for name in found.hosts}
    assert len(found.hosts) == len(names) == len(shown) > 10000
    spelling = {key: next(iter(to_result({key: None}))) for view in shown for key in view}
    for number, view in enumerate(shown):
        variables = found.vars(names[view["id"]])
        for key, value in view.items():
            if not isinstance(value, (dict, list)):
                assert variables["itcare"][spelling[key]] == value
        if number % 50 == 0:  # this spelling of whole records is slow
            assert {spelling[key]: variables["itcare"][spelling[key]] for key in view} == to_result(view)
        assert variables["ansible_host"] == view["ipAddress"]
        assert variables["gateway"] == view["network"]["gateway"]
        groups = {group.name for group in found.data.hosts[names[view["id"]]].groups}
        assert {
            "service_" + view["serviceName"].replace("-", "_"),
            "environment_" + view["environment"],
            "zone_" + view["labelAvailabilityZone"].replace("-", "_"),
        } <= groups
    assert len(large.requests()) == 2 * 11
    assert large.connections() <= CONNECTIONS + 1


@pytest.mark.slow
def test_an_inventory_that_was_read_again_leaves_memory(inventory):
    """The garbage collector is told to look no more at what was read; that must not be for ever."""
    found = inventory()
    forgotten = weakref.ref(found.data)
    found.data = None
    gc.collect()
    inventory()
    gc.collect()
    assert forgotten() is None
    assert gc.isenabled()


@pytest.mark.slow
def test_memory_is_that_of_the_variables(inventory, large):
    inventory()  # what is imported is not counted
    tracemalloc.start()
    found = inventory(api_url=large.api_url, token_url=large.token_url, services=[44423], page_size=200)
    _kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.hosts) > 1000
    assert peak < 1.35 * of_rows(large)  # neighbouring pages overlap, and both listings are read at once


def of_rows(sim):
    """What the rows of these hosts take as they come from JSON."""
    rows = [sim.state.view(row, "Instance") for row in sim.state.live("instance") if row["serviceId"] == 44423]
    text = json.dumps(rows)
    tracemalloc.start()
    rows = json.loads(text)
    kept, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rows) > 1000
    return kept


@pytest.mark.parametrize("rows", ["sparse", "old"])
def test_details_are_read_on_request(inventory, sim, rows):
    machine = sim.add_instance(name="QWEB01", service="billing-qa", cpu=2, ram=4)
    machine.update(cpu=8, ram=32)
    sim.configure(rows=rows, numbers="overlapping", product_paths="internal")
    only = dict(names=["QWEB01"], read_tags=False)

    assert inventory(**only).itcare("QWEB01").get("cpu") == {"sparse": None, "old": 2}[rows]
    found = inventory(**only, gather=["details"]).itcare("QWEB01")
    assert (found["cpu"], found["ram"], found["name"], found["source"]) == (8, 32, "QWEB01", "details")


def test_details_of_nodes_are_read_too(inventory, sim):
    found = inventory(resource_types=["databases"], names=["billingpg"], read_tags=False, gather=["details"])
    assert found.hosts and all(found.itcare(name)["source"] == "details" for name in found.hosts)


@pytest.mark.parametrize("rows", ["full", "sparse"])
def test_only_plain_instances_need_to_have_a_page_of_an_instance(inventory, sim, rows):
    kinds = ["application_servers", "databases"]
    listed = inventory(resource_types=kinds, read_tags=False)
    sim.configure(machine_pages="instances", rows=rows)
    found = inventory(resource_types=kinds, read_tags=False, gather=["details"])
    assert found.hosts == listed.hosts
    assert all(found.itcare(name)["source"] == "details" for name in found.hosts)
    if rows == "full":  # what only the listing shows is kept
        assert all(found.itcare(name)["cpu"] == listed.itcare(name)["cpu"] for name in found.hosts)


def test_details_that_cannot_be_read_fail_the_inventory_or_are_told_of(inventory, sim, capsys):
    sim.add_instance(name="QWEB01", service="billing-qa")
    sim.fault("status", status=404, path="/compute/instances/", times=-1)
    only = dict(names=["QWEB01"], read_tags=False, gather=["details"])

    assert "its own page cannot be read" in fails(inventory, **only)
    assert inventory(**only, on_partial="warn").itcare("QWEB01")["source"] == "listing"

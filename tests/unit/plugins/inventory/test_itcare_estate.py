# SPDX-License-Identifier: GPL-3.0-or-later
"""One machine is one host, its tags are a fact, and nothing is missing."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.cegedim.cloud.plugins.plugin_utils import itcare_estate

PRODUCTS = ["databases", "message_brokers", "kubernetes", "glusterfs"]
EVERYTHING = ["instances", "application_servers", *PRODUCTS]
PROTECTED = [{"tagKey": "protected", "tagValue": "true"}]


def fails(run, **options):
    with pytest.raises(AnsibleParserError) as failure:
        run(**options)
    return str(failure.value)


# One id is one host


@pytest.mark.parametrize("numbers", ["same", "different", "overlapping"])
@pytest.mark.parametrize("kinds", [EVERYTHING, EVERYTHING[::-1]], ids=["in order", "the other way round"])
def test_machine_that_several_listings_show_is_one_host(inventory, sim, numbers, kinds):
    sim.configure(nodes_listed=True, numbers=numbers)
    found = inventory(resource_types=kinds)
    ids = [found.itcare(host)["id"] for host in found.hosts]
    assert sorted(ids) == sorted(
        record["id"] for record in sim.state.live("instance", "application_server", nodes=True)
    )
    assert found.itcare("PEBTOM01")["listing"] == "application_servers"
    assert found.itcare("PEBPGBIL01")["node_of"]["name"] == "billingpg"
    assert found.warnings == []


def test_ids_that_are_text_in_one_listing_are_those_of_the_same_machines(inventory, sim, monkeypatch):
    nodes = itcare_estate._nodes
    monkeypatch.setattr(itcare_estate, "_nodes", lambda *one: [{**row, "id": str(row["id"])} for row in nodes(*one)])
    sim.configure(nodes_listed=True)
    found = inventory(resource_types=["instances", "databases"])
    names = [found.itcare(host)["name"] for host in found.hosts]
    assert names.count("PEBPGBIL01") == 1 and names.count("TWIN01") == 2


def test_richer_row_wins_and_the_other_one_adds_to_it(inventory, sim):
    sim.configure(nodes_listed=True, rows="sparse")
    found = inventory(resource_types=["instances", "databases"], read_tags=False)
    assert found.itcare("PEBPGBIL01")["network"]["gateway"]  # of the nodes, whose rows are whole
    assert found.itcare("PEBPGBIL01")["cloud_name"]


def test_one_id_of_two_machines_is_an_error_and_never_one_host(inventory, sim):
    stranger = sim.state.named("PEBBILL01")[0]["id"]
    node = sim.state.named("PEBPGBIL02")[0]
    sim.state.drop(node)  # one is enough
    sim.fault("mutate", operation="list_resource_nodes", set={"path": "id", "value": stranger}, times=-1)
    only = dict(resource_types=["instances", "databases"], names=["PEBBILL01", "billingpg"])
    said = fails(inventory, **only, read_tags=False)
    assert said.startswith("one id is that of two machines: PEBPGBIL01 (id %d," % stranger)
    assert "PEBBILL01" in said
    found = inventory(**only, read_tags=False, on_partial="warn")
    assert {"PEBBILL01", "PEBPGBIL01"} <= set(found.hosts)
    assert "one id is that of two machines" in found.warnings[0]


@pytest.mark.parametrize("chosen", [{"names": ["billingpg"]}, {"services": ["billing"]}, {"types": ["POSTGRESQL"]}])
def test_node_has_the_same_tags_with_a_filter_and_without(inventory, sim, chosen):
    sim.state.named("PEBPGBIL01")[0]["tags"] = [{"tagKey": "role", "tagValue": "primary"}]
    sim.state.named("billingpg")[0]["tags"] = [{"tagKey": "role", "tagValue": "cluster"}]
    found = [inventory(resource_types=["databases"], **options) for options in ({}, chosen)]
    for name, role in (("PEBPGBIL01", "primary"), ("PEBPGBIL02", "cluster")):
        assert [one.itcare(name)["tags"] for one in found] == [{"role": role}] * 2
        assert found[0].vars(name) == found[1].vars(name)


@pytest.mark.parametrize("few", [20, 0], ids=["few nodes", "many nodes"])
@pytest.mark.parametrize("chosen", [{"names": ["PEBPGBIL01"]}, {"types": ["LINUX"]}, {"statuses": ["ACTIVE"]}])
@pytest.mark.parametrize("numbers", ["same", "overlapping"])
def test_host_is_the_same_with_a_filter_and_without(inventory, sim, monkeypatch, few, chosen, numbers):
    monkeypatch.setattr(itcare_estate, "FEW_NODES", few)
    sim.configure(nodes_listed=True, numbers=numbers)
    sim.state.named("PEBPGBIL01")[0]["type"] = "LINUX"
    sim.state.named("billingpg")[0]["status"] = "INACTIVE"
    node = "PEBPGBIL01-%d" % sim.state.named("PEBPGBIL01")[0]["id"]
    every = dict(resource_types=["instances", "databases"], hostnames=["itcare.name ~ '-' ~ itcare.id"])
    whole, part = inventory(**every), inventory(**every, **chosen)
    assert node in part.hosts and len(part.hosts) < len(whole.hosts)
    for host in part.hosts:
        assert part.vars(host) == whole.vars(host)
        assert part.groups_of(host) == whole.groups_of(host)


@pytest.mark.parametrize("hostnames", [["itcare.environment"], ["name"]])
def test_first_is_the_lowest_id_whatever_the_names(inventory, hostnames):
    found = inventory(duplicates="first", hostnames=hostnames)
    everything = inventory(hostnames=["itcare.id | string"])
    lowest = {}
    for host in everything.hosts:
        record = everything.itcare(host)
        key = record["environment" if hostnames != ["name"] else "name"]
        lowest[key] = min(lowest.get(key, record["id"]), record["id"])
    assert {host: found.itcare(host)["id"] for host in found.hosts} == lowest


def test_suffix_never_loses_a_host(inventory, sim):
    """Whatever names there are already, those with the suffix among them."""
    twins = [sim.add_instance("SAME", "sandbox") for _number in range(3)]
    for name in ("SAME_sandbox", *("SAME_sandbox_%d" % twin["id"] for twin in twins)):
        sim.add_instance(name, "sandbox")
    found = inventory(services=["sandbox"], duplicates="suffix")
    assert len(found.hosts) == len({found.itcare(host)["id"] for host in found.hosts}) == 7


# No tags is a fact


@pytest.mark.parametrize("shown", ["none", "null", "without_machines"])
def test_tags_that_no_listing_shows_are_an_error_that_says_what_to_do(inventory, sim, shown):
    sim.configure(tags_listed=shown)
    said = fails(inventory, services=["billing"])
    words = {"none": "lists no field for tags for", "null": "lists no field for tags for"}
    assert words.get(shown, "does not list") in said
    assert "PEBBILL01 (id 500000001, in service billing)" in said
    assert "gather: tags" in said and "read_tags: false" in said
    assert inventory(services=["billing"], read_tags=False).warnings == []


@pytest.mark.parametrize("shown", ["none", "null", "without_machines", "by_ids"])
def test_protection_by_a_tag_is_never_lost_in_silence(cached, sim, tmp_path, shown):
    sim.state.named("PEBBILL02")[0]["tags"] = PROTECTED
    sim.configure(tags_listed=shown)
    try:
        found = cached(services=["billing"], on_partial="warn")
    except AnsibleParserError:
        raise AssertionError("it is allowed to leave the tags out") from None
    is_known = found.itcare("PEBBILL02")["tags"] == {"protected": "true"}
    assert is_known == (shown == "by_ids")
    assert is_known or "the tags of" in found.warnings[0]
    assert bool(list((tmp_path / "cache").glob("*"))) == is_known  # what is not complete is not cached


@pytest.mark.parametrize("shown", ["none", "null", "without_machines"])
@pytest.mark.parametrize("numbers", ["same", "overlapping"])
def test_tags_are_read_one_by_one_where_that_is_asked_for(inventory, sim, shown, numbers):
    sim.configure(tags_listed=shown, numbers=numbers)
    found = inventory(services=["billing"], gather=["tags"], resource_types=["instances", "databases"])
    for host in found.hosts:
        record = sim.state.resources[found.itcare(host)["id"]]
        own = record["tags"] or sim.state.resources.get(record.get("_parent"), record)["tags"]
        assert found.itcare(host)["tags"] == {tag["tagKey"]: tag["tagValue"] for tag in own}
    assert found.warnings == []


def test_tags_are_not_read_one_by_one_where_the_listing_shows_them(inventory, sim):
    inventory(gather=["tags"], resource_types=["instances", "databases"])
    assert sim.requests(operation="list_tags") == sim.requests(operation="get_resource") == []


def test_what_the_listing_of_tags_lacks_is_asked_for_a_hundred_at_a_time(inventory, sim):
    sim.add_instances(250, service="sandbox", tags=PROTECTED)
    sim.configure(tags_listed="by_ids")
    found = inventory(services=["sandbox"])
    assert found.members("tag_protected_true") == found.hosts and len(found.hosts) == 250
    asked = [entry["query"]["ids"].split(",") for entry in sim.requests(operation="list_resources")[1:]]
    assert sorted(map(len, asked)) == [50, 100, 100]


def test_tags_of_another_resource_under_the_same_number_are_never_taken(inventory, sim):
    sim.fault("mutate", operation="list_resources", set={"path": "name", "value": "STRANGER"}, times=-1)
    said = fails(inventory, names=["PEBBILL01"])
    assert "shows another resource under the number of PEBBILL01" in said
    sim.clear_faults()
    sim.fault("mutate", operation="list_resources", set={"path": "serviceId", "value": 1}, times=-1)
    sim.fault("mutate", operation="list_resources", set={"path": "serviceName", "value": "other"}, times=-1)
    found = inventory(names=["PEBBILL01"], gather=["tags"])
    assert found.itcare("PEBBILL01")["tags"] == tags_of(sim, "PEBBILL01")


def tags_of(sim, name):
    return {tag["tagKey"]: tag["tagValue"] for tag in sim.state.named(name)[0]["tags"]}


def test_nodes_whose_tags_are_not_listed_have_those_of_their_product_and_a_note_says_so(cached, sim):
    sim.configure(tags_listed="without_nodes")
    sim.state.named("billingpg")[0]["tags"] = PROTECTED
    only = dict(resource_types=["databases"], names=["billingpg"])
    for found in (cached(**only), cached(**only)):  # from the cache, too
        assert found.members("tag_protected_true") == ["PEBPGBIL01", "PEBPGBIL02"]
        assert len(found.warnings) == 1 and "gather: tags" in found.warnings[0]
    assert cached(**only, gather=["tags"]).warnings == []


def test_tags_that_the_account_may_not_read_are_an_error_that_names_the_option(inventory, sim):
    sim.fault("status", operation="list_resources", status=403, times=-1)
    assert fails(inventory).endswith("(GET /compute/resources: 403); set read_tags: false to do without tags")
    found = inventory(on_partial="warn")
    assert "PEBBILL01" in found.hosts
    assert "set read_tags: false to do without tags" in found.warnings[0]


def test_reading_tags_one_by_one_needs_tags(inventory):
    assert fails(inventory, gather=["tags"], read_tags=False) == "gather: tags needs read_tags"


# Complete means complete


@pytest.mark.parametrize("change", ["swap", "remove", "insert"])
@pytest.mark.parametrize("read_tags", [True, False])
def test_no_host_is_missing_while_others_come_and_go(inventory, sim, change, read_tags):
    sim.add_instances(2500, service="sandbox")
    before = {record["name"] for record in sim.state.live("instance")}
    sim.configure(between_pages=change)
    found = inventory(page_size=500, read_tags=read_tags)
    names = {found.itcare(host)["name"] for host in found.hosts}
    assert before & {record["name"] for record in sim.state.live("instance")} <= names
    assert found.warnings == []


def test_machine_that_goes_before_its_tags_are_read_is_no_host(inventory, sim):
    sim.fault("stale_page", operation="list_resources", change="remove", times=1)
    gone = next(sim.state.live("instance"))["name"]
    assert gone not in inventory().hosts


def test_product_that_has_just_gone_has_no_nodes(inventory, sim, monkeypatch):
    product = sim.state.named("billingpg")[0]
    path = "/compute/resources/%d" % product["id"]
    sim.fault("status", status=404, path=path, times=-1)
    assert "404" in fails(inventory, resource_types=["databases"])  # it is still listed
    found = inventory(resource_types=["databases"], on_partial="warn")
    assert "404" in found.warnings[0] and "PEBPGBIL01" not in found.hosts and found.hosts
    listed = sim.state.view(product, "ManagedDatabase")
    sim.clear_faults()
    sim.state.delete(product)
    page = {"content": [listed], "totalElements": 1, "totalPages": 1, "last": True, "size": 1000}
    answer = dict(status=200, body=json.dumps(page), content_type="application/json")
    sim.fault("status", operation="list_databases", **answer)
    found = inventory(resource_types=["databases", "instances"], names=["billingpg", "PEBBILL01"])
    assert (found.hosts, found.warnings) == (["PEBBILL01"], [])


@pytest.mark.parametrize("operation", ["list_instances", "list_resources", "list_databases"])
def test_first_page_may_be_left_out(inventory, sim, operation):
    sim.fault("status", operation=operation, status=403, times=-1)
    found = inventory(resource_types=["instances", "databases"], on_partial="warn")
    assert found.hosts and "403" in found.warnings[0]
    assert ("PEBBILL01" in found.hosts) == (operation != "list_instances")
    assert ("PEBPGBIL01" in found.hosts) == (operation != "list_databases")


def test_token_that_cannot_be_renewed_leaves_what_was_read(inventory, sim):
    sim.add_instances(50, service="sandbox")
    sim.fault("status", operation="list_instances", status=401, after=2, times=-1)
    found = inventory(on_partial="warn", page_size=10)
    assert found.hosts and "The inventory is not complete" in found.warnings[0]


@pytest.mark.parametrize("shown, said", [("null", None), ("text", None), ("words", "totalPages is text")])
def test_totals_that_are_no_numbers(inventory, sim, shown, said):
    sim.add_instances(50, service="sandbox")
    sim.configure(totals=shown)
    if said:
        assert said in fails(inventory)
    else:
        assert len(inventory(page_size=10).hosts) == len(list(sim.state.live("instance")))


def test_rows_without_an_id_are_a_clear_error(inventory, sim):
    sim.configure(rows_without_id=True)
    assert "content[0] has no id" in fails(inventory)
    assert "content[0] has no id" in fails(inventory, on_partial="warn")


# No more than needed


@pytest.mark.parametrize(
    "chosen", [{"ip": True}, {"monitoring_status": False}, {"names": ["NEEDLE"]}, {"vlan": ["EB_1125_DMZ8"]}]
)
def test_one_host_of_many_costs_a_handful_of_requests(inventory, sim, chosen):
    sim.add_instances(400, service="sandbox", monitoringEnabled=True)
    needle = sim.add_instance("NEEDLE", "sandbox", tags=PROTECTED, monitoringEnabled=False)
    for record in list(sim.state.live("instance")):
        if record["id"] != needle["id"]:
            record["monitoringEnabled"] = True
            record["network"] = {**record["network"], "shortDescription": "ELSEWHERE"}
    needle["network"]["shortDescription"] = "EB_1125_DMZ8"
    found = inventory(page_size=20, **{**chosen, **({"ip": [needle["ipAddress"]]} if "ip" in chosen else {})})
    assert found.hosts == found.members("tag_protected_true") == ["NEEDLE"]
    assert len(sim.requests()) <= 3


def test_few_application_servers_cost_no_listing_of_all_resources(inventory, sim):
    sim.add_instances(400)
    found = inventory(resource_types=["application_servers"], page_size=20)
    assert found.hosts and len(sim.requests()) == 2


@pytest.mark.slow
def test_many_left_by_a_filter_are_read_from_the_listing_of_tags(inventory, sim):
    sim.add_instances(1100, service="sandbox", monitoringEnabled=True, tags=PROTECTED)
    found = inventory(monitoring_status=True)
    assert len(found.members("tag_protected_true")) >= 1100
    assert len(sim.requests(operation="list_resources")) <= 3


# What /compute/resources does not know, and another listing shows, has not gone


def unknown_to_resources(sim, *names):
    """``/compute/resources/{id}`` answers 404 for these, and no listing there has them."""
    for name in names:
        for number in sim.numbers(name):
            for part in ("", "/tags"):
                path = "/compute/resources/%d%s" % (number, part)
                sim.fault("status", status=404, path=path, times=-1)


@pytest.mark.parametrize("options", [{}, {"gather": ["tags"]}, {"names": ["PEBBILL01", "PEBBILL02"]}])
def test_machine_that_resources_do_not_know_is_an_error_and_not_missing(inventory, sim, options):
    sim.configure(tags_listed="without_machines")
    unknown_to_resources(sim, "PEBBILL01")
    assert "PEBBILL01 (id 500000001, in" in fails(inventory, services=["billing"], **options)
    found = inventory(services=["billing"], on_partial="warn", **options)
    assert "PEBBILL01" in found.hosts and any("PEBBILL01" in warning for warning in found.warnings)


@pytest.mark.parametrize("numbers", ["same", "different"])
def test_nodes_that_resources_do_not_know_are_hosts_with_the_tags_of_their_product(inventory, sim, numbers):
    sim.configure(tags_listed="without_nodes", numbers=numbers)
    sim.state.named("billingpg")[0]["tags"] = PROTECTED
    unknown_to_resources(sim, "PEBPGBIL01", "PEBPGBIL02")
    found = inventory(resource_types=["databases"], names=["billingpg"])
    assert found.hosts == found.members("tag_protected_true") == ["PEBPGBIL01", "PEBPGBIL02"]
    assert "2 nodes have those of their product" in found.warnings[0]
    assert len(sim.requests()) <= 6  # none for each node


def test_two_machines_with_one_id_in_one_listing_are_an_error(inventory, sim):
    rows = [sim.state.view(sim.state.named(name)[0], "Instance") for name in ("PEBBILL01", "PEBBILL02")]
    rows[1]["id"] = rows[0]["id"]
    page = {"content": rows, "totalElements": 2, "totalPages": 1, "last": True, "size": 1000}
    sim.fault("status", operation="list_instances", status=200, body=json.dumps(page), content_type="application/json")
    assert "one id is that of two machines" in fails(inventory, read_tags=False)


def test_tag_without_a_key_is_an_error_that_names_the_machine(inventory, sim):
    sim.state.named("PEBBILL01")[0]["tags"] = [{"tagKey": None, "tagValue": "x"}]
    assert fails(inventory) == "PEBBILL01 (id 500000001): a tag without a key is shown: its value is 'x'"


@pytest.mark.parametrize("resource_types", [["instances", "databases"], ["databases", "instances"]])
@pytest.mark.parametrize("names", [["billingpg", "PEBPGBIL01"], ["PEBPGBIL01"]])
def test_node_that_is_listed_under_its_other_number_is_the_same_host(inventory, sim, resource_types, names):
    sim.configure(nodes_listed=True, numbers="different")
    plain = inventory(resource_types=["instances"]).itcare("PEBPGBIL01")
    row = sim.state.view(sim.state.named("PEBPGBIL01")[0], "Instance")
    row.update(id=plain["internal_resource_id"], internalResourceId=None)
    answer = dict(status=200, body=json.dumps([row]), content_type="application/json", times=-1)
    sim.fault("status", operation="list_resource_nodes", **answer)
    found = inventory(resource_types=resource_types, names=names)
    assert found.hosts == ["PEBPGBIL01"]
    record = found.itcare("PEBPGBIL01")
    assert (record["id"], record["internal_resource_id"]) == (plain["id"], plain["internal_resource_id"])
    assert record["node_of"]["name"] == "billingpg"


def test_node_that_a_filter_of_tags_selects_is_that_of_its_product(inventory, sim):
    sim.configure(nodes_listed=True)
    sim.state.named("PEBPGBIL01")[0]["tags"] = [{"tagKey": "own", "tagValue": "x"}]
    both = dict(resource_types=["instances", "databases"])
    whole = inventory(**both, names=["billingpg"]).itcare("PEBPGBIL01")
    assert whole["node_of"]["name"] == "billingpg"
    assert inventory(**both, tags={"own": "x"}).itcare("PEBPGBIL01") == whole


def test_node_that_resources_do_not_know_is_that_of_its_product_with_a_filter_too(inventory, sim):
    sim.configure(nodes_listed=True, tags_listed="without_nodes", numbers="different")
    unknown_to_resources(sim, "PEBPGBIL01", "PEBPGBIL02")
    found = inventory(resource_types=["instances", "databases"], names=["PEBPGBIL01"])
    assert found.itcare("PEBPGBIL01")["node_of"]["name"] == "billingpg"


def test_tags_are_asked_for_by_either_number(inventory, sim):
    """Which of them `ids` takes is not documented."""
    sim.configure(numbers="different")
    record = sim.state.named("PEBBILL01")[0]
    number, other = sim.numbers("PEBBILL01")
    row = {**sim.state.view(record, "Resource"), "id": number, "internalResourceId": other}
    for rows in ([], [row]):
        page = {"content": rows, "totalElements": len(rows), "totalPages": 1, "last": True, "size": 100}
        answer = dict(status=200, body=json.dumps(page), content_type="application/json")
        sim.fault("status", operation="list_resources", **answer)
    found = inventory(ip=[record["ipAddress"]])
    assert found.itcare("PEBBILL01")["tags"] == tags_of(sim, "PEBBILL01") != {}
    asked = [entry["query"]["ids"] for entry in sim.requests(operation="list_resources")]
    assert asked == [str(number), str(other)]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What itcare_estate_info describes is what is there: its options change nothing, and a change is named.

On two estates, under the readings that the documentation leaves open (see readings.py).
"""

from __future__ import annotations

import copy
import importlib
import json
import os
import random
from types import SimpleNamespace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import Field, Resource
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen
from ansible_collections.cegedim.cloud.plugins.plugin_utils import estate_converge, estate_kinds
from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_description import References, describe
from ansible_collections.cegedim.cloud.tests.simulator import build, colleague, seed
from ansible_collections.cegedim.cloud.tests.unit.plugins import estates, readings, test_every_resource

MODULE = "itcare_estate_info"
LIMITS = dict(wait_timeout=600, wait_interval=5)
# Settings that no mix of the tasks has, since what they play is only read.
MORE = {
    "tags_listed": ("all", "none", "null", "by_ids", "without_machines", "without_nodes"),
    "member_paths": ("resource", "either"),
    "member_ports": ("first", "all", "refused"),
    "mounting_points": ("path", "export", "bare"),
    "volume_unit": ("gb", "mb"),
    "parameters_shown": ("pairs", "lines", "json", "count"),
    "totals": ("numbers", "text"),
}
MIXES = readings.mixes({**readings.READINGS, **MORE}, seed=17)
# What the platform does not show in the words of its options.
NEVER_DESCRIBED = {
    "several zones": "its nodes do not show the same",
    "stopped": "it is stopped",
    "no module": "no module brings it to a state",
}


def platform_of(monkeypatch, mix):
    found = readings.Platform(monkeypatch, mix)
    if mix.get("estate") != "elsewhere":
        odd_ones(found)
    return found


def odd_ones(platform):
    """What is easily described wrongly."""
    state = platform.state
    platform.add("QEBTWIN01", "billing-qa")
    platform.add("QEBTWIN01", "intranet")
    platform.add("QEBSAME01", "billing-qa")
    platform.add("QEBSAME01", "billing-qa")
    platform.add("QEBODD01", "billing-qa", comment="{{ evil }}\n  two lines: 'a' # b")
    several = platform.record("PEBBILL03")
    several["tags"] = [{"tagKey": "app", "tagValue": "a"}, {"tagKey": "app", "tagValue": "b"}]
    platform.record("PEBBILL02")["_dns"] = [
        {"fqdn": "two.acme.example", "type": "A", "value": "10.0.0.1", "zone": "acme.example"},
        {"fqdn": "two.acme.example", "type": "AAAA", "value": "::1", "zone": "acme.example"},
    ]
    balancer = platform.record("billing.acme.example")
    balancer["_members"][1]["state"] = "disabled"
    node = state.nodes(platform.record("billing-search")["id"])[0]
    build.resize(node, "4cpu16gb")


def described(**scope):
    result = readings.run(MODULE, scope)
    assert not result.get("failed"), result
    return result


def check(item):
    return readings.run(item["module"], {**item["options"], **LIMITS}, check=True)


def deviations(items):
    """What check mode says of items that are not as described (dict: item in words -> its result)."""
    found = {}
    for item in items:
        result = check(item)
        if result.get("failed") or result["changed"] or result.get("warnings"):
            found[in_words(item)] = {key: result.get(key) for key in ("msg", "diff", "warnings")}
    return found


def in_words(item):
    return " ".join(str(item[key]) for key in ("module", "name", "part", "service") if item.get(key))


def unexplained(result):
    return [one for one in result["not_expressed"] if not any(why in one["reason"] for why in NEVER_DESCRIBED.values())]


# Every kind


def test_every_resource_that_has_a_module_is_a_kind():
    assert {name: kind.module for name, kind in estate_kinds.kinds().items()} == test_every_resource.CONVERGING
    assert {kind.resource.kind for kind in estate_kinds.kinds().values()} == {
        one.kind for one in test_every_resource.RESOURCES
    }


def test_every_kind_is_in_the_estate_that_is_described(monkeypatch):
    platform_of(monkeypatch, {})
    assert {one["kind"] for one in described()["estate"]} == set(estate_kinds.kinds())


def test_a_new_product_is_described_by_its_values():
    resource = Resource(
        kind="teapot",
        path="/kitchen/teapots",
        fields=(
            Field("name", identifies=True, required=True),
            Field("cups", changed_by="fill"),
            Field("is_hot", read="hot", changed_by="heat"),
            Field("colour"),
            Field("admin_password", read=None, required=True, secret=True),
        ),
    )
    spec = arguments.spec(
        *arguments.CONVERGING,
        "power",
        cups=dict(type="int"),
        is_hot=dict(type="bool"),
        colour=dict(),
        admin_password=dict(no_log=True),
    )
    kind = estate_kinds.Kind(resource, SimpleNamespace(__name__="x.itcare_teapot", SPEC={"argument_spec": spec}))
    seen = Seen({"id": 1, "name": "brown betty", "cups": "6", "status": "ACTIVE"}, 1, 1, is_whole=True)
    found = describe(kind, seen, References({}, {}), {"name": "brown betty"})
    assert found.options == {"name": "brown betty", "cups": 6, "is_hot": False, "state": "started"}
    assert (found.module, found.creation, found.not_shown) == ("itcare_teapot", {"admin_password": None}, ["colour"])


# What is described changes nothing


@pytest.mark.parametrize("estate", ["acme", "elsewhere"])
def test_what_is_described_changes_nothing(monkeypatch, estate):
    platform = platform_of(monkeypatch, {"estate": estate})
    before = platform.everything()
    result = described()
    assert deviations(result["estate"]) == {}
    assert unexplained(result) == ([] if estate == "elsewhere" else [several_values(result)])
    assert platform.everything() == before and platform.writes() == []


def several_values(result):
    """The only thing of the first estate that options cannot say."""
    return next(one for one in result["not_expressed"] if one.get("option") == "tags")


@pytest.mark.slow
@pytest.mark.parametrize("estate", ["acme", "elsewhere"])
@pytest.mark.parametrize("number", range(0, len(MIXES), 1 if os.environ.get("ITCARE_READING") else 6))
def test_what_is_described_changes_nothing_whatever_the_reading(monkeypatch, number, estate):
    platform = platform_of(monkeypatch, {**MIXES[number], "estate": estate})
    result = described()
    plain = {"acme": 43, "elsewhere": 4}[estate]
    assert len(result["estate"]) + len(lost(result)) >= plain
    assert deviations(result["estate"]) == {}, MIXES[number]
    assert differing(together(result["estate"])) == {}, MIXES[number]
    assert platform.writes() == []


def together(items, check=True, **options):
    """The result of itcare_estate for these items, which it must not change in memory."""
    kept = ("module", "options", "creation")
    rows = [{key: item[key] for key in kept if key in item} for item in copy.deepcopy(items)]
    return estate_converge.run_estate({**readings.AUTH, **LIMITS, "resources": rows, **options}, check)


def differing(result):
    """What a result of itcare_estate has to tell: its changes and failures by name, and its warnings."""
    rows = [row for row in result["results"] if row["changed"] or row["failed"]]
    found = {"%s %s" % (row["module"], row["name"]): row.get("msg") or row["result"].get("diff") for row in rows}
    return {**found, **({"warnings": result["warnings"]} if result.get("warnings") else {})}


def lost(result):
    """What is there and has no item, with the reason."""
    return [one for one in result["not_expressed"] if "option" not in one and "no module" not in one["reason"]]


def test_the_same_estate_is_described_the_same(monkeypatch):
    platform_of(monkeypatch, {})
    assert described()["estate"] == described()["estate"]


def test_listing_whose_tags_are_all_empty_does_not_tell(monkeypatch):
    platform = platform_of(monkeypatch, {})
    before, served = described()["estate"], platform._served

    def without_tags(exchange):
        answer = served(exchange)
        if exchange.path == "/compute/resources":
            page = json.loads(answer.raw)
            rows = [{**row, "tags": []} for row in page["content"]]
            answer.raw = json.dumps({**page, "content": rows}).encode()
        return answer

    monkeypatch.setattr(platform, "_served", without_tags)
    assert described()["estate"] == before


def test_no_secret_is_described(monkeypatch):
    platform_of(monkeypatch, {})
    for item in described()["estate"]:
        spec = importlib.import_module(estate_kinds.PLACE + item["module"]).SPEC["argument_spec"]
        hidden = {path[0] for path in test_every_resource.hidden(spec) if len(path) == 1}
        assert not hidden & set(item["options"])


# What changes is named


def patch(path, operation, **options):
    return "PATCH", path, {"operation": operation, **({"options": options} if options else {})}


def changes_of(platform):
    """``(item in words, write)`` for changes that somebody else may make, on the first estate."""

    def at(name, path, service=None):
        return path % platform.record(name, service)["id"]

    def pool(name):
        return at("billing.acme.example", "/networking/loadbalancers/%d/members/") + str(platform.record(name)["id"])

    return [
        (
            "itcare_instance PEBBILL01 billing",
            ("PATCH", at("PEBBILL01", "/compute/resources/%d/comments"), {"description": "another"}),
        ),
        (
            "itcare_instance PEBBILL02 billing",
            ("POST", at("PEBBILL02", "/compute/resources/%d/tags"), {"tagKey": "a", "tagValue": "b"}),
        ),
        ("itcare_instance DEBINTRA01 intranet", patch(at("DEBINTRA01", "/compute/instances/%d"), "stop")),
        (
            "itcare_instance QEBBILL01 billing-qa",
            patch(at("QEBBILL01", "/compute/instances/%d"), "resize", sizing="4cpu8gb"),
        ),
        (
            "itcare_redis portalcache portal-uat",
            ("PUT", at("portalcache", "/compute/resources/%d/tags"), [{"tagKey": "x", "tagValue": "y"}]),
        ),
        (
            "itcare_postgresql billingpg billing",
            patch(at("billingpg", "/databases/postgresql/%d"), "resize", sizing="4cpu8gb"),
        ),
        (
            "itcare_kafka billing_events billing",
            patch(
                at("billing_events", "/message-brokers/apache-kafka/%d"),
                "update_monitoring",
                state=False,
                on_call=False,
            ),
        ),
        (
            "itcare_dns_alias PEBBILL01 web1.acme.example billing",
            ("DELETE", at("PEBBILL01", "/compute/resources/%d/dns-aliases/web1.acme.example"), None),
        ),
        ("itcare_loadbalancer_member billing.acme.example billing", patch(pool("PEBBILL01"), "disabled")),
        (
            "itcare_overdrive intradrive intranet",
            ("PATCH", at("intradrive", "/compute/resources/%d/comments"), {"description": "moved"}),
        ),
        (
            "itcare_matomo portal-stats portal",
            patch(at("portal-stats", "/analytics/matomo/%d"), "extend", sizing="L"),
        ),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("estate", ["acme", "elsewhere"])
def test_five_hundred_resources_are_described_and_their_changes_undone(monkeypatch, estate):
    chosen = random.Random(500)
    platform = platform_of(monkeypatch, {"estate": estate})
    estates.bulk(platform, 500 - len(described()["estate"]), chosen)
    items = described()["estate"]
    assert len(items) >= 500 and differing(together(items)) == {}
    clear = [one["name"] for one in items if one["module"] == "itcare_instance" and "id" not in one["options"]]
    done = estates.changes(platform, sorted(clear), 25, chosen)
    drift = together(items)
    assert {row["name"] for row in drift["results"] if row["changed"] or row["failed"]} == set(done)
    result = together(items, check=False)
    assert set(differing(result)) == set(differing(drift))
    again = together(items)
    assert differing(again) == {} and "delete" in done.values()
    platform.writes()


@pytest.mark.parametrize("number", range(4))
def test_changes_on_the_platform_are_named_and_nothing_else(monkeypatch, number):
    platform = platform_of(monkeypatch, {})
    items = described()["estate"]
    chosen = random.Random(number).sample(changes_of(platform), 1 + 3 * number)
    for _item, write in chosen:
        colleague.perform(platform.world, *write)
    platform.pass_time(600)
    assert sorted(deviations(items)) == sorted(item for item, _write in chosen)
    assert len(differing(together(items))) == len(chosen)


def test_what_was_removed_is_named(monkeypatch):
    platform = platform_of(monkeypatch, {})
    items = described(services=["intranet"], kinds=["instance"])["estate"]
    colleague.perform(platform.world, "DELETE", "/compute/instances/%d" % platform.record("DEBINTRA02")["id"])
    platform.pass_time(600)
    assert list(deviations(items)) == ["itcare_instance DEBINTRA02 intranet"]


def test_contradictory_record_costs_one_option(monkeypatch):
    platform = platform_of(monkeypatch, {})
    platform.add("QEBODD02", monitoringEnabled=False, monitoringOnCallEnabled=True)
    result = described(names=["QEBODD02"])
    (lost,) = [
        one for one in result["not_expressed"] if one["option"] in ("monitoring_alerting", "on_call_supervision")
    ]
    assert "needs monitoring_enabled=true" in lost["reason"]
    (item,) = result["estate"]
    assert item["options"]["monitoring_enabled"] is False and differing(together([item])) == {}


# References and identity


def options_of(name, service=None, **scope):
    rows = described(names=[name], **scope)["estate"]
    return [one["options"] for one in rows if one.get("part") is None and service in (None, one["service"])]


def test_references_are_names(monkeypatch):
    platform_of(monkeypatch, {})
    (options,) = options_of("PEBBILL01", kinds=["instance"])
    assert (options["service"], options["network"]) == ("billing", "EB_1125_DMZ8")
    (options,) = options_of("apps.billing.acme.example", kinds=["loadbalancer"])[:1]
    assert options["cluster"] == "billing-k8s"


def test_name_of_several_services_is_an_id_with_the_reason(monkeypatch):
    platform = platform_of(monkeypatch, {})
    for number in (44411, 44412):
        platform.state.services[number]["name"] = "twins"
    for record in platform.state.resources.values():
        if record["serviceId"] in (44411, 44412):
            record["serviceName"] = "twins"
    (item,) = [one for one in described(names=["PEBBILL01"])["estate"] if one["module"] == "itcare_instance"]
    assert item["options"]["service"] == "44411"
    assert "not the only one" in item["by_id"]["service"]
    assert deviations([item]) == {}


def test_two_of_one_name_in_one_service_have_their_ids(monkeypatch):
    platform = platform_of(monkeypatch, {})
    ids = {one["id"] for one in platform.state.named("QEBSAME01")}
    assert {one["id"] for one in options_of("QEBSAME01")} == ids
    assert [one.get("id") for one in options_of("QEBTWIN01")] == [None, None]


def test_network_that_cannot_be_listed_is_an_id_with_the_reason(monkeypatch):
    platform = platform_of(monkeypatch, {})
    monkeypatch.setattr("ansible_collections.cegedim.cloud.plugins.plugin_utils.estate.NETWORKS", "/networking/nothing")
    (item,) = [one for one in described(names=["PEBBILL01"])["estate"] if one["module"] == "itcare_instance"]
    assert item["options"]["network"] == str(platform.record("PEBBILL01")["network"]["id"])
    assert item["by_id"] == {"network": "the names that there are cannot be listed"}
    platform.world.journal.clear()


# Where it runs


@pytest.mark.parametrize("status, is_described", [(403, True), (409, False)])
def test_nodes_that_cannot_be_read(monkeypatch, status, is_described):
    """What an account may never read is not shown. What could be read another time costs the item, with the reason."""
    platform = platform_of(monkeypatch, {})
    nodes = "/databases/mariadb/%d/nodes" % platform.state.named("portal-maria")[0]["id"]
    served = platform._served

    def without_nodes(exchange):
        answer = served(exchange)
        answer.status = status if exchange.path == nodes else answer.status
        return answer

    monkeypatch.setattr(platform, "_served", without_nodes)
    result = described(names=["portal-maria"])
    assert bool(result["estate"]) == is_described
    if is_described:
        assert {"region", "area"} <= set(result["estate"][0]["not_shown"])
    else:
        assert "%s: 409" % nodes in lost(result)[0]["reason"]


def test_it_runs_where_the_other_modules_are_or_not_at_all():
    lane = importlib.import_module(estate_kinds.PLACE.replace(".modules.", ".action.") + MODULE).ActionModule
    plugin = object.__new__(lane)
    plugin._connection = SimpleNamespace(transport="ssh")
    plugin._play_context = SimpleNamespace(become=True)
    plugin._task = SimpleNamespace(async_val=60)
    assert plugin._can_run_here({}, {"ITCARE_FAST_LANE": "0"})
    answer = plugin._answer({"client_secret": "the secret itself"}, False)
    assert answer["failed"] and all(word in answer["msg"] for word in ("ssh", "become", "async"))
    assert "names" in answer["invocation"]["module_args"] and "the secret itself" not in str(answer)


# Scope


@pytest.mark.parametrize(
    "scope, names",
    [
        (dict(services=["portal"], kinds=["instance"]), {"PETPORT01", "PETPORTW01"}),
        (dict(services=["intranet"], kinds=["overdrive", "matomo"]), {"intradrive"}),
        (dict(names=["petport01", "nobody"]), {"PETPORT01"}),
        (dict(tags={"tier": "web"}), {"PEBBILL01"}),
        (dict(kinds=["redis", "matomo"]), {"portalcache", "portal-stats"}),
    ],
    ids=["services", "short filters", "names", "tags", "kinds"],
)
def test_scope(monkeypatch, scope, names):
    platform_of(monkeypatch, {})
    result = described(**scope)
    assert {one["name"] for one in result["estate"]} == names
    assert result.get("warnings") == (["names: nothing is called nobody"] if "nobody" in str(scope) else None)


def test_environment_in_any_case(monkeypatch):
    platform_of(monkeypatch, {})
    found = described(environments=["production"], kinds=["instance"])["estate"]
    assert {one["environment"] for one in found} == {"PRODUCTION"}


def test_environment_that_nothing_is_in_leads_to_a_warning(monkeypatch):
    platform_of(monkeypatch, {})
    result = described(environments=["production", "PRODUCTON"], kinds=["instance"])
    assert result["warnings"] == ["environments: nothing that is asked for is in PRODUCTON"]


@pytest.mark.parametrize("option", ["services", "environments", "kinds", "names", "tags"])
def test_empty_filter_is_refused(monkeypatch, option):
    platform_of(monkeypatch, {})
    result = readings.run(MODULE, {"names": ["PETPORT01"], option: {} if option == "tags" else []})
    text = "%s: an empty list would select everything; leave the option out for that"
    assert result["failed"] and result["msg"] == text % option


def test_unknown_kind_is_refused_with_a_question(monkeypatch):
    platform_of(monkeypatch, {})
    result = readings.run(MODULE, {"kinds": ["postgres"]})
    assert result["failed"] and result["msg"] == "kinds: there is no kind postgres: do you mean postgresql?"


# What it costs


def test_requests_are_counted_and_listings_are_read_once(monkeypatch):
    platform = platform_of(monkeypatch, {})
    seed.add_instances(platform.state, 100, "billing-qa")
    platform.world.journal.clear()
    result = described()
    entries = platform.world.journal.entries(token=False)
    assert result["requests"] == len(entries)
    asked = [str((one["path"], one["query"])) for one in entries if not one["path"].endswith("/nodes")]
    assert len(asked) == len(set(asked))  # nothing is asked twice
    assert not [one for one in entries if one["path"].endswith("/tags")]


def test_what_is_under_way_is_told(monkeypatch):
    platform = platform_of(monkeypatch, {"action_seconds": 60.0})
    path = "/compute/instances/%d" % platform.record("DEBINTRA01")["id"]
    colleague.perform(platform.world, *patch(path, "stop"))
    (warning,) = described(names=["DEBINTRA01"])["warnings"]
    assert warning.startswith("DEBINTRA01 (id ") and warning.endswith("an action on it is in progress")

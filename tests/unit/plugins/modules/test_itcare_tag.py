# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of many resources: one look-up, requests side by side, and what failed by its name."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import tagging

MODULE = "itcare_tag"
FIRST, SECOND = "PEBBILL01", "PEBBILL02"  # tagged application=billing, tier=web; and application=billing


def id_of(sim, name):
    return sim.state.named(name)[0]["id"]


def tags_of(sim, name):
    return {row["tagKey"]: row["tagValue"] for row in sim.state.named(name)[0]["tags"]}


def sent(sim):
    """The writes, in an order of their own: they go out side by side."""
    return sorted((one["path"], one["method"], one["body"]["tagKey"], one["body"]["tagValue"]) for one in sim.writes())


def tags_path(sim, name):
    return "/compute/resources/%s/tags" % id_of(sim, name)


# present


def test_present(sim, run):
    result = run(MODULE, resources=[FIRST, SECOND], tags={"tier": "web", "owner": "ann"})

    assert result["changed"] is True
    assert sent(sim) == sorted(
        [
            (tags_path(sim, FIRST), "POST", "owner", "ann"),
            (tags_path(sim, SECOND), "POST", "owner", "ann"),
            (tags_path(sim, SECOND), "POST", "tier", "web"),
        ]
    )
    everything = {"application": "billing", "tier": "web", "owner": "ann"}
    assert result["resources"] == [
        {"id": id_of(sim, name), "name": name, "tags": everything} for name in (FIRST, SECOND)
    ]
    assert tags_of(sim, FIRST) == tags_of(sim, SECOND) == everything


def test_present_idempotent(sim, run):
    result = run(MODULE, resource=FIRST, tags={"tier": "web", "application": "billing"})

    assert result["changed"] is False
    assert result["diff"] == []
    assert result["resources"] == [
        {"id": id_of(sim, FIRST), "name": FIRST, "tags": {"application": "billing", "tier": "web"}}
    ]
    assert sorted((one["method"], one["operation"]) for one in sim.requests()) == [
        ("GET", "list_actions"),
        ("GET", "list_resources"),
    ]


def test_present_check_mode(sim, run):
    planned = run(MODULE, check=True, resources=[FIRST, SECOND], tags={"tier": "db"})

    assert planned["changed"] is True
    assert planned["resources"][0]["tags"] == {"application": "billing", "tier": "web"}
    assert sim.writes() == []
    done = run(MODULE, resources=[FIRST, SECOND], tags={"tier": "db"})
    assert planned["diff"] == done["diff"]
    assert [step["before_header"] for step in planned["diff"]] == [
        "PEBBILL01 (remove_tag)",
        "PEBBILL01 (add_tag)",
        "PEBBILL02 (add_tag)",
    ]
    assert planned["diff"][1]["after"] == {"tags": {"tier": "db"}}


def test_present_other_value(sim, run):
    run(MODULE, resource=FIRST, tags={"tier": "db"})

    assert [(one["method"], one["body"]) for one in sim.writes()] == [
        ("DELETE", {"tagKey": "tier", "tagValue": "web"}),
        ("POST", {"tagKey": "tier", "tagValue": "db"}),
    ]
    assert tags_of(sim, FIRST) == {"application": "billing", "tier": "db"}


def test_values_become_text(sim, run):
    run(MODULE, resource=FIRST, tags={"port": 8080, "public": True})

    assert tags_of(sim, FIRST)["port"] == "8080"
    assert tags_of(sim, FIRST)["public"] == "true"
    assert run(MODULE, resource=FIRST, tags={"port": 8080, "public": True})["changed"] is False


def test_keys_are_spelled_as_given(sim, run):
    tags = {"costCenter": "42", "snake_case": "x", "Ünïcode": "é"}

    result = run(MODULE, resource=SECOND, tags=tags)

    assert result["resources"][0]["tags"] == {"application": "billing", **tags}


# replace


def test_replace(sim, run):
    result = run(MODULE, resource=FIRST, tags={"tier": "web"}, tags_mode="replace")

    assert result["changed"] is True
    assert result["resources"][0]["tags"] == {"tier": "web"}
    assert [(one["method"], one["path"], one["body"]) for one in sim.writes()] == [
        ("PUT", tags_path(sim, FIRST), [{"tagKey": "tier", "tagValue": "web"}])
    ]


def test_replace_idempotent(sim, run):
    tags = {"application": "billing", "tier": "web"}

    assert run(MODULE, resource=FIRST, tags=tags, tags_mode="replace")["changed"] is False
    assert sim.writes() == []


def test_replace_by_nothing(sim, run):
    assert run(MODULE, resource=FIRST, tags={}, tags_mode="replace")["resources"][0]["tags"] == {}
    assert tags_of(sim, FIRST) == {}


# absent


def test_absent(sim, run):
    result = run(MODULE, resources=[FIRST, SECOND], state="absent", tags={"tier": "web", "application": None})

    assert result["changed"] is True
    assert [row["tags"] for row in result["resources"]] == [{}, {}]
    assert sent(sim) == sorted(
        [
            (tags_path(sim, FIRST), "DELETE", "application", "billing"),
            (tags_path(sim, FIRST), "DELETE", "tier", "web"),
            (tags_path(sim, SECOND), "DELETE", "application", "billing"),
        ]
    )


def test_absent_idempotent(sim, run):
    result = run(MODULE, resource=FIRST, state="absent", tags={"tier": "db", "owner": None})

    assert result["changed"] is False
    assert tags_of(sim, FIRST) == {"application": "billing", "tier": "web"}
    assert sim.writes() == []


def test_absent_check_mode(sim, run):
    planned = run(MODULE, check=True, resource=FIRST, state="absent", tags={"tier": None})

    assert planned["changed"] is True
    assert sim.writes() == []
    assert planned["diff"] == run(MODULE, resource=FIRST, state="absent", tags={"tier": None})["diff"]


def test_several_values_of_a_key(sim, run):
    sim.state.named(FIRST)[0]["tags"].append({"tagKey": "tier", "tagValue": "db"})

    result = run(MODULE, resource=FIRST, state="absent", tags={"tier": "web"})

    assert result["resources"][0]["tags"] == {"application": "billing", "tier": "db"}
    assert [one["method"] for one in sim.writes()] == ["PUT"]


# which resources


def test_many_with_nothing_to_do_cost_a_listing_and_a_look_at_what_is_under_way(sim, run):
    names = ["WEB%02d" % number for number in range(20)]
    for name in names:
        sim.add_instance(name, tags=[{"tagKey": "tier", "tagValue": "web"}])

    result = run(MODULE, resources=names, tags={"tier": "web"})

    assert result["changed"] is False
    assert [row["name"] for row in result["resources"]] == names
    (listing,) = sim.requests(operation="list_resources")
    assert listing["query"]["names"] == ",".join(names)
    assert len(sim.requests()) == 2


def test_names_and_ids_cost_two_listings(sim, run):
    result = run(MODULE, resources=[str(id_of(sim, SECOND)), FIRST], tags={"application": "billing"})

    assert [row["name"] for row in result["resources"]] == [SECOND, FIRST]
    assert sorted(min(one["query"]) for one in sim.requests()) == ["ids", "names", "statuses"]


def test_very_many_names_are_asked_for_by_the_hundred(sim, run):
    names = ["WEB%03d" % number for number in range(250)]
    for name in names:
        sim.add_instance(name)

    assert len(run(MODULE, resources=names, tags={})["resources"]) == 250
    listings = sim.requests(operation="list_resources")
    assert sorted(len(one["query"]["names"].split(",")) for one in listings) == [50, 100, 100]
    assert len(sim.requests()) == 4


def test_resources_of_any_kind(sim, run):
    names = ["billingpg", "billing.acme.example", "billing-k8s", "billing_files"]

    result = run(MODULE, resources=names, tags={"owner": "ann"})

    assert [row["name"] for row in result["resources"]] == names
    assert all(tags_of(sim, name)["owner"] == "ann" for name in names)


def test_service_by_its_id(sim, run):
    result = run(MODULE, resource="44411", tags={"owner": "ann"})

    assert result["changed"] is True
    tags = {"application": "billing", "owner": "ann"}
    assert result["resources"] == [{"id": 44411, "name": "billing", "tags": tags}]
    assert result["diff"][0]["before_header"] == "billing (add_tag)"
    assert run(MODULE, resource="44411", tags={"owner": "ann"})["changed"] is False


def test_tags_of_a_service_whose_id_a_resource_has_are_not_changed(sim, run, monkeypatch):
    """Both have the same path. The filter ``ids`` may take the other number of a resource than its path."""
    stranger = sim.add_instance("QEBSAME01", "billing-qa", tags=[{"tagKey": "owner", "tagValue": "bob"}])
    sim.state.resources[44411] = {**sim.state.resources.pop(stranger["id"]), "id": 44411}
    monkeypatch.setattr(tagging, "look_up", lambda client, wanted, *narrowing: dict.fromkeys(wanted))
    result = run(MODULE, resource="44411", tags={"owner": "ann"})
    assert "the id of the service billing (id 44411) is also that of QEBSAME01 (id 44411" in result["msg"]
    assert sim.writes() == []


def test_same_resource_twice_is_one(sim, run):
    result = run(MODULE, resources=[FIRST, str(id_of(sim, FIRST)), FIRST], tags={"owner": "ann"})

    assert len(result["resources"]) == 1
    assert len(sim.writes()) == 1


@pytest.mark.parametrize("compares", ["ignore_case", "substring"])
def test_case_is_ignored_where_the_platform_does(sim, run, compares):
    sim.configure(names_filter=compares)

    assert run(MODULE, resource="pebbill01", tags={})["resources"][0]["name"] == FIRST


def test_exact_name_comes_first(sim, run):
    sim.configure(names_filter="substring")
    exact = sim.add_instance("web")
    sim.add_instance("WEB")
    sim.add_instance("web2")

    assert [row["id"] for row in run(MODULE, resource="web", tags={})["resources"]] == [exact["id"]]


def test_unknown_names_are_all_named(sim, run):
    result = run(MODULE, resources=["NOBODY", FIRST, "NOWHERE"], tags={"owner": "ann"})

    assert result["failed"] is True
    assert "NOBODY, NOWHERE" in result["msg"]
    assert FIRST not in result["msg"]
    assert sim.writes() == []


def test_ambiguous_name(sim, run):
    result = run(MODULE, resources=["TWIN01", FIRST], tags={"owner": "ann"})

    assert result["failed"] is True
    for one in sim.state.named("TWIN01"):
        for word in (str(one["id"]), one["resourceType"], one["serviceName"]):
            assert word in result["msg"]
    assert sim.writes() == []


@pytest.mark.parametrize("by", ["serviceName", "serviceId"])
def test_service_narrows(sim, run, by):
    for one in sim.state.named("TWIN01"):
        result = run(MODULE, resource="TWIN01", service=str(one[by]), tags={})
        assert [row["id"] for row in result["resources"]] == [one["id"]]


def test_resource_type_narrows(sim, run):
    instance = sim.add_instance("billingpg")
    assert run(MODULE, resource="billingpg", tags={})["failed"] is True

    found = run(MODULE, resource="billingpg", resource_type="postgresql", tags={})["resources"]
    assert [row["id"] for row in found] == [one["id"] for one in sim.state.named("billingpg") if one is not instance]
    found = run(MODULE, resource="billingpg", resource_type="LINUX", tags={})["resources"]
    assert [row["id"] for row in found] == [instance["id"]]


@pytest.mark.parametrize(
    "given, said",
    [
        (dict(service="intranet"), "service: intranet"),
        (dict(resource_type="POSTGRESQL"), "resource_type: POSTGRESQL"),
        (dict(service="billing", resource_type="REDIS"), "service: billing, resource_type: REDIS"),
    ],
    ids=str,
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_id_of_another_service_or_kind_is_refused(sim, run, given, said, state):
    one = sim.state.named(FIRST)[0]
    result = run(MODULE, resources=[SECOND, str(one["id"])], tags={"owner": "ann"}, state=state, **given)
    assert result["failed"] is True
    if "resource_type" not in given:  # else no resource has the name, either
        shown = "resources: %d is %s (id %d, LINUX in service " % (one["id"], FIRST, one["id"])
        assert result["msg"].startswith(shown)
    assert "which contradicts " + said in result["msg"]
    assert sim.writes() == []


def test_id_of_the_service_and_kind_is_taken(sim, run):
    one = sim.state.named(FIRST)[0]
    for service in (one["serviceName"], str(one["serviceId"])):
        result = run(MODULE, resource=str(one["id"]), service=service, resource_type="linux", tags={"owner": service})
        assert result["changed"] is True


@pytest.mark.parametrize("given", [dict(service="billing"), dict(resource_type="LINUX")], ids=str)
def test_service_cannot_be_narrowed(sim, run, given):
    result = run(MODULE, resource="44411", tags={"owner": "ann"}, **given)
    assert result["msg"] == "resources: 44411 is the service billing, to which %s cannot apply" % next(iter(given))
    assert sim.writes() == []


def test_tags_that_the_listing_does_not_show_are_read(sim, run, monkeypatch):
    view = sim.state.view
    monkeypatch.setattr(
        sim.state, "view", lambda record, schema=None: {k: v for k, v in view(record, schema).items() if k != "tags"}
    )

    assert run(MODULE, resources=[FIRST, SECOND], tags={"application": "billing"})["changed"] is False
    assert sorted(one["operation"] for one in sim.requests()) == [
        "list_actions",
        "list_resource_tags",
        "list_resource_tags",
        "list_resources",
    ]


# failures


def test_failure_names_the_failed_and_tells_what_was_done(sim, run):
    sim.fault("status", status=403, method="POST", path="/%s/" % id_of(sim, FIRST))

    result = run(MODULE, resources=[FIRST, SECOND], tags={"owner": "ann"})

    assert result["failed"] is True
    assert result["changed"] is True
    assert "1 of 2" in result["msg"]
    assert FIRST in result["msg"] and SECOND not in result["msg"]
    assert [row["name"] for row in result["failed_resources"]] == [FIRST]
    assert [row["name"] for row in result["resources"]] == [SECOND]
    assert [step["before_header"] for step in result["diff"]] == ["PEBBILL02 (add_tag)"]


def test_failure_of_all_changes_nothing(sim, run):
    sim.fault("status", status=403, method="POST", times=2)

    result = run(MODULE, resources=[FIRST, SECOND], tags={"owner": "ann"})

    assert result["failed"] is True
    assert result["changed"] is False
    assert FIRST in result["msg"] and SECOND in result["msg"]


@pytest.mark.parametrize("check", [False, True])
def test_unknown_id_stops_before_anything_is_changed(sim, run, check):
    result = run(MODULE, check=check, resources=[FIRST, "499999999"], tags={"owner": "ann"})

    assert result["failed"] is True
    assert not result.get("changed")
    assert "499999999" in result["msg"] and FIRST not in result["msg"]
    assert sim.writes() == []


def test_second_step_fails(sim, run):
    sim.fault("status", status=403, method="POST")

    result = run(MODULE, resource=FIRST, tags={"tier": "db"})

    assert result["failed"] is True
    assert result["changed"] is True
    assert [step["before_header"] for step in result["diff"]] == ["PEBBILL01 (remove_tag)"]


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "truncate_json", "error_after"])
@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_lost_answer_of_what_took_effect(sim, run, fault, mode):
    sim.fault(fault, method={"merge": "POST", "replace": "PUT"}[mode])

    result = run(MODULE, resource=FIRST, tags={"owner": "ann"}, tags_mode=mode)

    assert result["changed"] is True
    assert result["resources"][0]["tags"]["owner"] == "ann"
    assert len(sim.writes()) == 1


def test_lost_addition_is_not_sent_twice(sim, run, monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.4)
    sim.fault("reset_before", method="POST")

    result = run(MODULE, resource=FIRST, tags={"owner": "ann"})

    assert result["failed"] is True
    assert "may have taken effect" in result["msg"]
    assert len(sim.writes()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "options", [dict(tags_mode="replace", tags={"a": "b"}), dict(state="absent", tags={"tier": None})]
)
def test_lost_request_that_can_be_repeated_is_sent_again(sim, run, options):
    sim.fault("reset_before", method="PUT" if "tags_mode" in options else "DELETE")

    assert run(MODULE, resource=FIRST, **options)["changed"] is True
    assert [one["applied"] for one in sim.writes()] == [False, True]


def test_action_under_way_is_waited_for(sim, run):
    sim.configure(action_seconds=0.5)
    run("itcare_instance", name=FIRST, state="stopped", wait=False)

    result = run(MODULE, resource=FIRST, tags={"owner": "ann"})

    assert result["changed"] is True
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]
    assert [one["status"] for one in sim.writes(operation="add_resource_tag")] == [200]


@pytest.mark.slow
@pytest.mark.parametrize("times, statuses", [(1, [409, 200]), (-1, [409, 409])])
def test_conflict_that_nothing_explains_is_tried_once_more(sim, run, times, statuses):
    sim.fault("status", status=409, method="POST", path="/tags", times=times)

    result = run(MODULE, resource=FIRST, tags={"owner": "ann"})

    assert [one["status"] for one in sim.writes()] == statuses
    assert bool(result.get("failed")) is (times != 1)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_other_refusal_is_not_tried_again(sim, run, status):
    sim.fault("status", status=status, method="POST", path="/tags", times=-1)

    result = run(MODULE, resource=FIRST, tags={"owner": "ann"})

    assert result["failed"] is True and result["changed"] is False
    assert len(sim.writes()) == 1


def test_resource_that_an_earlier_task_may_create(sim, run):
    result = run(MODULE, check=True, resources=["NOBODY", FIRST], tags={"owner": "ann"})

    assert not result.get("failed"), result["msg"]
    assert result["changed"] is True
    assert [step["before_header"] for step in result["diff"]] == ["NOBODY (add_tag)", "PEBBILL01 (add_tag)"]
    (warning,) = result["warnings"]
    assert "NOBODY" in warning and FIRST not in warning and "earlier task" in warning
    refused = run(MODULE, check=True, resources=["NOBODY"], tags={"owner": "ann"}, on_missing_in_check_mode="fail")
    assert refused["failed"] is True and "NOBODY" in refused["msg"]


def test_absent_from_a_resource_that_an_earlier_task_may_create(sim, run):
    result = run(MODULE, check=True, resource="NOBODY", state="absent", tags={"owner": None})

    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["diff"]) == (False, [])


# what is refused before anything is sent


@pytest.mark.parametrize(
    "options, word",
    [
        (dict(resources=[], tags={}), "resources"),
        (dict(resources=["A,B"], tags={}), "A,B"),
        (dict(resources=["!A"], tags={}), "!A"),
        (dict(resources=[" A"], tags={}), "' A'"),
        (dict(resources=[""], tags={}), "resources"),
        (dict(resources=["A"]), "tags"),
        (dict(resources=["A"], tags={"a": None}), "'a'"),
        (dict(resources=["A"], tags={"a": ["b"]}), "'a'"),
        (dict(resources=["A"], tags={"a": ["b"]}, state="absent"), "'a'"),
        (dict(resources=["A"], tags={"a": "b"}, state="absent", tags_mode="replace"), "tags_mode"),
    ],
)
def test_invalid_input(sim, run, options, word):
    result = run(MODULE, **options)

    assert result["failed"] is True
    assert word in result["msg"]
    assert sim.requests() == sim.token_requests() == []


@pytest.mark.parametrize("given", ["billing", "BILLING"])
def test_service_of_rows_that_show_its_id_only(sim, run, monkeypatch, given):
    view, hidden = sim.state.view, ("serviceName", "serviceKey")

    def bare(record, schema=None):
        return {key: value for key, value in view(record, schema).items() if key not in hidden}

    monkeypatch.setattr(sim.state, "view", bare)
    for resource in (str(id_of(sim, FIRST)), FIRST):
        result = run(MODULE, resource=resource, service=given, tags={})
        assert [row["name"] for row in result.get("resources", [])] == [FIRST], result
    result = run(MODULE, resource=str(id_of(sim, FIRST)), service="intranet", tags={"owner": "ann"})
    assert "which contradicts service: intranet (" in result["msg"] and sim.writes() == []

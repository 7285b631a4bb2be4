# SPDX-License-Identifier: GPL-3.0-or-later
"""The comment of a resource or a service: set and removed once."""

from __future__ import annotations

import pytest

DATABASE = "billingpg"


@pytest.fixture
def comment(task):
    return task("itcare_comment")


def path_of(sim, name):
    return "/compute/resources/%d/comments" % sim.state.named(name)[0]["id"]


def test_comment_of_a_resource(sim, comment):
    result, writes = comment.converges(resource="PEBTOM01", comment="Batch jobs")
    assert writes == [("PATCH", path_of(sim, "PEBTOM01"), {"description": "Batch jobs"})]
    assert (result["comment"], result["steps"]) == ("Batch jobs", ["comment"])
    assert result["diff"][0]["before"]["comment"] != "Batch jobs"


def test_comment_of_a_service(sim, comment):
    result, writes = comment.converges(service="billing", comment="Ours")
    assert writes == [("PATCH", "/compute/resources/44411/comments", {"description": "Ours"})]
    assert sim.state.services[44411]["comment"] == result["comment"] == "Ours"
    assert result["address"] == "/compute/services/44411"


def test_comment_of_a_service_whose_id_a_resource_has_is_not_sent(sim, comment):
    """Both comments have the same path: the resource's would change."""
    stranger = sim.add_instance("QEBSAME01", "billing-qa")
    sim.state.resources[44411] = {**sim.state.resources.pop(stranger["id"]), "id": 44411}
    message = comment.refuses(service="billing", comment="Ours")
    assert "the id of the service billing (id 44411) is also that of QEBSAME01 (id 44411" in message
    comment.changes_nothing(service="billing", comment=sim.state.services[44411]["comment"])


def test_comment_is_removed(sim, comment):
    comment(resource=DATABASE, comment="Ours")
    _result, writes = comment.converges(resource=DATABASE, comment="")
    assert writes == [("PATCH", path_of(sim, DATABASE), {"description": ""})]


def test_service_and_type_tell_resources_of_one_name_apart(sim, comment):
    sim.add_instance(DATABASE, "billing")
    assert "are named billingpg" in comment.refuses(resource=DATABASE, service="billing", comment="Ours")
    comment.converges(resource=DATABASE, resource_type="POSTGRESQL", comment="Ours")
    assert [one["comment"] == "Ours" for one in sim.state.named(DATABASE)] == [True, False]


def test_id_of_another_kind_is_refused(sim, comment):
    number = str(sim.state.named(DATABASE)[0]["id"])
    message = comment.refuses(resource=number, resource_type="LINUX", comment="Ours")
    assert "is billingpg" in message and "which contradicts resource_type: LINUX" in message
    comment.converges(resource=number, resource_type="POSTGRESQL", service="billing", comment="Ours")


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(resource="NOSUCH01"), "there is no resource named NOSUCH01"),
        (dict(service="nowhere"), "there is no service called nowhere"),
        (dict(resource="999999999"), "there is no resource named 999999999"),
        (dict(), "one of the following is required: resource, service"),
        (dict(service="billing", resource_type="LINUX"), "missing parameter(s) required by 'resource_type': resource"),
    ],
    ids=str,
)
def test_refused(comment, options, message):
    comment = comment.given(on_missing_in_check_mode="fail")
    assert comment.refuses(comment="Ours", **options).startswith(message)


def test_lost_answer_is_looked_for(sim, comment):
    sim.fault("reset_after", operation="update_resource_comment")
    result, writes = comment(resource=DATABASE, comment="Ours")
    assert not result.get("failed") and len(writes) == 1


def test_blanks_around_a_comment_make_no_difference(sim, comment):
    """A block of YAML ends with a newline, and a platform may cut it."""
    sim.state.named(DATABASE)[0]["comment"] = "Ours"
    comment.changes_nothing(resource=DATABASE, comment=" Ours\n")
    comment.converges(resource=DATABASE, comment="Ours too\n")


@pytest.mark.parametrize("check", [False, True])
def test_a_service_that_is_listed_and_has_no_page(sim, run, check):
    sim.fault("status", status=404, operation="get_service", times=-1)
    result = run("itcare_comment", check=check, service="billing", comment="x")
    assert result["failed"] and "/compute/services/44411 answers 404" in result["msg"]
    assert sim.writes() == []

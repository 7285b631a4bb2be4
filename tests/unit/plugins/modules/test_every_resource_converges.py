# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module of a resource does alike, against the simulator: on what its data has of that kind."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.plan import DELETE
from ansible_collections.cegedim.cloud.tests.simulator.samples import RESOURCES as SEEDED
from ansible_collections.cegedim.cloud.tests.unit.plugins.test_every_resource import CONVERGING, RESOURCES

NOBODY = "nothere1"
KINDS = {one.kind: one for one in RESOURCES if one.kind in CONVERGING}


@pytest.fixture(params=sorted(KINDS))
def resource(request):
    return KINDS[request.param]


@pytest.fixture
def converge(resource, task):
    return task(CONVERGING[resource.kind].__name__.rsplit(".", 1)[1])


@pytest.fixture
def seeded(resource, converge):
    """A resource of that kind, which is ACTIVE, as its module shows it."""
    result = converge.changes_nothing(name=SEEDED[resource.path])
    assert result["address"] == "%s/%d" % (resource.path, result[resource.kind]["id"])
    return result[resource.kind]


def test_creation_that_lacks_something_names_all_that_is_missing(resource, converge):
    names = [one.name for one in resource.fields]
    required = [one.name for one in resource.fields if one.required and one.name != "name"]
    if "network" in required:  # which says where it is
        required.remove("region")
    missing = [
        "region or network" if one == "region" and "network" in names and "network" not in required else one
        for one in required
    ]
    assert converge.refuses(name=NOBODY) == "no %s is named %s, and to create it these are missing: %s" % (
        resource.kind,
        NOBODY,
        ", ".join(missing),
    )


def test_unknown_id(resource, converge):
    assert "no %s has the id 999999" % resource.kind in converge.refuses(id=999999)


def test_found_by_id_and_by_name(resource, converge, seeded):
    for identity in (dict(id=seeded["id"]), dict(name=seeded["name"])):
        assert converge.changes_nothing(**identity)[resource.kind]["name"] == seeded["name"]


def test_service_of_a_result_can_be_given_to_a_task(resource, converge, seeded):
    converge.changes_nothing(name=seeded["name"], service=seeded["service"])


def test_absent_of_what_is_not_there(resource, converge):
    assert converge.changes_nothing(name=NOBODY, state="absent")[resource.kind] is None


@pytest.fixture(params=[False, True], ids=["without a reference", "with a change reference"])
def options(request, resource):
    if request.param and not any(one.name == "change_reference" for one in resource.fields):
        return {}  # no request about it takes one, and so the module has no such option
    return {"change_reference": "RFC_123"} if request.param else {}


def test_absent(resource, converge, seeded, options):
    path = "%s/%d" % (resource.path, seeded["id"])
    predicted, _writes = converge(check=True, name=seeded["name"], state="absent", **options)
    assert predicted[resource.kind]["status"] == "ACTIVE"
    result, writes = converge.converges(name=seeded["name"], state="absent", **options)
    assert result[resource.kind] is None
    delete = resource.operation("delete") or DELETE
    body = {"changeReference": "RFC_123"} if options and delete.also else None
    assert writes[-1] == ("DELETE", path, body)
    stop = [("PATCH", path)] if delete.needs else []
    assert [one[:2] for one in writes[:-1]] == stop


def test_absent_by_id(resource, converge, seeded):
    result, _writes = converge.converges(id=seeded["id"], state="absent")
    assert result["steps"][-1] == "delete"


def test_stopped_and_started(resource, converge, seeded, options):
    path = "%s/%d" % (resource.path, seeded["id"])
    for state, name, status in (("stopped", "stop", "INACTIVE"), ("started", "start", "ACTIVE")):
        operation = resource.operation(name)
        if not operation:
            assert "value of state must be one of" in converge.refuses(name=seeded["name"], state=state)
            continue
        result, writes = converge.converges(name=seeded["name"], state=state, **options)
        sent = {"options": {"changeReference": "RFC_123"}} if options and operation.also else {}
        assert writes == [("PATCH", path, {"operation": name, **sent})]
        assert (result["steps"], result[resource.kind]["status"]) == ([name], status)

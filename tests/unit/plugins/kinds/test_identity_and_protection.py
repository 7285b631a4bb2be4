# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be undone happens only to what the task means, and never to what a tag protects."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import (
    K8S,
    LB,
    OFF,
    PG,
    PG_HA,
    SNAPPED,
    WEB,
    id_of,
    spread,
)

# subject of each kind, the states that cannot be undone, what else the task may say, and what is wrong about it
WHOLES = {
    "instance": (WEB, ["absent", "stopped", "restarted", "reset"]),
    "postgresql": (PG, ["absent", "stopped"]),
    "loadbalancer": (LB, ["absent", "stopped"]),
    "k8s_cluster": (K8S, ["absent"]),
}
OTHERS = {"instance": OFF, "postgresql": PG_HA, "loadbalancer": things.LB_OFF, "k8s_cluster": "qa-k8s"}
WRONG = [
    ("instance", "service", "intranet"),
    ("instance", "region", "ET"),
    ("instance", "area", "ET-EMEA"),
    ("instance", "platform", "rhel9"),
    ("instance", "availability_zone", "EB-C"),
    ("postgresql", "service", "billing-qa"),
    ("postgresql", "region", "ET"),
    ("postgresql", "area", "ET-EMEA"),
    ("loadbalancer", "service", "billing-qa"),
    ("loadbalancer", "region", "ET"),
    ("loadbalancer", "area", "ET-EMEA"),
    ("k8s_cluster", "service", "billing-qa"),
    ("k8s_cluster", "region", "ET"),
    ("k8s_cluster", "area", "ET-EMEA"),
]


def every_state(cells):
    return [(kind, state, *rest) for kind, *rest in cells for state in WHOLES[kind][1]]


@pytest.mark.parametrize("kind, state", every_state([[kind] for kind in WHOLES]))
@pytest.mark.parametrize("more", [{}, {"on_fixed_difference": "warn"}], ids=["", "warn"])
def test_an_id_with_the_name_of_another(sim, task, kind, state, more):
    subject, _states = WHOLES[kind]
    message = task("itcare_" + kind).refuses(id=id_of(sim, subject), name=OTHERS[kind], state=state, **more)
    assert subject in message and OTHERS[kind] in message


@pytest.mark.parametrize("kind, state, option, value", every_state(WRONG))
def test_what_the_record_contradicts(sim, task, kind, state, option, value):
    subject, _states = WHOLES[kind]
    message = task("itcare_" + kind).refuses(
        id=id_of(sim, subject), state=state, on_fixed_difference="warn", **{option: value}
    )
    assert value in message and "it is" in message


@pytest.mark.parametrize("kind, state, option, value", every_state(one for one in WRONG if one[1] != "service"))
def test_what_the_record_of_that_name_contradicts(sim, task, kind, state, option, value):
    subject, _states = WHOLES[kind]
    message = task("itcare_" + kind).refuses(name=subject, state=state, **{option: value})
    assert value in message


@pytest.mark.parametrize("rows", ["sparse", "old"])
@pytest.mark.parametrize("kind, option, value", [one for one in WRONG if one[1] not in ("service", "cluster")])
def test_what_a_sparse_row_does_not_show(sim, task, kind, option, value, rows):
    sim.configure(rows=rows)
    subject, _states = WHOLES[kind]
    message = task("itcare_" + kind).refuses(name=subject, state="absent", **{option: value})
    assert value in message


@pytest.mark.parametrize("kind", WHOLES)
def test_absent_in_another_service_is_not_this_one(sim, task, kind):
    subject, _states = WHOLES[kind]
    task("itcare_" + kind).changes_nothing(name=subject, state="absent", service="sandbox")
    assert sim.state.named(subject)


@pytest.mark.parametrize("kind, state", every_state([[kind] for kind in WHOLES if kind != "postgresql"]))
def test_another_state_in_another_service_is_refused(sim, task, kind, state):
    if state == "absent":
        return
    subject, _states = WHOLES[kind]
    assert "sandbox" in task("itcare_" + kind).refuses(name=subject, state=state, service="sandbox")


AGREEING = {
    "instance": dict(service="BILLING-QA", region="eb", area="EB-EMEA", platform="DEB12", sizing="8cpu16gb"),
    "postgresql": dict(service="intranet", region="EB", sizing="8cpu32gb", disk_size=500),
    "loadbalancer": dict(service="44411", region="EB", healthcheck="tcp"),
    "k8s_cluster": dict(service="billing", region="EB", area="EB-EMEA", sizing="8cpu32gb", node_count=9),
}


@pytest.mark.parametrize("kind", WHOLES)
def test_what_does_not_tell_it_from_others_stops_no_removal(sim, task, kind):
    subject, _states = WHOLES[kind]
    result, writes = task("itcare_" + kind)(name=subject, state="absent", **AGREEING[kind])
    assert not result.get("failed"), result["msg"]
    assert things.in_short(writes)[-1] == "DELETE"
    assert sim.state.named(subject) == [] or kind == "loadbalancer"


def test_a_load_balancer_of_another_cluster(sim, task):
    balancer = task("itcare_loadbalancer").given(name="apps.billing.acme.example", cluster="portal-k8s")
    for state in ("absent", "stopped"):
        message = balancer.refuses(state=state)
        assert "portal-k8s" in message and K8S in message


@pytest.mark.parametrize(
    "kind, options, hidden",
    [
        ("loadbalancer", dict(cluster=K8S), "cluster"),
        ("k8s_cluster", dict(cloud=None, area="EB-EMEA"), None),
    ],
)
def test_a_removal_tells_what_could_not_be_compared(sim, task, kind, options, hidden):
    result, _writes = task("itcare_" + kind)(check=True, name=WHOLES[kind][0], state="absent", **options)
    told = [text for text in result.get("warnings", []) if "not compared" in text]
    assert len(told) == (1 if hidden else 0)
    assert not hidden or told[0].endswith(": " + hidden)


@pytest.fixture
def restore(sim, task):
    for name in (PG, PG_HA):
        sim.state.named(name)[0].update(version="15", backupStatus=True)
    return task("itcare_postgresql_restore").given(source=PG_HA, timestamp=things.ago(hours=1), stop="BEFORE")


def test_a_restore_into_the_id_of_another(sim, restore):
    message = restore.refuses(id=id_of(sim, PG), name=PG_HA)
    assert PG in message and PG_HA in message


def test_a_restore_into_another_service(sim, restore):
    assert "sandbox" in restore.refuses(id=id_of(sim, PG), service="sandbox")


def test_a_recovery_in_another_service(sim, task):
    message = task("itcare_instance_snapshot").refuses(
        instance=str(id_of(sim, SNAPPED)), service="sandbox", state="recovered"
    )
    assert "sandbox" in message


# Protection


PROTECTED = {
    "instance-absent": ("itcare_instance", WEB, dict(name=WEB, state="absent"), ["PATCH stop", "DELETE"]),
    "instance-off-absent": ("itcare_instance", OFF, dict(name=OFF, state="absent"), ["DELETE"]),
    "instance-reset": ("itcare_instance", WEB, dict(name=WEB, state="reset"), ["PATCH reset"]),
    "postgresql-absent": ("itcare_postgresql", PG, dict(name=PG, state="absent"), ["DELETE"]),
    "loadbalancer-absent": ("itcare_loadbalancer", LB, dict(name=LB, state="absent"), ["DELETE"]),
    "k8s-absent": ("itcare_k8s_cluster", K8S, dict(name=K8S, state="absent"), ["DELETE"]),
    "restore": ("itcare_postgresql_restore", PG, dict(name=PG), ["PATCH restore"]),
    "recovered": ("itcare_instance_snapshot", SNAPPED, dict(instance=SNAPPED, state="recovered"), ["PATCH"]),
    "recovered-force": (
        "itcare_instance_snapshot",
        SNAPPED,
        dict(instance=SNAPPED, state="recovered", force=True),
        ["PATCH"],
    ),
}
YES, NO = ["true", "True", "yes", "TRUE", " true "], ["false", "no", "", "0", "truely"]


@pytest.fixture(params=PROTECTED)
def protected(request):
    return request.param


@pytest.fixture
def doom(sim, task, restore, protected):
    """The task that would do away with something."""
    module, _name, options, _then = PROTECTED[protected]
    return (restore if protected == "restore" else task(module)).given(**options)


def tag(sim, protected, *values, key="protected"):
    record = sim.state.named(PROTECTED[protected][1])[0]
    record["tags"] = [{"tagKey": key, "tagValue": value} for value in values]


@pytest.mark.parametrize("protected, value", spread(PROTECTED, YES), indirect=["protected"])
def test_a_tag_protects(sim, doom, protected, value):
    tag(sim, protected, value)
    message = doom.refuses()
    assert "protected=true" in message and PROTECTED[protected][1] in message


@pytest.mark.parametrize("rows", ["sparse", "old"])
def test_a_tag_that_no_listing_shows_protects(sim, doom, protected, rows):
    sim.configure(rows=rows)
    tag(sim, protected, "true")
    assert "protected=true" in doom.refuses()


def test_one_of_several_values_protects(sim, doom, protected):
    tag(sim, protected, "false", "true")
    assert "protected=true" in doom.refuses()


@pytest.mark.parametrize("protected, value", spread(PROTECTED, NO), indirect=["protected"])
def test_another_value_does_not_protect(sim, doom, protected, value):
    tag(sim, protected, value)
    result, writes = doom()
    assert not result.get("failed"), result["msg"]
    assert things.in_short(writes) == PROTECTED[protected][3]


@pytest.mark.parametrize("key", ["Protected", "PROTECTED", "pro-tected"])
def test_the_key_in_another_spelling_protects(sim, doom, protected, key):
    tag(sim, protected, "true", key=key)
    assert "%s=true, which protects it" % key in doom.refuses()


@pytest.mark.parametrize("key", ["unprotected", "protected2"])
def test_another_key_does_not_protect(sim, doom, protected, key):
    tag(sim, protected, "true", key=key)
    result, _writes = doom()
    assert not result.get("failed"), result["msg"]


def test_the_key_is_an_option(sim, doom, protected):
    tag(sim, protected, "true", key="keep")
    assert "keep=true" in doom.refuses(protection_tag="keep")
    result, _writes = doom(check=True)
    assert not result.get("failed"), result["msg"]


def test_the_key_comes_from_the_environment(sim, doom, protected, monkeypatch):
    tag(sim, protected, "true", key="keep")
    monkeypatch.setenv("ITCARE_PROTECTION_TAG", "keep")
    assert "keep=true" in doom.refuses()


@pytest.mark.parametrize("how", ["option", "environment"])
def test_protection_can_be_switched_off(sim, doom, protected, monkeypatch, how):
    tag(sim, protected, "true")
    if how == "environment":
        monkeypatch.setenv("ITCARE_PROTECTION_TAG", "")
    result, writes = doom(**({"protection_tag": ""} if how == "option" else {}))
    assert not result.get("failed"), result["msg"]
    assert things.in_short(writes) == PROTECTED[protected][3]


def test_tags_are_read_once_and_only_where_something_is_done_away_with(sim, doom, protected):
    doom(check=True)
    asked = [entry for entry in sim.requests() if entry["operation"] == "list_resource_tags"]
    assert len(asked) == 1


@pytest.mark.parametrize(
    "module, options",
    [
        ("itcare_instance", dict(name=WEB, state="stopped")),
        ("itcare_instance", dict(name=WEB, sizing="4cpu8gb")),
        ("itcare_postgresql", dict(name=PG, state="stopped")),
        ("itcare_instance_snapshot", dict(instance=WEB)),
    ],
)
def test_a_protected_one_is_changed_as_ever(sim, task, module, options):
    for name in (WEB, PG):
        sim.state.named(name)[0]["tags"] = [{"tagKey": "protected", "tagValue": "true"}]
    result, _writes = task(module)(**options)
    assert result["changed"]
    assert [entry for entry in sim.requests() if entry["operation"] == "list_resource_tags"] == []


def test_a_protected_one_that_is_removed_by_somebody_else(sim, task):
    sim.state.named(OFF)[0]["tags"] = [{"tagKey": "protected", "tagValue": "true"}]
    sim.colleague("DELETE", sim.address(OFF), seconds=0.2)
    result, writes = task("itcare_instance")(name=OFF, state="absent")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])


def test_a_tag_that_somebody_sets_while_the_task_waits(sim, task):
    sim.colleague("PATCH", sim.address(WEB), {"operation": "reset"}, seconds=0.2)
    sim.state.named(WEB)[0]["tags"] = [{"tagKey": "protected", "tagValue": "true"}]
    result, writes = task("itcare_instance")(name=WEB, state="absent")
    assert result.get("failed") and writes == []
    assert "protected=true" in result["msg"]

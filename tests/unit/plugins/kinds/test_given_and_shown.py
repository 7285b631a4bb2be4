# SPDX-License-Identifier: GPL-3.0-or-later
"""What is given is never dropped without a word, and what is not shown is not taken for equal without one."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import K8S, LB, PG, URL, WEB

GROUPED = "QEBBILL01"  # it prefers the patch group 2
PARTIES = {
    "instance": ("itcare_instance", WEB),
    "postgresql": ("itcare_postgresql", PG),
    "k8s": ("itcare_k8s_cluster", K8S),
}


@pytest.fixture(params=PARTIES)
def party(request, task):
    module, name = PARTIES[request.param]
    return task(module).given(name=name)


@pytest.mark.parametrize(
    "party_options, words",
    [
        (dict(excluded=True, exclusion_reason="Ours", patch_group=1), ["patch_group", "excluded"]),
        (dict(excluded=True, exclusion_reason="   "), ["exclusion_reason"]),
        (dict(excluded=True, exclusion_reason=""), ["exclusion_reason"]),
        (dict(excluded=True), ["exclusion_reason"]),
        (dict(excluded=False, exclusion_reason="Ours"), ["exclusion_reason", "excluded"]),
    ],
    ids=["group-beside-excluded", "blank-reason", "empty-reason", "no-reason", "reason-beside-included"],
)
def test_a_patch_party_that_contradicts_itself(party, party_options, words):
    message = party.refuses(patch_party=party_options)
    assert all(word in message for word in words)


def test_a_group_of_none_takes_the_preference_back(sim, task):
    instance = task("itcare_instance").given(name=GROUPED)
    instance.changes_nothing(patch_party=dict(excluded=False))
    _result, writes = instance.converges(patch_party=dict(excluded=False, patch_group=0))
    assert writes[0][2]["options"] == {"patchParty": {"excluded": False}}
    assert "patchGroup" not in sim.state.named(GROUPED)[0]["patchParty"]
    _result, writes = instance.converges(patch_party=dict(excluded=False, patch_group=1))
    assert things.in_short(writes) == ["PATCH update_patch_party"]


KINDS = ("glusterfs", "instance", "kafka", "mariadb", "opensearch", "postgresql", "rabbitmq", "redis", "sqlserver")
PATCHED = {
    **{"itcare_%s" % kind: kind for kind in KINDS},
    "itcare_kafka": "apache_kafka",
    "itcare_k8s_cluster": "kubernetes",
}


@pytest.mark.parametrize("module, kind", PATCHED.items())
def test_every_product_takes_a_patch_group_back(sim, task, module, kind):
    record = next(one for one in sim.state.live(kind) if "_parent" not in one)
    record["patchParty"] = {"excluded": False, "patchGroup": "2"}
    _result, writes = task(module).converges(name=record["name"], patch_party=dict(patch_group=0))
    assert [body["options"] for _method, _path, body in writes] == [{"patchParty": {"excluded": False}}]
    assert record["patchParty"] == {"excluded": False}


def test_every_module_with_patch_parties_is_tried():
    import importlib
    from pathlib import Path

    from ansible_collections.cegedim.cloud.plugins import modules

    names = sorted(path.stem for path in Path(modules.__path__[0]).glob("itcare_*.py"))
    found = [importlib.import_module("%s.%s" % (modules.__name__, name)) for name in names]
    specs = {one.__name__.rpartition(".")[2]: one.SPEC["argument_spec"] for one in found if hasattr(one, "SPEC")}
    assert sorted(name for name, spec in specs.items() if "patch_party" in spec) == sorted(PATCHED)


def test_an_exclusion_ends_and_the_reason_with_it(sim, task):
    instance = task("itcare_instance").given(name="PEBBILLW01")
    _result, writes = instance.converges(patch_party=dict(excluded=False))
    assert writes[0][2]["options"] == {"patchParty": {"excluded": False}}


@pytest.mark.parametrize(
    "module, options",
    [
        ("itcare_instance", dict(name=WEB)),
        ("itcare_instance", dict(things.INSTANCE, name="QNEW01")),
        ("itcare_postgresql", dict(things.POSTGRESQL, name="orders")),
        ("itcare_loadbalancer", dict(name=LB)),
        ("itcare_k8s_cluster", dict(name=K8S)),
    ],
)
@pytest.mark.parametrize("option", ["monitoring_alerting", "on_call_supervision"])
def test_alerts_without_monitoring_in_one_task(task, module, options, option):
    assert "monitoring_enabled" in task(module).refuses(**options, monitoring_enabled=False, **{option: True})


# URLs and members in another case


@pytest.mark.parametrize("name", [URL.upper(), "HTTPS://" + URL.upper() + "/", URL.title()])
def test_a_url_to_update_in_another_case(sim, task, name):
    balancer = task("itcare_loadbalancer").given(name=LB, update_urls=[name])
    balancer.changes_nothing(monitoring_enabled=True)
    result, writes = balancer.converges(monitoring_enabled=True, on_call_supervision=True)
    assert [one.casefold() for one in writes[0][2]["options"]["updateUrls"]] == [URL]
    assert sim.state.named(URL)[0]["monitoringOnCallEnabled"] is True
    assert sim.state.named(LB, "url")[0]["monitoringOnCallEnabled"] is False


def test_the_first_url_in_another_case(sim, task):
    balancer = task("itcare_loadbalancer")
    result, writes = balancer(
        **things.BALANCER, name="shop.acme.example", monitoring_enabled=True, update_urls=["SHOP.acme.example"]
    )
    assert not result.get("failed"), result["msg"]
    assert sim.state.named("shop.acme.example", "url")[0]["monitoringEnabled"] is True
    balancer.changes_nothing(
        **things.BALANCER, name="shop.acme.example", monitoring_enabled=True, update_urls=["SHOP.acme.example"]
    )


def test_a_load_balancer_in_another_case(task):
    task("itcare_loadbalancer").changes_nothing(name=LB.upper(), monitoring_enabled=True)


def test_members_in_another_case(sim, task):
    task("itcare_loadbalancer").changes_nothing(name=LB, members=["pebbill01", "PEBBILL02"])
    task("itcare_loadbalancer_member").changes_nothing(loadbalancer=LB, members=[dict(resource="pebbill01")])


# What a stopped database shows


def test_extensions_of_a_stopped_database_are_told_of(sim, task):
    sim.state.named(PG)[0]["status"] = "INACTIVE"
    database = task("itcare_postgresql").given(name=PG, extensions=[dict(database="app", name="pg_trgm")])
    result = database.changes_nothing()
    told = [text for text in result["warnings"] if "extensions" in text]
    assert len(told) == 1 and "INACTIVE" in told[0]
    result, writes = database(state="started")
    assert things.in_short(writes) == ["PATCH start", "PATCH install_extension"]


def test_monitoring_of_a_stopped_farm_is_told_of(sim, task):
    result, writes = task("itcare_loadbalancer")(name=things.LB_OFF, monitoring_enabled=True)
    assert (result["changed"], writes) == (False, [])
    assert "monitoring_enabled" in " ".join(result["warnings"])


# What an answer does not show


UNSHOWN = {
    "instance": (
        "itcare_instance",
        dict(name=WEB, regulation="STANDARD", cloud=101),
        ["area.regulation", "cloudId"],
    ),
    "postgresql": ("itcare_postgresql", dict(name=PG, tls=False, trigram="int"), ["tlsEnabled", "trigram"]),
    "loadbalancer": (
        "itcare_loadbalancer",
        dict(name=LB, network="1190", certificate="x"),
        ["network", "certificate"],
    ),
    "k8s": ("itcare_k8s_cluster", dict(name=K8S, cloud=101, ingress_provider="NGINX"), ["cloudId", "ingressProvider"]),
}
OPTIONS = {
    "instance": ["regulation", "cloud"],
    "postgresql": ["tls", "trigram"],
    "loadbalancer": ["network", "certificate"],
    "k8s": ["ingress_provider", "cloud"],
}


@pytest.mark.parametrize("case", UNSHOWN)
def test_what_is_not_shown_is_told_of_in_one_warning(sim, task, case):
    module, options, hidden = UNSHOWN[case]
    record = sim.state.named(options["name"])[0]
    for path, shown in itertools.product(hidden, [record, *sim.state.nodes(record["id"])]):
        *above, last = path.split(".")
        place = shown
        for key in above:
            place[key] = dict(place[key])
            place = place[key]
        place.pop(last, None)
    result = task(module).changes_nothing(**options)
    told = [text for text in result.get("warnings", []) if "not compared" in text]
    assert len(told) == 1, result.get("warnings")
    assert all(option in told[0] for option in OPTIONS[case])


WRONG = {
    "network-of-a-database": ("itcare_postgresql", dict(name=PG, network="1126"), "network"),
    "region-of-a-database": ("itcare_postgresql", dict(name=PG, region="ET"), "region"),
    "zone-of-a-database": ("itcare_postgresql", dict(name=PG, availability_zone="EB-C"), "availability_zone"),
    "network-of-an-instance": ("itcare_instance", dict(name=WEB, network="1126"), "network"),
    "area-of-an-instance": ("itcare_instance", dict(name=WEB, area="ET-EMEA"), "area"),
    "cluster-of-a-load-balancer": (
        "itcare_loadbalancer",
        dict(name="apps.billing.acme.example", cluster="portal-k8s"),
        "cluster",
    ),
    "server-policy": (
        "itcare_instance",
        dict(name="PEBBILL01", server_backup_policy="nosuch"),
        "server_backup_policy",
    ),
    "ingress-provider": ("itcare_k8s_cluster", dict(name=K8S, ingress_provider="TRAEFIK"), "ingress_provider"),
    "platform": ("itcare_instance", dict(name=WEB, platform="rhel9"), "platform"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=list(WRONG))
def test_what_is_shown_and_differs_is_refused(sim, task, case):
    module, options, option = case
    message = task(module).refuses(**options)
    assert option in message and "it is" in message
    result, writes = task(module)(**options, on_fixed_difference="warn")
    assert not result.get("failed"), result["msg"]
    assert writes == [] and option in " ".join(result["warnings"])


def policies(sim, name):
    return sim.state.named(name)[0]["backupPolicyDetails"]["policies"][0]


@pytest.mark.parametrize("key", ["policyId", "name", "label"])
def test_the_backup_policy_that_it_has(sim, task, key):
    shown = policies(sim, "PEBBILL01")
    result = task("itcare_instance").changes_nothing(name="PEBBILL01", server_backup_policy=str(shown[key]))
    assert not [text for text in result.get("warnings", []) if "not compared" in text]


def test_a_backup_policy_where_none_is_shown(sim, task):
    result = task("itcare_instance").changes_nothing(name=WEB, server_backup_policy="whatever")
    assert "server_backup_policy" in " ".join(result["warnings"])


def test_a_backup_policy_by_its_number(task):
    """A creation takes the number of a policy, too, and an answer leaves it out."""
    task("itcare_instance").changes_nothing(name="PEBBILL01", server_backup_policy="901")
    message = task("itcare_instance").refuses(name="PEBBILL01", server_backup_policy="902")
    assert "SERVER_28D" in message


@pytest.mark.parametrize("status", [403, 404])
def test_the_region_of_a_database_whose_nodes_cannot_be_read(sim, task, status):
    sim.fault("status", path="/nodes$", status=status, times=-1)
    result = task("itcare_postgresql").changes_nothing(name=PG, region="EB")
    told = [text for text in result["warnings"] if "not compared" in text]
    assert len(told) == 1 and "region" in told[0]

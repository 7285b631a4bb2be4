# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module, info module and the inventory under the readings that the documentation leaves open (see readings.py).

A cell is one scenario under one mix. In each: check mode says what the run does, the run reaches the state, the second
run changes nothing, and no other resource is ever touched. ``ITCARE_READING=7`` runs the cells of mix 7 only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Callable

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins import creations, readings, test_every_module

MIXES = readings.MIXES
QUICK = 1  # how many mixes have cells that are not slow tests
LIMITS = dict(wait_timeout=600, wait_interval=5)
BILLING_QA, INTRANET = 44412, 44413


@dataclass(frozen=True)
class Step:
    """A task and what it leads to.

    ``shows`` are fields of the simulator's record afterwards (None: it is gone), where one that is a function says
    whether the value will do. ``of`` names another record than the scenario's. ``always``: it has an effect in every
    run. ``is_same``: there is nothing to be done. ``prepare(platform)`` comes before.
    """

    options: dict
    shows: dict = field(default_factory=dict)
    module: str = None
    of: str = None
    always: bool = False
    is_same: bool = False
    prepare: Callable = None


@dataclass(frozen=True)
class Scenario:
    """Steps with one module on one resource: ``name`` (and ``service``) is what may be touched, with its parts.

    ``unclear(mix)``: nothing tells which number a body takes, and one of them is another resource's, so it is refused.
    """

    title: str
    module: str
    name: str
    steps: list
    service: int = None
    prepare: Callable = None
    unclear: Callable = lambda mix: False

    def __str__(self):
        return self.title

    def means(self, platform, record):
        """Whether a record is the one that is meant, or a part of it."""
        while record["name"] != self.name or self.service not in (None, record["serviceId"]):
            record = platform.state.resources.get(record.get("_parent") or record.get("_cluster"))
            if record is None:
                return False
        return True


def tags(**wanted):
    return lambda found: {one["tagKey"]: one["tagValue"] for one in found} == wanted


def twins(platform):
    """Two machines of one name in two services; where the numbers overlap, they show each other's."""
    if sum(1 for one in platform.state.live("instance")) % 2:
        platform.add("QEBODD01")
    platform.add("QEBTWIN01", "billing-qa")
    platform.add("QEBTWIN01", "intranet")


def overlapping(mix):
    return mix["numbers"] == "overlapping"


def described(text):
    return lambda found: bool(found) and found["description"] == text


def party(**wanted):
    return lambda found: {key: found.get(key) for key in wanted} == wanted


VENDOR = "Patched by its vendor"  # why the seed excludes PEBBILLW01


def aliases(*wanted):
    return lambda found: [" ".join((one["fqdn"], one["type"], one["value"])) for one in found] == list(wanted)


def pool(**wanted):
    """The members of a pool: name=port, or name=(port, state)."""

    def is_so(platform, found):
        shown = {platform.state.get(one["resourceId"])["name"]: (one["port"], one["state"]) for one in found}
        return shown == {
            name: value if isinstance(value, tuple) else (value, "enabled") for name, value in wanted.items()
        }

    is_so.asks_platform = True
    return is_so


def web(platform):
    for number in (1, 2):
        platform.add("QWEB0%d" % number)


def same_version(platform):
    platform.record("intrapg")["version"] = "15"


def more_clusters(platform):
    """A neighbour for the only cluster of the seed."""
    from ansible_collections.cegedim.cloud.tests.simulator import build

    state = platform.state
    cluster, nodes = build.cluster(
        state,
        "kubernetes",
        "portal-k8s",
        44421,
        state.products["k8s130"],
        "4cpu8gb",
        ["ET-A"],
        None,
        ["PETK8S01"],
        **{
            key: platform.record("billing-k8s")[key]
            for key in ("availableAZs", "ingressProvider", "supportsHAMode", "topology", "versionDetailed")
        },
    )
    for one in [cluster, *nodes]:
        state.add(one)
        state.remember(one)


NEW_K8S = dict(
    service="billing-qa",
    region="EB",
    network="EB_1127_DMZ9",
    platform="k8s130",
    ingress_provider="nginx",
    sizing="4cpu8gb",
    node_count=3,
)
NEW_BALANCER = dict(
    service="billing-qa",
    region="EB",
    healthcheck="tcp",
    member_port="8080",
    profile="HTTP",
    members=["QWEB01", "QWEB02"],
)
GLUSTER_VOLUME = dict(name="more", disk_size=42, password="mySuperPassw0rd42")
SEEDED_BALANCER = "billing.acme.example"

SCENARIOS = [
    Scenario(
        "instance",
        "itcare_instance",
        "QEBNEW01",
        [
            Step(creations.INSTANCE, dict(cpu=2, ram=4, status="ACTIVE")),
            Step(dict(sizing="4cpu8gb"), dict(cpu=4, ram=8, status="ACTIVE")),
            Step(
                dict(tags={"tier": "web", "a": "b"}, comment="a web server"),
                dict(tags=tags(tier="web", a="b"), comment="a web server"),
            ),
            Step(dict(patch_party=dict(excluded=True, exclusion_reason="Patched by its vendor")), {}),
            Step(dict(state="stopped"), dict(status="INACTIVE")),
            Step(dict(state="started"), dict(status="ACTIVE")),
            Step(dict(state="reset"), dict(status="ACTIVE"), always=True),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "instance that was there",
        "itcare_instance",
        "QEBBILL01",
        [
            Step(dict(sizing="2cpu4gb", state="started"), is_same=True),
            Step(dict(sizing="4cpu8gb", state="started"), dict(cpu=4, ram=8, status="ACTIVE")),
            Step(dict(monitoring_enabled=True), dict(monitoringEnabled=True)),
            Step(dict(backup_enabled=True), dict(backupStatus=True)),
            Step(dict(patch_party=dict(excluded=False, patch_group=3)), {}),
            Step(dict(tags={"tier": "web"}, tags_mode="replace"), dict(tags=tags(tier="web"))),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "instance of a name in two services",
        "itcare_instance",
        "QEBTWIN01",
        [
            Step(dict(service="intranet", state="stopped"), dict(status="INACTIVE")),
            Step(dict(service="intranet", comment="the other"), dict(comment="the other")),
            Step(dict(service="intranet", state="absent"), None),
        ],
        service=INTRANET,
        prepare=twins,
    ),
    Scenario(
        "snapshot",
        "itcare_instance_snapshot",
        "PEBBILL02",
        [
            Step(dict(instance="PEBBILL02", description="Before"), dict(snapshot=described("Before"))),
            Step(dict(instance="PEBBILL02"), is_same=True),
            Step(dict(instance="PEBBILL02", state="recovered"), {}),
            Step(dict(instance="PEBBILL02", state="absent"), {}),
            Step(dict(instance="PEBBILL02", state="present"), dict(snapshot=described(""))),
        ],
    ),
    Scenario(
        "snapshot that was there",
        "itcare_instance_snapshot",
        "PETPORT01",
        [
            Step(dict(instance="PETPORT01", description="Before the release"), is_same=True),
            Step(dict(instance="PETPORT01", state="recovered"), {}),
            Step(dict(instance="PETPORT01", state="absent"), {}),
        ],
    ),
    Scenario(
        "postgresql",
        "itcare_postgresql",
        "orders",
        [
            Step(creations.POSTGRESQL, dict(status="ACTIVE", version="15")),
            Step(dict(sizing="4cpu8gb"), {}),
            Step(dict(extensions=[dict(database="postgres", name="citext")]), {}),
            Step(dict(version="16"), dict(version="16")),
            Step(dict(tags={"tier": "data"}, comment="orders"), dict(tags=tags(tier="data"), comment="orders")),
            Step(dict(state="stopped"), dict(status="INACTIVE")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "postgresql that was there",
        "itcare_postgresql",
        "intrapg",
        [
            Step(dict(sizing="2cpu4gb", version="14", topology="STANDALONE"), is_same=True),
            Step(dict(patch_party=dict(excluded=False, patch_group=2)), {}),
            Step(dict(patch_party=dict(excluded=True, exclusion_reason="Patched by its vendor")), {}),
            Step(dict(topology="HA"), dict(topology="HA")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "redis",
        "itcare_redis",
        "qacache",
        [
            Step(creations.REDIS, dict(status="ACTIVE", version="7.2")),
            Step(dict(sizing="4cpu8gb"), {}),
            Step(dict(tags={"tier": "data"}, comment="cache"), dict(tags=tags(tier="data"), comment="cache")),
            Step(dict(state="stopped"), dict(status="INACTIVE")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "mariadb",
        "itcare_mariadb",
        "qa-maria",
        [
            Step(creations.MARIADB, dict(status="ACTIVE", version="10.11", topology="SINGLE")),
            Step(dict(sizing="4cpu8gb"), {}),
            Step(dict(tags={"tier": "data"}, comment="orders"), dict(tags=tags(tier="data"), comment="orders")),
            Step(dict(state="stopped"), dict(status="INACTIVE")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "opensearch",
        "itcare_opensearch",
        "qa_search",
        [
            Step(creations.OPENSEARCH, dict(status="ACTIVE", version="2.19.0", nodeCount=5)),
            Step(dict(sizing="4cpu8gb", node_count=9), dict(nodeCount=9)),
            Step(dict(tags={"tier": "data"}, comment="logs"), dict(tags=tags(tier="data"), comment="logs")),
            Step(dict(state="stopped"), dict(status="INACTIVE")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "opensearch that was there",
        "itcare_opensearch",
        "billing-search",
        [
            Step(dict(sizing="2cpu8gb", node_count=3), is_same=True),
            Step(dict(nodes=[dict(name="QEBOS02", sizing="4cpu8gb")]), {}),
            Step(dict(sizing="2cpu8gb"), {}),
        ],
    ),
    Scenario(
        "sqlserver",
        "itcare_sqlserver",
        "qasql01",
        [
            Step(
                dict(creations.SQLSERVER, edition="ENT", always_on=True, listener_name="qalsnr01", node_count=3),
                dict(status="ACTIVE", topology="ALWAYSON", nodeCount=3),
            ),
            Step(dict(sizing="4cpu8gb"), {}),
            Step(dict(tags={"tier": "data"}, comment="sales"), dict(tags=tags(tier="data"), comment="sales")),
            Step(dict(state="reset"), dict(status="ACTIVE"), always=True),
            Step(dict(state="stopped"), dict(status="INACTIVE")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "rabbitmq",
        "itcare_rabbitmq",
        "qarmq",
        [
            Step(creations.RABBITMQ, dict(status="ACTIVE", version="3.13")),
            Step(dict(sizing="4cpu8gb", monitoring_enabled=True), dict(cpu=4, ram=8, monitoringEnabled=True)),
            Step(dict(state="stopped", comment="queues"), dict(status="INACTIVE", comment="queues")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "kafka",
        "itcare_kafka",
        "qa_events",
        [
            Step(creations.KAFKA, dict(status="ACTIVE", version="3.9")),
            Step(dict(parameters={"a.b": 1}), dict(_parameters={"a.b": "1"})),
            Step(dict(sizing="4cpu8gb", parameters={"a.b": 2}), dict(cpu=4, _parameters={"a.b": "2"})),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "glusterfs",
        "itcare_glusterfs",
        "qa_files",
        [
            Step(creations.GLUSTERFS, dict(status="ACTIVE", _volumes={"dda": 15})),
            Step(dict(volumes=[GLUSTER_VOLUME]), dict(_volumes={"dda": 15, "more": 42})),
            Step(
                dict(volumes=[dict(name="dda", disk_size=20)], sizing="4cpu8gb"),
                dict(cpu=4, _volumes={"dda": 20, "more": 42}),
            ),
            Step(dict(volumes=[dict(name="dda", state="absent")]), dict(_volumes={"more": 42})),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "overdrive",
        "itcare_overdrive",
        "qadrive",
        [
            Step(creations.OVERDRIVE, dict(status="ACTIVE", _sizing="XS")),
            Step(dict(region="EB", comment="files"), dict(comment="files")),
            Step(dict(state="stopped"), dict(status="INACTIVE")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "matomo",
        "itcare_matomo",
        "qastats",
        [
            Step(creations.MATOMO, dict(status="ACTIVE", _sizing="S")),
            Step(dict(sizing="M"), dict(_sizing="M")),
            Step(dict(state="stopped", tags={"tier": "web"}), dict(status="INACTIVE", tags=tags(tier="web"))),
            Step(dict(sizing="L", state="started"), dict(status="ACTIVE", _sizing="L")),
            Step(dict(state="absent"), None),
        ],
    ),
    Scenario(
        "postgresql restore",
        "itcare_postgresql_restore",
        "intrapg",
        [
            Step(
                dict(source="billingpg", timestamp=creations.AN_HOUR_AGO, stop="BEFORE"),
                dict(status="ACTIVE"),
                always=True,
            )
        ],
        prepare=same_version,
        unclear=overlapping,
    ),
    Scenario(
        "k8s",
        "itcare_k8s_cluster",
        "qa-k8s",
        [
            Step(NEW_K8S, dict(status="ACTIVE")),
            Step(dict(version="1.31"), dict(versionDetailed=lambda found: "1.31" in found)),
            Step(dict(tags={"tier": "apps"}), dict(tags=tags(tier="apps"))),
            Step(dict(state="absent"), None),
        ],
        prepare=more_clusters,
    ),
    Scenario(
        "k8s that was there",
        "itcare_k8s_cluster",
        "billing-k8s",
        [
            Step(
                dict(
                    nodes=[
                        dict(availability_zone="EB-A", sizing="4cpu8gb", count=2),
                        dict(availability_zone="EB-B", sizing="4cpu8gb", count=1),
                    ]
                ),
                is_same=True,
            ),
            Step(
                dict(
                    nodes=[
                        dict(availability_zone="EB-A", sizing="4cpu8gb", count=2),
                        dict(availability_zone="EB-B", sizing="4cpu8gb", count=2),
                    ]
                ),
                {},
            ),
            Step(
                dict(
                    nodes=[
                        dict(availability_zone="EB-A", sizing="4cpu8gb", count=1),
                        dict(availability_zone="EB-B", sizing="4cpu8gb", count=2),
                    ],
                    scale_down=True,
                ),
                {},
            ),
        ],
        prepare=more_clusters,
    ),
    Scenario(
        "k8s node by its name",
        "itcare_k8s_cluster",
        "billing-k8s",
        [Step(dict(remove_nodes=["PEBK8S03"]), {})],
        prepare=more_clusters,
    ),
    Scenario(
        "k8s node whose number another node may have",
        "itcare_k8s_cluster",
        "billing-k8s",
        [
            Step(
                dict(
                    nodes=[
                        dict(availability_zone="EB-A", sizing="4cpu8gb", count=2),
                        dict(availability_zone="EB-B", sizing="4cpu8gb", count=0),
                    ],
                    scale_down=True,
                ),
                {},
            ),
        ],
        prepare=more_clusters,
        unclear=overlapping,
    ),
    Scenario(
        "load balancer",
        "itcare_loadbalancer",
        "shop.acme.example",
        [
            Step(NEW_BALANCER, dict(_members=pool(QWEB01=8080, QWEB02=8080), status="ACTIVE")),
            Step(dict(tags={"tier": "web"}, comment="shop"), dict(tags=tags(tier="web"), comment="shop")),
            Step(dict(state="stopped"), dict(status="INACTIVE")),
            Step(dict(state="started"), dict(status="ACTIVE")),
            Step(dict(state="absent"), None),
        ],
        prepare=web,
        unclear=overlapping,
    ),
    Scenario(
        "load balancer that was there",
        "itcare_loadbalancer",
        SEEDED_BALANCER,
        [
            Step(dict(profile="HTTPS"), is_same=True),
            Step(dict(monitoring_enabled=False, no_monitoring_prod_reason="a test"), dict(monitoringEnabled=False)),
            Step(dict(bot_defense=dict(template="strict", mode="blocking")), {}),
        ],
    ),
    Scenario(
        "members",
        "itcare_loadbalancer_member",
        SEEDED_BALANCER,
        [
            Step(
                dict(members=[dict(resource="PEBBILLW01", port=8081)]),
                dict(_members=pool(PEBBILL01=8080, PEBBILL02=8080, PEBBILLW01=8081)),
            ),
            Step(
                dict(members=[dict(resource="PEBBILL02", state="offline")]),
                dict(_members=pool(PEBBILL01=8080, PEBBILL02=(8080, "offline"), PEBBILLW01=8081)),
            ),
            Step(
                dict(state="absent", members=[dict(resource="PEBBILL01")]),
                dict(_members=pool(PEBBILL02=(8080, "offline"), PEBBILLW01=8081)),
            ),
            Step(
                dict(mode="replace", members=[dict(resource="PEBBILL02", port=8080, state="enabled")]),
                dict(_members=pool(PEBBILL02=8080)),
            ),
        ],
    ),
    Scenario(
        "URL",
        "itcare_loadbalancer_url",
        SEEDED_BALANCER,
        [
            Step(dict(name="api.billing.acme.example"), dict(status="ACTIVE"), of="api.billing.acme.example"),
            Step(
                dict(name="api.billing.acme.example", monitoring_enabled=True),
                dict(monitoringEnabled=True),
                of="api.billing.acme.example",
            ),
            Step(dict(name="api.billing.acme.example", state="absent"), None, of="api.billing.acme.example"),
            Step(dict(name="www.billing.acme.example", state="absent"), None, of="www.billing.acme.example"),
        ],
    ),
    Scenario(
        "patch policy",
        "itcare_patch_policy",
        "PEBBILL02",
        [
            Step(dict(policies=[dict(resources=["PEBBILL02"], patch_group=1)]), dict(patchParty=party(patchGroup="1"))),
            Step(
                dict(policies=[dict(resources=["PEBBILL02"], excluded=True, exclusion_reason="By hand")]),
                dict(patchParty=party(excluded=True, exclusionReason="By hand")),
            ),
            Step(dict(policies=[dict(resources=["PEBBILL02"])]), dict(patchParty=party(excluded=False))),
            Step(dict(policies=[dict(resources=["PEBBILLW01"], excluded=True, exclusion_reason=VENDOR)]), is_same=True),
        ],
        unclear=overlapping,
    ),
    Scenario(
        "comment",
        "itcare_comment",
        "billingpg",
        [
            Step(dict(comment="Ours"), dict(comment="Ours")),
            Step(dict(comment="Ours", service="billing", resource_type="POSTGRESQL"), is_same=True),
            Step(dict(comment=""), dict(comment="")),
        ],
    ),
    Scenario(
        "DNS alias",
        "itcare_dns_alias",
        "PEBBILL02",
        [
            Step(dict(name="shop.acme.example"), dict(_dns=aliases("shop.acme.example CNAME PEBBILL02"))),
            Step(dict(name="Shop.acme.example.", type="cname"), is_same=True),
            Step(
                dict(name="shop.acme.example", value="PEBBILL01"),
                dict(_dns=aliases("shop.acme.example CNAME PEBBILL01")),
            ),
            Step(dict(name="shop.acme.example", type="A", state="absent"), is_same=True),
            Step(dict(name="shop.acme.example", state="absent"), dict(_dns=aliases())),
        ],
    ),
    Scenario(
        "DNS alias of a product",
        "itcare_dns_alias",
        "billingpg",
        [
            Step(
                dict(name="db.acme.example", resource_type="POSTGRESQL", service="billing"),
                dict(_dns=aliases("db.acme.example CNAME billingpg")),
            ),
            Step(dict(name="db.acme.example", state="absent"), dict(_dns=aliases())),
        ],
    ),
    Scenario(
        "tag",
        "itcare_tag",
        "PEBBILL02",
        [
            Step(dict(tags={"tier": "x"}), dict(tags=tags(application="billing", tier="x"))),
            Step(dict(tags={"tier": "y"}), dict(tags=tags(application="billing", tier="y"))),
            Step(dict(tags={"tier": None}, state="absent"), dict(tags=tags(application="billing"))),
            Step(dict(tags={"a": "b"}, tags_mode="replace"), dict(tags=tags(a="b"))),
        ],
    ),
    Scenario(
        "tag of a product",
        "itcare_tag",
        "billingpg",
        [
            Step(dict(tags={"tier": "x"}), dict(tags=tags(tier="x"))),
            Step(dict(tags={}, tags_mode="replace"), dict(tags=tags())),
        ],
    ),
]


def cells(rows):
    """``(number of a mix, row)`` for the mixes that are chosen for each row, those of most mixes marked slow."""
    return [
        pytest.param(number, row, id="%d-%s" % (number, row), marks=[pytest.mark.slow] if number >= QUICK else [])
        for position, row in enumerate(rows)
        for number in readings.chosen(position if len(rows) > 2 else None)
    ]


@pytest.fixture
def platform(monkeypatch):
    """``platform(7)``: the platform under mix 7, which is printed where a test fails."""

    def begin(number):
        print("mix %d: %s" % (number, readings.in_short(MIXES[number])))
        return readings.Platform(monkeypatch, MIXES[number])

    return begin


def usual(scenario):
    """The options by which each of a scenario's tasks names its resource."""
    return {
        "itcare_comment": dict(resource=scenario.name),
        "itcare_dns_alias": dict(resource=scenario.name),
        "itcare_patch_policy": dict(service="billing"),
        "itcare_instance_snapshot": {},
        "itcare_loadbalancer_member": dict(loadbalancer=scenario.name),
        "itcare_loadbalancer_url": dict(loadbalancer=scenario.name),
        "itcare_tag": dict(resources=[scenario.name]),
    }.get(scenario.module, dict(name=scenario.name))


def succeeds(platform, module, options, check=False):
    result = readings.run(module, options, check)
    assert isinstance(result, dict), result
    assert not result.get("failed"), "%s of %s: %s" % ("check" if check else "run", options, result["msg"])
    return result, platform.writes()


def untouched(platform, before, meant):
    """See that nothing has changed since ``before``, unless ``meant`` (Meant, or None) has it."""
    now = platform.everything()
    for number in sorted(now.keys() | before.keys()):
        if now.get(number) == before.get(number) or (meant and number in meant.known):
            continue
        raise AssertionError("touched: %s: %s" % (number, difference(before.get(number), now.get(number))))


def difference(before, now):
    """What differs between two records, given as text."""
    if before is None or now is None:
        return "appeared" if before is None else "gone"
    at = len(os.path.commonprefix([before, now]))
    return "from ...%s to ...%s" % (before[max(0, at - 60) : at + 60], now[max(0, at - 60) : at + 60])


def refused(platform, module, options, scenario, *words):
    """See that check mode and the run refuse a task in the same words, and that nothing is touched. The message."""
    before, messages = platform.everything(), []
    for check in (True, False):
        result = readings.run(module, {**LIMITS, **usual(scenario), **options}, check)
        assert result.get("failed") and platform.writes() == [], result
        messages.append(result["msg"])
    untouched(platform, before, meant=None)
    assert messages[0] == messages[1]
    assert all(word in messages[0] for word in words), messages[0]


class Meant:
    """Whether a record is meant by a scenario; what was meant once stays so when it is gone."""

    def __init__(self, platform, scenario):
        self.platform, self.scenario = platform, scenario
        self.known = set()
        self.look()

    def look(self):
        for record in self.platform.state.resources.values():
            if self.scenario.means(self.platform, record):
                self.known.add(record["id"])


def holds(platform, scenario, step):
    """See that the simulator keeps what a step should have led to."""
    record = platform.record(step.of or scenario.name, scenario.service)
    if step.shows is None:
        assert record is None, "%s is still there: %s" % (scenario.name, record["status"])
        return
    if step.shows:
        assert record is not None, "%s is not there" % scenario.name
    for key, wanted in step.shows.items():
        shown = record.get(key)
        if callable(wanted):
            is_so = wanted(platform, shown) if hasattr(wanted, "asks_platform") else wanted(shown)
        else:
            is_so = shown == wanted
        assert is_so, "%s of %s is %r" % (key, record["name"], shown)


@pytest.mark.parametrize("number, scenario", cells(SCENARIOS))
def test_converges_and_touches_nothing_else(platform, number, scenario):
    platform = platform(number)
    if scenario.prepare:
        scenario.prepare(platform)
    if scenario.unclear(MIXES[number]):
        return refused(platform, scenario.module, scenario.steps[0].options, scenario, "number")
    for step in scenario.steps:
        if step.prepare:
            step.prepare(platform)
        module = step.module or scenario.module
        limits = LIMITS if module != "itcare_tag" else {}
        options = {**limits, **usual(scenario), **step.options}
        meant = Meant(platform, scenario)
        before, actions = platform.everything(), len(platform.state.actions.all())
        predicted, writes = succeeds(platform, module, options, check=True)
        assert writes == []
        untouched(platform, before, meant=None)
        result, writes = succeeds(platform, module, options)
        platform.pass_time(60)  # what lags is over
        meant.look()
        untouched(platform, before, meant)
        assert {one.resource_id for one in platform.state.actions.all()[actions:]} <= meant.known
        assert (result["changed"], result["diff"]) == (predicted["changed"], predicted["diff"]), options
        assert result.get("steps") == predicted.get("steps")
        holds(platform, scenario, step)
        assert result["changed"] is not step.is_same
        assert bool(writes) is not step.is_same
        if step.always:
            continue
        settled = platform.everything()
        for check in (False, True):
            again, writes = succeeds(platform, module, options, check)
            assert (again["changed"], writes, again["diff"]) == (False, [], []), "again, check=%s" % check
        untouched(platform, settled, meant=None)


@pytest.mark.parametrize("number, which", cells(["id", "internalResourceId"]))
def test_a_number_is_never_taken_for_another_resources(platform, number, which):
    platform = platform(number)
    twins(platform)
    for name in ("QEBBILL02", "QEBBILL01"):
        meant = platform.record(name)
        given = platform.numbers(meant)[which != "id"]
        before = platform.everything()
        options = dict(LIMITS, id=given, state="absent")
        # By the number alone: that one, or a refusal that names both.
        result = readings.run("itcare_instance", options, check=True)
        if result.get("failed"):
            assert overlapping(MIXES[number]), result["msg"]
            assert "QEBBILL01" in result["msg"] and "QEBBILL02" in result["msg"]
            platform.writes()
        elif result["changed"]:
            # Where no path takes the other number, a number alone can only be an id.
            assert result["instance"]["name"] == name or int(result["instance"]["id"]) == given
        # With another's name nothing happens, or it is refused.
        readings.run("itcare_instance", dict(options, name="PEBBILL01"))
        assert platform.writes() == []
        untouched(platform, before, meant=None)


@pytest.mark.parametrize("number, which", cells(["its own", "internalResourceId"]))
def test_a_number_and_a_name_are_enough(platform, number, which):
    platform = platform(number)
    meant = platform.record("QEBBILL01")
    given = platform.numbers(meant)[which != "its own"]
    before = platform.everything()
    result, _writes = succeeds(platform, "itcare_instance", dict(LIMITS, id=given, name="QEBBILL01", state="absent"))
    platform.pass_time(60)
    assert result["changed"] and platform.record("QEBBILL01") is None
    del before[meant["id"]]
    now = platform.everything()
    assert {one: now.get(one) for one in before} == before


@pytest.mark.parametrize("number, _row", cells(["instance"]))
def test_a_failed_creation(platform, number, _row):
    platform = platform(number)
    options = dict(LIMITS, name="QEBNEW01", **creations.INSTANCE)
    platform.world.faults.add(
        {"kind": "fail_action", "match": {"operation": "create_instance"}, "times": 1, "after": 0, "message": "No room"}
    )
    result = readings.run("itcare_instance", options)
    assert result.get("failed"), result
    platform.writes()
    platform.pass_time(60)
    left = platform.record("QEBNEW01")
    assert (left is not None) is (MIXES[number]["failed_creation"] == "remnant")
    if left is not None:
        again = readings.run("itcare_instance", options)
        assert again.get("failed") and platform.writes() == [], again
        assert "PREPARATION" in again["msg"]
        gone, _writes = succeeds(platform, "itcare_instance", dict(LIMITS, name="QEBNEW01", state="absent"))
        assert gone["changed"]
        platform.pass_time(60)
    assert platform.record("QEBNEW01") is None
    result, _writes = succeeds(platform, "itcare_instance", options)
    assert result["changed"] and platform.record("QEBNEW01")["status"] == "ACTIVE"


@pytest.mark.parametrize("number, _row", cells(["instance"]))
def test_an_action_is_waited_for(platform, number, _row):
    platform = platform(number)
    succeeds(platform, "itcare_instance", dict(LIMITS, name="QEBBILL01", state="stopped", wait=False))
    begun = platform.state.actions.all()[-1]
    result, writes = succeeds(platform, "itcare_action", dict(LIMITS, ids=[begun.id]))
    assert (result["changed"], writes, begun.status) == (False, [], "SUCCESS")
    assert [(str(one["id"]), one["status"]) for one in result["actions"]] == [(str(begun.id), "SUCCESS")]


# Info modules: module, the key of its result, a name
INFOS = [
    ("itcare_instance_info", "instances", "PEBBILL01"),
    ("itcare_instance_info", "instances", "PETPORT01"),
    ("itcare_resource_info", "resources", "PEBBILL02"),
    ("itcare_resource_info", "resources", "billingpg"),
    ("itcare_resource_info", "resources", SEEDED_BALANCER),
    ("itcare_k8s_cluster_info", "k8s_clusters", "billing-k8s"),
    ("itcare_application_server_info", "application_servers", "PEBTOM01"),
    ("itcare_hardware_info", "hardwares", "PEBHSM01"),
    ("itcare_network_cluster_info", "network_clusters", "billing-fw"),
    ("itcare_loadbalancer_info", "loadbalancers", SEEDED_BALANCER),
    ("itcare_postgresql_info", "postgresql", "intrapg"),
    ("itcare_redis_info", "redis", "portalcache"),
    ("itcare_mariadb_info", "mariadb", "portal-maria"),
    ("itcare_opensearch_info", "opensearch", "billing-search"),
    ("itcare_sqlserver_info", "sqlserver", "billsql01"),
    ("itcare_rabbitmq_info", "rabbitmq", "intranet-rmq"),
    ("itcare_kafka_info", "kafka", "billing_events"),
    ("itcare_glusterfs_info", "glusterfs", "billing_files"),
    ("itcare_overdrive_info", "overdrive", "intradrive"),
    ("itcare_matomo_info", "matomo", "portal-stats"),
]


def everything(module):
    """All that ``gather`` of an info module has."""
    return test_every_module.module(module).SPEC["argument_spec"]["gather"]["choices"]


@pytest.mark.parametrize("number, info", cells(INFOS))
def test_info(platform, number, info):
    module, key, name = info
    platform = platform(number)
    record = platform.record(name)
    for given in (dict(names=[name]), *(dict(id=one) for one in sorted(set(platform.numbers(record))))):
        result = readings.run(module, dict(gather=everything(module), **given))
        assert platform.writes() == []
        if result.get("failed"):
            assert "id" in given and overlapping(MIXES[number]), "%s: %s" % (given, result["msg"])
            assert "number of several" in result["msg"], result["msg"]
            continue
        rows = [one for one in result[key] if one["name"] == name]
        if "id" in given:
            # The generic paths take the id only, so the other number is another's or unknown there.
            assert len(result[key]) <= 1
            assert rows or given["id"] != record["id"] or overlapping(MIXES[number]), result[key]
        else:
            assert len(rows) == 1
        for row in rows:
            shows(platform, record, row)


def shows(platform, record, row):
    """See that what was gathered for a row is its own."""
    assert row["tags"] == {one["tagKey"]: one["tagValue"] for one in record["tags"]}
    if "snapshot" in row and record["_kind"] == "instance":
        assert (row["snapshot"] or {}).get("description") == (record.get("snapshot") or {}).get("description")
    if "nodes" in row and record["_kind"] != "loadbalancer":  # whose nodes are the members of its pool
        machines = [one for one in platform.state.nodes(record["id"]) if one["_kind"] == "instance"]
        assert sorted(one["name"] for one in row["nodes"]) == sorted(one["name"] for one in machines)
    if "status" in row:
        assert row["status"] == record["status"]


def test_every_converging_and_info_module_is_tried():
    elsewhere = {"itcare_action", "itcare_batch", "itcare_estate"}  # above, and what they run is tried here
    # What these read has one number.
    elsewhere |= {"itcare_action_info", "itcare_api", "itcare_service_info", "itcare_product_info"}
    elsewhere |= {"itcare_authentication_domain_info", "itcare_backup_policy_info", "itcare_certificate_info"}
    elsewhere |= {"itcare_domain_info", "itcare_health_check_info", "itcare_network_info", "itcare_region_info"}
    elsewhere |= {"itcare_ssl_profile_info", "itcare_change_info", "itcare_environment_info", "itcare_metric_info"}
    elsewhere |= {"itcare_obsolescence_info", "itcare_resource_filter_info", "itcare_resource_type_info"}
    elsewhere |= {"itcare_status_info", "itcare_tag_info"}
    tried = {one.module for one in SCENARIOS} | {module for module, _key, _name in INFOS}
    elsewhere |= {"itcare_estate_info"}  # test_every_description.py tries every mix, and itcare_estate with it
    wanted = {name for name in test_every_module.MODULES if name.startswith("itcare_")}
    assert tried | elsewhere == wanted


def test_each_two_values_occur_together():
    pairs = set().union(*(readings._pairs(mix) for mix in MIXES))
    for one in readings.READINGS:
        for other in readings.READINGS:
            if one < other:
                together = {(first, second) for first in readings.READINGS[one] for second in readings.READINGS[other]}
                assert {((one, first), (other, second)) for first, second in together} <= pairs

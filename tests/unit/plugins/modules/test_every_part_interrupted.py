# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the application playbook, interrupted in each wait, on the estate that shares nothing with the examples.

A task that does not wait, or whose time is over, is run again and again. In the end all is there, and nothing was sent
that an undisturbed task does not send.
"""

from __future__ import annotations

import collections
import json
import time

import pytest

from ansible_collections.cegedim.cloud.tests.simulator import Simulator

PASSWORD = "Correct+Horse+42"
MOST_RUNS = 200
PLACE = dict(service="GLOBEX - LEDGER - TEST", network="CARE-BACK-B", tags={"application": "shop"})
FARM = dict(PLACE, sizing="2cpu6gb", disk_size=40, admin_password=PASSWORD)
# Of each module: what is created, and then changed in more than one step.
PARTS = {
    "itcare_postgresql": (
        dict(
            FARM,
            name="shoppg",
            topology="HA",
            version="17",
            availability_zone="N-CARE-X",
            node_prefix="SHOPPG",
            trigram="sho",
            allowed_replication_lag=100,
            tls=True,
            extensions=[dict(database="postgres", name="pg_trgm")],
        ),
        dict(sizing="6cpu12gb", version="18", comment="larger"),
    ),
    "itcare_k8s_cluster": (
        dict(
            PLACE,
            name="shop-k8s",
            platform="kub-b",
            ingress_provider="NGINX",
            nodes=[
                dict(availability_zone="N-CARE-X", sizing="3cpu6gb", count=2),
                dict(availability_zone="N-CARE-Y", sizing="3cpu6gb", count=1),
            ],
        ),
        dict(
            version="1.34",
            scale_down=True,
            nodes=[
                dict(availability_zone="N-CARE-X", sizing="3cpu6gb", count=1),
                dict(availability_zone="N-CARE-Y", sizing="6cpu24gb", count=2),
            ],
        ),
    ),
    "itcare_redis": (
        dict(FARM, name="shopcache", platform="mem-7", version="8.0", node_count=3, persistence_mode="PERSISTENT"),
        dict(sizing="3cpu6gb", state="stopped"),
    ),
    "itcare_kafka": (
        dict(
            FARM,
            name="shop_events",
            platform="log-4",
            version="4.0",
            node_count=3,
            node_prefix="SHOPEV",
            parameters={"log.retention.hours": 72},
        ),
        dict(sizing="3cpu6gb", parameters={"log.retention.hours": 96}),
    ),
    "itcare_opensearch": (
        dict(FARM, name="shop-search", platform="idx-3", version="3.1.0", node_count=5, node_prefix="SHOPSR"),
        dict(sizing="6cpu12gb", node_count=7),
    ),
    "itcare_glusterfs": (
        dict(
            FARM,
            name="shop_files",
            platform="vol-11",
            user_name="documents",
            volumes=[dict(name="letters", disk_size=20, password=PASSWORD)],
        ),
        dict(sizing="3cpu6gb", volumes=[dict(name="letters", disk_size=50)]),
    ),
    "itcare_instance": (
        dict(PLACE, name="SHOPWEB01", platform="img-0041", sizing="2cpu6gb", patch_party=dict(patch_group=2)),
        dict(sizing="6cpu12gb", state="stopped"),
    ),
    "itcare_loadbalancer": (
        dict(
            service=PLACE["service"],
            network="CARE-VIP",
            name="shop.globex.example",
            profile="HTTP",
            healthcheck="glx-open",
            member_port="8080",
            members=["GLXMEMBER01"],
            bot_defense=dict(template="strict"),
            tags={"application": "shop"},
        ),
        dict(members=["GLXMEMBER02"], monitoring_enabled=True, bot_defense=dict(enabled=False)),
    ),
}
INTERRUPTIONS = {"it does not wait": dict(wait=False), "its time is over": dict(wait_timeout=0.05)}


@pytest.fixture(scope="module")
def elsewhere():
    with Simulator(estate="elsewhere", action_seconds=0.15) as simulator:
        yield simulator


def begin_anew(simulator):
    """The estate of the start, with two members for the load balancer."""
    simulator.reset()
    for name in ("GLXMEMBER01", "GLXMEMBER02"):
        simulator.add_instance(name, PLACE["service"], zone="N-CARE-X", network_id=73)


@pytest.fixture
def sim(elsewhere):
    begin_anew(elsewhere)
    yield elsewhere
    assert elsewhere.violations() == []


@pytest.fixture
def written(sim):
    """What took effect since the last call: how often each (operation, body)."""

    def since():
        entries = sim.writes(applied=True)
        sim.clear_journal()
        return collections.Counter((one["operation"], json.dumps(one["body"], sort_keys=True)) for one in entries)

    return since


def stages(module):
    """The options of a creation, of a change, and of a removal."""
    new, changed = PARTS[module]
    return [new, {**new, **changed}, dict(name=new["name"], state="absent")]


@pytest.fixture(scope="module")
def undisturbed():
    """What each stage of a module writes that nothing interrupts; filled by the first test of that module."""
    return {}


@pytest.mark.slow
@pytest.mark.parametrize("interruption", INTERRUPTIONS.values(), ids=list(INTERRUPTIONS))
@pytest.mark.parametrize("module", PARTS)
def test_interrupted_in_each_wait(sim, run, written, undisturbed, module, interruption):
    if module not in undisturbed:
        undisturbed[module] = []
        for options in stages(module):
            result = run(module, **options)
            assert not result.get("failed"), result["msg"]
            undisturbed[module].append(written())
        assert sim.state.named(PARTS[module][0]["name"]) == []
        begin_anew(sim)  # so that all numbers are the same
    for options, wanted in zip(stages(module), undisturbed[module]):
        assert interrupted_until_it_is_done(run, module, {**options, **interruption}) > 1
        assert written() == wanted
        assert run(module, **options)["changed"] is False


def interrupted_until_it_is_done(run, module, options):
    """Run a task until it has nothing to do any more; how many runs that took."""
    for count in range(MOST_RUNS):
        result = run(module, **options)
        if result.get("failed"):
            assert "run the same task again to continue waiting" in result["msg"], result["msg"]
        elif not (result["changed"] or result["actions"] or result.get("still_to_do")):
            return count
        time.sleep(0.02)
    raise AssertionError("%s is not done after %d runs" % (module, MOST_RUNS))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What is true of every task: applying it reaches what check mode predicted, applying it again does nothing.

A task is made of the changes of one scenario of test_every_reading.py, any of them together and in any order, under any
reading of the documentation. hypothesis chooses, and prints what it chose when something fails. ITCARE_EXAMPLES is the
number of examples of each product.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from ansible_collections.cegedim.cloud.tests.unit.plugins import creations, readings, test_every_reading

EXAMPLES = int(os.environ.get("ITCARE_EXAMPLES", 40))
USUAL = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
)


def is_change(step):
    return not (step.always or step.is_same or step.of or step.shows is None or step.options.get("state") == "absent")


def is_creation(scenario):
    return scenario.steps[0].options.get("service") is not None and scenario.service is None


SCENARIOS = [
    one
    for one in test_every_reading.SCENARIOS
    if len([step for step in one.steps[is_creation(one) :] if is_change(step)]) > 1
]


def usual(scenario):
    limits = {} if scenario.module == "itcare_tag" else test_every_reading.LIMITS
    return {**limits, **test_every_reading.usual(scenario)}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title.replace(" ", "-"))
def test_what_is_predicted_happens_and_once_only(scenario, record_property):
    first = scenario.steps[0] if is_creation(scenario) else None
    changes = [step for step in scenario.steps[bool(first) :] if is_change(step)]
    tried = []

    @USUAL
    @given(
        number=st.integers(0, len(readings.MIXES) - 1),
        chosen=st.lists(st.sampled_from(range(len(changes))), min_size=1, unique=True),
        is_made_first=st.booleans(),
    )
    def holds(number, chosen, is_made_first):
        mix = readings.MIXES[number]
        assume(not scenario.unclear(mix))
        options = dict(usual(scenario))
        for position in chosen:
            options.update(changes[position].options)
        note("mix %d: %s\n%s" % (number, readings.in_short(mix), options))
        with pytest.MonkeyPatch.context() as patch:
            platform = readings.Platform(patch, mix)
            if scenario.prepare:
                scenario.prepare(platform)
            if first and is_made_first:
                test_every_reading.succeeds(platform, scenario.module, {**usual(scenario), **first.options})
                platform.pass_time(60)
            elif first:
                options = {**first.options, **options}
            converges(platform, scenario, options)
        tried.append(1)

    holds()
    record_property("examples of properties", len(tried))


def converges(platform, scenario, options):
    """Check mode and the run refuse the task in the same words, or agree on all that happens, which happens once."""
    meant = test_every_reading.Meant(platform, scenario)
    before = platform.everything()
    predicted = readings.run(scenario.module, options, check=True)
    assert platform.writes() == []
    result = readings.run(scenario.module, options)
    if predicted.get("failed"):
        assert result["msg"] == predicted["msg"] and platform.writes() == []
        test_every_reading.untouched(platform, before, meant=None)
        return
    assert not result.get("failed"), result["msg"]
    writes = platform.writes()
    platform.pass_time(60)
    meant.look()
    test_every_reading.untouched(platform, before, meant)
    assert (result["diff"], result.get("steps")) == (predicted["diff"], predicted.get("steps"))
    assert bool(writes) is result["changed"] is predicted["changed"]
    for check in (False, True):
        again, writes = test_every_reading.succeeds(platform, scenario.module, options, check)
        assert (again["changed"], writes, again["diff"]) == (False, [], [])


# Any text

TEXTS = st.text(max_size=300) | st.text(alphabet="a-é/%?#&=+:;,.'\"\\{}[]<> \t\n\u2028\U0001f600", max_size=40)
NAMED = [
    ("itcare_instance", "name", creations.INSTANCE),
    ("itcare_instance", "comment", dict(name="QEBBILL01")),
    ("itcare_instance", "name", dict(state="absent")),
    ("itcare_instance_snapshot", "description", dict(instance="QEBBILL01")),
    ("itcare_postgresql", "name", creations.POSTGRESQL),
    ("itcare_postgresql", "name", dict(state="absent")),
    ("itcare_redis", "name", creations.REDIS),
    ("itcare_kafka", "name", creations.KAFKA),
    ("itcare_opensearch", "name", creations.OPENSEARCH),
    ("itcare_rabbitmq", "name", creations.RABBITMQ),
    ("itcare_mariadb", "name", creations.MARIADB),
    ("itcare_sqlserver", "name", creations.SQLSERVER),
    ("itcare_glusterfs", "name", creations.GLUSTERFS),
    ("itcare_overdrive", "name", creations.OVERDRIVE),
    ("itcare_matomo", "name", creations.MATOMO),
    ("itcare_k8s_cluster", "name", test_every_reading.NEW_K8S),
    ("itcare_loadbalancer", "name", dict(test_every_reading.NEW_BALANCER, members=["QEBBILL01"])),
    ("itcare_loadbalancer_url", "name", dict(loadbalancer="billing.acme.example")),
    ("itcare_dns_alias", "name", dict(resource="PEBBILL01")),
    ("itcare_comment", "comment", dict(resource="PEBBILL01")),
    ("itcare_instance_info", "names", {}),
    ("itcare_resource_info", "names", {}),
    ("itcare_service_info", "names", {}),
]


@pytest.mark.parametrize("module, option, others", NAMED, ids=lambda value: value if isinstance(value, str) else "")
def test_any_text_is_taken_or_refused_in_words(module, option, others, record_property):
    tried = []

    @USUAL
    @given(text=TEXTS)
    def holds(text):
        with pytest.MonkeyPatch.context() as patch:
            platform = readings.Platform(patch, readings.MIXES[0])
            given_options = {**others, option: [text] if option == "names" else text}
            results = [readings.run(module, given_options, check) for check in (True, False, False)]
            platform.writes()  # none broke the rules
            for result in results:
                assert not result.get("failed") or len(result["msg"].split()) > 2, result["msg"]
            assert bool(results[0].get("failed")) == bool(results[1].get("failed")), [one.get("msg") for one in results]
            if not results[1].get("failed"):
                assert not results[2].get("failed") and not results[2]["changed"], results[2]
        tried.append(1)

    holds()
    record_property("examples of properties", len(tried))


@USUAL
@given(
    tags=st.dictionaries(TEXTS, TEXTS, max_size=4),
    more=st.dictionaries(TEXTS, TEXTS, max_size=4),
    mode=st.sampled_from(["merge", "replace"]),
)
def test_any_tags_are_set_once_or_refused(tags, more, mode):
    with pytest.MonkeyPatch.context() as patch:
        platform = readings.Platform(patch, readings.MIXES[0])
        readings.run("itcare_tag", dict(resources=["QEBBILL01"], tags=tags))
        options = dict(resources=["QEBBILL01"], tags=more, tags_mode=mode)
        predicted, result, again = (readings.run("itcare_tag", options, check) for check in (True, False, False))
        platform.writes()
        assert result.get("failed") == predicted.get("failed")
        if result.get("failed"):
            assert result["msg"] == predicted["msg"]
            return
        assert result["diff"] == predicted["diff"] and result["changed"] == predicted["changed"]
        assert not again.get("failed") and not again["changed"]

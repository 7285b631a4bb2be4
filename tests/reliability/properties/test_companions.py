# SPDX-License-Identifier: GPL-3.0-or-later
"""The same for the companion systems: what check mode predicts happens, once; any text is taken or refused in words.

A task is made of the steps of a scenario (tests/unit/plugins/companions/scenarios.py), any of them together, with any
mix of what the documentation leaves open.
"""

from __future__ import annotations

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane
from ansible_collections.cegedim.cloud.tests.reliability.matrix.wire import Platform
from ansible_collections.cegedim.cloud.tests.reliability.properties.test_properties import TEXTS, USUAL
from ansible_collections.cegedim.cloud.tests.simulator import companions
from ansible_collections.cegedim.cloud.tests.unit.plugins import test_every_module
from ansible_collections.cegedim.cloud.tests.unit.plugins.companions import scenarios

# What the documentation leaves open, as settings of the simulators: tests/simulator/companions.
READINGS = {
    companions.OpenvCloud: {
        "token_answer": ["asked", "raw", "json", "string"],
        "expires_in": [86400, 60],
        "session_seconds": [3600, 10],
        "deploy_seconds": [0.1, 8],
        "deploys_itself": [True, False],
        "limits": ["resourceLimits", "max"],
        "lists_deleted": [True, False],
        "power_seconds": [0, 6],
        "bin": ["missing", "record"],
        "resize": ["now", "later", "later_empty"],
        "task_seconds": [0, 7],
        "task_running": ["empty", "null"],
        "task_race": [False, True],
    },
    companions.GoPaaS: {
        "expires_in": [60, 3],
        "expires_as": ["text", "number"],
        "grants": ["client_credentials", "Client Credentials"],
        "first_page": [0, 1],
        "page_zero": ["first", "empty", "refused"],
        "unpaged": ["first", "all"],
        "beyond": ["empty", "last", "404"],
        "most_rows": [1000, 2],
        "paged": [True, False],
        "shape": ["list", "rows", "nested", "numbered"],
        "written": ["ok", "items", "empty"],
        "values": ["text", "kept"],
        "late": [0, 5],
    },
    companions.Cockpit: {
        "expires_in": [3600, 3],
        "refresh_expires_in": [7200, 1],
        "refresh": [True, False],
        "tells_refresh": [True, False],
        "errors": ["json", "text", "empty"],
    },
}


def mixes(system):
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in READINGS[system].items()})


def run(platform, module, options, check=False, login="login"):
    """The result (dict) of a task; a bug is raised."""
    account = {"url": platform.companion.url, **getattr(platform.companion, login), "token_store": False}
    imported = test_every_module.module(module)
    return fast_lane.run_here(imported, {**account, "retry_timeout": 120, **options}, check)


def writes(platform):
    """What was sent to change something since the last call."""
    assert platform.broken_rules() == []
    found = platform.companion.writes()
    platform.companion.journal.clear()
    return found


@pytest.mark.parametrize("scenario", scenarios.SCENARIOS, ids=lambda scenario: scenario.title.replace(" ", "-"))
def test_what_is_predicted_happens_and_once_only(scenario, record_property):
    tried, steps = [], scenario.steps
    is_state = not any(step.again and number == 0 for number, step in enumerate(steps))
    changes = [step for step in steps[1:] if not (step.again or callable(step.options))]

    @USUAL
    @given(
        mix=mixes(scenario.system),
        chosen=st.lists(st.sampled_from(range(len(changes) or 1)), unique=True),
        is_made_first=st.booleans(),
    )
    def holds(mix, chosen, is_made_first):
        note("%s" % mix)
        with pytest.MonkeyPatch.context() as patch:
            platform = Platform(patch, scenario.system(**mix))
            if scenario.prepare:
                scenario.prepare(platform.companion)
            first = scenario.options(platform.companion, steps[0])
            options = dict(first)
            for number in chosen if changes else ():
                options.update(changes[number].given(platform.companion))
            note("%s" % options)
            if is_made_first:
                result = run(platform, scenario.module, first, login=scenario.login)
                assert not result.get("failed"), result["msg"]
                platform.pass_time(60)
                writes(platform)
            _converges(platform, scenario, options, is_state)
        tried.append(1)

    holds()
    record_property("examples of properties", len(tried))


def _converges(platform, scenario, options, is_state):
    watched = scenarios.Watched(platform.companion, scenario, scenario.steps[0])
    predicted = run(platform, scenario.module, options, True, scenario.login)
    assert writes(platform) == []
    result = run(platform, scenario.module, options, False, scenario.login)
    sent = writes(platform)
    watched.untouched()
    if predicted.get("failed"):
        assert result["msg"] == predicted["msg"] and sent == []
        return
    assert not result.get("failed"), result["msg"]
    assert (result["diff"], result["steps"]) == (predicted["diff"], predicted["steps"])
    assert bool(sent) is result["changed"] is predicted["changed"]
    platform.pass_time(60)
    if not is_state:
        return
    for check in (False, True):
        again = run(platform, scenario.module, options, check, scenario.login)
        assert not again.get("failed"), again["msg"]
        assert (again["changed"], again["diff"], writes(platform)) == (False, [], [])


# Any text

SEARCH = {"field": "nom", "value": "x"}
NAMED = [
    (companions.OpenvCloud, "ovc_cloudspace", "name", {"account": "acme", "location": "ch-gen-dc01"}),
    (companions.OpenvCloud, "ovc_cloudspace", "account", {"name": "shop", "location": "ch-gen-dc01"}),
    (companions.OpenvCloud, "ovc_cloudspace", "reason", {"account": "acme", "name": "web", "state": "disabled"}),
    (companions.OpenvCloud, "ovc_machine", "name", {"cloudspace": "web", "image": 31, "size": 1, "disk_size": 10}),
    (companions.OpenvCloud, "ovc_machine", "description", {"cloudspace": "web", "name": "web01"}),
    (companions.OpenvCloud, "ovc_machine", "image", {"cloudspace": "web", "name": "x", "size": 1, "disk_size": 10}),
    (companions.OpenvCloud, "ovc_disk", "name", {"account": "acme", "location": "201", "size": 5}),
    (companions.OpenvCloud, "ovc_disk", "type", {"account": "acme", "name": "x", "location": "Geneva", "size": 5}),
    (
        companions.OpenvCloud,
        "ovc_port_forward",
        "public_ip",
        {"cloudspace": "web", "public_port": 9, "state": "absent"},
    ),
    (
        companions.OpenvCloud,
        "ovc_port_forward",
        "machine",
        {"cloudspace": "web", "public_port": 9, "local_port": 9},
    ),
    (companions.OpenvCloud, "ovc_info", "cloudspace", {"gather": ["machines"]}),
    (companions.OpenvCloud, "ovc_info", "names", {"gather": ["machines", "disks"]}),
    (companions.GoPaaS, "gopaas_list_info", "view", {}),
    (companions.GoPaaS, "gopaas_list_info", "text_search", {"view": "12"}),
    (companions.GoPaaS, "gopaas_list_info", "search", {"view": "12"}),
    (companions.GoPaaS, "gopaas_item_info", "id", {"table": "compte"}),
    (companions.GoPaaS, "gopaas_items", "table", {"items": [{"cle": "x"}]}),
    (companions.GoPaaS, "gopaas_items", "items", {"table": "serveur", "view": "13"}),
    (companions.GoPaaS, "gopaas_file", "field", {"table": "compte", "item_key": "C-0001"}),
    (companions.GoPaaS, "gopaas_file", "name", {"table": "compte", "src": __file__}),
    (companions.Cockpit, "cockpit_api", "path", {}),
    (companions.Cockpit, "cockpit_api", "query", {"path": "/api/invented/changes"}),
    (companions.Cockpit, "cockpit_api", "body", {"path": "/api/invented/changes", "method": "POST"}),
]
MADE = {
    "search": lambda text: [{**SEARCH, "value": text}],
    "names": lambda text: [text],
    "items": lambda text: [{"cle": text, "nom": text}],
    "query": lambda text: {"title": text},
    "body": lambda text: {"title": text, text: 1},
}
STATES = ("ovc_cloudspace", "ovc_machine", "ovc_disk", "ovc_port_forward", "gopaas_items")


@pytest.mark.parametrize(
    "system, module, option, others", NAMED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_any_text_is_taken_or_refused_in_words(system, module, option, others, record_property):
    tried = []

    @USUAL
    @given(text=TEXTS)
    def holds(text):
        with pytest.MonkeyPatch.context() as patch:
            platform = Platform(patch, system())
            options = {**others, option: MADE.get(option, lambda text: text)(text)}
            predicted = run(platform, module, options, True)
            assert platform.companion.writes() == []
            results = [run(platform, module, options) for _run in range(2)]
            # A path of the user's own may well be one that is not documented.
            assert option in ("path", "table", "view") or platform.broken_rules() == []
            for result in (predicted, *results):
                assert not result.get("failed") or len(result["msg"].split()) > 2, result["msg"]
            if module not in STATES:
                return
            if not predicted.get("failed") and results[0].get("failed"):
                # What only the system itself can refuse, or in check mode an earlier task may be about to make.
                assert predicted.get("warnings") or results[0].get("status"), results[0]["msg"]
                return
            assert bool(predicted.get("failed")) == bool(results[0].get("failed")), results[0]
            if not results[0].get("failed") and not (option == "table"):
                assert not results[1].get("failed") and not results[1]["changed"], results[1]
        tried.append(1)

    holds()
    record_property("examples of properties", len(tried))


def test_every_module_is_tried():
    ours = {name for name in test_every_module.MODULES if not name.startswith("itcare_")}
    assert {module for _system, module, _option, _others in NAMED} == ours - {"cockpit_dashboard_info"}
    assert {one.module for one in scenarios.SCENARIOS} == set(STATES)


@USUAL
@given(mix=mixes(companions.GoPaaS), size=st.integers(1, 30), rows=st.integers(0, 25))
def test_a_list_is_whole_whatever_its_pages_are(mix, size, rows):
    assume(mix["most_rows"] > 2 or rows)
    with pytest.MonkeyPatch.context() as patch:
        platform = Platform(patch, companions.GoPaaS(**mix))
        table = platform.companion.tables["compte"]
        for number in list(table)[rows:]:
            del table[number]
        result = run(platform, "gopaas_list_info", {"view": "12", "page_size": size})
        assert not result.get("failed"), result["msg"]
        assert [row["cle"] for row in result["rows"]] == [row["cle"] for row in table.values()]


@USUAL
@given(mix=mixes(companions.Cockpit), pauses=st.lists(st.sampled_from([0, 2, 5, 7300]), max_size=4))
def test_an_operator_stays_logged_in(mix, pauses):
    with pytest.MonkeyPatch.context() as patch:
        platform = Platform(patch, companions.Cockpit(**mix))
        for seconds in (0, *pauses):
            platform.pass_time(seconds)
            result = run(platform, "cockpit_dashboard_info", {"token_store": True})
            assert result["dashboard"]["alerts"]
        assert platform.broken_rules() == []

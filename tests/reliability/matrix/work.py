# SPDX-License-Identifier: GPL-3.0-or-later
"""What the matrix runs: the scenarios of test_every_reading.py and those of the companion systems, the reads of
test_every_answer.py, and for modules that are in none of them the few tasks below.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from ansible_collections.cegedim.cloud.plugins.plugin_utils import batch, estate_converge
from ansible_collections.cegedim.cloud.tests.reliability.matrix.wire import Platform
from ansible_collections.cegedim.cloud.tests.simulator import colleague, companions, oauth
from ansible_collections.cegedim.cloud.tests.unit.plugins import (
    readings,
    test_every_answer,
    test_every_reading,
)
from ansible_collections.cegedim.cloud.tests.unit.plugins.companions import scenarios

ONE_AT_A_TIME = dict(parallel_requests=1)  # so that the requests of a task have the same order each time
OF_MANY = {"itcare_batch": batch.run_batch, "itcare_estate": estate_converge.run_estate}
INSTANCE = {"service": "billing-qa", "region": "EB", "platform": "deb12", "sizing": "2cpu4gb"}


@dataclass
class Work:
    """One task: a module and its options.

    ``step`` and ``scenario`` are those of test_every_reading.py, or of a companion system, where it is one of them.
    ``again``: each run does it once more. ``reads``: it changes nothing. ``raw``: it is a request of the user's own,
    which nothing makes idempotent. ``as_is``: nothing documents what it reads, so that an empty answer is one, too.
    ``login`` is the attribute of a companion system with the login.
    """

    id: str
    module: str
    options: dict
    scenario: object = None
    step: object = None
    again: bool = False
    reads: bool = False
    raw: bool = False
    as_is: bool = False
    login: str = "login"

    def run(self, platform):
        """The result (dict) of the task."""
        options = {**self.given(platform), **ONE_AT_A_TIME}
        if self.module in OF_MANY:
            return OF_MANY[self.module]({**readings.AUTH, **options}, False)
        if platform.companion:
            login = {"url": platform.companion.url, **self._login(platform), "token_store": False}
            options = {**login, "retry_timeout": 120, **options}
            module = test_every_reading.test_every_module.module(self.module)
            return readings.fast_lane.run_here(module, options, False)
        return readings.run(self.module, options)

    def secrets(self, platform):
        """All secrets (dict of name: text) that it knows."""
        found = {"client_secret": oauth.CLIENT_SECRET}
        if platform.companion:
            login = self._login(platform)
            found = {name: login[name] for name in ("client_secret", "password", "bearer_token") if name in login}
        found.update(_passwords(self.given(platform)))
        found.update({"token %d" % number: one for number, one in enumerate(sorted(platform.secrets))})
        return found

    def watch(self, platform):
        """What the task is about, with ``holds()`` and ``untouched()`` (AssertionError); None where nothing says."""
        if not self.scenario:
            return None
        if not platform.companion:
            return OfItcare(platform, self.scenario, self.step)
        watched = scenarios.Watched(platform.companion, self.scenario, self.step)
        platform.vanish = watched.vanish
        return watched

    def given(self, platform):
        """Its options (dict). Those of a companion system may name what is there now."""
        if self.scenario and platform.companion:
            return self.options or self.scenario.options(platform.companion, self.step)
        return self.options

    def _login(self, platform):
        return getattr(platform.companion, self.login)


class OfItcare:
    """What a step of test_every_reading.py is about."""

    def __init__(self, platform, scenario, step):
        self.platform, self.scenario, self.step = platform, scenario, step
        self.meant, self.before = test_every_reading.Meant(platform, scenario), platform.everything()
        platform.meant = lambda: platform.record(step.of or scenario.name, scenario.service)

    def holds(self):
        test_every_reading.holds(self.platform, self.scenario, self.step)

    def untouched(self):
        self.meant.look()
        test_every_reading.untouched(self.platform, self.before, self.meant)


def _passwords(options):
    for name, value in options.items():
        if "password" in name and isinstance(value, str):
            yield name, value
        for row in value if isinstance(value, list) else ():
            if isinstance(row, dict):
                yield from _passwords(row)


@dataclass
class Group:
    """Works that follow one another on one platform. ``prepare(platform)`` comes first."""

    id: str
    works: list = field(default_factory=list)
    prepare: Callable = None
    companion: type = None

    def platform(self, monkeypatch):
        found = Platform(monkeypatch, self.companion and self.companion())
        if self.prepare:
            self.prepare(found)
        return found


def _of_scenario(scenario):
    works = [
        Work(
            "%s/%d" % (scenario.title, number),
            step.module or scenario.module,
            {
                **({} if scenario.module == "itcare_tag" else test_every_reading.LIMITS),
                **test_every_reading.usual(scenario),
                **step.options,
            },
            scenario,
            step,
            again=step.always,
        )
        for number, step in enumerate(scenario.steps)
    ]
    return Group(scenario.title, works, scenario.prepare)


def _of_read(task, number):
    name = "%s/%d" % (task.module, number)
    prepare = task.prepare and (lambda platform: task.prepare(platform.world))
    is_write = task.options.get("method", "GET") != "GET"
    work = Work(name, task.module, dict(task.options), reads=not is_write, raw=is_write, again=is_write)
    return Group(name, [work], prepare)


def _two_stops(platform):
    """Two actions with the first numbers that there are."""
    for name in ("QEBBILL01", "DEBINTRA01"):
        with platform.world.lock:
            address = platform.state.address_of(name)
        colleague.perform(platform.world, "PATCH", address, {"operation": "stop"}, 9)


def _of_companion(scenario):
    works = [
        Work(
            "%s/%d" % (scenario.title, number),
            scenario.module,
            {},
            scenario,
            step,
            again=step.again,
            login=scenario.login,
        )
        for number, step in enumerate(scenario.steps)
    ]
    prepare = scenario.prepare and (lambda platform: scenario.prepare(platform.companion))
    return Group(scenario.title, works, prepare, scenario.system)


def _companion(system, module, options, raw=False, reads=True, again=False, login="login"):
    kind = options.get("method") or ("GET" if reads else "upload")
    title = "%s %s%s" % (module, kind, "" if login == "login" else " as " + login)
    is_as_is = module in ("cockpit_api", "gopaas_file")
    work = Work(title, module, dict(options), reads=reads, raw=raw, again=again or raw, as_is=is_as_is, login=login)
    return Group(title, [work], None, system)


EVERYTHING = test_every_answer.everything("ovc_info")
LOGO = {"table": "compte", "item_key": "C-0001", "field": "logo"}


BATCH = [
    {"module": "itcare_instance", "name": "QEBBAT01", "options": INSTANCE},
    {"module": "itcare_tag", "options": {"resources": ["PEBBILL01"], "service": "billing", "tags": {"q": "1"}}},
]
ESTATE = [
    {"module": "itcare_tag", "options": {"resources": ["QEBEST01"], "service": "billing-qa", "tags": {"q": "1"}}},
    {"module": "itcare_instance", "options": {"name": "QEBEST01", **INSTANCE}},
]
PRUNE = {"name": "matrix", "prune": "remove", "prune_scope": {"services": ["billing-qa"], "names": ["QEBEST01"]}}
OTHERS = [
    Group(
        "estate",
        [
            Work("estate/0", "itcare_estate", {"resources": ESTATE, **PRUNE}),
            Work("estate/1", "itcare_estate", {"resources": BATCH[1:], **PRUNE}),
        ],
    ),
    Group("batch", [Work("batch/0", "itcare_batch", {"resources": BATCH})]),
    Group("action", [Work("action/0", "itcare_action", {"ids": [70001, 70002]}, reads=True)], _two_stops),
    _companion(companions.Cockpit, "cockpit_dashboard_info", {}),
    _companion(companions.Cockpit, "cockpit_api", {"path": "/api/dashboard"}),
    _companion(
        companions.Cockpit,
        "cockpit_api",
        {"path": "/api/invented/changes", "method": "POST", "body": {"a": "b"}},
        raw=True,
        reads=False,
    ),
    _companion(companions.OpenvCloud, "ovc_info", {"gather": ["machines"]}),
    _companion(companions.OpenvCloud, "ovc_info", {"gather": EVERYTHING, "details": True}, login="session_login"),
    _companion(companions.GoPaaS, "gopaas_list_info", {"view": "12", "page_size": 10}),
    _companion(companions.GoPaaS, "gopaas_list_info", {"view": "12", "columns": True}, login="user_login"),
    _companion(companions.GoPaaS, "gopaas_item_info", {"table": "compte", "id": "7"}),
    _companion(companions.GoPaaS, "gopaas_file", LOGO),
    # It does not write the name of the file into the item, so that the next run uploads it again.
    _companion(companions.GoPaaS, "gopaas_file", {**LOGO, "src": __file__}, reads=False, again=True),
    *map(_of_companion, scenarios.SCENARIOS),
]


def groups():
    """All groups, whose works are in the order in which they run; the estate first, which takes longest by far."""
    found = [_of_scenario(scenario) for scenario in test_every_reading.SCENARIOS]
    known = {work.module for group in found for work in group.works}
    reads = [task for task in test_every_answer.TASKS if task.module not in known]
    return OTHERS + found + [_of_read(task, number) for number, task in enumerate(reads)]

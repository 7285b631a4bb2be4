# SPDX-License-Identifier: GPL-3.0-or-later
"""What test_every_reading.py needs: mixes of the readings that the documentation leaves open, and a platform for each.

Every two values of two settings occur together in one mix at least (pairwise). The platform is the simulator without
sockets, and its time passes only while somebody sleeps, so that a mix may have actions of seconds.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import random
import threading
import time
import urllib.parse
from types import SimpleNamespace

from requests.structures import CaseInsensitiveDict

from ansible_collections.cegedim.cloud.plugins.module_utils import limiter, transport
from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane
from ansible_collections.cegedim.cloud.tests.simulator import seed
from ansible_collections.cegedim.cloud.tests.simulator.families.databases import _databases as databases
from ansible_collections.cegedim.cloud.tests.simulator.families.glusterfs import _volumes as volumes
from ansible_collections.cegedim.cloud.tests.simulator.server import Exchange, World
from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz

ACTION_SECONDS = 5.0
AUTH = {**fuzz.AUTH, "retry_timeout": 120}
_REST = time.sleep  # what really takes its time
# The settings that play an open reading, and their values; see tests/simulator/README.md. The first is the plainest.
READINGS = {
    "numbers": ("same", "different", "overlapping"),
    "product_paths": ("id", "internal"),
    "action_numbers": ("id", "internal"),
    "body_numbers": ("id", "internal"),
    "rows": ("full", "sparse", "old"),
    "row_numbers": ("both", "id_only"),
    "numbers_as_text": (False, True),
    "ids_as_text": (False, True),
    "booleans_as_text": (False, True),
    "categories": ("upper", "words"),
    "platform_shown": ("code", "label"),
    "nodes_listed": (False, True),
    "catalogue": ("full", "empty", "forbidden"),
    "order_answers": ("action", "empty_200", "empty_204", "object"),
    "process_names": ("upper", "prefixed", "opaque"),
    "actions_sparse": (False, True),
    "unknown_actions": (200, 404, 400),
    "failed_creation": ("gone", "remnant"),
    "removal_lags": (0.0, 3.0),
    "busy_status": (409, 400),
    "snapshot_shape": ("object", "list", "page"),
    "empty_snapshot": (204, 404, 200, "empty_200", "list", "page"),
    "dns_answers": ("all", "new"),
    "patch_policies": ("all", "excluded"),
    "patch_row_ids": ("action", "resource"),
    "requests_in_flight": (0, 2),
    "retry_after": (None, 1),
    "late_visibility": (0.0, 3.0),
    "late_action": (0.0, 3.0),
    "creation_visible": (False, True),
    "removed_visible": (False, True),
    "accepted_status": (None, 200, 201, 202),
    "internal_id": (True, False),
    "action_without_status": (False, True),
    "action_id_as_text": (False, True),
    "patch_group": ("documented", "any"),
    "names_filter": ("exact", "ignore_case", "substring"),
    "ram_unit": ("gb", "mb"),
    "cluster_size": ("node", "total"),
}
# What is most likely to lead a client astray, all at once.
WORST = {
    "numbers": "overlapping",
    "product_paths": "internal",
    "action_numbers": "internal",
    "body_numbers": "internal",
    "rows": "sparse",
    "row_numbers": "both",
    "numbers_as_text": True,
    "ids_as_text": True,
    "booleans_as_text": True,
    "categories": "words",
    "platform_shown": "label",
    "nodes_listed": True,
    "order_answers": "object",
    "process_names": "prefixed",
    "actions_sparse": True,
    "unknown_actions": 400,
    "failed_creation": "remnant",
    "removal_lags": 3.0,
    "busy_status": 400,
    "snapshot_shape": "page",
    "empty_snapshot": "page",
    "late_visibility": 3.0,
    "creation_visible": True,
    "names_filter": "substring",
}


def mixes(readings=None, seed=9):
    """A pairwise covering set of ``readings`` (default: READINGS), as a list of dicts; the same for a ``seed``.

    The first is the plainest and the second the worst. Each of the others is chosen greedily among a few candidates.
    """
    readings = readings or READINGS
    chosen = random.Random(seed)
    plainest = {name: values[0] for name, values in readings.items()}
    found = [plainest, {**plainest, **{name: value for name, value in WORST.items() if name in readings}}]
    missing = {
        ((one, value), (other, another))
        for one, other in itertools.combinations(sorted(readings), 2)
        for value in readings[one]
        for another in readings[other]
    }
    for mix in found:
        missing -= _pairs(mix)
    while missing:
        candidates = [_candidate(readings, missing, chosen) for _number in range(5)]
        found.append(max(candidates, key=lambda mix: len(_pairs(mix) & missing)))
        missing -= _pairs(found[-1])
    return found


def _pairs(mix):
    return set(itertools.combinations(sorted(mix.items(), key=lambda one: one[0]), 2))


def _candidate(readings, missing, chosen):
    """A mix that has one missing pair, and as many others as a greedy choice finds."""
    mix = dict(chosen.choice(sorted(missing, key=repr)))
    others = [name for name in readings if name not in mix]
    chosen.shuffle(others)
    for name in others:
        values = list(readings[name])
        chosen.shuffle(values)
        mix[name] = max(values, key=lambda value: sum(_pair((name, value), one) in missing for one in mix.items()))
    return {name: mix[name] for name in readings}


def _pair(one, other):
    return (one, other) if one[0] < other[0] else (other, one)


MIXES = mixes()


def chosen(row=None):
    """The numbers of the mixes to try: all of them, or the one of ITCARE_READING.

    Of many rows, each with its number ``row``, each gets the plainest and the worst mix and an eighth of the others,
    and each mix an eighth of the rows; all of them with ITCARE_READING=all (``make reliability``).
    """
    one = os.environ.get("ITCARE_READING")
    if one and one != "all":
        return [int(one)]
    return [number for number in range(len(MIXES)) if row is None or one or number < 2 or (number + row) % 8 == 0]


def in_short(mix):
    """What of a mix is not the plainest reading, as text."""
    other = {name: value for name, value in mix.items() if value != READINGS[name][0]}
    return ", ".join("%s=%s" % pair for pair in other.items()) or "the plainest reading"


def run(module, options, check=False):
    """The result (dict) of a task. A bug is raised."""
    imported = importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules." + module)
    return fast_lane.run_here(imported, {**AUTH, **options}, check)


class Platform(fuzz.Platform):
    """The simulator's world under one mix, asked by function calls."""

    def __init__(self, monkeypatch, mix):
        super().__init__(monkeypatch)
        now, self._counting = time.time, threading.Lock()
        monkeypatch.setattr(time, "time", lambda: now() + self._asleep)
        self.world = World(**{"action_seconds": ACTION_SECONDS, **mix})
        limiter.forget()

    @property
    def state(self):
        with self.world.lock:
            return self.world.settled()

    @property
    def settings(self):
        return self.world.settings

    def record(self, name, service=None):
        """The record of that name (and service), or None."""
        return next((one for one in self.state.named(name) if service in (None, one["serviceId"])), None)

    def add(self, name, service="billing-qa", **fields):
        with self.world.lock:
            return seed.add_instance(self.world.settled(), name, service, **fields)

    def numbers(self, record):
        """The id and the internalResourceId that a record shows."""
        return record["id"], self.state.internal(record["id"])

    def everything(self):
        """All that the platform keeps of each resource, to compare it: ``{id: text}``."""
        resources = self.state.resources
        for record in resources.values():
            # These are made up when they are asked for.
            if record["_kind"] == "postgresql":
                databases(self.state, record)
            if record["_kind"] == "glusterfs":
                volumes(record)
        return {number: repr(record) for number, record in resources.items()}

    def writes(self):
        """The requests that were meant to change something, since the last call."""
        found = self.world.journal.entries(write=True, token=False)
        violations = [one["violation"] for one in self.world.journal.entries() if one["violation"]]
        self.world.journal.clear()
        assert not violations, violations
        return found

    def pass_time(self, seconds):
        self._asleep += seconds

    def _sleep(self, seconds):
        with self._counting:
            self._asleep += seconds

    def _once(self, method, url, headers, authorization, body, *_how):
        parts = urllib.parse.urlsplit(url)
        headers = CaseInsensitiveDict({**headers, **({"Authorization": authorization} if authorization else {})})
        request = SimpleNamespace(method=method, headers=headers)
        exchange = Exchange(self.world, request, parts.path, parts.query, (body or "").encode(), 1)
        answer = self._answered(exchange)
        data = json.loads(answer.raw) if answer.raw else None
        return transport.Response(answer.status, CaseInsensitiveDict(answer.headers), answer.raw.decode(), data)

    def _answered(self, exchange):
        """The answer, or a 429 where too many are in flight: then every answer takes a moment, in which others come."""
        allowed, world = self.settings.requests_in_flight, self.world
        if not exchange.in_api or not allowed:
            return self._served(exchange)
        with self._counting:
            is_refused = world.in_flight >= allowed
            world.in_flight += not is_refused
        if is_refused:
            seconds = self.settings.retry_after
            exchange.entry["status"] = 429
            return SimpleNamespace(
                status=429, headers={} if seconds is None else {"Retry-After": "%g" % seconds}, raw=b""
            )
        try:
            _REST(0.001)
            return self._served(exchange)
        finally:
            with self._counting:
                world.in_flight -= 1

    def _served(self, exchange):
        exchange.fault = self.world.faults.strike(exchange.method, exchange.path, exchange.operation, exchange.is_token)
        answer = exchange._act()
        exchange.entry["status"] = answer.status
        return answer

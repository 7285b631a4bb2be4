# SPDX-License-Identifier: GPL-3.0-or-later
"""What test_every_answer.py needs: the simulator without sockets and without time, and answers changed in one place."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import random
import time
import traceback
import urllib.parse
from types import SimpleNamespace

from requests.structures import CaseInsensitiveDict

from ansible_collections.cegedim.cloud.plugins.module_utils import answers, transport
from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane
from ansible_collections.cegedim.cloud.tests.simulator import oauth
from ansible_collections.cegedim.cloud.tests.simulator.answer import Answer
from ansible_collections.cegedim.cloud.tests.simulator.server import Exchange, World

HOST = "http://127.0.0.1:1"
OTHERS = {
    "left out": ...,
    "null": None,
    "text": "x",
    "number": 7,
    "boolean": True,
    "list": ["x"],
    "empty list": [],
    "object": {"x": 1},
    "empty object": {},
}
AUTH = dict(
    api_url=HOST + "/itcare",
    token_url=HOST + oauth.TOKEN_PATH,
    client_id=oauth.CLIENT_ID,
    client_secret=oauth.CLIENT_SECRET,
    retry_timeout=2,
    token_store=False,
)


class Platform:
    """The simulator's world, asked by function calls. ``change(method, path, data)`` is what it answers instead."""

    def __init__(self, monkeypatch):
        self.world = World(action_seconds=0.0)
        self.change = None
        self.seen = {}
        self._asleep = 0.0
        monotonic = time.monotonic
        monkeypatch.setattr(time, "monotonic", lambda: monotonic() + self._asleep)
        monkeypatch.setattr(time, "sleep", self._sleep)
        monkeypatch.setattr(transport.Transport, "_once", lambda _transport, *request: self._once(*request))

    def _sleep(self, seconds):
        self._asleep += seconds

    def fresh(self, prepare=None):
        """The seed again, and for some tasks a little more."""
        self.world.reset()
        self.seen = {}
        if prepare:
            prepare(self.world)

    def _once(self, method, url, headers, authorization, body, only_reads, *_how):
        parts = urllib.parse.urlsplit(url)
        headers = CaseInsensitiveDict({**headers, **({"Authorization": authorization} if authorization else {})})
        request = SimpleNamespace(method=method, headers=headers)
        exchange = Exchange(self.world, request, parts.path, parts.query, (body or "").encode(), 1)
        answer = exchange._act()
        data = json.loads(answer.raw) if answer.raw else None
        documented = None if exchange.is_token else answers._answer(method, exchange.path)
        if documented and 200 <= answer.status < 300:
            self.seen.setdefault((method, documented[0]), data)
            if self.change:
                data = self.change(method, documented[0], data)
                answer = Answer(answer.status, data, headers=answer.headers)
        return transport.Response(answer.status, CaseInsensitiveDict(answer.headers), answer.raw.decode(), data)


def run(platform, task, check):
    """The result (dict) of a task, be it an error that the user can understand; otherwise the bug, as text."""
    module = importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules." + task.module)
    try:
        return fast_lane.run_here(module, {**AUTH, **task.options}, check)
    except Exception as bug:  # a bug is whatever is no CloudError
        return _in_short(bug)


def _in_short(bug):
    frames = traceback.extract_tb(bug.__traceback__)
    at = [frame for frame in frames if "/plugins/" in frame.filename and "/unit/" not in frame.filename][-1]
    return "%s at %s:%d (%s)" % (
        "%s: %s" % (type(bug).__name__, str(bug)[:80]),
        at.filename.rsplit("/plugins/", 1)[1],
        at.lineno,
        at.line,
    )


def places(data, place=()):
    """Every place in JSON, as a tuple of keys; of a list, the first row stands for all of them."""
    yield place
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*place, key))
    elif isinstance(data, list) and data:
        yield from places(data[0], (*place, 0))


def changed(data, place, other):
    """JSON with something else at ``place``, in all rows of the lists on the way; ``...`` leaves it out."""
    if not place:
        return None if other is ... else other
    if isinstance(data, list):
        if len(place) == 1 and other is ...:
            return []
        return [changed(row, place[1:], other) for row in data]
    if not isinstance(data, dict) or place[0] not in data:
        return data
    if len(place) == 1 and other is ...:
        return {key: value for key, value in data.items() if key != place[0]}
    return {**data, place[0]: changed(data[place[0]], place[1:], other)}


def cells(seen):
    """All changes of the answers that were seen, by request: ``{(method, path template): [(place, kind), ...]}``."""
    return {
        request: [(place, kind) for place in places(data) for kind in OTHERS] for request, data in sorted(seen.items())
    }


def sample(cells, count, seed):
    """So many cells (list of (method, template, place, kind)), of each request as many; the same for a ``seed``."""
    chosen = random.Random(seed)
    queues = [
        [(*request, *cell) for cell in chosen.sample(found, min(count, len(found)))] for request, found in cells.items()
    ]
    in_turn = [cell for row in itertools.zip_longest(*queues) for cell in row if cell]
    return in_turn[:count]


@contextlib.contextmanager
def changing(platform, method, template, place, kind):
    """While it lasts, each answer to these requests is changed in one place."""

    def change(asked, path, data):
        return changed(data, place, OTHERS[kind]) if (asked, path) == (method, template) else data

    platform.change = change
    try:
        yield
    finally:
        platform.change = None

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of modules that converge share: the rhythm of check, apply, apply again, check again."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, clock


class Task:
    """One module against the simulator: ``Task(...)(check=False, **options)`` is its result, and what it wrote."""

    def __init__(self, sim, run, module):
        self.sim = sim
        self.run = run
        self.module = module

    def __call__(self, check=False, **options):
        """The result (dict), and the writes: ``[(method, path, body), ...]``."""
        self.sim.clear_journal()
        result = self.run(self.module, check=check, **options)
        return result, [(entry["method"], entry["path"], entry["body"]) for entry in self.sim.writes()]

    def given(self, **usual):
        """This Task with options that every call gets, unless it says otherwise."""
        return Task(self.sim, lambda module, **options: self.run(module, **{**usual, **options}), self.module)

    def converges(self, **options):
        """Check mode predicts a change and writes nothing; it happens so; then nothing more does. The run's result, and
        what it wrote.
        """
        predicted, writes = self(check=True, **options)
        assert not predicted.get("failed"), predicted["msg"]
        assert predicted["changed"] and writes == []
        result, writes = self(**options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"] and writes
        assert (result["diff"], result["steps"]) == (predicted["diff"], predicted["steps"])
        self.changes_nothing(**options)
        return result, writes

    def changes_nothing(self, **options):
        """Neither a run nor check mode changes or writes anything. The last result."""
        for check in (False, True):
            result, writes = self(check=check, **options)
            assert not result.get("failed"), result["msg"]
            assert (result["changed"], writes, result["diff"]) == (False, [], [])
        return result

    def refuses(self, **options):
        """Check mode and the run say the same, and nothing is written. The message."""
        messages = []
        for check in (True, False):
            result, writes = self(check=check, **options)
            assert result.get("failed") and writes == [], result
            messages.append(result["msg"])
        assert messages[0] == messages[1]
        return messages[0]


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch):
    """The simulator's actions end at once, so they are looked at more often than the platform's; and what it does shows
    at once, unless a test says otherwise.
    """
    monkeypatch.setattr(actions, "SHORTEST_PAUSE", 0.03)
    monkeypatch.setattr(clock, "FIRST_PAUSE", 0.03)
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.6)


@pytest.fixture
def patient(monkeypatch):
    """For a platform that shows late what an earlier run did: it is looked for as long as a user's task would."""
    monkeypatch.setattr(clock, "LATE_SECONDS", 20)


@pytest.fixture
def task(sim, run):
    """``task("itcare_postgresql")``: a Task."""
    return lambda module: Task(sim, run, module)


@pytest.fixture
def lookup(sim, run):
    """``lookup(module)`` is a function of its options: the result, or the message of a failure; and what was asked:
    ``[(path, query)]``, sorted. It writes nothing and changes nothing.
    """

    def of(module):
        def look(check=False, **options):
            sim.clear_journal()
            result = run(module, check=check, **options)
            assert sim.writes() == []
            asked = sorted(((entry["path"], entry["query"]) for entry in sim.requests()), key=str)
            if result.get("failed"):
                return result["msg"], asked
            assert result["changed"] is False
            return result, asked

        return look

    return of


@pytest.fixture
def rows_of(sim, run):
    """``rows_of("redis", **options)``: the rows of that info module, and the requests ``[(path, query)]``."""

    def read(noun, **options):
        sim.clear_journal()
        result = run("itcare_%s_info" % noun, **options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is False and sim.writes() == []
        return result[noun], [(entry["path"], entry["query"]) for entry in sim.requests()]

    return read


@pytest.fixture
def filtered(rows_of):
    """``filtered("redis", options)``: the path of the one request, its query but for the page, and the names found."""

    def read(noun, options):
        rows, ((path, query),) = rows_of(noun, **options)
        sent = {key: value for key, value in query.items() if key not in ("page", "size")}
        return path, sent, [row["name"] for row in rows]

    return read

# SPDX-License-Identifier: GPL-3.0-or-later
"""Deadlines, and looking again: against a clock that takes no time."""

from __future__ import annotations

import types

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock, progress
from ansible_collections.cegedim.cloud.plugins.module_utils.clock import Clock, until


@pytest.fixture
def naps(monkeypatch):
    """The pauses that were made; time passes by them only."""
    made = []
    fake = types.SimpleNamespace(monotonic=lambda: 100 + sum(made), sleep=made.append)
    monkeypatch.setattr(clock, "time", fake)
    return made


def test_clock_tells_what_is_left(naps):
    one = Clock(10)
    one.sleep(4)
    assert (one.elapsed, one.left, one.end) == (4, 6, 110)


def test_sleep_does_not_go_past_the_deadline(naps):
    one = Clock(10)
    one.sleep(15)
    one.sleep(15)
    assert naps == [10, 0]


def test_clock_within_another(naps):
    one = Clock(10)
    assert one.within(3).seconds == 3
    one.sleep(8)
    assert one.within(3).seconds == 2
    one.sleep(8)
    assert one.within(3).seconds == 0


def test_late_effects_and_those_that_were_told_have_times_of_their_own(naps):
    assert (Clock(7200).late().seconds, Clock(7200).settling().seconds) == (clock.LATE_SECONDS, clock.SETTLE_SECONDS)
    assert (Clock(5).late().seconds, Clock(5).settling().seconds) == (5, 5)


def test_first_look_comes_at_once(naps):
    assert until(lambda: "seen", Clock(0)) == "seen"
    assert until(lambda: "seen", Clock(10)) == "seen"
    assert naps == []


def test_looks_until_something_is_seen(naps):
    answers = [None, [], 0, "seen", "later"]
    assert until(lambda: answers.pop(0), Clock(100)) == "seen"
    assert answers == ["later"]


def test_pauses_double_up_to_the_longest(naps):
    until(lambda: len(naps) == 8, Clock(100))
    assert naps == [0.25, 0.5, 1, 2, 4, 5, 5, 5]


@pytest.mark.parametrize("seconds", [0, 3, 20])
def test_last_look_is_at_the_deadline_and_its_value_is_returned(naps, seconds):
    looks = []

    def look():
        looks.append(sum(naps))
        return []

    assert until(look, Clock(seconds)) == []
    assert looks[-1] == seconds and looks.count(seconds) == 1


def test_what_a_look_raises_is_raised(naps):
    def look():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        until(look, Clock(10))
    assert naps == []


def test_what_is_looked_for_is_told_until_it_is_seen(naps, monkeypatch):
    told = []
    observer = types.SimpleNamespace(
        waiting=lambda kind, key, describe: told.append((kind, key, *describe())),
        done=lambda kind, key: told.append((kind, key, "done")),
    )
    monkeypatch.setattr(progress, "observer", observer)
    until(lambda: len(naps) == 2, Clock(100), "WEB01 to appear")
    assert [(kind, what) for kind, _key, what, *_words in told] == [
        ("effects", "WEB01 to appear"),
        ("effects", "WEB01 to appear"),
        ("effects", "done"),
    ]
    assert len({key for _kind, key, *_words in told}) == 1

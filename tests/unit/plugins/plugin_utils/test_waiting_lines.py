# SPDX-License-Identifier: GPL-3.0-or-later
"""When a line says what a task is waiting for, and what it says: on a clock that is turned by hand."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.progress import ACTIONS, EFFECTS
from ansible_collections.cegedim.cloud.plugins.plugin_utils import waiting_lines
from ansible_collections.cegedim.cloud.plugins.plugin_utils.waiting_lines import WaitingLines, duration, first_of


class Lines(list):
    """The lines that were shown, each with the time; ``at`` turns the clock."""

    def __init__(self, **options):
        super().__init__()
        self.now = 1000.0
        options = {"tell": self.tell, "host": "web01", "now": lambda: self.now, **options}
        self.observer = WaitingLines(**options)

    def tell(self, line):
        self.append((self.now - 1000, line))

    def at(self, seconds, *actions, kind=ACTIONS):
        """So many seconds after the start, the task is waiting for these."""
        self.now = 1000.0 + seconds
        for action in actions:
            self.observer.waiting(kind, action, lambda action=action: ("action %s" % action, None))

    def texts(self):
        return [line for _seconds, line in self]


def test_lines_come_ever_less_often():
    lines = Lines()
    for quarter in range(4 * 2000):
        lines.at(quarter / 4, "A")
    assert [seconds for seconds, _line in lines] == [10, 20, 40, 80, 160, 320, 620, 920, 1220, 1520, 1820]


def test_first_line_when_the_user_says():
    lines = Lines(first=3)
    for second in range(50):
        lines.at(second, "A")
    assert [seconds for seconds, _line in lines] == [3, 6, 12, 24, 48]


def test_late_looks_do_not_delay_the_lines_after_them():
    lines = Lines()
    for seconds in (0, 14, 19, 21, 39, 300, 319, 321, 619, 640):
        lines.at(seconds, "A")
    assert [seconds for seconds, _line in lines] == [14, 21, 300, 321, 640]


def test_time_counts_for_the_task_and_not_for_each_thing():
    lines = Lines()
    lines.at(0, "A")
    lines.observer.done(ACTIONS, "A")
    lines.at(8, "B")
    lines.at(11, "B")
    assert lines == [(11, "waiting: [web01] 3 s for action B")]


def test_one_action():
    lines = Lines()
    for seconds in (0, 80):
        lines.now += seconds
        lines.observer.waiting(ACTIONS, "7", lambda: ("action 7 (STOP of WEB01)", "Stopping\nservices"))
    assert lines.texts() == ["waiting: [web01] 1 min 20 s for action 7 (STOP of WEB01): Stopping services"]


def test_many_actions_in_one_line():
    lines = Lines()
    names = list("ABCDE")
    lines.at(0, *names)
    lines.observer.done(ACTIONS, "A")
    lines.at(9, "F")
    lines.at(10, *names[1:], "F")
    lines.observer.done(ACTIONS, "B")
    lines.at(20, "F")
    assert lines.texts() == [
        "waiting: [web01] for 5 of 6 actions, longest 10 s for action B",
        "waiting: [web01] for 4 of 6 actions, longest 20 s for action C",
    ]


def test_none_has_ended_yet():
    lines = Lines()
    lines.at(0, "A", "B")
    lines.at(12, "A", "B")
    assert lines.texts() == ["waiting: [web01] for 2 actions, longest 12 s for action A"]


def test_actions_and_effects():
    lines = Lines()
    lines.at(0, "A", "B")
    lines.at(5, "WEB01 to appear", kind=EFFECTS)
    lines.at(10, "A")
    assert lines.texts() == ["waiting: [web01] for 2 actions and 1 effect, longest 10 s for action A"]


def test_item_of_a_loop():
    lines = Lines(label=lambda: {"name": "WEB01", "words": "x" * 100})
    lines.at(0, "A")
    lines.at(10, "A")
    (line,) = lines.texts()
    assert line.startswith("waiting: [web01] => (item={'name': 'WEB01', 'words': 'xxx") and "...) 10 s for" in line
    assert len(line) < 120


@pytest.mark.parametrize("secret", ["Correct+Horse+42", "x" * 200])
def test_secrets_are_hidden_before_a_text_is_cut(secret):
    lines = Lines(label=lambda: secret)
    lines.observer.hide([secret, 12345678])
    for _look in range(2):
        lines.observer.waiting(ACTIONS, "7", lambda: ("action of %s" % secret, "no %s, 12345678 either" % secret))
        lines.now += 10
    hidden = "********"
    assert lines.texts() == [
        f"waiting: [web01] => (item={hidden}) 10 s for action of {hidden}: no {hidden}, {hidden} either"
    ]


def test_task_with_no_log_shows_numbers_only():
    lines = Lines(is_censored=True, label=lambda: "name-of-item")
    lines.at(0, "secret-name")
    lines.at(10, "secret-name")
    lines.at(20, "secret-name", "other")
    lines.at(40, "secret-name", "other")
    assert lines.texts() == [
        "waiting: [web01] 10 s for 1 action",
        "waiting: [web01] 20 s for 1 action",
        "waiting: [web01] for 2 actions, longest 40 s",
    ]


def test_nothing_is_described_before_a_line_is_due():
    asked = []
    lines = Lines(label=lambda: asked.append("label"))
    for second in range(10):
        lines.now = 1000 + second
        lines.observer.waiting(ACTIONS, "A", lambda: asked.append("action") or ("A", None))
    assert asked == []


def test_what_cannot_be_told_fails_nothing_and_is_not_tried_again():
    lines, tries = Lines(), []

    def broken():
        tries.append(1)
        raise ZeroDivisionError

    for second in range(100):
        lines.now = 1000 + second
        lines.observer.waiting(ACTIONS, "A", broken)
    assert (lines, len(tries)) == ([], 1)


def test_closed_stderr_fails_nothing():
    def tell(line):
        raise BrokenPipeError

    lines = Lines(tell=tell)
    lines.at(0, "A")
    lines.at(10, "A")


def test_threads_share_the_lines():
    lines = Lines()
    barrier = threading.Barrier(20)

    def work(name):
        lines.observer.waiting(ACTIONS, name, lambda: (name, None))
        barrier.wait()
        if name == "0":
            lines.now += 10
        barrier.wait()
        lines.observer.waiting(ACTIONS, name, lambda: (name, None))
        barrier.wait()
        lines.observer.done(ACTIONS, name)

    threads = [threading.Thread(target=work, args=[str(number)]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (line,) = lines.texts()
    assert line.startswith("waiting: [web01] for 20 actions, longest 10 s for ")


@pytest.mark.parametrize(
    "seconds, text",
    [
        (0.4, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (80, "1 min 20 s"),
        (3600, "1 h"),
        (3659, "1 h"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    "setting, first",
    [
        (None, 10),
        ("", 10),
        ("30", 30),
        (" 0.5 ", 0.5),
        ("0", None),
        ("-1", None),
        ("inf", None),
        ("No", None),
        ("off", None),
        ("false", None),
        ("yes", 10),
    ],
)
def test_setting(monkeypatch, setting, first):
    monkeypatch.setattr(waiting_lines, "Display", None)
    assert first_of("ITCARE_PROGRESS", setting) == first


@pytest.mark.parametrize("setting", ["ten", "nan", "10 s", "10,5"])
def test_setting_that_is_no_number_leads_to_a_warning(monkeypatch, setting):
    said = []
    monkeypatch.setattr(waiting_lines, "Display", lambda: SimpleNamespace(warning=said.append))
    assert first_of("OVC_PROGRESS", setting) == 10
    (words,) = said
    assert words.startswith("OVC_PROGRESS is %r, which is not a number of seconds" % setting)


def labelled(label, **task_vars):
    task = SimpleNamespace(loop_control=SimpleNamespace(label=label))
    templar = SimpleNamespace(template=lambda text: text.replace("{{ item.name }}", task_vars["item"]["name"]))
    return waiting_lines.label_of(task, templar, task_vars)


def test_label():
    assert labelled(None) is None
    assert labelled(None, ansible_loop_var="machine", machine="WEB01") == "WEB01"
    assert labelled("{{ item.name }}", ansible_loop_var="item", item={"name": "WEB01"}) == "WEB01"
    assert labelled("{{ item.name }}", ansible_loop_var="item", item={}) is None


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """The lines that were shown in a run of Ansible with temporary files of its own."""
    lines = []
    monkeypatch.setattr(waiting_lines, "show", lines.append)
    monkeypatch.setattr(waiting_lines.C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return lines


def test_module_that_takes_long_says_once_that_nothing_is_shown(shown):
    for host in ("web01", "web02"):
        with waiting_lines.said_once(host, 0.01):
            time.sleep(0.1)
    (line,) = shown
    assert line.startswith("waiting: [web01] the task is still running after 0 s. ")
    assert "only in the fast lane" in line


def test_module_that_is_quick_says_nothing(shown):
    with waiting_lines.said_once("web01", 0.05):
        pass
    time.sleep(0.1)
    assert shown == []


def test_without_a_directory_nothing_is_said(shown, monkeypatch):
    monkeypatch.setattr(waiting_lines.C, "DEFAULT_LOCAL_TMP", "/nowhere/at/all")
    with waiting_lines.said_once("web01", 0.01):
        time.sleep(0.1)
    assert shown == []

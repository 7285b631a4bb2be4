# SPDX-License-Identifier: GPL-3.0-or-later
"""Live progress: lines on stderr that say what a task is waiting for, ever less often.

Why stderr, through Ansible's Display: a task runs in a forked worker whose own stdout and stderr lead nowhere since
ansible-core 2.19. ``Display.display`` sends the line to the main process, where it is written under the same lock as
everything else, so it never cuts another line in two. With ``stderr=True`` it stays out of stdout in each callback
(json, minimal, oneline, junit, tree, results in YAML), so stdout can be parsed as before. stderr is line buffered even
where it is a pipe, whereas Ansible does not flush stdout before its end. ansible-runner, and so AWX, runs Ansible in a
terminal that has both streams, and makes an event ``verbose`` of each line at once. Tried in ansible-core 2.16 to 2.21
and ansible-runner 2.4 (tests/playbooks/test_progress.py).

Not a warning: since ansible-core 2.19 a worker's warnings become a part of the task's result, and show at its end.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time

from ansible import constants as C
from ansible.utils.display import Display

from ..module_utils.redaction import in_short, redact

SWITCH = "_PROGRESS"  # after the first part of the names of a system's variables
FIRST = 10  # seconds of waiting before the first line
LONGEST_GAP = 300  # seconds between two lines
LONGEST_LABEL = 60  # characters of a loop's item
LONGEST_WORDS = 120  # characters of the platform's words
TOLD_ONCE = "itcare_progress_told"


class WaitingLines:
    """The observer of one task (see module_utils/progress.py), for all its threads.

    ``tell(line)`` shows a line. ``host`` is the task's, and ``label()`` its item in a loop, or None; called only when a
    line is due. The first line comes after ``first`` seconds of waiting, and each later one when the task has waited
    twice as long, but at most LONGEST_GAP later. With ``is_censored``, there is nothing but numbers in the lines.

    Nothing here ever fails a task: after an unexpected error no more lines are shown.
    """

    def __init__(self, tell, host, label=lambda: None, first=FIRST, is_censored=False, now=time.monotonic):
        self._tell, self._host, self._label, self._is_censored, self._now = tell, host, label, is_censored, now
        self._lock = threading.Lock()
        self._open = {}  # (kind, key): (since when, describe)
        self._known = set()  # those, and all that were waited for before
        self._start = None
        self._due = first  # seconds of waiting
        self._secrets = set()

    def waiting(self, kind, key, describe):
        """See module_utils/progress.py."""
        line = None
        with contextlib.suppress(Exception), self._lock:
            now = self._now()
            if self._start is None:
                self._start = now
            since = self._open.get((kind, key), (now,))[0]
            self._open[kind, key] = (since, describe)
            self._known.add((kind, key))
            if now - self._start >= self._due:
                due, self._due = self._due, math.inf  # for the case that the line cannot be made
                line = self._line(now)
                self._due = _next_due(due, now - self._start)
        if line:
            with contextlib.suppress(Exception):
                self._tell(line)

    def done(self, kind, key):
        """See module_utils/progress.py."""
        with self._lock:
            self._open.pop((kind, key), None)

    def hide(self, secrets):
        """See module_utils/progress.py."""
        with self._lock:
            self._secrets.update(str(one) for one in secrets)

    def _line(self, now):
        since, describe = min(self._open.values(), key=lambda one: one[0])
        several = len(self._open) > 1
        what, words, label = None if several else self._count(), None, None
        if not self._is_censored:
            what, words = describe()
            label = self._label()
        parts = ["waiting: [%s]" % self._host]
        if label is not None:
            parts.append("=> (item=%s)" % self._shown(label, LONGEST_LABEL))
        if several:
            parts.append("for %s, longest" % self._count())
        parts.append(duration(now - since))
        if what:
            parts.append("for %s" % self._shown(what))
        line = " ".join(parts)
        return "%s: %s" % (line, self._shown(words, LONGEST_WORDS)) if words else line

    def _count(self):
        """``12 of 40 actions and 2 effects``."""
        kinds = [kind for kind, _key in self._open]
        return " and ".join(self._count_of(kind, kinds.count(kind)) for kind in sorted(set(kinds)))

    def _count_of(self, kind, still):
        ever = sum(one == kind for one, _key in self._known)
        if ever > still:
            return "%d of %d %s" % (still, ever, kind)
        return "%d %s" % (still, kind if still > 1 else kind[:-1])

    def _shown(self, text, *most):
        return in_short(redact(text, self._secrets), *most)


def _next_due(due, elapsed):
    while due <= elapsed:
        due += min(due, LONGEST_GAP)
    return due


def duration(seconds):
    """``8 s``, ``1 min 20 s``, ``2 h 5 min``."""
    seconds = int(seconds)
    if seconds < 60:
        return "%d s" % seconds
    if seconds < 3600:
        return "%d min%s" % (seconds // 60, " %d s" % (seconds % 60) if seconds % 60 else "")
    return "%d h%s" % (seconds // 3600, " %d min" % (seconds % 3600 // 60) if seconds % 3600 >= 60 else "")


def first_of(name, setting):
    """After how many seconds the first line comes, by the value (str or None) of the variable ``name``.

    None where no line is wanted. What is neither a number nor yes or no changes nothing, and leads to a warning.
    """
    words = str("" if setting is None else setting).strip().lower()
    if words in ("false", "no", "off"):
        return None
    if words in ("", "true", "yes", "on"):
        return FIRST
    try:
        seconds = float(words)
    except ValueError:
        seconds = math.nan
    if math.isnan(seconds):
        text = (
            "%s is %r, which is not a number of seconds. The first line comes after %d seconds; 0 turns the lines off"
        )
        Display().warning(text % (name, setting, FIRST))
        return FIRST
    return seconds if 0 < seconds < math.inf else None


def show(line):
    """One line on stderr, from a worker or from the main process."""
    Display().display(line, color=C.COLOR_VERBOSE, stderr=True)


def label_of(task, templar, task_vars):
    """The item of a task in a loop, as Ansible's own lines show it; None where there is none, or it has no label."""
    loop_var = task_vars.get("ansible_loop_var")
    if loop_var not in task_vars:
        return None
    with contextlib.suppress(Exception):  # Ansible itself warns of a label that is no template
        label = task.loop_control.label
        return templar.template(label) if label else task_vars[loop_var]
    return None


@contextlib.contextmanager
def said_once(host, first):
    """While a module runs by itself, and shows nothing: say so after ``first`` seconds, once in a run of Ansible.

    A task that does not take that long says nothing. That it was said is kept in the directory for temporary files of
    this run, which all workers share.
    """

    def say():
        with contextlib.suppress(Exception):
            os.close(os.open(os.path.join(C.DEFAULT_LOCAL_TMP, TOLD_ONCE), os.O_CREAT | os.O_EXCL, 0o600))
            show(
                "waiting: [%s] the task is still running after %s. What it is waiting for is shown only in the fast "
                "lane, which this task does not use" % (host, duration(first))
            )

    timer = threading.Timer(first, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task is waiting for, told to whoever shows it while the task runs.

A module that runs by itself has nobody to tell: what it prints before its result is lost, so ``observer`` stays None
and these functions do nothing. The fast lane sets an observer for the time of a task (plugin_utils/waiting_lines.py).
It is one for the whole process, so that modules that run side by side in the threads of one task share it, and show
one line together.
"""

from __future__ import annotations

ACTIONS = "actions"
EFFECTS = "effects"

observer = None  # has the three functions below as methods


def waiting(kind, key, describe):
    """The task waits; call it again at each look, as long as it does.

    ``kind`` is ACTIONS or EFFECTS, ``key`` tells one from the other. ``describe()`` says in a few words what is waited
    for, as a pair: what it is, and the platform's own words about it (or None). It is called only when a line is due.
    """
    if observer is not None:
        observer.waiting(kind, key, describe)


def done(kind, key):
    """The task does not wait for this any more, whatever the reason; it may never have."""
    if observer is not None:
        observer.done(kind, key)


def hide(secrets):
    """Texts (iterable of str) that must not be shown from now on."""
    if observer is not None:
        observer.hide(secrets)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring one resource, or one part of it, to the state that a task asks for.

Check mode, diff and run are the same list of steps, the plan's. The pages in the order in which they are read: run.py
(what is known on the way), reading.py, deciding.py, sending.py, effects.py, telling.py.
"""

from __future__ import annotations

from .deciding import decide
from .outcome import Outcome
from .run import run_of
from .telling import outcome

__all__ = ["Outcome", "converge", "managing"]

STALE_SECONDS = 60  # a plan that was held for longer than that is made anew


def managing(target):
    """The ``run(client, params, check)`` of a module that does nothing but converge ``target``."""
    return lambda client, params, check: converge(client, target, params, check)


def converge(client, target, params, check):
    """Bring one resource to the state that ``params`` (the module's options) ask for; an Outcome (see telling.py).

    ``target`` is a Resource, or a Part of one. With ``check`` no write is sent, unless ``server_dry_run`` asks the
    platform to validate.
    """
    run = run_of(client, target, params, check)
    decide(run)
    if run.hold(is_decided=True) > STALE_SECONDS:
        decide(run)
    if run.steps and (not check or params.get("server_dry_run")):
        from . import sending  # most tasks of most runs change nothing

        perform = sending.validate if check else sending.send
        perform(run)
    return outcome(run, check)

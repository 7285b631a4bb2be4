# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of one resource on its way from found to converged.

Each stage has its file: reading.py, deciding.py, sending.py, effects.py, telling.py. lifecycle.py calls them in
that order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import actions
from .asking import Ask
from .clock import Clock
from .errors import InvalidInput, refuse
from .identity import called, is_clear
from .resource import Part, Resource
from .seen import Seen

# The options of a task that say how it runs, not what it wants.
OPTIONS = ("wait", "wait_timeout", "wait_interval", "on_missing_in_check_mode", "protection_tag")


def run_options(params):
    """The options (dict) of ``params`` that say how a task runs, for a task that is about a part of a resource."""
    return {name: params[name] for name in OPTIONS if name in params}


@dataclass
class Run:
    """One task on one resource.

    ``resource`` is its kind, ``part`` the part of it that the task is about (or None). ``wanted`` are the options that
    were given. ``seen`` is what was read last, ``first`` what was seen before anything was sent, ``under_way`` the
    actions (list of dict) that were in progress at that time. ``met`` is the record that the task found first, unless
    it is gone and the task makes it anew. ``is_new``: this task creates it, or has waited for its creation. ``steps``
    is the plan; ``sent`` are the steps that were sent, ``told`` those of them that are of a plan, and no part of a late
    step, ``unfollowed`` those that showed no action, ``actions`` the actions that were followed, ``still_to_do`` the
    names of steps that are left for later.
    """

    ask: Ask
    resource: Resource
    part: Part
    wanted: dict
    clock: Clock
    waits: bool = True
    interval: float = 15
    options: dict = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    first: Seen = None
    met: dict = None
    under_way: list = field(default_factory=list)
    is_new: bool = False
    steps: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    told: list = field(default_factory=list)
    unfollowed: list = field(default_factory=list)
    actions: list = field(default_factory=list)
    still_to_do: list = field(default_factory=list)

    @property
    def client(self):
        return self.ask.client

    @property
    def called(self):
        """The resource in a sentence."""
        return called(self.seen.record or (self.first and self.first.record) or self.wanted)

    def hold(self, is_decided=False):
        """Let other tasks that belong together with this one decide before it acts; the seconds that took."""
        is_whole = self.part is None and bool(self.seen)
        return self.client.hold((self.resource.kind, str(self.seen.get("id"))) if is_whole else None, is_decided)

    def follow(self, started):
        """Wait for these actions; their last states (list of dict), which the result shows, too."""
        position = len(self.actions)
        self.actions.extend(started)
        self.actions[position:] = actions.follow(self.client, started, self.clock, self.interval)
        return self.actions[position:]


def run_of(client, target, params, check):
    """The Run for a ``target`` (a Resource or a Part) and a module's options. Raises InvalidInput.

    ``params`` may hold ``wait``, ``wait_timeout``, ``wait_interval``, ``on_fixed_difference``, ``server_dry_run``,
    ``protection_tag``, ``on_missing_in_check_mode``; the rest is wanted.
    """
    part = target if isinstance(target, Part) else None
    resource = part.of if part else target
    wanted = wanted_of(part or resource, params)
    on_missing = params.get("on_missing_in_check_mode", "fail") if check else "fail"
    return Run(
        ask=Ask(client, is_tolerant=on_missing != "fail", is_silent=on_missing == "ignore"),
        resource=resource,
        part=part,
        wanted=wanted,
        clock=Clock(params["wait_timeout"]),
        waits=params["wait"],
        interval=params["wait_interval"],
        options=params,
    )


def wanted_of(target, params):
    """The options of ``params`` that were given, as far as they are allowed at all. Raises InvalidInput."""
    fields = target.of.fields if isinstance(target, Part) else target.fields
    wanted = {key: value for key, value in params.items() if value is not None}
    if not wanted.get("name") and "id" not in wanted:
        raise InvalidInput("give name or id")
    if "name" in wanted and not is_clear(wanted["name"]):
        raise InvalidInput("name: %r has a comma, a leading ! or blanks around it" % wanted["name"])
    sentences = [_wrong(one, wanted[one.name]) for one in fields if one.name in wanted]
    sentences += [target.valid(wanted)] if target.valid else []
    refuse(*sentences)
    return wanted


def _wrong(one, value):
    """Why a value is not allowed (a sentence), or None. What a creation needs is never empty."""
    if one.required and isinstance(value, str) and not value.strip():
        return "%s: it is empty" % one.name
    return one.valid(value) if one.valid else None

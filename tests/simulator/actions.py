# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous actions: IN_PROGRESS for a while, then SUCCESS (and only then the effect) or ERROR.

Nothing runs in the background: whoever looks at the state settles first what has come due.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

IN_PROGRESS, SUCCESS, ERROR = "IN_PROGRESS", "SUCCESS", "ERROR"
USER = "api-demo"


def timestamp(seconds: float | None = None) -> str:
    """A date as the API answers it, such as 2025-07-04T04:15:11.161Z."""
    moment = datetime.fromtimestamp(time.time() if seconds is None else seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Action:
    """One submitted action; `ends` and `due` (when its effect shows) in seconds since the epoch."""

    id: int
    process: str
    message: str
    resource_id: int
    resource_name: str
    resource_type: str
    family: str
    service_id: int | None
    submitted: float
    ends: float
    due: float
    effect: Callable[[], object]
    undo: Callable[[], object] | None = None
    failure: str | None = None

    @property
    def status(self) -> str:
        if time.time() < self.ends:
            return IN_PROGRESS
        return SUCCESS if self.failure is None else ERROR

    def accepted(self, internal_id: int) -> dict:
        """The documented Action, as mutating calls answer it: no dates of submission."""
        return {
            "family": self.family,
            "id": self.id,
            "internalId": internal_id,
            "lastUpdatedAt": timestamp(self.submitted),
            "message": self.message,
            "process": self.process,
            "resourceName": self.resource_name,
            "resourceType": self.resource_type,
            "status": self.status,
        }

    def tracked(self) -> dict:
        """The documented ActionStatus, as GET /actions answers it: no internalId."""
        status = self.status
        answer = {
            "family": self.family,
            "id": self.id,
            "lastUpdatedAt": timestamp(self.submitted if status == IN_PROGRESS else self.ends),
            "message": self.failure if status == ERROR else self.message,
            "process": self.process,
            "resourceName": self.resource_name,
            "resourceType": self.resource_type,
            "status": status,
            "submittedAt": timestamp(self.submitted),
            "submittedBy": USER,
        }
        if status != IN_PROGRESS:
            answer["completedAt"] = timestamp(self.ends)
        return answer


class ActionLog:
    """Every action since the start, oldest first."""

    def __init__(self, first_id: int = 70001):
        self._next_id = first_id
        self._all: dict[int, Action] = {}
        self._pending: list[Action] = []
        self._by_resource: dict[int, list[Action]] = {}

    def submit(
        self, record: dict, process: str, message: str, effect, undo=None, failure=None, seconds=0.2, late=0.0
    ) -> Action:
        """Starts an action on a record. The effect is applied after `seconds` + `late`, unless there is a failure."""
        now = time.time()
        action = Action(
            id=self._next_id,
            process=process,
            message=message,
            resource_id=record["id"],
            resource_name=record["name"],
            resource_type=record["resourceType"],
            family=record["family"],
            service_id=record.get("serviceId"),
            submitted=now,
            ends=now + seconds,
            due=now + seconds + (0 if failure else late),
            effect=effect,
            undo=undo,
            failure=failure,
        )
        self._next_id += 1
        self._all[action.id] = action
        self._by_resource.setdefault(action.resource_id, []).append(action)
        self._pending.append(action)
        return action

    def settle(self) -> None:
        """Applies the effects that have come due, in the order in which they did."""
        now = time.time()
        ready = sorted((action for action in self._pending if action.due <= now), key=lambda action: action.due)
        if ready:
            self._pending = [action for action in self._pending if action.due > now]
        for action in ready:
            if action.failure is None:
                action.effect()
            elif action.undo is not None:
                action.undo()

    def get(self, action_id: int) -> Action | None:
        return self._all.get(action_id)

    def all(self) -> list[Action]:
        return list(self._all.values())

    def of(self, resource_id: int) -> list[Action]:
        """The actions on one resource, oldest first."""
        return self._by_resource.get(resource_id, [])

    def busy(self, resource_id: int) -> bool:
        """Whether an action on the resource is IN_PROGRESS."""
        actions = self.of(resource_id)
        return bool(actions) and actions[-1].status == IN_PROGRESS


def accepted(state, operation, action: Action) -> tuple[int, dict | None]:
    """Status and body with which a mutating call answers its action, the documented latitude included."""
    settings, body = state.settings, state.accepted(action)
    if not settings.internal_id:
        del body["internalId"]
    if settings.action_id_as_text:
        body["id"] = str(body["id"])
    if settings.action_without_status:
        body = {"id": body["id"]}
    if settings.order_answers in ("empty_200", "empty_204"):
        return int(settings.order_answers.removeprefix("empty_")), None
    if settings.order_answers == "object":
        body = {}
    return settings.accepted_status or (202 if 202 in operation.answers else min(operation.answers)), body

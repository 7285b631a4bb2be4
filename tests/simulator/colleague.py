# SPDX-License-Identifier: GPL-3.0-or-later
"""Someone else who uses the API at the same time: documented operations, without a request or a journal entry."""

from __future__ import annotations

import json

from . import contract
from .actions import Action
from .answer import Answer
from .call import Call, Refusal
from .families import HANDLERS


class Refused(ValueError):
    """What the API refuses a colleague; `status` as the API would answer it."""

    def __init__(self, status: int, message: str):
        super().__init__(f"{status} {message}".strip())
        self.status = status


def perform(world, method: str, path: str, body: object = None, seconds: float | None = None) -> object:
    """Does what a request would do, and returns the JSON of its answer: of an order its action, always in full.

    path: below the base, with a query if need be, with the numbers that the settings demand; seconds: how long the
    order's action takes instead of the setting's action_seconds. Settings and faults that only change answers do not
    concern a colleague. ValueError for what is not documented or is refused (:class:`Refused`).
    """
    path, _mark, query = path.partition("?")
    operations, texts = contract.load().route(path)
    operation = operations.get(method.upper())
    if operation is None:
        raise ValueError(f"{method} {path} is not documented")
    raw = b"" if body is None else json.dumps(body).encode()
    with world.lock:
        state = world.settled()
        try:
            call = Call(
                operation,
                contract.read_path(operation, texts),
                contract.read_query(operation, query, world.settings.repeated_query),
                contract.read_body(operation, operation.body_type, raw, world.settings.patch_group == "any"),
                state,
                seconds=seconds,
            )
            result = HANDLERS[operation.id](call)
        except contract.Violation as violation:
            raise Refused(400, str(violation)) from None
        except Refusal as refusal:
            raise Refused(refusal.status, str(refusal)) from None
        if isinstance(result, Action):
            return state.accepted(result)
        if isinstance(result, Answer):
            return json.loads(result.raw) if result.raw else None
        return json.loads(json.dumps(result))

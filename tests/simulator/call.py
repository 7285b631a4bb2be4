# SPDX-License-Identifier: GPL-3.0-or-later
"""What a handler of an operation is given, and how it answers.

A handler first checks everything, then starts an action or calls `commit()`, and only then changes the state:
that order is what makes ITCare-DryRun work for every operation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from . import contract, pages
from .actions import Action
from .state import PRODUCTION, State

HANDLERS: dict[str, Callable[[Call], object]] = {}


def operation(operation_id: str):
    """Registers the decorated function as the handler of a documented operation."""

    def register(handler):
        assert operation_id in contract.load().operations, operation_id
        assert operation_id not in HANDLERS, operation_id
        HANDLERS[operation_id] = handler
        return handler

    return register


class Refusal(Exception):
    """An error answer: 400 with the documented error object, any other status with an empty body."""

    def __init__(self, status: int, message: str = ""):
        super().__init__(message)
        self.status = status


class DryRun(Exception):
    """All checks passed and the request was a rehearsal."""


@dataclass
class Call:
    """One request, validated against the contract.

    rehearsal: stop at `commit()`; failure: the message with which the started action shall fail;
    shift: how the estate changes under a listing, as with the fault stale_page; seconds: how long the started action
    takes.
    """

    operation: contract.Operation
    path: dict
    query: dict
    body: object
    state: State
    rehearsal: bool = False
    failure: str | None = None
    shift: str | None = None
    seconds: float | None = None
    applied: bool = field(default=False, init=False)

    @property
    def settings(self):
        return self.state.settings

    @property
    def options(self) -> dict:
        """The options of a PATCH operation."""
        return (self.body or {}).get("options") or {}

    def refuse(self, message: str) -> None:
        raise Refusal(400, message)

    def require(self, condition: object, message: str) -> None:
        """Refuses with 400 unless the condition holds."""
        if not condition:
            self.refuse(message)

    def resource(self, *kinds: str, name: str = "id") -> dict:
        """The resource of a path parameter; 404 when there is none of these kinds."""
        record = self.state.by_number(self.path[name], self._path_reading(), *kinds)
        if record is None:
            raise Refusal(404)
        return record

    def _path_reading(self) -> str:
        return "id" if self.operation.path.startswith("/compute/resources/") else self.settings.product_paths

    def named_in_body(self, number: object, *kinds: str) -> dict | None:
        """The resource that a number in a body means."""
        return self.state.by_number(number, self.settings.body_numbers, *kinds)

    def body_number(self, resource_id: int) -> int:
        """The number by which bodies and answers about members call a resource."""
        return self.state.number(resource_id, self.settings.body_numbers)

    def writable(self, *kinds: str, name: str = "id") -> dict:
        """The same for a write: refused while an action on it is IN_PROGRESS."""
        record = self.resource(*kinds, name=name)
        if self.state.actions.busy(record["id"]):
            raise Refusal(self.settings.busy_status, "An action is in progress on the resource")
        return record

    def service(self, name: str = "id") -> dict:
        """The service of a path parameter; 404 when there is none."""
        service = self.state.services.get(self.path[name])
        if service is None:
            raise Refusal(404)
        return service

    def commit(self) -> None:
        """The end of all checks: from here on the request takes effect."""
        if self.rehearsal:
            raise DryRun
        self.applied = True

    def start(self, record: dict, process: str, message: str, effect: Callable[[], object], undo=None) -> Action:
        """Commits, and starts an action on the record whose end brings the effect."""
        self.commit()
        failure, self.failure = self.failure, None
        return self.state.actions.submit(
            record,
            process,
            message,
            effect,
            undo=undo,
            failure=failure,
            seconds=self.settings.action_seconds if self.seconds is None else self.seconds,
            late=self.settings.late_visibility,
        )

    def page(self, rows: list[dict], schema: str) -> dict:
        """The page of the rows that the query asks for, each shown as the schema says."""
        settings = self.settings
        is_first = self.query.get("page", "0") == "0"
        shift = self.shift or (settings.between_pages if not is_first and settings.between_pages != "nothing" else None)
        if shift and rows and "_kind" in rows[0]:
            rows = self._shifted(rows, shift)
        sortable = contract.load().fields(schema)
        try:
            page = pages.page(rows, self.query, sortable, settings.page_size, settings.page_max_size)
        except pages.BadPage as error:
            raise contract.Violation(str(error)) from None
        page["content"] = [self.state.row(row, schema) if "_kind" in row else row for row in page["content"]]
        if settings.rows_without_id:
            page["content"] = [{name: row[name] for name in row if name != "id"} for row in page["content"]]
        if settings.totals != "numbers":
            shown = {"text": str, "null": lambda _number: None, "words": lambda _number: "many"}[settings.totals]
            page.update({name: shown(page[name]) for name in ("totalElements", "totalPages")})
        return page

    def _shifted(self, rows: list[dict], shift: str) -> list[dict]:
        """The rows after the estate changed at their front: everything behind has moved by one."""
        first = rows[0]
        pattern = next((row for row in rows if row["_kind"] == "instance"), first)  # a product would need nodes
        if shift in ("remove", "swap"):
            self.state.delete(first)
            rows = rows[1:]
            if shift == "remove":
                return rows
        number = self.state.next_id()
        added = {**pattern, "id": number, "internalResourceId": number, "name": f"{pattern['name']}NEW"}
        added = self.state.add(added)
        if shift == "swap":
            return [*rows, added]
        self.state.resources = {added["id"]: added, **self.state.resources}
        return [added, *rows]

    def views(self, rows, schema: str | None = None, part: bool = False) -> list[dict]:
        """A plain list of resources, or of parts of one."""
        return [self.state.row(each, schema, part) for each in rows]


def is_production(state: State, record: dict) -> bool:
    """Whether a resource belongs to a production service."""
    return state.services[record["serviceId"]]["environment"] == PRODUCTION

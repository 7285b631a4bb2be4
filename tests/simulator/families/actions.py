# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions and operations."""

from __future__ import annotations

import time

from .. import pages
from ..call import Call, Refusal, operation
from ..state import ACTIVE, INACTIVE, State

NOT_IN_SPARSE = ("completedAt", "family", "resourceName", "submittedAt")


@operation("list_actions")
def list_actions(call: Call):
    """Newest first. requestId is not explained; it is read as the action's own id."""
    query, state = call.query, call.state
    status = pages.by_list(query.get("statuses"))
    found = []
    for action in reversed(state.actions.all()):
        wanted = (
            ("resourceName", action.resource_name),
            ("resourceId", state.number(action.resource_id, call.settings.action_numbers)),
            ("serviceId", action.service_id),
            ("requestId", action.id),
        )
        if (
            _seen(call, action)
            and status(action.status)
            and all(query.get(name, value) == value for name, value in wanted)
        ):
            found.append(state.tracked(action))
    if not found and call.settings.unknown_actions != 200 and _is_about_nothing(call):
        raise Refusal(call.settings.unknown_actions)
    if call.settings.actions_sparse:
        return [{name: value for name, value in row.items() if name not in NOT_IN_SPARSE} for row in found]
    return found


def _is_about_nothing(call: Call) -> bool:
    """Whether no resource has the name or the number that was asked for."""
    query, state = call.query, call.state
    known = state.resources.values()
    if "resourceName" in query:
        return all(record["name"] != query["resourceName"] for record in known)
    if "resourceId" in query:
        reading = call.settings.action_numbers
        return all(state.number(record["id"], reading) != query["resourceId"] for record in known)
    return False


@operation("get_action")
def get_action(call: Call):
    action = call.state.actions.get(call.path["actionId"])
    if action is None or not _seen(call, action):
        raise Refusal(404)
    return call.state.tracked(action)


def _seen(call: Call, action) -> bool:
    return time.time() >= action.submitted + call.settings.late_action


@operation("list_operations")
def list_operations(call: Call):
    return _operations(call)


@operation("list_resources_operations")
def list_resources_operations(call: Call):
    return _operations(call)


def _operations(call: Call):
    """The answer's shape is not documented: rows are AvailableAction, or Action for what is in progress."""
    query, state = call.query, call.state
    ids = [*query.get("node", []), *query.get("url", []), *query.get("id", [])]
    if "resourceId" in query:
        ids.append(query["resourceId"])
    records = [state.by_number(number, call.settings.action_numbers) for number in ids]
    records = [record for record in records if record is not None]
    if "in-progress" in query["type"]:
        return [
            state.accepted(action)
            for record in records
            for action in state.actions.of(record["id"])
            if action.status == "IN_PROGRESS"
        ]
    return [row for record in records for row in available(state, record)]


def available(state: State, record: dict) -> list[dict]:
    """What can be done with a resource now, as AvailableAction."""
    busy = state.actions.busy(record["id"])
    rows = []
    for name, status in (("start", INACTIVE), ("stop", ACTIVE)):
        causes = (
            ["An action is in progress"] if busy else [] if record["status"] == status else [f"Status is not {status}"]
        )
        rows.append({"available": not causes, "operation": name, "unavailabilityCauses": causes})
    return rows

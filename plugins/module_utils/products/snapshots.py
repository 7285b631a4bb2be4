# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshot of an instance (the API reference, Instances): at most one at a time, kept for three days.

To the plan it is a part of its instance, because actions, conflicts and names are the instance's.
"""

from __future__ import annotations

from urllib.parse import quote

from .. import actions
from ..errors import Ambiguous, FixedDifference, InvalidInput, UnexpectedAnswer
from ..identity import meant_by
from ..plan import Step
from ..processes import means
from ..resource import Operation, Part, to_result
from .instances import INSTANCE
from .shared.management import valid_change_reference

PATH = INSTANCE.path + "/{address}/snapshots"
DESCRIPTION_LENGTH = 100
CREATE = Operation("create_snapshot", repeatable=False)
RECOVER = Operation("recover_snapshot", repeatable=False, destroys=True, may_stay_hidden=True)
DELETE = Operation("delete_snapshot")


def read_snapshot(client, seen):
    """The snapshot (dict) of an instance, or None.

    None is answered as 204, 404, nothing, or something empty; one as an object, or in a list, or in a page. Raises
    UnexpectedAnswer for anything else: what is there would be removed, or rolled back to, on a guess.
    """
    answer = client.find(seen.path(PATH))
    if isinstance(answer, dict) and "content" in answer:
        answer = answer["content"]
    rows = answer if isinstance(answer, list) else [answer] if answer else []
    if not all(isinstance(row, dict) and row.get("id") not in (None, "") for row in rows):
        raise UnexpectedAnswer("GET %s answered something other than a snapshot with an id" % seen.path(PATH))
    if len(rows) > 1:
        raise Ambiguous(
            "%s has %d snapshots, and the platform is said to keep one: %s"
            % (seen.get("name"), len(rows), "; ".join(describe(row) for row in rows))
        )
    return rows[0] if rows else None


def resolve(ask, seen, wanted):
    """For Part.resolve: there has to be an instance, unless its snapshot is to be absent."""
    asked = wanted["snapshot"]
    if not seen:
        if asked["state"] != "absent":
            named = "the name %s" % wanted["name"] if "name" in wanted else "the id %s" % wanted["id"]
            ask.missing(
                "there is no instance with %s (or this account does not see it)" % named,
                wanted.get("id", wanted.get("name")),
                lambda: meant_by(ask.client, INSTANCE, wanted),
            )
        return wanted
    current = seen.get("snapshot")
    if asked["state"] == "recovered" and current and "recoveredAt" not in current and "recovered" not in seen.facts:
        seen.facts["recovered"] = _was_recovered(ask.client, seen, current)
    return wanted


def _was_recovered(client, seen, snapshot):
    """Whether an action has recovered it (bool), where the platform does not show that in the snapshot.

    None where that cannot be told, since processes have names that say nothing.
    """
    rows = actions.of_all_statuses(client, actions.abouts(seen.record, {}))
    made = actions.moment(snapshot.get("createdAt"))
    since = [row for row in rows if made is None or (actions.ended_at(row) or made) >= made]
    succeeded = [row for row in since if row.get("status") == actions.SUCCESS]
    said = [means(row.get("process"), RECOVER.name) for row in succeeded]
    if True in said:
        return True
    return None if said.count(None) > 1 else False  # one of them is the snapshot's creation


def plan_snapshot(wanted, seen):
    """The steps (list of Step) from the snapshot of an instance to the ``wanted`` one.

    ``wanted["snapshot"]`` has ``state`` (present, recovered, absent) and maybe ``description``, ``change_reference``
    and ``force``. Raises FixedDifference where another snapshot is in the way, and InvalidInput where there is none to
    recover.
    """
    wanted = wanted["snapshot"]
    state = wanted["state"]
    if not seen:
        return [] if state == "absent" else [_creation(wanted) if state == "present" else _recovery({})]
    current = seen.get("snapshot")
    if current is not None and _is_another(current, wanted):
        raise FixedDifference(
            "%s has another snapshot already: %s. Only one is kept at a time, and its description cannot be changed: "
            "remove it (state=absent), wait until it expires, or ask for this one (the same description, or none)"
            % (seen.get("name"), describe(current))
        )
    if state == "present":
        return [_creation(wanted)] if current is None else []
    if state == "absent":
        return [] if current is None else [_removal(current)]
    if current is None:
        raise InvalidInput("%s has no snapshot to recover; the platform keeps one for three days" % seen.get("name"))
    if wanted.get("force"):
        return [_recovery(current)]
    if current.get("recoveredAt") or seen.facts.get("recovered"):
        return []
    if seen.facts.get("recovered", False) is None:
        raise InvalidInput(
            "whether %s was rolled back to its snapshot already cannot be told: it does not show it, and its actions "
            "have names that say nothing. To roll it back in any case, use force=true" % seen.get("name")
        )
    return [_recovery(current)]


def describe(snapshot):
    """A snapshot in a few words: its id, description and end."""
    return '%s, "%s", expires at %s' % (
        snapshot.get("id"),
        snapshot.get("description") or "",
        snapshot.get("expiresAt") or "a time that the platform does not say",
    )


def _is_another(current, wanted):
    return "description" in wanted and wanted["description"] != (current.get("description") or "")


def _creation(wanted):
    body = {
        name: wanted[option]
        for option, name in (("description", "description"), ("change_reference", "changeReference"))
        if option in wanted
    }
    return Step(
        CREATE,
        "POST",
        PATH,
        body,
        before={"snapshot": None},
        after={"snapshot": {"description": wanted.get("description", "")}},
        done=lambda instance: instance["snapshot"] is not None and not _is_another(instance["snapshot"], wanted),
    )


def _recovery(current):
    old = current.get("recoveredAt")
    return Step(
        RECOVER,
        "PATCH",
        PATH,
        before={"snapshot": {"id": current.get("id"), "recovered_at": old}},
        after={"snapshot": {"id": current.get("id"), "recovered_at": "the time of this step"}},
        done=lambda instance: (instance["snapshot"] or {}).get("recoveredAt") not in (None, old),
    )


def _removal(current):
    return Step(
        DELETE,
        "DELETE",
        # Braces are quoted, too, so that an id can hold nothing that Step.path would fill in.
        PATH + "/" + quote(str(current["id"]), safe=""),
        before={"snapshot": to_result(current)},
        after={"snapshot": None},
        done=lambda instance: (instance["snapshot"] or {}).get("id") != current["id"],
    )


def _valid(wanted):
    asked = wanted["snapshot"]
    if len(asked.get("description", "")) > DESCRIPTION_LENGTH:
        return "description: it has %d characters, and %d are allowed" % (
            len(asked["description"]),
            DESCRIPTION_LENGTH,
        )
    return valid_change_reference(asked["change_reference"]) if "change_reference" in asked else None


SNAPSHOT = Part(
    of=INSTANCE,
    key="snapshot",
    read=read_snapshot,
    plan=plan_snapshot,
    resolve=resolve,
    valid=_valid,
)

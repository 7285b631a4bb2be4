# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshot of an instance (the API reference, Instances): at most one at a time, kept for three days.

To the plan it is a part of its instance, because actions, conflicts and names are the instance's.
"""

from __future__ import annotations

from urllib.parse import quote

from ..errors import FixedDifference, InvalidInput, NotFound
from ..plan import Step
from ..resource import Field, Resource, to_result
from .management import valid_change_reference
from .placement import SERVICE

PATH = "/compute/instances/{id}/snapshots"
DESCRIPTION_LENGTH = 100


def read_snapshot(client, instance):
    """The snapshot (dict) of an instance, or None: without one the API may answer 204, 404 or an empty object."""
    return client.find(PATH.format(id=instance["id"]))


def plan_snapshot(instance, wanted):
    """The steps (list of Step) from the snapshot of ``instance`` (its ``snapshot``, or None) to the ``wanted`` one.

    ``wanted["snapshot"]`` has ``state`` (present, recovered, absent) and maybe ``description``, ``change_reference``
    and ``force``. Raises NotFound where there is no instance to have one, FixedDifference where another snapshot is in
    the way, and InvalidInput where there is none to recover.
    """
    called = "the name %s" % wanted["name"] if "name" in wanted else "the id %s" % wanted["id"]
    wanted = wanted["snapshot"]
    state = wanted["state"]
    if instance is None:
        if state == "absent":
            return []
        raise NotFound("there is no instance with %s (or this account does not see it)" % called)
    current = instance["snapshot"]
    if current is not None and _is_another(current, wanted):
        raise FixedDifference(
            "%s has another snapshot already: %s. Only one is kept at a time, and its description cannot be changed: "
            "remove it (state=absent), wait until it expires, or ask for this one (the same description, or none)"
            % (instance.get("name"), describe(current))
        )
    if state == "present":
        return [_creation(wanted)] if current is None else []
    if state == "absent":
        return [] if current is None else [_removal(current)]
    if current is None:
        raise InvalidInput(
            "%s has no snapshot to recover; the platform keeps one for three days" % instance.get("name")
        )
    return [_recovery(current)] if wanted.get("force") or not current.get("recoveredAt") else []


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
        "create_snapshot",
        "POST",
        PATH,
        body,
        before={"snapshot": None},
        after={"snapshot": {"description": wanted.get("description", "")}},
        done=lambda instance: _of(instance) is not None and not _is_another(_of(instance), wanted),
        repeatable=False,
    )


def _recovery(current):
    old = current.get("recoveredAt")
    return Step(
        "recover_snapshot",
        "PATCH",
        PATH,
        before={"snapshot": {"id": current.get("id"), "recovered_at": old}},
        after={"snapshot": {"id": current.get("id"), "recovered_at": "the time of this step"}},
        done=lambda instance: (_of(instance) or {}).get("recoveredAt") not in (None, old),
        repeatable=False,
    )


def _removal(current):
    return Step(
        "delete_snapshot",
        "DELETE",
        # Braces are quoted, too, so that an id can hold nothing that Step.path would fill in.
        PATH + "/" + quote(str(current["id"]), safe=""),
        before={"snapshot": to_result(current)},
        after={"snapshot": None},
        done=lambda instance: instance is None or (_of(instance) or {}).get("id") != current["id"],
    )


def _of(instance):
    return instance and instance["snapshot"]


def _valid(wanted):
    if len(wanted.get("description", "")) > DESCRIPTION_LENGTH:
        raise InvalidInput(
            "description: it has %d characters, and %d are allowed" % (len(wanted["description"]), DESCRIPTION_LENGTH)
        )
    if "change_reference" in wanted:
        valid_change_reference(wanted["change_reference"])


INSTANCE_WITH_SNAPSHOT = Resource(
    kind="instance",
    path="/compute/instances",
    fields=(
        SERVICE,
        Field("snapshot", read=None, valid=_valid),
    ),
    plan=plan_snapshot,
    also_read={"snapshot": read_snapshot},
    settles_first=True,
)

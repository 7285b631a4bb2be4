# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of any resource (the API reference, Resource tags).

A key may show several values only if somebody gave it several. What POST does to a key that is there, and whether
DELETE looks at the value, is not written; so a changed value is removed first and then added, which is right under
every reading, and a key that shows several values is settled by PUT.
"""

from __future__ import annotations

from ...errors import InvalidInput
from ...identity import RESOURCES, SERVICES
from ...plan import Step
from ...resource import Field, Operation, Part, Resource, unread
from .resources import miss, refuse_shared_number
from .tag_values import as_text, to_dict

PATH = RESOURCES + "/{number}/tags"
OWNER = "ansible_estate"  # the key of the tag by which itcare_estate knows what it has created


def read_tags(client, seen):
    """The tags of what was seen as ``{key: value}``; a key with several values has a list of them."""
    return to_dict(client.get(seen.path(PATH)))


def to_rows(tags):
    """``{key: value}`` as the API's list."""
    return [{"tagKey": key, "tagValue": one} for key, values in tags.items() for one in _as_list(values)]


# The steps


def _as_answered(record, answer):
    """For Operation.at_once: the tags are those that the answer lists."""
    is_list = isinstance(answer, list) and all(isinstance(row, dict) and "tagKey" in row for row in answer)
    return {**record, "tags": to_dict(answer)} if is_list else None


def _with_answer(record, answer):
    """For Operation.at_once: whether the answer lists all tags or the new one is not written."""
    told = _as_answered(record, answer)
    return told and {**told, "tags": {**record["tags"], **told["tags"]}}


SET = Operation("set_tags", at_once=_as_answered)
ADD = Operation("add_tag", repeatable=False, at_once=_with_answer)
REMOVE = Operation("remove_tag", at_once=unread)


def plan_tags(current, wanted, mode):
    """The steps from the ``current`` tags to the ``wanted`` ones; ``mode``: merge, replace or remove.

    What is to be removed may have the value None: whatever the value is. OWNER is replaced and removed only by name.
    """
    if mode == "remove":
        after = _without(current, wanted)
    else:
        kept = {key: value for key, value in current.items() if mode == "merge" or key == OWNER}
        after = {**kept, **wanted}
    changed = [key for key in {**current, **after} if current.get(key) != after.get(key)]
    if not changed:
        return []
    if mode == "replace" or any(isinstance(current.get(key), list) for key in changed):
        return [_put(current, after)]
    steps = []
    for key in changed:
        if key in current:
            steps.append(_delete(key, current[key]))
        if key in after:
            steps.append(_post(key, after[key], current.get(key)))
    return steps


def _without(current, unwanted):
    after = {}
    for key, values in current.items():
        kept = [one for one in _as_list(values) if key not in unwanted or unwanted[key] not in (None, one)]
        if kept:
            after[key] = kept if len(kept) > 1 else kept[0]
    return after


def _put(current, after):
    return Step(
        SET,
        "PUT",
        PATH,
        to_rows(after),
        before={"tags": current},
        after={"tags": after},
        done=lambda record: record["tags"] == after,
    )


def _post(key, value, old):
    return Step(
        ADD,
        "POST",
        PATH,
        {"tagKey": key, "tagValue": value},
        before={"tags": {} if old is None else {key: old}},
        after={"tags": {key: value}},
        done=lambda record: record["tags"].get(key) == value,
    )


def _delete(key, value):
    return Step(
        REMOVE,
        "DELETE",
        PATH,
        {"tagKey": key, "tagValue": value},
        before={"tags": {key: value}},
        after={"tags": {}},
        done=lambda record: value not in _as_list(record["tags"].get(key, [])),
    )


def _as_list(values):
    return values if isinstance(values, list) else [values]


def _steps(wanted, seen):
    return plan_tags(seen.get("tags", {}), as_text(wanted["tags"]), wanted.get("tags_mode", "merge"))


def _valid(tags):
    try:
        as_text(tags)
    except InvalidInput as error:
        return str(error)
    return None


def _kept(shown, record):
    """For Field.kept: all tags, which a task gives with one value each."""
    several = sorted(key for key, values in record.get("tags", {}).items() if isinstance(values, list))
    if several:
        raise InvalidInput("a task gives each key one value, and %s has several" % ", ".join(several))
    return record.get("tags")


TAGS = Field("tags", created_as=None, valid=_valid, steps=_steps, kept=_kept)


def _resolve(ask, seen, wanted):
    """For Part.resolve: what is gone by now has no tags to change."""
    if not seen and wanted["tags_mode"] != "remove":
        miss(ask, wanted)
    return wanted


def _resolve_service(ask, seen, wanted):
    """For Part.resolve: the same, and the service alone may have its number."""
    if seen and _plan(wanted, seen):
        refuse_shared_number(ask, seen, "tags")
    return _resolve(ask, seen, wanted)


def _plan(wanted, seen):
    return plan_tags(seen.get("tags", {}), wanted["tags"], wanted["tags_mode"])


# Anything that has tags, for its tags only. Services have them, too, below the same path.
RESOURCE = Resource(kind="resource", path=RESOURCES, fields=())
SERVICE = Resource(kind="resource", path=SERVICES, fields=())
TAGGED = Part(of=RESOURCE, key="tags", read=read_tags, plan=_plan, resolve=_resolve)
TAGGED_SERVICE = Part(of=SERVICE, key="tags", read=read_tags, plan=_plan, resolve=_resolve_service)

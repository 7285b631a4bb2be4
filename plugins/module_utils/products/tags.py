# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of any resource (the API reference, Resource tags).

A key may show several values only if somebody gave it several. What POST does to a key that is there, and whether
DELETE looks at the value, is not written; so a changed value is removed first and then added, which is right under
every reading, and a key that shows several values is settled by PUT.
"""

from __future__ import annotations

from ..errors import InvalidInput
from ..plan import Step
from ..resource import Field, Resource

PATH = "/compute/resources/{id}/tags"


def read_tags(client, record):
    """The tags of a record as ``{key: value}``; a key with several values has a list of them."""
    return to_dict(client.get(PATH.format(id=record["id"])) or [])


def to_dict(rows):
    """``[{tagKey, tagValue}, ...]`` as ``{key: value}``; a key with several values has a sorted list of them."""
    tags = {}
    for row in rows:
        tags.setdefault(row["tagKey"], []).append(row["tagValue"])
    return {key: values[0] if len(values) == 1 else sorted(values, key=str) for key, values in tags.items()}


def to_rows(tags):
    """``{key: value}`` as the API's list."""
    return [{"tagKey": key, "tagValue": one} for key, values in tags.items() for one in _as_list(values)]


def as_text(tags, any_value=False):
    """Tag values are text: numbers and booleans of YAML become ``12`` and ``true``. Raises InvalidInput.

    With ``any_value`` a value may be None, which stays.
    """
    result = {}
    for key, value in tags.items():
        if not str(key).strip():
            raise InvalidInput("tags: %r is no key" % key)
        if isinstance(value, (dict, list)) or (value is None and not any_value):
            raise InvalidInput("tags: the value of %r must be text, a number or a boolean, not %r" % (key, value))
        text = str(value).lower() if isinstance(value, bool) else str(value)
        result[str(key)] = None if value is None else text
    return result


def plan_tags(current, wanted, mode):
    """The steps from the ``current`` tags to the ``wanted`` ones; ``mode``: merge, replace or remove.

    What is to be removed may have the value None: whatever the value is.
    """
    if mode == "remove":
        after = _without(current, wanted)
    else:
        after = dict(wanted) if mode == "replace" else {**current, **wanted}
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
        "set_tags",
        "PUT",
        PATH,
        to_rows(after),
        before={"tags": current},
        after={"tags": after},
        done=_shows(after),
        shown=lambda record, answer: _with_answer({}, record, answer),
    )


def _post(key, value, old):
    return Step(
        "add_tag",
        "POST",
        PATH,
        {"tagKey": key, "tagValue": value},
        before={"tags": {} if old is None else {key: old}},
        after={"tags": {key: value}},
        done=lambda record: record is not None and record["tags"].get(key) == value,
        repeatable=False,
        # Whether the answer lists all tags or the new one is not written.
        shown=lambda record, answer: _with_answer(record["tags"], record, answer),
    )


def _with_answer(tags, record, answer):
    is_list = isinstance(answer, list) and all(isinstance(row, dict) and "tagKey" in row for row in answer)
    return {**record, "tags": {**tags, **to_dict(answer)}} if is_list else None


def _delete(key, value):
    return Step(
        "remove_tag",
        "DELETE",
        PATH,
        {"tagKey": key, "tagValue": value},
        before={"tags": {key: value}},
        after={"tags": {}},
        done=lambda record: record is not None and value not in _as_list(record["tags"].get(key, [])),
    )


def _shows(tags):
    return lambda record: record is not None and record["tags"] == tags


def _as_list(values):
    return values if isinstance(values, list) else [values]


def _steps(field, current, wanted):
    return plan_tags(current.get("tags", {}), as_text(wanted["tags"]), wanted.get("tags_mode", "merge"))


def _valid(tags):
    as_text(tags)


TAGS = Field("tags", created_as=None, valid=_valid, steps=_steps)


def _read_again(client, record):
    return {**record, "tags": read_tags(client, record)}


def _plan(record, wanted):
    return plan_tags(record["tags"], wanted["tags"], wanted["tags_mode"])


# Anything that bears tags, for its tags only.
TAGGED = Resource(kind="resource", path="/compute/resources", fields=(), plan=_plan, read=_read_again)

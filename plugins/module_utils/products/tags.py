# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of any resource (the API reference, Resource tags).

A key may show several values only if somebody gave it several. What POST does to a key that is there, and whether
DELETE looks at the value, is not written; so a changed value is removed first and then added, which is right under
every reading, and a key that shows several values is settled by PUT.
"""

from __future__ import annotations

from ..errors import InvalidInput
from ..lifecycle import Field, Step

PATH = "/compute/resources/{id}/tags"


def read_tags(client, record):
    """The tags of a record as ``{key: value}``; a key with several values has a list of them."""
    return to_dict(client.get(PATH.format(id=record["id"])) or [])


def to_dict(rows):
    """``[{tagKey, tagValue}, ...]`` as ``{key: value}``; a key with several values has a list of them."""
    tags = {}
    for row in rows:
        tags.setdefault(row["tagKey"], []).append(row["tagValue"])
    return {key: values[0] if len(values) == 1 else values for key, values in tags.items()}


def to_rows(tags):
    """``{key: value}`` as the API's list."""
    return [{"tagKey": key, "tagValue": one} for key, values in tags.items() for one in _as_list(values)]


def as_text(tags):
    """Tag values are text: numbers and booleans of YAML become ``12`` and ``true``. Raises InvalidInput."""
    result = {}
    for key, value in tags.items():
        if value is None or isinstance(value, (dict, list)) or not str(key).strip():
            raise InvalidInput("tags: the value of %r must be text, a number or a boolean, not %r" % (key, value))
        result[str(key)] = str(value).lower() if isinstance(value, bool) else str(value)
    return result


def plan_tags(current, wanted, mode):
    """The steps from the ``current`` tags to the ``wanted`` ones; ``mode``: merge, replace or remove."""
    if mode == "remove":
        return [_delete(key, value) for key, value in wanted.items() if value in _as_list(current.get(key, []))]
    changed = {key: value for key, value in wanted.items() if current.get(key) != value}
    after = dict(wanted) if mode == "replace" else {**current, **wanted}
    if current == after:
        return []
    if mode == "replace" or any(isinstance(current.get(key), list) for key in changed):
        return [_put(current, after)]
    steps = []
    for key, value in changed.items():
        if key in current:
            steps.append(_delete(key, current[key], value))
        steps.append(_post(key, value, current.get(key)))
    return steps


def _put(current, after):
    return Step(
        "set_tags", "PUT", PATH, to_rows(after), before={"tags": current}, after={"tags": after}, done=_shows(after)
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
    )


def _delete(key, value, new=None):
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

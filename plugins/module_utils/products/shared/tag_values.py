# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags as values: of what the API shows, and of what users write. (An inventory needs no more of tags.)"""

from __future__ import annotations

from ...errors import InvalidInput, UnexpectedAnswer


def to_dict(rows):
    """``[{tagKey, tagValue}, ...]`` as ``{key: value}``; a key with several values has a sorted list of them.

    Both are text, as in ``as_text``; a tag without a value has an empty one. Raises UnexpectedAnswer for one without
    a key.
    """
    tags = {}
    for row in rows:
        key, value = (_text(row.get(name)) for name in ("tagKey", "tagValue"))
        if not key:
            raise UnexpectedAnswer("a tag without a key is shown: its value is %r" % value[:100])
        tags.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else sorted(values) for key, values in tags.items()}


def as_text(tags, any_value=False):
    """Tag values are text: numbers and booleans of YAML become ``12`` and ``true``. Raises InvalidInput.

    With ``any_value`` a value may be None, which stays.
    """
    result = {}
    for key, value in tags.items():
        if not str(key).strip():
            raise InvalidInput("tags: %r is not a valid key" % key)
        if isinstance(value, (dict, list)) or (value is None and not any_value):
            raise InvalidInput("tags: the value of %r must be text, a number or a boolean, not %r" % (key, value))
        result[str(key)] = None if value is None else _text(value)
    return result


def _text(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The cached estate: what it is kept under, and how it looks in a cache."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import zlib

SCHEMA = 2  # of the estate; another one is another entry


def key_of(prefix, identity, wanted):
    """The key (str) for what ``wanted`` (JSON) asks of the platform as ``identity`` (JSON). It shows neither.

    The order of a list in ``wanted``, and what is in it twice, makes no difference.
    """
    wanted = {name: _as_set(value) for name, value in wanted.items()}
    text = json.dumps([SCHEMA, identity, wanted], sort_keys=True, default=str)
    return "%s_%s" % (prefix, hashlib.sha256(text.encode()).hexdigest()[:32])


def _as_set(value):
    return sorted(set(map(str, value))) if isinstance(value, list) else value


def pack(estate):
    """An entry (dict of plain JSON types) that holds the estate as one text.

    A cache plugin would read a tree of values slowly, and mark each of them with where it came from.
    """
    text = json.dumps(estate, separators=(",", ":")).encode()
    return {"schema": SCHEMA, "stored": time.time(), "estate": base64.b64encode(zlib.compress(text, 1)).decode()}


def age_of(entry):
    """How many seconds ago the entry was stored, or None for what is no entry of this schema."""
    if (
        not isinstance(entry, dict)
        or entry.get("schema") != SCHEMA
        or not isinstance(entry.get("stored"), (int, float))
    ):
        return None
    return max(0, time.time() - entry["stored"])


def unpack(entry, parts):
    """The estate of an entry, or None where the entry is damaged; ``parts`` are the keys of each estate."""
    try:
        estate = json.loads(zlib.decompress(base64.b64decode(str(entry["estate"]))))
    except (KeyError, ValueError, zlib.error):
        return None
    return estate if isinstance(estate, dict) and estate.keys() == set(parts) else None

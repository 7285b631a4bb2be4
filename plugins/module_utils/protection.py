# SPDX-License-Identifier: GPL-3.0-or-later
"""Deletion protection: a resource with a certain tag is not removed, reset, or restored over."""

from __future__ import annotations

import re

from .errors import Protected
from .identity import called, confirm_generic, find
from .products.shared.tags import read_tags
from .resource import Resource, is_true

DESTRUCTIVE_OPERATIONS = ("reset", "restore")
# The paths of what has a page of its own, with its number.
_PRODUCT = re.compile(
    r"(/compute/instances|/compute/containers/kubernetes|/networking/loadbalancers"
    r"|/(?:databases|message-brokers|storage|analytics)/[^/]+)/(\d+)(/snapshots)?"
)


def refuse_protected(client, key, seen, doing):
    """Raise Protected where what was ``seen`` has the tag ``key`` with the value true; ``doing`` says what is refused.

    Another case or another separator protects, too: who set the tag ``Protected`` meant it. Costs one read, and one
    more where it is not certain which of its numbers has the tags.
    """
    seen = confirm_generic(client, seen)
    for tag, values in read_tags(client, seen).items():
        is_set = any(is_true(value) for value in (values if isinstance(values, list) else [values]))
        if is_set and (tag == key or _is_same_key(tag, key)):
            raise Protected(
                "%s has the tag %s=true, which protects it: %s is refused until that tag is removed"
                % (called(seen.record), tag, doing)
            )


def _is_same_key(tag, key):
    from .neighbours import likeness  # only what has other tags that are true needs it

    return likeness(tag, key) == 1


def refuse_protected_request(client, key, method, path, body):
    """The same for a request that is sent as it is, if it destroys something."""
    found = _PRODUCT.fullmatch(path)
    if not found or not _destroys(method, found[3], body):
        return
    seen = find(client, Resource(kind="resource", path=found[1], fields=()), {"id": int(found[2])})
    if seen:  # what is not there is for the platform to tell
        refuse_protected(client, key, seen, "%s %s" % (method, path))


def _destroys(method, below, body):
    operation = body.get("operation") if isinstance(body, dict) else None
    if below:  # a snapshot: to remove it is harmless, to recover it rolls the machine back
        return method == "PATCH"
    return method == "DELETE" or (method == "PATCH" and operation in DESTRUCTIVE_OPERATIONS)

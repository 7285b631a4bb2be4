# SPDX-License-Identifier: GPL-3.0-or-later
"""The content type of each request body, as the API reference lists it ("Body" of each endpoint)."""

from __future__ import annotations

import re

JSON = "application/json"
VENDOR_JSON = "application/vnd.cegedim-it.v1+json"
ACCEPT = "%s, %s;q=0.9, */*;q=0.1" % (VENDOR_JSON, JSON)

# Everything else is JSON. No rule is behind it: the reference lists it so (choices.rst).
_OTHERS = (
    (
        "PATCH",
        r"/compute/resources/[^/]+/comments",
        "application/json-patch+json",
    ),  # although the body is not a JSON Patch
    ("POST|PUT", r"/compute/resources/[^/]+/tags", VENDOR_JSON),
    ("PATCH", r"/compute/services/[^/]+/patch-policies", VENDOR_JSON),
    ("POST", r"/compute/instances|/compute/containers/kubernetes", VENDOR_JSON),
    ("DELETE", r"/compute/containers/kubernetes/[^/]+", VENDOR_JSON),
    ("POST", r"/(databases|message-brokers|storage|analytics)/[^/]+", VENDOR_JSON),
    ("PATCH", r"/databases/sqlserver/[^/]+", VENDOR_JSON),
)


def media_type(method, path):
    """The content type for the body of ``method`` on ``path`` (relative to the base address)."""
    for methods, pattern, name in _OTHERS:
        if method in methods.split("|") and re.fullmatch(pattern, path):
            return name
    return JSON

# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that may be shown: without secrets in any form they may have taken, and of a reasonable length."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote, quote_plus

HIDDEN = "********"
SHORTEST = 4  # characters; hiding less would garble messages and hide nothing
LONGEST_TEXT = 300  # characters of a server's words in a message

_CREDENTIALS = re.compile(r"//(?:[^\s/@:]*:[^\s@]*|[^/@\s]+)@")  # a password may hold a slash, although it should not


def redact(text, secrets):
    """``text`` without the ``secrets`` (an iterable of text) in any of their ``forms``, nor credentials in a URL."""
    text = _CREDENTIALS.sub("//%s@" % HIDDEN, str(text))
    found = {form for secret in secrets for form in forms(secret)}
    if not found:
        return text
    ordered = sorted(found, key=len, reverse=True)  # one may be a part of another
    return re.sub("|".join(map(re.escape, ordered)), HIDDEN, text)


def forms(secret):
    """The texts (set) as which a secret may turn up in a message: as it is, in repr, JSON, HTML, a URL, or base64."""
    import html  # its table of entities is large, and most tasks have nothing to redact

    raw = secret.encode("utf-8", errors="surrogateescape")
    encoded = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    quoted = {quote(raw), quote(raw, safe=""), quote_plus(raw)}
    found = {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    found |= {html.escape(secret), *encoded, *(one.rstrip("=") for one in encoded)}
    found |= {*quoted, *(re.sub("%[0-9A-F]{2}", lambda match: match.group().lower(), one) for one in quoted)}
    return {form for form in found if len(form) >= SHORTEST}


def without_secrets(data, secrets):
    """JSON data without the ``secrets`` (an iterable of text), which a server may repeat in any of its texts."""
    whole = json.dumps(data, ensure_ascii=False)
    if not any(secret in whole or json.dumps(secret)[1:-1] in whole for secret in secrets):
        return data  # nearly always, and this is faster than to look at each text

    def clean(value):
        if isinstance(value, dict):
            return {clean(key): clean(item) for key, item in value.items()}
        if isinstance(value, list):
            return [clean(item) for item in value]
        return redact(value, secrets) if isinstance(value, str) else value

    return clean(data)


def in_short(text, most=LONGEST_TEXT):
    """A server's words in one line: without markup and control characters, at most ``most`` characters.

    Redact first: half a secret is not recognized any more.
    """
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>|[\s\x00-\x1f\x7f-\x9f]+", " ", str(text or ""), flags=re.S | re.I)
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


def is_password(key):
    """Whether a key of an API's JSON names a password."""
    return "password" in key.lower()


def masked(value):
    """JSON data as the API spells it, without its passwords."""
    if isinstance(value, dict):
        return {key: HIDDEN if item and is_password(str(key)) else masked(item) for key, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value

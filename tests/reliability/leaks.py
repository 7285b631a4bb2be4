# SPDX-License-Identifier: GPL-3.0-or-later
"""Look for secrets in everything that leaves: results, output, logs, files, messages.

The forms are worked out here and not taken from ``module_utils/redaction.py``, which is what is tested.
"""

from __future__ import annotations

import base64
import json
import os
import stat
import urllib.parse

SHORTEST = 6  # characters of a form that is looked for


def forms(secret):
    """The texts (dict of name: text) as which a secret (str) may turn up."""
    raw = secret.encode()
    quoted = urllib.parse.quote(secret, safe="")
    found = {
        "plain": secret,
        "repr": repr(secret)[1:-1],
        "JSON": json.dumps(secret)[1:-1],
        "JSON in JSON": json.dumps(json.dumps(secret))[3:-3],
        "base64": base64.b64encode(raw).decode().rstrip("="),
        "base64 for URLs": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "base64 with a newline": base64.b64encode(raw + b"\n").decode().rstrip("="),
        "URL": quoted,
        "URL in lower case": urllib.parse.quote(secret, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
        "form": urllib.parse.quote_plus(secret),
        "hexadecimal": raw.hex(),
    }
    return {name: text for name, text in found.items() if len(text) >= SHORTEST}


def basic(user, password):
    """What ``Authorization: Basic`` carries: a secret of its own."""
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def in_text(text, secrets):
    """Which secrets (dict of name: value) are in ``text`` (str or bytes), as ``["client_secret (URL)", ...]``."""
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return [f"{name} ({form})" for name, secret in secrets.items() for form, it in forms(secret).items() if it in text]


def in_files(directory, secrets, allowed=lambda path: False):
    """The same for all files below a directory, as ``["cache/estate: client_secret (plain)", ...]``.

    ``allowed(path)``: this file may hold them, such as a token store; it must be the user's own then.
    """
    found = []
    for folder, _folders, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            if not stat.S_ISREG(status.st_mode):
                continue
            with open(path, "rb") as file:
                leaks = in_text(file.read(), secrets)
            where = os.path.relpath(path, directory)
            if leaks and not allowed(where):
                found += [f"{where}: {leak}" for leak in leaks]
            if leaks and allowed(where) and status.st_mode & 0o077:
                found.append(f"{where}: others may read it, its mode is {stat.S_IMODE(status.st_mode):o}")
    return found

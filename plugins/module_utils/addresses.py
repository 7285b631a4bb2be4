# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: those that the user gives, and those that requests go to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from .errors import InvalidInput

_BLANK = re.compile(r"\s")  # such as the line end of a file, which urlsplit drops and a request would not
_STRAY = re.compile(r"[\s\\?#]|(^|/)\.\.?(/|$)")  # in a path: leads elsewhere, or would be read as something else


def check_address(name, url, secret_in_clear=None):
    """Refuse, with InvalidInput, an address that is none or that would send a secret in clear.

    ``name`` is the option that holds it. ``secret_in_clear`` is the option by which the user allows http to hosts
    other than this one, where there is such an option, and whether it was: ``("allow_http", False)``.
    """
    try:
        parts = urlsplit(url)
        complete = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0 and not _BLANK.search(url)
    except ValueError:  # the port is not a number, or the IPv6 address is incomplete
        complete = False
    if not complete:
        raise InvalidInput("%s: %s is not an address such as https://host/path" % (name, url))
    if parts.username or parts.password:
        raise InvalidInput("%s: credentials do not belong in the address; there are options for them" % name)
    option, is_allowed = secret_in_clear or (None, False)
    if parts.scheme == "http" and not is_allowed and not _is_loopback(parts.hostname):
        way_out = "or, where there is none, set %s" % option if option else "http is for loopback only"
        raise InvalidInput("%s: %s would send secrets in clear; use https (%s)" % (name, url, way_out))


def check_path(path, example):
    """Refuse, with InvalidInput, a path that would lead a token to another place than the API; ``example`` is one that
    does not."""
    plain = re.sub("%2e", ".", path, flags=re.I)  # requests does so, too
    if not path.startswith("/") or path.startswith("//") or _STRAY.search(plain):
        raise InvalidInput("path: %r is not a path below the base address, such as %s" % (path, example))


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

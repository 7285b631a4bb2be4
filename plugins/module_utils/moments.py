# SPDX-License-Identifier: GPL-3.0-or-later
"""Times, in the spellings that the documentation has: ``Z``, ``+0200`` and ``+02:00`` (choices.rst)."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from .errors import InvalidInput

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([Zz]|[+-]\d\d:?\d\d)")


def moment_of(option, text):
    """A time with its zone, as a datetime. Raises InvalidInput. (Python 3.9's own reader knows neither Z nor +0200.)"""
    found = _MOMENT.fullmatch(text.strip())
    try:
        date, time, fraction, zone = found.groups()
        zone = "+00:00" if zone in "Zz" else zone if ":" in zone else zone[:3] + ":" + zone[3:]
        return datetime.fromisoformat("%sT%s.%s%s" % (date, time, (fraction or "0").ljust(6, "0"), zone))
    except (AttributeError, ValueError):
        raise InvalidInput(
            "%s: %r is not a time with its zone, such as 2026-11-20T09:32:02.000+00:00" % (option, text)
        ) from None


def to_api(moment):
    """A time as the reference writes it: milliseconds, in UTC."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")


def in_query(moment):
    """As the examples have it in a query: with a Z."""
    return to_api(moment).replace("+00:00", "Z")

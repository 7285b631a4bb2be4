# SPDX-License-Identifier: GPL-3.0-or-later
"""Which load balancer is meant (the API reference, Load balancers).

It is created with its first URL, and what it is called after that is not written: it is found by its name or by one of
its URLs.
"""

from __future__ import annotations

import re

from ...identity import named
from ...resource import REMOVED
from ..shared.references import is_id

KIND, PATH = "loadbalancer", "/networking/loadbalancers"


def host_of(url):
    """A URL without what says nothing about who is meant: the scheme in front, a slash at the end."""
    return re.sub(r"^https?://|/$", "", str(url), flags=re.I)


def hosts_of(record):
    """The hosts of the URLs that a load balancer shows."""
    return [host_of(url["name"]) for url in record.get("urls") or [] if url.get("name")]


def listed(client, host):
    """For Resource.listed: those of that name or, where there is none, with such a URL; without ``host``, all of them,
    by their names and by the hosts of their URLs."""
    if host:
        return [(row, KIND) for row in _search(client, host)]
    rows = client.pages(PATH)
    return [({**row, "name": name}, KIND) for row in rows for name in (row.get("name"), *hosts_of(row))]


def _search(client, host):
    # What is removed may be listed for a while, and another load balancer may have its URL by now.
    for parameter in ("names", "urls"):
        rows = [row for row in client.pages(PATH, {parameter: [host]}) if row.get("status") != REMOVED]
        found = bearing(host, rows)
        if found:
            return found
    return []


def bearing(host, rows):
    """The rows of that name; where there is none, those with such a URL."""
    wanted = host.casefold()
    return (
        named(host, rows)
        or [row for row in rows if host_of(str(row.get("name"))).casefold() == wanted]
        or [row for row in rows if wanted in [one.casefold() for one in hosts_of(row)]]
    )


def identity(wanted):
    """``{"id": ...}`` or ``{"name": ...}`` of a load balancer that is given by its id, its name or a URL."""
    return {"id": wanted} if is_id(wanted) else {"name": host_of(wanted)}

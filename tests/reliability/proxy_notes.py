# SPDX-License-Identifier: GPL-3.0-or-later
"""For mitmdump: writes what comes to it as JSON lines into the file that PROXY_NOTES names."""

from __future__ import annotations

import json
import os

from mitmproxy import ctx


def _note(**told):
    with open(os.environ["PROXY_NOTES"], "a") as file:
        file.write(json.dumps(told) + "\n")


def running():
    _note(event="running", port=ctx.master.addons.get("proxyserver").listen_addrs()[0][1])


def http_connect(flow):
    """After mitmproxy's own addon has looked at the user and the password."""
    request = flow.request
    status = flow.response.status_code if flow.response else 200
    _note(event="connect", port=request.port, status=status, headers=sorted(name.lower() for name in request.headers))


def request(flow):
    """What it can read: of a tunnel nothing."""
    _note(event="request", method=flow.request.method, url=flow.request.url)

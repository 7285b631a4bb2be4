# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP answer."""

from __future__ import annotations

import json

JSON = "application/json"


class Answer:
    """Status, headers and body bytes of one answer."""

    def __init__(self, status: int, body: object = None, content_type: str | None = JSON, headers: dict | None = None):
        self.status = status
        self.headers = dict(headers or {})
        if body is None:
            self.raw = b""
        elif isinstance(body, bytes):
            self.raw = body
        else:
            self.raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        if self.raw and content_type:
            self.headers["Content-Type"] = content_type

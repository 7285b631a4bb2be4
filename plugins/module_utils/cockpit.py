# SPDX-License-Identifier: GPL-3.0-or-later
"""Cockpit ITSM: its login, and its API as far as it is documented for everybody (every portal documents the rest)."""

from __future__ import annotations

import json

from .addresses import check_address
from .api import Api
from .errors import UnexpectedAnswer
from .oauth import Profile, by_refresh_token, login_of, words_at
from .transport import transport_of

# "Connexion a l'API publique", the document of Cockpit ITSM. The portal sets how long tokens are good, and nothing says
# whether an answer tells it of the refresh token; one that has expired costs one more request.
COCKPIT = Profile(
    "Cockpit ITSM",
    "COCKPIT",
    "password",
    needs=("client_id", "client_secret", "username", "password"),
    scope="public-api",
    refresh=by_refresh_token,
    refresh_seconds=86400,
    address="url",
)
_words = words_at("error_description", "errorMessage", "message", "error", "msg")  # the shape is not documented


def connect(params, sender=None):
    """The client for the options of the group ``cockpit_auth`` (see arguments.py). Sends nothing yet."""
    check_address("url", params["url"], ("allow_http", params["allow_http"]))
    transport = transport_of(params, sender)
    login = login_of(COCKPIT, params, transport, token_url=params["url"].rstrip("/") + "/oauth/token")
    return Cockpit(params["url"], transport, login)


class Cockpit(Api):
    """The API of one portal; it answers JSON."""

    example = "/api/dashboard"

    def call(self, method, path, query=None, body=None):
        """Send one request; the Response, whatever its status but 401. ``body`` is JSON data, or None."""
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self.request(method, path, query, headers, None if body is None else json.dumps(body))

    def get(self, path):
        """The JSON at ``path``. Raises ApiError for any other status than 2xx, UnexpectedAnswer for an empty answer."""
        response = self.checked("GET", path, self.call("GET", path))
        if response.data is None:
            raise UnexpectedAnswer("GET %s answered nothing (%d)" % (path, response.status))
        return response.data

    def said(self, response):
        """The first text that an error has under one of the usual names."""
        return [_words(response)]

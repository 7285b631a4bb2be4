# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint of the accounts host (a Keycloak), for one client."""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
import time
import urllib.parse

REALM = "/auth/realms/cloud"
TOKEN_PATH = REALM + "/protocol/openid-connect/token"
DISCOVERY_PATH = REALM + "/.well-known/openid-configuration"
CLIENT_ID = "demo"
# '+' and '%' are in it on purpose: some Keycloaks URL-decode Basic credentials, some do not.
CLIENT_SECRET = "simulated-secret-7f3c+Q%2Fv9-only-the-simulator-knows-it"

_INVALID_CLIENT = {
    "error": "unauthorized_client",
    "error_description": "Invalid client or Invalid client credentials",
}


class Tokens:
    """The tokens handed out."""

    def __init__(self):
        self._lock = threading.Lock()
        self._access: dict[str, float] = {}
        self._refresh: dict[str, float] = {}

    def valid(self, authorization: str | None) -> bool:
        """Whether an Authorization header carries a token that is known and not expired."""
        scheme, _blank, token = (authorization or "").partition(" ")
        with self._lock:
            return scheme.lower() == "bearer" and self._access.get(token.strip(), 0) > time.time()

    def revoke(self) -> None:
        """Forgets every token, as after a restart of the accounts host."""
        with self._lock:
            self._access.clear()
            self._refresh.clear()

    def answer(self, settings, authorization: str | None, content_type: str | None, raw: bytes) -> tuple[int, dict]:
        """Status and JSON body for a token request."""
        if (content_type or "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            return 400, {"error": "invalid_request", "error_description": "Form expected"}
        form = dict(urllib.parse.parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
        if not _authenticates(settings, authorization, form):
            return 401, _INVALID_CLIENT
        grant = form.get("grant_type")
        if grant == "refresh_token":
            with self._lock:
                good = self._refresh.pop(form.get("refresh_token", ""), 0) > time.time()
            if not good:
                return 400, {"error": "invalid_grant", "error_description": "Token is not active"}
        elif grant != "client_credentials":
            return 400, {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
        return 200, self._issue(settings)

    def _issue(self, settings) -> dict:
        access, lifetime = secrets.token_urlsafe(48), settings.expires_in
        lifetime = int(lifetime) if lifetime == int(lifetime) else lifetime
        answer = {
            "access_token": access,
            "expires_in": str(lifetime) if settings.expires_in_as_text else lifetime,
            "token_type": "bearer",
        }
        with self._lock:
            self._access[access] = time.time() + lifetime
            if settings.refresh_token:
                answer["refresh_token"] = secrets.token_urlsafe(48)
                answer["refresh_expires_in"] = int(settings.refresh_expires_in)
                self._refresh[answer["refresh_token"]] = time.time() + settings.refresh_expires_in
        return answer


def _authenticates(settings, authorization: str | None, form: dict) -> bool:
    given = (None, None)
    scheme, _blank, encoded = (authorization or "").partition(" ")
    if scheme.lower() == "basic" and settings.client_authentication != "post":
        try:
            given = tuple(base64.b64decode(encoded).decode().partition(":")[::2])
        except (binascii.Error, UnicodeDecodeError):
            return False
        if settings.token_secret_urldecode:
            given = tuple(urllib.parse.unquote_plus(text) for text in given)
    elif not authorization and settings.client_authentication != "basic":
        given = (form.get("client_id"), form.get("client_secret"))
    return given == (CLIENT_ID, CLIENT_SECRET)

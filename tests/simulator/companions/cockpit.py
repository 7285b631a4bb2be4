# SPDX-License-Identifier: GPL-3.0-or-later
"""Cockpit ITSM, as far as it is documented for everybody: the login and the dashboard.

Every portal documents its other endpoints by itself. So that a playbook can open a change, this one has an endpoint
that is INVENTED, here and for that only: `/api/invented/changes`. No collection may know its path or its fields.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from dataclasses import dataclass

from ..answer import Answer
from .server import Call, Companion, Operation

CLIENT_ID, CLIENT_SECRET = "public-api", "simulated-cockpit-secret-4d1e+%2F"
USERNAME, PASSWORD = "api-operator", "simulated-operator-password-9b:7c"
SCOPE = "public-api"


@dataclass
class Settings:
    """latency: seconds before each answer. expires_in, refresh_expires_in: seconds, set in a portal. refresh: whether
    the access may renew its token (a box of the portal). tells_refresh: whether the answer says how long a refresh
    token is good (not documented). errors: json, text or empty (not documented either)."""

    latency: float = 0
    expires_in: float = 3600
    refresh_expires_in: float = 7200
    refresh: bool = True
    tells_refresh: bool = False
    errors: str = "json"


class Tokens:
    """The tokens handed out, with the moment at which each ends."""

    def __init__(self):
        self.access: dict[str, float] = {}
        self.refresh: dict[str, float] = {}

    def revoke(self) -> None:
        self.access.clear()
        self.refresh.clear()


def token(portal: Cockpit, call: Call) -> Answer:
    """POST /oauth/token: the grants password and refresh_token, both with a Basic client and the scope."""
    form = call.form()
    if _basic(call.headers.get("Authorization")) != (CLIENT_ID, CLIENT_SECRET):
        return Answer(401, {"error": "invalid_client", "error_description": "Bad client credentials"})
    if form.get("scope") != SCOPE:
        return Answer(400, {"error": "invalid_scope", "error_description": "Invalid scope"})
    grant = form.get("grant_type")
    if grant == "password":
        if (form.get("username"), form.get("password")) != (USERNAME, PASSWORD):
            return Answer(400, {"error": "invalid_grant", "error_description": "Bad operator or password"})
    elif grant == "refresh_token" and portal.settings.refresh:
        if portal.tokens.refresh.pop(form.get("refresh_token", ""), 0) <= time.time():
            return Answer(400, {"error": "invalid_grant", "error_description": "Invalid refresh token"})
    else:
        return Answer(400, {"error": "unsupported_grant_type", "error_description": f"Unsupported grant {grant}"})
    settings, access = portal.settings, secrets.token_hex(18)
    portal.tokens.access[access] = time.time() + settings.expires_in
    answer = {"access_token": access, "token_type": "bearer", "expires_in": int(settings.expires_in), "scope": SCOPE}
    if settings.refresh:
        answer["refresh_token"] = secrets.token_hex(18)
        portal.tokens.refresh[answer["refresh_token"]] = time.time() + settings.refresh_expires_in
        if settings.tells_refresh:
            answer["refresh_expires_in"] = int(settings.refresh_expires_in)
    return Answer(200, answer)


def dashboard(portal: Cockpit, call: Call) -> dict:
    """GET /api/dashboard. What it holds is not documented."""
    return {"alerts": {"critical": 1, "warning": 4}, "tickets": {"open": len(portal.changes), "late": 0}}


def list_changes(portal: Cockpit, call: Call) -> list:
    """GET /api/invented/changes: invented; parameters filter by equal text."""
    rows = portal.changes
    return [row for row in rows if all(str(row.get(name)) == value for name, value in call.query.items())]


def open_change(portal: Cockpit, call: Call) -> Answer:
    """POST /api/invented/changes: invented."""
    change = {"reference": f"CHG{len(portal.changes) + 1001}", "state": "open", **call.json()}
    portal.changes.append(change)
    call.applied = True
    return Answer(201, change)


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _blank, encoded = (authorization or "").partition(" ")
    try:
        text = base64.b64decode(encoded).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return None
    user, _colon, password = text.partition(":")
    return user, password


class Cockpit(Companion):
    """A running Cockpit ITSM portal."""

    name = "cockpit"
    system = "Cockpit ITSM"
    settings_class = Settings
    operations = (
        Operation("cockpit.token", "POST", "/oauth/token", token, signed=False, token=True),
        Operation("cockpit.dashboard", "GET", "/api/dashboard", dashboard),
        Operation("invented.list_changes", "GET", "/api/invented/changes", list_changes),
        Operation("invented.open_change", "POST", "/api/invented/changes", open_change, writes=True),
    )
    login = dict(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, username=USERNAME, password=PASSWORD)

    def new_tokens(self) -> Tokens:
        return Tokens()

    def seed(self) -> None:
        self.changes: list[dict] = []

    def authorized(self, call: Call) -> bool:
        scheme, _blank, access = (call.headers.get("Authorization") or "").partition(" ")
        return scheme.lower() == "bearer" and self.tokens.access.get(access, 0) > time.time()

    def refusal(self, status: int, text: str = "") -> Answer:
        words = text or {401: "Invalid access token", 404: "No such endpoint"}.get(status, "Refused")
        if self.settings.errors == "json":
            return Answer(status, {"error": words})
        return Answer(status, words.encode() if self.settings.errors == "text" else None, "text/plain")

# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth: a profile per system (a value), the grants, expiry, and one login that keeps its token fresh."""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from .errors import InvalidInput, LoginFailed, UnexpectedAnswer
from .token_store import TokenStore, key_of

EXPIRY_MARGIN = 30  # seconds; a quarter of the lifetime where that is less
LIFETIME_UNSAID = 60  # seconds; `expires_in` is only recommended by RFC 6749


@dataclass(frozen=True)
class Profile:
    """How one system hands out tokens.

    ``grant`` and ``fields`` make the form; ``refreshable`` says whether a refresh token may be used when one came.
    """

    system: str
    grant: str
    fields: tuple = ()
    refreshable: bool = True


# The authentication page: Basic client, client_credentials, 1200 s, and a refresh token that modern token servers
# leave out; so it is used when it comes and never expected.
ITCARE = Profile(system="ITCare", grant="client_credentials")


@dataclass(frozen=True)
class Credentials:
    """What the user gave: a client with its secret, or a ready-made ``access_token``."""

    token_url: str
    client_id: str = None
    client_secret: str = None
    client_authentication: str = "basic"
    scope: str = None
    access_token: str = None


class Login:
    """The token of one identity, as fresh as needed; threads may share it."""

    def __init__(self, profile, credentials, transport, store=True):
        """``store`` False keeps the token in this process only. Raises InvalidInput where something is missing."""
        self._profile = profile
        self._credentials = credentials
        self._transport = transport
        self._lock = threading.Lock()
        self._token = None
        self._store = None
        if credentials.access_token:
            self._token = {"access_token": credentials.access_token}
            transport.secrets.add(credentials.access_token)
            return
        missing = [name for name in ("client_id", "client_secret") if not getattr(credentials, name)]
        if missing:
            raise InvalidInput(
                "missing: %s; set client_id and client_secret (or the environment variables ITCARE_CLIENT_ID and "
                "ITCARE_CLIENT_SECRET), or give an access_token" % ", ".join(missing)
            )
        transport.secrets.update((credentials.client_secret, quote(credentials.client_secret, safe="")))
        if store:
            key = key_of(credentials.token_url, credentials.client_id, credentials.scope, credentials.client_secret)
            self._store = TokenStore(key)

    def authorization(self):
        """The value of the Authorization header. Raises LoginFailed, or what the transport raises."""
        with self._lock:
            if self._token is None and self._store:
                self._token = self._stored()
            if self._token is None or not self._is_fresh(self._token):
                self._token = self._new_token()
            return "Bearer " + self._token["access_token"]

    def renew(self, refused):
        """A token other than ``refused`` (a header value), which the API answered with 401.

        Raises LoginFailed where there is no way to another one.
        """
        if self._credentials.access_token:
            raise LoginFailed(
                "%s refused the access_token (401): it is wrong, has expired or was revoked" % self._profile.system
            )
        with self._lock:
            if self._token and "Bearer " + self._token["access_token"] == refused:
                if self._store:
                    self._store.drop(self._token["access_token"])
                self._token = None
        return self.authorization()

    def _stored(self):
        token = self._store.load()
        if token and self._is_fresh(token):
            self._transport.secrets.add(token["access_token"])
            return token
        return None

    def _is_fresh(self, token):
        if self._credentials.access_token:
            return True
        return time.time() < token["expires_at"] - min(EXPIRY_MARGIN, token["lifetime"] / 4)

    def _new_token(self):
        if self._store is None:
            return self._ask()
        with self._store.lock():
            token = self._stored()  # another task may have asked while this one waited for the lock
            if token is None:
                token = self._ask()
                self._store.save(token)
            return token

    def _ask(self):
        refresh_token = self._refresh_token()
        if refresh_token:
            response = self._request("refresh_token", {"refresh_token": refresh_token})
            if response.ok:
                return self._parse(response)
        form = dict(self._profile.fields)
        if self._credentials.scope:
            form["scope"] = self._credentials.scope
        response = self._request(self._profile.grant, form)
        if not response.ok:
            raise LoginFailed(self._refusal(response), status=response.status)
        return self._parse(response)

    def _refresh_token(self):
        token = self._token or (self._store.load() if self._store else None) or {}
        if self._profile.refreshable and token.get("refresh_expires_at", 0) > time.time():
            return token.get("refresh_token")
        return None

    def _request(self, grant, form):
        given = self._credentials
        form = {"grant_type": grant, **form}
        authorization = None
        if given.client_authentication == "post":
            form.update(client_id=given.client_id, client_secret=given.client_secret)
        else:
            pair = base64.b64encode(("%s:%s" % (given.client_id, given.client_secret)).encode()).decode()
            self._transport.secrets.add(pair)
            authorization = "Basic " + pair
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        return self._transport.send(
            "POST", given.token_url, headers, authorization, body=urlencode(form), only_reads=True
        )

    def _parse(self, response):
        data = response.data if isinstance(response.data, dict) else {}
        if not data.get("access_token") or not isinstance(data["access_token"], str):
            raise UnexpectedAnswer(
                "%s answered without an access_token; is token_url right?" % self._credentials.token_url
            )
        now = time.time()
        lifetime = _seconds(data.get("expires_in"), LIFETIME_UNSAID)
        token = {"access_token": data["access_token"], "expires_at": now + lifetime, "lifetime": lifetime}
        if data.get("refresh_token"):
            token["refresh_token"] = data["refresh_token"]
            token["refresh_expires_at"] = now + _seconds(data.get("refresh_expires_in"), 0)
            self._transport.secrets.add(data["refresh_token"])
        self._transport.secrets.add(data["access_token"])
        return token

    def _refusal(self, response):
        given = self._credentials
        data = response.data if isinstance(response.data, dict) else {}
        reason = data.get("error_description") or data.get("error") or "HTTP %d" % response.status
        text = "%s refused the login of client %s: %s" % (urlsplit(given.token_url).netloc, given.client_id, reason)
        if response.status not in (400, 401, 403):
            text += "; is token_url right? (%s)" % given.token_url
        elif given.client_authentication == "basic" and quote(given.client_secret, safe="") != given.client_secret:
            # Token servers disagree on whether Basic credentials are URL-encoded; in a form there is no such doubt.
            text += "; check client_secret, or try client_authentication=post, since the secret has special characters"
        else:
            text += "; check client_id and client_secret"
        return self._transport.redact(text)


def _seconds(value, default):
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return default

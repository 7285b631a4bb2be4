# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth: a profile per system (a value), the grants, expiry, and one login that keeps its token fresh."""

from __future__ import annotations

import base64
import math
import re
import threading
import time
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode, urlsplit

from .errors import InvalidInput, LoginFailed, TimedOut, UnexpectedAnswer
from .redaction import in_short
from .token_store import TokenStore, key_of
from .transport import RETRIED_STATUSES

EXPIRY_MARGIN = 30  # seconds; a quarter of the lifetime where that is less
LIFETIME_UNSAID = 60  # seconds; `expires_in` is only recommended by RFC 6749
LONGEST_LIFETIME = 86400  # seconds; whatever a token server says, a token is renewed after a day
REFUSALS = (400, 401, 403)

_TOKEN = re.compile(r"[!-~]+")  # RFC 6750, 2.1, and somewhat more
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def words_at(*names):
    """How a system tells errors: a function of a Response that reads the first of these fields that is a text.

    It answers an empty text where there is none.
    """

    def words(response):
        data = response.data if isinstance(response.data, dict) else {}
        return next((data[name] for name in names if isinstance(data.get(name), str)), "")

    return words


@dataclass(frozen=True)
class Profile:
    """How one system hands out tokens.

    ``variables`` is the first part of the names of its environment variables. ``grant`` (None where the form names
    none) and ``fields`` make the form, with the credentials that are not the client's (``needs``).
    ``client_authentications`` are the ways to show the client's that the user may choose from, if there is a client.
    ``scope`` is the one to ask for unless the user names another.
    ``said(response)`` gives the token server's words about an error. ``is_plain``: a token may come as it is, without
    JSON around it. ``refuse(access_token, now)`` says of a token what is wrong with it (a sentence), or None.
    ``lifetime(access_token, now)`` gives its seconds where no answer does, or None.
    ``refresh(profile, credentials, token)`` gives the request (see Login._send) that brings a new token for an old one,
    or None; ``refresh_seconds`` is how long a refresh token is good where no answer says it. ``scheme`` goes before the
    token in the header. ``spellings`` are other ways to write the grant, for token servers that refuse the first one.
    ``ready`` is the option that holds a ready-made token, ``address`` the one that says where the token server is.
    """

    system: str
    variables: str
    grant: str
    fields: tuple = ()
    needs: tuple = ("client_id", "client_secret")
    client_authentications: tuple = ("basic",)
    scope: str = None
    said: object = words_at("error_description", "error")  # RFC 6749, 5.2
    is_plain: bool = False
    refuse: object = None
    lifetime: object = None
    refresh: object = None
    refresh_seconds: int = 0
    scheme: str = "Bearer "
    spellings: tuple = ()
    ready: str = "access_token"
    address: str = "token_url"


def by_refresh_token(profile, credentials, token):
    """The refresh of a Profile with refresh tokens (RFC 6749, 6)."""
    if token.get("refresh_expires_at", 0) <= time.time():
        return None
    form = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    if profile.scope:
        form["scope"] = credentials.scope or profile.scope
    return dict(form=form)


# The authentication page: Basic client, client_credentials, 1200 s, and a refresh token that modern token servers
# leave out; so it is used when it comes and never expected.
ITCARE = Profile(
    "ITCare", "ITCARE", "client_credentials", client_authentications=("basic", "post"), refresh=by_refresh_token
)


@dataclass(frozen=True)
class Credentials:
    """What the user gave: a client with its secret (and an operator, where there is one), or a ready-made
    ``access_token``."""

    token_url: str
    client_id: str = None
    client_secret: str = None
    client_authentication: str = "basic"
    scope: str = None
    access_token: str = None
    username: str = None
    password: str = None


def login_of(profile, params, transport, **changes):
    """The Login for the options of a module (dict); ``changes`` are credentials that no option holds as they are."""
    given = {name: params[name] for name in Credentials.__dataclass_fields__ if name in params}
    return Login(profile, Credentials(**{**given, **changes}), transport, store=params["token_store"])


class Login:
    """The token of one identity, as fresh as needed; threads may share it."""

    def __init__(self, profile, credentials, transport, store=True):
        """``store`` False keeps the token in this process only. Raises InvalidInput where something is missing."""
        credentials = _cleaned(credentials, profile.ready)
        self._profile = profile
        self._grants = (profile.grant, *profile.spellings)
        self._credentials = credentials
        self._transport = transport
        self._lock = threading.Lock()
        self._token = None
        self._store = None
        if credentials.access_token:
            self._token = {"access_token": credentials.access_token}
            transport.secrets.add(credentials.access_token)
            problem = profile.refuse and profile.refuse(credentials.access_token, time.time())
            if problem:
                raise InvalidInput("%s: %s" % (profile.ready, problem))
            return
        missing = [name for name in profile.needs if not getattr(credentials, name)]
        if missing:
            variables = ["%s_%s" % (profile.variables, name.upper()) for name in profile.needs]
            raise InvalidInput(
                "missing: %s; set %s (or the environment variables %s), or give %s %s"
                % (
                    ", ".join(missing),
                    _listed(profile.needs),
                    _listed(variables),
                    "an" if profile.ready[0] in "aeiou" else "a",
                    profile.ready,
                )
            )
        pair = _pair(credentials) if credentials.client_secret else None
        transport.secrets.update(one for one in (credentials.client_secret, pair, credentials.password) if one)
        if store:
            identity = (credentials.token_url, credentials.client_id, credentials.scope, credentials.client_secret)
            self._store = TokenStore(key_of(*identity, *filter(None, (credentials.username, credentials.password))))

    def authorization(self):
        """The value of the Authorization header. Raises LoginFailed, or what the transport raises."""
        with self._lock:
            if self._token is None and self._store:
                self._token = self._stored()
            if self._token is None or not self._is_fresh(self._token):
                self._token = self._new_token()
            return self._profile.scheme + self._token["access_token"]

    def renew(self, refused, said=""):
        """A token other than ``refused`` (a header value), which the API answered with 401; ``said`` is what it said.

        Raises LoginFailed if no other one can be had.
        """
        if self._credentials.access_token:
            text = "%s refused the %s (401): it is wrong, has expired or was revoked"
            raise LoginFailed(text % (self._profile.system, self._profile.ready) + said)
        with self._lock:
            if self._token and self._profile.scheme + self._token["access_token"] == refused:
                if self._store:
                    self._store.drop(self._token["access_token"])
                self._token = None
        return self.authorization()

    def _stored(self):
        token = parse_stored(self._store.load(), time.time())
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
        token = self._refreshed()
        if token:
            return token
        profile, given = self._profile, self._credentials
        form = dict(profile.fields)
        form.update({name: getattr(given, name) for name in profile.needs if not name.startswith("client_")})
        if given.scope or profile.scope:
            form["scope"] = given.scope or profile.scope
        for grant in self._grants:
            named = {"grant_type": grant} if grant else {}
            response = self._send(form={**named, **form}, unreadable=self._not_a_token)
            if response.ok:
                self._grants = (grant,)
                break
            if response.status not in REFUSALS:
                break
        if not response.ok:
            raise self._failure(response)
        token = self._received(response)
        problem = profile.refuse and profile.refuse(token["access_token"], time.time())
        if problem:
            raise LoginFailed("%s returned a token that cannot be used: %s" % (self._host(), problem))
        return token

    def _refreshed(self):
        """The token that the refresh of an old one brings, or None where a new login has to."""
        token = self._token or (parse_stored(self._store.load(), time.time()) if self._store else None)
        request = self._profile.refresh and token and self._profile.refresh(self._profile, self._credentials, token)
        if not request:
            return None
        self._transport.secrets.update(one for one in (token["access_token"], token.get("refresh_token")) if one)
        response = self._send(**request)
        if response.status in RETRIED_STATUSES:
            raise self._failure(response)
        return self._received(response) if response.ok else None

    def _send(self, form=None, unreadable=None, method="POST", url=None, authorization=None):
        """One request to the token server: with the client's credentials and a ``form``, or with an ``authorization``
        of its own and none."""
        given = self._credentials
        headers = {"Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            if "client_id" in self._profile.needs and given.client_authentication == "post":
                form = {**form, "client_id": given.client_id, "client_secret": given.client_secret}
            elif "client_id" in self._profile.needs:
                authorization = "Basic " + _pair(given)
        return self._transport.send(
            method,
            url or given.token_url,
            headers,
            authorization,
            body=urlencode(form) if form is not None else None,
            only_reads=True,
            unreadable=unreadable,
            option=self._profile.address,
            plain=self._profile.is_plain,
        )

    def _received(self, response):
        token = self._parsed(response)
        known = [(token or {}).get(name) for name in ("access_token", "refresh_token")]
        self._transport.secrets.update(secret for secret in known if secret)
        return token

    def _parsed(self, response):
        """The token in an answer, or None."""
        data, profile, now = response.data, self._profile, time.time()
        if profile.is_plain and not isinstance(data, dict):  # as it is, or as a JSON string
            text = response.text.strip()
            is_json = data is not None or text == "null"
            data = {"access_token": data if is_json else text}
        if (
            profile.lifetime
            and isinstance(data, dict)
            and "expires_in" not in data
            and _is_token(data.get("access_token"))
        ):
            data = {**data, "expires_in": profile.lifetime(data["access_token"], now)}
        return parse_received(data, now, profile.refresh_seconds)

    def _not_a_token(self, response):
        if self._parsed(response):
            return None
        # Words that come with a token, even one that is not usable, may repeat it.
        is_said = isinstance(response.data, dict) and "access_token" not in response.data
        said = self._profile.said(response) if is_said else ""
        return "it answered without a usable access_token" + (" (%s)" % said if said else "")

    def _host(self):
        return urlsplit(self._credentials.token_url).netloc

    def _failure(self, response):
        """What to raise for an answer without a token: only a definite refusal is a LoginFailed."""
        host, status = self._host(), response.status
        said = self._said(response)
        if status in RETRIED_STATUSES:
            reason = "has too many requests" if status == 429 else "is not available"
            text = "the token server %s %s (HTTP %d%s); nothing is wrong with the login so far" % (
                host,
                reason,
                status,
                ": " + said if said else "",
            )
            return TimedOut(text, status=status)
        if status in REFUSALS or said:
            return LoginFailed(self._refusal(response), status=status)
        text = "%s answered HTTP %d instead of a token; is %s right? (%s)"
        address = self._profile.address
        return UnexpectedAnswer(text % (host, status, address, self._credentials.token_url), status=status)

    def _said(self, response):
        """The token server's own words about an error, or an empty text."""
        return in_short(self._transport.redact(self._profile.said(response)))

    def _refusal(self, response):
        given = self._credentials
        reason = self._said(response) or "HTTP %d" % response.status
        who = "client %s" % given.client_id if "client_id" in self._profile.needs else "user %s" % given.username
        text = "%s refused the login of %s: %s" % (self._host(), who, reason)
        if response.status not in REFUSALS:
            text += "; is %s right? (%s)" % (self._profile.address, given.token_url)
        elif "post" in self._profile.client_authentications and _is_ambiguous(given):
            # Token servers disagree on whether Basic credentials are URL-encoded; in a form they always are.
            text += "; check %s, or try client_authentication=post, since %s special characters" % (
                _listed(self._profile.needs),
                "the secret has" if _is_encoded(given.client_secret) else "client_id has",
            )
        else:
            text += "; check %s" % _listed(self._profile.needs)
        return self._transport.redact(text)


def parse_received(data, now, refresh_seconds=0):
    """The token in an answer of a token server at the moment ``now`` (seconds since the epoch), or None.

    ``refresh_seconds`` is how long a refresh token is good where the answer does not say it.

    A token is a dict: access_token, expires_at (seconds since the epoch), lifetime (seconds), and where it can be
    refreshed refresh_token and refresh_expires_at. See RFC 6749, 5.1.
    """
    if not isinstance(data, dict):
        return None
    lifetime = min(_number(data.get("expires_in")) or LIFETIME_UNSAID, LONGEST_LIFETIME)
    refresh_lifetime = _number(data.get("refresh_expires_in")) or refresh_seconds
    stored = {**data, "lifetime": lifetime, "expires_at": now + lifetime, "refresh_expires_at": now + refresh_lifetime}
    return parse_stored(stored, now)


def parse_stored(data, now):
    """The token that ``data`` holds, whatever it is, with nothing else in it; or None."""
    if not isinstance(data, dict) or not _is_token(data.get("access_token")):
        return None
    lifetime, expires_at = _number(data.get("lifetime")), _number(data.get("expires_at"))
    if not lifetime or not expires_at or lifetime > LONGEST_LIFETIME or expires_at > now + lifetime + EXPIRY_MARGIN:
        return None
    token = {"access_token": data["access_token"], "expires_at": expires_at, "lifetime": lifetime}
    refresh_expires_at = _number(data.get("refresh_expires_at"))
    if refresh_expires_at and _is_token(data.get("refresh_token")):
        token.update(refresh_token=data["refresh_token"], refresh_expires_at=refresh_expires_at)
    return token


def _is_token(value):
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _number(value):
    """``value`` as a positive, finite float, or None; a number may come as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def _is_ambiguous(credentials):
    """Whether the Authorization header of Basic could be read in two ways."""
    pair = (credentials.client_id, credentials.client_secret)
    return credentials.client_authentication == "basic" and any(map(_is_encoded, pair))


def _is_encoded(text):
    """Whether a text is another one in a URL."""
    return quote(text, safe="") != text


def _listed(names):
    """``a, b and c``"""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _pair(credentials):
    return base64.b64encode(("%s:%s" % (credentials.client_id, credentials.client_secret)).encode()).decode()


def _cleaned(credentials, ready):
    """``credentials`` without the line ends that files and variables bring; ``ready`` is the option of a ready-made
    token.

    Raises InvalidInput, naming the option and never its value, for what cannot be one.
    """
    for name in ("access_token", "client_id", "client_secret", "scope", "username", "password"):
        value = getattr(credentials, name)
        if value is None or value == "":
            continue
        option = ready if name == "access_token" else name
        if not isinstance(value, str):
            raise InvalidInput("%s: it is not text" % option)
        # Blanks around a secret may be a part of it.
        stripped = value.rstrip("\r\n") if name in ("client_secret", "password") else value.strip()
        if not stripped:
            raise InvalidInput("%s: it is empty except for blanks or line ends" % option)
        if name == "access_token" and not _is_token(stripped):
            raise InvalidInput(
                "%s: it holds blanks, control or special characters, which a token cannot contain; give the token "
                "alone, without the word Bearer" % option
            )
        if _CONTROL.search(stripped):
            raise InvalidInput("%s: it holds control characters, such as a line end, inside" % option)
        credentials = replace(credentials, **{name: stripped})
    return credentials

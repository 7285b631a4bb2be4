# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenvCloud: its two logins (a JWT of the identity server, a session key of the platform), its API and its tasks.

All calls are a POST of JSON, whether they read or change something; so the caller says which it is: ``ask`` or
``order``. What is documented, read in public source, or inferred is told in docs/docsite/rst/openvcloud.rst.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import replace
from datetime import datetime, timezone
from urllib.parse import urlencode, urljoin

from .addresses import check_address
from .api import MEANINGS, Api
from .clock import until
from .errors import ActionFailed, ActionLost, InvalidInput, UnexpectedAnswer, WaitTimeout
from .oauth import Profile, login_of, words_at
from .transport import transport_of

API = "/restmachine"
NOT_THERE = (404, 410)
SESSION_SECONDS = 3600  # nothing says how long a session lasts; 419 tells when it is over
LOGINS = (("access_token",), ("client_id", "client_secret"), ("username", "password"))
ONLY_FOR_CLIENTS = ("scope", "validity")

ADDRESS = re.compile(r"[^\s<>\"'{}]*[./:][^\s<>\"'{}]*")  # nothing says that it has a scheme
_REFERENCE = re.compile(r"\beco-[\w-]*\w")
_words = words_at("error_description", "error", "message", "msg")


def claims_of(jwt):
    """The claims (dict) of a JWT, which is not verified: that is up to the platform. None where it is no JWT."""
    parts = jwt.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def what_is_wrong(jwt, now):
    """Why the platform would not take this JWT at the moment ``now`` (a sentence), or None."""
    claims = claims_of(jwt)
    if claims is None:
        return "it is not a JWT"
    end = _end(claims)
    if end is not None and end <= now:
        return "it expired at %s" % datetime.fromtimestamp(end, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    if not claims.get("username"):
        owner = "the organization %s" % claims["globalid"] if claims.get("globalid") else "nobody (no claim username)"
        return "it is of %s, and the platform knows users only: use an API key of a user" % owner
    return None


def _end(claims):
    try:
        return max(float(claims["exp"]), 0)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _lifetime(jwt, now):
    end = _end(claims_of(jwt) or {})
    return end - now if end is not None else None


def _refresh(profile, credentials, token):
    """GET beside the token's address, with the old JWT; only those with the claim refresh_token can be refreshed."""
    if "refresh_token" not in (claims_of(token["access_token"]) or {}):
        return None
    url = urljoin(credentials.token_url, "jwt/refresh")
    return dict(method="GET", url=url, authorization="bearer " + token["access_token"])


def _said(response):
    """What an error of the identity server (text) or of the platform (a JSON string, or HTML) says."""
    if isinstance(response.data, str):
        return response.data
    found = _REFERENCE.search(response.text)
    if found:
        return "the server failed, and its reference for that is %s" % found.group()
    is_html = "html" in (response.headers.get("Content-Type") or "").lower() or response.text.lstrip().startswith("<")
    return _words(response) or ("" if is_html or response.data is not None else response.text)


OPENVCLOUD = Profile(
    "OpenvCloud",
    "OVC",
    "client_credentials",
    fields=(("response_type", "id_token"),),
    client_authentications=("post", "basic"),
    said=_said,
    is_plain=True,
    refuse=what_is_wrong,
    lifetime=_lifetime,
    refresh=_refresh,
)
# The key goes into the address, so no word stands before it.
SESSION = Profile(
    "OpenvCloud",
    "OVC",
    None,
    needs=("username", "password"),
    client_authentications=(),
    said=_said,
    is_plain=True,
    lifetime=lambda key, now: SESSION_SECONDS,
    scheme="",
    address="url",
)


def connect(params, sender=None):
    """The client for the options of the group ``ovc_auth`` (see arguments.py). Sends nothing yet."""
    allowed = ("allow_http", params["allow_http"])
    check_address("url", params["url"], allowed)
    chosen = _chosen(params)
    transport = transport_of(params, sender)
    if chosen == LOGINS[2]:
        address = "%s%s/cloudapi/users/authenticate" % (params["url"].rstrip("/"), API)
        return OpenvCloud(
            params["url"], transport, login_of(SESSION, params, transport, token_url=address), params["username"]
        )
    check_address("token_url", params["token_url"], allowed)
    profile = OPENVCLOUD
    if params["validity"] is not None:
        profile = replace(profile, fields=(*profile.fields, ("validity", params["validity"])))
    return OpenvCloud(params["url"], transport, login_of(profile, params, transport))


def _chosen(params):
    """The one of LOGINS that the options give. Raises InvalidInput for none, for two, and for options that go with
    another one."""
    found = [names for names in LOGINS if any(params[name] for name in names)]
    if not found:
        raise InvalidInput(
            "there is no login: set client_id and client_secret (or the environment variables OVC_CLIENT_ID and "
            "OVC_CLIENT_SECRET), access_token (OVC_ACCESS_TOKEN), or username and password (OVC_USERNAME and "
            "OVC_PASSWORD)"
        )
    if len(found) > 1:
        one, other = (next(name for name in names if params[name]) for names in found[:2])
        raise InvalidInput("%s and %s are two logins: give only one of them" % (one, other))
    if found[0] != LOGINS[1]:
        for name in ONLY_FOR_CLIENTS:
            if params[name] not in (None, ""):
                raise InvalidInput("%s is for the login of a client, and %s is another login" % (name, found[0][0]))
    if params["validity"] is not None and params["validity"] < 1:
        raise InvalidInput("validity: %d is not a number of seconds" % params["validity"])
    return found[0]


def _as_sent(name, value):
    """A parameter as it is sent: an id that an answer gave as text is a number again."""
    is_id = name.endswith("Id") or name == "gid"
    return int(value) if is_id and isinstance(value, str) and value.isdecimal() else value


class OpenvCloud(Api):
    """The Cloud API of one platform."""

    example = API + "/cloudapi/machines/get"
    refused_tokens = (401, 419)
    meanings = {
        **MEANINGS,
        410: "it is gone",
        412: "what has to be true beforehand is not",
        419: "the session key has expired",
        501: "the platform does not have this",
    }

    def __init__(self, address, transport, login, session_of=None):
        """``session_of`` is the user whose session key ``login`` gives, or None where it gives a JWT."""
        super().__init__(address, transport, login)
        self._session_of = session_of

    def signed(self, url, headers, credential):
        """A session key is a parameter of the address."""
        if self._session_of is None:
            return url, headers, credential
        return "%s?%s" % (url, urlencode({"authkey": credential})), headers, None

    def user(self):
        """The user of the login as the platform names him: for a JWT it is ``name@issuer``."""
        if self._session_of is not None:
            return self._session_of
        claims = claims_of(self.login.authorization().partition(" ")[2]) or {}
        return "@".join(str(claims[name]) for name in ("username", "iss") if claims.get(name)) or None

    def call(self, actor, method, parameters, **how):
        """Send one call; the Response, whatever its status but 401 and 419. Parameters that are None are left out."""
        path = "%s/cloudapi/%s/%s" % (API, actor, method)
        given = {name: _as_sent(name, value) for name, value in parameters.items() if value is not None}
        return self._post(path, given, **how)

    def ask(self, actor, method, **parameters):
        """The JSON data that a call answers which only reads; it is sent again as any read is. Raises ApiError."""
        response = self.call(actor, method, parameters, only_reads=True)
        return self._checked(actor, method, response).data

    def rows(self, actor, method, **parameters):
        """The rows (list of dict) that such a call answers. Raises UnexpectedAnswer for anything else, so that nobody
        takes it for an empty list."""
        data = self.ask(actor, method, **parameters)
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            raise UnexpectedAnswer("%s/%s answered something else than a list of objects" % (actor, method))
        return data

    def found(self, actor, method, **parameters):
        """The object (dict) that such a call answers, or None where it does not exist (404, 410).

        Raises UnexpectedAnswer for anything else: an empty answer says nothing.
        """
        response = self.call(actor, method, parameters, only_reads=True)
        if response.status in NOT_THERE:
            return None
        data = self._checked(actor, method, response).data
        if not isinstance(data, dict):
            raise UnexpectedAnswer("%s/%s answered something else than an object" % (actor, method))
        return data

    def address_at(self, actor, method):
        """The address (str) that such a call answers, be it a JSON string or not. Raises UnexpectedAnswer."""
        response = self.call(actor, method, {}, only_reads=True, plain=True)
        self._checked(actor, method, response)
        answer = response.data if isinstance(response.data, str) else response.text.strip()
        if not ADDRESS.fullmatch(answer):
            raise UnexpectedAnswer("%s/%s answered something else than an address" % (actor, method))
        return answer

    def order(self, actor, method, **parameters):
        """The JSON data that a call answers which changes something; it is sent once. False for an order that is taken
        on, and will be done later (202). With ``_async`` among the parameters it is the id of a task.

        Raises ApiError where it is refused, and OutcomeUnknown where it may have taken effect.
        """
        response = self.call(actor, method, parameters, plain="_async" in parameters)
        self.accepted("POST", "%s/%s" % (actor, method), response)
        if "_async" in parameters:
            return response.data if isinstance(response.data, str) else response.text.strip()
        return False if response.status == 202 and response.data is None else response.data

    def result(self, task, clock, what):
        """What the task of an order (its id) has brought, when it has ended within the time of ``clock``.

        Some errors leave a task running for ever, so there is a limit to each wait. ``what`` it is, in a few words.
        Raises ActionFailed, ActionLost and WaitTimeout.
        """
        unknown = []

        def look():
            response = self._post(API + "/system/task/get", {"taskguid": task}, only_reads=True)
            if response.status == 404:  # the first one may come before the platform knows its own task
                unknown.append(response)
                if len(unknown) > 1:
                    text = "%s: the platform does not know its task %s any more, so the order may have run or not"
                    raise ActionLost(text % (what, task))
                return None
            data = self.checked("POST", "system/task/get", response).data
            if data is not None and (not isinstance(data, list) or len(data) != 2):
                raise UnexpectedAnswer("system/task/get answered something else than nothing or a pair")
            return data

        ended = until(look, clock, what)
        if ended is None:
            text = "%s: its task %s has not ended within %.0f s, and may never; look at what there is"
            raise WaitTimeout(text % (what, task, clock.seconds))
        succeeded, result = ended
        if not succeeded:
            words = result if isinstance(result, str) else json.dumps(result)
            raise ActionFailed("%s (%s, task %s)" % (self.words(words), what, task))
        return result

    def said(self, response):
        """The JSON string that an error has as its body, or the reference in a page of HTML."""
        return [_said(response)]

    def _checked(self, actor, method, response):
        return self.checked("POST", "%s/%s" % (actor, method), response)

    def _post(self, path, parameters, **how):
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        return self.request("POST", path, None, headers, json.dumps(parameters), **how)

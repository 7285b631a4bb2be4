# SPDX-License-Identifier: GPL-3.0-or-later
"""ITCare over HTTP: JSON of the documented shape, one fresh token after a 401, pages read completely, dry runs."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import replace
from urllib.parse import quote, urlsplit

from . import answers, paging
from .errors import ApiError, DryRunIgnored, InvalidInput, LoginFailed, OutcomeUnknown, UnexpectedAnswer
from .media_types import ACCEPT, media_type
from .oauth import ITCARE, Credentials, Login
from .paging import PAGE_SIZE
from .parallel import in_parallel
from .redaction import in_short
from .transport import Settings, Transport

__all__ = ("Client", "PAGE_SIZE", "check_address", "check_path", "encode_query", "from_params", "in_parallel")

DRY_RUN = "ITCare-DryRun"

_STRAY = re.compile(r"[\s\\?#]|(^|/)\.\.?(/|$)")  # in a path: leads elsewhere, or would be read as something else

# The general table of the reference: these come with an empty body, so their meaning has to be said here.
_MEANINGS = {
    400: "the request is refused",
    401: "the token is refused",
    403: "the profile of this API account does not allow it",
    404: "it does not exist",
    409: "it conflicts with the present state, or an action is in progress on the resource",
    422: "the request cannot be processed",
    429: "too many requests",
    500: "the platform failed",
    502: "the platform cannot be reached behind its gateway",
    503: "the platform is not available",
    504: "the platform did not answer its gateway in time",
}


def from_params(params, sender=None):
    """The client for the options of the ``auth`` group (see arguments.py). Sends nothing yet.

    ``sender`` is the name of the module or plugin, for the User-Agent.
    """
    for name in ("api_url", "token_url"):
        check_address(name, params[name])
    settings = Settings(**{name: params[name] for name in Settings.__dataclass_fields__ if name in params})
    transport = Transport(settings, sender)
    given = Credentials(**{name: params[name] for name in Credentials.__dataclass_fields__})
    login = Login(ITCARE, given, transport, store=params["token_store"])
    return Client(params["api_url"], transport, login)


def check_address(name, url):
    """Refuse, with InvalidInput, an address that is none or that would send a secret in clear."""
    try:
        parts = urlsplit(url)
        complete = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError:  # the port is not a number, or the IPv6 address is incomplete
        complete = False
    if not complete:
        raise InvalidInput("%s: %s is not an address such as https://host/path" % (name, url))
    if parts.username or parts.password:
        raise InvalidInput("%s: credentials do not belong into the address; use client_id and client_secret" % name)
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise InvalidInput("%s: %s would send secrets in clear; use https (http is for loopback only)" % (name, url))


class Client:
    """The ITCare API. Paths are relative to the base address and begin with ``/``."""

    def __init__(self, api_url, transport, login):
        self.api_url = api_url.rstrip("/")
        self.transport = transport
        self._login = login
        self._reference = self

    @property
    def reference(self):
        """The client for reference data, such as the catalogue: the same one, or what ``remember`` was given."""
        return self._reference

    def remember(self, reference):
        """Ask for reference data through ``reference`` (see reference.py) from now on."""
        self._reference = reference

    def sign_in(self):
        """Have a token before the first request. Raises LoginFailed, or what the transport raises."""
        self._login.authorization()

    def get(self, path, query=None):
        """The JSON at ``path``, of the documented shape. Raises ApiError for any other status than 2xx."""
        return self.checked("GET", path, self.read(path, query)).data

    def find(self, path, query=None):
        """The JSON at ``path``, or None where there is nothing: for a 404, and for an empty answer only where
        that is normal (see answers.EMPTY_IS_NORMAL)."""
        response = self.read(path, query)
        if response.status == 404:
            return None
        data = self.checked("GET", path, response).data
        return None if answers.may_be_empty(path) and answers.is_empty(data) else data

    def exists(self, path, query=None):
        """Whether there is something at ``path``, by a HEAD. Raises ApiError for any other status than 2xx and 404."""
        response = self.call("HEAD", path, query)
        return response.status != 404 and self.checked("HEAD", path, response).ok

    def read(self, path, query=None, until=None):
        """The Response to a GET, whatever its status; a success has JSON of the documented shape.

        An empty answer where something is documented is asked for again, like one that was lost. ``until`` as for
        ``call``. Raises UnexpectedAnswer.
        """

        def unreadable(response):
            return answers.nothing(path, response.data) if response.ok else None

        response = self.call("GET", path, query, until=until, unreadable=unreadable)
        return replace(response, data=answers.checked("GET", path, response.data)) if response.ok else response

    def pages(self, path, query=None, size=PAGE_SIZE):
        """All rows of a listing (list of dict), complete, see paging.read_all.

        What is documented without pages is read in one go, without parameters that it does not know.
        """
        if answers.is_sole_page(path):
            return paging.read_sole(self.get, path, query, size)
        if answers.is_paged(path) or not answers.is_documented(path):
            return paging.read_all(self.get, path, query, size)
        rows = self.get(path, query)
        if not isinstance(rows, list):
            raise UnexpectedAnswer("GET %s is neither a page nor a list" % path)
        return rows

    def send(self, method, path, body=None, dry_run=False):
        """Send a write; its JSON answer (an action, a list, ...), or None where it tells nothing.

        Raises ApiError for a refusal, OutcomeUnknown where the write may have taken effect, DryRunIgnored where a dry
        run was not confirmed.
        """
        response = self.accepted(method, path, self.call(method, path, body=body, dry_run=dry_run), dry_run)
        return answers.told_by_write(method, path, response.data)

    def accepted(self, method, path, response, dry_run=False):
        """``response``, the answer of a write, when the platform took it on; otherwise raises as ``send`` does."""
        if response.status >= 500 and response.status not in (501,):
            raise OutcomeUnknown(self._refusal(method, path, response))
        self.checked(method, path, response)
        if dry_run and str(response.headers.get(DRY_RUN, "")).lower() != "true":
            raise DryRunIgnored(
                "%s %s was sent as a dry run and the platform did not confirm it: it may have acted for real. Look at "
                "the resource now. It answered %d: %s" % (method, path, response.status, self._words(response.text)),
                status=response.status,
            )
        return response

    def call(self, method, path, query=None, body=None, dry_run=False, content_type=None, until=None, unreadable=None):
        """Send one request as it is; the Response, whatever its status but 401 (which costs one fresh token).

        ``until`` is when the retries end, and ``unreadable`` tells which answers do not count: see ``Transport.send``.
        """
        check_path(path)
        url = self.api_url + path + encode_query(query)
        headers = {"Accept": ACCEPT}
        text = None
        if body is not None:
            headers["Content-Type"] = content_type or media_type(method, path)
            text = json.dumps(body)
        if dry_run:
            headers[DRY_RUN] = "true"
        authorization = self._login.authorization()
        more = dict(until=until, unreadable=unreadable)
        response = self.transport.send(method, url, headers, authorization, text, **more)
        if response.status == 401:  # nothing has happened: it may be sent again
            authorization = self._login.renew(authorization)
            response = self.transport.send(method, url, headers, authorization, text, **more)
            if response.status == 401:
                raise LoginFailed("the API refused a fresh token (401): is this account one of %s?" % self.api_url)
        return response

    def checked(self, method, path, response):
        """``response`` when it is a success. Raises ApiError, with the API's own words first, when not."""
        if response.ok:
            return response
        details = response.data if isinstance(response.data, dict) else {}
        raise ApiError(self._refusal(method, path, response), response.status, method, path, details.get("errorCode"))

    def _refusal(self, method, path, response):
        """The API's own words first; then what was asked, and the status."""
        details = response.data if isinstance(response.data, dict) else {}
        words = [
            details.get("errorMessage") or details.get("message"),
            details.get("errorDesc"),
            details.get("errorCode"),
        ]
        said = " / ".join(dict.fromkeys(self._words(word) for word in words if word))
        said = said or _MEANINGS.get(response.status) or self._words(response.text)
        if response.status in (429, 503) and response.headers.get("Retry-After"):
            said += "; it asks to come back after %s" % self._words(response.headers["Retry-After"])
        return "%s (%s %s: %d)" % (said, method, self.transport.redact(path), response.status)

    def _words(self, text):
        """What the platform says, without secrets, in one line that is not too long."""
        return in_short(self.transport.redact(text)) or "an empty answer"


def check_path(path):
    """Refuse, with InvalidInput, a path that would lead a token to another place than the API."""
    plain = re.sub("%2e", ".", path, flags=re.I)  # requests does so, too
    if not path.startswith("/") or path.startswith("//") or _STRAY.search(plain):
        raise InvalidInput("path: %r is not a path below the base address, such as /compute/instances" % path)


def encode_query(query):
    """``?name=value&...`` from a dict without its None; lists become ``a,b`` (choices.rst).

    Where an item of a list has a comma itself (``sort``: ``name,desc``), the parameter is repeated, as clients do.
    """
    pairs = []
    for name, value in (query or {}).items():
        if value is None:
            continue
        values = [_as_text(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
        groups = [[item] for item in values] if any("," in item for item in values) else [values]
        pairs.extend("%s=%s" % (quote(name), ",".join(quote(item, safe="") for item in group)) for group in groups)
    return "?" + "&".join(pairs) if pairs else ""


def _as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

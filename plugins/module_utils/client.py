# SPDX-License-Identifier: GPL-3.0-or-later
"""ITCare over HTTP: JSON, one fresh token after a 401, pages read completely, dry runs."""

from __future__ import annotations

import ipaddress
import json
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

from .errors import ApiError, DryRunIgnored, InvalidInput, LoginFailed, OutcomeUnknown, PartialListing, UnexpectedAnswer
from .media_types import ACCEPT, media_type
from .oauth import ITCARE, Credentials, Login
from .transport import CONNECTIONS, Settings, Transport

PAGE_SIZE = 200
LISTING_TRIES = 3  # of a listing whose totals do not fit its rows: the estate may change meanwhile
DRY_RUN = "ITCare-DryRun"

_STRAY = re.compile(r"[\s\\?#]|(^|/)\.\.?(/|$)")  # in a path: leads elsewhere, or would be read as something else

# The general table of the reference: these come with an empty body, so their meaning has to be said here.
_MEANINGS = {
    400: "the request is refused",
    401: "the token is refused",
    403: "the profile of this API account does not allow it",
    404: "there is no such thing",
    409: "it conflicts with the present state, or an action is in progress on the resource",
    422: "the request cannot be processed",
    429: "too many requests",
    500: "the platform failed",
    502: "the platform cannot be reached behind its gateway",
    503: "the platform is not available",
    504: "the platform did not answer its gateway in time",
}


def from_params(params):
    """The client for the options of the ``auth`` group (see arguments.py). Sends nothing yet."""
    for name in ("api_url", "token_url"):
        check_address(name, params[name])
    transport = Transport(Settings(**{name: params[name] for name in Settings.__dataclass_fields__}))
    given = Credentials(**{name: params[name] for name in Credentials.__dataclass_fields__})
    login = Login(ITCARE, given, transport, store=params["token_store"])
    return Client(params["api_url"], transport, login)


def check_address(name, url):
    """Refuse, with InvalidInput, an address that is none or that would send a secret in clear."""
    try:
        parts = urlsplit(url)
        complete = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError:  # of a port that is no number, or of half an IPv6 address
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

    def get(self, path, query=None):
        """The JSON at ``path``. Raises ApiError for any other status than 2xx."""
        return self.checked("GET", path, self.call("GET", path, query)).data

    def find(self, path, query=None):
        """The JSON at ``path``, or None where there is nothing (404, 204, or an empty object)."""
        response = self.call("GET", path, query)
        if response.status == 404:
            return None
        return self.checked("GET", path, response).data or None

    def pages(self, path, query=None, size=PAGE_SIZE):
        """All rows of a paged listing (list of dict), complete, in the order of the pages, none twice.

        The first page tells how many there are; the others are read in parallel. A plain list is taken as it is.
        Raises PartialListing when the rows do not add up to the total that the API itself names.
        """
        counted = "nothing"
        for _dummy in range(LISTING_TRIES):
            rows, total = self._read_pages(path, dict(query or {}), size)
            if total is None or len(rows) == total:
                return rows
            counted = "%d rows, and the API says %d" % (len(rows), total)
        raise PartialListing("%s could not be read completely: %s" % (path, counted))

    def send(self, method, path, body=None, dry_run=False):
        """Send a write; its JSON answer (an action, a list, ...) or None for an empty one.

        Raises ApiError for a refusal, OutcomeUnknown where the write may have taken effect, DryRunIgnored where a dry
        run was not confirmed.
        """
        return self.accepted(method, path, self.call(method, path, body=body, dry_run=dry_run), dry_run).data

    def accepted(self, method, path, response, dry_run=False):
        """``response``, the answer of a write, when the platform took it on; otherwise raises as ``send`` does."""
        if response.status >= 500 and response.status not in (501,):
            raise OutcomeUnknown(self._refusal(method, path, response))
        self.checked(method, path, response)
        if dry_run and str(response.headers.get(DRY_RUN, "")).lower() != "true":
            raise DryRunIgnored(
                "%s %s was sent as a dry run and the platform did not confirm it: it may have acted for real. Look at "
                "the resource now. It answered %d: %s"
                % (method, path, response.status, self.transport.redact(_short(response.text))),
                status=response.status,
            )
        return response

    def call(self, method, path, query=None, body=None, dry_run=False, content_type=None, until=None):
        """Send one request as it is; the Response, whatever its status but 401 (which costs one fresh token).

        ``until`` is an own end of the retries, see ``Transport.send``.
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
        response = self.transport.send(method, url, headers, authorization, text, until=until)
        if response.status == 401:  # nothing has happened: it may be sent again
            authorization = self._login.renew(authorization)
            response = self.transport.send(method, url, headers, authorization, text, until=until)
            if response.status == 401:
                raise LoginFailed("the API refused a fresh token (401): is this account one of %s?" % self.api_url)
        return response

    def _read_pages(self, path, query, size):
        first = self.get(path, {**query, "page": 0, "size": size})
        if isinstance(first, list):
            return _unique([first]), None
        if not isinstance(first, dict) or not isinstance(first.get("content"), list):
            raise UnexpectedAnswer("%s answered neither a page nor a list" % path)
        count, total = first.get("totalPages", 1), first.get("totalElements")
        # A server may cap the size; its own number is the one that its pages are cut by.
        size = first.get("size") or size

        def read(number):
            page = self.get(path, {**query, "page": number, "size": size})
            return page["content"] if isinstance(page, dict) else page

        pages = [first["content"]]
        pages.extend(in_parallel(read, range(1, count)))
        return _unique(pages), total

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
        said = " / ".join(dict.fromkeys(str(word) for word in words if word))
        said = said or _MEANINGS.get(response.status) or _short(response.text)
        if response.status in (429, 503) and response.headers.get("Retry-After"):
            said += "; it asks to come back after %s" % response.headers["Retry-After"]
        return self.transport.redact("%s (%s %s: %d)" % (said, method, path, response.status))


def in_parallel(function, items):
    """``[function(item), ...]`` in the order of ``items``, at most CONNECTIONS at a time; the first error is raised."""
    items = list(items)
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(max_workers=min(CONNECTIONS, len(items))) as pool:
        return list(pool.map(function, items))


def check_path(path):
    """Refuse, with InvalidInput, a path that would lead a token to another place than the API."""
    plain = re.sub("%2e", ".", path, flags=re.I)  # requests does so, too
    if not path.startswith("/") or path.startswith("//") or _STRAY.search(plain):
        raise InvalidInput("path: %r is not a path below the base address, such as /compute/instances" % path)


def encode_query(query):
    """``?name=value&...`` from a dict without its None; lists become ``a,b`` (Doubts, "List parameters")."""
    pairs = []
    for name, value in (query or {}).items():
        if value is None:
            continue
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs.append("%s=%s" % (quote(name), ",".join(quote(_as_text(item), safe="") for item in values)))
    return "?" + "&".join(pairs) if pairs else ""


def _as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unique(pages):
    rows = {}
    for page in pages:
        for row in page:
            rows.setdefault(
                row["id"] if isinstance(row, dict) and "id" in row else json.dumps(row, sort_keys=True), row
            )
    return list(rows.values())


def _short(text):
    """The words of an answer that is no JSON, such as a gateway's HTML page."""
    words = re.sub(r"<(script|style).*?</\1>|<[^>]*>|\s+", " ", text or "", flags=re.S).split()
    return " ".join(words)[:200] or "an empty answer"


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

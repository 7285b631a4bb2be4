# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP over requests: TLS, proxy, timeouts, retry by verb, redaction. Knows nothing of ITCare.

Retry by verb: what only reads is sent again on connection errors, 429, 502, 503 and 504, bounded by time. A write is
sent again only where it is certain that nothing happened: no connection, 429, or 503 with ``Retry-After``. Every other
failure of a write raises OutcomeUnknown, and whoever wanted the write has to look before anything is sent again.
"""

from __future__ import annotations

import json
import os
import random
import re
import ssl
import time
import traceback
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urljoin, urlsplit

from .errors import InvalidInput, MissingLibrary, OutcomeUnknown, TimedOut, TlsFailed, UnexpectedAnswer, Unreachable

REQUESTS_IMPORT_ERROR = None
try:
    import requests
    from requests.adapters import HTTPAdapter
except ImportError:
    requests = None
    HTTPAdapter = object
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

USER_AGENT = "ansible-collection-cegedim.cloud"
CONNECTIONS = 20  # kept alive at most, and requests in flight at most
FIRST_CONTACT_SECONDS = 5  # a host that never answered is more likely misspelt than restarting
LONGEST_PAUSE = 10
REDIRECTS = 5
PIECE = 1 << 20  # bytes of a body read at once
RETRIED_STATUSES = (429, 502, 503, 504)
HIDDEN = "********"


@dataclass(frozen=True)
class Settings:
    """How to connect; times in seconds. ``proxy`` and ``ca_path`` None: as the environment says."""

    ca_path: str = None
    validate_certs: bool = True
    proxy: str = None
    connect_timeout: float = 10
    read_timeout: float = 60
    retry_timeout: float = 120


@dataclass(frozen=True)
class Response:
    """An answer: ``status`` (int), ``headers`` (any case), ``text``, and ``data``, the parsed JSON or None."""

    status: int
    headers: dict
    text: str
    data: object = None

    @property
    def ok(self):
        return 200 <= self.status < 300

    @property
    def retry_after(self):
        """Seconds that the server asks to wait (0 where it does not): ``Retry-After`` is a number or a date."""
        value = self.headers.get("Retry-After", "").strip()
        if value.isdigit():
            return int(value)
        try:
            return max(0, parsedate_to_datetime(value).timestamp() - time.time())
        except (TypeError, ValueError):
            return 0


class NotSent(Exception):
    """The request did not reach the server: certainly nothing happened."""


class AnswerLost(Exception):
    """The request was sent, or may have been; its answer did not come whole."""


class Transport:
    """Kept-alive connections, their TLS context and retries. Threads may share it.

    There is no session of requests: it would keep cookies, look for a ~/.netrc, and read the environment each time.
    """

    def __init__(self, settings):
        if requests is None:
            raise MissingLibrary(
                "the Python library requests is needed where this runs; install it there, or run the task locally",
                exception=REQUESTS_IMPORT_ERROR,
            )
        self.settings = settings
        self.secrets = set()
        self._answered = False
        self._proxies = {}
        self._headers = {**requests.utils.default_headers(), "User-Agent": USER_AGENT}
        self._adapters = {
            "http": HTTPAdapter(pool_connections=1, pool_maxsize=CONNECTIONS),
            "https": _OneContextAdapter(settings),
        }

    def send(self, method, url, headers, authorization=None, body=None, only_reads=None, until=None):
        """Send one request and return its Response, whatever the status, after the retries that are safe.

        ``authorization`` is the whole header value; ``body`` is text or None; ``only_reads`` says that sending twice
        does no harm (by default GET and HEAD); ``until`` is an own end of the retries (``time.monotonic()``).
        Raises Unreachable, TlsFailed, TimedOut, UnexpectedAnswer (a redirect to somewhere else, no JSON), and for what
        does not only read OutcomeUnknown.
        """
        only_reads = method in ("GET", "HEAD") if only_reads is None else only_reads
        pauses = _Pauses(self.settings.retry_timeout, until)
        while True:
            try:
                response = self._once(method, url, headers, authorization, body, only_reads)
            except NotSent as problem:
                seconds = None if self._answered else FIRST_CONTACT_SECONDS
                if not pauses.take(within=seconds):
                    raise Unreachable(self.redact("cannot connect to %s: %s" % (origin(url), problem))) from problem
                continue
            except AnswerLost as problem:
                text = self.redact("%s %s: the answer was lost: %s" % (method, urlsplit(url).path, problem))
                if not only_reads:
                    raise OutcomeUnknown(text) from problem
                if not pauses.take():
                    raise TimedOut(text) from problem
                continue
            self._answered = True
            if not _again(response, only_reads) or not pauses.take(response.retry_after):
                return response

    def redact(self, text):
        """``text`` without the secrets of this transport, nor credentials inside a URL."""
        text = re.sub(r"//[^/@\s]+@", "//%s@" % HIDDEN, str(text))
        for secret in sorted(self.secrets, key=len, reverse=True):  # one may be a part of another
            text = text.replace(secret, HIDDEN)
        return text

    def _once(self, method, url, headers, authorization, body, only_reads):
        for _redirect in range(REDIRECTS + 1):
            raw, content = self._exchange(method, url, headers, authorization, body)
            target = raw.headers.get("Location")
            if raw.status_code not in (301, 302, 303, 307, 308) or not target:
                return self._response(method, url, raw, content, only_reads)
            target = urljoin(url, target)
            if method not in ("GET", "HEAD") or origin(target) != origin(url):
                raise UnexpectedAnswer(
                    self.redact(
                        "%s %s is redirected to %s; a token is never sent elsewhere: set the right address"
                        % (method, origin(url), origin(target))
                    )
                )
            url = target
        raise UnexpectedAnswer("%s %s: more than %d redirects" % (method, origin(url), REDIRECTS))

    def _exchange(self, method, url, headers, authorization, body):
        settings = self.settings
        headers = {**self._headers, **headers}
        if authorization:
            headers["Authorization"] = authorization
        body = body.encode() if body is not None else None
        try:
            request = requests.Request(method, url, headers=headers, data=body).prepare()
            with self._adapters[urlsplit(url).scheme].send(
                request,
                proxies=self._proxies_of(url),
                timeout=(settings.connect_timeout, settings.read_timeout),
                verify=settings.validate_certs,
                stream=True,
            ) as raw:
                # By itself requests reads in pieces of 10 KiB, which takes a fifth of the time of a large page.
                return raw, b"".join(raw.iter_content(PIECE))
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as problem:  # the proxy's, too
            raise InvalidInput(self.redact("not an address: %s" % problem)) from problem
        except requests.exceptions.SSLError as problem:
            if "CERTIFICATE_VERIFY_FAILED" in str(problem):
                hint = "the certificate of %s cannot be verified (%s); for a private authority set ca_path"
            elif "WRONG_VERSION_NUMBER" in str(problem) or "record layer failure" in str(problem):
                hint = "%s does not speak TLS (%s); is it an http address?"
            else:
                raise AnswerLost(_cause(problem)) from problem
            raise TlsFailed(hint % (origin(url), _cause(problem))) from problem
        except (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError) as problem:
            raise NotSent(_cause(problem)) from problem
        except requests.exceptions.ConnectionError as problem:
            lost = AnswerLost if not _is_no_connection(problem) else NotSent
            raise lost(_cause(problem)) from problem
        except requests.exceptions.RequestException as problem:
            raise AnswerLost(_cause(problem)) from problem

    def _proxies_of(self, url):
        """The proxies for an address: what the environment says of it is read once for each host."""
        if self.settings.proxy:
            return {"http": self.settings.proxy, "https": self.settings.proxy}
        where = origin(url)
        if where not in self._proxies:
            self._proxies[where] = requests.utils.get_environ_proxies(url)
        return self._proxies[where]

    def _response(self, method, url, raw, content, only_reads):
        text = content.decode("utf-8", errors="replace")
        data = None
        if text.strip() and raw.status_code != 204:
            try:
                data = json.loads(text)
            except ValueError as problem:
                if 200 <= raw.status_code < 300:
                    if text.lstrip()[0] in "{[" or not only_reads:
                        raise AnswerLost("it is no JSON, or only a part of it") from problem
                    text = "%s %s answered %d with something that is no JSON (%s); is the address right?"
                    where = origin(url) + urlsplit(url).path
                    raise UnexpectedAnswer(
                        self.redact(text % (method, where, raw.status_code, _kind(raw)))
                    ) from problem
        return Response(raw.status_code, raw.headers, text, data)


class _OneContextAdapter(HTTPAdapter):
    """Gives every connection the one TLS context; requests would read the authorities again for each."""

    def __init__(self, settings):
        self._settings = settings
        super().__init__(pool_connections=2, pool_maxsize=CONNECTIONS)

    def send(self, request, **options):
        """Without the authorities of the environment, which requests would add to those of ``ca_path``."""
        return super().send(request, **{**options, "verify": self._settings.validate_certs})

    def cert_verify(self, conn, url, verify, cert):
        """Called for each request, through a proxy too, before its connection is made."""
        authorities = self._settings.ca_path or default_authorities()
        conn.conn_kw["ssl_context"] = tls_context(authorities, self._settings.validate_certs)


class _Pauses:
    """The pauses between tries: they double, with jitter, and end in time."""

    def __init__(self, seconds, until=None):
        self._start = time.monotonic()
        self._end = min(self._start + seconds, until) if until else self._start + seconds
        self._next = 0.25

    def take(self, at_least=0, within=None):
        """Sleep before the next try; False (and no sleep) when the time for tries is over."""
        pause = max(at_least, self._next * random.uniform(0.5, 1))
        end = self._end if within is None else min(self._end, self._start + within)
        if time.monotonic() + pause > end:
            return False
        self._next = min(2 * self._next, LONGEST_PAUSE)
        time.sleep(pause)
        return True


@cache
def tls_context(ca_path, validate_certs):
    """The TLS context of this process for these settings: reading the authorities costs more than a request."""
    if not validate_certs:
        requests.packages.urllib3.disable_warnings(requests.packages.urllib3.exceptions.InsecureRequestWarning)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if not os.path.exists(ca_path):
        raise InvalidInput("ca_path: there is no file or directory %s" % ca_path)
    directory = os.path.isdir(ca_path)
    try:
        return ssl.create_default_context(cafile=None if directory else ca_path, capath=ca_path if directory else None)
    except ssl.SSLError as problem:
        raise InvalidInput("ca_path: %s holds no certificate in PEM form (%s)" % (ca_path, problem)) from problem


def origin(url):
    """Scheme, host and port of ``url`` as text: what a bearer token belongs to."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return "%s://%s:%s" % (parts.scheme, parts.hostname, port)


def default_authorities():
    """The file or directory of authorities that requests would use too."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or requests.certs.where()


def _again(response, only_reads):
    if only_reads:
        return response.status in RETRIED_STATUSES
    return response.status == 429 or (response.status == 503 and "Retry-After" in response.headers)


def _is_no_connection(problem):
    """Whether the failure came before anything was sent: urllib3 wraps it, so look along the chain."""
    names = set()
    current = problem
    while current is not None:
        names.add(type(current).__name__)
        reason = getattr(current, "reason", None)
        if isinstance(reason, BaseException):
            names.add(type(reason).__name__)
        current = current.args[0] if current.args and isinstance(current.args[0], BaseException) else None
    return bool(names & {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "LocationParseError"})


def _cause(problem):
    """The innermost sentence of a wrapped exception, without object addresses."""
    inner = getattr(problem, "reason", None)
    if not isinstance(inner, BaseException):
        inner = next((one for one in reversed(problem.args) if isinstance(one, BaseException)), None)
    if inner is not None:
        return _cause(inner)
    return re.sub(r"^.*?object at 0x[0-9a-f]+>: |^\w+\(.*?\): ", "", str(problem))


def _kind(raw):
    return raw.headers.get("Content-Type") or "no content type"

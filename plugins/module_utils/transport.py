# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP over requests: TLS, proxy, timeouts, retry by verb, redaction. Knows nothing of ITCare.

Retry by verb: what only reads is sent again on connection errors, 429, 500, 502, 503, 504, and where the answer cannot
be read, bounded by time. A write is sent again only where it is certain that nothing happened: no connection, 429, or
503 with ``Retry-After``. Every other failure of a write raises OutcomeUnknown, and whoever wanted the write has to look
before anything is sent again.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import math
import os
import random
import re
import ssl
import threading
import time
import traceback
from dataclasses import dataclass
from datetime import timezone
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import unquote, unquote_to_bytes, urljoin, urlsplit

from .errors import InvalidInput, MissingLibrary, OutcomeUnknown, TimedOut, UnexpectedAnswer, Unreachable
from .failures import AnswerLost, NotSent, failure_of, origin
from .limiter import limiter_of
from .redaction import in_short, redact

REQUESTS_IMPORT_ERROR = None
try:
    import requests
    from requests.adapters import HTTPAdapter
except ImportError:
    requests = None
    HTTPAdapter = object
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

USER_AGENT = "ansible-collection-cegedim.cloud"
CONNECTIONS = 20  # requests in flight at most, and connections kept alive: the default of parallel_requests
MOST_CONNECTIONS = 100
FIRST_CONTACT_SECONDS = 5  # a host that never answered is more likely misspelled than restarting
LONGEST_PAUSE = 10
LONGEST_RETRY_AFTER = 86400  # seconds; more is a mistake of the server or of a clock, and not believed
REDIRECTS = 5
PIECE = 1 << 20  # bytes of a body read at once
RETRIED_STATUSES = (429, 500, 502, 503, 504)
PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")

_making_context = threading.Lock()


@dataclass(frozen=True)
class Settings:
    """How to connect; times in seconds. ``proxy`` and ``ca_path`` None: as the environment says."""

    ca_path: str = None
    validate_certs: bool = True
    proxy: str = None
    connect_timeout: float = 10
    read_timeout: float = 60
    retry_timeout: float = 120
    parallel_requests: int = CONNECTIONS


@dataclass(frozen=True)
class Response:
    """An answer: ``status`` (int), ``headers`` (any case), ``text``, and ``data``, the parsed JSON or None.

    A file that was not kept has its ``checksum`` instead (SHA-256, in hex).
    """

    status: int
    headers: dict
    text: str
    data: object = None
    checksum: str = None

    @property
    def ok(self):
        return 200 <= self.status < 300

    @property
    def retry_after(self):
        """Seconds that the server asks to wait (0 where it does not): ``Retry-After`` is a number or a date."""
        value = self.headers.get("Retry-After", "").strip()
        try:
            seconds = int(value) if value.isascii() and value.isdigit() else _until_date(value)
        except (TypeError, ValueError, OverflowError):
            return 0
        return seconds if 0 <= seconds <= LONGEST_RETRY_AFTER else 0


class Unreadable(Exception):
    """The answer came whole, and is not what was asked for. ``foreign``: it looks like that of another server."""

    foreign = False


def transport_of(params, sender=None):
    """The Transport for the options of a connection (see arguments.py); ``sender`` as for ``Transport``."""
    return Transport(
        Settings(**{name: params[name] for name in Settings.__dataclass_fields__ if name in params}), sender
    )


def user_agent(sender=None):
    """How requests introduce themselves: the collection, and the module or plugin that sends them."""
    return "%s (%s)" % (USER_AGENT, sender) if sender else USER_AGENT


class Transport:
    """Kept-alive connections, their TLS context and retries. Threads may share it.

    It uses no requests.Session, which would keep cookies, look for a ~/.netrc, and read the environment each time.
    """

    def __init__(self, settings, sender=None):
        """``sender``: which module or plugin asks. Raises InvalidInput for settings that cannot work."""
        if requests is None:
            raise MissingLibrary(
                "the Python library requests is needed where this runs; install it there, or run the task locally",
                exception=REQUESTS_IMPORT_ERROR,
            )
        check_settings(settings)
        self.settings = settings
        self.secrets = set()
        self._answered = set()  # origins
        self._proxies = {}
        self._proxy = self._checked_proxy("proxy", settings.proxy)
        self._headers = {**requests.utils.default_headers(), "User-Agent": user_agent(sender)}
        connections = settings.parallel_requests
        self._adapters = {
            "http": _Adapter(pool_connections=1, pool_maxsize=connections),
            "https": _OneContextAdapter(settings, connections),
        }

    def send(
        self,
        method,
        url,
        headers,
        authorization=None,
        body=None,
        only_reads=None,
        until=None,
        unreadable=None,
        option="api_url",
        plain=False,
        file=0,
    ):
        """Send one request and return its Response, whatever the status, after the retries that are safe.

        ``authorization`` is the whole header value; ``body`` is text, bytes or None; ``only_reads`` says that sending
        twice does no harm (by default GET and HEAD); ``until`` is an own end of the retries (``time.monotonic()``).
        ``unreadable(response)`` says, of a success that only reads, what is wrong with it (a sentence) or None: such an
        answer counts as a lost one. ``option`` names where the address comes from. ``plain``: a success may be text
        that is not JSON (its ``data`` is None then). ``file``: a success is a file of at most so many bytes, of which
        only the checksum is kept; it may lie on another host, which gets no token.
        Raises Unreachable, TlsFailed, TimedOut, InvalidInput, UnexpectedAnswer (a redirect to somewhere else, nothing
        readable), and for what does not only read OutcomeUnknown.
        """
        only_reads = method in ("GET", "HEAD") if only_reads is None else only_reads
        unreadable = unreadable if only_reads else None
        request = (method, url, headers, authorization, body, only_reads, option, plain, file)
        where = origin(url)
        line = limiter_of(where, self.settings.parallel_requests)
        number, pauses = line.number(), None
        while True:
            mark = line.enter(number, until)
            pauses = pauses or _Pauses(line, self.settings.retry_timeout, until)  # the wait in the line does not count
            within = None if where in self._answered else FIRST_CONTACT_SECONDS
            try:
                response = self._in_turn(line, mark, request, unreadable)
            except NotSent as problem:
                if problem.final or not pauses.take(within):
                    text = "cannot connect to %s: %s" % (where, problem)
                    hint = "; is %s right?" % option if within and not problem.of_proxy else ""
                    raise Unreachable(self.redact(text + hint)) from problem
            except AnswerLost as problem:
                text = self.redact("%s %s: the answer was lost: %s" % (method, urlsplit(url).path, problem))
                if not only_reads:
                    raise OutcomeUnknown(text) from problem
                if not pauses.take():
                    raise TimedOut(text) from problem
            except Unreadable as problem:
                if not pauses.take(within):
                    text = "%s %s: %s" % (method, urlsplit(url).path, problem)
                    hint = "; is %s right? (%s)" % (option, url.partition("?")[0]) if within or problem.foreign else ""
                    raise UnexpectedAnswer(self.redact(text + hint)) from problem
            else:
                self._answered.add(where)
                if not _again(response, only_reads):
                    line.answered()
                    return response
                if not pauses.take_after(response):
                    return response

    def redact(self, text):
        """``text`` without the secrets of this transport in any form, nor credentials inside a URL."""
        return redact(text, tuple(self.secrets))  # a copy, since another thread may add a token meanwhile

    def _in_turn(self, line, mark, request, unreadable):
        """One try of ``request``, in the slot that ``mark`` stands for, which is free afterwards."""
        try:
            response = self._once(*request)
            if response.status == 429:
                line.refused(mark)
        finally:
            line.leave()
        sentence = unreadable(response) if unreadable and response.ok else None
        if sentence:
            raise Unreadable(in_short(self.redact(sentence)))
        return response

    def _once(self, method, url, headers, authorization, body, only_reads, option, plain, file):
        for _redirect in range(REDIRECTS + 1):
            raw, content = self._exchange(method, url, headers, authorization, body, option, file)
            target = raw.headers.get("Location")
            if raw.status_code not in (301, 302, 303, 307, 308) or not target:
                return self._response(raw, content, only_reads, plain)
            target = _target(url, target)
            elsewhere = target is None or origin(target) != origin(url)
            if target is None or (elsewhere and not file) or method not in ("GET", "HEAD"):
                text = "%s %s is redirected to %s; %s; check %s" % (
                    method,
                    origin(url) + urlsplit(url).path,
                    origin(target) if target else "something that is not an address",
                    "a token is never sent elsewhere" if elsewhere else "only reads follow a redirect",
                    option,
                )
                raise UnexpectedAnswer(self.redact(text))
            authorization = None if elsewhere else authorization
            url = target
        raise UnexpectedAnswer(
            self.redact(
                "%s %s: more than %d redirects, so it probably goes in a circle; check %s"
                % (method, origin(url) + urlsplit(url).path, REDIRECTS, option)
            )
        )

    def _exchange(self, method, url, headers, authorization, body, option, file):
        settings = self.settings
        headers = {**self._headers, **headers}
        if authorization:
            headers["Authorization"] = authorization
        body = body.encode() if isinstance(body, str) else body
        proxies, proxy = self._proxies_of(url)
        try:
            request = requests.Request(method, url, headers=headers, data=body).prepare()
            with self._adapters[urlsplit(url).scheme].send(
                request,
                proxies=proxies,
                timeout=(settings.connect_timeout, settings.read_timeout),
                verify=settings.validate_certs,
                stream=True,
            ) as raw:
                # By itself requests reads in pieces of 10 KiB, which takes a fifth of the time of a large page.
                pieces = raw.iter_content(PIECE)
                if file and 200 <= raw.status_code < 300:
                    return raw, _checksum(pieces, file, option)
                return raw, b"".join(pieces)
        # Not "from problem": the text of these may hold a header, and with it a token, or the proxy's password.
        except requests.exceptions.InvalidHeader:
            raise _invalid_header(headers) from None
        except (requests.exceptions.RequestException, requests.packages.urllib3.exceptions.HTTPError) as problem:
            raise failure_of(problem, url, proxy, option) from None
        except UnicodeError:  # of http.client, for a header that is not Latin-1
            raise _invalid_header(headers) from None

    def _proxies_of(self, url):
        """The proxies for an address, and the one it takes: what the environment says is read once for each host."""
        if self._proxy:
            return {"http": self._proxy, "https": self._proxy}, self._proxy
        where = origin(url)
        if where not in self._proxies:
            proxies = requests.utils.get_environ_proxies(url)
            proxy = requests.utils.select_proxy(url, proxies)
            self._checked_proxy("the proxy of the environment (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY)", proxy)
            self._proxies[where] = (proxies, proxy)
        return self._proxies[where]

    def _checked_proxy(self, option, address):
        """``address`` with a scheme, its password known as a secret. Raises InvalidInput, which never shows it."""
        if not address or not address.strip():
            return None
        address = address.strip()
        address = address if "://" in address else "http://" + address
        if not _is_proxy(address):
            raise InvalidInput(
                "%s: this is not an address such as http://proxy.example.com:3128 (it is not shown, as it may hold a "
                "password); special characters in a user or password, such as / or @, are written as %%2F or %%40"
                % option
            )
        parts = urlsplit(address)
        if parts.password:
            self.secrets.update((parts.password, unquote(parts.password), _pair_of(address)))
        return address

    def _response(self, raw, content, only_reads, plain):
        if isinstance(content, str):
            return Response(raw.status_code, raw.headers, "", checksum=content)
        text = content.decode("utf-8-sig" if content.startswith(codecs.BOM_UTF8) else "utf-8", errors="replace")
        data = None
        if text.strip() and raw.status_code != 204:
            try:
                data = json.loads(text)
            except (ValueError, RecursionError) as problem:
                if 200 <= raw.status_code < 300 and not plain:
                    if text.lstrip()[0] in "{[" or not only_reads:
                        raise AnswerLost("it is not JSON, or only a part of it") from problem
                    words = "it answered %d with something that is not JSON (%s)"
                    answer = Unreadable(words % (raw.status_code, in_short(self.redact(_kind(raw)))))
                    answer.foreign = True
                    raise answer from problem
        return Response(raw.status_code, raw.headers, text, data)


class _Adapter(HTTPAdapter):
    """Sends a proxy the bytes of the user and password in its address, which are UTF-8 unless a %XX says otherwise.

    requests would send Latin-1, fail for all other letters, and leave out a user without a password.
    """

    def proxy_headers(self, proxy):
        """Called once for each proxy."""
        pair = _pair_of(proxy)
        return {"Proxy-Authorization": "Basic " + pair} if pair else {}


class _OneContextAdapter(_Adapter):
    """Gives every connection the one TLS context; requests would read the authorities again for each."""

    def __init__(self, settings, connections):
        self._settings = settings
        super().__init__(pool_connections=2, pool_maxsize=connections)

    def send(self, request, **options):
        """Without the authorities of the environment, which requests would add to those of ``ca_path``."""
        return super().send(request, **{**options, "verify": self._settings.validate_certs})

    def cert_verify(self, conn, url, verify, cert):
        """Called for each request, through a proxy too, before its connection is made."""
        authorities = self._settings.ca_path or default_authorities()
        conn.conn_kw["ssl_context"] = tls_context(authorities, self._settings.validate_certs)


class _Pauses:
    """The pauses between the tries of one request: they double, with jitter, and end in time."""

    def __init__(self, line, seconds, until=None):
        self._line, self._seconds, self._until = line, seconds, until
        self._start = time.monotonic()
        self._next = 0.25

    def take(self, within=None):
        """Sleep before the next try; False (and no sleep) when the time for tries is over."""
        pause = self._length(0, within)
        if pause is None:
            return False
        time.sleep(pause)
        return True

    def take_after(self, response):
        """The same after an answer that says to come again.

        Where the platform has too much to do, time counts from when it last did something for this process. Seconds
        that come with a 429 are for all; they are waited for in the line, where this request has its place.
        """
        asked = response.retry_after
        if response.status == 429 or asked:
            self._start = max(self._start, self._line.progressed)
        pause = self._length(asked)
        if pause is None:
            return False
        if response.status == 429 and asked:
            self._line.pause(pause)
        else:
            time.sleep(pause)
        return True

    def _length(self, asked, within=None):
        pause = max(asked, self._next * random.uniform(0.5, 1))
        left = self._start + (self._seconds if within is None else min(self._seconds, within)) - time.monotonic()
        if self._until is not None:
            left = min(left, self._until - time.monotonic())
        if pause > left:
            return None
        self._next = min(2 * self._next, LONGEST_PAUSE)
        return max(pause, min(left, asked * random.uniform(1, 1.1)))  # so that all who were told so do not come at once


def tls_context(ca_path, validate_certs):
    """The TLS context of this process for these settings: reading the authorities costs more than a request."""
    with _making_context:
        return _tls_context(ca_path, validate_certs)


@cache
def _tls_context(ca_path, validate_certs):
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
        raise InvalidInput("ca_path: %s contains no certificate in PEM format (%s)" % (ca_path, problem)) from problem


def default_authorities():
    """The file or directory of authorities that requests would use too."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or requests.certs.where()


def _again(response, only_reads):
    if only_reads:
        return response.status in RETRIED_STATUSES
    return response.status == 429 or (response.status == 503 and "Retry-After" in response.headers)


def check_settings(settings):
    """Refuse, with InvalidInput, times that are no times, and a number of requests out of bounds."""
    for name in ("connect_timeout", "read_timeout", "retry_timeout"):
        seconds = getattr(settings, name)
        if not math.isfinite(seconds) or seconds < 0 or (seconds == 0 and name != "retry_timeout"):
            raise InvalidInput("%s: %s is not a number of seconds to wait" % (name, seconds))
    if not 1 <= settings.parallel_requests <= MOST_CONNECTIONS:
        text = "parallel_requests: %s is not between 1 and %d"
        raise InvalidInput(text % (settings.parallel_requests, MOST_CONNECTIONS))


def _is_proxy(address):
    try:
        parts = urlsplit(address)
        complete = parts.scheme.lower() in PROXY_SCHEMES and parts.hostname and parts.port != 0
    except ValueError:  # of a port that is not a number, or of half an IPv6 address
        return False
    extra = parts.path not in ("", "/") or "?" in address or "#" in address
    return bool(complete) and not extra and not re.search(r"[\s\x00-\x1f\x7f\\]", address)


def _pair_of(address):
    """The user and password in an address as Basic wants them, or None where there is no user."""
    parts = urlsplit(address)
    if not parts.username:
        return None
    pair = b":".join(unquote_to_bytes(part or "") for part in (parts.username, parts.password))
    return base64.b64encode(pair).decode()


def _target(url, location):
    """The address that a redirect leads to, or None where it is none or holds credentials of its own."""
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        origin(target)  # its port may be no number
    except ValueError:
        return None
    return target if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else None


def _invalid_header(headers):
    names = [name for name, value in headers.items() if not re.fullmatch(r"[!-~]([ -~\t]*[!-~])?", str(value))]
    return InvalidInput(
        "the header %s cannot be sent: it holds characters that a header does not" % (" and ".join(names) or "fields")
    )


def _until_date(text):
    moment = parsedate_to_datetime(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return max(0, moment.timestamp() - time.time())


def _checksum(pieces, most, option):
    """The SHA-256 (hex) of a file that comes in ``pieces``. Raises UnexpectedAnswer for more than ``most`` bytes."""
    total, digest = 0, hashlib.sha256()
    for piece in pieces:
        total += len(piece)
        if total > most:
            raise UnexpectedAnswer(
                "%s: the file is larger than %d bytes, so it was not read to its end" % (option, most)
            )
        digest.update(piece)
    return digest.hexdigest()


def _kind(raw):
    return raw.headers.get("Content-Type") or "no content type"

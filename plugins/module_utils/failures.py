# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a request failed, in words of our own: those of an HTTP library may hold a header, with the token in it.

The libraries wrap what happened in several exceptions, other ones in each version; so their names are read along the
chain.
"""

from __future__ import annotations

import os
import re
import ssl
from urllib.parse import urlsplit

from .errors import InvalidInput, TlsFailed

NO_CONNECTION = {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ConnectTimeout"}
OTHER_NAMES = (62, 63, 64)  # X509_V_ERR_*_MISMATCH of OpenSSL: host name, email, IP address
NOT_YET_VALID, EXPIRED = 9, 10
UNKNOWN_AUTHORITY = (2, 18, 19, 20, 21)  # no issuer, self-signed (alone, in a chain), no local issuer, first unverified
HOPELESS = (401, 403, 405, 407)  # answers of a proxy that do not change by asking again


class NotSent(Exception):
    """The request did not reach the server: certainly nothing happened.

    ``of_proxy``: the proxy is to blame; ``final``: trying again does not help.
    """

    def __init__(self, words, of_proxy=False, final=False):
        super().__init__(words)
        self.of_proxy, self.final = of_proxy, final


class AnswerLost(Exception):
    """The request was sent, or may have been; its answer did not come whole."""


def failure_of(problem, url, proxy, option):
    """What to raise for ``problem``, an exception of the HTTP library: NotSent, AnswerLost, TlsFailed or InvalidInput.

    ``proxy`` is the proxy's address or None; ``option`` is the option that holds the address of the server.
    """
    chain = list(_chain(problem))
    names = {base.__name__ for one in chain for base in type(one).__mro__}
    if "InvalidSchema" in names and "SOCKS" in str(problem):
        return InvalidInput("proxy: a SOCKS proxy needs the Python library PySocks where this runs")
    if names & {"InvalidProxyURL", "ProxySchemeUnknown", "ProxySchemeUnsupported"}:
        return InvalidInput("proxy: this is not an address such as http://proxy.example.com:3128")
    if names & {"InvalidURL", "InvalidSchema", "MissingSchema", "LocationValueError"}:
        return InvalidInput("%s: requests cannot be sent to %s; check the address" % (option, origin(url)))
    if proxy and names & {"ProxyError", *NO_CONNECTION}:
        return _failure_of_proxy(chain, names, proxy)
    if "SSLError" in names:
        return _failure_of_tls(chain, url, option)
    words = _words(chain, names)
    return NotSent(words) if names & NO_CONNECTION else AnswerLost(words)


def origin(url):
    """Scheme, host and port of ``url`` as text: what a bearer token belongs to. Raises ValueError for no address."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return "%s://%s:%s" % (parts.scheme, parts.hostname, port)


def _failure_of_proxy(chain, names, proxy):
    answer = re.search(r"Tunnel connection failed: (\d{3})", str(chain[-1]))
    # Not as an address: Ansible hides the value of the option wherever it stands, as it may hold a password.
    parts = urlsplit(proxy)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 1080)
    where = "the proxy %s, port %d (option proxy, or HTTPS_PROXY and HTTP_PROXY in the environment)"
    where = where % (parts.hostname, port)
    if answer:
        status = int(answer.group(1))
        said = "it wants a user and a password" if status == 407 else "it refuses the connection"
        return NotSent("%s answered %d: %s" % (where, status, said), of_proxy=True, final=status in HOPELESS)
    if "SSLError" in names:
        words = "%s cannot be used: TLS with the proxy itself fails; is it an http address?"
        return NotSent(words % where, of_proxy=True)
    if names & NO_CONNECTION:
        return NotSent("%s cannot be reached: %s" % (where, _words(chain, names)), of_proxy=True)
    # An old urllib3 calls it a failure of the proxy, too, when the connection breaks after the request was sent.
    return AnswerLost("%s: %s" % (where, _words(chain, names)))


def _failure_of_tls(chain, url, option):
    text = " ".join(str(one) for one in chain)
    refusal = next((one for one in chain if isinstance(one, ssl.SSLCertVerificationError)), None)
    code = getattr(refusal, "verify_code", None)
    where = origin(url)
    if code in OTHER_NAMES or any(type(one).__name__ == "CertificateError" for one in chain if one is not refusal):
        host = urlsplit(url).hostname
        return TlsFailed("the certificate of %s is for other names than %s: check %s" % (where, host, option))
    if code == EXPIRED:
        return TlsFailed("the certificate of %s has expired (or the clock here is wrong)" % where)
    if code == NOT_YET_VALID:
        return TlsFailed("the certificate of %s is not valid yet (or the clock here is wrong)" % where)
    if code in UNKNOWN_AUTHORITY or (refusal is None and "CERTIFICATE_VERIFY_FAILED" in text):
        reason = getattr(refusal, "verify_message", None) or "unknown authority"
        return TlsFailed(
            "the certificate of %s cannot be verified (%s); for a private authority set ca_path" % (where, reason)
        )
    if refusal is not None:
        return TlsFailed("the certificate of %s cannot be verified (%s)" % (where, refusal.verify_message))
    if "WRONG_VERSION_NUMBER" in text or "record layer failure" in text:
        return TlsFailed("%s does not speak TLS; is it an http address? (%s)" % (where, option))
    return AnswerLost("TLS failed (%s)" % (getattr(chain[-1], "reason", None) or "the connection broke"))


def _words(chain, names):
    """Why there was no connection, or why it broke."""
    text = str(chain[-1])
    number = next((one.errno for one in reversed(chain) if isinstance(one, OSError) and one.errno), None)
    if number is None:
        told = re.search(r"\[Errno (-?\d+)\]", text)
        number = int(told.group(1)) if told else None
    if "NameResolutionError" in names or "gaierror" in names or (number is not None and number < 0):
        return "its name cannot be resolved"
    if number is not None:
        return os.strerror(number)
    if names & {"ConnectTimeoutError", "ConnectTimeout"}:
        return "no connection within connect_timeout"
    if names & {"ReadTimeoutError", "ReadTimeout", "TimeoutError", "timeout"}:
        return "no response within read_timeout"
    if names & {"ChunkedEncodingError", "IncompleteRead", "InvalidChunkLength"}:
        return "it was cut short"
    if names & {"ContentDecodingError", "DecodeError"}:
        return "its compression is broken"
    if "RemoteDisconnected" in names:
        return "the connection was closed without an answer"
    return "the connection was interrupted, or the response is not HTTP"


def _chain(problem):
    """``problem`` and what it wraps, outermost first."""
    while isinstance(problem, BaseException):
        yield problem
        inner = getattr(problem, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((one for one in reversed(problem.args) if isinstance(one, BaseException)), None)
        problem = inner

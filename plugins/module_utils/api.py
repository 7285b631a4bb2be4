# SPDX-License-Identifier: GPL-3.0-or-later
"""An API behind a login: each request brings a token, one fresh token after a refusal, the API's own words in errors.

What a system has of its own is a class over this one, in its own file (client.py for ITCare).
"""

from __future__ import annotations

from urllib.parse import urlencode

from .addresses import check_path
from .errors import ApiError, InvalidInput, LoginFailed, OutcomeUnknown
from .redaction import in_short, masked, without_secrets

# What a status means, where the answer has no words of its own.
MEANINGS = {
    400: "the request is refused",
    401: "the token is refused",
    403: "the account is not allowed to do this",
    404: "it does not exist",
    405: "this method does not exist there",
    409: "it conflicts with the present state",
    422: "the request cannot be processed",
    429: "too many requests",
    500: "the server failed",
    502: "the server cannot be reached behind its gateway",
    503: "the server is not available",
    504: "the server did not answer its gateway in time",
}


class Api:
    """The API of one system. Paths are relative to the base address and begin with ``/``."""

    option = "url"  # the option that holds the base address
    example = "/api/list/12/"  # a path, for messages
    meanings = MEANINGS
    refused_tokens = (401,)

    def __init__(self, address, transport, login):
        if "?" in address or "#" in address:
            raise InvalidInput("%s: paths are added to it, so it cannot have a query (? or #)" % self.option)
        self.address = address.rstrip("/")
        self.transport = transport
        self.login = login

    def sign_in(self):
        """Have a token before the first request. Raises LoginFailed, or what the transport raises."""
        self.login.authorization()

    def request(self, method, path, query=None, headers=None, body=None, **how):
        """Send one request; the Response, whatever its status but 401 (which costs one fresh token).

        ``query`` is a dict, or the encoded query with its question mark; ``body`` is text, bytes or None; ``how`` are
        further arguments of ``Transport.send``.
        """
        check_path(path, self.example)
        if not isinstance(query, str):
            query = encoded(query)
        url, headers, how = self.address + path + query, headers or {}, {"option": self.option, **how}
        credential = self.login.authorization()
        response = self.transport.send(method, *self.signed(url, headers, credential), body, **how)
        if response.status in self.refused_tokens:  # nothing has happened: it may be sent again
            credential = self.login.renew(credential, self._quoted(response))
            response = self.transport.send(method, *self.signed(url, headers, credential), body, **how)
            if response.status in self.refused_tokens:
                text = "the API refused a fresh token (%d): is this account one of %s?"
                raise LoginFailed(text % (response.status, self.address) + self._quoted(response))
        return response

    def signed(self, url, headers, credential):
        """The address, the headers, and the Authorization header or None, for what ``login`` gives as credential."""
        return url, headers, credential

    def accepted(self, method, path, response):
        """``response``, the answer of a write, when the API took it on; otherwise raises ApiError, or OutcomeUnknown
        where the write may have taken effect."""
        if response.status >= 500 and response.status != 501:
            raise OutcomeUnknown(self.refusal(method, path, response))
        return self.checked(method, path, response)

    def checked(self, method, path, response):
        """``response`` when it is a success. Raises ApiError, with the API's own words first, when not."""
        if response.ok:
            return response
        code = self.error_code(response)
        raise ApiError(self.refusal(method, path, response), response.status, method, path, code)

    def refusal(self, method, path, response):
        """Why a request failed (a sentence): the API's own words first; then what was asked, and the status."""
        said = self._own_words(response)
        said = said or self.meanings.get(response.status) or self.words(response.text)
        if response.status in (429, 503) and response.headers.get("Retry-After"):
            said += "; it asks to come back after %s" % self.words(response.headers["Retry-After"])
        return "%s (%s %s: %d)" % (said, method, self.transport.redact(path), response.status)

    def _own_words(self, response):
        return " / ".join(dict.fromkeys(self.words(word) for word in self.said(response) if word))

    def _quoted(self, response):
        """The API's own words about a token that it refused, to stand at the end of a message; or an empty text."""
        said = self._own_words(response)
        return " (it says: %s)" % said if said else ""

    def shown(self, data):
        """The JSON data of an answer as results show it: without passwords, and without this login's own secrets."""
        return without_secrets(masked(data), tuple(self.transport.secrets))

    def words(self, text):
        """What the API says, without secrets, in one line that is not too long."""
        return in_short(self.transport.redact(text)) or "an empty answer"

    def said(self, response):
        """What an error's answer says of it (list of text, the best first; empty ones do not count)."""
        return []

    def error_code(self, response):
        """The API's own code for an error, or None."""
        return None


def encoded(query):
    """``?name=value&...`` from a dict without its None; a list repeats its name, booleans are in lower case."""
    pairs = []
    for name, value in (query or {}).items():
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs.extend((name, str(one).lower() if isinstance(one, bool) else one) for one in values if one is not None)
    return "?" + urlencode(pairs) if pairs else ""

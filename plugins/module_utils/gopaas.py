# SPDX-License-Identifier: GPL-3.0-or-later
"""GoPaaS: its two logins, each with paths of its own, and its documented endpoints.

What is documented, and what is not, is in the guide "GoPaaS".
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from urllib.parse import quote, urljoin, urlsplit

from .addresses import check_address
from .api import Api
from .errors import InvalidInput, UnexpectedAnswer
from .failures import origin
from .oauth import Profile, login_of, words_at
from .transport import transport_of

# The section "oAuth2" of the documentation. Its table spells the grant "Client Credentials", OAuth 2.0 spells it
# client_credentials. A token is good for 60 seconds unless the API user says otherwise; there is no refresh.
GOPAAS = Profile(
    "GoPaaS",
    "GOPAAS",
    "client_credentials",
    client_authentications=("post",),
    said=words_at("msg", "error_description", "error"),
    spellings=("Client Credentials",),
    ready="bearer_token",
    address="url",
)
STATIC, OAUTH2 = "/api", "/api/oauth2"
JSON = "application/json"

_words = words_at("msg", "message", "error")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def connect(params, sender=None):
    """The client for the options of the group ``gopaas_auth`` (see arguments.py). Sends nothing yet."""
    check_address("url", params["url"], ("allow_http", params["allow_http"]))
    _check_login(params)
    transport = transport_of(params, sender)
    base, token, grant = params["url"].rstrip("/"), params["bearer_token"], params["grant_type"]
    profile = replace(GOPAAS, grant=grant, spellings=()) if grant else GOPAAS
    login = login_of(
        profile,
        params,
        transport,
        token_url=base + OAUTH2 + "/access_token/",
        client_authentication="post",
        access_token=token,
    )
    return Gopaas(base, transport, login, STATIC if token else OAUTH2)


def _check_login(params):
    others = [name for name in ("client_id", "client_secret", "grant_type") if params[name]]
    if params["bearer_token"] and others:
        raise InvalidInput(
            "bearer_token and %s contradict each other: one is the token of a user, the other asks for a token (OAuth2)"
            % " and ".join(others)
        )


class Gopaas(Api):
    """The API of one application; ``family`` is where the paths of its login begin (STATIC or OAUTH2)."""

    def __init__(self, address, transport, login, family):
        super().__init__(address, transport, login)
        self.family = family

    def get(self, path, headers=None, body=None):
        """The JSON at ``path``, below the family. Raises ApiError for any other status than 2xx."""
        return self.checked("GET", path, self._call("GET", path, headers, body)).data

    def find(self, path, headers=None, body=None):
        """The JSON at ``path``, or None for a 404 or an empty answer."""
        response = self._call("GET", path, headers, body)
        return None if response.status == 404 else self.checked("GET", path, response).data or None

    def item(self, table, number):
        """The fields (dict) of the item with this id in a table, or None where there is none.

        How a missing one is answered is not documented: a 404 or something empty is taken for that.
        """
        path = "/item/%s/%s/" % (part("table", table), part("id", number))
        data = self.find(path)
        if isinstance(data, list) and len(data) == 1:
            data = data[0]
        if data is not None and (not isinstance(data, dict) or is_message(data)):
            said = ": " + self.words(data["msg"]) if isinstance(data, dict) else ""
            raise UnexpectedAnswer("GET %s answered something other than an item%s" % (path, said))
        return data

    def write(self, table, items):
        """Send items (list of dict) to a table; the JSON answer, or None. Raises ApiError, OutcomeUnknown."""
        path = "/items/%s/" % part("table", table)
        return self._written(path, {"Content-Type": JSON}, json.dumps(items))

    def upload(self, table, name, content):
        """Send a file (bytes) to a table; the JSON answer, or None. Raises ApiError, OutcomeUnknown."""
        path = "/file/%s/" % part("table", table)
        content_type, body = multipart("file", name, content)
        return self._written(path, {"Content-Type": content_type}, body)

    def download_address(self, table, item, field):
        """Where the file in a field of an item (its id or ``cle``) can be downloaded, or None where there is none."""
        path = "/file/%s" % part("table", table)
        body = json.dumps({"itemKey": str(item), "fieldName": field, "type": "URL"})
        data = self.find(path, body=body)
        if data is None:
            return None
        address = data.get("download_url") if isinstance(data, dict) else None
        if not address and isinstance(data, dict) and "download_url" in data:
            return None
        if not isinstance(address, str) or _CONTROL.search(address):
            raise UnexpectedAnswer("GET %s answered without a download_url" % path)
        return self._address(path, address)

    def checksum(self, address, most):
        """The SHA-256 (hex) of the file at a download address, of at most so many bytes; None where there is none.

        The address holds a signed token of its own. So the bearer's is sent only where that does not suffice, and never
        to another host than the API's.
        """
        how = dict(option="download_url", file=most)
        response = self.transport.send("GET", address, {}, **how)
        if response.status in (401, 403) and origin(address) == origin(self.address):
            response = self.transport.send("GET", address, {}, self.login.authorization(), **how)
        if response.status in (404, 410):
            return None
        return self.checked("GET", urlsplit(address).path.rpartition("/")[0] + "/...", response).checksum

    def said(self, response):
        """The text that an error has under ``msg``."""
        return [_words(response)]

    def _address(self, path, address):
        try:
            whole = urljoin(self.address + "/", address)
            parts = urlsplit(whole)
            usable = parts.scheme in ("https", "http") and parts.hostname and "@" not in parts.netloc and origin(whole)
        except ValueError:
            usable = False
        if not usable:
            raise UnexpectedAnswer("GET %s answered with a download_url that is not an address" % path)
        return whole

    def _written(self, path, headers, body):
        response = self._call("POST", path, headers, body)
        return self.accepted("POST", path, response).data

    def _call(self, method, path, headers=None, body=None):
        headers = {"Accept": JSON, "Content-Type": JSON, **(headers or {})}  # of reads too, as in the examples
        return self.request(method, self.family + path, None, headers, body)


def is_message(data):
    """Whether an answer is nothing but the message of an error, whatever its status."""
    return isinstance(data, dict) and set(data) == {"msg"} and isinstance(data["msg"], str)


def part(option, value):
    """A name or an id as a part of a path. Raises InvalidInput, naming the ``option``."""
    text = str(value)
    if text.strip() != text or text in ("", ".", "..") or _CONTROL.search(text):
        raise InvalidInput("%s: %r is neither a name nor an id" % (option, text))
    return quote(text, safe="")


def header(option, text):
    """``text`` as the value of a header: ASCII (str), else UTF-8 (bytes), as curl sends it.

    Raises InvalidInput for what a header cannot hold, and for blanks around it, which are lost on the way.
    """
    check_text(option, text)
    if not text or text.strip() != text:
        raise InvalidInput("%s: %r is empty or has blanks around it; it is sent as a header" % (option, text))
    return text if text.isascii() else text.encode()


def check_text(option, text):
    """Refuse, with InvalidInput, a line break or another control character in a part of a header."""
    if _CONTROL.search(text):
        raise InvalidInput("%s: %r holds a line break or another control character" % (option, text))


def multipart(field, name, content):
    """A form with one file: its content type (with the boundary), and its body (bytes)."""
    if not name or _CONTROL.search(name) or "/" in name or "\\" in name:
        raise InvalidInput("name: %r is not the name of a file" % name)
    boundary = uuid.uuid4().hex
    head = '--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n' % (
        boundary,
        field,
        name.replace('"', "%22"),  # as browsers do
    )
    body = (head + "Content-Type: application/octet-stream\r\n\r\n").encode() + content
    return "multipart/form-data; boundary=" + boundary, body + ("\r\n--%s--\r\n" % boundary).encode()

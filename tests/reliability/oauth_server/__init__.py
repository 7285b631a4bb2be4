# SPDX-License-Identifier: GPL-3.0-or-later
"""The OAuth servers of the tests as processes, and APIs that ask them whether a token is good."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import subprocess
import threading
from types import SimpleNamespace

import requests
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from simulator import Simulator, companions

HERE = pathlib.Path(__file__).parent
SECONDS = 60  # for what takes a moment; the machine may be busy


class OAuthServer:
    """A running token server. ``clients`` are pairs of an id and a secret, ``lifetime`` is in seconds.

    ``command`` starts it. ``config``: ``refresh``, seconds that a refresh token is good (none: there is none);
    ``operator``, a user and his password; ``jwt``, the user of whom its tokens tell.
    """

    def __init__(self, command, clients, lifetime=600, **config):
        self.clients = clients
        given = json.dumps({"clients": clients, "lifetime": lifetime, **config})
        self._process = subprocess.Popen(
            [*command, given],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        first = next((line for line in self._process.stdout if line.startswith("{")), None)
        assert first, "the token server does not start"
        threading.Thread(target=self._process.stdout.read, daemon=True).start()
        self.url = json.loads(first)["url"]
        self.token_url = self.url + "/token"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(SECONDS)

    @property
    def asked(self):
        """The token requests (list of dict with grant, way, status and error)."""
        return requests.get(self.url + "/asked", timeout=SECONDS).json()

    def is_active(self, token):
        """Whether the server knows the token, and it is good (RFC 7662)."""
        answer = self._ask("/introspection", token)
        assert answer.status_code == 200, answer.text
        return answer.json()["active"]

    def revoke(self, token):
        """RFC 7009"""
        assert self._ask("/revocation", token).status_code == 200

    def is_signed(self, jwt):
        """Whether this server has signed a JWT."""
        head, claims, signature = (part + "=" * (-len(part) % 4) for part in jwt.split("."))
        wanted = json.loads(base64.urlsafe_b64decode(head))["kid"]
        keys = requests.get(self.url + "/jwks", timeout=SECONDS).json()["keys"]
        key = next(one for one in keys if one["kid"] == wanted)
        number, exponent = (int.from_bytes(base64.urlsafe_b64decode(key[name] + "=="), "big") for name in ("n", "e"))
        signed = ("%s.%s" % (head.rstrip("="), claims.rstrip("="))).encode()
        try:
            public = RSAPublicNumbers(exponent, number).public_key()
            public.verify(base64.urlsafe_b64decode(signature), signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def _ask(self, path, token):
        name, secret = self.clients[0]
        form = {"token": token, "client_id": name, "client_secret": secret}
        return requests.post(self.url + path, data=form, timeout=SECONDS)


def oidc_provider(*clients, **config):
    """The server of npm's oidc-provider. It URL-decodes Basic credentials, as RFC 6749 says (2.3.1)."""
    program = pathlib.Path(os.environ["OAUTH_SERVER"]) / "server.mjs"
    return OAuthServer(["node", program], clients, **config)


def authlib(*clients, **config):
    """The server of PyPI's Authlib. It takes Basic credentials as they are, and has the grant ``password``."""
    return OAuthServer([os.environ["AUTHLIB_PYTHON"], HERE / "authlib_server.py"], clients, **config)


BOTH = {"oidc-provider": oidc_provider, "authlib": authlib}


def bearer(authorization):
    """The token in an Authorization header, or None."""
    scheme, _blank, token = (authorization or "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None


def _is_good(server, token):
    return bool(token) and server.is_active(token)


class Itcare(Simulator):
    """The ITCare API, whose tokens are those of a real server."""

    def __init__(self, server, **settings):
        super().__init__(**settings)
        self.world.tokens = SimpleNamespace(valid=lambda header: _is_good(server, bearer(header)))


class Cockpit(companions.Cockpit):
    """A portal that hands its login on to a real server."""

    def __init__(self, server):
        self._server = server
        super().__init__()

    async def _answer(self, request, raw, connection):
        if request.path != "/oauth/token":
            return await super()._answer(request, raw, connection)
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")}
        answer = requests.post(self._server.token_url, data=raw, headers=headers, timeout=SECONDS)
        return web.Response(status=answer.status_code, body=answer.content, content_type="application/json")

    def authorized(self, call):
        return _is_good(self._server, bearer(call.headers.get("Authorization")))


class OpenvCloud(companions.OpenvCloud):
    """A platform that takes the JWTs that a real server has signed."""

    def __init__(self, server):
        self._server = server
        super().__init__()

    def authorized(self, call):
        self._refused = 401
        token = bearer(call.headers.get("Authorization"))
        return bool(token) and self._server.is_signed(token)

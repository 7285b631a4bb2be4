# SPDX-License-Identifier: GPL-3.0-or-later
"""Authlib with the clients and the operator of a test: python authlib_server.py '{"clients": [...], "lifetime": 60}'

Prints its address as JSON, and tells at /asked of the token requests so far. Client authentication, grants, rotation,
introspection and revocation are the library's; here is only where tokens are kept.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # on the loopback interface

from authlib.integrations.flask_oauth2 import AuthorizationServer  # noqa: E402
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants  # noqa: E402
from authlib.oauth2.rfc7009 import RevocationEndpoint  # noqa: E402
from authlib.oauth2.rfc7662 import IntrospectionEndpoint  # noqa: E402
from flask import Flask, request  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

CONFIG = json.loads(sys.argv[1])
BOTH_WAYS = ["client_secret_basic", "client_secret_post"]
SECRETS = dict(CONFIG["clients"])
TOKENS, ASKED = [], []


class Client(ClientMixin):
    def __init__(self, name):
        self.client_id = name

    def get_client_id(self):
        return self.client_id

    def get_allowed_scope(self, scope):
        return scope or ""

    def check_client_secret(self, client_secret):
        return client_secret == SECRETS[self.client_id]

    def check_endpoint_auth_method(self, method, endpoint):
        return method in BOTH_WAYS

    def check_grant_type(self, grant_type):
        return True


class Token(TokenMixin):
    def __init__(self, client, told, user):
        self.client, self.told, self.user = client, told, user
        self.issued, self.revoked = time.time(), False

    def check_client(self, client):
        return client.client_id == self.client.client_id

    def get_scope(self):
        return self.told.get("scope", "")

    def get_expires_in(self):
        return self.told["expires_in"]

    def get_user(self):
        return self.user

    def get_client(self):
        return self.client

    def is_revoked(self):
        return self.revoked

    def is_expired(self):
        return time.time() > self.issued + self.told["expires_in"]


def known(text, *names):
    return next((one for one in TOKENS if text in [one.told.get(name) for name in names]), None)


class ByClient(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = BOTH_WAYS


class ByPassword(grants.ResourceOwnerPasswordCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = BOTH_WAYS

    def authenticate_user(self, username, password):
        return username if [username, password] == CONFIG.get("operator") else None


class ByRefreshToken(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = BOTH_WAYS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        found = known(refresh_token, "refresh_token")
        return None if found is None or found.revoked else found

    def authenticate_user(self, refresh_token):
        return refresh_token.user

    def revoke_old_credential(self, refresh_token):
        refresh_token.revoked = True


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = BOTH_WAYS

    def check_permission(self, token, client, request):
        return True

    def query_token(self, token_string, token_type_hint):
        return known(token_string, "access_token", "refresh_token")

    def introspect_token(self, token):
        return {"active": True}  # it has been looked at whether it is


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = BOTH_WAYS

    def query_token(self, token_string, token_type_hint):
        return known(token_string, "access_token", "refresh_token")

    def revoke_token(self, token, request):
        token.revoked = True


app = Flask(__name__)
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = bool(CONFIG.get("refresh"))
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = dict.fromkeys(
    ("client_credentials", "password", "refresh_token"), CONFIG["lifetime"]
)
server = AuthorizationServer(
    app,
    query_client=lambda name: Client(name) if name in SECRETS else None,
    save_token=lambda token, asked: TOKENS.append(Token(asked.client, token, asked.user)),
)
for grant in (ByClient, ByPassword, ByRefreshToken):
    server.register_grant(grant)
for endpoint in (Introspection, Revocation):
    server.register_endpoint(endpoint)


@app.post("/token")
def token():
    answer = server.create_token_response()
    body = answer.get_json(silent=True) or {}
    ASKED.append(
        dict(
            grant=request.form.get("grant_type"),
            way="basic" if request.authorization else "post",
            status=answer.status_code,
            error=body.get("error_description") or body.get("error"),
        )
    )
    return answer


@app.get("/asked")
def asked():
    return ASKED


@app.post("/introspection")
def introspection():
    return server.create_endpoint_response(Introspection.ENDPOINT_NAME)


@app.post("/revocation")
def revocation():
    return server.create_endpoint_response(Revocation.ENDPOINT_NAME)


class Silent(WSGIRequestHandler):
    def log(self, *arguments):
        pass


running = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
print(json.dumps({"url": "http://127.0.0.1:%d" % running.port}), flush=True)
running.serve_forever()

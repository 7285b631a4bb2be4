# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: one request from its first byte to its last.

The standard library's server is used because faults need the raw socket, and keep-alive needs whole answers
written at once: headers and body in two packets would wait for a delayed ACK (40 ms).
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import (
    contract,
    control,
    families,  # noqa: F401  its import registers the handlers
    oauth,
)
from .actions import Action, accepted
from .answer import Answer
from .call import HANDLERS, Call, DryRun, Refusal
from .exercised import Exercised
from .faults import Fault, Faults
from .journal import Journal, without_secrets
from .seed import seed
from .settings import Settings
from .state import State

DRY_RUN_HEADER = "ITCare-DryRun"


class Hangup(Exception):
    """No proper answer is sent: the bytes (perhaps none) and how the connection ends."""

    def __init__(self, raw: bytes = b"", reset: bool = False):
        super().__init__()
        self.raw, self.reset = raw, reset


class World:
    """All that the simulator keeps: estate, tokens, journal, faults, settings."""

    def __init__(self, instances: int = 0, **settings):
        self.initial, self.instances = settings, instances
        self.lock = threading.RLock()
        self.tokens = oauth.Tokens()
        self.journal = Journal()
        self.faults = Faults()
        self.exercised = Exercised()
        self.reset()

    def reset(self) -> None:
        """Back to the seed and to the settings of the start; tokens stay good."""
        with self.lock:
            self.settings = Settings(**self.initial)
            self.state: State = seed(self.settings, self.instances)
            self.journal.clear()
            self.faults.clear()

    def configure(self, changes: dict) -> None:
        with self.lock:
            self.settings.change(changes)

    def settled(self) -> State:
        """The estate after everything that has come due; hold the lock."""
        self.state.actions.settle()
        return self.state


class Server(ThreadingHTTPServer):
    """Serves one world on a loopback port."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, world: World, port: int = 0, tls: ssl.SSLContext | None = None):
        self.world = world
        self.tls = tls
        self.connection_ids = itertools.count(1)
        self.open_connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def get_request(self):
        connection, address = super().get_request()
        if self.tls is not None:
            # The handshake happens with the first read, in the connection's own thread.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def server_close(self):
        """Stops listening and cuts the connections that are still open, as a process that ends does."""
        super().server_close()
        for connection in list(self.open_connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request, client_address):
        """Clients that go away are everyday life here; anything else is a bug and shall be seen."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self):
        super().setup()
        self.connection_id = next(self.server.connection_ids)
        self.server.open_connections.add(self.connection)

    def finish(self):
        self.server.open_connections.discard(self.connection)
        super().finish()

    def _serve(self):
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(Answer(411))
            return
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        world = self.server.world
        try:
            if path.startswith(control.PREFIX):
                answer = control.answer(world, self.command, path[len(control.PREFIX) :], query, raw)
            elif path == oauth.DISCOVERY_PATH:
                base = f"{'https' if self.server.tls else 'http'}://127.0.0.1:{self.server.server_port}"
                answer = Answer(200, {"issuer": base + oauth.REALM, "token_endpoint": base + oauth.TOKEN_PATH})
            else:
                answer = Exchange(world, self, path, query, raw).answer()
        except Hangup as hangup:
            self._hang_up(hangup)
            return
        self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _send(self, answer: Answer) -> None:
        self.connection.sendall(self.rendered(answer))

    def rendered(self, answer: Answer) -> bytes:
        """The answer as it goes over the wire."""
        lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status not in (204, 304):
            lines.append(f"Content-Length: {len(answer.raw)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head if self.command == "HEAD" else head + answer.raw

    def _hang_up(self, hangup: Hangup) -> None:
        self.close_connection = True
        if hangup.raw:
            self.connection.sendall(hangup.raw)
        if hangup.reset:
            # With a linger time of zero, closing sends RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

    def log_message(self, *_):
        """The journal is the log."""


class Exchange:
    """One request to the API or to the token endpoint, and its answer."""

    def __init__(self, world: World, handler: Handler, path: str, query: str, raw: bytes):
        self.world, self.handler, self.query, self.raw = world, handler, query, raw
        self.method, self.headers = handler.command, handler.headers
        self.is_token = path == oauth.TOKEN_PATH
        self.in_api = path.startswith(contract.BASE + "/")
        self.path = path[len(contract.BASE) :] if self.in_api else path
        operations, self.path_texts = contract.load().route(self.path) if self.in_api else ({}, {})
        self.operation = operations.get(self.method)
        self.known_path = bool(operations)
        self.fault: Fault | None = None
        authorization = self.headers.get("Authorization")
        self.authorized = world.tokens.valid(authorization)
        self.dry_run = self.headers.get(DRY_RUN_HEADER, "").lower() == "true"
        self.entry = world.journal.add(
            time=time.time(),
            method=self.method,
            path=self.path,
            operation=self.operation.id if self.operation else None,
            query=without_secrets(dict(urllib.parse.parse_qsl(query, keep_blank_values=True))),
            body=None if self.is_token else without_secrets(_json(raw)),
            headers=without_secrets(dict(self.headers.items())),
            authorized=self.authorized,
            status=None,
            write=self.in_api and self.method in ("POST", "PUT", "PATCH", "DELETE"),
            dry_run=self.dry_run,
            applied=False,
            violation=None,
            token=self.is_token,
            connection=handler.connection_id,
        )

    def answer(self) -> Answer:
        """The answer, the faults' doing included."""
        if self.in_api and self.world.settings.latency:
            time.sleep(self.world.settings.latency)
        fault = self.fault = self.world.faults.strike(self.method, self.path, self.operation, self.is_token)
        answer = self._before(fault) or self._act()
        if fault and fault.kind == "fail_action" and not self.entry["applied"]:
            self.world.faults.give_back(fault)
        answer = self._after(fault, answer)
        self.entry["status"] = answer.status
        return answer

    def _before(self, fault: Fault | None) -> Answer | None:
        """What a fault does instead of acting."""
        if fault is None:
            return None
        if fault.kind == "reset_before":
            raise Hangup(reset=True)
        if fault.kind == "hang":
            time.sleep(3600 if fault.seconds is None else fault.seconds)
            raise Hangup
        if fault.kind == "slow":
            time.sleep(1 if fault.seconds is None else fault.seconds)
        if fault.kind == "redirect":
            return Answer(fault.status or 302, headers={"Location": fault.location, **fault.headers})
        if fault.kind in ("status", "error_before"):
            return _fault_answer(fault)
        return None

    def _after(self, fault: Fault | None, answer: Answer) -> Answer:
        """What a fault does to an answer whose effect was applied."""
        if fault is None:
            return answer
        if fault.kind == "reset_after":
            raise Hangup(reset=True)
        if fault.kind == "error_after":
            return _fault_answer(fault)
        if fault.kind == "truncate":
            whole = self.handler.rendered(answer)
            raise Hangup(whole[: len(whole) - max(1, len(answer.raw) // 2)])
        if fault.kind == "truncate_json":
            answer.raw = answer.raw[: len(answer.raw) // 2]
        return answer

    def _act(self) -> Answer:
        if self.is_token:
            return self._token()
        if not self.in_api:
            return self._violation(f"{self.method} outside the API", 404)
        if not self.authorized:
            return Answer(401)
        if self.operation is None:
            return self._violation(
                "the method is not documented for this path" if self.known_path else "the path is not documented",
                405 if self.known_path else 404,
            )
        try:
            return self._operate()
        except contract.Violation as violation:
            return self._violation(str(violation), 400)
        except Refusal as refusal:
            if refusal.status == 400 and self.method != "HEAD":
                return Answer(400, _error(str(refusal)))
            return Answer(refusal.status)

    def _token(self) -> Answer:
        if self.method != "POST":
            return Answer(405)
        status, body = self.world.tokens.answer(
            self.world.settings, self.headers.get("Authorization"), self.headers.get("Content-Type"), self.raw
        )
        return Answer(status, body, headers={"Cache-Control": "no-store"})

    def _operate(self) -> Answer:
        operation, world = self.operation, self.world
        any_group = world.settings.patch_group == "any"
        path = contract.read_path(operation, self.path_texts)
        query = contract.read_query(operation, self.query)
        body = contract.read_body(operation, self.headers.get("Content-Type"), self.raw, any_group)
        world.exercised.note(operation.id)
        with world.lock:
            state = world.settled()
            call = Call(operation, path, query, body, state)
            call.rehearsal = self.dry_run and operation.writes and world.settings.honours_dry_run(operation.id)
            if self.fault and self.fault.kind == "fail_action":
                call.failure = self.fault.message
            if self.fault and self.fault.kind == "stale_page":
                call.shift = self.fault.change
            try:
                result = HANDLERS[operation.id](call)
            except DryRun:
                return Answer(200, {}, headers={DRY_RUN_HEADER: "true"})
            self.entry["applied"] = call.applied
            return self._render(result)

    def _render(self, result: object) -> Answer:
        """The documented answer for what a handler returned."""
        operation = self.operation
        if isinstance(result, Answer):
            return result
        if isinstance(result, Action):
            status, body = accepted(self.world.settings, operation, result)
            return Answer(status, body, operation.answers[min(operation.answers)][0])
        status = min(operation.answers)
        if isinstance(result, dict) and "content" in result and self.fault:
            _distort(result, self.fault.kind)
        return Answer(status, result, operation.answers[status][0])

    def _violation(self, text: str, status: int) -> Answer:
        self.entry["violation"] = text
        return Answer(400, _error(text)) if status == 400 and self.method != "HEAD" else Answer(status)


def _distort(page: dict, kind: str) -> None:
    rows = page["content"]
    if kind == "duplicate_row" and len(rows) > 1:
        rows[-1] = rows[0]
    if kind == "short_page" and rows:
        rows.pop()


def _fault_answer(fault: Fault) -> Answer:
    return Answer(fault.status or 503, fault.body.encode() or None, fault.content_type, fault.headers)


def _error(message: str) -> dict:
    return {"status": "400", "errorCode": "BAD_REQUEST", "errorDesc": "Bad Request", "errorMessage": message}


def _json(raw: bytes) -> object:
    """The body for the journal; what is no JSON is not kept: it cannot be searched for secrets."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return "(not JSON)"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"

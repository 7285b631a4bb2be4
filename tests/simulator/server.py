# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: one request from its first byte to its last.

All requests are handled in one event loop. What a handler computes blocks it, which costs nothing: handlers take turns
under the world's lock anyway. Only waiting (latency, faults) is asynchronous.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import ssl
import struct
import threading
import time
import urllib.parse
import weakref

from aiohttp import web

from . import contract, control, mutate, oauth, offers
from .actions import Action, accepted
from .answer import Answer
from .call import Call, DryRun, Refusal
from .exercised import Exercised
from .families import HANDLERS
from .faults import Fault, Faults
from .journal import Journal, without_secrets
from .seed import seed
from .settings import Settings
from .state import State
from .texts import numbers_as_text

DRY_RUN_HEADER = "ITCare-DryRun"
# As much as the longest list of names in a query needs.
LONGEST_LINE = 65536


class Hangup(Exception):
    """No answer is sent; the connection is closed, or reset."""

    def __init__(self, reset: bool = False):
        super().__init__()
        self.reset = reset


class World:
    """All that the simulator keeps: estate, tokens, journal, faults, settings."""

    def __init__(self, instances: int = 0, **settings):
        self.initial, self.instances = settings, instances
        self.lock = threading.RLock()
        self.tokens = oauth.Tokens()
        self.journal = Journal()
        self.faults = Faults()
        self.exercised = Exercised()
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Back to the seed and to the settings of the start; tokens stay good."""
        with self.lock:
            self.settings = Settings(**self.initial)
            self.state: State = seed(self.settings, self.instances)
            self.journal.clear()
            self.faults.clear()

    def calm(self) -> None:
        """Back to the settings of the start, and no fault is waiting; the estate and the journal stay."""
        with self.lock:
            self.settings.change(Settings(**self.initial))
            self.faults.clear()

    def configure(self, changes: dict) -> None:
        with self.lock:
            self.settings.change(changes)

    def settled(self) -> State:
        """The estate after everything that has come due; hold the lock."""
        self.state.settle()
        return self.state


class Server:
    """Serves one world on a loopback port, from a thread of its own."""

    def __init__(self, world: World, port: int = 0, tls: ssl.SSLContext | None = None):
        self.world, self._tls = world, tls
        self._socket = socket.create_server(("127.0.0.1", port), backlog=128)
        self.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"
        self._connections: weakref.WeakKeyDictionary[asyncio.Transport, int] = weakref.WeakKeyDictionary()
        self._connection_ids = itertools.count(1)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        started.wait()

    def stop(self) -> None:
        """Stops listening and cuts the connections that are still open, as a process that ends does."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()
            self._thread = None
        self._socket.close()

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        application = web.Application(client_max_size=0)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(
            application,
            access_log=None,  # The journal is the log.
            auto_decompress=False,
            keepalive_timeout=3600,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            shutdown_timeout=0.01,
        )
        await runner.setup()
        await web.SockSite(runner, self._socket, ssl_context=self._tls).start()
        started.set()
        await self._stopped.wait()
        for connection in runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        transport = request.transport
        if transport is None:  # The client has gone already.
            return web.Response()
        try:
            raw = await request.read()
            return await self._answer(request, raw, self._connection_id(transport))
        except Hangup as hangup:
            if hangup.reset and not transport.is_closing():
                # With a linger time of zero, closing sends RST instead of FIN.
                connection = transport.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        except ConnectionError:
            pass  # The client went away before it had sent all of its request.
        return web.Response()  # aiohttp wants one; it finds the connection closed.

    def _connection_id(self, transport: asyncio.Transport) -> int:
        if transport not in self._connections:
            self._connections[transport] = next(self._connection_ids)
        return self._connections[transport]

    async def _answer(self, request: web.Request, raw: bytes, connection: int) -> web.Response:
        if "Transfer-Encoding" in request.headers:
            return _response(Answer(411))
        path, _mark, query = request.raw_path.partition("?")
        if path.startswith(control.PREFIX):
            return _response(control.answer(self.world, request.method, path[len(control.PREFIX) :], query, raw))
        if path == oauth.DISCOVERY_PATH:
            issuer, token = self.base_url + oauth.REALM, self.base_url + oauth.TOKEN_PATH
            return _response(Answer(200, {"issuer": issuer, "token_endpoint": token}))
        return await Exchange(self.world, request, path, query, raw, connection).response()


class Exchange:
    """One request to the API or to the token endpoint, and its answer."""

    def __init__(self, world: World, request: web.Request, path: str, query: str, raw: bytes, connection: int):
        self.world, self.request, self.query, self.raw = world, request, query, raw
        self.method, self.headers = request.method, request.headers
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
            connection=connection,
        )

    async def response(self) -> web.Response:
        """The answer, the faults' doing included; 429 when the API has enough to do (setting requests_in_flight)."""
        if not self.in_api:
            return await self._served()
        settings = self.world.settings
        if 0 < settings.requests_in_flight <= self.world.in_flight:
            self.entry["status"] = 429
            headers = {} if settings.retry_after is None else {"Retry-After": f"{settings.retry_after:g}"}
            return _response(Answer(429, headers=headers))
        self.world.in_flight += 1
        try:
            if settings.latency:
                await asyncio.sleep(settings.latency)
            return await self._served()
        finally:
            self.world.in_flight -= 1

    async def _served(self) -> web.Response:
        fault = self.fault = self.world.faults.strike(self.method, self.path, self.operation, self.is_token)
        if fault:
            await self._wait(fault)
        answer = self._before(fault) or self._act()
        if fault and fault.kind == "fail_action" and not self.entry["applied"]:
            self.world.faults.give_back(fault)
        if fault and fault.kind == "truncate":
            return self._truncated(answer)
        answer = self._after(fault, answer)
        self.entry["status"] = answer.status
        return _response(answer)

    async def _wait(self, fault: Fault) -> None:
        if fault.kind == "slow":
            await asyncio.sleep(1 if fault.seconds is None else fault.seconds)
        if fault.kind == "hang":
            await asyncio.sleep(3600 if fault.seconds is None else fault.seconds)
            raise Hangup

    def _before(self, fault: Fault | None) -> Answer | None:
        """What a fault does instead of acting."""
        if fault is None:
            return None
        if fault.kind == "reset_before":
            raise Hangup(reset=True)
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
        if fault.kind == "truncate_json":
            answer.raw = answer.raw[: len(answer.raw) // 2]
        if fault.kind == "mutate":
            answer.raw = mutate.mutated(answer.raw, fault.drop, fault.set)
        return answer

    def _truncated(self, answer: Answer) -> web.Response:
        """Half of the answer, announced as the whole; then the connection closes."""
        self.request.protocol.close()
        size = len(answer.raw)
        answer.headers["Content-Length"] = size
        answer.raw = answer.raw[: size - max(1, size // 2)]
        return _response(answer)

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
        query = contract.read_query(operation, self.query, world.settings.repeated_query)
        body = contract.read_body(operation, self.headers.get("Content-Type"), self.raw, any_group)
        with world.lock:
            state = world.settled()
            call = Call(operation, path, query, body, state)
            answer = offers.withheld(operation.id, world.settings.catalogue)
            if answer is not None:
                return answer
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
            return self._noted(self._render(result), body)

    def _noted(self, answer: Answer, body: object) -> Answer:
        """The answer, and note what was exercised if it is a success."""
        if answer.status < 400:
            self.world.exercised.note(self.operation, body, self.headers.get("User-Agent"))
        return answer

    def _render(self, result: object) -> Answer:
        """The documented answer for what a handler returned."""
        operation = self.operation
        if isinstance(result, Answer):
            return result
        if isinstance(result, Action):
            status, body = accepted(self.world.state, operation, result)
            return Answer(status, body, operation.answers[min(operation.answers)][0])
        if self.world.settings.numbers_as_text:
            result = numbers_as_text(result)
        status = min(operation.answers)
        if isinstance(result, dict) and "content" in result and self.fault:
            _distort(result, self.fault.kind)
        return Answer(status, result, operation.answers[status][0])

    def _violation(self, text: str, status: int) -> Answer:
        self.entry["violation"] = text
        return Answer(400, _error(text)) if status == 400 and self.method != "HEAD" else Answer(status)


def _response(answer: Answer) -> web.Response:
    """An answer as aiohttp sends it."""
    headers = {name: str(value) for name, value in answer.headers.items()}
    return web.Response(status=answer.status, headers=headers, body=answer.raw)


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

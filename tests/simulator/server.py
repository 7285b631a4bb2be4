# SPDX-License-Identifier: GPL-3.0-or-later
"""ITCare over HTTP: one request from its first byte to its last."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
import urllib.parse

from aiohttp import web

from . import contract, control, oauth, offers
from .actions import Action, accepted
from .answer import Answer
from .call import Call, DryRun, Refusal
from .exercised import Exercised
from .families import HANDLERS
from .faults import Fault, Faults
from .http_server import HttpServer, afterwards, instead, response, truncated, wait_for
from .journal import Journal, without_secrets
from .seed import seed
from .settings import Settings
from .state import State
from .texts import rewritten

DRY_RUN_HEADER = "ITCare-DryRun"


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


class Server(HttpServer):
    """Serves one world on a loopback port, from a thread of its own."""

    def __init__(self, world: World, port: int = 0, tls: ssl.SSLContext | None = None):
        super().__init__(port, tls)
        self.world = world

    async def _answer(self, request: web.Request, raw: bytes, connection: int) -> web.Response:
        if "Transfer-Encoding" in request.headers:
            return response(Answer(411))
        path, _mark, query = request.raw_path.partition("?")
        if path.startswith(control.PREFIX):
            return response(control.answer(self.world, request.method, path[len(control.PREFIX) :], query, raw))
        if path == oauth.DISCOVERY_PATH:
            issuer, token = self.base_url + oauth.REALM, self.base_url + oauth.TOKEN_PATH
            return response(Answer(200, {"issuer": issuer, "token_endpoint": token}))
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
            return response(Answer(429, headers=headers))
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
            await wait_for(fault)
        answer = instead(fault) or self._act()
        if fault and fault.kind == "fail_action" and not self.entry["applied"]:
            self.world.faults.give_back(fault)
        if fault and fault.kind == "truncate":
            return truncated(self.request, answer)
        answer = afterwards(fault, answer)
        self.entry["status"] = answer.status
        return response(answer)

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
        result = rewritten(result, self.world.settings)
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


def _error(message: str) -> dict:
    return {"status": "400", "errorCode": "BAD_REQUEST", "errorDesc": "Bad Request", "errorMessage": message}


def _json(raw: bytes) -> object:
    """The body for the journal; what is no JSON is not kept: it cannot be searched for secrets."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return "(not JSON)"

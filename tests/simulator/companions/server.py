# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulators of the companion systems share: requests, faults, the journal and its control interface."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from .. import control
from ..answer import Answer
from ..exercised import Exercised
from ..faults import Faults
from ..http_server import HttpServer, afterwards, instead, response, truncated, wait_for
from ..journal import Journal, without_secrets


class Violation(Exception):
    """The request is not as the documentation says; the text is for whoever wrote the request."""


@dataclass(frozen=True)
class Operation:
    """A documented operation: its id ("system.name"), its method and path (a regular expression for the whole path).

    `handler(companion, call)` answers an Answer, or JSON data for a 200. `signed`: whether a token is needed.
    """

    id: str
    method: str
    path: str
    handler: Callable
    writes: bool = False
    signed: bool = True
    options: tuple = ()
    paged: bool = False
    token: bool = False


@dataclass
class Call:
    """One request as a handler sees it."""

    operation: Operation
    parts: tuple[str, ...]
    query: dict
    headers: object
    raw: bytes
    applied: bool = False
    notes: dict = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def form(self) -> dict:
        """The fields of a form. Raises Violation for anything else."""
        if self.content_type != "application/x-www-form-urlencoded":
            raise Violation(f"a form was expected, not {self.content_type or 'a body without a type'}")
        return dict(urllib.parse.parse_qsl(self.raw.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> object:
        """The JSON of the body. Raises Violation for anything else."""
        if self.content_type != "application/json":
            raise Violation(f"JSON was expected, not {self.content_type or 'a body without a type'}")
        try:
            return json.loads(self.raw)
        except ValueError:
            raise Violation("the body is not JSON") from None


class Companion(HttpServer):
    """A running companion system. Use it as a context manager, or call `start()` and `stop()`.

    A class over this one gives its names, `operations` (their ids begin with its name), `settings_class` and `login`,
    and says what is signed and how it refuses.
    """

    name = ""  # one word
    system = ""
    login: dict = {}  # the options of a module, but for the address
    operations: tuple[Operation, ...] = ()
    settings_class: type = object

    def __init__(self, port: int = 0, **settings):
        super().__init__(port)
        self.initial = settings
        self.lock = threading.RLock()
        self.journal, self.faults, self.exercised = Journal(), Faults(), Exercised()
        self.tokens = self.new_tokens()
        self.reset()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    # What a system has of its own

    def new_tokens(self):
        """The tokens handed out: an object with `revoke()`."""
        raise NotImplementedError

    def seed(self) -> None:
        """Fill the system with its first data."""

    def authorized(self, call: Call) -> bool:
        """Whether a request brings a token that is good."""
        raise NotImplementedError

    def refusal(self, status: int, text: str = "") -> Answer:
        """How the system answers an error."""
        return Answer(status)

    # For tests

    @property
    def control_url(self) -> str:
        return self.base_url + control.PREFIX.rstrip("/")

    @property
    def url(self) -> str:
        """The address that the user gives."""
        return self.base_url

    def announcement(self) -> dict:
        """What a client needs to know."""
        return {"url": self.url, "login": self.login, "control_url": self.control_url}

    def reset(self) -> None:
        """Back to the first data and settings; tokens stay good."""
        with self.lock:
            self.settings = self.settings_class(**self.initial)
            self.journal.clear()
            self.faults.clear()
            self.seed()

    def calm(self) -> None:
        """Back to the first settings, without faults; the data and the journal stay."""
        with self.lock:
            self.settings = self.settings_class(**self.initial)
            self.faults.clear()

    def configure(self, changes: dict | None = None, **settings) -> None:
        """Change settings. Raises ValueError for one that does not exist."""
        with self.lock:
            for name, value in {**(changes or {}), **settings}.items():
                if name not in vars(self.settings):
                    raise ValueError(f"unknown setting {name}")
                setattr(self.settings, name, value)

    def fault(self, kind: str, *, times=1, after=0, method=None, path=None, operation=None, token=False, **options):
        """Queues a fault (faults.py): which requests it is for, how often, and what its kind needs."""
        match = {"method": method, "path": path, "operation": operation, "token": token or None}
        match = {name: value for name, value in match.items() if value is not None}
        self.faults.add({"kind": kind, "match": match, "times": times, "after": after, **options})

    def requests(self, **wanted) -> list[dict]:
        """The requests of the journal that are not for a token."""
        return self.journal.entries(token=False, **wanted)

    def writes(self, **wanted) -> list[dict]:
        """The requests that may change something; applied=True for those that took effect."""
        return self.journal.entries(write=True, **wanted)

    def token_requests(self) -> list[dict]:
        return self.journal.entries(token=True)

    def violations(self) -> list[str]:
        """What requests broke the documentation, as texts."""
        entries = [entry for entry in self.journal.entries() if entry["violation"]]
        return [f"{entry['method']} {entry['path']}: {entry['violation']}" for entry in entries]

    def clear_violations(self) -> None:
        """Forget what broke the documentation: the test meant it."""
        for entry in self.journal.entries():
            entry["violation"] = None

    # One request

    async def _answer(self, request: web.Request, raw: bytes, connection: int) -> web.Response:
        path, _mark, query = request.raw_path.partition("?")
        if path.startswith(control.PREFIX):
            return response(control.answer(self, request.method, path[len(control.PREFIX) :], query, raw))
        operation, parts = self._route(request.method, path)
        texts = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        call = Call(operation, parts, texts, request.headers, raw)
        token = bool(operation and operation.token)
        entry = self.journal.add(
            time=time.time(),
            method=request.method,
            path=path,
            operation=operation.id if operation else None,
            query=without_secrets(texts),
            body=None if token else without_secrets(_json(raw)),
            headers=without_secrets(dict(request.headers.items())),
            authorized=None,
            status=None,
            write=bool(operation and operation.writes),
            applied=False,
            violation=None,
            token=token,
            connection=connection,
        )
        if self.settings.latency:
            await asyncio.sleep(self.settings.latency)
        fault = self.faults.strike(request.method, path, operation, token)
        if fault:
            await wait_for(fault)
        answer = instead(fault) or self._act(call, entry)
        if fault and fault.kind == "truncate":
            return truncated(request, answer)
        answer = afterwards(fault, answer)
        entry["status"] = answer.status
        return response(answer)

    def _route(self, method: str, path: str) -> tuple[Operation | None, tuple[str, ...]]:
        for operation in self.operations:
            found = re.fullmatch(operation.path, path) if operation.method == method else None
            if found:
                return operation, tuple(urllib.parse.unquote(part) for part in found.groups())
        return None, ()

    def _act(self, call: Call, entry: dict) -> Answer:
        if call.operation is None:
            entry["violation"] = "it is not documented"
            return self.refusal(404)
        with self.lock:
            entry["authorized"] = not call.operation.signed or self.authorized(call)
            if not entry["authorized"]:
                return self.refusal(401)
            try:
                result = call.operation.handler(self, call)
            except Violation as violation:
                entry["violation"] = str(violation)
                return self.refusal(400, str(violation))
        answer = result if isinstance(result, Answer) else Answer(200, result)
        entry["applied"] = call.applied
        if answer.status < 400:
            self.exercised.note(call.operation, None, call.headers.get("User-Agent"))
        return answer


def _json(raw: bytes) -> object:
    """The body for the journal; what is not JSON is not kept, since it cannot be searched for secrets."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return "(not JSON)"

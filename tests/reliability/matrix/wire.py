# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the collection and the platform: requests go there by function calls, and a fault strikes one of them.

All of the collection is real down to the adapter of requests: what comes back is a response of urllib3, or an exception
as urllib3 and requests raise it. Time passes only while somebody sleeps.
"""

from __future__ import annotations

import datetime
import io
import math
import time
import urllib.parse
from dataclasses import dataclass, field
from types import SimpleNamespace

import urllib3
from requests import adapters, exceptions
from requests.structures import CaseInsensitiveDict

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, transport
from ansible_collections.cegedim.cloud.tests.simulator.server import Exchange
from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz, readings

_ONCE = transport.Transport._once
_PROBLEMS = urllib3.exceptions


@dataclass
class Reply:
    """An answer on its way: ``raw`` (bytes) is the body; ``announced``: its length as the header has it."""

    status: int
    raw: bytes = b""
    headers: dict = field(default_factory=dict)
    announced: int = None


@dataclass
class Request:
    """A request as it was sent. ``order``: the platform has acted on it; ``shown``: the body of its answer."""

    method: str
    url: str
    headers: dict
    body: bytes
    is_token: bool
    status: int = None
    order: bool = False
    shown: bytes = None

    @property
    def path(self):
        return urllib.parse.urlsplit(self.url).path

    def __str__(self):
        return "%s %s -> %s" % (self.method, self.url, self.status)


@dataclass
class Order:
    """A write that the platform has acted on, and the actions that it started."""

    key: tuple
    actions: list

    @property
    def took_effect(self):
        return not self.actions or any(one.failure is None for one in self.actions)


def broken(problem, url):
    """The exception of requests for what happens to a connection (``refused``, ``reset``, ``silent``, ``lost``)."""
    if problem == "refused":
        reason = _PROBLEMS.NewConnectionError(None, "Failed to establish: [Errno 111] Connection refused")
        return exceptions.ConnectionError(_PROBLEMS.MaxRetryError(None, url, reason))
    if problem == "unreachable":
        reason = _PROBLEMS.ConnectTimeoutError(None, "Connection timed out")
        return exceptions.ConnectTimeout(_PROBLEMS.MaxRetryError(None, url, reason))
    if problem == "silent":
        return exceptions.ReadTimeout(_PROBLEMS.ReadTimeoutError(None, url, "Read timed out."))
    reset = ConnectionResetError(104, "Connection reset by peer")
    return exceptions.ConnectionError(_PROBLEMS.ProtocolError("Connection aborted.", reset))


class Platform(readings.Platform):
    """The simulator's world behind the wire. ``companion``: a companion system (not started) in place of ITCare."""

    def __init__(self, monkeypatch, companion=None):
        super().__init__(monkeypatch, {})
        self.companion = companion
        self.sent, self.orders, self.strangers, self.rewritten = [], [], [], {}
        self.fault, self.at, self.struck = None, None, False
        self.secrets = set()
        self.meant = lambda: None
        self.vanish = lambda: False
        monkeypatch.setattr(transport.Transport, "_once", _ONCE)
        monkeypatch.setattr(adapters.HTTPAdapter, "send", self._carry)
        monkeypatch.setattr(actions, "datetime", _Now)

    # For a cell

    def inject(self, fault, at):
        """Let ``fault`` strike the request of that number from now on."""
        self.sent.clear()
        self.fault, self.at, self.struck = fault, at, False

    def calm(self):
        """No fault any more, and what was held back happens."""
        self.fault = None
        self.rewritten.clear()
        self.world.calm()
        if self.companion:
            self.companion.calm()
        self.settings.change({"action_seconds": readings.ACTION_SECONDS})
        now = time.time()
        for one in self.state.actions.all():
            if one.ends == math.inf:
                one.ends = one.due = now

    def broken_rules(self):
        """What requests broke the contract, as texts."""
        entries = (self.companion or self.world).journal.entries()
        return ["%s %s: %s" % (one["method"], one["path"], one["violation"]) for one in entries if one["violation"]]

    # The wire

    def _carry(self, request, **_options):
        body = request.body or b""
        sent = Request(request.method, request.url, dict(request.headers), body, self._is_for_a_token(request))
        number, fault = len(self.sent), self.fault
        self.sent.append(sent)
        if not sent.url.startswith(self.companion.base_url if self.companion else fuzz.HOST):
            if not self.companion or "Authorization" in sent.headers:  # a file of GoPaaS may lie elsewhere
                self.strangers.append("%s, with %s" % (sent, ", ".join(sorted(sent.headers))))
            raise broken("refused", sent.url)
        is_due = fault and (number == self.at or (fault.lasts and number > self.at and not sent.is_token))
        if not is_due:
            return self._response(request, self._served(sent))
        return self._response(request, fault.strike(self, sent, lambda: self._served(sent)))

    def _is_for_a_token(self, request):
        if not self.companion:
            return request.url.startswith(fuzz.AUTH["token_url"])
        operation, _parts = self.companion._route(request.method, urllib.parse.urlsplit(request.url).path)
        return bool(operation and operation.token)

    def _response(self, request, reply):
        headers = {"Content-Length": str(len(reply.raw) if reply.announced is None else reply.announced)}
        has_body = request.method != "HEAD" and reply.status not in (204, 304)
        answer = urllib3.HTTPResponse(
            body=io.BytesIO(reply.raw if has_body else b""),
            headers={**(headers if has_body else {}), **reply.headers},
            status=reply.status,
            preload_content=False,
            request_method=request.method,
        )
        return adapters.HTTPAdapter().build_response(request, answer)

    def _served(self, exchange):
        """What the platform answers, after it has acted."""
        answer = self._by_companion(exchange) if self.companion else self._by_itcare(exchange)
        exchange.status, exchange.shown = answer.status, answer.raw
        for one, other in self.rewritten.items():
            answer.raw = answer.raw.replace(one, other)
        return answer

    def _by_itcare(self, sent):
        parts = urllib.parse.urlsplit(sent.url)
        request = SimpleNamespace(method=sent.method, headers=CaseInsensitiveDict(sent.headers))
        raw = sent.body.encode() if isinstance(sent.body, str) else sent.body
        known = len(self.state.actions.all())
        exchange = Exchange(self.world, request, parts.path, parts.query, raw, 1)
        answer = exchange._act()
        exchange.entry["status"] = answer.status
        self.secrets.update(self.world.tokens._access, self.world.tokens._refresh)
        if exchange.entry["applied"]:
            sent.order = True
            word = exchange.entry["body"].get("operation") if isinstance(exchange.entry["body"], dict) else None
            key = (exchange.operation.id, exchange.path, word)
            self.orders.append(Order(key, self.state.actions.all()[known:]))
        return Reply(answer.status, answer.raw, dict(answer.headers))

    def _by_companion(self, sent):
        parts = urllib.parse.urlsplit(sent.url)
        where = parts.path + ("?" + parts.query if parts.query else "")
        headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in sent.headers.items()}
        request = SimpleNamespace(method=sent.method, headers=CaseInsensitiveDict(headers), raw_path=where)
        raw = sent.body.encode() if isinstance(sent.body, str) else sent.body
        answering = self.companion._answer(request, raw, 1)
        for issued in vars(self.companion.tokens).values():
            self.secrets.update(issued)
        try:
            answering.send(None)  # nothing in it waits
        except StopIteration as ended:
            entry = self.companion.journal.entries()[-1]
            if entry["applied"]:
                sent.order = True
                self.orders.append(Order((entry["operation"], entry["path"], None), []))
            answer = ended.value
            headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
            return Reply(answer.status, bytes(answer.body or b""), headers)
        raise AssertionError("a companion that waits cannot be asked by a function call")


class _Now(datetime.datetime):
    """The clock's time where the code under test asks datetime for it."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

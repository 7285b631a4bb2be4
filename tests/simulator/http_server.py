# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP server on a loopback port, in a thread of its own, whose answers may break in every way.

All requests are handled in one event loop. What a handler computes blocks it, which costs nothing: handlers take turns
under their world's lock anyway. Only waiting (latency, faults) is asynchronous.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
import struct
import threading
import weakref

from aiohttp import web

from . import mutate
from .answer import Answer
from .faults import Fault

# As much as the longest list of names in a query needs.
LONGEST_LINE = 65536


class Hangup(Exception):
    """No answer is sent; the connection is closed, or reset."""

    def __init__(self, reset: bool = False):
        super().__init__()
        self.reset = reset


class HttpServer:
    """Listens, and hands each request to `_answer`."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None):
        self._tls = tls
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
        """The answer to a request whose body has been read; `connection` is the number of its connection."""
        raise NotImplementedError


async def wait_for(fault: Fault) -> None:
    """What a fault of time does before anything else."""
    if fault.kind == "slow":
        await asyncio.sleep(1 if fault.seconds is None else fault.seconds)
    if fault.kind == "hang":
        await asyncio.sleep(3600 if fault.seconds is None else fault.seconds)
        raise Hangup


def instead(fault: Fault | None) -> Answer | None:
    """What a fault answers instead of acting, or None."""
    if fault is None:
        return None
    if fault.kind == "reset_before":
        raise Hangup(reset=True)
    if fault.kind == "redirect":
        return Answer(fault.status or 302, headers={"Location": fault.location, **fault.headers})
    if fault.kind in ("status", "error_before"):
        return fault_answer(fault)
    return None


def afterwards(fault: Fault | None, answer: Answer) -> Answer:
    """What a fault does to an answer whose effect was applied."""
    if fault is None:
        return answer
    if fault.kind == "reset_after":
        raise Hangup(reset=True)
    if fault.kind == "error_after":
        return fault_answer(fault)
    if fault.kind == "truncate_json":
        answer.raw = answer.raw[: len(answer.raw) // 2]
    if fault.kind == "mutate":
        answer.raw = mutate.mutated(answer.raw, fault.drop, fault.set)
    return answer


def truncated(request: web.Request, answer: Answer) -> web.Response:
    """Half of the answer, announced as the whole; then the connection closes."""
    request.protocol.close()
    size = len(answer.raw)
    answer.headers["Content-Length"] = size
    answer.raw = answer.raw[: size - max(1, size // 2)]
    return response(answer)


def response(answer: Answer) -> web.Response:
    """An answer as aiohttp sends it."""
    headers = {name: str(value) for name, value in answer.headers.items()}
    return web.Response(status=answer.status, headers=headers, body=answer.raw)


def fault_answer(fault: Fault) -> Answer:
    """The answer that a fault describes."""
    return Answer(fault.status or 503, fault.body.encode() or None, fault.content_type, fault.headers)

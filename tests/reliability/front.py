# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS before a server that has none: an endpoint with a certificate of its own, which hands the bytes on."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
import ssl
import threading
import urllib.parse

import trustme

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
FAR_AWAY = datetime.datetime(2090, 1, 1, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(1)
HOST = "127.0.0.1"


class Authorities:
    """A private authority made for one run, ``path`` (its certificate), and one that nobody trusts."""

    def __init__(self, directory):
        self.own, self._foreign = trustme.CA(), trustme.CA()
        self.path = str(directory / "private-ca.pem")
        self.own.cert_pem.write_to_path(self.path)

    def context(self, kind="good"):
        """The TLS context of a server with one of the certificates of ``KINDS``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        KINDS[kind](self, context)
        return context

    def _issued(self, context, *names, by=None, **options):
        (by or self.own).issue_cert(*(names or (HOST, "localhost")), **options).configure_cert(context)

    def _without_chain(self, context):
        leaf = self.own.create_child_ca().issue_cert(HOST)
        with leaf.cert_chain_pems[0].tempfile() as certificate, leaf.private_key_pem.tempfile() as key:
            context.load_cert_chain(certificate, key)


KINDS = {
    "good": Authorities._issued,
    "intermediate": lambda self, context: self._issued(context, by=self.own.create_child_ca()),
    "foreign": lambda self, context: self._issued(context, by=self._foreign),
    "other name": lambda self, context: self._issued(context, "other.example"),
    "other address": lambda self, context: self._issued(context, "127.0.0.2"),
    "expired": lambda self, context: self._issued(context, not_before=LONG_AGO, not_after=LONG_AGO + DAY),
    "not yet valid": lambda self, context: self._issued(context, not_before=FAR_AWAY, not_after=FAR_AWAY + DAY),
    "incomplete chain": Authorities._without_chain,
}


class Front:
    """An endpoint before the server at ``address``, until it is closed.

    ``hellos`` counts the handshakes that were begun, ``connections`` those that were finished: only after these can a
    request have been sent.
    """

    def __init__(self, context, address):
        self.hellos = self.connections = 0
        self._context, self._target = context, urllib.parse.urlsplit(address).port
        context.sni_callback = self._hello
        self._socket = socket.create_server((HOST, 0), backlog=128)
        self.url = "https://%s:%d" % (HOST, self._socket.getsockname()[1])
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._started.wait()

    def close(self):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def instead_of(self, address):
        """``address``, through this endpoint."""
        return self.url + urllib.parse.urlsplit(address).path

    def _hello(self, *_arguments):
        self.hellos += 1

    async def _serve(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        # A handshake that the client breaks off is what the tests are about.
        self._loop.set_exception_handler(lambda *_arguments: None)
        server = await asyncio.start_server(self._joined, sock=self._socket, ssl=self._context)
        self._started.set()
        await self._stop.wait()
        server.close()

    async def _joined(self, reader, writer):
        self.connections += 1
        there, back = await asyncio.open_connection(HOST, self._target)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))


async def _pump(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()

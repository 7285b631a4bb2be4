# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator inside a Python process: a thread, a free loopback port, and everything at hand."""

from __future__ import annotations

import contextlib
import pathlib
import tempfile

from . import colleague, contract, control, oauth, seed
from .server import Server, World


class Simulator:
    """A running ITCare API. Use it as a context manager, or call `start()` and `stop()`.

    instances: how many to add to the seed; port: 0 takes a free one; tls: True, or a directory for the
    certificate authority's `ca.pem`.
    settings: see settings.py.
    """

    client_id = oauth.CLIENT_ID
    client_secret = oauth.CLIENT_SECRET

    def __init__(self, *, port: int = 0, tls: bool | str | pathlib.Path = False, instances: int = 0, **settings):
        self.world = World(instances, **settings)
        self.ca_path: str | None = None
        self._directory = contextlib.ExitStack()
        context = self._tls_context(tls) if tls else None
        self._server = Server(self.world, port, context)

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
        self._directory.close()

    @property
    def base_url(self) -> str:
        return self._server.base_url

    @property
    def api_url(self) -> str:
        return self.base_url + contract.BASE

    @property
    def token_url(self) -> str:
        return self.base_url + oauth.TOKEN_PATH

    @property
    def control_url(self) -> str:
        return self.base_url + control.PREFIX.rstrip("/")

    @property
    def state(self):
        """The estate, everything that has come due applied. See state.py."""
        with self.world.lock:
            return self.world.settled()

    @property
    def journal(self):
        return self.world.journal

    def requests(self, **wanted) -> list[dict]:
        """The API requests of the journal; method, operation, status, ... equal, path as a whole regular expression."""
        return self.journal.entries(token=False, **wanted)

    def writes(self, **wanted) -> list[dict]:
        """The POST, PUT, PATCH and DELETE requests; applied=True for those that took effect."""
        return self.journal.entries(write=True, **wanted)

    def token_requests(self) -> list[dict]:
        return self.journal.entries(token=True)

    def violations(self) -> list[str]:
        """What requests broke the contract, as texts."""
        return [
            f"{entry['method']} {entry['path']}: {entry['violation']}"
            for entry in self.journal.entries()
            if entry["violation"]
        ]

    def connections(self) -> int:
        """How many TCP connections the journal's requests came over."""
        return len({entry["connection"] for entry in self.journal.entries()})

    def clear_journal(self) -> None:
        self.journal.clear()

    def configure(self, **settings) -> None:
        self.world.configure(settings)

    def fault(
        self,
        kind: str,
        *,
        times: int = 1,
        after: int = 0,
        method: str | None = None,
        path: str | None = None,
        operation: str | None = None,
        token: bool = False,
        **options,
    ) -> None:
        """Queues a fault (faults.py): which requests it is for, how often, and what its kind needs."""
        match = {"method": method, "path": path, "operation": operation, "token": token or None}
        match = {name: value for name, value in match.items() if value is not None}
        self.world.faults.add({"kind": kind, "match": match, "times": times, "after": after, **options})

    def clear_faults(self) -> None:
        self.world.faults.clear()

    def revoke_tokens(self) -> None:
        self.world.tokens.revoke()

    def reset(self) -> None:
        """Back to the seed and the settings of the start; journal and faults are cleared, tokens stay good."""
        self.world.reset()

    def add_instance(self, name: str, service: int | str = "billing", **fields) -> dict:
        """Adds an instance: service by name or id; platform, sizing, zone, network_id and any field of an answer."""
        with self.world.lock:
            return seed.add_instance(self.world.settled(), name, service, **fields)

    def colleague(self, method: str, path: str, body: object = None, seconds: float | None = None) -> object:
        """Someone else's documented call (colleague.py): its answer's JSON; ValueError when it is refused.

        path: with the number that the settings demand, see :meth:`address`; seconds: how long its action takes.
        """
        return colleague.perform(self.world, method, path, body, seconds)

    def numbers(self, name: str) -> tuple[int, int]:
        """The id and the internalResourceId that the oldest resource of this name shows under the present settings."""
        with self.world.lock:
            return self.world.settled().numbers_of(name)

    def address(self, name: str) -> str:
        """Its path, such as /databases/postgresql/500000020, with the number that the present settings demand."""
        with self.world.lock:
            return self.world.settled().address_of(name)

    def add_instances(self, count: int, **fields) -> None:
        """Adds instances BULK000001, BULK000002, ... spread over the services."""
        with self.world.lock:
            seed.add_instances(self.world.settled(), count, **fields)

    def announcement(self) -> dict:
        """What a client needs to know, as the command line prints it."""
        told = {
            "api_url": self.api_url,
            "token_url": self.token_url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "control_url": self.control_url,
        }
        return {**told, "ca_path": self.ca_path} if self.ca_path else told

    def _tls_context(self, directory: bool | str | pathlib.Path):
        import ssl

        import trustme

        if directory is True:
            directory = self._directory.enter_context(tempfile.TemporaryDirectory(prefix="simulator-ca-"))
        path = pathlib.Path(directory) / "ca.pem"
        path.parent.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(path))
        self.ca_path = str(path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        return context

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the event source as ansible-rulebook does: the file by its path, main(queue, args) in an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import pathlib
import runpy
import threading
import time

FILE = pathlib.Path(__file__).parents[3] / "extensions" / "eda" / "plugins" / "event_source" / "itcare_actions.py"
LOADED = runpy.run_path(str(FILE))
SECONDS = 30  # for what comes in far less


def part(name):
    """A module of the source, as it is loaded there."""
    package = LOADED["_source"]().__name__.rpartition(".")[0]
    return importlib.import_module(package + "." + name)


class Watch:
    """A running source: ``events`` are those that were taken from its queue so far; ``failure`` what ended it."""

    def __init__(self, args, queue=None, take=True):
        self.events, self.failure, self.queue = [], None, None
        self._args, self._take, self._make_queue = args, take, queue or (lambda: asyncio.Queue(1))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._main())

    async def _main(self):
        self.queue = self._make_queue()
        self._task = asyncio.ensure_future(LOADED["main"](self.queue, dict(self._args)))
        taker = asyncio.ensure_future(self._take_all())
        try:
            await self._task
        except BaseException as problem:  # also what plays the death of the process
            self.failure = problem
        taker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await taker
        await self._loop.shutdown_default_executor()

    async def _take_all(self):
        while self._take:
            self.events.append(await self.queue.get())

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_details):
        self.stop()
        if self.failure and not isinstance(self.failure, asyncio.CancelledError):
            raise self.failure

    def stop(self):
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(SECONDS)

    def ended(self):
        """Wait until the source has ended by itself; the exception that ended it."""
        self._thread.join(SECONDS)
        assert not self._thread.is_alive(), "the source goes on"
        return self.failure

    def until(self, condition, what="the events"):
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert self._thread.is_alive(), "the source has ended: %r" % self.failure
            assert time.monotonic() < deadline, "%s did not come; there were %s" % (what, ids(self.events))
            time.sleep(0.01)
        return self

    def has(self, count):
        """Wait for so many events, and see that there are no more."""
        return self.until(lambda: len(self.events) >= count, "%d events" % count)

    def looked(self, sim, times=2):
        """Wait until that many more looks have been made: what was there before them is known afterwards."""
        count = len(sim.requests(operation="list_actions")) + times
        return self.until(lambda: len(sim.requests(operation="list_actions")) >= count, "a look")


def ids(events):
    return [event["id"] for event in events]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own: `PYTHONPATH=tests python -m simulator`. The companions run beside ITCare."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import pathlib
import signal
import threading
import time

from . import companions
from .simulator import Simulator


def main() -> None:
    options = _options()
    settings = json.loads(options.settings)
    if options.latency_ms is not None:
        settings["latency"] = options.latency_ms / 1000
    if options.action_seconds is not None:
        settings["action_seconds"] = options.action_seconds
    # Waited for, not handled: a handler that sets an event deadlocks when it interrupts the wait for that event.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    if options.exit_with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()
    with contextlib.ExitStack() as running:
        simulator = running.enter_context(
            Simulator(port=options.port, tls=options.tls or False, instances=options.instances, **settings)
        )
        others = [running.enter_context(system()) for system in companions.ALL]
        # A large estate would otherwise be walked by every garbage collection, in the middle of some answer.
        gc.freeze()
        told = {"companions": {system.name: system.announcement() for system in others}}
        line = json.dumps({**simulator.announcement(), **told})
        if options.ready_file:
            _write_atomically(pathlib.Path(options.ready_file), line + "\n")
        print(line, flush=True)
        signal.sigwait(ends)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description="A simulator of the ITCare API, on 127.0.0.1 only.")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--ready-file", help="written once the simulator listens, with the printed JSON line")
    parser.add_argument("--latency-ms", type=float, help="milliseconds before every answer of the API")
    parser.add_argument("--action-seconds", type=float, help="how long an action stays IN_PROGRESS")
    parser.add_argument("--instances", type=int, default=0, help="further instances beside the seed")
    parser.add_argument("--tls", metavar="DIR", help="serve HTTPS; the CA is written to DIR/ca.pem")
    parser.add_argument("--settings", default="{}", metavar="JSON", help="any settings (settings.py)")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process ends")
    return parser.parse_args()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _write_atomically(path: pathlib.Path, text: str) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


if __name__ == "__main__":
    main()

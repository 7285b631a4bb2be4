# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the embedded simulator in a process of its own, and stop it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

START_SECONDS = 30


@contextlib.contextmanager
def simulator(
    python: Path, tests: Path, workplace: Path, action_seconds: float, coverage: Path | None = None
) -> Iterator[dict]:
    """Run `python -m simulator` and give what its ready file says: addresses and credentials."""
    workplace.mkdir(parents=True, exist_ok=True)
    ready = workplace / "simulator.json"
    ready.unlink(missing_ok=True)
    command = [python, "-m", "simulator", "--port", "0", "--ready-file", ready, "--exit-with-parent"]
    command += ["--action-seconds", str(action_seconds)]
    environment = {**os.environ, "PYTHONPATH": str(tests)}
    if coverage:
        environment["ITCARE_SIMULATOR_COVERAGE"] = str(coverage)
    log = workplace / "simulator.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _wait_for(ready, process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(ready: Path, process: subprocess.Popen, log: Path) -> dict:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):  # not there yet, or half written
            return json.loads(ready.read_text())
        time.sleep(0.05)
    raise RuntimeError(f"the simulator did not start; it said:\n{log.read_text()}")


def violations(facts: dict) -> list:
    """The requests that broke the documented contract, as the simulator noted them."""
    with urllib.request.urlopen(facts["control_url"] + "/violations", timeout=10) as answer:
        found = json.load(answer)
    return found["violations"] if isinstance(found, dict) else found

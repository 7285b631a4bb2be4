# SPDX-License-Identifier: GPL-3.0-or-later
"""One leg of the checks: its log, its commands, and how it ended."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import environment

PROMPT = "$ "
# What ansible-test says of its own doing, between the lines that tell what it found.
NOISE = re.compile(
    r"Run(ning)? (command|sanity test)|Stream command|Installing requirements|Using cached pip|Looking in "
)
FAILING = re.compile(r"^(?:FAILED|ERROR) (?:tests/.*)|^FATAL: .*", re.M)

_running: set[int] = set()


def end_all() -> None:
    """End every command that a leg has started and that still runs (for Ctrl-C)."""
    for group in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGTERM)


class Failed(Exception):
    """A check found something, with the counts and the output where known."""

    def __init__(self, why: str, passed: int = 0, failed: int = 1, output: str = ""):
        super().__init__(why)
        self.passed = passed
        self.failed = max(failed, 1)
        self.output = output


class LeftOut(Exception):
    """A check cannot run here; the text says why."""


@dataclass
class Outcome:
    """What a check counted, and what is worth saying beside it."""

    passed: int = 1
    note: str = ""


@dataclass
class Leg:
    """A named check: `work(leg)` answers an Outcome or raises Failed or LeftOut."""

    name: str
    groups: tuple[str, ...]
    work: Callable[[Leg], Outcome]
    weight: int = 0  # seconds, roughly: the long ones start first
    timeout: int = 1800  # seconds for one command
    variables: dict[str, str] = field(default_factory=dict)  # for the tests themselves

    result: str = "left out"
    passed: int = 0
    failed: int = 0
    note: str = ""
    seconds: float = 0.0
    processor_seconds: float = 0.0

    @property
    def log(self) -> Path:
        """Where everything the leg's commands say is written."""
        return environment.CACHE / "logs" / f"{self.name}.log"

    def last_words(self, lines: int) -> list[str]:
        """The end of what the last command said."""
        said = self.log.read_text(errors="replace").rpartition(f"\n{PROMPT}")[2].splitlines()
        said = [line for line in said if not NOISE.match(line)]
        return [f"{PROMPT}{said[0]}", *said[1:][-lines:]] if said else []

    def failing_tests(self) -> list[str]:
        """The tests that failed, as pytest and ansible-test list them at their end."""
        return FAILING.findall(self.log.read_text(errors="replace")) if self.failed and self.log.exists() else []

    def perform(self) -> None:
        """Do the work and note how it ended. A bug in the tooling itself fails the leg as well."""
        started = time.monotonic()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        try:
            outcome = self.work(self)
            self.result, self.passed, self.note = "passed", outcome.passed, outcome.note
        except LeftOut as reason:
            self.note = str(reason)
        except Failed as failure:
            self.result, self.passed, self.failed = "FAILED", failure.passed, failure.failed
            self.note = str(failure)
        except Exception as bug:  # one broken leg must not take the others' report away
            self.result, self.failed, self.note = "FAILED", 1, f"{type(bug).__name__}: {bug}"
        self.seconds = time.monotonic() - started

    def run(self, *command, cwd: Path | None = None, path: Path | None = None, **extra: str) -> str:
        """Run a command, `path` first on PATH and `extra` in its environment; answer what it said."""
        home = environment.home(self.name, self.variables)
        variables = {**environment.variables(home, *([path] if path else [])), **self.variables, **extra}
        words = [str(word) for word in command]
        with self.log.open("a+", errors="replace") as log:
            log.write(f"\n{PROMPT}{shlex.join(words)}\n")
            log.flush()
            start = log.tell()
            process = subprocess.Popen(
                words,
                cwd=cwd or environment.ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that a time-out also ends what the command started
            )
            _running.add(process.pid)
            deadline = threading.Timer(self.timeout, os.killpg, (process.pid, signal.SIGTERM))
            deadline.start()
            try:
                _pid, status, usage = os.wait4(process.pid, 0)
            finally:
                deadline.cancel()
                _running.discard(process.pid)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.processor_seconds += usage.ru_utime + usage.ru_stime
            log.seek(start)
            output = log.read()
        if process.returncode:
            code = process.returncode
            why = f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"
            raise Failed(f"{Path(words[0]).name} {why}", output=output)
        return output

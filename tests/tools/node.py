# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check needs from npm: packages as a lock file pins them, in a directory under .cache/."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import environment
from leg import Failed, Leg

LEAST_NODE = (20, 19)
FILES = ("package.json", "package-lock.json")


def packages(leg: Leg, source: Path) -> Path:
    """A copy of the directory `source`, with the packages of its lock file. They are installed once for each lock file,
    and their scripts are not run. A missing npm fails the check: it must not be skipped unseen."""
    _look_for_node()
    place = environment.CACHE / "npm" / source.name
    stamp = place / "made-from"
    wanted = "".join((source / name).read_text() for name in FILES)
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name in FILES:
            shutil.copy2(source / name, place)
        # The user's own settings: his registry, and what it needs.
        settings = os.environ.get("NPM_CONFIG_USERCONFIG") or str(Path.home() / ".npmrc")
        words = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", environment.CACHE / "npm-cache")
        leg.run("npm", *words, cwd=place, NPM_CONFIG_USERCONFIG=settings)
        stamp.write_text(wanted)
    for program in source.glob("*.mjs"):
        shutil.copy2(program, place)
    return place


def _look_for_node() -> None:
    said = ""
    with contextlib.suppress(OSError):
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = tuple(int(number) for number in re.findall(r"\d+", said)[:2])
    if found < LEAST_NODE or not shutil.which("npm"):
        least = ".".join(map(str, LEAST_NODE))
        raise Failed(f"needs Node.js {least} or newer with npm, found {said.strip() or 'none'}")

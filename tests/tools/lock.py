# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the lock files of the checks' environments: python3 tests/tools/lock.py [NAME ...]

A lock file has each package in one version, with the hashes of its files, for all Pythons that the environment may
have. It names no index. With LOCKED=1 the checks install from it, and nothing else (see environment.venv); it is made
from tests/requirements/*.txt and the requirements of the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import environment
from leg import Leg, Outcome

UV = environment.REQUIREMENTS / "lock.txt"


def main() -> int:
    """Write those that were named, or all."""
    leg = Leg("lock", (), lambda leg: Outcome())
    leg.log.parent.mkdir(parents=True, exist_ok=True)
    leg.log.write_text("")
    with environment.alone():
        programs = environment.venv(leg, "lock", Path(sys.executable), [UV]) / "bin"
        for name in sys.argv[1:] or environment.RECIPES:
            write(programs / "uv", name, environment.RECIPES[name])
    return 0


def write(uv: Path, name: str, recipe: environment.Recipe) -> None:
    """One lock file."""
    place = environment.lock_of(name)
    with tempfile.TemporaryDirectory() as folder:
        wanted, found = Path(folder) / "wanted.txt", Path(folder) / "found.txt"
        wanted.write_text(recipe.text())
        words = ["pip", "compile", "--quiet", "--universal", "--python-version", recipe.lowest, "--generate-hashes"]
        words += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-cache", "--output-file", str(found)]
        subprocess.run([uv, *words, str(wanted)], check=True, env={**os.environ, **index()})
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"{environment.LOCKED_FROM}{recipe.digest()}\n# Written by: make lock\n{found.read_text()}")
    print(f"{place.relative_to(environment.ROOT)}: {place.read_text().count('==')} packages")


def index() -> dict[str, str]:
    """The index that pip is set up for, as uv wants it told: it does not read pip's settings."""
    words = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    address = os.environ.get("PIP_INDEX_URL") or told
    return {"UV_DEFAULT_INDEX": address} if address else {}


if __name__ == "__main__":
    sys.exit(main())

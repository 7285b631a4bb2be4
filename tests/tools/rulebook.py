# SPDX-License-Identifier: GPL-3.0-or-later
"""What the check `rulebook` needs: ansible-rulebook in an environment of its own, and a Java for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import static
from leg import Failed, Leg

LEAST_JAVA = 17


def variables(leg: Leg) -> dict[str, str]:
    """The variables that tests/reliability/test_rulebook.py reads. A missing Java fails the check: it must not be
    skipped unseen."""
    home = java_home()
    return {"RULEBOOK": str(static.tools(leg, "rulebook") / "ansible-rulebook"), "JAVA_HOME": str(home)}


def java_home() -> Path:
    """Where a Java lies that is new enough: JAVA_HOME, then PATH, then where Linux distributions install it."""
    found = shutil.which("java")
    candidates = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    candidates += [Path(found).resolve().parents[1]] if found else []
    candidates += sorted(Path("/usr/lib/jvm").glob("*")) if Path("/usr/lib/jvm").is_dir() else []
    for candidate in candidates:
        if _version(candidate / "bin" / "java") >= LEAST_JAVA:
            return candidate
    raise Failed(f"needs Java {LEAST_JAVA} or newer, such as Debian's openjdk-17-jre-headless; JAVA_HOME may say where")


def _version(java: Path) -> int:
    """Its major version, 0 where there is none."""
    if not java.exists():
        return 0
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    number = re.search(r'version "(\d+)', said)
    return int(number.group(1)) if number else 0

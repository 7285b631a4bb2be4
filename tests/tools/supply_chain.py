# SPDX-License-Identifier: GPL-3.0-or-later
"""The check `supply-chain`: what comes from others is pinned, is free, and has no known vulnerability.

Nothing is skipped: where the database of vulnerabilities cannot be reached, the check fails and says so.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import environment
import static
from leg import Failed, Leg, Outcome

# What goes together with the collection's own licence, at its beginning or as a word of its own.
FREE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|MPL|Mozilla|PSF|Python Software|L?GPL\w*|GNU|Unlicense|Zope|ZPL|Public Domain)",
    re.I,
)
KNOWN = re.compile(r"^(\S+ +\S+ +(?:PYSEC|GHSA|CVE)-\S+)", re.M)
UNKNOWN = re.compile(r"could not be audited: (\S+)")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.M)


def check(leg: Leg) -> Outcome:
    """All of it; the figures are its note."""
    names = list(environment.RECIPES)
    stale = [name for name in names if not environment.is_locked(name)]
    if stale:
        raise Failed(f"lock files out of date: {', '.join(stale)}; run make lock", failed=len(stale))
    programs = static.tools(leg, "supply-chain")
    pinned = {pin for name in names for pin in PIN.findall(environment.lock_of(name).read_text())}
    for name in names:
        installs(leg, name)
    licences = free(leg, programs)
    safe(leg, programs, names, len(names) + 1)
    return Outcome(
        len(names) + 2,
        f"figures: environments {len(names)}, packages {len({name for name, _version in pinned})}, "
        f"versions {len(pinned)}, licences {licences}, known vulnerabilities 0",
    )


def installs(leg: Leg, name: str) -> None:
    """pip accepts the lock file with its hashes, on the Python that the checks take."""
    words = ("install", "--dry-run", "--ignore-installed", "--require-hashes", "-r", environment.lock_of(name))
    leg.run(python_of(name), "-m", "pip", *words)


def python_of(name: str) -> Path:
    """The oldest Python found that an environment may have, up to 3.13."""
    lowest = int(environment.RECIPES[name].lowest.partition(".")[2])
    found = environment.interpreters()
    usable = [found[version] for version in (f"3.{minor}" for minor in range(lowest, 14)) if version in found]
    if not usable:
        raise Failed(f"{name} needs a Python from {environment.RECIPES[name].lowest} to 3.13; none was found")
    return usable[0]


def free(leg: Leg, programs: Path) -> int:
    """The licences of what is installed in all environments that there are now allow what they are used for; how many
    different ones."""
    found = {}
    for place in sorted((environment.CACHE / "venv").glob("*/bin/python")):
        told = json.loads(leg.run(programs / "pip-licenses", "--python", place, "--format", "json", "--from", "mixed"))
        found.update({row["Name"]: row["License"] for row in told})
    others = {name: licence for name, licence in found.items() if not FREE.search(licence)}
    if others:
        raise Failed(f"licences to be looked at: {others}", failed=len(others))
    return len(set(found.values()))


def safe(leg: Leg, programs: Path, names: list[str], passed: int) -> None:
    """No version in a lock file is known as vulnerable. What could not be looked up is no pass."""
    problems, unknown = set(), set()
    for name in names:
        words = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "-r", environment.lock_of(name))
        try:
            output = leg.run(programs / "pip-audit", *words)
        except Failed as failure:
            output = failure.output
            if "Traceback" in output or not KNOWN.search(output):
                raise Failed("pip-audit cannot reach its source of vulnerabilities", passed) from failure
        problems.update(KNOWN.findall(output))
        unknown.update(UNKNOWN.findall(output))
    if problems:
        raise Failed("; ".join(sorted(problems)), passed, len(problems))
    if unknown:
        text = (
            "pip-audit cannot reach its source of vulnerabilities, or that does not know %d of the packages, such as %s"
        )
        raise Failed(text % (len(unknown), min(unknown)), passed)

# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test's sanity, units and integration, and what keeps each of them from being green for nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import environment
from leg import Failed, LeftOut, Leg, Outcome
from simulator_process import simulator, violations

# What sanity may leave out: there is no PowerShell here, and the oldest Pythons need not be installed.
SANITY_MAY_SKIP = re.compile(r'"(pslint)"|on Python [0-9.]+ because it could not be found')

SANITY_TESTS = 20  # fewer than apply on any supported ansible-core

ACTION_SECONDS = 0.2
SYSTEMS = ("ITCARE", "COCKPIT", "GOPAAS", "OVC")  # how the variables of each begin


def prepare(leg: Leg, core: str) -> tuple[Path, Path]:
    """The virtual environment's bin directory and a copy of the collection, for one leg on one ansible-core."""
    python = environment.core_python(core, environment.interpreters())
    if not python:
        raise LeftOut(f"ansible-core {core} needs Python {' or '.join(environment.CORES[core])}; none was found")
    return environment.core_venv(leg, core, python) / "bin", environment.copy_for(leg.name)


def ansible_test(leg: Leg, programs: Path, tree: Path, *words: str) -> tuple[str, Failed | None]:
    """Run ansible-test in the leg's copy, on the virtual environment as it is; answer what it said, and its failure."""
    command = [programs / "python", programs / "ansible-test", *words, "--color", "no", "--truncate", "0"]
    try:
        return leg.run(*command, cwd=tree, path=programs), None
    except Failed as failure:
        return failure.output, failure


def sanity(leg: Leg, core: str, without: tuple[str, ...] = (), all_imports: bool = True) -> Outcome:
    """All sanity tests, or all but `without`, on all Pythons found. A test that is skipped has not passed.

    Unless `all_imports`, everything is imported on the oldest and the newest Python only.
    """
    programs, tree = prepare(leg, core)
    seed_pip(leg, programs)
    left_out = without if all_imports else (*without, "import")
    exclude = [word for name in left_out for word in ("--skip-test", name)]
    output, failure = ansible_test(leg, programs, tree, "sanity", "--local", "-v", *exclude)
    if not all_imports and not failure:
        pythons = re.findall(r'^Running sanity test "compile" on Python ([0-9.]+)', output, re.M)
        if not pythons:
            raise Failed("nothing was compiled")
        for python in dict.fromkeys((pythons[0], pythons[-1])):
            words = ("--test", "import", "--python", python)
            more, failure = ansible_test(leg, programs, tree, "sanity", "--local", "-v", *words)
            output += more
            if failure:
                break
    run = len(re.findall(r"^Running sanity test ", output, re.M))
    run -= len(re.findall(r"^No tests applicable", output, re.M))
    skipped = set(re.findall(r"^WARNING: (.*[Ss]kipp.*|Required program.*)$", output, re.M))
    surprising = [line for line in sorted(skipped) if not SANITY_MAY_SKIP.search(line)]
    if failure:
        listed = re.search(r"^FATAL: The (\d+) sanity test\(s\) listed below", output, re.M)
        failed = int(listed.group(1)) if listed else 1
        raise Failed(str(failure), run - failed, failed)
    if surprising:
        raise Failed(f"not really run: {'; '.join(surprising)}", run, len(surprising))
    if run < SANITY_TESTS:
        raise Failed(f"only {run} sanity tests ran", run)
    if list(tree.glob("tests/sanity/ignore*")):
        raise Failed("there are ignore files", run)
    missing = re.findall(r"on Python ([0-9.]+) because", "\n".join(skipped))
    missing = [f"Python {version}" for version in sorted(set(missing))]
    return Outcome(run, f"without {', '.join([*without, *missing])}" if without or missing else "")


def seed_pip(leg: Leg, programs: Path) -> None:
    """Give ansible-test its pip from the configured index.

    It bootstraps each of its virtual environments with a get-pip script from a host of its own, which a closed network
    does not reach. A script of the same name in its cache is used instead: it installs the same version of pip, as
    downloaded by the pip we have, so that all packages come from the one index that the user has configured.
    """
    source = next(programs.parent.glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py"))
    cache = environment.home(leg.name, leg.variables) / ".ansible" / "test" / "cache"
    for version in sorted(set(re.findall(r"^\s+pip='([0-9.]+)'", source.read_text(), re.M))):
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if script.exists():
            continue
        cache.mkdir(parents=True, exist_ok=True)
        leg.run(programs / "python", "-m", "pip", "download", "--no-deps", "--dest", cache, f"pip=={version}")
        script.write_text(GET_PIP.format(wheel=f"pip-{version}-py3-none-any.whl"))


GET_PIP = '''"""Stands in for get-pip.py: install pip with the wheel that lies beside this file."""
import os
import runpy
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "{wheel}"))
wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.argv = ["pip", "install", "--find-links", here] + wanted
runpy.run_module("pip", run_name="__main__", alter_sys=True)
'''


def units(leg: Leg, core: str) -> Outcome:
    """The unit tests as ansible-test runs them. No test collected is exit code 0 for it, so we count."""
    programs, tree = prepare(leg, core)
    if not list(tree.glob("tests/unit/**/test_*.py")):
        raise Failed("there are no unit tests")
    # The tests of modules run them as the fast lane does, with the controller's code, which ansible-test hides from
    # module tests unless the collection is "controller only". Only this copy says so: sanity takes all Pythons.
    (tree / "tests" / "config.yml").write_text("modules: {python_requires: controller}\n")
    leg.variables["ITCARE_SIMULATOR_COVERAGE"] = str(environment.OPERATIONS)
    # Without a version it takes each Python it finds, and these have no pytest.
    words = ("units", "--local", "--python", python_version(leg, programs), "--num-workers", "3")
    output, failure = ansible_test(leg, programs, tree, *words)
    passed, failed, note = count_pytest(output)
    contexts = len(re.findall(r"^Unit test \w+ with Python", output, re.M))
    summaries = len(re.findall(r"^=+ .*\b[1-9]\d* passed.* =+$", output, re.M))
    if failure or failed:
        raise Failed(str(failure or "tests failed"), passed, failed)
    if not contexts or summaries != contexts:
        raise Failed(f"{summaries} of {contexts} groups of tests report a test that passed", passed)
    return Outcome(passed, note)


def count_pytest(output: str) -> tuple[int, int, str]:
    """Passed and failed tests over all of pytest's closing lines, and a note on the skipped."""
    count = dict.fromkeys(("passed", "failed", "error", "skipped"), 0)
    for line in re.findall(r"^(?:=+ )?(\d+ \w+.* in [0-9.]+s)\b", output, re.M):
        for number, what in re.findall(r"(\d+) (passed|failed|error|skipped)", line):
            count[what] += int(number)
    note = f"{count['skipped']} skipped" if count["skipped"] else ""
    return count["passed"], count["failed"] + count["error"], note


def in_lane(lane: str) -> dict[str, str]:
    """The variables that switch the fast lane of every system on or off."""
    return {f"{system}_FAST_LANE": "1" if lane == "fast" else "0" for system in SYSTEMS}


def integration(leg: Leg, core: str, lane: str, share: int = 0, shares: int = 1, only: str = "") -> Outcome:
    """Every target against a simulator of its own, then: did any request break the documented contract?

    With several `shares`, only each so-manyth target, beginning with that of the number `share`; or the one called
    `only`.
    """
    programs, tree = prepare(leg, core)
    places = sorted(place for place in (tree / "tests/integration/targets").glob("*") if place.is_dir())
    targets = {place.name for place in places if "hidden" not in aliases(place)}
    targets = targets & {only} if only else set(sorted(targets)[share::shares])
    if not targets:
        raise Failed("there are no integration targets")
    leg.variables.update(in_lane(lane))
    workplace = environment.BUILD / "legs" / leg.name
    with simulator(programs / "python", tree / "tests", workplace, ACTION_SECONDS, environment.OPERATIONS) as facts:
        names = ("api_url", "token_url", "client_id", "client_secret", "control_url")
        config = {f"itcare_{name}": facts[name] for name in names}
        for system, told in facts["companions"].items():
            config.update({f"{system}_{name}": value for name, value in told.items()})
        (tree / "tests/integration/integration_config.yml").write_text(json.dumps(config))  # JSON is YAML
        options = ("--continue-on-error", "--allow-disabled", *where_modules_run(leg, programs, lane))
        words = ("integration", *sorted(targets), *options)
        output, failure = ansible_test(leg, programs, tree, *words)
        broken = [one for told in (facts, *facts["companions"].values()) for one in violations(told)]
    run = set(re.findall(r"^Running (\S+) integration test (?:role|script)", output, re.M))
    missed = sorted(targets - run)
    if failure:
        listed = re.search(r"^FATAL: The (\d+) integration test\(s\) listed below", output, re.M)
        failed = int(listed.group(1)) if listed else 1
        raise Failed(str(failure), max(len(run) - failed, 0), failed)
    if missed:
        raise Failed(f"targets that did not run: {', '.join(missed)}", len(run), len(missed))
    if broken:
        with leg.log.open("a") as log:
            log.write("\nRequests that break the documented contract:\n")
            log.writelines(f"{json.dumps(request)}\n" for request in broken)
        raise Failed(f"{len(broken)} requests break the documented contract", len(run))
    lowest = next(iter(environment.interpreters()))
    return Outcome(len(run), f"modules on Python {lowest}" if lane == "module" else "")


def where_modules_run(leg: Leg, programs: Path, lane: str) -> list[str]:
    """The module lane's modules run on the oldest Python found, as on an old host; the fast lane is the controller."""
    if lane == "fast":
        return ["--local"]
    version, python = next(iter(environment.interpreters().items()))
    needs = [environment.ROOT / "tests" / "integration" / "requirements.txt"]
    target = environment.venv(leg, f"modules-{version}", python, needs, lock="modules") / "bin" / f"python{version}"
    return [
        "--controller",
        f"origin:python={python_version(leg, programs)}",
        "--target",
        f"controller:python={version}@{target}",
    ]


def python_version(leg: Leg, programs: Path) -> str:
    """The version of an environment's Python, as ansible-test wants it told."""
    return leg.run(programs / "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()


def aliases(target: Path) -> set[str]:
    """ansible-test's marks on a target; `hidden` is one that only runs as another's dependency."""
    file = target / "aliases"
    return set(file.read_text().split()) if file.exists() else set()

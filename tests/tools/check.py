# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks by name or by group, a few at a time, and close with one summary.

    python3 tests/tools/check.py all            everything, as CI does
    python3 tests/tools/check.py units-2.19     one leg
    python3 tests/tools/check.py --list         their names

The last line is `N passed, N failed`: single tests where a runner counts them (unit tests, sanity tests, integration
targets), else one for the check. The exit code is 0 only if nothing failed and something ran.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import os
import re
import signal
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("The tooling needs Python 3.11 or newer: make PYTHON=python3.11 ...")

import ansible_test
import environment
import node
import rulebook
import static
import supply_chain
from leg import Failed, LeftOut, Leg, Outcome, end_all

TAIL = 60  # lines of a failing leg's log
# Each argument of awx.awx, the four runs, and what is refused; the rest is in `make integration`.
AWX_QUICK = "test_controller or everything_is_set_up or every_argument or wrong_value"


def legs() -> list[Leg]:
    """Every check there is, with the groups that it belongs to."""
    found = environment.interpreters()
    cores = list(environment.CORES)
    usable = [core for core in cores if environment.core_python(core, found)] or cores
    ends = list(dict.fromkeys((usable[0], usable[-1])))
    checks = [
        Leg("ruff", ("quick", "lint", "all"), static.ruff),
        Leg("changelog", ("quick", "lint", "all"), static.changelog),
        Leg("ansible-lint", ("lint", "all"), static.ansible_lint, 160),
        Leg("docs-lint", ("lint", "all"), static.docs_lint, 10),
        Leg("importer", ("lint", "all"), static.importer, 50),
        Leg("docs", ("docs", "all"), static.docs_site, 60),
        Leg("release", ("lint", "all"), static.release, 10),
        Leg("build", ("build", "all"), static.tarball),
        Leg("package", ("all",), package, 30),
        Leg("simulator", ("units", "all"), simulator_tests, 20),
        Leg("runner", ("units", "all"), functools.partial(jobs, core=ends[-1]), 60),
        Leg("units-quick", ("quick",), quick_units),
        Leg("rulebook", ("reliability",), event_source, 60),
        Leg("kinds", ("reliability",), functools.partial(every_cell, core=ends[-1]), 600, timeout=7200),
        Leg("matrix-quick", ("units", "all"), functools.partial(fault_matrix, core=ends[-1]), 60),
        Leg(
            "matrix", ("reliability",), functools.partial(fault_matrix, core=ends[-1], cells="all"), 3000, timeout=14400
        ),
        Leg("every-wait", ("reliability",), functools.partial(every_wait, core=ends[-1]), 600, timeout=3600),
        Leg("properties", ("reliability",), functools.partial(any_example, core=ends[-1]), 600, timeout=3600),
        Leg("estates", ("reliability",), functools.partial(any_estate, core=ends[-1]), 300, timeout=3600),
        *(
            Leg(name, ("reliability",), functools.partial(as_users_do, core=ends[-1], name=name), 600, timeout=3600)
            for name in ("interruption", "concurrency", "secrets", "companion_secrets", "load", "tls")
        ),
        Leg("proxy", ("reliability",), functools.partial(real_proxy, core=ends[-1]), 120),
        Leg("oauth", ("reliability",), functools.partial(oauth_servers, core=ends[-1]), 150),
        Leg("referee", ("reliability",), functools.partial(second_referee, core=ends[-1]), 120),
        Leg("races", ("reliability",), functools.partial(races, core=ends[-1]), 900, timeout=14400),
        Leg("supply-chain", ("reliability",), supply_chain.check, 500, timeout=3600),
        Leg("awx", ("integration",), functools.partial(role_awx, core=ends[-1]), 250),
        Leg("awx-quick", ("all",), functools.partial(role_awx, core=ends[-1], words=("-k", AWX_QUICK)), 100),
        Leg("bench-tasks", ("bench",), functools.partial(benchmark, what="tasks")),
        Leg("bench-estate", ("bench",), functools.partial(benchmark, what="estate")),
        Leg("bench-inventory", ("bench",), functools.partial(benchmark, what="inventory"), timeout=7200),
        Leg("bench-peers", (), peers, timeout=7200),
    ]
    # "all" takes both ends of the matrix and each lane once; the groups by themselves take every combination.
    for core in cores:
        # one that cannot run here is in "all" as well, so that the summary says so
        groups = ("units",) if core in usable and core not in ends else ("units", "all")
        work = functools.partial(units, core=core, everything=core == ends[-1])
        checks.append(Leg(f"units-{core}", groups, work, 600 if core == ends[-1] else 150))
        checks.append(
            Leg(f"ansible-test-units-{core}", ("units",), functools.partial(ansible_test.units, core=core), 300)
        )
        if core != ends[-1]:  # where everything runs
            checks.append(Leg(f"smoke-{core}", (*groups, "playbooks"), functools.partial(smoke, core=core), 90))
            set_up = functools.partial(role_awx, core=core, words=("-k", "everything_is_set_up"))
            checks.append(Leg(f"awx-{core}", ("units",), set_up, 60))
    for core in ends:
        whole = functools.partial(ansible_test.sanity, core=core)
        checks.append(Leg(f"sanity-{core}-whole", ("sanity",), whole, 200))
        # "all" has what takes most of sanity's time on the newest core only, and there imports everything on the oldest
        # and the newest Python; `make sanity` has all of it. That everything can be imported on the oldest core is seen
        # by units, smoke and integration there.
        is_newest = core == ends[-1]
        part = functools.partial(whole, without=() if is_newest else ("pylint", "import"), all_imports=not is_newest)
        checks.append(Leg(f"sanity-{core}", ("all",), part, 150 if is_newest else 60))
    for core, lane in itertools.product(ends, ("module", "fast")):
        always = {"module": ends[0], "fast": ends[-1]}[lane] == core
        groups = ("integration", "all") if always else ("integration",)
        shares = 3 if lane == "module" else 1
        for share in range(shares):
            name = f"integration-{core}-{lane}" + (f"-{share + 1}" if shares > 1 else "")
            work = functools.partial(ansible_test.integration, core=core, lane=lane, share=share, shares=shares)
            # Starting a Python for each task takes its time: "all" has a third of the targets in that lane.
            chosen = groups if share == 0 else ("integration",)
            checks.append(Leg(name, (*chosen, f"integration-{core}-{lane}"), work, 300))
        if always:
            for name in ("playbooks", "roles"):
                work = functools.partial(playbooks, core=core, lane=lane, name=name)
                # Of the roles, "all" has what belongs to the smoke test.
                groups = ("all",) if (name, lane) == ("playbooks", "fast") else ()
                checks.append(Leg(f"{name}-{core}-{lane}", ("playbooks", "integration", *groups), work, 150))
    return checks


def playbooks(leg: Leg, core: str, lane: str, name: str) -> Outcome:
    """The playbooks of the collection, or its roles, against simulators of their own, in one lane."""
    leg.variables.update(ansible_test.in_lane(lane))
    leg.variables["ITCARE_SIMULATOR_COVERAGE"] = str(environment.OPERATIONS)
    programs, tree = ansible_test.prepare(leg, core)
    roads = {"PYTHONPATH": "tests:tests/playbooks", "ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    chosen = {
        # The tests of a file follow one another.
        "playbooks": ("tests/playbooks", "--ignore", "tests/playbooks/roles", "-n", "2", "--dist", "loadfile"),
        "roles": ("tests/playbooks/roles", "--ignore", "tests/playbooks/roles/test_awx.py", "--numprocesses", "2"),
    }
    return pytest(leg, *chosen[name], programs=programs, tree=tree, **roads)


def smoke(leg: Leg, core: str) -> Outcome:
    """Each module, the inventory, the lookup and each role once, as real commands, in the fast lane."""
    leg.variables["ITCARE_SIMULATOR_COVERAGE"] = str(environment.OPERATIONS)
    programs, tree = ansible_test.prepare(leg, core)
    roads = {"PYTHONPATH": "tests:tests/playbooks", "ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    return pytest(leg, "tests/playbooks", "-m", "smoke", "--numprocesses", "2", programs=programs, tree=tree, **roads)


def jobs(leg: Leg, core: str) -> Outcome:
    """Jobs and updates of inventories as AWX runs them, and the execution environment."""
    leg.variables["ITCARE_SIMULATOR_COVERAGE"] = str(environment.OPERATIONS)
    python = environment.core_python(core, environment.interpreters())
    if not python:
        raise LeftOut(f"ansible-core {core} needs Python {' or '.join(environment.CORES[core])}; none was found")
    programs, tree = environment.core_venv(leg, core, python, "runner") / "bin", environment.copy_for(leg.name)
    roads = {"PYTHONPATH": f"tests:tests/playbooks:{tree.parents[2]}"}
    return pytest(leg, "tests/runner", "--numprocesses", "2", programs=programs, tree=tree, **roads)


def role_awx(leg: Leg, core: str, words: tuple[str, ...] = ()) -> Outcome:
    """The role awx, with the real modules of awx.awx on a stand-in for AWX."""
    programs, tree = ansible_test.prepare(leg, core)
    # The wheel needs a newer Python than the oldest core has.
    found = environment.awx_collection(leg, static.newest_core(leg) / "python")
    roads = {
        "PYTHONPATH": os.pathsep.join(("tests", "tests/playbooks")),
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join((str(tree.parents[2]), str(found))),
    }
    chosen = ("tests/awx", "tests/playbooks/roles/test_awx.py", "--numprocesses", "2", *words)
    return pytest(leg, *chosen, programs=programs, tree=tree, **roads)


def package(leg: Leg) -> Outcome:
    """The tarball: what is in it, whether it works in an empty directory, and its signature."""
    leg.variables["ITCARE_SIMULATOR_COVERAGE"] = str(environment.OPERATIONS)
    return pytest(leg, "tests/package", PYTHONPATH="tests:tests/tools")


def simulator_tests(leg: Leg) -> Outcome:
    """The simulator's own tests. They do not count for the coverage of operations: the collection makes no request."""
    return pytest(leg, "tests/simulator/tests", PYTHONPATH="tests")


def units(leg: Leg, core: str, everything: bool) -> Outcome:
    """The unit tests with plain pytest: ansible-test would fork for each test, and each fork start a simulator.

    All of them on one core only. Modules run on the others in the integration tests, and slow tests say the same there.
    """
    leg.variables["ITCARE_SIMULATOR_COVERAGE"] = str(environment.OPERATIONS)
    programs, tree = ansible_test.prepare(leg, core)
    elsewhere = ("modules", "companions", "kinds", "inventory/test_itcare_reading.py")
    elsewhere += ("inventory/test_ovc_estate.py", "plugin_utils/test_inventory_expressions.py")
    elsewhere += ("test_every_reading.py", "test_every_answer.py", "test_every_description.py")
    without = (word for name in elsewhere for word in ("--ignore", f"tests/unit/plugins/{name}"))
    chosen = () if everything else ("-m", "not slow", "--ignore", "tests/unit/tools", *without)
    roads = {"PYTHONPATH": str(tree.parents[2])}
    chosen = ("--durations=40", *chosen)  # in the log: what to shorten when the time gets long
    return pytest(leg, "tests/unit", "--numprocesses", "3", *chosen, programs=programs, tree=tree, **roads)


def every_cell(leg: Leg, core: str) -> Outcome:
    """Each kind of fault, each reading of the documentation with each task, and more expressions of an inventory, of
    which the unit tests take a part."""
    leg.variables.update(ITCARE_READING="all", ITCARE_KINDS="all", ITCARE_FUZZ="200", ITCARE_EXPRESSIONS="6")
    programs, tree = ansible_test.prepare(leg, core)
    files = ("test_every_reading.py", "test_every_description.py", "test_every_answer.py", "kinds")
    files += ("companions/test_every_companion_answer.py", "plugin_utils/test_inventory_expressions.py")
    words = (*(f"tests/unit/plugins/{name}" for name in files), "--numprocesses", "3")
    return pytest(leg, *words, programs=programs, tree=tree, PYTHONPATH=str(tree.parents[2]))


def fault_matrix(leg: Leg, core: str, cells: str = "") -> Outcome:
    """Each module under each fault at each of its requests: all cells, or a fixed part of them."""
    leg.variables["ITCARE_MATRIX"] = cells
    programs, tree = ansible_test.prepare(leg, core)
    words = ("tests/reliability/matrix", "--numprocesses", "3" if cells else "2", "--durations=20")
    return pytest(leg, *words, programs=programs, tree=tree, PYTHONPATH=str(tree.parents[2]))


def every_wait(leg: Leg, core: str) -> Outcome:
    """The playbook of a whole application, interrupted after each single write; `make test` does so after a few."""
    leg.variables["EVERY_WAIT"] = "1"
    programs, tree = ansible_test.prepare(leg, core)
    roads = {"PYTHONPATH": "tests:tests/playbooks", "ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    words = ("tests/playbooks/test_application.py", "-k", "interrupted")
    return pytest(leg, *words, programs=programs, tree=tree, **roads)


def races(leg: Leg, core: str) -> Outcome:
    """Each module while somebody else changes its resource, before each of its requests."""
    programs, tree = ansible_test.prepare(leg, core)
    words = ("tests/reliability/races", "--numprocesses", "2")
    return pytest(leg, *words, programs=programs, tree=tree, PYTHONPATH=str(tree.parents[2]))


def any_example(leg: Leg, core: str) -> Outcome:
    """What is true of every task, with tasks that hypothesis makes up."""
    python = environment.core_python(core, environment.interpreters())
    if not python:
        raise LeftOut(f"ansible-core {core} needs Python {' or '.join(environment.CORES[core])}; none was found")
    programs, tree = environment.core_venv(leg, core, python, "properties") / "bin", environment.copy_for(leg.name)
    words = ("tests/reliability/properties", "--numprocesses", "3")
    return pytest(leg, *words, programs=programs, tree=tree, PYTHONPATH=str(tree.parents[2]))


def any_estate(leg: Leg, core: str) -> Outcome:
    """Estates made by chance: what is described changes nothing, and what somebody changes is named and undone."""
    programs, tree = ansible_test.prepare(leg, core)
    words = ("tests/reliability/estates", "--numprocesses", "3")
    return pytest(leg, *words, programs=programs, tree=tree, PYTHONPATH=str(tree.parents[2]))


def as_users_do(leg: Leg, core: str, name: str, imports: bool = False) -> Outcome:
    """Real ansible-playbook: ended at random points, many at a time, searched for secrets, with much to do, behind TLS.

    `imports`: the tests also import the collection.
    """
    programs, tree = ansible_test.prepare(leg, core)
    place = str(tree.parents[2])
    importable = os.pathsep.join(("tests", "tests/playbooks", *([place] if imports else [])))
    roads = {"PYTHONPATH": importable, "ANSIBLE_COLLECTIONS_PATH": place}
    return pytest(leg, f"tests/reliability/test_{name}.py", programs=programs, tree=tree, **roads)


def real_proxy(leg: Leg, core: str) -> Outcome:
    """mitmproxy between real playbooks and the systems."""
    leg.variables["MITMDUMP"] = str(static.tools(leg, "mitmproxy") / "mitmdump")
    return as_users_do(leg, core, "proxy")


def oauth_servers(leg: Leg, core: str) -> Outcome:
    """Logins at OAuth servers that nobody here wrote: one of npm, which needs Node.js, and one of PyPI."""
    leg.variables["OAUTH_SERVER"] = str(node.packages(leg, environment.ROOT / "tests/reliability/oauth_server"))
    leg.variables["AUTHLIB_PYTHON"] = str(static.tools(leg, "authlib") / "python")
    return as_users_do(leg, core, "oauth_server", imports=True)


def second_referee(leg: Leg, core: str) -> Outcome:
    """Each module of ITCare on the simulator, and openapi-core as a second judge of requests and answers."""
    python = environment.core_python(core, environment.interpreters())
    if not python:
        raise LeftOut(f"ansible-core {core} needs Python {' or '.join(environment.CORES[core])}; none was found")
    programs, tree = environment.core_venv(leg, core, python, "referee") / "bin", environment.copy_for(leg.name)
    words = ("tests/reliability/test_referee.py", "--numprocesses", "3")
    return pytest(leg, *words, programs=programs, tree=tree, PYTHONPATH=str(tree.parents[2]))


def event_source(leg: Leg) -> Outcome:
    """The event source under ansible-rulebook itself, which needs Java."""
    roads = {"PYTHONPATH": "tests", "ANSIBLE_COLLECTIONS_PATH": str(environment.EXPORT.parents[2])}
    return pytest(leg, "tests/reliability/test_rulebook.py", **roads, **rulebook.variables(leg))


def quick_units(leg: Leg) -> Outcome:
    """The unit tests on one Python, but neither the slow ones nor those that mostly read or wait.

    The products whose modules are made by the constructor of farms are left to what is tried with every resource, and
    the companion systems and the tooling, which share little with the rest, to `make test`.
    """
    farms = ("glusterfs", "kafka", "mariadb", "matomo", "opensearch", "overdrive", "rabbitmq", "redis", "sqlserver")
    mixes = ("reading", "description", "answer")
    without = ["extensions", "tools", *(f"plugins/{name}" for name in ("companions", "inventory", "kinds", "lookup"))]
    without += [
        f"plugins/modules/test_itcare_{name}.py" for name in (*farms, "api_reaches_everything", "loadbalancer_url")
    ]
    without += ["plugins/plugin_utils/test_batch.py", "plugins/plugin_utils/test_fast_lane.py", "plugins/filter"]
    without += [f"plugins/test_every_{name}.py" for name in mixes]
    left_out = (word for name in without for word in ("--ignore", f"tests/unit/{name}"))
    roads = {"PYTHONPATH": str(environment.EXPORT.parents[2])}
    return pytest(leg, "tests/unit", "-m", "not slow", "--numprocesses", "3", *left_out, **roads)


def pytest(leg: Leg, *words: str, programs: Path | None = None, tree: Path | None = None, **extra: str) -> Outcome:
    """Run pytest in the export (or in a copy of it) and count: no test collected is a failure."""
    programs = programs or static.newest_core(leg)
    words = ("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *words)
    try:
        tree = tree or environment.EXPORT
        output, failure = leg.run(programs / "python", *words, cwd=tree, path=programs, **extra), None
    except Failed as error:
        output, failure = error.output, error
    passed, failed, note = ansible_test.count_pytest(output)
    if failure or failed or not passed:
        raise Failed(str(failure or "no test ran"), passed, failed)
    figures = re.findall(r"^figures: .*", output, re.M)
    return Outcome(passed, ", ".join(one for one in (note, *figures) if one))


def benchmark(leg: Leg, what: str) -> Outcome:
    """What a task costs, an estate, or an inventory. Its report is its output. One at a time: --jobs 1."""
    programs = static.newest_core(leg)
    print(leg.run(programs / "python", f"tests/benchmarks/{what}", cwd=environment.EXPORT, path=programs))
    return Outcome()


def peers(leg: Leg) -> Outcome:
    """The inventory beside those of other collections, in an environment that has these. Its report is its output."""
    found = environment.interpreters()
    python = next((found[version] for version in ("3.11", "3.12", "3.13") if version in found), None)
    if not python:
        raise LeftOut("needs Python 3.11, 3.12 or 3.13")
    needs = [environment.REQUIREMENTS / "peers.txt", environment.ROOT / "tests" / "simulator" / "requirements.txt"]
    programs = environment.venv(leg, "peers", python, needs) / "bin"
    print(leg.run(programs / "python", "tests/benchmarks/inventory/peers.py", cwd=environment.EXPORT, path=programs))
    return Outcome()


def main() -> int:
    """Choose, run, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["all"], help="names or groups of checks")
    parser.add_argument("--list", action="store_true", help="print the names and groups, and stop")
    # One more than there are cores, because the integration targets wait much of their time.
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 2) + 1, help="legs at a time")
    chosen = parser.parse_args()

    everything = legs()
    if chosen.list:
        for leg in everything:
            print(f"{leg.name:28} {' '.join(leg.groups)}")
        return 0
    known = {name for leg in everything for name in (leg.name, *leg.groups)}
    unknown = set(chosen.names) - known
    if unknown:
        parser.error(f"no such check: {', '.join(sorted(unknown))} (see --list)")
    selected = [leg for leg in everything if {leg.name, *leg.groups} & set(chosen.names)]

    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # a CI that gives up ends our commands too, as Ctrl-C does
    with environment.alone():
        environment.export()
        environment.OPERATIONS.unlink(missing_ok=True)
        perform(selected, chosen.jobs)
        return report(selected)


def perform(selected: list[Leg], jobs: int) -> None:
    """Run the legs, the long ones first, and say of each how it ended when it did."""
    selected = sorted(selected, key=lambda leg: -leg.weight)
    with ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(leg.perform): leg for leg in selected}
        try:
            for future in as_completed(running):
                future.result()
                leg = running[future]
                print(f"{leg.result:9} {leg.name:26} {leg.seconds:5.0f} s  {leg.note}", flush=True)
                if leg.result == "FAILED":
                    print(*(f"    | {line}" for line in leg.last_words(TAIL)), sep="\n")
                    print(f"    the whole log: {leg.log.relative_to(environment.ROOT)}", flush=True)
        except KeyboardInterrupt:
            for again in (signal.SIGINT, signal.SIGTERM):
                signal.signal(again, signal.SIG_IGN)
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()
            sys.exit("interrupted")


def report(selected: list[Leg]) -> int:
    """Print the table, the coverage of the API's operations and the line that CI reads; answer the exit code."""
    print(f"\n{'check':26} {'result':9} {'passed':>7} {'failed':>7} {'seconds':>8} {'CPU':>6}  note")
    for leg in selected:
        counts = f"{leg.passed:7} {leg.failed:7}"
        print(f"{leg.name:26} {leg.result:9} {counts} {leg.seconds:8.0f} {leg.processor_seconds:6.0f}  {leg.note}")
    print()
    for leg in selected:  # once more at the end: a CI may keep no more than that
        print(*(f"{leg.name}: {line[:300]}" for line in leg.failing_tests()), sep="\n", end="\n" * bool(leg.failed))
    if environment.OPERATIONS.exists():
        print(operations_exercised())
    passed, failed = sum(leg.passed for leg in selected), sum(leg.failed for leg in selected)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 0 if passed and not failed else 1


def operations_exercised() -> str:
    """How many of the documented operations the tests have called, and which not."""
    leg = Leg("operations", (), lambda leg: Outcome())
    try:
        programs = static.newest_core(leg)
        words = ("-m", "simulator.coverage", environment.OPERATIONS)
        return leg.run(programs / "python", *words, cwd=environment.EXPORT, PYTHONPATH="tests")
    except Failed as failure:
        return f"The coverage of operations could not be read: {failure}\n{failure.output}"


if __name__ == "__main__":
    sys.exit(main())

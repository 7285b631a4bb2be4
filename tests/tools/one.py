# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one unit test, or one integration target in one lane, on the newest ansible-core.

python3 tests/tools/one.py unit tests/unit/plugins/modules/test_itcare_redis.py -k resize
python3 tests/tools/one.py target itcare_redis fast
"""

from __future__ import annotations

import functools
import sys

import ansible_test
import check
import environment
from leg import Leg, Outcome

LANES = ([], ["fast"], ["module"])


def unit(leg: Leg, words: list[str]) -> Outcome:
    """pytest with these words, over the copy of the collection."""
    return check.pytest(leg, *words, PYTHONPATH=str(environment.EXPORT.parents[2]))


def target(leg: Leg, name: str, lane: str = "fast") -> Outcome:
    """An integration target against a simulator of its own."""
    found = environment.interpreters()
    core = next(core for core in reversed(environment.CORES) if environment.core_python(core, found))
    return ansible_test.integration(leg, core=core, lane=lane, only=name)


def main() -> int:
    """The exit code: 0 where it passed."""
    what, *words = sys.argv[1:] or [""]
    if (
        what not in ("unit", "target")
        or not words
        or (what == "target" and words[1:] not in ([], ["fast"], ["module"]))
    ):
        print(__doc__, file=sys.stderr)
        return 2
    work = functools.partial(unit, words=words) if what == "unit" else lambda leg: target(leg, *words)
    leg = Leg(f"one-{what}", (), work)
    with environment.alone():
        environment.export()
        leg.perform()
    print(f"{leg.result} in {leg.seconds:.0f} s {leg.note}")
    if leg.result == "FAILED":
        print(*leg.last_words(60), sep="\n")
    print(f"the whole log: {leg.log.relative_to(environment.ROOT)}")
    return int(leg.result == "FAILED")


if __name__ == "__main__":
    sys.exit(main())

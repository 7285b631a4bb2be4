# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m simulator.coverage FILE` tells which documented operations a whole test run exercised.

FILE is what the environment variable ITCARE_SIMULATOR_COVERAGE named during the run. Only successes count. The first
two figures are about the typed modules and the inventory: what only itcare_api reached is missing there.
"""

from __future__ import annotations

import sys

from . import companions, contract
from .exercised import report


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as lines:
        seen = set(lines.read().splitlines())
    result = report(seen)
    documented = f"{result['documented']} documented operations"
    print(f"{result['typed']} of {documented} reached by a typed module or the inventory")
    _list("not reached", result["typed_missing"])
    print(f"{result['patch_typed']} of {result['patch_operations']} PATCH operations sent by a typed module")
    _list("not sent", result["patch_missing"])
    print(f"{result['exercised']} of {documented} exercised by any client")
    _list("not exercised", result["missing"])
    for system in companions.ALL:
        documented = [one.id for one in system.operations if one.id.startswith(system.name + ".")]
        missing = sorted(set(documented) - {line.partition(" ")[2] for line in seen})
        found = len(documented) - len(missing)
        print(f"{found} of {len(documented)} documented operations of {system.system} exercised")
        for one in missing:
            print(f"  not exercised: {one}")


def _list(words: str, missing: list[str]) -> None:
    for one in missing:
        operation_id, _colon, change = one.partition(":")
        operation = contract.load().operations[operation_id]
        print(f"  {words}: {change or operation_id} ({operation.method} {operation.path})")


if __name__ == "__main__":
    main()

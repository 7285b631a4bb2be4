# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m simulator.coverage FILE` tells which documented operations a whole test run exercised.

FILE is what the environment variable ITCARE_SIMULATOR_COVERAGE named during the run.
"""

from __future__ import annotations

import sys

from . import contract
from .exercised import report


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as lines:
        result = report(set(lines.read().split()))
    print(f"{result['exercised']} of {result['documented']} documented operations exercised")
    for operation_id in result["missing"]:
        operation = contract.load().operations[operation_id]
        print(f"  not exercised: {operation_id} ({operation.method} {operation.path})")


if __name__ == "__main__":
    main()

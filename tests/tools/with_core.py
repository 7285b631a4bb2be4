# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a tool of this directory that imports the collection, on the newest ansible-core.

python3 tests/tools/with_core.py generate.py
"""

from __future__ import annotations

import os
import subprocess
import sys

import environment
import static
from leg import Failed, LeftOut, Leg, Outcome


def main() -> int:
    """The exit code of the tool."""
    leg = Leg("tool", (), lambda leg: Outcome())
    leg.log.parent.mkdir(parents=True, exist_ok=True)
    leg.log.write_text("")
    with environment.alone():
        try:
            environment.export()
            python = static.newest_core(leg) / "python"
        except (Failed, LeftOut) as reason:
            print(reason, file=sys.stderr)
            return 1
        variables = {**os.environ, "PYTHONPATH": str(environment.EXPORT.parents[2])}
        tool, *words = sys.argv[1:]
        command = [python, "-B", environment.ROOT / "tests/tools" / tool, *words]
        return subprocess.run(command, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

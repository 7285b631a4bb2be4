# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for AWX as a process, to try the role awx by hand: it prints how to reach it, and serves."""

from __future__ import annotations

import argparse
import pathlib
import threading

from .controller import Controller

PLAYBOOKS = pathlib.Path(__file__).parents[2] / "playbooks"


def main():
    parser = argparse.ArgumentParser(prog="python -m awx", description=__doc__)
    parser.add_argument(
        "--playbook", action="append", default=[], help="a further playbook of the project, such as billing.yml"
    )
    further = parser.parse_args().playbook
    with Controller([*further, *(path.name for path in PLAYBOOKS.glob("*.yml"))]) as controller:
        print(f"export CONTROLLER_HOST={controller.address} CONTROLLER_OAUTH_TOKEN={controller.token}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

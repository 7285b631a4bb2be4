# SPDX-License-Identifier: GPL-3.0-or-later
"""Build and install the collection into .build/, then play the acts of the demo on the embedded simulator.

With arguments only the first act is played, and they go to ansible-playbook: python3 tests/tools/demo.py --check -v
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import environment
import static
from leg import Failed, LeftOut, Leg, Outcome
from simulator_process import simulator

MACHINES, APPLICATION = ("ansible-playbook", "playbooks/demo.yml"), ("ansible-playbook", "playbooks/application.yml")
# What has no default, and a version that is not the latest.
SANDBOX = ("-e", "service=sandbox")
PLACE = ("-e", "service=billing-qa", "-e", "network=EB_1127_DMZ9", "-e", "domain=acme.example")
SHOP = (*APPLICATION, *PLACE, "-e", "database_version=15")
GRAPH = ("ansible-inventory", "-i", "inventories/demo.itcare.yml", "--graph")
REPORT = environment.BUILD / "demo" / "report"
OF_ALL = ("ansible-playbook", "playbooks/estate_report.yml", "-e", f"estate_report_directory={REPORT}")
COMPANIONS = ("ansible-playbook", "tests/tools/companions.yml")
LARGER = ("--tags", "database,cluster,search", "-e", "database_version=16", "-e", "@playbooks/vars/larger.yml")
# What is said, and what is run.
ACTS = (
    ("Two machines, from their creation to their end", (*MACHINES, *SANDBOX)),
    ("A whole application: databases, Kubernetes, brokers, storage, machines, a load balancer", SHOP),
    ("The same again: nothing changes", SHOP),
    (
        "What another version and more nodes would do, without doing it",
        (*APPLICATION, *PLACE, "--check", "--diff", *LARGER),
    ),
    ("All of it as an inventory", GRAPH),
    ("The application goes", (*APPLICATION, *PLACE, "--tags", "remove")),
    ("A report on all that is left: who opens it needs a browser only", OF_ALL),
    ("One task of each companion system: Cockpit ITSM, GoPaaS, OpenvCloud", COMPANIONS),
)
INSTALLED = environment.BUILD / "installed"
ACTION_SECONDS = 2  # long enough to see the waiting

ON_THE_REAL_PLATFORM = f"""
That was the simulator. The same on the real platform, with the collection installed:

    ITCARE_CLIENT_ID=... ITCARE_CLIENT_SECRET=... {" ".join(MACHINES)} -e service=...
"""


def main() -> int:
    """Play it; answer ansible-playbook's exit code."""
    with environment.alone():
        return play()


def play() -> int:
    """Set up, install, run the playbook on a simulator."""
    leg = Leg("demo", (), lambda leg: Outcome())
    leg.log.parent.mkdir(parents=True, exist_ok=True)
    leg.log.write_text("")
    print("Setting up; what is done is written in", leg.log.relative_to(environment.ROOT), flush=True)
    try:
        environment.export()
        programs = static.newest_core(leg)
        install = ("collection", "install", static.build(leg), "--force", "--offline", "-p", INSTALLED)
        leg.run(programs / "python", programs / "ansible-galaxy", *install, path=programs)
    except (Failed, LeftOut) as reason:
        print(*leg.last_words(40), reason, sep="\n")
        return 1
    workplace = environment.BUILD / "demo"
    with simulator(programs / "python", environment.EXPORT / "tests", workplace, ACTION_SECONDS) as facts:
        print("The simulator answers at", facts["api_url"], flush=True)
        variables = {
            **environment.variables(environment.home(leg.name, {}), programs),
            "ANSIBLE_COLLECTIONS_PATH": str(INSTALLED),
            "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            **{f"ITCARE_{name.upper()}": facts[name] for name in ("api_url", "token_url", "client_id")},
            "ITCARE_CLIENT_SECRET": facts["client_secret"],
            **{
                f"{system}_{name}".upper(): value
                for system, told in facts["companions"].items()
                for name, value in {"url": told["url"], **told["login"]}.items()
            },
            "APPLICATION_PASSWORD": secrets.token_urlsafe(9) + "+aA1",
            "TERM": os.environ.get("TERM", "dumb"),
        }
        for title, words in ACTS if not sys.argv[1:] else [("", (*MACHINES, *SANDBOX, *sys.argv[1:]))]:
            print(f"\n{title}\n{'=' * len(title)}", flush=True)
            command = [programs / "python", programs / words[0], *words[1:]]
            status = subprocess.run(command, cwd=environment.ROOT, env=variables, check=False).returncode
            if status:
                return status
    if not sys.argv[1:]:
        print("\nThe report, for your browser:", REPORT / "estate.html")
    print(ON_THE_REAL_PLATFORM)
    return 0


if __name__ == "__main__":
    sys.exit(main())

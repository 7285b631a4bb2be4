# SPDX-License-Identifier: GPL-3.0-or-later
"""The four systems as servers that a task reads something from, for what has to be true of each.

A system is asked at one address or, where the token server is another host, at two.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field

from many import plays
from simulator import Simulator, companions

AS_ITSELF = {"token_store": False, "retry_timeout": 5}  # each task logs in, and waits for nobody


@dataclass
class System:
    """A running simulator, and how a task logs in to it.

    ``places`` (dict) are the options that hold an address: ``{"api_url": "http://..."}``.
    """

    name: str
    server: object
    module: str
    places: dict
    login: dict
    reads: dict = field(default_factory=dict)

    def task(self, title, **options):
        """A task that logs in and reads, and that may fail."""
        given = {**AS_ITSELF, **self.places, **self.login, **self.reads, **options}
        return {"name": title, "cegedim.cloud." + self.module: given, "ignore_errors": True}

    def requests(self):
        """How many requests have come: ``(for a token, others)``."""
        entries = self.server.journal.entries()
        tokens = sum(bool(one["token"]) for one in entries)
        return tokens, len(entries) - tokens


@contextlib.contextmanager
def all_systems():
    """All of them (dict by name)."""
    with contextlib.ExitStack() as stack:
        itcare = stack.enter_context(Simulator())
        cockpit, gopaas, ovc = (
            stack.enter_context(one()) for one in (companions.Cockpit, companions.GoPaaS, companions.OpenvCloud)
        )
        login = {"client_id": itcare.client_id, "client_secret": itcare.client_secret}
        places = {"api_url": itcare.api_url, "token_url": itcare.token_url}
        found = [
            System("itcare", itcare, "itcare_environment_info", places, login),
            System("cockpit", cockpit, "cockpit_dashboard_info", {"url": cockpit.url}, cockpit.login),
            System("gopaas", gopaas, "gopaas_list_info", {"url": gopaas.url}, gopaas.login, {"view": "12"}),
            _ovc(ovc),
        ]
        yield {one.name: one for one in found}


def _ovc(ovc):
    login = dict(ovc.login)
    places = {"url": ovc.url, "token_url": login.pop("token_url")}
    return System("ovc", ovc, "ovc_info", places, login, {"gather": ["accounts"]})


def played(player, *tasks, verbosity="-vvvv"):
    """The results (list of dict) of tasks in one playbook, and all that it said."""
    process = player.start(plays(*tasks), verbosity)
    output = process.communicate(timeout=600)[0]
    assert process.returncode == 0, output
    results = [json.loads(line) for line in player.results.read_text().splitlines()]
    assert [one["task"] for one in results] == [task["name"] for task in tasks]
    return results, output

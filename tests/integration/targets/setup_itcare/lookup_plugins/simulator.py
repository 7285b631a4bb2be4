# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator's own interface answers: ``lookup('simulator', 'journal', write=true)``.

With ``method`` and ``body`` it changes something. The journal is read some hundred times: the ``url`` lookup imports an
HTTP client in each worker anew, and here it is the one that the modules' action plugins have imported already.
"""

from __future__ import annotations

import requests
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """``terms`` is one path below the address in ``itcare_control_url`` (``setup_itcare_control_url`` where a target is
    about another system); other words are parameters of the request."""

    def run(self, terms, variables=None, method="GET", body=None, **query):
        address = variables.get("setup_itcare_control_url") or variables["itcare_control_url"]
        url = "%s/%s" % (self._templar.template(address), terms[0])
        query = {name: str(value).lower() for name, value in query.items()}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, str(url), params=query, json=body, timeout=60)
        answer.raise_for_status()
        return [answer.json()]

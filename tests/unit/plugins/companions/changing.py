# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of a companion's simulator, one of which can be changed in one place."""

from __future__ import annotations

import dataclasses
import json

from ansible_collections.cegedim.cloud.tests.simulator.answer import Answer
from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz


class Answers:
    """``operations`` are those of the simulator ``system``, to be put in their place.

    ``seen`` are the answers before any change (JSON by ``(method, id of the operation)``). ``cell`` is the change that
    is made from now on: ``(method, id, place, kind)``, see fuzz.cells; or None.
    """

    def __init__(self, system):
        self.seen, self.cell = {}, None
        self.operations = tuple(map(self._altered, type(system).operations))

    def _altered(self, operation):
        def handler(system, call):
            answer = operation.handler(system, call)
            answer = answer if isinstance(answer, Answer) else Answer(200, answer)
            if not 200 <= answer.status < 300 or not answer.raw:
                return answer
            try:
                data = json.loads(answer.raw)
            except ValueError:  # a token as it is, or a file
                return answer
            request = (operation.method, operation.id)
            self.seen.setdefault(request, data)
            if self.cell and self.cell[:2] == request:
                data = fuzz.changed(data, self.cell[2], fuzz.OTHERS[self.cell[3]])
                return Answer(answer.status, b"null" if data is None else data)
            return answer

        return dataclasses.replace(operation, handler=handler)

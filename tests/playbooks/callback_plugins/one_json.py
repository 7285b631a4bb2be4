# SPDX-License-Identifier: GPL-3.0-or-later
"""A stdout callback as ansible.posix.json is one: nothing but one JSON document, at the end."""

from __future__ import annotations

import json

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: one_json
type: stdout
short_description: One JSON document, for tests
description: Prints the results of a run when it is over.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "one_json"

    def __init__(self):
        super().__init__()
        self.results = []

    def v2_runner_on_ok(self, result):
        shown = getattr(result, "result", None) or result._result
        self.results.append({"task": result._task.get_name(), "changed": shown.get("changed")})

    def v2_playbook_on_stats(self, stats):
        self._display.display(json.dumps(self.results, indent=4))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what each task did, one JSON line for each result, to the file that RESULTS_FILE names."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results
type: aggregate
short_description: Results as JSON lines, for tests
description: Writes what each task did.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results"

    def _note(self, result, **more):
        shown = getattr(result, "result", None) or result._result
        if "results" in shown and result._task.loop:  # whose items have been noted
            return
        with open(os.environ["RESULTS_FILE"], "a") as file:
            names = ("changed", "failed", "msg", "steps", "diff", "warnings", "results")
            kept = {name: shown[name] for name in names if name in shown}
            file.write(json.dumps({"task": result._task.get_name(), **kept, **more}, default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self._note(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._note(result, failed=True)  # new versions of ansible-core do not say it of what is ignored

    def v2_runner_item_on_ok(self, result):
        self._note(result)

    def v2_runner_item_on_failed(self, result):
        self._note(result)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The lane of modules that use other modules: they run in Ansible's own process or nowhere."""

from __future__ import annotations

from .fast_lane import name_of, read_options, without
from .itcare_lane import ItcareLane


class OnlyHere(ItcareLane):
    """An action plugin for which ``ITCARE_FAST_LANE`` means nothing: there is no other lane."""

    def _can_run_here(self, task_vars, environment):
        return True  # or nowhere, see _not_here()

    def _answer(self, given, check):
        reasons = self._not_here()
        if not reasons:
            return super()._answer(given, check)
        task = read_options(self.module, given)
        result = {"failed": True, "msg": "; ".join(reasons), "invocation": {"module_args": task.params}}
        return without(task.secrets, result)

    def _not_here(self):
        """Why the task cannot run as it is written (list of str)."""
        found = []
        if self._connection.transport != "local":
            found.append(
                "it runs only where Ansible runs, and this task's connection is %s: use hosts: localhost, or "
                "delegate_to: localhost" % self._connection.transport
            )
        if self._play_context.become:
            found.append("it sends requests and runs no command, so become is not supported: set become: false")
        if self._task.async_val:
            instead = ": use wait: false" if "wait" in self.module.SPEC["argument_spec"] else ""
            found.append("it waits for all of its resources at once, so async is not supported" + instead)
        return ["%s: %s" % (name_of(self.module), one) for one in found]

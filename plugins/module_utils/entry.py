# SPDX-License-Identifier: GPL-3.0-or-later
"""From a spec and a ``run()`` to a module: the one place that knows AnsibleModule.

``run(client, params, check)`` returns an Outcome or raises. The other caller of a module's ``run()`` is the fast lane
(plugin_utils/fast_lane.py); both answer with what ``answer()`` makes of it.
"""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from .errors import CloudError, InvalidInput


class Module(AnsibleModule):
    """AnsibleModule, which says of a misspelled option or choice which one may have been meant."""

    def fail_json(self, msg, **details):
        if not details:  # a refusal of its own: a result has details
            from .neighbours import explained  # only a refusal needs it

            msg = explained(msg, self.argument_spec, self.params)
        super().fail_json(msg, **details)


def module(spec, run, connect=None):
    """Run a module: ``spec`` are the arguments of AnsibleModule; ``connect`` as for ``answer``."""
    ansible = Module(**spec)
    name = ansible._name.rpartition(".")[2]
    result, warnings = answer(run, ansible.params, ansible.check_mode, name, connect)
    for warning in warnings:
        ansible.warn(warning)
    if result.get("failed"):
        ansible.fail_json(**result)
    ansible.exit_json(**result)


def only_here(name):
    """The ``run()`` in the file of a module that uses other modules: where the file was sent to, there are none."""

    def run(client, params, check):
        raise InvalidInput(
            "%s runs only where Ansible runs, as an action plugin: use hosts: localhost or delegate_to: localhost, and "
            "the full name cegedim.cloud.%s" % (name, name)
        )

    return run


def answer(run, params, check, name=None, connect=None):
    """The result (dict) of a ``run()``, and its warnings. A CloudError becomes a failed result; a bug is raised.

    ``name`` is that of the module, which the requests name in their User-Agent; ``connect(params, name)`` gives the
    client; without it, it is that of ITCare.
    """
    if connect is None:
        from .client import from_params as connect  # the other systems do without it
    try:
        outcome = run(connect(params, name), params, check)
    except CloudError as error:
        return {**error.details, "failed": True, "msg": str(error)}, []
    return {**outcome.result, "changed": outcome.changed}, outcome.warnings

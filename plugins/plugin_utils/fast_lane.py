# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane: a local task runs its module's own ``run()`` in the controller's worker, without a new Python.

Most of what a module costs is starting Python and unpacking it, more than ten times the API call. Where the task is
not local (another host, become, async, another interpreter, no requests here), the module runs as it always does.
``ITCARE_FAST_LANE=0`` in the environment makes every task do so (each system has a variable of its own).

Each module has an action plugin of its name, a few lines that import it. No redirect in meta/runtime.yml: ansible-lint
takes its target for the canonical name, and would have users write that. The strategy loads a task's action plugin
before it forks workers, so what is imported here and there is imported once for a play, and not for each task.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import dataclass, field

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as NormalAction

from ..module_utils import entry, progress, transport
from ..module_utils.errors import CloudError
from . import waiting_lines

RELATIONS = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")


def read_authorities(variables):
    """Read the certificate authorities before the workers are forked: it takes longer than a request."""
    if transport.requests is not None:
        with contextlib.suppress(CloudError):  # a wrong path is the task's error to tell
            transport.tls_context(os.environ.get(variables + "_CA_PATH") or transport.default_authorities(), True)


class FastLane(NormalAction):
    """Runs ``module``: here where it can, and otherwise as usual.

    ``variables`` is the first part of the names of its system's environment variables.
    """

    module = None
    variables = None

    def run(self, tmp=None, task_vars=None):
        differing = aliases_that_differ(self.module.SPEC["argument_spec"], self._arguments())
        if differing:
            return {**ActionBase.run(self, tmp, task_vars), "failed": True, "msg": "; ".join(differing)}
        environment = {}
        self._compute_environment_string(environment)
        if not self._can_run_here(task_vars or {}, environment):
            with self._saying_once_that_nothing_is_shown(task_vars or {}, environment):
                return super().run(tmp, task_vars)
        result = ActionBase.run(self, tmp, task_vars)
        with _environment(environment), self._showing_progress(task_vars or {}):
            result.update(self._answer(self._arguments(), self._task.check_mode))
        if not _shows_invocation(task_vars):
            del result["invocation"]
        return result

    def _answer(self, given, check):
        """The result (dict) of the task in this process, for what it is ``given``."""
        return run_here(self.module, given, check)

    def _can_run_here(self, task_vars, environment):
        name = self.variables + "_FAST_LANE"
        switch = environment.get(name, os.environ.get(name, "1"))
        return (
            switch.lower() not in ("0", "false", "no", "off")
            and transport.requests is not None
            and self._connection.transport == "local"
            and not self._play_context.become
            and not self._task.async_val
            and not self._is_foreign(task_vars)
        )

    def _is_foreign(self, task_vars):
        """Whether the task's host is told to use a Python other than the controller's."""
        if self._task.delegate_to:
            task_vars = task_vars.get("ansible_delegated_vars", {}).get(self._task.delegate_to, {})
        interpreter = self._templar.template(task_vars.get("ansible_python_interpreter"))
        return bool(interpreter) and not interpreter.startswith("auto") and interpreter != sys.executable

    def _showing_progress(self, task_vars):
        """The context in which lines tell what the task is waiting for, unless they are switched off."""
        name = self.variables + waiting_lines.SWITCH
        first = waiting_lines.first_of(name, os.environ.get(name))
        if first is None:
            return contextlib.nullcontext()
        return _observed(
            waiting_lines.WaitingLines(
                waiting_lines.show,
                task_vars.get("inventory_hostname"),
                lambda: waiting_lines.label_of(self._task, self._templar, task_vars),
                first,
                is_censored=self._task.no_log,
            )
        )

    def _saying_once_that_nothing_is_shown(self, task_vars, environment):
        """The context in which a module may wait, as it always does, without a word."""
        name = self.variables + waiting_lines.SWITCH
        first = waiting_lines.first_of(name, environment.get(name, os.environ.get(name)))
        # Ansible itself shows that it waits for a task with async.
        if first is None or self._task.async_val or "wait_timeout" not in self.module.SPEC["argument_spec"]:
            return contextlib.nullcontext()
        return waiting_lines.said_once(task_vars.get("inventory_hostname"), first)

    def _arguments(self):
        """The task's arguments as a module gets them: plain JSON types, vaulted text in clear."""
        return json.loads(json.dumps(self._task.args, default=_as_module_would))


def aliases_that_differ(spec, given):
    """Options that are given under two of their names with different values (list of str, without the values).

    ansible-core would take the alias and warn: with ``service_id`` among the defaults of a play, a task's own
    ``service`` would not count, and it would act on a resource of another service.
    """
    sentences = []
    for name, option in spec.items():
        words = [word for word in (name, *option.get("aliases", ())) if word in given]
        if any(str(given[word]) != str(given[words[0]]) for word in words):
            sentences.append("%s are the same option and have different values" % " and ".join(words))
        values = [given[word] for word in words] if option.get("options") else []
        rows = [row for value in values for row in (value if isinstance(value, list) else [value])]
        for row in rows:
            sentences += aliases_that_differ(option["options"], row) if isinstance(row, dict) else []
    return sentences


def run_here(module, given, check):
    """The result (dict) that ``module`` would print for what the task has ``given`` it.

    A bug in the module is raised, with its traceback.
    """
    task = read_options(module, given)
    if task.refusals:
        result, warnings = {"failed": True, "msg": task.refusals[0]}, []
    else:
        result, warnings = entry.answer(
            module.run, task.params, check, name_of(module), getattr(module, "connect", None)
        )
    result["invocation"] = {"module_args": task.params}
    if warnings or task.warnings:
        result["warnings"] = warnings + task.warnings
    return _without_in_place(task.secrets, result)


@dataclass
class Options:
    """What a task gives a module.

    ``params`` (dict) are all options as the module gets them; ``refusals`` (list of str) is why the spec refuses them,
    in AnsibleModule's words; ``secrets`` (set) are the values that must not be shown.
    """

    params: dict
    refusals: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    secrets: set = field(default_factory=set)


def read_options(module, given):
    """The Options of a module for what a task has ``given`` it (dict), by the module's own spec. Raises nothing."""
    spec = module.SPEC
    wrong = _without_options(spec["argument_spec"], given)
    if wrong:
        return Options({}, wrong)
    validation = ArgumentSpecValidator(
        spec["argument_spec"], **{name: spec[name] for name in RELATIONS if name in spec}
    ).validate(given)
    progress.hide(validation._no_log_values)
    return Options(
        validation.validated_parameters,
        [_refusal(module, error, validation.validated_parameters) for error in validation.errors],
        ["Both option %s and its alias %s are set." % (one["option"], one["alias"]) for one in validation._warnings],
        validation._no_log_values,
    )


def _without_options(spec, given):
    """Sentences for values that have no options although theirs do: ansible-core would not refuse them, but fail."""
    sentences = []
    for name, option in spec.items():
        for word in (name, *option.get("aliases", ())) if option.get("options") else ():
            value = given.get(word)
            rows = value if isinstance(value, list) else [] if value is None else [value]
            if not all(isinstance(row, (dict, str)) for row in rows):
                sentences.append(
                    "%s has to be %s" % (word, "a dict" if option["type"] == "dict" else "a list of dicts")
                )
    return sentences


def without(secrets, result):
    """``result`` (dict) without the ``secrets``.

    As AnsibleModule does: true, false and null are never secrets, whatever a secret may be.
    """
    plain = {key: value for key, value in result.items() if value is None or isinstance(value, bool)}
    return {**remove_values(result, secrets), **plain}


def _without_in_place(secrets, result):
    """The same for a result that nobody else has: two copies of a long listing would need twice the memory."""
    lists = {key: value for key, value in result.items() if isinstance(value, list)}
    for rows in lists.values():
        for index, row in enumerate(rows):
            rows[index] = remove_values(row, secrets)
    return {**without(secrets, {key: value for key, value in result.items() if key not in lists}), **lists}


def _shows_invocation(task_vars):
    """Whether a module's result has its arguments: since ansible-core 2.21 only where they are asked for."""
    try:
        return C.config.get_config_value("INJECT_INVOCATION", variables=task_vars)
    except AnsibleError:  # an older one has no such setting
        return True


def _refusal(module, error, given):
    """An error of a validation, in AnsibleModule's words, and which option may have been meant."""
    from ..module_utils.neighbours import explained  # only a refusal needs it

    message = error.msg
    if isinstance(error, UnsupportedError):
        message = "Unsupported parameters for (cegedim.cloud.%s) module: %s" % (name_of(module), message)
    return explained(message, module.SPEC["argument_spec"], given)


def name_of(module):
    """The name of an imported module."""
    return module.__name__.rsplit(".", 1)[-1]


def _as_module_would(value):
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@contextlib.contextmanager
def _observed(observer):
    """What the task waits for is told to ``observer`` while it runs."""
    progress.observer = observer
    try:
        yield
    finally:
        progress.observer = None


@contextlib.contextmanager
def _environment(variables):
    """The environment that the task asks for, while it runs."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update({name: str(value) for name, value in variables.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

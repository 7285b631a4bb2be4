# SPDX-License-Identifier: GPL-3.0-or-later
"""``compose``, ``groups`` and ``keyed_groups``: what ansible-core's ``Constructable`` does, without repeating itself.

ansible-core itself decides, once for each set of values that an entry reads; what it decided is then applied to all
hosts that have the same values. So names, separators, defaults, parents and errors are ansible-core's own.
"""

from __future__ import annotations

from ansible.plugins.inventory import Constructable
from ansible.utils.vars import combine_vars

from ..module_utils.errors import InvalidInput
from .inventory_expressions import FAILED, TEXT_RESULTS, Expression, Impure, Reading, freeze, key_of
from .inventory_groups import Alike, join
from .inventory_trust import Texts

KINDS = ((str, "text"), ((int, float), "a number"), (list, "a list"), (dict, "a dictionary"), (type(None), "null"))
# Before ansible-core 2.19 results were text: the words for a value that is neither true nor false are made there.
AS_WORDS = """\
{%% set answer_ = (%s) %%}{%% if answer_ %%}{%% endif %%}{{
'is true' if answer_ is sameas true else 'is false' if answer_ is sameas false else 'text' if answer_ is string
else 'a number' if answer_ is number else 'a list' if answer_ is sequence and answer_ is not mapping
else 'a dictionary' if answer_ is mapping else 'null' }}"""


class FastConstructable(Constructable):
    """In place of ``Constructable``, for a plugin whose variables are plain JSON data with marked ``texts`` (Texts).

    ``host_names`` (set) are the names of all hosts, where no group is to have one of them: a pattern could not tell
    them apart, and ansible-core would give the variables of the host to the group. ``CONDITION`` is an example of a
    condition that reads what a host may lack.
    """

    CONDITION = "comment | default('') == 'web'"
    host_names = frozenset()

    def prepare(self):
        """Read the options of ``constructed`` once, and begin with new ``texts``: before the other methods."""
        self.texts = Texts()
        self._expressions = {}
        self._extra_vars = (self._vars or {}) if self.get_option("use_extra_vars") else {}
        self._strict = self.get_option("strict")
        self._composed = self.get_option("compose") or {}
        self._grouped = self.get_option("groups") or {}
        self._keyed = self.get_option("keyed_groups") or []
        self._set_before = set()
        self._told = set()
        self._conditions = [self.condition(name, text, self.inventory) for name, text in self._grouped.items()]
        self._open_conditions = any(condition.is_open for condition in self._conditions)
        self._entries = [self._keyed_entry(entry) for entry in self._keyed]
        readings = [self.expression(source).reading for source in self._composed.values() if isinstance(source, str)]
        memberships = [*self._conditions, *self._entries]
        self._is_open = any(reading.paths is None for reading in readings) or any(one.is_open for one in memberships)
        self._alike = Alike(list(dict.fromkeys(path for one in memberships for path in one.paths)))

    def construct(self, host, groups=()):
        """Give ``host`` (a Host) its composed variables, and put it into ``groups`` (list of Group) and into those of
        the options. The names of these variables (sequence). Raises what ansible-core raises."""
        names = ()
        if self._is_open:  # what is evaluated may read the groups of the host
            join(groups, host)
        variables = {**host.vars, "inventory_hostname": host.name}
        if self._composed:
            names = self._compose_all(host, variables)
            variables = {**host.vars, "inventory_hostname": host.name}
        key = None if self._is_open or host.groups else self._alike.key(groups, variables)
        if key and self._alike.join(key, host):
            return names
        join(groups, host)
        found = list(groups)
        # All conditions see the groups that there were before the first; each keyed group sees those before it.
        before = self._for_core(host) if self._open_conditions else None
        for condition in self._conditions:
            chosen = condition.groups(host.name, variables, lambda: before or self._for_core(host))
            join(chosen, host)
            found += chosen
        for entry in self._entries:
            chosen = entry.groups(host.name, variables, lambda: self._for_core(host))
            join(chosen, host)
            found += chosen
        if key and not any(one.met_impure for one in (*self._conditions, *self._entries)):
            self._alike.note(key, groups, variables, found)
        return names

    def _for_core(self, host):
        """All variables of a host, with the magic ones, as ansible-core is to evaluate expressions with them."""
        return self.texts.unmarked(host.get_vars())

    def forget_groups(self):
        """A group has got a parent, so that hosts come into groups in another way than before."""
        self._alike.forget()

    def _has_host(self, group):
        """Whether a host has the name of that new group, so that it is left out; says so once."""
        if group not in self.host_names:
            return False
        if group not in self._told:
            self._told.add(group)
            self.display.warning("The group %s is not created: a host has this name." % group)
        return True

    def construct_as_core(self, host, groups=()):
        """The same with ansible-core's own functions, for each host anew."""
        join(groups, host)
        name, strict, variables = host.name, self._strict, self._for_core
        self._set_composite_vars(self._composed, variables(host), name, strict)
        self._add_host_to_composed_groups(self._grouped, variables(host), name, strict, fetch_hostvars=False)
        for entry in self._keyed:
            self._add_host_to_keyed_groups([entry], variables(host), name, strict, fetch_hostvars=False)
        return list(self._composed)

    def condition(self, name, text, inventory):
        """The Membership in the group ``name`` of ``inventory`` of those hosts for which ``text`` is true."""
        reading = Reading(text, escapes=False)
        if isinstance(text, bool):
            reading.paths = ()

        def ask(host, variables):
            notes = _Notes(inventory, host, self._has_host)
            with notes.instead_of(self):
                self._add_host_to_composed_groups({name: text}, variables, host, self._strict, fetch_hostvars=False)
            return notes.groups

        return Membership([reading], reading, ask)

    def selection(self, option, text):
        """The Membership of those hosts for which ``text``, an entry of the ``option`` include or exclude, is true.

        Unlike a condition of ``groups``, whatever ``strict`` says, it raises InvalidInput for a host for which it is
        neither true nor false, since a machine must not be let in or kept out by mistake.
        """
        reading = Reading(text, escapes=False)
        if isinstance(text, bool):
            reading.paths = ()

        def ask(host, variables):
            try:
                answer = text if isinstance(text, bool) else self._answer(text, variables)
            except Exception as problem:  # a filter may raise anything
                raise InvalidInput(_not_evaluated(option, text, host, problem, self.CONDITION)) from None
            return [answer] if answer else []

        return Membership([reading], reading, ask)

    def _answer(self, text, variables):
        """Whether ``text`` is true (bool), as ansible-core evaluates it. Raises what it raises, and TypeError."""
        self.templar.available_variables = variables
        if TEXT_RESULTS:
            value = self.templar.template(AS_WORDS % text)
            value = {"is true": True, "is false": False}.get(value, value)
            found = value
        else:
            value = self.templar.evaluate_expression(text, escape_backslashes=False)
            found = next((words for kind, words in KINDS if isinstance(value, kind)), type(value).__name__)
        if isinstance(value, bool):
            return value
        raise TypeError("the result is %s, not true or false" % found)

    def expression(self, source):
        """The Expression of that source (str)."""
        if source not in self._expressions:
            core = super()._compose
            expression = Expression(source, lambda variables: core(source, variables), self._as_result)
            self._withhold_extra_vars(expression.reading)
            self._expressions[source] = expression
        return self._expressions[source]

    def _compose(self, template, variables, *args, **kwargs):
        if isinstance(template, str):
            value = self.expression(template).value(variables, lambda: variables)
            if value is not FAILED:
                # As ansible-core does: the template of a parent_group reads them next.
                self.templar.available_variables = combine_vars(variables, self._extra_vars)
                return value
        return super()._compose(template, variables, *args, **kwargs)

    def _compose_all(self, host, variables):
        values = []
        for name, source in self._composed.items():
            value = FAILED
            if isinstance(source, str):
                value = self.expression(source).value(variables, lambda: self._for_core(host))
            if value is not FAILED:
                values.append((name, value))
                continue
            notes = _Notes(self.inventory, host.name, self._has_host)
            with notes.instead_of(self):
                self._set_composite_vars({name: source}, self._for_core(host), host.name, self._strict)
            values.extend(notes.variables)
        for name, value in values:
            if name in self._set_before and name not in host.vars:
                host.vars[name] = value
            else:  # ansible-core checks the name, once, and merges dicts
                host.set_variable(name, value)
                self._set_before.add(str(name))
        return [name for name, _value in values]

    def _keyed_entry(self, entry):
        readings = []
        if isinstance(entry, dict):
            readings = [Reading(entry.get("key")), Reading(entry.get("parent_group") or "", template=True)]
        for reading in readings:
            self._withhold_extra_vars(reading)

        def ask(host, variables):
            notes = _Notes(self.inventory, host, self._has_host)
            with notes.instead_of(self):
                self._add_host_to_keyed_groups([entry], variables, host, self._strict, fetch_hostvars=False)
            return notes.groups

        return Membership(readings, None, ask)

    def _withhold_extra_vars(self, reading):
        """Extra variables may hold templates; an expression that reads one is ansible-core's."""
        if reading.paths is not None and any(path[0] in self._extra_vars for path in reading.paths):
            reading.paths = reading.path = reading.function = None

    def _as_result(self, value):
        """What ansible-core makes of the value of an expression in the end. Raises Impure."""
        freeze(value)
        if TEXT_RESULTS:
            environment = self.templar.environment
            return environment.concat([environment.finalize(value)])
        return _copy(value)


class Membership:
    """The groups to which one entry leads, for many hosts.

    ``paths`` are what it reads, where it is not open to anything; ``met_impure``: there were values of a host for which
    the answer was that host's only.
    """

    def __init__(self, readings, condition, ask):
        """``readings`` are what it depends on; ``condition`` is the one that decides on its own, or None;
        ``ask(host's name, variables)`` gives the groups by ansible-core, and may raise."""
        self.is_open = not readings or any(reading.paths is None for reading in readings)  # it may read anything
        self.paths = () if self.is_open else tuple(path for reading in readings for path in reading.paths)
        self.met_impure = False
        self._condition, self._ask = condition, ask
        self._known, self._by_answer = {}, {}

    def groups(self, host, variables, all_variables):
        """The Group objects (list), for a host's name, its variables and a function that gives the magic ones, too."""
        if self.is_open:
            return self._ask(host, all_variables())
        try:
            key = key_of(self.paths, variables)
        except Impure:
            self.met_impure = True
            return self._ask(host, all_variables())
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._decide(host, variables, all_variables)
        return found

    def _decide(self, host, variables, all_variables):
        answer = self._condition.evaluate(variables) if self._condition else FAILED
        if not isinstance(answer, bool):
            return self._ask(host, all_variables())
        if answer not in self._by_answer:
            asked = self._ask(host, all_variables())
            if bool(asked) is not answer:
                self._condition = None
                return asked
            self._by_answer[answer] = asked
        return self._by_answer[answer]


def _not_evaluated(option, text, host, problem, example):
    return (
        "%s: the condition %s cannot be evaluated for %s: %s. Use default() for a value that may be missing, as in %s"
        % (option, text, host, str(problem).strip().rstrip("."), example)
    )


class _Notes:
    """Stands in for the inventory while ansible-core decides about one host: passes on what concerns groups, and notes
    the groups and the variables of the host. A group that would have a host's name is left out; the host is then
    directly in the parent of that group."""

    def __init__(self, inventory, host, has_host):
        """``has_host(group)`` says whether there is a host of that name."""
        self.groups, self.variables = [], []
        self._inventory, self._host, self._has_host = inventory, host, has_host
        self._plugin = None

    def instead_of(self, plugin):
        """A context in which it is the inventory of ``plugin``."""
        self._plugin, self._before = plugin, plugin.inventory
        return self

    def __enter__(self):
        self._plugin.inventory = self

    def __exit__(self, *_problem):
        self._plugin.inventory = self._before

    def add_group(self, group):
        return group if self._left_out(group) else self._inventory.add_group(group)

    def add_host(self, host, group=None):
        if not self._left_out(group):
            self._inventory.add_host(host, group)
            self.groups.append(self._inventory.groups[group])

    def add_child(self, group, child):
        if child not in self._inventory.groups and (child == self._host or self._left_out(child)):
            self.add_host(self._host, group)
        elif not self._left_out(group):
            if child in self._inventory.groups:  # its hosts get the parent, also those that join() has put there
                self._inventory.groups[child].clear_hosts_cache()
            self._inventory.add_child(group, child)
            self._plugin.forget_groups()

    def _left_out(self, group):
        return group not in self._inventory.groups and self._has_host(group)

    def set_variable(self, _host, name, value):
        self.variables.append((name, value))


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value

# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugins of this collection, but for what each system has of its own: options that are checked, the
cache, the choice of hosts, their names, variables and groups."""

from __future__ import annotations

import gc
import os
import re

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.host import Host
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable

from ..module_utils import errors
from . import inventory_cache, inventory_hosts, inventory_trust
from .inventory_constructed import FastConstructable
from .inventory_expressions import FAILED, syntax_problem

EXPRESSIONS = ("compose", "groups", "keyed_groups", "include", "exclude", "hostnames")


class EstateInventory(BaseInventoryPlugin, FastConstructable, Cacheable):
    """Reads an estate (or takes it from the cache), names its hosts, and puts them into variables and groups.

    An estate is plain JSON (dict), with "notes", a list of sentences to warn of; a record is a dict of plain values
    with "id" and mostly "name". A class over this one gives, beside ``NAME`` and ``CONDITION``:

    - ``SYSTEM``, its name in sentences, and ``ENDINGS``, how the names of its files end;
    - ``IDENTITY``, the options that say where, and as whom, it reads: each has cache entries of its own;
    - ``PARTS``, the keys of an estate;
    - ``GROUPS``, what makes groups of a record (see ``inventory_hosts.DefaultGroups``), for each choice of
      ``default_groups``;
    - ``PLACE``, what tells hosts of the same name apart (see ``inventory_hosts.told_apart``);
    - the methods from ``_check_values`` to ``_hint_for_nameless``.
    """

    _of_every_host = None

    # What a system has of its own

    def _check_values(self):
        """Refuse, with InvalidInput, what the types of its options cannot."""

    def _wanted(self):
        """What is asked of the system (dict, by option): other answers have another cache entry."""
        raise NotImplementedError

    def _read_estate(self):
        """The estate, and why it is not complete (list of CloudError). Logs in and reads.

        What it needs is imported there: requests takes longer than a cached inventory of a thousand hosts.
        """
        raise NotImplementedError

    def _records(self, estate):
        """The records (list) of an estate, in the order of their names, with texts of ``self.texts``. It may use the
        estate up."""
        raise NotImplementedError

    def _simple_choice(self, words):
        """A function of a record for an entry of ``hostnames`` that is no expression, or None."""
        raise NotImplementedError

    def _reached_at(self, record):
        """The variables (dict) by which Ansible reaches the host of a record."""
        raise NotImplementedError

    def _hint_for_nameless(self, records):
        """What else to say where ``hostnames`` names not all of these records."""
        return ""

    # What ansible-core calls

    def verify_file(self, path):
        return super().verify_file(path) and path.endswith(self.ENDINGS)

    def set_options(self, task_keys=None, var_options=None, direct=None):
        """As usual, after the templates in the options are evaluated: a type would make something else of them."""
        if direct:
            self._check_names(direct)
            self.templar.available_variables = self._vars or {}
            direct = {
                name: value if name in EXPRESSIONS else self._templated(name, value) for name, value in direct.items()
            }
            self._check_booleans(direct)
        try:
            super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        except AnsibleError as problem:
            from ..module_utils import neighbours  # only a refusal needs it

            asked = neighbours.misspelled(self.option_definitions, direct or {})
            if not asked:
                raise
            raise AnsibleParserError("%s. %s" % (str(problem).rstrip(". "), " ".join(asked))) from None
        if direct:
            self._cache_timeout = self.get_option("cache_timeout")
            if self.get_option("cache_stale_if_error"):
                self.set_option("cache_timeout", 0)  # old entries are of use: their age is looked at here

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        collects = gc.isenabled()
        if gc.get_freeze_count():  # the hosts of an earlier inventory, which may be garbage by now
            gc.unfreeze()
            gc.collect()
        gc.disable()
        try:
            self._check()
            estate = self._cached_estate(cache) if self.get_option("cache") else self._warned(*self._read_estate())
            for note in estate["notes"]:
                self.display.warning(note)
            self._populate(estate)
        except errors.CloudError as problem:
            raise AnsibleParserError(str(problem)) from None  # its causes may quote addresses with credentials
        finally:
            if collects:
                gc.freeze()  # nothing of this is garbage: looking for it takes a third of the time, here and afterwards
                gc.enable()

    def _templated(self, name, value):
        try:
            return self.templar.template(value)
        except AnsibleError as problem:
            raise AnsibleParserError("%s: %s" % (name, problem)) from problem

    def _check_names(self, names):
        """Refuse options that do not exist: a misspelled ``exclude`` would let machines in."""
        known = {"plugin"}
        for name, definition in self.option_definitions.items():
            known.update([name, *(definition.get("aliases") or ())])
        for name in names:
            if name not in known:
                from ..module_utils import neighbours  # only a refusal needs it

                asked = neighbours.question(name, self.option_definitions, known)
                raise AnsibleParserError("%s: there is no such option%s" % (name, asked))

    def _check_booleans(self, given):
        """Refuse what is neither true nor false: for ansible-core it is false, so that ``validate_certs: ture`` would
        trust any server."""
        for name, definition in self.option_definitions.items():
            if definition.get("type") in ("bool", "boolean"):
                values = [(name, given[one]) for one in (name, *(definition.get("aliases") or ())) if one in given]
                named = [variable["name"] for variable in definition.get("env") or ()]
                values += [(variable, os.environ[variable]) for variable in named if variable in os.environ]
                for source, value in values:
                    if value is not None and not is_boolean(value):
                        raise AnsibleParserError("%s: %r is neither true nor false" % (source, value))

    def _check(self):
        """Refuse, with InvalidInput, what the types of the options cannot."""
        name = self.get_option("vars_name")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or inventory_hosts.is_taken(name):
            raise errors.InvalidInput("vars_name: %r is not a valid name for a variable, or is used by Ansible" % name)
        if self.get_option("cache_stale_if_error") and not self.get_option("cache"):
            self.display.warning("cache_stale_if_error has no effect, since cache is false.")
        self._check_values()
        for option in ("include", "exclude"):
            for condition in as_list(self.get_option(option)):
                check_condition(option, condition)
        for entry in self.get_option("hostnames"):
            problem = not self._simple_choice(entry) and syntax_problem(entry)
            if problem:
                raise errors.InvalidInput("hostnames: %s is not an expression: %s" % (entry, problem))

    def _cached_estate(self, may_use_cache):
        key = inventory_cache.key_of(self.NAME, [self.get_option(name) for name in self.IDENTITY], self._wanted())
        entry = self._cache_entry(key) if may_use_cache else None
        age = inventory_cache.age_of(entry)
        if age is not None and (age < self._cache_timeout or self._cache_timeout == 0):
            estate = inventory_cache.unpack(entry, self.PARTS)
            if estate is not None:
                return estate
        try:
            estate, problems = self._read_estate()
        except errors.CloudError as problem:
            old = self._stale_estate(entry, [problem])
            if old is None:
                raise
            return old
        if problems:  # what is complete and old is better than what is new and not complete
            old = self._stale_estate(entry, problems)
            return self._warned(estate, problems) if old is None else old
        self._cache[key] = inventory_cache.pack(estate)
        return estate

    def _stale_estate(self, entry, problems):
        """The estate of a cache entry of any age, where it may be used in spite of these problems; or None."""
        age = inventory_cache.age_of(entry)
        estate = (
            inventory_cache.unpack(entry, self.PARTS)
            if age is not None and all(map(self._may_be_stale, problems))
            else None
        )
        if estate is not None:
            said = "%s cannot be read, so what was read %d seconds ago is used: %s"
            self.display.warning(said % (self.SYSTEM, age, "; ".join(dict.fromkeys(map(str, problems)))))
        return estate

    def _cache_entry(self, key):
        try:
            return self._cache.get(key)
        except Exception as problem:  # a damaged file: a cache plugin may raise anything
            self.display.warning("The cache cannot be read: %s" % problem)
            return None

    def _may_be_stale(self, problem):
        passing = (errors.Unreachable, errors.TimedOut, errors.PartialListing, errors.UnexpectedAnswer)
        status = problem.details.get("status") or 0
        return self.get_option("cache_stale_if_error") and (
            isinstance(problem, passing) or status == 429 or status >= 500
        )

    def _warned(self, estate, problems):
        for problem in dict.fromkeys(map(str, problems)):
            self.display.warning("The inventory is not complete: %s" % problem)
        return estate

    def _populate(self, estate):
        self.prepare()
        allowed, styled = self._filter(), self._style()
        choices = [self._choice(entry) for entry in self.get_option("hostnames")]
        reserved = inventory_hosts.Reserved(self.inventory.groups)
        named, nameless = [], []
        for record in self._records(estate):
            variables = styled(record)
            if allowed(record, variables):
                name = inventory_hosts.name_of(record, variables, choices, reserved)
                (named if name else nameless).append((name, record, variables))
        for sentence in reserved.in_words():
            self.display.warning(sentence)
        if nameless:
            records = [record for _name, record, _variables in nameless]
            hint = self._hint_for_nameless([record for _name, record, _variables in nameless + named])
            raise errors.InvalidInput(inventory_hosts.nameless_in_words(records, hint))
        self._add_hosts(inventory_hosts.told_apart(named, self.get_option("duplicates"), self.PLACE))

    def _add_hosts(self, named):
        names = {name for name, _record, _variables in named} | set(self.inventory.hosts)
        self.host_names = names
        wanted = {kind: self.GROUPS[kind] for kind in self.get_option("default_groups")}
        groups = inventory_hosts.DefaultGroups(
            self.inventory, wanted, self._sanitize_group_name, names, self.display.warning
        )
        composed = []
        for name, record, variables in named:
            host = self._host(name)
            host.vars.update(variables)
            composed.append((host.vars, self.construct(host, groups.of(record))))
        results = inventory_trust.Results(self.texts)
        for variables, names in composed:
            results.mark(variables, names)
        for group in self.inventory.groups.values():
            group.clear_hosts_cache()

    def _host(self, name):
        """The Host of that name, new or not. Only the first is made by ansible-core; the others are like it."""
        hosts = self.inventory.hosts
        if name in hosts:
            return hosts[name]
        if self._of_every_host is None:
            self.inventory.add_host(name)
            self._of_every_host = dict(hosts[name].vars)
        else:
            hosts[name] = Host(name)
            hosts[name].vars.update(self._of_every_host)
        return hosts[name]

    def _style(self):
        """A function that gives the variables of a record. Their names are right: they go past ``set_variable``."""
        name = str(self.get_option("vars_name"))
        nested = self.get_option("vars_style") == "nested"
        names = {}

        def prefixed(key):
            if key not in names:
                names[key] = "%s_%s" % (name, re.sub(r"[^A-Za-z0-9_]", "_", key))
            return names[key]

        def styled(record):
            variables = {name: record} if nested else {prefixed(key): value for key, value in record.items()}
            variables.update(self._reached_at(record))
            return variables

        return styled

    def _filter(self):
        """A function that says of a record and its variables whether they become a host."""
        needed, unwanted = (
            [self._stated(option, text) for text in as_list(self.get_option(option))]
            for option in ("include", "exclude")
        )

        def allowed(record, variables):
            def all_variables():
                return self.texts.unmarked(variables)

            name = "%s (id %s)" % (record.get("name"), record["id"])
            return all(one.groups(name, variables, all_variables) for one in needed) and not any(
                one.groups(name, variables, all_variables) for one in unwanted
            )

        return allowed if needed or unwanted else lambda _record, _variables: True

    def _stated(self, option, text):
        return self.selection(option, text)

    def _choice(self, entry):
        """A function of a record and its variables that gives a name, for one entry of ``hostnames``."""
        simple = self._simple_choice(entry)
        if simple:
            return lambda record, _variables: simple(record)

        def evaluated(_record, variables):
            value = self.expression(entry).value(variables, lambda: self.texts.unmarked(variables))
            if value is not FAILED:
                return value
            try:
                return self._compose(entry, self.texts.unmarked(variables))
            except Exception as problem:
                if self._strict:
                    raise AnsibleParserError("hostnames: %s: %s" % (entry, problem)) from problem
                return None

        return evaluated


def check_condition(option, condition):
    """Refuse, with InvalidInput, what cannot be an entry of ``option`` (include or exclude) for any host."""
    if isinstance(condition, bool):
        return
    if not isinstance(condition, str) or not condition.strip():
        raise errors.InvalidInput("%s: %r is not a condition; write an expression as text" % (option, condition))
    problem = syntax_problem(condition)
    if problem:
        hint = "; write conditions without braces" if condition.strip().startswith(("{{", "{%")) else ""
        raise errors.InvalidInput("%s: %s is not a condition: %s%s" % (option, condition, problem, hint))


def is_boolean(value):
    """Whether Ansible knows ``value`` as true or false."""
    try:
        boolean(value)
    except TypeError:
        return False
    return True


def as_list(value):
    """An option that takes one or several; a comma is a part of a condition."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]

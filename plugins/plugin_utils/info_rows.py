# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info modules list, for whoever is not a task: kinds, their options, rows by name.

A kind is an info module. It is called by the noun in the module's name or by the key of the module's result:
``network`` or ``networks`` for itcare_network_info. So a new info module is a new kind, and the options of a kind are
those of its module, checked by the module's own argument spec.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values

from ..module_utils import client as clients
from ..module_utils.arguments import GROUPS
from ..module_utils.errors import Ambiguous, InvalidInput, NotFound
from ..module_utils.neighbours import explained, named, question, with_list
from ..module_utils.parallel import in_parallel
from ..module_utils.products.shared.references import Shown, is_id
from ..module_utils.resource import REMOVED
from .fast_lane import RELATIONS, aliases_that_differ

MODULES = Path(__file__).parent.parent / "modules"
PACKAGE = "ansible_collections.cegedim.cloud.plugins.modules."
NAMED_BY = ("id", "name")  # what names a row (its keys), where a module has no NAMED_BY of its own

# The connections and tokens of this process, by the options of the login.
_clients = {}


def forget():
    """Begin anew, as a forked process does: a connection serves one process only."""
    _clients.clear()


os.register_at_fork(after_in_child=forget)


class Kind:
    """One info module: ``noun``, ``key`` (of its result), ``module``, ``spec``, ``words`` (options and aliases)."""

    def __init__(self, noun, key):
        self.noun, self.key = noun, key
        self.module = importlib.import_module("%sitcare_%s_info" % (PACKAGE, noun))
        self.spec = self.module.SPEC["argument_spec"]
        self.words = {word for name, option in self.spec.items() for word in (name, *option.get("aliases", ()))}

    def params(self, given):
        """The module's parameters (dict) for the options that were ``given``, as the module would get them.

        Raises InvalidInput, which never shows a secret.
        """
        self._check_words(given)
        relations = {name: self.module.SPEC[name] for name in RELATIONS if name in self.module.SPEC}
        validation = ArgumentSpecValidator(self.spec, **relations).validate(given)
        if validation.error_messages:
            sentence = explained(validation.errors.msg, self.spec, validation.validated_parameters)
            raise InvalidInput(remove_values(sentence, validation._no_log_values))
        return validation.validated_parameters

    def _check_words(self, given):
        for word in given:
            if word not in self.words:
                own = sorted(name for name in self.spec if name not in GROUPS["auth"])
                refusal = "%s is not an option for %s" % (word, self.key)
                its_own = "its options are %s, and those of the login" % (", ".join(own) or "none")
                raise InvalidInput(with_list(refusal, its_own, word, sorted(self.spec), sorted(self.words)))
        differing = aliases_that_differ(self.spec, given)
        if differing:
            raise InvalidInput("; ".join(differing))

    def takes_number(self):
        """Whether the module reads one thing by its number."""
        return self.spec.get("id", {}).get("type") == "int"

    def without_filters(self, given):
        """Those of the options that go together with an ``id``."""
        groups = self.module.SPEC.get("mutually_exclusive", ())
        excluded = {name for names in groups if "id" in names for name in names}
        words = {word for name in excluded for word in (name, *self.spec[name].get("aliases", ()))}
        return {word: value for word, value in given.items() if word not in words}


@cache
def kinds():
    """``{result key: noun}`` of all info modules, sorted."""
    found = {}
    for path in MODULES.glob("itcare_*_info.py"):
        noun = path.stem[len("itcare_") : -len("_info")]
        key = re.search(r'^RETURN = r?"""\n(\w+):', path.read_text(encoding="utf-8"), re.M)
        found[key[1] if key else noun] = noun
    return dict(sorted(found.items()))


def kind_called(word):
    """The Kind of that noun or result key. Raises InvalidInput, which names all of them."""
    by_word = {**{noun: key for key, noun in kinds().items()}, **{key: key for key in kinds()}}
    if word not in by_word:
        refusal = "%s cannot be looked up" % word if word else "the lookup does not say what to look up"
        raise InvalidInput(
            with_list(refusal, "what can be looked up is: " + ", ".join(kinds()), word or "", kinds(), by_word)
        )
    key = by_word[word]
    return Kind(kinds()[key], key)


def client_of(params):
    """The client of this process for the options of a login: it keeps its token and its connections."""
    login = tuple(str(params[name]) for name in GROUPS["auth"])
    if login not in _clients:
        _clients[login] = clients.from_params(params, "lookup")
    return _clients[login]


def read(kind, given, result_key=None):
    """What fits the options that were ``given`` (dict), and the module's warnings: ``(rows, warnings)``.

    ``rows`` is what stands under ``result_key`` in the module's result, as a list; by default the things of that kind.
    Raises CloudError.
    """
    return _run(kind, kind.params(given), result_key or kind.key)


def read_named(kind, names, given):
    """The rows of these names or numbers (list of str), in their order, and the module's warnings.

    Returns ``(rows, warnings)``. Raises NotFound and Ambiguous where a name does not stand for exactly one row, and
    other ItcareErrors.
    """
    kind.params(given)
    if not all(name.strip() for name in names):
        raise InvalidInput("%s: a name is empty" % kind.key)
    of_number = [name for name in dict.fromkeys(names) if is_id(name) and kind.takes_number()]
    of_name = [name for name in dict.fromkeys(names) if name not in of_number]
    found, warnings = {}, []
    for number in of_number:
        rows, told = read(kind, {**given, "id": int(number)})
        found[number] = _the_only(kind, rows, number) if len(rows) != 1 else rows[0]
        warnings += told
    if of_name:
        rows, told = _rows_named(kind, of_name, given)
        found.update({name: _the_only(kind, rows, name) for name in of_name})
        warnings += told
    return [found[name] for name in names], list(dict.fromkeys(warnings))


def _rows_named(kind, names, given):
    """Rows among which each name has exactly one. Raises NotFound, Ambiguous.

    The platform's own filter for names may take a part of a name for the whole, or fail to know a name in another
    spelling. So its answer counts only if each name has one row in it; otherwise everything is read.
    """
    params = kind.params(given)
    if "names" in kind.spec and params["names"] is None and not any(name.startswith("!") for name in names):
        try:
            rows, warnings = _run(kind, {**params, "names": names}, kind.key)
            if all(len(_matching(kind, rows, name)) == 1 for name in names):
                return rows, warnings
        except InvalidInput:  # a name that this filter cannot express, or a listing that does not have it
            pass
    if not params.get("gather") or "id" not in kind.spec:
        return _run(kind, params, kind.key)
    rows, warnings = _run(kind, {**params, "gather": []}, kind.key)
    ids = [_the_only(kind, rows, name)["id"] for name in names]
    whole = in_parallel(lambda number: read(kind, {**kind.without_filters(given), "id": number}), ids)
    return [row for rows, _told in whole for row in rows], [*warnings, *(one for _rows, told in whole for one in told)]


def _run(kind, params, key):
    outcome = kind.module.run(client_of(params), params, True)
    if key not in outcome.result:
        refusal, there_is = "result_key: there is no %s here" % key, "there is %s" % ", ".join(outcome.result)
        raise InvalidInput(with_list(refusal, there_is, key, list(outcome.result)))
    found = outcome.result[key]
    return found if isinstance(found, list) else [] if found is None else [found], outcome.warnings


def _matching(kind, rows, name):
    keys = getattr(kind.module, "NAMED_BY", NAMED_BY)
    return [row for row in rows if Shown(*map(row.get, keys)) == name and row.get("status") != REMOVED]


def _the_only(kind, rows, name):
    noun = kind.noun.replace("_", " ")
    found = _matching(kind, rows, name)
    if not found:
        keys = getattr(kind.module, "NAMED_BY", NAMED_BY)
        raise NotFound(
            "there is no %s called %s (or this account does not see it)%s"
            % (noun, name, question(name, named([row for row in rows if row.get("status") != REMOVED], *keys)))
        )
    if len(found) > 1:
        raise Ambiguous(
            "%d things of kind %s are named %s: %s; give the id, or narrow with an option"
            % (len(found), noun, name, "; ".join(map(_in_words, found)))
        )
    return found[0]


def _in_words(row):
    place = row.get("service_name") or row.get("environment")
    if isinstance(row.get("listed_in"), dict):
        place = " ".join(map(str, row["listed_in"].values()))
    return "id %s%s" % (row.get("id"), " in %s" % place if place else "")


def plain(value):
    """``value`` from a template as a module would get it: plain JSON types, vaulted text in clear, nothing lazy."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, Iterator)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value.isoformat() if hasattr(value, "isoformat") else value)

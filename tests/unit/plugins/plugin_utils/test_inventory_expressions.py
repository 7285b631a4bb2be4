# SPDX-License-Identifier: GPL-3.0-or-later
"""An expression that is evaluated once for many hosts has, for each of them, the value that ansible-core gives it.

Thousands of expressions are made up at random, from fixed seeds: keys, indexes, slices, calls, filters and tests, and
above all names that may be a key or something that Python's own types bring along (``items``, ``count``, ``real``).
"""

from __future__ import annotations

import copy
import functools
import os
import random
import re

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.inventory import Constructable

from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_expressions as expressions
from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_hosts, inventory_trust
from ansible_collections.cegedim.cloud.plugins.plugin_utils.inventory_expressions import FAILED, Reading
from ansible_collections.cegedim.cloud.tests.unit.plugins.plugin_utils import test_inventory_constructed as made_up

OBJECT = re.compile(r" at 0x[0-9a-f]+>")  # a method or the like as text: another address for each host
OF_PYTHON = sorted({name for kind in (str, int, list, dict) for name in dir(kind) if not name.startswith("__")})
LIKE_KEYS = ["items", "keys", "values", "get", "count", "index", "real", "pop", "update", "title", "trip", "_x", "name"]
KEYS = ["a", "b", "name", "cpu", "size", "labels", "disks", "x y"]
TIMES = int(os.environ.get("ITCARE_EXPRESSIONS", 1))  # `make reliability` tries more
TEXTS = ["web", "Web-1", "équipe", "", "12", "items", "a,b", "True"]
CALLS = [
    "()", "('a')", "('items')", "(0)", "('a', 'b')", "('-')", "(1)",
]  # fmt: skip
SLICES = ["[-1]", "[0]", "[1]", "[1:]", "[:-1]", "[::2]", "[-2:]", "['a']", "[none]", "[true]", "[1.0]", "[9]"]
FILTERS = [
    *made_up.FILTERS, "map(attribute='items') | list", "map(attribute='size.real') | list", "map('string') | list",
    "selectattr('items') | list", "selectattr('size') | list", "rejectattr('count', 'defined') | list",
    "sort(attribute='size')", "sort(false, true, 'count')", "sum(attribute='size')", "sum('real')", "join", "join()",
    "join(',', 'items')", "join(attribute='size')", "unique(attribute='size')", "min(attribute='keys')",
    "max(attribute='size')", "map('first')", "map('map', attribute='items') | list", "reverse", "reverse | list",
    "batch(2) | list", "slice(2) | list", "items", "map('lower') | join", "default(itcare.labels.items)",
    "combine({'items': 1})", "dict2items()", "length()", "lower()", "zip([1, 2]) | list", "dictsort()", "first()",
]  # fmt: skip
TESTS = [*made_up.TESTS, "callable", "mapping()", "in [itcare.labels]", "sequence"]


def hosts(chance):
    """Variables of some hosts. What has a key of an awkward name in one of them, lacks it in others."""
    found, records = [], inventory_hosts.Records(inventory_trust.Texts())
    for number in range(5):
        labels = {name: chance.choice(TEXTS) for name in (*KEYS, *LIKE_KEYS) if chance.random() < 0.3}
        labels.update({name: chance.choice(TEXTS) for name in chance.sample(OF_PYTHON, 5)})
        record = {
            "name": chance.choice(TEXTS) or "x",
            "cpu": chance.choice([1, 2, 4]),
            "flag": chance.choice([True, False]),
            "labels": labels,
            "disks": [{"size": chance.choice([1, 2])} for _disk in range(chance.randrange(3))],
            "words": [chance.choice(TEXTS) for _word in range(chance.randrange(3))],
            "empty": None,
            "share": 0.5,
        }
        record.update({name: chance.choice([{}, "text", 1]) for name in LIKE_KEYS if chance.random() < 0.1})
        found.append({"itcare": records.plain(record), "inventory_hostname": "host%d" % number})
    return found


STARTS = ["itcare", "itcare.labels", "itcare.name", "itcare.cpu", "itcare.disks", "itcare.words", "itcare.share"]
STARTS += ["itcare['labels']", "itcare.missing", "itcare.flag", "itcare.empty", "nowhere", "inventory_hostname"]
STARTS += ["{'a': itcare.name}", "[itcare.cpu, 2]", "(itcare.missing | default({}))", "(itcare.name, 1)"]


def name(chance):
    return chance.choice(chance.choice([KEYS, KEYS, LIKE_KEYS, LIKE_KEYS, OF_PYTHON]))


def chain(chance):
    """A start and what is done to it, such as ``itcare.labels['items'] | default('x')``."""
    made = chance.choice(STARTS)
    for _step in range(chance.choice([1, 1, 2, 2, 3])):
        roll = chance.random()
        if roll < 0.25:
            made = "%s['%s']" % (made, name(chance))
        elif roll < 0.45:
            made = "%s.%s" % (made, name(chance))
        elif roll < 0.55:
            made = "%s%s" % (made, chance.choice(SLICES))
        elif roll < 0.62:
            made = "%s[%s]" % (made, chance.choice(["itcare.name", "'it' ~ 'ems'", "-itcare.cpu", "itcare.words[0]"]))
        elif roll < 0.75:
            made = "%s.%s%s" % (made, name(chance), chance.choice(CALLS))
        else:
            made = "(%s | %s)" % (made, chance.choice(FILTERS))
    return made


def expression(chance):
    one, roll = chain(chance), chance.random()
    if roll < 0.45:
        return one
    if roll < 0.55:
        return "%s | default(%s)" % (one, chance.choice(["'x'", "''", "itcare.name", "{}"]))
    if roll < 0.65:
        return "%s ~ '-' ~ %s" % (one, chance.choice(["itcare.name", chain(chance)]))
    if roll < 0.75:
        return "[%s, %s]" % (one, chain(chance))
    if roll < 0.85:
        test = chance.choice(TESTS)
        return "%s %s%s" % (one, "" if test.startswith(("in ", "not ")) else "is ", test)
    return "%s if %s else %s" % (one, chain(chance), chain(chance))


def asked(core, source, variables):
    """What ansible-core makes of it, and None; or FAILED, and what it raised."""
    try:
        return Constructable._compose(core, source, variables), None
    except Exception as problem:  # filters raise anything
        return FAILED, problem


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8 * TIMES))
def test_value_for_each_host_is_that_of_ansible_core(seed):
    chance = random.Random(seed)
    for _estate in range(4):
        estate = hosts(chance)
        plugin = made_up.Fast(made_up.DEFAULTS)
        plugin.prepare()
        core = made_up.Core(made_up.DEFAULTS)
        for _expression in range(50):
            source = made_up.trusted({"source": expression(chance)})["source"]
            for variables in estate:
                expected, _problem = asked(core, source, made_up.unmarked(variables))
                before = copy.deepcopy(variables)
                found = plugin.expression(source).value(variables, functools.partial(copy.deepcopy, before))
                words = "seed %d: %s for %s" % (seed, source, variables)
                assert variables == before, words
                if found is not FAILED:
                    assert expected is not FAILED, words
                    assert made_up.described(found) == made_up.described(expected), words
                    assert not OBJECT.search(repr(found)), words


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4 * TIMES))
def test_condition_for_each_host_is_that_of_ansible_core(seed):
    chance = random.Random(1000 + seed)
    estate = [("host%d" % number, variables["itcare"]) for number, variables in enumerate(hosts(chance))]
    for _configuration in range(6):
        options = {"groups": {"g%d" % number: expression(chance) for number in range(6)}}
        options["keyed_groups"] = [{"key": chain(chance), "prefix": "p%d" % number} for number in range(3)]
        found, expected = (made_up.run(one, options, copy.deepcopy(estate)) for one in (made_up.Fast, made_up.Core))
        if not OBJECT.search(str(expected).replace("_at_0x", " at 0x").replace("_", ">")):
            assert found == expected, "seed %d: %s" % (seed, options)


def chosen(evaluate, *given):
    """True or False; or "refused", where the condition is neither."""
    try:
        return evaluate(*given)
    except Exception:  # filters raise anything, and so may ansible-core
        return "refused"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4 * TIMES))
def test_choice_for_each_host_is_that_of_ansible_core(seed):
    chance = random.Random(2000 + seed)
    estate = hosts(chance)
    plugin, alone = made_up.Fast(made_up.DEFAULTS), made_up.Fast(made_up.DEFAULTS)
    plugin.prepare()
    answers = set()
    for _condition in range(80):
        text = chance.choice([expression, made_up.condition])(chance)
        text = made_up.trusted({"text": text})["text"]
        selection = plugin.selection("include", text)
        for variables in estate:
            found = chosen(selection.groups, "a host", variables, functools.partial(dict, variables))
            expected = chosen(alone._answer, text, made_up.unmarked(variables))
            found = found if found == "refused" else bool(found)
            assert found == expected, "seed %d: %s for %s" % (seed, text, variables)
            answers.add(expected)
    assert answers == {True, False, "refused"}


@pytest.mark.parametrize("key", ["items", "keys", "values", "get"])
@pytest.mark.parametrize("source", ["itcare.tags['%s']", "itcare.tags['%s'] ~ ''", "[itcare.tags['%s']]"])
def test_key_with_the_name_of_a_method_is_of_each_host_alone(key, source):
    estate = [("none", {"name": "a", "tags": {}}), ("one", {"name": "b", "tags": {key: "mine"}})]
    estate += [("another", {"name": "c", "tags": {key: "yours"}}), ("bare", {"name": "d", "tags": {}})]
    options = {"compose": {"made": source % key}, "groups": {"has": "itcare.tags['%s'] == 'mine'" % key}}
    found, expected = (made_up.run(one, options, estate) for one in (made_up.Fast, made_up.Core))
    for host in ("one", "another"):
        assert found["hosts"][host] == expected["hosts"][host]
    plugin = made_up.Counting(options)
    plugin.prepare()
    bare = {"itcare": {"tags": {}}}
    value = plugin.expression(plugin.get_option("compose")["made"]).value(bare, lambda: bare)
    assert value is FAILED  # it is a method, which no other host may get


@pytest.mark.parametrize(
    "source",
    [
        "itcare.labels.items",
        "itcare.cpu.real",
        "itcare.cpu.bit_length",
        "(itcare.labels | default({}))['items']",
        "itcare.labels[itcare.name]",
        "itcare.labels['it' ~ 'ems']",
        "itcare.disks | map(attribute='items') | list",
        "itcare.disks | map(attribute='size.real') | list",
        "itcare.disks | selectattr('keys') | list",
        "itcare.disks | selectattr(itcare.name) | list",
        "itcare.disks | sort(attribute='count')",
        "itcare.disks | join(',', 'items')",
        "itcare.disks | map('map', attribute='items') | list",
        "itcare.labels._x",
        "self",
    ],
)
def test_what_may_be_an_attribute_is_left_to_ansible_core(source):
    assert Reading(source).paths is None


@pytest.mark.parametrize(
    "source",
    [
        "itcare.labels['items']",
        "itcare.disks[-1].size",
        "itcare.words[1:]",
        "itcare.disks | map(attribute='size') | list",
        "itcare.disks | selectattr('size', 'gt', 1) | list",
        "itcare.labels.get('a')",
        "itcare.labels.items() | list",
    ],
)
def test_what_leads_to_data_is_evaluated_once(source):
    assert Reading(source).paths


def test_every_name_that_ansible_core_brings_along_is_known():
    core = made_up.Core(made_up.DEFAULTS)
    environment = core.templar.environment if expressions.TEXT_RESULTS else core.templar._engine.environment
    assert set(environment.globals) <= expressions.NOT_VARIABLES


@pytest.mark.skipif(expressions.TEXT_RESULTS, reason="there are such types since ansible-core 2.19")
def test_types_that_ansible_core_puts_around_values_have_no_other_names():
    from ansible._internal._templating import _lazy_containers as lazy

    for kind in (lazy._AnsibleLazyTemplateDict, lazy._AnsibleLazyTemplateList, lazy._AnsibleLazyAccessTuple):
        assert all(expressions.is_attribute(name) for name in dir(kind))


@pytest.mark.parametrize(
    "source, right",
    [
        ("itcare.cpu >= 2", True),
        ("{'a': 1}", True),
        ("range(3) | list", True),
        ("itcare.cpu >=", False),
        ("{{ itcare.cpu }}", False),
        ("a }} {{ b", False),
        ("a %} x {% if b", False),
        ("itcare.cpu = 2", False),
        ("a b", False),
        ("", False),
        ("'unfinished", False),
    ],
)
def test_syntax_is_that_of_one_expression(source, right):
    assert (expressions.syntax_problem(source) is None) is right
    core = made_up.Core(made_up.DEFAULTS)
    try:
        Constructable._compose(core, made_up.trusted({"source": source})["source"], {"itcare": {"cpu": 1}})
    except AnsibleError as problem:
        assert not right, problem

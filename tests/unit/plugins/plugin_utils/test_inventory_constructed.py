# SPDX-License-Identifier: GPL-3.0-or-later
"""compose, groups and keyed_groups give exactly what ansible-core's own Constructable gives.

Hosts, expressions and options are made up at random, from fixed seeds.
"""

from __future__ import annotations

import copy
import json
import random
import re

import pytest
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable

from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_hosts, inventory_trust
from ansible_collections.cegedim.cloud.plugins.plugin_utils.inventory_constructed import FastConstructable
from ansible_collections.cegedim.cloud.plugins.plugin_utils.inventory_expressions import TEXT_RESULTS, Reading

TAGGED = re.compile(r"ansible\.[a-z_.]*\._AnsibleTagged(\w+)")  # the same type, with notes of where it is from
TEMPLATE = re.compile(r"\{[{%#]|^#jinja2:")
DEFAULTS = {
    "strict": False,
    "compose": {},
    "groups": {},
    "keyed_groups": [],
    "use_extra_vars": False,
    "leading_separator": True,
}


class Core(Constructable, BaseInventoryPlugin):
    """ansible-core's own."""

    NAME = "core"

    def __init__(self, options, extra_vars=None):
        super().__init__()
        self._options = {**DEFAULTS, **trusted(options)}
        self._vars = extra_vars or {}
        self.loader = DataLoader()
        self.inventory = InventoryData()
        if TEXT_RESULTS:
            from ansible.template import Templar

            self.templar = Templar(loader=self.loader)

    def get_option(self, option, hostvars=None):
        return self._options[option]

    def construct(self, host):
        self._set_composite_vars(self.get_option("compose"), host.get_vars(), host.name, self.get_option("strict"))
        self._add_host_to_composed_groups(self.get_option("groups"), {}, host.name, self.get_option("strict"))
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), {}, host.name, self.get_option("strict"))


class Fast(FastConstructable, Core):
    """This collection's."""

    NAME = "fast"

    def construct(self, host):
        FastConstructable.construct(self, host)


def trusted(options):
    """A configuration as it is when it comes from a file: what ansible-core makes of it remembers the file, too."""
    if TEXT_RESULTS:
        return options
    from ansible.template import trust_as_template  # there since ansible-core 2.19

    return DataLoader().load(trust_as_template(json.dumps(options, ensure_ascii=False)), file_name="/itcare.yml")


def unmarked(variables):
    """A copy for ansible-core, without the marks of this collection: they must not make a difference.

    Before ansible-core 2.19 it would evaluate what is not marked.
    """
    return copy.deepcopy(variables) if TEXT_RESULTS else json.loads(json.dumps(variables))


def run(plugin_class, options, hosts, extra_vars=None):
    """What the inventory holds afterwards, or the error, as plain data."""
    plugin = plugin_class(options, extra_vars)
    try:
        if isinstance(plugin, Fast):
            plugin.prepare()
        records = inventory_hosts.Records(plugin.texts if isinstance(plugin, Fast) else inventory_trust.Texts())
        for name, record in hosts:
            plugin.inventory.add_host(name)
            host = plugin.inventory.hosts[name]
            variables = records.plain({"itcare": record, "plain": record["name"]})
            host.vars.update(variables if isinstance(plugin, Fast) else unmarked(variables))
            plugin.construct(host)
    except Exception as problem:  # ansible-core raises others, too, for what it did not expect
        message = TAGGED.sub(lambda found: found[1].lower(), str(problem))
        return {"error": type(problem).__name__, "message": message}
    return shown(plugin.inventory)


def shown(inventory):
    return {
        "groups": {
            name: {
                "hosts": [host.name for host in group.hosts],
                "children": [child.name for child in group.child_groups],
                "parents": [parent.name for parent in group.parent_groups],
                "vars": repr(group.vars),
            }
            for name, group in inventory.groups.items()
        },
        "order": list(inventory.groups),
        "hosts": {
            name: {
                "vars": {key: described(value) for key, value in host.vars.items()},
                "groups": sorted(group.name for group in host.groups),  # parents come in the order of a set
            }
            for name, host in inventory.hosts.items()
        },
    }


def described(value):
    """A value with its type, and whether what could be a template is marked as none (before ansible-core 2.19)."""
    if isinstance(value, str):
        return "str", str(value), bool(TEMPLATE.search(value)) and hasattr(value, "__UNSAFE__")
    if isinstance(value, dict):
        return "dict", [(described(key), described(item)) for key, item in value.items()]
    if isinstance(value, list):
        return "list", [described(item) for item in value]
    kind = next((kind for kind in (bool, int, float) if isinstance(value, kind)), type(value))  # it may be tagged
    return kind.__name__, repr(value)


TEXTS = [
    "", " ", "web", "Web-1", "équipe", "1st", "cost-center", "a.b", "True", "false", "None", "12", "1.5", "[1, 2]",
    "{'a': 1}", "{{ 7 * 7 }}", "{% if true %}x{% endif %}", "#jinja2: variable_start_string:'[['", "x\n", "\ttab",
    "ÄÖÜ", "null", "['x']", "a,b,c", "all", "a'b", 'a"b', "\\d", "🙂", "0012", "yes", "PRODUCTION", "{", "(1,)",
]  # fmt: skip
SCALARS = [*TEXTS, None, True, False, 0, 1, -1, 42, 1.0, 0.5, 10**20]
FIELDS = ["name", "status", "cpu", "flag", "kind", "note", "missing"]


def value(chance, depth=0):
    roll = chance.random()
    if depth < 2 and roll < 0.08:
        return [value(chance, depth + 1) for _item in range(chance.randrange(3))]
    if depth < 2 and roll < 0.16:
        return {chance.choice(TEXTS) or "key": value(chance, depth + 1) for _item in range(chance.randrange(3))}
    return chance.choice(SCALARS)


def record(chance):
    made = {field: value(chance) for field in FIELDS if chance.random() < 0.85 and field != "missing"}
    made["name"] = chance.choice(TEXTS)
    made["cpu"] = chance.choice([1, 2, 4])
    made["flag"] = chance.choice([True, False])
    if chance.random() < 0.9:
        made["network"] = {"id": chance.choice([1, 2]), "name": chance.choice(TEXTS)}
    made["disks"] = [{"size": chance.choice([1, 2])} for _disk in range(chance.randrange(3))]
    made["labels"] = {
        chance.choice(["a", "b", "items", "c-d"]): chance.choice(TEXTS) for _label in range(chance.randrange(3))
    }
    return made


PATHS = [
    "itcare.name", "itcare['name']", "itcare.status", "itcare.cpu", "itcare.flag", "itcare.kind", "itcare.note",
    "itcare.missing", "itcare.network.name", "itcare.network.id", "itcare.disks[0].size", "itcare.disks",
    "itcare.labels", "itcare.labels.a", "itcare.labels['c-d']", "itcare.disks.0", "plain", "inventory_hostname",
    "inventory_hostname_short", "nowhere", "nowhere.at.all", "itcare.cpu.real", "itcare.name[0]", "itcare.network",
    "itcare['flag']", "group_names", "composed_0", "itcare.labels['items']", "itcare.labels.get('items')",
    "itcare.disks[-1]", "itcare.name[1:]", "itcare.name[:-1]", "itcare.labels.values() | list",
]  # fmt: skip
FILTERS = [
    "lower", "upper", "trim", "title", "capitalize", "default('x')", "default('')", "default('x', true)",
    "default(none)", "d(1)", "length", "count", "first", "last", "int", "float", "string", "bool", "abs", "round",
    "join(',')", "replace('a', 'b')", "split('-')", "split", "list", "sort", "unique | list", "dict2items",
    "ternary('y', 'n')", "regex_replace('[^a-z]', '_')", "regex_replace('\\\\d', '#')", "regex_search('[a-z]+')",
    "to_json", "from_json", "hash('sha1')", "b64encode", "basename", "map('upper') | list",
    "map(attribute='size') | list", "select('string') | list", "selectattr('size', 'gt', 1) | list", "type_debug",
    "nosuchfilter", "int(base=16)", "truncate(3)", "min", "max", "sum", "dictsort", "items | list", "urlencode",
    "quote", "regex_escape", "combine({'z': 1})", "from_yaml", "to_uuid", "indent", "wordcount",
    "default(itcare.cpu)", "mandatory", "random(seed=1)", "ansible.builtin.split('.')",
]  # fmt: skip
TESTS = [
    "defined", "undefined", "none", "string", "number", "mapping", "sequence", "match('^[a-z]')", "search('e')",
    "regex('b')", "eq('web')", "in ['web', 4]", "not in [1, 2]", "contains('e')", "true", "false", "boolean",
    "integer", "truthy", "falsy", "version('1.0', '>=')", "match('\\\\d')", "iterable", "lower", "odd",
    "divisibleby(2)", "nosuchtest", "sameas(none)",
]  # fmt: skip
METHODS = [
    "split('-')[0]",
    "startswith('w')",
    "get('a')",
    "items() | list",
    "keys() | list",
    "upper()",
    "append(1)",
    "strip()",
]
CONSTANTS = ["'web'", "4", "true", "none", "[]", "{}", "1.5", "'{{ 1 }}'", "'a\\\\b'", "'x-y'"]


def operand(chance, depth=0):
    roll = chance.random()
    if roll < 0.55 or depth > 2:
        return chance.choice(PATHS)
    if roll < 0.65:
        return chance.choice(CONSTANTS)
    if roll < 0.85:
        return "%s | %s" % (chance.choice(PATHS), chance.choice(FILTERS))
    if roll < 0.92:
        return "%s.%s" % (chance.choice(PATHS), chance.choice(METHODS))
    return "(%s)" % expression(chance, depth + 1)


def expression(chance, depth=0):
    roll = chance.random()
    one, other = operand(chance, depth), operand(chance, depth)
    if roll < 0.4:
        return one
    if roll < 0.5:
        return "(%s) | %s" % (one, chance.choice(FILTERS))
    if roll < 0.6:
        return "(%s) ~ (%s)" % (one, other)
    if roll < 0.7:
        return "(%s) if (%s) else (%s)" % (one, condition(chance, depth + 1), other)
    if roll < 0.75:
        return "[%s, %s]" % (one, other)
    if roll < 0.8:
        return "{'k': %s, 'l': %s}" % (one, other)
    if roll < 0.85:
        return "(%s) %s (%s)" % (one, chance.choice(["+", "-", "*", "//", "%"]), other)
    if roll < 0.9:
        return "(%s)[%s]" % (one, chance.choice(["0", "'a'", "1:", "itcare.name"]))
    return condition(chance, depth)


def condition(chance, depth=0):
    roll = chance.random()
    one, other = operand(chance, depth), operand(chance, depth)
    if roll < 0.2:
        return one
    if roll < 0.45:
        return "(%s) %s (%s)" % (one, chance.choice(["==", "!=", "<", ">=", "in", "not in"]), other)
    if roll < 0.75:
        test = chance.choice(TESTS)
        return "(%s) %s%s" % (one, "" if test.startswith(("in ", "not ")) else "is ", test)
    if depth < 2:
        joint = chance.choice(["and", "or"])
        return "(%s) %s %s(%s)" % (
            condition(chance, depth + 1),
            joint,
            chance.choice(["", "not "]),
            condition(chance, depth + 1),
        )
    return one


def keyed(chance):
    entry = {"key": expression(chance)}
    if chance.random() < 0.7:
        entry["prefix"] = chance.choice(["", "p", "é-", "1"])
    if chance.random() < 0.4:
        entry["separator"] = chance.choice(["", "-", "__"])
    roll = chance.random()
    if roll < 0.2:
        entry["default_value"] = chance.choice(["none", "", "x y"])
    elif roll < 0.4:
        entry["trailing_separator"] = chance.choice([True, False])
    if chance.random() < 0.3:
        entry["parent_group"] = chance.choice(
            ["parent", "{{ itcare.status }}", "p-{{ itcare.cpu }}", "{{ nowhere }}", "{{ plain }}"]
        )
    return entry


def configuration(chance):
    return {
        "strict": chance.random() < 0.15,
        "leading_separator": chance.random() < 0.7,
        "compose": {"composed_%d" % number: expression(chance) for number in range(3)},
        "groups": {chance.choice(["g-%d", "g%d", "é%d"]) % number: condition(chance) for number in range(3)},
        "keyed_groups": [keyed(chance) for _entry in range(3)],
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
def test_random_configurations_give_what_ansible_core_gives(seed):
    chance = random.Random(seed)
    hosts = [("host%02d.example" % number, record(chance)) for number in range(12)]
    for _configuration in range(2):
        options = configuration(chance)
        assert run(Fast, options, hosts) == run(Core, options, hosts), options


@pytest.mark.parametrize("source", ["itcare.labels.items", "itcare.name.upper", "[itcare.labels.items, 1]"])
def test_a_method_without_a_call_is_left_to_ansible_core(source):
    assert Reading(source).paths is None  # as text it has an address in memory


class Counting(Fast):
    """Counts how often ansible-core evaluates an expression or a condition."""

    def __init__(self, options, extra_vars=None):
        super().__init__(options, extra_vars)
        self.asked = 0
        for name in ("evaluate_expression", "evaluate_conditional") if not TEXT_RESULTS else ("do_template",):
            self._count(name)

    def _count(self, name):
        asked = getattr(self.templar, name)

        def counted(*args, **kwargs):
            self.asked += 1
            return asked(*args, **kwargs)

        setattr(self.templar, name, counted)


def evaluations(hosts, extra_vars=None, **options):
    """How often ansible-core evaluated something for that many hosts; it always does for the first."""
    plugin = Counting(options, extra_vars)
    plugin.prepare()
    for number in range(hosts):
        plugin.inventory.add_host("host%d" % number)
        host = plugin.inventory.hosts["host%d" % number]
        host.vars["itcare"] = {"name": "NAME-%d" % number, "status": ("on", "off")[number % 2], "tags": {"a": "b"}}
        plugin.construct(host)
    return plugin.asked


@pytest.mark.parametrize(
    "source",
    ["itcare.name", "itcare['name']", "itcare.tags", "itcare.name | lower ~ '.example'", "itcare.name | upper"],
)
def test_path_or_filter_is_not_evaluated_for_each_host(source):
    assert evaluations(100, compose={"composed": source}) == 1


@pytest.mark.parametrize(
    "source", ["itcare.status | hash('sha1')", "itcare.status.split('n')[0]", "itcare.tags | dict2items"]
)
def test_other_pure_expression_is_evaluated_once_for_the_same_values(source):
    assert evaluations(100, compose={"composed": source}) <= 2


@pytest.mark.parametrize(
    "source",
    ["lookup('env', 'HOME') ~ itcare.status", "itcare.status ~ now()", "[1, 2] | random", "group_names | length"],
)
def test_impure_expression_is_evaluated_for_each_host(source):
    assert evaluations(100, compose={"composed": source}) >= 100


def test_condition_is_evaluated_once_for_each_answer():
    assert evaluations(100, groups={"some": "itcare.name is match('NAME-1')"}) <= 4


def test_expression_that_reads_an_extra_variable_is_evaluated_for_each_host():
    options = dict(compose={"composed": "mine ~ itcare.status"}, use_extra_vars=True)
    assert evaluations(10, extra_vars={"mine": "x"}, **options) >= 10
    assert (
        run(Fast, options, [("h", {"name": "n", "status": "on"})], {"mine": "x"})["hosts"]["h"]["vars"]["composed"][1]
        == "xon"
    )


def test_ansible_core_is_asked_from_then_on_where_it_disagrees(monkeypatch):
    monkeypatch.setattr(Constructable, "_compose", lambda self, template, variables, *args, **kwargs: "another")
    hosts = [("host%d" % number, {"name": "name%d" % number}) for number in range(5)]
    found = run(Fast, {"compose": {"composed": "itcare.name", "lowered": "itcare.name | lower"}}, hosts)
    for host in found["hosts"].values():
        assert host["vars"]["composed"][1] == host["vars"]["lowered"][1] == "another"


def alike(number):
    """Hosts of few kinds, whose values are the same objects, as those of a listing are."""
    kinds = [
        {"name": "same", "status": status, "tier": tier, "tags": tags, "size": size}
        for status, tier, tags, size in [
            ("on", "web", {"a": "b"}, 2),
            ("off", "db", {"a": "c"}, True),  # True and 1 are equal, and not alike
            ("on", "db", {}, 1),
            ("on", "web", {"a": "b"}, 1.0),
        ]
    ]
    del kinds[2]["tier"]
    return [("host%02d" % one, kinds[one % len(kinds)]) for one in range(number)]


@pytest.mark.parametrize(
    "options",
    [
        {"keyed_groups": [{"key": "itcare.size", "prefix": "size"}, {"key": "itcare.tags", "prefix": "t"}]},
        {"keyed_groups": [{"key": "'s' ~ itcare.size", "prefix": "size"}]},
        {"keyed_groups": [{"key": "itcare.size | string", "prefix": "size"}]},
        {"groups": {"web": "itcare.tier | default('') == 'web'", "on": "itcare.status == 'on'"}},
        {
            "keyed_groups": [
                {"key": "itcare.status", "prefix": "is", "parent_group": "statuses"},
                {"key": "itcare.tier | default('none')", "prefix": "is", "parent_group": "tiers"},
                {"key": "itcare.status", "prefix": "is"},
            ],
        },
        {
            "compose": {"of": "group_names | sort | join('-')"},
            "groups": {"later": "'is_on' in group_names"},
            "keyed_groups": [{"key": "itcare.status", "prefix": "is"}, {"key": "group_names | length", "prefix": "n"}],
        },
        {"compose": {"mine": "inventory_hostname[-1:]"}, "keyed_groups": [{"key": "mine", "prefix": "last"}]},
        {
            "keyed_groups": [
                {"key": "itcare.status", "prefix": "", "separator": "", "parent_group": "is_{{itcare.tier}}"}
            ]
        },
    ],
)
def test_hosts_that_are_alike_get_what_ansible_core_gives(options):
    assert run(Fast, options, alike(24)) == run(Core, options, alike(24))


@pytest.mark.parametrize("before", [[], [{"key": "itcare.status", "prefix": "is"}]], ids=["alone", "joined before"])
def test_a_parent_that_a_group_gets_later_is_that_of_all_its_hosts(before):
    hosts = alike(8)
    hosts += [("late%d" % number, {**hosts[0][1], "tier": "cache"}) for number in range(3)]
    entry = {"key": "itcare.status", "prefix": "is", "parent_group": "tier_{{ itcare.tier | default('none') }}"}
    options = {"keyed_groups": [*before, entry]}
    assert run(Fast, options, hosts) == run(Core, options, hosts)


COUNTED = {"count": "group_names | length"}


def test_groups_that_are_given_come_first_and_are_seen_by_what_reads_them():
    options = {"groups": {"in_two": "group_names | length == 2"}, "keyed_groups": [{"key": "itcare.status"}]}
    for changed in (options, {"keyed_groups": options["keyed_groups"]}, {**options, "compose": COUNTED}):
        plugin = Fast({**changed, "leading_separator": False})
        plugin.prepare()
        given = [plugin.inventory.groups[plugin.inventory.add_group(name)] for name in ("one", "two")]
        for name, record in alike(8):
            plugin.inventory.add_host(name)
            host = plugin.inventory.hosts[name]
            host.vars["itcare"] = record
            FastConstructable.construct(plugin, host, given)
            wanted = ["one", "two", *(["in_two"] if "groups" in changed else []), record["status"]]
            assert [group.name for group in host.groups] == wanted
            assert str(host.vars.get("count", 2)) == "2"
        assert [host.name for host in given[1].hosts] == [name for name, _record in alike(8)]
        assert given[0].host_names == {name for name, _record in alike(8)}

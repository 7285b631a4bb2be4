# SPDX-License-Identifier: GPL-3.0-or-later
"""Jinja expressions for many hosts: the results of ansible-core's own ``Constructable`` with few evaluations.

ansible-core compiles an expression again for each host, which is three quarters of what a large inventory costs. Here
an expression is read once. Where it is pure, its value depends on nothing but the values that it reads, so:

- a plain path such as ``record.service_name`` is looked up;
- other expressions are evaluated once for each set of the values that they read, by ansible-core itself, or, where that
  gives the same, by a function that Jinja compiles once.

Whatever is not certain to be pure (lookups, the clock, chance, filters unknown here) goes to ansible-core for each
host. The first value of each kind is compared with ansible-core's: should they differ, ansible-core is asked from
then on.
"""

from __future__ import annotations

import re

from ansible.plugins.filter.core import FilterModule
from ansible.plugins.test.core import TestModule
from ansible.template import AnsibleUndefined, Templar
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .inventory_trust import MARKED, is_risky

# Before ansible-core 2.19 results were text, and every string of a variable was a template.
TEXT_RESULTS = not hasattr(Templar, "evaluate_expression")
MAYBE_TEMPLATE = re.compile(r"[{#]")  # `#jinja2:` at the beginning changes the delimiters

PLAIN = (str, bool, int, float, list, dict)
# What a name may mean beside a key. `labels.items` is a method, whether there is such a key or not; `labels['items']`
# is one where there is no such key. Neither is data: as text, a method has an address in memory.
ATTRIBUTES = frozenset(
    name
    for kind in (*PLAIN, tuple, type(None), type({}.keys()), type({}.items()), StrictUndefined, AnsibleUndefined)
    for name in dir(kind)
)
OF_AN_OBJECT = re.compile(r" at 0x[0-9a-fA-F]+>")
FAILED = object()  # instead of a value: ansible-core has to be asked, and most likely will raise

# Filters and tests whose result depends on nothing but what they are given.
COMPILED_FILTERS = frozenset(
    "abs bool capitalize d default float int join length count lower regex_replace replace round split "
    "string ternary title trim upper".split()
)
PURE_FILTERS = COMPILED_FILTERS | frozenset(
    "b64decode b64encode basename batch center combine dict2items dictsort difference dirname filesizeformat first "
    "flatten from_json from_yaml hash indent intersect items items2dict last list map max md5 min path_join product "
    "quote reject rejectattr regex_escape regex_findall regex_search reverse select selectattr sha1 slice sort "
    "splitext sum symmetric_difference to_json to_nice_json to_uuid truncate type_debug union unique urlencode "
    "urlsplit wordcount zip".split()
)
COMPILED_TESTS = frozenset(
    "boolean defined divisibleby eq equalto even false float ge greaterthan gt in integer le lessthan lower lt "
    "mapping match ne none number odd regex search sequence string true undefined upper version".split()
)
PURE_TESTS = COMPILED_TESTS | frozenset(
    "== != > >= < <= all any contains falsy issubset issuperset iterable subset superset truthy version_compare".split()
)
PURE_METHODS = frozenset(
    "capitalize count endswith find get index isalnum isalpha isdigit islower isnumeric isupper items join keys lower "
    "lstrip partition replace rfind rpartition rsplit rstrip split splitlines startswith strip title upper values "
    "zfill".split()
)
# Those that ansible-core puts into every template, and variables that change while hosts are put into groups.
NOT_VARIABLES = frozenset(
    "cycler dict group_names groups hostvars inventory_hostname_short joiner lipsum lookup namespace now omit q query "
    "range self undef vars".split()
)
PURE_NODES = (
    nodes.Add,
    nodes.And,
    nodes.Compare,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Const,
    nodes.Dict,
    nodes.Div,
    nodes.Filter,
    nodes.FloorDiv,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Keyword,
    nodes.List,
    nodes.Mod,
    nodes.Mul,
    nodes.Name,
    nodes.Neg,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Pair,
    nodes.Pos,
    nodes.Pow,
    nodes.Slice,
    nodes.Sub,
    nodes.Test,
    nodes.Tuple,
)
# Filters that look names up as ``item['name']`` does, and where among their arguments these names are.
BY_ATTRIBUTE = {"map": (), "selectattr": (0,), "rejectattr": (0,), "sum": (0,), "join": (1,)}
BY_ATTRIBUTE.update(sort=(2,), unique=(1,), min=(1,), max=(1,))
NAMES_A_FILTER = {
    "map": (0, PURE_FILTERS.difference(BY_ATTRIBUTE)),
    "select": (0, PURE_TESTS),
    "reject": (0, PURE_TESTS),
}
NAMES_A_FILTER.update(selectattr=(1, PURE_TESTS), rejectattr=(1, PURE_TESTS))


class Impure(Exception):
    """Something whose value may differ from host to host although it reads the same."""


class Reading:
    """What an expression (or a template, with ``template``) reads.

    ``paths`` are tuples of a variable's name and the keys below it, None where it is not pure; ``path`` is the only one
    where the expression is nothing else; ``function(variables)`` evaluates it, None where only ansible-core can.
    """

    def __init__(self, source, template=False, escapes=True):
        """``escapes``: before ansible-core 2.19, a backslash in a text is a backslash (not so in conditions)."""
        self.paths, self.path, self.function = None, None, None
        if not isinstance(source, str) or (template and "\\" in source):
            return
        if escapes and TEXT_RESULTS:
            if re.search(r"\\['\"]", source):
                return
            source = source.replace("\\", "\\\\")
        try:
            parsed = _ENVIRONMENT.parse(source if template else "{{%s}}" % source)
            found = _Walk()
            for node in _expressions(parsed, template):
                found.visit(node)
        except (TemplateError, Impure):
            return
        self.paths = tuple(dict.fromkeys(found.paths))
        if template:
            return
        expression = parsed.body[0].nodes[0]
        if _static_path(expression):
            self.path = self.paths[0]
        elif found.compiles:
            self.function = _compiled(source)

    def evaluate(self, variables):
        """The value of a compiled expression; FAILED where it reads something undefined, raises, or gives other data.

        ansible-core has its own ways with what is undefined.
        """
        if self.function is None:
            return FAILED
        for path in self.paths:
            if leaf(variables, path).__class__ is Gone:
                return FAILED
        try:
            value = self.function(variables)
            freeze(value)
        except Exception:  # whatever it is, ansible-core will say it better
            return FAILED
        return value


class Expression:
    """The value of one expression, for many hosts."""

    def __init__(self, source, ask, as_result):
        """``ask(variables)`` evaluates it as ansible-core does, and may raise. ``as_result(value)`` makes of a value
        what ansible-core would have made of it in the end; it raises Impure where it cannot."""
        self.reading = Reading(source)
        self._bare = self.reading.path is not None and len(self.reading.path) == 1
        self._ask, self._as_result = ask, as_result
        self._compared = set()
        self._known = {}

    def value(self, variables, all_variables):
        """The value, or FAILED. ``variables`` are the host's, ``all_variables()`` gives them with the magic ones."""
        reading = self.reading
        if reading.paths is None:
            return FAILED
        try:
            if reading.path:
                value = leaf(variables, reading.path)
                if type(value) in self._compared:
                    return self._as_result(value)
            key = key_of(reading.paths, variables)
            if key not in self._known:
                self._known[key] = self._work_out(variables, all_variables)
            return self._known[key]
        except Impure:
            return FAILED

    def _work_out(self, variables, all_variables):
        value = self._own_value(variables)
        kind = type(value)
        if value is not FAILED and kind in self._compared:
            result = self._as_result(value)
            # Before ansible-core 2.19 a text such as True became a boolean, unless a filter such as `string` made it.
            if kind is not str or result == value:
                return result
        try:
            asked = self._ask(all_variables())
        except Exception:
            return FAILED
        freeze(asked, results=True)
        if value is not FAILED:
            if freeze(self._as_result(value), results=True) == freeze(asked, results=True):
                self._compared.add(kind)
            else:
                self.reading.path = self.reading.function = None
        return asked

    def _own_value(self, variables):
        reading = self.reading
        if reading.path:
            value = leaf(variables, reading.path)
            # As text, numbers and null are special where a template is one variable and nothing else.
            return FAILED if isinstance(value, Gone) or (TEXT_RESULTS and self._bare) else value
        return reading.evaluate(variables)


class Gone:
    """What a path that leads nowhere reads: the value at which it ended, unless that is a dict.

    Raises Impure where the path may lead to an attribute of that value.
    """

    def __init__(self, value, path):
        depth = 0
        try:
            for step in path:
                value = value[step]
                depth += 1
        except (KeyError, IndexError, TypeError):
            if is_attribute(path[depth]):
                raise Impure from None
            self.key = (depth, None if isinstance(value, dict) else freeze(value))


def _compiled(source):
    """A function of the variables that evaluates an expression: ``compile_expression`` with less around it."""
    template = _ENVIRONMENT.from_string("{%% set result = (%s) %%}" % source)
    render, context = template.root_render_func, template.new_context({}, shared=True)

    def function(variables):
        context.parent = variables  # a context of its own for each would take as long as the evaluation
        for _text in render(context):
            pass
        return context.vars.pop("result")

    return function


def freeze(value, results=False):
    """A hashable stand-in for plain JSON data: equal where type, value and order are. Raises Impure for all else.

    ``results``: for what ansible-core made, which may be of a tagged type, and cannot become a template any more.
    """
    kind = type(value)
    if results and kind not in PLAIN:
        kind = next((plain for plain in PLAIN if isinstance(value, plain)), kind)
    if kind is str or kind is MARKED:
        if kind is not str and not results and is_risky(value):
            raise Impure  # a template of another source of the inventory
        if results and OF_AN_OBJECT.search(value):
            raise Impure  # the next host's would be another
        if TEXT_RESULTS and not results and MAYBE_TEMPLATE.search(value):
            raise Impure
        return str(value) if results else value
    if kind is int or kind is bool or value is None:
        return kind, value
    if kind is float:
        return kind, repr(float(value))
    if kind is list:
        return kind, tuple([freeze(item, results) for item in value])
    if kind is dict:
        return kind, tuple([(freeze(key, results), freeze(item, results)) for key, item in value.items()])
    if kind is Gone:
        return kind, value.key
    raise Impure


def syntax_problem(source):
    """What is wrong with the syntax of an expression (str), or None."""
    try:
        parser = Parser(_ENVIRONMENT, str(source), state="variable")
        parser.parse_expression()
        rest = parser.stream.current
        return None if parser.stream.eos else "unexpected %r after its end" % str(rest.value)
    except TemplateSyntaxError as problem:
        return problem.message


def key_of(paths, variables):
    """The values at ``paths`` as a key for a dict. Raises Impure where they are no plain data."""
    values = [leaf(variables, path) for path in paths]
    return tuple([value if value.__class__ is str and not TEXT_RESULTS else freeze(value) for value in values])


def leaf(variables, path):
    """The value at ``path``, or a Gone."""
    value = variables
    try:
        for step in path:
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return Gone(variables, path)
    return value


def _expressions(parsed, template):
    """The expressions of a parsed template that is one expression, or with ``template`` text and expressions."""
    outputs = [output for output in parsed.body if isinstance(output, nodes.Output)]
    found = [node for output in outputs for node in output.nodes]
    if len(outputs) != len(parsed.body) or (not template and (len(found) != 1 or len(outputs) != 1)):
        raise Impure
    if not template and isinstance(found[0], nodes.TemplateData):
        raise Impure
    return [node for node in found if not isinstance(node, nodes.TemplateData)]


def _static_path(node):
    """The path that ``node`` spells out, or None."""
    if isinstance(node, nodes.Name):
        return None if node.name in NOT_VARIABLES else (node.name,)
    if isinstance(node, nodes.Getattr):
        step = None if is_attribute(node.attr) else node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and type(node.arg.value) in (str, int):
        step = node.arg.value
    else:
        return None
    start = _static_path(node.node) if step is not None else None
    return (*start, step) if start else None


class _Walk:
    """Collects the paths below a node. Raises Impure."""

    def __init__(self):
        self.paths = []
        self.compiles = True

    def visit(self, node):
        path = _static_path(node)
        if path:
            self.paths.append(path)
            return
        if isinstance(node, nodes.Call):
            method = node.node
            if not isinstance(method, nodes.Getattr) or method.attr not in PURE_METHODS or _unpacks(node):
                raise Impure
            self.compiles = False
            for child in [method.node, *node.args, *node.kwargs]:
                self.visit(child)
            return
        if not isinstance(node, PURE_NODES) or isinstance(node, nodes.Name) or _may_be_an_attribute(node):
            raise Impure
        if isinstance(node, nodes.Filter):
            self._named(node, PURE_FILTERS, COMPILED_FILTERS)
        elif isinstance(node, nodes.Test):
            self._named(node, PURE_TESTS, COMPILED_TESTS)
        elif isinstance(node, nodes.Const) and isinstance(node.value, str) and MAYBE_TEMPLATE.search(node.value):
            self.compiles = False
        elif isinstance(node, (nodes.Getattr, nodes.Getitem)) or (isinstance(node, nodes.CondExpr) and not node.expr2):
            self.compiles = False  # it may be undefined
        for child in node.iter_child_nodes():
            self.visit(child)

    def _named(self, node, pure, compiled):
        name = node.name.removeprefix("ansible.builtin.")
        if name not in pure or node.node is None or _unpacks(node):
            raise Impure
        self.compiles = self.compiles and node.name in compiled
        position, allowed = NAMES_A_FILTER.get(name, (0, ()))
        if allowed and len(node.args) > position:
            named = node.args[position]
            if not isinstance(named, nodes.Const) or str(named.value).removeprefix("ansible.builtin.") not in allowed:
                raise Impure
        if name in BY_ATTRIBUTE and isinstance(node, nodes.Filter):
            looked_up = [node.args[place] for place in BY_ATTRIBUTE[name] if place < len(node.args)]
            looked_up += [keyword.value for keyword in node.kwargs if keyword.key == "attribute"]
            if not all(_leads_to_data(one) for one in looked_up):
                raise Impure


def is_attribute(name):
    """Whether a step of a path may be more than a key or an index. (Names with an underscore are Python's own.)"""
    return isinstance(name, str) and (name in ATTRIBUTES or name.startswith("_"))


def _may_be_an_attribute(node):
    """Whether ``x.name`` or ``x[key]``, where ``x`` may be any value, may be something else than data."""
    if isinstance(node, nodes.Getattr):
        return is_attribute(node.attr)
    if not isinstance(node, nodes.Getitem) or isinstance(node.arg, nodes.Slice):
        return False
    index = node.arg.node if isinstance(node.arg, (nodes.Neg, nodes.Pos)) else node.arg
    return not isinstance(index, nodes.Const) or is_attribute(index.value)


def _leads_to_data(node):
    """Whether the argument of a filter, such as ``'network.name'`` or ``'size,name'``, can only name keys."""
    if not isinstance(node, nodes.Const):
        return False
    return not any(is_attribute(name) for name in re.split(r"[.,]", str(node.value)))


def _unpacks(node):
    return node.dyn_args is not None or node.dyn_kwargs is not None


def _environment():
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    ours = FilterModule().filters()
    environment.filters.update({name: ours[name] for name in COMPILED_FILTERS if name in ours})
    ours = TestModule().tests()
    environment.tests.update({name: ours[name] for name in COMPILED_TESTS if name in ours})
    return environment


_ENVIRONMENT = _environment()

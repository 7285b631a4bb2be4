# SPDX-License-Identifier: GPL-3.0-or-later
"""Many resources in one task: itcare_batch runs the functions of other modules side by side, in Ansible's own process.

First every item is read and checked, and nothing is sent if one is refused. Then each runs in a thread of its own.
Threads mostly wait for the platform; how many requests are in flight is for the limiter of the transport. Items of the
same account share one client, with one token, one pool of connections and one memory of reference data.
"""

from __future__ import annotations

import importlib
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..module_utils import client as clients
from ..module_utils import entry
from ..module_utils.arguments import GROUPS
from ..module_utils.errors import CloudError, refuse
from ..module_utils.neighbours import question
from ..module_utils.products.shared.references import is_id
from ..module_utils.reference import Reference
from ..modules import itcare_batch
from .fast_lane import Options, aliases_that_differ, name_of, read_options, without
from .only_here import OnlyHere

MOST_THREADS = 500
COLLECTION = "cegedim.cloud."
PLACE = "ansible_collections.cegedim.cloud.plugins.modules."
SENDER = "itcare_batch"


class Batch(OnlyHere):
    """The action plugin of itcare_batch."""

    def _answer(self, given, check):
        return run_batch(given, check, self._not_here())


@dataclass
class Item:
    """One resource of a batch: its ``position`` (from 1), what the task gave, and what became of it."""

    position: int
    module: object = None
    name: str = None
    options: Options = None
    refusals: list = field(default_factory=list)
    result: dict = None
    warnings: list = field(default_factory=list)

    @property
    def called(self):
        """The item in a sentence: ``itcare_instance PEB01``, or ``item 3 (itcare_tag)``."""
        if self.module is None:
            return "item %d" % self.position
        module = name_of(self.module)
        return "%s %s" % (module, self.name) if self.name else "item %d (%s)" % (self.position, module)

    def shown(self):
        """The item as the result of the task shows it."""
        own = {key: value for key, value in self.result.items() if key not in ("changed", "failed", "msg")}
        words = {"name": self.name, **{key: self.result[key] for key in ("msg",) if key in self.result}}
        return {
            "module": name_of(self.module),
            **without(self.options.secrets, words),
            "changed": bool(self.result.get("changed")),
            "failed": bool(self.result.get("failed")),
            "result": without(self.options.secrets, own),
        }


def run_batch(given, check, not_here=()):
    """The result (dict) of a batch for what its task has ``given`` it. Raises nothing that an item raises.

    ``not_here`` are reasons (list of str) for which it must not run at all.
    """
    task = read_options(itcare_batch, given)
    refusals = [*not_here, *task.refusals[:1]]
    if refusals:
        return _answer(task, [], {"failed": True, "msg": "; ".join(refusals)})
    items = read_items(task.params, given)
    secrets = task.secrets.union(*(item.options.secrets for item in items if item.options))
    for item in items:
        if item.options:
            item.options.secrets = secrets
    task.secrets = secrets
    try:
        refuse(*(sentence for item in items for sentence in item.refusals), *unused(task.params["defaults"], items))
        refuse(*conflicts(items))
        connect = connections(items)
    except CloudError as error:
        return _answer(task, items, {**error.details, "failed": True, "msg": str(error)})
    run_all(items, check, connect)
    return _answer(task, items, told(items))


def _answer(task, items, result):
    """The result of the task, with its arguments but for those of the items, which are not typed: some are secret."""
    own = {name: value for name, value in task.params.items() if name not in ("resources", "defaults")}
    own["resources"] = [{"module": item.module and name_of(item.module), "name": item.name} for item in items]
    if task.warnings:
        result["warnings"] = [*task.warnings, *result.get("warnings", [])]
    plain = {"results": result.pop("results")} if "results" in result else {}
    return {**without(task.secrets, {**result, "invocation": {"module_args": own}}), **plain}


# Reading


def read_items(params, given):
    """All items (list of Item), each with what speaks against it. ``given`` is what the task itself has given, without
    what the spec adds: an item gets the rest from its own module's spec."""
    shared = {name: params[name] for group in ("auth", "wait") for name in GROUPS[group] if name in given}
    defaults = {**shared, **(params["defaults"] or {})}
    return [_read_item(position, row, defaults) for position, row in enumerate(params["resources"], 1)]


def _read_item(position, row, defaults):
    item = Item(position, name=row["name"])
    name = row["module"]
    name = name[len(COLLECTION) :] if name.startswith(COLLECTION) else name
    if name not in itcare_batch.MODULES:
        asked = question(name, itcare_batch.MODULES)
        item.refusals.append(
            "item %d: there is no module %s for a batch%s" % (position, name, asked or "; see the option module")
        )
        return item
    item.module = importlib.import_module(PLACE + name)
    spec = item.module.SPEC["argument_spec"]
    options = dict(row["options"] or {})
    sentences = []
    if row["name"] is not None and "name" not in spec:
        sentences.append("this module has no option name")
    elif row["name"] is not None:
        others = [word for word in _words(spec, "name") if str(options.get(word, row["name"])) != row["name"]]
        sentences += [
            "name is %s, and %s among its options is %s" % (row["name"], word, options[word]) for word in others
        ]
        options.setdefault("name", row["name"])
    item.name = row["name"] or _own_name(spec, options)
    for option, value in defaults.items():
        own = _option(spec, option)
        if own and not any(word in options for word in _words(spec, own)):
            options[own] = value
    sentences += aliases_that_differ(spec, options)
    item.options = read_options(item.module, options)
    sentences += item.options.refusals
    item.refusals = ["item %d (%s): %s" % (position, _in_brackets(item), sentence) for sentence in sentences]
    return item


def _in_brackets(item):
    return item.called if item.name else name_of(item.module)


def _option(spec, word):
    """The option that goes by this name or alias, or None."""
    return next((name for name in spec if word in _words(spec, name)), None)


def _words(spec, name):
    return (name, *spec[name].get("aliases", ()))


def _own_name(spec, options):
    """What names an item in messages: its name, or what it is about, such as its load balancer."""
    for option in ("name", *identifying(spec)):
        found = [options[word] for word in _words(spec, option) if word in options] if option in spec else []
        if found and isinstance(found[0], (str, int)):
            return str(found[0])
    return None


def unused(defaults, items):
    """Sentences for defaults that no item's module has."""
    specs = [item.module.SPEC["argument_spec"] for item in items if item.module]
    known = sorted({name for spec in specs for name in spec})
    sentences = []
    for option in defaults or {}:
        if specs and not any(_option(spec, option) for spec in specs):
            sentences.append("defaults: none of the modules has an option %s%s" % (option, question(option, known)))
    return sentences


# The same resource


def is_whole(spec):
    """Whether a module is about a whole resource, which goes by name or id, and not about a part of one."""
    return "id" in spec and "name" in spec


def identifying(spec):
    """The options (list of str) that name the resource of which a module changes a part."""
    required = [name for name, one in spec.items() if one.get("required") and one.get("type", "str") == "str"]
    return [name for name in ("loadbalancer", "instance", "resource", "service") if name in required] or [
        name for name in ("resource", "service") if name in spec
    ]


def conflicts(items):
    """Sentences for items that mean the same resource and want different things of it."""
    sentences, known = [], {}
    for item in items:
        spec, params = item.module.SPEC["argument_spec"], item.options.params
        if not is_whole(spec):
            continue
        for word in ("id", "name"):
            if params[word] is None:
                continue
            key = (name_of(item.module), word, str(params[word]).casefold())
            for other in known.setdefault(key, []):
                theirs = other.options.params
                if may_be_same(params.get("service"), theirs.get("service")) and params != theirs:
                    sentences.append(
                        "items %d and %d are both %s and have different options"
                        % (other.position, item.position, item.called)
                    )
            known[key].append(item)
    return sentences


def may_be_same(service, other):
    """Whether two services, by name or id or None, may be the same one."""
    if service is None or other is None or is_id(service) != is_id(other):
        return True
    return str(service).casefold() == str(other).casefold()


def chains(items):
    """The items (list of list) that run one after the other: those of one module about parts of the same resource, and
    items that are the same."""
    found = {}
    for item in items:
        spec, params = item.module.SPEC["argument_spec"], item.options.params
        names = ("id", "name", "service") if is_whole(spec) else identifying(spec)
        about = tuple(str(params.get(name)).casefold() for name in names)
        found.setdefault((name_of(item.module), about), []).append(item)
    return list(found.values())


# Running


def connections(items):
    """A function ``connect(params, sender)`` that gives the client for an item; all that can be refused about it is.

    Items of the same account share one. Each account signs in once, before the items do. Raises CloudError.
    """
    shared = {}
    for item in items:
        key = _account(item.options.params)
        if key not in shared:
            shared[key] = clients.from_params(item.options.params, SENDER)
            shared[key].remember(Reference(shared[key]))
            shared[key].sign_in()
    return lambda params, sender: shared[_account(params)]


def _account(params):
    return tuple(params[name] for name in GROUPS["auth"])


def run_all(items, check, connect):
    """Run every item to its end: ``item.result`` and ``item.warnings``."""
    groups = chains(items)
    with ThreadPoolExecutor(max_workers=max(1, min(len(groups), MOST_THREADS))) as pool:
        list(pool.map(lambda group: _run_chain(group, check, connect), groups))


def _run_chain(group, check, connect):
    done = []
    for item in group:
        same = next((one for one in done if one.options.params == item.options.params), None)
        if same:
            item.result = {**same.result, "changed": False} if not same.result.get("failed") else same.result
            continue
        _run(item, check, connect)
        done.append(item)


def _run(item, check, connect):
    module = item.module
    try:
        item.result, item.warnings = entry.answer(module.run, item.options.params, check, name_of(module), connect)
    except Exception as problem:  # a bug: the other items, which are under way, are told with it
        text = "unexpected error: %s: %s" % (type(problem).__name__, problem)
        item.result = {"failed": True, "msg": text, "exception": traceback.format_exc()}
    item.warnings = ["%s: %s" % (item.called, one) for one in [*item.warnings, *item.options.warnings]]


# Telling


def told(items):
    """The result (dict) of a batch whose items have run."""
    results = [item.shown() for item in items]
    failed = [item for item in items if item.result.get("failed")]
    result = {
        "changed": any(one["changed"] for one in results),
        "results": results,
        "diff": [step for item in items for step in item.result.get("diff", [])],
    }
    warnings = list(dict.fromkeys(one for item in items for one in item.warnings))
    if warnings:
        result["warnings"] = warnings
    if failed:
        reasons = "; ".join("%s: %s" % (item.called, item.result["msg"]) for item in failed)
        result["failed"] = True
        result["msg"] = "%d of %d resources failed: %s" % (len(failed), len(items), reasons)
    return result

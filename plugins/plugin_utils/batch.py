# SPDX-License-Identifier: GPL-3.0-or-later
"""Many resources in one task: itcare_batch runs the functions of other modules side by side, in Ansible's own process.

First every item is read and checked, and nothing is sent if one is refused. Then each runs in a thread of its own.
Before it sends, each waits at a gate until all have decided, and nothing is sent if one is refused there.
Threads mostly wait for the platform; how many requests are in flight is for the limiter of the transport. Items of the
same account share one client, with one token, one pool of connections and one memory of reference data.
"""

from __future__ import annotations

import importlib
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..module_utils import client as clients
from ..module_utils import entry
from ..module_utils.arguments import GROUPS
from ..module_utils.errors import (
    Ambiguous,
    CloudError,
    FixedDifference,
    InvalidInput,
    MissingReference,
    NotFound,
    Protected,
    refuse,
)
from ..module_utils.neighbours import question
from ..module_utils.products.shared.references import is_id
from ..module_utils.reference import Reference
from ..modules import itcare_batch
from .fast_lane import Options, aliases_that_differ, name_of, read_options, without
from .only_here import OnlyHere

MOST_THREADS = 500
MOST_NAMES, MOST_REASONS = 5, 10  # in a message
# What is wrong with a task, and not with the platform.
REFUSALS = (Ambiguous, FixedDifference, InvalidInput, NotFound, Protected)
COLLECTION = "cegedim.cloud."
PLACE = "ansible_collections.cegedim.cloud.plugins.modules."
SENDER = "itcare_batch"


class Batch(OnlyHere):
    """The action plugin of itcare_batch."""

    def _answer(self, given, check):
        return run_batch(given, check, self._not_here())


@dataclass
class Item:
    """One resource of a batch: its ``position`` (from 1), what the task has ``given``, and what became of it."""

    position: int
    module: object = None
    name: str = None
    given: dict = field(default_factory=dict)
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
        return answer(task, [], {"failed": True, "msg": "; ".join(refusals)})
    items = read_items(task.params, given)
    share_secrets(task, items)
    try:
        refuse(*(sentence for item in items for sentence in item.refusals), *unused(task.params["defaults"], items))
        refuse(*conflicts(items))
        connect = connections([item.options.params for item in items])
    except CloudError as error:
        return answer(task, items, {**error.details, "failed": True, "msg": str(error)})
    try:
        run_all(items, check, connect)
    except CloudError as error:
        return answer(task, items, {"failed": True, "msg": str(error)})
    return answer(task, items, told(items))


def share_secrets(task, items):
    """What is secret for one of them is so for all."""
    task.secrets = task.secrets.union(*(item.options.secrets for item in items if item.options))
    for item in items:
        if item.options:
            item.options.secrets = task.secrets


def answer(task, items, result):
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
    items = [Item(position) for position, _row in enumerate(params["resources"], 1)]
    for item, row in zip(items, params["resources"]):
        read_item(item, row, defaults)
    return items


def read_item(item, row, defaults, instead=()):
    """Read an item from what stands in the task: its module, its options, and what speaks against it.

    A default is not for an item that has the option itself, or among those that count ``instead``.
    """
    item.name = row["name"]
    name = row["module"]
    name = name[len(COLLECTION) :] if name.startswith(COLLECTION) else name
    if name not in itcare_batch.MODULES:
        asked = question(name, itcare_batch.MODULES)
        item.refusals.append(
            "item %d: there is no module %s for a batch%s" % (item.position, name, asked or "; see the option module")
        )
        return
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
        if own and not any(word in options or word in instead for word in _words(spec, own)):
            options[own] = value
    sentences += aliases_that_differ(spec, options)
    item.given = options
    item.options = read_options(item.module, options)
    sentences += item.options.refusals
    item.refusals = [refusal(item, sentence) for sentence in sentences]


def refusal(item, sentence):
    """What speaks against an item, with where it stands: a sentence."""
    return "item %d (%s): %s" % (item.position, item.called if item.name else name_of(item.module), sentence)


def _option(spec, word):
    """The option that goes by this name or alias, or None."""
    return next((name for name in spec if word in _words(spec, name)), None)


def same_options(spec, given, other):
    """The words (list of str) in ``given`` (dict) for options that the ``other`` dict has, too, maybe by an alias."""
    known = {_option(spec, word) or word for word in other}
    return sorted(word for word in given if (_option(spec, word) or word) in known)


def _words(spec, name):
    return (name, *spec[name].get("aliases", ()))


def _own_name(spec, options):
    """What names an item in messages: its name, or what it is about, such as its load balancer."""
    for option in ("name", "id") if is_whole(spec) else ("name", *identifying(spec)):
        found = [options[word] for word in _words(spec, option) if word in options] if option in spec else []
        if found and isinstance(found[0], (str, int)):
            return str(found[0])
    return None


def unused(defaults, items):
    """Sentences for defaults that no item's module has, or that give one option twice."""
    specs = [item.module.SPEC["argument_spec"] for item in items if item.module]
    known = sorted({name for spec in specs for name in spec})
    sentences = []
    for option in defaults or {}:
        if specs and not any(_option(spec, option) for spec in specs):
            sentences.append("defaults: none of the modules has an option %s%s" % (option, question(option, known)))
    differing = dict.fromkeys(one for spec in specs for one in aliases_that_differ(spec, defaults or {}))
    return sentences + ["defaults: %s" % one for one in differing]


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
                if params["id"] is not None and theirs["id"] is not None and word == "name":
                    continue  # their ids tell
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


def connections(options, sender=SENDER):
    """A function ``connect(params, sender)`` that gives the client for one of these ``options`` (list of dict); all
    that can be refused about it is.

    Those of the same account share one. Each account signs in once, before the items do. Raises CloudError.
    """
    shared = {}
    for params in options:
        key = _account(params)
        if key not in shared:
            shared[key] = clients.from_params(params, sender)
            shared[key].remember(Reference(shared[key]))
            shared[key].sign_in()
    return lambda params, sender: shared[_account(params)]


def _account(params):
    return tuple(params[name] for name in GROUPS["auth"])


def run_all(items, check, connect):
    """Run every item to its end: ``item.result`` and ``item.warnings``. Raises InvalidInput where nothing is sent,
    since items are refused or mean the same resource."""
    gate = Gate(items, is_open=check)
    groups = chains(items)
    scouts = [] if check else [*_later(groups), *((group[0], REFUSALS) for group in groups[MOST_THREADS:])]
    with ThreadPoolExecutor(max_workers=max(1, min(len(groups), MOST_THREADS))) as pool:
        scouted = [pool.submit(_scout, item, refusing, gate, connect) for item, refusing in scouts]
        list(pool.map(lambda group: _run_chain(group, check, gate, connect), groups))
        for one in scouted:
            one.result()
    refuse(*gate.refusals())


def _run_chain(group, check, gate, connect):
    done = []
    for item in group:
        same = next((one for one in done if one.options.params == item.options.params), None)
        if same:
            item.result = {**same.result, "changed": False} if not same.result.get("failed") else same.result
            continue
        run_item(item, check, gate, connect)
        done.append(item)


def run_item(item, check, gate, connect):
    """Run one item to its end: ``item.result`` and ``item.warnings``. It waits at the Gate before it acts."""
    module = item.module

    def run(client, params, check):
        try:
            return module.run(client.behind(lambda about, is_decided: gate.hold(item, about)), params, check)
        except REFUSALS as refusal:
            gate.arrive(item, refusal=str(refusal))
            raise

    try:
        item.result, item.warnings = entry.answer(run, item.options.params, check, name_of(module), connect)
    except Exception as problem:  # a bug: the other items, which are under way, are told with it
        item.result = unexpected(problem)
    finally:
        gate.arrive(item)
    item.warnings = ["%s: %s" % (item.called, one) for one in [*item.warnings, *item.options.warnings]]


def unexpected(problem):
    """The result (dict) of an item that a bug has ended, from where it was caught."""
    text = "unexpected error: %s: %s" % (type(problem).__name__, problem)
    return {"failed": True, "msg": text, "exception": traceback.format_exc()}


# Deciding together


class Gate:
    """Where each item waits, before it acts, until all have arrived: with a plan, or at their end, or since they have
    to wait for what is under way on their resource.

    Nobody passes where an item is refused before that. With ``is_open`` nobody waits, as nothing is sent.
    """

    def __init__(self, items, is_open=False):
        self._items, self._is_open = items, is_open
        self._missing = {item.position for item in items}
        self._refused, self._known = {}, {}
        self._changed = threading.Condition()

    def arrive(self, item, about=None, refusal=None):
        """Note that an item has decided, and what ``about``, or why it is refused. Later arrivals do not count."""
        with self._changed:
            if item.position in self._missing:
                self._missing.discard(item.position)
                if about:
                    self._known.setdefault((name_of(item.module), about), []).append(item)
                if refusal:
                    self._refused[item.position] = (item, refusal)
                self._changed.notify_all()

    def hold(self, item, about=None):
        """Wait for the others; the seconds that took. Raises Held where nothing is to be sent."""
        self.arrive(item, about)
        if self._is_open:
            return 0
        start = time.monotonic()
        with self._changed:
            self._changed.wait_for(lambda: not self._missing)
        if self.refusals():
            raise Held("not sent, since other items are refused")
        return time.monotonic() - start

    def refusals(self):
        """Why nothing is sent (list of str)."""
        refused = [] if self._is_open else [self._refused[position] for position in sorted(self._refused)]
        words = "nothing was sent, since %d of %d resources %s refused: %s"
        are = "is" if len(refused) == 1 else "are"
        told = [words % (len(refused), len(self._items), are, in_words(refused))] if refused else []
        return told + self._twice()

    def _twice(self):
        """Sentences for items that turn out to be the same resource, and want different things of it."""
        sentences = []
        for (_module, (_kind, number)), items in self._known.items():
            items = sorted(items, key=lambda item: item.position)
            named = next((item for item in items if item.options.params["name"]), items[0])
            sentences += [
                "items %d and %d are both %s (id %s) and have different options"
                % (one.position, other.position, named.called, number)
                for one, other in zip(items, items[1:])
                if one.options.params != other.options.params
            ]
        return sentences


class Held(CloudError):
    """An item was not sent, since others are refused."""


class _Decided(Exception):
    """A scout has seen enough."""


def _later(groups):
    """``(item, refusing)`` for items that run when others of their chain have ended, and the errors that already count
    against them. One about the same name as an earlier item may need what that one does."""
    for group in groups:
        for position, item in enumerate(group[1:], 1):
            is_dependent = any(_about(item) & _about(one) for one in group[:position])
            yield item, (MissingReference, Ambiguous) if is_dependent else REFUSALS


def _about(item):
    """What an item is about within its resource: the name of a URL or an alias, or several resources."""
    params = item.options.params
    own = params.get("resources") or ([params["name"]] if params.get("name") else [""])
    return {str(one).casefold() for one in own}


def _scout(item, refusing, gate, connect):
    """See whether an item that cannot wait at the gate is refused. In check mode, so it sends nothing."""

    def enough(about, is_decided):
        gate.arrive(item, about)
        raise _Decided

    params = {**item.options.params, "on_missing_in_check_mode": "fail"}
    try:
        item.module.run(connect(params, SENDER).behind(enough), params, True)
    except refusing as refusal:
        gate.arrive(item, refusal=str(refusal))
    except Exception:  # whatever it is, it comes again when it is the item's turn
        pass
    finally:
        gate.arrive(item)


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
        reasons = in_words([(item, item.result["msg"]) for item in failed])
        result["failed"] = True
        result["msg"] = "%d of %d resources failed: %s" % (len(failed), len(items), reasons)
    return result


def in_words(reasons):
    """``(item, reason)`` pairs in a few lines: items with the same reason are named together."""
    grouped = {}
    for item, reason in reasons:
        grouped.setdefault((name_of(item.module), reason), []).append(item)
    sentences = [
        "%s: %s" % (_together(module, ones), reason) for (module, reason), ones in list(grouped.items())[:MOST_REASONS]
    ]
    more = sum(len(ones) for ones in list(grouped.values())[MOST_REASONS:])
    return "; ".join(sentences) + ("; and %d more" % more if more else "")


def _together(module, items):
    if len(items) == 1:
        return items[0].called
    names = [item.name or "item %d" % item.position for item in items]
    more = len(names) - MOST_NAMES
    return "%s %s%s" % (module, ", ".join(names[:MOST_NAMES]), " and %d more" % more if more > 0 else "")

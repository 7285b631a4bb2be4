# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was seen of a resource to the options with which its module keeps it as it is. Nothing is sent here.

What is described is checked by the plan itself: an option that would change something, be refused or be warned of is
left out, and the description says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..module_utils.asking import Ask
from ..module_utils.errors import CloudError, InvalidInput
from ..module_utils.plan import fixed_differences, plan, refusals, resting, unshown
from ..module_utils.products.shared.management import number
from ..module_utils.products.shared.references import Shown, is_id
from ..module_utils.products.shared.tags import OWNER
from ..module_utils.resource import ACTIVE, INACTIVE, is_true
from ..module_utils.run import wanted_of
from .fast_lane import read_options

STATES = {ACTIVE: "started", INACTIVE: "stopped"}
IDENTITY = ("id", "name", "service")  # the first options, by which a task finds the resource
NOT_SHOWN = "the platform does not show it"
STOPPED = "it is stopped, which switches this off"


@dataclass
class Description:
    """One item of an estate: a module, and the options with which it changes nothing.

    ``about`` is what the item is (dict: kind, name, service, environment, id). ``creation`` are options that a creation
    needs and that cannot be read (dict: name -> None). ``reasons`` says of options why they are not described, and
    ``by_id`` why they have an id where a name would be nicer. ``not_shown`` are options (list of str) of which nothing
    is shown: there is none, or the platform does not tell.
    """

    about: dict
    module: str
    options: dict
    creation: dict = field(default_factory=dict)
    reasons: dict = field(default_factory=dict)
    by_id: dict = field(default_factory=dict)
    not_shown: list = field(default_factory=list)


def describe(kind, seen, references, identity):
    """The Description of a resource of that Kind, as it was seen with all that its fields ask for (a Seen).

    ``identity`` are the options (dict) that find it, and ``references`` the names that there are (see References).
    """
    found = Description({}, kind.module.__name__.rpartition(".")[2], dict(identity))
    for one in kind.resource.fields:
        if one.name not in identity:
            _describe_field(kind, one, seen, references, found)
    for rivals in kind.module.SPEC.get("mutually_exclusive", ()):  # the first one says more
        for name in [name for name in rivals if name in found.options][1:]:
            del found.options[name]
    state = STATES.get(seen.status)
    if state in kind.spec["state"]["choices"]:
        found.options["state"] = state
    _leave_out_what_would_change(kind, seen, found)
    if "tags" in found.options:
        found.options["tags"] = {key: value for key, value in found.options["tags"].items() if key != OWNER}
        found.options["tags_mode"] = "replace"
    found.creation = {
        names[0]: None for names in kind.resource.needs() if not any(name in found.options for name in names)
    }
    found.not_shown = [name for name in found.not_shown if name not in found.creation]
    return found


def _describe_field(kind, one, seen, references, found):
    if (one.read is None and not one.kept) or one.secret:
        return
    try:
        value = _value(one, seen, references, found)
        value = one.kept(value, seen.record) if one.kept else value
        value = _of_type(kind.spec[one.name], one, value)
    except InvalidInput as problem:
        found.reasons[one.name] = str(problem)
        return
    if value is None:
        found.not_shown += [] if one.kept else [one.name]
    elif one.while_active and seen.status == INACTIVE:
        found.reasons[one.name] = STOPPED
    else:
        found.options[one.name] = value


def _value(one, seen, references, found):
    """The value that is shown, in the spelling that a task would use; None where nothing shows one."""
    values = seen.elsewhere.get(one.name) or [one.shown(seen.record)]
    distinct = sorted({repr(value): value for value in map(_plain, values)}.items())
    if len(distinct) > 1:
        raise InvalidInput("its nodes do not show the same: %s" % ", ".join(str(value) for _text, value in distinct))
    value = values[0]
    if isinstance(value, Shown):
        value, reason = references.spelled(one.name, value.spellings)
        if reason:
            found.by_id[one.name] = reason
    return value


def _plain(value):
    return str(value) if isinstance(value, Shown) else value


def _of_type(option, one, value):
    """A value as the option takes it; one that is not shown is false only where a task can make it true."""
    kind, choices = option.get("type", "str"), option.get("choices")
    if kind == "bool":
        return None if value is None and not one.changed_by else is_true(value)
    if value is None:
        return None
    if kind == "int":
        shown = number(value)
        if shown is None or shown != int(shown):
            raise InvalidInput("it shows %s, which is not a whole number" % (value,))
        return int(shown)
    if kind == "str":
        value = str(value)
    if choices and value not in choices:
        fitting = [choice for choice in choices if one.same(choice, value)]
        if not fitting:
            raise InvalidInput("it shows %s, and a task gives one of %s" % (value, ", ".join(map(str, choices))))
        return fitting[0]
    return value


# What the plan says of it


def _leave_out_what_would_change(kind, seen, found):
    if not problems(kind, seen, found.options):
        return
    for name in [name for name in found.options if name not in IDENTITY]:
        sentences = problems(kind, seen, _with_identity(found.options, name))
        if sentences:
            found.reasons[name] = "; ".join(sentences)
            del found.options[name]
    rest = problems(kind, seen, found.options)
    if rest:  # each for itself would do, and not together
        name = _culprit(kind, seen, found.options, rest)
        if name is None:
            raise InvalidInput("; ".join(rest))
        found.reasons[name] = "; ".join(rest)
        del found.options[name]


def _culprit(kind, seen, options, sentences):
    """The option (str) without which the others go together, if possible one that the sentences are about; or None."""
    names = [name for name in options if name not in IDENTITY]
    named = [name for name in names if any(one.startswith(name + ":") for one in sentences)]
    for name in [*named, *reversed(names)]:
        if not problems(kind, seen, {key: value for key, value in options.items() if key != name}):
            return name
    return None


def _with_identity(options, name):
    return {**{key: options[key] for key in IDENTITY if key in options}, name: options[name]}


def problems(kind, seen, options):
    """Why a task with these options would not leave the resource alone, without a word (list of str)."""
    given = {**options, "tags_mode": "replace"} if "tags" in options else options
    task = read_options(kind.module, given)
    if task.refusals:
        return task.refusals
    resource = kind.resource
    try:
        wanted = wanted_of(resource, task.params)
        ask = Ask(None)
        if resource.resolve:
            wanted = resource.resolve(ask, seen, wanted)
        hidden = [name for name in unshown(resource, seen, wanted) if name not in IDENTITY]
        return [
            *fixed_differences(resource, seen, _without_references(resource, wanted)),
            *refusals(resource, seen, wanted),
            *("%s: %s" % (name, NOT_SHOWN) for name in hidden),
            *("%s: %s" % (name, STOPPED) for name in resting(resource, seen, wanted)),
            *("it would be changed: %s" % step.name for step in plan(resource, seen, wanted)),
            *ask.warnings,
        ]
    except CloudError as problem:
        return [str(problem)]


def _without_references(resource, wanted):
    """Without what a task gives by a name that only a look-up compares."""
    looked_up = [one.name for one in resource.fields if one.lookup]
    return {name: value for name, value in wanted.items() if name not in looked_up}


# Names of what is referred to


class References:
    """The names that an estate may refer to: of services, networks, clusters.

    ``rows`` maps an option to the rows (list of dict) that it may mean, or to None where they cannot be listed, and
    ``keys`` to the keys under which these have their names, the nicest first.
    """

    def __init__(self, rows, keys):
        self._rows, self._keys = rows, keys

    def spelled(self, option, spellings):
        """The spelling that a task uses, and why it is an id although there are names (or None)."""
        spellings = [one for one in spellings if one is not None]
        if option not in self._keys:
            return spellings[0], None
        rows = self._rows.get(option)
        number = next((one for one in spellings if is_id(one)), None)
        names = [one for one in spellings if not is_id(one)]
        if rows is None:
            return (number or names[0]), (number and "the names that there are cannot be listed")
        for key in self._keys[option]:
            for row in rows:
                name = row.get(key)
                if name and not is_id(name) and _is_of(row, spellings, number):
                    if self._count(option, name) == 1:
                        return str(name), None
        if number is None:
            return str(names[0]), None
        return str(number), "its name is not the only one: %s" % names[0] if names else "no name of it is listed"

    def _count(self, option, name):
        keys = self._keys[option]
        folded = str(name).casefold()
        return sum(1 for row in self._rows[option] if folded in [str(row.get(key)).casefold() for key in keys])


def _is_of(row, spellings, number):
    if number is not None:
        return str(row.get("id")) == str(number)
    return str(row.get("id")) in map(str, spellings) or row.get("name") in spellings

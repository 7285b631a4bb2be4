# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API says of a resource, as values: its fields, its operations, its paths, its parts. One small file per
family is in products/; variation enters there, as data or as a function, and never as a condition on a name in shared
code.

The functions in these values get what was given, ``wanted`` (dict), and what was seen, ``seen`` (see seen.py). A
function that refuses returns a sentence, or None; the caller collects the sentences and raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from ansible.module_utils.common.dict_transformations import snake_dict_to_camel_dict

from .redaction import is_password
from .spelling import SNAKE

ACTIVE, INACTIVE, PREPARATION, REMOVED = "ACTIVE", "INACTIVE", "PREPARATION", "REMOVED"


def camel(name):
    """The API's spelling of an option: ``backup_enabled`` -> ``backupEnabled``."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def to_api(value):
    """An option's value in the API's spelling, without what was not given."""
    if isinstance(value, dict):
        return snake_dict_to_camel_dict({key: to_api(item) for key, item in value.items() if item is not None})
    if isinstance(value, list):
        return [to_api(item) for item in value]
    return value


def to_result(record):
    """A record with snake_case keys, without passwords (a check of a URL shows the one that it logs in with).

    The keys of ``tags`` are the user's and stay as they are; those with a leading _ are ours and go.
    """
    if record is None:
        return None
    return {
        SNAKE[key]: value if key == "tags" else _shown(value) for key, value in record.items() if not _is_hidden(key)
    }


def _shown(value):
    if isinstance(value, dict):
        return {SNAKE[key]: _shown(item) for key, item in value.items() if not _is_hidden(key)}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _is_hidden(key):
    return key.startswith("_") or is_password(key)


def _same(wanted, shown):
    """Equal, where an answer may leave out what is false or empty, and may show a number as text."""
    if isinstance(wanted, bool):
        return is_true(shown) == wanted
    if isinstance(wanted, str) and shown is None:
        return wanted == ""
    return wanted == shown or (shown is not None and str(wanted) == str(shown))


def is_true(shown):
    """Whether an answer says yes: true, or the word for it, since some servers write text."""
    return shown.strip().casefold() in ("true", "yes", "1") if isinstance(shown, str) else bool(shown)


def is_false(shown):
    """Whether an answer says no: false, or the word for it. What it leaves out is neither true nor false."""
    return shown.strip().casefold() in ("false", "no", "0") if isinstance(shown, str) else shown is False


@dataclass(frozen=True)
class Field:
    """One option of a resource.

    ``created_as`` is its name in the creation body (default: the camel-cased name; None: not in that body).
    ``read`` gives the value that a record shows, in the user's terms: a key of the record, a function of the record, or
    True for the key of that spelling; None says that it is never given back: sent, and never compared.
    ``same(wanted, shown)`` says when nothing is to be done. ``identifies``: it tells this resource from others, so a
    difference refuses whatever cannot be undone, and the row of a listing is enough to compare it.
    ``changed_by`` names the operation that changes it in place and ``as_option`` its name among that operation's
    options (default: the camel-cased name; None: not among them); without ``changed_by`` it is fixed at creation.
    ``steps(wanted, seen)`` gives its own steps; with ``changed_by``, only those after a creation. Where a creation has
    it in its body, they are for the rest of its value.
    ``valid(value)`` says why a value is never allowed. ``stuck(wanted, seen)`` says, naming both values, why this
    change cannot be made in place, such as a way back from what is one-way. ``refuse(wanted, seen)`` says why a change
    that is possible must not be made now.
    ``lookup(client, value)`` gives the id for a name, which a record may show by its id only.
    ``elsewhere(client, resource, seen)`` gives records (list of dict) that show it where the resource's own page does
    not, such as its nodes. ``unsure(wanted, record)`` says that the page may mean the wanted value with what it shows:
    then they decide.
    ``required``: a creation needs it. The name of another option instead of True: it follows of that one, so either of
    the two will do. ``secret`` stays out of diffs and results; secret suboptions are up to the field's own steps.
    ``while_active``: it does not count while the resource is stopped, because stopping switches it off.
    ``kept(shown, record)`` is the value with which a task keeps what is there, where that is not ``shown``, the value
    that ``read`` gives. None: no task gives it. It raises InvalidInput where no value would do.
    """

    name: str
    created_as: str = ""
    read: object = True
    same: Callable = _same
    identifies: bool = False
    changed_by: str = None
    as_option: str = ""
    valid: Callable = None
    stuck: Callable = None
    refuse: Callable = None
    to_api: Callable = to_api
    required: object = False
    secret: bool = False
    steps: Callable = None
    lookup: Callable = None
    elsewhere: Callable = None
    unsure: Callable = None
    while_active: bool = False
    kept: Callable = None

    def shown(self, record):
        """The value that ``record`` shows, in the user's terms; None where it shows none."""
        if self.read is None:
            return None
        if callable(self.read):
            return self.read(record)
        return record.get(camel(self.name) if self.read is True else self.read)

    def differs(self, value, record):
        """Whether ``record`` shows another value than the wanted one. What is never shown never differs."""
        if self.read is None:
            return False
        return not self.same(value, self.shown(record))

    def is_unsure(self, value, record):
        """Whether ``record`` does not tell by itself if it has the wanted value."""
        return self.shown(record) is None or bool(self.unsure and self.unsure(value, record))

    @property
    def body_name(self):
        """Its name in the body of a creation, or None."""
        return camel(self.name) if self.created_as == "" else self.created_as

    @property
    def option_name(self):
        """Its name among the options of the operation that changes it, or None."""
        return camel(self.name) if self.as_option == "" else self.as_option


def unread(record, answer):
    """For Operation.at_once: the answer shows nothing of the record, which is read again."""
    return None


@dataclass(frozen=True)
class Operation:
    """What the platform can be asked to do, and what is known of it wherever it is asked; a Step asks for it.

    Those of a Resource are changes in place: ``PATCH {path}/{address}`` with ``{operation, options}``; the one named
    ``delete`` is its removal, where there is more to say of it. ``also`` are options sent along when the user gave
    them: ``((option, name in the request), ...)``; ``refuse(wanted, seen)`` says why it must not be sent;
    ``tidy(options)`` leaves out what does not go together. ``needs`` is the status in which it is possible: a removal
    stops the resource before, anything else is refused.

    ``repeatable``: sending it twice does no more than sending it once. ``dry_run``: the platform may be asked to
    validate it; only for what can be taken back, since a method that ignores the header acts for real. ``gates``: the
    next step needs its effect. ``destroys``: what it destroys cannot be restored.
    ``at_once(record, answer)``: the answer is the effect, and there is no action to follow. It gives the record as the
    answer shows it, or None where it has to be read again. Without ``at_once``, an action is followed.
    ``may_stay_hidden``: some platforms never show the effect; then the success of its action counts.
    """

    name: str
    also: tuple = ()
    refuse: Callable = None
    tidy: Callable = None
    needs: str = None
    repeatable: bool = True
    dry_run: bool = False
    gates: bool = False
    destroys: bool = False
    at_once: Callable = None
    may_stay_hidden: bool = False


@dataclass(frozen=True)
class Resource:
    """A kind of resource: its name, its path, how it is searched, its fields and operations.

    ``catalogue`` is its type among the products, where it has one.
    ``listed(client, name)`` returns ``(row, kind)`` for the rows of its listing: all of them, or those that may have a
    name. The kind is None where the row does not tell which of several it is of (default: the rows of its path).
    ``by_service``: that listing can be narrowed to services.
    ``unique_name``: a name is taken in the whole platform, not only in its service.
    ``resolve(ask, seen, wanted)`` returns ``wanted`` with names looked up, and with what only a creation needs where
    nothing is ``seen``; it may raise, and may leave in ``seen.facts`` what the plan needs. ``ask`` is an Ask (see
    asking.py).
    ``valid(wanted)`` says which options contradict each other.
    ``offers()`` returns what the platform's catalogue can refute before anything is sent (see preflight.py).
    ``created_at(wanted, seen)`` is the path of a creation (default: the path itself), and ``ready(wanted, record)``
    says when it is complete (default: when the status is no longer PREPARATION).
    ``is_new(record)`` says that what is under way is the creation.
    ``also_read`` maps an option to a function of (client, seen): what is read only when that option is given, and
    stands in the record under the option's name; of several options with the same function, under that of the first.
    ``facts`` maps an option to such a function, too: what a change needs
    to know, read only where that option differs; it stands in ``seen.facts``, and no result shows it.
    ``changed_running``: it is changed while it runs, before a stop and after a start; a machine is changed the other
    way round.
    """

    kind: str
    path: str
    fields: tuple
    operations: tuple = ()
    catalogue: str = None
    listed: Callable = None
    by_service: bool = True
    unique_name: bool = False
    valid: Callable = None
    resolve: Callable = None
    offers: Callable = None
    created_at: Callable = None
    ready: Callable = None
    is_new: Callable = None
    also_read: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    changed_running: bool = False

    def needs(self):
        """What a creation needs: names of options (list of tuple), of each tuple one."""
        names = [one.name for one in self.fields if one.required]
        return [
            (one.name, one.required) if self._has_field(one.required) else (one.name,)
            for one in self.fields
            if one.required and one.required not in names
        ]

    def _has_field(self, name):
        return any(one.name == name for one in self.fields)

    def operation(self, name):
        return next((operation for operation in self.operations if operation.name == name), None)


@dataclass(frozen=True)
class Part:
    """What belongs to a resource and has tasks of its own, such as the pool of a load balancer: actions, conflicts and
    names are those of the resource ``of``.

    ``key`` is where it stands in the record. ``read(client, seen)`` reads it (None: it cannot be read), and
    ``plan(wanted, seen)`` returns the steps; ``seen.record`` is None if the resource does not exist.
    ``resolve(ask, seen, wanted)``: see Resource. ``also_about(wanted, seen)`` names further things of which an action
    is an action on this part, as ``actions.abouts`` does. ``status(wanted, seen)`` is the part's own status, where it
    has one. ``valid(wanted)`` says what is never allowed.
    """

    of: Resource
    key: str
    read: Callable
    plan: Callable
    resolve: Callable = None
    also_about: Callable = None
    status: Callable = None
    valid: Callable = None

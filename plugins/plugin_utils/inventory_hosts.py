# SPDX-License-Identifier: GPL-3.0-or-later
"""From records to hosts, for every inventory: plain values, names, and the groups that every host gets."""

from __future__ import annotations

import ipaddress
import marshal
import re

from ansible import constants as C
from ansible.vars.reserved import is_reserved_name

from ..module_utils.errors import Ambiguous
from ..module_utils.sharing import Unlike
from ..module_utils.spelling import SNAKE
from .inventory_trust import NO_TEXTS

MOST_SHOWN = 5
AT_A_TIME = 1000  # records
CONTAINERS = frozenset((dict, list))
TAKEN = frozenset(
    "group group_names groups hostvars inventory inventory_dir inventory_file play playbook role vars".split()
)

# Names become addresses, patterns and parts of file names: no option of ssh, no path.
BAD_NAME = re.compile(r"-|\.\.?$|.*[/\\\x00-\x1f\x7f]", re.S)
# A pattern such as `web:!db` or `--limit "a, b"` gives these a meaning, or cannot express them; so may a shell. Hyphens
# and underscores beside them belong to the same gap: `CLOUD NAME - APP` is CLOUD_NAME_APP.
ODD = r"\s,:;!&~@*?|<>()\[\]{}\"'`$"
GAP = re.compile(r"[-_]*[%s][-_%s]*" % (ODD, ODD))
PLAIN_NAME = re.compile(r"\w[\w.-]*", re.A)  # most are: nothing has to be replaced
EDGES = re.compile(r"\A[%s]+|[%s]+\Z" % (ODD, ODD))
IN_A_GROUP = re.compile(r"_*\W[\W_]*")  # what a group's name cannot hold, with what is around it
ADDRESS = re.compile(r"[0-9A-Fa-f][0-9A-Fa-f.:]*|::[0-9A-Fa-f.:]*")


class Records:
    """Makes records of rows, with one value in memory for what many rows have alike, such as their area."""

    def __init__(self, texts):
        """``texts`` (Texts) are those of all hosts."""
        self._texts = texts
        self._by_id, self._by_content, self._unlike = {}, {}, Unlike()
        self._left, self._left_alone = 0, frozenset()  # until these keys are looked at again

    def plain(self, value):
        """A value of the API with snake_case keys, and with its texts as Ansible may know them."""
        kind = type(value)
        if kind is str:
            return self._texts[value]
        if kind is dict:
            return {SNAKE[key]: self.plain(item) for key, item in value.items()}
        if kind is list:
            return [self.plain(item) for item in value]
        return value

    def of(self, row):
        """``plain(row)``, for a row of many."""
        if not self._left:
            self._left, self._left_alone = AT_A_TIME, self._unlike.keys(AT_A_TIME)
        self._left -= 1
        return self._dict(row)

    def _dict(self, row):
        texts, known, record = self._texts, self._by_id, {}
        for key, item in row.items():
            kind = type(item)
            if kind is str:
                item = texts[item]
            elif kind not in NO_TEXTS:
                item = (known.get(id(item)) or self._shared(key, item))[0]
            record[SNAKE[key]] = item
        return record

    def _shared(self, key, item):
        """``plain(item)`` and ``item`` (tuple). The first is the same object for each equal ``item``, unless most rows
        show something else under ``key``; and so is what is in it."""
        if key in self._left_alone:
            return self._converted(key, item), item
        content = marshal.dumps(item, 2)
        if content not in self._by_content:
            self._unlike.is_new(key)
            self._by_content[content] = self._converted(key, item)
        same = self._by_id[id(item)] = self._by_content[content], item  # while it is kept, no other gets its id()
        return same

    def _converted(self, key, item):
        if isinstance(item, dict):
            return self._dict(item)
        return [self._shared(key + "[]", one)[0] if type(one) in CONTAINERS else self.plain(one) for one in item]


def ordered(records):
    """The records by name and id."""
    return sorted(records, key=lambda record: (str(record.get("name")), *_order(record)))


def _order(record):
    """What records are sorted by, whether their ids are text or not."""
    text = str(record["id"])
    return len(text), text


def taken(rows):
    """The rows, each gone from the list once it is used: two copies of a large estate need twice the memory."""
    rows.reverse()
    while rows:
        yield rows.pop()


def one(value):
    """A value as all that there is to make groups of (a tuple of text); none where it is empty."""
    return () if value in (None, "") else (str(value),)


class OfFields:
    """What these ``fields`` of a record say: ``texts(value, ...)`` gives texts to make groups of, by default the value
    of the only field itself. In place of a text, None is for the group that has no more than the prefix as its name."""

    def __init__(self, *fields, texts=one):
        self.fields, self.texts = fields, texts


class DefaultGroups:
    """The groups that a host gets by what the platform says of it. Their names are those of a ``keyed_groups`` entry
    with the same prefix, made safe by ``sanitize``."""

    def __init__(self, inventory, wanted, sanitize, hosts, warn):
        """``wanted`` (dict) has an OfFields by the prefix of the groups for these. ``hosts`` are the names of all
        hosts; ``warn`` takes a sentence."""
        self._inventory, self._sanitize, self._hosts, self._warn = inventory, sanitize, hosts, warn
        self._sources = [(kind, source, {}) for kind, source in wanted.items()]
        self._fields = list(dict.fromkeys(field for source in wanted.values() for field in source.fields))
        self._of_alike, self._known, self._meanings = {}, {}, {}

    def of(self, record):
        """The Group objects (list) for one record: the same list for records that have alike all that counts.

        All records have to be kept until the last one is done.
        """
        alike = _identities(map(record.get, self._fields))
        if alike not in self._of_alike:
            self._of_alike[alike] = self._of(record)
        return self._of_alike[alike]

    def _of(self, record):
        groups = []
        for kind, source, seen in self._sources:
            values = [record.get(field) for field in source.fields]
            alike = _identities(values)  # what thousands of hosts share is looked at once
            if alike not in seen:
                seen[alike] = self._groups(kind, source.texts(*values))
            groups += seen[alike]
        return groups

    def _groups(self, kind, texts):
        found = []
        for text in texts:
            if (kind, text) not in self._known:
                self._known[kind, text] = self._group(kind, text)
            if self._known[kind, text] is not None:
                found.append(self._known[kind, text])
        return found

    def _group(self, kind, value):
        meaning = kind if value is None else "%s %s" % (kind, value)
        name = self._sanitize(IN_A_GROUP.sub("_", kind if value is None else "%s_%s" % (kind, value)))
        if name in self._hosts:
            self._warn("There is no group for %s: a host has its name, %s." % (meaning, name))
            return None
        other = self._meanings.setdefault(name, meaning)
        if other != meaning:
            self._warn(
                "The group %s is for %s and for %s: their names differ only in characters that Ansible does not allow."
                % (name, other, meaning)
            )
        return self._inventory.groups[self._inventory.add_group(name)]


def _identities(values):
    """The same (tuple) for equal texts and for the very same other objects, as long as these are kept."""
    return tuple([value if value.__class__ is str else id(value) for value in values])


def reached_at(address):
    """The variables (dict) for a host at that address; none where it is no address that Ansible could use."""
    return {"ansible_host": address} if isinstance(address, str) and ADDRESS.fullmatch(address) else {}


def name_of(record, variables, choices, reserved):
    """The first usable name that ``choices`` (functions of a record and its variables) give, or None.

    ``reserved(name, record)`` says whether a name stands for something else in Ansible.
    """
    for choice in choices:
        name = choice(record, variables)
        name = None if name is None else selectable(str(name).strip())
        if name and not reserved(name, record):
            return name
    return None


def selectable(name):
    """``name`` (str) as a host pattern can express it, or None where it would be an option of ssh, or a path.

    Each run of blanks, commas, colons, brackets and the like becomes one underscore, and goes at both ends. An IPv6
    address is left alone: Ansible knows it with its colons.
    """
    if PLAIN_NAME.fullmatch(name):
        return name
    if not name or BAD_NAME.match(name):
        return None
    if ":" in name and _is_address(name):
        return name
    name = GAP.sub("_", EDGES.sub("", name))
    return name if name and not BAD_NAME.match(name) else None


def _is_address(name):
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


class Reserved:
    """The names that no host can have, because they are those of Ansible's own machine or of a group."""

    def __init__(self, groups):
        """``groups`` are the names of the groups that exist before the hosts do."""
        self._names = {*C.LOCALHOST, *groups}
        self._found = {}

    def __call__(self, name, record):
        if name in self._names:
            self._found.setdefault(name, []).append(record["id"])
        return name in self._names

    def in_words(self):
        """A sentence about each such name that a host would have had."""
        return [
            "The name %s is not used for a host (%s): %s."
            % (name, _ids(ids), "it is the machine Ansible runs on" if name in C.LOCALHOST else "a group has this name")
            for name, ids in self._found.items()
        ]


def _ids(ids):
    return "id %s%s" % (", ".join(str(one) for one in ids[:MOST_SHOWN]), ", ..." if len(ids) > MOST_SHOWN else "")


def nameless_in_words(records, hint=""):
    """A sentence about the records that have no usable name; ``hint`` is what else there is to say of that."""
    return "hostnames gives no usable name for %s; add another entry to hostnames, or exclude them%s" % (
        _shown(records, lambda record: "%s (id %s)" % (record.get("name"), record["id"])),
        hint,
    )


def is_taken(name):
    """Whether Ansible has a use for a variable of that name, or for variables that begin with it."""
    return is_reserved_name(name) or name.startswith("ansible") or name in TAKEN


def told_apart(named, duplicates, place):
    """``named`` (list of (name, record, variables)) with each name once, as ``duplicates`` (fail, first, suffix) says.

    ``place`` is what tells hosts of the same name apart: its name, and the field of a record that holds it, such as
    ``("service", "service_name")``. Raises Ambiguous.
    """
    what, field = place
    bearers = {}
    for name, record, _variables in named:
        bearers.setdefault(name, []).append(record)
    several = {name: records for name, records in bearers.items() if len(records) > 1}
    if not several:
        return named
    if duplicates == "first":
        firsts = {name: min(records, key=_order) for name, records in bearers.items()}
        return [(name, record, variables) for name, record, variables in named if record is firsts[name]]
    if duplicates == "fail":
        raise Ambiguous(_in_words(several, what, field))
    taken = set(bearers) - set(several)
    result, given = [], set(taken)
    for name, record, variables in named:
        if name in several:
            name = _suffixed(name, record, several[name], field, taken)
            while name in given:  # else one of the hosts would be lost
                name = "%s_%s" % (name, record["id"])
            given.add(name)
        result.append((name, record, variables))
    return result


def _suffixed(name, record, others, field, taken):
    """The name with its place; with its id, too, where that is not enough."""
    places = [str(other.get(field)) for other in others]
    place = re.sub(r"[/\\\x00-\x1f\x7f]", "_", str(record.get(field)))
    suffixed = GAP.sub("_", EDGES.sub("", "%s_%s" % (name, place)))
    if places.count(str(record.get(field))) > 1 or suffixed in taken:
        suffixed = "%s_%s" % (suffixed, record["id"])
    taken.add(suffixed)
    return suffixed


def _in_words(several, what, field):
    lines = [
        "%s (%s)" % (name, _shown(records, lambda record: "id %s in %s %s" % (record["id"], what, record.get(field))))
        for name, records in list(several.items())[:MOST_SHOWN]
    ]
    more = len(several) - len(lines)
    return "several hosts have the same name: %s%s; set duplicates to suffix or first, or choose other hostnames" % (
        ", ".join(lines),
        " and %d more" % more if more else "",
    )


def _shown(records, words):
    more = len(records) - MOST_SHOWN
    return ", ".join(map(words, records[:MOST_SHOWN])) + (" and %d more" % more if more > 0 else "")

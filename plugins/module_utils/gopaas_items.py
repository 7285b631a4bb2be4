# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of a GoPaaS table: what has to be written, and the writing in batches.

Items are written by their key, ``cle``. They are compared with what a view shows, or with what is read by id; an item
that can be looked at in neither way is always written.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from . import clock
from .errors import Ambiguous, CloudError, EffectMissing, InvalidInput, NotFound, OutcomeUnknown
from .gopaas import part
from .gopaas_lists import PAGE_SIZE, read_list
from .parallel import in_parallel
from .redaction import masked

KEY = "cle"
MOST_PAGES = 100000  # a table has an end; whatever comes after so many pages is not one
SEEN_SECONDS = 20  # how long a view may take to show what was written
LOST_SECONDS = 5  # the same after a lost answer: sending the same items once more does no harm to those that are there
CREATE, UPDATE, WRITE = "create_item", "update_item", "write_item"


@dataclass(frozen=True)
class Step:
    """One item that has to be written. ``seen`` are its fields as they are (dict), None where nothing is known."""

    name: str
    key: str
    item: dict
    seen: dict = None

    def diff(self, table):
        """What changes, for Ansible's diff, without passwords."""
        before = {} if self.seen is None else {name: self.seen.get(name) for name in self.fields()}
        after = {name: self.item[name] for name in self.fields()}
        header = "%s %s" % (table, self.key)
        return {
            "before_header": header,
            "after_header": header,
            "before": masked(before),
            "after": masked(after),
        }

    def fields(self):
        """The names of the fields that differ; all of them where nothing is known."""
        return list(self.item) if self.seen is None else differing(self.item, self.seen)


def keys_of(items):
    """The keys (list of str) of the items. Raises InvalidInput for a missing one, or one that is given twice."""
    keys = [_key_of(number, item) for number, item in enumerate(items, 1)]
    twice = sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    if twice:
        raise InvalidInput("items: %s given twice as %s" % (", ".join(twice), KEY))
    return keys


def _key_of(number, item):
    value = item.get(KEY)
    if value is None or isinstance(value, (bool, list, dict)) or not str(value).strip():
        raise InvalidInput("items: number %d has no key (%s)" % (number, KEY))
    if str(value) != str(value).strip():
        raise InvalidInput("items: number %d has blanks around its key (%s)" % (number, KEY))
    return str(value)


def plan(items, seen):
    """The Steps that make the table hold these ``items`` ({key: fields}).

    ``seen`` is {key: fields, or None where there is no such item}; a key that is not in it could not be looked at.
    """
    steps = []
    for key, item in items.items():
        if key not in seen:
            steps.append(Step(WRITE, key, item))
        elif seen[key] is None:
            steps.append(Step(CREATE, key, item))
        elif differing(item, seen[key]):
            steps.append(Step(UPDATE, key, item, seen[key]))
    return steps


def differing(item, seen):
    """The names of the fields of an item that are not as ``seen``."""
    return [name for name, value in item.items() if not same(value, seen.get(name))]


def same(wanted, seen):
    """Whether two values of a field are the same.

    GoPaaS may answer numbers and booleans as text, and what is empty as an empty text. Two texts are the same only
    where they are equal: ``007`` is not ``7``.
    """
    if wanted in (None, "") or seen in (None, ""):
        return wanted in (None, "") and seen in (None, "")
    if isinstance(wanted, bool) or isinstance(seen, bool):
        return _as_boolean(wanted) == _as_boolean(seen)
    if isinstance(wanted, (list, dict)) or isinstance(seen, (list, dict)):
        return wanted == seen
    if isinstance(wanted, str) and isinstance(seen, str):
        return wanted == seen
    try:
        return Decimal(str(wanted)) == Decimal(str(seen))
    except InvalidOperation:
        return False


def _as_boolean(value):
    return {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}.get(
        str(value).lower(), value
    )


# Looking


class ByView:
    """Looks at items in a view that shows all of them, with the columns of all their fields."""

    def __init__(self, client, view):
        self.client, self.view = client, view

    def sees(self, key):
        return True

    def look(self, items):
        """``{key: fields, or None}`` of these ``items`` ({key: fields}), and warnings."""
        listing = read_list(self.client, self.view, {}, PAGE_SIZE, MOST_PAGES)
        rows = [row for row in listing.rows if isinstance(row, dict)]
        columns = {name for row in rows for name in row}
        wanted = dict.fromkeys(name for item in items.values() for name in item)
        missing = [name for name in (KEY, *wanted) if name not in columns]
        if listing.rows and missing:
            raise InvalidInput(
                "view: %s does not show %s, so items cannot be compared with it; add the columns to the view, or leave "
                "view out" % (self.view, ", ".join(dict.fromkeys(missing)))
            )
        found = {}
        for row in rows:
            key = str(row.get(KEY)).strip()
            if key in found and differing({name: found[key].get(name) for name in wanted}, row):
                raise Ambiguous("view: %s shows several different rows with the %s %s" % (self.view, KEY, key))
            if key in items:
                found[key] = row
        return {key: found.get(key) for key in items}, listing.warnings


class ByIds:
    """Looks at the items whose ids are given (``ids``: {key: id})."""

    def __init__(self, client, table, ids):
        self.client, self.table, self.ids = client, table, ids

    def sees(self, key):
        return key in self.ids

    def look(self, items):
        """``{key: fields}`` of those of these ``items`` that have an id, and warnings. Raises NotFound."""
        keys = [key for key in items if key in self.ids]
        return dict(zip(keys, in_parallel(self._item, keys))), []

    def _item(self, key):
        number = self.ids[key]
        item = self.client.item(self.table, number)
        if item is None:
            raise NotFound("item_ids: the table %s has no item with the id %s (%s %s)" % (self.table, number, KEY, key))
        if KEY in item and str(item[KEY]).strip() != key:
            text = "item_ids: the item with the id %s has the %s %s, not %s"
            raise InvalidInput(text % (number, KEY, item[KEY], key))
        return item


class Blind:
    """Looks at nothing: every item is written, whatever it is."""

    def sees(self, key):
        return False

    def look(self, items):
        return {}, []


def looker(client, table, view, ids, keys):
    """What looks at the items: ``view`` and ``ids`` are options. Raises InvalidInput, before anything is sent."""
    part("table", table)
    if view is not None and ids is not None:
        raise InvalidInput("view and item_ids contradict each other: items are compared by one of them")
    if view is not None:
        part("view", view)
        return ByView(client, view)
    if ids is None:
        return Blind()
    ids = {str(key): number for key, number in ids.items()}
    unknown = sorted(set(ids) - set(keys))
    if unknown:
        raise InvalidInput("item_ids: %s is not the %s of an item in items" % (", ".join(unknown), KEY))
    for number in ids.values():
        part("item_ids", number)
    return ByIds(client, table, ids)


# Writing


def write(client, table, steps, looking, batch_size):
    """Send the items of the ``steps`` in batches; the answers (list), in which a lost one is None.

    Raises ApiError, or OutcomeUnknown; their details say what was written before (``written``: list of keys).
    """
    answers, written = [], []
    for start in range(0, len(steps), batch_size):
        batch = steps[start : start + batch_size]
        try:
            answers.append(_write_batch(client, table, batch, looking))
        except CloudError as error:
            if written:
                error.details.update(changed=True, written=written)
            raise
        written += [step.key for step in batch]
    return answers


def _write_batch(client, table, batch, looking):
    """The answer to a batch. After a lost one the items are looked at, and what is not as wanted is sent once more."""
    left, lost = batch, None
    for _try in range(2):
        try:
            return client.write(table, [step.item for step in left])
        except OutcomeUnknown as unknown:
            lost = unknown
        left = _left_after(lost, batch, looking)
        if not left:
            return None
    keys = ", ".join(step.key for step in left)
    raise OutcomeUnknown("%s. It was sent twice, and these are still not as wanted: %s" % (lost, keys)) from lost


def _left_after(lost, batch, looking):
    """The steps of a batch that still have to be done. Raises OutcomeUnknown where that cannot be seen."""
    if not all(looking.sees(step.key) for step in batch):
        raise OutcomeUnknown(
            "%s. The items may have been written all the same, and nothing was sent again: look first, and run the "
            "task again if they have not. With view, the task itself can look" % lost
        ) from lost
    items = {step.key: step.item for step in batch}
    left = batch

    def look():
        nonlocal left
        to_do = {step.key for step in plan(items, looking.look(items)[0])}
        left = [step for step in batch if step.key in to_do]
        return not left

    try:
        clock.until(look, clock.Clock(LOST_SECONDS))
    except CloudError as problem:
        text = "%s. The items may have been written all the same, and they could not be looked at: %s"
        raise OutcomeUnknown(text % (lost, problem)) from problem
    return left


def confirm(table, steps, looking):
    """Warnings about what was written and does not look as wanted.

    Raises EffectMissing for items that cannot be seen at all.
    """
    items = {step.key: step.item for step in steps if looking.sees(step.key)}
    seen, warnings = {}, []

    def look():
        nonlocal seen, warnings
        try:
            seen, warnings = looking.look(items)
        except InvalidInput as problem:  # an empty view did not tell before which columns it has
            warnings = [str(problem)]
        return None not in seen.values()

    if items and not clock.until(look, clock.Clock(SEEN_SECONDS)):
        missing = ", ".join(key for key, fields in seen.items() if fields is None)
        raise EffectMissing(
            "GoPaaS took the items, and the view does not show these: %s. Either it does not create items of the table "
            "%s by their %s, or the view leaves them out" % (missing, table, KEY),
            changed=True,
        )
    for step in plan({key: items[key] for key in seen}, seen):
        warnings = [*warnings, _still_differs(step)]
    return warnings


def _still_differs(step):
    fields = ", ".join(
        "%s is %r, not %r" % (name, masked({name: step.seen.get(name)})[name], masked({name: step.item[name]})[name])
        for name in step.fields()
    )
    return "%s %s was written, and still looks different: %s. The next run will write it again" % (
        KEY,
        step.key,
        fields,
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there, read once for all resources of an estate, so that each can decide whether there is anything to do.

Names are looked for many at a time, what is under way and the tags come from one listing, and nothing is asked twice.
This is for deciding only: what is to be changed looks for itself again.
"""

from __future__ import annotations

import re

from ..module_utils import actions
from ..module_utils.errors import CloudError
from ..module_utils.identity import RESOURCES, are_same, is_clear, numbers
from ..module_utils.reference import Once

ASKED_AT_ONCE = 50  # names in one address, whose length every server limits
TAGS = re.compile(re.escape(RESOURCES) + r"/(\d+)/tags")
UNDER_WAY = {"statuses": [actions.IN_PROGRESS]}


class Snapshot(Once):
    """A client that reads everything once, for all threads that ask.

    ``names`` are those of all resources, by the module that looks for them (``{module: iterable of str}``).
    """

    def __init__(self, client, names):
        super().__init__(client)
        self.names = {module: _chunks(some) for module, some in names.items()}
        self.all_names = _chunks(name for some in names.values() for name in some)

    @property
    def reference(self):
        """As ``Client.reference``: what has been remembered for all tasks."""
        return self._client.reference

    def of(self, module, names):
        """The view of one resource, of which its module knows these names (list of str)."""
        return View(self, self._client, module, names)

    def under_way(self):
        """All actions that were under way at first (list of dict), or None where they cannot be listed."""
        return _listed(self)

    def under_way_now(self):
        """Those that are under way now; none where they cannot be listed."""
        return _listed(self._client) or []


class View:
    """A Snapshot as one resource sees it: a client that only reads. What a Snapshot does not know, it asks for."""

    def __init__(self, snapshot, client, module, names):
        self.snapshot, self._client, self._module = snapshot, client, module
        self.names = {str(name).casefold() for name in names}
        self.needed = set()
        self.planned = frozenset()
        self._gate = None
        self._record = {}

    def __getattr__(self, name):
        return getattr(self._client, name)  # what a read-only task does not ask for

    def behind(self, gate, planned=frozenset()):
        """As ``Client.behind``; ``planned`` are the names of what other resources of the estate create."""
        self._gate, self.planned = gate, _Asked(planned, self.needed)
        return self

    def hold(self, about=None, is_decided=False):
        """As ``Client.hold``."""
        return self._gate(about, is_decided)

    @property
    def reference(self):
        """As ``Client.reference``."""
        return self.snapshot.reference

    def get(self, path, query=None):
        """As ``Client.get``."""
        if path == actions.PATH and (query or {}).get("statuses") == UNDER_WAY["statuses"]:
            rows = self.snapshot.under_way()
            return self._client.get(path, query) if rows is None else [row for row in rows if self.may_be_about(row)]
        found = TAGS.fullmatch(path)
        tags = self._tags(found[1]) if found else None
        return self._noted(self.snapshot.get(path, query)) if tags is None else tags

    def find(self, path, query=None):
        """As ``Client.find``."""
        return self._noted(self.snapshot.find(path, query))

    def exists(self, path, query=None):
        """As ``Client.exists``."""
        return self.snapshot.exists(path, query)

    def pages(self, path, query=None):
        """As ``Client.pages``. A search for a name is one for many names."""
        name = _sole_name(query)
        together = name and self.snapshot.names.get(self._module, {}).get(name.casefold())
        if together:
            try:
                return self.snapshot.pages(path, {**query, "names": together})
            except CloudError:  # it may be another name's fault
                pass
        return self.snapshot.pages(path, query)

    def may_be_about(self, action):
        """Whether an action may be on this resource, as far as its name tells."""
        name = action.get("resourceName")
        return not name or not self.names or str(name).casefold() in self.names

    def _noted(self, answer):
        if isinstance(answer, dict) and answer.get("name"):
            self._record = answer
            self.names.add(str(answer["name"]).casefold())
        return answer

    def _tags(self, number):
        """The rows of tags as the listing of all resources shows them, or None where that does not tell."""
        together = self.snapshot.all_names.get(str(self._record.get("name")).casefold())
        if not together or number not in numbers(self._record):
            return None
        try:
            rows = self.snapshot.pages(RESOURCES, {"names": together})
        except CloudError:
            return None
        mine = [row for row in rows if number in numbers(row) and are_same(row, self._record)]
        shown = mine[0].get("tags") if len(mine) == 1 else None
        # A listing may leave out all tags.
        return shown if isinstance(shown, list) and any(row.get("tags") for row in rows) else None


class _Asked:
    """Names, of which those that were asked for are noted: something needs them."""

    def __init__(self, names, noted):
        self._names, self._noted = names, noted

    def __contains__(self, name):
        if name in self._names:
            self._noted.add(name)
        return name in self._names


def _listed(client):
    try:
        rows = client.get(actions.PATH, UNDER_WAY)
    except CloudError:
        return None
    return rows if isinstance(rows, list) else None


def _sole_name(query):
    names = (query or {}).get("names")
    return str(names[0]) if isinstance(names, list) and len(names) == 1 else None


def _chunks(names):
    """``{name in lower case: the names (list) that are asked for together}``. Each is asked for as it is spelled."""
    known = {}
    for name in map(str, names):
        if is_clear(name):
            known.setdefault(name.casefold(), set()).add(name)
    ordered = [sorted(known[name]) for name in sorted(known)]
    parts = [ordered[start : start + ASKED_AT_ONCE] for start in range(0, len(ordered), ASKED_AT_ONCE)]
    chunks = [[name for spellings in part for name in spellings] for part in parts]
    return {name.casefold(): chunk for chunk in chunks for name in chunk}

# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen of one resource, apart from what is wanted of it and from what the user gets to see."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .resource import PREPARATION


@dataclass
class Seen:
    """A resource as it was read last.

    ``record`` is what the API shows (dict), None if it does not exist. ``number`` addresses it below
    ``/compute/resources``, ``address`` below the paths of its own kind; on some platforms these are two numbers (see
    identity.py). Each is None until it is known.
    ``confirmed`` holds the paths at which a read has shown this very resource: nothing is written elsewhere.
    ``is_whole``: the record is the resource's own page, not a row of a listing.
    ``is_unreadable``: it is listed, and its own page answers 404.
    ``facts`` are what was read beside it and no result shows, by option; ``elsewhere`` the values (lists) that its own
    page does not show and something else does, by option. ``is_new``: this task creates it, or has
    waited for its creation.
    """

    record: dict = None
    number: object = None
    address: object = None
    confirmed: frozenset = frozenset()
    is_whole: bool = False
    is_unreadable: bool = False
    is_new: bool = False
    facts: dict = field(default_factory=dict)
    elsewhere: dict = field(default_factory=dict)

    def __bool__(self):
        return self.record is not None

    @property
    def status(self):
        """The status that the record shows, or None."""
        return self.get("status")

    @property
    def in_preparation(self):
        return self.status == PREPARATION

    def get(self, key, default=None):
        """What the record shows under a key of the API; the default also if nothing was seen."""
        return (self.record or {}).get(key, default)

    def shows(self, field):
        """The value of a Field, in the user's terms, as far as anything shows it; None where nothing does."""
        if field.name in self.elsewhere:
            return " and ".join(dict.fromkeys(str(one) for one in self.elsewhere[field.name]))
        return field.shown(self.record)

    def differs(self, field, wanted):
        """Whether a Field has another value than the wanted one. What nothing shows never differs."""
        if field.name in self.elsewhere:
            return not any(field.same(wanted, one) for one in self.elsewhere[field.name])
        return field.differs(wanted, self.record)

    def path(self, template):
        """A path with ``{address}`` and ``{number}`` filled in."""
        return template.format(address=self.address, number=self.number)

    def as_confirmed(self):
        """The same where a listing of all kinds of resources has shown it, and both of its numbers are one."""
        return replace(self, confirmed=frozenset({"{address}", "{number}"}))

    def with_values(self, **values):
        """The same with further values in its record, such as a part that was read."""
        return replace(self, record={**self.record, **values})

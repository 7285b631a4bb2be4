# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting hosts into groups: one at a time, or as another one was that is alike in all that decides about groups."""

from __future__ import annotations

from .inventory_expressions import Gone, Impure, leaf


def join(groups, host):
    """``group.add_host(host)`` for each of them, but for the caches of hosts, and without walking up the relatives that
    few have."""
    name, of_host = host.name, host.groups
    for group in groups:
        names = group.host_names
        if not _is_simple(group):
            group.add_host(host)
        elif name not in names:
            names.add(name)
            group.hosts.append(host)
            _add_missing(group.parent_groups, of_host)
            _add_missing((group,), of_host)


class Alike:
    """The groups of hosts that read the same at ``paths`` of their variables: equal texts, or else the very same
    objects, since most of a large estate is in memory once."""

    def __init__(self, paths):
        self._paths, self._known = paths, {}

    def key(self, groups, variables):
        """The same for all hosts that are in ``groups`` (a list, which is the same object) and read the same values.

        None where a path may lead to something else than a value.
        """
        try:
            values = [leaf(variables, path) for path in self._paths]
        except Impure:
            return None
        return (id(groups), *map(_identity, values))

    def join(self, key, host):
        """Put ``host``, which is in no group yet, into all groups that are known for that key; False if none are."""
        if key not in self._known:
            return False
        joining, all_groups, _kept = self._known[key]
        name = host.name
        for add_name, append in joining:
            add_name(name)
            append(host)
        host.groups.extend(all_groups)
        return True

    def note(self, key, groups, variables, found):
        """That hosts with this key, which is for ``groups`` and ``variables``, are in the groups ``found`` (list)."""
        found = list(dict.fromkeys(found))
        if all(map(_is_simple, found)):
            all_groups = []
            for group in found:
                _add_missing(group.parent_groups, all_groups)
                _add_missing((group,), all_groups)
            kept = groups, [leaf(variables, path) for path in self._paths]  # so that no other object gets their id()
            self._known[key] = [(group.host_names.add, group.hosts.append) for group in found], all_groups, kept

    def forget(self):
        """Begin anew: a group has got a parent."""
        self._known.clear()


def _identity(value):
    kind = value.__class__
    return value if kind is str else value.key if kind is Gone else id(value)


def _is_simple(group):
    return not group.child_groups and not any(parent.parent_groups for parent in group.parent_groups)


def _add_missing(groups, to):
    for group in groups:
        if group not in to:
            to.append(group)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patch group each of many machines gets, so that those that stand together are apart. Pure.

A machine is any hashable, sortable key. What stands together is a set of machines: the members of a pool, or machines
that a user wants apart. In a set, no two machines share a group if there are groups enough; otherwise it is spread
evenly.
"""

from __future__ import annotations

NO_GROUP = 0
LARGEST_SEARCH = 20000  # steps of the exact search in machines that stand together in several ways at once


def assign(now, groups, pools, apart=(), fixed=None, rebalance=False):
    """The group of each machine of ``now``: a dict.

    ``now`` is the group that each machine has (``NO_GROUP`` for none), ``groups`` the list of those that there are.
    ``pools`` and ``apart`` are sets of machines; those in ``apart`` come first where both cannot be had. ``fixed`` is
    the group of machines that do not move, and may name others than ``now``.

    In this order: sets are apart, few machines that have a group change it, and the groups are of equal size. With
    ``rebalance`` the last two are the other way round. The same input gives the same result.
    """
    fixed = dict(fixed or {})
    board = _Board(now, groups, _distinct(apart), _distinct(pools), fixed, rebalance)
    board.place()
    board.improve()
    for component in board.entangled():
        board.search(component)
    board.improve()
    return {one: fixed[one] if one in fixed else board.group[one] for one in now}


def crowding(members, group_of):
    """The groups that several of the ``members`` share: ``{group: [members]}``; ``group_of`` is a dict."""
    by_group = {}
    for one in sorted(members):
        if group_of.get(one, NO_GROUP) != NO_GROUP:
            by_group.setdefault(group_of[one], []).append(one)
    return {group: ones for group, ones in sorted(by_group.items()) if len(ones) > 1}


def _distinct(sets):
    return sorted({frozenset(one) for one in sets if len(set(one)) > 1}, key=sorted)


class _Board:
    """Machines in groups. A cost is a tuple, compared in order; counts are kept up to date as machines are moved."""

    def __init__(self, now, groups, apart, pools, fixed, rebalance):
        self.groups, self.rebalance = sorted(groups), rebalance
        self.before = {one: group if group in groups else NO_GROUP for one, group in now.items()}
        self.movable = sorted(one for one in now if one not in fixed)
        self.group = {}
        self.sets = [(0, one) for one in apart] + [(1, one) for one in pools]
        self.sets_of = {}
        for index, (_rank, members) in enumerate(self.sets):
            for one in members:
                self.sets_of.setdefault(one, []).append(index)
        self.in_set = [dict.fromkeys(self.groups, 0) for _one in self.sets]
        self.total = dict.fromkeys(self.groups, 0)
        for one, group in fixed.items():
            if group in self.total:
                self._count(one, group, 1, counts_in_total=one in now)
        for one in self.movable:
            if self.before[one] != NO_GROUP:
                self.put(one, self.before[one])

    def put(self, one, group):
        if self.group.get(one):
            self._count(one, self.group[one], -1)
        self.group[one] = group
        if group:
            self._count(one, group, 1)

    def _count(self, one, group, step, counts_in_total=True):
        for index in self.sets_of.get(one, ()):
            self.in_set[index][group] += step
        if counts_in_total:
            self.total[group] += step

    def place(self):
        """Give a group to those without one: first those that stand together with others."""
        waiting = [one for one in self.movable if not self.group.get(one)]
        for one in sorted(waiting, key=lambda one: (-len(self.sets_of.get(one, ())), one)):
            self.put(one, min(self.groups, key=lambda group: (*self._joining(one, group), self.total[group], group)))

    def improve(self):
        """Move the machine whose move helps most, as long as one does; of equals the last one moves."""
        while True:
            order = range(len(self.movable))
            moves = ((self._gain(self.movable[at], group), -at, group) for at in order for group in self.groups)
            gain, at, group = min(moves, default=((0,), 0, 0))
            if gain >= (0,) * len(gain):
                return
            self.put(self.movable[-at], group)

    def entangled(self):
        """The movable machines of each component in which a machine stands in several sets: a list of lists."""
        left, found = set(self.movable), []
        while left:
            component, sets, edge = set(), set(), [min(left)]
            while edge:
                one = edge.pop()
                if one in component:
                    continue
                component.add(one)
                new = set(self.sets_of.get(one, ())) - sets
                sets |= new
                edge.extend(other for index in new for other in self.sets[index][1] if other in left)
            left -= component
            if len(sets) > 1:
                found.append(sorted(component, key=lambda one: (-len(self.sets_of[one]), one)))
        return found

    def search(self, component):
        """Look for the best groups of these machines, and keep what is there if nothing better shows in time."""
        best = {one: self.group[one] for one in component}
        for one in component:
            self.put(one, NO_GROUP)
        best_cost = self._cost_of(best)
        steps = 0
        stack = [(0, (0, 0, 0), None)]
        placed = []
        while stack and steps < LARGEST_SEARCH:
            steps += 1
            depth, cost, group = stack.pop()
            while len(placed) > max(depth - 1, 0):
                self.put(placed.pop(), NO_GROUP)
            if group is not None:
                self.put(component[depth - 1], group)
                placed.append(component[depth - 1])
            if depth == len(component):
                if cost < best_cost:
                    best, best_cost = {one: self.group[one] for one in component}, cost
                continue
            one = component[depth]
            further = []
            for choice in self.groups:
                apart, pools = self._joining(one, choice)
                reached = (cost[0] + apart, cost[1] + pools, cost[2] + self._effort(one, choice))
                if reached < best_cost:
                    further.append((reached, choice))
            stack.extend((depth + 1, reached, choice) for reached, choice in sorted(further, reverse=True))
        for one in component:
            self.put(one, best[one])

    def _cost_of(self, groups):
        """The cost of these machines in these groups; none of them is on the board."""
        cost = (0, 0, 0)
        for one, group in groups.items():
            apart, pools = self._joining(one, group)
            cost = (cost[0] + apart, cost[1] + pools, cost[2] + self._effort(one, group))
            self.put(one, group)
        for one in groups:
            self.put(one, NO_GROUP)
        return cost

    def _joining(self, one, group):
        """With how many others the machine would share the group, in the sets of each rank."""
        shared = [0, 0]
        for index in self.sets_of.get(one, ()):
            shared[self.sets[index][0]] += self.in_set[index][group]
        return tuple(shared)

    def _gain(self, one, group):
        """What the cost changes if the machine is moved to the group."""
        old = self.group[one]
        if old == group:
            return (0, 0, 0, 0)
        there, here = self._joining(one, group), self._joining(one, old)
        sets = [there[rank] - here[rank] + self._times(one, rank) for rank in (0, 1)]
        moves = self._is_move(one, group) - self._is_move(one, old)
        balance = self.total[group] - self.total[old] + 1
        return (*sets, balance, moves) if self.rebalance else (*sets, moves, balance)

    def _times(self, one, rank):
        """In how many sets of the rank the machine stands: it is counted itself where it leaves."""
        return sum(self.sets[index][0] == rank for index in self.sets_of.get(one, ()))

    def _effort(self, one, group):
        """What a move costs in the search, which does not know the sizes of the groups."""
        return 0 if self.rebalance else self._is_move(one, group)

    def _is_move(self, one, group):
        return int(self.before[one] not in (NO_GROUP, group))

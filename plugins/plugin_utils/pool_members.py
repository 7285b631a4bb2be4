# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machine a member of a pool is, in results of the info modules. Pure."""

from __future__ import annotations


def is_same(member, row):
    """Whether a member of a pool, or another short row, is the resource ``row``: by number and name, where both show.

    A pool has one of the two numbers of a resource; which one is not documented.
    """
    number = member["resource_id"] if "resource_id" in member else member.get("id")
    shown = {str(row[key]) for key in ("id", "internal_resource_id") if row.get(key) is not None}
    names = [one.get("name") for one in (member, row)]
    if number is not None and shown and str(number) not in shown:
        return False
    if all(names):
        return names[0].casefold() == names[1].casefold()
    return number is not None and bool(shown)


def find(member, rows):
    """The row that a member is, or None."""
    return next((row for row in rows if is_same(member, row)), None)


def reference(member, pool):
    """What names the member in a request: its name, unless another resource in the pool has the same."""
    numbers = {one.get("resource_id") for one in pool if one.get("name") == member.get("name")}
    return (
        member["name"] if member.get("name") and len(numbers) == 1 else str(member.get("resource_id", member.get("id")))
    )


def name_of(loadbalancer, loadbalancers):
    """What names the load balancer in a request: its name, unless another one has the same."""
    names = [one.get("name") for one in loadbalancers]
    return loadbalancer["name"] if names.count(loadbalancer["name"]) == 1 else str(loadbalancer["id"])

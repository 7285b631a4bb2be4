# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between a description of an estate and the platform, from a result of itcare_estate in check mode. Pure.

A difference is a row (dict) with these keys, of which all but ``what`` and ``kind`` may be None: ``what``, one of WHAT;
``kind``, ``name``, ``service`` and ``id`` of the resource; ``part_of``, the name of the resource of which it is a part;
``option``, with a dot between an option and a key in it, and its values ``described`` and ``on_platform``; ``reason``.
"""

from __future__ import annotations

import hashlib
import json

from .estate_description import STATES
from .estate_prune import OF_A_PART

CREATE, CHANGE, REMOVE, UNMANAGED, REFUSED = WHAT = ("create", "change", "remove", "unmanaged", "refused")
WORDS = {
    CREATE: "missing",
    CHANGE: "changed",
    REMOVE: "to remove",
    UNMANAGED: "not described",
    REFUSED: "refused",
}
SYSTEM = "itcare_"
OWNERS = ("loadbalancer", "instance", "resource")  # options that name the resource of which a module manages a part
MOST_TOLD = 100  # differences in one event: a receiver takes a megabyte or so


def report(result, resources, now, old=""):
    """The report (dict) on a ``result`` of itcare_estate for these ``resources`` (list of dict).

    ``now`` is the time (str), ``old`` an earlier report as JSON (str), whose time counts if the rest is the same.
    """
    items = list(zip(resources, result["results"]))
    unmanaged = result.get("unmanaged")
    differences = [row for resource, item in items for row in _rows(resource, item)]
    differences += [_unmanaged(row) for row in unmanaged or ()]
    found = [_what(item) for _resource, item in items]
    counts = {what: found.count(what) for what in WHAT}
    counts[UNMANAGED] = None if unmanaged is None else len(unmanaged)
    counts["unchanged"] = found.count(None)
    made = {"format": 1, "as_of": now, "id": _digest(differences), "counts": counts, "differences": differences}
    earlier = _read(old)
    return {**made, "as_of": earlier["as_of"]} if _is_same(made, earlier) else made


def in_words(counts):
    """``2 changed, 1 missing``, or ``no drift``."""
    told = ["%d %s" % (counts[what], WORDS[what]) for what in WHAT if counts[what]]
    return ", ".join(told) or "no drift"


def lines(made):
    """The differences as sentences (list of str), for the output of a job."""
    return [_line(row) for row in made["differences"]]


def event(made):
    """What a webhook is told (dict): the report, with no more than MOST_TOLD differences."""
    counts = made["counts"]
    return {
        "kind": "estate_drift",
        "id": made["id"],
        "as_of": made["as_of"],
        "msg": in_words(counts),
        "counts": counts,
        "to_do": counts[CHANGE] + counts[REMOVE] + len(_creatable(made["differences"])),
        "differences": made["differences"][:MOST_TOLD],
        "left_out": len(made["differences"][MOST_TOLD:]),
    }


def _creatable(differences):
    """What is missing and nothing speaks against creating (list of dict)."""
    return [row for row in differences if row["what"] == CREATE and not row["reason"]]


def _line(row):
    about = [row["kind"].replace("_", " "), row["name"] or "without a name"]
    about += ["of", row["part_of"]] if row["part_of"] else []
    about += ["in", row["service"]] if row["service"] else []
    said = WORDS[row["what"]]
    if row["option"]:
        said = "%s is described as %s, and is %s" % (row["option"], _said(row["described"]), _said(row["on_platform"]))
    return "%s: %s%s" % (" ".join(about), said, ": " + row["reason"] if row["reason"] else "")


def _said(value):
    if value is None:
        return "not set"
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


# One item


def _what(item):
    """What has to happen to an item of the result: one of WHAT, or None."""
    if item["failed"]:
        return CREATE if item.get("missing") else REFUSED
    return item.get("plan")


def _rows(resource, item):
    what = _what(item)
    row = {"what": what, **_about(resource, item), "option": None, "described": None, "on_platform": None}
    if what == REFUSED:
        return [{**row, "reason": item.get("msg")}]
    if what != CHANGE:
        return [{**row, "reason": item.get("msg") if item["failed"] else None}] if what else []
    changed = [
        {**row, "option": option, "described": after, "on_platform": before, "reason": None}
        for option, (before, after) in _options(item["result"].get("diff") or ()).items()
        if before != after
    ]
    steps = ", ".join(item["result"].get("steps") or ())
    return changed or [{**row, "reason": "it takes these steps: %s" % steps if steps else None}]


def _about(resource, item):
    options = resource.get("options") or {}
    kind = item["module"].rpartition(".")[2]
    kind = kind[len(SYSTEM) :] if kind.startswith(SYSTEM) else kind
    record = (item.get("result") or {}).get(kind)
    record = record if isinstance(record, dict) else {}
    owner = next((str(options[one]) for one in OWNERS if options.get(one) is not None), None)
    service = options.get("service") if record.get("service_name") is None else record["service_name"]
    return {
        "kind": kind,
        "name": item["name"],
        "part_of": owner if owner != item["name"] else None,
        "service": None if service is None else str(service),
        "id": record.get("id"),
    }


def _unmanaged(row):
    """A resource that is not described, or a part of one that is."""
    part = row.get("part")
    reason = row.get("reason") if part and row.get("reason") != OF_A_PART else None
    about = {
        "kind": row["kind"],
        "name": part or row["name"],
        "part_of": row["name"] if part else None,
        "service": row.get("service"),
        "id": row.get("id"),
    }
    return {"what": UNMANAGED, **about, "option": None, "described": None, "on_platform": None, "reason": reason}


def _options(steps):
    """``{option: (before, after)}`` of all steps (list of diffs) of one item together.

    Some steps take others with them: a machine is stopped, resized and started. What counts is where all of it leads.
    """
    found = {}
    for step in steps:
        for option, before, after in _leaves("", step.get("before"), step.get("after")):
            if option == "status":  # a task says it in other words
                option, before, after = "state", STATES.get(before, before), STATES.get(after, after)
            first = found[option][0] if option in found else before
            found[option] = (first, after)
    return found


def _leaves(path, before, after):
    """``(option, before, after)`` of all that differs, a key of a dictionary by itself."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            name = "%s.%s" % (path, key) if path else str(key)
            yield from _leaves(name, before.get(key), after.get(key))
    elif before != after and path:
        yield path, before, after


# An earlier report


def _digest(differences):
    """Tells one drift from another (str); the same differences have the same one."""
    return hashlib.sha256(json.dumps(differences, sort_keys=True).encode()).hexdigest()[:16]


def _read(text):
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_same(made, earlier):
    return isinstance(earlier.get("as_of"), str) and {**made, "as_of": None} == {**earlier, "as_of": None}

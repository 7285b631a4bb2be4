# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role estate_report says of an estate: a value, made from listings. Pure.

Rows are those of the API, with its keys; those of info modules (nodes, load balancers) have keys in snake_case. What no
row shows is None, which means unknown and is never counted as zero. A machine that several listings show is one, as in
the inventory: they are joined by number, name and service.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

from ..module_utils.errors import InvalidInput
from ..module_utils.identity import are_same, is_clear, numbers
from ..module_utils.moments import moment_of
from ..module_utils.products.shared.management import is_production, number, shown_sizing
from ..module_utils.products.shared.tag_values import to_dict
from ..module_utils.resource import REMOVED, SNAKE
from .pool_members import find

FORMAT = 1  # of the report as JSON; another one is not compared with
MACHINES = {"application_servers": "application server", "instances": "instance"}  # listings of machines
PRODUCTS = ("databases", "message_brokers", "kubernetes", "glusterfs")  # listings of products that have nodes
TABLES = ("machines", "products", "loadbalancers")  # whose rows are compared with those of an earlier report
MADE_ANEW = ("as_of", "since", "changes")  # what a report has besides what it says of the estate
BY = ("environment", "family", "zone", "sizing", "region", "status", "support_phase")
EMPTY = (None, "", [], {})
YEAR = 365  # days
NAMES_AT_ONCE, IDS_AT_ONCE = 50, 100  # in one address, whose length every server limits
# What a listing may leave out, and a machine's own page shows.
OF_DETAILS = (
    "cpu",
    "ram",
    "storage",
    "backupStatus",
    "monitoringEnabled",
    "replicationStatus",
    "labelAvailabilityZone",
)
OF_PRODUCTS = ("backupStatus", "monitoringEnabled", "replicationStatus")
GROUPS = ("group 1", "group 2", "group 3", "no group", "excluded")

# Fields of a row of the report by those of the API, for whatever is a resource.
OF_RESOURCES = {
    "name": "name",
    "service": "serviceName",
    "environment": "environment",
    "category": "category",
    "type": "type",
    "family": "family",
    "platform": "productName",
    "status": "status",
    "support_phase": "supportPhase",
    "comment": "comment",
}
DAYS = {"extended_support": "extendedSupportAt", "end_of_support": "endOfSupportAt", "created": "creationTime"}
SWITCHES = {"backup": "backupStatus", "monitoring": "monitoringEnabled", "replication": "replicationStatus"}
OF_MACHINES = {"ip_address": "ipAddress", "region": "labelRegion", "zone": "labelAvailabilityZone"}

# What the report reads of a row, in the spellings of the API and of the info modules.
READ = """id internalResourceId name serviceId serviceKey serviceName environment status parentResourceType tags sizing
    nodeSizing cpu ram storage version productVersion url nodeCount patchParty snapshot nodes pool urls ipAddress
    excluded exclusionReason patchGroup""".split()
READ += [*OF_RESOURCES.values(), *DAYS.values(), *SWITCHES.values(), *OF_MACHINES.values()]
KEPT = frozenset(READ).union(SNAKE[key] for key in READ)

# Needs attention: key, how much, title, and what it means.
SERIOUS, NOTABLE = "serious", "notable"
CHECKS = {
    "support_ended": (SERIOUS, "Support has ended", "The platform gives no more support for this version."),
    "production_without_backup": (
        SERIOUS,
        "Production without backup",
        "Machines and products in production whose backup is off. Nodes count with their product.",
    ),
    "members_off": (
        SERIOUS,
        "Members of load balancers that are off",
        "Members that are disabled or offline, or whose health check says that they are down.",
    ),
    "production_without_monitoring": (
        SERIOUS,
        "Production without monitoring",
        "Machines, products and load balancers in production that are not monitored. Nodes count with their product.",
    ),
    "production_without_replication": (
        NOTABLE,
        "Production without replication",
        "Machines and products in production that are not copied to another site. Nodes count with their product.",
    ),
    "support_ends": (NOTABLE, "Support ends within a year", "Plan a replacement or an upgrade."),
    "extended_support": (NOTABLE, "In extended support", "The vendor's support has ended; the rest is best effort."),
    "old_snapshots": (
        NOTABLE,
        "Old snapshots",
        "The platform keeps a snapshot for three days. It is not a backup.",
    ),
    "stopped_in_production": (NOTABLE, "Production that is not running", "Machines and products that are not active."),
    "excluded_from_patching": (
        NOTABLE,
        "Excluded from patch parties",
        "Machines and products that the platform does not patch.",
    ),
}


def make(read, now, snapshot_hours=24, parties=None, services=None):
    """The report (dict) without its history, see with_history().

    ``read`` maps what was read to rows: the listings ``services``, ``resources``, ``obsolescence``, ``loadbalancers``,
    those of MACHINES and PRODUCTS, and ``nodes``, ``details``, ``snapshots``, ``patch_policies``. One that is missing
    was left out; then nothing is said of it. ``now`` is a datetime with a zone, ``parties`` the patch parties to come
    (None: left out), ``services`` the ids of the services that it is about (None: all).
    """
    known = _Known(read)
    machines = _machines(read, known)
    products = _products(read, known, machines)
    balancers = _balancers(read, machines)
    others = _others(read, known)
    report = {
        "format": FORMAT,
        "about": None if services is None else sorted(services),
        "numbers": _numbers(machines, products, balancers, others),
        "machines": machines,
        "products": products,
        "loadbalancers": balancers,
        "others": others,
        "services": _services(read, machines, products, balancers),
        "support": _support([*machines, *products, *_supported(others)]),
        "parties": None if parties is None else list(parties),
        "attention": [],
    }
    report["attention"] = _attention(report, now, snapshot_hours)
    return report


def missing(read, details, snapshots):
    """What has to be asked for one by one because the listings (``read``, as for make()) do not show it.

    ``details`` is how many machines, and how many products, may be asked at most, and ``snapshots`` how many machines;
    what is in production comes first. Answers the names of machines and the ids of ``products`` in lists for one
    request each, whether ``obsolescence`` and the ``urls`` of load balancers are needed, and the ids of the
    ``services`` whose patch policies are.
    """
    machines = _production_first(row for row in read.get("instances") or () if not row.get("parentResourceType"))
    products = _production_first(row for part in PRODUCTS for row in read.get(part) or ())
    bare = [row for row in machines if any(row.get(key) in EMPTY for key in OF_DETAILS)]
    untold = [row for row in machines if not row.get("snapshot")]
    sparse = [row["id"] for row in products if any(row.get(key) in EMPTY for key in OF_PRODUCTS)]
    rows = [row for part in (*MACHINES, *PRODUCTS) for row in _present(read.get(part))]
    known = _Known(read)
    return {
        "details": _in_chunks(_names(bare[:details]), NAMES_AT_ONCE),
        "products": _in_chunks(sparse[:details], IDS_AT_ONCE),
        "snapshots": _in_chunks(_names(untold[:snapshots]), NAMES_AT_ONCE),
        "obsolescence": any(first(known.of(row), "endOfSupportAt") is None for row in rows),
        "urls": any(row.get("urls") is None for row in _present(read.get("loadbalancers"))),
        "services": sorted({row["serviceId"] for row in rows if not row.get("patchParty") and row.get("serviceId")}),
    }


def _production_first(rows):
    def place(row):
        return not is_production(row.get("environment")), str(row.get("name")), str(row["id"])

    return sorted(_present(rows), key=place)


def _names(rows):
    return [row["name"] for row in rows if is_clear(str(row.get("name") or ""))]


def _in_chunks(values, size):
    values = list(dict.fromkeys(values))
    return [values[start : start + size] for start in range(0, len(values), size)]


def with_history(made, now, old=None, base=None):
    """``made`` (of make()) as it is published: with ``as_of``, ``since`` and ``changes``.

    ``old`` is the report that it replaces, ``base`` another one to compare it with. If the estate is what the old
    report says, that one stays, with its times and changes: a report changes only if the estate does.
    """
    old, base = _comparable(old), _comparable(base)
    stays = old is not None and {key: old[key] for key in old if key not in MADE_ANEW} == made
    if base is None and stays:
        return old
    before = base or old
    if before is not None and before["about"] != made["about"]:
        before = None  # what the one is not about would be gone in the other
    changes = None if before is None else changes_between(before, made)
    since = None if before is None else before["as_of"]
    as_of = old["as_of"] if stays and (changes, since) == (old["changes"], old["since"]) else in_seconds(now)
    return {"as_of": as_of, "since": since, **made, "changes": changes}


def in_seconds(moment):
    """A datetime as the report writes it, in UTC."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _comparable(report):
    return report if isinstance(report, dict) and report.get("format") == FORMAT and report.get("as_of") else None


def changes_between(before, after):
    """What was added, is gone, was resized or has another status (list of dict), by table, what it is, and name.

    Tables that one of the two reports leaves out are not compared, and what is unknown in one of them is no change.
    """
    found = []
    for table in TABLES:
        if before.get(table) is None or after.get(table) is None:
            continue
        old, new = ({str(row["id"]): row for row in report[table]} for report in (before, after))
        found += [_change(table, "added", new[key]) for key in new if key not in old]
        found += [_change(table, "gone", old[key]) for key in old if key not in new]
        for key in new:
            if key in old:
                found += _differences(table, old[key], new[key])
    return sorted(found, key=lambda one: (TABLES.index(one["table"]), one["what"], one["name"] or "", str(one["id"])))


def _differences(table, old, new):
    for what, fields in (("resized", ("sizing", "storage", "node_count")), ("status", ("status",))):
        pairs = [(field, old.get(field), new.get(field)) for field in fields]
        pairs = [(field, was, now) for field, was, now in pairs if None not in (was, now) and was != now]
        if pairs:
            words = [", ".join(_value_in_words(pair[0], pair[at]) for pair in pairs) for at in (1, 2)]
            yield _change(table, what, new, *words)


def _value_in_words(field, value):
    return {"storage": "%s GB of disks", "node_count": "%s nodes"}.get(field, "%s") % value


def _change(table, what, row, before="", after=""):
    kept = {key: row[key] for key in ("id", "name", "service", "environment")}
    return {"table": table, "what": what, **kept, "before": before, "after": after}


# Rows


class _Known:
    """What other listings show of a resource, by its numbers."""

    def __init__(self, read):
        self._by_number = {}
        for part in ("details", "snapshots"):
            for row in read.get(part) or ():
                self._add(part, as_api(row))
        for part in ("resources", "obsolescence"):
            for row in read.get(part) or ():
                self._add(part, row)
        self._policies = {}
        for row in read.get("patch_policies") or ():
            self._policies.setdefault((str(row.get("id")), row.get("name")), as_api(row))

    def _add(self, part, row):
        for key in numbers(row):
            self._by_number.setdefault(key, []).append((part, row))

    def of(self, row):
        """``row`` and all other rows of the same resource, those that say more first."""
        found = {}
        for key in numbers(row):
            for part, other in self._by_number.get(key, ()):
                if are_same(other, row):
                    found.setdefault(part, other)
        details = [found[part] for part in ("details", "snapshots") if part in found]
        return [*details, row, *(found[part] for part in ("resources", "obsolescence") if part in found)]

    def snapshot(self, row):
        """The snapshot that was asked for (dict), an empty dict for none, None where it is not known."""
        for key in numbers(row):
            for part, other in self._by_number.get(key, ()):
                if part == "snapshots" and are_same(other, row):
                    return other.get("snapshot") or {}
        return row["snapshot"] if row.get("snapshot") else None

    def policy(self, rows):
        """The patch policy (dict) that the rows show, or that of the service's list; None where it is not known."""
        shown = first(rows, "patchParty")
        if shown is None:
            keys = [(key, row.get("name")) for row in rows for key in numbers(row)]
            shown = next((self._policies[key] for key in keys if key in self._policies), None)
        return shown


def as_api(value):
    """A record in snake_case with the keys of the API, as far as the report reads them."""
    if isinstance(value, dict):
        return {re.sub(r"_(\w)", lambda found: found[1].upper(), key): as_api(item) for key, item in value.items()}
    return [as_api(item) for item in value] if isinstance(value, list) else value


def first(rows, key):
    """What the first row shows that shows anything, or None."""
    return next((row[key] for row in rows if row.get(key) not in EMPTY), None)


def _present(rows):
    return [row for row in rows or () if row.get("status") != REMOVED]


def _row(rows, known):
    """What is said of any resource; ``rows`` are all rows of it."""
    policy = known.policy(rows)
    return {
        "id": rows[0]["id"],
        "internal_resource_id": first(rows, "internalResourceId"),
        "service_id": first(rows, "serviceId"),
        **{name: _text(first(rows, key)) for name, key in OF_RESOURCES.items()},
        **{name: _day(first(rows, key)) for name, key in DAYS.items()},
        **{name: switch(first(rows, key)) for name, key in SWITCHES.items()},
        "patching": _patching(policy),
        "patch_reason": _text((policy or {}).get("exclusionReason")),
        "tags": _tags(next((row["tags"] for row in rows if isinstance(row.get("tags"), list)), None)),
    }


def _text(value):
    return None if value is None else str(value)


def _day(value):
    """The day (``2031-12-31``) of a time, or None."""
    found = re.match(r"\d{4}-\d\d-\d\d", str(value or ""))
    return found[0] if found else None


def switch(value):
    """Whether something is on: True, False, or None where that is not known."""
    return {"true": True, "false": False}.get(str(value).lower())


def _count(value):
    """A number as it is shown, whole if it is whole; None where it is not known."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else found


def _patching(policy):
    """``excluded``, ``group 1`` ... or ``no group``; None where it is not known."""
    excluded = switch((policy or {}).get("excluded"))
    if excluded is None:
        return None
    group = _count((policy or {}).get("patchGroup"))
    return "excluded" if excluded else "group %s" % group if group else "no group"


def _tags(rows):
    return None if rows is None else dict(sorted(to_dict(rows).items()))


def _ram(rows):
    """GB of memory, which the platform may show in MB (choices.rst)."""
    ram = _count(first(rows, "ram"))
    return ram // 1024 if ram is not None and ram >= 1024 else ram


def _sized(rows):
    shown = {"cpu": first(rows, "cpu"), "ram": first(rows, "ram")}
    return {
        "sizing": _text(first(rows, "sizing")) or _text(first(rows, "nodeSizing")) or shown_sizing(shown),
        "cpu": _count(shown["cpu"]),
        "ram": _ram(rows),
    }


def _by_name(row):
    return (row["name"] or "").casefold(), row["name"] or "", len(str(row["id"])), str(row["id"])


def _machines(read, known):
    """All machines, each once: as a node of a product, else as an application server, else as an instance."""
    nodes, listed = {}, []
    for product in read.get("nodes") or ():
        for node in _present(product.get("nodes")):
            listed.append(("node", as_api(node), product))
    for listing, kind in MACHINES.items():
        rows = _present(read.get(listing))
        listed += [("node" if row.get("parentResourceType") else kind, row, None) for row in rows]
    found = []
    for kind, row, product in listed:
        same = next((one for key in numbers(row) for one in nodes.get(key, ()) if are_same(one["rows"][0], row)), None)
        if same:
            same["rows"].append(row)
            continue
        one = {"kind": kind, "rows": [row], "product": product}
        found.append(one)
        for key in numbers(row):
            nodes.setdefault(key, []).append(one)
    return sorted((_machine(one, known) for one in found), key=_by_name)


def _machine(one, known):
    """``one`` has the ``rows`` of a machine in the listings, and the ``product`` (snake_case) of which it is a node."""
    rows = [row for listed in one["rows"] for row in known.of(listed)]
    product = one["product"] or {}
    snapshot = known.snapshot(one["rows"][-1])
    machine = {
        **_row(rows, known),
        "id": one["rows"][0]["id"],
        "kind": one["kind"],
        "node_of": product.get("id"),
        "node_of_name": product.get("name"),
        **_sized(rows),
        "storage": _count(first(rows, "storage")),
        **{name: _text(first(rows, key)) for name, key in OF_MACHINES.items()},
        "snapshot": None if snapshot is None else str(snapshot.get("createdAt") or "exists") if snapshot else "none",
    }
    if product and not machine["tags"]:
        machine["tags"] = product.get("tags", machine["tags"])
    return machine


def _products(read, known, machines):
    """The products that the listings show, and how many machines each has."""
    node_count = Counter(str(one["node_of"]) for one in machines if one["node_of"] is not None)
    asked = {str(one["id"]) for one in read.get("nodes") or ()}
    found = []
    for listing in PRODUCTS:
        for row in _present(read.get(listing)):
            rows = known.of(row)
            of_row = {
                **_row(rows, known),
                "id": row["id"],
                **_sized(rows),
                "version": _text(first(rows, "version")) or _text(first(rows, "productVersion")),
                "region": _text(first(rows, "labelRegion")),
                "url": _text(first(rows, "url")),
            }
            listed = node_count[str(row["id"])] if str(row["id"]) in asked else None
            of_row["node_count"] = _count(first(rows, "nodeCount")) if listed is None else listed
            found.append(of_row)
    return sorted(found, key=_by_name)


def _balancers(read, machines):
    """The load balancers with their members and URLs, or None where they were left out."""
    if read.get("loadbalancers") is None:
        return None
    by_name = {}
    for machine in machines:
        by_name.setdefault((machine["name"] or "").casefold(), []).append(machine)
    found = []
    for row in _present(read["loadbalancers"]):
        pool = [_member(member, by_name) for member in row.get("pool") or ()]
        found.append(
            {
                "id": row["id"],
                "name": row.get("name"),
                "service_id": row.get("service_id"),
                "service": row.get("service_name"),
                "environment": row.get("environment"),
                "status": row.get("status"),
                "ip_address": row.get("ip_address"),
                "monitoring": switch(row.get("monitoring_enabled")),
                "members": sorted(pool, key=lambda one: (str(one["name"]), one["port"] or 0)),
                "urls": _urls(row.get("urls")),
            }
        )
    return sorted(found, key=_by_name)


def _urls(rows):
    return None if rows is None else sorted({str(url["name"]) for url in rows if url.get("name")})


def _member(member, by_name):
    machine = find(member, by_name.get(str(member.get("name") or "").casefold(), ()))
    state, health = _text(member.get("state")), _text(member.get("status"))
    return {
        "name": member.get("name"),
        "machine_id": machine["id"] if machine else None,
        "port": _count(member.get("port")),
        "state": state,
        "health": health,
        "off": None if state is None and health is None else _is_off(state, health),
    }


def _is_off(state, health):
    return (state or "enabled").lower() != "enabled" or (health or "up").lower() in ("down", "user_down", "user-down")


def _others(read, known):
    """What the listing of all resources shows and no other listing."""
    if read.get("resources") is None:
        return None
    shown = {}
    listed = [row for part in (*MACHINES, *PRODUCTS) for row in read.get(part) or ()]
    listed += [as_api(node) for product in read.get("nodes") or () for node in product.get("nodes") or ()]
    listed += [as_api({**row, "members": None, "pool": None}) for row in read.get("loadbalancers") or ()]
    for row in listed:
        for key in numbers(row):
            shown.setdefault(key, []).append(row)
    rows = [
        row
        for row in _present(read["resources"])
        if not any(are_same(one, row) for key in numbers(row) for one in shown.get(key, ()))
    ]
    return sorted((_row(known.of(row), known) for row in rows), key=_by_name)


# What is counted


def _numbers(machines, products, balancers, others):
    return {
        "machines": len(machines),
        "kinds": _counted(machines, "kind"),
        "products": len(products),
        "product_families": _counted(products, "family"),
        "loadbalancers": None if balancers is None else len(balancers),
        "urls": _number_of_urls(balancers),
        "others": None if others is None else len(others),
        "cpu": sum(one["cpu"] or 0 for one in machines),
        "cpu_unknown": sum(one["cpu"] is None for one in machines),
        "ram": sum(one["ram"] or 0 for one in machines),
        "ram_unknown": sum(one["ram"] is None for one in machines),
        "machines_by": {field: _counted(machines, field) for field in BY},
    }


def _number_of_urls(balancers):
    """How many URLs there are; None where load balancers were left out, or do not show theirs."""
    shown = [None] if balancers is None else [one["urls"] for one in balancers]
    return None if None in shown else sum(map(len, shown))


def _counted(rows, field):
    """How many rows have each value, most first; ``value`` is None for those of which it is not known."""
    counts = Counter(row[field] for row in rows)
    ordered = sorted(counts.items(), key=lambda item: (item[0] is None, -item[1], str(item[0])))
    return [{"value": value, "count": count} for value, count in ordered]


def _services(read, machines, products, balancers):
    """The services that were listed, and those that only resources name."""
    rows = {str(row["id"]): row for row in map(as_api, _present(read.get("services")))}
    tables = {"machines": machines, "products": products, "loadbalancers": balancers or []}
    for several in tables.values():
        for one in several:
            if one["service_id"] is not None:
                named = {"id": one["service_id"], "name": one["service"], "environment": one["environment"]}
                rows.setdefault(str(one["service_id"]), named)
    counts = {
        table: Counter(str(one["service_id"]) for one in several if one["service_id"] is not None)
        for table, several in tables.items()
    }
    groups = Counter((str(one["service_id"]), one["patching"]) for one in _units(machines, products))
    found = [
        {
            "id": row["id"],
            "name": row.get("name"),
            "environment": row.get("environment"),
            **{table: counts[table][key] for table in tables if table != "loadbalancers" or balancers is not None},
            "patching": {**{group: groups[key, group] for group in GROUPS}, "unknown": groups[key, None]},
        }
        for key, row in rows.items()
    ]
    return sorted(found, key=_by_name)


def _units(machines, products):
    """What is backed up and patched as one: products, and machines that are not nodes of one."""
    return [*(one for one in machines if one["kind"] != "node"), *products]


def _supported(others):
    """Those of the other resources that have support at all; a URL, for example, has none, which is not unknown."""
    return [one for one in others or () if one["support_phase"] or one["end_of_support"]]


def _support(rows):
    """How many resources are in each phase, and when support ends, by platform."""
    counts = Counter((one["end_of_support"], one["platform"], one["support_phase"]) for one in rows)
    ends = [
        {"end_of_support": end, "platform": platform, "support_phase": phase, "count": count}
        for (end, platform, phase), count in counts.items()
    ]
    ends.sort(key=lambda one: (one["end_of_support"] is None, *map(str, list(one.values())[:3])))
    return {"resources": len(rows), "phases": _counted(rows, "support_phase"), "ends": ends}


# What needs attention


def _attention(report, now, snapshot_hours):
    machines, products, balancers = (report[table] for table in TABLES)
    rows = [("machines", one) for one in machines] + [("products", one) for one in products]
    units = [(table, one) for table, one in rows if one.get("kind") != "node"]
    supported = rows + [("others", one) for one in _supported(report["others"])]
    production = [(table, one) for table, one in units if is_production(one["environment"])]
    pools = [("loadbalancers", one) for one in balancers or ()]
    monitored = production + [(table, one) for table, one in pools if is_production(one["environment"])]
    today, in_a_year = in_seconds(now)[:10], in_seconds(now + timedelta(days=YEAR))[:10]

    def ended(one):
        if _phase(one) == "END_OF_SUPPORT":
            return True
        return one["end_of_support"] < today if one["end_of_support"] else None

    def ends(one):
        if ended(one):
            return False
        return one["end_of_support"] <= in_a_year if one["end_of_support"] else None

    def extended(one):
        return None if one["support_phase"] is None else _phase(one) == "EXTENDED" and not ended(one)

    def end_in_words(one):
        return "%s, %s" % (one["platform"] or "platform unknown", "support until %s" % (one["end_of_support"] or "?"))

    def off(field):
        return lambda one: None if one[field] is None else not one[field]

    def about(one):
        return " ".join(filter(None, (one.get("platform"), one.get("version"))))

    found = [
        _check("support_ended", supported, ended, end_in_words),
        _check("production_without_backup", production, off("backup"), about),
    ]
    if balancers is not None:
        found.append(_members_off(balancers))
    found += [
        _check("production_without_monitoring", monitored, off("monitoring"), about),
        _check("production_without_replication", production, off("replication"), about),
        _check("support_ends", supported, ends, end_in_words),
        _check("extended_support", supported, extended, end_in_words),
        _old_snapshots(machines, now - timedelta(hours=snapshot_hours), snapshot_hours),
        _check("stopped_in_production", production, _is_stopped, lambda one: one["status"]),
        _check("excluded_from_patching", units, _is_excluded, lambda one: one["patch_reason"] or ""),
    ]
    return found


def _phase(one):
    return re.sub(r"\W", "_", str(one["support_phase"])).upper()


def _is_stopped(one):
    return None if one["status"] is None else one["status"].upper() != "ACTIVE"


def _is_excluded(one):
    return None if one["patching"] is None else one["patching"] == "excluded"


def _check(key, rows, is_so, in_words):
    """What one check found: ``of`` how many it looked at, how many of these are ``unknown``, and its ``items``."""
    answers = [(is_so(one), table, one) for table, one in rows]
    items = [_item(table, one, in_words(one)) for answer, table, one in answers if answer]
    return _found(key, len(rows), sum(answer is None for answer, _table, _one in answers), items)


def _found(key, of, unknown, items):
    level, title, about = CHECKS[key]
    return {"key": key, "level": level, "title": title, "about": about, "of": of, "unknown": unknown, "items": items}


def _item(table, one, detail):
    kept = {name: one.get(name) for name in ("id", "name", "service", "environment")}
    return {"table": table, **kept, "detail": detail}


def _members_off(balancers):
    members = [(one, member) for one in balancers for member in one["members"]]
    items = [_item("loadbalancers", one, _member_in_words(member)) for one, member in members if member["off"]]
    return _found("members_off", len(members), sum(member["off"] is None for _one, member in members), items)


def _member_in_words(member):
    port = ":%s" % member["port"] if member["port"] is not None else ""
    return "%s%s is %s" % (member["name"], port, ", ".join(filter(None, (member["state"], member["health"]))))


def _old_snapshots(machines, limit, hours):
    could = [one for one in machines if one["kind"] == "instance"]

    def is_old(one):
        if one["snapshot"] in (None, "exists"):
            return None
        return one["snapshot"] != "none" and _moment(one["snapshot"]) < limit

    check = _check(
        "old_snapshots",
        [("machines", one) for one in could],
        is_old,
        lambda one: "of %s" % in_seconds(_moment(one["snapshot"])),
    )
    age = "a day" if hours == 24 else "%g hours" % hours
    return {**check, "title": "Snapshots older than %s" % age}


def _moment(text):
    try:
        return moment_of("created_at", text)
    except InvalidInput:
        return moment_of("created_at", text + "Z")  # without a zone

# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters as ITCare documents them (the API reference, Kubernetes).

A cluster's nodes are a set: so many of each pair of zone and size. Nodes are added by number and removed by id; a
creation takes a number only, and the platform chooses the zones.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from urllib.parse import quote

from ..errors import ApiError, InvalidInput, UnexpectedAnswer
from ..plan import Step
from ..resource import PREPARATION, REMOVED, Field, Operation, Resource, to_result
from . import placement
from .management import CHANGE_REFERENCE, FARM_MANAGEMENT, FARM_OPERATIONS, shown_sizing, valid_sizing
from .references import is_shown, shows
from .tags import TAGS, read_tags

PATH = "/compute/containers/kubernetes"
STANDARD, HA = "STANDARD", "HA"
NAME = "[a-z0-9-]+"  # L16660
CREATED_NODES = (2, 12)  # L16644; the product page says 2 to 256 (Doubts), and more can be added
INGRESS = {"internal": "isInternalIngressNode", "external": "isExternalIngressNode"}
DISTRIBUTIONS = ("az-distribution", "dc-distribution")  # the example values of the query parameter (L18125)

SHOWN_ZONE = shows("availabilityZone", "availabilityZone.id", "labelAvailabilityZone")
SHOWN_AREAS = shows("labelAreaList", "area", "area.id", "labelArea", "network.area")


def prepare(client, wanted):
    """For Resource.prepare: the rules for a new cluster, ids for names, and what the platform offers for it."""
    if not re.fullmatch(NAME, wanted["name"]):
        raise InvalidInput("name: %r is not of lowercase letters, digits and hyphens" % wanted["name"])
    wanted = _with_first_nodes(wanted)
    wanted = placement.prepare(client, wanted)
    wanted["ingress_provider"] = _ingress_provider(client, wanted["ingress_provider"])
    products = read_products(client)
    fitting = [row for row in products if wanted["platform"] in _names_of(row)]
    if "version" in wanted:
        wanted["_from_version"] = _version_of(fitting, wanted)
        wanted["_versions"] = _versions(products)
    sizings = _sizings(client, fitting)
    if "nodes" in wanted:
        pairs = [(row["az"], row["sizing"]) for row in wanted["nodes"]]
        _check_offer(pairs, {"zones": _zones(client, wanted["region"], [wanted.get("area")]), "sizings": sizings})
    else:
        _check_offered("node_sizing", [wanted["node_sizing"]], sizings)
    return wanted


def _with_first_nodes(wanted):
    """With ``nodes``, a creation takes the first size and as many as there are to be of it; the rest comes later."""
    if "nodes" in wanted:
        sizing, count = _first_nodes(wanted["nodes"])
        return {**wanted, "node_sizing": sizing, "instance_count": count}
    if not ("node_sizing" in wanted and "instance_count" in wanted):
        raise InvalidInput(
            "no k8s_cluster is named %s, and to create it nodes are needed, or node_sizing and instance_count"
            % wanted["name"]
        )
    if not CREATED_NODES[0] <= wanted["instance_count"] <= CREATED_NODES[1]:
        raise InvalidInput("instance_count: %d is not within %d to %d" % (wanted["instance_count"], *CREATED_NODES))
    return dict(wanted)


def _first_nodes(rows):
    """The size and the number of the nodes that a creation asks for."""
    sizing = next(row["sizing"] for row in rows if row["count"])
    count = sum(row["count"] for row in rows if row["sizing"] == sizing)
    smallest, largest = CREATED_NODES
    return sizing, min(max(count, smallest), largest)


def has_its_nodes(record, wanted):
    """For Resource.ready: a new cluster shows its nodes, so that none is missed and made once more."""
    return "nodes" not in wanted or len(_clear(record["nodes"])) >= wanted["instance_count"]


def is_new(record):
    """For Resource.is_new: a cluster in preparation, of which no node ever ran."""
    return record.get("status") == PREPARATION and all(
        node.get("status") == PREPARATION for node in record.get("nodes") or []
    )


# What the platform offers


def read_ingress_providers(client):
    """The ingress providers (list of str) that a new cluster can have."""
    return client.find(PATH + "/ingress-providers") or []


def read_products(client):
    """The Kubernetes products (list of dict), one for each version."""
    return client.get("/compute/platform/products", {"type": "KUBERNETES"}) or []


def _names_of(product):
    return [product.get(key) for key in ("code", "platform", "id", "label") if product.get(key)]


def _ingress_provider(client, wanted):
    """The provider as the platform spells it. Raises InvalidInput where it is not offered."""
    offered = read_ingress_providers(client)
    spelled = next((one for one in offered if one.casefold() == wanted.casefold()), wanted)
    _check_offered("ingress_provider", [spelled], offered)
    return spelled


def read_offer(client, record):
    """For Resource.facts: ``{zones, sizings}`` that its nodes can have; an empty list where it is unknown."""
    products = [row for row in read_products(client) if record.get("productCode") in _names_of(row)]
    region = record.get("labelRegion")
    areas = SHOWN_AREAS(record)
    return {
        "zones": _zones(client, region, areas.spellings if areas else []) if region else [],
        "sizings": _sizings(client, products),
    }


def _sizings(client, products):
    """The sizes of nodes that any of these products has."""
    sizings = []
    for product in products:
        path = "/compute/platform/products/%s" % quote(str(product.get("id") or product.get("code")), safe="")
        details = client.find(path, {"sizings": True})
        for row in (details or {}).get("resources") or []:
            if row.get("available") is not False:
                sizings.append(row["id"])
                sizings.append(shown_sizing({"cpu": row.get("vcpus"), "ram": row.get("ram")}))
    return list(dict.fromkeys(sizing for sizing in sizings if sizing))


def _zones(client, region, areas):
    """The zones of these areas of a region; those of all where none of them is known there."""
    try:
        path = "/topology/regions/%s/areas" % quote(str(region), safe="")
        rows = client.find(path, {"withAvailabilityZones": True}) or []
    except ApiError:  # whether the region is right is for the operation to tell
        return []
    named = [row for row in rows if row.get("id") in areas]
    return [zone["id"] for row in named or rows for zone in row.get("availabilityZones") or []]


def _check_offer(pairs, offer):
    _check_offered("nodes", [az for az, _dummy in pairs], offer.get("zones"))
    _check_offered("nodes", [sizing for _dummy, sizing in pairs], offer.get("sizings"))


def _check_offered(option, values, offered):
    """Refuse, with InvalidInput, what is not offered, as far as that is known."""
    unknown = [value for value in dict.fromkeys(values) if value not in (offered or values)]
    if unknown:
        raise InvalidInput("%s: %s is not offered, only %s" % (option, ", ".join(unknown), ", ".join(offered)))


# Nodes


def read_nodes(client, record):
    """For Resource.also_read: the nodes (list of dict), each with zone and size even if the listing leaves them out."""
    nodes = [row for row in client.find("%s/%s/nodes" % (PATH, record["id"])) or [] if row.get("status") != REMOVED]
    return [node if _clear([node]) else _with_details(client, node) for node in nodes]


def _with_details(client, node):
    details = client.find("/compute/instances/%s" % node["id"]) or {}
    return {**details, **{key: value for key, value in node.items() if value is not None}}


def read_metrics(client, record):
    """For Listing.gathered: ``{az_distribution: {zone: numbers}, dc_distribution: {data centre: numbers}}``."""
    found = {}
    for distribution in DISTRIBUTIONS:
        shown = client.find("%s/%s/metrics" % (PATH, record["id"]), {"type": distribution}) or {}
        found[distribution.replace("-", "_")] = {place: to_result(numbers) for place, numbers in shown.items()}
    return found


def valid_nodes(rows):
    """For Field.valid: each pair once, sizes and numbers that make sense, and at least one node."""
    for row in rows:
        valid_sizing(row["sizing"])
        if row["count"] < 0:
            raise InvalidInput("nodes: count must not be negative, and it is %d" % row["count"])
    pairs = Counter((row["az"], row["sizing"]) for row in rows)
    twice = next((pair for pair, number in pairs.items() if number > 1), None)
    if twice:
        raise InvalidInput("nodes: %s in %s is given twice; add up the counts" % (twice[1], twice[0]))
    if not sum(row["count"] for row in rows):
        raise InvalidInput("nodes: not all nodes can be removed; use state=absent to remove the cluster")


def same_nodes(wanted, nodes):
    """For Field.same: each pair of zone and size has as many nodes as wanted, and no other pair has any."""
    return nodes is not None and not _missing(nodes, wanted) and not _surplus_counts(nodes, wanted)


def too_many(wanted, record):
    """For Field.stuck: nodes that are not wanted stay, unless scale_down (or their creation a moment ago) allows it."""
    if may_shrink(wanted, record["nodes"]):
        return None
    _refuse_unclear(record["nodes"])
    names = [_in_words(node, wanted["nodes"]) for node in _going(record["nodes"], wanted["nodes"])]
    return "nodes: %s would be removed, and scale_down is false" % ", ".join(names) if names else None


def may_shrink(wanted, nodes):
    """Whether nodes may be removed: where the user says so, or where this task has just seen them made for itself."""
    return bool(wanted.get("scale_down") or (wanted.get("_new") and _are_first(nodes, wanted["nodes"])))


def _are_first(nodes, rows):
    """Whether these are just the nodes that a creation with these wanted ones asks for."""
    sizing, count = _first_nodes(rows)
    return [shown_sizing(node) for node in nodes] == [sizing] * count


def node_steps(field, record, wanted):
    """For Field.steps: first one creation of all that is missing, then one removal of all that is too many."""
    rows = wanted["nodes"]
    if not record:
        return [_placement([], rows, [], is_new=True, sure=wanted.get("scale_down") or wanted.get("topology") == HA)]
    nodes = record["nodes"]
    _refuse_unclear(nodes)
    to_ha = wanted.get("topology") == HA and not same_topology(HA, shown_topology(record))
    if same_nodes(rows, nodes) and not to_ha:
        return []
    _check_offer(_missing(nodes, rows), record.get("_nodes") or {})
    going = _going(nodes, rows) if may_shrink(wanted, nodes) else []
    if wanted.get("_new"):
        return [_placement(nodes, rows, going, is_new=True)]
    _refuse_last(nodes, going)
    if to_ha:
        return [_placement(nodes, rows, going)]
    return [*_creation(nodes, rows), *_removal(going)]


def _placement(before, rows, going, is_new=False, sure=True):
    """What is left to do when the platform has chosen zones itself, at a creation or for high availability.

    Of the nodes that were there ``before`` it removes those that are ``going`` only, besides what the platform has made
    since. A new cluster first loses what it has too many, as far as it can: if the task is interrupted after that,
    another run finds nothing that scale_down would have to allow. Unless ``sure``, nothing is removed where a new
    cluster shows other nodes than were asked for: they may be the platform's own.
    """
    kept = [node["id"] for node in before if node not in going]

    def remove(record):
        surplus = _going(record["nodes"], rows, kept)
        _refuse_last(record["nodes"], surplus)
        return _removal(surplus)

    def place(record):
        nodes = record["nodes"]
        _refuse_unclear(nodes)
        if not sure and not _are_first(nodes, rows) and _going(nodes, rows, kept):
            sizing, count = _first_nodes(rows)
            raise UnexpectedAnswer(
                "the new cluster was to have %d nodes of %s, and it shows %s. Nothing was removed; with "
                "scale_down=true the task removes what is too many"
                % (count, sizing, ", ".join(_in_words(node, rows) for node in nodes))
            )
        early = _dispensable(nodes, _going(nodes, rows, kept)) if is_new else []
        missing = _creation([node for node in nodes if node not in early], rows)
        # Whether the new nodes have ingress, so that the last old ones can go, is known only when they are there.
        return [*_removal(early), *missing, Step("remove_rest", "PATCH", PATH + "/{id}", late=remove)]

    there = _counts(before, rows)
    removed = {"removed": [_in_words(node, rows) for node in going]} if going else {}
    return Step(
        "place_nodes",
        "PATCH",
        PATH + "/{id}",
        before={"nodes": _rows(there), **{key: [] for key in removed}},
        after={
            "nodes": _rows((there - Counter(_pair(node, rows) for node in going)) | _wanted_counts(rows)),
            **removed,
        },
        late=place,
    )


def _dispensable(nodes, going):
    """Those of ``going`` that can go before any other node comes."""
    free = []
    for node in going:
        staying = [one for one in nodes if one not in free]
        if len(staying) > 1 and not _last_of(staying, [node]):
            free.append(node)
    return free


def _creation(nodes, rows):
    missing = _missing(nodes, rows)
    if not missing:
        return []
    counts = _counts(nodes, rows)
    body = [{"nodesNb": number, "nodeSizing": sizing, "az": az} for (az, sizing), number in missing.items()]
    return [
        Step(
            "create_nodes",
            "PATCH",
            PATH + "/{id}",
            {"operation": "create_nodes", "options": {"nodes": body}},
            before={"nodes": _rows(counts)},
            after={"nodes": _rows(counts + missing)},
            done=lambda record: record is not None and not _missing(record["nodes"], rows),
            gates=True,
            repeatable=False,
        )
    ]


def _removal(going):
    if not going:
        return []
    ids = [node["id"] for node in going]
    return [
        Step(
            "delete_nodes",
            "PATCH",
            PATH + "/{id}",
            {"operation": "delete_nodes", "options": {"nodes": [str(number) for number in ids]}},
            before={"removed": []},
            after={"removed": [_in_words(node) for node in going]},
            done=lambda record: record is not None and not any(node["id"] in ids for node in record["nodes"]),
            gates=True,
        )
    ]


def _going(nodes, rows, kept=()):
    """The nodes (list of dict) that are too many, without those of the ids ``kept``: the same ones at every run.

    Not the last one with ingress, then those without ingress, then those that no load balancer uses, then the highest
    name. Pairs of which all nodes go come first, so that the others can be spared for their ingress.
    """
    surplus = _surplus_counts(nodes, rows)
    of_pair = {pair: [node for node in nodes if _pair(node, rows) == pair] for pair in surplus}
    going = []
    for pair in sorted(surplus, key=lambda pair: (surplus[pair] < len(of_pair[pair]), pair)):
        for _dummy in range(surplus[pair]):
            staying = [node for node in nodes if node not in going]
            candidates = [node for node in of_pair[pair] if node in staying and node["id"] not in kept]
            candidates.sort(key=_natural, reverse=True)
            going.extend(sorted(candidates, key=lambda node: (bool(_last_of(staying, [node])), *_worth(node)))[:1])
    return going


def _worth(node):
    member = bool(node.get("isMemberOFLoadBalancer") or node.get("loadbalancers"))
    return any(node.get(flag) for flag in INGRESS.values()), member


def _last_of(nodes, going):
    """The kinds of ingress that no node has any more when these have gone."""
    kept = [node for node in nodes if node not in going]
    return [
        kind
        for kind, flag in INGRESS.items()
        if any(node.get(flag) for node in going) and not any(node.get(flag) for node in kept)
    ]


def _refuse_last(nodes, going):
    """Not all nodes with ingress can be deleted (L18181-18185)."""
    for kind in _last_of(nodes, going):
        last = [node for node in going if node.get(INGRESS[kind])]
        raise InvalidInput(
            "nodes: with %s the last %s ingress node would be removed, which the platform refuses; keep one of them, "
            "at least until another node has that ingress" % (", ".join(_in_words(node) for node in last), kind)
        )


def _missing(nodes, rows):
    """``{(az, sizing): number}`` (a Counter) of the nodes to be created."""
    return _wanted_counts(rows) - _counts(nodes, rows)


def _surplus_counts(nodes, rows):
    return _counts(nodes, rows) - _wanted_counts(rows)


def _wanted_counts(rows):
    return Counter({(row["az"], row["sizing"]): row["count"] for row in rows if row["count"]})


def _counts(nodes, rows):
    return Counter(_pair(node, rows) for node in nodes if _clear([node]))


def _pair(node, rows=()):
    """The zone and the size of a node; of several spellings of the zone the one that the user chose."""
    spellings = SHOWN_ZONE(node).spellings
    wanted = [row["az"] for row in rows]
    return next((zone for zone in spellings if zone in wanted), spellings[0]), shown_sizing(node)


def _clear(nodes):
    return [node for node in nodes if SHOWN_ZONE(node) and shown_sizing(node)]


def _refuse_unclear(nodes):
    unclear = [node for node in nodes if not _clear([node])]
    if unclear:
        raise InvalidInput(
            "the node %s shows no zone or no size, so the nodes cannot be counted; leave the option nodes out"
            % (unclear[0].get("name") or unclear[0].get("id"))
        )


def _rows(counts):
    return [{"az": az, "sizing": sizing, "count": number} for (az, sizing), number in sorted(counts.items())]


def _in_words(node, rows=()):
    az, sizing = _pair(node, rows)
    return "%s (%s in %s)" % (node.get("name") or node["id"], sizing, az)


def _natural(node):
    """So that NODE10 comes after NODE9."""
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", str(node.get("name"))) if part
    ] + [(int(node["id"]), "")]


def other_count(wanted, record):
    """For Field.stuck: the number of nodes changes by zone and size only."""
    shown = record.get("nodeCount")
    if shown is None or str(shown) == str(wanted["instance_count"]):
        return None
    return "instance_count is fixed at creation: it is %s, not %s; nodes says how many there are to be in each zone" % (
        shown,
        wanted["instance_count"],
    )


# Topology


def shown_topology(record):
    """STANDARD, HA, or what else the answer says; how it is spelled is not written (Doubts)."""
    said = str(record.get("topology") or "").upper().replace("_", " ")
    if not said:
        return None
    return HA if said in (HA, "HIGH AVAILABILITY") else said


def same_topology(wanted, shown):
    """For Field.same: whatever is not HA is STANDARD, since the one operation there is leads to HA."""
    return (shown == HA) == (wanted == HA)


def no_way_back(wanted, record):
    """For Field.stuck: from HA there is no way back."""
    if shown_topology(record) != HA or wanted["topology"] == HA:
        return None
    return "topology: it is %s, and there is no way back to %s" % (HA, wanted["topology"])


def check_enable_ha(wanted, record):
    """For Operation.check: the cluster itself says whether it can be highly available."""
    if record.get("supportsHAMode") is False:
        raise InvalidInput("topology: this cluster does not support HA")


# Version


def read_version_facts(client, record):
    """For Resource.facts: the versions that the platform offers."""
    return _versions(read_products(client))


def _versions(products):
    return sorted({str(row["version"]) for row in products if _parts(row.get("version"))}, key=_parts)


def _version_of(products, wanted):
    """The version that a new cluster will have. Raises InvalidInput where that is not known."""
    known = _versions(products)
    if len(known) != 1:
        raise InvalidInput(
            "version: what a new cluster has with platform %s is not known (%s); name the platform by the code of its "
            "version, or leave version out" % (wanted["platform"], " or ".join(known) or "there is no such product")
        )
    return known[0]


def valid_version(value):
    """``1.31``, ``1.31.5``, maybe with a v before."""
    if not re.fullmatch(r"v?\d+\.\d+(\.\d+)?", value):
        raise InvalidInput("version: %r is no version such as 1.31 or v1.31.5" % value)


def same_version(wanted, shown):
    """For Field.same: equal in as many parts as both have."""
    return _compare(wanted, shown) == 0


def no_downgrade(wanted, record):
    """For Field.stuck: there is no way back to an earlier version."""
    shown = shown_version(record)
    if not _parts(shown) or _compare(wanted["version"], shown) >= 0:
        return None
    return "version cannot go down: it is %s, not %s" % (shown, wanted["version"])


def shown_version(record):
    return record.get("version") or record.get("productVersion") or record.get("versionDetailed")


def version_steps(field, record, wanted):
    """For Field.steps: one upgrade for each version on the way; the platform goes to the next version only."""
    current = shown_version(record) if record else wanted["_from_version"]
    if not _parts(current):
        raise UnexpectedAnswer("the cluster shows no version, so it cannot be upgraded")
    if _compare(wanted["version"], current) < 0:
        if record:
            return []
        raise InvalidInput("version: platform %s brings %s, not %s" % (wanted["platform"], current, wanted["version"]))
    if same_version(wanted["version"], current):
        return []
    way = _way(current, wanted["version"], record.get("_version") if record else wanted["_versions"])
    if len(way) > 1 and not wanted.get("intermediate_upgrades"):
        raise InvalidInput(
            "version: from %s only the next version can be upgraded to, which is %s; with intermediate_upgrades=true "
            "the task goes through %s" % (current, way[0], ", ".join(way))
        )
    return [_upgrade(before, after) for before, after in zip([current, *way], way)]


def _way(current, wanted, offered):
    """The versions from ``current`` to ``wanted``, the last of each minor one. Raises InvalidInput if there is none."""
    newer = [version for version in offered or [] if _compare(version, current) > 0]
    fitting = [version for version in newer if same_version(wanted, version)]
    if not fitting:
        raise InvalidInput(
            "version: %s is not offered; from %s there is %s" % (wanted, current, ", ".join(newer) or "nothing newer")
        )
    target = fitting[-1]
    minors = {}
    for version in newer:
        if _compare(version, target) < 0 and _parts(version)[:2] not in (_parts(current)[:2], _parts(target)[:2]):
            minors[_parts(version)[:2]] = version
    return [*minors.values(), target]


def _upgrade(before, after):
    return Step(
        "upgrade",
        "PATCH",
        PATH + "/{id}",
        {"operation": "upgrade", "options": {"version": after}},
        before={"version": before},
        after={"version": after},
        done=lambda record: record is not None and same_version(after, shown_version(record)),
        gates=True,
    )


def _parts(version):
    """The numbers of a version: ``v1.31.5`` -> ``(1, 31, 5)``; empty where there are none."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", str(version or ""))
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _compare(one, other):
    """-1, 0 or 1, by as many parts as both have."""
    one, other = _parts(one), _parts(other)
    length = min(len(one), len(other))
    return (
        (one[:length] > other[:length]) - (one[:length] < other[:length]) if length else (one > other) - (one < other)
    )


K8S_CLUSTER = Resource(
    kind="k8s_cluster",
    path=PATH,
    unique_name=True,
    settles_first=True,
    delete_also=(CHANGE_REFERENCE,),
    create_dry_run=True,
    prepare=prepare,
    ready=has_its_nodes,
    is_new=is_new,
    also_read={"nodes": read_nodes, "tags": read_tags},
    facts={"nodes": read_offer, "version": read_version_facts},
    fields=(
        Field("name", read=shows("name"), same=is_shown, required=True),
        *(
            replace(one, **{"area": {"read": SHOWN_AREAS}, "platform": {"required": True}}.get(one.name, {}))
            for one in placement.FARM_PLACEMENT
        ),
        Field(
            "ingress_provider",
            same=lambda wanted, shown: shown is None or wanted.casefold() == shown.casefold(),
            required=True,
        ),
        Field("node_sizing", read=None, valid=valid_sizing),
        Field("instance_count", read="nodeCount", stuck=other_count),
        Field(
            "topology",
            created_as=None,
            read=shown_topology,
            same=same_topology,
            changed_by="enable_ha",
            as_option=None,
            stuck=no_way_back,
        ),
        Field("nodes", created_as=None, valid=valid_nodes, same=same_nodes, stuck=too_many, steps=node_steps),
        Field(
            "version",
            created_as=None,
            read=shown_version,
            valid=valid_version,
            same=same_version,
            stuck=no_downgrade,
            steps=version_steps,
        ),
        *FARM_MANAGEMENT,
        TAGS,
    ),
    operations=(
        Operation("enable_ha", check=check_enable_ha, gates=True),
        *FARM_OPERATIONS,
    ),
)

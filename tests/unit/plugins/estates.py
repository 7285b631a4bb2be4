# SPDX-License-Identifier: GPL-3.0-or-later
"""Estates to describe, and what somebody else does to them: both by chance, from a seed."""

from __future__ import annotations

import itertools

from ansible_collections.cegedim.cloud.tests.simulator import colleague, seed
from ansible_collections.cegedim.cloud.tests.unit.plugins import creations, test_every_reading

WORDS = ["web", "data", "é", "a b", "{{ x }}", "true", "12", "", "x" * 60, "a:b", "'", "\u2028"]
COMMENTS = [None, "", "one line", "two\nlines", "# {{ no_template }}", "'quoted'", "é" * 30]
# What new resources of each kind are made with, and their names.
KINDS = {
    "itcare_instance": ("QRND%04d", creations.INSTANCE, ("2cpu4gb", "4cpu8gb")),
    "itcare_postgresql": ("rndpg%d", creations.POSTGRESQL, ("2cpu4gb", "4cpu8gb")),
    "itcare_redis": ("rndcache%d", creations.REDIS, ("2cpu4gb", "4cpu8gb")),
    "itcare_mariadb": ("rnd-maria%d", creations.MARIADB, ("2cpu4gb", "4cpu8gb")),
    "itcare_opensearch": ("rnd_search%d", creations.OPENSEARCH, ("2cpu8gb", "4cpu8gb")),
    "itcare_sqlserver": ("rndsql%02d", creations.SQLSERVER, ("2cpu8gb", "4cpu8gb")),
    "itcare_rabbitmq": ("rndrmq%d", creations.RABBITMQ, ("2cpu4gb", "4cpu8gb")),
    "itcare_kafka": ("rnd_events%d", creations.KAFKA, ("2cpu4gb", "4cpu8gb")),
    "itcare_glusterfs": ("rnd_files%d", creations.GLUSTERFS, ("2cpu4gb", "4cpu8gb")),
    "itcare_matomo": ("rnd-stats%d", creations.MATOMO, ("S", "M")),
    "itcare_k8s_cluster": ("rnd-k8s-%d", test_every_reading.NEW_K8S, ("4cpu8gb",)),
}


def bulk(platform, count, chosen):
    """Add machines that differ in all that they may, without a request."""
    before = set(platform.state.resources)
    seed.add_instances(platform.state, count)
    for number in set(platform.state.resources) - before:
        record = platform.state.resources[number]
        record["tags"] = [{"tagKey": key, "tagValue": value} for key, value in _tags(chosen).items()]
        record["comment"] = chosen.choice(COMMENTS)
        record["status"] = chosen.choice(["ACTIVE", "ACTIVE", "INACTIVE"])
        for key in ("monitoringEnabled", "backupStatus", "replicationStatus"):
            if key in record:
                record[key] = chosen.random() < 0.5


def items(count, chosen):
    """Resources (list of dict, as itcare_estate takes them) of all kinds, which do not exist in the first estate."""
    found, numbers = [], itertools.count(1)
    kinds = [*KINDS, *chosen.choices(list(KINDS), [20, *[1] * (len(KINDS) - 1)], k=max(0, count - len(KINDS)))]
    for module in kinds:
        name, options, sizings = KINDS[module]
        more = {"sizing": chosen.choice(sizings), "comment": chosen.choice(COMMENTS), "tags": _tags(chosen)}
        if module != "itcare_k8s_cluster" and chosen.random() < 0.2:
            more["state"] = "stopped"
        number = next(numbers)
        if "node_prefix" in options:
            more["node_prefix"] = "RND%dN" % number
        own = {"name": name % number, "service": options["service"], **more}
        given = {key: value for key, value in own.items() if value is not None and key != "node_prefix"}
        rest = {key: value for key, value in {**options, **own}.items() if key not in own or key == "node_prefix"}
        found.append({"module": module, "options": given, "creation": rest})
    machines = [one["options"]["name"] for one in found if one["module"] == "itcare_instance"]
    for number, machine in enumerate(chosen.sample(machines, min(5, len(machines)))):
        alias = {"name": "rnd%d.acme.example" % number, "resource": machine}
        found.append({"module": "itcare_dns_alias", "options": alias})
    return found


def _tags(chosen):
    keys = chosen.sample(["tier", "app", "é", "a b", "owner"], chosen.randrange(4))
    return {key: chosen.choice(WORDS) for key in keys}


# What somebody else does


def changes(platform, names, count, chosen):
    """Do so many changes to resources of these names, each to another one; ``{name: what was done}``."""
    found = {}
    for name in chosen.sample(names, min(count, len(names))):
        kind = chosen.choice(["comment", "tag", "tags", "power", "delete"])
        record = platform.record(name)
        machine = record["_kind"] == "instance"
        generic = "/compute/resources/%d" % record["id"]
        if kind == "power" and machine:
            order = "start" if record["status"] == "INACTIVE" else "stop"
            colleague.perform(platform.world, "PATCH", platform.state.address_of(name), {"operation": order})
        elif kind == "delete" and machine and record["status"] == "INACTIVE":
            colleague.perform(platform.world, "DELETE", platform.state.address_of(name))
        elif kind == "tag":
            body = {"tagKey": "by-hand", "tagValue": "yes"}
            colleague.perform(platform.world, "POST", generic + "/tags", body)
        elif kind == "tags":
            colleague.perform(platform.world, "PUT", generic + "/tags", [{"tagKey": "only", "tagValue": "this"}])
        else:
            kind = "comment"
            colleague.perform(platform.world, "PATCH", generic + "/comments", {"description": "changed by hand"})
        found[name] = kind
    platform.pass_time(600)
    return found

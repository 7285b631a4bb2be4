# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory costs, as ratios from one run: ``python tests/benchmarks/inventory [sizes]``.

Whole ``ansible-inventory --host`` commands are timed: what a playbook pays before its first task. All of them end with
the same hosts, variables and groups:

- ``floor`` has them ready in a file of marshalled data and puts them into memory, variables in one update a host;
- ``core`` has the variables and default groups ready, too, and leaves ``compose``, ``groups`` and ``keyed_groups`` to
  ansible-core's own Constructable;
- ``itcare`` is the plugin; ``slow`` is the plugin with its fast path switched off.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from shared import CONSTRUCTED, HERE, LONG, ROOT, ROUNDS, in_turns, print_targets, timed, version

SIZES = (1000, 10000, 50000)
CORE_UP_TO = 10000  # hosts; beyond, it takes as many minutes as the plugin with its fast path switched off
WORKERS = 20  # CONNECTIONS in module_utils/transport.py

READY = """\
import marshal
from pathlib import Path

from ansible.plugins.inventory import BaseInventoryPlugin, Constructable

DOCUMENTATION = '''
name: %(name)s
short_description: For the benchmark
description: [For the benchmark.]
options:
  plugin: {description: [Its name.], required: true}
  ready: {description: [File of marshalled data.], type: str}
extends_documentation_fragment: [ansible.builtin.constructed]
'''


class InventoryModule(BaseInventoryPlugin, Constructable):
    NAME = "bench.inventory.%(name)s"

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        ready = marshal.loads(Path(self.get_option("ready")).read_bytes())
        groups = {}
        for group in ready["groups"]:
            groups[group] = inventory.groups[inventory.add_group(group)]
        for parent, child in ready["children"]:
            inventory.add_child(parent, child)
        for name, variables, member_of in ready["hosts"]:
            inventory.add_host(name)
            host = inventory.hosts[name]
            host.vars.update(variables)
            for group in member_of:
                groups[group].add_host(host)
            %(then)s
"""
BY_CORE = """\
self._set_composite_vars(self.get_option("compose"), host.get_vars(), name, False)
            self._add_host_to_composed_groups(self.get_option("groups"), {}, name, False)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), {}, name, False)
"""
MAKE_READY = """\
import json, marshal, sys
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

inventory = InventoryManager(loader=DataLoader(), sources=[sys.argv[1]])
left_out = ("inventory_file", "inventory_dir")
hosts = []
for host in inventory.hosts.values():
    variables = {key: value for key, value in host.vars.items() if key not in left_out}
    member_of = [str(group.name) for group in host.groups if host.name in group.host_names and group.name != "all"]
    hosts.append((str(host.name), json.loads(json.dumps(variables)), member_of))
parents = [group for group in inventory.groups.values() if group.name != "all"]
children = [(str(group.name), str(child.name)) for group in parents for child in group.child_groups]
groups = [str(name) for name in inventory.groups]
open(sys.argv[2], "wb").write(marshal.dumps({"hosts": hosts, "groups": groups, "children": children}))
"""


def main():
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print("ansible-inventory --host, median of %d (one over %d s); %s" % (ROUNDS, LONG, version()), flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            rows += of_size(Bench(Path(folder) / str(size), size))
    print_targets(rows)


def of_size(bench):
    """The rows of the report for one size."""
    size, rows = bench.size, []
    with Platform(bench, 0):
        bench.make_ready()
        bench.show("at 0 ms", ("empty", "floor", "itcare", "slow", *(["core"] if size <= CORE_UP_TO else [])))
    with Platform(bench, 50) as platform:
        found = bench.show(
            "at 50 ms", ("empty", "floor", "itcare", "first login", "cached", *(["core"] if size <= CORE_UP_TO else []))
        )
        platform.counts()
        bench.run("itcare")
        warm = platform.counts()
        bench.forget_token()
        bench.run("itcare")
        cold = platform.counts()
        bench.run("cached")
        cached = platform.counts()
    print("%d hosts: warm %s, cold %s, cached %s" % (size, warm, cold, cached), flush=True)
    floor = found["floor"]
    pages = 2 * -(-size // 1000 if size <= 1000 else -size // 950)  # neighbouring pages overlap
    warm_at_most, cold_at_most = (1.20, 1.35) if size >= 10000 else (None, None)  # few hosts: Ansible's own start
    rows.append(("1 %d hosts, warm token, to the floor" % size, found["itcare"].seconds / floor.seconds, warm_at_most))
    rows.append(
        ("1 %d hosts, first login, to the floor" % size, found["first login"].seconds / floor.seconds, cold_at_most)
    )
    if "core" in found:
        at_most = 0.05 if size >= 10000 else 0.20
        rows.append(
            (
                "2 %d hosts, to ansible-core's Constructable" % size,
                found["itcare"].seconds / found["core"].seconds,
                at_most,
            )
        )
    rows.append(("5 %d hosts, cached, to the floor" % size, found["cached"].seconds / floor.seconds, 1.20))
    rows.append(("5 %d hosts, cached, to cold" % size, found["cached"].seconds / found["itcare"].seconds, 1.00))
    rows.append(("5 %d hosts, cached: requests" % size, cached["api"] + cached["token"], 0))
    rows.append(("6 %d hosts: requests" % size, warm["api"], pages))
    rows.append(("6 %d hosts: tokens of a first login" % size, cold["token"], 1))
    rows.append(("6 %d hosts: connections" % size, cold["connections"], WORKERS + 1))
    rows.append(("7 %d hosts: peak memory to the floor" % size, found["itcare"].megabytes / floor.megabytes, 1.15))
    return rows


class Bench:
    """A folder with collections and inventories of one size."""

    def __init__(self, folder, size):
        self.folder, self.size = folder, size
        collections = folder / "ansible_collections"
        (collections / "cegedim").mkdir(parents=True)
        (collections / "cegedim" / "cloud").symlink_to(ROOT)
        plugins = collections / "bench" / "inventory" / "plugins" / "inventory"
        plugins.mkdir(parents=True)
        (plugins / "floor.py").write_text(READY % {"name": "floor", "then": ""})
        (plugins / "core.py").write_text(READY % {"name": "core", "then": BY_CORE})
        shutil.copy(HERE / "slow.py", plugins)
        (folder / "run").mkdir()
        self.environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "ITCARE_CLIENT_ID": "bench",
            "ITCARE_CLIENT_SECRET": "a-secret-of-the-benchmark",
        }
        cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder / "cache")}
        self.write("itcare", plugin="cegedim.cloud.itcare", **CONSTRUCTED)
        self.write("first login", plugin="cegedim.cloud.itcare", token_store=False, **CONSTRUCTED)
        self.write("cached", plugin="cegedim.cloud.itcare", **cache, **CONSTRUCTED)
        self.write("plain", plugin="cegedim.cloud.itcare")
        self.write("slow", plugin="bench.inventory.slow", **CONSTRUCTED)
        self.write("floor", plugin="bench.inventory.floor", ready=str(folder / "floor.ready"))
        self.write("core", plugin="bench.inventory.core", ready=str(folder / "plain.ready"), **CONSTRUCTED)
        self.path("empty").write_text("all: {hosts: {BULK000001: {}}}")

    def path(self, name):
        return self.folder / (name.replace(" ", "-") + ".itcare.yml")

    def write(self, name, **options):
        self.path(name).write_text(json.dumps(options))

    def make_ready(self):
        """Write what the floor and ansible-core's own start from, as the plugin made it."""
        for name, source in (("floor", "itcare"), ("plain", "plain")):
            command = [sys.executable, "-c", MAKE_READY, str(self.path(source)), str(self.folder / (name + ".ready"))]
            subprocess.run(command, env=self.environment, check=True)

    def run(self, name):
        """Run one command; its seconds and the megabytes of its peak."""
        return timed(self.path(name), self.environment)

    def show(self, when, names):
        """The Cost of each, measured in turns; printed, too."""
        for name in names:
            if name in ("itcare", "cached"):
                self.run(name)  # the token is stored, and the cache is filled
        found = in_turns(names, self.run)
        for name, cost in found.items():
            print(
                "%6d hosts %s: %-12s %7.2f s %6.0f MB" % (self.size, when, name, cost.seconds, cost.megabytes),
                flush=True,
            )
        return found

    def forget_token(self):
        shutil.rmtree(self.folder / "run")
        (self.folder / "run").mkdir()


class Platform:
    """The platform of server.py in a process of its own."""

    def __init__(self, bench, latency):
        self.bench, self.latency = bench, latency

    def __enter__(self):
        command = [sys.executable, str(HERE / "server.py"), "--instances", str(self.bench.size)]
        command += ["--latency-ms", str(self.latency)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())
        self.counts_url = told["counts_url"]
        self.bench.environment.update(ITCARE_API_URL=told["api_url"], ITCARE_TOKEN_URL=told["token_url"])
        self.bench.forget_token()
        return self

    def __exit__(self, *_problem):
        self.process.terminate()
        self.process.wait()

    def counts(self):
        """Requests, tokens and connections since the last time."""
        with urllib.request.urlopen(self.counts_url, timeout=10) as answer:
            return json.load(answer)


if __name__ == "__main__":
    main()

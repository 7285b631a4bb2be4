# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin beside those of other platforms, as ratios from one run: ``make bench-peers``.

    python tests/benchmarks/inventory/peers.py [sizes]

All are run by the same ansible-core, as whole ``ansible-inventory --host`` commands, against stand-ins that answer
after the same latency (stand_ins.py). They have the same hosts, ``compose``, ``groups`` and ``keyed_groups``; that all
of them end in the same groups is checked first. The time of ``ansible-inventory`` for a file with one host is
subtracted from each, because no plugin has a part in it. Pages are as large as each plugin asks for by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from shared import CONSTRUCTED, HERE, ROOT, in_turns, print_targets, program, timed, version

SIZES = (1000, 10000)
AT_MOST = {1000: 0.09, 10000: 0.06}  # of the fastest peer
LATENCY = 50  # milliseconds
# Each plugin is run as often as the others, and its shortest run counts: on a machine that is busy with something else,
# the difference of two medians is noise.
ROUNDS, ROUNDS_OF_MANY, MANY = 5, 2, 5000
FEW = 60  # hosts, to see that all inventories are the same
OURS = "cegedim.cloud.itcare"
# The name that a file needs, and how a plugin is told where its platform is.
FILES = {
    OURS: ("itcare.yml", {}),
    "hetzner.hcloud.hcloud": ("hcloud.yml", {"api_endpoint": "/hetzner", "api_token": "bench"}),
    "vultr.cloud.vultr": ("vultr.yml", {"api_endpoint": "/vultr", "api_key": "bench"}),
    "netbox.netbox.nb_inventory": ("netbox.yml", {"api_endpoint": "/netbox", "token": "bench"}),
}

# What CONSTRUCTED is for ITCare, in the variables of each peer.
OF_PEERS = {
    "hetzner.hcloud.hcloud": {
        "compose": {
            "ansible_user": "'admin' if hcloud_image_os_flavor == 'WINDOWS' else 'ansible'",
            "fqdn": "hcloud_name | lower ~ '.acme.example'",
        },
        "groups": {
            "web": "hcloud_labels.tier | default('') == 'web'",
            "large": "hcloud_server_type[2:] | int >= 4 and hcloud_status == 'running'",
        },
        "keyed_groups": [
            {"key": "hcloud_location", "prefix": "of"},
            {"key": "hcloud_architecture", "prefix": "net", "parent_group": "networks"},
            {"key": "hcloud_labels", "prefix": "t"},
            {"key": "hcloud_image_name | default('none')", "prefix": "image"},
            {"key": "hcloud_datacenter", "prefix": "dc", "default_value": "nowhere"},
        ],
    },
    "vultr.cloud.vultr": {
        "compose": {
            "ansible_user": "'admin' if vultr_os == 'WINDOWS' else 'ansible'",
            "fqdn": "vultr_label | lower ~ '.acme.example'",
        },
        "groups": {
            "web": "'tier_web' in vultr_tags | default([])",
            "large": "vultr_vcpu_count >= 4 and vultr_status == 'active'",
        },
        "keyed_groups": [
            {"key": "vultr_hostname", "prefix": "of"},
            {"key": "vultr_firewall_group_id", "prefix": "net", "parent_group": "networks"},
            {"key": "vultr_tags", "prefix": "t"},
            {"key": "vultr_image_id | default('none')", "prefix": "image"},
            {"key": "vultr_region", "prefix": "dc", "default_value": "nowhere"},
        ],
        "attributes": "id region label plan hostname main_ip v6_main_ip tags internal_ip os vcpu_count status "
        "firewall_group_id image_id".split(),
    },
    "netbox.netbox.nb_inventory": {
        "compose": {
            "ansible_user": "'admin' if platform.slug == 'WINDOWS' else 'ansible'",
            "fqdn": "name | lower ~ '.acme.example'",
        },
        "groups": {
            "web": "'tier_web' in tags | default([])",
            "large": "vcpus >= 4 and status.value == 'active'",
        },
        "keyed_groups": [
            {"key": "tenant.name", "prefix": "of"},
            {"key": "custom_fields.network", "prefix": "net", "parent_group": "networks"},
            {"key": "tags", "prefix": "t"},
            {"key": "custom_fields.image | default('none')", "prefix": "image"},
            {"key": "custom_fields.data_center", "prefix": "dc", "default_value": "nowhere"},
        ],
    },
}


def main():
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print("ansible-inventory --host at %d ms a request; %s" % (LATENCY, version()), flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        compare(Bench(Path(folder) / "few", FEW))
        for size in sizes:
            rows += of_size(Bench(Path(folder) / str(size), size))
    print_targets(rows)


class Bench:
    """Inventories of all plugins in a folder, and their platforms in a process of its own (a context manager)."""

    def __init__(self, folder, size):
        self.folder, self.size = folder, size
        self.asked = {}

    def __enter__(self):
        collections = self.folder / "ansible_collections" / "cegedim"
        collections.mkdir(parents=True)
        (collections / "cloud").symlink_to(ROOT)
        (self.folder / "run").mkdir()
        command = [sys.executable, str(HERE / "stand_ins.py"), "--instances", str(self.size)]
        command += ["--latency-ms", str(LATENCY)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())
        self.counts_url = told["counts_url"]
        self.environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder),
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "ITCARE_API_URL": told["api_url"],
            "ITCARE_TOKEN_URL": told["token_url"],
            "ITCARE_CLIENT_ID": "bench",
            "ITCARE_CLIENT_SECRET": "a-secret-of-the-benchmark",
        }
        for plugin, (_ending, place) in FILES.items():
            place = {name: told["url"] + value if name == "api_endpoint" else value for name, value in place.items()}
            own = {"default_groups": [], **CONSTRUCTED} if plugin == OURS else OF_PEERS[plugin]
            self.path(plugin).write_text(json.dumps({"plugin": plugin, **place, **own}))
        self.path("empty").write_text("all: {hosts: {BULK000001: {}}}")
        return self

    def __exit__(self, *_problem):
        self.process.terminate()
        self.process.wait()

    def path(self, plugin):
        return self.folder / ("bench." + FILES.get(plugin, ("yml",))[0])

    def run(self, plugin):
        """Seconds and megabytes of one run; ``asked`` has its requests and connections."""
        self.counts()
        taken = timed(self.path(plugin), self.environment)
        self.asked[plugin] = self.counts()
        return taken

    def counts(self):
        with urllib.request.urlopen(self.counts_url, timeout=10) as answer:
            return json.load(answer)

    def constructed(self, plugin):
        """What the expressions made: the hosts of each of their groups, and the composed variables of each host."""
        command = [program("ansible-inventory"), "-i", str(self.path(plugin)), "--list"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        found = json.loads(done.stdout)
        composed = {
            host: [plain(variables[name]) for name in CONSTRUCTED["compose"]]
            for host, variables in found.pop("_meta")["hostvars"].items()
        }
        prefixes = tuple(one["prefix"] + "_" for one in CONSTRUCTED["keyed_groups"])
        wanted = [name for name in found if name.startswith(prefixes) or name in CONSTRUCTED["groups"]]
        return {name: sorted(found[name].get("hosts", ())) for name in wanted}, composed


def plain(value):
    return value["__ansible_unsafe"] if isinstance(value, dict) else value


def compare(bench):
    """End everything unless all plugins make the same hosts, groups and variables."""
    with bench:
        groups, composed = bench.constructed(OURS)
        assert len(composed) == FEW and len(groups) > len(CONSTRUCTED["groups"]) + len(CONSTRUCTED["keyed_groups"])
        for peer in OF_PEERS:
            theirs = bench.constructed(peer)
            if theirs != (groups, composed):
                differing = sorted(name for name in {*groups, *theirs[0]} if groups.get(name) != theirs[0].get(name))
                sys.exit("%s makes other groups or variables: %s" % (peer, differing or "compose"))
    print("%d hosts: the same groups (%d) and variables with each plugin" % (FEW, len(groups)), flush=True)


def of_size(bench):
    """The rows of the report for one size."""
    with bench:
        bench.run(OURS)  # the token is stored
        rounds = ROUNDS if bench.size < MANY else ROUNDS_OF_MANY
        cost = in_turns(["empty", *FILES], bench.run, rounds, float("inf"), min)
        for name, its in cost.items():
            asked = bench.asked[name]
            print(
                "%6d hosts: %-28s %7.2f s %6.0f MB %5d requests %5d connections"
                % (bench.size, name, its.seconds, its.megabytes, asked["api"], asked["connections"]),
                flush=True,
            )
    own = {name: its.seconds - cost["empty"].seconds for name, its in cost.items()}
    fastest = min(OF_PEERS, key=own.get)
    title = "3 %d hosts, to the fastest peer (%s)" % (bench.size, fastest)
    rows = [(title, own[OURS] / own[fastest], AT_MOST.get(bench.size))]
    rows += [("  %d hosts, to %s" % (bench.size, peer), own[OURS] / own[peer], None) for peer in OF_PEERS]
    return rows


if __name__ == "__main__":
    main()

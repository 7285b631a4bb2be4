# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms that cost next to nothing, of ITCare and of the peers, with the same hosts: see server.py.

Each peer's API has fields of its own. The values that the expressions of peers.py need are in those that come nearest.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
from urllib.parse import parse_qs, urlencode, urlsplit

import server


def tags_of(row):
    return {tag["tagKey"]: tag["tagValue"] for tag in row["tags"]}


def of_hetzner(row):
    """A server of Hetzner Cloud; a page has 50 at most."""
    place = {"id": 1, "name": row["serviceName"], "description": "", "country": "FR", "city": "Boulogne"}
    flavor = {"architecture": row["network"]["shortDescription"], "cores": row["cpu"], "memory": row["ram"], "disk": 40}
    return {
        "id": row["id"],
        "name": row["name"],
        "status": "running" if row["status"] == "ACTIVE" else "off",
        "created": row["creationTime"],
        "server_type": {"id": 1, "name": "cx%d" % row["cpu"], "description": "", "cpu_type": "shared", **flavor},
        "datacenter": {"id": 1, "name": row["labelDataCenter"], "description": "", "location": place},
        "image": {
            "id": 1,
            "name": row["productCode"],
            "type": "system",
            "description": row["productName"],
            "os_flavor": row["type"],
            "os_version": row["productVersion"],
            "status": "available",
            "labels": {},
        },
        "public_net": {
            "ipv4": {"id": 1, "ip": row["ipAddress"], "blocked": False, "dns_ptr": row["name"]},
            "ipv6": None,
            "floating_ips": [],
            "firewalls": [],
        },
        "private_net": [],
        "labels": tags_of(row),
        "volumes": [],
        "protection": {"delete": False, "rebuild": False},
        "rescue_enabled": False,
        "locked": False,
        "backup_window": None,
        "included_traffic": 0,
        "primary_disk_size": 40,
    }


def of_vultr(row):
    """An instance of Vultr; a page has as many as are asked for, by default 100."""
    return {
        "id": "cb676a46-66fd-4dfb-b839-%012d" % row["id"],
        "os": row["type"],
        "ram": row["ram"] * 1024,
        "disk": 40,
        "main_ip": row["ipAddress"],
        "vcpu_count": row["cpu"],
        "region": row["labelDataCenter"],
        "plan": "vc2-%dc-%dgb" % (row["cpu"], row["ram"]),
        "date_created": row["creationTime"],
        "status": "active" if row["status"] == "ACTIVE" else "suspended",
        "allowed_bandwidth": 2000,
        "netmask_v4": "255.255.252.0",
        "gateway_v4": "10.59.0.1",
        "power_status": "running",
        "server_status": "ok",
        "v6_network": "",
        "v6_main_ip": "",
        "v6_network_size": 0,
        "label": row["name"],
        "internal_ip": "",
        "kvm": "",
        "hostname": row["serviceName"],
        "tags": ["%s_%s" % one for one in tags_of(row).items()],
        "os_id": 215,
        "app_id": 0,
        "image_id": row["productCode"],
        "firewall_group_id": row["network"]["shortDescription"],
        "features": [],
    }


def of_netbox(row):
    """A virtual machine of NetBox; a page has 1000 at most."""
    address = {"id": row["id"], "display": row["ipAddress"], "family": 4, "address": row["ipAddress"] + "/16"}
    return {
        "id": row["id"],
        "url": "http://netbox.example/api/virtualization/virtual-machines/%d/" % row["id"],
        "display": row["name"],
        "name": row["name"],
        "status": {"value": "active" if row["status"] == "ACTIVE" else "offline", "label": row["status"]},
        "site": None,
        "cluster": None,
        "device": None,
        "serial": "",
        "role": None,
        "tenant": {"id": row["serviceId"], "display": "", "name": row["serviceName"], "slug": row["serviceName"]},
        "platform": {"id": 1, "display": "", "name": row["type"], "slug": row["type"]},
        "primary_ip": address,
        "primary_ip4": address,
        "primary_ip6": None,
        "vcpus": row["cpu"],
        "memory": row["ram"] * 1024,
        "disk": 40,
        "description": "",
        "comments": row["comment"],
        "local_context_data": None,
        "tags": [
            {"id": 1, "display": "", "name": "%s_%s" % one, "slug": "%s_%s" % one, "color": "9e9e9e"}
            for one in tags_of(row).items()
        ],
        "custom_fields": {
            "network": row["network"]["shortDescription"],
            "image": row["productCode"],
            "data_center": row["labelDataCenter"],
        },
        "created": row["creationTime"],
        "last_updated": row["creationTime"],
    }


class Platforms(server.Platform):
    """Answers for ITCare and for each peer, each below a path of its own."""

    def __init__(self, rows, latency):
        super().__init__(rows, latency)
        instances, resources = (list(map(json.loads, rows[path])) for path in server.LISTINGS)
        tags = {row["id"]: row["tags"] for row in resources}
        whole = [{**row, "tags": tags[row["id"]]} for row in instances]
        self.of_peers = {
            name: [json.dumps(shape(row)) for row in whole]
            for name, shape in (("hetzner", of_hetzner), ("vultr", of_vultr), ("netbox", of_netbox))
        }
        self.url = ""

    async def answer(self, target):
        parts = urlsplit(target)
        peer = parts.path.split("/")[1]
        if peer not in self.of_peers:
            return await super().answer(target)
        await asyncio.sleep(self.latency)
        self.counts["api"] += 1
        key = target
        if key not in self.pages:
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.pages[key] = getattr(self, "_" + peer)(parts.path.partition(peer)[2], query).encode()
        return self.pages[key]

    def _hetzner(self, path, query):
        if path != "/servers":
            return json.dumps({path.strip("/"): []})
        size, number = min(int(query["per_page"]), 50), int(query["page"])
        rows, last = self._rows("hetzner", number - 1, size)
        about = {"page": number, "per_page": size, "previous_page": None, "last_page": last}
        about["next_page"] = number + 1 if number < last else None
        return '{"servers": [%s], "meta": %s}' % (rows, json.dumps({"pagination": about}))

    def _vultr(self, path, query):
        size, number = min(int(query["per_page"]), 500), int(query.get("cursor", 1))
        rows, last = self._rows("vultr", number - 1, size)
        following = str(number + 1) if number < last else ""
        return '{"instances": [%s], "meta": %s}' % (rows, json.dumps({"links": {"next": following, "prev": ""}}))

    def _netbox(self, path, query):
        if path == "/api/status/":
            return json.dumps({"netbox-version": "4.1.0"})
        if path == "/api/schema/":
            listings = ("/netbox/api/dcim/devices/", "/netbox/api/virtualization/virtual-machines/")
            paths = {one: {"get": {"parameters": [{"name": "name"}]}} for one in listings}
            return json.dumps({"info": {"version": "4.1.0"}, "paths": paths})
        if not path.endswith("/virtual-machines/"):
            return json.dumps({"count": 0, "next": None, "previous": None, "results": []})
        size = min(int(query.get("limit") or 0) or 1000, 1000)
        number = int(query.get("offset", 0)) // size
        rows, last = self._rows("netbox", number, size)
        following = {"limit": size, "offset": (number + 1) * size, "exclude": "config_context"}
        following = "%s/netbox%s?%s" % (self.url, path, urlencode(following)) if number + 1 < last else None
        return '{"next": %s, "previous": null, "results": [%s]}' % (json.dumps(following), rows)

    def _rows(self, peer, number, size):
        """The rows of a page (from 0 on) as text, and the number of pages."""
        rows = self.of_peers[peer]
        return ", ".join(rows[number * size : (number + 1) * size]), math.ceil(len(rows) / size)


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=0)
    given = parser.parse_args()
    platforms = Platforms(server.views(given.instances), given.latency_ms / 1000)
    await server.serve(platforms)


if __name__ == "__main__":
    asyncio.run(main())

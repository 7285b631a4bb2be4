# SPDX-License-Identifier: GPL-3.0-or-later
"""A platform that costs next to nothing: the simulator's pages, written once and sent as they are, after a latency.

The simulator itself works out each page anew, which takes longer than what is measured. Its first line of output tells
the addresses; ``/counts`` tells what was asked since it was last read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
from urllib.parse import parse_qs, urlsplit

from simulator import seed, settings

LISTINGS = {"/itcare/compute/instances": "Instance", "/itcare/compute/resources": "Resource"}
TIERS = ("web", "app", "db", "batch")


def views(count):
    """The rows of both listings for that many instances (each with two tags), as JSON texts."""
    state = seed.seed(settings.Settings(), 0)
    state.resources.clear()
    seed.add_instances(state, count)
    rows = {path: [] for path in LISTINGS}
    for number, record in enumerate(state.live()):
        record["tags"] = [
            {"tagKey": "tier", "tagValue": TIERS[number % len(TIERS)]},
            {"tagKey": "application", "tagValue": "app-%02d" % (number % 50)},
        ]
        record["status"] = "INACTIVE" if number % 10 == 0 else "ACTIVE"
        for path, schema in LISTINGS.items():
            rows[path].append(json.dumps(state.view(record, schema)))
    return rows


class Platform:
    """Answers pages, tokens and counts."""

    def __init__(self, rows, latency):
        self.rows, self.latency = rows, latency
        self.pages = {}
        self.counts = {"api": 0, "token": 0, "connections": 0}

    def page(self, path, number, size):
        """One page as bytes, made when it is first asked for."""
        if (path, number, size) not in self.pages:
            rows = self.rows[path]
            shown = rows[number * size : (number + 1) * size]
            about = {"totalElements": len(rows), "totalPages": math.ceil(len(rows) / size), "size": size}
            text = '{"content": [%s], %s' % (", ".join(shown), json.dumps(about)[1:])
            self.pages[path, number, size] = text.encode()
        return self.pages[path, number, size]

    async def connection(self, reader, writer):
        """Serve one kept-alive connection to its end."""
        first = True
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                target = head.split(" ", 2)[1]
                length = next(
                    (int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0
                )
                await reader.readexactly(length)
                if target == "/counts":
                    body = json.dumps(self.counts).encode()
                    self.counts = dict.fromkeys(self.counts, 0)
                else:
                    self.counts["connections"] += first
                    first = False
                    body = await self.answer(target)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer(self, target):
        """The body for one request, after the latency."""
        await asyncio.sleep(self.latency)
        parts = urlsplit(target)
        if parts.path == "/token":
            self.counts["token"] += 1
            return b'{"access_token": "bench-access-token", "expires_in": 1200}'
        self.counts["api"] += 1
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self.page(parts.path, int(query["page"]), int(query["size"]))


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=0)
    given = parser.parse_args()
    platform = Platform(views(given.instances), given.latency_ms / 1000)
    for path in LISTINGS:
        for number in range(math.ceil(given.instances / 1000)):
            platform.page(path, number, 1000)
    await serve(platform)


async def serve(platform):
    """Tell the addresses of a Platform, and serve it to the end."""
    listener = await asyncio.start_server(platform.connection, "127.0.0.1", 0, limit=2**20)
    address = platform.url = "http://127.0.0.1:%d" % listener.sockets[0].getsockname()[1]
    urls = {"api_url": address + "/itcare", "token_url": address + "/token", "counts_url": address + "/counts"}
    print(json.dumps({**urls, "url": address}), flush=True)
    await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

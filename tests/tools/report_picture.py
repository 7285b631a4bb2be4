# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of the role estate_report for a made-up estate, and a picture of it for the documentation.

    python3 -B tests/tools/with_core.py report_picture.py                    # docs/docsite/images/estate_report.png
    python3 -B tests/tools/with_core.py report_picture.py --machines 5000    # only .build/report/estate.html

The picture needs the program chromium. The same page is made each time.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import jinja2

from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_report import make, with_history
from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_report_texts import to_page

ROOT = Path(__file__).parents[2]
ROLE = ROOT / "roles" / "estate_report"
PAGE = ROOT / ".build" / "report" / "estate.html"
PICTURE = ROOT / "docs" / "docsite" / "images" / "estate_report.png"
NOW = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
SERVICES = ["Billing", "Portal", "Ledger", "Intranet", "Réservations", "Shop", "Archive", "Claims", "Mobile", "Payroll"]
ENVIRONMENTS = ["PRODUCTION", "PRODUCTION", "PRODUCTION", "DEV", "PRODUCTION", "QA", "RECETTE_UAT", "PRODUCTION"]
# Platform, family, end of support, phase, how many of it.
PLATFORMS = [
    ("Debian 12", "DEBIAN", "2028-06-30", "STANDARD", 9),
    ("Debian 11", "DEBIAN", "2027-08-31", "EXTENDED", 3),
    ("Red Hat Enterprise Linux 9", "RHEL", "2032-05-31", "STANDARD", 5),
    ("Red Hat Enterprise Linux 7", "RHEL", "2026-06-30", "END_OF_SUPPORT", 1),
    ("Windows Server 2022", "WINDOWS", "2031-10-14", "STANDARD", 4),
    ("Windows Server 2016", "WINDOWS", "2027-01-12", "END_OF_SALES", 2),
    ("Ubuntu 24.04", "UBUNTU", "2029-04-30", "STANDARD", 3),
]
ZONES = ["EB-A", "EB-A", "EB-B", "EB-C", "ET-A", "ET-B"]


def main() -> None:
    """Write the page, and take the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int)
    count = parser.parse_args().machines
    read = estate(random.Random(7), count or 160)
    before = {**read, "instances": earlier(read["instances"])}
    old = with_history(make(before, NOW), NOW - timedelta(days=7))
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(with_history(make(read, NOW), NOW, old)), encoding="utf-8")
    print(PAGE, PAGE.stat().st_size, "bytes")
    if count is None:
        picture()


def picture() -> None:
    """The upper part of the page."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("the picture needs the program chromium")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    options = ["--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1280,1310"]
    subprocess.run([program, *options, f"--screenshot={PICTURE}", PAGE.as_uri()], check=True, capture_output=True)
    print(PICTURE, PICTURE.stat().st_size, "bytes")


def page(report: dict) -> str:
    """The page as the role's template makes it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROLE / "templates"), trim_blocks=True, autoescape=False
    )
    environment.filters["cegedim.cloud.estate_page"] = to_page
    return environment.get_template("estate.html.j2").render(
        __estate_report_made=report,
        estate_report_title="Estate of Acme",
        estate_report_link="",
        role_path=ROLE,
        lookup=lambda _plugin, path: Path(path).read_text(encoding="utf-8"),
    )


def estate(chance: random.Random, count: int) -> dict:
    """Listings of a made-up estate, as the role reads them."""
    services = [
        {"id": at, "name": SERVICES[at % 10] + (f" {at // 10}" if at > 9 else ""), "environment": ENVIRONMENTS[at % 8]}
        for at in range(max(10, count // 50))
    ]
    instances = [machine(chance, number, chance.choice(services)) for number in range(count)]
    balancers = [balancer(chance, at, service, instances) for at, service in enumerate(services[:8])]
    snapshots = [snapshot(chance, row) for row in instances]
    databases = [database(chance, number, service) for number, service in enumerate(services[:6])]
    return {
        "services": services,
        "instances": instances,
        "databases": databases,
        "loadbalancers": balancers,
        "snapshots": snapshots,
    }


def database(chance: random.Random, number: int, service: dict) -> dict:
    """A row of the listing of databases."""
    row = machine(chance, number, service)
    own = {"id": 500 + number, "internalResourceId": 500 + number, "name": f"{service['name'].lower()}-db"}
    return {**row, **own, "family": "POSTGRESQL", "productName": "PostgreSQL 16", "nodeCount": 2, "backupStatus": True}


def machine(chance: random.Random, number: int, service: dict) -> dict:
    """A row of the listing of instances."""
    name, family, end, phase, _count = chance.choices(PLATFORMS, [one[-1] for one in PLATFORMS])[0]
    zone, cpu, is_production = (
        chance.choice(ZONES),
        chance.choice([2, 2, 4, 4, 8]),
        service["environment"] == "PRODUCTION",
    )
    party = {"excluded": False, "patchGroup": chance.choice(["1", "2", "3", None])}
    return {
        "id": 1000 + number,
        "internalResourceId": 1000 + number,
        "name": f"{'P' if is_production else 'Q'}EB{service['name'][:4].upper()}{number:03d}",
        "serviceId": service["id"],
        "serviceName": service["name"],
        "environment": service["environment"],
        "family": family,
        "productName": name,
        "status": "ACTIVE" if chance.random() < 0.95 else "INACTIVE",
        "supportPhase": phase,
        "endOfSupportAt": f"{end}T00:00:00.000Z",
        "backupStatus": chance.random() < (0.97 if is_production else 0.3),
        "monitoringEnabled": chance.random() < (0.98 if is_production else 0.5),
        "replicationStatus": chance.random() < (0.9 if is_production else 0.1),
        "patchParty": party
        if chance.random() < 0.95
        else {"excluded": True, "exclusionReason": "Patched by its vendor"},
        "cpu": cpu,
        "ram": cpu * chance.choice([2, 4]),
        "storage": chance.choice([40, 80, 200]),
        "labelAvailabilityZone": zone,
        "labelRegion": zone[:2],
        "ipAddress": f"10.59.{number // 250}.{number % 250}",
        "tags": [{"tagKey": "application", "tagValue": service["name"].lower()}],
    }


def snapshot(chance: random.Random, row: dict) -> dict:
    """The answer of a machine that was asked for its snapshot."""
    taken = {"id": 1, "created_at": (NOW - timedelta(hours=chance.choice([3, 30, 60]))).isoformat()}
    shown = {"id": row["id"], "name": row["name"], "service_id": row["serviceId"]}
    return {**shown, "snapshot": taken if chance.random() < 0.03 else None}


def balancer(chance: random.Random, number: int, service: dict, instances: list[dict]) -> dict:
    """A load balancer of a service, as itcare_loadbalancer_info returns it."""
    members = [row for row in instances if row["serviceId"] == service["id"]][: chance.choice([2, 3])]
    name = f"{service['name'].lower()}.acme.example"
    pool = [{"resource_id": row["id"], "name": row["name"], "port": 8080} for row in members]
    for at, member in enumerate(pool):
        member.update({"state": "offline", "status": "down"} if number == 2 and at == 0 else {"state": "enabled"})
    return {
        "id": number,
        "name": name,
        "service_id": service["id"],
        "service_name": service["name"],
        "environment": service["environment"],
        "status": "ACTIVE",
        "monitoring_enabled": True,
        "urls": [{"name": name}],
        "pool": pool,
    }


def earlier(instances: list[dict]) -> list[dict]:
    """What the listing said a week ago."""
    rows = [dict(row) for row in instances[3:]]
    rows[0]["cpu"], rows[1]["status"] = 2, "PREPARATION"
    return [*rows, {**rows[2], "id": 1, "internalResourceId": 1, "name": "PEBOLD01"}]


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of an OpenvCloud inventory are: their records, the groups that every host gets, what names them, and
where Ansible reaches them."""

from __future__ import annotations

import ipaddress

from .inventory_hosts import OfFields, Records, ordered, reached_at, taken

PARTS = {"cloudspaces", "images", "notes"}  # see ovc_estate.py
NAMES = ("name", "hostname", "ip_address")  # what names a host without an expression
GROUPS = {
    "ovc": OfFields(texts=lambda: (None,)),
    "cloudspace": OfFields("cloudspace_name"),
    "account": OfFields("account_name"),
    "location": OfFields("location"),
    "status": OfFields("status"),
    "image": OfFields("image_name"),
    "os": OfFields("image_type"),
}


def address_of(text):
    """An address as the platform shows it (which may be ``Undefined``, or have the length of its prefix) without
    anything else, or None."""
    address = str(text or "").partition("/")[0].strip()
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return None
    return address


def addresses_of(row):
    """All addresses (list) of a machine of an estate."""
    found = [address_of(nic.get("ip_address")) for nic in row.get("nics") or () if isinstance(nic, dict)]
    return [address for address in dict.fromkeys(found) if address]


def records(estate, texts, local_ports):
    """The records (list of dict) of all hosts of an estate, by name and id. Empties it.

    ``texts`` (Texts) are those of all hosts.
    ``forward`` of a record is that to the first of the ``local_ports`` (list of int) that has one, or None.
    """
    found, of_rows = [], Records(texts)
    plain = of_rows.plain
    for part in estate["cloudspaces"]:
        place, by_machine = plain(part["cloudspace"]), _by_machine(part)
        for row in taken(part["machines"]):
            record = {**of_rows.of(row), **place}
            record["ip_addresses"] = plain(addresses_of(row))
            record["ip_address"] = next(iter(record["ip_addresses"]), None)
            image = (estate["images"] or {}).get(str(row.get("image_id")))
            if row.get("os_image") or image:
                record["image_name"] = plain(row.get("os_image") or image["name"])
            if image:
                record["image_type"] = plain(image["type"])
            if part["forwards"] is not None:
                rows = by_machine.get(str(row["id"]), [])
                rows += [one for address in record["ip_addresses"] for one in by_machine.get(address, ())]
                record["port_forwards"] = plain(rows)
                record["forward"] = _forward(record["port_forwards"], local_ports)
            found.append(record)
    return ordered(found)


def _by_machine(part):
    """The forwards of a cloudspace by the id (text) of their machine, or by their local address where they name none.

    Their own ids are places in a list, which change with each forward that is made or deleted, so they are left out.
    """
    found = {}
    for row in part["forwards"] or ():
        machine = row.get("machine_id") or address_of(row.get("local_ip"))
        shown = {
            "public_ip": address_of(row.get("public_ip")) or part["cloudspace"]["public_ip"],
            "public_port": _number(row.get("public_port")),
            "local_port": _number(row.get("local_port")),
            "protocol": str(row.get("protocol") or "tcp").lower(),
        }
        found.setdefault(str(machine), []).append(shown)
    for rows in found.values():
        rows.sort(
            key=lambda row: [(len(str(row[key])), str(row[key])) for key in ("local_port", "public_port", "protocol")]
        )
    return found


def _number(text):
    """A port, which the API writes as text, as a number; what is none stays as it is."""
    return int(text) if str(text).isdecimal() else text


def _forward(forwards, local_ports):
    for port in local_ports:
        for forward in forwards:
            if forward["local_port"] == port and forward["protocol"] == "tcp" and forward["public_ip"]:
                return forward
    return None


def simple_choice(words):
    """A function of a record for an entry of ``hostnames`` that is no expression, or None."""
    return (lambda record: record.get(words)) if words in NAMES else None


def connection(record, ways):
    """The variables (dict) by which Ansible reaches a host, by the first of the ``ways`` (address, port_forward) that
    it has; none where it has none of them."""
    for way in ways:
        found = reached_at(record["ip_address"]) if way == "address" else _through(record["forward"])
        if found:
            return found
    return {}


def _through(forward):
    return {"ansible_host": forward["public_ip"], "ansible_port": forward["public_port"]} if forward else {}

# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory reads of OpenvCloud: cloudspaces, and of each its machines; more only where it is asked for.

An estate is plain JSON, with keys in snake_case and without passwords and other secrets::

    {"cloudspaces": [{"cloudspace": {"cloudspace_id": ..., "cloudspace_name": ..., "account_name": ..., ...},
                      "machines": [row, ...],
                      "forwards": [row, ...]}],          # None where they were not asked for
     "images": {"<id>": {"name": ..., "type": ...}},     # None where they were not asked for
     "notes": []}

No listing has pages. Some fields have another spelling in ``machines/get`` than in ``machines/list``; here all have
that of the listing.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..module_utils.errors import ApiError, CloudError, UnexpectedAnswer
from ..module_utils.ovc.names import GONE, at, chosen, own, shown
from .inventory_reading import Reader
from .ovc_hosts import address_of, addresses_of

NOT_THERE = (404, 410)  # HTTP
READY = "DEPLOYED"  # a cloudspace in another status may have no gateway yet, and so no forwards
SPELLINGS = {"cloudspaceid": "cloudspace_id", "imageid": "image_id", "sizeid": "size_id", "interfaces": "nics"}
LEFT_OUT = ("userdata",)  # what a machine runs when it starts for the first time may hold passwords
MISSING = object()  # instead of a page: the machine has been deleted meanwhile


@dataclass
class Wanted:
    """What to read. Filters are lists of text, or None. ``addresses``: the page of each machine whose row shows none;
    ``details``: that of every machine; ``tolerant``: go on where a part cannot be read, and say so."""

    accounts: list = None
    cloudspaces: list = None
    statuses: list = None
    names: list = None
    addresses: bool = True
    port_forwards: bool = False
    details: bool = False
    images: bool = False
    tolerant: bool = False


def read(client, wanted):
    """The estate, and why it is not complete (list of CloudError, empty where it is).

    Raises CloudError; where ``wanted`` is tolerant, only if no machine can be read.
    """
    reader = Reader(wanted.tolerant)
    spaces = _chosen(client, _cloudspaces(client, reader if wanted.accounts is None else Reader(False)), wanted)
    found = reader.each(spaces, lambda space: _machines(client, space, wanted))
    if spaces and all(rows is None for rows in found):
        raise reader.problems[0]
    parts = [{"cloudspace": space, "machines": rows, "forwards": None} for space, rows in zip(spaces, found) if rows]
    _read_pages(client, reader, wanted, parts)
    if wanted.port_forwards:
        for part, rows in zip(parts, reader.each(parts, lambda part: _forwards(client, part["cloudspace"]))):
            part["forwards"] = rows or []
    images = _images(client, reader, parts) if wanted.images else None
    return {"cloudspaces": parts, "images": images, "notes": []}, reader.problems


def _rows(client, actor, **parameters):
    """The rows of a listing, each with an id. Raises UnexpectedAnswer."""
    rows = client.rows(actor, "list", **parameters)
    if any(at(row, "id") is None for row in rows):
        raise UnexpectedAnswer("%s/list answered a row without an id" % actor)
    return rows


def _about(what, function, *arguments):
    """``function(*arguments)``; what it raises says what it is about."""
    try:
        return function(*arguments)
    except CloudError as problem:
        problem.args = ("%s: %s" % (what, problem),)
        raise


# Cloudspaces


def _cloudspaces(client, reader):
    """What a host gets of each cloudspace that there is (list of dict, see above), in the order of their ids."""
    rows = [row for row in _rows(client, "cloudspaces") if at(row, "status") not in GONE]
    accounts, locations = {}, {}
    if not all(at(row, "accountName") for row in rows):
        (named,) = reader.each(["accounts"], lambda actor: _rows(client, actor))
        accounts = {str(at(row, "id")): at(row, "name") for row in named or ()}
    if not all(at(row, "location", "locationCode") for row in rows):
        (named,) = reader.each(["locations"], lambda actor: client.rows(actor, "list"))
        locations = {str(at(row, "gid")): at(row, "locationCode", "name") for row in named or ()}
    found = [
        {
            "cloudspace_id": at(row, "id"),
            "cloudspace_name": at(row, "name"),
            "cloudspace_status": at(row, "status"),
            "account_id": at(row, "accountId"),
            "account_name": at(row, "accountName") or accounts.get(str(at(row, "accountId"))),
            "location": at(row, "location", "locationCode") or locations.get(str(at(row, "gid"))),
            "public_ip": address_of(at(row, "publicipaddress")) or address_of(at(row, "externalnetworkip")),
        }
        for row in rows
    ]
    return sorted(found, key=lambda space: (len(str(space["cloudspace_id"])), str(space["cloudspace_id"])))


def _chosen(client, spaces, wanted):
    """The cloudspaces that the filters leave. Raises NotFound and Ambiguous: a misspelled name selects nothing, which
    would look like an empty estate."""
    if wanted.accounts is not None:
        known = {str(space["account_id"]): space["account_name"] for space in spaces}
        if not set(wanted.accounts) <= {*known, *known.values()}:  # an account may be without cloudspaces
            known.update((str(at(row, "id")), at(row, "name")) for row in _rows(client, "accounts"))
        ids = _ids("accounts", wanted.accounts, known)
        spaces = [space for space in spaces if str(space["account_id"]) in ids]
    if wanted.cloudspaces is not None:
        known = {str(space["cloudspace_id"]): space["cloudspace_name"] for space in spaces}
        ids = _ids("cloudspaces", wanted.cloudspaces, known)
        spaces = [space for space in spaces if str(space["cloudspace_id"]) in ids]
    return spaces


def _ids(option, wanted, known):
    """The ids (set of text) of what is ``wanted`` by name or id, where ``known`` are the names by id."""
    rows = [{"id": number, "name": name} for number, name in known.items()]
    return {chosen(option, one, rows)["id"] for one in wanted}


def _in_words(space):
    return "cloudspace %s (id %s)" % (space["cloudspace_name"], space["cloudspace_id"])


# Machines


def _machines(client, space, wanted):
    """The rows of the machines in a cloudspace that the filters leave; none where it is gone by now."""
    try:
        rows = _about(_in_words(space), _listed, client, space)
    except ApiError as problem:
        if problem.status not in NOT_THERE or _is_there(client, space):
            raise
        return []
    return [row for row in rows if _is_wanted(row, wanted)]


def _listed(client, space):
    rows = _rows(client, "machines", cloudspaceId=space["cloudspace_id"])
    return [{**_spelled(row), "source": "listing"} for row in rows]


def _spelled(row):
    row = {SPELLINGS.get(key, key): value for key, value in shown(row).items()}
    if not isinstance(row.get("nics") or [], list):
        text = "machine %s (id %s) shows something else than a list of interfaces"
        raise UnexpectedAnswer(text % (row.get("name"), row.get("id")))
    return {key: value for key, value in row.items() if key not in LEFT_OUT}


def _is_there(client, space):
    """Whether a cloudspace is still there: what was asked of it is not."""
    same = [row for row in _rows(client, "cloudspaces") if str(at(row, "id")) == str(space["cloudspace_id"])]
    return any(at(row, "status") not in GONE for row in same)


def _is_wanted(row, wanted):
    status, name = str(row.get("status")).upper(), row.get("name")
    if wanted.statuses is None:
        if status in GONE:
            return False
    elif status not in [one.upper() for one in wanted.statuses]:
        return False
    unwanted = [one[1:] for one in wanted.names or () if one.startswith("!")]
    needed = [one for one in wanted.names or () if not one.startswith("!")]
    return name not in unwanted and (not needed or name in needed)


def _read_pages(client, reader, wanted, parts):
    """Add what the pages of machines show: of all of them, or only the addresses of those whose row has none."""
    asked = [
        (part, row)
        for part in parts
        for row in part["machines"]
        if wanted.details or (wanted.addresses and not addresses_of(row))
    ]
    for (part, row), page in zip(asked, reader.each(asked, lambda one: _page(client, *one))):
        if page is MISSING:
            part["machines"] = [one for one in part["machines"] if one is not row]
        elif page is not None and wanted.details:
            row.update(page, id=row["id"], source="details")
        elif page is not None and page.get("nics"):
            row["nics"] = page["nics"]


def _page(client, part, row):
    def asked():
        page = client.ask("machines", "get", machineId=row["id"])
        if not isinstance(page, dict):
            raise UnexpectedAnswer("machines/get answered something else than an object")
        return _spelled(own("machines", row["id"], page))

    try:
        return _about("machine %s (id %s)" % (row.get("name"), row["id"]), asked)
    except ApiError as problem:
        if problem.status in NOT_THERE and row["id"] not in [one["id"] for one in _listed(client, part["cloudspace"])]:
            return MISSING
        raise


# What else there is


def _forwards(client, space):
    def asked():
        return [shown(row) for row in client.rows("portforwarding", "list", cloudspaceId=space["cloudspace_id"])]

    try:
        return _about(_in_words(space), asked)
    except ApiError as problem:
        if problem.status in NOT_THERE and space["cloudspace_status"] != READY:
            return []
        raise


def _images(client, reader, parts):
    """Name and type of each image that the accounts of the hosts can use, by id (text)."""

    def listed(account):
        return _about("images of account %s" % account, lambda: _rows(client, "images", accountId=account))

    accounts = {str(part["cloudspace"]["account_id"]): part["cloudspace"]["account_id"] for part in parts}
    rows = [row for rows in reader.each(accounts.values(), listed) for row in rows or ()]
    return {str(at(row, "id")): {"name": at(row, "name"), "type": at(row, "type")} for row in rows}

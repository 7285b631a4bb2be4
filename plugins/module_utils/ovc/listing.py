# SPDX-License-Identifier: GPL-3.0-or-later
"""What OpenvCloud has, as lists of rows."""

from __future__ import annotations

from itertools import chain

from ..errors import InvalidInput
from ..outcome import Outcome
from ..parallel import in_parallel
from . import names
from .names import at, shown


def run(client, params, check):
    """The Outcome with each of the lists that ``gather`` names; a list is complete, or the task fails."""
    check_filters(params)
    reader = Reader(client, params)
    result = {}
    for subject in dict.fromkeys(params["gather"]):
        rows = LISTS[subject](reader)
        if params["names"] is not None and subject in FILTERS["names"]:
            rows = [row for row in rows if str(at(row, "name")) in params["names"]]
        if params["details"]:
            rows = reader.detailed(subject, rows)
        result[subject] = [shown(row, params["show_secrets"]) for row in rows]
    if "locations" in result:
        result["portal_url"] = client.address_at("locations", "getUrl")
    return Outcome(False, result, _not_narrowed(params))


class Reader:
    """What the filters of a task mean, each looked up once."""

    def __init__(self, client, params):
        self.client, self.params = client, params
        self._accounts = self._cloudspaces = None

    def accounts(self):
        """The accounts, or the one that is asked for."""
        if self._accounts is None:
            rows, wanted = self.client.rows("accounts", "list"), self.params["account"]
            self._accounts = rows if wanted is None else [names.chosen("account", wanted, rows)]
        return self._accounts

    def cloudspaces(self):
        """The cloudspaces of these accounts, or the one that is asked for."""
        if self._cloudspaces is None:
            how = {"includedeleted": True} if self.params["include_deleted"] else {}
            rows, wanted = self.client.rows("cloudspaces", "list", **how), self.params["cloudspace"]
            if self.params["account"] is not None:
                rows = [row for row in rows if names.is_owned(row, self.accounts()[0])]
            self._cloudspaces = rows if wanted is None else [names.chosen("cloudspace", wanted, rows)]
        return self._cloudspaces

    def alive(self):
        """The cloudspaces that are not in the bin: only these have anything in them."""
        return [row for row in self.cloudspaces() if at(row, "status") not in names.GONE]

    def of_each(self, rows, actor, parameter):
        """The rows that an ``actor`` lists for each of these rows; each says where it belongs."""

        def listed(row):
            found = self.client.rows(actor, "list", **{parameter: at(row, "id")})
            return [{parameter: at(row, "id"), **one} for one in found]

        return list(chain.from_iterable(in_parallel(listed, rows)))

    def forwards(self):
        """The id of a row is its place in a list, so it goes."""

        def listed(row):
            number, found = {"cloudspaceId": at(row, "id")}, names.forwards(self.client, row)
            return [{**number, **{name: one[name] for name in one if name != "id"}} for one in found]

        return list(chain.from_iterable(in_parallel(listed, self.alive())))

    def sizes(self):
        """The sizes of the cloudspace, of the location, or of all locations."""
        if self.params["cloudspace"] is not None:
            return self.client.rows("sizes", "list", cloudspaceId=at(self.cloudspaces()[0], "id"))
        places = self.client.rows("locations", "list")
        if self.params["location"] is not None:
            places = [names.chosen("location", self.params["location"], places, ("locationCode", "name"))]
        codes = [at(row, "locationCode", "name") for row in places]
        found = in_parallel(lambda code: self.client.rows("sizes", "list", location=code), codes)
        return list({str(at(row, "id")): row for row in chain.from_iterable(found)}.values())

    def images(self):
        """The images of everybody, and those of the account and the cloudspace that are asked for."""
        where = {}
        if self.params["account"] is not None:
            where["accountId"] = at(self.accounts()[0], "id")
        if self.params["cloudspace"] is not None:
            space = self.cloudspaces()[0]
            where = {"accountId": at(space, "accountId"), "cloudspaceId": at(space, "id")}
        return self.client.rows("images", "list", **where)

    def external_networks(self):
        """The external networks, or those that an account can use."""
        where = {"accountId": at(self.accounts()[0], "id")} if self.params["account"] is not None else {}
        return self.client.rows("externalnetwork", "list", **where)

    def detailed(self, subject, rows):
        """The records of the rows, for subjects that have any. What has gone meanwhile is left out."""
        if subject not in DETAILS:
            return rows
        records = in_parallel(lambda row: (row, names.read(self.client, subject, at(row, "id"))), rows)
        return [{**row, **record} for row, record in records if record is not None]


LISTS = {
    "accounts": Reader.accounts,
    "cloudspaces": Reader.cloudspaces,
    "machines": lambda reader: reader.of_each(reader.alive(), "machines", "cloudspaceId"),
    "port_forwards": Reader.forwards,
    "disks": lambda reader: reader.of_each(reader.accounts(), "disks", "accountId"),
    "images": Reader.images,
    "sizes": Reader.sizes,
    "locations": lambda reader: reader.client.rows("locations", "list"),
    "external_networks": Reader.external_networks,
}
DETAILS = tuple(names.IDS)  # what has more to read than its list
# The filters, and the lists that they are for.
FILTERS = {
    "cloudspace": ("cloudspaces", "machines", "port_forwards", "images", "sizes"),
    "account": ("accounts", "cloudspaces", "machines", "port_forwards", "disks", "images", "external_networks"),
    "location": ("sizes",),
    "names": tuple(subject for subject in LISTS if subject != "port_forwards"),  # these have none
    "include_deleted": ("cloudspaces",),
    "details": DETAILS,
}


def _not_narrowed(params):
    """Warnings about lists that a filter of the task has no use for, since it narrows others only."""
    others = {
        option: [subject for subject in dict.fromkeys(params["gather"]) if subject not in FILTERS[option]]
        for option in ("cloudspace", "account", "location", "names")
        if params[option] is not None
    }
    return ["%s does not narrow %s" % (option, ", ".join(left)) for option, left in others.items() if left]


def check_filters(params):
    """Refuse, with InvalidInput, a filter that none of the lists that are asked for has a use for."""
    for option, subjects in FILTERS.items():
        if params[option] not in (None, False) and not set(subjects) & set(params["gather"]):
            text = "%s is for %s, and gather is %s"
            raise InvalidInput(text % (option, ", ".join(subjects), ", ".join(params["gather"])))
    if params["show_secrets"] and not params["details"]:
        raise InvalidInput("show_secrets requires details=true, and it is false")
    if params["location"] is not None and params["cloudspace"] is not None:
        raise InvalidInput("location and cloudspace: sizes are those of one or of the other")

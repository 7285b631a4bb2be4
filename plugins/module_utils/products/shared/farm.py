# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of nodes: databases, brokers, storage. One constructor; a product says only what is its own.

All of them share placement, management, power, size, disk, password, zones, patch party, comment and tags, and are
changed while they run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ...errors import refuse
from ...resource import Field, Operation, Resource, camel
from .management import (
    FARM_MANAGEMENT,
    FARM_OPERATIONS,
    contradictory,
    number,
    plain_sizing,
    shown_nodes,
    shown_sizing,
    valid_sizing,
)
from .placement import FARM_PLACEMENT, nodes_of, place
from .references import is_shown, same_version, shows
from .rules import within
from .tags import TAGS, read_tags


@dataclass(frozen=True)
class Listed:
    """A listing that several kinds share: its path, and the words by which a row may say which of them it is."""

    path: str
    words: dict

    def rows(self, client, name=None):
        """For Resource.listed. The words that the listing's own filter knows are not written: one that finds nothing
        would have a second resource created."""
        rows = client.pages(self.path, {"names": [name]} if name else None)
        return [(row, self.kind_of(row)) for row in rows]

    def kind_of(self, row):
        """The kind that a row says to be, by a word of it; None where it says nothing that is known."""
        said = re.sub(r"[^a-z0-9]", "", " ".join(str(row.get(key) or "") for key in KIND_KEYS).casefold())
        return next((kind for kind, words in self.words.items() if any(word in said for word in words)), None)


DATABASES = Listed(
    "/databases",
    {
        "postgresql": ("postgres",),
        "mariadb": ("mariadb", "mysql"),
        "sqlserver": ("sqlserver", "mssql"),
        "opensearch": ("opensearch", "elasticsearch"),
        "redis": ("redis",),
    },
)
BROKERS = Listed("/message-brokers", {"kafka": ("kafka",), "rabbitmq": ("rabbitmq",)})

# Under these keys a row may say what it is; by which words is not written.
KIND_KEYS = ("path", "type", "technology", "family", "resourceType", "productName")


def farm(kind, path, catalogue, disk, name=None, password=None, listed=None, needs=(), lacks=(), **own):
    """A Resource for a product that is made of nodes.

    ``catalogue`` is its type among the products (``REDIS``); ``disk``, ``name`` and ``password`` are its rules, each a
    function of a value that says what is wrong (see rules.py); without one for ``name``, the
    platform decides. ``listed`` is the listing that it shares with other kinds. ``needs`` names further options of
    placement that a creation of this product needs, and ``lacks`` the fields and operations that it does not have,
    although farms have them.
    ``own`` are further arguments of Resource: ``fields`` and ``operations`` are those that only this product has, or
    has in its own way (then in place of the farm's of that name), ``check_new(wanted)`` yields what is wrong with a
    new one, and all else is as it is there.
    """
    fields = _each_once(
        Field("name", read=shows("name"), same=is_shown, identifies=True, required=True),
        *(replace(one, required=one.required or one.name in needs) for one in FARM_PLACEMENT),
        AVAILABILITY_ZONE,
        SIZING,
        Field("disk_size", read="storage", stuck=disk_is_fixed, valid=disk, required=True),
        *([_password(password)] if password else []),
        *own.pop("fields", ()),
        *FARM_MANAGEMENT,
        TAGS,
    )
    operations = _each_once(
        Operation("start"),
        Operation("stop"),
        Operation("resize", gates=True),
        *own.pop("operations", ()),
        *FARM_OPERATIONS,
    )
    return Resource(
        kind=kind,
        path=path,
        catalogue=catalogue,
        fields=tuple(one for one in fields if one.name not in lacks),
        operations=tuple(one for one in operations if one.name not in lacks),
        listed=listed and listed.rows,
        changed_running=True,
        valid=contradictory,
        resolve=_resolve(name, own.pop("check_new", None)),
        offers=own.pop("offers", _offers(catalogue)),
        also_read={"tags": read_tags, **own.pop("also_read", {})},
        **own,
    )


def _offers(catalogue):
    def offers():
        from .offers import FARM_OFFERS  # only a change needs them

        return FARM_OFFERS(catalogue)

    return offers


def _each_once(*those):
    """Fields or operations (tuple), of several with one name the last, in the place of the first."""
    return tuple({one.name: one for one in those}.values())


def _resolve(valid_name, check_new):
    def resolve(ask, seen, wanted):
        if not seen:
            refuse(valid_name and valid_name(wanted["name"]), *(check_new(wanted) if check_new else ()))
        return place(ask, seen, wanted)

    return resolve


# Fields that many have


def disk_is_fixed(wanted, seen):
    """For Field.stuck: whether ``storage`` (GB) is of one node or of all of them is not written."""
    total = number(seen.get("storage"))
    nodes = number(shown_nodes(seen)) or 1
    if not total or wanted["disk_size"] in (total, total / nodes):
        return None
    return "disk_size is fixed at creation: it is %s, not %s" % (seen.get("storage"), wanted["disk_size"])


def shown_node_sizing(record):
    """The size of a node, such as ``2cpu4gb``: from a text that says it, or by its CPUs and memory; else None."""
    return said_sizing(record) or shown_sizing(record)


def said_sizing(record):
    """The size of a node as a text of the record says it, or None."""
    return plain_sizing(record.get("nodeSizing") or record.get("brokerSize") or record.get("sizing"))


def may_be_either(wanted, record):
    """For Field.unsure: whether CPU and RAM of the record mean the wanted size either as those of one node or as
    those of all nodes together; which of the two they are is not written (choices.rst).
    """
    nodes = number(shown_nodes(record)) or 1
    if nodes < 2 or said_sizing(record):
        return False
    each = {name: (number(record.get(name)) or 0) / nodes for name in ("cpu", "ram")}
    could_be_all = all(value and value.is_integer() for value in each.values())
    return could_be_all and wanted in (shown_sizing(each), shown_sizing(record))


def unclear_sizing(wanted, seen):
    """For Field.refuse: a resize restarts the nodes, so it needs to be known that they have another size."""
    if SIZING.name in seen.elsewhere or not SIZING.is_unsure(wanted["sizing"], seen.record):
        return None
    shown = SIZING.shown(seen.record)
    if shown is None:
        why = "neither it nor its nodes show their size"
    else:
        why = "it shows %s, which may be all its nodes of %s together, and its nodes show no size" % (
            shown,
            wanted["sizing"],
        )
    return "sizing: %s, so whether to resize is not known; leave the option out" % why


def version(created_as, **more):
    """The version, which a creation calls ``created_as``."""
    return Field(
        "version",
        created_as=created_as,
        read=lambda record: record.get("version") or None,
        same=same_version,
        required=True,
        **more,
    )


def node_count(smallest, largest, created_as="instanceCount"):
    """The number of nodes, fixed at creation."""
    return Field(
        "node_count",
        created_as=created_as,
        read=shown_nodes,
        valid=within("node_count", smallest, largest),
        required=True,
    )


def word(name, **more):
    """A word of the platform, in any case, fixed at creation."""
    return Field(name, read=shows(camel(name)), same=is_shown, **more)


def topology(words):
    """The topology, fixed at creation. ``words`` maps each to the words by which an answer may call it; any other word
    tells nothing.
    """
    read = in_words("topology", words)

    def known(record):
        said = read(record)
        return said if said in words else None

    return Field("topology", read=known, required=True)


def in_words(key, words):
    """A reader for Field: the value in ``words`` (dict: value -> tuple) of which a word is in what the answer says
    under ``key``, else what it says; None where it says nothing. How an answer spells such a value is not written.
    """

    def read(record):
        said = str(record.get(key) or "").upper()
        return next((value for value, known in words.items() if any(word in said for word in known)), said or None)

    return read


def _password(valid):
    return Field(PASSWORD, created_as="admPassword", read=None, valid=valid, required=True, secret=True)


PASSWORD = "admin_password"
AVAILABILITY_ZONE = Field(
    "availability_zone",
    created_as="az",
    read=shows("availabilityZone.id", "availabilityZone", "labelAvailabilityZone"),
    same=is_shown,
    identifies=True,
    elsewhere=nodes_of,
)
SIZING = Field(
    "sizing",
    created_as="nodeSizing",
    read=shown_node_sizing,
    valid=valid_sizing,
    changed_by="resize",
    as_option="sizing",
    refuse=unclear_sizing,
    elsewhere=nodes_of,
    unsure=may_be_either,
    required=True,
)
AUTHENTICATION_DOMAIN = Field(
    "authentication_domain", read=shows("authenticationDomain"), same=is_shown, elsewhere=nodes_of
)
TLS = Field("tls", created_as="tlsEnabled", read="tlsEnabled")
NODE_PREFIX = Field("node_prefix", created_as="vmPrefix", read=None)

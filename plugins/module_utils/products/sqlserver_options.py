# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a SQL Server: editions, services, Always On (the API reference, SQL Server).

Hardly anything of it is shown again.
"""

from __future__ import annotations

from dataclasses import replace

from ..resource import ACTIVE, Field, Operation
from .shared.farm import AUTHENTICATION_DOMAIN, AVAILABILITY_ZONE, NODE_PREFIX, PASSWORD, in_words
from .shared.management import CHANGE_REFERENCE, shown_nodes
from .shared.references import is_shown, shows
from .shared.rules import strong

# The version of one is shown with them, such as "2022 EE", the only example.
EDITIONS = {"ENT": ("EE", "ENT", "ENTERPRISE"), "STD": ("SE", "STD", "STANDARD")}
# Options that have a meaning only with another one: with always_on, with ssas, and with an edition.
OF_ALWAYS_ON = ("listener_name", "witness", "availability_mode", "failover_mode", "readable_secondary")
OF_SSAS = ("as_collation", "as_server_mode_std", "as_server_mode_ent")
OF_EDITION = {"as_server_mode_std": "STD", "as_server_mode_ent": "ENT"}


def check_new(wanted):
    """For farm(): options that do not go together."""
    for others, option in ((OF_ALWAYS_ON, "always_on"), (OF_SSAS, "ssas")):
        given = [one for one in others if one in wanted]
        if given and not wanted.get(option):
            yield "%s: only with %s=true" % (", ".join(given), option)
    for option, edition in OF_EDITION.items():
        if option in wanted and wanted["edition"] != edition:
            yield "%s: only with edition=%s, and it is %s" % (option, edition, wanted["edition"])
    if wanted.get("node_count", 1) != 1 and not wanted.get("always_on"):
        yield "node_count: %d nodes need always_on=true" % wanted["node_count"]


def shown_edition(record):
    """ENT or STD, where the version tells; else None."""
    said = str(record.get("version") or "").upper().split()
    return next((edition for edition, words in EDITIONS.items() if any(word in said for word in words)), None)


def shown_always_on(record):
    """Whether it is a cluster, where the topology tells; else None."""
    said = in_words("topology", {True: ("ALWAYS",), False: ("STANDALONE", "SINGLE")})(record)
    return said if isinstance(said, bool) else None


OPTIONS = (
    replace(AVAILABILITY_ZONE, required=True),
    replace(AUTHENTICATION_DOMAIN, created_as="authenticationDomainId"),
    Field(PASSWORD, created_as="customerPassword", read=None, valid=strong(8), required=True, secret=True),
    Field("collation", read=None, required=True),
    replace(NODE_PREFIX, created_as="prefix"),
    Field("edition", read=shown_edition, required=True),
    Field("always_on", read=shown_always_on),
    Field("node_count", created_as="nodeCount", read=shown_nodes),
    Field("listener_name", read=shows("agOptions.agListener"), same=is_shown),
    Field("witness", read=shows("agOptions.agWitness"), same=is_shown),
    Field("availability_mode", read=None),
    Field("failover_mode", read=None),
    Field("readable_secondary", read=None),
    Field("ssis", read=None),
    Field("ssrs", read=None),
    Field("ssas", read=None),
    Field("as_collation", created_as="asCollaction", read=None),  # spelled so in the list of fields (choices.rst)
    Field("as_server_mode_std", read=None),
    Field("as_server_mode_ent", read=None),
    Field("full_text", read=None),
    Field("specific_request", read=None),
)
OPERATIONS = (
    Operation("stop", also=(CHANGE_REFERENCE,)),
    Operation("reset", needs=ACTIVE, repeatable=False, destroys=True),
    Operation("delete", also=(CHANGE_REFERENCE,)),
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS aliases of a resource of any kind (the API reference, Resource tags, DNS aliases, comments).

To the plan they are a part of the resource. An alias is known by its name (``fqdn``), under which it is deleted. No
operation changes one, so another type or value is a removal and an addition.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from ..errors import CloudError, InvalidInput, UnexpectedAnswer
from ..identity import RESOURCES
from ..plan import Step
from ..resource import Operation, Part, unread
from .shared.resources import ANY_RESOURCE, miss

PATH = RESOURCES + "/{number}/dns-aliases"
DOMAINS = "/networking/domains"
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_FQDN = re.compile(r"(?:\*\.)?%s(?:\.%s)+" % (_LABEL, _LABEL))
LENGTH = 253  # of a name in DNS


def read_aliases(client, seen):
    """The aliases (list of dict) of what was seen. Raises UnexpectedAnswer for one without a name."""
    rows = client.get(seen.path(PATH)) or []
    if not all(row.get("fqdn") for row in rows):
        raise UnexpectedAnswer("GET %s shows an alias without fqdn" % seen.path(PATH))
    return rows


def host(name):
    """A name of DNS to compare: the case and a dot at the end make no difference."""
    return str(name).rstrip(".").casefold()


def alias_of(record, wanted):
    """The alias (dict) that fits ``wanted``, or the one of its name; None where no alias has that name."""
    rows = _called(record, wanted["name"])
    return next((row for row in rows if _fits(row, wanted)), rows[0] if rows else None)


def valid(wanted):
    """For Part.valid: the name is complete, and no option contradicts ``state``."""
    alias = wanted["alias"]
    name = host(alias["name"])
    if len(name) > LENGTH or not _FQDN.fullmatch(name):
        return "name: %r is not a complete name, such as shop.acme.example" % alias["name"]
    return None


def resolve(ask, seen, wanted):
    """For Part.resolve: there has to be a resource, unless the alias is to be absent."""
    alias = wanted["alias"]
    if not seen:
        if alias["state"] == "present":
            miss(ask, wanted)
        return wanted
    if alias["state"] == "present" and alias_of(seen.record, alias) is None:
        ask.warn(_in_no_domain(ask.client, seen, alias["name"]))
    return wanted


def plan_alias(wanted, seen):
    """For Part.plan: the steps (list of Step) to the ``wanted["alias"]``, which has ``name``, ``state`` (present,
    absent) and maybe ``type`` and ``value``. With ``state=absent`` these say which record is meant.

    Raises InvalidInput where a removal would take other records of the same name, too.
    """
    alias = wanted["alias"]
    rows = _called(seen.record, alias["name"])
    fitting = [row for row in rows if _fits(row, alias)]
    if alias["state"] == "absent":
        return [_removal(rows, fitting)] if fitting else []
    if fitting:
        return []
    return [*([_removal(rows, rows[:1])] if rows else []), _addition(alias)]


def _called(record, name):
    return [row for row in (record or {}).get("aliases") or [] if host(row["fqdn"]) == host(name)]


def _fits(row, wanted):
    """Whether a row shows the type and the value that were given. What an answer leaves out does not differ."""
    pairs = [(wanted.get(key), row.get(key)) for key in ("type", "value")]
    return all(given is None or shown in (None, "") or _is_same(host(given), host(shown)) for given, shown in pairs)


def _is_same(given, shown):
    """Whether two values are one; a server may complete the short name of a host with its domain."""
    return given == shown or ("." not in given and given == shown.split(".")[0])


def _shown(rows):
    return [{key: row.get(key) for key in ("fqdn", "type", "value")} for row in rows]


def _addition(alias):
    body = {"fqdn": alias["name"], **{key: alias[key] for key in ("type", "value") if key in alias}}
    return Step(
        Operation("add_dns_alias", repeatable=False, at_once=_with_answer),
        "POST",
        PATH,
        body,
        before={"dns_aliases": []},
        after={"dns_aliases": [body]},
        done=lambda record: any(_fits(row, alias) for row in _called(record, alias["name"])),
    )


def _with_answer(record, answer):
    """For Operation.at_once: whether the answer lists all aliases or the new one is not written, so it adds to what is
    known."""
    if not isinstance(answer, list) or not all(isinstance(row, dict) and row.get("fqdn") for row in answer):
        return None
    kept = [row for row in record["aliases"] if host(row["fqdn"]) not in [host(one["fqdn"]) for one in answer]]
    return {**record, "aliases": [*kept, *answer]}


def _removal(rows, meant):
    name = rows[0]["fqdn"]
    if len(rows) > len(meant):
        raise InvalidInput(
            "name: %s has %d records, and the platform removes all records of a name: %s; to remove them all, use "
            "state=absent without type and value"
            % (name, len(rows), ", ".join("%s %s" % (row.get("type"), row.get("value")) for row in rows))
        )
    return Step(
        Operation("remove_dns_alias", gates=True, at_once=unread),
        "DELETE",
        # Braces are quoted, too, so that a name can hold nothing that Step.path would fill in.
        PATH + "/" + quote(name, safe=""),
        before={"dns_aliases": _shown(rows)},
        after={"dns_aliases": []},
        done=lambda record: not _called(record, name),
    )


def _in_no_domain(client, seen, name):
    """A warning where no domain of the platform has the name, asked once; None where that cannot be told."""
    if "alias_domain" not in seen.facts:
        seen.facts["alias_domain"] = _domain_warning(client, name)
    return seen.facts["alias_domain"]


def _domain_warning(client, name):
    try:
        domains = [str(row["name"]) for row in client.get(DOMAINS) or [] if row.get("name")]
    except CloudError:  # the platform decides in any case
        return None
    if not domains or any(("." + host(name)).endswith("." + host(one).lstrip(".")) for one in domains):
        return None
    from ..neighbours import of_host, then  # only a warning needs it

    warning = "name: %s is in no domain that the platform lists, and may be refused" % name
    return then(warning, of_host(host(name), domains), "; ", "these are: %s" % ", ".join(sorted(domains)))


DNS_ALIAS = Part(
    of=ANY_RESOURCE,
    key="aliases",
    read=read_aliases,
    plan=plan_alias,
    resolve=resolve,
    valid=valid,
)

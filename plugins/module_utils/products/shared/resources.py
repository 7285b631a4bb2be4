# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources of any kind, one or many at a time (the API reference, Resources)."""

from __future__ import annotations

from dataclasses import replace

from ...client import in_parallel
from ...errors import Ambiguous, CloudError, InvalidInput, NotFound
from ...identity import RESOURCES as PATH
from ...identity import SERVICES, called, in_words, is_clear, named, numbers, of_row, others_with, page
from ...resource import REMOVED, Resource
from .placement import SERVICE
from .references import SHOWN_SERVICE, Shown, find_service, is_id

MACHINES = "/compute/instances"
ASKED_AT_ONCE = 100  # names or ids in one address, whose length every server limits
KINDS = ("resourceType", "type", "technology", "category", "family")


# A resource of any kind, for what all kinds have; its service tells those of the same name apart.
ANY_RESOURCE = Resource(kind="resource", path=PATH, fields=(SERVICE,))
# A service has tags, a comment and patch policies, and nothing else that can be changed.
ANY_SERVICE = Resource(kind="service", path=SERVICES, fields=())


def refuse_unread_service(seen, wanted):
    """Raise NotFound where a service that a name or an id led to has no page: no other task can create one."""
    if not seen:
        raise NotFound("%s/%s answers 404, so this service cannot be changed" % (SERVICES, wanted["id"]))


def refuse_shared_number(ask, seen, what):
    """Raise InvalidInput where a resource has the number of a service whose ``what`` (comment, tags) would change: both
    have the same path."""
    if "others" not in seen.facts:
        seen.facts["others"] = others_with(ask.client, PATH, seen.record, seen.record["id"])
    if seen.facts["others"]:
        raise InvalidInput(
            "%s: the id of the service %s is also that of %s, and both have the same path, so whose %s would change is "
            "not known; nothing was sent" % (what, called(seen.record), _and(seen.facts["others"]), what)
        )


def of_type(part, resource_type):
    """A Part of ANY_RESOURCE for a resource of that kind only; None stands for any kind.

    Of names, only those of that kind count; a warning says so where that leaves none. What an id leads to has to be of
    that kind.
    """
    if resource_type is None:
        return part
    others = []

    def listed(client, name):
        rows = client.pages(PATH, {"names": [name]} if name else None)
        fitting = [row for row in rows if is_of_type(row, resource_type)]
        others[:] = [row for row in named(name or "", rows) if row not in fitting and row.get("status") != REMOVED]
        return [(row, part.of.kind) for row in fitting]

    def resolve(ask, seen, wanted):
        if seen and "id" in wanted:
            _refuse_misfit("resource", {wanted["id"]: seen.record}, None, resource_type)
        elif others and not seen:
            text = "no %s is named %s; what has this name and is of another kind stays as it is: %s"
            ask.warn(text % (resource_type, wanted["name"], _and(map(_in_words, others))))
        return part.resolve(ask, seen, wanted)

    return replace(part, of=replace(part.of, listed=listed), resolve=resolve)


def identity(wanted):
    """``{"id": ...}`` or ``{"name": ...}`` of a resource that is given by either."""
    return {"id": wanted} if is_id(wanted) else {"name": wanted}


def look_up(client, wanted, service=None, resource_type=None):
    """A dict from each name or id that was given to the record of that resource, or None where there is none.

    ``service`` (a name or an id) and ``resource_type`` narrow names, and must not contradict ids. One request serves a
    hundred names, and one a hundred ids. Raises InvalidInput, Ambiguous.
    """
    check_names(wanted)
    wanted = list(dict.fromkeys(wanted))
    ids = [one for one in wanted if is_id(one)]
    names = [one for one in wanted if not is_id(one)]
    queries = [*_queries("ids", ids), *_queries("names", names)]
    found = in_parallel(lambda query: client.pages(PATH, query), queries)
    rows = {str(row["id"]): row for page in found for row in page if row.get("status") != REMOVED}.values()
    by_number = dict(zip(ids, in_parallel(lambda one: _by_number(client, one, rows), ids)))
    if service is not None:
        service = _spelled(client, service, [*rows, *filter(None, by_number.values())])
    fitting = [row for row in rows if _fits(row, service, resource_type)]
    matches = {name: named(name, fitting) for name in names}
    _refuse_unclear(matches)
    _refuse_misfit("resources", by_number, service, resource_type)
    return {**{name: (found or [None])[0] for name, found in matches.items()}, **by_number}


def _by_number(client, wanted, rows):
    """The record of a number that may be either of a resource's two numbers, or None. Raises Ambiguous.

    The filter ``ids`` knows one of them; the other one is looked for among the machines, where it matters.
    """
    number = str(int(wanted))
    found = [row for row in rows if number in numbers(row)]
    if found and len(numbers(found[0])) < 2:
        return found[0]
    machine = client.find("%s/%s" % (MACHINES, number))
    if machine and number in numbers(machine) and not any(numbers(machine) == numbers(row) for row in found):
        found.append(machine)
    if len(found) > 1:
        raise Ambiguous("%s is the number of several resources: %s; give a name" % (number, _and(map(in_words, found))))
    return found[0] if found else None


def with_details(client, machine):
    """The row of a machine with what its own page shows beyond it, such as CPUs and memory."""
    whole, _others = page(client, MACHINES, of_row(machine))
    return {**(whole.record or {}), **{key: value for key, value in machine.items() if value is not None}}


def check_names(wanted):
    """Refuse, with InvalidInput, what the API's filters would read as something else: a comma, a leading ``!``."""
    if not wanted:
        raise InvalidInput("resources: the list is empty")
    for one in wanted:
        if not is_clear(one):
            raise InvalidInput("resources: %r is empty, or has a comma, a leading ! or blanks around it" % one)


def _queries(parameter, values):
    return [{parameter: values[start : start + ASKED_AT_ONCE]} for start in range(0, len(values), ASKED_AT_ONCE)]


def _fits(row, service, resource_type):
    return (service is None or SHOWN_SERVICE(row) == service) and (
        resource_type is None or is_of_type(row, resource_type)
    )


def _spelled(client, service, rows):
    """``service`` with its id where no row shows it as it was given: a row may show the id only."""
    if is_id(service) or not rows or any(SHOWN_SERVICE(row) == service for row in rows):
        return service
    try:
        return Shown(find_service(client, service)["id"], service)
    except NotFound:  # then nothing is of it
        return service


def _refuse_misfit(option, found, service, resource_type):
    """Raise InvalidInput where what ``option`` names by an id is of another service or kind than the task says;
    ``found`` has the record (or None) by the id."""
    given = [("service", service), ("resource_type", resource_type)]
    said = ", ".join("%s: %s" % (name, value) for name, value in given if value is not None)
    wrong = {one: row for one, row in found.items() if row and not _fits(row, service, resource_type)}
    if wrong:
        shown = _and("%s is %s (%s)" % (one, row.get("name"), _in_words(row)) for one, row in wrong.items())
        raise InvalidInput("%s: %s, which contradicts %s" % (option, shown, said))


def is_of_type(row, resource_type):
    """Whether a row is of that kind, such as LINUX, POSTGRESQL or LOAD_BALANCER, by any of the words that it shows."""
    return Shown(*(row.get(key) for key in KINDS)) == resource_type


def unknown(wanted):
    """That nothing has these names, in a sentence."""
    return "there is no resource named %s (or this account does not see it, or it is not of that service or type)" % (
        ", ".join(wanted)
    )


def meant(client, wanted, service=None, resource_type=None):
    """What may have been meant by these names, in a question or several, and what has one of them although it is not
    of that service or type; from one listing, and empty where that cannot be read."""
    from ...neighbours import named as names_of  # only a refusal needs it
    from ...neighbours import questions

    names = [one for one in wanted if not is_id(one)]
    try:
        rows = [row for row in client.pages(PATH) if row.get("status") != REMOVED] if names else []
    except CloudError:  # they are not found either way
        return ""
    others = [row for name in names for row in named(name, rows) if not _fits(row, service, resource_type)]
    fitting = names_of([row for row in rows if _fits(row, service, resource_type)])
    said = "".join("; there is %s with %s" % (row["name"], _in_words(row)) for row in others)
    return said + questions([one for one in names if not named(one, others)], fitting)


def miss(ask, wanted):
    """For Part.resolve: there is no resource of that name or id. See Ask.missing."""
    given = str(wanted.get("name") or wanted["id"])
    service = wanted.get("service")
    ask.missing(unknown([given]), wanted.get("id", given), lambda: meant(ask.client, [given], service))


def _refuse_unclear(matches):
    several = {name: rows for name, rows in matches.items() if len(rows) > 1}
    if several:
        raise Ambiguous(
            "%s; give the id, or narrow with service or resource_type"
            % "; ".join(
                "%d resources are named %s: %s" % (len(rows), name, ", ".join(_in_words(row) for row in rows))
                for name, rows in several.items()
            )
        )


def _and(words):
    return " and ".join(words)


def _in_words(row):
    return "id %s, %s in service %s" % (row["id"], row.get("resourceType") or row.get("type"), SHOWN_SERVICE(row))

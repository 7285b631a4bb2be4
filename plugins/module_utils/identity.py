# SPDX-License-Identifier: GPL-3.0-or-later
"""Which resource is meant, and under which number it is read and written.

A resource has two numbers, ``id`` and ``internalResourceId``. On some platforms they are the same. Where they differ,
it is not documented which of them a path takes, and a number may belong to two resources of the same kind. So which
number addresses a path is learned by reading: an answer counts only if it shows that number, and the name and the
service that were listed or asked for. See "Numbers" in docs/docsite/rst/choices.rst.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .errors import Ambiguous, FixedDifference, NotFound, UnexpectedAnswer
from .resource import REMOVED
from .seen import Seen

RESOURCES, SERVICES = "/compute/resources", "/compute/services"  # a service has one number only
OWN, GENERIC = "{address}", "{number}"  # the two ways into the API, as Step.path names them
ELSEWHERE = "elsewhere"  # of the facts about what was not found: what has its name in other services
SERVICE_KEYS = ("serviceId", "serviceKey", "serviceName")

_NO_NAME = re.compile(r"^!|,|^\s|\s$")


class LeadsElsewhere(UnexpectedAnswer):
    """What is listed has no page: its numbers are those of another resource."""


def find(client, resource, wanted):
    """What ``wanted`` names by id or by name, as a Seen; an empty one if the resource does not exist. Its facts tell
    what has the name in another service than the wanted one (ELSEWHERE, list of dict).

    Raises Ambiguous where several have the name or the number, FixedDifference where the name is taken in another
    service, NotFound where the number belongs to something of another kind, UnexpectedAnswer where an answer does not
    show what was asked for.
    """
    if "id" in wanted:
        return _by_number(client, resource, wanted)
    return _by_name(client, resource, wanted)


def read_page(client, resource, seen):
    """``seen`` anew, from the resource's own page; an empty Seen where it is gone.

    A resource that is still listed is not gone: then its row is returned, with ``is_unreadable``. Raises
    LeadsElsewhere where its numbers lead to another resource only.
    """
    found, others = page(client, resource.path, seen)
    if found:
        return found
    row = _still_listed(client, resource, seen.record)
    if row is None:
        return Seen()
    if others:
        raise LeadsElsewhere(
            "%s is listed, and its numbers lead to another resource: %s. Nothing was sent"
            % (in_words(seen.record), "; ".join(others))
        )
    return replace(of_row(row), is_unreadable=True, is_new=seen.is_new, facts=seen.facts)


def confirm_generic(client, seen):
    """``seen`` with the number that ``/compute/resources/{number}`` takes for it, confirmed by a read of that path.

    What lies below that path (tags, comments) does not show whose it is. Raises UnexpectedAnswer.
    """
    if GENERIC in seen.confirmed:
        return seen
    tried = []
    for number in numbers(seen.record):
        found = client.find("%s/%s" % (RESOURCES, number))
        if found is not None and _is_same(found, number, seen.record):
            return replace(seen, number=number, confirmed=seen.confirmed | {GENERIC})
        tried.append("%s/%s %s" % (RESOURCES, number, "shows " + in_words(found) if found else "answers 404"))
    raise UnexpectedAnswer(
        "%s cannot be confirmed as a resource: %s. Nothing was sent" % (in_words(seen.record), "; ".join(tried))
    )


def of_row(row):
    """A Seen of a listed row. Where both of its numbers are the same, they are known without another request."""
    if not numbers(row):
        raise UnexpectedAnswer("a listed resource shows no id: %s" % in_words(row))
    sole = row["id"] if _has_one_number(row) else None
    return Seen(record=row, number=sole, address=sole)


def numbers(record):
    """The numbers of a record, as text, each once."""
    shown = (record.get("id"), record.get("internalResourceId"))
    return list(dict.fromkeys(str(one) for one in shown if _is_number(one)))


def _is_number(value):
    return not isinstance(value, bool) and str(value).isascii() and str(value).isdigit()


def _has_one_number(record):
    return _is_number(record.get("internalResourceId")) and len(numbers(record)) == 1


# By number


def _by_number(client, resource, wanted):
    number = str(wanted["id"])
    own = _shown_at(client, resource.path, number)
    candidates, others = [_of_page(resource.path, own, number)] if own else [], []
    if own is None or len(numbers(own)) > 1:  # the number may be the other one of another resource
        for row in _others(client, resource.path, number, own):
            found, _mismatches = page(client, resource.path, of_row(row))
            if found:
                candidates.append(found)
            elif row.get("status") != REMOVED:
                others.append(row)
    candidates = [one for one in candidates if one.status != REMOVED]
    candidates += _called_so(client, resource, wanted, candidates)
    if len(candidates) > 1:
        candidates = _narrowed(client, resource, wanted, candidates)
    if candidates:
        return candidates[0]
    if others and own is None:
        raise NotFound(
            "the id %s belongs to %s, which cannot be read below %s"
            % (number, " and ".join(in_words(row) for row in others), resource.path)
        )
    return Seen()


def _shown_at(client, path, number):
    """The record at ``path/number``, or None. Raises UnexpectedAnswer where it does not show that number."""
    record = client.find("%s/%s" % (path, number))
    if record is not None and number not in numbers(record):
        raise UnexpectedAnswer("GET %s/%s shows another resource: %s" % (path, number, in_words(record)))
    return record


def _others(client, path, number, own):
    """What else has this number, as ``/compute/resources`` knows it."""
    found = _shown_at(client, RESOURCES, number) if path != RESOURCES else None
    rows = [found] if found else client.pages(RESOURCES, {"ids": [number]})
    return [row for row in rows if number in numbers(row) and not (own and _is_same(own, numbers(own)[0], row))]


def _called_so(client, resource, wanted, candidates):
    """What has the wanted name and shows the wanted number, where no candidate has that name: no path may take it."""
    name = wanted.get("name")
    if not name or _with_name(resource, name, [one.record for one in candidates]):
        return []
    rows = _with_name(resource, name, search(client, resource, name))
    rows = [row for row in rows if row.get("status") != REMOVED]
    rows = [row for row in rows if str(wanted["id"]) in numbers(with_both_numbers(client, row))]
    return [found for found in (page(client, resource.path, of_row(row))[0] for row in rows) if found]


def _narrowed(client, resource, wanted, candidates):
    records = [one.record for one in candidates]
    if "name" in wanted:
        records = _with_name(resource, wanted["name"], records)
    service = _service_field(resource, wanted)
    if service:
        records = _inside(client, service, wanted["service"], records)
    left = [one for one in candidates if any(one.record is record for record in records)]
    if len(left) == 1:
        return left
    raise Ambiguous(
        "%s is the number of several resources: %s; narrow with name or service"
        % (wanted["id"], " and ".join(in_words(one.record) for one in candidates))
    )


# By name


def _by_name(client, resource, wanted):
    name = wanted["name"]
    rows = [row for row in search(client, resource, name) if row.get("status") != REMOVED]
    matches = _with_name(resource, name, rows)
    service = _service_field(resource, wanted)
    if service:
        inside = _inside(client, service, wanted["service"], matches)
        if matches and not inside and resource.unique_name and wanted.get("state") != "absent":
            raise FixedDifference(
                "%s: service is fixed at creation: it is %s, not %s"
                % (name, service.shown(matches[0]), wanted["service"])
            )
        if matches and not inside:
            return Seen(facts={ELSEWHERE: matches})
        matches = inside
    if len(matches) > 1:
        raise Ambiguous(
            "%d resources of kind %s are named %s: %s; give id, or narrow with service"
            % (len(matches), resource.kind, name, "; ".join(_with_service(row) for row in matches))
        )
    return of_row(matches[0]) if matches else Seen()


def search(client, resource, name):
    """The rows (list of dict) of its listing, those of that name among them."""
    rows = listed(client, resource, name)
    return [row for row, kind in rows if kind == resource.kind or of_kind(client, resource, row, kind)]


def listed(client, resource, name=None):
    """``(row, kind)`` for what is listed of a resource, see Resource.listed."""
    if resource.listed:
        return resource.listed(client, name)
    rows = client.pages(resource.path, {"names": [name]}) if name else client.pages(resource.path)
    return [(row, resource.kind) for row in rows]


def of_kind(client, resource, row, kind):
    """A Seen of a row that is of this kind, else an empty one. A row that does not say its kind (None) is of this one
    if the resource's own path shows it."""
    if kind is None:
        return page(client, resource.path, of_row(row))[0]
    return of_row(row) if kind == resource.kind else Seen()


def meant_by(client, resource, wanted):
    """The question about a name, or a dict that may have one, that no resource of this kind has (see neighbours.py)."""
    from .neighbours import meant  # only a refusal needs it

    return meant(client, resource, wanted.get("name") if isinstance(wanted, dict) else wanted)


def _service_field(resource, wanted):
    return next((one for one in resource.fields if one.name == "service" and one.name in wanted), None)


def _inside(client, service, wanted, rows):
    """The rows in the wanted service; its name is looked up only where no row shows it."""
    inside = [row for row in rows if not service.differs(wanted, row)]
    if inside or not rows or not service.lookup:
        return inside
    wanted = service.lookup(client, wanted)
    return [row for row in rows if not service.differs(wanted, row)]


def _with_name(resource, name, rows):
    """The rows of that name; where there is none, those that show it as one of several, such as the URLs of a load
    balancer."""
    field = next((one for one in resource.fields if one.name == "name"), None)
    others = [row for row in rows if field and field.shown(row) is not None and not field.differs(name, row)]
    return named(name, rows) or others


def named(name, rows):
    """The rows of that name. The API may compare without case, or by a part of it; an exact match is meant first."""
    exact = [row for row in rows if row.get("name") == name]
    return exact or [row for row in rows if str(row.get("name")).casefold() == name.casefold()]


def is_clear(name):
    """Whether a name can be looked for: in the API's filters a comma separates and a leading ``!`` excludes."""
    return bool(name) and not _NO_NAME.search(name)


# Pages of their own


def page(client, path, seen):
    """The page below ``path`` of what was seen (a Seen, empty where none of its numbers leads to it), and sentences on
    what else its numbers lead to."""
    others = []
    for number in _to_try(client, seen):
        found = client.find("%s/%s" % (path, number))
        if found is None:
            continue
        if _is_same(found, number, seen.record):
            return replace(_of_page(path, found, number), is_new=seen.is_new, facts=seen.facts), []
        others.append("%s/%s shows %s" % (path, number, in_words(found)))
    return Seen(), others


def _to_try(client, seen):
    """The numbers under which a page may be: the confirmed one, or both; what the row leaves out is looked up."""
    if OWN in seen.confirmed:
        yield seen.address
        return
    known = numbers(seen.record)
    yield from known
    yield from (number for number in numbers(with_both_numbers(client, seen.record)) if number not in known)


def with_both_numbers(client, row):
    """``row`` with its ``internalResourceId``, which a listing may leave out; as it is where that cannot be read."""
    number = numbers(row)[0]
    if _is_number(row.get("internalResourceId")):
        return row
    generic = client.find("%s/%s" % (RESOURCES, number))
    if generic is None or not _is_same(generic, number, row) or not _is_number(generic.get("internalResourceId")):
        return row
    return {**row, "internalResourceId": generic["internalResourceId"]}


def other_number(record):
    """The number of a record that is not its ``id``, as text; or its ``id`` if it has only one number."""
    return numbers(record)[-1]


def others_with(client, path, record, number):
    """What else is read under a number of a resource, below ``path`` or below ``/compute/resources``: sentences."""
    found = [client.find("%s/%s" % (where, number)) for where in dict.fromkeys((path, RESOURCES))]
    return [in_words(one) for one in found if one is not None and not _is_same(one, number, record)]


def _of_page(path, record, number):
    if record.get("status") == REMOVED:
        return Seen()
    both = path in (RESOURCES, SERVICES) or _has_one_number(record)
    confirmed = frozenset({OWN, GENERIC} if both else {OWN})
    return Seen(record, number if both else None, number, confirmed, is_whole=True)


def _is_same(found, number, row):
    """Whether ``found``, read under ``number``, is the resource of ``row``: it shows the number, name and service."""
    shown, listed = set(numbers(found)), set(numbers(row))
    if str(number) not in shown or not shown & listed:
        return False
    if len(shown) == len(listed) == 2 and numbers(found) != numbers(row):  # each may have the other's numbers
        return False
    return _is_alike(found, row)


def are_same(one, other):
    """Whether two records are of one resource: they share a number, the name and the service."""
    if one.get("id") == other.get("id") and one.get("name") == other.get("name"):
        internal = {one.get("internalResourceId"), other.get("internalResourceId")} - {None}
        if len(internal) < 2 and one.get("serviceId") == other.get("serviceId"):
            return True
    return any(_is_same(one, number, other) for number in numbers(one))


def _is_alike(found, row):
    """Whether ``found`` shows the name and the service of ``row``."""
    if row.get("name") and str(found.get("name")).casefold() != str(row["name"]).casefold():
        return False
    services = [{str(one[key]).casefold() for key in SERVICE_KEYS if one.get(key)} for one in (row, found)]
    return not services[0] or bool(services[0] & services[1])


def _still_listed(client, resource, record):
    """The row of a resource that a listing still has, or None."""
    if not record.get("name") or not is_clear(str(record["name"])):
        rows = client.pages(RESOURCES, {"ids": numbers(record)[:1]})
    else:
        rows = search(client, resource, str(record["name"]))
    present = [row for row in rows if row.get("status") != REMOVED]
    return next((row for row in present if set(numbers(record)) & set(numbers(row)) and _is_alike(row, record)), None)


# In words


def called(record):
    """A resource in a sentence: its name and id, as far as it has them."""
    name, number = record.get("name"), record.get("id")
    return str(name or number) if not (name and number) else "%s (id %s)" % (name, number)


def in_words(record):
    """A resource in a sentence: its name, its numbers, its service."""
    words = ["id %s" % record.get("id")]
    if len(numbers(record)) > 1:
        words.append("internalResourceId %s" % record["internalResourceId"])
    if record.get("serviceName") or record.get("serviceId"):
        words.append("in service %s" % (record.get("serviceName") or record["serviceId"]))
    return "%s (%s)" % (record.get("name") or "a resource without a name", ", ".join(words))


def _with_service(row):
    return "id %s in service %s (%s)" % (row.get("id"), row.get("serviceName"), row.get("serviceId"))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What OpenvCloud's rows hold, however they spell it, and which of them a user means by a name or an id."""

from __future__ import annotations

from ..errors import Ambiguous, ApiError, InvalidInput, MissingReference, NotFound, UnexpectedAnswer
from ..spelling import SNAKE

GONE = ("DELETED", "DESTROYING", "DESTROYED", "TOBEDELETED")
LISTED = 20  # names that a refusal lists at most
IDS = {  # the parameter of each `get`
    "accounts": "accountId",
    "cloudspaces": "cloudspaceId",
    "machines": "machineId",
    "disks": "diskId",
}
_SECRETS = ("password", "secret")


def at(row, *names):
    """The first of these fields of a row that is there and not null; ``imageid`` and ``imageId`` are the same."""
    known = {key.lower(): value for key, value in row.items() if value is not None}
    return next((known[name.lower()] for name in names if name.lower() in known), None)


def list_at(record, *names):
    """The list in the first of these fields, empty where there is none. Raises UnexpectedAnswer for anything else."""
    value = at(record, *names)
    if value is not None and not isinstance(value, list):
        raise UnexpectedAnswer("%s: its %s is something else than a list" % (in_words(record), names[0]))
    return value or []


def object_at(record, name):
    """The object (dict) in this field, empty where there is none. Raises UnexpectedAnswer for anything else."""
    value = at(record, name)
    if value is not None and not isinstance(value, dict):
        raise UnexpectedAnswer("%s: its %s is something else than an object" % (in_words(record), name))
    return value or {}


def status_of(record):
    """The status of a record, for what depends on it. Raises UnexpectedAnswer where it shows none."""
    value = at(record, "status")
    if not isinstance(value, str) or not value:
        raise UnexpectedAnswer("%s: its status cannot be read" % in_words(record))
    return value


def in_words(record):
    return "%s (%s)" % (at(record, "name"), at(record, "id"))


def shown(value, secrets=False):
    """A record as results show it: keys in snake_case, without passwords and other secrets unless ``secrets``."""
    if isinstance(value, dict):
        return {
            SNAKE[key]: shown(item, secrets)
            for key, item in value.items()
            if secrets or not any(word in key.lower() for word in _SECRETS)
        }
    return [shown(item, secrets) for item in value] if isinstance(value, list) else value


def is_moving(status):
    """Whether a status will change by itself: unknown ones that end in ING count as such."""
    return str(status).endswith("ING") and status != "RUNNING"


def number_of(value):
    """A number that an answer may give as text, or None."""
    try:
        return None if isinstance(value, bool) else int(value)
    except (OverflowError, TypeError, ValueError):
        return None


def is_same(one, other):
    """Whether two ids are the same; an answer may give them as numbers or as text."""
    return str(one) == str(other)


def read(client, actor, number):
    """The record (dict) of what has this id, with the id in it, or None where there is nothing.

    ``actor`` is one of IDS. Raises UnexpectedAnswer as ``own`` does.
    """
    record = client.found(actor, "get", **{IDS[actor]: number})
    return None if record is None else own(actor, number, record)


def own(actor, number, record):
    """What `get` has answered for an id, with the id in it.

    Raises UnexpectedAnswer for the record of another, and for an object in which nothing tells whose it is.
    """
    shows = at(record, "id")
    if shows is None and at(record, "name") is None:
        raise UnexpectedAnswer("%s/get answered for %s an object without id and name" % (actor, number))
    if shows is not None and not is_same(shows, number):
        raise UnexpectedAnswer("%s/get answered for %s the record of %s" % (actor, number, shows))
    return record if shows is not None else {**record, "id": number}


def chosen(option, wanted, rows, keys=("name",), error=NotFound):
    """The one of ``rows`` that the ``option`` means by ``wanted``: its id, or one of these ``keys``.

    Raises ``error`` (a NotFound) with what there is, or Ambiguous with the ids.
    """
    text = str(wanted)
    found = [row for row in rows if text in [str(at(row, key)) for key in ("id", *keys)]]
    if not found:
        from ..neighbours import named, with_list  # only a refusal needs it

        there = ", ".join("%s (%s)" % (at(row, *keys), at(row, "id")) for row in rows[:LISTED]) or "nothing"
        there += " and %d more" % (len(rows) - LISTED) if len(rows) > LISTED else ""
        raise error(with_list("%s: %s does not exist" % (option, text), "there is " + there, text, named(rows, *keys)))
    if len(found) > 1:
        ids = ", ".join(str(at(row, "id")) for row in found)
        what = "may mean several" if is_id_of_one(found, text) else "is the name of several: give one of the ids"
        raise Ambiguous("%s: %s %s %s" % (option, text, what, ids))
    return found[0]


def is_id_of_one(rows, text):
    """Whether this text is the id of one of the rows, and so the name of another."""
    return any(is_same(at(row, "id"), text) for row in rows)


def account(client, wanted):
    """The row of an account."""
    return chosen("account", wanted, client.rows("accounts", "list"))


def location(client, wanted):
    """The row of a location, which has a code and a name."""
    return chosen("location", wanted, client.rows("locations", "list"), ("locationCode", "name"))


def is_owned(row, owner):
    """Whether a cloudspace is of this account (their rows)."""
    number = at(row, "accountId")
    return str(number) == str(at(owner, "id")) if number is not None else at(row, "accountName") == at(owner, "name")


def cloudspace(client, wanted, of=None):
    """The record of a cloudspace; ``of`` is the account that has it, where that was given.

    Raises MissingReference, since an earlier task may create it.
    """
    rows = client.rows("cloudspaces", "list")
    if of is not None:
        owner = account(client, of)
        rows = [row for row in rows if is_owned(row, owner)]
    number = at(chosen("cloudspace", wanted, rows, error=MissingReference), "id")
    record = read(client, "cloudspaces", number)
    if record is None:
        raise MissingReference("cloudspace: %s (%s) has just disappeared" % (wanted, number))
    return record


def machine(client, wanted, space):
    """The row of a machine of a cloudspace (its record)."""
    rows = client.rows("machines", "list", cloudspaceId=at(space, "id"))
    return chosen("machine", wanted, rows, error=MissingReference)


def forwards(client, space):
    """The rows of the port forwards of a cloudspace; none before it is deployed, when it has no gateway (404)."""
    try:
        return client.rows("portforwarding", "list", cloudspaceId=at(space, "id"))
    except ApiError as error:
        if error.status != 404:
            raise
        return []


def image(client, wanted, space):
    """The row of an image that a cloudspace (its record) can use."""
    rows = client.rows("images", "list", accountId=at(space, "accountId"), cloudspaceId=at(space, "id"))
    return chosen("image", wanted, rows)


def size(client, option, wanted, **place):
    """The row of a size; ``place`` is cloudspaceId or location."""
    return chosen(option, wanted, client.rows("sizes", "list", **place))


def external_network(client, wanted, of):
    """The row of an external network that an account (its id) can use."""
    return chosen("external_network", wanted, client.rows("externalnetwork", "list", accountId=of))


def check_deletion(params, kind, record):
    """Refuse, with InvalidInput, to delete by an id what has another name than the task says."""
    name = params["name"]
    if record is not None and params["id"] is not None and name not in (None, "", at(record, "name")):
        text = "id: the %s %d is %s, not %s; give only one of id and name to delete it"
        raise InvalidInput(text % (kind, params["id"], at(record, "name"), name))


def check_only_for(params, only_for):
    """Refuse, with InvalidInput, options that another state has no use for; ``only_for`` has the states of each."""
    for option, states in only_for.items():
        if params[option] not in (None, False) and params["state"] not in states:
            raise InvalidInput("%s is for state=%s, and state is %s" % (option, " or ".join(states), params["state"]))


def needed(params, why, *names):
    """Refuse, with InvalidInput, a task without one of these options."""
    missing = [name for name in names if params[name] in (None, "")]
    if missing:
        raise InvalidInput("missing: %s; %s" % (", ".join(missing), why))

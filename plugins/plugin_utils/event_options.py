# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of the event source, checked.

It runs under ansible-rulebook, which may be installed apart from Ansible, so there is no argument spec. The options of
the connection are those of arguments.GROUPS["auth"]; a test compares them.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from ..module_utils.errors import InvalidInput, refuse
from ..module_utils.moments import moment_of

ACTION_ENDED, ACTION_BEGAN = "action_ended", "action_began"
APPEARED, GONE, STATUS = "resource_appeared", "resource_gone", "resource_status"
OF_ACTIONS, OF_RESOURCES = (ACTION_ENDED, ACTION_BEGAN), (APPEARED, GONE, STATUS)
EVENTS = (*OF_ACTIONS, *OF_RESOURCES)

# name: (type, default). Each falls back to the environment variable ITCARE_<NAME>.
CONNECTION = dict(
    api_url=("str", "https://api.cegedim.cloud/itcare"),
    token_url=("str", "https://accounts.cegedim.cloud/auth/realms/cloud/protocol/openid-connect/token"),
    client_id=("str", None),
    client_secret=("str", None),
    client_authentication=("str", "basic"),
    scope=("str", None),
    access_token=("str", None),
    token_store=("bool", True),
    ca_path=("path", None),
    validate_certs=("bool", True),
    proxy=("str", None),
    connect_timeout=("float", 10),
    read_timeout=("float", 60),
    retry_timeout=(
        "float",
        20,
    ),  # shorter than elsewhere: the source goes on trying by itself, and can be ended between
    parallel_requests=("int", 20),
)
OWN = dict(
    interval=("float", 30),
    events=("list", [ACTION_ENDED, *OF_RESOURCES]),
    services=("list", None),
    names=("list", None),
    types=("list", None),
    processes=("list", None),
    statuses=("list", None),
    cursor=("path", None),
    since=("str", None),
    feedback=("bool", False),
)
FEEDBACK_QUEUE = "eda_feedback_queue"  # ansible-rulebook adds it where `feedback` is true
SECRETS = ("client_secret", "access_token", "proxy")

_AGE = re.compile(r"(\d{1,6})\s*([smhd])")
_SECONDS = dict(s=1, m=60, h=3600, d=86400)
_TRUE, _FALSE = ("true", "yes", "on", "1", "y", "t", "1.0"), ("false", "no", "off", "0", "n", "f", "0.0")


@dataclass(frozen=True)
class Options:
    """What the source was asked for. ``connection`` is for client.from_params; ``since`` a datetime or None."""

    connection: dict = field(repr=False)
    interval: float = 30
    events: tuple = ()
    services: tuple = ()
    names: tuple = ()
    types: tuple = ()
    processes: tuple = ()
    statuses: tuple = ()
    cursor: str = None
    since: datetime = None
    feedback: bool = False

    def wants(self, *kinds):
        """Whether any of these kinds of events is asked for."""
        return any(kind in self.events for kind in kinds)


def parse(args):
    """The Options in the ``args`` (dict) of a source. Raises InvalidInput, which shows no secret."""
    unknown = sorted(set(args) - set(CONNECTION) - set(OWN) - {FEEDBACK_QUEUE})
    if unknown:
        raise InvalidInput(_unknown("unknown options: ", list(map(str, unknown)), [*OWN, *CONNECTION]))
    connection = {
        name: _converted(name, kind, args.get(name), os.environ.get("ITCARE_" + name.upper()), default)
        for name, (kind, default) in CONNECTION.items()
    }
    own = {name: _converted(name, kind, args.get(name), None, default) for name, (kind, default) in OWN.items()}
    if connection["client_authentication"] not in ("basic", "post"):
        raise InvalidInput("client_authentication: it is basic or post, not %s" % connection["client_authentication"])
    if own["interval"] <= 0:
        raise InvalidInput("interval: %g is not a number of seconds greater than 0" % own["interval"])
    strange = [one for one in own["events"] if one not in EVENTS]
    refuse(
        _unknown("events: unknown: ", strange, EVENTS) if strange else None,
        "events: an empty list asks for nothing" if not own["events"] else None,
        *(
            "%s: an empty list would select everything; leave the option out for that" % name
            for name, value in own.items()
            if value == [] and name != "events"
        ),
    )
    if not any(one in OF_ACTIONS for one in own["events"]):
        refuse(
            *(
                "%s: it is about actions, and events has only %s" % (name, ", ".join(own["events"]))
                for name in ("processes", "since")
                if own[name] is not None
            )
        )
    own["since"] = _since(own["since"])
    lists = {name: tuple(own[name] or ()) for name, (kind, _default) in OWN.items() if kind == "list"}
    return Options(connection=connection, **{**own, **lists})


def _unknown(words, unknown, known):
    from ..module_utils.neighbours import with_list  # only a refusal needs it

    return with_list(words + ", ".join(unknown), "there are: " + ", ".join(known), unknown, known)


def _converted(name, kind, given, from_environment, default):
    value = given if given is not None else from_environment
    if value is None:
        return default
    try:
        return _CONVERSIONS[kind](value)
    except (TypeError, ValueError, OverflowError):
        shown = "" if name in SECRETS else ": %r" % (value,)
        raise InvalidInput("%s: this is not %s%s" % (name, _WORDS[kind], shown)) from None


def _text(value):
    if isinstance(value, (dict, list, bool)):
        raise TypeError
    return str(value)


def _path(value):
    return os.path.abspath(os.path.expandvars(os.path.expanduser(_text(value))))


def _bool(value):
    word = str(value).strip().lower()
    if word not in _TRUE + _FALSE:
        raise ValueError
    return word in _TRUE


def _int(value):
    if isinstance(value, bool) or int(value) != float(value):
        raise ValueError
    return int(value)


def _float(value):
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError
    return float(value)


def _list(value):
    """A list, or text with commas, as modules take it."""
    items = value if isinstance(value, (list, tuple)) else _text(value).split(",")
    items = [_text(item).strip() for item in items]
    if not all(items):
        raise ValueError
    return items


_CONVERSIONS = dict(str=_text, path=_path, bool=_bool, int=_int, float=_float, list=_list)
_WORDS = dict(
    str="a text", path="a path", bool="true or false", int="a number", float="a number", list="a list of texts"
)


def _since(text):
    if text is None:
        return None
    age = _AGE.fullmatch(text.strip())
    if age:
        return datetime.now(timezone.utc) - timedelta(seconds=int(age[1]) * _SECONDS[age[2]])
    try:
        return moment_of("since", text)
    except InvalidInput:
        raise InvalidInput(
            "since: %r is neither a time with its zone, such as 2026-11-20T09:32:02Z, nor an age such as 90m, 12h or 2d"
            % text
        ) from None

# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of an Apache Kafka: what ``reconfigure`` sends and ``overloadedParams`` shows.

The only example of its options is ``{"param": "param"}``: which parameters there are, whether those that are not named
keep their values, and how the text of an answer spells them, is not written (choices.rst).
"""

from __future__ import annotations

import json
import re

from ..plan import operation_step
from ..resource import Field, Operation

ITSELF = "/message-brokers/apache-kafka/{address}"
# A value may have commas in it: it ends where the next name begins.
PAIR = re.compile(r"([\w.\-]+)\s*=\s*(.*?)(?=[\s,;]+[\w.\-]+\s*=|[\s,;]*$)", re.S)
LINE = re.compile(r"^\s*([\w.\-]+)\s*:\s*(.*?)[\s,;]*$", re.M)  # only where no pair has an =


def shown_parameters(record):
    """What differs from the defaults (dict: name -> text); None where the answer cannot be read."""
    shown = str(record.get("overloadedParams") or "").strip()
    found = _of_json(shown) if shown.startswith("{") else dict(PAIR.findall(shown) or LINE.findall(shown))
    return found if found or shown in ("", "{}") else None


def _of_json(shown):
    try:
        return {name: text(value) for name, value in json.loads(shown).items()}
    except ValueError:
        return {}


def text(value):
    """A value as it is sent: the documented one is text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def valid_parameters(wanted):
    """For Field.valid: each has a plain value. How to take one back is not written."""
    without = sorted(str(name) for name, value in wanted.items() if value is None or isinstance(value, (dict, list)))
    return without and "parameters: %s needs a text, a number or a boolean" % ", ".join(without)


def missing_parameters(wanted, shown):
    """Those (dict: name -> text) that are not shown. A value such as ``retention=24`` may be shown as such a pair."""
    shown = shown or {}
    return {
        name: text(value)
        for name, value in wanted.items()
        if shown.get(name) != text(value) and not (_pairs(value) and _pairs(value) <= set(shown.items()))
    }


def _pairs(value):
    return set(PAIR.findall(text(value)))


def parameter_steps(wanted, seen):
    """For Field.steps: all of them in one request, since those that are not named might lose their values."""
    shown = shown_parameters(seen.record or {})
    missing = missing_parameters(wanted["parameters"], shown)
    if not missing:
        return []
    return [
        operation_step(
            ITSELF,
            Operation("reconfigure", gates=True, may_stay_hidden=True),
            {name: text(value) for name, value in wanted["parameters"].items()},
            before={"parameters": {name: (shown or {}).get(name) for name in missing}},
            after={"parameters": missing},
            done=lambda record: not missing_parameters(wanted["parameters"], shown_parameters(record)),
        )
    ]


PARAMETERS = Field(
    "parameters",
    created_as=None,
    read=shown_parameters,
    same=lambda wanted, shown: not missing_parameters(wanted, shown),
    valid=valid_parameters,
    steps=parameter_steps,
)

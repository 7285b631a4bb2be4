# SPDX-License-Identifier: GPL-3.0-or-later
"""Bot Defense of a load balancer (the API reference, Load balancers): a profile, and a white list in it."""

from __future__ import annotations

import ipaddress

from ...plan import Step, operation_step
from ...resource import Operation, is_true
from .names import PATH

ITSELF = PATH + "/{address}"


def is_hidden(record):
    """Whether this row leaves out the profile: a listing may."""
    enabled = record.get("botDefenseEnabled")
    return enabled is None or (is_true(enabled) and not record.get("securityProfile"))


def shown_bot_defense(record):
    """What a load balancer shows of Bot Defense, in the words of the option."""
    profile = record.get("securityProfile")
    shown = profile or {}
    return {
        "enabled": is_true(record.get("botDefenseEnabled")),
        "template": shown.get("template"),
        "mode": shown.get("enforcement"),
        # Without a profile, None: it is not shown. In a profile without one, it is empty.
        "white_list": profile and [row["ip"] for row in shown.get("whiteList") or [] if row.get("ip")],
    }


def kept_bot_defense(shown, record):
    """For Field.kept: what is shown of it, and nothing of what is switched off."""
    shown = record["bot_defense"]
    settings = {key: value for key, value in shown.items() if value is not None} if shown["enabled"] else {}
    for key in ("template", "mode"):
        if key in settings:
            settings[key] = str(settings[key]).casefold()
    return {**settings, "enabled": shown["enabled"]}


def valid_bot_defense(wanted):
    """For Field.valid: no settings of what is switched off, and addresses only."""
    for option in ("template", "mode", "white_list"):
        if not wanted["enabled"] and wanted.get(option) is not None:
            return "bot_defense: %s requires enabled=true" % option
    wrong = [text for text in wanted.get("white_list") or [] if isinstance(_address(text), str)]
    return "bot_defense: white_list: %r is not an IP address" % wrong[0] if wrong else None


def plan_bot_defense(wanted, seen):
    """For Field.steps: from the Bot Defense that was seen to the wanted one."""
    asked = wanted["bot_defense"]
    shown = seen.get("bot_defense") or {"enabled": False}
    reference = {"changeReference": wanted["change_reference"]} if "change_reference" in wanted else {}
    settings = {key: asked[key] for key in ("template", "mode") if asked.get(key)}
    white_list = asked.get("white_list")
    if not asked["enabled"]:
        if not shown["enabled"]:
            return []
        return [_bot_step("delete_bot", reference, shown, {"enabled": False})]
    if not shown["enabled"]:
        steps = [_bot_step("activate_bot", {**reference, **settings}, shown, {"enabled": True, **settings})]
        if white_list is not None:
            steps.append(_first_white_list(white_list, reference))
        return steps
    steps = []
    if not _shows(settings, shown):
        # Both are sent: what is left out would go back to the platform's default.
        options = {key: settings.get(key) or shown[key] for key in ("template", "mode")}
        options = {key: value for key, value in options.items() if value}
        steps.append(_bot_step("update_bot", {**reference, **options}, shown, settings))
    return steps + _white_list_steps(shown, white_list, reference)


def _bot_step(name, options, shown, after):
    return operation_step(
        ITSELF,
        Operation(name, gates=True),
        options,
        before={"bot_defense": {key: shown.get(key) for key in after}},
        after={"bot_defense": after},
        done=lambda record: _shows(after, record["bot_defense"]),
    )


def _first_white_list(wanted, reference):
    # Whether a new profile begins with an empty white list is not written.
    return Step(
        Operation("edit_bot_whitelist"),
        "PATCH",
        ITSELF,
        before={"bot_defense": {"white_list": None}},
        after={"bot_defense": {"white_list": wanted}},
        late=lambda seen: _white_list_steps(seen.get("bot_defense"), wanted, reference),
    )


def _white_list_steps(shown, wanted, reference):
    if wanted is None or shown["white_list"] is None:
        return []
    there, asked = ({_address(text): text for text in texts} for texts in (shown["white_list"], wanted))
    return [
        *(_white_list_step("edit_bot_whitelist", asked[one], reference) for one in asked if one not in there),
        *(_white_list_step("delete_bot_whitelist", there[one], reference) for one in there if one not in asked),
    ]


def _white_list_step(name, text, reference):
    adds, there, gone = name == "edit_bot_whitelist", {"white_list": [text]}, {"white_list": []}

    def done(record):
        shown = record["bot_defense"]["white_list"]
        return (_address(text) in [_address(one) for one in shown or []]) == adds

    return operation_step(
        ITSELF,
        Operation(name),
        {"ip": text, **reference},
        before={"bot_defense": gone if adds else there},
        after={"bot_defense": there if adds else gone},
        done=done,
    )


def _shows(settings, shown):
    """Whether these settings are shown; what is not shown is not compared."""
    return all(
        shown.get(key) is None or str(shown[key]).casefold() == str(value).casefold() for key, value in settings.items()
    )


def _address(text):
    """An address, or a network of one, in a form that can be compared; text where it is none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return text

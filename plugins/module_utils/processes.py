# SPDX-License-Identifier: GPL-3.0-or-later
"""What an action does, as far as the name of its process tells.

The names are not documented. Those that were seen are lower case with a prefix (``vm_create_snapshot``), so they are
matched by their words, in any case and order; what is not understood is None, and whoever asks then takes the safe way.
"""

from __future__ import annotations

import re

# The beginnings of the words for what is done, by the word that our steps have for it.
_VERBS = {
    "create": ("creat", "provision", "deploy", "add", "install", "order", "build"),
    "delete": ("delet", "remov", "destr", "decom", "terminat", "unprov", "drop"),
    "stop": ("stop", "shutdown", "poweroff", "halt"),
    "start": ("start", "poweron", "boot"),
    "resize": ("resiz", "scale", "upsiz", "extend"),
    "upgrade": ("upgrad",),
    "reset": ("reset", "reboot", "restart"),
    "restore": ("restor", "recover", "rollback", "revert"),
    "update": ("updat", "chang", "edit", "modif", "enabl", "disabl", "activ", "deactiv", "switch", "reconf", "take"),
}
# The beginnings of the words for what it is done to, where that is a part of a resource.
_PARTS = (
    "snapshot",
    "node",
    "url",
    "member",
    "tag",
    "dns",
    "alias",
    "volume",
    "monitor",
    "patch",
    "backup",
    "replic",
    "extension",
    "bot",
    "white",
    "comment",
    "ha",
)


def meaning(name):
    """``(verb, parts)`` of a process or of a step: what is done, and to which parts (none: the resource itself).

    None where no word says what is done.
    """
    words = [word for word in re.split(r"[^a-z]+", _spaced(name).lower()) if word]
    verbs = [verb for word in words for verb, starts in _VERBS.items() if word.startswith(starts)]
    if not verbs:
        return None
    parts = frozenset(
        part for word in words for part in _PARTS if (word == part if len(part) < 3 else word.startswith(part))
    )
    return verbs[0], parts


def means(process, step):
    """Whether a process is the one that a step of that name starts: True, False, or None where it is not understood."""
    said = meaning(process)
    return None if said is None else said == meaning(step)


def is_removal(process):
    """Whether a process removes the resource itself; False where it is not understood."""
    return meaning(process) == ("delete", frozenset())


def concerns(said, option):
    """Whether what a process does, as ``meaning`` has it, may change the value of that option of a task."""
    verb, parts = said
    by_verb = {"resize": "sizing", "upgrade": "version"}.get(verb)
    return any(part in option.split("_")[0] for part in parts) or bool(by_verb and by_verb in option)


def _spaced(name):
    """``CreateSnapshot`` -> ``Create Snapshot``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(name or ""))

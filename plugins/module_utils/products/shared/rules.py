# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for values, which differ from product to product: names, prefixes, numbers, passwords.

A rule is a function of a value that says in a sentence what is wrong with it, or None.
"""

from __future__ import annotations

import re


def matching(option, pattern, words, forbidden=()):
    """A rule: the whole value matches ``pattern``, which ``words`` describe, and is not ``forbidden``."""

    def valid(value):
        if re.fullmatch(pattern, value) and value not in forbidden:
            return None
        return "%s: %r is not allowed: use %s" % (option, value, words)

    return valid


def farm_name(pattern, words):
    """The rule for the name of a product that must not be called cluster."""
    return matching("name", pattern, words + ", and not the word cluster", forbidden=("cluster",))


def within(option, smallest, largest, unit=""):
    """A rule: the value lies within these bounds."""

    def valid(value):
        if smallest <= value <= largest:
            return None
        return "%s: %s is not within %s" % (option, value, ("%d to %d %s" % (smallest, largest, unit)).strip())

    return valid


def strong(shortest, longest=None, special=r"[^A-Za-z0-9]"):
    """A rule for passwords: a lowercase and an uppercase letter, a digit, a special character, and the length.

    What it says never has the value in it.
    """
    kinds = {
        "a lowercase letter": r"[a-z]",
        "an uppercase letter": r"[A-Z]",
        "a digit": r"[0-9]",
        "a special character": special,
    }

    def valid(value):
        lacks = [kind for kind, pattern in kinds.items() if not re.search(pattern, value)]
        if len(value) < shortest:
            lacks.insert(0, "%d characters" % shortest)
        if longest and len(value) > longest:
            return "%s: it has %d characters, and at most %d are allowed" % ("admin_password", len(value), longest)
        if not lacks:
            return None
        rule = ", ".join(["%d characters" % shortest, *kinds])
        return "%s: it needs at least %s, and lacks %s" % ("admin_password", rule, ", ".join(lacks))

    return valid


FARM_NAME = farm_name("[a-z0-9]{5,60}", "5 to 60 lowercase letters and digits")
PREFIX_5_12 = matching("node_prefix", r"[A-Z0-9]{5,12}", "5 to 12 uppercase letters and digits")
# The pattern of the reference has an en dash, probably a hyphen that typography has changed: either will do (see
# choices.rst).
PASSWORD_12_20 = strong(12, 20, special=r"[!@#&()–\-{}:;',?/*~$^+=<>]")

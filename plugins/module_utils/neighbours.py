# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody may have meant by a name that does not exist: a question in a refusal.

Only a refusal needs it, so it is imported where one is made, and it costs at most one listing.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from ansible.module_utils.common.validation import check_type_dict

from .errors import CloudError

NEAR = 0.75  # from this likeness on, two names are near to each other
NO_DICT = "dictionary requested"  # how ansible-core begins where a text is no dict
NO_WORSE = 0.15  # what is so much less like the wanted name than another one is not suggested beside it
SUGGESTIONS = 3
BEGINNING, PART = 3, 4  # characters that the beginning, or any part, of a name has to have to stand for it


def question(wanted, *names):
    """``": do you mean billing (44413) or billing-qa (44414)?"``, at most three; nothing where no name is near.

    ``names`` as for ``nearest``.
    """
    near = nearest(wanted, *names)
    if not near:
        return ""
    *others, last = near
    return ": do you mean %s?" % (", ".join(others) + " or " + last if others else last)


def questions(wanted, *names):
    """The same for several names that do not exist (list of str): then each question says for which it is."""
    return question(wanted[0], *names) if len(wanted) == 1 else asked_each(wanted, *names)


def asked_each(wanted, *names):
    """``". biling: do you mean billing?"``, with a question for each of the ``wanted`` (list of str)."""
    asked = [_asked(one, *names) for one in wanted]
    return ". " + " ".join(one for one in asked if one) if any(asked) else ""


def meant(client, resource, wanted):
    """The question about the name of a ``resource`` (a Resource), from one listing of all of its kind.

    Where something of another kind in the same listing has that name, it says so instead. Nothing where ``wanted`` is
    None, or where the listing cannot be read: the name is not found either way.
    """
    from .identity import listed  # of ITCare, and other systems have their neighbours, too
    from .resource import REMOVED

    if wanted is None or str(wanted).isdecimal():
        return ""
    try:
        rows = listed(client, resource)
    except CloudError:
        return ""
    there = [(row, kind or resource.kind) for row, kind in rows if row.get("status") != REMOVED]
    for row, kind in there:
        if kind != resource.kind and str(row.get("name")).casefold() == str(wanted).casefold():
            return "; %s (%s) is of the kind %s" % (row["name"], row.get("id"), kind)
    return question(wanted, named([row for row, kind in there if kind == resource.kind]))


def of_host(host, domains):
    """The question about the domain of a ``host``, which is in none of these ``domains`` (list of str)."""
    labels = str(host).split(".")
    asked = (question(".".join(labels[start:]), domains) for start in range(1, len(labels) - 1))
    return next((one for one in asked if one), "")


def with_list(refusal, listed, wanted, *names):
    """A ``refusal``, the question, and what there is (``listed``, such as ``its options are a, b``).

    ``wanted`` is what does not exist: a text, or a list of them.
    """
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if len(wanted) == 1:
        return then(refusal, question(wanted[0], *names), "; ", listed)
    return "%s; %s%s" % (refusal, listed, questions(wanted, *names))


def then(refusal, asked, link, further):
    """A ``refusal`` and what it says ``further``: in a new sentence after the question, or else after ``link``."""
    if not asked:
        return refusal + link + further
    return "%s%s %s" % (refusal, asked if asked.endswith("?") else asked + ".", further[:1].upper() + further[1:])


def nearest(wanted, *names):
    """The ``names`` that are near to ``wanted``, the nearest first, each with its id where it has one (list of str).

    ``names`` are texts, or pairs of a text and an id or None; a thing of several names is one, by its id. Of several
    lists of names, the first counts in which one is near. Case, accents and separators (``-``, ``_``, ``.``, blanks) do
    not count. A name is near, too, if it has the wanted one in it, as long names have, or is the first label of a
    complete name in DNS.
    """
    if str(wanted).isdecimal():  # an id that is nearly another one is not a misspelled one
        return []
    return next((near for near in (_near(wanted, some) for some in names) if near), [])


def likeness(one, other):
    """How alike two names are, from 0 to 1, whatever their case, accents and separators."""
    return SequenceMatcher(None, _folded(one), _folded(other), autojunk=False).ratio()


def named(rows, *keys):
    """Pairs for ``names``: what the rows (list of dict) are called under these keys, with their ids."""
    rows = [row for row in rows or () if isinstance(row, dict)]
    return [(row[key], row.get("id")) for row in rows for key in keys or ("name",) if row.get(key)]


def misspelled(spec, given):
    """Questions about the options that a task has ``given`` (dict) and their values, by an argument spec (list of str).

    Only what the spec itself has is suggested, and nothing is said about an option that is not logged.
    """
    words = [word for name, option in spec.items() for word in (name, *(option.get("aliases") or ()))]
    sentences = [_asked(word, spec, words) for word in given if word not in words]
    for name, option in spec.items():
        values = [given[word] for word in (name, *(option.get("aliases") or ())) if word in given]
        rows = [row for value in values for row in (value if isinstance(value, list) else [value])]
        choices = [] if option.get("no_log") else option.get("choices") or []
        sentences += [_asked(row, choices) for row in rows if isinstance(row, str) and row not in choices]
        for row in rows if option.get("options") else []:
            sentences += misspelled(option["options"], row) if isinstance(row, dict) else []
    return list(dict.fromkeys(one for one in sentences if one))


def explained(message, spec, given):
    """The ``message`` of a validation, in AnsibleModule's words, and what may have been meant."""
    if message.startswith(NO_DICT):
        message = ", ".join(_without_dicts(spec, given) + [message])
    asked = misspelled(spec, given)
    return "%s. %s" % (message.rstrip(". "), " ".join(asked)) if asked else message


def _without_dicts(spec, given):
    """Which options have a text where a dict is needed (list of str): ansible-core does not say which."""
    return [
        "%s has to be %s" % (word, "a dict" if option["type"] == "dict" else "a list of dicts")
        for name, option in spec.items()
        for word in (name, *(option.get("aliases") or ()))
        if option.get("options") and not all(_is_dict(row) for row in _rows(given.get(word)))
    ]


def _rows(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_dict(value):
    if not isinstance(value, str):
        return isinstance(value, dict)
    try:
        check_type_dict(value)
    except TypeError:
        return False
    return True


def _asked(word, *names):
    asked = question(word, *names)
    return asked and "%s%s" % (word, asked)


def _near(wanted, names):
    pairs = [(str(one[0]), one[1]) if isinstance(one, tuple) else (str(one), None) for one in names]
    folded, host = _folded(wanted), _folded(str(wanted).partition(".")[0])
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(folded)
    best = {}
    for name, number in pairs:
        likeness = _likeness(matcher, folded, host, _folded(name))
        key = name.casefold() if number is None else str(number)
        if likeness >= NEAR and likeness > best.get(key, ("", 0))[1]:
            best[key] = (name if number in (None, name) else "%s (%s)" % (name, number)), likeness
    ranked = sorted(best.values(), key=lambda one: (-one[1], len(one[0])))
    least = ranked[0][1] - NO_WORSE if ranked and ranked[0][1] < 1 else 1
    return [text for text, likeness in ranked if likeness >= least][:SUGGESTIONS]


def _folded(name):
    """A name as it is compared."""
    text = unicodedata.normalize("NFKD", str(name).casefold())
    return "".join(one for one in text if not unicodedata.combining(one) and one not in "-_. \t\u00a0")


def _likeness(matcher, wanted, host, name):
    """How alike two folded names are, from 0 to 1; ``host`` is the first label of the wanted one."""
    if not wanted or not name:
        return 0
    if _differs_in_numbers(wanted, name):
        return 0
    within = name == host or (name.startswith(wanted) if len(wanted) < PART else wanted in name)
    within = within and len(wanted) >= BEGINNING
    matcher.set_seq1(name)
    if not within and (matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR):
        return 0
    return max(matcher.ratio(), NEAR if within else 0)


def _differs_in_numbers(one, other):
    """Whether only numbers differ, and several of them: ``16cpu64gb`` is another size than ``2cpu4gb``, not a slip."""
    words, others = (re.split(r"(\d+)", text) for text in (one, other))
    if words[::2] != others[::2]:
        return False
    return sum(number != another for number, another in zip(words[1::2], others[1::2])) > 1

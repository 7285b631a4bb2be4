# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalogue refutes is refused before anything is sent, in check mode and in a run alike.

A catalogue refutes only where it is complete, not empty, and of the documented shape. Where it cannot tell, a warning
says so, and the platform decides. What each product asks the catalogue is in products/shared/offers.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from .client import in_parallel
from .errors import ApiError, CloudError, PartialListing, TimedOut, UnexpectedAnswer
from .reference import Once

SHOWN = 20  # how many names a refusal lists at most


class CannotTell(CloudError):
    """The catalogue does not answer the question; the message says why."""


class NothingListed(CannotTell):
    """The catalogue answers, and what it lists is empty."""


@dataclass(frozen=True)
class Named:
    """One thing in a catalogue: its ``spellings``, the one to show first.

    ``doubtful`` are spellings that an example in the API reference uses although its text means something else: they
    are accepted, with a warning. ``incomplete``: an answer leaves out one of its spellings, so that a value may be this
    one even if none fits.
    """

    spellings: tuple
    doubtful: tuple = ()
    incomplete: bool = False


@dataclass(frozen=True)
class Offer:
    """What the catalogue says about one option.

    ``read(client, wanted, record)`` returns everything that is on offer (list of Named, of str, or of whatever has
    ``spellings``), or None where the catalogue cannot tell; it may raise CannotTell, which says why. Its client reads
    each path only once. ``rule(client, wanted, record)`` returns a refusal (a sentence) or None: what else the
    catalogue says about this option.

    ``after`` are options without which the question makes no sense: nothing is said about this one where one of them is
    refused. ``of`` are options to name in a refusal: "unknown for region EB". ``word`` says what the value is, where
    that is not the option itself.
    ``values(wanted, record)`` are the values to look up (default: the option's own), and
    ``respelled(value, spellings)`` is the option's value in other spellings (dict: given -> catalogue's).
    ``of_new``: only a creation can be compared with it; what it may become later is told elsewhere.
    ``same(wanted, spelling)`` compares (default: without regard to case).
    """

    option: str
    read: Callable = None
    rule: Callable = None
    after: tuple = ()
    of: tuple = ()
    of_new: bool = False
    word: str = ""
    values: Callable = None
    respelled: Callable = None
    same: Callable = None


@dataclass
class Findings:
    """``refusals`` and ``warnings`` (lists of str), and what ``spelled`` (dict) says otherwise than the user did."""

    refusals: list
    warnings: list
    spelled: dict


def check(client, offers, wanted, record, changed):
    """``(refusals, warnings)`` about the options ``changed``; see ``look``."""
    found = look(client, offers, wanted, record, changed)
    return found.refusals, found.warnings


def look(client, offers, wanted, record, changed):
    """Compare ``wanted`` with the catalogue; Findings. Reads only, in parallel, and each path once.

    ``record`` is None for a creation. ``changed`` names the options that will change; for a creation, all that
    ``wanted`` has.
    ``spelled`` holds the options that the catalogue spells in another case, to be sent in that spelling.
    Raises what stands in the way of any request, such as LoginFailed and Unreachable.
    """
    reader = Once(client)
    asked = [
        offer
        for offer in offers
        if offer.option in changed and wanted.get(offer.option) is not None and not (offer.of_new and record)
    ]
    answers = in_parallel(lambda offer: _answer(reader, offer, wanted, record), asked)
    refusals, spelled, unsure, warnings = {}, {}, {}, []
    for offer, answer in zip(asked, answers):
        if any(option in refusals for option in offer.after):
            continue
        if answer.reason:
            options = unsure.setdefault(answer.reason, [])
            options += [] if offer.option in options else [offer.option]
        if answer.refusals:
            refusals.setdefault(offer.option, []).extend(answer.refusals)
        warnings += answer.warnings
        if answer.spelled:
            respelled = offer.respelled or (lambda value, spellings: spellings[str(value)])
            spelled[offer.option] = respelled(spelled.get(offer.option, wanted[offer.option]), answer.spelled)
    warnings += ["%s: could not be checked: %s" % (", ".join(options), why) for why, options in unsure.items()]
    return Findings([one for found in refusals.values() for one in found], list(dict.fromkeys(warnings)), spelled)


def rows_of(client, path, key, query=None):
    """The rows (list of dict) at ``path``, each with a ``key``. Raises CannotTell for any other answer."""
    rows = told(client, path, query)
    if not isinstance(rows, list) or not all(isinstance(row, dict) and is_name(row.get(key)) for row in rows):
        raise CannotTell("%s answers in another shape than documented" % path)
    return rows


def words_of(client, path, query=None):
    """The words (list of str) or numbers at ``path``. Raises CannotTell for any other answer."""
    words = told(client, path, query)
    if not isinstance(words, list) or not all(is_name(word) for word in words):
        raise CannotTell("%s answers in another shape than documented" % path)
    return [str(word) for word in words]


def told(client, path, query=None):
    """The JSON at ``path``. Raises CannotTell where there is none, for whatever reason."""
    try:
        answer = client.get(path, query)
    except (ApiError, PartialListing, TimedOut, UnexpectedAnswer) as problem:
        raise CannotTell(str(problem)) from problem
    if not answer:
        raise NothingListed("%s lists nothing" % path)
    return answer


# One option


@dataclass
class _Answer:
    refusals: list
    warnings: list
    spelled: dict
    reason: str = ""


def _answer(client, offer, wanted, record):
    answer = _Answer([], [], {})
    try:
        if offer.read:
            offered = offer.read(client, wanted, record)
            if not offered:
                raise CannotTell("the catalogue does not tell what there is")
            values = offer.values(wanted, record) if offer.values else [wanted[offer.option]]
            for value in dict.fromkeys(values):
                _compare(answer, offer, value, offered, wanted)
        refusal = offer.rule(client, wanted, record) if offer.rule else None
        if refusal:
            answer.refusals.append(refusal)
    except CannotTell as problem:
        answer.reason = str(problem)
    return answer


def _compare(answer, offer, value, offered, wanted):
    text = str(value)
    spellings = dict.fromkeys(str(spelling) for one in offered for spelling in _spellings(one))
    same = offer.same or (lambda one, other: one.casefold() == other.casefold())
    fitting = [spelling for spelling in spellings if same(text, spelling)]
    if text in fitting:
        return
    if fitting:
        if len(fitting) == 1 and not offer.same:
            answer.spelled[text] = fitting[0]
        return
    words = " ".join(word for word in (offer.word, text) if word)
    if any(same(text, str(spelling)) for one in offered for spelling in getattr(one, "doubtful", ())):
        answer.warnings.append(
            "%s: %s is not among what the platform lists (%s); as an example in its documentation has such a value, it "
            "is sent as it is" % (offer.option, words, _in_words(text, offered))
        )
        return
    if any(getattr(one, "incomplete", False) for one in offered):
        raise CannotTell("the platform lists some without all their names, and %s is not among the others" % text)
    place = " and ".join("%s %s" % (_word(name), wanted[name]) for name in offer.of if wanted.get(name) is not None)
    from .neighbours import with_list  # only a refusal needs it

    refusal = "%s: %s is unknown%s" % (offer.option, words, " for " + place if place else "")
    answer.refusals.append(with_list(refusal, "these are: " + _in_words(text, offered), text, _pairs(offered)))


def _pairs(offered):
    """What is offered, for neighbours.py: all spellings, each with the one to show first if it is of one thing only."""
    firsts = {}
    for one in offered:
        for spelling in _spellings(one):
            firsts.setdefault(str(spelling), []).append(str(_spellings(one)[0]))
    return [(spelling, those[0] if len(set(those)) == 1 else None) for spelling, those in firsts.items()]


def _word(option):
    """``service`` -> ``service``."""
    return (option[:-3] if option.endswith("_id") else option).replace("_", " ")


def _in_words(text, offered):
    """The names on offer: those that are near to ``text`` first, and not too many."""
    from .neighbours import nearest

    names = [str(_spellings(one)[0]) for one in offered]
    names = list(dict.fromkeys([*nearest(text, names), *names]))
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (" and %d more" % more if more > 0 else "")


def _spellings(one):
    return getattr(one, "spellings", (one,))


def is_name(value):
    """Whether a value of an answer can name something."""
    return isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip() != ""

# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading: what is there, and what is under way, at the same time."""

from __future__ import annotations

from dataclasses import replace

from . import actions, identity
from .client import in_parallel
from .clock import until
from .errors import Replaced, UnexpectedAnswer
from .resource import REMOVED


def look(run):
    """Read the resource, and ask what is under way on it: ``run.seen`` and ``run.under_way``.

    Where nothing is to be done these are two requests at the same time; what only the resource's own page shows is one
    more.
    """
    asked, unknown = abouts(run), []
    run.seen, run.under_way = together(
        lambda: _read(run),
        lambda: actions.in_progress(run.client, asked, unknown),
    )
    if run.seen:
        answered = [one for one in asked if one not in unknown]
        more = [one for one in abouts(run) if not _is_covered(one, answered, run)]
        run.under_way = actions.each_once([*run.under_way, *(actions.in_progress(run.client, more) if more else [])])
    if run.first is None or not run.sent:
        run.first = run.seen


def confirm(run):
    """Look once more before anything is sent, at the resource's own page. Whether the look before it still holds."""
    if not run.seen:
        return not _appears(run)
    before = run.seen
    run.seen, run.under_way = together(
        lambda: _complete(run, identity.read_page(run.client, run.resource, before)),
        lambda: actions.in_progress(run.client, abouts(run)),
    )
    if not run.sent:
        run.first = run.seen
    return bool(run.seen) and not run.under_way and not run.seen.is_unreadable


def confirm_path(run, path):
    """See that a read has confirmed the number that a path of a Step takes. Raises UnexpectedAnswer."""
    is_own, is_generic = identity.OWN in path, identity.GENERIC in path
    if is_own and identity.OWN not in run.seen.confirmed:
        read(run)
    # Somebody may have removed or renamed it since the step before.
    if (is_own and identity.OWN not in run.seen.confirmed) or (is_generic and not run.seen):
        raise UnexpectedAnswer("%s cannot be read at its own page any more; nothing was sent to it" % run.called)
    if is_generic:
        confirm_generic(run)


def confirm_generic(run):
    """Confirm the number of ``/compute/resources/{number}``, below which nothing shows whose it is."""
    run.seen = identity.confirm_generic(run.client, run.seen)


def read(run):
    """Read the resource again, to see what a step has led to."""
    if run.seen:
        run.seen = _complete(run, identity.read_page(run.client, run.resource, run.seen))
    else:
        run.seen = _read(run)


def read_facts(run, options):
    """What changes of these options need to know, where it is not known yet: ``run.seen.facts``."""
    missing = [one for one in options if one in run.resource.facts and one not in run.seen.facts]
    for one in missing:
        run.seen.facts[one] = run.resource.facts[one](run.client, run.seen)


def together(*functions):
    """Call functions at the same time; what they returned, in their order."""
    return in_parallel(lambda function: function(), functions)


def _read(run):
    if run.seen:
        return _complete(run, identity.read_page(run.client, run.resource, run.seen))
    found = identity.find(run.client, run.resource, run.wanted)
    if found and run.met and found.get("id") != run.met.get("id") and not identity.are_same(found.record, run.met):
        raise Replaced(
            "%s is gone, and another one has its name by now: %s. Nothing was sent to that one; run the task again if "
            "it is meant" % (identity.in_words(run.met), identity.in_words(found.record))
        )
    if run.part or run.wanted.get("state") == "absent":
        _warn_of_others(run, found.facts.get(identity.ELSEWHERE))
    run.met = run.met or found.record
    return _complete(run, found)


def _warn_of_others(run, others):
    """A mistyped service must not look like a removal that was done before. What this task removes was there."""
    if others and not run.met:
        text = "there is no %s named %s in service %s; what has this name elsewhere stays as it is: %s"
        shown = " and ".join(map(identity.in_words, others))
        run.ask.warn(text % (run.resource.kind, run.wanted["name"], run.wanted["service"], shown))


def _complete(run, seen):
    """``seen`` with all that the task asks about: from its own page, and from what is read beside it."""
    if not seen:
        return seen
    if run.resource.is_new and run.resource.is_new(seen.record):
        run.is_new = True
    seen = replace(seen, is_new=run.is_new)
    if not seen.is_whole and not seen.is_unreadable and _needs_page(run, seen):
        seen = identity.read_page(run.client, run.resource, seen)
    if not seen or seen.is_unreadable:
        return seen
    readers = _readers(run)
    if run.part and run.part.read:
        readers[run.part.key] = run.part.read
    if readers and seen.number is None:
        seen = identity.confirm_generic(run.client, seen)
    values = in_parallel(lambda reader: reader(run.client, seen), readers.values())
    seen = seen.with_values(**dict(zip(readers, values)))
    seen.elsewhere.update(_read_elsewhere(run, seen))
    _look_up_names(run, seen)
    return seen


def _readers(run):
    """What is read beside the record for the options that were given: ``{key in the record: function}``."""
    keys = {}
    for option, reader in run.resource.also_read.items():
        keys.setdefault(reader, option)
    return {keys[reader]: reader for option, reader in run.resource.also_read.items() if option in run.wanted}


def _read_elsewhere(run, seen):
    """What the resource's own page does not show and something else does, for the options that were given."""
    given = [one for one in run.resource.fields if one.name in run.wanted and one.elsewhere]
    hidden = [one for one in given if one.is_unsure(run.wanted[one.name], seen.record)] if seen.is_whole else []
    readers = list(dict.fromkeys(one.elsewhere for one in hidden))
    answers = in_parallel(lambda read: read(run.client, run.resource, seen), readers)
    records = dict(zip(readers, answers))
    values = {one.name: [one.shown(record) for record in records[one.elsewhere]] for one in hidden}
    known = {name: [value for value in found if value is not None] for name, found in values.items()}
    return {name: found for name, found in known.items() if found}


def _needs_page(run, seen):
    """Whether the row of a listing is not enough.

    It may be sparse or old, so that it decides only which resource is meant, and its power. A sparse one may show a
    platform by its label, so that a difference is confirmed by the page. Where its two numbers are not the same,
    nothing of the resource is read below a path that its own page has not confirmed.
    """
    fields = [one for one in run.resource.fields if one.name in run.wanted and one.read is not None]
    compared = [one for one in fields if one.name not in run.resource.also_read]
    reads_more = run.part or any(key in run.wanted for key in run.resource.also_read)
    if reads_more and seen.address is None:
        return True
    if run.part and not run.part.read:  # such a part is judged by what the resource itself shows
        return True
    if run.wanted.get("state") == "absent":
        compared = [one for one in compared if one.identifies]
    return any(
        not one.identifies or one.shown(seen.record) is None or seen.differs(one, run.wanted[one.name])
        for one in compared
    )


def _look_up_names(run, seen):
    """Replace names that were given by ids, where the record shows ids only and means the same."""
    for one in run.resource.fields:
        if one.name in run.wanted and one.lookup and seen.differs(one, run.wanted[one.name]):
            value = one.lookup(run.client, run.wanted[one.name])
            if not seen.differs(one, value):
                run.wanted[one.name] = value


def abouts(run):
    """Whose actions are actions on this resource, or on the part that the task is about; see ``actions.abouts``."""
    found = _own(run)
    if run.part and run.part.also_about:
        found += run.part.also_about(run.wanted, run.seen)
    return found


def _own(run):
    found = actions.abouts(run.seen.record, run.wanted)
    is_service = run.resource.path == identity.SERVICES  # its number is none of a resource
    return [{"resourceId": one["resourceId"]} for one in found] if is_service and run.seen else found


def _is_covered(about, asked, run):
    """Whether what was ``asked`` before the resource was known has answered this, too: actions show its name."""
    if str(about.get("resourceId")) in [str(one.get("resourceId")) for one in asked]:
        return True
    if about not in _own(run):
        return about in asked
    is_by_name = "id" not in run.wanted and run.wanted["name"] in [one.get("resourceName") for one in asked]
    return is_by_name and run.seen.get("name") == run.wanted["name"]


def _appears(run):
    """Whether what is to be created shows up now: an earlier run, or somebody else, may have made it a moment ago."""
    found, awaited = together(
        lambda: _read(run),
        lambda: actions.is_awaited(run.client, run.wanted["name"]) if "name" in run.wanted else False,
    )
    if not found and awaited:
        found = until(lambda: _read(run), run.clock.late(), "%s to appear" % run.called)
    if found and found.status != REMOVED:
        run.is_new = True
        run.seen = replace(found, is_new=True)
        return True
    return False

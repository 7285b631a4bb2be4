# SPDX-License-Identifier: GPL-3.0-or-later
"""The tags of many resources of any kind, in one task."""

from __future__ import annotations

from ... import actions
from ...deciding import decide
from ...errors import CloudError, InvalidInput, MissingReference
from ...identity import of_row
from ...lifecycle import Outcome
from ...parallel import in_parallel
from ...processes import is_removal, meaning
from ...run import run_of, run_options
from ...seen import Seen
from ...sending import send
from ...telling import outcome
from .resources import check_names, look_up, meant, unknown
from .tags import TAGGED, TAGGED_SERVICE, as_text, read_tags, to_dict


def tag(client, params, check):
    """Bring the tags of all resources to the desired state; an Outcome. Raises CloudError if any of them failed.

    ``params`` are the options of itcare_tag.
    """
    options = _options(params)
    found, busy = in_parallel(
        lambda read: read(),
        [
            lambda: look_up(client, params["resources"], params["service"], params["resource_type"]),
            lambda: actions.in_progress(client, [{}]),
        ],
    )
    runs = _runs(client, params, options, found, check)
    errors = _attempts(lambda one: _decide(one, busy), runs)
    if not any(errors):
        client.hold(is_decided=True)
    if not check and not any(errors):
        errors = _attempts(send, runs)
    return _outcome(runs, errors, check)


def _options(params):
    """What each resource's Run gets. Raises InvalidInput."""
    check_names(params["resources"])
    absent = params["state"] == "absent"
    if absent and params["tags_mode"] == "replace":
        raise InvalidInput("tags_mode=replace requires state=present")
    return dict(
        run_options(params),
        tags=as_text(params["tags"], any_value=absent),
        tags_mode="remove" if absent else params["tags_mode"],
    )


def _runs(client, params, options, found, check):
    """A Run for each resource, each once. What does not exist has one in check mode only, with nothing seen."""
    runs, missing = {}, []
    for given in dict.fromkeys(params["resources"]):
        row, target = found[given], TAGGED
        if row is None and given.isdigit():
            row, target = client.find("/compute/services/%s" % given), TAGGED_SERVICE
            _refuse_narrowed(given, row, params)
        identity = {"id": row["id"]} if row else {"name": given}
        one = run_of(client, target, {**options, **identity}, check)
        if row:
            rows = row.get("tags")
            row = {**row, "tags": None if rows is None else to_dict(rows)}
            one.seen = of_row(row) if target is TAGGED else Seen(row, row["id"], row["id"])
        elif (one.ask.is_tolerant or given.casefold() in client.planned) and not given.isdigit():
            one.ask.missing(unknown([given]), given)
        else:
            missing.append(given)
        runs.setdefault(row["id"] if row else given, one)
    if missing:
        raise MissingReference(unknown(missing) + meant(client, missing, params["service"], params["resource_type"]))
    return list(runs.values())


def _refuse_narrowed(given, service, params):
    """Raise InvalidInput where an id is that of a service, and the task narrows resources by what no service has."""
    narrowing = [name for name in ("service", "resource_type") if params[name] is not None]
    if service and narrowing:
        raise InvalidInput(
            "resources: %s is the service %s, to which %s cannot apply"
            % (given, service.get("name"), " and ".join(narrowing))
        )


def _decide(one, busy):
    """Plan for one resource; look again where the listing is not enough, or something is under way on it."""
    if one.seen and one.seen.number is not None:
        if one.seen.get("tags") is None:
            one.seen = one.seen.with_values(tags=read_tags(one.client, one.seen))
        one.wanted = one.part.resolve(one.ask, one.seen, one.wanted)
        one.first, one.steps = one.seen, one.part.plan(one.wanted, one.seen)
        if not (one.seen.in_preparation or any(_matters(action, one) for action in busy)):
            one.seen = one.seen.as_confirmed()
            return
    if one.seen or one.wanted["tags_mode"] != "remove":
        decide(one)
    one.first = one.first or one.seen


def _matters(action, one):
    """Whether an action under way may be on this resource, and may change its tags, or be in the way of a change."""
    name = action.get("resourceName")
    is_its = not name or str(name).casefold() == str(one.seen.get("name")).casefold()
    process = action.get("process")
    return is_its and (bool(one.steps) or is_removal(process) or meaning(process) is None)


def _attempts(function, runs):
    """For each run the CloudError that ``function`` raised, or None; all at the same time."""

    def attempt(one):
        try:
            function(one)
        except CloudError as error:
            return error
        return None

    return in_parallel(attempt, runs)


def _outcome(runs, errors, check):
    """The Outcome of all; raises CloudError where any failed, with what was done on the others."""
    outcomes = [outcome(one, check and not any(errors)) for one in runs]
    changed = any(one.changed for one in outcomes)
    result = {
        "resources": [_shown(one) for one, error in zip(runs, errors) if not error],
        "diff": [step for one in outcomes for step in one.result["diff"]],
        "steps": [step for one in outcomes for step in one.result["steps"]],
        "actions": [action for one in outcomes for action in one.result["actions"]],
    }
    still_to_do = [name for one in outcomes for name in one.result.get("still_to_do", [])]
    if still_to_do:
        result["still_to_do"] = still_to_do
    failed = [
        {"id": one.wanted.get("id"), "name": one.seen.get("name"), "msg": str(error)}
        for one, error in zip(runs, errors)
        if error
    ]
    if failed:
        raise CloudError(
            "%d of %d resources failed: %s"
            % (
                len(failed),
                len(runs),
                "; ".join("%s (id %s): %s" % (row["name"] or "a resource", row["id"], row["msg"]) for row in failed),
            ),
            changed=changed,
            failed_resources=failed,
            **result,
        )
    return Outcome(changed, result, [warning for one in outcomes for warning in one.warnings])


def _shown(one):
    name = one.seen.get("name") or one.wanted.get("name")
    return {"id": one.wanted.get("id"), "name": name, "tags": one.seen.get("tags", {})}

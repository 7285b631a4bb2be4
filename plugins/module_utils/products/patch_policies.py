# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a service's resources in the patch parties, changed for all of them in one request (the API reference,
Services).

To the plan they are a part of the service. Rows of that request succeed or fail one by one, in one answer with 200.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .. import actions
from ..answers import rows_of
from ..errors import ActionFailed, Ambiguous, ApiError, InvalidInput, refuse
from ..identity import (
    RESOURCES,
    SERVICES,
    called,
    confirm_generic,
    in_words,
    named,
    numbers,
    of_row,
    other_number,
    others_with,
    with_both_numbers,
)
from ..parallel import in_parallel
from ..plan import Step
from ..resource import REMOVED, Operation, Part, to_result
from .shared.management import (
    farm_patch_party_to_api,
    same_patch_party,
    shown_patch_party,
    valid_patch_party,
)
from .shared.references import is_id
from .shared.resources import ANY_SERVICE, refuse_unread_service

PATH = SERVICES + "/{address}/patch-policies"
STEP = "update_patch_policies"
REFUSED = -1  # the id of a row that was refused, in place of one of an action
# Kinds of resource that are one machine each, and so take a patch group; of what is made of nodes, only a single node
# takes one (update_patch_party).
MACHINES = ("instance", "applicationserver")
PATHS_OF_MACHINES = ("/compute/instances", "/compute/application-servers")


def reading_for(part, wanted):
    """The Part for a task: it reads the policies that the task is about, and of others what the listing shows."""

    def read(client, seen):
        rows = read_policies(client, seen)
        missing = [row for row, _policy in concerned(wanted, rows) if row["policy"] is None]
        for row, policy in zip(missing, in_parallel(lambda row: _read_policy(client, row), missing)):
            row["policy"] = policy
        return rows

    return replace(part, read=read)


def read_policies(client, seen):
    """The resources (list of dict) of a service, each with its ``policy`` (dict), or None where none is listed.

    The listing of policies is titled one of the excluded resources, and its fields speak of all (choices.rst). What it
    leaves out is read at the resource, see ``reading_for``.
    """
    rows, listed = in_parallel(
        lambda path: client.get(seen.path(path)) or [], (SERVICES + "/{address}/resources", PATH)
    )
    return [{**row, "policy": _policy_of(row, listed)} for row in rows if row.get("status") != REMOVED]


def _policy_of(row, listed):
    """The policy of a resource among those listed, which show an id and a name: both count."""
    return next((one for one in listed if str(one.get("id")) in numbers(row) and named(row.get("name"), [one])), None)


def _read_policy(client, row):
    path = confirm_generic(client, of_row(row)).path(RESOURCES + "/{number}/patch-policy")
    return next(iter(rows_of("GET %s" % path, client.find(path))), None)


def concerned(wanted, rows):
    """``(row, policy)`` for each resource of the service that a task is about; a policy is as the user gives it.

    Raises Ambiguous where a name belongs to several.
    """
    found, given = [], set()
    for policy in wanted["policies"]:
        for name in policy["resources"]:
            matches = _matching(rows, name)
            if len(matches) > 1:
                raise Ambiguous(
                    "policies: %d resources are meant by %s: %s; give the id, or the name where that is clear"
                    % (len(matches), name, " and ".join(in_words(row) for row in matches))
                )
            found += [(row, policy) for row in matches]
            given |= {row["id"] for row in matches}
    if wanted.get("others") is not None:
        others = [row for row in rows if row["id"] not in given]
        found += [(row, _of_others(row, wanted["others"])) for row in others]
    return found


def _of_others(row, policy):
    """The policy of the others for one of them: only a machine is known to take a group."""
    return policy if is_machine(row) else {**policy, "patch_group": None}


def is_machine(row):
    """Whether a row is one of MACHINES: by its category, in whichever form (``INSTANCES``, ``Instance``), or its path.

    The documentation spells categories in several ways.
    """
    category = re.sub(r"[^a-z]", "", str(row.get("category")).casefold())
    return category.rstrip("s") in MACHINES or str(row.get("path")).startswith(PATHS_OF_MACHINES)


def _matching(rows, wanted):
    if is_id(wanted):
        return [row for row in rows if str(int(wanted)) in numbers(row)]
    return named(wanted, rows)


def valid(wanted):
    """For Part.valid: what contradicts itself, whatever the service holds."""
    policies = [("policies", policy) for policy in wanted["policies"]]
    policies += [("others", wanted["others"])] if wanted.get("others") else []
    sentences = [valid_patch_party(policy, option) for option, policy in policies]
    names = [name for policy in wanted["policies"] for name in policy["resources"]]
    twice = sorted({name for name in names if names.count(name) > 1})
    sentences += ["policies: %s is given twice" % name for name in twice]
    return "; ".join(one for one in sentences if one) or None


def resolve(ask, seen, wanted):
    """For Part.resolve: all resources that are named belong to the service, and each is meant once.

    ``seen.facts["missing"]`` gets the names that check mode tolerates, since an earlier task may create them.
    """
    refuse_unread_service(seen, wanted)
    rows = seen.get("patch_policies") or []
    names = [name for policy in wanted["policies"] for name in policy["resources"]]
    missing = seen.facts["missing"] = set()
    for name in names:
        if not _matching(rows, name):
            from ..neighbours import named as names_of  # only a refusal needs it
            from ..neighbours import question

            ask.missing(
                "policies: the service %s has no resource called %s (or this account does not see it)"
                % (called(seen.record or wanted), name),
                name,
                lambda name=name: question(name, names_of(rows)),
            )
            missing.add(name)
    meant = [row["id"] for row, _policy in concerned(wanted, rows)]
    refuse(*("policies: %s is given twice" % called(row) for row in rows if meant.count(row["id"]) > 1))
    facts = seen.facts.setdefault("numbers", {})
    new = [row for row, _policy in _differing(wanted, rows) if row["id"] not in facts]
    facts.update({row["id"]: found for row, found in zip(new, in_parallel(lambda one: _numbers(ask, one), new))})
    return wanted


def _numbers(ask, row):
    """The numbers by which a request may name a resource. Raises InvalidInput where one may be another resource's."""
    both = with_both_numbers(ask.client, row)
    if len(numbers(both)) > 1:
        others = others_with(ask.client, RESOURCES, both, other_number(both))
        if others:
            raise InvalidInput(
                "policies: %s has two numbers, and one of them is that of %s; which one the request takes is not "
                "known, so nothing was sent" % (in_words(both), " and ".join(others))
            )
    return list(dict.fromkeys(int(one) for one in (row["id"], *numbers(both))))


def plan_policies(wanted, seen):
    """For Part.plan: one step (in a list) for the resources whose policy differs, or none.

    ``wanted["policies"]`` is a list of ``resources``, ``excluded``, and maybe ``exclusion_reason`` and ``patch_group``;
    ``wanted["others"]`` is the same without ``resources``, for the rest of the service, or None.
    """
    rows = seen.get("patch_policies") or []
    changes = [
        {"row": row, "policy": policy, "numbers": seen.facts["numbers"][row["id"]]}
        for row, policy in _differing(wanted, rows)
    ]
    changes += _of_missing(wanted, seen)
    if not changes:
        return []
    step = Step(
        Operation(STEP),
        "PATCH",
        PATH,
        [_body(one, one["numbers"][0]) for one in changes],
        before={"patch_policies": {_label(one["row"], rows): _shown(one["row"]) for one in changes}},
        after={"patch_policies": {_label(one["row"], rows): _after(one["policy"]) for one in changes}},
        done=lambda record: _are_done(record, changes),
        answered=lambda client, answer, send: told(client, answer, send, changes),
    )
    return [step]


def _differing(wanted, rows):
    """``(row, policy)`` for those that differ. Of the others, what has no policy at all is not patched: it stays so."""
    named_ones = {name for policy in wanted["policies"] for name in policy["resources"]}
    return [
        (row, policy)
        for row, policy in concerned(wanted, rows)
        if not same_patch_party(policy, _shown(row))
        and (row["policy"] is not None or any(_matching([row], name) for name in named_ones))
    ]


def _of_missing(wanted, seen):
    """The changes of resources that an earlier task would create, for check mode: they have no number to send."""
    found = [
        {"row": {"id": None, "name": name, "policy": None}, "policy": policy, "numbers": [None]}
        for policy in wanted["policies"]
        for name in policy["resources"]
        if name in seen.facts.get("missing", ())
    ]
    return [one for one in found if not same_patch_party(one["policy"], _shown(one["row"]))]


def _shown(row):
    return shown_patch_party({"patchParty": row["policy"]})


def _after(policy):
    return {key: policy[key] for key in ("excluded", "exclusion_reason", "patch_group") if policy.get(key) is not None}


def _label(row, rows):
    return row["name"] if len(named(row["name"], rows)) == 1 else called(row)


def _body(change, number):
    return {"resourceId": number, **farm_patch_party_to_api(change["policy"])}


def _are_done(record, changes):
    rows = {row["id"]: row for row in record["patch_policies"]}
    return all(
        one["row"]["id"] not in rows or same_patch_party(one["policy"], _shown(rows[one["row"]["id"]]))
        for one in changes
    )


# What the answer tells


def told(client, answer, send, changes):
    """For Step.answered: the actions (list of dict), and a failed one with the id -1 for each row that was refused.

    An accepted row shows the id of its action, or in one example that of the resource: then its action is looked for. A
    row that was refused is sent again with the other number of its resource, if it has one.
    """
    found, refused = [], []
    for row in actions.of_answer(answer):
        change = _of_row(row, changes)
        if row.get("status") in actions.FAILURES:
            refused.append((row, change))
        elif change and str(row["id"]) in map(str, change["numbers"]):
            found += actions.in_progress(client, actions.abouts(change["row"], {}))
        else:
            found.append({**row, **_named(change)})
    again = [change for _row, change in refused if change and len(change["numbers"]) > 1]
    if again:
        try:
            others = send([_body(one, one["numbers"][1]) for one in again])
            more = told(client, others, send, [{**one, "numbers": one["numbers"][1:]} for one in again])
            more = [_with_first_reason(row, refused) for row in more]
            return found + more + [_refusal(*one) for one in refused if one[1] not in again]
        except ApiError:  # the first refusal says more
            pass
    return found + [_refusal(*one) for one in refused]


def _with_first_reason(row, refused):
    """A row that was refused under both numbers, with both reasons: which number is the right one is not known."""
    first = next((one for one, change in refused if change and change["row"]["id"] == row.get("internalId")), {})
    reasons = [one.get("message") for one in (first, row) if one.get("message")]
    if row["id"] != REFUSED or len(set(reasons)) < 2:
        return row
    return {**row, "message": "%s; and under its other number: %s" % tuple(reasons)}


def _of_row(row, changes):
    """The change that a row of the answer is about, or None."""
    shown = {str(row[key]) for key in ("internalId", "id") if row.get(key) is not None}
    return next((one for one in changes if shown & set(map(str, one["numbers"]))), None)


def _named(change):
    return {"resourceName": change["row"].get("name"), "internalId": change["row"]["id"]} if change else {}


def _refusal(row, change):
    return {**row, "id": REFUSED, "process": STEP, **_named(change)}


def failures(states):
    """``[{id, name, msg}]`` of the actions (list of dict, as a result shows them) that failed, and of refused rows."""
    return [
        {
            "id": one.get("internal_id"),
            "name": one.get("resource_name"),
            "msg": one.get("message") or "the platform gives no reason",
        }
        for one in states
        if one.get("status") in actions.FAILURES
    ]


def is_any_accepted(states):
    """Whether one of the actions (list of dict) is that of a row that was accepted, even if it failed afterwards."""
    return any(one.get("id") != REFUSED for one in states)


def policies_of(record):
    """The policies of a service's record as a result shows them: each with the resource's id and name."""
    rows = [row for row in (record or {}).get("patch_policies") or [] if row.get("policy") is not None]
    return [{**to_result(row["policy"]), "id": row["id"], "name": row.get("name")} for row in rows]


def also_about(wanted, seen):
    """For Part.also_about: the actions on the resources of the service that the task is about."""
    names = [row["name"] for row, _policy in concerned(wanted, seen.get("patch_policies") or []) if row.get("name")]
    return [{"serviceId": seen.get("id"), "must_show": names}] if names else []


PATCH_POLICIES = Part(
    of=ANY_SERVICE,
    key="patch_policies",
    read=read_policies,
    plan=plan_policies,
    resolve=resolve,
    valid=valid,
    also_about=also_about,
)


def named_failure(states, **details):
    """The ActionFailed that names each resource whose row was refused or whose action failed."""
    failed = failures(states)
    details.pop("service", None)
    details["changed"] = is_any_accepted(states)
    words = ["%s (id %s): %s" % (one["name"] or "a resource", one["id"], one["msg"]) for one in failed]
    return ActionFailed(
        "the patch policies of %d of %d resources could not be changed: %s"
        % (len(failed), len(states), "; ".join(words)),
        failed_resources=failed,
        **details,
    )

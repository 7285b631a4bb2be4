#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_tag
short_description: Manage the tags of ITCare resources
version_added: 1.0.0
description:
  - Sets, changes and removes tags of any number of resources of any kind, such as instances, clusters and load
    balancers.
  - All names are looked up in one request, and the resources are changed in parallel.
  - Nothing is changed before all names are found and all tags are read.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  resources:
    description:
      - The resources, as names or ids.
      - A service is given by its id.
    type: list
    elements: str
    required: true
    aliases:
      - resource
  service:
    description:
      - The service to which the resources belong, as a name or an id. If several resources have the same name, it says
        which one is meant. It does not concern ids.
    type: str
    aliases:
      - service_id
  resource_type:
    description:
      - The kind of the resources, such as V(LINUX), V(POSTGRESQL) or V(LOAD_BALANCER). If several resources have the
        same name, it says which one is meant. It does not concern ids.
    type: str
  state:
    description:
      - With V(present) the resources get O(tags), with V(absent) they lose them.
    type: str
    choices:
      - present
      - absent
    default: present
  tags:
    description:
      - Tags as keys and values. Numbers and booleans become text.
      - With O(state=absent) a tag is removed only if it has the value given here. Without a value (null), it is removed
        whatever its value is.
    type: dict
    required: true
  tags_mode:
    description:
      - For O(state=present). V(merge) leaves other tags as they are, V(replace) removes them, except C(ansible_estate),
        by which M(cegedim.cloud.itcare_estate) knows what it has created.
    type: str
    choices:
      - merge
      - replace
    default: merge
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.wait
  - cegedim.cloud.check_mode
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - Running a task a second time changes nothing.
  - An action that is under way on a resource, and may change its tags or keep them from being changed, is waited for,
    unless O(wait) is V(false).
  - The tag V(protected=true) keeps a resource from being removed by the modules of this collection. See the guide
    "Safety".
seealso:
  - module: cegedim.cloud.itcare_instance
"""

EXAMPLES = r"""
- name: Tag the web servers of billing
  cegedim.cloud.itcare_tag:
    resources:
      - PEBBILL01
      - PEBBILL02
    tags:
      application: billing
      tier: web

- name: Give a database exactly these tags
  cegedim.cloud.itcare_tag:
    resource: billingpg
    service: billing
    resource_type: POSTGRESQL
    tags:
      application: billing
    tags_mode: replace

- name: Remove a tag with that value, and another one whatever its value is
  cegedim.cloud.itcare_tag:
    resources: PEBBILL01
    state: absent
    tags:
      tier: web
      owner:
"""

RETURN = r"""
resources:
  description:
    - The resources with their tags after the task, or in check mode as they are now, in the order of O(resources).
    - A key that has several values at the platform has a list of them.
  returned: success, and for those that succeeded also on failure
  type: list
  elements: dict
  contains:
    id:
      description: Identifier.
      type: int
    name:
      description: Name. Null for an id that the listing of resources does not show, such as a service's.
      type: str
    tags:
      description: Keys and values.
      type: dict
  sample:
    - id: 1234
      name: PEBBILL01
      tags:
        application: billing
        tier: web
steps:
  description:
    - The names of the steps that were sent, or in check mode would be sent, for all resources in the order of
      O(resources), namely C(add_tag), C(remove_tag), and C(set_tags), which writes all tags at once.
  returned: success
  type: list
  elements: str
  sample: [remove_tag, add_tag]
diff:
  description: For each resource and each step what it changes, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
actions:
  description: The platform's actions that the task waited for, in their last state.
  returned: success
  type: list
  elements: dict
still_to_do:
  description: Steps that were not sent because O(wait) is V(false) and they have to follow an action under way.
  returned: when there are any
  type: list
  elements: str
failed_resources:
  description: The resources that could not be changed, and why.
  returned: failure of some
  type: list
  elements: dict
  sample:
    - id: 1235
      name: PEBBILL02
      msg: "the profile of this API account does not allow it (POST /compute/resources/1235/tags: 403)"
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.client import in_parallel
from ansible_collections.cegedim.cloud.plugins.module_utils.deciding import decide
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import CloudError, InvalidInput, MissingReference
from ansible_collections.cegedim.cloud.plugins.module_utils.identity import of_row
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.processes import is_removal, meaning
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import tags as product
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.resources import (
    check_names,
    look_up,
    meant,
    unknown,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.run import run_of, run_options
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen
from ansible_collections.cegedim.cloud.plugins.module_utils.sending import send
from ansible_collections.cegedim.cloud.plugins.module_utils.telling import outcome

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "check_mode",
        resources=dict(type="list", elements="str", required=True, aliases=["resource"]),
        service=dict(type="str", aliases=["service_id"]),
        resource_type=dict(type="str"),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        tags=dict(type="dict", required=True),
        tags_mode=dict(type="str", choices=["merge", "replace"], default="merge"),
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Bring the tags of all the resources to the wanted state; an Outcome."""
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
        tags=product.as_text(params["tags"], any_value=absent),
        tags_mode="remove" if absent else params["tags_mode"],
    )


def _runs(client, params, options, found, check):
    """A Run for each resource, each once. What does not exist has one in check mode only, with nothing seen."""
    runs, missing = {}, []
    for given in dict.fromkeys(params["resources"]):
        row, target = found[given], product.TAGGED
        if row is None and given.isdigit():
            row, target = client.find("/compute/services/%s" % given), product.TAGGED_SERVICE
        identity = {"id": row["id"]} if row else {"name": given}
        one = run_of(client, target, {**options, **identity}, check)
        if row:
            rows = row.get("tags")
            row = {**row, "tags": None if rows is None else product.to_dict(rows)}
            one.seen = of_row(row) if target is product.TAGGED else Seen(row, row["id"], row["id"])
        elif (one.ask.is_tolerant or given.casefold() in client.planned) and not given.isdigit():
            one.ask.missing(unknown([given]), given)
        else:
            missing.append(given)
        runs.setdefault(row["id"] if row else given, one)
    if missing:
        raise MissingReference(unknown(missing) + meant(client, missing, params["service"], params["resource_type"]))
    return list(runs.values())


def _decide(one, busy):
    """Plan for one resource; look again where the listing is not enough, or something is under way on it."""
    if one.seen and one.seen.number is not None:
        if one.seen.get("tags") is None:
            one.seen = one.seen.with_values(tags=product.read_tags(one.client, one.seen))
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


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_tag
short_description: Manage the tags of ITCare resources
version_added: 0.1.0
description:
  - Sets, changes and removes tags of any number of resources of any kind, instances, clusters, load balancers and
    others.
  - All names are looked up in one request, and the resources are changed at the same time, some at a time.
  - Before anything is changed, all names have to be known and all tags to be read.
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
  service_id:
    description:
      - The service to which the resources belong, as a name or an id. Where several resources bear the same name, it
        says which one is meant. It does not concern ids.
    type: str
    aliases:
      - service
  resource_type:
    description:
      - The kind of the resources, such as V(LINUX), V(POSTGRESQL) or V(LOAD_BALANCER). Where several resources bear
        the same name, it says which one is meant. It does not concern ids.
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
      - For O(state=present). V(merge) leaves other tags as they are, V(replace) removes them.
    type: str
    choices:
      - merge
      - replace
    default: merge
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.wait
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - Running a task a second time changes nothing.
  - A resource on which an action is under way may refuse tags. Then the action is waited for, unless O(wait) is
    V(false).
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

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.client import in_parallel
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput, ItcareError
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome, Run
from ansible_collections.cegedim.cloud.plugins.module_utils.products.resources import find_resources
from ansible_collections.cegedim.cloud.plugins.module_utils.products.tags import TAGGED, as_text, to_dict

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        resources=dict(type="list", elements="str", required=True, aliases=["resource"]),
        service_id=dict(type="str", aliases=["service"]),
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
    records = find_resources(client, params["resources"], params["service_id"], params["resource_type"])
    runs = [_run_of(client, record, options) for record in records]
    errors = _look(runs)
    for one in [one for one, error in zip(runs, errors) if not error]:
        one.first = one.current
        one.steps = TAGGED.plan(one.current, one.wanted)
    if not check and not any(errors):
        errors = _attempts(Run.carry_out, runs)
    return _outcome(runs, errors, check)


def _options(params):
    """What each resource's Run gets. Raises InvalidInput."""
    absent = params["state"] == "absent"
    if absent and params["tags_mode"] == "replace":
        raise InvalidInput("tags_mode=replace goes with state=present only")
    return dict(
        {name: params[name] for name in ("wait", "wait_timeout", "wait_interval")},
        tags=as_text(params["tags"], any_value=absent),
        tags_mode="remove" if absent else params["tags_mode"],
    )


def _run_of(client, record, options):
    run_of_one = Run(client, TAGGED, {**options, "id": record["id"]})
    rows = record.get("tags")
    run_of_one.current = {
        "id": record["id"],
        "name": record.get("name"),
        "tags": None if rows is None else to_dict(rows),
    }
    return run_of_one


def _look(runs):
    """Read the tags that the listing did not show; the errors, as of ``_attempts``."""
    errors = [None] * len(runs)
    unseen = [number for number, one in enumerate(runs) if one.current["tags"] is None]
    for number, error in zip(unseen, _attempts(Run.read, [runs[number] for number in unseen])):
        errors[number] = error
    return errors


def _attempts(function, runs):
    """For each run the ItcareError that ``function`` raised, or None; all at the same time."""

    def attempt(one):
        try:
            function(one)
        except ItcareError as error:
            return error
        return None

    return in_parallel(attempt, runs)


def _outcome(runs, errors, check):
    """The Outcome of all; raises ItcareError where any failed, with what was done on the others."""
    outcomes = [one.outcome(check and not any(errors)) for one in runs]
    changed = any(outcome.changed for outcome in outcomes)
    result = {
        "resources": [one.current for one, error in zip(runs, errors) if not error],
        "diff": [step for outcome in outcomes for step in outcome.result["diff"]],
        "actions": [action for outcome in outcomes for action in outcome.result["actions"]],
    }
    still_to_do = [name for outcome in outcomes for name in outcome.result.get("still_to_do", [])]
    if still_to_do:
        result["still_to_do"] = still_to_do
    failed = [
        {"id": one.current["id"], "name": one.current["name"], "msg": str(error)}
        for one, error in zip(runs, errors)
        if error
    ]
    if failed:
        raise ItcareError(
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
    return Outcome(changed, result, [warning for outcome in outcomes for warning in outcome.warnings])


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()
